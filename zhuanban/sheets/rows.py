"""Rows of a worksheet as what they say of a record, or what is wrong with their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from zhuanban.core.problem import Place, Problem
from zhuanban.ledger.spelling import plain_number
from zhuanban.pack.values import Ledger
from zhuanban.people.tree import Tree
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import SheetRows
from zhuanban.sheets.cells import Cell, Row
from zhuanban.sheets.steps import RowSaid
from zhuanban.sheets.sums import Sums
from zhuanban.sheets.understand import WITHDRAWN, Meaning, Understanding, address
from zhuanban.sheets.values import Wrong, converter, day_of, is_blank, is_nothing, joined, plain_text, text_of
from zhuanban.sheets.walk import cell_place, lines


class Column(NamedTuple):
    """A column of a sheet, from 0, and its head as the sheet has it."""

    at: int
    head: str


class ReadRow(NamedTuple):
    """A row: what it says (as far as its cells could be read) and the problems of its cells."""

    said: RowSaid
    raw: dict[str, str]  # head → cell as text, for the inbox; only where there are problems
    problems: list[Problem]
    at: Mapping[str, Column]  # what the door calls a thing → its column; one mapping for all rows of a table


Reader = tuple[int, Meaning, Callable[[Cell], Any] | None]
REGION, NUMBER = "区划", "编号"
"""What the door calls that which is no field of the pack."""


class Names:
    """Names of regions and units → codes, remembered for one import."""

    def __init__(self, regions: Tree, units: Tree, day: int) -> None:
        self.regions = regions
        self.units = units
        self.day = day
        self._known: dict[tuple[str | int, ...], str] = {}
        self._by_spoken: dict[str, list[str]] | None = None

    def unit(self, name: str) -> str:
        known = self._known.get(("unit", name))
        if known is None:
            found = self.units.find("".join(name.split()), self.day)
            if len(found) != 1:
                raise Wrong(says.UNIT_WRONG.at(value=name))
            known = self._known[("unit", name)] = found[0]
        return known

    def region(self, name: str, inside: str, depth: int = 0) -> str:
        """A region by code or name, below `inside`, at best at `depth` steps below the root.

        Raises Wrong where it is unknown or there are several.
        """
        known = self._known.get((inside, depth, name))
        if known is None:
            known = self._known[(inside, depth, name)] = self._find(name, inside, depth)
        return known

    def _find(self, name: str, inside: str, depth: int) -> str:
        tree, name = self.regions, "".join(name.split())
        found = self._within(tree.find(name, self.day), inside, depth)
        for spoken in (_canonical(name), _stem(name)):
            found = found or self._within(self._spoken().get(spoken, []), inside, depth)
        found = found or self._by_path(name, inside)
        if not found:
            raise Wrong(says.REGION_WRONG.at(value=name))
        if len(found) > 1:
            where = "、".join("".join(tree.name(x) for x in reversed(tree.path(c, self.day)[:-1])) for c in found[:4])
            raise Wrong(says.REGION_MANY.at(value=name, found=where))
        return found[0]

    def _within(self, codes: list[str], inside: str, depth: int) -> list[str]:
        found = [c for c in codes if inside in self.regions.path(c, self.day)]
        at_depth = [c for c in found if depth and self.regions.level(c, self.day) == depth]
        return at_depth or found

    def _spoken(self) -> dict[str, list[str]]:
        """Names as they are spoken → codes in use."""
        if self._by_spoken is None:
            self._by_spoken = {}
            for code, node in self.regions.nodes.items():
                if node.in_use(self.day):
                    for word in {_canonical(node.name), _stem(node.name)}:
                        self._by_spoken.setdefault(word, []).append(code)
        return self._by_spoken

    def _by_path(self, name: str, inside: str) -> list[str]:
        """A name written with its superiors before it: 东镇甲村, 东镇-甲村."""
        tree, day = self.regions, self.day
        found = []
        for code in tree.subtree(inside, day):
            own = tree.name(code)
            if name.endswith(own) and name != own:
                rest = name[: -len(own)].strip("/-—,，")
                above = [tree.name(c) for c in tree.path(code, day)[1:]]
                stems = {_stem(a) for a in above}
                if _stem(rest) in stems or rest in {"".join(reversed(above[:n])) for n in range(2, len(above) + 1)}:
                    found.append(code)
        return found


_OFFICE = re.compile(
    r"(?:(?<=村)(?:民委员会|委会|委)|(?:居民委员会|居委会|居委)|(?<=街道)(?:办事处|办)|街办|办事处"
    r"|(?<=[镇乡区县市])(?:人民)?政府|管委会|管理委员会)$"
)
_KIND = re.compile(r"(?<=..)(?:街道|社区|地区|区|县|市|镇|乡|村|组)$")


def _canonical(name: str) -> str:
    """The place that an office's name speaks of: 东关街道办事处 → 东关街道."""
    return _OFFICE.sub("", name)


def _stem(name: str) -> str:
    """The name without the word for what it is: 东关街道 → 东关."""
    return _KIND.sub("", _canonical(name))


def read_rows(
    sheet: SheetRows,
    found: Understanding,
    words: dict[str, Meaning],
    ledger: Ledger,
    names: Names,
    on: int,
    place: Place,
) -> Iterator[ReadRow]:
    """Every row of data. Dates without a year refer to the day that the sheet names as its own, else to the day `on`.

    Sums are compared with the rows above them; where one differs, `found.warnings` says so.
    """
    context = found.dated if found.dated is not None and found.dated <= on else on
    sums = Sums(ledger)
    current: Understanding | None = None
    readers: list[Reader] = []
    at: dict[str, Column] = {}
    for line in lines(sheet, found, words, ledger, place):
        if line.found is not current:
            current = line.found
            readers = [
                (c, meaning, _reader(meaning, ledger, names, context))
                for c, meaning in current.columns.items()
                if meaning.kind != "serial"
            ]
            at = columns_by_title(current, ledger)
        if line.total:
            found.warnings += sums.check(line, place)
        else:
            row = _read(line.number, line.row, readers, line.found, at, names, place)
            sums.add(row.said.fields, whole=not row.problems)
            yield row


def columns_by_title(found: Understanding, ledger: Ledger) -> dict[str, Column]:
    """What the door calls a thing → its column, to name the cell that the door refused."""
    at: dict[str, Column] = {}
    for c, meaning in found.columns.items():
        match meaning.kind:
            case "field":
                title = ledger.fields[meaning.key].title
            case "region" | "level":
                title = REGION
            case "unit":
                title = ledger.unit_title
            case "date":
                title = meaning.key
            case "number":
                title = NUMBER
            case _:
                continue
        column = Column(c, found.heads.get(c, title))
        if meaning.kind == "level":
            at[title] = column  # the lowest level says most
        else:
            at.setdefault(title, column)
    return at


def _read(
    number: int,
    row: Row,
    readers: list[Reader],
    found: Understanding,
    at: dict[str, Column],
    names: Names,
    place: Place,
) -> ReadRow:
    fields: dict[str, Any] = {}
    dates: dict[str, int] = {}
    one: dict[str, str] = {}
    places: list[tuple[int, Meaning, str]] = []
    problems: list[Problem] = []
    width = len(row)
    for c, meaning, read in readers:
        cell = row[c] if c < width else None
        if cell is None or is_blank(cell):
            continue
        try:
            if read is None:  # a region: read when all its parts are known
                places.append((c, meaning, plain_text(cell)))
                continue
            value = read(cell)
            if value == "" or value == []:
                continue
            key = meaning.key or meaning.kind
            said = fields if meaning.kind == "field" else dates if meaning.kind == "date" else one
            if said.setdefault(key, value) != value:
                raise Wrong(says.SAID_TWICE.at(column=found.heads.get(c, "")))
        except Wrong as wrong:
            problems.append(wrong.problem.at(cell_place(place, number, c, found)))
    region = ""
    for c, meaning, name in places:
        try:
            within = region if meaning.kind == "level" and region else names.regions.root
            region = names.region(name, within, meaning.depth)
        except Wrong as wrong:
            problems.append(wrong.problem.at(cell_place(place, number, c, found)))
    said_row = RowSaid(number, one.get("number", ""), region, one.get("unit", ""), one.get("state", ""), fields, dates)
    raw = (
        {found.heads.get(c, address(number, c)): text_of(v) for c, v in enumerate(row) if v is not None}
        if problems
        else {}
    )
    return ReadRow(said_row, raw, problems, at)


def _reader(meaning: Meaning, ledger: Ledger, names: Names, on: int) -> Callable[[Cell], Any] | None:
    match meaning.kind:
        case "field":
            return converter(ledger.fields[meaning.key], on, names.unit, tight=is_key(ledger, meaning.key))
        case "date":
            return lambda cell: "" if is_nothing(cell) else day_of(cell, on)
        case "unit":
            return lambda cell: "" if is_nothing(cell) else names.unit(plain_text(cell))
        case "state":
            return lambda cell: _state(plain_text(cell), ledger)
        case "region" | "level":
            return None
        case "number":
            return lambda cell: plain_number(plain_text(cell).removeprefix("'"))
    return plain_text


def is_key(ledger: Ledger, field: str) -> bool:
    """Is this one of the fields that tell a record from others?"""
    return field in ledger.match or field in ledger.one_per


def _state(said: str, ledger: Ledger) -> str:
    text = joined(said).removesuffix(WITHDRAWN)
    if text not in ledger.states:
        raise Wrong(says.STATE_WRONG.at(value=text, known="、".join(ledger.states)))
    return text
