"""From what a row says to the steps that make the ledger say it. Pure.

A row may speak of a record in any stage: its dates say which steps were taken. What the ledger knows already is not
written again; what is new becomes steps of one change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from zhuanban.ledger.change import Step
from zhuanban.ledger.rules import Fact, Snapshot, effective_days, timeline
from zhuanban.pack.values import NEW, SAME, Ledger, Move
from zhuanban.people.tree import Tree

FROM_SHEET = "表格载明"


@dataclass(frozen=True, slots=True)
class Known:
    """A record that a row speaks of, as the ledger has it; `past`: its timeline, `now` the last of it."""

    number: str
    past: Sequence[tuple[int, Snapshot]]
    done: Mapping[str, tuple[int, int]]  # move → (day, version) of its last time

    @property
    def now(self) -> Snapshot:
        return self.past[-1][1]

    def then(self, day: int | None) -> Snapshot | None:
        """As of the day on which a sheet says that it was filled in; None where it does not say, or is older."""
        if day is None:
            return None
        return next((snapshot for start, snapshot in reversed(self.past) if start <= day), None)


class RowSaid(NamedTuple):
    """What a row says, as far as its cells could be read: empty ones say nothing. `row` counts from 1."""

    row: int
    number: str
    region: str
    unit: str
    state: str
    fields: Mapping[str, Any]
    dates: Mapping[str, int]


def known_of(number: str, facts: Sequence[Fact]) -> Known:
    """A record from its events."""
    days = effective_days(facts)
    done = {str(f.body["move"]): (days[f.version], f.version) for f in facts if "move" in f.body and f.verb != "redate"}
    return Known(number, timeline(facts), done)


def news(said: RowSaid, then: Snapshot | None) -> RowSaid:
    """What a row says, without place, unit and state that were the record's on the day of the sheet: they may have
    changed since, and the row says nothing of that. (`Echo` does the same for fields.)"""
    if then is None:
        return said
    return said._replace(
        region="" if said.region == then.region else said.region,
        unit="" if said.unit == then.unit else said.unit,
        state="" if said.state == then.state else said.state,
    )


class Planner:
    """The steps that make a ledger say what a row says; one for all rows of an import.

    `on` is the day of what a row gives no date for.
    """

    def __init__(self, ledger: Ledger, on: int, regions: Tree) -> None:
        self.ledger = ledger
        self.on = on
        self.regions = regions
        self.opening = ledger.opening
        self.order = {key: i for i, key in enumerate(ledger.moves)}
        required = frozenset(k for k, f in ledger.fields.items() if f.required)
        self.kept = {move.key: required | frozenset(move.needs) for move in self.opening}

    def steps(self, said: RowSaid, known: Known | None) -> tuple[Step, ...]:
        return tuple(self._opening(said) if known is None else self._following(said, known))

    def _opening(self, said: RowSaid) -> Iterator[Step]:
        move = self._opening_move(said)
        dates = said.dates
        day = dates.get(move.key) or min(dates.values(), default=self.on)
        later = self._in_order({m: d for m, d in dates.items() if m != move.key})
        later_fields, mine = _share_out(said.fields, [m for m, _ in later], self.kept[move.key])
        yield Step("create", day, move.key, mine, said.region or None, said.unit or None)
        state = move.to
        for i, (step, day) in enumerate(later):
            yield Step("move", day, step.key, later_fields[i])
            state = state if step.to == SAME else step.to
        if said.state:
            yield from self._towards(said.state, state, max([day, *dates.values()]))

    def _opening_move(self, said: RowSaid) -> Move:
        """The opening move whose date the row gives, else the one that can lead to its state, else the first."""
        for move in self.opening:
            if move.key in said.dates:
                return move
        if said.state:
            for move in self.opening:
                if move.to == said.state or _path(self.ledger, move.to, said.state) is not None:
                    return move
        return self.opening[0]

    def _following(self, said: RowSaid, known: Known) -> Iterator[Step]:
        changed = {k: v for k, v in said.fields.items() if known.now.data.get(k) != v}
        new_dates: dict[str, int] = {}
        for move, day in said.dates.items():
            if move not in known.done:
                new_dates[move] = day
            elif known.done[move][0] != day:
                yield Step("redate", day, of=known.done[move][1], reason=FROM_SHEET)
        later = self._in_order(new_dates)
        shares, rest = _share_out(changed, [m for m, _ in later], frozenset())
        region, unit = self._elsewhere(said, known)
        if region is not None or (unit is not None and known.now.unit):
            yield Step("transfer", self.on, region=region, unit=unit if known.now.unit else None, reason=FROM_SHEET)
        if later and rest:  # what the row says besides became known with its latest step
            shares[-1].update(rest)
        elif rest or (unit is not None and not known.now.unit and not later):
            yield Step("amend", self.on, set=rest, unit=None if known.now.unit else unit, reason=FROM_SHEET)
        state = known.now.state
        for i, (step, day) in enumerate(later):
            yield Step("move", day, step.key, shares[i], unit=unit if i == 0 and not known.now.unit else None)
            state = state if step.to == SAME else step.to
        yield from self._towards(said.state, state, self.on)

    def _elsewhere(self, said: RowSaid, known: Known) -> tuple[str | None, str | None]:
        """Another region or unit than the record's; a region above the record's own only says it more roughly."""
        region = None
        if said.region and said.region != known.now.region:
            above = self.regions.segments(known.now.region)[-1].path if known.now.region in self.regions else ()
            region = None if said.region in above else said.region
        unit = said.unit if said.unit and said.unit != known.now.unit else None
        return region, unit

    def _in_order(self, dates: Mapping[str, int]) -> list[tuple[Move, int]]:
        """Moves with their days, by day; on one day in the pack's order."""
        return [(self.ledger.moves[m], d) for m, d in sorted(dates.items(), key=lambda x: (x[1], self.order[x[0]]))]

    def _towards(self, wanted: str, state: str, day: int) -> Iterator[Step]:
        """Steps to the state that the row names in words, where its dates have not led there."""
        if not wanted or wanted == state:
            return
        for move in _path(self.ledger, state, wanted) or ():
            yield Step("move", max(day, self.on), move.key, reason=FROM_SHEET if move.reason else "")


def _share_out(
    fields: Mapping[str, Any], moves: Sequence[Move], kept: frozenset[str]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Which step says which field: the first step that needs it; the rest stays together."""
    shares: list[dict[str, Any]] = [{} for _ in moves]
    rest = dict(fields)
    for share, move in zip(shares, moves, strict=True):
        for key in move.needs:
            if key in rest and key not in kept:
                share[key] = rest.pop(key)
    return shares, rest


def _path(ledger: Ledger, start: str, end: str) -> list[Move] | None:
    """The shortest way between two states."""
    ways: dict[str, list[Move]] = {start: []}
    todo = deque([start])
    while todo:
        here = todo.popleft()
        if here == end:
            return ways[here]
        for move in ledger.moves.values():
            if here in move.from_ and NEW not in move.from_ and move.to != SAME and move.to not in ways:
                ways[move.to] = [*ways[here], move]
                todo.append(move.to)
    return None
