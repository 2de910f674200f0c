"""The canal campaign, played: lists of what lacks what, proposals from facts, a stage that is reported as done."""

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

OPEN = ["WT-2021-0029", "WT-2021-0037", "WT-2021-0045", "WT-2021-0053", "WT-2021-0061", "WT-2021-0069"]


def said(canal: Played, key: str, on: str) -> dict[str, str]:
    """Unit → what the list says of it."""
    return {canal.here.units.name(each.unit): each.says for each in canal.listed(key, on)}


def step(canal: Played, ledger: str, number: str, done: Step) -> list[str]:
    """What a step is refused for; nothing where it entered."""
    change = Change(f"{ledger}-{number}-{done.verb}-{done.move}-{done.on}", ledger, (done,), number)
    return [problem.says for problem in submit(canal.here.campaign, [change], OPERATOR)[0].problems]


def told(canal: Played, key: str) -> dict[str, list[str]]:
    """Day and minute → who was told of a list."""
    found: dict[str, list[str]] = {}
    rows = Message.objects.filter(campaign=canal.here.campaign, about=f"lists/{key}").order_by("at", "pk")
    for message in rows.select_related("user"):
        found.setdefault(beijing(message.at)[:16], []).append(message.user.username)
    return found


def test_the_survey_is_reported_as_done_with_sixteen_of_sixteen(canal: Played) -> None:  # 001-19
    (report,) = canal.records("stage_reports")
    assert (report.state, report.data["stage"], report.first_on) == ("已报完成", "全面排查", from_iso("2021-10-06"))
    cells, points = canal.rows("cells_walked", "10-05")["合计"], canal.rows("pushed", "10-05")["合计"]
    assert (cells[:2], points[:2]) == (["16", "16"], ["46", "46"])
    assert canal.names("cards_unsigned", "10-06") == []


def test_with_one_point_waiting_the_stage_is_refused_and_the_point_named(canal: Played) -> None:  # 001-19
    (report,) = canal.records("stage_reports")
    day = from_iso("2022-04-14")
    assert step(canal, "stage_reports", report.number, Step("withdraw", day, reason="重新报")) == []
    assert step(canal, "pushed_points", "T41-007", Step("move", day, "重核", reason="坐标有疑问")) == []
    again = Step("create", day, "报排查完成", region="411371002")
    assert step(canal, "stage_reports", "", again) == ["还有推送点位没有现场核实。（推送点位台账：T41-007）"]
    closing = Step("create", day, "报整治完成", region="411371002")
    (refused,) = step(canal, "stage_reports", "", closing)
    assert refused.startswith("还有问题没有销号。（问题台账：WT-2021-")
    assert refused.count("WT-2021-") == 3


def test_the_open_problems_of_one_who_left(canal: Played) -> None:  # 001-20
    assert canal.names("finder_left", "11-19") == []
    assert canal.names("finder_left", "11-20") == OPEN
    assert canal.names("finder_left", "12-31") == OPEN[:2]
    (gone,) = [record for record in canal.records("staff") if record.state == "离岗"]
    assert (gone.number, gone.data["successor"], gone.last_on) == ("RY-005", "RY-031", from_iso("2021-11-20"))
    kept = [record.data["inspector"] for record in canal.records("problems", finder="RY-005")]
    assert kept == [gone.data["name"]] * 9
    assert canal.names("owner_left") == []


def test_each_unit_has_both_heads_and_the_head_in_charge(canal: Played) -> None:  # 001-53
    assert canal.listed("leaders_missing") == []
    (mayor,) = [r for r in canal.records("leaders", role="行政主要负责人") if r.unit == "JD"]
    assert step(canal, "leaders", mayor.number, Step("move", from_iso("2021-12-30"), "离任")) == []
    assert said(canal, "leaders_missing", "12-29") == {}
    assert said(canal, "leaders_missing", "12-30") == {"百里奚街道": "行政主要负责人"}


def test_information_is_asked_after_when_nobody_took_it_in(canal: Played) -> None:  # 001-64
    """Sent on a Saturday: on the list from Sunday on, told on Monday; taken in on Tuesday."""
    number = ["XX-2021-001"]
    assert [canal.names("information_waiting", on) for on in ("10-23", "10-24", "10-25")] == [[], number, number]
    assert canal.names("information_waiting", "10-26") == []
    assert told(canal, "information_waiting")["2021-10-25T09:01"] == ["nsb1", "nsb2"]
    assert "2021-10-24T09:01" not in told(canal, "information_waiting")


def test_units_are_proposed_for_a_circular_by_what_happened(canal: Played) -> None:  # 001-67
    assert said(canal, "circular_reports", "11-24") == {}
    assert said(canal, "circular_reports", "11-25") == {"财政金融局": "2份（2021-11-18迟4小时5分、2021-11-25未报）"}
    (entry,) = canal.listed("circular_reports", "12-31")
    assert [fact.number for fact in entry.facts] == [f"CZ-2021-{on}" for on in ("11-18", "11-25", "12-16", "12-23")]
    overdue = {number for each in canal.listed("circular_overdue") for _, number, _ in each.facts}
    assert all(len(each.facts) >= 3 for each in canal.listed("circular_overdue"))
    assert overdue <= set(canal.names("problems_overdue"))
    # Nothing follows by itself: the one circular was entered by a person, and decided by another.
    assert [record.unit for record in canal.records("circulars")] == ["CZ"]


def test_a_dispute_has_a_clock_of_its_own(canal: Played) -> None:  # 001-U08
    both = ["WT-2021-0048", "WT-2021-0058"]
    assert canal.names("problems_disputed", "11-09") == []
    assert canal.names("problems_disputed", "11-10") == both
    assert [canal.names("rulings_late", on) for on in ("11-15", "11-16", "11-22", "11-23")] == [[], both, both, []]
    assert sorted(told(canal, "rulings_late"))[0] == "2021-11-16T09:01"
    assert set().union(*told(canal, "rulings_late").values()) == {"nsb1", "nsb2"}
    # The problem's own deadline ran on, and was kept.
    assert canal.records("problems", disputed="否")[0].data["due"] == "2021-12-09"
    assert not set(canal.names("problems_overdue", "12-31")) & set(both)


def test_heads_are_told_of_what_is_overdue(canal: Played) -> None:  # 001-53
    heads = set().union(*told(canal, "problems_overdue").values())
    assert heads <= {"jd-fz", "jj-fz", "cz-fz", "zj-fz", "cg-fz", "sh-fz"}
    assert "jd-fz" in heads


def test_three_days_later_both_heads_of_the_unit_are_told_too(canal: Played) -> None:  # 001-53
    first, later = told(canal, "problems_overdue"), told(canal, "problems_overdue_long")
    assert {"jd-sj", "jd-zr"} <= set().union(*later.values()) <= {"jd-sj", "jd-zr", "zj-zy"}
    # Nobody above is told of what the head in charge has not been told of before.
    for when, who in later.items():
        if "jd-sj" in who:
            assert any(before < when and "jd-fz" in heads for before, heads in first.items())
    late = {on: set(canal.names("problems_overdue_long", on)) for on in ("12-13", "12-31")}
    assert all(numbers <= set(canal.names("problems_overdue", on)) for on, numbers in late.items())
