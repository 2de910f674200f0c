"""Who names whom: the links by which a ledger mirrors another, written with the record, so that none is looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from zhuanban.ledger.draft import Draft
from zhuanban.ledger.models import Linked
from zhuanban.ledger.rules import Fact, Snapshot, Source, timeline
from zhuanban.ledger.standing import Link
from zhuanban.pack.values import Pack
from zhuanban.people.queries import Setting

AT_ONCE = 500

FactsOf = Callable[[Iterable[int]], Mapping[int, list[Fact]]]


class Links:
    """The links of one batch: what it has entered goes before what is written."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.mirrored = mirrored(setting.pack)
        self.fields: dict[str, list[str]] = defaultdict(list)  # ledger → the link fields by which it is mirrored
        for ledger, field in self.mirrored:
            self.fields[ledger].append(field)
        self.met: dict[int, Draft] = {}
        self._written: dict[str, dict[Link, list[tuple[int, Source]]]] = {}  # number → what names it in the database

    def put(self, draft: Draft) -> None:
        """Note whom a record names now."""
        if draft.ledger in self.fields:
            self.met[draft.id] = draft

    def naming(self, link: Link, number: str, facts_of: FactsOf) -> list[Source]:
        """The records whose link names this one now, also withdrawn ones."""
        ledger, field = link
        found = [
            Source(draft.line[0][0], draft.number, draft.line)
            for draft in self.met.values()
            if draft.ledger == ledger and number in named(draft.current, field)
        ]
        if number not in self._written:
            self.foresee([number], facts_of)
        return [*found, *(source for pk, source in self._written[number].get(link, ()) if pk not in self.met)]

    def foresee(self, numbers: Sequence[str], facts_of: FactsOf) -> None:
        """Read what names these records, all of it at once; what a batch enters meanwhile goes before it."""
        for start in range(0, len(numbers), AT_ONCE):
            part = numbers[start : start + AT_ONCE]
            self._written |= {number: defaultdict(list) for number in part}
            rows = Linked.objects.filter(campaign=self.setting.campaign, number__in=part)
            found = list(rows.values_list("number", "ledger", "field", "record_id", "record__number"))
            lines = {pk: timeline(facts) for pk, facts in facts_of({row[3] for row in found}).items()}
            for number, ledger, field, pk, name in found:
                self._written[number][ledger, field].append((pk, Source(lines[pk][0][0], name, lines[pk])))

    def mirroring(self, draft: Draft, before: Iterable[tuple[int, Snapshot]]) -> Iterator[tuple[str, str]]:
        """(ledger, number) of the records that mirror this one, or did before."""
        for field in self.fields.get(draft.ledger, ()):
            ledger = self.setting.pack.ledgers[draft.ledger].fields[field].ledger
            if ledger in self.mirrored[draft.ledger, field]:
                for _, now in (*before, *draft.line):
                    yield from ((ledger, number) for number in named(now, field))

    def write(self) -> None:
        """Keep the links."""
        rows = [
            (self.setting.campaign.pk, draft.ledger, draft.id, field, number)
            for draft in self.met.values()
            for field in self.fields[draft.ledger]
            for number in sorted(set(named(draft.current, field)))
        ]
        if self.met:
            with connection.cursor() as cursor:
                cursor.executemany("DELETE FROM ledger_linked WHERE record_id = %s", [(pk,) for pk in self.met])
                cursor.executemany(KEEP_LINK, rows)


KEEP_LINK = """INSERT INTO ledger_linked (campaign_id, ledger, record_id, field, number) VALUES (%s, %s, %s, %s, %s)"""


def mirrored(pack: Pack) -> dict[Link, set[str]]:
    """Links of a pack → the ledgers that mirror records by them."""
    found: dict[Link, set[str]] = defaultdict(set)
    for ledger in pack.ledgers.values():
        for each in ledger.mirrors:
            found[each.ledger, each.by].add(ledger.key)
    return dict(found)


def named(now: Snapshot, field: str) -> list[str]:
    """The numbers that a link field of a record says."""
    value: Any = now.data.get(field)
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
