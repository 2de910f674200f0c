"""The same thing once more: the same file, the same record in two places, a mended copy, an export coming back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.draw import MAKES, drawn, xlsx
from tests.elms import bring
from zhuanban.core.day import from_iso
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.people.queries import Setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import ImportReport
from zhuanban.sheets.export import stamp, write_csv, write_xlsx
from zhuanban.sheets.out import ledger_columns, ledger_rows

ROWS = """
    社区 | 树名 | 树种 | 树高（米）
    双桥社区 | 1号 | 银杏 | #12.5
    青石村 | 2号 | 国槐 | #8
"""


def counts(report: ImportReport) -> dict[str, int]:
    words = ("new", "changed", "unchanged", "already", "waiting")
    return {word: report.total(word) for word in words if report.total(word)}


def test_the_same_file_twice_and_under_another_name(town: Setting, tmp_path: Path) -> None:
    first, second = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"
    xlsx(first, drawn(ROWS))
    second.write_bytes(first.read_bytes())
    assert counts(bring(town, first)) == {"new": 2}
    assert counts(bring(town, first)) == {"already": 2}
    assert counts(bring(town, second)) == {"already": 2}
    assert counts(bring(town, first, second)) == {"already": 4}
    assert Event.objects.count() == 2


def test_the_same_rows_saved_anew_or_in_another_make_change_nothing(town: Setting, tmp_path: Path) -> None:
    for n, (ending, make) in enumerate(MAKES.items()):
        path = tmp_path / f"第{n}份{ending}"
        make(path, drawn(ROWS))
        assert counts(bring(town, path)) == ({"unchanged": 2} if n else {"new": 2})
    assert Event.objects.count() == 2


def test_a_record_on_two_sheets_that_agree_is_one_and_they_fill_each_other(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    text = f"== 一月\n{ROWS}\n== 二月\n社区 | 树名 | 树种 | 养护人\n双桥社区 | 1号 | 银杏 | 张某\n青石村 | 2号 | 国槐 |"
    xlsx(path, drawn(text))
    assert counts(bring(town, path)) == {"new": 2, "changed": 1, "unchanged": 1}
    assert [(r.data["height"], r.data.get("keeper")) for r in Record.objects.order_by("pk")] == [
        (12.5, "张某"),
        (8, None),
    ]


def test_a_sheet_of_an_earlier_day_is_held_against_the_record_of_that_day(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    opened = (
        ROWS.replace("树种", "树种 | 登记日期")
        .replace("银杏", "银杏 | 2023-11-20")
        .replace("国槐", "国槐 | 2023-11-20")
    )
    xlsx(path, drawn(opened))
    assert counts(bring(town, path)) == {"new": 2}
    number = Record.objects.order_by("pk")[0].number
    grown = Step("amend", from_iso("2023-12-05"), set={"height": 14}, reason="重测")
    submit(town.campaign, [Change("grown", "elms", (grown,), number)], OPERATOR)
    told = []
    for day, height in (("2023年12月1日", "#12.5"), ("2023年12月6日", "#12.5"), ("2023年12月1日", "#13")):
        xlsx(path, drawn(f"填报时间：{day} |\n{ROWS.replace('#12.5', height)}"))
        report = bring(town, path, dry_run=True)
        told.append(counts(report))
    assert told == [{"unchanged": 2}, {"changed": 1, "unchanged": 1}, {"changed": 1, "unchanged": 1}]


def test_a_record_in_two_files_that_disagree_waits_with_both_places(town: Setting, tmp_path: Path) -> None:
    first, second = tmp_path / "东街.xlsx", tmp_path / "西街.xlsx"
    xlsx(first, drawn(ROWS))
    xlsx(second, drawn(ROWS.replace("#12.5", "#13")))
    report = bring(town, first, second)
    assert counts(report) == {"new": 2, "unchanged": 1, "waiting": 1}
    assert [str(p) for p in report.problems] == [
        "西街.xlsx 工作表“表1” 单元格D2 “树高（米）”列：本次送来的资料中，同一条目出现两次而内容不同：树高（米）"
        "（另一处：东街.xlsx 工作表“表1” 第2行）。请核对哪一处为准。（ledger-040）"
    ]
    assert Record.objects.order_by("pk")[0].data["height"] == 12.5


FAULTY = """
    古树登记表 | < | < | <
    社区 | 树名 | 树种 | 树高（米）
    双桥社区 | 1号 | 银杏 | #12.5
    青石村 | 2号 | 梧桐 | 很高
    西关社区 | 3号 | 国槐 | #8
    ^ | 4号 | 国槐 | #9
    双桥社区 | | 国槐 | #7
"""


@pytest.mark.parametrize("ending", [e for e in MAKES if e not in {".csv", ".txt"}])
def test_a_mended_copy_enters_and_nothing_is_doubled(town: Setting, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"来表{ending}"
    MAKES[ending](path, drawn(FAULTY))
    report = bring(town, path, marked=tmp_path / "批注")
    assert counts(report) == {"new": 1, "waiting": 4}
    copy = Path(report.files[0].marked)

    # half of it is mended: what is still wrong keeps its place in the inbox
    book = openpyxl.load_workbook(copy)
    page: Any = book.worksheets[1]
    page["C4"], page["D4"], page["B7"] = "国槐", 8, "5号"
    book.save(copy)
    again = bring(town, copy, marked=tmp_path / "批注")
    assert counts(again) == {"new": 2, "unchanged": 1, "waiting": 2}
    assert Waiting.objects.filter(settled_at=None).count() == 2

    second = Path(again.files[0].marked)
    assert second != copy
    book = openpyxl.load_workbook(second)
    page = book.worksheets[1]
    red = [c.coordinate for row in page.iter_rows() for c in row if c.fill.fgColor.rgb == "00FFC7CE"]
    assert red == ["A5"]
    assert [c.coordinate for row in page.iter_rows() for c in row if c.comment] == ["A5"]
    assert book.sheetnames.count("问题清单") == 1
    page["A5"] = "青石村"
    book.save(second)
    assert counts(bring(town, second)) == {"new": 2, "unchanged": 3}
    assert Waiting.objects.filter(settled_at=None).count() == 0
    assert sorted(r.data["name"] for r in Record.objects.all()) == ["1号", "2号", "3号", "4号", "5号"]
    assert counts(bring(town, second)) == {"already": 2, "unchanged": 3}
    assert Waiting.objects.filter(settled_at=None).count() == 0


def test_a_fresh_file_with_the_mended_rows_clears_the_inbox_too(town: Setting, tmp_path: Path) -> None:
    first, second = tmp_path / "来表.xlsx", tmp_path / "更正.xlsx"
    xlsx(first, drawn("社区 | 树名 | 树种 | 树高（米）\n双桥社区 | 1号 | 银杏 | 很高"))
    xlsx(second, drawn("社区 | 树名 | 树种 | 树高（米）\n双桥社区 | 1号 | 银杏 | #12"))
    assert counts(bring(town, first)) == {"waiting": 1}
    assert counts(bring(town, second)) == {"new": 1}
    assert Waiting.objects.filter(settled_at=None).count() == 0


# -- an export coming back ---------------------------------------------------------------------------------------------

TREES: list[dict[str, Any]] = [
    {
        "name": "1号",
        "kind": "银杏",
        "height": 12.5,
        "stems": 3,
        "fenced": "是",
        "keeper": "张某",
        "measured": "2023-12-01",
    },
    {"name": "=1+1", "kind": "国槐", "story": "@SUM(A1)\n第二行，“引号”", "fund": 0.25, "shade": 85},
    {
        "name": "'007",
        "kind": "国槐",
        "phone": "13800001111",
        "id_number": "411302199001010011",
        "story": "联系13800001111",
    },
    {"name": "－5号", "kind": "其他树种", "place": {"lon": 112.5, "lat": 33.0, "frame": "WGS84", "accuracy": 5}},
    {"name": "５ 号", "kind": "银杏", "story": "无", "stems": 0, "fund": 1234567.5},
    {"name": "　两头空　", "kind": "银杏", "story": "全角１２３", "id_number": "x"},
]


def open_trees(town: Setting) -> None:
    changes = [
        Change(f"c{n}", "elms", (Step("create", from_iso("2023-11-05"), set=tree, region="411302001002"),))
        for n, tree in enumerate(TREES)
    ]
    last = Change("w", "elms", (Step("withdraw", from_iso("2023-11-09"), reason="重复"),), "S-411302001002-001")
    assert [o.status for o in submit(town.campaign, [*changes, last], OPERATOR)] == ["entered"] * (len(TREES) + 1)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_exported_ledger_changes_nothing_when_it_comes_back(town: Setting, tmp_path: Path, ending: str) -> None:
    open_trees(town)
    viewer, ledger = Viewer(town, OPERATOR), town.pack.ledgers["elms"]
    rows = ledger_rows(viewer, ledger, Record.objects.order_by("pk"))
    path = tmp_path / f"台账{ending}"
    if ending == ".csv":
        write_csv(path, ledger_columns(town, ledger), rows)
    else:
        write_xlsx(path, ledger.title, ledger_columns(town, ledger), rows, notes=stamp(from_iso("2023-12-08"), "甲", 0))
    report = bring(town, path)
    assert [str(p) for p in report.problems + report.files[0].warnings] == []
    assert counts(report) == {"unchanged": len(TREES)}
    assert Event.objects.count() == len(TREES) + 1


def test_a_mask_never_takes_the_place_of_what_it_hides(town: Setting, tmp_path: Path) -> None:
    open_trees(town)
    path = tmp_path / "来表.xlsx"
    head = "树号 | 社区 | 树名 | 树种 | 联系电话 | 备注\n"
    xlsx(
        path,
        drawn(
            head
            + "S-411302001002-003 | 双桥社区 | '007 | 国槐 | 138****1111 | 改为联系138****1111\n"  # the note was edited
            + "S-411302001002-004 | 双桥社区 | －5号 | 其他树种 | 138****1111 |\n"  # there is no such number to hide
            + " | 青石村 | 新 | 银杏 | 138****1111 | 一级**\n"
        ),
    )
    report = bring(town, path)
    assert [(p.place.cell, p.code) for p in report.problems] == [
        ("F2", "sheets-037"),
        ("E3", "sheets-037"),
        ("E4", "sheets-037"),
    ]
    assert Event.objects.count() == len(TREES) + 1


def test_what_looks_like_a_formula_is_kept_and_never_runs(town: Setting, tmp_path: Path) -> None:
    names = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "＝1", '=HYPERLINK("http://192.0.2.1/")', "'=1"]
    path = tmp_path / "来表.xlsx"
    book = openpyxl.Workbook()
    page: Any = book.worksheets[0]
    page.append(["社区", "树名", "树种", "树高（米）"])
    for name in names:
        page.append(["双桥社区", name, "银杏", 5])
        page.cell(page.max_row, 2).data_type = "s"
    page.append(["双桥社区", "=2+2", "银杏", "=很高"])
    page["B9"].data_type = page["D9"].data_type = "s"
    book.save(path)
    report = bring(town, path, marked=tmp_path)
    assert [r.data["name"] for r in Record.objects.order_by("pk")] == names
    copy = openpyxl.load_workbook(report.files[0].marked)
    assert {c.data_type for page in copy for row in page.iter_rows() for c in row} <= {"s", "n"}

    viewer, ledger = Viewer(town, OPERATOR), town.pack.ledgers["elms"]
    columns = ledger_columns(town, ledger)
    out = tmp_path / "台账.csv"
    write_csv(out, columns, ledger_rows(viewer, ledger, Record.objects.order_by("pk")))
    cells = [cell for line in out.read_text("utf-8-sig").splitlines() for cell in line.split(",")]
    assert not [c for c in cells if c.strip('"')[:1] in set("=+-@＝")]
    assert counts(bring(town, out)) == {"unchanged": len(names)}
    out = tmp_path / "台账.xlsx"
    write_xlsx(out, ledger.title, columns, ledger_rows(viewer, ledger, Record.objects.order_by("pk")))
    exported = openpyxl.load_workbook(out)
    assert not [c for page in exported for row in page.iter_rows() for c in row if c.data_type == "f"]
    assert counts(bring(town, out)) == {"unchanged": len(names)}


def test_a_book_of_thirty_sheets(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "汇总.xlsx"
    rows = "社区 | 树名 | 树种\n双桥社区 | {n}甲 | 银杏\n青石村 | {n}乙 | 国槐\n合计 | 2棵 |"
    sheets = "\n".join(f"== 第{n}组\n第{n}组古树登记表 | < | <\n{rows.format(n=n)}" for n in range(30))
    xlsx(path, drawn(sheets))
    report = bring(town, path)
    assert counts(report) == {"new": 60}
    assert [s["sheet"] for s in report.files[0].sheets] == [f"第{n}组" for n in range(30)]


def test_hidden_rows_and_columns_are_read_and_a_hidden_sheet_is_told(town: Setting, tmp_path: Path) -> None:
    """A filter hides rows that are as true as the others; a hidden sheet is mostly an older copy."""
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn(f"== 现在\n{ROWS}\n== 以前\n{ROWS.replace('#8', '#7')}"))
    book = openpyxl.load_workbook(path)
    book["现在"].row_dimensions[3].hidden = True
    book["现在"].column_dimensions["D"].hidden = True
    book["以前"].sheet_state = "hidden"
    book.save(path)
    report = bring(town, path)
    assert counts(report) == {"new": 2}
    assert [r.data["height"] for r in Record.objects.order_by("pk")] == [12.5, 8]
    assert [(w.place.sheet, w.code) for w in report.files[0].warnings] == [("以前", "sheets-017")]


def test_dates_of_a_workbook_that_counts_from_1904(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["社区", "树名", "树种", "测量日期"], ["双桥社区", "1号", "银杏", date(2023, 12, 5)]):
        book.worksheets[0].append(row)
    book.save(path)
    bring(town, path)
    assert Record.objects.get().data["measured"] == "2023-12-05"


def test_a_bad_file_among_good_ones_keeps_nobody_out(town: Setting, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.xlsx" for n in range(3)]
    for n in (0, 2):
        xlsx(paths[n], drawn(f"社区 | 树名 | 树种\n双桥社区 | {n}号 | 银杏"))
    paths[1].write_bytes(paths[0].read_bytes()[:900])
    report = bring(town, *paths)
    assert counts(report) == {"new": 2}
    assert [(p.place.file, p.code) for p in report.problems] == [("1.xlsx", "sheets-002")]


def test_a_number_is_one_however_it_is_typed(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    for n, number in enumerate(("ＺＤ－３", "ZD—3", "ZD - 3", "ZD-3")):
        xlsx(path, drawn(f"树号 | 社区 | 树名 | 树种 | 分枝数\n{number} | 双桥社区 | 1号 | 银杏 | #{n + 1}"))
        assert counts(bring(town, path)) == ({"changed": 1} if n else {"new": 1})
        viewer = Viewer(town, OPERATOR)
        assert viewer.record(town.pack.ledgers["elms"], number).number == "ZD-3"
    assert codes_of(town, Change("甲", "elms", (Step("amend", set={"stems": 9}),), "ｚｄ－３".upper())) == ["entered"]
    assert [(r.number, r.data["stems"]) for r in Record.objects.all()] == [("ZD-3", 9)]


def test_a_record_kept_under_another_spelling_is_found_as_it_is_spelt(
    town: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "来表.xlsx"
    text = "树号 | 社区 | 树名 | 树种 | 分枝数\nZD－3 | 双桥社区 | 1号 | 银杏 | #1"
    with monkeypatch.context() as elsewhere:  # as a copy from elsewhere may hold it
        elsewhere.setattr("zhuanban.ledger.numbers.plain_number", str)
        elsewhere.setattr("zhuanban.sheets.rows.plain_number", str)
        xlsx(path, drawn(text))
        assert counts(bring(town, path)) == {"new": 1}
    viewer = Viewer(town, OPERATOR)
    assert viewer.record(town.pack.ledgers["elms"], "ZD－3").number == "ZD－3"


def codes_of(town: Setting, change: Change) -> list[str]:
    return [outcome.status for outcome in submit(town.campaign, [change], OPERATOR)]
