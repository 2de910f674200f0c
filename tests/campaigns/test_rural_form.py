"""附表2-2 as a template: its title, ten heads in two rows, the row of numbers, blank rows of text."""

from __future__ import annotations

from openpyxl import load_workbook

from tests.story import CAMPAIGNS

HEADS = [
    "市、县",
    "序号",
    "问题描述\n(与表 1 表述一致,\nxxx 乡镇 xxx 村 xxx 供水工程 xxx 问题)",
    "整改措施",
    "整改责任单位",
    "整改责任人",
    "联系电话",
    "整改时限",
    "整改结果\n(完成/正在)",
    "备注",
]


def test_ten_columns_in_order_and_the_row_of_numbers_below() -> None:  # 002-88, 002-89
    page = load_workbook(CAMPAIGNS / "rural-water-lookback/forms/annex2_2.xlsx").active
    assert page is not None
    assert (page["A1"].value, page["A2"].value) == (
        "附表 2-2",
        "__县(市、区)农村饮水工程运行管护问题“回头看”整改台账",
    )
    assert [cell.value for cell in page[3]] == HEADS
    assert [cell.value for cell in page[4]] == list(range(1, 11))
    assert page.print_title_rows == "$3:$4"
    assert [[c.value for c in row] for row in page.iter_rows(5, 10)] == [[None] * 10] * 6
