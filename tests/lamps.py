"""A small campaign for tests of the engine: street lamps (路灯), in a field none of the built-in packs knows.

Two districts of two villages; a ledger of lamps with every kind of rule the door knows, a ledger of permits, and three
tables.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

from scripts.draw_annexes import draw, read
from zhuanban.core.day import from_iso
from zhuanban.ledger.change import Change, Step
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign

if TYPE_CHECKING:
    from tests.conftest import Office

FILES = {
    "pack.yaml": """
key: lamps
title: 路灯整修行动
grid:
  root: 县
  levels:
    town: {title: 一级网格, names: [乡镇], digits: 9}
    village: {title: 二级网格, names: [村], digits: 12}
posts:
  county: {title: 县灯管办, sees: all}
  town: {title: 乡镇灯管站, sees: region}
  firm: {title: 维修单位, sees: unit}
overview: [by_kind, progress]
""",
    "ledgers/permits.yaml": """
title: 占道许可台账
number: {title: 许可编号}
region: {required: true}
fields:
  holder: {title: 持证人, type: text}
amend_by: [county]
workflow:
  states:
    有效: {reached: [发证]}
    过期: {closed: true}
  moves:
    发证: {from: new, to: 有效, by: [county], date: 发证日期}
    到期: {from: 有效, to: 过期, by: [county], date: 到期日期}
""",
    "ledgers/lamps.yaml": """
title: 路灯台账
word: 盏
number: {title: 灯号, pattern: "D-{region}-{seq:03}"}
region: {level: village}
unit: {required: false}
one_per: {fields: [region, pole], says: 一根灯杆只登记一盏灯。}
match: [region, pole]
amend_by: [county, town]
fields:
  pole: {title: 杆号, type: text, required: true}
  kind: {title: 灯型, type: choice, required: true, options: [高杆, 低杆, {title: 草坪灯, aliases: [草坪]}]}
  power: {title: 功率（千瓦）, type: number, decimals: 2, minimum: 0, maximum: 5}
  lit: {title: 是否亮, type: yes_no}
  finder: {title: 排查人, type: person}
  checker: {title: 复核人, type: person}
  caller: {title: 报修人, type: person, personal: name, seen_by: [county]}
  phone: {title: 报修电话, type: text, personal: phone, seen_by: [county], pattern: '1\\d{10}'}
  story: {title: 情况, type: long_text}
  permit: {title: 许可, type: link, ledger: permits}
  built: {title: 建成日期, type: date, earliest: 2000-01-01}
  next_look: {title: 下次巡查, type: date}
checks:
  - {differ: [finder, checker], says: 排查人与复核人不能是同一人。}
workflow:
  states:
    待修: {reached: [登记]}
    修中: {reached: [登记, 派单]}
    已修: {reached: [登记, 派单, 修复], closed: true}
    停用: {reached: [登记], closed: true, seen_by: [county]}
  moves:
    登记: {from: new, to: 待修, by: [county, town], date: 登记日期}
    派单: {from: 待修, to: 修中, by: [county], date: 派单日期}
    修复: {from: 修中, to: 已修, by: [county, town], date: 修复日期, needs: [lit], not_by: [派单],
           sets: {next_look: {days_after: 30}}}
    退回: {from: 已修, to: 修中, by: [county], date: 退回日期, reason: true}
    停用:
      from: [待修, 修中]
      to: 停用
      by: [county]
      requires:
        - {exists: permits, where: {state: 有效}, scope: same, says: 本村没有有效的占道许可，不能停用。}
""",
    "tables/progress.yaml": """
title: 路灯整修进度表
rows: {by: region, total: 合计}
columns:
  all: {title: 登记（盏）, count: lamps, reached: 登记}
  high: {title: 其中高杆（盏）, count: lamps, where: {kind: 高杆}, reached: 登记}
  sent: {title: 派单（盏）, count: lamps, reached: 派单}
  done: {title: 修复（盏）, count: lamps, reached: 修复}
  rate: {title: 修复率, ratio: [done, all], round: floor}
  open: {title: 未修复（盏）, plus: [all], minus: [done]}
  power: {title: 功率（千瓦）, sum: lamps.power}
checks: [done <= all]
""",
    "tables/by_unit.yaml": """
title: 维修单位进度表
rows: {by: unit, names: [甲队, 乙队], total: 合计, total_at: bottom}
columns:
  all: {title: 登记（盏）, count: lamps, where: {unit: {filled: true}}}
  done: {title: 修复（盏）, count: lamps, where: {unit: {filled: true}}, reached: 修复}
  rate: {title: 修复率, ratio: [done, all], round: half_up}
""",
    "tables/by_kind.yaml": """
title: 灯型表
rows: {by: kind, total: 合计}
columns:
  all: {title: 登记（盏）, count: lamps}
""",
}

PACK_ALONE = FILES["pack.yaml"].partition("overview:")[0]  # for packs of other ledgers and no tables

FORM = """
sheet: 附表
title: 路灯明细表
line: A 填报单位：
column: 24 center 灯号
column: 14 center 村
column: 30 left 情况
column: 14 center 报修人
rows: 4 30
"""
WITH_FORM = FILES | {
    "forms/lit.xlsx": b64encode(draw(read(FORM))).decode("ascii"),
    "forms.yaml": """
lit:
  title: 路灯明细表
  name: 附表
  template: forms/lit.xlsx
  ledger: lamps
  head: 3
  first: 4
  printed: 4
  beyond: grow
  cells: {A2: "填报单位：{region}"}
  columns:
    A: {title: 灯号, text: "{number}"}
    B: {title: 村, region: village}
    C: {title: 情况, field: story}
    D: {title: 报修人, field: caller}
""",
}

REGIONS = """代码,名称,上级代码,启用日期,停用日期
411300,灯县,,,
411300101,东镇,411300,,
411300102,西镇,411300,,
411300101201,甲村,411300101,,
411300101202,乙村,411300101,,
411300102201,丙村,411300102,,
411300102202,丁村,411300102,2024-02-01,
"""
UNITS = """代码,名称,简称,上级代码,区划代码
U0,县灯管办,,,411300
U1,第一维修队,甲队,U0,
U2,第二维修队,乙队,U0,
U11,第一维修队一组,甲队一组,U1,
"""
EAST, WEST = "411300101", "411300102"
JIA, YI, BING, DING = "411300101201", "411300101202", "411300102201", "411300102202"
START = "2024-01-01"
CREATE = (
    "campaign", "create", "lamps", "--pack", "lamps", "--regions", "regions.csv", "--units", "units.csv",
    "--start", START,
)  # fmt: skip


def make(folder: Path, name: str = "lamps", more: Mapping[str, str] | None = None) -> Campaign:
    """The campaign, made the way an office would make it; `more` adds files to the pack."""
    files = {**FILES, **(more or {})}
    pack = load(files, "lamps")
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    return create_campaign(
        name, files, pack, folder / "regions.csv", folder / "units.csv", from_iso(START), demo_clock=True
    )


def settle_in(office: Office) -> Office:
    """The campaign in an office of its own, made by the command."""
    folder = office.home.parent
    for name, text in FILES.items():
        path = folder / "lamps" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    office.run(*CREATE)
    return office


def workbook(office: Office, name: str, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook of one page in the office's folder."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    path = office.home.parent / name
    book.save(path)
    return path


def day(month_day: str) -> int:
    """Day number of `01-05` in 2024."""
    return from_iso(f"2024-{month_day}")


def opened(change: str, pole: str, on: str = "01-05", region: str = JIA, unit: str = "", **fields: Any) -> Change:
    """A change that registers a lamp."""
    said = {"pole": pole, "kind": "高杆", **fields}
    return Change(change, "lamps", (Step("create", day(on), set=said, region=region, unit=unit or None),))


def moved(
    change: str, number: str, move: str, on: str, base: int | None = None, reason: str = "", **fields: Any
) -> Change:
    """A change that takes one workflow step."""
    return Change(change, "lamps", (Step("move", day(on), move, fields, reason=reason),), number, base)


def amended(change: str, number: str, on: str | None = None, base: int | None = None, **fields: Any) -> Change:
    """A change that corrects fields."""
    return Change(change, "lamps", (Step("amend", None if on is None else day(on), set=fields),), number, base)
