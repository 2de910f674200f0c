"""A small campaign for tests of duties: stone canals (石渠), reported every week by a street and five bureaus."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from scripts.draw_annexes import draw, read
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, to_date
from zhuanban.duty.forms import Filled, Row
from zhuanban.duty.rules import Item, seconds
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import as_of
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

PACK = """
key: stone-canals
title: 石渠整修
issued: 2021-09-02
grid:
  root: 县
  levels:
    town: {title: 一级网格, names: [乡镇], digits: 9}
posts:
  office: {title: 石渠办, sees: all}
  clerk: {title: 填报人, sees: unit}
  head: {title: 负责人, sees: unit}
"""

FAULTS = """
title: 渠段隐患
unit: {required: true}
amend_by: [office]
fields:
  name: {title: 名称, type: text, required: true}
  due: {title: 期限, type: date}
workflow:
  states: {在改: {}, 改好: {closed: true}}
  moves:
    查出: {from: new, to: 在改, by: [office, clerk], date: 查出日期}
    改好: {from: 在改, to: 改好, by: [office, clerk], date: 改好日期}
"""

TOWNS = """
title: 报送街道
unit: {required: true}
amend_by: [office]
fields: {name: {title: 名称, type: text}}
"""

DUTIES = """
contacts:
  title: 联络员信息
  due: 2021-08-31
  forms: [persons]
  units: [东街道, 一局, 二局, 三局, 四局, 五局]
  by: clerk
  review: office
survey:
  title: 排查情况
  due: 2021-10-05
  forms: [faults]
  units: 东街道
  by: clerk
  stamp: true
  review: office
  remind: [前1个工作日 09:00, 当日 09:00]
inspection:
  title: 督查情况
  due: 2021-10-05
  forms: [faults]
  units: [一局, 二局, 三局, 四局, 五局]
  zero: true
  by: clerk
  review: office
weekly_street:
  title: 每周排查情况
  every: 周四 12:00
  from: 2021-10-15
  until: 2021-12-31
  assumed: [until, to]
  to: 石渠办
  forms: [faults]
  units: 东街道
  zero: true
  by: clerk
  sign: head
  review: office
  remind: [前1个工作日 09:00, 当日 09:00, 当日 11:00, 逾期 00:01]
  escalate: [{after: 24小时, to: head}]
  soon: 1天
weekly_bureaus:
  title: 每周督查情况
  every: 周四 12:00
  from: 2021-10-15
  until: 2021-12-31
  assumed: [until, to]
  to: 石渠办
  units: [一局, 二局, 三局, 四局, 五局]
  zero: true
  by: clerk
  review: office
weekly_progress:
  title: 每周整改进展
  every: 周四 12:00
  from: 2021-10-15
  until: 2021-12-31
  units: [东街道, 一局, 二局, 三局, 四局, 五局]
  zero: true
  by: clerk
  review: office
report:
  title: 书面报告
  due: 2021-12-10
  forms: [faults]
  units: 东街道
  by: clerk
  sign: head
  review: office
plans:
  title: 书面整改计划
  due: 2021-12-31
  units: {roster: faults, where: {state: 在改, due: {before: 2022-01-01}}, each: record}
  by: clerk
  review: office
"""

MONTHLY = """
monthly:
  title: 回看进展
  every: 每月22日
  from: 2018-05-01
  until: 2018-11-30
  assumed: until
  units: {roster: towns}
  to: 区府办
  copies: [区环保局, 区住建局]
  via: 政务内网
  zero: true
  by: clerk
  review: office
  remind: 前1个工作日 09:00
disclosure:
  title: 公开
  every: 每月月底
  from: 2018-05-01
  until: 2018-11-30
  assumed: until
  units: 甲镇
  by: clerk
  remind: 前1个工作日 09:00
summary:
  title: 工作总结
  due: 2018-12-07
  units: [甲镇, 乙镇]
  to: 区府办
  copies: [区环保局, 区住建局]
  by: clerk
  review: office
"""

# The duties' forms have to be there; a stand-in fills them.
FORMS = """
persons: {title: 联络员, template: forms/sheet.xlsx, cells: {A2: 单位：}}
faults: {title: 隐患表, template: forms/sheet.xlsx, cells: {A2: 单位：}}
"""
SHEET = draw(read("sheet: 表\ntitle: 表\nline: A 单位：\ncolumn: 20 left 名称\nrows: 1 30\n"))

FILES = {
    "pack.yaml": PACK,
    "ledgers/faults.yaml": FAULTS,
    "ledgers/towns.yaml": TOWNS,
    "forms.yaml": FORMS,
    "forms/sheet.xlsx": b64encode(SHEET).decode("ascii"),
    "duties.yaml": DUTIES,
}
# A district that looks back every month, three years before.
FILES_2018 = {**FILES, "pack.yaml": PACK.replace("2021-09-02", "2018-05-01"), "duties.yaml": MONTHLY}

REGIONS = "代码,名称,上级代码,启用日期,停用日期\n411300,渠县,,,\n411300101,东乡,411300,,\n"
UNITS = """代码,名称,简称,上级代码,区划代码
O,渠县石渠整修办公室,石渠办,,411300
S,东街道办事处,东街道,,411300101
D1,第一局,一局,,411300
D2,第二局,二局,,411300
D3,第三局,三局,,411300
D4,第四局,四局,,411300
D5,第五局,五局,,411300
A,甲镇街道办,甲镇,,
B,乙镇街道办,乙镇,,
C,丙镇街道办,丙镇,,
"""


def make(folder: Path, files: dict[str, str] | None = None, start: str = "2021-08-29") -> Campaign:
    """The campaign, made the way an office would make it."""
    files = FILES if files is None else files
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    pack = load(files, "stone-canals")
    return create_campaign(
        "canals", files, pack, folder / "regions.csv", folder / "units.csv", from_iso(start), demo_clock=True
    )


def utc(moment: str) -> int:
    """UTC seconds of a Beijing time: `2021-10-21 12:00:40`; a day alone is its end."""
    return seconds(f"{moment if ' ' in moment else moment + ' 23:59:59'}+08:00")


@contextmanager
def time(moment: str) -> Iterator[None]:
    """Hold the clock at a Beijing time."""
    with clock.set_to(datetime.fromisoformat(moment).replace(tzinfo=BEIJING)):
        yield


def office(campaign: Campaign) -> Viewer:
    """The local operator's view."""
    return Viewer(setting(campaign), OPERATOR)


def clerk(campaign: Campaign, unit: str, post: str = "clerk") -> Viewer:
    """A person who holds a post for a unit."""
    actor = Actor(None, f"{post}-{unit}", (Held(post, unit=unit),), title=f"{post}{unit}")
    return Viewer(setting(campaign), actor)


def reviewer(campaign: Campaign) -> Viewer:
    return Viewer(setting(campaign), Actor(None, "office", (Held("office"),), title="办公室"))


def found(campaign: Campaign, number: str, unit: str, on: str, due: str | None = None) -> None:
    """A fault that was found, and entered at noon of that day."""
    said = {"name": f"渠{number}", **({"due": due} if due else {})}
    step = Step("create", from_iso(on), set=said, region="411300", unit=unit)
    with time(f"{on} 12:00"):
        (outcome,) = submit(campaign, [Change(f"f-{number}", "faults", (step,), number)], OPERATOR)
    assert outcome.status == "entered", outcome.problems


def roster(campaign: Campaign, unit: str, on: str) -> None:
    """A street that reports from a day on."""
    step = Step("create", from_iso(on), set={"name": unit}, region="411300", unit=unit)
    with time(f"{on} 12:00"):
        (outcome,) = submit(campaign, [Change(f"t-{unit}", "towns", (step,), unit)], OPERATOR)
    assert outcome.status == "entered", outcome.problems


def changed(campaign: Campaign, number: str, step: Step) -> None:
    """One more step of a fault."""
    (outcome,) = submit(campaign, [Change(f"c-{number}-{step.verb}", "faults", (step,), number)], OPERATOR)
    assert outcome.status == "entered", outcome.problems


def fill_faults(viewer: Viewer, form: str, item: Item, day: int) -> Filled:
    """What stands for the room of forms: one row for each fault of the unit as of the day. `persons`: one line."""
    here, unit = viewer.setting, item.unit
    if form == "persons":
        return Filled(form, "联络员", ("单位",), (Row(f"units/{unit}", (here.units.name(unit),)),))
    rows = []
    records = Record.objects.filter(campaign=here.campaign, ledger="faults").order_by("number")
    facts = facts_of(dict(records.values_list("pk", "number")))
    for record in records:
        now = as_of(facts[record.pk], day)
        if now is not None and now.unit == unit and not now.withdrawn:
            rows.append(Row(f"faults/{record.number}", (record.number, now.data["name"], now.state)))
    return Filled(form, "隐患表", ("编号", "名称", "进度"), tuple(rows))


def month_day(day: int) -> str:
    return to_date(day).isoformat()[5:]
