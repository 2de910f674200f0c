"""When something falls due, when it is on time, when to remind: the dates of two real plans."""

from __future__ import annotations

import pytest

from tests.canals import FILES, FILES_2018, month_day, utc
from zhuanban.core.calendar import Calendar
from zhuanban.core.day import beijing, from_iso
from zhuanban.core.problem import Refused
from zhuanban.duty.rules import (
    Due,
    Item,
    dues,
    escalation_at,
    length,
    light_of,
    limit_of,
    reminder_at,
    said_of,
    slots_of,
)
from zhuanban.pack.read import load, read_files
from zhuanban.pack.values import Duty

FAR = from_iso("2030-01-01")


@pytest.fixture(scope="module")
def duties():
    return {**load(FILES, "a").duties, **load(FILES_2018, "b").duties}


def duty_of(text: str) -> Duty:
    base = FILES["pack.yaml"]
    pack, problems = read_files({"pack.yaml": base, "duties.yaml": f"d: {{title: 甲, by: clerk, units: 甲, {text}}}"})
    assert pack is not None, problems
    return pack.duties["d"]


def days(duty: Duty, through: int = FAR, end: int | None = None) -> list[str]:
    return [month_day(due.day) for due in dues(duty, Calendar(), through, end)[0]]


def test_every_thursday_from_a_friday_on(duties):
    """自10月15日开始，每周四中午前: 2021-10-15 is a Friday."""
    assert days(duties["weekly_street"]) == [
        "10-21", "10-28", "11-04", "11-11", "11-18", "11-25", "12-02", "12-09", "12-16", "12-23", "12-30",
    ]  # fmt: skip


def test_by_the_22nd_of_every_month_and_at_its_end(duties):
    assert days(duties["monthly"]) == ["05-22", "06-22", "07-22", "08-22", "09-22", "10-22", "11-22"]
    assert days(duties["disclosure"]) == ["05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30"]
    assert [due.period for due in dues(duties["monthly"], Calendar(), FAR)[0]][:2] == ["2018-05", "2018-06"]


def test_an_answer_moves_the_end(duties):
    assert days(duties["monthly"], end=from_iso("2018-12-31"))[-1] == "12-22"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("every: 每月31日, from: 2021-01-15, until: 2021-04-30", ["01-31", "02-28", "03-31", "04-30"]),
        ("every: 每月最后工作日, from: 2018-06-01, until: 2018-07-31", ["06-29", "07-31"]),
        ("every: 周日, from: 2021-10-15, until: 2021-10-31", ["10-17", "10-24", "10-31"]),
        ("every: 周五, from: 2021-10-15, until: 2021-10-15", ["10-15"]),
        ("every: 每月22日, from: 2018-07-23, until: 2018-08-21", []),
        ("every: 每月22日, shift: before, from: 2018-07-01, until: 2018-09-30", ["07-20", "08-22", "09-21"]),
        ("every: 每月22日, shift: after, from: 2018-07-01, until: 2018-09-30", ["07-23", "08-22", "09-25"]),
        ("every: 每月22日, from: 2018-11-01, until: 2019-02-28", ["11-22", "12-22", "01-22", "02-22"]),
        ("due: [2021-12-10, 2021-10-05]", ["10-05", "12-10"]),
    ],
)
def test_rhythms(said, expected):
    assert days(duty_of(said)) == expected


def test_a_year_without_a_calendar_ends_the_dates_and_says_so():
    duty = duty_of("every: 每月最后工作日, from: 2067-01-01, until: 2067-12-31")
    found, problems = dues(duty, Calendar(), from_iso("2068-01-01"))
    assert found == []
    assert [p.code for p in problems] == ["core-011"]
    plain = duty_of("every: 每月22日, from: 2067-01-01, until: 2067-03-31")
    assert days(plain, from_iso("2068-01-01")) == ["01-22", "02-22", "03-22"]  # nothing here asks for a calendar


# On time, late


def item(
    duty: Duty, day: str, received: str | None, at: str, *, state: str = "已报送", zero: bool = False, issued: str = ""
) -> Item:
    limit = limit_of(from_iso(day), duty.rhythm.minute)
    due = Due(day, from_iso(day), from_iso(day), limit, beijing(limit * 1_000_000))
    data = (
        {} if received is None else {"received": f"{received.replace(' ', 'T')}+08:00", "zero": "是" if zero else "否"}
    )
    state = "" if received is None else state
    said = said_of(duty, "U-1", state, data)
    (slot,) = slots_of(due, [said], from_iso(issued) if issued else None, utc(at))
    return Item(duty, due, "U", "U-1", "", state, data, limit, slot)


@pytest.mark.parametrize(
    ("received", "late", "said"),
    [
        ("2021-10-21 11:59:59", 0, ""),
        ("2021-10-21 12:00:00", 0, ""),
        ("2021-10-21 12:00:40", 40, "迟40秒"),
        ("2021-10-21 15:00:00", 3 * 3600, "迟3小时"),
        ("2021-10-23 13:00:00", 2 * 86400 + 3600, "迟2天1小时"),
    ],
)
def test_noon_is_counted_by_the_second(duties, received, late, said):
    found = item(duties["weekly_street"], "2021-10-21", received, "2021-10-25 00:00:00")
    assert (found.late_s, found.late_text, found.status) == (late, said, "submitted")


@pytest.mark.parametrize(
    ("received", "said"),
    [
        ("2018-05-22 23:59:59", ""),
        ("2018-05-23 00:00:00", "迟1天"),
        ("2018-05-25 09:00:00", "迟3天"),
    ],
)
def test_a_day_without_a_clock_counts_to_midnight(duties, received, said):
    assert item(duties["monthly"], "2018-05-22", received, "2018-06-01").late_text == said


def test_sent_on_the_monday_after_a_sunday(duties):
    """07-22 is a Sunday and stays; sent Mon 07-23 is late 1 day."""
    assert item(duties["monthly"], "2018-07-22", "2018-07-23 09:00:00", "2018-08-01").late_text == "迟1天"


@pytest.mark.parametrize(
    ("at", "status", "light"),
    [
        ("2021-10-20 11:59:59", "open", "grey"),
        ("2021-10-20 12:00:00", "open", "yellow"),  # a day before
        ("2021-10-21 11:59:59", "open", "yellow"),
        ("2021-10-21 12:00:00", "missing", "red"),
    ],
)
def test_the_light_of_what_did_not_come(duties, at, status, light):
    found = item(duties["weekly_street"], "2021-10-21", None, at)
    assert (found.status, light_of(found, utc(at))) == (status, light)


def test_zero_blank_and_missing_have_three_colours(duties):
    at = "2021-10-25 00:00:00"
    weekly, week = duties["weekly_street"], "2021-10-21"
    assert [
        light_of(each, utc(at))
        for each in (
            item(weekly, week, "2021-10-21 10:00:00", at),
            item(weekly, week, "2021-10-21 10:00:00", at, zero=True),
            item(weekly, "2021-10-28", None, at),
            item(weekly, week, None, at),
            item(weekly, week, "2021-10-21 13:00:00", at),
            item(weekly, week, "2021-10-21 10:00:00", at, state="已退回"),
        )
    ] == ["green", "blue", "grey", "red", "yellow", "red"]


@pytest.mark.parametrize(
    ("received", "status"),
    [
        (None, "before_issue"),
        ("2021-08-31 17:00:00", "submitted"),
        ("2021-09-03 10:00:00", "before_issue"),
    ],
)
def test_a_deadline_before_the_document_makes_nobody_late(duties, received, status):
    assert item(duties["contacts"], "2021-08-31", received, "2021-09-10", issued="2021-09-02").status == status


@pytest.mark.parametrize(
    ("s", "said"), [(0, "0秒"), (40, "40秒"), (61, "1分1秒"), (3661, "1小时1分"), (90000, "1天1小时")]
)
def test_lengths(s, said):
    assert length(s) == said


# Reminders


@pytest.mark.parametrize(
    ("key", "day", "first"),
    [
        ("survey", "2021-10-05", "2021-09-30"),  # 10-01 to 10-07 is a holiday
        ("monthly", "2018-07-22", "2018-07-20"),  # a Sunday
        ("monthly", "2018-09-22", "2018-09-21"),  # in the Mid-autumn holiday
        ("disclosure", "2018-06-30", "2018-06-29"),  # a Saturday at the month's end
        ("weekly_street", "2021-10-21", "2021-10-20"),
    ],
)
def test_the_reminder_on_the_working_day_before(duties, key, day, first):
    duty = duties[key]
    at = reminder_at(duty.remind[0], duty, limit_of(from_iso(day), duty.rhythm.minute), Calendar())
    assert at == utc(f"{first} 09:00:00")


def test_all_reminders_of_a_thursday(duties):
    duty = duties["weekly_street"]
    limit = limit_of(from_iso("2021-10-21"), duty.rhythm.minute)
    assert [reminder_at(each, duty, limit, Calendar()) for each in duty.remind] == [
        utc("2021-10-20 09:00:00"),
        utc("2021-10-21 09:00:00"),
        utc("2021-10-21 11:00:00"),
        utc("2021-10-21 12:01:00"),
    ]
    assert escalation_at(duty.escalate[0], duty, limit, Calendar()) == utc("2021-10-22 12:00:00")


@pytest.mark.parametrize(
    ("remind", "at"),
    [
        ("当日 09:00", "2021-09-30 09:00:00"),  # the due day is in a holiday
        ("前3天 09:00", "2021-09-30 09:00:00"),
        ("前2个工作日 09:00", "2021-09-29 09:00:00"),
        ("逾期 00:01", "2021-10-08 00:01:00"),
        ("逾期1天 09:30", "2021-10-08 09:30:00"),
        ("逾期4天 09:30", "2021-10-09 09:30:00"),  # a Saturday worked
    ],
)
def test_no_reminder_falls_on_a_rest_day(remind, at):
    duty = duty_of(f"due: 2021-10-05, remind: {remind}")
    assert reminder_at(duty.remind[0], duty, limit_of(from_iso("2021-10-05"), None), Calendar()) == utc(at)


def test_reminders_of_an_unknown_year_are_refused_not_guessed(duties):
    duty = duties["monthly"]
    with pytest.raises(Refused, match="2067"):
        reminder_at(duty.remind[0], duty, limit_of(from_iso("2067-05-22"), None), Calendar())
