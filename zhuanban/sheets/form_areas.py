"""Addresses, areas and formulas when rows are added in the middle of a sheet. Pure; rows and columns count from 1."""

from __future__ import annotations

import re
from typing import NamedTuple

from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.utils.cell import column_index_from_string, get_column_letter

LAST_ROW = 1_048_576

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_END = re.compile(r"(\$?)([A-Z]{1,3})?(\$?)([1-9][0-9]{0,6})?", re.I)


class Area(NamedTuple):
    """A rectangle of cells, its ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def address(row: int, column: int) -> str:
    """`C7`."""
    return f"{get_column_letter(column)}{row}"


def place_of(text: str) -> tuple[int, int]:
    """(row, column) of `C7`."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[2]), column_index_from_string(found[1])


def area_of(text: str) -> Area:
    """The area of `A1:C3` or `A1`. Raises ValueError."""
    first, _, last = text.replace("$", "").partition(":")
    top, left = place_of(first)
    bottom, right = place_of(last or first)
    return Area(top, left, bottom, right)


class Growth(NamedTuple):
    """`by` rows are added below row `last`."""

    last: int
    by: int

    def row(self, row: int) -> int:
        return min(row + self.by, LAST_ROW) if row > self.last else row

    def reference(self, text: str, *, extend: bool = True) -> str:
        """`A1`, `A1:C3`, `5:9` or `A:A` after the growth; an area that reaches the last row grows, if `extend`."""
        first, colon, last = text.partition(":")
        start = _END.fullmatch(first)
        end = _END.fullmatch(last or first)
        if start is None or end is None or not start[4] or not end[4]:
            return text
        top, bottom = int(start[4]), int(end[4])
        shifted = _with_row(start, self.row(top))
        if not colon:
            return shifted
        stretched = min(bottom + self.by, LAST_ROW) if top <= self.last <= bottom and extend else self.row(bottom)
        return f"{shifted}:{_with_row(end, stretched)}"

    def references(self, text: str) -> str:
        """The same for a list of them, as `sqref` has it."""
        return " ".join(self.reference(each) for each in text.split())

    def formula(self, text: str, sheet: str, here: str, *, extend: bool = True) -> str:
        """A formula that stands on sheet `here`, with every reference to the grown sheet `sheet` put right."""
        made = []
        changed = False
        for token in _tokens(text):
            value = str(token.value)
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                named, reference = split(value)
                if (named if named is not None else here) == sheet:
                    put = self.reference(reference, extend=extend)
                    changed = changed or put != reference
                    value = value[: len(value) - len(reference)] + put
            made.append(value)
        return "".join(made) if changed else text


def _with_row(end: re.Match[str], row: int) -> str:
    return f"{end[1]}{end[2] or ''}{end[3]}{row}"


def _tokens(formula: str) -> list[Token]:
    tokens: list[Token] = Tokenizer(f"={formula}").items
    return tokens


def split(reference: str) -> tuple[str | None, str]:
    """`'附件2'!A1` → the sheet's name (None: none is said) and the rest."""
    sheet, mark, rest = reference.rpartition("!")
    if not mark:
        return None, reference
    return (sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet), rest


def rows_named(formula: str, sheet: str, here: str) -> list[tuple[str, int, int]]:
    """(reference, first row, last row) of every reference of a formula to a sheet; whole columns are left out."""
    found = []
    for token in _tokens(formula):
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        named, reference = split(str(token.value))
        if (named if named is not None else here) != sheet:
            continue
        first, _, last = reference.partition(":")
        start, end = _END.fullmatch(first), _END.fullmatch(last or first)
        if start is not None and end is not None and start[4] and end[4]:
            found.append((str(token.value), int(start[4]), int(end[4])))
    return found
