"""What comes to the door, and what goes back: plain values.

Named tuples and not frozen dataclasses, here and in `rules`: a bulk import makes a million of them, in half the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from zhuanban.core.problem import Problem

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Step(NamedTuple):
    """One verb of a change. `on` is a day number; None means today, or for `amend` the day the fields were last said.

    `move` names the workflow step of `create` (default: the first opening move) and `move`; `of` the event of `redate`.
    `beside`: this `transfer` follows a merger of regions, and the new one has its one record already: both stay.
    """

    verb: str
    on: int | None = None
    move: str = ""
    set: Mapping[str, Any] = NOTHING
    region: str | None = None
    unit: str | None = None
    reason: str = ""
    of: int | None = None
    beside: bool = False


class Change(NamedTuple):
    """One record's worth of work, entered whole or not at all.

    `id` is made by the client, unique in the campaign, at most 64 characters: sending it twice changes nothing.
    `number` names the record, or gives a new record its foreign number. `base` is the version that the writer saw.
    """

    id: str
    ledger: str
    steps: tuple[Step, ...]
    number: str = ""
    base: int | None = None
    source: Mapping[str, Any] = NOTHING
    subject: str = ""  # whose record this is where it has no number yet (a row's key): settles what waited for it
    sender: str = ""  # login of who sent it first, where another now puts right what waits of his

    @property
    def about(self) -> str:
        """Ledger and number or subject, at most 120 characters; "" where nothing is known."""
        key = self.number or self.subject
        return f"{self.ledger}/{key}"[:120] if key else ""


ENTERED, UNCHANGED, ALREADY, WAITING = "entered", "unchanged", "already", "waiting"


class Outcome(NamedTuple):
    """What became of a change: `entered` (events written), `unchanged` (nothing new in it), `already` (same id was
    entered before), `waiting` (kept in the inbox, see `problems`)."""

    change: str
    status: str
    number: str = ""
    version: int = 0
    problems: tuple[Problem, ...] = ()
