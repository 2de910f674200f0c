"""Ledgers out: CSV for machines, a workbook for people. Plain rows in, a file out; no records, no database here.

Both stream: rows may be a generator over any number of records, and memory does not grow with them (a workbook
waits in temporary files beside its target; only the list of merged cells is kept).
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

from zhuanban.core.day import chinese, minute
from zhuanban.pack.values import Field, FieldType
from zhuanban.sheets.export_rows import RowSheet, Style, Value
from zhuanban.sheets.guard import FIRST, guard

MAX_ROWS = 1_048_576  # of one sheet
MAX_SHEET_NAME = 31
FONT = "宋体"
_SAMPLE = 200  # rows looked at for the width of columns
_NARROWEST, _WIDEST = 8.0, 40.0  # in digits
_WIDE_PAPER = 150.0  # digits; a ledger wider than this is set up for A3
_PIECE = 1 << 16


class Kind(StrEnum):
    """What a column promises. A cell that holds something else is written as what it is."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    WORD = "word"  # one of few short words: state, 是 / 否, a choice; printed in the middle


_KINDS = {
    FieldType.INTEGER: Kind.INTEGER,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.CHOICE: Kind.WORD,
    FieldType.ZONE: Kind.WORD,
    FieldType.YES_NO: Kind.WORD,
}


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of an export. `width` in digits; 0 = from the title and the first rows."""

    title: str
    kind: Kind = Kind.TEXT
    decimals: int = 0
    width: float = 0

    @classmethod
    def of(cls, field: Field) -> ColumnSpec:
        """The column of a pack's field: its title, with the unit as printed."""
        kind = Kind.TEXT if field.many else _KINDS.get(field.type, Kind.TEXT)
        unit = f"（{field.unit}）" if field.unit else ""
        return cls(f"{field.title.removesuffix(unit)}{unit}", kind, field.decimals)


@dataclass(frozen=True, slots=True)
class Written:
    """What went out: rows, sheets they are on, and texts cut because a cell holds no more than 32,767 characters."""

    rows: int
    sheets: int
    cut: int


def stamp(as_of: int, exporter: str, at: int) -> tuple[str, ...]:
    """The lines under a ledger's title, for `notes`: as of which day, and who took it out at which instant."""
    return (f"截止日期：{chinese(as_of)}", f"导出人：{exporter}　导出时间：{minute(at)}")


def as_text(value: Value) -> str:
    """A value in a CSV cell: dates as 2023-12-08, yes and no as 是 and 否, numbers with the digits they have."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return repr(value)
    raise TypeError(f"not a cell value: {value!r}")


def csv_pieces(columns: Sequence[ColumnSpec], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    r"""The CSV in pieces of about 64 KB: UTF-8 with BOM, `\r\n`, text guarded against formulas (see `guard`)."""
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guard(column.title) for column in columns])
    plain = (str, type(None), int)
    for row in rows:
        writer.writerow(
            [
                (guard(v) if v and v[0] in FIRST else v) if type(v) is str else (v if type(v) in plain else as_text(v))
                for v in row
            ]
        )
        if buffer.tell() > _PIECE:
            yield _encoded(buffer)
    yield _encoded(buffer)


def _encoded(buffer: io.StringIO) -> bytes:
    # A lone surrogate (half a character from a broken sheet) cannot be written; "?" stands in for it.
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def write_csv(target: Path | BinaryIO, columns: Sequence[ColumnSpec], rows: Iterable[Sequence[Value]]) -> None:
    """Writes the CSV of `csv_pieces`. A path gets the file only when it is whole; a stream gets it as it comes.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written; then there is no new file.
    """
    with whole(target) as file:
        for piece in csv_pieces(columns, rows):
            file.write(piece)


@contextlib.contextmanager
def whole(target: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A stream to write to. For a path: the file appears, replacing an older one, only when the block ends well."""
    if not isinstance(target, Path):
        yield target
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            # mkstemp allows the owner alone; a file that someone asked for gets the rights that a new file gets.
            mask = os.umask(0)
            os.umask(mask)
            os.fchmod(handle, 0o666 & ~mask)
            yield file
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def workbook(target: Path | BinaryIO, *, streaming: bool) -> Iterator[Any]:
    """An XlsxWriter workbook, packed into `target` when the block ends well; otherwise it leaves nothing.

    No text is ever taken for a formula, a link or a number.
    """
    beside = str(target.parent) if isinstance(target, Path) else None
    with whole(target) as file, tempfile.TemporaryDirectory(prefix=".zhuanban-", dir=beside) as folder:
        options = {
            "constant_memory": streaming,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": 11, "valign": "vcenter"},
        }
        book = xlsxwriter.Workbook(file, options)
        try:
            yield book
        except BaseException:
            _abandon(book)
            raise
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error


def _abandon(book: Any) -> None:
    """Closes the temporary files of a workbook that will not be packed."""
    for sheet in book.worksheets():
        if sheet.row_data_fh is not None:
            with contextlib.suppress(OSError):
                sheet.row_data_fh.close()
    book.fileclosed = True


def sheet_name(title: str, part: int = 1) -> str:
    """A title as a sheet's name: without the signs Excel forbids, at most 31 characters, from part 2 on numbered."""
    tail = f"（{part}）" if part > 1 else ""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip().strip("'") or "Sheet"
    room = MAX_SHEET_NAME - len(tail)
    # Excel counts UTF-16 units.
    name = name.encode("utf-16-le", "replace")[: room * 2].decode("utf-16-le", "ignore")
    return name.strip().strip("'") + tail


def text_width(text: str) -> int:
    """The width of a text's longest line in digits: a Chinese character is two wide."""
    return max(
        (sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")),
        default=0,
    )


def write_xlsx(
    target: Path | BinaryIO,
    title: str,
    columns: Sequence[ColumnSpec],
    rows: Iterable[Sequence[Value]],
    *,
    merge: Sequence[int] = (),
    notes: Sequence[str] = (),
    freeze: int = 1,
) -> Written:
    """Writes a ledger as a workbook.

    1. The title; under it `notes`, a line each (`stamp` makes the usual ones); the header, frozen, with filters.
    2. The rows: dates as real dates, numbers as numbers, text as text (long ids and text beginning with = too).
    3. `merge` names columns (from 0) in order of rank: equal neighbours down them become one cell, never over a
       boundary of the column before; empty cells stay single. A merged ledger has no filters, which would tear it.
    4. What a sheet cannot hold goes on on a further one with its own title and header. Texts over 32,767 characters are
       cut, with a mark at the end.

    `freeze` columns stay in sight at the left. Prints on A4, wide ledgers on A3, all columns on a page's width.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written; then there is no new file.
    ValueError
        When a row has another number of cells than there are columns.
    """
    coming = iter(rows)
    sample = list(islice(coming, _SAMPLE))
    widths = _widths(columns, sample)
    coming = chain(sample, coming)
    written = sheets = cuts = 0
    with workbook(target, streaming=True) as book:
        forms = _Forms.of(book, columns, merge)
        more = True
        while more:
            sheets += 1
            sheet = book.add_worksheet(sheet_name(title, sheets), worksheet_class=RowSheet)
            head = _write_head(sheet, forms, title, notes, columns)
            count, cut_here = sheet.write_rows(head + 1, coming, forms.styles, merge, MAX_ROWS - 1)
            written += count
            cuts += cut_here
            _set_up(sheet, columns, widths, head, head + count, freeze, filters=not merge)
            following = list(islice(coming, 1))
            more = bool(following)
            coming = chain(following, coming)
    return Written(written, sheets, cuts)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The formats of a ledger's workbook."""

    title: Any
    note: Any
    head: Any
    styles: tuple[Style, ...]

    @classmethod
    def of(cls, book: Any, columns: Sequence[ColumnSpec], merge: Sequence[int]) -> _Forms:
        return cls(
            title=book.add_format({"bold": True, "font_size": 16}),
            note=book.add_format({"font_color": "#595959"}),
            head=book.add_format(
                {"bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#DDEBF7"}
            ),
            styles=tuple(_style(book, column, merged=number in merge) for number, column in enumerate(columns)),
        )


def _style(book: Any, column: ColumnSpec, *, merged: bool) -> Style:
    middle = {"align": "center"} if merged or column.kind in (Kind.DATE, Kind.WORD) else {}
    digits = "0." + "0" * column.decimals if column.kind is Kind.NUMBER and column.decimals else "General"
    return Style(
        text=book.add_format({"border": 1, "num_format": "@", "text_wrap": True, **middle}),
        number=book.add_format({"border": 1, "num_format": digits, **middle}),
        date=book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "align": "center"}),
    )


def _write_head(sheet: Any, forms: _Forms, title: str, notes: Sequence[str], columns: Sequence[ColumnSpec]) -> int:
    """Title, notes and header; returns the header's row. The title stands left: in a wide ledger it stays in sight."""
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, title, forms.title)
    for number, line in enumerate(notes, start=1):
        sheet.write_string(number, 0, line, forms.note)
    head = 1 + len(notes)
    sheet.set_row(head, 32)
    for number, column in enumerate(columns):
        sheet.write_string(head, number, column.title, forms.head)
    return head


def _set_up(
    sheet: Any,
    columns: Sequence[ColumnSpec],
    widths: Sequence[float],
    head: int,
    last: int,
    freeze: int,
    *,
    filters: bool,
) -> None:
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    sheet.freeze_panes(head + 1, min(freeze, len(columns) - 1))
    if filters:
        sheet.autofilter(head, 0, last, len(columns) - 1)
    # Numbers kept as text on purpose (ids, telephone numbers) are no mistake to be flagged in green.
    sheet.ignore_errors({"number_stored_as_text": f"A{head + 2}:XFD{MAX_ROWS}"})
    sheet.set_landscape()
    sheet.set_paper(8 if sum(widths) > _WIDE_PAPER else 9)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _widths(columns: Sequence[ColumnSpec], sample: Sequence[Sequence[Value]]) -> list[float]:
    """Wide enough for most of the sample (the longest tenth wraps), and for the title on two lines."""
    out = []
    for number, column in enumerate(columns):
        if column.width:
            out.append(column.width)
            continue
        title = text_width(column.title)
        needed = sorted(text_width(as_text(row[number])) for row in sample if number < len(row))
        usual = needed[len(needed) * 9 // 10] if needed else 0
        out.append(min(max(usual, title if title <= 12 else title / 2 + 1, _NARROWEST - 2) + 2.5, _WIDEST))
    return out
