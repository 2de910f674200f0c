"""The other registers of the played groundwater campaign: lists, letters, dues, patrols, people, papers, reports.

Line numbers of the requirements stand in the docstrings; days are of 2022.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from tests.played import Played
from zhuanban.core.day import BEIJING, from_iso, iso
from zhuanban.duty.queries import board
from zhuanban.duty.shown import board_json
from zhuanban.ledger.models import Waiting
from zhuanban.oversight.draws import draw
from zhuanban.oversight.population import find_draw, population

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def test_the_work_list_moves_from_186_to_193(water: Played) -> None:
    """003-26: each change explained."""
    rows = water.rows("list_changes")
    assert rows["合计"] == ["197", "4", "193"]
    assert (rows["水务集团名单"], rows["名单外（镇区名录）"], rows["名单外（查出隐瞒）"]) == (
        ["186", "4", "182"], ["6", "0", "6"], ["5", "0", "5"],
    )  # fmt: skip
    changed = [r for r in water.records("inspection_list") if r.state == "已核减" or r.data["origin"] != "水务集团名单"]
    assert all(r.data["why"] for r in changed)


def test_both_lists_differ_at_24_and_two_maps_at_six(water: Played) -> None:
    """003-22, 56."""
    rows = water.rows("list_differences")
    assert [rows[n][:2] for n in ("水务集团名录", "镇区名录")] == [["15", "15"], ["9", "9"]]
    assert rows["住建局与水务集团图不一致"] == ["6", "0", "0"]
    assert [len(water.names(f"maps_differ_{who}", "10-19")) for who in ("company", "housing")] == [3, 3]
    assert len(water.names("maps_differ_company", "10-20")) == 3 + 14  # the bureau has no map of the new pipes yet


def test_letters_notices_and_agreements(water: Played) -> None:
    """003-38, 47, 65, 67."""
    assert water.rows("commitments")["合计"] == ["663", "631", "95%", "15", "11", "6"]
    notices = water.rows("served_notices")
    assert (notices["整改通知书"][0], notices["封停通知书"][0]) == ("214", "171")
    assert len(water.names("notices_late")) == 9
    assert water.rows("water_supply")["合计"][2:] == ["96", "96"]


def test_dues_of_september(water: Played) -> None:
    """003-54, 60: 388 of 401 lines; outstanding 22 500."""
    row = water.rows("revenue")["合计"]
    assert row[:4] == ["388", "412000", "389500", "22500"]
    assert Waiting.objects.filter(campaign=water.here.campaign, ledger="payments").count() == 13
    known = water.rows("four_lights")["合计"]
    assert (known[5], known[6], known[8], known[9]) == ("388", "360", "388", "371")


def test_exempt_wells_have_a_day_of_review(water: Played) -> None:
    """003-14."""
    assert water.rows("exemptions", "08-10")["合计"] == ["9", "9", "7", "2", "0"]
    assert water.rows("exemptions")["合计"] == ["36", "33", "28", "5", "3"]
    assert all(r.data["review_on"] for r in water.records("exemptions") if r.state == "同意")


def test_patrols(water: Played) -> None:
    """003-71."""
    assert water.rows("patrols")["合计"] == ["412", "3"]
    assert len(water.names("patrols_late")) == 37
    assert len(water.names("patrol_photos")) == 4


def test_the_task_force_lacks_one_in_the_middle_of_august(water: Played) -> None:
    """003-69."""
    rows = water.rows("task_force", "08-15")
    assert (rows["综合执法局"], rows["合计"]) == (["2", "1", "1"], ["7", "6", "1"])
    assert water.rows("task_force")["合计"] == ["7", "7", "0"]


def test_who_came_to_the_meeting_and_who_leads(water: Played) -> None:
    """003-02, 19, 68."""
    assert water.rows("attendance")["合计"] == ["33", "29", "4"]
    group = water.records("leading_group")
    now = [r for r in group if r.state == "在任"]
    assert Counter(r.data["role"] for r in now) == {"组长": 1, "副组长": 1, "成员": 31}
    assert len({r.unit for r in now if r.data["role"] == "成员"}) == 31
    assert [r.data["role"] for r in now if r.data.get("office_head") == "是"] == ["成员"]


def test_stages_and_their_units(water: Played) -> None:
    """003-15, 18, 23, 32, 40."""
    rows = water.rows("stage_units")
    assert {name: tuple(row) for name, row in rows.items() if name != "合计"} == {
        "宣传阶段": ("0", "20"), "动员阶段": ("0", "19"), "督查阶段": ("1", "24"), "整改阶段": ("1", "24"),
        "总结阶段": ("0", "3"),
    }  # fmt: skip
    dates = {s.title: (s.start and iso(s.start), s.end and iso(s.end)) for s in water.here.pack.stages.values()}
    assert dates["动员阶段"] == ("2022-07-15", "2022-07-20")
    assert dates["督查第三阶段（长期）"] == ("2023-01-01", None)
    assert dates["总结阶段"] == (None, None)


def test_fifteen_paragraphs_of_duties(water: Played) -> None:
    """003-75: three departments that no stage names are there too."""
    rows = water.rows("responsibilities")
    assert len(rows) == 16
    assert all(int(row[0]) > 0 for row in rows.values())
    unstaged = {r.data["body"] for r in water.records("responsibilities", in_stage="否")}
    assert unstaged == {"司法局", "自然资源局", "税务局"}
    assert len(water.names("duties_behind")) == 1


def test_publicity_and_the_letter_to_all(water: Played) -> None:
    """003-16, 17, 63."""
    rows = water.rows("publicity")
    assert [rows[n][0] for n in ("微信", "短信", "广播", "电视")] == ["12", "2", "30", "4"]
    assert water.names("publicity_gaps") == []
    assert water.rows("open_letters")["合计"] == ["18600", "17940", "660"]
    assert len([r for r in water.records("publicity") if r.data.get("release")]) == 14


def test_leads(water: Played) -> None:
    """003-U04."""
    assert water.rows("leads")["合计"] == ["19", "19", "19", "7"]


def test_water_levels_have_one_gap(water: Played) -> None:
    """003-55."""
    assert len(water.records("stations")) == 12
    assert water.rows("water_levels")["合计"] == ["71"]
    assert len(water.listed("levels_missing")) == 1


def test_the_company_brought_three_things_and_one_map_waits(water: Played) -> None:
    """003-21."""
    first = [r for r in water.records("deliverables") if r.unit == "SWJT" and r.data["edition"] == 1]
    assert Counter(r.data["what"] for r in first) == {"用水户名录": 1, "管网覆盖分布图": 1, "自备井封闭施工规范": 1}
    assert [r.data["rows"] for r in first if r.data.get("rows")] == [186]
    assert [r.data["frame"] for r in water.records("deliverables") if r.state == "待矢量化"] == ["图片无坐标"]


def test_the_file_of_a_user_has_its_parts(water: Played) -> None:
    """003-U15."""
    spec = water.here.pack.archives["user_file"]
    assert {"检查", "取水许可", "计量设施", "通知书", "承诺书", "供水协议", "税费", "自备井"} <= {
        head.title for head in spec.heads
    }


def test_tasks_papers_and_bulletins(water: Played) -> None:
    """003-01, 03, 44, 51, 53."""
    assert Counter(r.state for r in water.records("tasks")) == {"已办结": 8, "办理中": 1}
    assert len(water.names("tasks_late")) == 1
    assert Counter(r.data["kind"] for r in water.records("papers")) == {
        "本方案": 1, "上级方案": 1, "法律法规": 4, "施工规范": 1,
    }  # fmt: skip
    assert (len(water.records("bulletins")), len(water.records("legal_reviews"))) == (8, 5)
    assert len(water.records("assumptions")) == 13


def test_the_week_of_the_task_force(water: Played) -> None:
    """003-25, 50."""
    week = [r.data for r in water.records("teams") if "2022-08-08" <= r.data["day"] <= "2022-08-12"]
    assert [sum(d[key] for d in week) for key in ("planned", "done", "carried")] == [38, 36, 2]
    (team,) = water.records("teams", day="2022-07-26")
    assert (team.data["head_count"], len(team.data["units"]), len(team.data["absent"])) == (6, 5, 1)


def test_transfers_punishments_and_reconsideration(water: Played) -> None:
    """003-37, 52, 53."""
    assert Counter(r.state for r in water.records("police_cases")) == {"有结果": 2, "已签收": 1}
    assert Counter(r.state for r in water.records("joint_punishments")) == {"已修复": 1, "已入信用": 1}
    assert len(water.names("disputed_seals", "10-08")) == 1
    assert water.names("disputed_seals") == []


def test_what_goes_over_to_daily_supervision(water: Played) -> None:
    """003-U14: 27 kept, 28 exempt, 37 open."""
    sizes = [len(water.names(key, "12-31")) for key in ("kept_now", "exempt_now", "problems_open")]
    assert sizes == [27, 28, 37]


def test_the_look_back_is_that_of_the_published_seed(water: Played) -> None:
    """003-31: 32 of 157."""
    rule = find_draw(water.here, "sealed_draw")
    drawn = draw("地下水回头看20230301", population(water.here, rule, from_iso("2023-03-01")), rule.ratio, rule.round)
    assert [(s.count, len(s.cells)) for s in drawn.strata] == [(157, 32)]
    kept = water.records("look_backs")
    assert [r.data["well"] for r in kept] == list(drawn.cells)
    assert Counter(r.data["result"] for r in kept) == {"完好": 30, "封条破损": 1, "位置不符": 1}
    (broken,) = [r for r in kept if r.data["result"] == "封条破损"]
    assert broken.data["problem"]


def counted(water: Played, duty: str) -> tuple[int, int, int, int]:
    """Owed, on time, late, missing at the end of March."""
    total = board(water.whole, int(datetime(2023, 3, 31, 18, tzinfo=BEIJING).timestamp()), duty).count()
    return total.due, total.on_time, total.late, total.missing


def test_twenty_five_dispatches_and_six_months(water: Played) -> None:
    """003-41, 42: 10-07 is a holiday, and moves to the next working day."""
    at = int(datetime(2023, 3, 31, 18, tzinfo=BEIJING).timestamp())
    weekly = board_json(board(water.whole, at, "weekly_dispatch"))["items"]
    assert len(weekly) == 25
    assert "2022-10-08" in {i["due"][:10] for i in weekly}
    assert len(board_json(board(water.whole, at, "monthly_summary"))["items"]) == 6
    assert "every" in water.here.pack.duties["weekly_dispatch"].assumed


def test_thirty_one_members_report(water: Played) -> None:
    """003-45."""
    assert counted(water, "member_report") == (31, 27, 3, 1)


def test_fifteen_lists_came_in_time_one_of_them_with_nothing(water: Played) -> None:
    """003-20, U12: a zero report is not a missing one."""
    assert counted(water, "rosters") == (17, 15, 2, 0)
    assert water.rows("registers")["午极镇"][0] == "0"
    assert [n for n, row in water.rows("registers").items() if row[0] != "0" and row[1] == "0"] == ["崖子镇"]


def test_what_was_wrong_on_purpose_waits(water: Played) -> None:
    """Odd rows, doubles, wrong codes, a seal before its term, an approved unsealing called a broken seal."""
    waiting = Counter(Waiting.objects.filter(campaign=water.here.campaign).values_list("ledger", flat=True))
    assert waiting["payments"] == 13
    assert waiting["permits"] == 1
    assert waiting["seal_breaks"] == 1
    texts = [str(w.problems) for w in Waiting.objects.filter(campaign=water.here.campaign, ledger="wells")]
    assert sum("没有送达或期限未满" in t for t in texts) == 1
    users = [str(w.problems) for w in Waiting.objects.filter(campaign=water.here.campaign, ledger="users")]
    assert sum("一户只在一个镇区登记" in t for t in users) >= 1


def test_the_final_report_names_the_difference(water: Played) -> None:
    """003-46: two that two members counted."""
    (report,) = water.records("duty_final_report")
    assert (report.data["sealed_ledger"], report.data["sealed_members"]) == (157, 159)
    assert report.data["difference"]
