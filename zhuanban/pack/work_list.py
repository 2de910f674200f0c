"""Who owes a report or lacks a record, and the work lists of a pack: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhuanban.core.problem import NOWHERE, Place

if TYPE_CHECKING:
    from zhuanban.pack.values import Condition


@dataclass(frozen=True, slots=True)
class Owing:
    """Units by short name, or those of a ledger's records as of a day: who owes a report, or lacks a record."""

    names: tuple[str, ...] = ()
    ledger: str = ""
    where: tuple[Condition, ...] = ()
    each: str = "unit"  # of a duty. unit: one report a unit | record: one for every record


@dataclass(frozen=True, slots=True)
class Every:
    """The steps of time of a list: whole weeks from Monday on, or months, cut off at the days `start` and `end`."""

    step: str  # 周 | 月
    start: int
    end: int | None = None  # None: on and on


@dataclass(frozen=True, slots=True)
class WorkList:
    """A named list as of a day: records that fulfil `where`, or what is wrong with them as a whole.

    Of four kinds. Plain; with `lacks`, records where one of these fields is empty. What lacks such a record: each of
    the regions of `missing_level`, the records of the ledger `listed` (those that fulfil `among`) to which none points
    by `missing_link`, the `units`, the words of `missing_choice`, the steps of `every`; of several, each with each.
    With `by`, who has at least so many. With `duties` in place of a ledger, units whose reports were so.
    """

    key: str
    title: str
    ledger: str  # of a list of reports: the ledger of its first duty
    where: tuple[Condition, ...] = ()
    flagged: str = ""  # only records of `where` that bear a mark which begins so
    lacks: tuple[str, ...] = ()  # fields, or unit
    show: tuple[str, ...] = ()  # fields of the listed records that their rows say besides
    missing_level: str = ""
    missing_link: str = ""
    missing_choice: str = ""
    units: Owing | None = None  # the units that are missing something
    every: Every | None = None
    within: int | None = None  # what lacks one that was opened in the last so many days
    quiet: int | None = None  # only records of which nobody has said anything for more than so many days
    among: tuple[Condition, ...] = ()
    listed: str = ""  # the ledger whose records are on the list
    by: str = ""  # unit | region | a level | a field of the ledger
    at_least: int = 1
    duties: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()  # late | missing | returned
    in_a_row: int = 1
    tell: tuple[str, ...] = ()  # posts that are told of it, each of what it may see
    minute: int = 0  # of every working day, at which they are
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def misses(self) -> bool:
        """Is it a list of what has no such record?"""
        return bool(self.missing_level or self.missing_link or self.missing_choice or self.units or self.every)

    @property
    def ledgers(self) -> frozenset[str]:
        """Keys of the ledgers whose records it shows, or counts; not those that links of its conditions name."""
        own = {self.ledger, self.listed, *(f"duty_{key}" for key in self.duties)}
        return frozenset(own | ({self.units.ledger} if self.units is not None and self.units.ledger else set()))
