"""Who names whom: the links that stand behind fields of other records, written with the record, never looked for."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from zhuanban.ledger.compiled import comparisons
from zhuanban.ledger.draft import Draft
from zhuanban.ledger.models import Linked
from zhuanban.ledger.rules import Snapshot, Source, timeline
from zhuanban.ledger.standing import Link
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.values import Pack
from zhuanban.people.queries import Setting

AT_ONCE = 500

Line = Sequence[tuple[int, Snapshot]]


@dataclass(slots=True)
class Watched:
    """What of a pack stands behind what."""

    by: dict[Link, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Links → the ledgers that mirror the records which name them so."""
    via: dict[str, set[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(set))
    """Ledger → (ledger, link field, what is shown): those that show something of the record which they name."""
    links: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Ledger → its link fields that are kept."""

    def __bool__(self) -> bool:
        return bool(self.links)


_kept: OrderedDict[str, Watched] = OrderedDict()
_KEPT = 50


def watched_of(pack: Pack) -> Watched:
    """What stands behind what, in a pack; its text never changes, so it serves every submission of the process."""
    known = _kept.get(pack.sha256) if pack.sha256 else None
    if known is None:
        known = watched(pack)
        if pack.sha256:
            _kept[pack.sha256] = known
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return known


def watched(pack: Pack) -> Watched:
    """What stands behind what, in a pack."""
    found = Watched()
    for ledger in pack.ledgers.values():
        shown = [(each.ledger, each.via, each.shows) for each in ledger.mirrors if each.via]
        shown += [(each.ledger, each.link, each.than) for each in comparisons(ledger, pack.ledgers) if each.link]
        for other, link, what in shown:
            found.via[other].add((ledger.key, link, what))
            found.links[ledger.key].add(link)
        for each in ledger.mirrors:
            if each.by:
                found.by[each.ledger, each.by].add(ledger.key)
                found.links[each.ledger].add(each.by)
    return found


class Links:
    """The links of one batch: what it has entered goes before what is written."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.watched = watched_of(setting.pack)
        self.met: dict[int, Draft] = {}
        self._written: dict[str, dict[Link, list[tuple[int, Source]]]] = {}  # number → what names it in the database

    def put(self, draft: Draft) -> None:
        """Note whom a record names now."""
        if draft.ledger in self.watched.links:
            self.met[draft.id] = draft

    def naming(self, link: Link, number: str) -> list[Source]:
        """The records whose link names this one now, also withdrawn ones."""
        found = [
            Source(draft.line[0][0], draft.number, draft.line)
            for draft in self.met.values()
            if draft.ledger == link[0] and number in named(draft.current, link[1])
        ]
        return [*found, *(source for pk, source in self._behind(number).get(link, ()) if pk not in self.met)]

    def _behind(self, number: str) -> Mapping[Link, Sequence[tuple[int, Source]]]:
        """What names records of this number in the database, by link."""
        if number not in self._written:
            self.foresee([number])
        return self._written[number]

    def foresee(self, numbers: Sequence[str]) -> None:
        """Read what names these records, all of it at once; what a batch enters meanwhile goes before it."""
        for start in range(0, len(numbers), AT_ONCE):
            part = numbers[start : start + AT_ONCE]
            self._written |= {number: defaultdict(list) for number in part}
            rows = Linked.objects.filter(campaign=self.setting.campaign, number__in=part)
            found = list(rows.values_list("number", "ledger", "field", "record_id", "record__number"))
            lines = {pk: timeline(facts) for pk, facts in facts_of({row[3] for row in found}).items()}
            for number, ledger, link, pk, name in found:
                self._written[number][ledger, link].append((pk, Source(lines[pk][0][0], name, lines[pk])))

    def standing_on(self, draft: Draft, before: Line) -> Iterator[tuple[str, str]]:
        """(ledger, number) of the records of which a field stands on this one, or did before it changed."""
        for link in self.watched.links.get(draft.ledger, ()):
            ledger = self.setting.pack.ledgers[draft.ledger].fields[link].ledger
            if ledger in self.watched.by.get((draft.ledger, link), ()):
                for _, now in (*before, *draft.line):
                    yield from ((ledger, number) for number in named(now, link))
        for ledger, link, what in self.watched.via.get(draft.ledger, ()):
            if _says(before, what) != _says(draft.line, what):
                mine = [d for d in self.met.values() if d.ledger == ledger]
                yield from ((ledger, d.number) for d in mine if draft.number in named(d.current, link))
                yield from ((ledger, source.number) for _, source in self._behind(draft.number).get((ledger, link), ()))

    def write(self) -> None:
        """Keep the links."""
        rows = [
            (self.setting.campaign.pk, draft.ledger, draft.id, link, number)
            for draft in self.met.values()
            for link in sorted(self.watched.links[draft.ledger])
            for number in sorted(set(named(draft.current, link)))
        ]
        if self.met:
            with connection.cursor() as cursor:
                cursor.executemany("DELETE FROM ledger_linked WHERE record_id = %s", [(pk,) for pk in self.met])
                cursor.executemany(KEEP_LINK, rows)


KEEP_LINK = """INSERT INTO ledger_linked (campaign_id, ledger, record_id, field, number) VALUES (%s, %s, %s, %s, %s)"""


def named(now: Snapshot, link: str) -> list[str]:
    """The numbers that a link field of a record says."""
    value: Any = now.data.get(link)
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


def _says(line: Line, what: str) -> list[tuple[int, Any]]:
    """What a record shows by day."""
    if what == "since":
        return [(line[0][0], None)] if line else []
    return [(day, None if now.withdrawn else now.state if what == "state" else now.data.get(what)) for day, now in line]
