"""Pure rules of duties: when something falls due, how a report stands at an instant, what colour its light has.

Instants here are whole UTC seconds. A report is judged by the second in which the server learned it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from zhuanban.core.calendar import Calendar
from zhuanban.core.day import beijing, from_iso, iso, to_date, to_day
from zhuanban.core.problem import Problem, Refused
from zhuanban.ledger.rules import Fact, Snapshot, apply
from zhuanban.pack import duty_ledger as words
from zhuanban.pack.rhythm import Escalation, Reminder
from zhuanban.pack.values import Duty

DAY_S = 86_400
MIDNIGHT = 8 * 3600  # of Beijing, before that of UTC

# How something that is owed stands
BEFORE_ISSUE = "before_issue"  # due before the document was issued: makes nobody late
OPEN, MISSING, SENT, TAKEN, RETURNED = "open", "missing", "submitted", "accepted", "returned"

# Under what it is counted: one class, and marks of those that stand. Numbers, since a year of 500 units has 26,000.
COMING, ASIDE, NOT_THERE, SENT_BACK, ON_TIME, LATE = range(6)
CLASS = 7
ZERO, ACCEPTED, UNDELIVERED = 8, 16, 32

GREEN, BLUE, YELLOW, RED, GREY = "green", "blue", "yellow", "red", "grey"


class Due(NamedTuple):
    """One date of a duty. `limit`: the last second in which a report is on time; `limit_at`: the same as text."""

    period: str
    printed: int  # day, as the document has it
    day: int  # day, after it moved off a rest day
    limit: int
    limit_at: str


class Item(NamedTuple):
    """One thing that is owed: a duty, a date, a unit (and where each record asks for a report, the record).

    `state` and `data` are those of the report's record ("" and nothing where there is none), `limit` the deadline in
    force, `slot` its class and marks.
    """

    duty: Duty
    due: Due
    unit: str
    number: str
    about: str
    state: str
    data: Mapping[str, Any]
    limit: int
    slot: int

    @property
    def status(self) -> str:
        """before_issue, open, missing, submitted, accepted or returned."""
        if self.slot & CLASS == ASIDE:
            return BEFORE_ISSUE
        if self.state in STANDS:
            return TAKEN if self.state == words.TAKEN else SENT
        if "received" in self.data:
            return RETURNED
        return MISSING if self.slot & CLASS == NOT_THERE else OPEN

    @property
    def received(self) -> str:
        """The sending that is judged, ISO 8601; "" where there is none."""
        return str(self.data.get(JUDGED[self.duty.counts], ""))

    @property
    def zero(self) -> bool:
        return self.data.get("zero") == "是"

    @property
    def late_s(self) -> int:
        """Seconds by which it was late; 0 on time, or not sent."""
        return max(0, seconds(self.received) - self.limit) if self.received else 0

    @property
    def late_text(self) -> str:
        """`迟1天`, `迟40秒`, `迟3小时5分`; "" on time. By days where the whole day counts."""
        if not self.late_s:
            return ""
        if self.duty.rhythm.minute is None:
            return f"迟{day_of_s(seconds(self.received)) - day_of_s(self.limit)}天"
        return f"迟{length(self.late_s)}"

    def undelivered(self) -> list[str]:
        """Addressees whose receipt is missing, by name; none where receipts are not asked for."""
        if self.state not in STANDS:
            return []
        everyone = words.addressees(self.duty)
        return [everyone[i] for i in receipts_asked(self.duty) if words.receipt(i) not in self.data]


STANDS = frozenset((words.SENT, words.TAKEN))  # sent, and not returned since
JUDGED = {"first": "received", "last": "received_last"}


def receipts_asked(duty: Duty) -> range:
    """Which addressees' receipts make a report complete: without another office's channel, the main one has it."""
    return range(0 if duty.via else 1, 1 + len(duty.copies)) if duty.copies else range(0)


def limit_of(day: int, minute: int | None) -> int:
    """The last second on time: 24:00 less one of a whole day, the full minute of a clock."""
    return clock_s(day + 1, 0) - 1 if minute is None else clock_s(day, minute)


def day_of_s(at: int) -> int:
    """The Beijing day of an instant."""
    return (at + MIDNIGHT) // DAY_S


def seconds(text: str) -> int:
    """`2021-10-21T12:00:40+08:00` → UTC seconds."""
    return int(datetime.fromisoformat(text).timestamp())


def length(s: int) -> str:
    """`40秒`, `3小时5分`, `2天4小时`: the two largest parts."""
    parts = [(s // DAY_S, "天"), (s // 3600 % 24, "小时"), (s // 60 % 60, "分"), (s % 60, "秒")]
    first = next((i for i, (n, _) in enumerate(parts) if n), 3)
    return "".join(f"{n}{word}" for n, word in parts[first : first + 2] if n) or "0秒"


def dues(duty: Duty, calendar: Calendar, through: int, end: int | None = None) -> tuple[list[Due], list[Problem]]:
    """The dates of a duty up to the day `through`, in order; `end`: the last day, where somebody answered.

    Where the calendar of a year is asked for and not known, the dates end there and the problem says so.
    """
    found: list[Due] = []
    final = duty.end if end is None else end
    last = through if final is None or duty.rhythm.kind == "days" else min(through, final)
    try:
        for printed in _printed(duty, calendar, last):
            day = printed
            if duty.shift == "before":
                day = calendar.at_or_before(printed)
            elif duty.shift == "after":
                day = calendar.at_or_after(printed)
            period = iso(printed)[:7] if duty.monthly else iso(printed)
            found.append(due_of(duty, period, printed, day))
    except Refused as unknown:
        return found, list(unknown.problems)
    return found, []


def due_of(duty: Duty, period: str, printed: int, day: int) -> Due:
    limit = limit_of(day, duty.rhythm.minute)
    return Due(period, printed, day, limit, beijing(limit * 1_000_000))


def moved_to(due: Due, limit: int) -> Due:
    """The same date with another deadline: what was due before the document is so no more."""
    return due._replace(limit=limit, limit_at=beijing(limit * 1_000_000), day=max(due.day, day_of_s(limit)))


def _printed(duty: Duty, calendar: Calendar, last: int) -> Iterator[int]:
    rhythm = duty.rhythm
    if rhythm.kind == "days":
        yield from (day for day in rhythm.days if day <= last)
        return
    first = duty.start if duty.start is not None else last + 1
    if rhythm.kind == "weekday":
        # Day 0 was a Thursday.
        day = first + (rhythm.n - (first + 3)) % 7
        yield from range(day, last + 1, 7)
        return
    month = to_date(first).replace(day=1)
    while to_day(month) <= last:
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        end = to_day(following) - 1
        if rhythm.kind == "day_of_month":
            day = min(to_day(month) + rhythm.n - 1, end)
        else:
            day = end if rhythm.kind == "month_end" else calendar.at_or_before(end)
        if first <= day <= last:
            yield day
        month = following


def known_at(facts: Sequence[Fact], at: int) -> list[Fact]:
    """The facts that the server knew at an instant (UTC microseconds)."""
    return [fact for fact in facts if fact.at <= at]


def snapshot_of(facts: Sequence[Fact]) -> Snapshot | None:
    """A record in the order in which its facts were learned: a report is judged by that."""
    now: Snapshot | None = None
    for fact in facts:
        now = apply(now, fact)
    return now


def limit_in_force(duty: Duty, due: Due, facts: Sequence[Fact], issued: int | None) -> int:
    """The deadline after what was decided: an extension asked for in time, or a make-up date.

    A make-up date counts only where the printed one lay before the document; else it would be an extension that
    nobody asked for.
    """
    limit, asked = due.limit, None
    for fact in facts:
        move, said = fact.body.get("move"), fact.body.get("set", {})
        if move == words.ASK:
            asked = fact.at // 1_000_000
        elif move == words.REFUSE:
            asked = None
        elif move == words.GRANT and asked is not None:
            if asked <= limit and "granted_due" in said:
                limit = limit_of(from_iso(said["granted_due"]), duty.rhythm.minute)
            asked = None
        elif move == words.MAKE_UP and "makeup_due" in said and before_issue(due, issued):
            limit = limit_of(from_iso(said["makeup_due"]), duty.rhythm.minute)
    return limit


def before_issue(due: Due, issued: int | None) -> bool:
    """Was it due before the document was there? 期限早于发文."""
    return issued is not None and due.day < issued


class Said(NamedTuple):
    """What of a report's record its class and marks depend on. Plain rows of the database have the same shape."""

    number: str
    state: str
    received: str  # the sending that is judged; "" where there is none
    zero: str
    undelivered: int  # a receipt that is asked for is missing
    look: int = 0  # id of the record where its events have to be looked at


Row = tuple[str, str, str, str, int, int]
UNSAID = Said("", "", "", "", 0)


def said_of(duty: Duty, number: str, state: str, data: Mapping[str, Any]) -> Said:
    """The same of a record's data."""
    missing = any(words.receipt(i) not in data for i in receipts_asked(duty))
    return Said(number, state, data.get(JUDGED[duty.counts], ""), data.get("zero", ""), int(missing))


def slots_of(due: Due, rows: Sequence[Row], issued: int | None, at: int) -> list[int]:
    """Class and marks of each report against one deadline, at an instant (seconds).

    The rows of one date differ little, so each kind of row is thought about once.
    """
    kinds: dict[tuple[str, str, int, bool, bool], int] = {}
    limit_at, found = due.limit_at, []
    for _, state, received, zero, undelivered, _ in rows:
        kind = (state, zero, undelivered, received == "", received > limit_at)
        slot = kinds.get(kind)
        if slot is None:
            slot = kinds[kind] = _slot(due, kind, issued, at)
        found.append(slot)
    return found


def _slot(due: Due, kind: tuple[str, str, int, bool, bool], issued: int | None, at: int) -> int:
    state, zero, undelivered, absent, late = kind
    if before_issue(due, issued) and (absent or late):
        return ASIDE  # a deadline that nobody could keep
    if due.limit > at:
        return COMING
    if absent:
        return NOT_THERE
    if state not in STANDS:
        return SENT_BACK
    marks = LATE if late else ON_TIME
    marks |= ZERO if zero == "是" else 0
    marks |= ACCEPTED if state == words.TAKEN else 0
    return marks | (UNDELIVERED if undelivered else 0)


def light_of(item: Item, at: int) -> str:
    """The traffic light at an instant: red what is owed, yellow what is pressing or flawed, green and blue what is
    done (blue: a zero report), grey what is not due yet."""
    match item.status:
        case "missing":
            return RED
        case "returned":
            return RED if item.limit <= at else YELLOW
        case "open":
            return YELLOW if at >= item.limit - item.duty.soon * 60 and item.duty.soon else GREY
        case "before_issue":
            return GREY
    if item.late_s or item.undelivered():
        return YELLOW
    return BLUE if item.zero else GREEN


def reminder_at(reminder: Reminder, duty: Duty, limit: int, calendar: Calendar) -> int:
    """When to remind of a deadline. Never on a rest day: before the deadline it goes to the working day before,
    after it to the next one. Raises Refused for a year whose calendar is not known."""
    due = day_of_s(limit)
    match reminder.kind:
        case "workdays_before":
            return clock_s(calendar.workday_before(due, reminder.n), reminder.minute)
        case "days_before":
            return clock_s(calendar.at_or_before(due - reminder.n), reminder.minute)
    if reminder.n:
        return _on_a_workday(clock_s(due + reminder.n, reminder.minute), calendar)
    return _on_a_workday(deadline(duty, limit) + reminder.minute * 60, calendar)


def escalation_at(step: Escalation, duty: Duty, limit: int, calendar: Calendar) -> int:
    """When the next one is told that a report is overdue: so long after the deadline, never on a rest day."""
    return _on_a_workday(deadline(duty, limit) + step.minutes * 60, calendar)


def deadline(duty: Duty, limit: int) -> int:
    """The instant from which time overdue is counted: 24:00 of a whole day, or the clock."""
    return limit + (duty.rhythm.minute is None)


def clock_s(day: int, minute: int) -> int:
    """A minute of a Beijing day as UTC seconds."""
    return day * DAY_S - MIDNIGHT + minute * 60


def _on_a_workday(at: int, calendar: Calendar) -> int:
    """The same time of the day on this, or the next, working day."""
    day = day_of_s(at)
    return at + (calendar.at_or_after(day) - day) * DAY_S
