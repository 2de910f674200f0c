"""Reads of the ledgers, always through a viewer's scope and mask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from zhuanban.core import clock
from zhuanban.core.day import beijing, iso
from zhuanban.core.problem import Place, Refused, choices
from zhuanban.ledger import problems as says
from zhuanban.ledger.models import Record, Waiting
from zhuanban.ledger.numbers import kept_number
from zhuanban.ledger.past import past_words
from zhuanban.ledger.rules import Fact, as_of, effective_days
from zhuanban.ledger.stored import CHUNK, facts_of
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Ledger, naming_fields
from zhuanban.people.actions import log_access
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor, Reach, reach, shares

VERB_TITLES = {
    "create": "登记", "move": "流转", "amend": "更正", "transfer": "移转", "redate": "改期",
    "withdraw": "撤回", "restore": "恢复",
}  # fmt: skip


class Viewer:
    """What one actor may see of one campaign today."""

    def __init__(self, setting: Setting, actor: Actor) -> None:
        self.setting = setting
        self.actor = actor
        self.today = clock.today()
        self._reaches: dict[tuple[tuple[str, ...] | None, bool], Reach] = {}

    def _reach(self, posts: tuple[str, ...] | None = None, *, acting: bool = False) -> Reach:
        known = self._reaches.get((posts, acting))
        if known is None:
            s = self.setting
            known = reach(self.actor, s.pack, s.regions, s.units, self.today, posts, acting=acting)
            self._reaches[(posts, acting)] = known
        return known

    def reaches(self, posts: Iterable[str] | None = None) -> Reach:
        """What the actor reaches today by all his posts, or by those of them that are in `posts`."""
        return self._reach(None if posts is None else tuple(sorted(posts)))

    def acts(self, posts: Iterable[str]) -> Reach:
        """Where the actor may act today by those of his posts that are in `posts`."""
        return self._reach(tuple(sorted(posts)), acting=True)

    def knows(self, ledger: Ledger) -> bool:
        """May the actor know that the ledger exists?"""
        return self.actor.operator or not ledger.seen_by or bool(self.actor.posts & set(ledger.seen_by))

    def ledger(self, key: str) -> Ledger:
        """The ledger of that key or title. Raises Refused, alike for an absent one and one kept from the actor."""
        known = [ledger for ledger in self.setting.pack.ledgers.values() if self.knows(ledger)]
        for ledger in known:
            if key in (ledger.key, ledger.title):
                return ledger
        raise Refused(says.UNKNOWN_LEDGER.at(ledger=key, known=choices({ledger.key: ledger.title for ledger in known})))

    def may_see(self, ledger: Ledger) -> Q:
        """The rows of a ledger that the actor may know of. Every query on records starts from here."""
        if self.actor.operator:
            return Q()
        scope: Q = self._reach().filter()
        if shares(self.actor, self.setting.pack, ledger):
            scope = Q()
        elif ledger.seen_by:
            scope &= self._reach(ledger.seen_by).filter() if self.actor.posts & set(ledger.seen_by) else Q(pk__in=())
        for state in ledger.states.values():
            if state.seen_by:
                here = self._reach(state.seen_by)
                if not here.everything:  # an empty Q would vanish from the "or", and hide the state from all
                    scope &= ~Q(state=state.key) | here.filter()
        return scope

    def records(self, ledger: Ledger) -> QuerySet[Record]:
        """The ledger's records in scope."""
        return Record.objects.filter(self.may_see(ledger), campaign=self.setting.campaign, ledger=ledger.key)

    def record(self, ledger: Ledger, number: str) -> Record:
        """One record. Raises Refused with the same words whether it is absent or out of scope."""
        number = kept_number(self.setting.campaign, ledger.key, number)
        found = self.records(ledger).filter(number=number).first()
        if found is None:
            raise Refused(says.NOT_THERE.at(Place(record=number)))
        return found

    def called(self, ledger: Ledger, numbers: Iterable[str]) -> dict[str, str]:
        """Number → the name by which people call that record, masked; only of records in scope that have one."""
        fields = sorted(naming_fields(ledger), key=lambda key: key not in (*ledger.one_per, *ledger.match))
        wanted, found = sorted(set(numbers)), dict[str, str]()
        if not fields or not self.knows(ledger):
            return found
        for i in range(0, len(wanted), CHUNK):
            records = list(self.records(ledger).filter(number__in=wanted[i : i + CHUNK]))
            for shown in self.show_all(ledger, records):
                name = next((shown["fields"][key] for key in fields if shown["fields"].get(key)), "")
                found |= {str(shown["number"]): str(name)} if name else {}
        return found

    def linked(self, ledger: Ledger, by: Iterable[str], number: str, day: int) -> list[Record]:
        """The records in scope of which one of these links names that number as of a day; withdrawn ones left out."""
        rows, links = self.records(ledger), tuple(by)
        if day >= self.today:
            # The text search leaves few; what a link with several values really names is looked at one by one.
            rows = rows.annotate(_text=Cast("data", TextField())).filter(_text__contains=number)
        return [r for r in self.stood(rows, day) if any(number in _named(r.data.get(link)) for link in links)]

    def stood(self, rows: QuerySet[Record], day: int) -> list[Record]:
        """These records as they stood at the end of a day, by number; those opened later or withdrawn are left out.

        Scope is of today. Of an earlier day they are copies that nobody may save, and the tables would refuse.
        """
        if day >= self.today:
            return list(rows.filter(withdrawn=False).order_by("number"))
        found = []
        records = list(rows.filter(first_on__lte=day).order_by("number"))
        known = facts_of(record.pk for record in records)
        for record in records:
            facts = known[record.pk]
            now = as_of(facts, day)
            if now is None or now.withdrawn:
                continue
            record.state, record.region, record.unit, record.data = now.state, now.region, now.unit, dict(now.data)
            record.last_on = max(on for on in effective_days(facts).values() if on <= day)
            found.append(record)
        return found

    def show(self, ledger: Ledger, record: Record) -> dict[str, Any]:
        """A record as JSON, masked."""
        return self.show_all(ledger, [record])[0]

    def show_all(self, ledger: Ledger, records: Sequence[Record]) -> list[dict[str, Any]]:
        """Records as JSON, masked."""
        masker = Masker(ledger)
        past = past_words(ledger, [r.pk for r in records if r.version > 1])
        return [self._show(ledger, r, masker, past.get(r.pk)) for r in records]

    def _show(
        self, ledger: Ledger, record: Record, masker: Masker, secrets: Mapping[str, str] | None
    ) -> dict[str, Any]:
        tree, units = self.setting.regions, self.setting.units
        return {
            "ledger": ledger.key,
            "number": record.number,
            "state": record.state,
            "region": record.region,
            "region_name": tree.name(record.region),
            "unit": record.unit,
            "unit_name": units.name(record.unit) if record.unit else "",
            "withdrawn": record.withdrawn,
            "version": record.version,
            "since": iso(record.first_on),
            "on": iso(record.last_on),
            "at": beijing(record.last_at),
            "flags": record.flags,
            "fields": masker.show(record.data, secrets),
        }

    def history(self, ledger: Ledger, number: str) -> dict[str, Any]:
        """A record and all its events, masked: see docs/cli.md for the keys."""
        record = self.record(ledger, number)
        facts = facts_of([record.pk])[record.pk]
        masker = Masker(ledger)
        secrets = masker.secrets([record.data, *(f.body.get("set", {}) for f in facts)])
        days = effective_days(facts)
        shown = self._show(ledger, record, masker, secrets)
        shown["events"] = [self._event(ledger, f, days, masker, secrets) for f in facts]
        placed: dict[str, int] = {}
        for fact in sorted(facts, key=lambda f: (days[f.version], f.version)):
            placed |= fact.body.get("placed", {})
        if placed:
            shown["placed"] = placed
        return shown

    def _event(
        self, ledger: Ledger, fact: Fact, days: Mapping[int, int], masker: Masker, secrets: Mapping[str, str]
    ) -> dict[str, Any]:
        body = fact.body
        event: dict[str, Any] = {
            "version": fact.version,
            "verb": fact.verb,
            "title": body.get("move") or VERB_TITLES[fact.verb],
            "on": iso(fact.on),
            "counts_on": iso(days[fact.version]),
            "at": beijing(fact.at),
            "by": fact.actor,
            "change": fact.change,
        }
        if "to" in body:
            event["to"] = body["to"]
        for key, tree in (("region", self.setting.regions), ("unit", self.setting.units)):
            if key in body:
                event[key] = body[key]
                event[f"{key}_name"] = tree.name(body[key], days[fact.version])
        if "reason" in body:
            event["reason"] = masker.scrub(str(body["reason"]), secrets)
        for key in ("of", "flags", "source", "ruled", "placed"):
            if key in body:
                event[key] = body[key]
        for key in ("alike", "likely"):
            if key in body:
                event[key] = self._visible(body[key])
        if "set" in body:
            event["fields"] = masker.show(body["set"], secrets)
        return event

    def _visible(self, named: Iterable[Sequence[str]]) -> list[dict[str, str]]:
        """Those of these records, each as (ledger, number), that the viewer may know of."""
        found = []
        for key, number in named:
            ledger = self.setting.pack.ledgers.get(key)
            if ledger is not None and self.records(ledger).filter(number=number).exists():
                found.append({"ledger": key, "number": number})
        return found

    def reveal(self, ledger: Ledger, number: str, field: str, reason: str) -> Any:
        """The unmasked value of a personal field, for a post that may see it. Each look is logged with its reason."""
        record = self.record(ledger, number)
        spec = ledger.fields.get(field)
        if spec is None or not spec.personal:
            raise Refused(says.UNKNOWN_FIELD.at(Place(record=number), ledger=ledger.title, field=field))
        if not self.actor.operator and not self._reach(spec.seen_by).covers(record.region, record.unit):
            posts = "、".join(p.title for k, p in self.setting.pack.posts.items() if k in spec.seen_by) or "（无）"
            raise Refused(
                says.NOT_ALLOWED.at(Place(record=number), ledger=ledger.title, move="查看隐去内容", posts=posts)
            )
        if not reason.strip():
            raise Refused(says.REASON_MISSING.at(Place(record=number), move="查看隐去内容"))
        detail = {"ledger": ledger.key, "number": number, "field": field, "reason": reason}
        log_access(self.setting.campaign, self.actor, "reveal", detail)
        return record.data.get(field)

    def waiting(self, *, settled: bool = False) -> QuerySet[Waiting]:
        """The rows of the inbox in scope. Items without a place: to their sender and who sees all."""
        rows = Waiting.objects.filter(campaign=self.setting.campaign, settled_at__isnull=not settled).order_by("pk")
        if self.actor.operator:
            return rows
        here = self._reach()
        scope = Q() if here.everything else Q(region__in=here.regions) | Q(unit__in=here.units)
        hidden = [key for key, ledger in self.setting.pack.ledgers.items() if not self.knows(ledger)]
        if hidden:
            scope &= ~Q(ledger__in=hidden)
        return rows.filter(Q(actor=self.actor.login) | scope) if scope else rows

    def inbox(self, *, settled: bool = False) -> Iterator[dict[str, Any]]:
        """What waits in scope, oldest first, masked."""
        for item in self.waiting(settled=settled).iterator(chunk_size=1000):
            yield self.show_waiting(item)

    def _secrets_of(self, ledger: Ledger, number: str, masker: Masker) -> dict[str, str]:
        """The personal words of the record that a change speaks of, in scope or not."""
        if not number or not masker.personal:
            return {}
        rows = Record.objects.filter(campaign=self.setting.campaign, ledger=ledger.key, number=number)
        return {
            word: masked
            for facts in facts_of(rows.values_list("pk", flat=True)).values()
            for word, masked in masker.secrets(f.body.get("set", {}) for f in facts).items()
        }

    def show_waiting(self, item: Waiting) -> dict[str, Any]:
        """An item of the inbox as JSON, masked."""
        ledger = self.setting.pack.ledgers.get(item.ledger)
        change = item.change
        problems = item.problems
        fields: dict[str, Any] = {}
        for step in change.get("steps", ()):
            fields.update(step.get("set", {}))
        if ledger is not None:
            masker = Masker(ledger)
            secrets = self._secrets_of(ledger, str(change.get("number", "")), masker) | masker.secrets([fields])
            problems = [{**p, "says": masker.scrub(p["says"], secrets)} for p in problems]
            fields = masker.show(fields, secrets)
        return {
            "id": item.pk,
            "ledger": item.ledger,
            "number": change.get("number", ""),
            "change": item.change_id,
            "reason": item.reason,
            "problems": problems,
            "source": item.source,
            "region": item.region,
            "unit": item.unit,
            "fields": fields,
            "by": item.actor,
            "at": beijing(item.at),
            "settled": item.settled_how,
        }


def _named(value: object) -> Collection[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else ()


class WholeViewer(Viewer):
    """Every record, for figures that must not depend on who asks; unmasks no more than its actor may."""

    def knows(self, ledger: Ledger) -> bool:
        return True

    def may_see(self, ledger: Ledger) -> Q:
        return Q()
