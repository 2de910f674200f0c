"""Pure rules of the ledgers: what a record is as of a day, and how its events are chained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from zhuanban.core.canonical import canonical, digest
from zhuanban.core.day import FIRST_DAY
from zhuanban.pack.values import SAME

VERBS = ("create", "move", "amend", "transfer", "redate", "withdraw", "restore")
ORDERED = frozenset({"create", "move", "withdraw", "restore"})
"""Verbs whose events keep their order whatever their days become."""


class Fact(NamedTuple):
    """An event as a plain value. `body` may say: set, ruled, placed, move, to, region, beside, unit, reason, of, flags,
    alike, likely, source."""

    version: int
    verb: str
    on: int
    at: int
    actor: str
    change: str
    step: int
    body: Mapping[str, Any]


class Snapshot(NamedTuple):
    """A record as of some day."""

    state: str
    region: str
    unit: str
    data: Mapping[str, Any]
    withdrawn: bool = False
    flags: tuple[str, ...] = ()
    beside: str = ""  # the merged region that it came from, where its own has another record of its kind


class Source(NamedTuple):
    """A record that another one mirrors."""

    opened: int
    number: str
    line: Sequence[tuple[int, Snapshot]]


def effective_days(facts: Iterable[Fact]) -> dict[int, int]:
    """version → the day on which the event counts, after redates (the last redate of a version wins)."""
    days: dict[int, int] = {}
    for fact in facts:
        if fact.verb == "redate":
            days[int(fact.body["of"])] = fact.on
        days[fact.version] = fact.on
    return days


def apply(before: Snapshot | None, fact: Fact) -> Snapshot | None:
    """The record after one more event."""
    body = fact.body
    if fact.verb == "create":
        return Snapshot(
            body["to"],
            body.get("region", ""),
            body.get("unit", ""),
            {k: v for k, v in body.get("set", {}).items() if v is not None},
            flags=tuple(body.get("flags", ())),
        )
    if before is None or fact.verb == "redate":
        return before
    data = before.data
    if changed := body.get("set"):
        merged = {**data, **changed}
        data = {k: v for k, v in merged.items() if v is not None}
    to = body.get("to", SAME)
    return Snapshot(
        before.state if to == SAME else to,
        body.get("region", before.region),
        body.get("unit", before.unit),
        data,
        fact.verb == "withdraw" if fact.verb in {"withdraw", "restore"} else before.withdrawn,
        (*before.flags, *(f for f in body.get("flags", ()) if f not in before.flags)),
        body.get("beside", "" if "region" in body else before.beside),
    )


def timeline(facts: Sequence[Fact]) -> list[tuple[int, Snapshot]]:
    """(day, the record from that day on), days rising, one entry a day: facts folded by (effective day, version)."""
    days = effective_days(facts)
    line: list[tuple[int, Snapshot]] = []
    snapshot: Snapshot | None = None
    for fact in sorted(facts, key=lambda f: (days[f.version], f.version)):
        snapshot = apply(snapshot, fact)
        if snapshot is not None:
            add_to(line, days[fact.version], snapshot)
    return line


def add_to(line: list[tuple[int, Snapshot]], day: int, snapshot: Snapshot) -> None:
    """Go on with a timeline: the record from a day on that is not before the line's last."""
    if line and line[-1][0] == day:
        line[-1] = (day, snapshot)
    else:
        line.append((day, snapshot))


def as_of(facts: Sequence[Fact], day: int) -> Snapshot | None:
    """The record as of the end of a day; None before it existed."""
    found = None
    for start, snapshot in timeline(facts):
        if start > day:
            break
        found = snapshot
    return found


def standing_on(line: Sequence[tuple[int, Snapshot]], days: Sequence[int]) -> Iterator[tuple[int, Snapshot]]:
    """The record as it stood at the end of each of these days (rising, none before the first)."""
    i = 0
    for day in days:
        while i + 1 < len(line) and line[i + 1][0] <= day:
            i += 1
        yield day, line[i][1]


def out_of_order(facts: Sequence[Fact], days: Mapping[int, int]) -> Fact | None:
    """The first event that would come too early on these days: before an earlier step, or before the opening.

    Before the record was opened an amendment would amend nothing, and be lost; what was derived is derived again.
    """
    previous = FIRST_DAY
    for fact in facts:
        lost = fact.verb != "redate" and not derived(fact) and days[fact.version] < days[facts[0].version]
        if lost or (fact.verb in ORDERED and days[fact.version] < previous):
            return fact
        if fact.verb in ORDERED:
            previous = days[fact.version]
    return None


def last_step(facts: Sequence[Fact]) -> tuple[int, str] | None:
    """(day, word) of the latest workflow step."""
    days = effective_days(facts)
    steps = [
        (days[f.version], f.version, str(f.body.get("move", f.verb)))
        for f in facts
        if f.verb in {"create", "move", "withdraw", "restore"}
    ]
    if not steps:
        return None
    day, _, word = max(steps)
    return day, word


def said_last(facts: Sequence[Fact], fields: Iterable[str]) -> int:
    """The latest day on which any of these fields was said, or the opening day."""
    days = effective_days(facts)
    wanted = set(fields)
    said = [
        days[f.version] for f in facts if f.verb in {"create", "move", "amend"} and wanted & set(f.body.get("set", ()))
    ]
    return max(said, default=days[1])


def said_days(facts: Sequence[Fact], until: int) -> Iterator[int]:
    """The days, not later than `until`, on which somebody said something; not those on which a value was derived."""
    days = effective_days(facts)
    return (days[f.version] for f in facts if days[f.version] <= until and not derived(f))


def derived(fact: Fact) -> bool:
    """An amendment that says only what follows from elsewhere: a zone, a rule, another ledger."""
    made = {*fact.body.get("placed", ()), *fact.body.get("ruled", ())}
    return fact.verb == "amend" and made != set() and fact.body.get("set", {}).keys() <= made


class Transition(NamedTuple):
    """What a change did to one record: its timeline before and after. Followers of the door read these."""

    record_id: int
    ledger: str
    before: Sequence[tuple[int, Snapshot]]
    after: Sequence[tuple[int, Snapshot]]


def event_head(campaign: str, ledger: str, number: str, fact: Fact) -> bytes:
    """What the hash covers besides the body: identity, order, both dates and the writer."""
    return canonical(
        [campaign, ledger, number, fact.version, fact.verb, fact.on, fact.at, fact.actor, fact.change, fact.step]
    )


def event_hash(previous: bytes, head: bytes, body: bytes) -> bytes:
    """SHA-256 over the previous event's hash (empty for the first), the head and the body text."""
    return digest(previous, head, body)


def word_of(fact: Fact) -> str:
    """What a reader calls an event."""
    words = {"amend": "更正", "transfer": "移转", "withdraw": "撤回", "restore": "恢复"}
    return str(fact.body.get("move") or words.get(fact.verb, fact.verb))
