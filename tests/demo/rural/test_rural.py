"""The look-back at rural water works, played: the requirements' figures period by period (002-NN in comments)."""

from __future__ import annotations

import pytest

from tests.played import Played

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

# as of | works cards | scattered | households | new | relapsed | closed | returned | open
PERIODS = """
    07-17 | 6   | 0  | 40   | 50  | 0  | 0   | 0  | 50
    07-24 | 64  | 0  | 820  | 112 | 0  | 21  | 1  | 91
    07-31 | 168 | 15 | 2270 | 230 | 0  | 85  | 6  | 145
    08-07 | 278 | 35 | 3890 | 361 | 0  | 194 | 15 | 167
    08-14 | 360 | 50 | 5070 | 458 | 2  | 315 | 27 | 145
    08-21 | 408 | 60 | 5760 | 519 | 6  | 413 | 35 | 112
    08-25 | 420 | 60 | 5940 | 538 | 9  | 484 | 41 | 63
    08-31 | 420 | 60 | 5985 | 546 | 11 | 506 | 44 | 51
    09-30 | 420 | 60 | 5994 | 577 | 20 | 564 | 51 | 33
    10-31 | 420 | 60 | 5994 | 583 | 24 | 591 | 53 | 16
"""

# region | registered | closed | overdue on 25 August
REGIONS = """
    宛城区 | 31 | 28 | 0
    卧龙区 | 33 | 30 | 0
    南召县 | 46 | 39 | 3
    方城县 | 44 | 40 | 0
    西峡县 | 42 | 38 | 0
    镇平县 | 41 | 37 | 0
    内乡县 | 43 | 37 | 1
    淅川县 | 58 | 48 | 4
    社旗县 | 34 | 31 | 0
    唐河县 | 41 | 36 | 2
    新野县 | 30 | 29 | 0
    桐柏县 | 39 | 32 | 3
    邓州市 | 37 | 34 | 0
    鸭河工区 | 8 | 7 | 0
    官庄工区 | 6 | 5 | 1
    高新区 | 5 | 5 | 0
    城乡一体化示范区 | 9 | 8 | 0
"""


def lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


@pytest.mark.parametrize("period", lines(PERIODS), ids=lambda period: period[0])
def test_the_period_table(rural: Played, period: list[str]) -> None:  # 002-04, 002-18, 002-51
    on, cards, scattered, households, new, relapsed, closed, returned, waiting = period
    works = rural.rows("works_coverage", on)["合计"]
    assert (works[0], works[4], works[7]) == ("420", cards, scattered)
    assert rural.rows("household_coverage", on)["合计"][:2] == ["6000", households]
    stock = rural.rows("stock", on)["合计"]
    assert [stock[0], stock[1], stock[3], stock[6], stock[4]] == [new, relapsed, closed, returned, waiting]


@pytest.mark.parametrize("region", lines(REGIONS), ids=lambda region: region[0])
def test_each_region_on_the_last_day(rural: Played, region: list[str]) -> None:  # 002-51, 002-U11
    name, registered, closed, overdue = region
    assert rural.rows("per_region", "08-25")[name][:2] == [registered, closed]
    assert len(rural.names("overdue", "08-25", rural.here.regions.find(name, rural.day())[0])) == int(overdue)


def test_all_that_is_registered_is_closed_or_in_work(rural: Played) -> None:  # 002-51
    assert rural.rows("per_region", "08-25")["合计"] == ["547", "484", "63", "46", "0", "0"]
    lists = {key: len(rural.names(key, "08-25")) for key in ("to_check", "long_in_time", "overdue_now", "overdue_long")}
    assert lists == {"to_check": 11, "long_in_time": 38, "overdue_now": 9, "overdue_long": 5}
    assert rural.rows("stock", "08-25")["合计"][7] == "88.5%"
