"""An .xlsx as its parts, byte by byte, and its sheets to be read: what a template or an uploaded form holds.

Nothing is run and nothing outside the file is touched: no entities, no document types, no links. A file with macros, an
old .xls, and whatever else is no plain .xlsx is refused with what to do.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from math import isfinite
from typing import Any

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import get_column_letter

from zhuanban.core.problem import Place, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import OLE, ZIP
from zhuanban.sheets.cells import Cell
from zhuanban.sheets.form_areas import Area, address, area_of, place_of
from zhuanban.sheets.vet import vet_zip

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
FILE_MOST = 20 * 1024 * 1024
UNPACKED_MOST = 100 * 1024 * 1024  # a form is read whole
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EAST_ASIAN_DATES = frozenset({*range(27, 37), *range(50, 59)})  # built-in formats of a Chinese Excel


def tag(name: str, space: str = MAIN) -> str:
    return f"{{{space}}}{name}"


def parse(content: bytes, place: Place) -> etree._Element:
    """The root of an XML part. Raises Refused where it is broken or declares a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as why:
        raise Refused(says.BROKEN.at(place, file=place.file)) from why
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(says.BROKEN.at(place, file=place.file))
    return root


@dataclass(frozen=True, slots=True)
class Look:
    """What of a cell's style matters here."""

    dated: bool = False  # its number format is one of dates
    texted: bool = False  # its number format is text
    wrapped: bool = False
    bordered: bool = False
    size: float = 11.0  # of the font, in points


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    position: int  # from 0
    sheet_id: str
    hidden: bool


@dataclass(slots=True)
class Workbook:
    """The parts of a file in their order, and its sheets."""

    place: Place  # names the file
    infos: list[zipfile.ZipInfo]
    parts: dict[str, bytes]
    workbook: str  # path of the workbook part
    pages: list[Page]
    date1904: bool
    looks: list[Look]
    strings: list[str]
    sheets: dict[str, Sheet] = field(default_factory=dict)

    def page(self, name: str) -> Page | None:
        """The sheet of that name; without a name the first that is no chart."""
        return next((page for page in self.pages if not name or page.name == name), None)

    def sheet(self, page: Page) -> Sheet:
        if page.part not in self.sheets:
            self.sheets[page.part] = Sheet(self, page)
        return self.sheets[page.part]

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (type's last word, path) of what a part refers to inside the file."""
        folder, name = posixpath.split(part)
        content = self.parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"))
        if content is None:
            return {}
        found = {}
        for each in parse(content, self.place):
            if each.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
                found[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], target)
        return found


def open_workbook(content: bytes, name: str) -> Workbook:
    """A template or a filled form. Raises Refused with one clear problem."""
    place = Place(file=name)
    if len(content) > FILE_MOST:
        raise Refused(says.TOO_BIG.at(place, file=name, what=f"{len(content) // 1024 // 1024} MB"))
    if content.startswith(OLE) or not content.startswith(ZIP):
        raise Refused(says.OLD_FORM.at(place, file=name))
    vet_zip(io.BytesIO(content), place)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > UNPACKED_MOST:
                raise Refused(says.BOMB.at(place, file=name))
            parts = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as why:
        raise Refused(says.BROKEN.at(place, file=name)) from why
    if "xl/workbook.xml" not in parts:
        raise Refused(says.OLD_FORM.at(place, file=name))
    types = parts.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types or any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise Refused(says.MACROS.at(place, file=name))
    try:
        return _open(infos, parts, place)
    except (ValueError, TypeError) as why:
        raise Refused(says.BROKEN.at(place, file=name)) from why


def _open(infos: list[zipfile.ZipInfo], parts: dict[str, bytes], place: Place) -> Workbook:
    root = parse(parts["xl/workbook.xml"], place)
    if root.tag != tag("workbook"):  # the "strict" dialect has other names for everything
        raise Refused(says.OLD_FORM.at(place, file=place.file))
    properties = root.find(tag("workbookPr"))
    date1904 = properties is not None and properties.get("date1904") in ("1", "true")
    book = Workbook(place, infos, parts, "xl/workbook.xml", [], date1904, [], [])
    relations = book.relations(book.workbook)
    listed = root.find(tag("sheets"))
    for position, each in enumerate(listed if listed is not None else ()):
        kind, part = relations.get(each.get(f"{{{RELATION}}}id", ""), ("", ""))
        if kind == "worksheet" and part in parts:
            hidden = each.get("state", "visible") != "visible"
            book.pages.append(Page(each.get("name", ""), part, position, each.get("sheetId", ""), hidden))
    if not book.pages:
        raise Refused(says.BROKEN.at(place, file=place.file))
    for kind, part in relations.values():
        if kind == "sharedStrings" and part in parts:
            book.strings = [_text(each) for each in parse(parts[part], place).iterfind(tag("si"))]
        elif kind == "styles" and part in parts:
            book.looks = _looks(parse(parts[part], place))
    return book


def _text(node: etree._Element) -> str:
    """The text of a shared or inline string: all its runs, without the readings above them."""
    found = [t.text or "" for t in node.iterfind(tag("t"))]
    found += [t.text or "" for t in node.iterfind(f"{tag('r')}/{tag('t')}")]
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(found))


def _looks(styles: etree._Element) -> list[Look]:
    formats = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter(tag("numFmt"))}
    sizes = [_size(font) for font in styles.iterfind(f"{tag('fonts')}/{tag('font')}")]
    borders = [any(side.get("style") for side in each) for each in styles.iterfind(f"{tag('borders')}/{tag('border')}")]
    looks = []
    for each in styles.iterfind(f"{tag('cellXfs')}/{tag('xf')}"):
        number = each.get("numFmtId", "0")
        code = formats.get(number) or BUILTIN_FORMATS.get(int(number), "")
        font, border = int(each.get("fontId", "0")), int(each.get("borderId", "0"))
        alignment = each.find(tag("alignment"))
        looks.append(
            Look(
                dated=is_date_format(code) or int(number) in _EAST_ASIAN_DATES,
                texted=code == "@",
                wrapped=alignment is not None and alignment.get("wrapText") in ("1", "true"),
                bordered=border < len(borders) and borders[border],
                size=sizes[font] if font < len(sizes) else 11.0,
            )
        )
    return looks


def _size(font: etree._Element) -> float:
    size = font.find(tag("sz"))
    return float(size.get("val", "11")) if size is not None else 11.0


class Sheet:
    """One worksheet: its XML, and quick ways to its cells."""

    def __init__(self, book: Workbook, page: Page) -> None:
        self.book = book
        self.page = page
        self.root = parse(book.parts[page.part], book.place)
        data = self.root.find(tag("sheetData"))
        if self.root.tag != tag("worksheet") or data is None:
            raise Refused(says.BROKEN.at(book.place, file=book.place.file))
        self.data: etree._Element = data
        self.rows: dict[int, etree._Element] = {}
        self.cells: dict[tuple[int, int], etree._Element] = {}
        try:
            self._index()
            assert (self.merges, self.lists, self.hidden_columns, self.widths()) is not None
        except (ValueError, TypeError) as why:
            raise Refused(says.BROKEN.at(book.place, file=book.place.file)) from why

    def _index(self) -> None:
        row = 0
        for line in self.data:
            row = int(line.get("r") or row + 1)
            line.set("r", str(row))
            self.rows[row] = line
            column = 0
            for cell in line:
                if cell.tag != tag("c"):
                    continue
                column = place_of(cell.get("r", ""))[1] if cell.get("r") else column + 1
                cell.set("r", address(row, column))
                self.cells[(row, column)] = cell

    @cached_property
    def merges(self) -> list[Area]:
        return [area_of(each.get("ref", "")) for each in self.root.iterfind(f"{tag('mergeCells')}/{tag('mergeCell')}")]

    @cached_property
    def protected(self) -> bool:
        found = self.root.find(tag("sheetProtection"))
        return found is not None and found.get("sheet") in ("1", "true")

    @cached_property
    def hidden_columns(self) -> set[int]:
        found: set[int] = set()
        for each in self.root.iterfind(f"{tag('cols')}/{tag('col')}"):
            if each.get("hidden") in ("1", "true") or each.get("width") in ("0", "0.0"):
                found |= set(range(int(each.get("min", "1")), min(int(each.get("max", "1")), 16_384) + 1))
        return found

    @cached_property
    def hidden_rows(self) -> set[int]:
        return {row for row, line in self.rows.items() if line.get("hidden") in ("1", "true")}

    @cached_property
    def lists(self) -> list[Area]:
        """The areas in which a drop-down list offers words, those that refer to another sheet too."""
        own = [
            each.get("sqref", "")
            for each in self.root.iterfind(f"{tag('dataValidations')}/{tag('dataValidation')}")
            if each.get("type") == "list"
        ]
        for each in self.root.iter(tag("dataValidation", X14)):
            if each.get("type") == "list":
                own.append(each.findtext(tag("sqref", XM), ""))
        return [area_of(_whole(part)) for text in own for part in text.split()]

    def widths(self) -> dict[int, float]:
        """Width in digits of every column that says one; 0 holds the width of all others."""
        form = self.root.find(tag("sheetFormatPr"))
        found = {0: float(form.get("defaultColWidth", "8.43")) if form is not None else 8.43}
        for each in self.root.iterfind(f"{tag('cols')}/{tag('col')}"):
            if each.get("width"):
                last = min(int(each.get("max", "1")), int(each.get("min", "1")) + 200)
                for column in range(int(each.get("min", "1")), last + 1):
                    found[column] = float(each.get("width", "8.43"))
        return found

    def look(self, row: int, column: int) -> Look:
        cell = self.cells.get((row, column))
        style = int(cell.get("s", "0")) if cell is not None else 0
        return self.book.looks[style] if style < len(self.book.looks) else Look()

    def formula(self, row: int, column: int) -> bool:
        """Does a formula stand here?"""
        cell = self.cells.get((row, column))
        return cell is not None and cell.find(tag("f")) is not None

    def value(self, row: int, column: int) -> Cell:
        """What stands in a cell; of a formula its last result. Dates are days."""
        cell = self.cells.get((row, column))
        if cell is None:
            return None
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inner = cell.find(tag("is"))
            return (_text(inner) or None) if inner is not None else None
        said: str | None = cell.findtext(tag("v"))
        if said is None or said == "":
            return None
        if kind == "s":
            return (self.book.strings[int(said)] or None) if int(said) < len(self.book.strings) else None
        if kind == "b":
            return said == "1"
        if kind in ("str", "e"):
            return said
        try:
            number = float(said)
        except ValueError:
            return said
        if not isfinite(number):
            return said
        if self.look(row, column).dated and 0 < number < 2_958_466:
            return self.day(number)
        return int(number) if number.is_integer() else number

    def day(self, serial: float) -> date:
        return (date(1904, 1, 1) if self.book.date1904 else date(1899, 12, 30)) + timedelta(days=int(serial))

    def serial(self, day: date) -> int:
        return (day - (date(1904, 1, 1) if self.book.date1904 else date(1899, 12, 30))).days

    def text(self, row: int, column: int) -> str:
        """A cell's text without blanks and line breaks: for comparing heads, titles and notes."""
        value = self.value(row, column)
        return "" if value is None else "".join(str(value).split())

    def last_row(self) -> int:
        """The last row in which anything stands."""
        return max((row for (row, column) in self.cells if self.value(row, column) is not None), default=0)

    def spot(self, row: int, column: int | None = None) -> Place:
        """A place in this sheet, for problems."""
        here: dict[str, Any] = {"file": self.book.place.file, "sheet": self.page.name}
        if column is None:
            return Place(**here, row=row)
        return Place(**here, cell=address(row, column))


def _whole(reference: str) -> str:
    """An area with both ends: whole columns and rows written out."""
    if re.fullmatch(r"[A-Z]{1,3}:[A-Z]{1,3}", reference):
        first, _, last = reference.partition(":")
        return f"{first}1:{last}1048576"
    if re.fullmatch(r"[0-9]+:[0-9]+", reference):
        first, _, last = reference.partition(":")
        return f"A{first}:XFD{last}"
    return reference


def letters(column: int) -> str:
    """`C` of 3."""
    return str(get_column_letter(column))
