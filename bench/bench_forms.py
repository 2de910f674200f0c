"""Locked forms: 2,000 rows filled into an official template of five, from a ledger and without, and by openpyxl.

The template is drawn as the annexes are: nine columns, a note below. First the whole of it: 2,000 records that came
through the door, read as of the day, masked, filled in. Then filling the file alone, of rows made up beforehand, beside
the same file loaded and saved by openpyxl.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from openpyxl import load_workbook

from bench.bench_import import set_up
from bench.rig import Rig, Row, seconds
from scripts.draw_annexes import draw, read
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.form_file import open_workbook
from zhuanban.sheets.form_grow import Layout
from zhuanban.sheets.form_patch import fill

FORM = """
sheet: 附件
mark: 附件
title: 情况统计表
line: A 填报单位：（盖章） | G 填报时间：   年  月  日
column: 6 center 序号
column: 12 center 乡镇
column: 12 center 村
column: 12 center 类型
column: 12 center 分区
column: 28 left 情况
column: 24 left 措施
column: 14 center 时限
column: 12 center 责任人
rows: 5 30
note: 注：类型照方案所列。
"""

CAMPAIGN = "problems"
FILES = {
    "pack.yaml": """
key: problems
title: 问题整治
grid: {levels: {town: {title: 一级网格}, village: {title: 二级网格}}}
posts: {office: {title: 办公室, sees: all}}
""",
    "ledgers.yaml": """
problems:
  title: 问题台账
  number: {title: 编号, pattern: "W-{seq:05}"}
  amend_by: [office]
  fields:
    kind: {title: 类型, type: choice, options: [畜禽养殖, 排污口]}
    zone: {title: 分区, type: choice, options: [一级, 二级]}
    what: {title: 情况, type: long_text}
    measure: {title: 措施, type: long_text}
    due: {title: 时限, type: date}
    owner: {title: 责任人, type: person, personal: name, seen_by: [office]}
  workflow:
    states: {在改: {}, 改好: {closed: true}}
    moves: {查出: {from: new, to: 在改, by: [office]}, 改好: {from: 在改, to: 改好, by: [office]}}
""",
    "forms.yaml": """
problems:
  title: 情况统计表
  template: forms/problems.xlsx
  ledger: problems
  order: [since, number]
  head: 4
  first: 5
  printed: 5
  beyond: grow
  cells: {A3: "填报单位：{region}（盖章）", G3: "填报时间：{day:年月日}"}
  columns:
    A: {title: 序号, serial: true}
    B: {title: 乡镇, region: town}
    C: {title: 村, region: village}
    D: {title: 类型, field: kind}
    E: {title: 分区, field: zone}
    F: {title: 情况, text: "{what}[（{@改好:月日}改好）]"}
    G: {title: 措施, field: measure}
    H: {title: 时限, field: due, date: 年月日}
    I: {title: 责任人, field: owner}
""",
}


def fill_ledger(home: str, count: int) -> None:
    """A data folder with that many problems, every other one closed."""
    set_up(home)
    from django.core.management import call_command

    from zhuanban.core import clock
    from zhuanban.ledger.change import ENTERED, Change, Step
    from zhuanban.ledger.door import submit
    from zhuanban.pack.read import load
    from zhuanban.people.actions import create_campaign
    from zhuanban.people.scope import OPERATOR

    call_command("migrate", verbosity=0)
    folder, today = Path(home), clock.today()
    towns = [f"1{n:02},{n}号街道,1\n1{n:02}1,{n}号村,1{n:02}\n" for n in range(12)]
    (folder / "regions.csv").write_text(f"代码,名称,上级代码\n1,县,\n{''.join(towns)}", "utf-8")
    (folder / "units.csv").write_text("代码,名称,简称,上级代码,区划代码\nU1,办公室,,,1\n", "utf-8")
    files = {**FILES, "forms/problems.xlsx": b64encode(draw(read(FORM))).decode("ascii")}
    tables = folder / "regions.csv", folder / "units.csv"
    campaign = create_campaign(CAMPAIGN, files, load(files), *tables, today - 60, demo_clock=True)
    changes = []
    for n, (_, _, _, kind, zone, what, measure, _, owner) in enumerate(rows(count)):
        said = {"kind": kind, "zone": zone, "what": what, "measure": measure, "due": "2021-11-30", "owner": owner}
        steps = [Step("create", today - 50 + n % 40, set=said, region=f"1{n % 12:02}1")]
        if n % 2:
            steps.append(Step("move", today - 5, "改好"))
        changes.append(Change(f"c{n}", "problems", tuple(steps)))
    outcomes = submit(campaign, changes, OPERATOR)
    assert {outcome.status for outcome in outcomes} == {ENTERED}, outcomes[:3]


def from_ledger(home: str, rounds: int) -> float:
    """Seconds of the best of all rounds, without the start of the process."""
    set_up(home)
    from zhuanban.ledger.queries import Viewer
    from zhuanban.people.queries import setting
    from zhuanban.people.scope import OPERATOR
    from zhuanban.sheets.form_rows import Asked, find_form
    from zhuanban.sheets.forms import fill_form

    viewer = Viewer(setting(CAMPAIGN), OPERATOR)
    return min(seconds(lambda: fill_form(viewer, find_form(viewer, "problems"), Asked())) for _ in range(rounds))


def rows(count: int) -> list[list[Value]]:
    """Rows as an office fills them in, some with text that wraps."""
    return [
        [
            n + 1,
            f"{n % 12}号街道",
            f"{n % 90}号村",
            "畜禽养殖",
            "二级",
            f"第{n}处，距围网约{n % 300}米，" * (1 + n % 4),
            "限期清运，加盖防雨" * (1 + n % 3),
            "2021年11月30日",
            "排查员",
        ]
        for n in range(count)
    ]


def ours(template: bytes, made: Sequence[Sequence[Value]]) -> bytes:
    book = open_workbook(template, "template.xlsx")
    return fill(book, book.pages[0], {(3, 1): "填报单位：东镇（盖章）"}, Layout(tuple(range(1, 10)), 5, 5), made)


def theirs(filled: bytes) -> None:
    """What any way by openpyxl costs at least: the finished file read and written, nothing filled."""
    load_workbook(io.BytesIO(filled)).save(io.BytesIO())


def run(rig: Rig) -> list[Row]:
    """Filling 2,000 rows from a ledger; the file alone, against openpyxl."""
    count = rig.size(2_000, 50)
    home = rig.folder / "home"
    home.mkdir()
    rig.call("bench.bench_forms:fill_ledger", str(home), count)
    whole = float(rig.call("bench.bench_forms:from_ledger", str(home), rig.rounds))
    template = draw(read(FORM))
    made = rows(count)
    filled = ours(template, made)
    found = rig.compare(lambda: ours(template, made), lambda: theirs(filled))
    return [
        Row(f"a form of {count:,} records filled from the ledger", whole, "s", 1),
        Row(f"the file alone, {count:,} rows", found.ours, "s", 1),
        Row("— against openpyxl loading and saving it", found.ratio, "x", 1),
        Row("— openpyxl", found.theirs, "s"),
    ]
