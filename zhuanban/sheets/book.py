"""Any workbook as rows of plain values. What a file is, its first bytes say, never its name.

Nothing in a file is run: formulas are read as their last result, links are not followed.
"""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path

from lxml import etree, html
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from zhuanban.core.problem import Place, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.cells import Block, Faults, Row
from zhuanban.sheets.guard import unguard
from zhuanban.sheets.ods import read_ods
from zhuanban.sheets.vet import check_area, vet_ole, vet_zip

BYTES_MOST = 200 * 1024 * 1024
TEXT_MOST = 64 * 1024 * 1024  # of CSV
PAGE_MOST = 16 * 1024 * 1024  # of HTML, which takes ten times as much in memory
MERGED_MOST = 100_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One worksheet. `rows()` yields (row number from 1, cells); `merged` holds (top, left, bottom, right) from 0."""

    name: str
    hidden: bool
    source: CalamineSheet | list[Row]
    merged: tuple[Block, ...] = ()
    faults: Faults = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, Row]]:
        if isinstance(self.source, list):
            yield from enumerate(self.source, 1)
            return
        pad: Row = [None] * (self.source.start[1] if self.source.start else 0)  # rows come without empty first columns
        rows = ([*pad, *(None if v == "" else v for v in row)] for row in self.source.iter_rows())
        yield from self._with_faults(rows) if self.faults else enumerate(rows, 1)

    def _with_faults(self, rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
        """The rows, and in them, beside and below them the errors that the reader does not see."""
        bottom, right = max(r for r, _ in self.faults), max(c for _, c in self.faults) + 1
        nothing: Row = []
        for number, row in enumerate(chain(rows, repeat(nothing)), 1):
            if row is nothing and number > bottom:
                return
            cells: Row = [*row, *[None] * (right - len(row))]
            yield number, [self.faults.get((number, c)) if v is None else v for c, v in enumerate(cells)]


@dataclass(frozen=True, slots=True)
class Book:
    path: Path
    kind: str  # xlsx | ods | xls | csv | html
    sheets: tuple[SheetRows, ...]
    keywords: str = ""  # of an .xlsx: a marked-up copy says there what it was made from


ORIGIN = "zhuanban:"  # in the copy's keywords, before the hashes of the files that it was made from, oldest first


def origins(book: Book) -> list[str]:
    """Hashes of the files that this one was made from as a marked-up copy, oldest first."""
    return book.keywords.removeprefix(ORIGIN).split() if book.keywords.startswith(ORIGIN) else []


def open_book(path: Path) -> Book:
    """Open a workbook. Raises Refused with one clear problem where it is broken, locked, huge, hostile or no sheet."""
    place = Place(file=path.name)
    try:
        known = path.stat()
        if not stat.S_ISREG(known.st_mode):
            raise Refused(says.NO_PLAIN_FILE.at(place, file=path.name))
        with path.open("rb") as stream:
            head = stream.read(4096)
    except FileNotFoundError as why:
        raise Refused(says.NO_FILE.at(place, file=path.name)) from why
    except OSError as why:
        raise Refused(says.UNREADABLE.at(place, file=path.name)) from why
    _check_size(known.st_size, BYTES_MOST, place)
    if head.startswith(ZIP):
        vetted = vet_zip(path, place)
        if vetted.kind == "ods":
            return _ods(path, place)
        parts = _parts_by_sheet(path) if vetted.faults else {}
        sheets = _calamine(path, place, lambda _, name: vetted.faults.get(parts.get(name, ""), {}))
        return Book(path, "xlsx", sheets, vetted.keywords)
    if head.startswith(OLE):
        in_order = vet_ole(path, place)
        return Book(path, "xls", _calamine(path, place, lambda n, _: in_order[n] if n < len(in_order) else {}))
    _check_size(known.st_size, TEXT_MOST, place)
    text = _text(path, head, place)
    if "<table" in text[:200_000].lower():
        _check_size(known.st_size, PAGE_MOST, place)
        return Book(path, "html", tuple(_html(text, place)))
    return Book(path, "csv", (SheetRows("CSV", False, _csv(text, place)),))


def _check_size(size: int, most: int, place: Place) -> None:
    if size > most:
        raise Refused(says.TOO_BIG.at(place, file=place.file, what=f"{size // 1024 // 1024} MB"))


def _calamine(path: Path, place: Place, faults: Callable[[int, str], Faults]) -> tuple[SheetRows, ...]:
    try:
        with path.open("rb") as stream:
            book = CalamineWorkbook.from_filelike(stream)  # by content: a path would go by its name
        sheets = []
        for n, meta in enumerate(book.sheets_metadata):
            if str(meta.typ) != "SheetTypeEnum.WorkSheet":
                continue
            sheet = book.get_sheet_by_name(meta.name)
            ranges = sheet.merged_cell_ranges or ()
            if len(ranges) > MERGED_MOST:
                raise Refused(says.BOMB.at(place, file=path.name))
            merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in ranges)
            hidden = str(meta.visible) != "SheetVisibleEnum.Visible"
            sheets.append(SheetRows(meta.name, hidden, sheet, merged, faults(n, meta.name)))
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
    return tuple(sheets)


def _parts_by_sheet(path: Path) -> dict[str, str]:
    """Name of a worksheet → the part of the workbook that holds it."""
    safe = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(path) as archive:
        names = etree.fromstring(archive.read("xl/workbook.xml"), safe)
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), safe)
    targets = {n.get("Id"): str(n.get("Target")) for n in links}
    found = {}
    for node in names.iter("{*}sheet"):
        link = next((v for k, v in node.attrib.items() if str(k).endswith("}id")), "")
        target = targets.get(link, "")
        found[str(node.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _ods(path: Path, place: Place) -> Book:
    sheets = tuple(SheetRows(*sheet) for sheet in read_ods(path, place))
    if any(len(sheet.merged) > MERGED_MOST for sheet in sheets):
        raise Refused(says.BOMB.at(place, file=path.name))
    return Book(path, "ods", sheets)


def _text(path: Path, head: bytes, place: Place) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not head.strip() or (b"\x00" in head and not wide):
        raise Refused(says.NOT_A_SHEET.at(place, file=path.name))
    raw = path.read_bytes()
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(c < " " and c not in "\r\n\t" for c in text[:4096]) == 0:
            return text
    raise Refused(says.NOT_A_SHEET.at(place, file=path.name))


def _csv(text: str, place: Place) -> list[Row]:
    first = text[:10_000]
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
    area = 0
    for n, table in enumerate(page.iter("table"), 1):
        grid: list[Row] = []
        merged: list[Block] = []
        held: dict[int, int] = {}  # column → last row of a cell that reaches down
        lines = [line for line in table.iter("tr") if next(line.iterancestors("table")) is table]
        for r, line in enumerate(lines):
            row: Row = []
            for cell in line.iterchildren("td", "th"):
                while held.get(len(row), -1) >= r:
                    row.append(None)
                down, across = min(_span(cell.get("rowspan")), len(lines) - r), _span(cell.get("colspan"))
                if down > 1 or across > 1:
                    merged.append((r, len(row), r + down - 1, len(row) + across - 1))
                area += check_area(down, across, area, place)
                held.update({len(row) + j: r + down - 1 for j in range(across) if down > 1})
                for gap in cell.iter("br"):
                    gap.tail = "\n" + (gap.tail or "")
                words = (" ".join(part.split()) for part in "".join(map(str, cell.itertext())).split("\n"))
                row.append("\n".join(filter(None, words)) or None)
                row.extend([None] * (across - 1))
            grid.append(row)
        yield SheetRows(f"表{n}", False, grid, tuple(merged))


def _span(said: str | None) -> int:
    return min(int(said), 1000) if said and said.isdigit() and int(said) > 0 else 1
