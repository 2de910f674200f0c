"""Reads of duties: what is owed, what came, what is missing, as of an instant.

Expected and actual are taken from the same list: what was owed by that instant, and of these what stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    ACCEPTED,
    ASIDE,
    CLASS,
    COMING,
    JUDGED,
    LATE,
    NOT_THERE,
    ON_TIME,
    SENT_BACK,
    UNDELIVERED,
    UNSAID,
    ZERO,
    Due,
    Item,
    Row,
    day_of_s,
    dues,
    known_at,
    limit_in_force,
    moved_to,
    receipts_asked,
    said_of,
    slots_of,
    snapshot_of,
)
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import Fact, Snapshot, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.pack import duty_ledger as words
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import Duty, Pack
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


@dataclass(frozen=True, slots=True)
class Count:
    """How many, of what was owed by an instant. `due` = on_time + late + returned + missing."""

    on_time: int = 0
    late: int = 0
    returned: int = 0
    missing: int = 0
    zero: int = 0  # of those submitted
    accepted: int = 0  # of those submitted
    undelivered: int = 0  # of those submitted: a receipt is missing
    coming: int = 0  # not owed yet
    before_issue: int = 0

    @classmethod
    def of(cls, slots: Mapping[int, int]) -> Count:
        """From how often each slot occurs."""
        classes = [0] * 6
        zero = accepted = undelivered = 0
        for slot, n in slots.items():
            classes[slot & CLASS] += n
            zero += n if slot & ZERO else 0
            accepted += n if slot & ACCEPTED else 0
            undelivered += n if slot & UNDELIVERED else 0
        return cls(
            on_time=classes[ON_TIME],
            late=classes[LATE],
            returned=classes[SENT_BACK],
            missing=classes[NOT_THERE],
            zero=zero,
            accepted=accepted,
            undelivered=undelivered,
            coming=classes[COMING],
            before_issue=classes[ASIDE],
        )

    @property
    def submitted(self) -> int:
        return self.on_time + self.late

    @property
    def due(self) -> int:
        return self.submitted + self.returned + self.missing

    @property
    def completeness(self) -> Ratio:
        """A report is whole with the receipts of all its addressees."""
        return Ratio(self.submitted - self.undelivered, self.due)

    @property
    def timeliness(self) -> Ratio:
        return Ratio(self.on_time, self.due)


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


@dataclass(frozen=True, slots=True)
class Column:
    """One date of a duty: who owes it, and under what each is counted. A year of 500 units has 26,000 of them, so
    that `Item`s are made only for those who look at them one by one."""

    duty: Duty
    due: Due
    owed: Sequence[tuple[str, str, str]]  # (unit, number, record)
    slots: Sequence[int]
    reports: Reports
    limits: Mapping[str, int]  # number → deadline, where it is not the date's own

    def items(self) -> Iterator[Item]:
        data_of = self.reports.data
        for (unit, number, about), slot in zip(self.owed, self.slots, strict=True):
            state, data = data_of.get(number, ("", {}))
            limit = self.limits.get(number, self.due.limit)
            yield Item(self.duty, self.due, unit, number, about, state, data, limit, slot)


@dataclass(slots=True)
class Board:
    """Everything that is owed as of an instant (`at`, UTC seconds), as far as the viewer may see it."""

    setting: Setting
    at: int
    columns: list[Column] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    advice: list[Problem] = field(default_factory=list)  # what keeps the board empty

    @property
    def items(self) -> list[Item]:
        """What is owed, one by one: by duty, date, unit."""
        return [item for column in self.columns for item in column.items()]

    def count(self) -> Count:
        """Counts of everything."""
        return Count.of(Counter(slot for column in self.columns for slot in column.slots))

    def by_unit(self) -> dict[str, Count]:
        """Unit code → counts over all duties."""
        held: dict[str, list[int]] = defaultdict(list)
        for column in self.columns:
            for (unit, _, _), slot in zip(column.owed, column.slots, strict=True):
                held[unit].append(slot)
        return {unit: Count.of(Counter(slots)) for unit, slots in held.items()}

    def by_period(self) -> dict[tuple[str, str], Count]:
        """(duty, period) → counts over all units; dates that nobody owes are left out."""
        return {(c.duty.key, c.due.period): Count.of(Counter(c.slots)) for c in self.columns if c.owed}


def board(viewer: Viewer, at: int, duty: str = "", ahead: int = AHEAD) -> Board:
    """What is owed as of an instant (UTC seconds): everything due by then, and what comes in the `ahead` days after.

    `duty`: only this one. Raises Refused for a table of holidays that cannot be read.
    """
    setting = viewer.setting
    found = Board(setting, at)
    days, answered, issued = calendar(), answers(setting, at), setting.pack.issued
    reach = viewer.reaches()
    seen = {code for code, node in setting.units.nodes.items() if reach.covers(node.region, code)}
    for each in setting.pack.duties.values():
        if duty and each.key != duty:
            continue
        found.questions += _questions(setting.pack, each, answered)
        end = answered.get((each.key, "until"), {}).get("until")
        dates, problems = dues(each, days, day_of_s(at) + ahead, from_iso(end) if end else None)
        reports, owed = Reports(setting, each, at), Owed(setting, each)
        for due in dates:
            mine = [one for one in owed.on(due) if one[0] in seen]
            rows = [reports.said.get(number, UNSAID) for _, number, _ in mine]
            slots, limits = slots_of(due, rows, issued, at), {}
            for i, (_, number, _) in enumerate(mine if reports.moved else ()):
                limit = limit_in_force(each, due, reports.moved.get(number, ()), issued)
                if limit != due.limit:
                    limits[number] = limit
                    slots[i] = slots_of(moved_to(due, limit), [rows[i]], issued, at)[0]
            found.columns.append(Column(each, due, mine, slots, reports, limits))
        found.problems += [*problems, *owed.problems]
        if owed.nobody and viewer.knows(roster := setting.pack.ledgers[each.owing.ledger]):
            words = {"campaign": setting.campaign.name, "key": roster.key, "roster": roster.title}
            found.advice.append(says.ROSTER_EMPTY.at(duty=each.title, **words))
    return found


class Owed:
    """Who owes a duty on a day."""

    def __init__(self, setting: Setting, duty: Duty) -> None:
        self.setting = setting
        self.duty = duty
        self.problems: list[Problem] = []
        # For each name of the pack, the units that bear it: code, from, to.
        self._named: list[list[tuple[str, int, int]]] = []
        self._roster: list[tuple[str, list[tuple[int, Snapshot]]]] = []
        if duty.owing.ledger:
            self._roster = _lines(setting, duty.owing.ledger)
            self._holds = compile_conditions(duty.owing.where, setting.pack.ledgers[duty.owing.ledger])
            return
        bearers: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for code, node in setting.units.nodes.items():
            for word in node.words:
                bearers[word].append((code, node.from_day, node.to_day))
        for name in duty.owing.names:
            if name not in bearers:
                self.problems.append(says.UNIT_UNKNOWN.at(duty.at, duty=duty.title, unit=name))
            self._named.append(bearers.get(name, []))

    @property
    def nobody(self) -> bool:
        """Do the units come from a ledger in which nothing has been entered yet?"""
        return bool(self.duty.owing.ledger) and self.duty.owing.each == "unit" and not self._roster

    def on(self, due: Due) -> Iterable[tuple[str, str, str]]:
        """(unit code, number of its report, record that asks for it or "") on a due day, each number once."""
        if self.duty.owing.ledger:
            return self._by_roster(due)
        day, period = due.day, due.period
        in_use = (next((code for code, first, end in each if first <= day < end), "") for each in self._named)
        return [(code, f"{code}-{period}", "") for code in in_use if code]

    def _by_roster(self, due: Due) -> Iterator[tuple[str, str, str]]:
        day, period, nodes = due.day, due.period, self.setting.units.nodes
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


class Reports:
    """A duty's reports as the server knew them at an instant (seconds).

    A record that did not change since is read from its row; only of the others, and of those whose deadline was
    spoken of, the events are looked at. `said`: number → what counts depend on; `moved`: number → the facts of those
    whose deadline was spoken of.
    """

    def __init__(self, setting: Setting, duty: Duty, at: int) -> None:
        self.duty = duty
        until = at * 1_000_000 + 999_999
        mine = "FROM ledger_record WHERE campaign_id = %s AND ledger = %s"
        self._which: list[Any] = [setting.campaign.pk, duty.ledger, until]
        self._unchanged = f"{mine} AND last_at <= %s AND NOT withdrawn"
        missing = " OR ".join(f"data ->> '{words.receipt(i)}' IS NULL" for i in receipts_asked(duty))
        undelivered = f"CASE WHEN {missing} THEN 1 ELSE 0 END" if missing else "0"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT number, state, COALESCE(data ->> '{JUDGED[duty.counts]}', ''),
                    COALESCE(data ->> 'zero', ''), {undelivered},
                    CASE WHEN last_at > %s OR CAST(data AS TEXT) LIKE '%%_due\"%%' THEN id ELSE 0 END
                    {mine} AND (last_at > %s OR NOT withdrawn)""",
                [until, *self._which],
            )
            rows = cursor.fetchall()
        self.said: dict[str, Row] = {row[0]: row for row in rows}
        numbers: dict[int, str] = {row[5]: row[0] for row in rows if row[5]}
        self.moved: dict[str, list[Fact]] = {}
        self._looked: dict[str, Snapshot] = {}
        for pk, facts in facts_of(numbers).items():
            number, known = numbers[pk], known_at(facts, until)
            now = snapshot_of(known)
            if now is None or now.withdrawn:
                del self.said[number]
                continue
            if any(fact.body.get("move") in (words.GRANT, words.MAKE_UP) for fact in known):
                self.moved[number] = known
            self._looked[number] = now
            self.said[number] = said_of(duty, number, now.state, now.data)
        self._data: dict[str, tuple[str, Mapping[str, Any]]] | None = None

    @property
    def data(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Number → state and data of the record, for those who look at reports one by one."""
        if self._data is None:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT number, state, CAST(data AS TEXT) {self._unchanged}", self._which)
                self._data = {number: (state, orjson.loads(text)) for number, state, text in cursor.fetchall()}
            self._data |= {number: (now.state, now.data) for number, now in self._looked.items()}
        return self._data


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


def _questions(pack: Pack, duty: Duty, answered: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[Question]:
    for word in duty.assumed:
        said = answered.get((duty.key, word))
        assumed = assumed_value(pack, duty, word)
        if said is None:
            yield Question(duty, word, assumed)
            continue
        answer = str(said.get(word) or assumed)
        yield Question(duty, word, assumed, answer, str(said["reason"]), str(said["by"]), int(said["at"]))


def assumed_value(pack: Pack, duty: Duty, word: str) -> str:
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
            owing = duty.owing
            if owing.names:
                return "、".join(owing.names)
            ledger = pack.ledgers[owing.ledger]
            return f"{ledger.title}里的{ledger.unit_title}"
        case "due":
            return "、".join(map(iso, duty.rhythm.days))
        case "forms":
            return "、".join(pack.forms[key].name or pack.forms[key].title for key in duty.forms)
    return ""
