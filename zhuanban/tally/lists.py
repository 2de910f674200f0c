"""Work lists of the pack as of a day: records that fulfil its conditions, or regions that have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from zhuanban.core.problem import Kind, Refused
from zhuanban.ledger.door import facts_of
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Snapshot, as_of
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import WorkList
from zhuanban.people.queries import Setting

NO_LIST = Kind("tally-007", "本行动没有清单“{name}”。", "可用的清单：{known}。")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry: a record as it stood on the day, or (`number` empty) a region without any."""

    number: str
    region: str
    now: Snapshot | None


def find_list(setting: Setting, name: str) -> WorkList:
    """The list of that key or title. Raises Refused."""
    for each in setting.pack.lists.values():
        if name in (each.key, each.title):
            return each
    raise Refused(NO_LIST.at(name=name, known="、".join(setting.pack.lists)))


def work_list(setting: Setting, asked: WorkList, node: str, day: int, visible: Q | None = None) -> list[Listed]:
    """The list at a node as of the end of a day. `visible` narrows the records to a viewer's scope."""
    records = list(_records(setting, asked, node, day, visible or Q()))
    if not asked.missing_level:
        return records
    tree = setting.regions
    depth = [level.key for level in setting.pack.grid.levels].index(asked.missing_level) + 1
    covered = {path[-1 - depth] for r in records if len(path := tree.path(r.region, day)) > depth}
    regions = [c for c in tree.subtree(node, day) if tree.level(c, day) == depth and tree.nodes[c].in_use(day)]
    return [
        Listed("", code, None)
        for code in sorted(regions, key=lambda c: (tree.nodes[c].position, c))
        if code not in covered
    ]


def _records(setting: Setting, asked: WorkList, node: str, day: int, visible: Q) -> Iterator[Listed]:
    inside = setting.regions.subtree(node, day)
    holds = compile_conditions(asked.where, setting.pack.ledgers[asked.ledger])
    rows = Record.objects.filter(visible, campaign=setting.campaign, ledger=asked.ledger, first_on__lte=day)
    numbers = dict(rows.order_by("number").values_list("pk", "number"))
    for pk, facts in facts_of(numbers).items():
        now = as_of(facts, day)
        if (
            now is not None
            and not now.withdrawn
            and now.region in inside
            and holds(now.data, now.state, now.region, now.unit, day)
        ):
            yield Listed(numbers[pk], now.region, now)
