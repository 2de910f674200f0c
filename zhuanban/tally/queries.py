"""Tables as of a day from the kept sums."""

from __future__ import annotations

from zhuanban.pack.values import Question, Table
from zhuanban.people.queries import Setting
from zhuanban.tally import store
from zhuanban.tally.actions import measure_ids
from zhuanban.tally.questions import asked_by, question_key
from zhuanban.tally.quoted import speakers
from zhuanban.tally.tables import Result, RowKey, evaluate, regions_of, rows_of


def table(setting: Setting, asked: Table, node: str, day: int) -> Result:
    """The table at a node as of the end of a day, from the kept sums: one query, whatever the number of records."""
    ids = measure_ids(setting)
    questions = [asked_by(asked, c.question) for c in asked.columns.values() if c.question is not None]
    keys = {q: ids[question_key(q)] for q in questions}
    rows = rows_of(setting, asked, node, day)
    nodes = {row.count.node for row in rows}
    for level in {c.level for c in asked.columns.values() if c.level and c.question is not None}:
        nodes.update(regions_of(setting, level, RowKey(node), day))
    held: dict[tuple[int, str], dict[str, int]] = {}
    for (measure, here, cell), n in store.sums(keys.values(), sorted(nodes), day).items():
        held.setdefault((measure, here), {})[cell] = n

    def count(question: Question, row: RowKey) -> int:
        measure = keys[question]
        cells = held.get((measure, row.node), {})
        total = sum(n for c, n in cells.items() if row.takes(c))
        return total - sum(sum(held.get((measure, w), {}).values()) for w in row.without)

    quoted = {c.text[0] for c in asked.columns.values() if c.text is not None}
    said = {ledger: speakers(setting, ledger, {row.key for row in rows}, day) for ledger in quoted}

    def text(ledger: str, field: str, code: str) -> str:
        speaker = said[ledger].get(code)
        value = None if speaker is None else speaker.now.data.get(field)
        return "" if value is None else str(value)

    return evaluate(setting, asked, node, day, count, text)
