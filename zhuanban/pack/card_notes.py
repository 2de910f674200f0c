"""What a printed rubric leaves open, found by the program itself: notes, each with both places. Nothing is repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from zhuanban.core.problem import Place, Problem
from zhuanban.pack import problems
from zhuanban.pack.card_ledger import answers_of
from zhuanban.pack.say_card import say_points
from zhuanban.pack.scorecard import SUM, Clause, Scorecard, ScoreFact, ScoreGroup, Tier, doubts_of
from zhuanban.pack.values import Pack

_RULED = "照印，不必改；打分前请裁定。"
_PRINTED = "照印，不必改。"


def card_notes(pack: Pack) -> list[Problem]:
    """Tiers that overlap or leave gaps, points that do not add up, deductions without a floor, shares of nothing; then
    the doubts that a person saw."""
    return [note for card in pack.scorecards.values() for note in _Notes(card).all()]


class _Notes:
    def __init__(self, card: Scorecard) -> None:
        self.card = card

    def all(self) -> Iterator[Problem]:
        for item in self.card.items.values():
            yield from self.clause(item)
        yield from self.sums()
        for doubt in self.card.doubts.values():
            yield self.doubt(doubt.key)

    def clause(self, clause: Clause) -> Iterator[Problem]:
        yield from self.tiers(clause)
        yield from self.worth(clause)
        if clause.deduct and clause.points is not None and clause.at_least is None and self.card.floor is None:
            yield self.no_floor(clause)
        if clause.ratio is not None and clause.otherwise is None and clause.ratio[1] in self.card.facts:
            whole = self.card.facts[clause.ratio[1]]
            words = {"item": clause.title, "whole": whole.title, "other": whole.at, "so": self.so(clause, "otherwise")}
            yield problems.NOTHING_OF_NOTHING.at(_at(clause, "ratio"), **words)
        if clause.parts:
            yield from self.sum_of(clause.title, clause.points, _at(clause, "points"), clause.parts)
        for part in clause.parts:
            yield from self.clause(part)

    def so(self, clause: Clause, *words: str) -> str:
        """What to do: a doubt whose readings change one of these words waits for a ruling."""
        told = {**clause.readings, **self.card.readings}
        named = [d for d, names in told.items() if any(word in patch for patch in names.values() for word in words)]
        return f"照印，不必改；可由疑点{'、'.join(named)}的裁定定下。" if named else _RULED

    # -- tiers -------------------------------------------------------------------------------------------------------

    def tiers(self, clause: Clause) -> Iterator[Problem]:
        by_fact: dict[ScoreFact, list[Tier]] = {}
        for tier in clause.tiers:
            if tier.fact in self.card.facts:
                by_fact.setdefault(self.card.facts[tier.fact], []).append(tier)
        if not clause.overlap:
            for fact, tiers in by_fact.items():
                yield from self.overlaps(clause, fact, tiers)
        # Each tier asks one fact: where each of them has a value that no tier holds, these together fit none.
        missing = {fact: list(_missing(fact, tiers)) for fact, tiers in by_fact.items()}
        if clause.otherwise is not None or not missing or not all(missing.values()):
            return
        values = [" ".join(f"{fact.title}{each[0]}" for fact, each in missing.items())]
        if len(missing) == 1:
            values = next(iter(missing.values()))
        places = "、".join(dict.fromkeys(str(tier.at) for tier in clause.tiers))
        so = self.so(clause, "otherwise", "tiers")
        for value in values:
            yield problems.TIERS_GAP.at(
                _at(clause, "tiers"), item=clause.title, value=f"“{value}”", other=places, so=so
            )

    def overlaps(self, clause: Clause, fact: ScoreFact, tiers: list[Tier]) -> Iterator[Problem]:
        for i, one in enumerate(tiers):
            for two in tiers[i + 1 :]:
                shared = _shared(one, two)
                if shared and one.give != two.give:
                    words = {
                        "item": clause.title,
                        "value": f"{shared}{fact.word}",
                        "so": self.so(clause, "overlap", "tiers"),
                    }
                    yield problems.TIERS_OVERLAP.at(
                        two.at, **words, give=say_points(two.give), other=one.at, also=say_points(one.give)
                    )

    # -- points ------------------------------------------------------------------------------------------------------

    def worth(self, clause: Clause) -> Iterator[Problem]:
        if clause.points is None or clause.parts:
            return
        most = _most(clause)
        if most is None or most.points == clause.points:
            return
        kind = problems.WORTH_MORE if most.points < clause.points else problems.WORTH_LESS
        words = {"item": clause.title, "points": say_points(clause.points), "most": say_points(most.points)}
        yield kind.at(_at(clause, "points"), **words, other=most.at, so=self.so(clause, "points", "tiers"))

    def no_floor(self, clause: Clause) -> Problem:
        term = clause.deduct[0]
        fact = self.card.facts.get(term.fact)
        start = _most(clause)
        n = (start.points if start is not None else clause.points or Fraction(0)) // term.each + 1 if term.each else 0
        words = {"item": clause.title, "n": n, "word": fact.word if fact is not None else ""}
        return problems.NO_FLOOR.at(
            _at(clause, "deduct"), **words, other=self.card.at, so=self.so(clause, "floor", "at_least")
        )

    def sums(self) -> Iterator[Problem]:
        card = self.card
        for group in card.groups.values():
            items = [item for item in card.items.values() if item.group == group.key]
            yield from self.sum_of(group.title, group.points, group.said.get("points", group.at), items)
        if card.total is not None:
            at = card.said.get("total", card.at)
            yield from self.sum_of(card.title, card.total, at, card.groups.values())

    def sum_of(
        self, title: str, points: Fraction | None, at: Place, parts: Iterable[Clause | ScoreGroup]
    ) -> Iterator[Problem]:
        """What is written of a whole against what its parts say; nothing where either says nothing."""
        worth = [(part.said.get("points", part.at), part.points) for part in parts if part.points is not None]
        total = sum((n for _, n in worth), Fraction(0))
        if points is None or not worth or total == points:
            return
        told = "、".join(f"{place} {say_points(n)}分" for place, n in worth)
        words = {"item": title, "points": say_points(points), "other": told, "sum": say_points(total)}
        yield problems.SUM_DIFFERS.at(at, **words, so=_PRINTED)

    # -- doubts ------------------------------------------------------------------------------------------------------

    def doubt(self, key: str) -> Problem:
        doubt = self.card.doubts[key]
        named = [item for item in self.card.items.values() if item.key in doubt.items or key in doubts_of(item)]
        where = "、".join(f"“{item.title}”{item.at}" for item in named)
        so = f"请裁定取哪种读法：{'、'.join(doubt.readings)}。" if doubt.readings else _PRINTED
        told = f"（{where}）" if where else ""
        return problems.DOUBTFUL.at(doubt.at, doubt=key, doubted=doubt.says, where=told, so=so)


class _Most(NamedTuple):
    points: Fraction
    at: Place


def _most(clause: Clause) -> _Most | None:
    """The most that the text of a clause gives, and where it says so; None where nothing bounds it."""
    if clause.series is not None or any(term.at_most is None for term in clause.add):
        return None if clause.at_most is None else _Most(clause.at_most, _at(clause, "at_most"))
    points, at = clause.base or Fraction(0), _at(clause, "base")
    points += sum((term.at_most or Fraction(0) for term in clause.add), Fraction(0))
    if clause.ratio is not None:
        points, at = points + (clause.points or Fraction(0)), _at(clause, "ratio")
    if clause.tiers:
        best = max(clause.tiers, key=lambda tier: tier.give)
        give = sum((t.give for t in clause.tiers), Fraction(0)) if clause.overlap == SUM else best.give
        points, at = points + give, best.at
    return _Most(points, at)


def _at(clause: Clause, word: str) -> Place:
    return clause.said.get(word, clause.at)


def _shared(one: Tier, two: Tier) -> str:
    """A value that lies in both, in words; "" where none does, or where facts set the bounds."""
    if one.words or two.words:
        return next((f"“{word}”" for word in one.words if word in two.words), "")
    bounds = (one.low, one.high, two.low, two.high)
    if any(isinstance(bound, str) for bound in bounds):
        return ""
    lows = [b for b in (one.low, two.low) if isinstance(b, Fraction)]
    highs = [b for b in (one.high, two.high) if isinstance(b, Fraction)]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        return ""
    if low is not None and high is not None and low < high:
        return f"{say_points(low)}至{say_points(high)}"
    return say_points(low if low is not None else high if high is not None else Fraction(0))


def _missing(fact: ScoreFact, tiers: list[Tier]) -> Iterator[str]:
    """Values of a fact that no tier holds, in words; a tier whose bounds are facts may hold none."""
    if not fact.numeric:
        yield from (word for word in answers_of(fact) if all(word not in tier.words for tier in tiers))
        return
    yield from _uncovered(fact, [t for t in tiers if not (isinstance(t.low, str) or isinstance(t.high, str))])


def _uncovered(fact: ScoreFact, tiers: list[Tier]) -> Iterator[str]:
    """Values from 0 on that no tier holds, in words. Counts go by whole numbers, sums by their last digit."""
    step = Fraction(1, 10**fact.decimals) * fact.times
    next_, ended = Fraction(0), False
    for tier in sorted(tiers, key=lambda t: (t.low is not None, t.low if isinstance(t.low, Fraction) else 0)):
        low = tier.low if isinstance(tier.low, Fraction) else Fraction(0)
        if not ended and low > next_:
            last = low - step
            yield f"{say_points(next_)}{'' if last <= next_ else f'至{say_points(last)}'}{fact.word}"
        if tier.high is None:
            ended = True
        elif isinstance(tier.high, Fraction) and not ended:
            next_ = max(next_, tier.high + step)
    if not ended:
        yield f"{say_points(next_)}{fact.word}以上"
