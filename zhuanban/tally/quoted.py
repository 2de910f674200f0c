"""The records whose words a table quotes: which one speaks for a region or unit as of a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db.models import Q

from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Fact, Snapshot, as_of
from zhuanban.ledger.stored import facts_of
from zhuanban.people.queries import Setting


class Speaker(NamedTuple):
    """A record that speaks for a region or unit, as it stood on the day asked about."""

    record_id: int
    number: str
    now: Snapshot
    facts: Sequence[Fact]


def speakers(setting: Setting, ledger: str, codes: Collection[str], day: int) -> dict[str, Speaker]:
    """Region or unit code → the record that speaks for it as of a day.

    Where several records stand there, the one that was opened last speaks.
    """
    rows = Record.objects.filter(
        Q(region__in=codes) | Q(unit__in=codes) | Q(moved=True),
        campaign=setting.campaign,
        ledger=ledger,
        first_on__lte=day,
    )
    numbers = dict(rows.order_by("first_on", "pk").values_list("pk", "number"))
    facts = facts_of(numbers)
    found: dict[str, Speaker] = {}
    for pk, number in numbers.items():
        now = as_of(facts[pk], day)
        if now is not None and not now.withdrawn:
            speaker = Speaker(pk, number, now, facts[pk])
            found.update({code: speaker for code in (now.region, now.unit) if code in codes})
    return found
