"""What was changed in the shape of a form that comes back: each thing once, and where."""

import io
from base64 import b64decode

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

from scripts.draw_annexes import draw, read
from tests.sheets.form_office import FAULTS, FILES, LOOKS
from tests.sheets.form_samples import official
from zhuanban.pack.read import load
from zhuanban.sheets.form_file import open_workbook
from zhuanban.sheets.form_shape import compare, fits

PACK = load(FILES, "bridges")
FORM = PACK.forms["faults"]
TEMPLATE = b64decode(FILES["forms/faults.xlsx"])


def redrawn(*changes, text=FAULTS):
    """The form as it would be drawn with these lines changed: with its merges, borders and widths."""
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return draw(read(text))


def touched(change, template=TEMPLATE):
    """The form after a change by hand."""
    book = load_workbook(io.BytesIO(template))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(sent, form=FORM, template=TEMPLATE):
    shape = compare(form, open_workbook(template, "模板.xlsx"), open_workbook(sent, "收到.xlsx"))
    return [f"{p.place.cell or p.place.row or p.place.sheet} {p.says}" for p in shape.problems]


COLUMN = "column: 14 center 整改时限\n"

REDRAWN = {
    "a column added": (
        [(COLUMN, f"column: 12 center 联系人\n{COLUMN}"), ("| F 填报", "| G 填报")],
        ["E4 增加了列“联系人”。"],
    ),
    "a column removed": (
        [(COLUMN, ""), ("| F 填报", "| E 填报")],
        ["4 缺少列“整改时限”，原在 E 列。"],
    ),
    "a column moved": (
        [(COLUMN, ""), ("column: 14 center 桥名\n", f"column: 14 center 桥名\n{COLUMN}")],
        ["H4 列“整改时限”从 E 列移到了 H 列。"],
    ),
    "a column renamed": (
        [("隐患描述", "问题描述")],
        ["D4 列“隐患描述”改名为“问题描述”。"],
    ),
    "a row put in above the head": (
        [("line: A 填报单位", "mark: 说明\nline: A 填报单位")],
        ["5 表头从第 4 行移到了第 5 行，上方增加了 1 行。"],
    ),
    "a row taken out above the head": (
        [("mark: 附件1\n", "")],
        ["3 表头从第 4 行移到了第 3 行，上方减少了 1 行。", "A1 “附件1”改成了“危桥隐患统计表”。"],
    ),
    "the title changed": (
        [("危桥隐患统计表", "危桥统计表")],
        ["A2 “危桥隐患统计表”改成了“危桥统计表”。"],
    ),
    "the note changed": (
        [("裂缝、沉降、护栏缺损等", "裂缝")],
        ["A8 “注：隐患类型指裂缝、沉降、护栏缺损等。”改成了“注：隐患类型指裂缝。”。"],
    ),
    "rows removed": ([("rows: 3", "rows: 2")], ["5 数据行减少了 1 行。"]),
    "rows added where the form grows": ([("rows: 3", "rows: 9")], []),
    "line breaks in a head are no change": ([("隐患/类型", "隐患类型")], []),
    "the sheet renamed": (
        [("sheet: 附件1", "sheet: Sheet1")],
        ["Sheet1 工作表“附件1”改名为“Sheet1”。"],
    ),
    "another form": (
        [("center 序号", "center a"), ("center 乡镇", "center b"), ("隐患/类型", "c"), ("整改", "e"), ("责任", "f")],
        ["4 没有找到表头：序号、乡镇、隐患类型、隐患描述、整改时限、整改进度、责任单位、桥名。"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "says"), REDRAWN.values(), ids=REDRAWN.keys())
def test_the_form_drawn_otherwise(changes, says):
    assert told(redrawn(*changes)) == says


def test_a_column_without_a_head():
    sent = redrawn((COLUMN, f"column: 12 center 空\n{COLUMN}"), ("| F 填报", "| G 填报"))
    assert told(touched(page(lambda s: s["E4"].__setattr__("value", None)), sent)) == ["E4 增加了列“（无表头）”。"]


def page(work):
    return lambda book: work(book["附件1"])


def protect(sheet):
    sheet.protection.enable()


TOUCHED = {
    "nothing": (page(lambda s: None), []),
    "a column renamed and another added at the end": (
        page(lambda s: (s.cell(4, 4, "问题描述"), s.cell(4, 9, "备注"))),
        ["D4 列“隐患描述”改名为“问题描述”。", "I4 增加了列“备注”。"],
    ),
    "cells merged": (page(lambda s: s.merge_cells("B5:C5")), ["B5 新合并了单元格 B5:C5。"]),
    "a merge undone": (page(lambda s: s.unmerge_cells("A2:H2")), ["A2 合并单元格 A2:H2 被取消或改动。"]),
    "a merge made larger": (
        page(lambda s: (s.unmerge_cells("A3:E3"), s.merge_cells("A3:D3"))),
        ["A3 合并单元格 A3:E3 被取消或改动。"],
    ),
    "a column hidden": (page(lambda s: setattr(s.column_dimensions["D"], "hidden", True)), ["附件1 D 列被隐藏。"]),
    "a row hidden": (page(lambda s: setattr(s.row_dimensions[6], "hidden", True)), ["6 这一行被隐藏。"]),
    "protection put on": (page(protect), ["附件1 工作表保护被加上。"]),
    "a sheet more": (lambda b: b.create_sheet("附页"), ["附页 多了工作表“附页”。"]),
    "something beside the table": (page(lambda s: s.cell(6, 11, "另注")), ["K6 表格以外写有“另注”。"]),
    "single cells filled": (page(lambda s: s.cell(3, 1, "填报单位：东镇（盖章）")), []),
    "the words around what was filled in": (
        page(lambda s: s.cell(3, 1, "单位：东镇")),
        ["A3 “填报单位：（盖章）”改成了“单位：东镇”。"],
    ),
    "a column wider, a row higher": (
        page(lambda s: (setattr(s.column_dimensions["D"], "width", 60), setattr(s.row_dimensions[5], "height", 90))),
        [],
    ),
}


@pytest.mark.parametrize(("change", "says"), TOUCHED.values(), ids=TOUCHED.keys())
def test_the_form_changed_by_hand(change, says):
    assert told(touched(change)) == says


def test_all_changes_are_told_at_once():
    sent = redrawn((COLUMN, ""), ("| F 填报", "| E 填报"), ("危桥隐患统计表", "危桥统计表"), ("rows: 3", "rows: 2"))
    assert told(touched(page(lambda s: (s.merge_cells("B5:C5"), protect(s))), sent)) == [
        "4 缺少列“整改时限”，原在 E 列。",
        "5 数据行减少了 1 行。",
        "A2 “危桥隐患统计表”改成了“危桥统计表”。",
        "B5 新合并了单元格 B5:C5。",
        "附件1 工作表保护被加上。",
    ]


LOOKED, PRINTED = PACK.forms["looks"], b64decode(FILES["forms/looks.xlsx"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("rows: 2", "rows: 4")], ["6 数据行增加了 2 行，本表不许加行。"]),
        ([("rows: 2", "rows: 1")], ["4 数据行减少了 1 行。"]),
        ([("备注：1.请勿改变表格格式。", "备注：略。")], ["A7 “备注：1.请勿改变表格格式。”改成了“备注：略。”。"]),
    ],
)
def test_a_form_that_may_not_grow(changes, says):
    assert told(redrawn(*changes, text=LOOKS), LOOKED, PRINTED) == says


# The official file with all that such a file may hold; its form is this one.
RICH = load(
    {
        **FILES,
        "forms.yaml": """
rich:
  title: 风险源情况表
  template: forms/faults.xlsx
  sheet: 情况表
  ledger: faults
  head: 4
  first: 5
  printed: 5
  beyond: grow
  cells: {A2: "填报单位：{unit}（盖章）", F2: "填报时间：{day:年月日}"}
  columns:
    A: {title: 序号, serial: true}
    B: {title: 村, region: town}
    C: {title: 类型, field: kind}
    D: {title: 描述, field: story}
    E: {title: 时限, field: due}
    F: {title: 数量, blank: true}
""",
    }
).forms["rich"]
OFFICIAL = official()


def swap(book):
    book.move_sheet("情况表", 2)


@pytest.mark.filterwarnings("ignore:.*not supported and will be removed")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda b: None, ["C5 列“类型”的下拉选项没有了。"]),  # openpyxl loses lists of another sheet, and so do others
        (lambda b: b["情况表"].add_data_validation(DataValidation("list", "字典!$A$1:$A$3", sqref="C5:C9")), []),
        (
            lambda b: setattr(b["情况表"].protection, "sheet", False),
            ["情况表 工作表保护被去掉。", "C5 列“类型”的下拉选项没有了。"],
        ),
        (
            lambda b: setattr(b["字典"], "sheet_state", "visible"),
            ["字典 工作表“字典”被取消隐藏。", "C5 列“类型”的下拉选项没有了。"],
        ),
        (
            lambda b: b["情况表"].cell(10, 6, 17),
            ["F10 这里原有的公式没有了。", "C5 列“类型”的下拉选项没有了。"],
        ),
        (swap, ["收到.xlsx 工作表的次序变了，应为：情况表、字典、汇总。", "C5 列“类型”的下拉选项没有了。"]),
        (
            lambda b: b.remove(b["汇总"]),
            ["收到.xlsx 没有工作表“汇总”。", "C5 列“类型”的下拉选项没有了。"],
        ),
    ],
)
def test_the_official_file_changed_by_hand(change, says):
    shape = compare(RICH, open_workbook(OFFICIAL, "模板.xlsx"), open_workbook(touched(change, OFFICIAL), "收到.xlsx"))
    where = [p.place.cell or p.place.row or p.place.sheet or p.place.file for p in shape.problems]
    assert [f"{at} {p.says}" for at, p in zip(where, shape.problems, strict=True)] == says


# Does a template have the shape that its form says?


def test_a_template_that_fits():
    assert fits(RICH, open_workbook(OFFICIAL, "模板.xlsx"), own=True) == []
    assert fits(FORM, open_workbook(TEMPLATE, "模板.xlsx"), own=True) == []


@pytest.mark.parametrize(
    ("template", "form", "found"),
    [
        (redrawn(("sheet: 附件1", "sheet: 一")), RICH, [("sheets-066", "")]),
        (
            redrawn(("隐患描述", "描述"), (COLUMN, "")),
            FORM,
            [("sheets-067", x) for x in ("D4", "E4", "F4", "G4", "H4")],
        ),
        (touched(page(lambda s: s.merge_cells("B5:B6"))), FORM, [("sheets-070", "B5"), ("sheets-069", "B6")]),
        (touched(page(lambda s: s.merge_cells("B5:C5"))), FORM, [("sheets-069", "C5")]),
        (touched(page(lambda s: s.cell(6, 4, "=A1"))), FORM, [("sheets-068", "D6")]),
        (touched(page(lambda s: (s.unmerge_cells("F3:H3"), s.merge_cells("E3:H3")))), FORM, [("sheets-069", "F3")]),
        (redrawn(("rows: 3", "rows: 4")), FORM, [("sheets-071", "")]),
    ],
)
def test_a_template_that_does_not_fit(template, form, found):
    problems = fits(form, open_workbook(template, "模板.xlsx"), own=True)
    assert [(p.code, p.place.cell) for p in problems] == found


def test_an_office_s_own_template_may_have_more_rows():
    assert fits(FORM, open_workbook(redrawn(("rows: 3", "rows: 4")), "模板.xlsx"), own=False) == []


def test_numbers_printed_in_advance_are_no_text_in_the_rows():
    numbered = touched(page(lambda s: [s.cell(r, 1, r - 4) for r in (5, 6, 7)]))
    assert fits(FORM, open_workbook(numbered, "模板.xlsx"), own=True) == []
