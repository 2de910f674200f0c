"""Tables as of a day from the kept sums, and the records behind each figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from zhuanban.ledger.door import facts_of
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Fact, Snapshot, effective_days, timeline
from zhuanban.pack.values import Column, Question, Table
from zhuanban.people.queries import Setting
from zhuanban.tally import store
from zhuanban.tally.actions import measure_ids
from zhuanban.tally.questions import Contribution, asked_by, contribution, question_key
from zhuanban.tally.tables import Result, RowKey, evaluate, regions_of, rows_of


def table(setting: Setting, asked: Table, node: str, day: int) -> Result:
    """The table at a node as of the end of a day, from the kept sums: one query, whatever the number of records."""
    ids = measure_ids(setting)
    questions = [asked_by(asked, c.question) for c in asked.columns.values() if c.question is not None]
    keys = {q: ids[question_key(q)] for q in questions}
    nodes = {row.count.node for row in rows_of(setting, asked, node, day)}
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

    return evaluate(
        setting, asked, node, day, count, lambda ledger, field, code: words(setting, ledger, field, code, day)
    )


def words(setting: Setting, ledger: str, field: str, code: str, day: int) -> str:
    """What the record of this region or unit says in a field as of a day, as written; "" where there is none.

    Where several records stand there, the one that was opened last speaks.
    """
    by = "region" if code in setting.regions else "unit"
    rows = Record.objects.filter(campaign=setting.campaign, ledger=ledger, **{by: code}, first_on__lte=day)
    ids = list(rows.order_by("first_on", "pk").values_list("pk", flat=True))
    said = ""
    for _, facts in sorted(facts_of(ids).items(), key=lambda item: ids.index(item[0])):
        now = _as_of(timeline(facts), day)
        if now is not None and not now.withdrawn:
            value = now.data.get(field)
            said = "" if value is None else str(value)
    return said


def _as_of(line: list[tuple[int, Snapshot]], day: int) -> Snapshot | None:
    found = None
    for start, snapshot in line:
        if start > day:
            break
        found = snapshot
    return found


@dataclass(frozen=True, slots=True)
class Behind:
    """A record behind a figure: what it adds, how it stood on the day, and the event since when it counts."""

    record_id: int
    ledger: str
    number: str
    n: int
    now: Snapshot
    since: int  # day
    event: Fact


def behind(setting: Setting, asked: Table, column: Column, row: RowKey, day: int) -> list[Behind]:
    """The records that make up a count, sum or formula cell, in order of ledger and number.

    A ratio's records are those of its whole; ask its part column for the part's.
    """
    if column.ratio is not None:
        return behind(setting, asked, asked.columns[column.ratio[1]], row, day)
    if column.text is not None or (column.level and column.question is None):
        return []
    if column.question is None:
        found: dict[tuple[int, str], Behind] = {}
        signed = [(1, k) for k in column.plus] + [(-1, k) for k in column.minus]
        for sign, key in signed:
            for item in behind(setting, asked, asked.columns[key], row, day):
                known = found.get((item.record_id, item.ledger))
                n = sign * item.n + (known.n if known else 0)
                found[(item.record_id, item.ledger)] = Behind(
                    item.record_id, item.ledger, item.number, n, item.now, item.since, item.event
                )
        return sorted((b for b in found.values() if b.n), key=lambda b: (b.ledger, b.number))
    records = sorted(_behind(setting, asked_by(asked, column.question), row, day), key=lambda b: b.number)
    return _one_each(setting, column.level, row, records, day) if column.level else records


def _one_each(setting: Setting, level: str, row: RowKey, records: list[Behind], day: int) -> list[Behind]:
    """Records behind a count of regions: the first of each region adds one, its others nothing."""
    wanted = set(regions_of(setting, level, row, day))
    met: set[str] = set()
    found = []
    for record in records:
        region = next((code for code in setting.regions.path(record.now.region, day) if code in wanted), "")
        if region:
            found.append(replace(record, n=0 if region in met else 1))
            met.add(region)
    return found


def _behind(setting: Setting, question: Question, row: RowKey, day: int) -> Iterator[Behind]:
    tree = setting.regions
    inside = tree.subtree(row.node, day)
    for other in row.without:
        inside -= tree.subtree(other, day)
    contribute = contribution(question, setting.pack.ledgers[question.ledger])
    records = Record.objects.filter(campaign=setting.campaign, ledger=question.ledger, first_on__lte=day)
    # Records that never moved lie where they lie; the few that did are looked at one by one.
    codes = None if row.node == tree.root and not row.without else inside
    chosen = records.filter(moved=True) | (
        records.filter(moved=False) if codes is None else records.filter(moved=False, region__in=codes)
    )
    rows = chosen.order_by("pk").values_list("pk", "number")
    batch: dict[int, str] = {}
    for pk, number in rows.iterator(chunk_size=2000):
        batch[pk] = number
        if len(batch) == 2000:
            yield from _look(batch, question, contribute, inside, row, day)
            batch = {}
    yield from _look(batch, question, contribute, inside, row, day)


def _look(
    batch: Mapping[int, str],
    question: Question,
    contribute: Contribution,
    inside: frozenset[str],
    row: RowKey,
    day: int,
) -> Iterator[Behind]:
    for pk, facts in facts_of(batch).items():
        line = timeline(facts)
        counts = [(start, snap, _amount(contribute(snap), snap, inside, row)) for start, snap in line if start <= day]
        if not counts or not counts[-1][2]:
            continue
        since = counts[-1][0]
        for start, _, n in reversed(counts):
            if n != counts[-1][2]:
                break
            since = start
        yield Behind(pk, question.ledger, batch[pk], counts[-1][2], counts[-1][1], since, _event_on(facts, since))


def _amount(cells: Mapping[str, int], snap: Snapshot, inside: frozenset[str], row: RowKey) -> int:
    if snap.region not in inside:
        return 0
    return sum(n for c, n in cells.items() if row.takes(c))


def _event_on(facts: list[Fact], day: int) -> Fact:
    """The last event that counts on a day."""
    days = effective_days(facts)
    return max((f for f in facts if days[f.version] == day and f.verb != "redate"), key=lambda f: f.version)
