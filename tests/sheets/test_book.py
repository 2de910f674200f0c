"""Files as they come: what a file is, its bytes say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from zhuanban.sheets.book import open_book


def xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["编号", "340123199001011234"])  # type: ignore[union-attr]
    book.save(path)


def xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("表")
    page.write(0, 0, "编号")
    page.write(0, 1, "340123199001011234")
    book.save(str(path))


def ods(path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    table, row = Table(name="表"), TableRow()
    for word in ("编号", "340123199001011234"):
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=word))
        row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(path))


def page(path: Path) -> None:
    path.write_bytes("<html><table><tr><td>编号</td><td>340123199001011234</td></tr></table></html>".encode("gb18030"))


def text(path: Path) -> None:
    path.write_bytes("编号,340123199001011234\r\n".encode("gb18030"))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.xlsx", xlsx),
        ("a.et", xlsx),
        ("a.xls", xls),
        ("b.et", xls),
        ("wrong-ending.xlsx", xls),
        ("a.ods", ods),
        ("page.xls", page),
        ("a.csv", text),
    ],
)
def test_what_a_file_is_its_bytes_say(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    path = tmp_path / name
    make(path)
    sheet = open_book(path).sheets[0]
    assert next(iter(sheet.rows())) == (1, ["编号", "340123199001011234"])
