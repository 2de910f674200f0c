"""A look at a file before anything opens it: is it locked, broken, or made to burst whoever opens it?

The reader of workbooks sets out every sheet as a full rectangle in memory, so two cells in far corners would fill it.
Sizes are therefore taken from what a file really unpacks to and where its cells really stand, never from what it says
of itself.
"""

from __future__ import annotations

import copy
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import olefile

from zhuanban.core.problem import Place, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.cells import UNCOUNTED, Faults

UNPACKED_MOST = 640 * 1024 * 1024  # as many cells as are allowed, each written out at length
RATIO_MOST = 250
RATIO_FROM = 50_000_000  # smaller files may be as well packed as they like
PARTS_MOST = 5_000
ROWS_MOST = 1_048_576
COLUMNS_MOST = 2_000
AREA_MOST = 12_000_000  # cells of all sheets: about 400 MB in memory

_CELL = re.compile(rb"""\sr=["']([A-Za-z]+)(\d+)["']""")
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"')
_FILLED = re.compile(rb"""[<:]c\s[^>]*?\br=["']([A-Za-z]+)(\d+)["'](?:\s[^>]*)?(?<!/)>""")
_TAG = re.compile(rb"[<:]c[\s>/]")
_ROW = re.compile(rb"""[<:]row(?:\s[^>]*?\br=["'](\d+))?""")
_DECLARES = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")  # also in UTF-16
_PICTURES = (
    "xl/media/",
    "Pictures/",
)  # a drawing among them may say what it is by a DOCTYPE; none of them is read here
_KEYWORDS = re.compile(rb"keywords>([^<]{0,1000})<")
_NO_RESULT = re.compile(
    rb"""[<:]c\s(?![^>]*\bt=.str)[^>]*\br=.([A-Z]+)(\d+)[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>"""
)
_ERROR = re.compile(rb"""[<:]c\s(?=[^>]*\bt=["']e["'])[^>]*\br=.([A-Z]+)(\d+)[^>]*>.{0,8000}?v>(#[^<]*)<""", re.DOTALL)


@dataclass(slots=True)
class Vetted:
    """What a look at an archive tells: `xlsx` or `ods`; errors of formulas by part of the workbook; its keywords."""

    kind: str
    faults: dict[str, Faults] = field(default_factory=dict)
    keywords: str = ""


def vet_zip(source: Path | BinaryIO, place: Place) -> Vetted:
    """A look at an archive. Raises Refused for what is locked, broken, hostile, too large, or no workbook."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            names = {p.filename for p in parts}
            if names & {"EncryptedPackage", "encrypted-package"} or any(p.flag_bits & 1 for p in parts):
                raise Refused(says.LOCKED.at(place, file=place.file))
            if len(parts) > PARTS_MOST:
                raise Refused(says.BOMB.at(place, file=place.file))
            kind = "xlsx" if "xl/workbook.xml" in names else "ods" if "content.xml" in names else ""
            if not kind:
                raise Refused(says.NOT_A_SHEET.at(place, file=place.file))
            vetted = Vetted(kind)
            _vet_parts(archive, parts, vetted, place)
            return vetted
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, zlib.error, lzma.LZMAError) as why:
        raise Refused(says.BROKEN.at(place, file=place.file)) from why


def _vet_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], vetted: Vetted, place: Place) -> None:
    packed = sum(p.compress_size for p in parts) or 1
    area = 0
    _check_unpacked(sum(p.file_size for p in parts), packed, place)  # what it says itself; below, whether that is true
    for part in parts:
        reach = _Reach()
        size = 0
        for piece in _unpack(archive, part):
            if part.filename == "docProps/core.xml" and (said := _KEYWORDS.search(piece)):
                vetted.keywords = said[1].decode("utf-8", "replace")
            if part.filename == "META-INF/manifest.xml" and b"encryption-data" in piece:
                raise Refused(says.LOCKED.at(place, file=place.file))
            size += len(piece)
            if size > part.file_size:
                raise Refused(says.BOMB.at(place, file=place.file))
            if _declares(part.filename, piece):
                raise Refused(says.HOSTILE.at(place, file=place.file, part=part.filename))
            if vetted.kind == "xlsx":
                reach.look(piece)
                if reach.begun > ROWS_MOST:
                    raise Refused(says.TOO_BIG.at(place, file=place.file, what=f"超过{ROWS_MOST}行"))
                if area + reach.filled > AREA_MOST:
                    raise Refused(says.TOO_BIG.at(place, file=place.file, what=f"单元格超过{AREA_MOST // 10_000}万个"))
        if size != part.file_size:
            raise Refused(says.BOMB.at(place, file=place.file))
        if vetted.kind == "xlsx":
            if reach.doubtful:
                reach = _exactly(b"".join(_unpack(archive, part)))
            area += check_area(reach.rows, reach.columns, area, place)
            if reach.faulty:
                vetted.faults[part.filename] = _faults(b"".join(_unpack(archive, part)))


def _check_unpacked(unpacked: int, packed: int, place: Place) -> None:
    if unpacked > UNPACKED_MOST or (unpacked > RATIO_FROM and unpacked > packed * RATIO_MOST):
        raise Refused(says.BOMB.at(place, file=place.file))


def _declares(part: str, piece: bytes) -> bool:
    """Does it declare entities, or a type that may? Old makes of .ods name the type of their list of parts."""
    if part.startswith(_PICTURES) or (b"<!" not in piece and b"<\0!" not in piece):
        return False
    said = {found[0].replace(b"\0", b"") for found in _DECLARES.finditer(piece)}
    return bool(said - {b"<!DOCTYPE"} if part == "META-INF/manifest.xml" else said)


def check_area(rows: int, columns: int, others: int, place: Place) -> int:
    """The cells of a sheet, where it and the `others` together are not too many. Raises Refused."""
    if rows > ROWS_MOST or columns > COLUMNS_MOST or others + rows * columns > AREA_MOST:
        raise Refused(says.TOO_BIG.at(place, file=place.file, what=f"{rows}行{columns}列"))
    return rows * columns


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part really unpacks to, whatever its head says; cut so that no tag is torn."""
    whole = copy.copy(part)
    whole.file_size = UNPACKED_MOST + 1
    rest = b""
    with archive.open(whole) as stream:
        while piece := stream.read(1 << 20):
            piece = rest + piece
            cut = piece.rfind(b"<")
            cut = cut if cut > 0 and len(piece) - cut < 4096 else len(piece)
            rest = piece[cut:]
            yield piece[:cut]
    if rest:
        yield rest


class _Reach:
    """How far the cells of a part reach, as far as a quick look tells; `doubtful` where it may be less, or more.

    `begun` counts rows, `filled` cells that are not written as empty: they take their room wherever they stand.
    """

    def __init__(self) -> None:
        self.rows = self.columns = self.begun = self.filled = 0
        self.doubtful = self.faulty = False

    def look(self, piece: bytes) -> None:
        cells = _PLAIN_CELL.findall(piece)
        self.begun += piece.count(b"<row")
        self.filled += piece.count(b"</c>")
        tags = piece.count(b"<c") - piece.count(b"<col")
        if len(cells) < tags or b":c" in piece:  # written in another way: look closer
            cells, tags = _CELL.findall(piece), len(_TAG.findall(piece))
        if cells:
            self.columns = max(self.columns, max(map(_column, {c for c, _ in cells})))
            self.rows = max(self.rows, max(map(int, {r for _, r in cells})))
        if len(cells) < tags or self.rows * self.columns > AREA_MOST or self.columns > COLUMNS_MOST:
            self.doubtful = True  # cells without an address, or far ones that may be empty but for their look
        self.faulty = self.faulty or _is_faulty(piece)


def _exactly(sheet: bytes) -> _Reach:
    """The reach of the cells that hold something, and of those that do not say where they stand."""
    reach = _Reach()
    top = loose = 0
    for row in re.split(rb"(?=[<:]row[\s>/])", sheet):
        said = _ROW.match(row)
        if said is None:
            continue
        top, loose = (max(top, int(said[1])), loose) if said[1] else (top, loose + 1)
        cells = _FILLED.findall(row)
        unsaid = len(_TAG.findall(row)) - len(_CELL.findall(row))
        if cells or unsaid:
            farthest = max((_column(c) for c, _ in cells), default=0)
            reach.columns = max(reach.columns, farthest + max(unsaid, 0))
            reach.rows = max(reach.rows, top + loose, *(int(r) for _, r in cells))
    reach.faulty = _is_faulty(sheet)
    return reach


def _is_faulty(piece: bytes) -> bool:
    return b' t="e"' in piece or b" t='e'" in piece or (b"<f" in piece and _NO_RESULT.search(piece) is not None)


def _faults(sheet: bytes) -> Faults:
    found = {(int(row), _column(letters) - 1): UNCOUNTED for letters, row in _NO_RESULT.findall(sheet)}
    errors = ((row, letters, error.decode("utf-8", "replace")) for letters, row, error in _ERROR.findall(sheet))
    return found | {(int(row), _column(letters) - 1): error for row, letters, error in errors}


def _column(letters: bytes) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# -- the containers of .xls and .et ------------------------------------------------------------------------------------

_BOF, _LOCK, _SHEET, _FORMULA, _ERROR_OR_TRUTH, _NUMBERS = 0x0809, 0x002F, 0x0085, 0x0006, 0x0205, 0x00BD
_FILLED_RECORDS = frozenset({_FORMULA, _ERROR_OR_TRUTH, _NUMBERS, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x027E})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def vet_ole(path: Path, place: Place) -> list[Faults]:
    """What formulas left behind that have no result, sheet by sheet. Raises Refused for what is locked, or too wide."""
    stream = _workbook_stream(path, place)
    area = rows = columns = at = 0
    begins: list[int] = []
    faults: dict[int, dict[tuple[int, int], str]] = {}
    here: dict[tuple[int, int], str] = {}
    while at + 4 <= len(stream):
        record, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        if record == _LOCK:
            raise Refused(says.LOCKED.at(place, file=place.file))
        if record == _SHEET and size >= 4:
            begins.append(struct.unpack_from("<I", body)[0])
        elif record == _BOF:
            area += check_area(rows, columns, area, place)
            rows = columns = 0
            here = faults.setdefault(at, {})
        elif record in _FILLED_RECORDS and len(body) >= 6:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if record == _NUMBERS else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
            if error := _error(record, body):
                here[(row + 1, column)] = error
        at += 4 + size
    check_area(rows, columns, area, place)
    return [faults.get(begin, {}) for begin in begins]


def _workbook_stream(path: Path, place: Place) -> bytes:
    try:
        with olefile.OleFileIO(path) as container:
            if container.exists("EncryptedPackage"):
                raise Refused(says.LOCKED.at(place, file=place.file))
            name = next((n for n in ("Workbook", "Book") if container.exists(n)), "")
            if not name:
                raise Refused(says.NOT_A_SHEET.at(place, file=place.file))
            return bytes(container.openstream(name).read())
    except Refused:
        raise
    except Exception as why:  # the container's reader names its faults in many ways
        raise Refused(says.BROKEN.at(place, file=place.file)) from why


def _error(record: int, body: bytes) -> str:
    """The error that a cell holds, "" for none."""
    if record == _ERROR_OR_TRUTH and len(body) >= 8 and body[7]:
        return _ERRORS.get(body[6], "#N/A")
    if record == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
        return _ERRORS.get(body[8], "#N/A")
    return ""
