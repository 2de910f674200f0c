"""Rows of a worksheet as what they say of a record, or what is wrong with their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from zhuanban.core.problem import Place, Problem
from zhuanban.pack.values import Ledger
from zhuanban.people.tree import Tree
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import Cell, Row, SheetRows
from zhuanban.sheets.steps import RowSaid
from zhuanban.sheets.understand import Meaning, Understanding, address, data_rows
from zhuanban.sheets.values import Wrong, converter, day_of, plain_text, text_of


class ReadRow(NamedTuple):
    """A row: what it says (as far as its cells could be read) and the problems of its cells."""

    said: RowSaid
    raw: dict[str, str]  # head → cell as text, for the inbox; only where there are problems
    problems: list[Problem]


class Names:
    """Names of regions and units → codes, remembered for one import."""

    def __init__(self, regions: Tree, units: Tree, day: int) -> None:
        self.regions = regions
        self.units = units
        self.day = day
        self._known: dict[tuple[str, str], str] = {}

    def unit(self, name: str) -> str:
        known = self._known.get(("unit", name))
        if known is None:
            found = self.units.find(name, self.day) or self.units.find(joined(name), self.day)
            if len(found) != 1:
                raise Wrong(says.UNIT_WRONG.at(value=name))
            known = self._known[("unit", name)] = found[0]
        return known

    def region(self, name: str, inside: str) -> str:
        """A region by code or name, below `inside`. Raises Wrong where it is unknown or there are several."""
        known = self._known.get((inside, name))
        if known is None:
            known = self._known[(inside, name)] = self._find(name, inside)
        return known

    def _find(self, name: str, inside: str) -> str:
        tree = self.regions
        found = [c for c in tree.find(name, self.day) if inside in tree.path(c, self.day)]
        if not found:
            found = _by_path(tree, name, inside, self.day)
        if not found and joined(name) != name:
            return self._find(joined(name), inside)
        if not found:
            raise Wrong(says.REGION_WRONG.at(value=name))
        if len(found) > 1:
            where = "、".join("".join(tree.name(x) for x in reversed(tree.path(c, self.day)[:-1])) for c in found[:4])
            raise Wrong(says.REGION_MANY.at(value=name, found=where))
        return found[0]


def joined(name: str) -> str:
    """A name that a cell's width broke by spaces or lines: 城乡一体 化示范区."""
    return "".join(name.split())


def _by_path(tree: Tree, name: str, inside: str, day: int) -> list[str]:
    """A name written with its superiors before it: 东镇甲村."""
    found = []
    for code in tree.subtree(inside, day):
        own = tree.name(code)
        if name.endswith(own) and name != own:
            rest = name[: -len(own)].strip(" /-—　")
            above = [tree.name(c) for c in tree.path(code, day)[1:]]
            if rest in above or rest == "".join(reversed(above[:2])) or rest == "".join(reversed(above)):
                found.append(code)
    return found


def read_rows(
    sheet: SheetRows,
    found: Understanding,
    words: dict[str, Meaning],
    ledger: Ledger,
    names: Names,
    on: int,
    place: Place,
) -> Iterator[ReadRow]:
    """Every row of data. Dates without a year refer to the day `on`."""
    readers = [(c, meaning, _reader(meaning, ledger, names, on)) for c, meaning in found.columns.items()]
    readers = [r for r in readers if r[1].kind != "serial"]
    for number, row in data_rows(sheet, found, words):
        yield _read(number, row, readers, found, ledger, names, place)


def _read(
    number: int,
    row: Row,
    readers: list[tuple[int, Meaning, Callable[[Cell], Any] | None]],
    found: Understanding,
    ledger: Ledger,
    names: Names,
    place: Place,
) -> ReadRow:
    fields: dict[str, Any] = {}
    dates: dict[str, int] = {}
    one: dict[str, str] = {}
    places: list[tuple[int, str, str]] = []
    problems: list[Problem] = []
    width = len(row)
    for c, meaning, read in readers:
        cell = row[c] if c < width else None
        if cell is None or cell == "":
            continue
        try:
            if read is None:  # a region: read when all its parts are known
                places.append((c, meaning.kind, plain_text(cell)))
            elif meaning.kind == "field":
                value = read(cell)
                if value != "" and value != []:
                    fields[meaning.key] = value
            elif meaning.kind == "date":
                dates[meaning.key] = read(cell)
            else:
                one[meaning.kind] = read(cell)
        except Wrong as wrong:
            problems.append(wrong.problem.at(_cell(place, number, c, found)))
    region = ""
    for c, kind, name in places:
        if name in {"", "/", "-", "—"}:
            continue
        try:
            region = names.region(name, region if kind == "level" and region else names.regions.root)
        except Wrong as wrong:
            problems.append(wrong.problem.at(_cell(place, number, c, found)))
    said = RowSaid(number, one.get("number", ""), region, one.get("unit", ""), one.get("state", ""), fields, dates)
    raw = (
        {found.heads.get(c, address(number, c)): text_of(v) for c, v in enumerate(row) if v is not None}
        if problems
        else {}
    )
    return ReadRow(said, raw, problems)


def _cell(place: Place, number: int, column: int, found: Understanding) -> Place:
    return Place(
        file=place.file,
        sheet=place.sheet,
        cell=address(number, column),
        row=number,
        column=found.heads.get(column, ""),
    )


def _reader(meaning: Meaning, ledger: Ledger, names: Names, on: int) -> Callable[[Cell], Any] | None:
    match meaning.kind:
        case "field":
            return converter(ledger.fields[meaning.key], on, names.unit)
        case "date":
            return lambda cell: day_of(cell, on)
        case "unit":
            return lambda cell: names.unit(plain_text(cell))
        case "state":
            return lambda cell: _state(plain_text(cell), ledger)
        case "region" | "level":
            return None
    return plain_text


def _state(text: str, ledger: Ledger) -> str:
    if text not in ledger.states:
        raise Wrong(says.STATE_WRONG.at(value=text, known="、".join(ledger.states)))
    return text
