"""The proof of a report's figures (佐证材料): for each the records behind it, and their files, numbered."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from zhuanban.core.problem import Place, Problem
from zhuanban.duty import problems as says
from zhuanban.duty.rules import Item
from zhuanban.ledger.files import shown_files
from zhuanban.ledger.models import Record
from zhuanban.pack.values import DutyProof
from zhuanban.people.queries import Setting
from zhuanban.tally.behind import behind
from zhuanban.tally.tables import RowKey

HEADS = ("佐证号", "数字", "数", "编号", "栏目", "文件", "校验值（SHA-256）")


@dataclass(frozen=True, slots=True)
class Proof:
    """Numbered lines under HEADS; and the records behind a figure that have no file of the kinds that prove it."""

    lines: tuple[tuple[str, ...], ...]
    missing: tuple[Problem, ...]

    def listing(self) -> bytes:
        """The lines as CSV, UTF-8 with BOM."""
        out = io.StringIO()
        csv.writer(out).writerows([HEADS, *self.lines])
        return out.getvalue().encode("utf-8-sig")


def prove(setting: Setting, item: Item, proof: DutyProof, day: int) -> Proof:
    """The proof of what the unit reports as of a day: each file once for a figure, files behind a mask left out."""
    table = setting.pack.tables[proof.table]
    where = _row(setting, item, table.rows.by, day)
    lines: list[tuple[str, ...]] = []
    missing: list[Problem] = []
    for key, fields in proof.columns:
        column = table.columns[key]
        found = list(behind(setting, table, column, where, day))
        total = str(sum(each.n for each in found))
        for each in found:
            ledger = setting.pack.ledgers[each.ledger]
            wanted = [field for _, field in fields]
            record = Record.objects.get(pk=each.record_id)
            files = [f for f in shown_files(ledger, record, day) if f["field"] in wanted]
            for field in wanted:
                mine = [f for f in files if f["field"] == field]
                title = ledger.fields[field].title
                if not mine:
                    words = {"figure": column.title, "number": each.number, "fields": title}
                    missing.append(says.NO_PROOF.at(Place(record=each.number), **words))
                for ref in mine:
                    nth = str(len(lines) + 1)
                    lines.append((nth, column.title, total, each.number, title, str(ref["name"]), str(ref["sha256"])))
    return Proof(tuple(lines), tuple(missing))


def _row(setting: Setting, item: Item, by: str, day: int) -> RowKey:
    """The row of the table that speaks of the unit: its own, or that of its region."""
    root, units = setting.regions.root, setting.units
    if by == "unit":
        return RowKey(root, units.subtree(item.unit, day))
    region = units.nodes[item.unit].region
    return RowKey(region if region in setting.regions else root)
