"""Working days, as published and as an office writes them."""

import pytest

from zhuanban.core.calendar import Calendar, read_holidays
from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Refused


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2021-09-26", True),  # a Sunday worked instead of 10-07
        ("2021-09-30", True),
        ("2021-10-01", False),
        ("2021-10-07", False),
        ("2021-10-09", True),  # a Saturday worked
        ("2018-09-21", True),
        ("2018-09-22", False),  # Mid-autumn
        ("2018-09-29", True),  # a Saturday worked
        ("2018-06-30", False),
        ("2018-07-20", True),
    ],
)
def test_the_published_calendar(day, works):
    assert Calendar().is_workday(from_iso(day)) is works


@pytest.mark.parametrize(
    ("day", "n", "before"),
    [
        ("2021-10-05", 1, "2021-09-30"),  # the holiday of seven days
        ("2018-07-22", 1, "2018-07-20"),  # a Sunday
        ("2018-09-22", 1, "2018-09-21"),  # a Saturday in a holiday
        ("2018-06-30", 1, "2018-06-29"),  # a Saturday at the month's end
        ("2021-10-21", 1, "2021-10-20"),
        ("2021-10-21", 3, "2021-10-18"),
    ],
)
def test_the_last_working_day_before(day, n, before):
    assert iso(Calendar().workday_before(from_iso(day), n)) == before


def test_a_year_that_nobody_knows_is_not_guessed():
    with pytest.raises(Refused, match="2067年的放假"):
        Calendar().is_workday(from_iso("2067-03-01"))


def test_a_table_for_a_year_that_the_library_lacks():
    table, problems = read_holidays(
        "日期,休或班,说明\n2067-01-01,休,元旦\n2067-01-03,休,调休\n2067-01-08,班,补班\n".encode(), "holidays.csv"
    )
    assert problems == []
    calendar = Calendar(table)
    assert [calendar.is_workday(from_iso(f"2067-01-{d:02}")) for d in (3, 4, 7, 8, 9)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert iso(calendar.at_or_after(from_iso("2067-01-01"))) == "2067-01-04"
    assert iso(calendar.at_or_before(from_iso("2067-01-09"))) == "2067-01-08"


def test_the_table_goes_before_the_library():
    assert not Calendar({from_iso("2021-10-21"): False}).is_workday(from_iso("2021-10-21"))


def test_some_days_do_not_make_a_year_known():
    with pytest.raises(Refused):
        Calendar({from_iso("2067-02-08"): True}).is_workday(from_iso("2067-02-09"))


def test_every_fault_of_a_table_is_named():
    table, problems = read_holidays(
        "日期,休或班\n2067-1-1,休\n2067-01-02,放假\n2067-01-03,休\n2067-01-03,班\n".encode(), "holidays.csv"
    )
    assert table == {}
    assert [(p.code, p.place.line) for p in problems] == [("core-013", 2), ("core-014", 3), ("core-015", 5)]
    assert [p.code for p in read_holidays("日子\n".encode(), "h")[1]] == ["core-012", "core-012"]
    assert [p.code for p in read_holidays("日期".encode("gb18030"), "h")[1]] == ["core-016"]
