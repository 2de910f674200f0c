"""What fields say whatever is typed: by a rule (`always`), as another ledger knows it (`mirrors`), by comparison.

Pure. The door asks after every change for the first day on which a record does not say what it should, and amends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.compiled import Compares, Decides, Mirrors, Rules
from zhuanban.ledger.draft import Sight
from zhuanban.ledger.fields import is_empty
from zhuanban.ledger.filled import value_of
from zhuanban.ledger.rules import Snapshot, Source, standing_on
from zhuanban.people.queries import Setting

Link = tuple[str, str]
"""(ledger, link field)."""


class Others:
    """The other records that stand behind one record's fields, as the transaction sees them."""

    def __init__(self, sight: Sight, rules: Rules, number: str) -> None:
        self.sight = sight
        self.rules = rules
        self.number = number  # "" = it is being opened, and nobody names it yet
        self._naming: dict[Link, list[Source]] = {}

    def naming(self, link: Link) -> list[Source]:
        """Those whose link names the record."""
        if link not in self._naming:
            self._naming[link] = self.sight.naming(link, self.number) if self.number else []
        return self._naming[link]

    def source(self, ledger: str, number: str) -> Source | None:
        """The one that the record names."""
        return self.sight.source(ledger, number) if number else None

    def days(self, line: Sequence[tuple[int, Snapshot]]) -> set[int]:
        """The days on which one of those changed that are shown every day."""
        found: set[int] = set()
        for mirror in (each.mirror for each in self.rules.mirrors):
            behind = (
                self.naming((mirror.ledger, mirror.by))
                if mirror.by
                else [self.source(mirror.ledger, n) for n in {str(now.data.get(mirror.via, "")) for _, now in line}]
            )
            found.update(day for source in behind if source is not None for day, _ in source.line)
        return found


class Stand(NamedTuple):
    """A field, and what it says of a record as it stands on a day: the value (None: empty), and where from.

    With `looks`, the day is the one from which that part of the record says what it says: a word about May is not
    reckoned anew in June. Without, it is every day.
    """

    key: str
    title: str
    says: Callable[[Snapshot, int], tuple[Any, str]]
    looks: Callable[[Mapping[str, Any]], Any] | None = None


def stands_of(rules: Rules, setting: Setting, world: Others, found: list[Problem]) -> list[Stand]:
    """All that stands in a ledger: mirrors first, which comparisons and rules may ask. A rule's own faults are added to
    `found`."""
    ledgers = setting.pack.ledgers
    return [
        *(_mirror(each, ledgers[each.mirror.ledger].title, world) for each in rules.mirrors),
        *(_comparison(each, ledgers[each.ledger].title, world) for each in rules.compares),
        *(_rule(each, setting, found) for each in rules.standing),
    ]


def _rule(decides: Decides, setting: Setting, found: list[Problem]) -> Stand:
    spec = decides.spec
    assert spec is not None  # only fields stand; the record's own unit does not

    def says(now: Snapshot, day: int) -> tuple[Any, str]:
        case = decides.case(now, day)
        return (None, "") if case is None else (value_of(case, spec, setting, day, found), case.source)

    return Stand(spec.key, spec.title, says)


def _mirror(mirrors: Mirrors, title: str, world: Others) -> Stand:
    mirror, whole = mirrors.mirror, f"取自{title}"

    def of_those(_: Snapshot, day: int) -> tuple[Any, str]:
        stood = [
            (source.opened, source.number, now)
            for source in world.naming((mirror.ledger, mirror.by))
            if (now := _stood(source, day)) is not None
            and mirrors.holds(now.data, now.state, now.region, now.unit, day)
        ]
        if not mirror.shows:
            return (len(stood) if mirrors.counts else "是" if stood else "否"), whole
        if not stood:
            return None, whole
        opened, number, now = max(stood, key=lambda each: each[:2])
        return _shown(mirror.shows, opened, number, now), f"{whole} {number}"

    def of_one(mine: Snapshot, day: int) -> tuple[Any, str]:
        source = world.source(mirror.ledger, str(mine.data.get(mirror.via, "")))
        now = None if source is None else _stood(source, day)
        if source is None or now is None:
            return None, whole
        return _shown(mirror.shows, source.opened, source.number, now), f"{whole} {source.number}"

    return Stand(mirror.key, mirrors.spec.title, of_one if mirror.via else of_those)


def _shown(shows: str, opened: int, number: str, now: Snapshot) -> Any:
    made = {"state": now.state, "number": number, "since": iso(opened)}
    return made.get(shows) or now.data.get(shows)


def _comparison(compares: Compares, title: str, world: Others) -> Stand:
    spec, link = compares.spec, compares.link

    def says(now: Snapshot, day: int) -> tuple[Any, str]:
        mine, than, where = now.data.get(spec.compares), now.data.get(compares.than), ""
        if link:
            number = str(now.data.get(link, ""))
            source = world.source(compares.ledger, number)
            stood = None if source is None else _stood(source, day)
            than, where = None if stood is None else stood.data.get(compares.than), f"{title}{number}"
        if mine not in compares.order or than not in compares.order:
            return None, f"{where}{compares.title}或本条为空"
        mine_at, than_at = compares.order.index(mine), compares.order.index(than)
        word = spec.options[(mine_at >= than_at) + (mine_at > than_at)].title
        return word, f"{where}{compares.title}{than}"

    return Stand(spec.key, spec.title, says, lambda data: (data.get(spec.compares), data.get(link or compares.than)))


def stand_said(stands: Sequence[Stand], body: MutableMapping[str, Any], before: Snapshot, on: int) -> None:
    """Fill an event with what stands on its day. A word typed there gives way, and is flagged where it differs."""
    for stand in stands:
        said = dict(body.get("set", {}))
        typed = said.pop(stand.key, None)
        after = before._replace(data={**before.data, **said})
        value, source = before.data.get(stand.key), ""
        if stand.looks is None or stand.looks(after.data) != stand.looks(before.data):
            value, source = stand.says(after, on)
        if not is_empty(typed) and typed != value:
            shown = "（空）" if value is None else value
            flag = says.RULE_DIFFERS.at(field=stand.title, typed=typed, word=shown).says
            body["flags"] = [*body.get("flags", ()), flag]
        if before.data.get(stand.key) != value:
            said[stand.key] = value
            body["ruled"] = {**body.get("ruled", {}), stand.key: source}
        if said:
            body["set"] = said
        else:
            body.pop("set", None)


def stand_due(
    stands: Sequence[Stand], line: Sequence[tuple[int, Snapshot]], days: Iterable[int]
) -> tuple[int, dict[str, Any]] | None:
    """The first day of a record's timeline on which it does not say what stands, and the amendment's body.

    A date that has come, a figure put right on an early day, a redate, another ledger's record leave such days behind
    them; `days` are those besides the timeline's own on which something may have turned.
    """
    first = line[0][0]
    since: dict[str, tuple[Any, int]] = {}
    for day, now in standing_on(line, sorted({day for day, _ in line} | {day for day in days if day > first})):
        words: dict[str, Any] = {}
        whence: dict[str, str] = {}
        for stand in stands:
            seen, asked = now._replace(data={**now.data, **words}), day
            if stand.looks is not None:
                looked = stand.looks(seen.data)
                if stand.key not in since or since[stand.key][0] != looked:
                    since[stand.key] = (looked, day)
                asked = since[stand.key][1]
            if now.withdrawn:
                continue
            value, source = stand.says(seen, asked)
            if now.data.get(stand.key) != value:
                words[stand.key], whence[stand.key] = value, source
        if words:
            return day, {"set": words, "ruled": whence}
    return None


def turns(standing: Iterable[Decides], said: Iterable[Snapshot], after: int, until: int) -> set[int]:
    """The days, later than `after` and not later than `until`, on which a date alone may turn a rule."""
    asked = [turn for decides in standing for turn in decides.turns]
    found = {from_iso(value) + off for now in said for field, off in asked if (value := now.data.get(field))}
    return {day for day in found if after < day <= until}


def _stood(source: Source, day: int) -> Snapshot | None:
    """The record as it stood at the end of a day; None before it was opened, or withdrawn."""
    found = None
    for start, now in source.line:
        if start > day:
            break
        found = now
    return None if found is None or found.withdrawn else found
