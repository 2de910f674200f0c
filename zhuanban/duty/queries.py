"""Reads of duties: what is owed, what came, what is missing, as of an instant.

Expected and actual are taken from the same list: what was owed by that instant, and of these what stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from zhuanban.core.calendar import Calendar, read_holidays
from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Problem, Refused
from zhuanban.core.ratio import Ratio
from zhuanban.duty import problems as says
from zhuanban.duty.rules import (
    BEFORE_ISSUE,
    MISSING,
    RETURNED,
    Due,
    Item,
    Report,
    day_of_s,
    dues,
    known_at,
    limit_in_force,
    report_of,
    snapshot_of,
    status_of,
)
from zhuanban.ledger.door import facts_of
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import Fact, Snapshot, timeline
from zhuanban.pack import duty_ledger as words
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import Duty
from zhuanban.people.queries import Setting

AHEAD = 31  # days: what falls due in them is shown as coming


def calendar() -> Calendar:
    """Working days, with the table `holidays.csv` of the data folder. Raises Refused with every fault of it."""
    path = Path(settings.ZHUANBAN_HOME) / "holidays.csv"
    try:
        content = path.read_bytes()
    except OSError:
        return Calendar()
    table, problems = read_holidays(content, path.name)
    if problems:
        raise Refused(problems)
    return Calendar(table)


@dataclass(slots=True)
class Count:
    """How many, of what was owed by an instant. `due` = on_time + late + returned + missing."""

    due: int = 0
    on_time: int = 0
    late: int = 0
    returned: int = 0
    missing: int = 0
    zero: int = 0  # of those submitted
    accepted: int = 0  # of those submitted
    undelivered: int = 0  # of those submitted: a receipt is missing
    coming: int = 0  # not owed yet
    before_issue: int = 0

    @property
    def submitted(self) -> int:
        return self.on_time + self.late

    @property
    def completeness(self) -> Ratio:
        return Ratio(self.submitted, self.due)

    @property
    def timeliness(self) -> Ratio:
        return Ratio(self.on_time, self.due)

    def add(self, item: Item, at: int) -> None:
        """Count one more."""
        status = item.status
        if status == BEFORE_ISSUE:
            self.before_issue += 1
        elif item.limit > at:
            self.coming += 1
        else:
            self.due += 1
            if status == MISSING:
                self.missing += 1
                return
            if status == RETURNED:
                self.returned += 1
                return
            report = item.report
            assert report is not None
            if item.late_s:
                self.late += 1
            else:
                self.on_time += 1
            self.zero += report.zero
            self.accepted += report.state == words.TAKEN
            if item.duty.copies:
                self.undelivered += bool(item.undelivered())


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the document does not print, and what is assumed, or was answered, instead."""

    duty: Duty
    word: str
    assumed: str
    answer: str = ""
    reason: str = ""
    by: str = ""
    at: int = 0


@dataclass(slots=True)
class Board:
    """Everything that is owed as of an instant (`at`, UTC seconds), as far as the viewer may see it."""

    setting: Setting
    at: int
    items: list[Item] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, items: Iterable[Item] | None = None) -> Count:
        total = Count()
        for item in self.items if items is None else items:
            total.add(item, self.at)
        return total

    def by_unit(self) -> dict[str, Count]:
        """Unit code → counts over all duties."""
        found: dict[str, Count] = defaultdict(Count)
        for item in self.items:
            found[item.unit].add(item, self.at)
        return found

    def by_period(self) -> dict[tuple[str, str], Count]:
        """(duty, period) → counts over all units."""
        found: dict[tuple[str, str], Count] = defaultdict(Count)
        for item in self.items:
            found[(item.duty.key, item.due.period)].add(item, self.at)
        return found


def board(viewer: Viewer, at: int, duty: str = "", ahead: int = AHEAD) -> Board:
    """What is owed as of an instant (UTC seconds): everything due by then, and what comes in the `ahead` days after.

    `duty`: only this one. Raises Refused for a table of holidays that cannot be read.
    """
    setting = viewer.setting
    found = Board(setting, at)
    known = calendar()
    answered = answers(setting, at)
    reach, units = viewer.reaches(), setting.units.nodes
    for each in setting.pack.duties.values():
        if duty and each.key != duty:
            continue
        found.questions += _questions(each, answered)
        end = answered.get((each.key, "until"), {}).get("until")
        dates, problems = dues(each, known, day_of_s(at) + ahead, from_iso(end) if end else None)
        reports, decided = _reports(setting, each, at)
        owed = Owed(setting, each)
        issued = setting.pack.issued
        for due in dates:
            for unit, number, about in owed.on(due):
                if not reach.covers(units[unit].region, unit):
                    continue
                report = reports.get(number)
                limit = due.limit
                if report is not None and report.moved:
                    limit = limit_in_force(each, due, decided[number], issued)
                status = status_of(report, due, limit, issued, at)
                found.items.append(Item(each, due, unit, number, about, report, limit, status))
        found.problems += [*problems, *owed.problems]
    return found


class Owed:
    """Who owes a duty on a day."""

    def __init__(self, setting: Setting, duty: Duty) -> None:
        self.setting = setting
        self.duty = duty
        self.problems: list[Problem] = []
        self._named: list[list[str]] = []  # for each name of the pack, the codes that bear it
        self._roster: list[tuple[str, list[tuple[int, Snapshot]]]] = []
        if duty.owing.ledger:
            self._roster = _lines(setting, duty.owing.ledger)
            self._holds = compile_conditions(duty.owing.where, setting.pack.ledgers[duty.owing.ledger])
            return
        bearers: dict[str, list[str]] = defaultdict(list)
        for code, node in setting.units.nodes.items():
            for word in {node.name, node.short} - {""}:
                bearers[word].append(code)
        for name in duty.owing.names:
            if name not in bearers:
                self.problems.append(says.UNIT_UNKNOWN.at(duty.at, duty=duty.title, unit=name))
            self._named.append(bearers.get(name, []))

    def on(self, due: Due) -> Iterator[tuple[str, str, str]]:
        """(unit code, number of its report, record that asks for it or "") on a due day, each number once."""
        day, period, nodes = due.day, due.period, self.setting.units.nodes
        if not self.duty.owing.ledger:
            for codes in self._named:
                for code in codes:
                    if nodes[code].in_use(day):
                        yield code, f"{code}-{period}", ""
                        break
            return
        seen: set[str] = set()
        for number, line in self._roster:
            now = next((snapshot for start, snapshot in reversed(line) if start <= day), None)
            if now is None or now.withdrawn or now.unit not in nodes or not nodes[now.unit].in_use(day):
                continue
            if not self._holds(now.data, now.state, now.region, now.unit, day):
                continue
            if self.duty.owing.each == "record":
                yield now.unit, f"{number}-{period}", number
            elif now.unit not in seen:
                seen.add(now.unit)
                yield now.unit, f"{now.unit}-{period}", ""


def _lines(setting: Setting, ledger: str) -> list[tuple[str, list[tuple[int, Snapshot]]]]:
    rows = Record.objects.filter(campaign=setting.campaign, ledger=ledger).order_by("pk").values_list("pk", "number")
    numbers = dict(rows)
    facts = facts_of(numbers)
    return [(number, timeline(facts[pk])) for pk, number in numbers.items()]


def _reports(setting: Setting, duty: Duty, at: int) -> tuple[dict[str, Report], dict[str, list[Fact]]]:
    """Number → report as the server knew it at an instant (seconds), and the facts of those that need them.

    A record that did not change since is read from its row; only of the others the events are looked at.
    """
    until = at * 1_000_000 + 999_999
    reports: dict[str, Report] = {}
    decided: dict[str, list[Fact]] = {}
    ask: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, number, state, withdrawn, last_at, CAST(data AS TEXT) FROM ledger_record
               WHERE campaign_id = %s AND ledger = %s""",
            [setting.campaign.pk, duty.ledger],
        )
        for pk, number, state, withdrawn, last_at, data in cursor.fetchall():
            if last_at > until:
                ask[pk] = number
            elif not withdrawn:
                report = reports[number] = report_of(state, orjson.loads(data))
                if report.moved:
                    ask[pk] = number
    for pk, facts in facts_of(ask).items():
        known = known_at(facts, until)
        now = snapshot_of(known)
        number = ask[pk]
        if now is None or now.withdrawn:
            reports.pop(number, None)
            continue
        reports[number] = report_of(now.state, now.data)
        decided[number] = known
    return reports, decided


# Answers to what the document does not print -------------------------------------------------------------------------


def answers(setting: Setting, at: int) -> dict[tuple[str, str], Mapping[str, Any]]:
    """(duty, word) → the answer that stood at an instant: the fields said, with `reason`, `by` and `at`."""
    if words.ANSWERS not in setting.pack.ledgers:
        return {}
    rows = Record.objects.filter(campaign=setting.campaign, ledger=words.ANSWERS).values_list("pk", flat=True)
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for facts in facts_of(rows).values():
        known = known_at(facts, at * 1_000_000 + 999_999)
        now = snapshot_of(known)
        if now is None or now.withdrawn:
            continue
        last = known[-1]
        said = {**now.data, "reason": last.body.get("reason", ""), "by": last.actor, "at": last.at}
        found[(now.data["duty"], now.data["word"])] = said
    return found


def addressee(setting: Setting, duty: Duty, at: int) -> str:
    """To whom a duty is reported, as printed or as answered."""
    said = answers(setting, at).get((duty.key, "to"), {})
    return str(said.get("to") or duty.to)


def _questions(duty: Duty, answered: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[Question]:
    for word in duty.assumed:
        said = answered.get((duty.key, word))
        assumed = assumed_value(duty, word)
        if said is None:
            yield Question(duty, word, assumed)
            continue
        answer = str(said.get(word) or assumed)
        yield Question(duty, word, assumed, answer, str(said["reason"]), str(said["by"]), int(said["at"]))


def assumed_value(duty: Duty, word: str) -> str:
    """What the pack says instead of the document."""
    match word:
        case "until":
            return "" if duty.end is None else iso(duty.end)
        case "from":
            return "" if duty.start is None else iso(duty.start)
        case "to":
            return duty.to
        case "copies":
            return "、".join(duty.copies)
        case "units":
            return "、".join(duty.owing.names)
        case "due":
            return "、".join(map(iso, duty.rhythm.days))
        case "forms":
            return "、".join(duty.forms)
    return ""
