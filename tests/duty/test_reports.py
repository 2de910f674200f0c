"""Reports from filling to acceptance, as an office lives through them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from tests.canals import FILES_2018, changed, clerk, found, make, office, reviewer, roster, time, utc
from zhuanban.core.day import from_iso, to_day
from zhuanban.core.problem import Refused
from zhuanban.core.ratio import Ratio
from zhuanban.duty import actions as do
from zhuanban.duty.actions import Target
from zhuanban.duty.figures import changes_since, stamp_shown
from zhuanban.duty.queries import Board, Count, board
from zhuanban.duty.rules import Item
from zhuanban.duty.shown import ROUND, board_json, board_lines, notes, unit_lights
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.verify import verify
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import Actor, Held

pytestmark = pytest.mark.django_db

BUREAUS = ("一局", "二局", "三局", "四局", "五局")


def seen(campaign: Campaign, moment: str, duty: str = "") -> Board:
    return board(office(campaign), utc(moment), duty)


def numbers(count: Count) -> tuple[int, ...]:
    """due, on time, late, missing, returned, zero"""
    return (count.due, count.on_time, count.late, count.missing, count.returned, count.zero)


def one(campaign: Campaign, moment: str, duty: str, period: str, unit: str = "S") -> Item:
    (item,) = (i for i in seen(campaign, moment, duty).items if (i.due.period, i.unit) == (period, unit))
    return item


def codes(call: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [p.code for p in call.value.problems]


def sent(campaign: Campaign, target: Target, moment: str, *, zero: bool = False, files: tuple[Path, ...] = ()) -> None:
    """Filled, signed where it must be, and sent, all at one moment."""
    with time(moment):
        viewer = office(campaign)
        do.fill(viewer, target, zero=zero, files=files)
        if viewer.setting.pack.duties[target.duty].sign:
            do.sign(viewer, target, "甲")
        do.send(viewer, target)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "报告.txt"
    path.write_text("一切如常", "utf-8")
    return path


WEEK = Target("weekly_street", "东街道", "2021-10-21")


# One report --------------------------------------------------------------------------------------------------------


def test_filled_signed_sent_returned_sent_again_accepted(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    clerk_, head, desk = clerk(canals, "S"), clerk(canals, "S", "head"), reviewer(canals)
    with time("2021-10-20 16:00"):
        do.fill(clerk_, WEEK)
        assert one(canals, "2021-10-20 16:00:00", "weekly_street", "2021-10-21").state == "待签"
        do.sign(head, WEEK)
    with time("2021-10-21 11:58"):
        do.send(clerk_, WEEK)
    with time("2021-10-21 14:00"):
        do.send_back(desk, WEEK, "缺整改时限")
    assert one(canals, "2021-10-21 14:00:00", "weekly_street", "2021-10-21").status == "returned"
    with time("2021-10-21 16:30"):
        do.fill(clerk_, WEEK)
        do.sign(head, WEEK)
        do.send(clerk_, WEEK)
    with time("2021-10-21 17:00"):
        do.take(desk, WEEK)
    item = one(canals, "2021-10-21 17:00:00", "weekly_street", "2021-10-21")
    assert (item.status, item.late_s) == ("accepted", 0)  # on time by the first receipt
    assert (item.data["received"][11:19], item.data["received_last"][11:19]) == ("11:58:00", "16:30:00")
    record = Record.objects.get(ledger="duty_weekly_street")
    assert (record.number, record.unit, record.data["signer"]) == ("S-2021-10-21", "S", "headS")
    moves = [e.body for e in Event.objects.filter(record=record).order_by("version")]
    assert [m.split('"move":"')[1].split('"')[0] for m in moves] == [
        "开立", "填报", "签字", "报送", "退回", "填报", "签字", "报送", "接收",
    ]  # fmt: skip
    assert list(verify(setting(canals))) == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2021-10-21 11:59:59", (1, 1, 0, 0, 0, 0)),
        ("2021-10-21 12:00:00", (1, 1, 0, 0, 0, 0)),
        ("2021-10-21 12:00:40", (1, 0, 1, 0, 0, 0)),
    ],
)
def test_noon(canals: Campaign, moment: str, expected: tuple[int, ...]) -> None:
    found(canals, "1号", "S", "2021-09-02")
    sent(canals, WEEK, moment)
    assert numbers(seen(canals, "2021-10-21 18:00:00", "weekly_street").count()) == expected
    (item,) = (i for i in seen(canals, "2021-10-21 18:00:00", "weekly_street").items if i.state)
    assert item.late_s == (40 if moment.endswith("40") else 0)


def test_figures_of_the_day_before_received_late_are_late(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    with time("2021-10-21 15:00"):
        do.fill(office(canals), WEEK, day=from_iso("2021-10-20"))
        do.sign(office(canals), WEEK, "甲")
        do.send(office(canals), WEEK)
    assert one(canals, "2021-10-21", "weekly_street", "2021-10-21").late_text == "迟3小时"


def test_a_signature_holds_only_for_what_was_signed(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    with time("2021-10-20 16:00"):
        do.fill(office(canals), WEEK)
        do.sign(office(canals), WEEK, "甲")
        do.fill(office(canals), WEEK)
        with pytest.raises(Refused) as refused:
            do.send(office(canals), WEEK)
    assert codes(refused) == ["ledger-011"]
    assert "signer" not in Record.objects.get(ledger="duty_weekly_street").data


def test_nobody_checks_his_own_report_and_signs_in_anothers_name(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    target = Target("weekly_progress", "一局", "2021-10-21")
    with time("2021-10-20 16:00"):
        with pytest.raises(Refused) as refused:
            do.sign(office(canals), WEEK)
        assert codes(refused) == ["duty-010"]
        with pytest.raises(Refused) as refused:
            do.take(clerk(canals, "D1"), target)
        assert codes(refused)[0] in ("ledger-001", "ledger-002", "ledger-011")
        do.fill(reviewer_and_clerk(canals), target, zero=True)
        do.send(reviewer_and_clerk(canals), target)
        with pytest.raises(Refused) as refused:
            do.take(reviewer_and_clerk(canals), target)
        assert codes(refused) == ["ledger-020"]
    assert not Waiting.objects.exists()  # a step that was refused leaves nothing behind


def reviewer_and_clerk(campaign: Campaign) -> Viewer:
    """One person with both posts."""
    return Viewer(setting(campaign), Actor(None, "both", (Held("office"), Held("clerk", unit="D1")), title="甲"))


def test_the_moment_of_receipt_cannot_be_written(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    with time("2021-10-22 09:00"):
        do.fill(office(canals), WEEK)
        do.sign(office(canals), WEEK, "甲")
        early = {"received": "2021-10-21T11:00:00+08:00"}
        for step in (Step("amend", set=early), Step("move", move="报送", set=early)):
            change = Change(f"x-{step.verb}", "duty_weekly_street", (step,), "S-2021-10-21")
            (outcome,) = submit(canals, [change], office(canals).actor)
            assert [p.code for p in outcome.problems] == ["ledger-045"]
    assert "received" not in Record.objects.get(ledger="duty_weekly_street").data


# Zero reports ---------------------------------------------------------------------------------------------------------


def test_a_zero_report_is_said_and_true(canals: Campaign) -> None:
    first = Target("inspection", "一局", "2021-10-05")
    found(canals, "1号", "D2", "2021-09-20")
    with time("2021-10-04 09:00"):
        with pytest.raises(Refused) as refused:
            do.fill(office(canals), first)
        assert codes(refused) == ["duty-006"]
        with pytest.raises(Refused) as refused:
            do.fill(office(canals), Target("inspection", "二局", "2021-10-05"), zero=True)
        assert codes(refused) == ["duty-007"]
        with pytest.raises(Refused) as refused:
            do.fill(office(canals), Target("survey", "东街道", "2021-10-05"), zero=True)
        assert codes(refused) == ["duty-008"]
        with pytest.raises(Refused) as refused:
            do.fill(office(canals), Target("weekly_bureaus", "一局", "2021-10-21"))
        assert codes(refused) == ["duty-009"]


def test_findings_of_three_and_two_zero_reports_are_complete(canals: Campaign) -> None:
    """5 expected: findings from 3 departments, 2 explicit zero reports; who said nothing is missing, never zero."""
    for i, unit in enumerate(("D1", "D2", "D3")):
        found(canals, f"{i}号", unit, "2021-09-20")
    for name in BUREAUS[:4]:
        sent(canals, Target("inspection", name, "2021-10-05"), "2021-10-05 20:00", zero=name == "四局")
    assert numbers(seen(canals, "2021-10-05", "inspection").count()) == (5, 4, 0, 1, 0, 1)
    sent(canals, Target("inspection", "五局", "2021-10-05"), "2021-10-05 23:59:59", zero=True)
    count = seen(canals, "2021-10-05", "inspection").count()
    assert numbers(count) == (5, 5, 0, 0, 0, 2)
    assert (count.completeness.part, count.completeness.whole) == (5, 5)
    lights = unit_lights(seen(canals, "2021-10-05", "inspection"))
    assert set(lights.values()) == {"green"}


# The weeks ------------------------------------------------------------------------------------------------------------


def test_twelve_a_week_and_132_in_eleven_weeks(canals: Campaign, paper: Path) -> None:
    with time("2021-12-31 09:00"):
        weekly = [i for i in seen(canals, "2021-12-31").items if i.duty.key.startswith("weekly")]
    assert len(weekly) == 132
    assert sum(i.due.period == "2021-10-21" for i in weekly) == 12
    at = "2021-10-21"
    sent(canals, Target("weekly_street", "东街道", at), "2021-10-21 12:00:00", zero=True)
    for name in BUREAUS:
        sent(canals, Target("weekly_bureaus", name, at), "2021-10-21 10:00", files=(paper,))
    for name, moment in zip(
        ("东街道", *BUREAUS[:4]), ("09:00:00", "09:30:00", "10:00:00", "12:00:40", "15:00:00"), strict=True
    ):
        sent(canals, Target("weekly_progress", name, at), f"2021-10-21 {moment}", files=(paper,))
    now = seen(canals, "2021-10-21 16:00:00")
    total = Count.of(Counter(item.slot for item in now.items if item.duty.key.startswith("weekly")))
    assert numbers(total) == (12, 9, 2, 1, 0, 1)
    assert total.completeness.percent(ROUND) == "91%"
    assert (total.timeliness.part, total.timeliness.whole) == (9, 12)


def test_as_of_an_earlier_moment_nothing_later_is_known(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    sent(canals, WEEK, "2021-10-21 12:00:40")
    with time("2021-10-21 13:00"):
        do.send_back(office(canals), WEEK, "缺页")
    for moment, expected in (
        ("2021-10-21 11:00:00", (0, 0, 0, 0, 0, 0)),
        ("2021-10-21 12:00:00", (1, 0, 0, 1, 0, 0)),
        ("2021-10-21 12:00:40", (1, 0, 1, 0, 0, 0)),
        ("2021-10-21 13:00:00", (1, 0, 0, 0, 1, 0)),
        ("2021-10-28 11:59:59", (1, 0, 0, 0, 1, 0)),
    ):
        assert numbers(seen(canals, moment, "weekly_street").count()) == expected, moment


# A deadline before the document ------------------------------------------------------------------------------------


def test_a_deadline_before_the_document_and_its_make_up_date(canals: Campaign) -> None:
    first = seen(canals, "2021-09-02 09:00:00", "contacts")
    assert [i.status for i in first.items] == ["before_issue"] * 6
    assert numbers(first.count()) == (0, 0, 0, 0, 0, 0)
    assert first.count().before_issue == 6
    assert "灰 联络员信息 2021-08-31 一局 期限2021-08-31 23:59：期限早于发文" in list(notes(first))
    for name in ("东街道", *BUREAUS):
        target = Target("contacts", name, "2021-08-31")
        with time("2021-09-02 10:00"):
            do.make_up(office(canals), target, from_iso("2021-09-06"), "方案9月2日印发")
        if name != "五局":
            sent(canals, target, "2021-09-06 23:59:59" if name == "四局" else "2021-09-03 10:00")
    after = seen(canals, "2021-09-07 08:00:00", "contacts")
    assert numbers(after.count()) == (6, 5, 0, 1, 0, 0)
    shown = board_json(after)["items"][0]
    assert (shown["printed"], shown["due"]) == ("2021-08-31", "2021-09-06T23:59:59+08:00")
    told = "期限早于发文：联络员信息 2021-08-31，应报6件，其中6件补报期限2021-09-06。"
    assert told in list(notes(after))
    assert told in list(notes(seen(canals, "2021-09-02 10:00:00", "contacts")))
    with time("2021-10-04 10:00"), pytest.raises(Refused) as refused:
        do.make_up(office(canals), Target("survey", "东街道", "2021-10-05"), from_iso("2021-10-09"), "忙")
    assert codes(refused) == ["duty-014"]


def test_a_printed_day_inside_a_holiday_stays(canals: Campaign) -> None:
    """2021-10-05 lies in the holiday: the text gives no shift."""
    found(canals, "1号", "S", "2021-09-02")
    assert one(canals, "2021-10-06", "survey", "2021-10-05").status == "missing"
    sent(canals, Target("survey", "东街道", "2021-10-05"), "2021-10-08 10:00")
    assert one(canals, "2021-10-08", "survey", "2021-10-05").late_text == "迟3天"


# Extensions -----------------------------------------------------------------------------------------------------------


REPORT = Target("report", "东街道", "2021-12-10")


def test_an_extension_asked_for_in_time_and_approved(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    with time("2021-12-08 09:00"):
        with pytest.raises(Refused) as refused:
            do.grant_extension(reviewer(canals), REPORT, "同意")
        assert codes(refused) == ["duty-013"]
        with pytest.raises(Refused) as refused:
            do.ask_extension(clerk(canals, "S"), REPORT, from_iso("2021-12-09"), "人手不足")
        assert codes(refused) == ["duty-012"]
        do.ask_extension(clerk(canals, "S"), REPORT, from_iso("2021-12-20"), "人手不足")
    with time("2021-12-09 09:00"):
        do.grant_extension(reviewer(canals), REPORT, "同意")
    assert one(canals, "2021-12-08 10:00:00", "report", "2021-12-10").limit == utc("2021-12-10")
    assert one(canals, "2021-12-15", "report", "2021-12-10").status == "open"
    sent(canals, REPORT, "2021-12-20 18:00")
    item = one(canals, "2021-12-20", "report", "2021-12-10")
    assert (item.status, item.late_s) == ("submitted", 0)
    shown = board_json(seen(canals, "2021-12-20", "report"))["items"][0]
    assert (shown["printed"], shown["due"][:10]) == ("2021-12-10", "2021-12-20")


def test_no_extension_after_the_date(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    with time("2021-12-11 00:00"), pytest.raises(Refused) as refused:
        do.ask_extension(clerk(canals, "S"), REPORT, from_iso("2021-12-20"), "忘了")
    assert codes(refused) == ["duty-011"]
    # And where a change goes round the command, it does not count.
    with time("2021-12-11 09:00"):
        day = to_day(date(2021, 12, 11))
        steps = (
            Step("create", day, "开立", region="411300", unit="S"),
            Step("move", day, "申请延期", {"wanted_due": "2021-12-20"}, reason="忘了"),
            Step("move", day, "批准延期", {"granted_due": "2021-12-20"}, reason="同意"),
        )
        (outcome,) = submit(canals, [Change("r", "duty_report", steps, "S-2021-12-10")], office(canals).actor)
        assert outcome.status == "entered"
    assert one(canals, "2021-12-12", "report", "2021-12-10").status == "missing"


def test_a_refused_extension_leaves_the_date(canals: Campaign) -> None:
    with time("2021-12-08 09:00"):
        do.ask_extension(clerk(canals, "S"), REPORT, from_iso("2021-12-20"), "人手不足")
        do.refuse_extension(reviewer(canals), REPORT, "理由不足")
        with pytest.raises(Refused):
            do.grant_extension(reviewer(canals), REPORT, "又同意")
    assert one(canals, "2021-12-11", "report", "2021-12-10").status == "missing"


# Frozen figures -------------------------------------------------------------------------------------------------------


def test_what_changed_since_is_listed_and_the_report_stays(canals: Campaign) -> None:
    for name in ("1号", "2号", "3号"):
        found(canals, name, "S", "2021-09-02")
    sent(canals, REPORT, "2021-12-10 10:00")
    with time("2021-12-11 10:00"):
        do.take(office(canals), REPORT)
    item = one(canals, "2021-12-11", "report", "2021-12-10")
    viewer = office(canals)
    (form,) = changes_since(viewer, item)["forms"]
    assert (form["added"], form["gone"], form["changed"]) == ([], [], [])
    with time("2021-12-14 10:00"):
        changed(canals, "2号", Step("amend", set={"name": "二号渠"}))  # corrected from the day it was said
        changed(canals, "3号", Step("withdraw", from_iso("2021-12-09"), reason="误报"))
    found(canals, "4号", "S", "2021-12-09")
    found(canals, "5号", "S", "2021-12-13")  # after the day of the report
    said = changes_since(viewer, item)
    assert said["as_of"] == "2021-12-10"
    assert said["pack"] == setting(canals).pack.sha256
    (form,) = said["forms"]
    assert (form["added"], form["gone"]) == (["faults/4号"], ["faults/3号"])
    assert form["changed"] == [{"record": "faults/2号", "column": "名称", "was": "渠2号", "is": "二号渠"}]


def test_a_report_sent_again_says_how_it_differs(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    sent(canals, REPORT, "2021-12-08 10:00")
    with time("2021-12-08 15:00"):
        do.send_back(office(canals), REPORT, "漏了一处")
        changed(canals, "1号", Step("amend", set={"name": "一号渠"}))
    found(canals, "2号", "S", "2021-12-08")
    sent(canals, REPORT, "2021-12-09 10:00")
    said = changes_since(office(canals), one(canals, "2021-12-09", "report", "2021-12-10"))
    assert [form["added"] + form["changed"] for form in said["forms"]] == [[]]
    ((form,),) = [version["forms"] for version in said["revised"]]
    assert (said["revised"][0]["as_of"], form["added"]) == ("2021-12-09", ["faults/2号"])
    assert form["changed"] == [{"record": "faults/1号", "column": "名称", "was": "渠1号", "is": "一号渠"}]


def test_accepted_is_frozen(canals: Campaign) -> None:
    found(canals, "1号", "S", "2021-09-02")
    sent(canals, REPORT, "2021-12-10 10:00")
    with time("2021-12-11 10:00"):
        do.take(office(canals), REPORT)
        for step in (do.fill, do.send):
            with pytest.raises(Refused) as refused:
                step(office(canals), REPORT)
            assert codes(refused) == ["ledger-011"]
        change = Change("a", "duty_report", (Step("amend", set={"zero": "是"}),), "S-2021-12-10")
        (outcome,) = submit(canals, [change], reviewer(canals).actor)
        assert [p.code for p in outcome.problems] == ["ledger-002"]


# One plan for each record ---------------------------------------------------------------------------------------------


def test_a_plan_for_each_fault_that_will_not_be_done_in_time(canals: Campaign, paper: Path) -> None:
    """11 open: 5 of them due 2022-03-31 need no plan, 6 do; 5 plans filed, 1 missing and named."""
    for i in range(6):
        found(canals, f"F{i}", "S" if i else "D1", "2021-09-10", "2021-12-20")
    for i in range(5):
        found(canals, f"C{i}", "S", "2021-09-10", "2022-03-31")
    found(canals, "DONE", "S", "2021-09-10", "2021-12-20")
    with time("2021-12-30 09:00"):
        changed(canals, "DONE", Step("move", move="改好"))
    for i in range(1, 6):
        sent(canals, Target("plans", "东街道", "2021-12-31", f"F{i}"), "2021-12-31 10:00", files=(paper,))
    found_ = seen(canals, "2021-12-31", "plans")
    assert numbers(found_.count()) == (6, 5, 0, 1, 0, 0)
    assert [(i.about, i.unit) for i in found_.items if i.status == "missing"] == [("F0", "D1")]
    with time("2021-12-31 11:00"), pytest.raises(Refused) as refused:
        do.fill(office(canals), Target("plans", "东街道", "2021-12-31", "C0"), files=(paper,))
    assert codes(refused) == ["duty-003"]
    assert "F1、F2" in refused.value.problems[0].advice


# The stamped sheet ----------------------------------------------------------------------------------------------------

SURVEY = Target("survey", "东街道", "2021-10-05")


@pytest.mark.parametrize(("rows", "flags"), [(2, []), (3, ["盖章件所载条数与报送时的数据不同。"])])
def test_the_stamped_scan_stands_beside_the_frozen_figures(
    canals: Campaign, paper: Path, rows: int, flags: list[str]
) -> None:
    found(canals, "1号", "S", "2021-09-02")
    found(canals, "2号", "S", "2021-09-03")
    sent(canals, SURVEY, "2021-10-05 10:00:00")
    found(canals, "3号", "S", "2021-09-04")  # entered later: what was reported stays
    with time("2021-10-09 10:00"):
        outcome = do.stamp(clerk(canals, "S"), SURVEY, rows, [paper])
        said = stamp_shown(office(canals), do.find(office(canals), SURVEY))
    assert [p.code for p in outcome.problems] == (["duty-026"] if flags else [])
    assert (said["rows"], said["scan_rows"], said["same"]) == (2, rows, not flags)
    record = Record.objects.get(ledger="duty_survey")
    assert record.flags == flags
    assert said["figures"] == record.data["figures"][0]["sha256"]
    assert said["scans"] == [{"sha256": sha256(paper.read_bytes()).hexdigest(), "name": "报告.txt"}]


def test_only_what_was_sent_is_stamped_and_what_is_filled_again_is_stamped_again(canals: Campaign, paper: Path) -> None:
    found(canals, "1号", "S", "2021-09-02")
    with time("2021-10-05 09:00"):
        do.fill(clerk(canals, "S"), SURVEY)
        with pytest.raises(Refused) as refused:
            do.stamp(clerk(canals, "S"), SURVEY, 1, [paper])
        assert "不能“收回盖章件”" in str(refused.value.problems[0])
    with time("2021-10-05 10:00"):
        do.send(clerk(canals, "S"), SURVEY)
        do.stamp(clerk(canals, "S"), SURVEY, 1, [paper])
    with time("2021-10-05 11:00"):
        do.send_back(reviewer(canals), SURVEY, "少一处")
        do.fill(clerk(canals, "S"), SURVEY)
        said = stamp_shown(office(canals), do.find(office(canals), SURVEY))
    assert (said["scans"], said["scan_rows"], said["same"]) == ([], None, False)


# Months, rosters, deliveries, questions ------------------------------------------------------------------------------


def test_two_streets_seven_months_and_a_third_that_comes_later(streets: Campaign) -> None:
    for unit in ("A", "B"):
        roster(streets, unit, "2018-05-01")
    assert seen(streets, "2018-11-30", "monthly").count().due == 14
    roster(streets, "C", "2018-09-01")
    items = seen(streets, "2018-11-30", "monthly").items
    assert [i.due.period for i in items if i.unit == "C"] == ["2018-09", "2018-10", "2018-11"]


def test_sent_on_the_monday_after_a_sunday_is_late(streets: Campaign) -> None:
    roster(streets, "B", "2018-05-01")
    target = Target("monthly", "乙镇", "2018-07")
    with time("2018-07-23 09:00"):
        do.fill(office(streets), target, zero=True)
        do.send(office(streets), target, "内网-1")
    assert one(streets, "2018-07-23", "monthly", "2018-07", "B").late_text == "迟1天"


def test_sent_only_with_the_receipt_of_the_channel_and_complete_with_all_copies(streets: Campaign) -> None:
    """1 report = 3 deliveries: main sent, one copy missing → not complete."""
    roster(streets, "A", "2018-05-01")
    target = Target("monthly", "甲镇", "2018-05")
    with time("2018-05-22 09:00"):
        do.fill(office(streets), target, zero=True)
        with pytest.raises(Refused) as refused:
            do.send(office(streets), target)
        assert codes(refused) == ["ledger-007"]
        assert "区府办回执" in str(refused.value)
        do.send(office(streets), target, "内网-2018-33")
        do.deliver(office(streets), target, "区环保局", "收-7")
        with pytest.raises(Refused) as refused:
            do.deliver(office(streets), target, "区水利局", "收-8")
        assert codes(refused) == ["duty-015"]
    count = seen(streets, "2018-05-23", "monthly").count()
    assert one(streets, "2018-05-23", "monthly", "2018-05", "A").undelivered() == ["区住建局"]
    assert (count.submitted, count.undelivered, count.zero) == (1, 1, 1)
    assert (count.completeness, count.timeliness) == (Ratio(0, 1), Ratio(1, 1))
    head, row, _ = board_lines(seen(streets, "2018-05-23", "monthly"))
    said = dict(zip(head, row, strict=True))
    assert (said["已报"], said["缺回执"], said["完整率"]) == ("1", "1", "0%")
    with time("2018-05-24 09:00"):
        do.deliver(office(streets), target, "区住建局", "收-9")
    assert seen(streets, "2018-05-24", "monthly").count().undelivered == 0
    assert seen(streets, "2018-05-24", "monthly").count().completeness == Ratio(1, 1)
    assert seen(streets, "2018-05-23", "monthly").count().undelivered == 1


def test_a_summary_of_two_streets_has_six_deliveries(streets: Campaign, paper: Path) -> None:
    for name in ("甲镇", "乙镇"):
        target = Target("summary", name, "2018-12-07")
        with time("2018-12-07 23:59:59"):
            do.fill(office(streets), target, files=(paper,))
            do.send(office(streets), target)
            do.deliver(office(streets), target, "区环保局", "收-1")
    found_ = seen(streets, "2018-12-07", "summary")
    assert numbers(found_.count()) == (2, 2, 0, 0, 0, 0)
    assert [item.undelivered() for item in found_.items] == [["区住建局"]] * 2


def test_first_and_last_sending_are_both_shown(streets: Campaign) -> None:
    """Sent 05-21, returned 05-23, sent 05-24: the pack says which counts, here the first."""
    roster(streets, "A", "2018-05-01")
    target = Target("monthly", "甲镇", "2018-05")
    for moment, step in (
        ("2018-05-21 09:00", lambda: do.send(office(streets), target, "内网-1")),
        ("2018-05-23 09:00", lambda: do.send_back(office(streets), target, "漏填")),
        ("2018-05-24 09:00", lambda: do.send(office(streets), target, "内网-2")),
    ):
        with time(moment):
            if "05-23" not in moment:
                do.fill(office(streets), target, zero=True)
            step()
    shown = board_json(seen(streets, "2018-05-24", "monthly"))["items"][0]
    assert (shown["received"][:10], shown["received_last"][:10], shown["late"]) == ("2018-05-21", "2018-05-24", "")


def test_an_open_end_is_a_question_until_somebody_answers(streets: Campaign) -> None:
    roster(streets, "A", "2018-05-01")
    before = seen(streets, "2018-12-31", "monthly")
    assert [(q.word, q.assumed, q.answer) for q in before.questions] == [("until", "2018-11-30", "")]
    assert before.items[-1].due.period == "2018-11"
    with time("2018-11-26 09:00"):
        with pytest.raises(Refused) as refused:
            do.answer(reviewer(streets), "monthly", "to", "电话问过")
        assert codes(refused) == ["duty-016"]
        do.answer(reviewer(streets), "monthly", "until", "电话问过", until=from_iso("2018-12-31"))
    after = seen(streets, "2018-12-31", "monthly")
    assert after.items[-1].due.period == "2018-12"
    (question,) = after.questions
    assert (question.answer, question.reason, question.by) == ("2018-12-31", "电话问过", "office")
    assert seen(streets, "2018-11-25", "monthly").items[-1].due.period == "2018-11"  # what was known then
    with time("2018-11-27 09:00"):
        do.answer(reviewer(streets), "monthly", "until", "又问过", until=from_iso("2018-10-31"))
    assert seen(streets, "2018-12-31", "monthly").items[-1].due.period == "2018-10"


# Scope ----------------------------------------------------------------------------------------------------------------


def test_a_unit_sees_its_own(canals: Campaign) -> None:
    mine = board(clerk(canals, "D1"), utc("2021-10-21"))
    assert {i.unit for i in mine.items} == {"D1"}
    with time("2021-10-20 09:00"), pytest.raises(Refused) as refused:
        do.fill(clerk(canals, "D1"), Target("weekly_progress", "二局", "2021-10-21"), zero=True)
    assert codes(refused) == ["duty-003"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (Target("weakly", "东街道", "2021-10-21"), "duty-001"),
        (Target("weekly_street", "西街道", "2021-10-21"), "duty-002"),
        (Target("weekly_street", "一局", "2021-10-21"), "duty-003"),
        (Target("weekly_street", "东街道", "2021-10-22"), "duty-003"),
    ],
)
def test_what_is_not_owed_is_named(canals: Campaign, target: Target, code: str) -> None:
    with time("2021-10-20 09:00"), pytest.raises(Refused) as refused:
        do.fill(office(canals), target)
    assert codes(refused) == [code]


def test_a_unit_that_the_list_lacks_is_said(db: None, tmp_path: Path) -> None:
    text = FILES_2018["duties.yaml"].replace("[甲镇, 乙镇]", "[甲镇, 子镇]")
    with time("2018-05-01 09:00"):
        streets = make(tmp_path, {**FILES_2018, "duties.yaml": text})
    found_ = seen(streets, "2018-12-08", "summary")
    assert [p.says for p in found_.problems] == ["报送任务“工作总结”写的单位“子镇”不在单位表里。"]
    assert [i.unit for i in found_.items] == ["A"]


def test_a_faulty_table_of_holidays_is_named(canals: Campaign, tmp_path: Path) -> None:
    (tmp_path / "holidays.csv").write_text("日期,休或班\n2067-1-1,休\n", "utf-8")
    with pytest.raises(Refused) as refused:
        seen(canals, "2021-10-21")
    assert codes(refused) == ["core-013"]
