"""The inbox (收件箱): what came in and did not pass, kept whole until a person settles it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from zhuanban.core import clock
from zhuanban.core.problem import Kind, Place, Problem, Refused
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.models import Waiting
from zhuanban.ledger.problems import NOT_THERE, OUT_OF_REACH
from zhuanban.people.models import Campaign
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor

NO_ITEM = Kind("ledger-060", "收件箱里没有这一件，或已经办结。", "请刷新收件箱后再试。")

DISCARDED, CLEARED, SUPERSEDED = "discarded", "entered", "sent again"
BEYOND = frozenset({NOT_THERE.code, OUT_OF_REACH.code})
"""What is told to who has no business with a record."""


def keep(setting: Setting, items: Sequence[tuple[Change, tuple[Problem, ...]]], actor: Actor, at: int) -> None:
    """Keep refused changes, each for who sent it. The same change id sent again by him, or put right for him, replaces
    its reasons and never makes a second item; another's sending of it neither touches nor shows that item."""
    if not items:
        return
    rows = [_row(setting, change, problems, actor, at) for change, problems in items]
    Waiting.objects.bulk_create(
        {(r.change_id, r.actor): r for r in rows}.values(),
        update_conflicts=True,
        unique_fields=["campaign", "change_id", "actor"],
        update_fields=["change", "problems", "source", "subject", "reason", "region", "unit"],
    )


def _row(setting: Setting, change: Change, problems: Sequence[Problem], actor: Actor, at: int) -> Waiting:
    regions = [s.region for s in change.steps if s.region]
    units = [s.unit for s in change.steps if s.unit]
    return Waiting(
        campaign=setting.campaign,
        ledger=change.ledger[:40],
        change_id=change.id,
        subject=change.about,
        change=change_as_json(change),
        problems=[p.as_json() for p in problems],
        source=dict(change.source),
        reason=problems[0].code,
        region=regions[-1][:32] if regions else "",
        unit=units[-1][:32] if units else "",
        actor=change.sender or actor.login,
        at=at,
    )


def supersede(waiting: QuerySet[Waiting], changes: Sequence[str], at: int, actor: Actor) -> None:
    """What waited under these change ids has come again in a newer copy of its file: whatever became of that, the older
    item is settled. `waiting`: the items that the actor may settle."""
    for i in range(0, len(changes), 500):
        waiting.filter(change_id__in=changes[i : i + 500], settled_at=None).order_by().update(
            settled_at=at, settled_by=actor.login, settled_how=SUPERSEDED
        )


def settle_entered(campaign: Campaign, entered: Sequence[Change], at: int, actor: Actor) -> None:
    """What waited and has now entered leaves the inbox; so do rows with unreadable cells once a mended row of theirs
    has entered. A conflict stays: that another change of the same record went through does not settle it. So does what
    somebody sent about a record beyond his reach: he is not told that it is there now.
    """
    if not entered:
        return
    with connection.cursor() as cursor:  # asked on every entry, and mostly answered no
        cursor.execute(
            "SELECT 1 FROM ledger_waiting WHERE campaign_id = %s AND settled_at IS NULL LIMIT 1", [campaign.pk]
        )
        if cursor.fetchone() is None:
            return
    waiting = Waiting.objects.filter(campaign=campaign, settled_at=None)
    for i in range(0, len(entered), 500):
        part = entered[i : i + 500]
        mine = {c.id: c.sender or actor.login for c in part}
        found = waiting.filter(
            Q(change_id__in=[c.id for c in part])
            | Q(subject__in=[c.about for c in part if c.about], reason__startswith="sheets-")
        ).values_list("pk", "change_id", "actor", "problems")
        done = [
            pk
            for pk, change, sender, problems in found
            if sender in (actor.login, mine.get(change)) or BEYOND.isdisjoint(p["code"] for p in problems)
        ]
        for k in range(0, len(done), 500):
            waiting.filter(pk__in=done[k : k + 500]).update(settled_at=at, settled_by=actor.login, settled_how=CLEARED)


def discard(campaign: Campaign, item: int, actor: Actor, reason: str) -> None:
    """Settle an item by throwing the change away, with a reason. The item itself stays readable."""
    done = Waiting.objects.filter(campaign=campaign, pk=item, settled_at=None).update(
        settled_at=clock.now(), settled_by=actor.login, settled_how=f"{DISCARDED}: {reason}"[:200]
    )
    if not done:
        raise Refused(NO_ITEM.at(Place(record=str(item))))


def change_as_json(change: Change) -> dict[str, Any]:
    """A change as plain data; `change_from_json` reads it back."""
    return {
        "id": change.id,
        "ledger": change.ledger,
        "number": change.number,
        "base": change.base,
        "subject": change.subject,
        "source": dict(change.source),
        "steps": [
            {
                "verb": s.verb, "on": s.on, "move": s.move, "set": dict(s.set), "region": s.region, "unit": s.unit,
                "reason": s.reason, "of": s.of,
            }
            for s in change.steps
        ],
    }  # fmt: skip


def change_from_json(data: Mapping[str, Any]) -> Change:
    """The change that `change_as_json` wrote."""
    steps: Iterable[Mapping[str, Any]] = data["steps"]
    return Change(
        data["id"],
        data["ledger"],
        tuple(Step(**s) for s in steps),
        data["number"],
        data["base"],
        data["source"],
        data.get("subject", ""),
    )
