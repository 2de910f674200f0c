"""Statistic tables (统计表) as workbooks to print and hand in: title, as-of line, header, rows, A4 landscape.

The look is that of an official Chinese table: 宋体 title in 18 points, 仿宋 12 in cells, thin lines, bold totals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

from zhuanban.sheets.export import ColumnSpec, Kind, sheet_name, text_width, workbook
from zhuanban.sheets.export_rows import Value, as_cell, cut

TITLE_FONT = "宋体"
FONT = "仿宋"
_PAGE = 116.0  # digits of the default 11-point font across A4 landscape between our margins
_LINE = 18.0  # points: one line of 12-point text
_ROW = 26.0  # points: a row of one line
_LONG = 20  # a column with a text wider than this may be narrowed, so that it takes several lines
_BIGGER = 12 / 11  # cell text against the font that column widths are counted in


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as it is printed. `rows` hold a cell per column; `totals` are the indexes of total rows."""

    title: str
    columns: Sequence[ColumnSpec]
    rows: Sequence[Sequence[Value]]
    totals: Collection[int] = ()
    right: str = ""  # line under the title, at the right: 截止日期：2023年12月8日
    left: str = ""  # the same, at the left: 单位：件
    notes: Sequence[str] = ()  # lines under the table: 制表人, how a figure is rounded


def write_table_xlsx(target: Path | BinaryIO, table: PrintedTable) -> None:
    """Writes one table on one sheet; see `write_tables_xlsx`."""
    write_tables_xlsx(target, [table])


def write_tables_xlsx(target: Path | BinaryIO, tables: Sequence[PrintedTable], names: Sequence[str] = ()) -> None:
    """Writes tables, one a sheet, all columns on a page's width, the header repeated on each page.

    Counts are numbers, printed rates ("84%", "—") text, dates dates. Column widths share the page; long texts wrap and
    the rows grow with them. `names`: of the sheets, where the tables' titles will not do.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written; then there is no new file.
    ValueError
        When there is no column, or a row has another number of cells than there are columns.
    """
    for table in tables:
        count = len(table.columns)
        if not count or any(len(row) != count for row in table.rows):
            raise ValueError("a table needs columns, and each row a cell for each of them")
    with workbook(target, streaming=False) as book:
        for number, table in enumerate(tables):
            _write(book, book.add_worksheet(sheet_name(names[number] if names else table.title)), table)


def _write(book: Any, sheet: Any, table: PrintedTable) -> None:
    count, widths = len(table.columns), _shared(table)
    line = _title(book, sheet, table, widths)
    head = line
    style = {"font_name": TITLE_FONT, "bold": True, "align": "center", "text_wrap": True, "border": 1}
    form = book.add_format({"font_size": 12, **style})
    sheet.set_row(line, _height([c.title for c in table.columns], widths) + 4)
    for number, column in enumerate(table.columns):
        sheet.write_string(line, number, column.title, form)
    forms: dict[tuple[bool, bool, str], Any] = {}
    prose = _prose(table, widths)
    for index, row in enumerate(table.rows):
        line += 1
        sheet.set_row(line, _height([_shown(v) for v in row], widths))
        for number, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            form_of = {"total": index in table.totals, "prose": number in prose}
            _write_cell(book, sheet, forms, (line, number), value, column, **form_of)
    note = book.add_format({"font_name": FONT, "font_size": 11, "text_wrap": True, "valign": "top"})
    for text in table.notes:
        line += 1
        sheet.set_row(line, max(1, ceil(text_width(text) * _BIGGER / sum(widths))) * _LINE)
        _across(sheet, line, 0, count - 1, text, note)
    _set_up(sheet, widths, head)


def _title(book: Any, sheet: Any, table: PrintedTable, widths: Sequence[float]) -> int:
    """The title and the line under it; returns the header's row."""
    last = len(widths) - 1
    form = book.add_format(
        {"font_name": TITLE_FONT, "bold": True, "font_size": 18, "align": "center", "text_wrap": True}
    )
    lines = max(1, ceil(text_width(table.title) * 18 / 11 / sum(widths)))
    sheet.set_row(0, 28 * lines + 12)
    _across(sheet, 0, 0, last, table.title, form)
    if not table.left and not table.right:
        return 1
    small = {"font_name": FONT, "font_size": 12}
    sheet.set_row(1, 24)
    # Both ends share the line where the columns divide best.
    cut_at = 0
    if table.left and table.right:
        cut_at = min(range(max(last, 1)), key=lambda n: abs(sum(widths[: n + 1]) - sum(widths) / 2))
        _across(sheet, 1, 0, cut_at, table.left, book.add_format({**small, "align": "left"}))
        cut_at += 1
    if table.right:
        _across(sheet, 1, min(cut_at, last), last, table.right, book.add_format({**small, "align": "right"}))
    elif table.left:
        _across(sheet, 1, 0, last, table.left, book.add_format({**small, "align": "left"}))
    return 2


def _across(sheet: Any, row: int, first: int, last: int, text: str, form: Any) -> None:
    if last > first:
        sheet.merge_range(row, first, row, last, "", form)
    sheet.write_string(row, first, text, form)


def _write_cell(
    book: Any,
    sheet: Any,
    forms: dict[tuple[bool, bool, str], Any],
    at: tuple[int, int],
    value: Value,
    column: ColumnSpec,
    *,
    total: bool,
    prose: bool,
) -> None:
    cell = as_cell(value)
    digits = "General"
    if isinstance(cell, float) or column.kind is Kind.NUMBER:
        digits = "0." + "0" * column.decimals if column.decimals else "General"
    elif not isinstance(cell, (str, int, float, type(None))):
        digits = "yyyy-mm-dd"
    key = (total, prose, digits)
    if key not in forms:
        forms[key] = book.add_format(
            {
                "font_name": FONT,
                "font_size": 12,
                "bold": total,
                "align": "left" if prose else "center",
                "text_wrap": True,
                "border": 1,
                "num_format": digits,
            }
        )
    if cell is None or cell == "":
        sheet.write_blank(*at, None, forms[key])
    elif isinstance(cell, str):
        sheet.write_string(*at, cut(cell), forms[key])
    elif isinstance(cell, (int, float)):
        sheet.write_number(*at, cell, forms[key])
    else:
        sheet.write_datetime(*at, cell, forms[key])


def _shown(value: Value) -> str:
    cell = as_cell(value)
    return "" if cell is None else str(cell)


def _prose(table: PrintedTable, widths: Sequence[float]) -> set[int]:
    """Columns in which some text takes more than one line: they read from the left, all others from the middle."""
    return {
        number
        for number, width in enumerate(widths)
        if any(_lines(_shown(row[number]), width) > 1 for row in table.rows if isinstance(row[number], str))
    }


def _shared(table: PrintedTable) -> list[float]:
    """Column widths that fill the page.

    Short columns get what they need; long prose shares what is left. Where there is room over, all columns stretch.
    """
    wanted: list[float] = []
    prose: list[int] = []
    for number, column in enumerate(table.columns):
        if column.width:
            wanted.append(column.width)
            continue
        body = max((text_width(_shown(row[number])) for row in table.rows), default=0)
        title = text_width(column.title)
        if body > _LONG:
            prose.append(number)
        # A long head may take two lines.
        wanted.append(max(6, min(body, _LONG * 2), ceil(title / 2) if title > 16 else title) * _BIGGER + 2.5)
    short = sum(wanted) - sum(wanted[n] for n in prose)
    if prose and sum(wanted) > _PAGE:
        share = max((_PAGE - short) / len(prose), _LONG)
        for number in prose:
            wanted[number] = share
    stretch = max(1.0, min(_PAGE / sum(wanted), 2.5))
    return [round(w * stretch, 1) for w in wanted]


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row in points: as many lines as its fullest cell needs."""
    most = max((_lines(text, width) for text, width in zip(texts, widths, strict=True)), default=1)
    return min(_ROW + (most - 1) * _LINE, 409.0)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width."""
    room = max(1.0, (width - 1.5) / _BIGGER)
    return sum(max(1, ceil(text_width(part) / room)) for part in text.split("\n"))


def _set_up(sheet: Any, widths: Sequence[float], head: int) -> None:
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.6, top=0.75, bottom=0.75)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.hide_gridlines(2)
    sheet.set_footer("&C第 &P 页，共 &N 页")
