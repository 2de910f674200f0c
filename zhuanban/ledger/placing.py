"""After a layer changed: every record is placed again, through the door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhuanban.atlas.actions import LoadedZones
from zhuanban.atlas.queries import zones_of_all
from zhuanban.ledger.change import ENTERED, Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.ledger.places import zone_fields
from zhuanban.ledger.rules import Fact
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.values import Field, Layer
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Replaced:
    """A zone that an event of the new version set: on `on`, from one word ("" = none) to another."""

    ledger: str
    number: str
    field: str
    on: int
    was: str
    now: str


def place_again(setting: Setting, layer: Layer, loaded: LoadedZones, actor: Actor) -> list[Replaced]:
    """Place the records of every ledger that uses the layer again; what changed, in order of ledger and number.

    Whose points lie alike in the new version and in the one before, has nothing to change and gets no event. For the
    others an empty amendment goes to the door, which brings zones up to their points whatever else a change says.
    """
    found: list[Replaced] = []
    for ledger in setting.pack.ledgers.values():
        fields = [f for f in zone_fields(ledger) if f.layer == layer.key]
        if not fields:
            continue
        numbers = dict(
            Record.objects.filter(campaign=setting.campaign, ledger=ledger.key)
            .order_by("number")
            .values_list("pk", "number")
        )
        pks = list(numbers)
        for start in range(0, len(pks), AT_ONCE):
            moved = _moved(setting, layer, loaded, fields, facts_of(pks[start : start + AT_ONCE]))
            changes = [
                Change(f"zones/{layer.key}/{loaded.edition.number}/{pk}", ledger.key, (Step("amend"),), numbers[pk])
                for pk in pks[start : start + AT_ONCE]
                if pk in moved
            ]
            entered = {o.change for o in submit(setting.campaign, changes, actor) if o.status == ENTERED}
            after = facts_of(pk for pk in pks[start : start + AT_ONCE] if pk in moved)
            for pk, facts in after.items():
                if any(fact.change in entered for fact in facts):
                    found += _replaced(ledger.key, numbers[pk], fields, facts, entered)
    return found


def _moved(
    setting: Setting, layer: Layer, loaded: LoadedZones, fields: list[Field], records: dict[int, list[Fact]]
) -> set[int]:
    """Records with a point, present or past, that lies elsewhere in the new version than in the one before."""
    owners: list[int] = []
    points: list[dict[str, Any]] = []
    for pk, facts in records.items():
        for fact in facts:
            for field in fields:
                point = fact.body.get("set", {}).get(field.of)
                if point:
                    owners.append(pk)
                    points.append(point)
    old = zones_of_all(setting.campaign, layer, loaded.before, points)
    new = zones_of_all(setting.campaign, layer, loaded.edition, points)
    return {pk for pk, was, now in zip(owners, old, new, strict=True) if was != now}


def _replaced(
    ledger: str, number: str, fields: list[Field], facts: list[Fact], entered: set[str]
) -> Iterator[Replaced]:
    for field in fields:
        was = ""
        for fact in sorted(facts, key=lambda f: (f.on, f.version)):
            word = fact.body.get("set", {}).get(field.key)
            if word is None:
                continue
            if fact.change in entered:
                yield Replaced(ledger, number, field.title, fact.on, was, word)
            was = word
