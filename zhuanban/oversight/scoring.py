"""What a scorecard gives, as a pure rule: facts and rulings in, exact points out.

Before a doubt is ruled on, every reading of it is reckoned, and the points are a range. A doubt with one reading has
another one beside it: the text as it is printed. Nothing is ever chosen silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from zhuanban.core.ratio import Rounding, divide
from zhuanban.pack.say_card import say_points
from zhuanban.pack.scorecard import LAST, SUM, YES, Bound, Clause, Scorecard, Series, Term, Tier, doubts_of, variants

PRINTED = ""
"""The reading that changes nothing."""

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record behind a fact, as it stood on the day that is asked about; told apart by ledger and number."""

    ledger: str  # "" where what was counted is no record
    number: str
    on: int = field(default=0, compare=False)  # the day on which it was opened
    data: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a fact is. `value`: a number, a word, or None where nothing answers: no mark, nothing looked at.

    `sample`: how many were looked at, where that is known. `called`: its title, for the words of the score.
    """

    value: Fraction | str | None
    entries: tuple[Entry, ...] = ()
    sample: Fraction | None = None
    called: str = ""


Facts = Mapping[str, Found]
Assigned = Mapping[str, str]
"""Doubt → the reading by which it is read."""


class Unrated(Exception):
    """A fact has no answer, so there are no points: neither none nor all."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


class Span(NamedTuple):
    """Points from `low` to `high`, and how they come about."""

    low: Fraction
    high: Fraction
    says: tuple[str, ...] = ()

    def plus(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high, (*self.says, *other.says))

    def within(self, least: Fraction | None, most: Fraction | None) -> Span:
        return Span(_clip(self.low, least, most), _clip(self.high, least, most), self.says)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item gives when its doubts are read so."""

    assigned: tuple[tuple[str, str], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ItemScore:
    """An item's points: one number, a range (`low` < `high`), or None where it is not rated (未评).

    `missing`: the facts without an answer. `open`: the doubts without a ruling that make a difference here.
    `unsaid`: it is open although no reading is known: two tiers fit, or none.
    """

    item: Clause
    low: Fraction | None
    high: Fraction | None
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    ruled: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def rated(self) -> bool:
        return self.low is not None

    @property
    def settled(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def unsaid(self) -> bool:
        return self.rated and not self.settled and not self.open


@dataclass(frozen=True, slots=True)
class Total:
    """The points of a group or of the whole card, over the items that are rated; `unrated`: how many are not."""

    low: Fraction
    high: Fraction
    unrated: int = 0

    @property
    def settled(self) -> bool:
        return self.low == self.high and not self.unrated


@dataclass(frozen=True, slots=True)
class CardScore:
    card: Scorecard
    items: Mapping[str, ItemScore]
    groups: Mapping[str, Total]
    total: Total


def score(card: Scorecard, facts: Facts, rulings: Assigned) -> CardScore:
    """The points of every item, of each group and of the card. `rulings`: doubt → the reading that was ruled."""
    about = {key: _relevant(card, item) for key, item in card.items.items()}
    free = {doubt: options(card, doubt, rulings) for doubt in card.doubts}
    results = {
        key: {
            tuple(chosen): _result(card, item, dict(zip(about[key], chosen, strict=True)), facts)
            for chosen in product(*(free[doubt] for doubt in about[key]))
        }
        for key, item in card.items.items()
    }
    items = {key: _item(item, about[key], results[key], rulings) for key, item in card.items.items()}
    return CardScore(card, items, *_totals(card, about, free, results, items))


def options(card: Scorecard, doubt: str, rulings: Assigned) -> tuple[str, ...]:
    """The readings of a doubt that are to be reckoned: the one that was ruled, or else all."""
    known = card.doubts[doubt].readings
    if rulings.get(doubt) in known:
        return (rulings[doubt],)
    return known if len(known) > 1 else (*known, PRINTED)


def _relevant(card: Scorecard, item: Clause) -> tuple[str, ...]:
    """The doubts that can change an item; a floor of the whole card changes those from which something is taken."""
    read = [each for each, _ in variants(item, ())]
    kept = any(each.deduct for each in read) and any(each.points is not None for each in read)
    floors = (d for d, names in card.readings.items() if any("floor" in patch for patch in names.values()))
    return tuple(dict.fromkeys(d for d in (*doubts_of(item), *(floors if kept else ())) if d in card.doubts))


Result = Span | Unrated


def _result(card: Scorecard, item: Clause, assigned: Assigned, facts: Facts) -> Result:
    floor = _card(card, assigned).floor
    try:
        span = clause_points(item, facts, assigned, floor)
    except Unrated as unrated:
        return unrated
    return Span(rounded(span.low, card.round, card.digits), rounded(span.high, card.round, card.digits), span.says)


def _card(card: Scorecard, assigned: Assigned) -> Scorecard:
    changed = {
        w: v for doubt, names in card.readings.items() for w, v in names.get(assigned.get(doubt, ""), {}).items()
    }
    return replace(card, **changed) if changed else card


def _item(
    item: Clause, about: Sequence[str], results: Mapping[tuple[str, ...], Result], rulings: Assigned
) -> ItemScore:
    spans = {chosen: span for chosen, span in results.items() if isinstance(span, Span)}
    missing = tuple(dict.fromkeys(r.fact for r in results.values() if isinstance(r, Unrated)))
    ruled = tuple((doubt, rulings[doubt]) for doubt in about if doubt in rulings)
    facts = item_facts(item)
    if missing:
        return ItemScore(item, None, None, (), missing, (), ruled, facts)
    outcomes = tuple(Outcome(tuple(zip(about, chosen, strict=True)), span) for chosen, span in spans.items())
    low, high = min(span.low for span in spans.values()), max(span.high for span in spans.values())
    matter = tuple(doubt for i, doubt in enumerate(about) if _matters(i, spans))
    return ItemScore(item, low, high, outcomes, (), matter, ruled, facts)


def _matters(i: int, spans: Mapping[tuple[str, ...], Span]) -> bool:
    """Do two ways of reading that differ in the i-th doubt alone give other points?"""
    seen: dict[tuple[str, ...], tuple[Fraction, Fraction]] = {}
    for chosen, span in spans.items():
        rest, points = (*chosen[:i], *chosen[i + 1 :]), (span.low, span.high)
        if seen.setdefault(rest, points) != points:
            return True
    return False


def item_facts(item: Clause) -> tuple[str, ...]:
    """The facts that an item goes by, by any of its readings."""
    return tuple(dict.fromkeys(fact for each, _ in variants(item, ()) for fact in each.own_facts))


def _totals(
    card: Scorecard,
    about: Mapping[str, Sequence[str]],
    free: Mapping[str, Sequence[str]],
    results: Mapping[str, Mapping[tuple[str, ...], Result]],
    items: Mapping[str, ItemScore],
) -> tuple[dict[str, Total], Total]:
    """A doubt that several items share is read the same way in all of them, so their ranges are not simply added.

    For each way to read the shared doubts the ranges of the items are exact sums; the extremes of these are the range.
    """
    often = [doubt for doubts in about.values() for doubt in doubts]
    shared = [d for d in free if len(free[d]) > 1 and (often.count(d) > 1 or d in card.readings)]
    groups: dict[str, list[tuple[Fraction, Fraction]]] = {key: [] for key in card.groups}
    whole: list[tuple[Fraction, Fraction]] = []
    ruled = {d: free[d][0] for d in free if len(free[d]) == 1}
    for chosen in product(*(free[doubt] for doubt in shared)):
        fixed = dict(zip(shared, chosen, strict=True))
        sums = {key: [ZERO, ZERO] for key in card.groups}
        for key, item in card.items.items():
            if item.group not in sums or not items[key].rated:
                continue
            fitting = [
                span
                for readings, span in results[key].items()
                if isinstance(span, Span)
                and all(fixed.get(d, r) == r for d, r in zip(about[key], readings, strict=True))
            ]
            sums[item.group][0] += min(span.low for span in fitting)
            sums[item.group][1] += max(span.high for span in fitting)
        for group, (low, high) in sums.items():
            groups[group].append((low, high))
        most = _card(card, {**ruled, **fixed}).at_most
        whole.append(
            (_clip(sum((x[0] for x in sums.values()), ZERO), None, most),
             _clip(sum((x[1] for x in sums.values()), ZERO), None, most))
        )  # fmt: skip
    unrated = {group: sum(not x.rated for x in items.values() if x.item.group == group) for group in card.groups}
    found = {group: _extremes(ranges, unrated[group]) for group, ranges in groups.items()}
    return found, _extremes(whole, sum(unrated.values()))


def _extremes(ranges: Iterable[tuple[Fraction, Fraction]], unrated: int) -> Total:
    known = list(ranges)
    return Total(min(low for low, _ in known), max(high for _, high in known), unrated)


# -- One clause --------------------------------------------------------------------------------------------------------


def clause_points(clause: Clause, facts: Facts, assigned: Assigned, floor: Fraction | None) -> Span:
    """What a clause gives, unrounded. Raises Unrated where a fact that it asks for has no answer."""
    for doubt, names in clause.readings.items():  # where two change one word, the later one holds
        if patch := names.get(assigned.get(doubt, PRINTED)):
            clause = replace(clause, **patch)
    least = floor if clause.at_least is None and _kept(clause) else clause.at_least
    most = clause.points if clause.at_most is None else clause.at_most
    if clause.applies_if and not _true(_value(facts, clause.applies_if)):
        return _otherwise(clause, "不适用", ZERO, clause.points or ZERO).within(least, most)
    span = Span(ZERO, ZERO)
    if clause.base is not None:
        span = span.plus(Span(clause.base, clause.base, (f"基础分{say_points(clause.base)}",)))
    if clause.tiers:
        span = span.plus(_tiers(clause, facts))
    if clause.ratio is not None:
        span = span.plus(_ratio(clause, clause.ratio, facts))
    for term in clause.add:
        span = span.plus(_term(term, facts, 1))
    if clause.series is not None:
        span = span.plus(_series(clause.series, facts))
    for part in clause.parts:
        points = clause_points(part, facts, assigned, floor)
        head = f"{part.no}{said_span(points)}"
        span = span.plus(points._replace(says=(f"{head}（{'；'.join(points.says)}）",)))
    for term in clause.deduct:
        span = span.plus(_term(term, facts, -1))
    bounded = span.within(least, most)
    if bounded[:2] != span[:2]:
        bounded = bounded._replace(says=(*span.says, f"合{said_span(span)}，以{said_span(bounded)}计"))
    return bounded


def _kept(clause: Clause) -> bool:
    """Does a floor keep its points from what is taken away? What is worth none (an extra) has none to be kept."""
    return clause.points is not None and bool(clause.deduct)


def _otherwise(clause: Clause, why: str, low: Fraction, high: Fraction) -> Span:
    """What is given where the text has nothing that fits; open where it does not say."""
    if clause.otherwise is not None:
        return Span(clause.otherwise, clause.otherwise, (f"{why}，得{say_points(clause.otherwise)}",))
    return Span(low, high, (f"{why}，条文没有说得几分",))


def _tiers(clause: Clause, facts: Facts) -> Span:
    fitting = [tier for tier in clause.tiers if _fits(tier, facts)]
    gives = [tier.give for tier in clause.tiers]
    if not fitting:
        return _otherwise(clause, "没有哪一档符合", min(ZERO, *gives), max(ZERO, *gives))
    if len({tier.give for tier in fitting}) > 1 and not clause.overlap:
        low, high = min(t.give for t in fitting), max(t.give for t in fitting)
        told = "、".join(f"第{clause.tiers.index(t) + 1}档{say_points(t.give)}" for t in fitting)
        return Span(low, high, (f"{told}都合",))
    chosen = fitting if clause.overlap == SUM else [fitting[-1] if clause.overlap == LAST else fitting[0]]
    total = sum((t.give for t in chosen), ZERO)
    which = "、".join(f"第{clause.tiers.index(tier) + 1}档" for tier in chosen)
    return Span(total, total, (f"合{which}，得{say_points(total)}",))


def _fits(tier: Tier, facts: Facts) -> bool:
    value = _value(facts, tier.fact)
    if tier.words:
        return value in tier.words
    low, high = _bound(tier.low, facts), _bound(tier.high, facts)
    if isinstance(value, str):
        return False
    return (low is None or low <= value) and (high is None or value <= high)


def _bound(bound: Bound | None, facts: Facts) -> Fraction | None:
    return _number(facts, bound) if isinstance(bound, str) else bound


def _ratio(clause: Clause, ratio: tuple[str, str], facts: Facts) -> Span:
    part, whole = (_number(facts, key) for key in ratio)
    points = clause.points or ZERO
    if whole == 0:
        return _otherwise(clause, "0比0", ZERO, points)
    given = points * part / whole
    return Span(given, given, (f"{say_points(points)}×{say_points(part)}/{say_points(whole)}",))


def _term(term: Term, facts: Facts, sign: int) -> Span:
    number, found = _number(facts, term.fact), facts[term.fact]
    points = number * term.each
    capped = points if term.at_most is None else min(points, term.at_most)
    seen = f"（共查{say_points(found.sample)}）" if found.sample is not None else ""
    most = f"，至多{say_points(capped)}" if capped != points else ""
    sum_ = f"×{say_points(term.each)}，{'加' if sign > 0 else '扣'}{say_points(capped)}{most}" if number else ""
    return Span(sign * capped, sign * capped, (f"{found.called}{say_points(number)}{seen}{sum_}",))


def _series(series: Series, facts: Facts) -> Span:
    """The first record gives `first`, each other one by its word; where several stand on the first day, each may be it.

    A word of which nothing is said gives from nothing to the most that any word gives.
    """
    _number(facts, series.fact)
    more = dict(series.more)
    most = max((ZERO, *more.values()))
    entries = sorted(facts[series.fact].entries, key=lambda e: (_day(e, series.on), e.number))
    if not entries:
        return Span(ZERO, ZERO, ("没有",))
    low, high = ([more.get(_word(e, series.by), edge) for e in entries] for edge in (ZERO, most))
    first_day = _day(entries[0], series.on)
    firsts = [i for i, e in enumerate(entries) if _day(e, series.on) == first_day]
    least = sum(low, ZERO) + series.first - max(low[i] for i in firsts)
    best = sum(high, ZERO) + series.first - min(high[i] for i in firsts)
    told = "、".join(f"{e.number}{_word(e, series.by)}" for e in entries)
    return Span(least, best, (f"依次{told}：首篇{say_points(series.first)}，共{said_range(least, best)}",))


def _day(entry: Entry, key: str) -> str:
    """What orders an entry: the date in the field, or the day of opening; as text of one length."""
    return str(entry.data.get(key) or "9999") if key else f"{entry.on:010}"


def _word(entry: Entry, key: str) -> str:
    return str(entry.data.get(key) or "")


def _value(facts: Facts, key: str) -> Fraction | str:
    found = facts.get(key)
    if found is None or found.value is None:
        raise Unrated(key)
    return found.value


def _number(facts: Facts, key: str) -> Fraction:
    value = _value(facts, key)
    if isinstance(value, str):
        raise Unrated(key)
    return value


def _true(value: Fraction | str) -> bool:
    return value == YES if isinstance(value, str) else value > 0


# -- Numbers -----------------------------------------------------------------------------------------------------------


def _clip(value: Fraction, least: Fraction | None, most: Fraction | None) -> Fraction:
    if most is not None and value > most:
        value = most
    return least if least is not None and value < least else value


def rounded(value: Fraction, rule: Rounding, digits: int) -> Fraction:
    """To so many digits after the point."""
    return Fraction(divide(value.numerator * 10**digits, value.denominator, rule), 10**digits)


def said_range(low: Fraction, high: Fraction) -> str:
    return say_points(low) if low == high else f"{say_points(low)}至{say_points(high)}"


def said_span(span: Span) -> str:
    return said_range(span.low, span.high)


def ranks(totals: Mapping[str, Total]) -> dict[str, int]:
    """Key → rank, those with equal points alike and the next one after them all (1, 1, 3); only of what is settled."""
    settled = {key: total.low for key, total in totals.items() if total.settled}
    return {key: 1 + sum(other > own for other in settled.values()) for key, own in settled.items()}
