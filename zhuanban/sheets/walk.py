"""Down a worksheet below its header: which rows are data, and what stands in their merged cells.

Not data: blank rows, totals, column numbers, notes and signatures. A head met again is read again: a second table on
the sheet, or a second page, may have its columns in another order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from itertools import chain, islice
from typing import NamedTuple

from zhuanban.core.problem import Place
from zhuanban.pack.values import Ledger
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import SheetRows
from zhuanban.sheets.cells import Cell, Row
from zhuanban.sheets.understand import (
    HEADER_DEEP,
    SERIAL,
    Meaning,
    Understanding,
    address,
    fill_heads,
    head_at,
    is_head_row,
    look_at_heads,
)
from zhuanban.sheets.values import DITTO, is_blank, text_of

_TOTAL = re.compile(r".{0,10}?(?:合|小|总|共|累)计(?:数)?[:：]?(?:[\d.,]+[一-鿿]{0,2})?")
_FOOT = re.compile(
    r"注\d*[:：.、].*|(?:填表|制表|填报|审核|复核|经办)人|.{0,8}(?:人|单位|部门|时间|日期|电话|领导|签字|签名|盖章|公章|签章|说明"
    r"|备注)(?:[(（][^)）]*[)）])?[:：].*"
)
_COUNT = re.compile(r"[\d.,]+\D{0,2}")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Kind(Enum):
    DATA = auto()
    TOTAL = auto()
    HEAD = auto()
    NOTE = auto()  # a line of text where a row of data might stand: told, so that nothing goes unseen
    NOTHING = auto()


class Line(NamedTuple):
    """A row of data or (`total`) of sums; `found` says what its columns mean."""

    number: int
    row: Row
    found: Understanding
    total: bool


def lines(
    sheet: SheetRows, found: Understanding, words: dict[str, Meaning], ledger: Ledger, place: Place
) -> Iterator[Line]:
    """The rows of data and of sums below the header, top down. What else is to be told goes into `found.warnings`.

    Cells merged downwards say the same in each of their rows; 同上 says what the row above says.
    """
    first = found
    keys = _keys(ledger)
    last = found.header_rows[-1]
    begin: dict[int, list[tuple[int, int, int]]] = {}
    wide: set[int] = set()  # rows that begin with one cell over most of the table: headings inside it
    for top, left, bottom, right in sheet.merged:
        if (right - left + 1) * 2 > len(found.heads):
            wide.add(top + 1)
        if bottom > top and top >= last:
            begin.setdefault(top + 1, []).append((left, right, bottom + 1))
    held: dict[int, tuple[int, Cell]] = {}  # column → last row and value of a cell merged downwards
    above: Row = []
    fresh = True  # nothing but the header has been seen yet
    rows: Iterator[tuple[int, Row]] = (line for line in sheet.rows() if line[0] > last)
    while (line := next(rows, None)) is not None:
        number, own = line
        row = _fill(number, own, begin.get(number, ()), held) if held or number in begin else own
        kind = _kind(own, row, found, words, keys, fresh)
        fresh = fresh and kind is Kind.NOTHING
        if kind is Kind.DATA:
            if not DITTO.isdisjoint(row):
                row = [above[c] if v in DITTO and c < len(above) else v for c, v in enumerate(row)]
            above = row
            yield Line(number, row, found, total=False)
        elif kind is Kind.TOTAL:
            yield Line(number, row, found, total=True)
        elif kind is Kind.HEAD and tuple(own) in first.lead:
            found, fresh = first, True
        elif kind is Kind.HEAD:
            coming = [line, *islice(rows, HEADER_DEEP - 1)]
            again, _ = head_at(fill_heads(coming, sheet.merged), words)
            deep = max(1, len(again.header_rows))
            rows = chain(coming[deep:], rows)
            fresh = True
            if again.header_rows and again.columns != found.columns:
                again.lead = found.lead
                found = again
                look_at_heads(found, ledger, place)
                first.warnings += found.warnings
                first.problems += found.problems
        elif kind is Kind.NOTE and number not in wide:
            text = "".join(text_of(v) for v in own)
            where = Place(file=place.file, sheet=place.sheet, row=number)
            first.warnings.append(says.ROW_SKIPPED.at(where, text=text if len(text) <= 30 else text[:30] + "…"))


def _keys(ledger: Ledger) -> frozenset[Meaning]:
    """Columns that tell a record from others: a row without any of them can be no record."""
    names = ledger.match or ledger.one_per
    fields = {Meaning("field", k) for k in names if k in ledger.fields}
    if not fields:
        fields = {Meaning("field", k) for k, f in ledger.fields.items() if f.required}
    return frozenset({Meaning("number"), *fields})


def _fill(
    number: int, row: Row, begin: list[tuple[int, int, int]] | tuple[()], held: dict[int, tuple[int, Cell]]
) -> Row:
    row = list(row)
    for left, right, bottom in begin:
        for c in range(left, min(right + 1, len(row))):
            held[c] = (bottom, row[c])
    for c, (bottom, value) in list(held.items()):
        if number > bottom:
            del held[c]
            continue
        row += [None] * (c + 1 - len(row))  # some makes leave out what is empty at the end of a row
        if row[c] is None:
            row[c] = value
    return row


def _kind(
    own: Row, row: Row, found: Understanding, words: dict[str, Meaning], keys: frozenset[Meaning], fresh: bool
) -> Kind:
    """What a row is: `own` are its cells, `row` the same with what merged cells say."""
    columns = found.columns
    mine = {c for c, v in enumerate(own) if v is not None and columns.get(c, SERIAL) != SERIAL and not is_blank(v)}
    if not mine:
        return Kind.NOTHING
    said: list[tuple[int, Cell]] = [(c, v) for c, v in enumerate(row) if v is not None]
    if fresh and _is_numbering([v for _, v in said]):
        return Kind.NOTHING
    if _is_total(said, columns, keys):
        return Kind.TOTAL
    if _is_foot([v for _, v in said], len(columns)):
        return Kind.NOTHING
    if (again := found.lead.get(tuple(own))) is not None:
        return Kind.HEAD if again else Kind.NOTHING
    if all(isinstance(v, str) for _, v in said) and is_head_row(row, words):
        return Kind.HEAD
    if len(mine) == 1 and not any(columns.get(c) in keys for c, _ in said):
        return Kind.NOTE
    return Kind.DATA


def _is_numbering(said: list[Cell]) -> bool:
    """The numbers of the columns, as forms have them below the header: 1 2 3 4, 甲 乙 1 2."""
    if len(said) < 4:
        return False
    marks = [text_of(v).strip("()（）") for v in said]
    while marks and marks[0] in _STEMS:
        marks.pop(0)
    return marks == [str(n) for n in range(1, len(marks) + 1)] or marks == list(_LETTERS[: len(marks)])


def _is_total(said: list[tuple[int, Cell]], columns: dict[int, Meaning], keys: frozenset[Meaning]) -> bool:
    """A row of sums. No row of data that happens to hold such a word: that one names a record before the word."""
    word = next(
        (c for c, v in said[:3] if isinstance(v, str) and "计" in v and _TOTAL.fullmatch("".join(v.split()))), None
    )
    if word is None:
        return False
    named = [(c, "".join(text_of(v).split())) for c, v in said if columns.get(c, SERIAL) in keys]
    return all(c >= word and (_TOTAL.fullmatch(name) or _COUNT.fullmatch(name)) for c, name in named)


def _is_foot(said: list[Cell], width: int) -> bool:
    """Notes and signatures: labels with a colon, few in a row."""
    labels = sum(1 for v in said if isinstance(v, str) and _FOOT.fullmatch("".join(v.split())))
    first = said[0]
    return (
        labels > 0
        and isinstance(first, str)
        and bool(_FOOT.fullmatch("".join(first.split())))
        and (labels > 1 or len(said) * 2 <= max(width, 6))
    )


def cell_place(place: Place, number: int, column: int, found: Understanding) -> Place:
    """The place of a cell."""
    return Place(
        file=place.file,
        sheet=place.sheet,
        cell=address(number, column),
        row=number,
        column=found.heads.get(column, ""),
    )
