"""Workbooks as offices would have sent them: each sender has its own habits, always the same ones.

Styles: `plain` (xlsx, title row above, real dates), `two_level` (merged two-level header, dates as 2023.12.5, a totals
row in the middle), `notes` (renamed and reordered columns, dates as 12月5日, signatures below), `old` (.xls, full-width
digits), `et` (the same file called .et), `ods`, `csv` (GB 18030, dates as 2023/12/5), `sheets` (one sheet per part).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be sent: a title, heads (with another word for each, where the sender uses one), rows."""

    title: str
    heads: Sequence[str]
    aliases: Mapping[str, str]
    rows: Sequence[Sequence[Value]]
    unit: str
    day: date


def write(folder: Path, name: str, style: str, sheet: Sheet) -> Path:
    """Write the workbook in a style; returns its path."""
    ending, writer = STYLES[style]
    path = folder / f"{name}{ending}"
    writer(path, sheet)
    return path


def _plain(path: Path, sheet: Sheet) -> None:
    book, page = _book(sheet)
    page.append([sheet.title])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(sheet.heads) + 1)
    page["A1"].font = Font(bold=True, size=16)
    page["A1"].alignment = Alignment(horizontal="center")
    page.append(["序号", *sheet.heads])
    for n, row in enumerate(sheet.rows, 1):
        page.append([n, *row])
    book.save(path)


def _two_level(path: Path, sheet: Sheet) -> None:
    book, page = _book(sheet)
    page.append([sheet.title])
    page.append([f"填报单位：{sheet.unit}"])
    half = len(sheet.heads) // 2
    page.append(["序号", "基本情况", *[None] * (half - 1), "办理情况"])
    page.append([None, *sheet.heads])
    page.merge_cells("A3:A4")
    page.merge_cells(start_row=3, start_column=2, end_row=3, end_column=half + 1)
    page.merge_cells(start_row=3, start_column=half + 2, end_row=3, end_column=len(sheet.heads) + 1)
    middle = len(sheet.rows) // 2
    for n, row in enumerate(sheet.rows, 1):
        page.append([n, *[_dotted(v) for v in row]])
        if n == middle:
            page.append(["小计", f"{n}"])
    page.append(["合计", f"{len(sheet.rows)}"])
    book.save(path)


def _notes(path: Path, sheet: Sheet) -> None:
    book, page = _book(sheet)
    page.append([None, sheet.title])
    page.append([])
    order = sorted(range(len(sheet.heads)), key=lambda i: (i % 3, i))
    page.append([sheet.aliases.get(sheet.heads[i], sheet.heads[i]) for i in order])
    for row in sheet.rows:
        page.append([_month_day(row[i], sheet.day) for i in order])
    page.append([])
    page.append(["注：本表由各街道（乡镇）汇总后报送。"])
    page.append(["填表人：", None, "负责人：", None, f"{sheet.day.year}年{sheet.day.month}月{sheet.day.day}日"])
    book.save(path)


def _old(path: Path, sheet: Sheet) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Sheet1")
    day_style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    page.write_merge(0, 0, 0, len(sheet.heads) - 1, sheet.title)
    for c, head in enumerate(sheet.heads):
        page.write(1, c, head)
    for r, row in enumerate(sheet.rows, 2):
        for c, value in enumerate(row):
            if isinstance(value, date):
                page.write(r, c, value, day_style)
            elif value is not None:
                page.write(r, c, _full_width(value))
    book.save(str(path))


def _ods(path: Path, sheet: Sheet) -> None:
    document = OpenDocumentSpreadsheet()
    page = Table(name="汇总表")
    for row in ([sheet.title], list(sheet.heads), *sheet.rows):
        line = TableRow()
        for value in row:
            cell = TableCell() if value is None else TableCell(valuetype="string")
            if value is not None:
                cell.addElement(P(text=str(value)))
            line.addElement(cell)
        page.addElement(line)
    document.spreadsheet.addElement(page)
    document.save(str(path))


def _csv(path: Path, sheet: Sheet) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.heads)
    for row in sheet.rows:
        writer.writerow([f"{v.year}/{v.month}/{v.day}" if isinstance(v, date) else "" if v is None else v for v in row])
    path.write_bytes(out.getvalue().encode("gb18030"))


def _sheets(path: Path, sheet: Sheet) -> None:
    book, first = _book(sheet)
    half = (len(sheet.rows) + 1) // 2
    for n, rows in enumerate((sheet.rows[:half], sheet.rows[half:]), 1):
        page = first if n == 1 else book.create_sheet()
        page.title = f"第{n}部分"
        page.append([sheet.title])
        page.append(list(sheet.heads))
        for row in rows:
            page.append(list(row))
    book.create_sheet("说明").append(["本表一式两份。"])
    book.save(path)


def _book(sheet: Sheet):  # type: ignore[no-untyped-def]  # openpyxl types `active` as any kind of sheet
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Sheet1"
    return book, page


def _dotted(value: Value) -> Value:
    return f"{value.year}.{value.month}.{value.day}" if isinstance(value, date) else value


def _month_day(value: Value, day: date) -> Value:
    if isinstance(value, date):
        return (
            f"{value.month}月{value.day}日" if value.year == day.year else f"{value.year}年{value.month}月{value.day}日"
        )
    return value


def _full_width(value: Value) -> Value:
    if isinstance(value, int | float):
        return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in str(value))
    return value


STYLES: dict[str, tuple[str, Callable[[Path, Sheet], None]]] = {
    "plain": (".xlsx", _plain),
    "two_level": (".xlsx", _two_level),
    "notes": (".xlsx", _notes),
    "old": (".xls", _old),
    "et": (".et", _old),
    "ods": (".ods", _ods),
    "csv": (".csv", _csv),
    "sheets": (".xlsx", _sheets),
}
