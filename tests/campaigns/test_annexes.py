"""The printed annexes as templates: titles, heads, blank rows and notes as the documents have them, A4 landscape."""

import subprocess
import sys

import pytest
from openpyxl import load_workbook

NOTE = "风险源类型指工业企业、畜禽养殖、旅游餐饮、排污口、产业集聚区、污水处理厂、垃圾填埋场等；保护区类型指"
SEAL, TIME = "填报单位：（盖章）", "填报时间：  年  月  日"

# file → title, line above the table (cell → text), heads, blank rows, lines below
ANNEXES = {
    "canal-protection/forms/annex1": (
        "附件1", "联络员信息表", {"A3": SEAL, "D3": "填报时间：   年  月  日"},
        ["姓名", "单位", "职务", "手机", "电子邮箱"], 7, [],
    ),
    "canal-protection/forms/annex2": (
        "附件2", "乡镇（街道）专项行动排查情况统计表", {"A3": SEAL, "G3": TIME},
        ["序号", "乡镇（街道）", "行政村", "风险源类型", "保护区类型", "风险源描述", "整改措施", "整改时限",
         "排查责任人"], 5, [f"注：{NOTE}一级保护区、二级保护区、准保护区。"],
    ),
    "canal-protection/forms/annex3": (
        "附件3", "区直有关部门专项行动督察情况统计表", {"A3": SEAL, "E3": TIME},
        ["序号", "区直\n部门", "存在\n题", "整改\n措施", "整改\n时限", "责任\n单位", "责任人"], 6, [],
    ),
    "canal-protection/forms/annex4": (
        "附件4", "专项行动问题整改台账", {"A3": SEAL, "H3": TIME},
        ["序号", "乡镇（街道）", "行政村", "风险源类型", "风险源描述", "整改措施", "整改时限", "整改进度",
         "责任单位", "责任人"], 5, [f"注：{NOTE}一级保护区、二级保护区、准 保护区。"],
    ),
    "source-lookback/forms/annex": (
        "附件：", "饮用水水源地已整改环境问题“回头看”情况统计表", {"A3": "填报单位（盖章）：", "F3": "填报时间："},
        ["问题序号", "所在地", "水源地名称", "已整改问题具体情况", "“回头看”情况", "是否完成整治", "备注"], 4,
        [
            "填表人：",
            "备注：1.请使用EXCEL格式制表，请勿改变表格格式（如加减行列、合并单元格、变更填写表格内容顺序等）。",
            "2.所在地：按XX市XX县样式填报。",
            "3.整治进展情况：详细填写整治措施以及取得的成效。",
            "4.本表相关信息务必与附表1保持一致。",
        ],
    ),
}  # fmt: skip


@pytest.fixture(params=ANNEXES)
def annex(request, root):
    book = load_workbook(root / "campaigns" / f"{request.param}.xlsx")
    assert len(book.worksheets) == 1
    return book.worksheets[0], *ANNEXES[request.param]


@pytest.fixture
def root(pytestconfig):
    return pytestconfig.rootpath


def test_every_printed_word_stands_in_its_place(annex):
    page, mark, title, line, heads, rows, below = annex
    assert (page["A1"].value, page["A2"].value) == (mark, title)
    assert {cell.coordinate: cell.value for cell in page[3] if cell.value} == line
    assert [cell.value for cell in page[4]] == heads
    assert [[c.value for c in row] for row in page.iter_rows(5, 4 + rows)] == [[None] * len(heads)] * rows
    assert [page.cell(5 + rows + n, 1).value for n in range(len(below))] == below
    assert page.max_row == 4 + rows + len(below)


def test_it_prints_on_one_width_of_a4_landscape_with_its_heads_on_every_page(annex):
    page, heads = annex[0], annex[4]
    last = page.cell(page.max_row, len(heads)).coordinate
    assert page.print_area == f"'{page.title}'!$A$1:{'$' + last[0] + '$' + last[1:]}"
    assert page.print_title_rows == "$4:$4"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0  # as many pages as it takes; one wide, which files leave unsaid
    assert page.page_setup.fitToWidth in (None, 1)


def test_cells_are_bordered_wrap_and_hold_text(annex):
    page, *_, heads, rows, _ = annex
    for row in page.iter_rows(5, 4 + rows):
        for cell, head in zip(row, heads, strict=True):
            assert cell.border.left.style == cell.border.bottom.style == "thin"
            assert cell.alignment.wrap_text
            assert cell.number_format == ("General" if head == "序号" else "@")


def test_the_templates_are_drawn_after_their_texts(root):
    drawn = subprocess.run(
        [sys.executable, root / "scripts" / "draw_annexes.py", "--check"], capture_output=True, text=True, check=False
    )
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
