"""Work lists of the pack as of a day: records that fulfil its conditions, or regions and records that have none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from zhuanban.core.problem import Kind, Refused
from zhuanban.ledger.door import facts_of
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Snapshot, as_of
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import Condition, WorkList
from zhuanban.people.queries import Setting

NO_LIST = Kind("tally-007", "本行动没有清单“{name}”。", "可用的清单：{known}。")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry: a record as it stood on the day (where regions lack it, with that region), or a region (no number)."""

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
    """The list at a node as of the end of a day. `visible` narrows the listed records to a viewer's scope."""
    seen = visible or Q()
    root = setting.regions.root
    if not asked.missing_link:
        narrowed = Q() if asked.missing_level else seen
        records = list(_records(setting, asked.ledger, asked.where, node, day, narrowed, asked.flagged))
        if not asked.missing_level:
            return records
        covered = _covered(setting, asked, records, day)
        return [Listed("", code, None) for code in _regions(setting, asked, node, day) if code not in covered]
    # Whatever points to a record, wherever it lies, is not missing.
    pointing = list(_records(setting, asked.ledger, asked.where, root, day, Q(), asked.flagged))
    by_target: dict[str, list[Listed]] = defaultdict(list)
    for record in pointing:
        value = record.now.data.get(asked.missing_link) if record.now else None
        for number in value if isinstance(value, list) else [value] if value else []:
            by_target[number].append(record)
    if not asked.missing_level:
        targets = _records(setting, asked.listed, asked.among, node, day, seen)
        return [target for target in targets if target.number not in by_target]
    regions = _regions(setting, asked, node, day)
    return [
        Listed(target.number, code, target.now)
        for target in _records(setting, asked.listed, asked.among, root, day, seen)
        for covered in [_covered(setting, asked, by_target[target.number], day)]
        for code in regions
        if code not in covered
    ]


def _depth(setting: Setting, asked: WorkList) -> int:
    return [level.key for level in setting.pack.grid.levels].index(asked.missing_level) + 1


def _covered(setting: Setting, asked: WorkList, records: Iterable[Listed], day: int) -> set[str]:
    """Regions of the asked level in which some of these records lie."""
    depth, tree = _depth(setting, asked), setting.regions
    return {path[-1 - depth] for r in records if len(path := tree.path(r.region, day)) > depth}


def _regions(setting: Setting, asked: WorkList, node: str, day: int) -> list[str]:
    """Regions of the asked level, in use, in the order of the regions' list."""
    depth, tree = _depth(setting, asked), setting.regions
    inside = [c for c in tree.subtree(node, day) if tree.level(c, day) == depth and tree.nodes[c].in_use(day)]
    return sorted(inside, key=lambda c: (tree.nodes[c].position, c))


def _records(
    setting: Setting, ledger: str, where: tuple[Condition, ...], node: str, day: int, visible: Q, flagged: str = ""
) -> Iterator[Listed]:
    inside = setting.regions.subtree(node, day)
    holds = compile_conditions(where, setting.pack.ledgers[ledger])
    rows = Record.objects.filter(visible, campaign=setting.campaign, ledger=ledger, first_on__lte=day)
    numbers = dict(rows.order_by("number").values_list("pk", "number"))
    facts = facts_of(numbers)
    for pk, number in numbers.items():
        now = as_of(facts[pk], day)
        if (
            now is not None
            and not now.withdrawn
            and now.region in inside
            and (not flagged or any(flag.startswith(flagged) for flag in now.flags))
            and holds(now.data, now.state, now.region, now.unit, day)
        ):
            yield Listed(number, now.region, now)
