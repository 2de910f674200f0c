"""Writes: make a campaign, hang a region elsewhere, give somebody a post, keep the log of who looked."""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from zhuanban.core import clock
from zhuanban.core.day import FAR_DAY, FIRST_DAY, from_iso, iso
from zhuanban.core.faults import reason
from zhuanban.core.problem import Kind, Place, Problem, Refused
from zhuanban.pack.values import Pack
from zhuanban.people.models import (
    AccessLog,
    Campaign,
    Holding,
    PackVersion,
    Region,
    RegionParent,
    Token,
    Unit,
    UnitParent,
    User,
)
from zhuanban.people.queries import Setting, is_rooted, setting
from zhuanban.people.scope import Actor
from zhuanban.people.tree import find_loops, words_of

NAME_TAKEN = Kind("people-002", "已有名为“{name}”的行动。", "请换一个名称。")
NAME_WRONG = Kind("people-003", "行动名称“{name}”不合要求。", "请用 1 至 60 个字，不含斜杠和空格。")
FILE_UNREADABLE = Kind("people-004", "文件不能读取：{why}。", "请核对路径，并用 UTF-8 或 GBK 编码的 CSV。")
HEAD_MISSING = Kind("people-005", "缺少列“{head}”。", "表头应为：{wanted}。")
CODE_EMPTY = Kind("people-006", "代码或名称为空。", "请补充代码和名称。")
CODE_TWICE = Kind("people-007", "代码 {code} 出现两次（另一处在第{other}行）。", "请删去重复的一行，或改正代码。")
PARENT_UNKNOWN = Kind("people-008", "{code} 的上级代码 {parent} 不在表中。", "请补上该上级，或改正代码。")
LOOP = Kind("people-009", "上级关系成了环：{loop}。", "请改正上级代码。")
DATE_WRONG = Kind("people-010", "日期“{value}”不能识别。", "请写成 2023-12-08。")
TOO_DEEP = Kind(
    "people-011", "“{name}”（{code}）是第{level}级，网格只有{levels}级。", "请检查上级代码，网格不设更低一级。"
)
LEVEL_SKIPPED = Kind(
    "people-012", "“{name}”（{code}）的代码是{by_code}的长度，却挂在{by_tree}的位置上。", "请检查是否跳过了一级。"
)
REGION_UNKNOWN = Kind("people-013", "{code} 的区划代码 {region} 不在区划表中。", "请补上该区划，或改正代码。")
EMPTY_LIST = Kind("people-014", "表中没有一行数据。", "请至少写一个区划。")
NODE_UNKNOWN = Kind("people-015", "没有代码为 {code} 的区划或单位。", "请核对代码。")
DAY_ORDER = Kind("people-016", "停用日期早于启用日期。", "请核对两个日期。")
POST_UNKNOWN = Kind("people-017", "行动包里没有岗位“{post}”。", "可用的岗位：{known}。")
UNDER_ITSELF = Kind("people-018", "不能把 {code} 挂到它自己的下级 {parent} 下面。", "请另选上级。")
TIME_ORDER = Kind("people-019", "该日期之后，{code} 已有过一次调整（{day}）。", "请填写更晚的日期。")
LEVEL_OTHER = Kind("people-062", "“{name}”挂到“{parent}”下面就不是原来那一级了。", "请选与现在的上级同一级的区划。")
PARENT_CLOSED = Kind("people-063", "“{parent}”在 {day} 没有启用。", "请另选上级，或核对日期。")

ALIAS_TAKEN = Kind(
    "people-020", "别名“{alias}”也是 {other} 的名称、简称或别名。", "请只留一处，否则表格里写到它时分不清。"
)

REGION_HEADS = ("代码", "名称", "上级代码", "启用日期", "停用日期", "别名")
UNIT_HEADS = ("代码", "名称", "简称", "上级代码", "区划代码", "别名")

TreeFollower = Callable[[Setting, Setting, str], None]
tree_followers: list[TreeFollower] = []
"""Called inside the transaction when a region was hung elsewhere; wired in `project.wiring`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list of regions or units."""

    at: Place
    code: str
    name: str
    parent: str
    short: str = ""
    region: str = ""
    from_day: int = FIRST_DAY
    to_day: int = FAR_DAY
    aliases: str = ""


def read_list(path: Path, heads: Sequence[str], optional: Sequence[str] = ()) -> tuple[list[Line], list[Problem]]:
    """Lines of a CSV of regions or units (UTF-8 with or without BOM, or GB 18030), with every fault found.

    A line at fault is among the lines wherever it has a code of its own, so that what refers to it is not at fault too.
    """
    try:
        raw = path.read_bytes()
    except OSError as why:
        return [], [FILE_UNREADABLE.at(Place(file=path.name), why=reason(why))]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            return [], [FILE_UNREADABLE.at(Place(file=path.name), why="编码既不是 UTF-8，也不是 GB 18030")]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    given = [h.strip() for h in reader.fieldnames or ()]
    reader.fieldnames = given
    problems = [
        HEAD_MISSING.at(Place(file=path.name, line=1), head=h, wanted=",".join(heads))
        for h in heads
        if h not in given and h not in optional
    ]
    if problems:
        return [], problems
    lines: list[Line] = []
    first_at: dict[str, int] = {}
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as why:
        return [], [FILE_UNREADABLE.at(Place(file=path.name), why=str(why))]
    for number, row in rows:
        cell = {k: (row.get(k) or "").strip() for k in heads}
        if not any(cell.values()):
            continue
        at = Place(file=path.name, line=number)
        if not cell["代码"] or not cell["名称"]:
            problems.append(CODE_EMPTY.at(at))
        days = []
        for head, default in (("启用日期", FIRST_DAY), ("停用日期", FAR_DAY)):
            value = cell.get(head, "")
            try:
                days.append(from_iso(value) if value else default)
            except ValueError:
                problems.append(DATE_WRONG.at(Place(file=path.name, line=number, column=head), value=value))
                days.append(default)
        if days[0] > days[1]:
            problems.append(DAY_ORDER.at(at))
        if cell["代码"] in first_at:
            problems.append(CODE_TWICE.at(at, code=cell["代码"], other=first_at[cell["代码"]]))
        if not cell["代码"] or cell["代码"] in first_at:
            continue
        first_at[cell["代码"]] = number
        lines.append(
            Line(
                at,
                cell["代码"],
                cell["名称"],
                cell["上级代码"],
                cell.get("简称", ""),
                cell.get("区划代码", ""),
                aliases=cell["别名"],
                from_day=days[0],
                to_day=days[1],
            )
        )
    if not lines and not problems:
        problems.append(EMPTY_LIST.at(Place(file=path.name)))
    return lines, problems


def check_list(lines: Sequence[Line]) -> list[Problem]:
    """Parents that are missing, and parents that lead in a circle."""
    codes = {line.code: line for line in lines}
    problems = [
        PARENT_UNKNOWN.at(line.at, code=line.code, parent=line.parent)
        for line in lines
        if line.parent and line.parent not in codes
    ]
    for loop in find_loops({line.code: line.parent for line in lines if line.parent in codes}):
        problems.append(LOOP.at(codes[loop[0]].at, loop=" → ".join([*loop, loop[0]])))
    return problems


def check_aliases(lines: Sequence[Line]) -> list[Problem]:
    """Aliases that also name somebody else. (Names themselves may repeat: two towns may each have an east street.)"""
    bearers: dict[str, set[str]] = {}
    for line in lines:
        for word in {line.name, line.short, *words_of(line.aliases)} - {""}:
            bearers.setdefault(word, set()).add(line.code)
    return [
        ALIAS_TAKEN.at(line.at, alias=alias, other="、".join(sorted(bearers[alias] - {line.code})))
        for line in lines
        for alias in words_of(line.aliases)
        if bearers[alias] != {line.code}
    ]


def check_levels(lines: Sequence[Line], pack: Pack) -> list[Problem]:
    """A level too many, or a level skipped, against the pack's grid; of lines that hang below the top."""
    above = {line.code: line.parent for line in lines}
    levels = pack.grid.levels
    offset = -1 if is_rooted(pack, list(above.items())) else 0
    problems = []
    for line in lines:
        steps = _steps_down(line.code, above)
        if not steps:
            continue
        depth = steps + offset
        if depth > len(levels):
            problems.append(TOO_DEEP.at(line.at, name=line.name, code=line.code, level=depth, levels=len(levels)))
            continue
        by_code = [i for i, level in enumerate(levels, 1) if level.digits and level.digits == len(line.code)]
        if depth >= 1 and by_code and depth not in by_code:
            problems.append(
                LEVEL_SKIPPED.at(
                    line.at,
                    name=line.name,
                    code=line.code,
                    by_code=levels[by_code[0] - 1].title,
                    by_tree=levels[depth - 1].title,
                )
            )
    return problems


def _steps_down(code: str, above: Mapping[str, str]) -> int:
    """How many lines from the top down to this one; 0 where a parent is missing or in a circle."""
    steps, here = 0, code
    while here:
        steps += 1
        if here not in above or steps > len(above):
            return 0
        here = above[here]
    return steps


def create_campaign(
    name: str, files: Mapping[str, str], pack: Pack, regions: Path, units: Path, start: int, *, demo_clock: bool = False
) -> Campaign:
    """A new campaign from a pack (its files and what they mean) and its two lists. Raises Refused with every fault."""
    problems: list[Problem] = []
    if not 0 < len(name) <= 60 or any(c in "/\\ \t\n" for c in name):
        problems.append(NAME_WRONG.at(name=name))
    elif Campaign.objects.filter(name=name).exists():
        problems.append(NAME_TAKEN.at(name=name))
    region_lines, found = read_list(regions, REGION_HEADS, ("启用日期", "停用日期", "别名"))
    problems += [*found, *check_list(region_lines), *check_levels(region_lines, pack)]
    unit_lines, found = read_list(units, UNIT_HEADS, ("简称", "区划代码", "别名"))
    problems += [*found, *check_list(unit_lines)]
    known = {line.code for line in region_lines}
    problems += [
        REGION_UNKNOWN.at(line.at, code=line.code, region=line.region)
        for line in unit_lines
        if known and line.region and line.region not in known  # none known: the list itself could not be read
    ]
    problems += check_aliases(unit_lines)
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        version, _ = PackVersion.objects.get_or_create(
            sha256=pack.sha256, defaults={"key": pack.key, "files": dict(files)}
        )
        campaign = Campaign.objects.create(name=name, pack_version=version, start=start, demo_clock=demo_clock)
        made = Region.objects.bulk_create(
            [
                Region(
                    campaign=campaign,
                    code=x.code,
                    name=x.name,
                    aliases=x.aliases,
                    position=i,
                    from_day=x.from_day,
                    to_day=x.to_day,
                )
                for i, x in enumerate(region_lines)
            ]
        )
        RegionParent.objects.bulk_create(
            [RegionParent(region=r, parent_code=x.parent) for r, x in zip(made, region_lines, strict=True)]
        )
        made_units = Unit.objects.bulk_create(
            [
                Unit(
                    campaign=campaign,
                    code=x.code,
                    name=x.name,
                    short=x.short,
                    aliases=x.aliases,
                    region_code=x.region,
                    position=i,
                )
                for i, x in enumerate(unit_lines)
            ]
        )
        UnitParent.objects.bulk_create(
            [UnitParent(unit=u, parent_code=x.parent) for u, x in zip(made_units, unit_lines, strict=True)]
        )
    return campaign


def hang_region(campaign: Campaign, code: str, parent: str, day: int, reason: str) -> None:
    """From `day` on, the region lies below `parent`. Figures before that day stay as they were."""
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        before = setting(locked)
        tree = before.regions
        row = Region.objects.filter(campaign=locked, code=code).first()
        if row is None or parent not in tree:
            raise Refused(NODE_UNKNOWN.at(code=code if row is None else parent))
        if parent in tree.subtree(code, day):
            raise Refused(UNDER_ITSELF.at(code=code, parent=parent))
        if tree.level(parent, day) != tree.level(code, day) - 1:
            raise Refused(LEVEL_OTHER.at(name=tree.name(code), parent=tree.name(parent)))
        if not tree.nodes[parent].in_use(day):
            raise Refused(PARENT_CLOSED.at(parent=tree.name(parent), day=iso(day)))
        later = RegionParent.objects.filter(region=row, from_day__gte=day, from_day__gt=FIRST_DAY).first()
        if later is not None:
            raise Refused(TIME_ORDER.at(code=code, day=iso(later.from_day)))
        RegionParent.objects.create(
            region=row, parent_code="" if parent == "*" else parent, from_day=day, reason=reason[:200]
        )
        locked.tree_version += 1
        locked.save(update_fields=["tree_version"])
        after = setting(locked)
        for follow in tree_followers:
            follow(before, after, code)
    campaign.tree_version = locked.tree_version


def hang_unit(campaign: Campaign, code: str, parent: str, day: int, reason: str) -> None:
    """From `day` on, the unit belongs to `parent` ("" = to none). Tables by unit sum it there from then on."""
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        row = Unit.objects.filter(campaign=locked, code=code).first()
        units = setting(locked).units
        if row is None or (parent and parent not in units):
            raise Refused(NODE_UNKNOWN.at(code=code if row is None else parent))
        if parent and parent in units.subtree(code, day):
            raise Refused(UNDER_ITSELF.at(code=code, parent=parent))
        UnitParent.objects.update_or_create(
            unit=row, from_day=day, defaults={"parent_code": parent, "reason": reason[:200]}
        )
        locked.tree_version += 1
        locked.save(update_fields=["tree_version"])
    campaign.tree_version = locked.tree_version


def give_post(
    campaign: Campaign, user: User, post: str, *, region: str = "", unit: str = "", from_day: int = FIRST_DAY
) -> Holding:
    """Let a user hold a post for a region and/or unit. Raises Refused where the pack has no such post."""
    here = setting(campaign)
    if post not in here.pack.posts:
        raise Refused(POST_UNKNOWN.at(post=post, known="、".join(here.pack.posts)))
    for code, tree in ((region, here.regions), (unit, here.units)):
        if code and code not in tree:
            raise Refused(NODE_UNKNOWN.at(code=code))
    return Holding.objects.create(
        campaign=campaign, user=user, post=post, region_code=region, unit_code=unit, from_day=from_day
    )


def make_token(user: User, title: str, until: int | None = None) -> str:
    """A new access token, good until an instant (None: for ever); it is shown once and only its hash is kept."""
    token = secrets.token_urlsafe(32)
    Token.objects.create(user=user, hash=token_hash(token), title=title, at=clock.now(), until=until)
    return token


def token_hash(token: str) -> str:
    """SHA-256 of a token: it has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_access(campaign: Campaign | None, actor: Actor, what: str, detail: Mapping[str, Any]) -> None:
    """Write one line into the log of who looked."""
    AccessLog.objects.create(
        campaign=campaign, user_id=actor.user_id, who=actor.login, what=what, detail=dict(detail), at=clock.now()
    )
