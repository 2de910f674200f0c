"""Lists of reports, and lists that people are told of by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canals import FILES, changed, found, make, office, time, utc
from zhuanban.core.day import from_iso
from zhuanban.duty import actions as do
from zhuanban.duty.actions import Target
from zhuanban.duty.tick import tick
from zhuanban.ledger.change import Step
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.models import Message, Round
from zhuanban.people.actions import give_post
from zhuanban.people.models import Campaign, User
from zhuanban.people.queries import setting
from zhuanban.people.scope import Actor, Held
from zhuanban.tally.lists import Listed, find_list
from zhuanban.tally.seen import seen_list

pytestmark = pytest.mark.django_db

LISTS = """
slack: {title: 连续两次迟报漏报的, duty: [weekly_bureaus, weekly_progress], reports: [late, missing], in_a_row: 2}
late: {title: 三次以上迟报的, duty: weekly_bureaus, reports: late, at_least: 3}
back: {title: 退回没有重报的, duty: weekly_bureaus, reports: returned}
soon:
  title: 七天内到期的隐患
  ledger: faults
  where: {state: 在改, due: {on_or_after: as_of, before: as_of+8天}}
  tell: [clerk, head]
  at: 09:00
"""


@pytest.fixture
def canals(db: None, filler: None, tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path
    files = {**FILES, "lists.yaml": LISTS}
    with time("2021-09-02 09:00"):
        yield make(tmp_path, files)


def report(campaign: Campaign, duty: str, unit: str, period: str, at: str) -> Target:
    """A report that is filled and sent at a moment."""
    target = Target(duty, unit, period)
    with time(at):
        do.fill(office(campaign), target, zero=True)
        do.send(office(campaign), target)
    return target


def listed(campaign: Campaign, key: str, at: str, viewer: Viewer | None = None) -> list[Listed]:
    """The list as of a day, looked at in a moment of it."""
    with time(at):
        return seen_list(viewer or office(campaign), find_list(setting(campaign), key), "", from_iso(at[:10]))


def rows(campaign: Campaign, key: str, at: str, unit: str = "D1") -> list[str]:
    """What the list says of a unit."""
    return [each.says for each in listed(campaign, key, at) if each.unit == unit]


def test_two_in_a_row_late_or_missing(canals: Campaign) -> None:
    report(canals, "weekly_bureaus", "一局", "2021-10-21", "2021-10-21 12:01:40")
    report(canals, "weekly_progress", "一局", "2021-10-21", "2021-10-21 11:00")
    assert rows(canals, "slack", "2021-10-28 11:59:59") == []
    report(canals, "weekly_progress", "一局", "2021-10-28", "2021-10-28 11:00")
    assert rows(canals, "slack", "2021-10-28 12:00:01") == ["2份（2021-10-21迟1分40秒、2021-10-28未报）"]
    (entry,) = [each for each in listed(canals, "slack", "2021-10-28 18:00:00") if each.unit == "D1"]
    assert [(fact.ledger, fact.number) for fact in entry.facts] == [
        ("duty_weekly_bureaus", "D1-2021-10-21"),
        ("duty_weekly_bureaus", "D1-2021-10-28"),
    ]


def test_one_in_order_between_them_breaks_the_row(canals: Campaign) -> None:
    for duty in ("weekly_bureaus", "weekly_progress"):
        report(canals, duty, "一局", "2021-10-28", "2021-10-28 11:00")
    assert rows(canals, "slack", "2021-11-04 18:00:00") == []  # missing, in time, missing
    assert rows(canals, "slack", "2021-11-11 18:00:00") == [
        "4份（2021-11-04未报、2021-11-11未报、2021-11-04未报、2021-11-11未报）"
    ]


def test_how_many_in_all_and_what_was_returned(canals: Campaign) -> None:
    weeks = ["2021-10-21", "2021-10-28", "2021-11-04", "2021-11-11"]
    for week in weeks[:3]:
        target = report(canals, "weekly_bureaus", "一局", week, f"{week} 13:00")
    assert rows(canals, "late", "2021-11-04 12:30:00") == []
    assert rows(canals, "late", "2021-11-04 18:00:00") == [
        "3份（2021-10-21迟1小时、2021-10-28迟1小时、2021-11-04迟1小时）"
    ]
    with time("2021-11-04 15:00"):
        do.send_back(office(canals), target, "缺页")
    assert rows(canals, "back", "2021-11-04 18:00:00") == ["1份（2021-11-04被退回，未重报）"]
    assert rows(canals, "late", "2021-11-04 18:00:00") == []


def test_a_bureau_sees_its_own_reports_only(canals: Campaign) -> None:
    clerk = Viewer(setting(canals), Actor(None, "clerk", (Held("clerk", unit="D2"),)))
    assert len(listed(canals, "slack", "2021-10-28 18:00:00")) == 6
    assert [each.unit for each in listed(canals, "slack", "2021-10-28 18:00:00", clerk)] == ["D2"]


@pytest.fixture
def people(canals: Campaign) -> Campaign:
    """A clerk and a head of the street, who is its clerk too; a clerk of a bureau; the office, which is not told."""
    for login, post, unit in (
        ("li", "clerk", "S"),
        ("zhao", "head", "S"),
        ("zhao", "clerk", "S"),
        ("other", "clerk", "D1"),
        ("chief", "office", ""),
    ):
        user, _ = User.objects.get_or_create(username=login)
        give_post(canals, user, post, unit=unit)
    found(canals, "X1", "S", "2021-09-20", "2021-10-15")
    return canals


def told(campaign: Campaign, moment: str) -> list[tuple[str, str]]:
    with time(moment):
        done = tick(setting(campaign), utc(moment))
    return [(m.user.username, m.title) for m in done.told if m.kind == "list"]


TITLE = "【清单】七天内到期的隐患：1条。X1"


def test_a_list_is_told_at_its_minute_once_a_day_while_it_is_not_empty(people: Campaign) -> None:
    assert told(people, "2021-10-08 08:59:59") == []
    assert told(people, "2021-10-08 09:00:00") == [("li", TITLE), ("zhao", TITLE)]
    assert told(people, "2021-10-08 09:01:00") == []
    assert told(people, "2021-10-11 10:00:00") == [("li", TITLE), ("zhao", TITLE)]
    with time("2021-10-11 12:00:00"):
        changed(people, "X1", Step("move", from_iso("2021-10-11"), "改好"))
    assert told(people, "2021-10-12 09:00:00") == []
    assert set(Message.objects.filter(kind="list").values_list("about", flat=True)) == {"lists/soon"}


def test_not_before_it_is_near_nor_on_a_day_without_work(people: Campaign) -> None:
    """Ten-seven is in the holiday; ten-nine is a Saturday on which work is done, ten-ten a Sunday on which none is."""
    assert told(people, "2021-09-30 09:00:00") == []
    assert told(people, "2021-10-07 09:00:00") == []
    assert [who for who, _ in told(people, "2021-10-09 09:00:00")] == ["li", "zhao"]
    assert told(people, "2021-10-10 09:00:00") == []


def test_an_empty_list_was_looked_at_too_and_what_comes_later_is_told_the_next_day(people: Campaign) -> None:
    assert told(people, "2021-09-30 09:00:00") == []
    assert list(Round.objects.values_list("key", flat=True)) == ["list/soon/2021-09-30"]
    found(people, "Y1", "D1", "2021-09-30", "2021-09-30")
    assert told(people, "2021-09-30 12:01:00") == []


def test_a_day_that_has_gone_by_is_not_made_up_for(people: Campaign) -> None:
    assert [who for who, _ in told(people, "2021-10-13 16:00:00")] == ["li", "zhao"]
    assert Message.objects.filter(kind="list").count() == 2


def test_a_message_names_the_first_three(people: Campaign) -> None:
    for n in range(2, 6):
        found(people, f"X{n}", "S" if n < 5 else "D1", "2021-09-20", "2021-10-15")
    said = dict(told(people, "2021-10-12 09:00:00"))
    assert said["li"] == "【清单】七天内到期的隐患：4条。X1；X2；X3等"
    assert said["other"] == "【清单】七天内到期的隐患：1条。X5"
