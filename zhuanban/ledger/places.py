"""Zones of records: what the point says on a day, and when it must be said again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhuanban.atlas.queries import Zoned
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.rules import Snapshot, standing_on
from zhuanban.pack.values import OUTSIDE, Field, FieldType, Ledger

ZoneOf = Callable[[str, Mapping[str, Any], int], Zoned | None]
"""(layer, point, day) → the zone by the version of that day; None without one."""


@dataclass(slots=True)
class Placed:
    """What zones come to in one event: words by field, the version that each was placed by, and what is odd."""

    words: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def enter(self, body: MutableMapping[str, Any]) -> None:
        """Into an event's body, beside the words."""
        if self.versions:
            body["placed"] = self.versions
        if self.flags:
            body["flags"] = [*body.get("flags", ()), *self.flags]


def zone_fields(ledger: Ledger) -> tuple[Field, ...]:
    """The zone fields that a point decides."""
    return tuple(f for f in ledger.fields.values() if f.type is FieldType.ZONE and f.of)


def place_said(
    zones: Sequence[Field], values: Mapping[str, Any], before: Mapping[str, Any], on: int, zone_of: ZoneOf, place: Place
) -> Placed:
    """The zones of an event that says `values` on a record that said `before`.

    A word typed beside a point gives way to the point, and is flagged where it differs; typing OUTSIDE confirms a point
    that lies in no zone.
    """
    made = Placed()
    for spec in zones:
        if spec.of not in values and spec.key not in values:
            continue
        point = values[spec.of] if spec.of in values else before.get(spec.of)
        found = zone_of(spec.layer, point, on) if point else None
        if found is None:
            continue
        typed = values.get(spec.key)
        made.words[spec.key] = found.word
        made.versions[spec.key] = found.version
        if typed and typed != found.word:
            kind = says.ZONE_DIFFERS.at(field=spec.title, typed=typed, word=found.word)
            made.flags.append(kind.says)
        elif found.word == OUTSIDE and spec.outside and typed != OUTSIDE and spec.of in values:
            problem = says.OUTSIDE_ZONES.at(Place(record=place.record, field=spec.title), field=spec.title)
            if spec.outside == "inbox":
                made.problems.append(problem)
            else:
                made.flags.append(problem.says)
    return made


def place_due(
    zones: Sequence[Field],
    line: Sequence[tuple[int, Snapshot]],
    today: int,
    zone_of: ZoneOf,
    days_of: Callable[[str], Sequence[int]],
) -> tuple[int, Placed] | None:
    """The first day of a record's timeline on which its zones are not those of its point, and what they should be.

    A point put right on an early day, a redate, or a new version of a layer leave such days behind them.
    """
    versions = {day for spec in zones for day in days_of(spec.layer) if line[0][0] < day <= today}
    for day, now in standing_on(line, sorted({day for day, _ in line} | versions)):
        made = Placed()
        for spec in zones:
            point = None if now.withdrawn else now.data.get(spec.of)
            found = zone_of(spec.layer, point, day) if point else None
            if found is not None and found.word != now.data.get(spec.key):
                made.words[spec.key] = found.word
                made.versions[spec.key] = found.version
                if found.word == OUTSIDE and spec.outside:
                    made.flags.append(says.OUTSIDE_ZONES.at(field=spec.title).says)
        if made.words:
            return day, made
    return None
