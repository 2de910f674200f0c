"""Duties in packs: what they say, read aloud, and every way to say it wrong."""

import re

import pytest

from zhuanban.core.day import from_iso
from zhuanban.pack.read import read_files
from zhuanban.pack.show import show

PACK = """\
key: canals
title: 水渠整治
issued: 2021-09-02
grid:
  levels:
    town: {title: 一级网格, names: [乡镇]}
posts:
  office: {title: 县水办, sees: all}
  clerk: {title: 填报人, sees: unit}
  head: {title: 负责人, sees: unit}
"""

LEDGER = """\
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  due: {title: 期限, type: date}
  photo: {title: 照片, type: photo}
"""

TABLE = """\
title: 进度
rows: {by: region}
columns:
  all: {title: 全部, count: canals}
  done: {title: 完成, count: canals, reached: 登记}
  rate: {title: 率, ratio: [done, all], round: floor}
"""

WEEKLY = """\
weekly:
  title: 每周情况上报
  source: 方案四（三）3
  every: 周四 12:00
  from: 2021-10-15
  until: 2021-12-31
  assumed: [until, to]
  units: [东街道, 经济发展局]
  to: 县水办
  copies: [环保局, 住建局]
  via: 政务内网
  counts: last
  shift: before
  zero: true
  fields: {floor: {title: 楼层, type: integer}}
  by: clerk
  sign: head
  review: office
  remind: [前1个工作日 09:00, 前3天 08:00, 当日 11:00, 逾期 00:01, 逾期2天 09:00]
  escalate: [{after: 24小时, to: head}, {after: 3天, to: [head, office]}]
  soon: 2天
"""

CASES = """\
=== a whole duty without a fault
once: {title: 甲, due: 2021-10-05, units: 东街道, by: clerk}
=== what is missing
once: {}  #! pack-006 pack-006 pack-006 pack-014
=== days and clocks
a: {title: 甲, every: 每周五中午, from: 2021-01-01, until: 2021-02-01, units: 东街道, by: clerk}  #! pack-100
b: {title: 甲, due: [2021-02-30, 下月], units: 东街道, by: clerk}  #! pack-101 pack-101
c: {title: 甲, due: [2021-02-03, 2021-02-03], units: 东街道, by: clerk}  #! pack-102
d: {title: 甲, due: [2021-02-03 12:00, 2021-02-04], units: 东街道, by: clerk}  #! pack-103
e: {title: 甲, every: 周四, due: 2021-02-04, from: 2021-01-01, until: 2021-02-01, units: 东街道, by: clerk}  #! pack-014
f: {title: 甲, every: 每月32日, from: 2021-01-01, until: 2021-02-01, units: 东街道, by: clerk}  #! pack-100
=== bounds
a: {title: 甲, every: 每月22日, units: 东街道, by: clerk}  #! pack-104 pack-104
b: {title: 甲, due: 2021-02-03, until: 2021-02-04, units: 东街道, by: clerk}  #! pack-105
s: {title: 甲, due: 2021-02-05, units: 东街道, by: clerk, stamp: true}  #! pack-176
c: {title: 甲, every: 周四, from: 2021-02-05, until: 2021-02-04, units: 东街道, by: clerk}  #! pack-110
d: {title: 甲, every: 周四, from: 2021-02-05, until: 2121-02-04, units: 东街道, by: clerk}  #! pack-115
=== reminders and ladders
a:
  title: 甲
  due: 2021-02-03
  units: [东街道, 西街道, 东街道]  #! pack-111
  by: clerk
  remind: [前一天 09:00, 当日, 当日 09:00, 当日 09:00]  #! pack-106 pack-106 pack-107
  escalate:
    - {after: 两天, to: head}  #! pack-108
    - {after: 2天, to: haed}  #! pack-026
    - {after: 24小时, to: head}  #! pack-109
    - {to: head}  #! pack-006 pack-109
  soon: 很快  #! pack-108
=== posts, records, words
a:
  title: 甲
  due: 2021-02-03
  units: {roster: canal, where: {state: 在册}}  #! pack-022
  by: [clerk, clrk]  #! pack-026
  review: boss  #! pack-026
  forms: [faults]  #! pack-116
  assumed: [until, zero]  #! pack-112
  copies: 环保局  #! pack-113
  zero: 是  #! pack-005
  shift: later  #! pack-012
  counts: both  #! pack-012
b:
  title: 甲
  due: 2021-02-03
  units:
    roster: canals
    each: canal  #! pack-012
    where:
      state: 在用  #! pack-023
      due: {before: as_of}
  by: clerk
=== proof of figures
a:
  title: 甲
  due: 2021-02-03
  units: 东街道
  by: clerk
  proof:
    table: progress
    columns:
      all: [canals.photo, canals.name, towns.photo, photo]  #! pack-098 pack-119 pack-097
      rate: canals.photo  #! pack-118
      done: canals.foto  #! pack-021
b:
  title: 乙
  due: 2021-02-03
  units: 东街道
  by: clerk
  proof: {table: progres, columns: {all: canals.photo}}  #! pack-075
=== fields of its own
a:
  title: 甲
  due: 2021-02-03
  units: 东街道
  by: clerk
  fields:
    figures: {title: 数据, type: text}  #! pack-037
    kind: {title: 类型, type: choice}  #! pack-063
    also: {title: 报送附件, type: text}  #! pack-035
=== keys that are taken
answers: {title: 甲, due: 2021-02-03, units: 东街道, by: clerk}  #! pack-037
taken: {title: 甲, due: 2021-02-03, units: 东街道, by: clerk}  #! pack-114
"""


def cases():
    for part in CASES.split("=== ")[1:]:
        name, _, text = part.partition("\n")
        yield pytest.param(text, id=name)


def files(duties):
    return {
        "pack.yaml": PACK,
        "ledgers/canals.yaml": LEDGER,
        "tables/progress.yaml": TABLE,
        "ledgers/duty_taken.yaml": LEDGER,
        "duties.yaml": duties,
    }


@pytest.mark.parametrize("text", list(cases()))
def test_every_defect_has_its_line(text):
    pack, problems = read_files(files(text))
    assert (pack is None) == bool(problems)
    wanted = sorted(
        (number, code)
        for number, line in enumerate(text.splitlines(), 1)
        for code in re.findall(r"pack-\d{3}", line.partition("#!")[2])
    )
    assert sorted((p.place.line, p.code) for p in problems) == wanted, "\n".join(map(str, problems))
    assert {p.place.file for p in problems} <= {"duties.yaml"}


@pytest.fixture(scope="module")
def pack():
    read, problems = read_files(files(WEEKLY))
    assert [str(p) for p in problems] == []
    return read


def test_what_a_duty_says(pack):
    duty = pack.duties["weekly"]
    assert (duty.rhythm.kind, duty.rhythm.n, duty.rhythm.minute) == ("weekday", 3, 12 * 60)
    assert (duty.start, duty.end) == (from_iso("2021-10-15"), from_iso("2021-12-31"))
    assert [(r.kind, r.n, r.minute) for r in duty.remind] == [
        ("workdays_before", 1, 540),
        ("days_before", 3, 480),
        ("days_before", 0, 660),
        ("after", 0, 1),
        ("after", 2, 540),
    ]
    assert [(e.minutes, e.to) for e in duty.escalate] == [(1440, ("head",)), (4320, ("head", "office"))]
    assert duty.soon == 2880
    assert pack.issued == from_iso("2021-09-02")


def test_its_reports_are_a_ledger_like_any_other(pack):
    ledger = pack.ledgers["duty_weekly"]
    assert list(ledger.states) == ["待填", "待签", "待报", "已报送", "已接收", "已退回"]
    assert ledger.moves["报送"].needs == ("receipt_0",)
    assert [ledger.fields[f"receipt_{i}"].title for i in range(3)] == ["县水办回执", "环保局回执", "住建局回执"]
    assert ledger.fields["floor"].title == "楼层"
    assert "duty_answers" in pack.ledgers


def test_a_ledger_may_ask_for_reports():
    asks = """\
title: 考核台账
amend_by: office
fields: {name: {title: 名称, type: text}}
workflow:
  states: {已考: {closed: true}}
  moves:
    考核:
      {from: new, to: 已考, by: office, requires: [{exists: duty_weekly, where: {state: 已接收}, says: 还没有报告。}]}
"""
    table = "title: 表\nrows: {by: unit}\ncolumns: {n: {title: 份数, count: duty_weekly, reached: 报送}}\n"
    read, problems = read_files(files(WEEKLY) | {"ledgers/checks.yaml": asks, "tables/reports.yaml": table})
    assert [str(p) for p in problems] == []
    assert read is not None


def test_without_signature_and_review_there_are_fewer_steps():
    read, _ = read_files(files("once: {title: 甲, due: 2021-10-05, units: 东街道, by: clerk}"))
    ledger = read.ledgers["duty_once"]
    assert list(ledger.states) == ["待填", "待报", "已报送"]
    assert ledger.states["已报送"].closed
    assert list(ledger.moves) == ["开立", "填报", "报送"]
    assert "duty_answers" not in read.ledgers


def test_read_aloud(pack):
    said = show(pack)
    assert (
        said.partition("、报送任务")[2]
        == """

  每周情况上报（weekly）：每周四 12:00前，逢休息日提前到前一个工作日（依据：方案四（三）3）
    自2021年10月15日起，至2021年12月31日止。
    报送单位：东街道、经济发展局。
    报送给县水办，抄送环保局、住建局，经政务内网，有回执才算报出。
    没有情况的须作零报告；由填报人填报、报送，负责人签字，县水办审核。
    退回重报的，以最后一次收到的时刻为准。
    提醒：前1个工作日 09:00、前3天 08:00、当日 11:00、逾期 00:01、逾期2天 09:00。
    逾期24小时未报的，告知负责人。
    逾期3天未报的，告知负责人、县水办。
    文件没有印、待确认的：截止、收件单位。
"""
    )
    assert "发文：2021年9月2日" in said


@pytest.mark.parametrize(
    ("said", "aloud"),
    [
        ("every: 每月22日, from: 2018-05-01, until: 2018-11-30", "每月22日前（当日24:00前都算）"),
        ("every: 每月月底 18:00, from: 2018-05-01, until: 2018-11-30", "每月月底 18:00前"),
        ("every: 每月最后工作日, from: 2018-05-01, until: 2018-11-30", "每月最后一个工作日前（当日24:00前都算）"),
        ("due: [2021-10-05, 2021-12-10]", "2021年10月5日、2021年12月10日前（当日24:00前都算）"),
        ("due: 2021-10-05 08:30", "2021年10月5日 08:30前"),
    ],
)
def test_times_read_aloud(said, aloud):
    read, problems = read_files(files(f"a: {{title: 甲, {said}, units: 东街道, by: clerk}}"))
    assert [str(p) for p in problems] == []
    assert f"甲（a）：{aloud}，逢休息日不动" in show(read)
