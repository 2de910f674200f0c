"""Scores as one person may see them: of those who lie in his reach. What is counted does not depend on who looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from zhuanban.core.problem import Refused, choices
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight import problems
from zhuanban.oversight.score_facts import Evidence, Mark, Objection, Ruling
from zhuanban.oversight.scoring import CardScore, Entry, Facts, ranks, score
from zhuanban.pack import card_ledger as words
from zhuanban.pack.scorecard import Scorecard

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Scored:
    """One who is scored, as of a day: the points, what is behind each, and what was said of himself beside it."""

    code: str
    name: str
    day: int
    result: CardScore
    facts: Facts
    marks: dict[str, Mark]  # fact → its mark
    own: dict[str, Mark]  # item → the self-score
    objections: dict[str, tuple[Objection, ...]]
    rulings: dict[str, Ruling]

    @property
    def own_total(self) -> Fraction | None:
        """The self-scores added up; None where there is none."""
        said = [mark.value for mark in self.own.values() if isinstance(mark.value, Fraction)]
        return sum(said, Fraction(0)) if said else None

    def difference(self, item: str) -> Fraction | None:
        """What the office gives less than the self-score says; None where either is not known."""
        points, mark = self.result.items[item], self.own.get(item)
        if points.low is None or not points.settled or mark is None or not isinstance(mark.value, Fraction):
            return None
        return points.low - mark.value


def find_card(viewer: Viewer, name: str) -> Scorecard:
    """The scorecard of that key, title or printed name. Raises Refused."""
    known = viewer.setting.pack.scorecards
    for card in known.values():
        if name in (card.key, card.title, card.name):
            return card
    raise Refused(problems.NO_CARD.at(name=name, known=choices({c.key: c.title for c in known.values()})))


def reaches(viewer: Viewer, card: Scorecard, code: str) -> bool:
    """May the viewer see the score of this region or unit?"""
    here = viewer.reaches()
    return here.everything or code in (here.units if card.units is not None else here.regions)


def seen_scores(viewer: Viewer, card: Scorecard, day: int) -> list[Scored]:
    """Everybody's score, of those in the viewer's reach, in the order in which tables print them."""
    evidence = Evidence(viewer.setting, card, day)
    return [_scored(evidence, code) for code in evidence.scored if reaches(viewer, card, code)]


def seen_score(viewer: Viewer, card: Scorecard, who: str, day: int) -> Scored:
    """The score of a region or unit by code or name. Raises Refused; who is out of reach is not there."""
    return _scored(Evidence(viewer.setting, card, day), whom(viewer, card, who, day)[0])


def whom(viewer: Viewer, card: Scorecard, who: str, day: int) -> tuple[str, str]:
    """Code and name of one who is scored, by code or name. Raises Refused; who is out of reach is not there."""
    evidence = Evidence(viewer.setting, card, day)
    known = {code: evidence.tree.name(code, day) for code in evidence.scored if reaches(viewer, card, code)}
    for code in (who, *evidence.tree.find(who, day)):
        if code in known:
            return code, known[code]
    raise Refused(problems.NOT_SCORED.at(name=who, card=card.title, known=choices(known)))


def _scored(evidence: Evidence, code: str) -> Scored:
    card, facts = evidence.card, evidence.facts(code)
    called = words.items_called(card)
    marked = {title: fact.key for title, fact in words.marked_facts(card).items()}
    items = {title: key for key, title in called.items()}
    office, own = (evidence.marks[kind].get(code, {}) for kind in (words.OFFICE, words.OWN))
    told = evidence.objections(code)
    rulings = {doubt: ruling for doubt, ruling in evidence.rulings.items() if doubt in card.doubts}
    return Scored(
        code,
        evidence.tree.name(code, evidence.day),
        evidence.day,
        score(card, facts, {doubt: ruling.reading for doubt, ruling in rulings.items()}),
        facts,
        {marked[about]: mark for about, mark in office.items() if about in marked},
        {items[about]: mark for about, mark in own.items() if about in items},
        {items[about]: each for about, each in told.items() if about in items},
        rulings,
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of the ranking: `rank` is None where something is still open, and the total then a range or a part."""

    scored: Scored
    rank: int | None
    tied: int  # how many share the rank, itself included


@dataclass(frozen=True, slots=True)
class Ranking:
    rows: tuple[Ranked, ...]
    of: int  # how many are scored in all
    open: int  # of these, how many cannot be ranked yet


def ranking(viewer: Viewer, card: Scorecard, day: int) -> Ranking:
    """The best first, those with equal points alike; who still has open items stands apart, after them.

    Ranks are among all that are scored; the rows are those in the viewer's reach.
    """
    evidence = Evidence(viewer.setting, card, day)
    all_ = [_scored(evidence, code) for code in evidence.scored]
    places = ranks({each.code: each.result.total for each in all_})
    held = Counter(places.values())
    rows = [
        Ranked(each, places.get(each.code), held[places[each.code]] if each.code in places else 0)
        for each in all_
        if reaches(viewer, card, each.code)
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0))
    return Ranking(tuple(rows), len(all_), len(all_) - len(places))


def visible(viewer: Viewer, entries: Sequence[Entry]) -> Iterator[Entry]:
    """The records among them that the viewer may know of; a word that is no record is for everyone."""
    ledgers = viewer.setting.pack.ledgers
    seen: set[tuple[str, str]] = set()
    for key in {entry.ledger for entry in entries if entry.ledger}:
        numbers = [entry.number for entry in entries if entry.ledger == key]
        if not viewer.knows(ledgers[key]):
            continue
        for i in range(0, len(numbers), CHUNK):
            rows = viewer.records(ledgers[key]).filter(number__in=numbers[i : i + CHUNK])
            seen |= {(key, number) for number in rows.values_list("number", flat=True)}
    yield from (entry for entry in entries if not entry.ledger or (entry.ledger, entry.number) in seen)
