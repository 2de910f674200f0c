"""Do the sums that a sheet prints agree with its rows? Sums are never entered; a wrong one is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zhuanban.core.problem import Place, Problem
from zhuanban.pack.values import FieldType, Ledger
from zhuanban.sheets import problems as says
from zhuanban.sheets.values import text_of
from zhuanban.sheets.walk import Line, cell_place

_PRINTED = re.compile(r"(-?\d+(?:\.\d+)?)\D{0,2}")


class Sums:
    """Running sums of the columns of whole and decimal numbers: since the last printed sum, and from the top.

    A printed sum may be that of its block or of everything above it. Sums that stand above their rows are not
    looked at, nor those of rows with a cell that could not be read.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._fields = [k for k, f in ledger.fields.items() if f.type in {FieldType.INTEGER, FieldType.NUMBER}]
        self._block = dict.fromkeys(self._fields, 0.0)
        self._all = dict.fromkeys(self._fields, 0.0)
        self._rows = 0
        self._unsure = False

    def add(self, fields: Mapping[str, Any], *, whole: bool) -> None:
        """A row of data; `whole` where all its cells could be read."""
        self._rows += 1
        self._unsure = self._unsure or not whole
        for key in self._fields:
            if value := fields.get(key):
                self._block[key] += value
                self._all[key] += value

    def check(self, line: Line, place: Place) -> list[Problem]:
        """What is wrong with a row of sums."""
        wrong: list[Problem] = []
        self._unsure = self._unsure or not self._rows
        for c, meaning in line.found.columns.items():
            cell = line.row[c] if c < len(line.row) else None
            if meaning.kind != "field" or meaning.key not in self._block or self._unsure:
                continue
            printed = _PRINTED.fullmatch(text_of(cell).replace(",", ""))
            if printed and not any(
                abs(float(printed[1]) - sums[meaning.key]) < 1e-6 for sums in (self._block, self._all)
            ):
                where = cell_place(place, line.number, c, line.found)
                rows = round(self._block[meaning.key], 6)
                wrong.append(says.TOTAL_WRONG.at(where, value=text_of(cell), sum=text_of(rows)))
        self._block = dict.fromkeys(self._fields, 0.0)
        return wrong
