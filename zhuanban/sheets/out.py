"""What goes out: a ledger's records and a table's figures as columns and rows for `export` and `export_table`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from zhuanban.core.day import chinese, to_date
from zhuanban.ledger.models import Record
from zhuanban.ledger.past import past_words
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import FILE_TYPES, Column, Field, FieldType, Ledger
from zhuanban.people.queries import Setting
from zhuanban.people.tree import Tree
from zhuanban.sheets.export import ColumnSpec, Kind
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.export_table import PrintedTable
from zhuanban.sheets.understand import EXPORT_HEADS, WITHDRAWN
from zhuanban.tally.tables import Result, Row, decimals_of

CHUNK = 2000


def ledger_columns(setting: Setting, ledger: Ledger) -> list[ColumnSpec]:
    """Number, state, a column per grid level, unit, all fields, first and latest day; an import knows these heads."""
    place = [ColumnSpec(level_head(setting, i)) for i in range(_depth(setting, ledger))]
    unit = [ColumnSpec(ledger.unit_title)] if len(setting.units.nodes) > 1 else []
    return [
        ColumnSpec(ledger.number_title),
        ColumnSpec("状态", Kind.WORD),
        *place,
        *unit,
        *(ColumnSpec.of(field) for field in ledger.fields.values()),
        *(ColumnSpec(head, Kind.DATE) for head in EXPORT_HEADS),
    ]


def level_head(setting: Setting, index: int) -> str:
    """What a sheet calls a level of the grid: 街道/乡镇."""
    level = setting.pack.grid.levels[index]
    return "/".join(level.names) or level.title


def _depth(setting: Setting, ledger: Ledger) -> int:
    levels = [level.key for level in setting.pack.grid.levels]
    return levels.index(ledger.region_level) + 1 if ledger.region_level else len(levels)


def ledger_rows(viewer: Viewer, ledger: Ledger, records: QuerySet[Record]) -> Iterator[list[Value]]:
    """The rows of `ledger_columns`, masked; memory does not grow with their number."""
    masker, write = Masker(ledger), RowWriter(viewer.setting, ledger, viewer.today)
    # orjson reads the text of a record in a third of the time that the JSON field itself would take.
    rows = records.annotate(_text=Cast("data", TextField())).values_list(
        "pk", "version", "number", "state", "region", "unit", "first_on", "last_on", "withdrawn", "_text"
    )
    for pk, _, number, state, region, unit, first_on, last_on, withdrawn, text, past in _with_past(ledger, rows):
        data = masker.show(orjson.loads(text), past.get(pk))
        yield write.row(number, f"{state}{WITHDRAWN}" if withdrawn else state, region, unit, data, first_on, last_on)


def ledger_rows_on(viewer: Viewer, ledger: Ledger, records: Sequence[Record], day: int) -> Iterator[list[Value]]:
    """The same of records as they stood on an earlier day (see `Viewer.stood`), with the names of that day."""
    masker, write = Masker(ledger), RowWriter(viewer.setting, ledger, day)
    past = past_words(ledger, [r.pk for r in records if r.version > 1])
    for r in records:
        data = masker.show(r.data, past.get(r.pk))
        yield write.row(r.number, r.state, r.region, r.unit, data, r.first_on, r.last_on)


class RowWriter:
    """Writes records as rows of `ledger_columns`, with the names of a day."""

    def __init__(self, setting: Setting, ledger: Ledger, day: int) -> None:
        self.regions, self.units, self.day = setting.regions, setting.units, day
        self.depth = _depth(setting, ledger)
        self.with_unit = len(setting.units.nodes) > 1
        self.writers = [(key, writer(field, setting.units, day)) for key, field in ledger.fields.items()]
        self.places: dict[str, list[str]] = {}

    def row(
        self, number: str, state: str, region: str, unit: str, data: Mapping[str, Any], first_on: int, last_on: int
    ) -> list[Value]:
        if region not in self.places:
            self.places[region] = place_names(self.regions, region, self.depth, self.day)
        row: list[Value] = [number, state, *self.places[region]]
        if self.with_unit:
            row.append(self.units.name(unit, self.day) if unit else "")
        row += [write(data.get(key)) for key, write in self.writers]
        return [*row, to_date(first_on), to_date(last_on)]


def _with_past(ledger: Ledger, rows: QuerySet[Record, tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows, each with the personal words that it and its neighbours once said (see `past_words`)."""
    coming = rows.iterator(chunk_size=CHUNK)
    while part := list(islice(coming, CHUNK)):
        past = past_words(ledger, [pk for pk, version, *_ in part if version > 1])
        for row in part:
            yield (*row, past)


def place_names(regions: Tree, region: str, depth: int, day: int) -> list[str]:
    """The names on the way down to a region, one per grid level, "" below it."""
    if region not in regions:
        return [region, *[""] * (depth - 1)]
    path = regions.path(region, day)[::-1][1:]
    names = [regions.name(code, day) for code in path[:depth]]
    return names + [""] * (depth - len(names))


def writer(field: Field, units: Tree, day: int | None = None) -> Callable[[Any], Value]:
    """How a field's values go out, with the names of a day (None: of now)."""
    if field.type is FieldType.DATE:
        return _date
    if field.type in FILE_TYPES:
        return lambda value: f"{len(value)}份" if isinstance(value, list) and value else _plain(value)
    if field.type is FieldType.UNIT:
        return lambda value: (
            "、".join(units.name(code, day) for code in (value if isinstance(value, list) else [value]))
            if value
            else None
        )
    if field.type is FieldType.POINT:
        return lambda value: f"{value['lon']}, {value['lat']}" if isinstance(value, Mapping) else _plain(value)
    return _plain


def _date(value: Any) -> Value:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return _plain(value)


def _plain(value: Any) -> Value:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def table_columns(setting: Setting, result: Result) -> list[ColumnSpec]:
    """The row's name, then the table's columns with their printed titles."""
    return [
        ColumnSpec(result.table.head),
        *(_table_column(setting, result, c) for c in result.table.columns.values()),
    ]


def _table_column(setting: Setting, result: Result, column: Column) -> ColumnSpec:
    if column.kind in {"ratio", "text"}:
        return ColumnSpec(column.title)
    decimals = decimals_of(setting, result.table, column)
    return ColumnSpec(column.title, Kind.NUMBER if decimals else Kind.INTEGER, decimals)


def table_rows(setting: Setting, result: Result) -> list[list[Value]]:
    """The rows of `table_columns`: counts as numbers, rates and words as printed."""
    return [[row.name, *_figures(setting, result, row)] for row in result.rows]


def _figures(setting: Setting, result: Result, row: Row) -> Iterable[Value]:
    for column in result.table.columns.values():
        cell = result.cells[(row.key, column.key)]
        decimals = decimals_of(setting, result.table, column)
        if cell.value is None:
            yield cell.text
        else:
            yield cell.value / 10**decimals if decimals else cell.value


def table_texts(result: Result) -> list[list[Value]]:
    """The same rows, every figure as it is printed (11.50, 84%): for CSV."""
    columns = result.table.columns
    return [[row.name, *(result.cells[(row.key, key)].text for key in columns)] for row in result.rows]


def printed(setting: Setting, result: Result, notes: Sequence[str] = ()) -> PrintedTable:
    """A table as it is printed and handed in: title, as-of day, totals in bold."""
    totals = [i for i, row in enumerate(result.rows) if row.total]
    place = setting.regions.name(result.node, result.day)
    return PrintedTable(
        result.table.title,
        table_columns(setting, result),
        table_rows(setting, result),
        totals,
        right=f"截止日期：{chinese(result.day)}",
        left="" if result.node == setting.regions.root else f"范围：{place}",
        notes=notes,
    )
