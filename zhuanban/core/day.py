"""Days as whole numbers (days since 1970-01-01), the form in which the ledgers keep and compare them.

Beijing time (UTC+8, no summer time since 1991) decides which day it is; instants are kept in UTC microseconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
EPOCH = date(1970, 1, 1).toordinal()

FIRST_DAY = -719_162  # 0001-01-01: "since ever"
FAR_DAY = 2_932_896  # 9999-12-31: "no end"


def to_day(d: date) -> int:
    """The day number of a date."""
    return d.toordinal() - EPOCH


def to_date(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(day + EPOCH)


def iso(day: int) -> str:
    """`2023-12-08`."""
    return to_date(day).isoformat()


def from_iso(text: str) -> int:
    """Day number of `2023-12-08`. Raises ValueError on anything else."""
    return to_day(date.fromisoformat(text))


def holds_on(from_day: int, to_day: int, day: int) -> bool:
    """From `from_day` up to, not including, `to_day`; as `to_day`, FAR_DAY is no end and includes itself."""
    return from_day <= day and (day < to_day or to_day == FAR_DAY)


def day_of(at: int) -> int:
    """The Beijing day in which an instant (UTC microseconds) falls."""
    return (at // 1_000_000 + 8 * 3600) // 86400


def beijing(at: int) -> str:
    """An instant (UTC microseconds) as ISO 8601 with +08:00, to the second."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(BEIJING).isoformat(timespec="seconds")


def minute(at: int | str) -> str:
    """An instant (UTC microseconds, or as `beijing` writes it) as people read it: `2021-09-04 17:54`."""
    return (at if isinstance(at, str) else beijing(at))[:16].replace("T", " ")


def instant(moment: datetime) -> int:
    """UTC microseconds of an aware datetime."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def chinese(day: int) -> str:
    """`2023年12月8日`, as printed in 截止日期 lines."""
    d = to_date(day)
    return f"{d.year}年{d.month}月{d.day}日"
