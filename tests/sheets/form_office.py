"""A small campaign with forms: bridges (危桥), in a field that none of the built-in packs knows."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

from scripts.draw_annexes import draw, read
from zhuanban.core.day import from_iso
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.scope import OPERATOR

FAULTS = """
sheet: 附件1
mark: 附件1
title: 危桥隐患统计表
line: A 填报单位：（盖章） | F 填报时间：   年  月  日
column: 6 center 序号
column: 12 center 乡镇
column: 14 center 隐患/类型
column: 24 left 隐患描述
column: 14 center 整改时限
column: 16 center 整改进度
column: 14 center 责任单位
column: 14 center 桥名
rows: 3 30
note: 注：隐患类型指裂缝、沉降、护栏缺损等。
"""
CONTACTS = """
sheet: 附件2
title: 联络员信息表
column: 14 center 姓名
column: 18 center 手机
column: 18 center 签字
rows: 4 30
"""
LOOKS = """
sheet: 附件3
title: 已整改隐患回头看情况表
line: A 填报单位（盖章）： | C 截止：
column: 10 center 问题序号
column: 20 center 桥名
column: 30 left 原隐患
column: 12 center 是否完成
rows: 2 30
line: A 填表人： | C 共几条：
note: 备注：1.请勿改变表格格式。
"""
FORMS = """
faults:
  title: 危桥隐患统计表
  name: 附件1
  template: forms/faults.xlsx
  ledger: faults
  where: {kind: {not: [其他]}}
  reached: 登记
  order: [kind, found]
  per: unit
  head: 4
  first: 5
  printed: 3
  beyond: grow
  cells:
    A3: 填报单位：{unit}（盖章）
    F3: "填报时间：{day:年月日}"
  columns:
    A: {title: 序号, serial: true}
    B: {title: 乡镇, region: town}
    C: {title: 隐患类型, field: kind}
    D: {title: 隐患描述, field: story}
    E: {title: 整改时限, field: due, date: 年月日}
    F: {title: 整改进度, words: {整改中: 整改中, 已销号: "已销号（{@销号:月日}）"}}
    G: {title: 责任单位, unit: short}
    H: {title: 桥名, field: bridge.name}
contacts:
  title: 联络员信息表
  name: 附件2
  template: forms/contacts.xlsx
  ledger: contacts
  head: 2
  first: 3
  printed: 4
  beyond: refuse
  columns:
    A: {title: 姓名, field: name}
    B: {title: 手机, field: phone, reveal: true}
    C: {title: 签字, blank: true}
cover:
  title: 报送封面
  template: forms/looks.xlsx
  cells:
    A2: 填报单位（盖章）：{unit:short}
    C2: "截止：{day:点}"
    A6: 填表人：{by}
looks:
  title: 已整改隐患回头看情况表
  name: 附件3
  template: forms/looks.xlsx
  ledger: looks
  per: {level: town}
  head: 3
  first: 4
  printed: 2
  beyond: copies
  cells:
    A2: 填报单位（盖章）：{region}
    C2: "截止：{day}"
    A6: 填表人：{by}
    C6: 共几条：{rows}
  columns:
    A: {title: 问题序号, text: "{number}"}
    B: {title: 桥名, field: name}
    C: {title: 原隐患, text: "{fault}[；措施：{measure}]"}
    D: {title: 是否完成, words: {已看: 是, 反弹: 否}}
  same_as: {ledger: olds, by: A, columns: {B: name, C: fault}, says: 附表1}
"""
FILES = {
    "pack.yaml": """
key: bridges
title: 危桥整治行动
grid:
  root: 桥县
  levels:
    town: {title: 一级网格, names: [乡镇], digits: 9}
posts:
  county: {title: 县交通局, sees: all}
  town: {title: 乡镇交管站, sees: region}
  firm: {title: 养护单位, sees: unit}
""",
    "ledgers/bridges.yaml": """
title: 桥梁名册
number: {title: 桥号}
fields: {name: {title: 桥名, type: text}}
""",
    "ledgers/faults.yaml": """
title: 隐患台账
word: 处
number: {title: 隐患编号, pattern: "{region}-{seq}"}
amend_by: [county]
fields:
  kind: {title: 类型, type: choice, options: [裂缝, 沉降, 其他], open: true}
  story: {title: 描述, type: long_text}
  due: {title: 时限, type: date}
  found: {title: 发现日期, type: date}
  bridge: {title: 桥, type: link, ledger: bridges}
  caller: {title: 反映人, type: person, personal: name, seen_by: [county]}
workflow:
  states:
    整改中: {reached: [登记]}
    已销号: {reached: [登记, 销号], closed: true}
  moves:
    登记: {from: new, to: 整改中, by: [county, town], date: 登记日期}
    销号: {from: 整改中, to: 已销号, by: [county], date: 销号日期}
    反弹: {from: 已销号, to: 整改中, by: [county], date: 反弹日期}
""",
    "ledgers/contacts.yaml": """
title: 联络员名册
number: {title: 编号, pattern: "L-{seq}"}
region: {required: false}
fields:
  name: {title: 姓名, type: person}
  phone: {title: 手机, type: text, personal: phone, seen_by: [county]}
""",
    "ledgers/olds.yaml": """
title: 上级清单
number: {title: 序号}
fields: {name: {title: 桥名, type: text}, fault: {title: 隐患, type: text}}
""",
    "ledgers/looks.yaml": """
title: 回头看台账
number: {title: 问题序号}
fields:
  name: {title: 桥名, type: text}
  fault: {title: 原隐患, type: text}
  measure: {title: 措施, type: text}
workflow:
  states:
    未看: {}
    已看: {closed: true}
    反弹: {closed: true}
  moves:
    登记: {from: new, to: 未看, by: [county]}
    看过: {from: 未看, to: 已看, by: [county]}
    反弹: {from: 未看, to: 反弹, by: [county]}
""",
    "forms.yaml": FORMS,
    **{
        f"forms/{key}.xlsx": b64encode(draw(read(text))).decode("ascii")
        for key, text in (("faults", FAULTS), ("contacts", CONTACTS), ("looks", LOOKS))
    },
}
REGIONS = "代码,名称,上级代码,启用日期,停用日期\n500100,桥县,,,\n500100101,东镇,500100,,\n500100102,西镇,500100,,\n"
UNITS = """代码,名称,简称,上级代码,区划代码
U1,第一养护公司,一公司,,500100
U2,第二养护公司,二公司,,500100
U11,第一养护公司二队,二队,U1,500100
U3,东镇交管站,东镇站,,500100101
"""
EAST, WEST = "500100101", "500100102"
PHONE = "13900001234"


def make(folder: Path, more: dict[str, str] | None = None) -> Campaign:
    """The campaign, made the way an office would make it; empty. `more`: further files of the pack."""
    files = {**FILES, **(more or {})}
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    pack = load(files, "bridges")
    regions, units = folder / "regions.csv", folder / "units.csv"
    return create_campaign("bridges", files, pack, regions, units, day("01-01"), demo_clock=True)


def day(month_day: str) -> int:
    return from_iso(f"2024-{month_day}")


def enter(campaign: Campaign, *changes: Change) -> None:
    """Everything through the door, and nothing may wait."""
    outcomes = submit(campaign, changes, OPERATOR)
    assert [p for o in outcomes for p in o.problems] == []


def opened(ledger: str, number: str = "", on: str = "02-01", region: str = EAST, unit: str = "", **said: Any) -> Change:
    step = Step("create", day(on), set=said, region=region, unit=unit or None)
    return Change(f"{ledger}{number}{on}{said}"[:64], ledger, (step,), number)


def moved(ledger: str, number: str, move: str, on: str) -> Change:
    return Change(f"{move}{number}{on}", ledger, (Step("move", day(on), move),), number)


def fill_office(campaign: Campaign) -> None:
    """Three bridges, five faults (one closed, one of a kind that no form lists), two contacts, five looks."""
    enter(
        campaign,
        opened("bridges", "Q1", name="一号桥"),
        opened("bridges", "Q2", name="二号桥", region=WEST),
        opened("faults", kind="沉降", story="桥台下沉", due="2024-05-01", found="2024-02-02", bridge="Q1", unit="U1"),
        opened("faults", kind="裂缝", story="梁底裂缝", found="2024-02-03", bridge="Q2", region=WEST, unit="U2"),
        opened("faults", on="02-10", kind="裂缝", story="墩身裂缝", due="2024-04-30", found="2024-02-01", unit="U11"),
        opened("faults", kind="其他", story="缺桥名牌", unit="U1"),
        opened("contacts", name="甲员", phone=PHONE),
        opened("contacts", name="乙员", phone="13900005678", region=WEST),
        *(opened("olds", str(n), name=f"{n}号旧桥", fault=f"旧隐患{n}") for n in (1, 2, 3, 10, 11)),
        *(opened("looks", str(n), name=f"{n}号旧桥", fault=f"旧隐患{n}") for n in (1, 2, 3, 10, 11)),
    )
    enter(
        campaign,
        moved("faults", "500100101-1", "销号", "03-05"),
        moved("looks", "2", "看过", "03-01"),
        moved("looks", "10", "反弹", "03-02"),
    )
