"""Tables and the records behind them as one person may see them.

A row is shown where everything it counts is in the person's reach: the row's node, or in a table by unit the row's
units. What remains hidden leaves no trace: no total that would tell it by subtraction. A table that counts a ledger
the person's posts may not see is not there for him.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Count

from zhuanban.core.problem import Refused
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Column, Ledger, Question, Table
from zhuanban.pack.work_list import WorkList
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Reach
from zhuanban.tally import store
from zhuanban.tally.actions import measure_ids
from zhuanban.tally.behind import CHUNK, Behind, behind, quoted
from zhuanban.tally.books import Listed
from zhuanban.tally.lists import work_list
from zhuanban.tally.queries import table
from zhuanban.tally.questions import question_key
from zhuanban.tally.tables import NO_TABLE, NOT_YOURS, Result, Row, RowKey, find_column, find_node, find_row, find_table


def ledgers_of(asked: Table) -> set[str]:
    """Keys of the ledgers that a table counts or quotes."""
    found = {c.question.ledger for c in asked.columns.values() if c.question is not None}
    return found | {c.text[0] for c in asked.columns.values() if c.text is not None}


def seen_tables(viewer: Viewer) -> list[Table]:
    """The tables whose ledgers the viewer may know, in the pack's order."""
    pack = viewer.setting.pack
    return [t for t in pack.tables.values() if all(viewer.knows(pack.ledgers[k]) for k in ledgers_of(t))]


def seen_lists(viewer: Viewer) -> list[WorkList]:
    """The work lists whose ledgers the viewer may know, in the pack's order."""
    pack = viewer.setting.pack
    return [x for x in pack.lists.values() if all(viewer.knows(pack.ledgers[k]) for k in x.ledgers)]


@dataclass(frozen=True, slots=True)
class Sight:
    """Which rows of a table a viewer may see."""

    reaches: tuple[Reach, ...]
    by_unit: bool

    def row(self, count: RowKey) -> bool:
        """Does the viewer reach all that such a row counts?"""
        return all(
            r.everything
            or count.node in r.regions
            or (self.by_unit and count.cells is not None and count.cells <= r.units)
            for r in self.reaches
        )


def sight(viewer: Viewer, asked: Table) -> Sight:
    """The viewer's sight of a table. Raises Refused where the table is none of his."""
    if asked not in seen_tables(viewer):
        raise Refused(NO_TABLE.at(table=asked.title, known="、".join(t.title for t in seen_tables(viewer)) or "（无）"))
    pack = viewer.setting.pack
    if viewer.actor.operator:
        return Sight((), asked.rows.by == "unit")
    narrowed = [pack.ledgers[k].seen_by for k in sorted(ledgers_of(asked)) if pack.ledgers[k].seen_by]
    return Sight((viewer.reaches(), *(viewer.reaches(posts) for posts in narrowed)), asked.rows.by == "unit")


def seen_table(viewer: Viewer, name: str, region: str, day: int) -> Result:
    """The table as of a day at a region ("" = the viewer's own top), with the rows that he may see.

    Raises Refused where there is no such table or region, or nothing of it for him.
    """
    asked = find_table(viewer.setting, name)
    eyes = sight(viewer, asked)
    node = find_node(viewer.setting, region, day) if region else top(viewer, eyes)
    full = table(viewer.setting, asked, node, day)
    rows = tuple(row for row in full.rows if eyes.row(row.count))
    if not rows:
        raise Refused(NOT_YOURS.at(region=viewer.setting.regions.name(node, day)))
    if len(rows) == len(full.rows):
        return full
    keys = {row.key for row in rows}
    return replace(full, rows=rows, cells={k: cell for k, cell in full.cells.items() if k[0] in keys})


def top(viewer: Viewer, eyes: Sight | None = None) -> str:
    """The node at which the viewer's pages open: the lowest one that spans his regions; the root where he has none."""
    tree = viewer.setting.regions
    reaches = eyes.reaches if eyes is not None else (viewer.reaches(),)
    if viewer.actor.operator or all(r.everything for r in reaches):
        return tree.root
    sees = {key: post.sees for key, post in viewer.setting.pack.posts.items()}
    regions = [h.region for h in viewer.actor.held if h.region in tree and "region" in sees.get(h.post, ())]
    if not regions or any(h.unit and "unit" in sees.get(h.post, ()) and not h.region for h in viewer.actor.held):
        return tree.root
    paths = [tree.path(code, viewer.today)[::-1] for code in regions]
    common = paths[0]
    for path in paths[1:]:
        same = 0
        while same < min(len(common), len(path)) and common[same] == path[same]:
            same += 1
        common = common[:same]
    return common[-1]


@dataclass(frozen=True, slots=True)
class CellBehind:
    """A figure and the records behind it that the viewer may see, found as they are asked for."""

    result: Result
    row: Row
    column: Column
    items: Iterator[Behind]
    count: int | None  # of all items; None where only looking at all of them would tell


def seen_behind(viewer: Viewer, name: str, region: str, day: int, row: str, column: str, after: str = "") -> CellBehind:
    """The records behind a cell (see `behind.behind`). Raises Refused where the cell is not there for the viewer."""
    result = seen_table(viewer, name, region, day)
    line = find_row(result, row)
    asked = find_column(result.table, column)
    if asked.text is not None:
        items = quoted(viewer.setting, asked, line, day, after)
    else:
        items = behind(viewer.setting, result.table, asked, line.count, day, after)
    return CellBehind(result, line, asked, _in_scope(viewer, items), _how_many(viewer, result, line, asked))


def _how_many(viewer: Viewer, result: Result, row: Row, column: Column) -> int | None:
    """The figure itself, where each record adds one to it and none of them is hidden from the viewer."""
    if column.ratio is not None:
        column = result.table.columns[column.ratio[1]]
    question = column.question
    if question is None or question.sum:
        return None
    ledger = viewer.setting.pack.ledgers[question.ledger]
    by = ledger.fields.get(result.table.rows.by)
    if by is not None and by.many:
        return None
    if not viewer.actor.operator:
        hidden = [s for s in ledger.states.values() if s.seen_by and not viewer.reaches(s.seen_by).everything]
        if hidden:
            return None
    return result.cells[(row.key, column.key)].value


def _in_scope(viewer: Viewer, items: Iterator[Behind]) -> Iterator[Behind]:
    ledgers = viewer.setting.pack.ledgers
    while part := list(islice(items, CHUNK)):
        seen = {b.record_id for b in part}
        if not viewer.actor.operator:
            seen = set()
            for key in {b.ledger for b in part}:
                ids = [b.record_id for b in part if b.ledger == key]
                seen.update(viewer.records(ledgers[key]).filter(pk__in=ids).values_list("pk", flat=True))
        yield from (b for b in part if b.record_id in seen)


def seen_list(viewer: Viewer, asked: WorkList, region: str, day: int) -> list[Listed]:
    """A work list as of a day with the entries that the viewer may see."""
    if asked not in seen_lists(viewer):
        raise Refused(NO_TABLE.at(table=asked.title, known="（无）"))
    ledger = viewer.setting.pack.ledgers[asked.listed]
    node = find_node(viewer.setting, region, day) if region else viewer.setting.regions.root
    if not asked.misses and not asked.duties:
        return work_list(viewer.setting, asked, node, day, viewer.may_see(ledger))
    # What lacks something is asked of all records, else a hidden one would make its region or unit look empty.
    found = work_list(viewer.setting, asked, node, day, viewer.may_see(ledger) if asked.missing_link else None)
    if asked.missing_link and not asked.missing_level:
        return found
    here = viewer.reaches()
    return [x for x in found if viewer.actor.operator or here.covers(x.region, x.unit)]


def state_counts(viewer: Viewer, ledger: Ledger, day: int) -> dict[str, int]:
    """How many records of a ledger the viewer may see in each state, withdrawn ones left out.

    Who sees all gets them from the kept sums as of the day; others have theirs counted as they stand now.
    """
    hidden = [s for s in ledger.states.values() if s.seen_by]
    if viewer.actor.operator or (viewer.reaches().everything and not hidden and not ledger.seen_by):
        measure = measure_ids(viewer.setting)[question_key(Question(ledger.key, by="state"))]
        root = viewer.setting.regions.root
        return {cell: n for (_, _, cell), n in store.sums([measure], [root], day).items() if n}
    rows = viewer.records(ledger).filter(withdrawn=False).order_by()
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def drillable(setting: Setting, result: Result, row: Row) -> str:
    """The region whose own table a row opens; "" where the row is none, or has nothing below it."""
    tree = setting.regions
    if result.table.rows.by != "region" or row.total or row.key not in tree or row.key == result.node:
        return ""
    return row.key if tree.children(row.key, result.day) else ""
