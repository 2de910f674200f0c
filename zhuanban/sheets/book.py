"""Any workbook as rows of plain values. What a file is, its first bytes say, never its name.

Nothing in a file is run: formulas are read as their last result, links are not followed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from lxml import etree, html
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from zhuanban.core.problem import Place, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.guard import unguard

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Row = list[Cell]

BYTES_MOST = 200 * 1024 * 1024
UNPACKED_MOST = 2 * 1024 * 1024 * 1024
RATIO_MOST = 250
ROWS_MOST = 1_048_576
COLUMNS_MOST = 2_000
PARTS_MOST = 5_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One worksheet. `rows()` yields (row number from 1, cells); `merged` holds (top, left, bottom, right) from 0."""

    name: str
    hidden: bool
    source: CalamineSheet | list[Row]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def rows(self) -> Iterator[tuple[int, Row]]:
        if isinstance(self.source, list):
            yield from enumerate(self.source, 1)
            return
        pad: Row = [None] * (self.source.start[1] if self.source.start else 0)  # rows come without empty first columns
        for number, row in enumerate(self.source.iter_rows(), 1):
            yield number, [*pad, *(None if v == "" else v for v in row)]


@dataclass(frozen=True, slots=True)
class Book:
    path: Path
    kind: str  # xlsx | ods | xls | csv | html
    sheets: tuple[SheetRows, ...]


def open_book(path: Path) -> Book:
    """Open a workbook. Raises Refused with one clear problem where it is broken, locked, huge, hostile or no sheet."""
    place = Place(file=path.name)
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as why:
        raise Refused(says.NO_FILE.at(place, file=path.name)) from why
    if size > BYTES_MOST:
        raise Refused(says.TOO_BIG.at(place, file=path.name, what=f"{size // 1024 // 1024} MB"))
    if head.startswith(ZIP):
        check_zip(path, place)
        return _calamine(path, place, "xlsx")
    if head.startswith(OLE):
        if _is_encrypted(path):
            raise Refused(says.LOCKED.at(place, file=path.name))
        return _calamine(path, place, "xls")
    text = _text(path, head, place)
    if "<table" in text[:200_000].lower():
        return Book(path, "html", tuple(_html(text, place)))
    return Book(path, "csv", (SheetRows("CSV", False, _csv(text, place)),))


def check_zip(source: Path | BinaryIO, place: Place) -> None:
    """Refuse archives that unpack to far more than they weigh, before anything unpacks them."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            names = {p.filename for p in parts}
            total = sum(p.file_size for p in parts)
            packed = sum(p.compress_size for p in parts) or 1
            if "EncryptedPackage" in names or any(p.flag_bits & 1 for p in parts):
                raise Refused(says.LOCKED.at(place, file=place.file))
            if len(parts) > PARTS_MOST or total > UNPACKED_MOST or (total > 50_000_000 and total / packed > RATIO_MOST):
                raise Refused(says.BOMB.at(place, file=place.file))
            if not names & {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}:
                raise Refused(says.NOT_A_SHEET.at(place, file=place.file))
    except (zipfile.BadZipFile, OSError, ValueError) as why:
        raise Refused(says.BROKEN.at(place, file=place.file)) from why


def _is_encrypted(path: Path) -> bool:
    """An OLE file that wraps an encrypted package, or a BIFF book with FilePass."""
    raw = path.read_bytes()
    return "EncryptedPackage".encode("utf-16-le") in raw or b"\x2f\x00\x36\x00\x01\x00\x01\x00" in raw[:65536]


def _calamine(path: Path, place: Place, kind: str) -> Book:
    try:
        with path.open("rb") as stream:
            book = CalamineWorkbook.from_filelike(stream)  # by content: a path would go by its name
        sheets = []
        for meta in book.sheets_metadata:
            if str(meta.typ) != "SheetTypeEnum.WorkSheet":
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.total_height > ROWS_MOST or sheet.total_width > COLUMNS_MOST:
                raise Refused(
                    says.TOO_BIG.at(place, file=path.name, what=f"{sheet.total_height}行{sheet.total_width}列")
                )
            merged = tuple(
                (top, left, bottom, right) for (top, left), (bottom, right) in (sheet.merged_cell_ranges or ())
            )
            sheets.append(SheetRows(meta.name, str(meta.visible) != "SheetVisibleEnum.Visible", sheet, merged))
    except Refused:
        raise
    except (CalamineError, OSError, ValueError, RuntimeError) as why:
        if "password" in str(why).lower() or "encrypt" in str(why).lower():
            raise Refused(says.LOCKED.at(place, file=path.name)) from why
        raise Refused(says.BROKEN.at(place, file=path.name)) from why
    except BaseException as why:  # a panic of the reader's own engine is no Exception
        if type(why).__name__ != "PanicException":
            raise
        raise Refused(says.BROKEN.at(place, file=path.name)) from why
    return Book(path, kind, tuple(sheets))


def _text(path: Path, head: bytes, place: Place) -> str:
    if not head.strip() or b"\x00" in head:
        raise Refused(says.NOT_A_SHEET.at(place, file=path.name))
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(c < " " and c not in "\r\n\t" for c in text[:4096]) == 0:
            return text
    raise Refused(says.NOT_A_SHEET.at(place, file=path.name))


def _csv(text: str, place: Place) -> list[Row]:
    first = text.split("\n", 1)[0]
    mark = "\t" if first.count("\t") > first.count(",") else ","
    if mark not in text:
        raise Refused(says.NOT_A_SHEET.at(place, file=place.file))
    try:
        return [[unguard(c) or None for c in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as why:
        raise Refused(says.BROKEN.at(place, file=place.file)) from why


def _html(text: str, place: Place) -> Iterator[SheetRows]:
    """A web page dressed as .xls: every cell is text, or ids would turn into floats."""
    try:
        page = html.document_fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, ValueError) as why:
        raise Refused(says.BROKEN.at(place, file=place.file)) from why
    for n, table in enumerate(page.iter("table"), 1):
        grid: list[Row] = []
        merged: list[tuple[int, int, int, int]] = []
        held: dict[tuple[int, int], bool] = {}
        for r, line in enumerate(table.iter("tr")):
            row: Row = []
            for cell in line:
                if cell.tag not in {"td", "th"}:
                    continue
                while held.get((r, len(row))):
                    row.append(None)
                down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
                if down > 1 or across > 1:
                    merged.append((r, len(row), r + down - 1, len(row) + across - 1))
                for i in range(1, down):
                    held.update({(r + i, len(row) + j): True for j in range(across)})
                row.append(" ".join("".join(map(str, cell.itertext())).split()) or None)
                row.extend([None] * (across - 1))
            grid.append(row)
        yield SheetRows(f"表{n}", False, grid, tuple(merged))


def _span(said: str | None) -> int:
    return min(int(said), 1000) if said and said.isdigit() and int(said) > 0 else 1
