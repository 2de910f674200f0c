"""The questions of a pack, and what one record contributes to each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zhuanban.core.canonical import canonical, digest
from zhuanban.ledger.rules import Snapshot
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import FieldType, Ledger, Pack, Question, Table

Contribution = Callable[[Snapshot], Mapping[str, int]]
"""Snapshot → cell → whole number (a sum of a decimal field in units of 10^-decimals); absent cells are zero."""

NO_CELL: Mapping[str, int] = {}


def asked_by(table: Table, question: Question) -> Question:
    """The question as a table asks it: inside a node, split by the table's rows."""
    by = "" if table.rows.by == "region" else table.rows.by
    return Question(question.ledger, question.where, question.reached, question.sum, by)


def questions_of(pack: Pack) -> list[Question]:
    """Every question that the pack's tables ask, and each ledger's count by state; each once."""
    found: dict[Question, None] = {}
    for ledger in pack.ledgers.values():
        found[Question(ledger.key, by="state")] = None
    for table in pack.tables.values():
        for column in table.columns.values():
            if column.question is not None:
                found[asked_by(table, column.question)] = None
    return list(found)


def question_key(question: Question) -> str:
    """A stable name: the same question has the same key in every pack version."""
    where = sorted([c.field, c.op, list(c.value) if isinstance(c.value, tuple) else c.value] for c in question.where)
    return digest(canonical([question.ledger, where, question.reached, question.sum, question.by])).hex()[:32]


def contribution(question: Question, ledger: Ledger) -> Contribution:
    """Compile a question into what one record, as of some day, adds to it."""
    holds = compile_conditions(question.where, ledger) if question.where else None
    states = {k for k, s in ledger.states.items() if question.reached in s.reached} if question.reached else None
    value = _value(ledger, question.sum)
    cells = _cells(question.by)

    def contribute(now: Snapshot) -> Mapping[str, int]:
        if now.withdrawn or (states is not None and now.state not in states):
            return NO_CELL
        if holds is not None and not holds(now.data, now.state, now.region, now.unit, None):
            return NO_CELL
        n = 1 if value is None else value(now.data)
        if n == 0:
            return NO_CELL
        return dict.fromkeys(cells(now), n)

    return contribute


class Contributor:
    """What a record of one ledger adds to all measures of the ledger at once.

    The answer depends only on state, place and the few fields that are asked about, so it is remembered by them: in a
    bulk import thousands of rows share a handful of answers.
    """

    KEPT = 20_000

    def __init__(self, ledger: Ledger, questions: Iterable[tuple[int, Question]]) -> None:
        asked = list(questions)
        self._asked = [(measure, contribution(q, ledger)) for measure, q in asked]
        words = {c.field for _, q in asked for c in q.where} | {q.sum for _, q in asked} | {q.by for _, q in asked}
        self._fields = tuple(sorted(words & set(ledger.fields)))
        by_place = bool(words & {"region", "unit"})
        self._place = by_place
        self._known: dict[Any, tuple[tuple[int, str, int], ...]] = {}

    def __call__(self, now: Snapshot) -> tuple[tuple[int, str, int], ...]:
        """(measure, cell, n), zeros left out."""
        data = now.data
        values = [data.get(k) for k in self._fields]
        place = (now.region, now.unit) if self._place else None
        try:
            key = (now.state, now.withdrawn, place, *values)
            known = self._known.get(key)
        except TypeError:  # a field with several values
            key = (now.state, now.withdrawn, place, repr(values))
            known = self._known.get(key)
        if known is None:
            known = tuple((m, cell, n) for m, contribute in self._asked for cell, n in contribute(now).items())
            if len(self._known) >= self.KEPT:
                self._known.clear()
            self._known[key] = known
        return known


def _value(ledger: Ledger, field: str) -> Callable[[Mapping[str, Any]], int] | None:
    if not field:
        return None
    spec = ledger.fields[field]
    scale = 10**spec.decimals if spec.type is FieldType.NUMBER else 1

    def value(data: Mapping[str, Any]) -> int:
        # Values have at most `decimals` places (the door checks it), so rounding only undoes the binary float.
        return round((data.get(field) or 0) * scale)

    return value


def _cells(by: str) -> Callable[[Snapshot], Iterable[str]]:
    match by:
        case "":
            return lambda now: ("",)
        case "state":
            return lambda now: (now.state,)
        case "unit":
            return lambda now: (now.unit,)
    return lambda now: _words(now.data.get(by))


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    return ("" if value is None else str(value),)
