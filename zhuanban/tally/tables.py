"""What a table says: one evaluation for both meanings (fast sums, slow events), and how its figures are printed.

A table is asked at a node of the region tree as of a day. What is counted comes in as a function, so that the same
text here serves `queries.py` (sums kept) and `meaning.py` (events read one by one).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhuanban.core.problem import Kind, Place, Refused
from zhuanban.core.ratio import Ratio, scaled_text
from zhuanban.pack.values import Column, Question, Table
from zhuanban.people.queries import Setting
from zhuanban.tally.questions import asked_by

NO_TABLE = Kind("tally-002", "本行动没有统计表“{table}”。", "可用的统计表：{known}。")
NO_REGION = Kind("tally-003", "没有代码或名称为“{region}”的区划。", "请核对区划代码。")
NO_ROW = Kind("tally-004", "表中没有“{row}”这一行。", "可用的行：{known}。")
NOT_YOURS = Kind("tally-020", "“{region}”不在您的管辖范围内。", "请另选区划，或请有权限的人查看。")
NO_COLUMN = Kind("tally-005", "表中没有“{column}”这一列。", "可用的列：{known}。")
ROW_UNKNOWN = Kind(
    "tally-006", "统计表“{table}”的行“{row}”在本行动的单位表中找不到。", "请在单位表中补上，或改行动包。"
)
OWN = "（本级）"
TOTAL = "total"

Count = Callable[[Question, "RowKey"], int]
Text = Callable[[str, str, str], str]
"""(ledger, field, region or unit code) → the words of that row's record."""


@dataclass(frozen=True, slots=True)
class RowKey:
    """What a row counts: records below region `node` (less those below `without`), with unit or word in `cells`.

    `cells` None counts all; `but` leaves these out of it.
    """

    node: str
    cells: frozenset[str] | None = None
    without: tuple[str, ...] = ()
    but: frozenset[str] = frozenset()

    def takes(self, cell: str) -> bool:
        """Does the row count what stands in this cell of a node?"""
        return cell not in self.but if self.cells is None else cell in self.cells


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be printed. `key` is a region or unit code, an option's word, `total`, or `own`."""

    key: str
    name: str
    count: RowKey
    total: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: `value` (whole number, in units of 10^-decimals where summed), or a ratio's parts, or text."""

    text: str
    value: int | None = None
    ratio: Ratio | None = None


@dataclass(frozen=True, slots=True)
class Result:
    table: Table
    node: str
    day: int
    rows: tuple[Row, ...]
    cells: dict[tuple[str, str], Cell]  # (row key, column key)


def find_table(setting: Setting, name: str) -> Table:
    """The table of that key or printed title. Raises Refused naming those that exist."""
    for table in setting.pack.tables.values():
        if name in (table.key, table.title):
            return table
    known = "、".join(f"{t.key}（{t.title}）" for t in setting.pack.tables.values())
    raise Refused(NO_TABLE.at(table=name, known=known))


def find_node(setting: Setting, region: str, day: int) -> str:
    """The code of a region by code or name; "" is the root. Raises Refused."""
    if not region:
        return setting.regions.root
    found = setting.regions.find(region, day)
    if len(found) != 1:
        raise Refused(NO_REGION.at(Place(), region=region))
    return found[0]


def rows_of(setting: Setting, table: Table, node: str, day: int) -> list[Row]:
    """The rows that a table prints at a node as of a day, total row included, in printed order."""
    match table.rows.by:
        case "region":
            rows = _region_rows(setting, table, node, day)
        case "unit":
            rows = _unit_rows(setting, table, node, day)
        case _:
            rows = _word_rows(setting, table, node)
    if table.rows.total:
        if table.rows.by == "region" or table.rows.rest:
            count = RowKey(node)
        else:
            # The total is the sum of the rows above or below it, never of something that is not printed.
            cells: frozenset[str] = frozenset().union(*(r.count.cells or frozenset() for r in rows))
            count = RowKey(node, cells)
        total = Row(TOTAL, table.rows.total, count, total=True)
        rows = [total, *rows] if table.rows.total_first else [*rows, total]
    return rows


def _region_rows(setting: Setting, table: Table, node: str, day: int) -> list[Row]:
    tree = setting.regions
    children = tree.children(node, day)
    if not children:
        return [Row(node, tree.name(node, day), RowKey(node))]
    rows = [Row(code, tree.name(code, day), RowKey(code)) for code in children]
    return [*rows, Row("own", tree.name(node, day) + OWN, RowKey(node, None, tuple(children)))]


def _unit_rows(setting: Setting, table: Table, node: str, day: int) -> list[Row]:
    units = setting.units
    if table.rows.names:
        rows = []
        for name in table.rows.names:
            found = units.find(name, day)
            if not found:
                raise Refused(ROW_UNKNOWN.at(table.at, table=table.title, row=name))
            # A name that the pack prints goes with the unit when it is renamed.
            rows.append((found[0], units.name(found[0], day) if units.nodes[found[0]].names else name))
    else:
        rows = [(code, units.name(code, day)) for code in units.children(units.root, day)]
    return [Row(code, name, RowKey(node, units.subtree(code, day))) for code, name in rows]


def _word_rows(setting: Setting, table: Table, node: str) -> list[Row]:
    words = table.rows.names
    if not words:
        question = next(c.question for c in table.columns.values() if c.question is not None)
        words = tuple(o.title for o in setting.pack.ledgers[question.ledger].fields[table.rows.by].options)
    rest = table.rows.rest
    own = frozenset(words) - {rest}
    rows = [Row(w, w, RowKey(node, frozenset({w}))) for w in words if w != rest]
    if not rest:
        return rows
    other = Row(rest, rest, RowKey(node, but=own))
    at = words.index(rest) if rest in words else len(rows)
    return [*rows[:at], other, *rows[at:]]


def evaluate(setting: Setting, table: Table, node: str, day: int, count: Count, text: Text) -> Result:
    """Fill the table. A row `own` (records hung on the node itself) is printed only where it has a figure."""
    cells: dict[tuple[str, str], Cell] = {}
    rows = []
    for row in rows_of(setting, table, node, day):
        mine = {c.key: _cell(setting, table, c, row, day, count, text) for c in table.columns.values()}
        if row.key == "own" and not any(c.value for c in mine.values()):
            continue
        rows.append(row)
        cells.update({(row.key, key): cell for key, cell in mine.items()})
    return Result(table, node, day, tuple(rows), cells)


def _cell(setting: Setting, table: Table, column: Column, row: Row, day: int, count: Count, text: Text) -> Cell:
    if column.text is not None:
        return Cell("" if row.total or row.key == "own" else text(*column.text, row.key))
    if column.ratio is not None:
        assert column.round is not None
        part, whole = (_number(setting, table, table.columns[k], row, day, count) for k in column.ratio)
        ratio = Ratio(part, whole)
        return Cell(ratio.percent(column.round, column.digits), None, ratio)
    value = _number(setting, table, column, row, day, count)
    return Cell(scaled_text(value, decimals_of(setting, table, column)), value)


def _number(setting: Setting, table: Table, column: Column, row: Row, day: int, count: Count) -> int:
    if column.level:
        inside = regions_of(setting, column.level, row.count, day)
        if column.question is None:
            return len(inside)
        question = asked_by(table, column.question)
        return sum(count(question, RowKey(code)) > 0 for code in inside)
    if column.question is not None:
        return count(asked_by(table, column.question), row.count)
    plus, minus = (
        sum(_number(setting, table, table.columns[k], row, day, count) for k in keys)
        for keys in (column.plus, column.minus)
    )
    return plus - minus


def regions_of(setting: Setting, level: str, row: RowKey, day: int) -> list[str]:
    """Codes of the regions of a grid level inside a row, in use on the day."""
    tree = setting.regions
    depth = [each.key for each in setting.pack.grid.levels].index(level) + 1
    inside = tree.subtree(row.node, day)
    for other in row.without:
        inside -= tree.subtree(other, day)
    return sorted(code for code in inside if tree.level(code, day) == depth and tree.nodes[code].in_use(day))


def decimals_of(setting: Setting, table: Table, column: Column) -> int:
    """Decimal places of a column's whole numbers: those of the summed field."""
    if column.question is not None:
        question = column.question
        return setting.pack.ledgers[question.ledger].fields[question.sum].decimals if question.sum else 0
    return max((decimals_of(setting, table, table.columns[k]) for k in (*column.plus, *column.minus)), default=0)


def find_row(result: Result, name: str) -> Row:
    """The row of that key or printed name. Raises Refused."""
    for row in result.rows:
        if name in (row.key, row.name):
            return row
    raise Refused(NO_ROW.at(row=name, known="、".join(r.name for r in result.rows)))


def find_column(table: Table, name: str) -> Column:
    """The column of that key or printed title. Raises Refused."""
    for column in table.columns.values():
        if name in (column.key, column.title):
            return column
    raise Refused(NO_COLUMN.at(column=name, known="、".join(c.title for c in table.columns.values())))
