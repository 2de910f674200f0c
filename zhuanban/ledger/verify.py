"""Does every event still follow from the one before, every record from its events, every seal from what it covers?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from zhuanban.core.day import iso
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.door import record_row
from zhuanban.ledger.draft import Draft, one_key_of
from zhuanban.ledger.models import Event, Record, Seal
from zhuanban.ledger.rules import Fact, Transition, event_hash, event_head, timeline
from zhuanban.ledger.seals import seal_hash
from zhuanban.pack.values import Ledger
from zhuanban.people.models import Campaign
from zhuanban.people.queries import Setting

COLUMNS = (
    "id", "campaign_id", "ledger", "number", "from_outside", "first_on", "one_key", "state", "region", "unit",
    "withdrawn", "moved", "last_on", "last_at", "version", "head", "data", "flags",
)  # fmt: skip
TITLES = {
    "ledger": "台账", "number": "编号", "first_on": "登记日期", "one_key": "唯一键", "state": "状态", "region": "区划",
    "unit": "单位", "withdrawn": "撤回", "moved": "移转", "last_on": "最近日期", "last_at": "最近时间",
    "version": "版本", "head": "链头", "data": "内容", "flags": "提示", "from_outside": "编号来源",
}  # fmt: skip


Watch = Callable[[Sequence[Transition] | None], None]
"""Called with records as their whole events give them; with None where a chain is broken or a record gone."""


def verify(setting: Setting, watch: Watch | None = None) -> Iterator[Problem]:
    """Every broken link of a campaign: chains first, then records, then seals. `watch` reads along."""
    yield from _verify(setting.campaign, setting.pack.ledgers, watch)


def verify_chains(campaign: Campaign) -> Iterator[Problem]:
    """The same as far as it can be told without the pack: all but the keys of what is one per something."""
    yield from _verify(campaign, {}, None)


def _verify(campaign: Campaign, ledgers: Mapping[str, Ledger], watch: Watch | None) -> Iterator[Problem]:
    yield from _records(campaign, ledgers, watch)
    yield from _orphans(campaign, watch)
    yield from _seals(campaign)


def _records(campaign: Campaign, ledgers: Mapping[str, Ledger], watch: Watch | None) -> Iterator[Problem]:
    last = 0
    while True:
        records = {
            r["id"]: r
            for r in Record.objects.filter(campaign=campaign, pk__gt=last).order_by("pk").values(*COLUMNS)[:2000]
        }
        if not records:
            return
        last = max(records)
        events: dict[int, list[tuple[Any, ...]]] = {pk: [] for pk in records}
        rows = Event.objects.filter(campaign=campaign, record_id__gte=min(records), record_id__lte=last)
        for row in rows.order_by("record_id", "version").values_list(
            "record_id", "version", "verb", "on_day", "at", "actor", "change", "step", "body", "hash"
        ):
            events.setdefault(row[0], []).append(row)
        for pk, record in records.items():
            yield from _record(campaign, ledgers, record, events[pk], watch)


def _record(
    campaign: Campaign,
    ledgers: Mapping[str, Ledger],
    record: dict[str, Any],
    rows: list[tuple[Any, ...]],
    watch: Watch | None,
) -> Iterator[Problem]:
    number = record["number"]
    place = Place(record=f"{record['ledger']}/{number}")
    if not rows:
        yield says.RECORD_ORPHAN.at(place, number=number)
        return
    previous = b""
    facts = []
    for expected, row in enumerate(rows, 1):
        try:
            body = orjson.loads(row[8])
        except orjson.JSONDecodeError:
            yield says.CHAIN_BROKEN.at(place, number=number, version=row[1])
            _tell(watch, None)
            return
        _, version, verb, on, at, actor, change, step = row[:8]
        fact = Fact(version, verb, on, at, actor, change, step, body)
        head = event_head(campaign.name, record["ledger"], number, fact)
        if fact.version != expected or event_hash(previous, head, row[8].encode()) != bytes(row[9]):
            yield says.CHAIN_BROKEN.at(place, number=number, version=row[1])
            _tell(watch, None)
            return
        previous = bytes(row[9])
        facts.append(fact)
    line = timeline(facts)
    _tell(watch, [Transition(record["id"], record["ledger"], (), line)])
    ledger = ledgers.get(record["ledger"])
    key = record["one_key"] if ledger is None else one_key_of(ledger, line[-1][1])
    draft = Draft(
        record["id"], record["ledger"], number, facts[-1].version, previous, facts, line, key, record["from_outside"]
    )
    right = dict(zip(COLUMNS, record_row(campaign.pk, draft), strict=True))
    held = {**record, "head": bytes(record["head"])}
    right["data"], right["flags"] = orjson.loads(right["data"]), orjson.loads(right["flags"])
    wrong = [TITLES.get(c, c) for c in COLUMNS if held[c] != right[c]]
    if wrong:
        yield says.RECORD_ALTERED.at(place, number=number, fields="、".join(wrong))


def _tell(watch: Watch | None, transitions: Sequence[Transition] | None) -> None:
    if watch is not None:
        watch(transitions)


def _orphans(campaign: Campaign, watch: Watch | None) -> Iterator[Problem]:
    """Events whose record was deleted behind the door."""
    rows = Event.objects.filter(campaign=campaign, version=1).exclude(
        record_id__in=Record.objects.filter(campaign=campaign).values("pk")
    )
    for pk in rows.values_list("pk", flat=True)[:100]:
        _tell(watch, None)
        yield says.EVENT_ORPHAN.at(event=pk)


def _seals(campaign: Campaign) -> Iterator[Problem]:
    previous = b""
    after = 0
    for seal in Seal.objects.filter(campaign=campaign).order_by("day"):
        covered = Event.objects.filter(campaign=campaign, pk__gt=after, pk__lte=seal.last_event).order_by("pk")
        hashes = [bytes(h) for h in covered.values_list("hash", flat=True)]
        right = seal_hash(previous, campaign.name, seal.day, seal.count, iter(hashes))
        if len(hashes) != seal.count or right != bytes(seal.hash):
            yield says.SEAL_BROKEN.at(day=iso(seal.day))
            return
        previous = bytes(seal.hash)
        after = seal.last_event
