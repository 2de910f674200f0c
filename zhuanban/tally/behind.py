"""The records behind a figure, one after another: by ledger, then as the tree hangs, then by number.

The walk goes down the tree only where the kept sums say that something lies, and stops when its reader does: a page
costs what it shows and what lies beside it in the same grid cells, not what the ledger holds. Records that were ever
moved elsewhere come last in their ledger: where they lay on the day, only their events tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q

from zhuanban.core.problem import Kind, Refused
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Fact, Snapshot, effective_days, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.values import Column, Question, Table
from zhuanban.people.queries import Setting
from zhuanban.tally import store
from zhuanban.tally.actions import measure_ids
from zhuanban.tally.questions import asked_by, contribution, question_key
from zhuanban.tally.quoted import speakers
from zhuanban.tally.tables import Row, RowKey, regions_of

AFTER_WRONG = Kind("tally-008", "翻页的位置“{after}”不能识别。", "请从第一页查起。")
CHUNK = 100  # records folded at a time

Term = tuple[int, Question]
"""+1 or −1, and the question."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A record behind a figure: what it adds, how it stood on the day, and the event since when it counts.

    Behind a quoted text: 1, and the event since when the record says it.
    """

    record_id: int
    ledger: str
    number: str
    n: int
    now: Snapshot
    since: int  # day
    event: Fact
    after: str  # give it to `behind` to go on after this record


def behind(setting: Setting, asked: Table, column: Column, row: RowKey, day: int, after: str = "") -> Iterator[Behind]:
    """The records that make up a count, sum or formula cell, from the one named by `after` on.

    A ratio's records are those of its whole; ask its part column for the part's. Raises Refused where `after` is no
    position in this walk.
    """
    if column.level:
        yield from _one_each(setting, asked, column, row, day, after)
        return
    by_ledger: dict[str, list[Term]] = defaultdict(list)
    for sign, question in _terms(asked, column, 1):
        by_ledger[question.ledger].append((sign, question))
    ledger, place, number = ([*after.split("/", 2), "", ""])[:3]
    path = setting.regions.path(place, day) if place in setting.regions else ()
    if after and (ledger not in by_ledger or (place and row.node not in path)):
        raise Refused(AFTER_WRONG.at(after=after))
    for key in sorted(by_ledger):
        if key > ledger:
            yield from _Search(setting, by_ledger[key], row, day).all()
        elif key == ledger and place:
            down = path[: path.index(row.node)][::-1]
            yield from _Search(setting, by_ledger[key], row, day).all(down, number)
        elif key == ledger:
            yield from _Search(setting, by_ledger[key], row, day).moved(number)


def quoted(setting: Setting, column: Column, row: Row, day: int, after: str = "") -> Iterator[Behind]:
    """The record from which a text cell is taken; none where the row has none. Raises Refused like `behind`."""
    assert column.text is not None
    ledger, field = column.text
    own = not row.total and row.key != "own"
    said = speakers(setting, ledger, {row.key}, day).get(row.key) if own else None
    here = f"{ledger}/{said.now.region}/{said.number}" if said is not None else ""
    if after and after != here:
        raise Refused(AFTER_WRONG.at(after=after))
    if said is None or after:
        return
    since = day
    for start, now in reversed([line for line in timeline(said.facts) if line[0] <= day]):
        if now.data.get(field) != said.now.data.get(field):
            break
        since = start
    event = _event_on(said.facts, since)
    yield Behind(said.record_id, ledger, said.number, 1, said.now, since, event, here)


def _one_each(setting: Setting, asked: Table, column: Column, row: RowKey, day: int, after: str) -> Iterator[Behind]:
    """Records behind a count of regions: the first of each region adds one, its others nothing.

    Which is the first only the walk from its beginning tells, so a later page walks it again.
    """
    if column.question is None:
        return  # the regions themselves are counted
    wanted = set(regions_of(setting, column.level, row, day))
    met: set[str] = set()
    here = not after
    for record in behind(setting, asked, replace(column, level=""), row, day):
        region = next((code for code in setting.regions.path(record.now.region, day) if code in wanted), "")
        if region and here:
            yield replace(record, n=0 if region in met else 1)
        met.add(region)
        here = here or record.after == after


def _terms(asked: Table, column: Column, sign: int) -> Iterator[Term]:
    if column.ratio is not None:
        yield from _terms(asked, asked.columns[column.ratio[1]], sign)
    elif column.question is not None:
        yield sign, asked_by(asked, column.question)
    for key in column.plus:
        yield from _terms(asked, asked.columns[key], sign)
    for key in column.minus:
        yield from _terms(asked, asked.columns[key], -sign)


class _Search:
    """What questions of one ledger count in a row as of a day."""

    def __init__(self, setting: Setting, terms: Sequence[Term], row: RowKey, day: int) -> None:
        self.setting = setting
        self.tree = setting.regions
        self.ledger = setting.pack.ledgers[terms[0][1].ledger]
        self.row = row
        self.day = day
        self.terms = [(sign, contribution(question, self.ledger)) for sign, question in terms]
        self.states = {
            key
            for key, state in self.ledger.states.items()
            if any(not question.reached or question.reached in state.reached for _, question in terms)
        }
        # Where something lies. A sum may be zero over records that are not, so it is looked for by state instead.
        self.kept: list[tuple[int, RowKey]] = []
        for _, question in terms:
            cells = row
            if question.sum:
                states = frozenset(k for k, s in self.ledger.states.items() if question.reached in s.reached)
                cells = RowKey(row.node, states if question.reached else None)
                question = Question(self.ledger.key, by="state")
            self.kept.append((measure_ids(setting)[question_key(question)], cells))

    @cached_property
    def inside(self) -> frozenset[str]:
        found = self.tree.subtree(self.row.node, self.day)
        for other in self.row.without:
            found -= self.tree.subtree(other, self.day)
        return found

    def all(self, down: Sequence[str] = (), number: str = "") -> Iterator[Behind]:
        """Every record; with `down` (the way from the row's node to a region) and `number` those after that one."""
        first = down[-1] if down else self.row.node
        for place in self._places(self.row.node, down):
            yield from self._records(Q(moved=False, region=place), place, number if place == first else "")
        yield from self.moved()

    def moved(self, number: str = "") -> Iterator[Behind]:
        """The records that were ever moved."""
        yield from self._records(Q(moved=True), "", number)

    def _places(self, node: str, down: Sequence[str]) -> Iterator[str]:
        """Regions with something in them, each before those below it, from the end of `down` on."""
        below = self.tree.below(node, self.day)
        if not below:
            yield node
            return
        held = self._held([node, *below])
        if not down and held[node] != sum(held[code] for code in below):
            yield node
        start = below.index(down[0]) if down else 0
        for code in below[start:]:
            if held[code] and code not in self.row.without:
                yield from self._places(code, down[1:])
            down = ()

    def _held(self, nodes: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for (measure, node, cell), n in store.sums([m for m, _ in self.kept], nodes, self.day).items():
            for kept, cells in self.kept:
                if kept == measure and cells.takes(cell):
                    found[node] += n
        return found

    def _records(self, where: Q, place: str, number: str) -> Iterator[Behind]:
        while True:
            rows = Record.objects.filter(
                where,
                Q(last_on__gt=self.day) | Q(withdrawn=False, state__in=self.states),
                campaign=self.setting.campaign,
                ledger=self.ledger.key,
                first_on__lte=self.day,
                number__gt=number,
            ).order_by("number")
            columns = ("pk", "number", "last_on", "state", "region", "unit", "data", "withdrawn")
            batch = list(rows.values_list(*columns)[:CHUNK])
            # What has not happened since the day stands as it stood; the others' events tell.
            chosen = [row[:2] for row in batch if row[2] > self.day or self._amount(Snapshot(*row[3:]))]
            facts = facts_of(pk for pk, _ in chosen)
            for pk, named in chosen:
                found = self._look(pk, named, facts[pk], place)
                if found is not None:
                    yield found
            if len(batch) < CHUNK:
                return
            number = batch[-1][1]

    def _look(self, pk: int, number: str, facts: list[Fact], place: str) -> Behind | None:
        line = [(start, now, self._amount(now)) for start, now in timeline(facts) if start <= self.day]
        if not line or not line[-1][2]:
            return None
        _, now, n = line[-1]
        since = line[-1][0]
        for start, _, amount in reversed(line):
            if amount != n:
                break
            since = start
        after = f"{self.ledger.key}/{place}/{number}"
        return Behind(pk, self.ledger.key, number, n, now, since, _event_on(facts, since), after)

    def _amount(self, now: Snapshot) -> int:
        if now.region not in self.inside:
            return 0
        return sum(
            sign * n for sign, contribute in self.terms for cell, n in contribute(now).items() if self.row.takes(cell)
        )


def _event_on(facts: Iterable[Fact], day: int) -> Fact:
    """The last event that counts on a day."""
    days = effective_days(facts)
    return max((f for f in facts if days[f.version] == day and f.verb != "redate"), key=lambda f: f.version)
