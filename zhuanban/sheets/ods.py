"""OpenDocument spreadsheets as rows of plain values, with their merged cells, never more than fits into memory.

A few bytes may repeat a cell over a whole sheet. The reader of the other makes follows them, and sees no merged cells.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from zhuanban.core.problem import Place, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.cells import Block, Cell, Row
from zhuanban.sheets.vet import COLUMNS_MOST, check_area

_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_X = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_S = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def read_ods(path: Path, place: Place) -> Iterator[tuple[str, bool, list[Row], tuple[Block, ...]]]:
    """Each sheet's name, whether it is hidden, its rows, its merged blocks from 0. Raises Refused."""
    hidden: set[str] = set()
    area = 0
    sheet: _Sheet | None = None
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
            tags = (f"{_T}table", f"{_T}table-row", f"{_S}style")
            for event, node in etree.iterparse(
                stream, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
            ):
                if node.tag == f"{_S}style":
                    if event == "end" and any(n.get(f"{_T}display") == "false" for n in node):
                        hidden.add(node.get(f"{_S}name", ""))
                elif node.tag == f"{_T}table":
                    if event == "start":
                        if sheet is None:
                            sheet = _Sheet(place, area)
                    elif sheet is not None:
                        area = sheet.area
                        yield (
                            node.get(f"{_T}name", ""),
                            node.get(f"{_T}style-name") in hidden,
                            sheet.rows,
                            tuple(sheet.merged),
                        )
                        sheet = None
                        node.clear()
                elif event == "end" and sheet is not None:
                    sheet.add(node)
                    node.clear()
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, OSError) as why:
        raise Refused(says.BROKEN.at(place, file=place.file)) from why


class _Sheet:
    def __init__(self, place: Place, others: int) -> None:
        self.place = place
        self.others = others
        self.rows: list[Row] = []
        self.merged: list[Block] = []
        self.width = 1
        self._gap = 0  # blank rows not yet set out: most are the rest of an empty sheet

    @property
    def area(self) -> int:
        return self.others + len(self.rows) * self.width

    def add(self, node: Any) -> None:
        """A row, as often as it is repeated."""
        times = _number(node.get(f"{_T}number-rows-repeated"))
        row = self._cells(node, len(self.rows) + self._gap)
        if not row:
            self._gap += times
            return
        self.width = max(self.width, len(row))
        check_area(len(self.rows) + self._gap + times, self.width, self.others, self.place)
        self.rows += [[] for _ in range(self._gap)]
        self.rows += [list(row) for _ in range(times)]
        self._gap = 0

    def _cells(self, node: Any, at: int) -> Row:
        row: Row = []
        gap = 0
        for cell in node.iterchildren(f"{_T}table-cell", f"{_T}covered-table-cell"):
            times = _number(cell.get(f"{_T}number-columns-repeated"))
            down, across = (_number(cell.get(f"{_T}number-{way}-spanned")) for way in ("rows", "columns"))
            if down > 1 or across > 1:
                left = len(row) + gap
                self.merged.append((at, left, at + down - 1, left + across - 1))
            value = _value(cell)
            if value is None:
                gap += times
                continue
            if len(row) + gap + times > COLUMNS_MOST:
                check_area(at + 1, len(row) + gap + times, self.others, self.place)
            row += [None] * gap + [value] * times
            gap = 0
        return row


def _number(said: str | None) -> int:
    return max(1, int(said)) if said else 1


def _value(cell: Any) -> Cell:
    kind = cell.get(f"{_O}value-type")
    if kind in {"float", "percentage", "currency"}:
        return float(cell.get(f"{_O}value"))
    if kind == "date":
        said = cell.get(f"{_O}date-value")
        return datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
    if kind == "boolean":
        return bool(cell.get(f"{_O}boolean-value") == "true")
    return "\n".join(_words(p) for p in cell.iterchildren(f"{_X}p")) or None


def _words(node: Any) -> str:
    """The text of a paragraph: its spaces, tabs and line breaks are elements of their own."""
    words = node.text or ""
    for child in node:
        if child.tag == f"{_X}s":
            words += " " * min(_number(child.get(f"{_X}c")), 1000)
        elif child.tag == f"{_X}line-break":
            words += "\n"
        elif child.tag == f"{_X}tab":
            words += "\t"
        elif isinstance(child.tag, str) and child.tag.startswith(_X):
            words += _words(child)
        words += child.tail or ""
    return words
