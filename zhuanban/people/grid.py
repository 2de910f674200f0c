"""Writes to the dated grid: split, merge, rename regions, rename units, from a day on. Earlier days stay as they were.

Moving a region is `actions.hang_region`. Records are not known here: `ledger.grid` calls these and takes records along.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from zhuanban.core import clock
from zhuanban.core.day import FIRST_DAY, iso
from zhuanban.core.problem import Kind, Problem, Refused
from zhuanban.people.actions import NODE_UNKNOWN, TIME_ORDER, hang_region
from zhuanban.people.models import Campaign, Holding, Region, RegionName, RegionParent, Unit, UnitName
from zhuanban.people.queries import Setting, setting
from zhuanban.people.tree import VIRTUAL_ROOT

NOT_IN_USE = Kind("people-050", "“{name}”（{code}）在 {day} 没有启用。", "请核对代码和日期。")
CODE_TAKEN = Kind("people-051", "代码 {code} 已被“{name}”使用。", "新网格请用没有用过的代码。")
CODE_SHAPE = Kind("people-052", "代码“{code}”不合要求。", "{wanted}")
NAME_SHAPE = Kind("people-053", "网格 {code} 的名称“{name}”不合要求。", "请用 1 至 80 个字。")
TOO_FEW_PARTS = Kind("people-054", "拆分至少要分成两个网格。", "请写明每个新网格的代码和名称。")
HAS_CHILDREN = Kind("people-055", "“{name}”还有下级（{children}），不能直接拆分。", "请先把下级移到别处，或拆分下级。")
NOTHING_TO_MERGE = Kind("people-056", "没有要并入“{into}”的网格。", "请写明要撤并的网格。")
LEVELS_DIFFER = Kind("people-057", "“{name}”与“{other}”不是同一级。", "只有同一级的区划才能合并。")
IS_ROOT = Kind("people-058", "“{name}”是最上一级，不能拆分、合并或移动。", "请核对代码。")
NOT_YET = Kind("people-059", "日期 {day} 还没有到。", "请在当天或之后办理。")
SAME_NAME = Kind("people-060", "“{code}”在 {day} 已经叫“{name}”。", "请核对名称。")
UNIT_NAME_SHAPE = Kind("people-066", "单位 {code} 的新名称不合要求。", "全称请用 1 至 120 个字，简称不超过 60 个字。")
UNIT_NAME_TAKEN = Kind("people-067", "“{name}”已是“{other}”的名称。", "请另取名称，否则表格里写到它时分不清。")
REASON_EMPTY = Kind("people-061", "没有写明理由。", "请写明依据的文件或原因。")


def split_region(campaign: Campaign, code: str, parts: Sequence[tuple[str, str]], day: int, reason: str) -> None:
    """From `day` on, the region is closed and these (code, name) stand in its place, below the same parent.

    Whoever held a post for it holds it for each part. Raises Refused with every fault.
    """
    with transaction.atomic():
        locked, here = _locked(campaign)
        faults = _common(here, [code], day, reason)
        tree = here.regions
        if not faults:
            children = "、".join(tree.name(c, day) for c in tree.children(code, day))
            if children:
                faults.append(HAS_CHILDREN.at(name=tree.name(code, day), children=children))
        if len(parts) < 2:
            faults.append(TOO_FEW_PARTS.at())
        level = tree.level(code, day) if code in tree else 0
        taken: dict[str, str] = {}
        for new, name in parts:
            faults += _new_region(here, new, name, level, taken)
            taken[new] = name
        if faults:
            raise Refused(faults)
        for new, name in parts:
            _open(locked, new, name, after=code, parent=tree.parent(code, day), day=day, reason=reason)
        _close(locked, code, day)
        _hand_on(locked, code, [new for new, _ in parts], day)
        _raise(campaign, locked)


def merge_regions(campaign: Campaign, codes: Sequence[str], into: str, name: str, day: int, reason: str) -> None:
    """From `day` on, these regions are closed, and what lay below them lies below `into`.

    `into` is a region of the same level, perhaps one of `codes`; or a new code, with its `name`, which stands below the
    parent of the first. Whoever held a post for one of them holds it for `into`. Raises Refused with every fault.
    """
    with transaction.atomic():
        locked, here = _locked(campaign)
        tree = here.regions
        gone = [code for code in dict.fromkeys(codes) if code != into]
        known = [*gone, into] if into in tree else gone
        faults = _common(here, known, day, reason)
        if not gone:
            faults.append(NOTHING_TO_MERGE.at(into=tree.name(into)))
        if not faults:
            for other in known[1:]:
                if tree.level(other, day) != tree.level(known[0], day):
                    faults.append(LEVELS_DIFFER.at(name=tree.name(known[0], day), other=tree.name(other, day)))
            if into not in tree:
                faults += _new_region(here, into, name, tree.level(known[0], day), {})
        if faults:
            raise Refused(faults)
        if into not in tree:
            _open(locked, into, name, after=gone[0], parent=tree.parent(gone[0], day), day=day, reason=reason)
            _raise(campaign, locked)
        for code in gone:
            for child in tree.children(code, day):
                hang_region(campaign, child, into, day, reason)
        for code in gone:
            _close(locked, code, day)
            _hand_on(locked, code, [into], day)
        locked.refresh_from_db(fields=["tree_version"])
        _raise(campaign, locked)


def rename_region(campaign: Campaign, code: str, name: str, day: int, reason: str) -> None:
    """From `day` on, the region bears this name; tables as of earlier days print the one that it had then."""
    with transaction.atomic():
        locked, here = _locked(campaign)
        faults = _common(here, [code], day, reason, root_too=True)
        if not 0 < len(name.strip()) <= 80:
            faults.append(NAME_SHAPE.at(code=code, name=name))
        elif not faults and here.regions.name(code, day) == name.strip():
            faults.append(SAME_NAME.at(code=code, day=iso(day), name=name))
        later = RegionName.objects.filter(region__campaign=locked, region__code=code, from_day__gte=day).first()
        if later is not None:
            faults.append(TIME_ORDER.at(code=code, day=iso(later.from_day)))
        if faults:
            raise Refused(faults)
        row = Region.objects.get(campaign=locked, code=code)
        RegionName.objects.create(region=row, name=name.strip(), from_day=day, reason=reason.strip()[:200])
        _raise(campaign, locked)


def rename_unit(campaign: Campaign, code: str, name: str, short: str, day: int, reason: str) -> None:
    """From `day` on, the unit bears this name and short name; what is printed as of earlier days says the ones it had.

    Raises Refused with every fault.
    """
    with transaction.atomic():
        locked, here = _locked(campaign)
        node, name, short = here.units.nodes.get(code), name.strip(), short.strip()
        faults = _said_and_past(day, reason)
        if node is None or code == VIRTUAL_ROOT:
            faults.append(NODE_UNKNOWN.at(code=code))
        elif not node.in_use(day):
            faults.append(NOT_IN_USE.at(name=node.printed(), code=code, day=iso(day)))
        elif node.named(day) == (name, short):
            faults.append(SAME_NAME.at(code=code, day=iso(day), name=name))
        if not 0 < len(name) <= 120 or len(short) > 60:
            faults.append(UNIT_NAME_SHAPE.at(code=code))
        for word in {name, short} - {""}:
            bearers = [c for c in here.units.find(word, day) if c != code]
            faults += [UNIT_NAME_TAKEN.at(name=word, other=here.units.name(c)) for c in bearers]
        later = UnitName.objects.filter(unit__campaign=locked, unit__code=code, from_day__gte=day).first()
        if later is not None:
            faults.append(TIME_ORDER.at(code=code, day=iso(later.from_day)))
        if faults:
            raise Refused(faults)
        row = Unit.objects.get(campaign=locked, code=code)
        UnitName.objects.create(unit=row, name=name, short=short, from_day=day, reason=reason.strip()[:200])
        _raise(campaign, locked)


def _locked(campaign: Campaign) -> tuple[Campaign, Setting]:
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    return locked, setting(locked)


def _common(here: Setting, codes: Sequence[str], day: int, reason: str, *, root_too: bool = False) -> list[Problem]:
    tree, faults = here.regions, _said_and_past(day, reason)
    for code in codes:
        node = tree.nodes.get(code)
        if node is None or code == "*":
            faults.append(NODE_UNKNOWN.at(code=code))
        elif code == tree.root and not root_too:
            faults.append(IS_ROOT.at(name=tree.name(code)))
        elif not node.in_use(day) or node.from_day == day:
            faults.append(NOT_IN_USE.at(name=tree.name(code), code=code, day=iso(day)))
    return faults


def _said_and_past(day: int, reason: str) -> list[Problem]:
    faults = [] if reason.strip() else [REASON_EMPTY.at()]
    return [*faults, NOT_YET.at(day=iso(day))] if day > clock.today() else faults


def _new_region(here: Setting, code: str, name: str, level: int, taken: dict[str, str]) -> list[Problem]:
    faults = []
    levels = here.pack.grid.levels
    digits = levels[level - 1].digits if 0 < level <= len(levels) else 0
    if not 0 < len(code) <= 32 or not code.isascii() or any(c in " ,/*" for c in code):
        faults.append(CODE_SHAPE.at(code=code, wanted="请用 1 至 32 个字母或数字。"))
    elif digits and len(code) != digits:
        faults.append(CODE_SHAPE.at(code=code, wanted=f"{levels[level - 1].title}的代码应为 {digits} 位。"))
    if code in here.regions or code in taken:
        faults.append(CODE_TAKEN.at(code=code, name=taken.get(code) or here.regions.name(code)))
    if not 0 < len(name.strip()) <= 80:
        faults.append(NAME_SHAPE.at(code=code, name=name))
    return faults


def _open(campaign: Campaign, code: str, name: str, *, after: str, parent: str, day: int, reason: str) -> None:
    """A new region in the printed place of another."""
    position = Region.objects.values_list("position", flat=True).get(campaign=campaign, code=after)
    row = Region.objects.create(campaign=campaign, code=code, name=name.strip(), position=position, from_day=day)
    above = "" if parent == "*" else parent
    RegionParent.objects.create(region=row, parent_code=above, from_day=FIRST_DAY, reason=reason.strip()[:200])


def _close(campaign: Campaign, code: str, day: int) -> None:
    Region.objects.filter(campaign=campaign, code=code).update(to_day=day)


def _hand_on(campaign: Campaign, code: str, to: Sequence[str], day: int) -> None:
    for held in Holding.objects.filter(campaign=campaign, region_code=code, to_day__gt=day):
        for new in to:
            Holding.objects.get_or_create(
                user_id=held.user_id,
                campaign=campaign,
                post=held.post,
                region_code=new,
                unit_code=held.unit_code,
                from_day=max(day, held.from_day),
                to_day=held.to_day,
            )


def _raise(campaign: Campaign, locked: Campaign) -> None:
    """The tree's raised version tells every process's cache."""
    locked.tree_version += 1
    locked.save(update_fields=["tree_version"])
    campaign.tree_version = locked.tree_version
