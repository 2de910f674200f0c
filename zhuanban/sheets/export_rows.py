"""Rows into a worksheet, many at a time: XlsxWriter makes the workbook, this writes the cells of its long sheets.

XlsxWriter in constant-memory mode keeps the finished XML of past rows in a temporary file. Its own way there makes an
object per cell, looks up its format and hands on single tags; this writes a row at a time and takes a fifth of the time
(docs/adr/0010-xlsx-writer.md). All the rest (styles, widths, frozen panes, filters, print set-up, packing) stays
XlsxWriter's, whose version is locked; `tests/sheets/test_export_rows.py` breaks if its inner names move.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Value = None | str | int | float | Decimal | bool | date

MAX_TEXT = 32_767  # of one cell, in UTF-16 units; Excel refuses a file with more
CUT_MARK = "……（超长，以下略）"
MAX_DIGITS = 15  # a spreadsheet number keeps no more; longer ones go out as text
_WHOLE = 10**MAX_DIGITS
_FIRST_DAY = date(1900, 3, 1)  # before it the serials of Excel are off by one (its 29 February 1900)
_EPOCH = date(1899, 12, 30).toordinal()

# What must not stand in the XML as it is: markup, characters that XML forbids, what Excel would take for its own
# escape of these (_x000D_), and blanks at an end, which need xml:space.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s$").search
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Style:
    """The three formats a column needs, because any cell may hold something else than its column promises."""

    text: Any  # xlsxwriter Format
    number: Any
    date: Any


def _text_element(text: str) -> str:
    """`<t>` with the text in it, escaped as Excel does it."""
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if text and (text[0].isspace() or text[-1].isspace()) else ""
    return f"<t{keep}>{text}</t>"


def cut(text: str) -> str:
    """The text, or as much of it as one cell holds, ending with a mark that says so."""
    if len(text) * 2 <= MAX_TEXT or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_TEXT:
        return text
    room = MAX_TEXT - len(CUT_MARK)
    return text.encode("utf-16-le", "surrogatepass")[: room * 2].decode("utf-16-le", "ignore") + CUT_MARK


def as_cell(value: Value) -> str | int | float | date | None:
    """A value as a spreadsheet can hold it without changing it.

    Yes and no become 是 and 否. Numbers of more than 15 digits, days before March 1900 and moments become text.

    Raises
    ------
    TypeError
        For anything that is not a `Value`.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return value if -_WHOLE < value < _WHOLE else str(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            return str(value)
        return float(value) if len(value.as_tuple().digits) <= MAX_DIGITS else f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value if value >= _FIRST_DAY else value.isoformat()
    raise TypeError(f"not a cell value: {value!r}")


class RowSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of a constant-memory workbook that also takes rows in bulk.

    Made by `book.add_worksheet(name, worksheet_class=RowSheet)`.
    """

    def write_rows(
        self, first: int, rows: Iterable[Sequence[Value]], styles: Sequence[Style], merge: Sequence[int], last: int
    ) -> tuple[int, int]:
        """Writes rows from row `first` (from 0) on, until they or row `last` end; an iterator can then go on elsewhere.

        `merge` names columns whose equal neighbours become one cell; a cell never reaches over a boundary of the
        column named before it, and empty cells stay single.

        Returns how many rows were written, and how many texts were cut to `MAX_TEXT`.
        """
        columns = [
            (
                f'<c r="{xl_col_to_name(i)}',
                f'" s="{style.text._get_xf_index()}" t="inlineStr"><is>',
                f'" s="{style.number._get_xf_index()}"><v>',
                f'" s="{style.date._get_xf_index()}"><v>',
                f'" s="{style.text._get_xf_index()}"/>',
            )
            for i, style in enumerate(styles)
        ]
        # Rows written one by one before (titles, header) go to the file first.
        self._write_single_row(first)
        write = self.row_data_fh.write
        merging = _Merging(merge, first) if merge else None
        number, cuts = first, 0
        if number > last:
            return 0, 0
        for row in rows:
            values = merging.single_out(number, row) if merging else row
            number += 1
            at = str(number)
            out = [f'<row r="{at}">']
            add = out.append
            for (name, text, plain, day, empty), value in zip(columns, values, strict=True):
                kind = type(value)
                if kind is not str:
                    if value is None:
                        add(f"{name}{at}{empty}")
                        continue
                    if kind is int and -_WHOLE < value < _WHOLE:
                        add(f"{name}{at}{plain}{value}</v></c>")
                        continue
                    cell = as_cell(value)
                    if not isinstance(cell, str):
                        if isinstance(cell, date):
                            add(f"{name}{at}{day}{cell.toordinal() - _EPOCH}</v></c>")
                        else:
                            add(f"{name}{at}{plain}{cell!r}</v></c>")
                        continue
                    value = cell
                elif len(value) * 2 > MAX_TEXT:  # type: ignore[arg-type]
                    shorter = cut(value)  # type: ignore[arg-type]
                    cuts += shorter is not value
                    value = shorter
                if not value:
                    add(f"{name}{at}{empty}")
                elif _SPECIAL(value):  # type: ignore[arg-type]
                    add(f"{name}{at}{text}{_text_element(value)}</is></c>")  # type: ignore[arg-type]
                else:
                    add(f"{name}{at}{text}<t>{value}</t></is></c>")
            add("</row>")
            write("".join(out))
            if number > last:
                break
        if merging:
            self.merge.extend(merging.finish(number))
        if number > first:
            self._check_dimensions(first, 0)
            self._check_dimensions(number - 1, len(columns) - 1)
            self.previous_row = number
        return number - first, cuts


class _Merging:
    """Finds runs of equal neighbours down the merged columns while rows pass by."""

    def __init__(self, columns: Sequence[int], first: int) -> None:
        self.columns = columns
        self.starts = [first] * len(columns)
        self.values: list[Value] = [None] * len(columns)
        self.done: list[list[int]] = []  # [first row, column, last row, column], as XlsxWriter keeps them

    def single_out(self, number: int, row: Sequence[Value]) -> list[Value]:
        """The row with what repeats the cell above taken out."""
        out = list(row)
        same = True
        for level, column in enumerate(self.columns):
            value = row[column]
            if same and value == self.values[level] and value is not None and value != "":
                out[column] = None
                continue
            same = False
            self._close(level, number)
            self.starts[level], self.values[level] = number, value
        return out

    def _close(self, level: int, number: int) -> None:
        if number - self.starts[level] > 1:
            column = self.columns[level]
            self.done.append([self.starts[level], column, number - 1, column])

    def finish(self, number: int) -> list[list[int]]:
        for level in range(len(self.columns)):
            self._close(level, number)
        return self.done
