"""A scorecard (考评细则) as a pack says it: frozen values. Points are exact fractions, never floats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zhuanban.core.problem import NOWHERE, Place
from zhuanban.core.ratio import Rounding
from zhuanban.pack.work_list import Owing

if TYPE_CHECKING:
    from zhuanban.pack.values import Question

# Kinds of marks
NUMBER, YES_NO, CHOICE = "number", "yes_no", "choice"
YES, NO = "是", "否"
# What holds where several tiers fit
FIRST, LAST, SUM = "first", "last", "sum"


@dataclass(frozen=True, slots=True)
class ScoreFact:
    """What a scorecard goes by. Exactly one of `question`, `list`, `mark`, `any_of`, `all_of` says where it comes from.

    `by`: not the records of the question are counted but what they name in this field, each once.
    `any_of`, `all_of`: the records of some, of each, of these facts, each once.
    `of`: the fact that says how many were looked at; where none was, this one says nothing.
    """

    key: str
    title: str
    question: Question | None = None
    by: str = ""
    start: int | None = None  # only records opened from this day on …
    end: int | None = None  # … until this one, included
    list: str = ""
    mark: str = ""  # number | yes_no | choice: signed by a person
    options: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    times: Fraction = Fraction(1)
    of: str = ""
    word: str = ""  # counting word: 处, 次
    decimals: int = 0  # of a sum, or of a mark that is a number
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def numeric(self) -> bool:
        return self.mark in ("", NUMBER)

    @property
    def parts(self) -> tuple[str, ...]:
        return self.any_of or self.all_of


Bound = Fraction | str
"""A number, or the fact that says it."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Points for a fact that lies within bounds (both included), or is one of these words."""

    fact: str
    give: Fraction
    low: Bound | None = None
    high: Bound | None = None
    words: tuple[str, ...] = ()
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """So many points for each of a fact, in all at most so many."""

    fact: str
    each: Fraction
    at_most: Fraction | None = None
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Series:
    """Points for one record after the other, in the order of their days: the first gives `first`, each further one what
    its word in the field `by` says. `on`: the date field that orders them; "" = the day of opening."""

    fact: str
    first: Fraction
    by: str
    more: tuple[tuple[str, Fraction], ...]
    on: str = ""
    at: Place = field(default=NOWHERE, compare=False)


Path = tuple[str | int, ...]

Patch = Mapping[str, Any]
"""Attributes of a clause, or of a card, that a reading changes."""

Readings = Mapping[str, Mapping[str, Patch]]
"""Doubt → name of a reading → what it changes."""


@dataclass(frozen=True, slots=True)
class Clause:
    """An item of a card, or a part of one. What it gives is the sum of all that it says: `base`, the tier that fits,
    the share of its points by `ratio`, `add`, `series`, its parts, less `deduct`; within its bounds, rounded at the
    item.

    `otherwise`: what is given where no tier fits, the whole of the ratio is nothing, or `applies_if` does not hold;
    None = the text does not say.
    """

    key: str
    title: str
    no: str = ""  # as printed
    group: str = ""  # of items
    points: Fraction | None = None  # what it is worth; None: outside the total
    text: str = ""  # the rule in words
    base: Fraction | None = None
    tiers: tuple[Tier, ...] = ()
    overlap: str = ""  # first | last | sum: where several tiers fit; "" = the text does not say
    ratio: tuple[str, str] | None = None  # (part, whole)
    add: tuple[Term, ...] = ()
    deduct: tuple[Term, ...] = ()
    series: Series | None = None
    parts: tuple[Clause, ...] = ()
    applies_if: str = ""
    otherwise: Fraction | None = None
    at_least: Fraction | None = None
    at_most: Fraction | None = None
    readings: Readings = field(default_factory=dict)
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)
    said: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)  # where each word stands

    @property
    def own_facts(self) -> tuple[str, ...]:
        """The facts that it asks for as it is written, those of its parts and readings left out."""
        bounds = (b for t in self.tiers for b in (t.low, t.high) if isinstance(b, str))
        terms = (t.fact for t in (*self.add, *self.deduct))
        others = (self.applies_if, *(self.ratio or ()), self.series.fact if self.series is not None else "")
        return tuple(dict.fromkeys(f for f in (*(t.fact for t in self.tiers), *bounds, *terms, *others) if f))


@dataclass(frozen=True, slots=True)
class ScoreGroup:
    key: str
    title: str
    points: Fraction | None = None  # None: outside the total
    at: Place = field(default=NOWHERE, compare=False)
    said: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A fault of the printed text, as a person sees it, and the readings among which a ruling chooses; none: a note."""

    key: str
    says: str
    readings: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A rubric. Its marks are the records of one ledger, the rulings on its doubts those of another.

    `floor`: no clause that is worth points gives less, unless it says `at_least` itself; None = the text does not say.
    """

    key: str
    title: str
    groups: Mapping[str, ScoreGroup]
    facts: Mapping[str, ScoreFact]
    items: Mapping[str, Clause]
    doubts: Mapping[str, Doubt]
    name: str = ""
    level: str = ""  # regions of this level are scored …
    units: Owing | None = None  # … or these units
    total: Fraction | None = None  # as printed
    round: Rounding = Rounding.HALF_UP
    digits: int = 0
    floor: Fraction | None = None
    at_most: Fraction | None = None  # of the whole card
    readings: Readings = field(default_factory=dict)
    by: tuple[str, ...] = ()  # posts that mark
    self_by: tuple[str, ...] = ()  # posts that score themselves, and object
    rules_by: tuple[str, ...] = ()  # posts that enter rulings
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)
    said: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    @property
    def marks(self) -> str:
        """Key of the ledger of its marks."""
        return f"score_{self.key}"

    @property
    def rulings(self) -> str:
        """Key of the ledger of its rulings."""
        return f"rulings_{self.key}"

    @property
    def issued(self) -> str:
        """Key of the ledger of the versions that were signed and sent out."""
        return f"issued_{self.key}"

    @property
    def objections(self) -> str:
        """Key of the ledger of objections."""
        return f"objections_{self.key}"

    def number(self, item: Clause) -> str:
        """How an item is called: `一、组织领导 1`."""
        group = self.groups.get(item.group)
        return f"{group.title if group is not None else item.group} {item.no}".strip()


def variants(clause: Clause, path: Path) -> Iterator[tuple[Clause, Path]]:
    """A clause, its parts, and what their readings change, each as a clause of its own, with where it is written."""
    yield clause, path
    for part in clause.parts:
        yield from variants(part, (*path, "parts", part.key))
    for doubt, names in clause.readings.items():
        for name, patch in names.items():
            changed = Clause(clause.key, clause.title, **patch)
            yield from variants(changed, (*path, "readings", doubt, name))


def doubts_of(clause: Clause) -> tuple[str, ...]:
    """The doubts whose readings change a clause, its parts, or what other readings make of it."""
    found = (doubt for each, _ in variants(clause, ()) for doubt in each.readings)
    return tuple(dict.fromkeys(found))
