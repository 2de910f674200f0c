"""The duties of the played canal campaign: stages, what was owed by whom and when, who was reminded, what is frozen.

Line numbers of the requirements stand in the docstrings; days are of 2021. Sums over all weekly reports are in
`test_canal.py`; a reminder by the minute, and its channel, in `tests/campaigns/test_canal_units_stories.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.played import Played
from zhuanban.core.day import BEIJING, beijing, from_iso, iso
from zhuanban.duty.actions import Target
from zhuanban.duty.actions import find as owed
from zhuanban.duty.figures import Frozen, changes_since, reported
from zhuanban.duty.queries import board
from zhuanban.duty.shown import board_json
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.models import Message
from zhuanban.people.scope import OPERATOR

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

STREET = "百里奚街道"
DEPARTMENTS = ["经济发展局", "财政金融局", "住房建设和生态环境局", "城市管理和综合执法局", "社会事业局"]
SIX = [STREET, *DEPARTMENTS]
WEEKLY = {"weekly_survey": [STREET], "weekly_supervision": DEPARTMENTS, "weekly_progress": SIX}
THURSDAYS = ["10-21", "10-28", "11-04", "11-11", "11-18", "11-25", "12-02", "12-09", "12-16", "12-23", "12-30"]


def seen(canal: Played, moment: str, duty: str) -> dict[str, Any]:
    """The board as of a Beijing time of 2021."""
    at = datetime.fromisoformat(f"2021-{moment}").replace(tzinfo=BEIJING)
    return board_json(board(Viewer(canal.here, OPERATOR), int(at.timestamp()), duty))


def one(canal: Played, moment: str, duty: str, unit: str, period: str) -> dict[str, Any]:
    """What a unit owed for a date, as of a moment."""
    items = seen(canal, moment, duty)["items"]
    (item,) = (i for i in items if (i["unit_name"], i["period"]) == (unit, f"2021-{period}"))
    return dict(item)


def figures(canal: Played, duty: str, unit: str, period: str) -> Frozen:
    viewer = Viewer(canal.here, OPERATOR)
    return reported(viewer, owed(viewer, Target(duty, unit, f"2021-{period}")))


# -- Stages


def test_the_stages_are_those_of_the_plan(canal: Played) -> None:
    """001-11, 16, 30: with the year and the month that the plan leaves out."""
    dates = [(s.title, s.start and iso(s.start), s.end and iso(s.end)) for s in canal.here.pack.stages.values()]
    assert dates == [
        ("动员部署阶段", "2021-08-29", "2021-08-31"),
        ("全面排查阶段", "2021-09-01", "2021-10-15"),
        ("集中整治阶段", "2021-10-16", "2021-12-31"),
        ("生态廊道完善提升", "2021-10-16", "2022-03-31"),
    ]


def test_work_overlaps_the_stages(canal: Played) -> None:
    """001-11, U01: the first stage lies before the notice; the weekly duty begins on the last day of the second; the
    assessment ends with the third; the corridor outlives all of them."""
    pack = canal.here.pack
    launch, survey, rectify, corridor = pack.stages.values()
    assert (launch.end or 0) < (pack.issued or 0)
    assert {pack.duties[key].start for key in WEEKLY} == {survey.end}
    assert [due[:10] for due in dates_of(canal, "assessment")] == [iso(rectify.end or 0)]
    assert corridor.end == max(s.end or 0 for s in pack.stages.values()) == from_iso("2022-03-31")


def dates_of(canal: Played, duty: str) -> list[str]:
    """The deadlines of a duty, as seen at the end of the year."""
    return sorted({item["due"] for item in seen(canal, "12-31 23:59", duty)["items"]})


# -- By 10-05


@pytest.mark.parametrize("duty", ["survey", "supervision"])
def test_what_is_due_inside_the_holiday_keeps_its_day(canal: Played, duty: str) -> None:
    """001-26, 29: ten days before the stage ends, and not moved to the working day of 10-08."""
    assert dates_of(canal, duty) == ["2021-10-05T23:59:59+08:00"]
    assert {item["printed"] for item in seen(canal, "12-31 23:59", duty)["items"]} == {"2021-10-05"}


@pytest.mark.parametrize(("duty", "logins"), [("survey", {"jd"}), ("supervision", {"jj", "cz", "zj", "cg", "sh"})])
def test_the_reminder_came_on_the_last_working_day_before_the_holiday(
    canal: Played, duty: str, logins: set[str]
) -> None:
    """001-26."""
    told = Message.objects.filter(campaign=canal.here.campaign, about__startswith=f"duty_{duty}/")
    assert {beijing(m.at)[:10] for m in told} == {"2021-09-30"}
    assert {m.user.username for m in told} == logins


def test_two_departments_said_that_there_was_nothing(canal: Played) -> None:
    """001-29, 56: a zero report, neither a blank nor a missing one."""
    lights = {i["unit_name"]: (i["zero"], i["light"]) for i in seen(canal, "10-06 00:00:01", "supervision")["items"]}
    assert lights == {
        "经济发展局": (True, "blue"),
        "财政金融局": (True, "blue"),
        "住房建设和生态环境局": (False, "green"),
        "城市管理和综合执法局": (False, "green"),
        "社会事业局": (False, "green"),
    }


def test_the_first_annex_as_reported_names_who_was_the_contact_then(canal: Played) -> None:
    """001-14: handed over on 10-18; what was sent on 09-06 stays, the register has both with their days."""
    (row,) = figures(canal, "contacts", "社会事业局", "08-31").forms[0].rows
    assert row.cells[:2] == ("孙某己", "社会事业局")
    held = {r.data["name"]: (iso(r.first_on), r.state) for r in canal.records("contacts") if r.unit == "SH"}
    assert held == {"孙某己": ("2021-09-06", "已换"), "李某庚": ("2021-10-18", "在任")}


# -- Every Thursday


@pytest.mark.parametrize("duty", WEEKLY)
def test_eleven_thursdays_at_noon(canal: Played, duty: str) -> None:
    """001-47: the first is 10-21, as 10-15 is a Friday; the end is not printed."""
    assert dates_of(canal, duty) == [f"2021-{day}T12:00:00+08:00" for day in THURSDAYS]
    asked = {q["word"]: q["assumed"] for q in seen(canal, "10-15 09:00", duty)["questions"] if not q["answered"]}
    assert asked == {"until": "2021-12-31", "to": "区南水北调办公室"}


def test_twelve_reports_a_week(canal: Played) -> None:
    """001-49: no department owes 附件2, and the street no 附件3."""
    for duty, units in WEEKLY.items():
        items = seen(canal, "12-31 23:59", duty)["items"]
        for day in THURSDAYS:
            assert {i["unit_name"] for i in items if i["period"] == f"2021-{day}"} == set(units)


def test_each_unit_has_its_own_share_on_time(canal: Played) -> None:
    """001-49: of 22 in eleven weeks; on time, late, never sent."""
    told = {unit: [0, 0, 0, 0] for unit in SIX}
    for duty in WEEKLY:
        for unit in seen(canal, "12-31 23:59", duty)["units"]:
            for n, word in enumerate(("due", "on_time", "late", "missing")):
                told[unit["unit_name"]][n] += unit[word]
    assert told == {
        "百里奚街道": [22, 20, 2, 0],
        "经济发展局": [22, 20, 1, 1],
        "财政金融局": [22, 16, 3, 3],
        "住房建设和生态环境局": [22, 21, 1, 0],
        "城市管理和综合执法局": [22, 20, 2, 0],
        "社会事业局": [22, 20, 2, 0],
    }


@pytest.mark.parametrize(
    ("unit", "received", "late_seconds"),
    [
        ("百里奚街道", "11:00:00", 0),  # returned at 14:00, sent again at 16:30: the first receipt counts
        ("住房建设和生态环境局", "12:00:00", 0),
        ("社会事业局", "15:00:00", 3 * 3600),  # its figures are of the day before
    ],
)
def test_a_report_is_judged_by_its_first_receipt(canal: Played, unit: str, received: str, late_seconds: int) -> None:
    """001-48."""
    item = one(canal, "10-21 18:00", "weekly_progress", unit, "10-21")
    assert (item["received"][11:19], item["late_seconds"]) == (received, late_seconds)


def test_the_day_that_a_report_bears_is_not_its_receipt(canal: Played) -> None:
    """001-48: dated 10-20, received 10-21 15:00."""
    assert iso(figures(canal, "weekly_progress", "社会事业局", "10-21").day) == "2021-10-20"
    item = one(canal, "10-21 18:00", "weekly_progress", "社会事业局", "10-21")
    assert (item["status"], item["late"], item["light"]) == ("submitted", "迟3小时", "yellow")


def test_the_report_that_was_sent_again_bears_both_receipts(canal: Played) -> None:
    """001-48."""
    item = one(canal, "10-21 18:00", "weekly_progress", STREET, "10-21")
    assert [item[key][11:16] for key in ("received", "received_last")] == ["11:00", "16:30"]


def test_who_did_not_send_was_told_again_and_his_head_a_day_later(canal: Played) -> None:
    """001-U04: the demonstration looks every morning, so 12:01 comes the morning after."""
    about = "duty_weekly_supervision/CZ-2021-10-21"
    told = Message.objects.filter(campaign=canal.here.campaign, about=about).order_by("at", "pk")
    assert [(beijing(m.at)[5:16], m.user.username, m.title[:6]) for m in told] == [
        ("10-20T09:01", "cz", "【报送提醒】"),
        ("10-21T09:01", "cz", "【报送提醒】"),
        ("10-22T09:01", "cz", "【逾期未报】"),
        ("10-23T09:01", "cz-fz", "【逾期告知】"),
    ]


def test_nobody_was_reminded_of_what_he_had_sent(canal: Played) -> None:
    """001-U04: the one at noon sharp, and the street's that had come back and gone out again."""
    for about in ("weekly_progress/ZJ-2021-10-21", "weekly_progress/JD-2021-10-21"):
        told = Message.objects.filter(campaign=canal.here.campaign, about=f"duty_{about}")
        assert {beijing(m.at)[5:10] for m in told} == {"10-20", "10-21"}


# -- The written report


def test_the_written_report_says_what_the_tables_said_that_day(canal: Played) -> None:
    """001-50: all six units, on time, each with its part of the ledger."""
    items = seen(canal, "12-13 18:00", "written_report")["items"]
    assert {(i["unit_name"], i["status"], i["late_seconds"]) for i in items} == {(u, "accepted", 0) for u in SIX}
    frozen = {unit: len(figures(canal, "written_report", unit, "12-10").forms[0].rows) for unit in SIX}
    table = {unit: int(row[0]) for unit, row in canal.rows("problem_units", "12-10").items()}
    assert frozen == {unit: table[unit] for unit in SIX}
    assert sum(frozen.values()) == table["合计"] == 80


def test_a_correction_after_the_written_report_is_listed_and_leaves_it_alone(canal: Played) -> None:
    """001-50."""
    viewer = Viewer(canal.here, OPERATOR)
    (changed,) = changes_since(viewer, owed(viewer, Target("written_report", STREET, "2021-12-10")))["forms"]
    told = [c for c in changed["changed"] if c["column"] == "风险源描述"]
    assert [(c["record"], c["is"]) for c in told] == [
        ("problems/WT-2021-0012", "乙村：养殖户粪污堆在渠旁，下雨流进边沟")
    ]
    rows = {row.record: row.cells for row in figures(canal, "written_report", STREET, "12-10").forms[0].rows}
    assert told[0]["was"] in rows["problems/WT-2021-0012"]
