"""Where the sums on disk differ from what they ought to be, told in the words that tables print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from zhuanban.core.day import FAR_DAY, FIRST_DAY, iso
from zhuanban.core.problem import Problem
from zhuanban.pack.values import FieldType, Ledger, Pack, Question
from zhuanban.people.queries import Setting
from zhuanban.tally import problems as says
from zhuanban.tally import store
from zhuanban.tally.questions import asked_by, question_key, questions_of
from zhuanban.tally.rules import BLOCK_DAYS, Delta, block_of


def differences(setting: Setting, ids: Mapping[str, int], right: Mapping[Delta, int]) -> Iterator[Problem]:
    """Every row of the sums that is not as it ought to be. `ids`: question key → measure; `right`: the day rows."""
    blocks: dict[Delta, int] = defaultdict(int)
    for (measure, node, day, cell), n in right.items():
        blocks[(measure, node, block_of(day), cell)] += n
    names = _Names(setting, ids)
    for table, wanted, when in (("tally_day", right, _day), ("tally_block", blocks, _block)):
        held = store.everything(list(ids.values()), table)
        # Whatever was written behind the door, of whatever type, has to be put in some order.
        for key in sorted({k for k in wanted.keys() | held.keys() if wanted.get(k, 0) != held.get(k, 0)}, key=repr):
            measure, node, time, cell = key
            yield says.TALLY_OFF.at(
                what=names.what(measure),
                where="／".join(filter(None, (setting.regions.name(node), names.cell(measure, cell)))),
                when=when(time),
                right=names.number(measure, wanted.get(key, 0)),
                wrong=names.number(measure, held.get(key, 0)),
            )


class _Names:
    """What the numbers of measures mean, in the words that tables print."""

    def __init__(self, setting: Setting, ids: Mapping[str, int]) -> None:
        self._units = setting.units
        self._pack = setting.pack
        self._questions = {ids[question_key(q)]: q for q in questions_of(setting.pack)}
        self._columns: dict[int, list[str]] = defaultdict(list)
        for table in setting.pack.tables.values():
            for column in table.columns.values():
                if column.question is not None:
                    measure = ids[question_key(asked_by(table, column.question))]
                    self._columns[measure].append(f"“{table.title}”的“{column.title}”列")

    def what(self, measure: int) -> str:
        """The columns that ask for a measure, else the ledger whose records it counts by their state."""
        columns = self._columns.get(measure)
        return "、".join(columns) if columns else f"台账“{self._ledger(measure).title}”按状态的计数"

    def cell(self, measure: int, cell: str) -> str:
        return self._units.name(cell) if self._questions[measure].by == "unit" else cell

    def number(self, measure: int, n: int) -> str:
        """A sum as a table prints it: a decimal field is kept in units of its last place."""
        decimals = _decimals(self._pack, self._questions[measure])
        return f"{Decimal(n).scaleb(-decimals):f}" if decimals and isinstance(n, int) else str(n)

    def _ledger(self, measure: int) -> Ledger:
        return self._pack.ledgers[self._questions[measure].ledger]


def _decimals(pack: Pack, question: Question) -> int:
    field = pack.ledgers[question.ledger].fields[question.sum] if question.sum else None
    return field.decimals if field is not None and field.type is FieldType.NUMBER else 0


def _day(day: int) -> str:
    known = isinstance(day, int) and FIRST_DAY <= day <= FAR_DAY
    return f"{iso(day)} 当日" if known else f"不存在的日期（{day}）"


def _block(block: int) -> str:
    first = block * BLOCK_DAYS if isinstance(block, int) else FAR_DAY + 1
    if not FIRST_DAY <= first <= FAR_DAY:
        return f"不存在的时段（{block}）"
    return f"{iso(first)} 至 {iso(min(first + BLOCK_DAYS - 1, FAR_DAY))} 合计"
