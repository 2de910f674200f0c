"""Work lists of the pack as of a day: records that fulfil its conditions, what lacks such a record, who has so many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q

from zhuanban.core.day import iso, to_date, to_day
from zhuanban.core.natural import natural
from zhuanban.core.problem import Kind, Refused, choices
from zhuanban.ledger.fields import is_empty
from zhuanban.pack.values import OUTSIDE, FieldType
from zhuanban.pack.work_list import Every, WorkList
from zhuanban.people.queries import Setting
from zhuanban.tally.books import Books, Cited, Listed, Standing, named_units, words_of
from zhuanban.tally.reports import Judged, judged

NO_LIST = Kind("tally-007", "本行动没有清单“{name}”。", "可用的清单：{known}。")


def find_list(setting: Setting, name: str) -> WorkList:
    """The list of that key or title. Raises Refused."""
    for each in setting.pack.lists.values():
        if name in (each.key, each.title):
            return each
    raise Refused(NO_LIST.at(name=name, known=choices({x.key: x.title for x in setting.pack.lists.values()})))


def work_list(
    setting: Setting, asked: WorkList, node: str, day: int, visible: Q | None = None, books: Books | None = None
) -> list[Listed]:
    """The list at a node as of the end of a day. `visible` narrows the listed records to a viewer's scope; `books`: of
    that day, where several lists are asked."""
    if asked.duties:
        return list(_reports(setting, asked, node, day))
    books = Books(setting, day) if books is None else books
    if asked.misses:
        return list(_Missing(books, asked, node, visible or Q()).entries())
    inside = setting.regions.subtree(node, day)
    records = _marked(books.of(asked.ledger, visible).standing(asked.where, day, inside, asked.quiet), asked)
    if asked.by:
        return list(_by(setting, asked, records, day))
    if asked.lacks:
        return list(_lacking(setting, asked, records))
    return [record.listed for record in records]


def _marked(records: Iterable[Standing], asked: WorkList) -> Iterator[Standing]:
    """Those that bear the mark which a list asks for, if it asks for one."""
    return (r for r in records if not asked.flagged or any(f.startswith(asked.flagged) for f in r.now.flags))


# -- What records lack, and who has too many of them ---------------------------------------------------------------


def _lacking(setting: Setting, asked: WorkList, records: Iterable[Standing]) -> Iterator[Listed]:
    ledger = setting.pack.ledgers[asked.ledger]
    titles = {key: ledger.fields[key].title if key in ledger.fields else ledger.unit_title for key in asked.lacks}
    for record in records:
        now = record.now
        empty = [t for k, t in titles.items() if is_empty(now.data.get(k) if k in ledger.fields else now.unit)]
        if empty:
            yield replace(record.listed, says=f"缺{'、'.join(empty)}")


def _by(setting: Setting, asked: WorkList, records: Iterable[Standing], day: int) -> Iterator[Listed]:
    ledger, regions = setting.pack.ledgers[asked.ledger], setting.regions
    field = ledger.fields.get(asked.by)
    depth = {level.key: n for n, level in enumerate(setting.pack.grid.levels, 1)}.get(asked.by, 0)
    groups: dict[str, list[Listed]] = defaultdict(list)
    for record in records:
        now = record.now
        own = now.unit if asked.by == "unit" else now.region
        if depth:  # the region of that level in which the record lies, where it lies so deep
            path = regions.path(own, day)
            own = path[-1 - depth] if len(path) > depth else ""
        for word in words_of(now.data.get(asked.by) if field is not None else own):
            groups[word].append(record.listed)
    by_unit = asked.by == "unit" or (field is not None and field.type is FieldType.UNIT)
    by_region = asked.by == "region" or depth > 0
    for word, found in sorted(groups.items(), key=lambda group: natural(group[0])):
        if len(found) < asked.at_least:
            continue
        facts = tuple(Cited(asked.ledger, each.number) for each in found)
        region = _home(setting, word) if by_unit else word if by_region else regions.root
        head = "" if by_unit or by_region else f"{word}："
        says = f"{head}{len(found)}{ledger.word}（{'、'.join(each.number for each in facts)}）"
        yield Listed("", region, None, word if by_unit else "", says, facts)


def _home(setting: Setting, unit: str) -> str:
    """The region of a unit; the root where it has none."""
    region = setting.units.nodes[unit].region if unit in setting.units else ""
    return region if region in setting.regions else setting.regions.root


def _reports(setting: Setting, asked: WorkList, node: str, day: int) -> Iterator[Listed]:
    """Units at the node with enough reports that were so."""
    inside = setting.regions.subtree(node, day)
    wrong: dict[str, list[Cited]] = defaultdict(list)
    for duty in asked.duties:
        series: dict[str, list[Judged]] = defaultdict(list)
        for each in judged(setting, duty, day):
            series[each.unit].append(each)
        for unit, reports in series.items():
            for run in _runs(reports, asked.reports):
                if len(run) >= asked.in_a_row:
                    wrong[unit] += [Cited(f"duty_{duty}", each.number, each.says) for each in run]
    for unit, facts in sorted(wrong.items()):
        if len(facts) >= asked.at_least and _home(setting, unit) in inside:
            says = f"{len(facts)}份（{'、'.join(each.says for each in facts)}）"
            yield Listed("", _home(setting, unit), None, unit, says, tuple(facts))


def _runs(reports: Sequence[Judged], words: Sequence[str]) -> Iterator[list[Judged]]:
    """Reports that were so, one date after the other."""
    run: list[Judged] = []
    for each in reports:
        if each.was in words:
            run.append(each)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


# -- What lacks such a record ----------------------------------------------------------------------------------------


class _Step(NamedTuple):
    """Days from `start` to `end`, both included."""

    says: str
    start: int
    end: int


def _steps(every: Every | None, day: int) -> list[_Step]:
    """The steps that are over by the end of a day; without any, one that has neither name nor start."""
    if every is None:
        return [_Step("", to_day(date.min), day)]
    found: list[_Step] = []
    start = every.start
    last = day if every.end is None else min(day, every.end)
    while True:
        if every.step == "周":
            end = start + 6 - (start + 3) % 7  # day 0 was a Thursday
        else:
            first = to_date(start)
            end = to_day(date(first.year + first.month // 12, first.month % 12 + 1, 1)) - 1
        if every.end is not None:
            end = min(end, every.end)
        if end > last or start > end:
            return found
        says = iso(start)[:7] if every.step == "月" else f"{iso(start)}至{iso(end)}"
        found.append(_Step(says, start, end))
        start = end + 1


Spot = tuple[str, str, str, str, int]
"""(record, region, unit, word, first day of the step) that a record covers, or that lacks one; "" where not asked."""


class _Missing:
    """What of all that should have such a record has none. Whatever is there counts, wherever it lies."""

    def __init__(self, books: Books, asked: WorkList, node: str, visible: Q) -> None:
        self.books = books
        self.setting = books.setting
        self.asked = asked
        self.node = node
        self.visible = visible
        last = books.day
        self.steps = _steps(asked.every, last) if asked.within is None else [_Step("", last - asked.within, last)]
        levels = [level.key for level in self.setting.pack.grid.levels]
        self.depth = levels.index(asked.missing_level) + 1 if asked.missing_level else 0

    def entries(self) -> Iterator[Listed]:
        """Entries by record, region, unit, word, step."""
        covered: set[Spot] = set()
        latest: dict[tuple[str, str, str, str], int] = {}
        for record in self._records():
            for place in self._places(record):
                latest[place] = max(latest.get(place, record.opened), record.opened)
                covered.update((*place, s.start) for s in self.steps if s.start <= record.opened <= s.end)
        found: list[tuple[tuple[Any, ...], Listed]] = []
        for n, step in enumerate(self.steps):
            regions, units, words = (
                enumerate(self._regions(step)),
                enumerate(self._units(step)),
                enumerate(self._choices()),
            )
            for target, (i, region), (k, unit), (m, word) in product(self._targets(step), regions, units, words):
                number = "" if target is None else target.number
                if (number, region, unit, word, step.start) not in covered:
                    ever = latest.get((number, region, unit, word))
                    since = "" if self.asked.within is None else f"最近一次{iso(ever)}" if ever else "从无"
                    says = " ".join(filter(None, (word, step.says, since)))
                    found.append(((natural(number), i, k, m, n), self._entry(target, region, unit, says)))
        yield from (entry for _, entry in sorted(found, key=itemgetter(0)))

    def _entry(self, target: Listed | None, region: str, unit: str, says: str) -> Listed:
        if target is not None:
            return Listed(target.number, region or target.region, target.now, unit, says)
        where = region or (_home(self.setting, unit) if unit else self.node)
        return Listed("", where, None, unit, says)

    def _records(self) -> Iterator[Standing]:
        return _marked(self.books.of(self.asked.ledger).standing(self.asked.where, self.books.day), self.asked)

    def _places(self, record: Standing) -> Iterable[tuple[str, str, str, str]]:
        asked, now = self.asked, record.now
        path = self.setting.regions.path(now.region, self.books.day)
        return product(
            words_of(now.data.get(asked.missing_link)) if asked.missing_link else [""],
            [path[-1 - self.depth]] if 0 < self.depth < len(path) else [] if self.depth else [""],
            [now.unit] if asked.units is not None else [""],
            words_of(now.data.get(asked.missing_choice)) if asked.missing_choice else [""],
        )

    def _targets(self, step: _Step) -> Sequence[Listed | None]:
        asked = self.asked
        if not asked.missing_link:
            return [None]
        inside = None if asked.missing_level else self.setting.regions.subtree(self.node, step.end)
        found = self.books.of(asked.listed, self.visible).standing(asked.among, step.end, inside)
        return [record.listed for record in found]

    def _regions(self, step: _Step) -> Sequence[str]:
        """Regions of the asked level, in use, in the order of the regions' list."""
        if not self.depth:
            return [""]
        tree, day = self.setting.regions, step.end
        inside = [
            code
            for code in tree.subtree(self.node, day)
            if tree.level(code, day) == self.depth and tree.nodes[code].in_use(day)
        ]
        return sorted(inside, key=lambda code: (tree.nodes[code].position, code))

    def _units(self, step: _Step) -> Sequence[str]:
        asked = self.asked
        if asked.units is None:
            return [""]
        nodes, day = self.setting.units.nodes, step.end
        found = [code for code in dict.fromkeys(named_units(self.books, asked.units, day)) if nodes[code].in_use(day)]
        if asked.missing_link or asked.missing_level:
            return found
        inside = self.setting.regions.subtree(self.node, day)
        return [code for code in found if _home(self.setting, code) in inside]

    def _choices(self) -> Sequence[str]:
        if not self.asked.missing_choice:
            return [""]
        field = self.setting.pack.ledgers[self.asked.ledger].fields[self.asked.missing_choice]
        return [option.title for option in field.options if option.title != OUTSIDE]
