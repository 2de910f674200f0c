"""The look-back, played: lists of what lacks what, warnings before a deadline, proposals from facts, a stage done."""

from __future__ import annotations

import pytest

from tests.played import Played
from zhuanban.core.day import beijing, from_iso
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.notify.models import Message
from zhuanban.people.scope import OPERATOR

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

A, B = "狼山镇街道", "任港街道"


def said(played: Played, key: str, on: str = "") -> list[tuple[str, str, str]]:
    """(record, unit, what the row says) of each entry."""
    name = played.here.units.name
    return [(x.number, name(x.unit) if x.unit else "", x.says) for x in played.listed(key, on)]


def step(played: Played, ledger: str, number: str, done: Step) -> list[str]:
    """What a step is refused for; nothing where it entered."""
    change = Change(f"{ledger}-{number}-{done.verb}-{done.move}-{done.on}", ledger, (done,), number)
    return [problem.says for problem in submit(played.here.campaign, [change], OPERATOR)[0].problems]


def withdrawn(played: Played, ledger: str, number: str, on: str) -> None:
    assert step(played, ledger, number, Step("withdraw", from_iso(on), reason="误登")) == []


def test_a_month_without_a_sample(played: Played) -> None:  # 004-13
    assert said(played, "samples_missing") == []
    withdrawn(played, "samples", "SZ-2018-007", "2018-11-21")
    assert said(played, "samples_missing", "11-29") == []  # November is not over
    assert said(played, "samples_missing", "11-30") == [("SY-01", "", "2018-11")]


def test_which_of_the_five_parts_a_problem_lacks(played: Played) -> None:  # 004-16
    before = [says for _, _, says in said(played, "plan_incomplete", "05-09")]
    assert before == ["缺具体措施、任务分工、时间节点、责任人"] * 12
    assert said(played, "plan_incomplete", "05-10") == []
    (number,) = [r.number for r in played.records("problems", no=11)]
    assert step(played, "problems", number, Step("amend", from_iso("2018-05-11"), set={"owner": None})) == []
    assert said(played, "plan_incomplete", "05-11") == [("11", "", "缺责任人")]


def test_a_deadline_is_warned_of_seven_days_before(played: Played) -> None:  # 004-18
    """N1, due on a Sunday (07-15) and closed on 07-13: near from 07-08, told on working days only."""
    assert [("N1" in played.names("due_soon", on)) for on in ("07-07", "07-08", "07-10", "07-13")] == [
        False, True, True, False,
    ]  # fmt: skip
    rows = Message.objects.filter(campaign=played.here.campaign, about="lists/due_soon", title__contains="N1")
    told = {(beijing(m.at)[:16], m.user.username) for m in rows.select_related("user")}
    assert {at for at, _ in told} == {f"2018-07-{day:02}T09:01" for day in range(9, 14)}
    assert {who for _, who in told} == {"langshan", "langshan-fg"}


def test_a_closing_that_one_bureau_has_not(played: Played) -> None:  # 004-21
    assert said(played, "filings_missing") == []
    withdrawn(played, "filings", "BA-002", "2018-12-01")
    assert said(played, "filings_missing", "11-30") == []
    assert said(played, "filings_missing", "12-01") == [("1", "区住建局", "")]


def test_nothing_is_left_out_by_the_end_of_november(played: Played) -> None:  # 004-38
    assert said(played, "zones_not_looked", "05-14") == [("", "", "一级保护区"), ("", "", "二级保护区")]
    assert said(played, "zones_not_looked", "11-30") == []
    assert len(played.names("cells_without_patrol", "05-06")) == 10
    assert played.names("cells_without_patrol", "11-30") == []
    assert played.names("to_look", "11-30") == []
    assert said(played, "samples_missing", "11-30") == []


def test_proposals_of_accountability_are_facts(played: Played) -> None:  # 004-41
    assert said(played, "late_reports", "07-21") == []
    assert said(played, "late_reports", "07-22") == [("", B, "1份（2018-07未报）")]
    assert said(played, "late_reports", "07-23") == [("", B, "1份（2018-07迟1天）")]
    assert said(played, "late_reports") == [("", B, "1份（2018-07迟1天）")]
    (late,) = played.listed("late_reports")
    assert [(fact.ledger, fact.number) for fact in late.facts] == [("duty_progress", "J003-2018-07")]
    assert said(played, "failed_checks", "09-28") == []
    assert said(played, "failed_checks") == [("", B, "1个（N2）")]
    assert said(played, "overdue_units") == []
    # Nothing follows by itself: both cases were entered by a person, and one was not pursued.
    assert [r.data["measure"] for r in played.records("accountability")] == [["不予追究"], ["通报批评"]]


def test_a_week_without_a_patrol(played: Played) -> None:  # 004-45
    assert said(played, "weeks_without_patrol") == []
    (patrol,) = [r for r in played.records("patrols", week="2018-06-04") if r.unit == "J010"]
    withdrawn(played, "patrols", patrol.number, "2018-06-10")
    assert said(played, "weeks_without_patrol", "06-10") == [("", A, "2018-06-04至2018-06-10")]


def test_each_number_is_there_once(played: Played) -> None:  # 004-I07
    assert (said(played, "numbers_missing"), said(played, "numbers_twice")) == ([], [])
    day = from_iso("2018-12-10")
    withdrawn(played, "problems", "12", "2018-12-10")
    assert said(played, "numbers_missing") == [("12", "", "")]
    assert step(played, "problems", "11", Step("amend", day, set={"no": 10})) == []
    assert said(played, "numbers_twice") == [("", "", "10：2个（10、11）")]


def test_a_street_reports_that_it_is_done_when_nothing_is_open(played: Played) -> None:
    done = {played.here.regions.name(r.region): r.first_on for r in played.records("stage_reports")}
    assert done == {A: from_iso("2018-11-30"), B: from_iso("2018-11-30")}
    number = next(r.number for r in played.records("stage_reports") if r.region == "320602003")
    withdrawn(played, "stage_reports", number, "2018-12-01")
    back = Step("move", from_iso("2018-12-03"), "备案异议", reason="照片不清")
    assert step(played, "problems", "4", back) == []
    again = Step("create", from_iso("2018-12-04"), "报完成", region="320602003")
    assert step(played, "stage_reports", "", again) == ["还有问题没有销号。（环境问题台账：4）"]
