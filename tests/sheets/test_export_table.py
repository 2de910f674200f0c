import openpyxl
import pytest

from zhuanban.sheets.export import ColumnSpec, Kind
from zhuanban.sheets.export_table import PrintedTable, write_table_xlsx

COLUMNS = [ColumnSpec("区域"), ColumnSpec("交办", Kind.INTEGER), ColumnSpec("办结", Kind.INTEGER), ColumnSpec("办结率")]
ROWS = [["全市", 45, 38, "84%"], ["甲区", 45, 38, "84%"], ["乙区", 0, 0, "—"]]


@pytest.fixture
def sheet(tmp_path):
    def write(**words):
        told = {"title": "举报线索办理情况统计表", "columns": COLUMNS, "rows": ROWS, "totals": {0}, **words}
        write_table_xlsx(tmp_path / "t.xlsx", PrintedTable(**told))
        return openpyxl.load_workbook(tmp_path / "t.xlsx").active

    return write


def values(sheet):
    return [[c.value for c in row] for row in sheet.iter_rows()]


def test_a_table_as_it_is_handed_in(sheet):
    made = sheet(right="截止日期：2023年12月8日", left="单位：件", notes=["制表人：张某"])
    assert values(made) == [
        ["举报线索办理情况统计表", None, None, None],
        ["单位：件", None, "截止日期：2023年12月8日", None],
        ["区域", "交办", "办结", "办结率"],
        *ROWS,
        ["制表人：张某", None, None, None],
    ]
    assert sorted(map(str, made.merged_cells.ranges)) == ["A1:D1", "A2:B2", "A7:D7", "C2:D2"]
    title, total, plain = made["A1"], made["B4"], made["B5"]
    assert (title.font.name, title.font.size, title.font.bold, title.alignment.horizontal) == (
        "宋体",
        18,
        True,
        "center",
    )
    assert (plain.font.name, plain.font.size, plain.font.bold) == ("仿宋", 12, False)
    assert total.font.bold
    assert made["C2"].alignment.horizontal == "right"
    for row in made["A3:D6"]:
        for cell in row:
            assert {
                cell.border.left.style,
                cell.border.right.style,
                cell.border.top.style,
                cell.border.bottom.style,
            } == {"thin"}
    setup = made.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert made.sheet_properties.pageSetUpPr.fitToPage
    assert made.print_title_rows == "$3:$3"
    assert made.print_options.horizontalCentered


@pytest.mark.parametrize(
    ("words", "second"),
    [
        ({}, ["区域", "交办", "办结", "办结率"]),
        ({"right": "截止日期：2023年12月8日"}, ["截止日期：2023年12月8日", None, None, None]),
        ({"left": "单位：件"}, ["单位：件", None, None, None]),
    ],
)
def test_the_line_under_the_title_is_there_when_it_has_something_to_say(sheet, words, second):
    assert values(sheet(**words))[1] == second


def test_prose_reads_from_the_left_and_its_row_grows(sheet):
    prose = "已成立专班，抽调32人集中办公，印发方案并召开动员会三次。" * 6
    made = sheet(
        columns=[ColumnSpec("区域"), ColumnSpec("人员落实")], rows=[["甲区", prose], ["乙区", "=是"]], totals=()
    )
    # One way of reading down a column, also where a text is short.
    assert (made["B3"].alignment.horizontal, made["B4"].alignment.horizontal) == ("left", "left")
    assert made["B3"].alignment.wrap_text
    assert made.row_dimensions[3].height > made.row_dimensions[4].height * 2
    assert (made["B4"].value, made["B4"].data_type) == ("=是", "s")
    # The prose takes the room; the name of the row keeps what it needs on one line.
    assert made.column_dimensions["A"].width >= 6


def test_many_columns_of_prose_still_share_the_page(sheet):
    columns = [ColumnSpec("区域"), *(ColumnSpec(f"落实{n}") for n in range(4)), ColumnSpec("日期")]
    made = sheet(columns=columns, rows=[["甲区", *["很长的一段说明" * 10] * 4, "2023-12-08"]], totals=())
    name, prose, day = (made.column_dimensions[c] for c in "ABF")
    assert (prose.min, prose.max) == (2, 5)  # columns of one width are kept as one
    assert name.width + 4 * prose.width + day.width == pytest.approx(116, abs=6)
    assert day.width >= 11


def test_one_column_and_no_rows(sheet):
    made = sheet(columns=[ColumnSpec("区域")], rows=[], totals=(), right="截止日期：2023年12月8日", left="单位：件")
    assert [row[0] for row in values(made)] == ["举报线索办理情况统计表", "截止日期：2023年12月8日", "区域"]


@pytest.mark.parametrize("words", [{"columns": []}, {"rows": [["全市", 1]]}])
def test_a_table_out_of_shape_is_refused(sheet, words):
    with pytest.raises(ValueError, match="needs columns"):
        sheet(**words)
