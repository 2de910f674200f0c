"""Files as they come: what opens, and what gets one clear refusal."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from zhuanban.core.problem import Refused
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


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)


def locked(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))


def torn(path: Path) -> None:
    xlsx(path)
    path.write_bytes(path.read_bytes()[:-400])


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (bomb, "sheets-005"),
        (locked, "sheets-003"),
        (torn, "sheets-002"),
        (lambda p: p.write_bytes(b""), "sheets-001"),
        (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "sheets-001"),
        (lambda p: p.write_bytes(b"PK\x03\x04 no archive"), "sheets-002"),
        (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no book"), "sheets-002"),
        (lambda p: p.write_text("只有一句话"), "sheets-001"),
        (lambda p: None, "sheets-006"),
    ],
)
def test_hostile_or_broken_files_get_one_clear_refusal(
    tmp_path: Path, make: Callable[[Path], object], code: str
) -> None:
    path = tmp_path / "来表.xlsx"
    make(path)
    with pytest.raises(Refused) as caught:
        open_book(path)
    assert [p.code for p in caught.value.problems] == [code]
