"""When a duty falls due, when somebody is reminded of it, who is told once it is late: frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a duty falls due: on days said one by one, or again and again. `minute` of the day; None = the whole day."""

    kind: str  # days | weekday | day_of_month | month_end | last_workday
    n: int = 0  # weekday: 0 = Monday; day_of_month: 1 to 31 (in a shorter month its last day)
    days: tuple[int, ...] = ()
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """When to remind. before: `n` days, or working days, before the due day at `minute`; after: so much later.

    `n` 0 of kind before is the due day itself; of kind after, `minute` is counted from the deadline where `n` is 0,
    and is the minute of the n-th day after the due day otherwise.
    """

    said: str
    kind: str  # days_before | workdays_before | after
    n: int
    minute: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told, once a report is so many minutes overdue."""

    said: str
    minutes: int
    to: tuple[str, ...]  # posts
