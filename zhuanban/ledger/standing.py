"""What fields say on every day, whatever is typed: by a rule (`always`), or as another ledger knows it (`mirrors`).

Pure. The door asks after every change for the first day on which a record does not say what it should, and amends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.compiled import Decides, Mirrors, Rules
from zhuanban.ledger.fields import is_empty
from zhuanban.ledger.filled import value_of
from zhuanban.ledger.rules import Snapshot, Source, standing_on
from zhuanban.people.queries import Setting

Link = tuple[str, str]
"""(ledger, link field)."""


class Stand(NamedTuple):
    """A field, and what it says of a record as it stands on a day: the value (None: empty), and where from."""

    key: str
    title: str
    says: Callable[[Snapshot, int], tuple[Any, str]]


def stands_of(
    rules: Rules, setting: Setting, mirrored: Mapping[Link, Sequence[Source]], found: list[Problem]
) -> list[Stand]:
    """All that stands in a ledger: mirrors first, which rules may ask. A rule's own faults are added to `found`."""
    mirrors = [
        by_mirror(m, setting.pack.ledgers[m.mirror.ledger].title, mirrored[m.mirror.ledger, m.mirror.by])
        for m in rules.mirrors
    ]
    return [*mirrors, *(by_rule(each, setting, found) for each in rules.standing)]


def by_rule(decides: Decides, setting: Setting, found: list[Problem]) -> Stand:
    """A field that a rule decides."""
    spec = decides.spec
    assert spec is not None  # only fields stand; the record's own unit does not

    def value(now: Snapshot, day: int) -> tuple[Any, str]:
        case = decides.case(now, day)
        return (None, "") if case is None else (value_of(case, spec, setting, day, found), case.source)

    return Stand(spec.key, spec.title, value)


def by_mirror(mirrors: Mirrors, title: str, mirrored: Sequence[Source]) -> Stand:
    """A field that says what these records of another ledger know."""
    mirror, whole = mirrors.mirror, f"取自{title}"

    def value(_: Snapshot, day: int) -> tuple[Any, str]:
        stood = [
            (source.opened, source.number, now)
            for source in mirrored
            if (now := _at(source.line, day)) is not None
            and not now.withdrawn
            and mirrors.holds(now.data, now.state, now.region, now.unit, day)
        ]
        if not mirror.shows:
            return (len(stood) if mirrors.counts else "是" if stood else "否"), whole
        if not stood:
            return None, whole
        opened, number, now = max(stood, key=lambda each: each[:2])
        made = {"state": now.state, "number": number, "since": iso(opened)}
        return made.get(mirror.shows) or now.data.get(mirror.shows), f"{whole} {number}"

    return Stand(mirror.key, mirrors.spec.title, value)


def stand_said(stands: Sequence[Stand], body: MutableMapping[str, Any], before: Snapshot, on: int) -> None:
    """Fill an event with what stands on its day. A word typed there gives way, and is flagged where it differs."""
    for stand in stands:
        said = dict(body.get("set", {}))
        typed = said.pop(stand.key, None)
        value, source = stand.says(before._replace(data={**before.data, **said}), on)
        if not is_empty(typed) and typed != value:
            shown = "（空）" if value is None else value
            flag = says.RULE_DIFFERS.at(field=stand.title, typed=typed, word=shown).says
            body["flags"] = [*body.get("flags", ()), flag]
        if before.data.get(stand.key) != value:
            said[stand.key] = value
            body["ruled"] = {**body.get("ruled", {}), stand.key: source}
        if said:
            body["set"] = said
        else:
            body.pop("set", None)


def stand_due(
    stands: Sequence[Stand], line: Sequence[tuple[int, Snapshot]], days: Iterable[int]
) -> tuple[int, dict[str, Any]] | None:
    """The first day of a record's timeline on which it does not say what stands, and the amendment's body.

    A date that has come, a figure put right on an early day, a redate, another ledger's record leave such days behind
    them; `days` are those besides the timeline's own on which something may have turned.
    """
    first = line[0][0]
    for day, now in standing_on(line, sorted({day for day, _ in line} | {day for day in days if day > first})):
        words: dict[str, Any] = {}
        whence: dict[str, str] = {}
        for stand in () if now.withdrawn else stands:
            value, source = stand.says(now._replace(data={**now.data, **words}), day)
            if now.data.get(stand.key) != value:
                words[stand.key], whence[stand.key] = value, source
        if words:
            return day, {"set": words, "ruled": whence}
    return None


def turns(standing: Iterable[Decides], said: Iterable[Snapshot], after: int, until: int) -> set[int]:
    """The days, later than `after` and not later than `until`, on which a date alone may turn a rule."""
    asked = [turn for decides in standing for turn in decides.turns]
    found = {from_iso(value) + off for now in said for field, off in asked if (value := now.data.get(field))}
    return {day for day in found if after < day <= until}


def _at(line: Sequence[tuple[int, Snapshot]], day: int) -> Snapshot | None:
    """The record as it stood at the end of a day."""
    found = None
    for start, now in line:
        if start > day:
            break
        found = now
    return found
