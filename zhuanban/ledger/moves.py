"""What may this person do now? The door's own judge is asked, so that no button is shown that the door would refuse."""

from __future__ import annotations

from dataclasses import dataclass

from zhuanban.core.problem import Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import weigh
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Ledger, Move

# What the form of a move still has to ask for is no reason against it.
_ASKED_LATER = frozenset(k.code for k in (says.EMPTY, says.REASON_MISSING))
_NOT_HIS = frozenset(k.code for k in (says.NOT_ALLOWED, says.NOT_YOURS, says.OUT_OF_REACH, says.WRONG_STATE))


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that this person may make; `blocked` says what must be put right first, where anything must."""

    move: Move
    blocked: tuple[Problem, ...] = ()


def offers(viewer: Viewer, ledger: Ledger, number: str = "") -> list[Offer]:
    """The moves open to the viewer now on a record, or without a number those that open a record.

    Raises Refused where there is no such record in scope.
    """
    if not number:
        return [Offer(m) for m in ledger.opening if viewer.actor.operator or viewer.actor.posts & set(m.by)]
    record = viewer.record(ledger, number)
    if record.withdrawn:
        return []
    moves = [m for m in ledger.moves.values() if record.state in m.from_]
    changes = [Change(m.key, ledger.key, (Step("move", move=m.key),), number) for m in moves]
    against = weigh(viewer.setting.campaign, changes, viewer.actor)
    return [
        Offer(move, tuple(p for p in problems if p.code not in _ASKED_LATER))
        for move, problems in zip(moves, against, strict=True)
        if not any(p.code in _NOT_HIS for p in problems)
    ]


def may_amend(viewer: Viewer, ledger: Ledger, number: str) -> bool:
    """May the viewer correct, transfer, withdraw and restore this record? Raises Refused where it is not in scope."""
    record = viewer.record(ledger, number)
    if viewer.actor.operator:
        return True
    posts = viewer.actor.posts & set(ledger.amend_by)
    return bool(posts) and viewer.acts(posts).covers(record.region, record.unit)
