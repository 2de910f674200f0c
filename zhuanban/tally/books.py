"""The ledgers of a campaign as lists and scores ask them: which records fulfil conditions as of the end of a day?"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from zhuanban.core.day import iso
from zhuanban.ledger.fields import is_empty
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Fact, Snapshot, said_days, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import Condition, FieldType
from zhuanban.pack.work_list import Owing
from zhuanban.people.queries import Setting

_PLAIN = (FieldType.CHOICE, FieldType.ZONE, FieldType.YES_NO)  # a single word, as it is


class Cited(NamedTuple):
    """A record behind an entry, with what is said of it; a report that was never opened has a number, and no record."""

    ledger: str
    number: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry: a record as it stood on the day, or (no number) a region, a unit, a word, a step of time.

    `unit`: that of an entry about units. `says`: what else the row says, for people: the empty fields, the words and
    the days for which something is missing, how many there are.
    """

    number: str
    region: str
    now: Snapshot | None
    unit: str = ""
    says: str = ""
    facts: tuple[Cited, ...] = ()


class Standing(NamedTuple):
    """A record as it stood on a day, and the day on which it was opened."""

    listed: Listed
    now: Snapshot
    opened: int


class Books:
    """The ledgers that one list looks at, each read once."""

    def __init__(self, setting: Setting, day: int) -> None:
        self.setting = setting
        self.day = day
        self._known: dict[str, Book] = {}

    def of(self, ledger: str, visible: Q | None = None) -> Book:
        """A ledger's records up to the day; `visible` narrows them to a viewer's scope."""
        if visible:
            return Book(self, ledger, visible)
        if ledger not in self._known:
            self._known[ledger] = Book(self, ledger, Q())
        return self._known[ledger]


class Book:
    """The records of one ledger: as they stand now where nothing is dated later, else with their timelines."""

    def __init__(self, books: Books, ledger: str, visible: Q) -> None:
        self.books = books
        self.ledger = books.setting.pack.ledgers[ledger]
        self._rows = Record.objects.filter(
            visible, campaign=books.setting.campaign, ledger=ledger, first_on__lte=books.day
        ).order_by("number")

    def _now(self, where: Sequence[Condition]) -> Iterator[tuple[str, int, Snapshot]]:
        """Number, day of opening, and how it stands now, of the records that may fulfil the conditions: what the
        database can tell apart it leaves out."""
        rows = self._rows
        for nth, asked in enumerate(where):
            spec = self.ledger.fields.get(asked.field)
            words = {"is": (asked.value,), "in": asked.value}.get(asked.op)
            if words is None:
                continue
            if asked.field == "state":
                rows = rows.filter(state__in=words)
            elif spec is not None and spec.type in _PLAIN and not spec.many:
                rows = rows.alias(**{f"said{nth}": Cast(KeyTextTransform(spec.key, "data"), TextField())})
                rows = rows.filter(**{f"said{nth}__in": words})
        told = rows.values_list("number", "first_on", "state", "region", "unit", "data", "withdrawn", "flags")
        for number, opened, state, region, unit, data, withdrawn, flags in told.iterator():
            yield number, opened, Snapshot(state, region, unit, data, withdrawn, tuple(flags))

    @cached_property
    def _lines(self) -> list[tuple[str, int, list[tuple[int, Snapshot]], list[Fact]]]:
        found = list(self._rows.values_list("pk", "number", "first_on"))
        facts = facts_of([pk for pk, _, _ in found])
        return [(number, opened, timeline(facts[pk]), facts[pk]) for pk, number, opened in found]

    def _stood(
        self, where: Sequence[Condition], day: int, *, with_facts: bool
    ) -> Iterator[tuple[str, int, Snapshot, list[Fact]]]:
        """The records that may fulfil the conditions at the end of a day, by number; their events only where they are
        asked for. Where nothing is dated later, as today, they are those that stand in the database."""
        if not with_facts and not self._rows.filter(last_on__gt=day).exists():
            yield from ((number, opened, now, []) for number, opened, now in self._now(where))
            return
        for number, opened, line, facts in self._lines:
            if at := bisect_right(line, day, key=lambda entry: entry[0]):
                yield number, opened, line[at - 1][1], facts

    def standing(
        self, where: Sequence[Condition], day: int, inside: frozenset[str] | None = None, quiet: int | None = None
    ) -> Iterator[Standing]:
        """Those that fulfil the conditions as of the end of a day, by number; `inside`: and lie in these regions;
        `quiet`: of which nobody has said anything for more than so many days."""
        holds = self._holds(where, day)
        for number, opened, now, facts in self._stood(where, day, with_facts=quiet is not None):
            if now.withdrawn or (inside is not None and now.region not in inside):
                continue
            if not holds(now):
                continue
            last = max(said_days(facts, day)) if quiet is not None else day
            if quiet is None or last < day - quiet:
                says = f"最近一次{iso(last)}" if quiet is not None else ""
                yield Standing(Listed(number, now.region, now, says=says), now, opened)

    def _holds(self, where: Sequence[Condition], day: int) -> Callable[[Snapshot], bool]:
        own = compile_conditions(tuple(c for c in where if "." not in c.field), self.ledger)
        through: dict[str, list[Condition]] = defaultdict(list)
        for condition in where:
            link, dot, inner = condition.field.partition(".")
            if dot:
                through[link].append(replace(condition, field=inner))
        named = {
            link: {
                other.listed.number
                for other in self.books.of(self.ledger.fields[link].ledger).standing(conditions, day)
            }
            for link, conditions in through.items()
        }

        def holds(now: Snapshot) -> bool:
            if not own(now.data, now.state, now.region, now.unit, day):
                return False
            return all(not numbers.isdisjoint(words_of(now.data.get(link))) for link, numbers in named.items())

        return holds


def words_of(value: Any) -> list[str]:
    return [str(word) for word in (value if isinstance(value, list) else [value]) if not is_empty(word)]


def named_units(books: Books, owing: Owing, day: int) -> Iterator[str]:
    """Codes of the units of the pack's names, or of a ledger's records as of a day; one may come several times."""
    known = books.setting.units
    if owing.ledger:
        for record in books.of(owing.ledger).standing(owing.where, day):
            if record.now.unit in known:
                yield record.now.unit
        return
    for name in owing.names:
        yield from known.find(name, day)[:1]
