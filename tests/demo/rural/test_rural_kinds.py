"""The look-back at rural water works, played: by kind, owner, item; coverage, registers and what hangs on them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.played import Played
from zhuanban.core.day import from_iso

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def test_by_kind_owner_and_item_on_25_august(rural: Played) -> None:  # 002-52, 002-53, 002-56, 002-57, 002-U02
    def all_of(table: str) -> dict[str, str]:
        return {name: row[0] for name, row in rural.rows(table, "08-25").items()}

    kinds = all_of("by_kind")
    assert (kinds["立行立改"], kinds["长期"], kinds["合计"]) == ("412", "135", "547")
    assert all_of("by_owner") == {"合计": "547", "村委": "231", "乡镇政府": "196", "待明确": "120"}
    assert all_of("by_item") == {
        "合计": "547", "水源": "38", "设施": "171", "管理人员": "42", "收费": "57", "经费": "49", "制度": "46",
        "水量": "69", "水质": "75",
    }  # fmt: skip


def test_the_ledger_printed_three_ways_has_the_same_sum(rural: Played) -> None:  # 002-85
    for key in ("hung_on", "by_root", "by_key_area", "per_region"):
        assert rural.rows(key, "08-25")["合计"][0] == "547"


def test_no_problem_goes_out_without_an_owner(rural: Played) -> None:  # 002-U02
    assert rural.names("to_be_ruled", "08-25") == []
    assert [r for r in rural.records("problems") if r.state != "待交办" and not r.unit] == []
    ruled = [r for r in rural.records("problems", repaired_by="待明确") if not r.data.get("ruling")]
    assert ruled == []


def test_the_works_by_size_and_who_inspects_them(rural: Played) -> None:  # 002-29 … 002-32, 002-U01
    works = rural.rows("works_coverage", "08-25")["合计"]
    assert works[:5] == ["420", "38", "142", "240", "420"]
    assert works[6:] == ["60", "60"]
    assert len(rural.names("on_the_line", "08-25")) == 6
    assert len(rural.names("idle_works", "08-25")) == 31
    assert len(rural.names("idle_without_duty", "08-25")) == 5


def test_coverage_in_mid_campaign_names_what_is_left(rural: Played) -> None:  # 002-04
    seen, whole = rural.rows("works_coverage", "08-07")["合计"][4], 420
    assert len(rural.names("works_unseen", "08-07")) == whole + 60 - int(seen) - 35
    assert rural.names("works_unseen", "08-25") == []
    assert rural.rows("village_coverage", "08-25")["合计"] == ["160", "160", "100.0%"]


def test_households_of_several_classes_count_once(rural: Played) -> None:  # 002-36, 002-37, 002-U23
    row = rural.rows("household_coverage", "08-19")["合计"]
    assert [row[0], *row[4:7]] == ["6000", "4350", "1180", "1210"]
    assert [len(rural.names("households_absent", on)) for on in ("08-25", "08-31", "10-31")] == [60, 15, 6]


def test_rosters_are_full_in_149_villages(rural: Played) -> None:  # 002-70
    row = rural.rows("network_members", "08-25")["合计"]
    assert (row[0], row[1]) == ("160", "157")
    lacking = {
        role: len(rural.names(f"villages_without_{role}", "08-25"))
        for role in ("town", "committee", "resident", "keeper", "watcher")
    }
    assert lacking == {"town": 3, "committee": 3, "resident": 3, "keeper": 3, "watcher": 11}
    full = 160 - len(set(rural.names("villages_without_watcher", "08-25")))
    assert full == 149


def test_water_is_tested_at_411_of_420(rural: Played) -> None:  # 002-46, 002-K13
    assert rural.rows("water_tests", "08-25")["合计"] == ["420", "411", "6", "397"]
    assert len(rural.names("works_untested", "08-25")) == 9
    assert len(rural.names("tests_unposted", "08-25")) == 14


def test_plans_stores_projects_risks(rural: Played) -> None:  # 002-13, 002-14, 002-65, 002-66, 002-K03
    assert len(rural.records("emergency_plans")) == 52
    assert len([r for r in rural.records("emergency_plans") if r.state == "已演练"]) == 18
    assert len(rural.records("stores")) == 139
    assert rural.rows("project_steps", "08-25")["合计"][:3] == ["96", "310", "274"]
    assert (len(rural.records("risk_points")), len(rural.names("risks_unplanned", "08-25"))) == (24, 2)


def test_one_event_of_the_bottom_line_stays(rural: Played) -> None:  # 002-15
    assert [rural.rows("bottom_line", on)["合计"] for on in ("08-01", "08-02", "10-31")] == [
        ["0", "0", "0"], ["1", "1", "1"], ["1", "1", "2"],
    ]  # fmt: skip


def test_groups_units_and_regions(rural: Played) -> None:  # 002-73
    found = [len(rural.records(ledger)) for ledger in ("guide_groups", "group_units", "group_regions")]
    assert found == [13, 15, 17]
    assert rural.names("groups_without_region", "08-25") == []
    assert set(Counter(r.region for r in rural.records("group_regions")).values()) == {1}


def test_sixty_one_visits_and_one_region_not_for_23_days(rural: Played) -> None:  # 002-74
    last = from_iso("2022-08-25")
    visits = [r for r in rural.records("visits") if r.first_on <= last]
    assert len(visits) == 61
    latest: dict[str, int] = {}
    for visit in visits:
        latest[visit.region] = max(latest.get(visit.region, 0), visit.first_on)
    assert len(latest) == 17
    assert {code: last - on for code, on in latest.items() if last - on >= 21} == {"411328": 23}


def test_both_bodies_visit_68_works_and_disagree_on_some(rural: Played) -> None:  # 002-25
    visits = [r for r in rural.records("visits") if r.first_on > from_iso("2022-08-31")]
    marks: dict[str, dict[str, str]] = {}
    for visit in visits:
        marks.setdefault(visit.data["works"], {})[visit.data["body"]] = visit.data["mark"]
    assert (len(visits), len(marks)) == (136, 68)
    assert all(len(both) == 2 for both in marks.values())
    assert [works for works, both in marks.items() if len(set(both.values())) == 2]


def test_accountability_urging_and_meetings(rural: Played) -> None:  # 002-76 … 002-79
    row = rural.rows("accountability", "08-25")["合计"]
    assert row == ["2", "2", "1", "0"]
    assert (len(rural.records("urges")), len(rural.records("meetings"))) == (6, 9)
    weak = rural.listed("weak", "08-25")
    assert [rural.here.regions.name(x.region) for x in weak] == ["南召县", "淅川县", "桐柏县"]
    assert [len(x.facts) for x in weak] == [3, 4, 3]


def test_every_clause_has_its_place_and_five_papers_are_missing(rural: Played) -> None:  # 002-94, 002-U28
    assert rural.names("clauses_open") == []
    assert len(rural.names("papers_missing")) == 5
    assert len([r for r in rural.records("clauses") if r.data["rests"] == "无量化要求"]) == 2


def test_readiness_of_17_counties(rural: Played) -> None:  # 002-06, 002-12, 002-62
    rows = rural.rows("readiness", "08-25")
    assert {rows[item][0] for item in ("长效排查制度", "限时解决制度", "组织领导", "帮扶政策保持稳定")} == {"17"}
    assert len(rural.names("statements_missing", "08-25")) == 17 - int(rows["帮扶政策保持稳定"][1])
    short = {rural.here.regions.name(x.region) for x in rural.listed("systems_missing", "08-25")}
    assert short == {"内乡县", "桐柏县"}
