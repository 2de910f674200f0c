"""A record while a change to it is judged, and what judging may ask of the rest of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Protocol

from zhuanban.atlas.queries import Zoned
from zhuanban.core.problem import Place, Problem
from zhuanban.evidence.queries import Shot
from zhuanban.ledger import problems as says
from zhuanban.ledger.change import Change
from zhuanban.ledger.fields import is_empty
from zhuanban.ledger.rules import Fact, Snapshot, Source
from zhuanban.pack.values import FieldType, Guard, Ledger
from zhuanban.people.tree import Tree


@dataclass(slots=True)
class Draft:
    """A record as the door found it; `facts` and `line` grow while its change is judged."""

    id: int
    ledger: str
    number: str
    version: int = 0
    head: bytes = b""
    facts: list[Fact] = field(default_factory=list)
    line: list[tuple[int, Snapshot]] = field(default_factory=list)
    one_key: str | None = None
    foreign: bool = False  # the number came from outside

    @property
    def exists(self) -> bool:
        return self.version > 0

    @property
    def current(self) -> Snapshot:
        return self.line[-1][1]


class Sight(Protocol):
    """What judging may ask of the rest of the world; the door answers from the same transaction."""

    def guarded(self, guard: Guard, number: str, snapshot: Snapshot, on: int, /) -> Iterator[tuple[str, Snapshot]]: ...
    def link_exists(self, ledger: str, number: str, /) -> bool: ...
    def file_exists(self, sender: str, sha256: str, /) -> bool: ...
    def file_unfit(self, field: FieldType, sha256: str, /) -> str: ...
    def outside_metres(self, region: str, point: Mapping[str, Any], day: int, /) -> float | None: ...
    def zone_of(self, layer: str, point: Mapping[str, Any], day: int, /) -> Zoned | None: ...
    def zone_days(self, layer: str, /) -> Sequence[int]: ...
    def shots(self, contents: Sequence[str], /) -> Mapping[str, Shot]: ...
    def likely(self, ledger: Ledger, number: str, now: Snapshot, /) -> Sequence[tuple[str, str]]: ...
    def naming(self, link: tuple[str, str], number: str, /) -> list[Source]: ...
    def source(self, ledger: str, number: str, /) -> Source | None: ...
    def alike(self, contents: Sequence[str], own: tuple[str, str], /) -> Sequence[tuple[str, str]]: ...


def others_hold(
    guard: Guard,
    ledger: Ledger,
    others: Iterator[tuple[str, Snapshot]],
    sees: Callable[[Ledger, Snapshot], bool],
) -> tuple[bool, str]:
    """Does a requirement of other records hold; if not, the first three in its way of which the mover may know."""
    first = next(others, None)
    if guard.kind == "exists" or first is None:
        return (first is not None) == (guard.kind == "exists"), ""
    seen = list(islice((number for number, now in chain([first], others) if sees(ledger, now)), 4))
    return False, f"（{ledger.title}：{'、'.join(seen[:3])}{'等' if len(seen) > 3 else ''}）" if seen else ""


def said_elsewhere(change: Change, draft: Draft, tree: Tree) -> list[Problem]:
    """To a row of a sheet that cannot enter: its region is not its record's, so it may be about another record."""
    if not change.source or not draft.exists:
        return []
    now, place = draft.current.region, Place(record=draft.number)
    return [
        says.ELSEWHERE.at(place, number=draft.number, now=tree.name(now), where=tree.name(step.region))
        for step in change.steps
        if step.verb == "transfer" and step.region and step.region in tree and step.region != now
    ]


def conflict(change: Change, draft: Draft, ledger: Ledger) -> Problem | None:
    """Where the record moved on since the writer looked; where both changed different fields only, both stand."""
    if change.base is None or change.base == draft.version:
        return None
    since = [f for f in draft.facts if f.version > change.base]
    mine = {k for s in change.steps for k in s.set}
    theirs = {k for f in since for k in f.body.get("set", ())}
    only_fields = all(s.verb == "amend" for s in change.steps) and all(f.verb == "amend" for f in since)
    if change.base < draft.version and only_fields and not mine & theirs:
        return None
    titles = [ledger.fields[k].title for k in (theirs & mine or theirs) if k in ledger.fields]
    steps = [str(f.body["move"]) for f in since if "move" in f.body]
    return says.CONFLICT.at(
        Place(record=draft.number),
        number=draft.number,
        who="、".join(dict.fromkeys(f.actor for f in since)) or "他人",
        fields="、".join([*steps, *sorted(titles)]) or "版本",
    )


def one_key_of(ledger: Ledger, now: Snapshot) -> str | None:
    """What "one per" says of a record; None where the ledger has no such rule, a part is empty, or it is withdrawn.

    One that a merger of regions put beside another stands for the region that it came from.
    """
    if now.withdrawn or not ledger.one_per:
        return None
    region = now.beside or now.region
    parts = [region if k == "region" else now.unit if k == "unit" else now.data.get(k) for k in ledger.one_per]
    return None if any(is_empty(p) for p in parts) else one_key(parts)


def one_key(parts: Sequence[Any]) -> str:
    """A "one per" key as it is kept."""
    return "|".join(map(str, parts))[:200]
