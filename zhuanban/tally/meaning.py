"""The slow meaning of a table: read every event, fold every record as of the day, count in plain Python.

It shares with the fast way only what a table *says* (`tables.py`, `questions.py`), not how sums are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhuanban.ledger.rules import Fact, Snapshot, as_of, effective_days
from zhuanban.pack.values import Question, Table
from zhuanban.people.queries import Setting
from zhuanban.tally.questions import contribution
from zhuanban.tally.tables import Result, RowKey, evaluate

Book = Sequence[tuple[str, Sequence[Fact]]]
"""(ledger, the record's events) for every record of a campaign."""


def meaning(setting: Setting, asked: Table, node: str, day: int, book: Book) -> Result:
    """The same table as `queries.table`, from events alone."""
    standing: list[tuple[str, Snapshot]] = []
    for ledger, facts in sorted(book, key=lambda entry: effective_days(entry[1])[1]):
        now = as_of(facts, day)
        if now is not None:
            standing.append((ledger, now))
    tree = setting.regions

    def count(question: Question, row: RowKey) -> int:
        contribute = contribution(question, setting.pack.ledgers[question.ledger])
        total = 0
        for ledger, now in standing:
            if ledger != question.ledger:
                continue
            path = tree.path(now.region, day)
            if row.node not in path or any(w in path for w in row.without):
                continue
            total += sum(n for c, n in contribute(now).items() if row.takes(c))
        return total

    def text(ledger: str, field: str, code: str) -> str:
        said = ""
        for other, now in standing:
            if other == ledger and code in (now.region, now.unit) and not now.withdrawn:
                said = str(now.data.get(field) or "")
        return said

    return evaluate(setting, asked, node, day, count, text)
