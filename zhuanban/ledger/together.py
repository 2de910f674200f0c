"""Submissions that arrive at the same moment share a transaction, and with it the wait for the disk.

Whoever comes first goes in; who comes meanwhile waits in line, and the next one in takes the whole line along. Nobody
is answered before what he sent is on disk.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhuanban.ledger.change import Change, Outcome
from zhuanban.ledger.door import submit, submit_each
from zhuanban.people.models import Campaign
from zhuanban.people.scope import Actor

MOST = 500  # changes of one transaction, where several submissions share it


@dataclass(slots=True, eq=False)
class _Person:
    """Somebody in line; has `outcomes` or a `fault` once he was inside."""

    changes: Sequence[Change]
    actor: Actor
    outcomes: list[Outcome] | None = None
    fault: Exception | None = None


@dataclass(slots=True)
class _Line:
    """Who waits at the door of one campaign, in this process."""

    door: threading.Lock = field(
        default_factory=threading.Lock
    )  # held by whoever is inside; only he takes from `waiting`
    waiting: deque[_Person] = field(default_factory=deque)

    def take(self) -> list[_Person]:
        group = [self.waiting.popleft()]
        size = len(group[0].changes)
        while self.waiting and size + len(self.waiting[0].changes) <= MOST:
            group.append(self.waiting.popleft())
            size += len(group[-1].changes)
        return group


_lines: defaultdict[str, _Line] = defaultdict(_Line)


def submit_together(campaign: Campaign, changes: Sequence[Change], actor: Actor) -> list[Outcome]:
    """As `door.submit`: the same outcomes, the same refusals."""
    mine = _Person(changes, actor)
    line = _lines[campaign.uid]
    line.waiting.append(mine)
    with line.door:
        while mine.outcomes is None and mine.fault is None:
            _enter(campaign, line.take())
    if mine.outcomes is None:
        assert mine.fault is not None
        raise mine.fault
    return mine.outcomes


def _enter(campaign: Campaign, group: Sequence[_Person]) -> None:
    if len(group) > 1:
        try:
            found = submit_each(campaign, [(person.changes, person.actor) for person in group])
        except Exception:  # noqa: S110  (nothing was written; whose fault it was shows when each goes alone)
            pass
        else:
            for person, outcomes in zip(group, found, strict=True):
                person.outcomes = outcomes
            return
    for person in group:
        try:
            person.outcomes = submit(campaign, person.changes, person.actor)
        except Exception as fault:
            person.fault = fault
