"""Files that are broken, locked, huge, or meant to do harm: one clear refusal each, and nothing else happens."""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from xlwt.CompoundDoc import XlsDoc

from tests.draw import MAKES, drawn, xls, xlsx
from tests.sheets.test_habits import PLAIN
from zhuanban.core.problem import Refused
from zhuanban.sheets import book as books
from zhuanban.sheets import vet
from zhuanban.sheets.book import open_book

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def plain(path: Path) -> None:
    xlsx(path, drawn(PLAIN))


def remade(path: Path, **parts: str | bytes) -> None:
    """A sound workbook with some of its parts replaced or added; `sheet` is its only sheet."""
    plain(path)
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml", "book": "xl/workbook.xml"}
    new = {names.get(k, k): v for k, v in parts.items()}
    with zipfile.ZipFile(path) as archive:
        old = {i.filename: archive.read(i) for i in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (old | new).items():
            archive.writestr(name, raw)


def sheet(cells: str, after: str = "") -> str:
    return f"<worksheet {MAIN}><sheetData>{cells}</sheetData>{after}</worksheet>"


def corners(far: str) -> Callable[[Path], None]:
    """Two cells, one of them in a far corner: a few bytes that would be set out as a full rectangle."""
    row = re.sub("[A-Z]+", "", far)
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{far}"><v>1</v></c></row>'
    return lambda path: remade(path, sheet=sheet(cells))


def unsaid(path: Path) -> None:
    """Cells and rows that do not say where they stand."""
    remade(path, sheet=sheet("<row/>" * 900_000 + "<row>" + "<c><v>1</v></c>" * 1500 + "</row>"))


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)


def swollen(path: Path) -> None:
    """Says itself that its sheet unpacks to two gigabytes; nobody needs to unpack them to know."""
    remade(path)
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (2 << 30).to_bytes(4, "little")))


def lying(path: Path) -> None:
    """An archive whose list says that a part is small."""
    remade(path, sheet=sheet('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 3_000_000))
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))


def entities(path: Path) -> None:
    steps = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE a [<!ENTITY x0 "哈">{steps}]>' + sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&x9;</t></is></c></row>'
    )
    remade(path, sheet=text)


def outside_entity(path: Path, encoding: str = "utf-8") -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    remade(path, sheet=f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding))


def entities_in_ods(path: Path) -> None:
    steps = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    body = "<o:document-content xmlns:o='urn:oasis:names:tc:opendocument:xmlns:office:1.0'>&x9;</o:document-content>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f'<!DOCTYPE a [<!ENTITY x0 "哈">{steps}]>{body}')


def repeated_in_ods(path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    table, row = Table(name="表"), TableRow(numberrowsrepeated=1_048_576)
    cell = TableCell(valuetype="string", numbercolumnsrepeated=1000)
    cell.addElement(P(text="满"))
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(path))


def container(path: Path, name: str, stream: bytes) -> None:
    """An OLE container with one stream."""
    XlsDoc().save(str(path), stream)
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    raw = path.read_bytes()
    raw = raw.replace(
        old + b"\0" * (64 - len(old)) + b"\x12\0", new + b"\0" * (64 - len(new)) + bytes([len(new) + 2]) + b"\0"
    )
    path.write_bytes(raw)


def far_in_xls(path: Path) -> None:
    sheets = drawn("甲")
    for n in range(1, 20):
        sheets.append(drawn(f"== 第{n}张\n" + "\n" * 60_000 + "甲" + "|" * 200 + "乙")[0])
    xls(path, sheets)


def merged_everywhere(path: Path) -> None:
    blocks = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 200_000))
    remade(path, sheet=sheet('<row r="1"><c r="A1"><v>1</v></c></row>', f"<mergeCells>{blocks}</mergeCells>"))


def spans(path: Path) -> None:
    cell = "<td rowspan=1000 colspan=1000>甲</td>"
    path.write_text(f"<table>{''.join(f'<tr>{cell * 20}</tr>' for _ in range(1000))}</table>", "utf-8")


def huge_page(path: Path) -> None:
    path.write_text("<table>" + "<tr><td>甲</td></tr>" * 1_000_000 + "</table>", "utf-8")


def torn(path: Path) -> None:
    plain(path)
    path.write_bytes(path.read_bytes()[:-400])


def torn_inside(path: Path) -> None:
    """The list at the end is there, the parts are not what it says."""
    plain(path)
    raw = bytearray(path.read_bytes())
    raw[200:1200] = os.urandom(1000)
    path.write_bytes(raw)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def no_leave(path: Path) -> None:
    plain(path)
    path.chmod(0)


LOCKED_BOOK = b"\x09\x08\x04\0\0\x06\x05\0" + b"\x2f\0\x06\0\x01\0\x01\0\x01\0"

HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "zip bomb": (bomb, "sheets-005"),
    "zip bomb of two gigabytes": (swollen, "sheets-005"),
    "zip that lies about its sizes": (lying, "sheets-005"),
    "too many parts": (lambda p: remade(p, **{f"x{n}": "" for n in range(5001)}), "sheets-005"),
    "a cell in the farthest corner": (corners("XFD1048576"), "sheets-004"),
    "a cell far to the right": (corners("XFD5"), "sheets-004"),
    "a cell far down, another far to the right": (corners("BZZ999999"), "sheets-004"),
    "a cell beyond any sheet": (corners("ZZZZZ99999999"), "sheets-004"),
    "cells without addresses": (unsaid, "sheets-004"),
    "far cells in many sheets of an old workbook": (far_in_xls, "sheets-004"),
    "one cell repeated over a sheet": (repeated_in_ods, "sheets-004"),
    "merged blocks without number": (merged_everywhere, "sheets-005"),
    "spans in a page": (spans, "sheets-004"),
    "a page too large": (huge_page, "sheets-004"),
    "entities that grow": (entities, "sheets-018"),
    "entities that grow, in an ods": (entities_in_ods, "sheets-018"),
    "a document type that names a file outside": (outside_entity, "sheets-018"),
    "the same in wide letters": (lambda p: outside_entity(p, "utf-16"), "sheets-018"),
    "locked xlsx": (lambda p: container(p, "EncryptedPackage", b"\x08" * 5000), "sheets-003"),
    "locked xls": (
        lambda p: container(p, "Workbook", b"\x09\x08\x04\0\0\x06\x05\0\x2f\0\x06\0\x01\0\x01\0\x01\0"),
        "sheets-003",
    ),
    "locked zip": (lambda p: p.write_bytes(_flagged(p)), "sheets-003"),
    "a letter, not a workbook": (lambda p: container(p, "WordDocument", b"\0" * 5000), "sheets-001"),
    "an archive, not a workbook": (lambda p: zipfile.ZipFile(p, "w").writestr("../../etc/passwd", "x"), "sheets-001"),
    "empty": (lambda p: p.write_bytes(b""), "sheets-001"),
    "blank": (lambda p: p.write_bytes(b" \r\n " * 100), "sheets-001"),
    "a picture": (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "sheets-001"),
    "a sentence": (lambda p: p.write_text("只有一句话"), "sheets-001"),
    "random bytes": (lambda p: p.write_bytes(bytes(range(1, 256)) * 40), "sheets-001"),
    "torn": (torn, "sheets-002"),
    "torn inside": (torn_inside, "sheets-002"),
    "a head and nothing more": (lambda p: p.write_bytes(b"PK\x03\x04 no archive"), "sheets-002"),
    "a container and nothing more": (lambda p: p.write_bytes(books.OLE + b" no book"), "sheets-002"),
    "a stream that is no workbook": (lambda p: container(p, "Workbook", b"\x01\x02\x03\x04" * 2000), "sheets-002"),
    "xml that is none": (lambda p: remade(p, sheet="<worksheet><sheetData><row>"), "sheets-002"),
    "not there": (lambda p: None, "sheets-006"),
    "a link to nowhere": (lambda p: p.symlink_to(p.with_name("nowhere")), "sheets-006"),
    "a link to itself": (lambda p: p.symlink_to(p), "sheets-007"),
    "a folder": (lambda p: p.mkdir(), "sheets-008"),
    "a pipe": (pipe, "sheets-008"),
    "a link to a device": (lambda p: p.symlink_to("/dev/zero"), "sheets-008"),
}


def _flagged(path: Path) -> bytes:
    plain(path)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


MEMORY = 1500 * 1024 * 1024
"""What the address space of the reading process may grow to: far less than what these files would take."""

READ = """
import sys
from pathlib import Path
from zhuanban.core.problem import Refused
from zhuanban.sheets.book import open_book
try:
    book = open_book(Path(sys.argv[1]))
    for sheet in book.sheets:
        for _ in sheet.rows():
            pass
except Refused as refused:
    print(*refused.problems, sep="\\n")
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_would_do_harm_gets_one_clear_refusal(tmp_path: Path, name: str) -> None:
    """Read by a process of its own, which may take little memory: a reader that bursts would be seen."""
    make, code = HOSTILE[name]
    path = tmp_path / "来表.xlsx"
    make(path)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1, done.stdout
    assert done.stdout.rstrip().endswith(f"（{code}）")
    assert done.stdout.startswith("来表.xlsx：")


def test_what_a_file_says_it_unpacks_to_is_believed_where_it_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where it says less than there is, reading stops where its word ends."""
    read: list[int] = []
    real = vet._unpack

    def counted(*args: Any) -> Iterator[bytes]:
        for piece in real(*args):
            read.append(len(piece))
            yield piece

    monkeypatch.setattr(vet, "_unpack", counted)
    for make, most in ((swollen, 0), (bomb, 0), (lying, 2 << 20)):
        path = tmp_path / f"{make.__name__}.xlsx"
        make(path)
        read.clear()
        with pytest.raises(Refused) as caught:
            open_book(path)
        assert [p.code for p in caught.value.problems] == ["sheets-005"]
        assert sum(read) <= most


def test_more_filled_cells_than_a_workbook_may_have_are_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vet, "AREA_MOST", 1000)
    path = tmp_path / "来表.xlsx"
    remade(path, sheet=sheet('<row r="1"><c r="A1"><v>1</v></c></row>' * 200_000))
    looked: list[int] = []
    real = vet._Reach.look

    def counted(self: vet._Reach, piece: bytes) -> None:
        looked.append(len(piece))
        real(self, piece)

    monkeypatch.setattr(vet._Reach, "look", counted)
    with pytest.raises(Refused) as caught:
        open_book(path)
    assert [p.code for p in caught.value.problems] == ["sheets-004"]
    assert sum(looked) < 3 << 20  # of nine megabytes


def test_an_old_ods_may_name_the_type_of_its_list_of_parts(tmp_path: Path) -> None:
    path = tmp_path / "来表.ods"
    MAKES[".ods"](path, drawn(PLAIN))
    with zipfile.ZipFile(path) as archive:
        parts = {i.filename: archive.read(i) for i in archive.infolist()}
    listed = parts["META-INF/manifest.xml"]
    at = listed.index(b"<manifest:manifest")
    parts["META-INF/manifest.xml"] = listed[:at] + b'<!DOCTYPE manifest:manifest SYSTEM "Manifest.dtd">' + listed[at:]
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    assert len(open_book(path).sheets) == 1


def test_a_file_without_leave_to_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may be allowed everything; so the refusal of the system is played."""
    path = tmp_path / "来表.xlsx"
    plain(path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Refused) as caught:
        open_book(path)
    assert [p.code for p in caught.value.problems] == ["sheets-007"]


def test_a_link_to_another_file_or_the_net_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
    path = tmp_path / "来表.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["社区", "树名", '=WEBSERVICE("http://192.0.2.1/")', "='[http://192.0.2.1/a.xlsx]表'!A1"])
    page["A1"].hyperlink = "http://192.0.2.1/"
    book.save(path)
    assert [row for _, row in open_book(path).sheets[0].rows()] == [["社区", "树名", "#公式未计算", "#公式未计算"]]


def test_a_million_rows_of_a_few_columns_open_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "来表.xlsx"
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"><v>2</v></c></row>' for n in range(1, 1_048_577))
    remade(path, sheet=sheet(rows))
    done = subprocess.run(
        [sys.executable, "-c", READ + "\nprint(sum(1 for _ in book.sheets[0].rows()))", str(path)],
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("1048576", "")


def test_cells_that_are_empty_but_for_their_look_do_not_count(tmp_path: Path) -> None:
    """Whoever colours a whole row colours it to the last column."""
    path = tmp_path / "来表.xlsx"
    cells = '<c r="A1"><v>1</v></c><c r="XFD1" s="0"/>'
    remade(path, sheet=sheet(f'<row r="1">{cells}</row><row r="1048576"><c r="A1048576" s="0"/></row>'))
    assert [row for _, row in open_book(path).sheets[0].rows()] == [[1.0]]
