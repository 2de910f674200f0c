"""Reminders: who is told what and when, once; also after a standstill, a hand-over, an extension."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.canals import clerk, found, office, reviewer, roster, time, utc
from zhuanban.cli.duties import tick_all
from zhuanban.core.day import from_iso
from zhuanban.duty import actions as do
from zhuanban.duty.actions import Target
from zhuanban.duty.tick import tick
from zhuanban.notify import actions as sending
from zhuanban.notify.models import Message
from zhuanban.people.actions import give_post
from zhuanban.people.models import Campaign, Holding, User
from zhuanban.people.queries import setting

pytestmark = pytest.mark.django_db

WEEK = Target("weekly_street", "东街道", "2021-10-21")


@pytest.fixture
def people(canals: Campaign) -> Campaign:
    """A clerk until 2021-10-18, his successor from then on, a head; and somebody of another unit."""
    for login, post, unit, days in (
        ("li", "clerk", "S", ("2021-01-01", "2021-10-18")),
        ("wang", "clerk", "S", ("2021-10-18", "2099-01-01")),
        ("zhao", "head", "S", ("2021-01-01", "2099-01-01")),
        ("other", "clerk", "D1", ("2021-01-01", "2099-01-01")),
    ):
        user = User.objects.create_user(login)
        held = give_post(canals, user, post, unit=unit, from_day=from_iso(days[0]))
        Holding.objects.filter(pk=held.pk).update(to_day=from_iso(days[1]))
    return canals


def told(campaign: Campaign, moment: str, about: str = "duty_weekly_street") -> list[tuple[str, str]]:
    """Login and first words of what a tick at this moment tells."""
    with time(moment):
        done = tick(setting(campaign), utc(moment))
    return [(m.user.username, m.title[1:5]) for m in done.told if m.about.startswith(about)]


def test_a_thursday_by_the_clock(people: Campaign) -> None:
    assert told(people, "2021-10-20 08:59:59") == []
    assert told(people, "2021-10-20 09:00:00") == [("wang", "报送提醒")]
    assert told(people, "2021-10-20 09:00:01") == []
    assert told(people, "2021-10-21 09:00:00") == [("wang", "报送提醒")]
    assert told(people, "2021-10-21 11:00:00") == [("wang", "报送提醒")]
    assert told(people, "2021-10-21 12:00:59") == []
    assert told(people, "2021-10-21 12:01:00") == [("wang", "逾期未报")]
    assert told(people, "2021-10-22 11:59:59") == []
    assert told(people, "2021-10-22 12:00:00") == [("zhao", "逾期告知")]
    assert told(people, "2021-10-23 12:00:00") == []


def test_who_has_sent_is_left_alone(people: Campaign) -> None:
    found(people, "1号", "S", "2021-09-02")
    assert told(people, "2021-10-20 09:00:00") == [("wang", "报送提醒")]
    with time("2021-10-20 15:00"):
        do.fill(office(people), WEEK)
        do.sign(office(people), WEEK, "甲")
        do.send(office(people), WEEK)
    assert told(people, "2021-10-21 11:00:00") == []
    with time("2021-10-21 11:30"):
        do.send_back(office(people), WEEK, "缺页")
    assert told(people, "2021-10-21 12:01:00") == [("wang", "退回重报")]


def test_after_a_week_of_standstill_each_is_told_once(people: Campaign) -> None:
    """The last reminder of each report, and every step of the ladder; the one for the week after is due by itself."""
    assert told(people, "2021-10-28 10:00:00") == [
        ("wang", "逾期未报"),  # 10-21: of four reminders the last
        ("zhao", "逾期告知"),
        ("wang", "报送提醒"),  # 10-28: the one of 09:00 that day
    ]
    assert told(people, "2021-10-28 10:00:01") == []


def test_a_successor_gets_what_comes_after_the_hand_over(people: Campaign) -> None:
    assert told(people, "2021-09-30 09:00:00", "duty_survey") == [("li", "报送提醒")]
    assert told(people, "2021-10-20 09:00:00") == [("wang", "报送提醒")]
    assert set(Message.objects.filter(user__username="li").values_list("about", flat=True)) == {
        "duty_survey/S-2021-10-05"
    }


def test_no_reminder_inside_the_holiday(people: Campaign) -> None:
    """Due 10-05, in the holiday: both reminders, a working day before and on the day, are for 09-30."""
    assert told(people, "2021-09-30 08:59:59", "duty_survey") == []
    assert told(people, "2021-09-30 09:00:00", "duty_survey") == [("li", "报送提醒")]
    assert told(people, "2021-10-05 23:00:00", "duty_survey") == []


def test_an_extended_deadline_is_reminded_of_anew(people: Campaign) -> None:
    assert told(people, "2021-10-20 09:00:00") == [("wang", "报送提醒")]
    with time("2021-10-20 10:00"):
        do.ask_extension(clerk(people, "S"), WEEK, from_iso("2021-10-26"), "停电")
        do.grant_extension(reviewer(people), WEEK, "同意")
    assert told(people, "2021-10-21 12:01:00") == []
    assert told(people, "2021-10-25 09:00:00") == [("wang", "报送提醒")]


def test_the_round_of_every_minute_leaves_demonstrations_alone(
    people: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[str] = []

    def post(address: str, text: str) -> str:
        went.append(text)
        return ""

    monkeypatch.setattr(sending, "by_apprise", post)
    (tmp_path / "channels.csv").write_text("账号,地址\nwang,json://127.0.0.1:9/wang\n", "utf-8")
    with time("2021-10-20 09:00"):
        tick_all()
        assert went == []
        people.demo_clock = False
        people.save()
        tick_all()
        tick_all()
    assert [text[:6] for text in went] == ["【逾期未报】", "【报送提醒】"]  # the survey of 10-05, and the week's


def test_a_message_names_no_person(people: Campaign) -> None:
    with time("2021-10-20 09:00"):
        done = tick(setting(people), utc("2021-10-20 09:00:00"))
    (message,) = (m for m in done.told if m.about == "duty_weekly_street/S-2021-10-21")
    assert message.title == "【报送提醒】每周排查情况 2021-10-21（东街道）：请在 2021-10-21 12:00 前报送。"
    assert message.at == utc("2021-10-20 09:00:00") * 1_000_000


def test_a_unit_without_anybody_is_said(people: Campaign) -> None:
    Holding.objects.filter(user__username="wang").delete()
    with time("2021-10-20 09:00"):
        problems = tick(setting(people), utc("2021-10-20 09:00:00")).problems
    assert [p.says for p in problems] == [
        "“东街道”没有人担任填报人，排查情况的提醒无人可送。",
        "“东街道”没有人担任填报人，每周排查情况的提醒无人可送。",
    ]


@pytest.mark.parametrize(
    ("day", "about"),
    [
        ("2018-07-20", "duty_monthly/A-2018-07"),  # for Sunday 07-22
        ("2018-09-21", "duty_monthly/A-2018-09"),  # for 09-22, in the Mid-autumn holiday
        ("2018-06-29", "duty_disclosure/A-2018-06"),  # for Saturday 06-30, the month's end
    ],
)
def test_months_are_reminded_of_on_the_last_working_day_before(streets: Campaign, day: str, about: str) -> None:
    roster(streets, "A", "2018-05-01")
    give_post(streets, User.objects.create_user("a"), "clerk", unit="A")
    assert told(streets, f"{day} 08:59:59", about) == []
    assert told(streets, f"{day} 09:00:00", about) == [("a", "报送提醒")]
