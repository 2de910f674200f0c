"""What judging may ask of the rest of the world, answered from inside the door's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhuanban.atlas.queries import Zoned, editions, metres_outside, zone_of
from zhuanban.evidence.queries import Shot
from zhuanban.ledger.brought import Brought
from zhuanban.ledger.draft import Draft
from zhuanban.ledger.likely import Spots
from zhuanban.ledger.linked import Links
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Snapshot, Source, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import FieldType, Guard, Ledger
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor


class Seen:
    """Answers what `draft.Sight` asks, for one batch.

    It knows nothing of its batch: the two would keep each other alive until the collector comes by.
    """

    def __init__(self, setting: Setting, actor: Actor) -> None:
        self.setting = setting
        self.drafts: dict[tuple[str, str], Draft] = {}  # (ledger, number) → records that the batch has met
        self.touched: dict[str, dict[int, Draft]] = defaultdict(dict)  # by ledger
        self.links: set[tuple[str, str]] = set()
        self.files = Brought(setting.campaign, actor)
        self.spots = Spots(setting)
        self.names = Links(setting)
        self._sources: dict[tuple[str, str], Source | None] = {}

    def link_exists(self, ledger: str, number: str) -> bool:
        return (ledger, number) in self.links or (ledger, number) in self.drafts

    def file_exists(self, sender: str, sha256: str) -> bool:
        return self.files.may_refer(sender, sha256)

    def file_unfit(self, field: FieldType, sha256: str) -> str:
        return self.files.unfit(field, sha256)

    def shots(self, contents: Sequence[str]) -> Mapping[str, Shot]:
        return self.files.shots(contents)

    def alike(self, contents: Sequence[str], own: tuple[str, str]) -> Sequence[tuple[str, str]]:
        return self.files.alike(contents, own)

    def likely(self, ledger: Ledger, number: str, now: Snapshot) -> Sequence[tuple[str, str]]:
        own = (ledger.key, number)
        return [named for rule in ledger.likely for named in self.spots.likely(rule, own, ledger, now)]

    def naming(self, link: tuple[str, str], number: str) -> list[Source]:
        return self.names.naming(link, number)

    def source(self, ledger: str, number: str) -> Source | None:
        met = self.drafts.get((ledger, number))
        if met is not None:
            return Source(met.line[0][0], number, met.line)
        if (ledger, number) not in self._sources:
            pk = Record.objects.filter(campaign=self.setting.campaign, ledger=ledger, number=number).values_list("pk")
            lines = [timeline(facts) for facts in facts_of([each for (each,) in pk]).values()]
            self._sources[ledger, number] = Source(lines[0][0][0], number, lines[0]) if lines else None
        return self._sources[ledger, number]

    def outside_metres(self, region: str, point: Mapping[str, Any], day: int) -> float | None:
        return metres_outside(self.setting.campaign, region, point, day)

    def zone_of(self, layer: str, point: Mapping[str, Any], day: int) -> Zoned | None:
        return zone_of(self.setting.campaign, self.setting.pack.layers[layer], point, day)

    def zone_days(self, layer: str) -> Sequence[int]:
        return [edition.from_day for edition in editions(self.setting.campaign, layer)]

    def guarded(self, guard: Guard, number: str, snapshot: Snapshot, on: int) -> Iterator[tuple[str, Snapshot]]:
        """Numbers of such records in scope, and how they stand now; those of the batch last."""
        rows = Record.objects.filter(campaign=self.setting.campaign, ledger=guard.ledger, withdrawn=False)
        mine = self.touched[guard.ledger]
        own = [draft for draft in mine.values() if not draft.current.withdrawn]
        if guard.via:
            said = snapshot.data.get(guard.via)
            numbers = frozenset(said if isinstance(said, list) else [said] if said else [])
            rows = rows.filter(number__in=numbers)
            own = [d for d in own if d.number in numbers]
        elif guard.by:
            rows = rows.filter(**{f"data__{guard.by}": number})
            own = [d for d in own if d.current.data.get(guard.by) == number]
        else:
            regions = self._regions(guard, snapshot, on)
            rows = rows.filter(region__in=regions)
            own = [d for d in own if d.current.region in regions]
        if guard.same_unit:
            rows = rows.filter(unit=snapshot.unit)
            own = [d for d in own if d.current.unit == snapshot.unit]
        holds = compile_conditions(guard.where, self.setting.pack.ledgers[guard.ledger])
        if guard.kind == "none":  # their numbers will be told; of those that must exist any one will do
            rows = rows.order_by("number")
        for pk, other, *place in rows.values_list("pk", "number", "state", "region", "unit", "data").iterator():
            now = Snapshot(*place)
            if pk not in mine and holds(now.data, now.state, now.region, now.unit, on):
                yield other, now
        for draft in own:
            now = draft.current
            if holds(now.data, now.state, now.region, now.unit, on):
                yield draft.number, now

    def _regions(self, guard: Guard, snapshot: Snapshot, on: int) -> frozenset[str]:
        """The regions in which a guard looks."""
        tree = self.setting.regions
        if guard.scope == "same":
            return frozenset({snapshot.region})
        if guard.scope == "within":
            return tree.subtree(snapshot.region, on)
        levels = [level.key for level in self.setting.pack.grid.levels]
        depth = levels.index(guard.level) + 1
        path = tree.path(snapshot.region, on)
        return frozenset(path[:1] if depth >= len(path) else {path[-1 - depth]})
