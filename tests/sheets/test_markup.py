"""Marked-up copies: what a clerk sees of what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName

from tests.draw import MAKES, drawn, xlsx
from tests.elms import bring
from zhuanban.people.queries import Setting
from zhuanban.sheets import markup

RED, YELLOW = "FFC7CE", "FFF2CC"
FAULTY = """
    == 卧榆区
    古树登记表 | < | < | <
    社区 | 树名 | 树种 | 树高（米）
    双桥社区 | 1号 | 银杏 | #12.5
    青石村 | 2号 | 梧桐 | 很高
    西关社区 | 3号 | 国槐 | #8
    ^ | 4号 | 国槐 | #9
    新店街道 | 5号 | 银杏 | #3
    双桥社区 | 1号 | 银杏 | #13
    合计 | | | #99
    == 说明
    此表一式三份
"""
SEEN = {  # cell → colour, and how its note begins
    "C4": (RED, "“树种”不能填“梧桐”。"),
    "D4": (RED, "“很高”不是数。请只填数字。"),
    "A5": (RED, "没有找到区划“西关社区”。"),
    "A7": (RED, "“新店街道”是二级网格，不是三级网格。"),
    "D8": (RED, "本次送来的资料中，同一条目出现两次而内容不同：树高（米）"),
}


def marked(town: Setting, path: Path) -> Any:
    report = bring(town, path, marked=path.parent / "批注")
    return openpyxl.load_workbook(report.files[0].marked)


def seen(page: Any) -> dict[str, tuple[str, str]]:
    return {
        c.coordinate: (c.fill.fgColor.rgb[2:], c.comment.text if c.comment else "")
        for row in page.iter_rows()
        for c in row
        if c.comment or c.fill.fgColor.rgb[2:] in {RED, YELLOW}
    }


@pytest.mark.parametrize("make", [m for m in MAKES if m not in {".csv", ".txt"}])
def test_every_refused_cell_is_red_and_says_why(town: Setting, tmp_path: Path, make: str) -> None:
    path = tmp_path / f"来表{make}"
    MAKES[make](path, drawn(FAULTY))
    book = marked(town, path)
    page = book.worksheets[1]
    found = seen(page)
    assert found.keys() == SEEN.keys()
    for cell, (colour, note) in SEEN.items():
        assert found[cell][0] == colour
        assert found[cell][1].startswith(note)
    assert all(c.comment.author == "专班" for row in page.iter_rows() for c in row if c.comment)
    assert sorted(str(m) for m in page.merged_cells.ranges) == ["A1:D1", "A5:A6"]
    assert [c.value for c in page[3]] == ["双桥社区", "1号", "银杏", "12.5" if "htm" in make else 12.5]
    assert book.sheetnames[0] == "问题清单"
    assert len(book.sheetnames) == 3


def test_the_list_in_front_leads_to_each_place(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn(FAULTY))
    book = marked(town, path)
    page = book.active
    assert page.title == "问题清单"
    lines = [[c.value for c in row] for row in page.iter_rows()]
    assert lines[0][0] == "“来表.xlsx”有5处没有登记，另有1处提示"
    assert lines[2] == ["序号", "种类", "工作表", "哪一格", "列", "填的内容", "问题", "怎么改", "代码"]
    assert [line[1:6] for line in lines[3:]] == [
        ["问题", "卧榆区", "C4", "树种", "梧桐"],
        ["问题", "卧榆区", "D4", "树高（米）", "很高"],
        ["问题", "卧榆区", "A5", "社区", "西关社区"],
        ["问题", "卧榆区", "A7", "社区", "新店街道"],
        ["问题", "卧榆区", "D8", "树高（米）", "13"],
        ["提示", "说明", "整张", None, None],
    ]
    links = [page.cell(n, 4).hyperlink.location for n in range(4, 10)]
    assert links == [f"'{sheet}'!{cell}" for _, sheet, cell in ((line[1], line[2], line[3]) for line in lines[3:8])] + [
        "'说明'!A1"
    ]
    assert page.freeze_panes == "A4"


def test_an_xlsx_keeps_its_look_and_what_others_noted(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn(FAULTY))
    book = openpyxl.load_workbook(path)
    page: Any = book.worksheets[0]
    page["A1"].font = Font(size=20, bold=True)
    page["B3"].fill = PatternFill("solid", fgColor="FFFF00")
    page["D4"].comment = Comment("街道：待量", "街道")
    page.column_dimensions["B"].width = 33
    page.row_dimensions[2].height = 44
    page["F3"] = "=1+1"
    book.save(path)
    page = marked(town, path).worksheets[1]
    assert (page["A1"].font.sz, page["B3"].fill.fgColor.rgb) == (20, "00FFFF00")
    assert (page.column_dimensions["B"].width, page.row_dimensions[2].height) == (33, 44)
    assert page["D4"].comment.text.startswith("街道：待量\n———— 专班批注 ————\n“很高”不是数。")


def test_a_row_that_is_wrong_as_a_whole_is_yellow(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn("序号 | 树号 | 社区 | 树名 | 树种\n1 | | 双桥社区 | 1号 | 银杏\n2 | S-1 | 双桥社区 | 1号 | 银杏"))
    page = marked(town, path).worksheets[1]
    found = seen(page)
    assert {cell: colour for cell, (colour, _) in found.items()} == dict.fromkeys(
        ("A3", "B3", "C3", "D3", "E3"), YELLOW
    )
    assert [cell for cell, (_, note) in found.items() if note] == ["A3"]
    assert found["A3"][1].startswith("一棵古树只登记一次：已有条目")


def test_what_reaches_outward_is_left_out(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn(FAULTY))
    book = openpyxl.load_workbook(path)
    book.defined_names["外"] = DefinedName("外", attr_text="'[http://192.0.2.1/a.xlsx]表'!$A$1")
    book.defined_names["内"] = DefinedName("内", attr_text="'卧榆区'!$A$1")
    page: Any = book.worksheets[0]
    page["G3"] = "=cmd|'/C calc'!A0"
    book.save(path)
    copy = marked(town, path)
    assert list(copy.defined_names) == ["内"]
    assert not [c for page in copy for row in page.iter_rows() for c in row if c.data_type == "f"]


def test_a_large_workbook_is_set_out_row_by_row(town: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_LARGE", 10)
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn(FAULTY))
    page = marked(town, path).worksheets[1]
    assert seen(page).keys() == SEEN.keys()


def test_two_files_of_one_name_get_two_copies_and_no_file_is_overwritten(town: Setting, tmp_path: Path) -> None:
    paths = [tmp_path / street / "来表.xlsx" for street in ("东街", "西街")]
    for path, rows in zip(paths, ("甲村 | 1号 | 银杏", "乙村 | 2号 | 银杏"), strict=True):
        path.parent.mkdir()
        xlsx(path, drawn(f"社区 | 树名 | 树种\n{rows}"))
    report = bring(town, *paths, marked=tmp_path / "批注")
    copies = [Path(f.marked) for f in report.files]
    assert [c.name for c in copies] == ["来表_批注.xlsx", "来表_批注（2）.xlsx"]
    before = copies[0].read_bytes()
    again = bring(town, copies[0], marked=tmp_path / "批注")
    assert Path(again.files[0].marked).name == "来表_批注（2）.xlsx"
    assert copies[0].read_bytes() == before


def test_a_link_in_place_of_the_copy_is_replaced_not_followed(town: Setting, tmp_path: Path) -> None:
    path, other = tmp_path / "来表.xlsx", tmp_path / "别的"
    xlsx(path, drawn(FAULTY))
    other.write_text("别的")
    (tmp_path / "来表_批注.xlsx").symlink_to(other)
    report = bring(town, path, marked=tmp_path)
    assert other.read_text() == "别的"
    assert not Path(report.files[0].marked).is_symlink()


def test_a_copy_that_cannot_be_written_is_a_problem_and_the_rows_are_in(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    xlsx(path, drawn(FAULTY))
    (tmp_path / "批注").write_text("一个文件，不是文件夹")
    report = bring(town, path, marked=tmp_path / "批注")
    assert report.problems[-1].code == "sheets-009"
    assert report.total("new") == 1


def test_names_of_sheets_and_words_that_no_xlsx_takes(town: Setting, tmp_path: Path) -> None:
    path = tmp_path / "来表.ods"
    long = "卧榆区/宛榆区[汇总]" * 5
    MAKES[".ods"](
        path, drawn(f"== {long}\n社区 | 树名 | 树种\n无名村 | 1号 | 银杏\n== {long}乙\n社区 | 树名\n无名村 | 2号")
    )
    copy = marked(town, path)
    assert len(copy.sheetnames) == 3
    assert all(len(name) <= 31 for name in copy.sheetnames)
    assert seen(copy.worksheets[1]).keys() == {"A2"}
    assert copy.worksheets[0]["D4"].hyperlink.location == f"'{copy.sheetnames[1]}'!A2"
