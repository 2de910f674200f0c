"""The bulk rows of a sheet against XlsxWriter's own, against readers, and against the slow meaning of merging."""

import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from zhuanban.sheets.export_rows import CUT_MARK, MAX_TEXT, RowSheet, Style, as_cell, cut


def written(rows, merge=(), last=1_048_575, by=None):
    """The workbook with these rows, written in bulk or `by` another way, and what the writer answered."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("台账", worksheet_class=RowSheet)
    width = len(rows[0]) if rows else 1
    style = Style(
        text=book.add_format({"num_format": "@", "border": 1}),
        number=book.add_format({"num_format": "0.00", "border": 1}),
        date=book.add_format({"num_format": "yyyy-mm-dd", "border": 1}),
    )
    for number in range(width):
        sheet.write_string(0, number, f"列{number}", style.text)
    answer = (by or RowSheet.write_rows)(sheet, 1, iter(rows), [style] * width, merge, last)
    book.close()
    return file.getvalue(), answer


def sheet_xml(content):
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def cells(content):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return sheet.to_python(skip_empty_area=False)[1:]


def one_by_one(sheet, first, rows, styles, merge, last):
    for number, row in enumerate(rows, start=first):
        for column, value in enumerate(row):
            style = styles[column]
            if value is None:
                sheet.write_blank(number, column, None, style.text)
            elif isinstance(value, str):
                sheet.write_string(number, column, value, style.text)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, style.date)
            else:
                sheet.write_number(number, column, value, style.number)
    return number - first + 1, 0


def test_the_sheet_is_the_one_xlsxwriter_makes_cell_by_cell():
    rows = [
        ["甲区 & 乙<区>", 3, 0.5, date(2023, 12, 8), "=1+1", None],
        [" 前后有空 ", -7, 1234.25, date(1999, 2, 28), "00012", "a\r\nb\tc\x01"],
        ["_x000D_", 0, 1e-7, date(9999, 12, 31), "'引号\"", "換行\n"],
    ]
    in_bulk, _ = written(rows)
    by_cell, _ = written(rows, by=one_by_one)

    def same_numbers(xml):
        return re.sub(r"<v>([^<]*)</v>", lambda found: f"<v>{float(found[1])}</v>", xml)

    assert same_numbers(sheet_xml(in_bulk)) == same_numbers(sheet_xml(by_cell))


def test_every_kind_of_value_comes_back():
    row = [
        "自备井",
        "=SUM(A1)",
        "110105199001011234",
        7,
        Decimal("12.50"),
        0.1,
        date(2023, 12, 8),
        True,
        False,
        None,
        "",
        10**15,
        Decimal("12345678901234567.89"),
        date(1900, 2, 28),
        datetime(2023, 12, 8, 9, 5),
        float("nan"),
    ]
    content, answer = written([row])
    assert answer == (1, 0)
    assert cells(content)[0] == [
        "自备井",
        "=SUM(A1)",
        "110105199001011234",
        7,
        12.5,
        0.1,
        date(2023, 12, 8),
        "是",
        "否",
        "",
        "",
        "1000000000000000",
        "12345678901234567.89",
        "1900-02-28",
        "2023-12-08 09:05:00",
        "nan",
    ]
    assert "<f>" not in sheet_xml(content)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=8))
def test_any_text_comes_back(texts):
    # The dots keep the reader from dropping empty rows at the end.
    content, _ = written([[text, "."] for text in texts])
    assert [row[0] for row in cells(content)] == texts


def test_half_a_character_does_not_break_the_file():
    content, _ = written([["坏\ud83d字"]])
    assert cells(content) == [["坏\ufffd字"]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("井" * MAX_TEXT, MAX_TEXT),
        ("井" * (MAX_TEXT + 1), MAX_TEXT),
        ("😀" * 16_384, MAX_TEXT - 1),
        ("😀" * 16_383, 32_766),
    ],
)
def test_a_cell_holds_so_many_utf16_units(text, kept):
    shorter = cut(text)
    assert len(shorter.encode("utf-16-le")) // 2 == kept
    assert shorter == text or shorter.endswith(CUT_MARK)


def test_cut_texts_are_counted():
    content, answer = written([["井" * 40_000, "短"], ["井" * 32_767, "短"]])
    assert answer == (2, 1)
    assert len(cells(content)[0][0]) == MAX_TEXT


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match="not a cell value"):
        as_cell(["列表"])


def test_a_row_of_another_width_is_refused():
    with pytest.raises(ValueError, match="zip"):
        written([["a", "b"], ["a"]])


def test_rows_end_at_the_last_row_and_go_on_from_the_same_iterator():
    rows = iter([[n] for n in range(10)])
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        form = book.add_format()
        sheets = [book.add_worksheet(worksheet_class=RowSheet) for _ in range(3)]
        counts = [s.write_rows(0, rows, [Style(form, form, form)], (), 3) for s in sheets]
    assert counts == [(4, 0), (4, 0), (2, 0)]
    read = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
    assert [read.get_sheet_by_index(i).to_python() for i in range(3)] == [
        [[0], [1], [2], [3]],
        [[4], [5], [6], [7]],
        [[8], [9]],
    ]


def slow_runs(rows, merge):
    """Merged cells by their meaning: the longest runs of rows that are equal, and filled, up to this rank."""
    runs = set()
    for rank, column in enumerate(merge):
        before = [tuple(row[c] for c in merge[: rank + 1]) for row in rows]
        start = 0
        for end in range(1, len(rows) + 1):
            whole = end < len(rows) and before[end] == before[start] and all(v not in (None, "") for v in before[end])
            if not whole:
                if end - start > 1:
                    runs.add((start, column, end - 1, column))
                start = end
    return runs


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["甲", "乙", None, ""]), min_size=4, max_size=4), min_size=1, max_size=25),
    st.permutations(range(4)).flatmap(lambda p: st.integers(0, 4).map(lambda n: p[:n])),
)
def test_merged_cells_are_the_runs_of_equal_neighbours(rows, merge):
    content, _ = written([[*row, "."] for row in rows], merge)
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    found = {(top - 1, left, bottom - 1, right) for (top, left), (bottom, right) in read.merged_cell_ranges or ()}
    expected = slow_runs(rows, merge)
    assert found == expected
    covered = {(r, c) for top, c, bottom, _ in expected for r in range(top + 1, bottom + 1)}
    assert [row[:4] for row in cells(content)] == [
        ["" if (r, c) in covered or v is None else v for c, v in enumerate(row)] for r, row in enumerate(rows)
    ]
