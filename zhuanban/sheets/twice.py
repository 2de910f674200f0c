"""Does an import say two things of one record? What each row said is kept packed: there may be a million of them."""

from __future__ import annotations

from array import array
from struct import Struct

from zhuanban.core.problem import Place
from zhuanban.sheets.steps import RowSaid

_HEAD = Struct("<III")  # place, row, shape


class SaidBefore:
    """Record by record, where an import first spoke of it and a 64-bit hash of each thing that it said."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}
        self._places = _Numbered()  # file and sheet
        self._shapes = _Numbered()  # which cells were filled

    def differing(self, key: str, place: Place, said: RowSaid) -> tuple[list[str], Place] | None:
        """Field keys and "@move" of dates in which this row differs from the record's first row, and where that is.

        None where they agree, and for the first row itself, which is remembered.
        """
        shape = (*said.fields, *[f"@{move}" for move in said.dates])
        values = (*said.fields.values(), *said.dates.values())
        try:
            hashes = list(map(hash, values))
        except TypeError:  # several values in a cell
            hashes = [hash(repr(v)) if isinstance(v, list | dict) else hash(v) for v in values]
        before = self._rows.get(key)
        if before is None:
            where = _HEAD.pack(self._places.number((place.file, place.sheet)), said.row, self._shapes.number(shape))
            self._rows[key] = where + array("q", hashes).tobytes()
            return None
        nth, row, shape_before = _HEAD.unpack_from(before)
        other = dict(zip(self._shapes.items[shape_before], array("q", before[_HEAD.size :]), strict=True))
        found = sorted(k for k, mine in zip(shape, hashes, strict=True) if other.get(k, mine) != mine)
        if not found:
            return None
        file, sheet = self._places.items[nth]
        return found, Place(file=file, sheet=sheet, row=row)


class _Numbered:
    """Tuples that come again and again, each kept once under a number."""

    def __init__(self) -> None:
        self.items: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, item: tuple[str, ...]) -> int:
        known = self._numbers.get(item)
        if known is None:
            known = self._numbers[item] = len(self.items)
            self.items.append(item)
        return known
