"""Workbooks drawn as text, and written as real files of every make that offices send.

A row is a line, cells are parted by `|`. A cell is text as written, or:
`#1.5` a number, `@2023-12-05` a date, `=A1+1` a formula without a result, `<` merged with the cell to its left,
`^` merged with the cell above, `\\n` inside text a line break. Lines `== 名` begin a sheet of that name.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

Value = str | float | date | None


@dataclass
class Drawn:
    """A sheet: rows of values, and merged blocks (top, left, bottom, right) from 0."""

    name: str
    rows: list[list[Value]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def drawn(text: str) -> list[Drawn]:
    """The sheets that a text draws."""
    sheets: list[tuple[str, list[list[str]]]] = []
    for line in text.strip("\n").split("\n"):
        line = line.strip()
        if line.startswith("=="):
            sheets.append((line.strip("= "), []))
            continue
        if not sheets:
            sheets.append(("表1", []))
        sheets[-1][1].append([c.strip(" ") for c in line.split("|")] if line else [])
    return [_sheet(name, rows) for name, rows in sheets]


def _sheet(name: str, rows: list[list[str]]) -> Drawn:
    sheet = Drawn(name)
    sheet.rows = [[_value(c) for c in row] for row in rows]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell in {"<", "^"}:
                continue
            right = c
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            bottom = r
            while bottom + 1 < len(rows) and c < len(rows[bottom + 1]) and rows[bottom + 1][c] == "^":
                bottom += 1
            if (bottom, right) != (r, c):
                sheet.merged.append((r, c, bottom, right))
    return sheet


def _value(cell: str) -> Value:
    if cell in {"", "<", "^"}:
        return None
    if cell.startswith("#") and cell[1:2] in "-.0123456789" and cell != "#":
        number = float(cell[1:])
        return int(number) if number.is_integer() else number
    if cell.startswith("@"):
        return date.fromisoformat(cell[1:])
    return cell.replace("\\n", "\n")


def xlsx(path: Path, sheets: list[Drawn]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for r, row in enumerate(sheet.rows, 1):
            for c, value in enumerate(row, 1):
                if value is not None:
                    page.cell(r, c).value = value
        for top, left, bottom, right in sheet.merged:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    book.save(path)


def xls(path: Path, sheets: list[Drawn]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        blocks = {(top, left): block for block in sheet.merged for top, left in [block[:2]]}
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                if value is None:
                    continue
                style = dates if isinstance(value, date) else xlwt.Style.default_style
                if (r, c) in blocks:
                    top, left, bottom, right = blocks[(r, c)]
                    page.write_merge(top, bottom, left, right, value, style)
                else:
                    page.write(r, c, value, style)
    book.save(str(path))


def ods(path: Path, sheets: list[Drawn]) -> None:
    document = OpenDocumentSpreadsheet()
    for sheet in sheets:
        table = Table(name=sheet.name)
        blocks = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merged}
        covered = {
            (r, c)
            for top, left, bottom, right in sheet.merged
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        } - set(blocks)
        for r, row in enumerate(sheet.rows):
            line = TableRow()
            for c, value in enumerate(row):
                if (r, c) in covered:
                    line.addElement(CoveredTableCell())
                    continue
                down, across = blocks.get((r, c), (1, 1))
                words: dict[str, object] = {"numberrowsspanned": down, "numbercolumnsspanned": across}
                if isinstance(value, date):
                    words |= {"valuetype": "date", "datevalue": value.isoformat()}
                elif isinstance(value, int | float):
                    words |= {"valuetype": "float", "value": str(value)}
                elif value is not None:
                    words |= {"valuetype": "string"}
                cell = TableCell(
                    **(words if down > 1 or across > 1 else {k: v for k, v in words.items() if "span" not in k})
                )
                if value is not None:
                    for part in str(value).split("\n"):
                        cell.addElement(P(text=part))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    document.save(str(path))


def page(path: Path, sheets: list[Drawn]) -> None:
    """A web page in gb2312, as systems hand out under the name of .xls."""
    text = ["<html><head><meta charset='gb2312'></head><body>"]
    for sheet in sheets:
        blocks = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merged}
        covered = {
            (r, c)
            for top, left, bottom, right in sheet.merged
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        } - set(blocks)
        text.append("<table>")
        for r, row in enumerate(sheet.rows):
            text.append("<tr>")
            for c, value in enumerate(row):
                if (r, c) not in covered:
                    down, across = blocks.get((r, c), (1, 1))
                    text.append(
                        f"<td rowspan={down} colspan={across}>{escape(_as_text(value)).replace(chr(10), '<br>')}</td>"
                    )
            text.append("</tr>")
        text.append("</table>")
    path.write_bytes("".join(text).encode("gb18030"))


def comma(path: Path, sheets: list[Drawn]) -> None:
    """A CSV as Excel saves it on a Chinese machine."""
    _separated(path, sheets, "gb18030", ",")


def tabbed(path: Path, sheets: list[Drawn]) -> None:
    """What Excel calls Unicode text."""
    _separated(path, sheets, "utf-16", "\t")


def _separated(path: Path, sheets: list[Drawn], encoding: str, mark: str) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=mark).writerows([_as_text(v) for v in row] for row in sheets[0].rows)


def _as_text(value: Value) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


MAKES: dict[str, Callable[[Path, list[Drawn]], None]] = {
    ".xlsx": xlsx,
    ".xls": xls,
    ".ods": ods,
    ".et": xls,
    ".htm.xls": page,
    ".csv": comma,
    ".txt": tabbed,
}


def rows_of(text: str) -> list[list[str]]:
    """A table in a test: its lines, each as its cells."""
    return [[c.strip() for c in line.split("|")] for line in text.strip().split("\n") if line.strip()]
