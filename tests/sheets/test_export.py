import csv
import io
import tracemalloc
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from zhuanban.core.day import from_iso
from zhuanban.pack.values import Field, FieldType
from zhuanban.sheets import export
from zhuanban.sheets.export import ColumnSpec, Kind, Written, csv_pieces, sheet_name, stamp, write_csv, write_xlsx
from zhuanban.sheets.guard import unguard

WELLS = (
    ColumnSpec("区", Kind.WORD),
    ColumnSpec("编号"),
    ColumnSpec("井深（米）", Kind.NUMBER, 2),
    ColumnSpec("登记日期", Kind.DATE),
    ColumnSpec("备注"),
)
ROWS = [
    ["甲区", "0001", Decimal("80.50"), date(2023, 11, 17), "=1+1"],
    ["甲区", "0002", 7, "2023年12月底", None],
    ["乙区", "110105199001011234", None, date(2023, 12, 8), "两\n行"],
]


def test_a_csv_to_the_byte():
    assert b"".join(csv_pieces(WELLS, ROWS)).decode("utf-8") == (
        "\ufeff区,编号,井深（米）,登记日期,备注\r\n"
        "甲区,0001,80.50,2023-11-17,'=1+1\r\n"
        "甲区,0002,7,2023年12月底,\r\n"
        '乙区,110105199001011234,,2023-12-08,"两\n行"\r\n'
    )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=10),
)
def test_any_text_comes_back_from_a_csv(rows):
    content = b"".join(csv_pieces([ColumnSpec("一"), ColumnSpec("二")], rows)).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert [[unguard(text) for text in row] for row in read] == [["一", "二"], *rows]


def test_a_csv_comes_in_pieces_that_make_up_the_whole():
    rows = [[f"第{n}行" * 20] for n in range(3000)]
    pieces = list(csv_pieces([ColumnSpec("列")], iter(rows)))
    assert len(pieces) > 3
    assert len(b"".join(pieces).decode().splitlines()) == 3001


def test_half_a_character_does_not_break_a_csv():
    assert b"".join(csv_pieces([ColumnSpec("列")], [["坏\ud83d字"]])).endswith("坏?字\r\n".encode())


@pytest.fixture
def book(tmp_path):
    """Writes a workbook and opens it with openpyxl."""

    def write(title="自备井台账", columns=WELLS, rows=ROWS, **options):
        answer = write_xlsx(tmp_path / "a.xlsx", title, columns, iter(rows), **options)
        return answer, openpyxl.load_workbook(tmp_path / "a.xlsx")

    return write


def test_a_ledger_as_people_get_it(book):
    answer, read = book(notes=stamp(from_iso("2023-12-08"), "王某", 1_702_000_000_000_000))
    sheet = read["自备井台账"]
    assert answer == Written(rows=3, sheets=1, cut=0)
    assert [row[0].value for row in sheet.iter_rows(max_row=4)] == [
        "自备井台账",
        "截止日期：2023年12月8日",
        "导出人：王某　导出时间：2023-12-08 09:46",
        "区",
    ]
    assert [[(c.value, c.number_format) for c in row] for row in sheet.iter_rows(min_row=5)] == [
        [
            ("甲区", "@"),
            ("0001", "@"),
            (80.5, "0.00"),
            (openpyxl.utils.datetime.from_excel(45247), "yyyy-mm-dd"),
            ("=1+1", "@"),
        ],
        [("甲区", "@"), ("0002", "@"), (7, "0.00"), ("2023年12月底", "@"), (None, "@")],
        [
            ("乙区", "@"),
            ("110105199001011234", "@"),
            (None, "@"),
            (openpyxl.utils.datetime.from_excel(45268), "yyyy-mm-dd"),
            ("两\n行", "@"),
        ],
    ]
    assert {c.data_type for row in sheet.iter_rows() for c in row} == {"s", "n", "d"}  # no "f", formula
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:E7"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet["A4"].font.bold
    assert sheet["A4"].font.name == "宋体"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert all(sheet.column_dimensions[c].width >= 8 for c in "ABCDE")


def test_merging_follows_the_rank_of_the_columns(book):
    columns = [ColumnSpec(t) for t in ("区", "街道", "编号")]
    rows = [
        ["甲区", "东街", "1"],
        ["甲区", "东街", "2"],
        ["乙区", "东街", "3"],  # the same street name under another district
        ["乙区", "东街", "4"],
        ["乙区", "", "5"],
        ["乙区", "", "6"],
    ]
    _, read = book(columns=columns, rows=rows, merge=(0, 1))
    sheet = read.active
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A3:A4", "A5:A8", "B3:B4", "B5:B6"]
    assert [row[1].value for row in sheet.iter_rows(min_row=3)] == ["东街", None, "东街", None, None, None]
    assert sheet.auto_filter.ref is None  # filters would tear merged cells


def test_what_one_sheet_cannot_hold_goes_on_on_the_next(book, monkeypatch):
    monkeypatch.setattr(export, "MAX_ROWS", 5)
    rows = [["甲区", str(n), None, None, None] for n in range(7)]
    answer, read = book(rows=rows, merge=(0,))
    assert answer == Written(rows=7, sheets=3, cut=0)
    assert read.sheetnames == ["自备井台账", "自备井台账（2）", "自备井台账（3）"]
    assert [[c.value for c in sheet["B"]] for sheet in read] == [
        [None, "编号", "0", "1", "2"],
        [None, "编号", "3", "4", "5"],
        [None, "编号", "6"],
    ]
    # Merged cells end with their sheet, and the value stands again on the next.
    assert [[c.value for c in sheet["A"]][2:] for sheet in read] == [
        ["甲区", None, None],
        ["甲区", None, None],
        ["甲区"],
    ]
    assert [list(map(str, sheet.merged_cells.ranges)) for sheet in read] == [["A3:A5"], ["A3:A5"], []]


def test_a_sheet_that_is_exactly_full_opens_no_other(book, monkeypatch):
    monkeypatch.setattr(export, "MAX_ROWS", 5)
    answer, _ = book(rows=[["甲区", str(n), None, None, None] for n in range(3)])
    assert answer == Written(rows=3, sheets=1, cut=0)


def test_a_ledger_without_rows_still_has_its_header(book):
    answer, read = book(rows=[])
    assert answer == Written(rows=0, sheets=1, cut=0)
    assert [[c.value for c in row] for row in read.active.iter_rows()][1] == [c.title for c in WELLS]


def test_long_texts_are_cut_and_counted(book):
    answer, read = book(columns=[ColumnSpec("说明")], rows=[["长" * 40_000], ["短"]])
    assert answer.cut == 1
    assert len(read.active["A3"].value) == 32_767


def failing(after):
    yield from ROWS[:after]
    raise RuntimeError("the database went away")


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("write", [write_csv, lambda path, c, r: write_xlsx(path, "台账", c, r)], ids=["csv", "xlsx"])
def test_a_failure_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch, write, after):
    monkeypatch.setattr(export, "_SAMPLE", 1)  # so that the failure comes in mid-writing
    target = tmp_path / "out"
    target.write_bytes(b"older")
    with pytest.raises(RuntimeError, match="went away"):
        write(target, WELLS, failing(after))
    assert target.read_bytes() == b"older"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_missing_folder_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_xlsx(tmp_path / "none" / "a.xlsx", "台账", WELLS, ROWS)


def test_both_write_to_streams_that_cannot_go_back():
    class OneWay(io.RawIOBase):
        def __init__(self):
            self.got = b""

        def writable(self):
            return True

        def write(self, data):
            self.got += bytes(data)
            return len(data)

    one, other = OneWay(), OneWay()
    write_csv(one, WELLS, ROWS)
    assert one.got == b"".join(csv_pieces(WELLS, ROWS))
    write_xlsx(other, "台账", WELLS, ROWS)
    assert zipfile.ZipFile(io.BytesIO(other.got)).testzip() is None
    read = CalamineWorkbook.from_filelike(io.BytesIO(other.got))
    assert read.get_sheet_by_name("台账").to_python()[2][:2] == ["甲区", "0001"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(tmp_path, kind):
    def peak(count):
        rows = ([*ROWS[n % 3][:4], f"备注{n}"] for n in range(count))
        tracemalloc.start()
        if kind == "csv":
            write_csv(tmp_path / "a", WELLS, rows)
        else:
            write_xlsx(tmp_path / "a", "台账", WELLS, rows)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few = peak(5_000)  # fills each buffer once
    assert peak(20_000) < few + 300_000


@pytest.mark.parametrize(
    ("title", "part", "name"),
    [
        ("自备井台账", 1, "自备井台账"),
        ("自备井台账", 2, "自备井台账（2）"),
        ("甲/乙:丙[丁]*?\\", 1, "甲 乙 丙 丁"),
        ("'引号'", 1, "引号"),
        ("长" * 40, 1, "长" * 31),
        ("长" * 40, 12, "长" * 27 + "（12）"),
        ("😀" * 20, 1, "😀" * 15),
        ("", 1, "Sheet"),
    ],
)
def test_names_of_sheets(title, part, name):
    assert sheet_name(title, part) == name


@pytest.mark.parametrize(
    ("field", "column"),
    [
        (Field("depth", "井深", FieldType.NUMBER, unit="米", decimals=2), ColumnSpec("井深（米）", Kind.NUMBER, 2)),
        (Field("on", "登记日期", FieldType.DATE), ColumnSpec("登记日期", Kind.DATE)),
        (Field("kept", "是否保留", FieldType.YES_NO), ColumnSpec("是否保留", Kind.WORD)),
        (Field("uses", "用途", FieldType.CHOICE, many=True), ColumnSpec("用途", Kind.TEXT)),
        (Field("people", "人数", FieldType.INTEGER), ColumnSpec("人数", Kind.INTEGER)),
    ],
)
def test_the_column_of_a_field(field, column):
    assert ColumnSpec.of(field) == column
