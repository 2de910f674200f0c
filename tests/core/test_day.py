"""Days are Beijing days; instants are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuanban.core import clock
from zhuanban.core.day import BEIJING, beijing, chinese, day_of, from_iso, instant, iso, to_date, to_day


@pytest.mark.parametrize(
    ("moment", "day", "printed"),
    [
        (datetime(2023, 12, 8, 15, 59, 59, tzinfo=UTC), "2023-12-08", "2023-12-08T23:59:59+08:00"),
        (datetime(2023, 12, 8, 16, 0, 0, tzinfo=UTC), "2023-12-09", "2023-12-09T00:00:00+08:00"),
        (datetime(2023, 12, 8, 0, 30, tzinfo=BEIJING), "2023-12-08", "2023-12-08T00:30:00+08:00"),
    ],
)
def test_the_day_of_an_instant_is_beijings(moment: datetime, day: str, printed: str) -> None:
    assert iso(day_of(instant(moment))) == day
    assert beijing(instant(moment)) == printed


@given(st.dates())
def test_there_and_back(d: date) -> None:
    assert to_date(to_day(d)) == d
    assert from_iso(iso(to_day(d))) == to_day(d)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1)))
def test_an_instant_keeps_its_microseconds(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert instant(moment) == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_cut_off_line() -> None:
    assert chinese(from_iso("2023-12-08")) == "2023年12月8日"


def test_a_set_clock_is_held_only_inside_its_block() -> None:
    moment = datetime(2023, 12, 8, 9, tzinfo=BEIJING)
    assert not clock.is_set()
    with clock.set_to(moment):
        assert clock.is_set()
        assert clock.now() == instant(moment)
        assert iso(clock.today()) == "2023-12-08"
    assert not clock.is_set()
    assert clock.today() >= from_iso("2026-01-01")
