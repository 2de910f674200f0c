"""What a day brings by itself: a permit that expires tonight is an expired one tomorrow, and nobody types it.

Rules that hold on every day (`always`) turn on dates. Every change brings its own record up to today; of the others
the clock looks, once a day, which ones have turned since it last looked, and sends an empty amendment through the door.
Each event bears the day on which it turned, so that a table is the same however long the clock stood still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from zhuanban.core import clock
from zhuanban.core.day import iso
from zhuanban.ledger.change import ENTERED, Change, Step
from zhuanban.ledger.compiled import Decides, rules_of
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record, Turned
from zhuanban.ledger.rules import Snapshot
from zhuanban.ledger.standing import turns
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.values import Ledger
from zhuanban.people.queries import Setting
from zhuanban.people.scope import CLOCK

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Turn:
    """What the clock wrote: of a record, a field, from which day on, what it was and what it is now (None: empty)."""

    ledger: str
    number: str
    field: str
    on: int
    was: Any
    now: Any

    def as_json(self) -> dict[str, Any]:
        """As the JSON of `tick` says it."""
        return {**asdict(self), "on": iso(self.on)}


def turn_all(setting: Setting) -> list[Turn]:
    """Write what the days until today brought; nothing where that was done today already."""
    standing = {
        ledger.key: dated
        for ledger in setting.pack.ledgers.values()
        if (dated := [each for each in rules_of(setting.pack, ledger).standing if each.turns])
    }
    if not standing:
        return []
    today = clock.today()
    known = Turned.objects.filter(campaign=setting.campaign).first()
    if known is not None and known.day >= today:
        return []
    since = known.day if known is not None else None
    found: list[Turn] = []
    for key, rules in standing.items():
        found += _turn(setting, setting.pack.ledgers[key], rules, since, today)
    Turned.objects.update_or_create(campaign=setting.campaign, defaults={"day": today})
    return found


def _turn(setting: Setting, ledger: Ledger, standing: list[Decides], since: int | None, today: int) -> list[Turn]:
    due: list[tuple[int, str]] = []
    rows = Record.objects.filter(campaign=setting.campaign, ledger=ledger.key, withdrawn=False).order_by("number")
    for pk, number, first, data in rows.values_list("pk", "number", "first_on", "data").iterator(AT_ONCE):
        after = first if since is None else max(since, first)
        if turns(standing, (Snapshot("", "", "", data),), after, today):
            due.append((pk, number))
    found: list[Turn] = []
    for start in range(0, len(due), AT_ONCE):
        part = due[start : start + AT_ONCE]
        changes = [Change(f"clock/{pk}/{today}", ledger.key, (Step("amend"),), number) for pk, number in part]
        entered = {o.change for o in submit(setting.campaign, changes, CLOCK) if o.status == ENTERED}
        mine = {pk: number for pk, number in part if f"clock/{pk}/{today}" in entered}
        for pk, facts in facts_of(mine).items():
            found += _turned(ledger, mine[pk], facts, f"clock/{pk}/{today}")
    return found


def _turned(ledger: Ledger, number: str, facts: list[Any], change: str) -> Iterator[Turn]:
    before: dict[str, Any] = {}
    for fact in sorted(facts, key=lambda each: (each.on, each.version)):
        for key, value in fact.body.get("set", {}).items():
            if fact.change == change and key in ledger.fields:
                yield Turn(ledger.key, number, key, fact.on, before.get(key), value)
            before[key] = value
