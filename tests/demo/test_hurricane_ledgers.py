"""Every ledger of the played campaign, against the figures of the requirements (line numbers stand in the comments).

The campaign is played once for this module, inside a transaction that is taken back; so is what each test writes on
top of it. Days are of 2023.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from tests.draw import drawn, xlsx
from tests.played import DISTRICTS, LAST, Played, day
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.search import Filter, find
from zhuanban.oversight.draws import draw
from zhuanban.people.models import AccessLog
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import import_files
from zhuanban.sheets.export import csv_pieces
from zhuanban.sheets.out import ledger_columns, ledger_rows
from zhuanban.tally.lists import find_list
from zhuanban.tally.seen import seen_list

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def test_no_ledger_of_the_pack_is_empty_and_four_cards_wait(played: Played) -> None:
    full = set(Record.objects.filter(campaign=played.here.campaign).values_list("ledger", flat=True))
    assert full == set(played.here.pack.ledgers)
    assert list(Waiting.objects.values_list("ledger", flat=True)) == ["cards"] * 4


def test_the_demo_names_no_telephone_but_those_of_nobody(played: Played) -> None:
    for record in Record.objects.filter(campaign=played.here.campaign).exclude(ledger="leads"):
        fields = played.here.pack.ledgers[record.ledger].fields
        assert not [k for k, f in fields.items() if f.personal == "phone" and record.data.get(k)]


# -- Organisation (000-01 to 08)


def test_the_water_group_reports_and_attends_and_is_in_no_printed_table(played: Played) -> None:
    group = played.here.units.subtree("SW", day(LAST))
    for ledger in ("attendance", "meeting_reports", "suggestions", "hints", "meetings", "members"):
        assert group & {r.unit for r in played.records(ledger)}, ledger
    for key in ("lead_handling", "readiness", "sealed_recheck"):
        assert not {"水务集团", "天润水务", "龙升水务"} & set(played.rows(key))


def test_four_districts_and_four_members_get_the_bulletin(played: Played) -> None:
    """000-04, 59, 60: 4 + 4 receivers below, 3 posts above, each with its person of the day."""
    members = [r.unit for r in played.records("members") if r.number in played.names("members_now")]
    assert members == ["SJ01", "SJ02", "SJ03", "SW"]
    top = [r.data["post"] for r in played.records("officers") if r.unit == "LX"]
    assert top == ["组长", "副组长", "执行副组长"]
    leaders = [r.unit for r in played.records("officers", post="封停办分管领导")]
    assert leaders == ["Q100", "Q200", "Q300", "Q400"]


def test_both_lists_of_readiness_say_what_is_missing(played: Played) -> None:
    """000-05: 4 districts printed, 9 streets of 卧龙区 apart from them."""
    assert list(played.rows("readiness")) == list(DISTRICTS)
    assert played.rows("street_readiness")["卧龙区"][0] == "9"
    assert played.names("streets_not_reported") == ["创业街道"]
    short = {r.number: r.data.get("missing") for r in played.records("street_readiness") if r.state == "未齐"}
    assert set(played.names("streets_short")) == set(short)
    assert all(short.values())


def test_a_street_without_full_time_person_from_the_day_he_leaves(played: Played) -> None:
    """000-06"""
    node = DISTRICTS["卧龙区"]
    lists = [played.names("streets_without_full_time", on, node) for on in ("12-06", "12-07")]
    assert lists == [[], ["七一街道"]]
    assert played.names("streets_without_full_time", LAST, DISTRICTS["城乡一体化示范区"]) == ["新店乡"]
    assert played.names("districts_without_full_time") == []


def test_nine_teams_for_nine_streets(played: Played) -> None:
    """000-08"""
    assert played.rows("team_coverage")["卧龙区"] == ["9", "9", "100%"]
    teams = played.records("publicity_teams")
    assert all(r.data["members"] >= 5 and r.data["leader"] for r in teams)
    assert len(played.names("streets_without_team")) == 24 - 9


# -- Inspection (000-09 to 29)


def test_cell_cards_ledger_and_export_agree(played: Played) -> None:
    """000-12: one file and one ledger for each cell; the export has a line for each card."""
    seen = Viewer(played.here, OPERATOR)
    ledger = played.here.pack.ledgers["cards"]
    for code in sorted({r.region for r in played.records("cards")}):
        cards = find(seen, ledger, Filter(region=code))
        text = b"".join(csv_pieces(ledger_columns(played.here, ledger), ledger_rows(seen, ledger, cards)))
        lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        printed = next(iter(played.rows("card_summary", LAST, code).values()))[0]
        assert int(printed) == cards.count() == len(lines) - 1
        assert len([r for r in played.records("cells") if r.region == code]) == 1


def test_cards_by_day_kind_and_recheck(played: Played) -> None:
    """000-18, 24 and section 3: 20, 45, 55 cards in 30 cells, 7 kinds, 28 households with 31 wells."""
    sums = [int(played.rows("card_summary", on)["合计"][0]) for on in ("12-05", "12-06", "12-07", "12-08")]
    assert sums == [0, 20, 65, 120]
    assert len({r.region for r in played.records("cards")}) == 30
    kinds = {k: int(row[0]) for k, row in played.rows("cards_by_kind").items()}
    assert kinds == {
        "城中村": 30, "企事业单位": 18, "商户": 34, "居民小区": 22, "公厕": 8, "绿化": 5, "其他": 3, "合计": 120,
    }  # fmt: skip
    assert played.rows("card_summary")["合计"] == ["120", "28", "92", "31", "40", "33%"]
    assert played.rows("recheck_progress")["合计"][3:] == ["40", "0", "80", "33%"]


@pytest.mark.parametrize("on", ["12-05", "12-06", "12-07", "12-08"])
def test_summary_ledgers_add_up_at_every_level(played: Played, on: str) -> None:
    """000-13"""
    tree, root = played.here.regions, played.here.regions.root
    for node in [
        c for c in tree.nodes if 0 <= tree.level(c, day(on)) <= 3 and (c == root or c.startswith("411303001"))
    ]:
        rows = played.rows("card_summary", on, node)
        total = rows.pop("合计")
        for column in range(5):
            assert sum(int(r[column]) for r in rows.values()) == int(total[column])


def test_every_cell_has_two_people_and_open_cards_can_be_handed_over(played: Played) -> None:
    """000-16"""
    cells = played.records("cells")
    assert len(cells) == 288
    assert all(r.data["inspector"] != r.data["rechecker"] for r in cells)
    assert played.names("cells_without_file") == played.names("cells_without_people") == []
    leaver = "卧龙区网格员005"
    ledger = played.here.pack.ledgers["cards"]
    rows = find(Viewer(played.here, OPERATOR), ledger, Filter(text=leaver, states=("已排查", "待补查")))
    mine = [r for r in played.records("cards", inspector=leaver) if r.state == "已排查"]
    assert [r.number for r in rows] == [r.number for r in mine]
    assert mine


def test_filings_of_four_districts(played: Played) -> None:
    """000-15: 4 × 4, each filed one with file and version; what is missing has no date, so it is not overdue."""
    assert {k: row[:4] for k, row in played.rows("filings").items() if k in DISTRICTS} == {
        "卧龙区": ["1", "1", "1", "1"],
        "宛城区": ["1", "1", "1", "0"],
        "高新区": ["1", "1", "0", "0"],
        "城乡一体化示范区": ["1", "1", "1", "0"],
    }
    filed = [r for r in played.records("filings") if r.state == "已报备"]
    assert all(r.data["version"] and r.data["file"] for r in filed)
    missing = [r for r in played.records("filings") if r.number in played.names("filings_missing")]
    assert len(missing) == 4
    assert not [r for r in missing if r.data.get("due")]


def test_the_draws_can_be_repeated(played: Played) -> None:
    """000-19: 6 + 5 + 2 + 3 and 11 + 10 + 4 + 5 cells, those of the published seeds."""
    tree = played.here.regions
    cells = {
        d: sorted(c for c in tree.subtree(d, day(LAST)) if tree.level(c, day(LAST)) == 4) for d in DISTRICTS.values()
    }
    assert [len(cells[d]) for d in DISTRICTS.values()] == [108, 96, 36, 48]
    for key, title, sizes in (("city_draw", "市级抽查", [6, 5, 2, 3]), ("district_draw", "区级抽查", [11, 10, 4, 5])):
        kept = played.records("draw_checks", draw=title)
        (seed,) = {r.data["seed"] for r in kept}
        rule = played.here.pack.draws[key]
        again = draw(seed, cells, rule.ratio, rule.round)
        assert {r.region for r in kept} == set(again.cells)
        assert [len([r for r in kept if r.region.startswith(d)]) for d in DISTRICTS.values()] == sizes
    assert len(played.names("draws_waiting")) == 46
    assert played.rows("draw_progress")["合计"][::3] == ["16", "30"]


@pytest.mark.parametrize("on", ["11-23", "11-24", "12-05", "12-06", "12-07", "12-08"])
def test_baseline_adds_up_and_unknown_links_to_its_households(played: Played, on: str) -> None:
    """000-21"""
    for name, row in played.rows("baseline", on).items():
        known, inspected, with_well, without, unknown = map(int, row[:5])
        assert (known, inspected) == (inspected + unknown, with_well + without)
        if on >= "11-24":
            assert len(played.listed("users_unknown", on, DISTRICTS.get(name, ""))) == unknown
    if on == LAST:
        assert played.rows("baseline", on)["合计"][:5] == ["1440", "120", "28", "92", "1320"]


def test_cells_and_users_without_card(played: Played) -> None:
    """000-22"""
    assert len(played.names("cells_without_card")) == 288 - 30
    assert len(played.names("cells_without_card", LAST, DISTRICTS["卧龙区"])) == 108 - 12
    assert len(played.names("users_unknown")) == 1440 - 120


def test_hints_before_the_cards_count_as_none(played: Played) -> None:
    """000-23: hints of 11-28 on; no card before 12-06."""
    hints = played.records("hints")
    assert min(r.first_on for r in hints) == day("11-28")
    assert len(hints) == 8 + 13
    assert played.rows("card_summary", "12-05")["合计"][0] == "0"
    proved = [r for r in hints if r.state == "属实"]
    assert all(r.data["card"].startswith(f"PC-{r.region}") for r in proved)
    assert sorted(played.names("hints_waiting")) == sorted(r.number for r in hints if r.state == "待核实")


def test_samples_without_result_wait(played: Played) -> None:
    """000-25"""
    waiting = [r.number for r in played.records("samples") if not r.data.get("result")]
    assert played.names("samples_waiting") == waiting
    assert played.rows("samples")["合计"] == ["18", "14", "14", "4"]
    judged = {r.number: r.data["has_well"] for r in played.records("cards")}
    assert {judged[r.data["card"]] for r in played.records("samples", result="疑似自备水源")} == {"是"}


def test_suggestions_tell_their_fate(played: Played) -> None:
    """000-26"""
    fates = {r.number: (r.state, r.data.get("decided_by")) for r in played.records("suggestions")}
    assert fates == {
        "JY-2023-001": ("已采纳", "演示主任丁"),
        "JY-2023-002": ("已提出", None),
        "JY-2023-003": ("未采纳", "演示主任丁"),
    }


def test_wells_of_cards_leads_and_permits(played: Played) -> None:
    """000-28, 29: every sealed well has photo, date and two people; a kept one approval and end."""
    assert {k: row[0] for k, row in played.rows("wells_outcome").items()}["合计"] == str(31 + 19 + 3)
    sealed = [r for r in played.records("wells") if r.state == "已封停"]
    assert len(sealed) == 13
    for record in sealed:
        assert record.data["seal_photo"]
        assert record.data["sealed_by"] != record.data["seal_checked_by"]
        assert (record.data["legality"], bool(record.data["legality_reason"])) == ("违法", True)
    kept = [r for r in played.records("wells") if r.state == "已保留"]
    assert len(kept) == 3
    assert all(r.data["permit_no"] and r.data["keep_approval"] and r.data["legality"] == "合法" for r in kept)
    assert played.names("wells_keep_expired", "12-05") == []
    assert played.names("wells_keep_expired") == [r.number for r in kept if r.data["keep_until"] == "2023-12-05"]
    by_card = Counter(r.data["card"] for r in played.records("wells") if r.data.get("card"))
    assert by_card == {r.number: r.data["wells"] for r in played.records("cards", has_well="是")}
    assert (len(by_card), by_card.total()) == (28, 31)


def test_one_well_in_two_files_is_one(played: Played, tmp_path: Path) -> None:
    """Also where the second says more; a household whose wells nothing tells apart must say which."""
    cell = next(r for r in played.records("wells") if r.data["user"].endswith("备用水源")).region
    before = len(played.records("wells"))
    text = "用水户 | 位置 | 所在网格 | 井深\n甲户 | 某路1号 | {} | {}"
    told = []
    for name, depth in (("wells_a", "#80.5"), ("wells_b", "80.5米"), ("wells_c", "#81")):
        path = tmp_path / f"{name}.xlsx"
        xlsx(path, drawn(text.format(cell, depth)))
        report = import_files(played.here, "wells", [path], OPERATOR, on=day(LAST))
        told.append([report.total(x) for x in ("new", "unchanged", "changed", "waiting")])
    assert told == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert [r.data["depth"] for r in played.records("wells", user="甲户")] == [81]

    xlsx(path, drawn(f"井编号 | {text.format(cell, '#60')}".replace("甲户 |", "另1 | 甲户 |")))
    assert import_files(played.here, "wells", [path], OPERATOR, on=day(LAST)).total("new") == 1
    xlsx(path, drawn(text.format(cell, "#70")))
    report = import_files(played.here, "wells", [path], OPERATOR, on=day(LAST))
    assert [p.code for p in report.problems] == ["sheets-038"]
    assert len(played.records("wells")) == before + 2


def test_look_back_and_water_of_sealed_wells(played: Played) -> None:
    """000-I14, I19"""
    sealed = [r for r in played.records("wells") if r.state == "已封停"]
    assert all(r.data["look_back_due"] > "2023-12-08" for r in sealed)
    assert played.names("wells_look_back_missed") == []
    dry = [r.number for r in sealed if not r.data.get("meter")]
    assert played.names("wells_sealed_without_water") == dry
    assert len(dry) == 4


# -- Rules and meetings (000-30 to 39)


def test_nine_rules_final_one_issued(played: Played) -> None:
    """000-30, 31: drafted, final, issued, final only."""
    assert played.rows("rules_register", "12-04")["合计"] == ["9", "0", "0", "0"]
    assert {k: r[1] for k, r in played.rows("rules_register", "12-05").items()} == {
        "制度": "6",
        "办法": "3",
        "合计": "9",
    }
    assert played.rows("rules_register", "12-05")["合计"] == ["9", "9", "0", "9"]
    assert played.rows("rules_register")["合计"] == ["9", "9", "1", "8"]
    assert len(played.names("rules_final_only")) == 8
    assert {r.data["meeting"] for r in played.records("rules")} == {"HY-2023-003"}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("《“飓风”行动排查办法》", "GZ-08"),
        ("《“飓风”行动自备井排查办法》", "GZ-08"),
        ("《“飓风”行动追责问责办法》", "GZ-09"),
        ("《南阳市中心城区自备井管理专项整治“飓风”行动追责问责办法》", "GZ-09"),
    ],
)
def test_a_rule_opens_from_each_of_its_names(played: Played, name: str, number: str) -> None:
    """000-32"""
    found = find(Viewer(played.here, OPERATOR), played.here.pack.ledgers["rules"], Filter(text=name))
    assert [r.number for r in found] == [number]
    assert found[0].data["basis"] == "《南阳市中心城区自备井管理专项整治“飓风”行动实施方案》"


def test_two_rules_explained_in_one_district(played: Played) -> None:
    """000-32"""
    told = [(r.data["rule"], r.unit, r.first_on, r.data["attendance"]) for r in played.records("explanations")]
    assert told == [("GZ-08", "Q1", day("12-06"), 46), ("GZ-09", "Q1", day("12-06"), 46)]
    open_ = [(x.number, played.here.regions.name(x.region)) for x in played.listed("districts_without_explanation")]
    rest = [d for d in DISTRICTS if d != "卧龙区"]
    assert open_ == [*(("GZ-07", d) for d in DISTRICTS), *(("GZ-08", d) for d in rest), *(("GZ-09", d) for d in rest)]
    assert len(played.listed("districts_without_explanation", "12-05")) == 12


def test_five_points_link_to_their_checklists(played: Played) -> None:
    """000-33"""
    points = played.records("rule_requirements")
    titles = [r.data["title"] for r in points]
    assert titles == ["实行网格化排查", "建立排查台账", "落实排查责任", "严格验收", "强化督导问责"]
    pack = played.here.pack
    known = {x.title for x in (*pack.tables.values(), *pack.lists.values())}
    assert {r.data["checklist"] for r in points} <= known
    assert {r.data["requirement"] for r in played.records("tasks") if r.data.get("requirement")} == {
        r.number for r in points
    }


def test_accountability_is_seen_by_others_once_decided(played: Played) -> None:
    """000-34"""
    ledger = played.here.pack.ledgers["accountability"]
    numbers = {
        login: sorted(r.number for r in played.viewer(login).records(ledger))
        for login in ("shiban", "shifan", "wancheng")
    }
    assert numbers == {"shiban": ["WZ-2023-001", "WZ-2023-002"], "shifan": ["WZ-2023-001"], "wancheng": []}
    assert played.records("accountability")[0].data["clause"]
    assert len(played.names("supervision_open")) == 3


def test_five_meetings(played: Played) -> None:
    """000-35, 37, 38"""
    told = [
        (r.first_on - day("11-28"), r.unit, r.data["series"], r.data.get("session")) for r in played.records("meetings")
    ]
    assert told == [
        (0, "SW", "推进会", None),
        (6, "LX01", "周工作例会", None),
        (7, "LX01", "主任办公会议", None),
        (8, "Q1", "推进会", 5),
        (10, "LX01", "周工作例会", None),
    ]
    before, after = (played.rows("meetings_by_series", on) for on in ("12-03", "12-10"))
    week = {k: int(after[k][0]) - int(before[k][0]) for k in before}
    assert (week["周工作例会"], week["主任办公会议"]) == (2, 1)
    board = played.records("meetings", series="主任办公会议")[0]
    assert (board.data["chair_post"], len(board.data["rules"])) == ("主任", 9)


def test_attendance_names_who_was_absent(played: Played) -> None:
    """000-35: 4 districts, 3 bureaus and the water group came on 12-04; one street did not on 12-06."""
    invited = [r for r in played.records("attendance") if r.data["meeting"] == "HY-2023-002"]
    assert sorted(r.unit for r in invited) == ["Q100", "Q200", "Q300", "Q400", "SJ01", "SJ02", "SJ03", "SW"]
    assert {r.state for r in invited} == {"到会"}
    board = {(r.unit, r.data["post"]) for r in played.records("attendance", meeting="HY-2023-003")}
    assert board == {("LX01", "副主任"), ("SJ03", "分管领导"), ("SJ02", "分管领导")}
    absent = [r for r in played.records("attendance") if r.number in played.names("attendance_absent")]
    assert [(played.here.units.name(r.unit), r.data["meeting"]) for r in absent] == [("光武街道办事处", "HY-2023-004")]


def test_twelve_requirements_answered_in_the_next_report(played: Played) -> None:
    """000-36"""
    asked = played.records("tasks", meeting="HY-2023-002")
    assert Counter(r.unit for r in asked) == {"Q1": 3, "Q2": 3, "Q3": 3, "Q4": 3}
    answered = [r for r in asked if r.data.get("answered_in")]
    assert len(answered) == 10
    reports = {r.number: r for r in played.records("meeting_reports", meeting="HY-2023-005")}
    assert all(reports[r.data["answered_in"]].unit == r.unit for r in answered)
    assert played.names("tasks_overdue") == []  # none has a date: they stay open, and are never overdue
    assert len(played.names("tasks_open")) == 20
    assert [r.data["week_start"] for r in played.records("weekly_duties")] == ["2023-12-04", "2023-12-11", "2023-12-18"]
    assert [played.names("weeks_missed", on) for on in ("12-17", "12-18")] == [[], ["MZ-2023-002"]]


def test_reports_before_both_meetings(played: Played) -> None:
    """000-39, I16"""
    parts = ("publicity_work", "inspection_plan", "issues", "next_steps")
    first = played.records("meeting_reports", meeting="HY-2023-002")
    second = played.records("meeting_reports", meeting="HY-2023-005")
    assert len(first) == len(second) == 8
    assert all(all(r.data.get(p) for p in parts) and "week_focus" not in r.data for r in first)
    assert all("week_focus" in r.data and "issues" not in r.data for r in second)
    assert played.rows("meeting_reports")["合计"] == ["0", "16", "16"]
    assert played.names("reports_missing") == []


# -- Publicity (000-40 to 42)


def test_publicity_items_open_their_photos(played: Played) -> None:
    """000-40"""
    rows = {k: row[:4] for k, row in played.rows("publicity_forms").items()}
    assert rows["卧龙区"] == ["90", "45", "9", "36"]
    others = [[int(v) for v in rows[d]] for d in DISTRICTS if d != "卧龙区"]
    assert [sum(column) for column in zip(*others, strict=True)] == [75, 30, 15, 30]
    streets = played.rows("publicity_forms", LAST, DISTRICTS["卧龙区"])
    assert {tuple(row[:4]) for name, row in streets.items() if name != "合计"} == {("10", "5", "1", "4")}
    records = played.behind("publicity_forms", "卧龙区", "张贴通告")
    assert sum(b.n for b in records) == 90
    assert all(b.now.data["photo"] for b in records)


def test_reach_of_publicity_by_community(played: Played) -> None:
    """000-41: communities, reached, not reached, reach."""
    assert played.rows("publicity_reach") == {
        "合计": ["72", "57", "15", "79%"],
        "卧龙区": ["27", "27", "0", "100%"],
        "宛城区": ["24", "16", "8", "66%"],
        "高新区": ["9", "6", "3", "66%"],
        "城乡一体化示范区": ["12", "8", "4", "66%"],
    }
    assert len(played.names("communities_without_publicity")) == 15
    assert sum(b.n for b in played.behind("publicity_reach", "宛城区", "reached")) == 16


# -- Leads (000-43 to 47)


def test_own_leads_and_refused_ones_are_beside_the_table(played: Played) -> None:
    """000-43, I06"""
    assert played.rows("lead_sources")["卧龙区"] == ["16", "2", "18", "6", "1", "0"]
    assert played.rows("lead_sources")["合计"] == ["52", "3", "55", "20", "2", "0"]


def test_valid_is_neither_part_nor_successor_of_closed(played: Played) -> None:
    """000-46: of 22 closed 4 are valid, of 2 open ones one."""
    mine = [r for r in played.records("leads", source="市级移交") if r.region == DISTRICTS["宛城区"]]
    told = Counter((r.state, r.data.get("valid")) for r in mine if r.state in {"已办结", "已交办"})
    assert told == {("已办结", "是"): 4, ("已办结", "否"): 18, ("已交办", "是"): 1, ("已交办", None): 1}
    open_ = played.records("leads", source="市级移交")
    listed = set(played.names("leads_open", LAST, DISTRICTS["宛城区"]))
    assert len(listed & {r.number for r in open_}) == 2  # 000-I03


def test_leads_and_wells_many_to_many(played: Played) -> None:
    """000-47, I05: 7 leads and 7 wells of 卧龙区, two leads for one well, two wells of one lead; 5 sealed."""
    wells = [r for r in played.records("wells") if r.region.startswith("411303") and r.data.get("leads")]
    named = Counter(n for r in wells for n in r.data["leads"])
    assert (len(wells), len(named)) == (7, 7)
    assert sorted(len(r.data["leads"]) for r in wells) == [1] * 6 + [2]
    assert sorted(named.values()) == [1] * 6 + [2]
    assert {n for n in named} == {r.number for r in played.records("leads", valid="是") if r.region == "411303"}
    assert {k: row[:2] for k, row in played.rows("lead_wells").items()} == {
        "合计": ["19", "13"],
        "卧龙区": ["7", "5"],
        "宛城区": ["5", "3"],
        "高新区": ["1", "1"],
        "城乡一体化示范区": ["6", "4"],
    }
    fridays = ["10-27", "11-03", "11-10", "11-17", "11-24", "12-01", "12-08"]
    assert [played.rows("lead_wells", on)["卧龙区"][1] for on in fridays] == ["0", "0", "0", "1", "2", "4", "5"]
    old = {r.number for r in played.records("sealed_wells")}
    assert (len(old), old & {r.number for r in wells}) == (840, set())


def test_figures_of_the_wolong_article(played: Played) -> None:
    """000-58: 16 leads, 7 valid, 5 wells sealed, 9 teams."""
    leads = played.rows("lead_handling")["卧龙区"]
    found = leads[0], leads[4], played.rows("lead_wells")["卧龙区"][1], played.rows("team_coverage")["卧龙区"][1]
    assert found == ("16", "7", "5", "9")


# -- Readiness (000-49, 50)


def test_money_in_place_and_waiting(played: Played) -> None:
    numbers = played.rows("readiness_numbers")
    assert numbers["合计"] == ["24", "24", "6", "4", "6", "4", "26.00", "11.56", "37.56"]
    assert [numbers[d][0] for d in DISTRICTS] == ["5", "6", "3", "10"]
    assert [numbers[d][2] for d in DISTRICTS] == ["1", "2", "1", "2"]
    assert [numbers[d][4] for d in DISTRICTS] == ["2", "1", "1", "2"]
    assert played.rows("readiness")["宛城区"][3] == "11万元"
    assert played.names("readiness_funds_waiting") == ["QS-411303-01"]
    assert played.rows("readiness", "12-01")["卧龙区"][::3] == ["抽调5人，到位3人", ""]


# -- Wells sealed since 2018 (000-51 to 55)


def test_sealed_wells_imported_twice(played: Played) -> None:
    """000-51"""
    folder = settings.ZHUANBAN_HOME / "demo" / "hurricane" / "sheets"
    before = Event.objects.count()
    sheets = sorted(folder.glob("2023-11-04_*_sealed_wells.*"))
    report = import_files(played.here, "sealed_wells", sheets, OPERATOR, on=day("11-04"))
    assert (report.total("rows"), report.total("already"), report.total("new")) == (840, 840, 0)
    assert Event.objects.count() == before
    numbers = [r.number for r in played.records("sealed_wells")]
    assert len(set(numbers)) == 840
    assert {r.data["seal_date"][:4] for r in played.records("sealed_wells")} == {str(y) for y in range(2018, 2024)}


def test_what_is_not_yet_rechecked(played: Played) -> None:
    """000-55: 105 of 840; 8 found running again, each a problem with its old number."""
    waiting = {r.number: r.unit for r in played.records("sealed_wells") if r.state == "待复核"}
    assert played.names("sealed_waiting") == sorted(waiting)
    assert Counter(waiting.values()) == {"Q1": 64, "Q2": 1, "Q3": 6, "Q4": 34}
    running = [r.number for r in played.records("sealed_wells", found="重新启用")]
    assert played.names("sealed_reopened") == running
    problems = played.records("problems")
    assert sorted(r.data["sealed_well"] for r in problems) == running
    assert Counter(r.unit for r in problems) == {"Q1": 3, "Q2": 2, "Q3": 1, "Q4": 2}
    assert played.rows("sealed_found")["合计"] == ["840", "727", "8", "0", "735", "105"]


def test_bureau_wells_lie_in_districts_and_count_for_their_bureau(played: Played) -> None:
    """000-54"""
    bureaus = [r for r in played.records("sealed_wells") if r.unit in {"SJ01", "SJ02"}]
    assert Counter(r.unit for r in bureaus) == {"SJ01": 44, "SJ02": 60}
    assert {r.region[:6] for r in bureaus} <= set(DISTRICTS.values())
    tasks = [int(row[0]) for row in played.rows("sealed_recheck").values()]
    assert (tasks, sum(tasks[1:])) == ([840, 44, 246, 214, 150, 126, 60], 840)


def test_a_well_moved_to_the_bureau_on_the_day_after(played: Played) -> None:
    """000-I13: 12-08 stays 246 and 44, 12-09 gives 245 and 45."""
    step = Step("transfer", day("12-09"), unit="SJ01", reason="产权属市水利局")
    (outcome,) = submit(played.here.campaign, [Change("hand-over", "sealed_wells", (step,), "F-411303-200")], OPERATOR)
    assert outcome.status == "entered"
    told = [
        [played.rows("sealed_recheck", on)[n][0] for n in ("卧龙区", "市水利局", "合计")] for on in ("12-08", "12-09")
    ]
    assert told == [["246", "44", "840"], ["245", "45", "840"]]


# -- Implied but unsaid


def test_difference_of_two_fridays_names_the_records(played: Played) -> None:
    """000-I08: 7 leads taken, 101 wells re-checked between 12-01 and 12-08."""
    for key, column, more in (("lead_handling", "受理（件）", 7), ("sealed_recheck", "已复核（井眼数）", 101)):
        now, then = ({b.number for b in played.behind(key, "合计", column, on)} for on in ("12-08", "12-01"))
        assert (len(now - then), then - now) == (more, set())


def test_reporter_is_masked_everywhere(played: Played) -> None:
    """000-I01: no name and no phone in a district's list, history, export and search; each look is logged."""
    ledger = played.here.pack.ledgers["leads"]
    told = [r for r in played.records("leads") if r.data.get("reporter_name")]
    assert (len(told), len(played.records("leads", anonymous="是"))) == (32, 20)
    secrets = {str(r.data[k]) for r in told for k in ("reporter_name", "reporter_phone")}
    for login in ("wolong", "shiban", "shenji", "jubao"):
        seen = played.viewer(login)
        rows = seen.records(ledger).order_by("number")
        export = b"".join(csv_pieces(ledger_columns(played.here, ledger), ledger_rows(seen, ledger, rows))).decode()
        shown = json.dumps(
            [seen.show_all(ledger, list(rows)), seen.history(ledger, "XS-2023-411303-002")], ensure_ascii=False
        )
        assert not [s for s in secrets if s in export + shown]
        assert not find(seen, ledger, Filter(text=str(told[0].data["reporter_phone"]))).exists()
    before = AccessLog.objects.filter(what="reveal").count()
    with pytest.raises(Refused):
        played.viewer("wolong").reveal(ledger, "XS-2023-411303-002", "reporter_phone", "核实")
    phone = played.viewer("jubao").reveal(ledger, "XS-2023-411303-002", "reporter_phone", "核实")
    assert str(phone).startswith("1990000")
    assert AccessLog.objects.filter(what="reveal").count() == before + 1


def test_a_lead_of_another_district_reads_like_absent(played: Played) -> None:
    """000-I09"""
    ledger = played.here.pack.ledgers["leads"]
    said = []
    for number in ("XS-2023-411303-001", "XS-2023-411303-999"):
        with pytest.raises(Refused) as refused:
            played.viewer("gaoxin").record(ledger, number)
        said.append([(p.code, p.says) for p in refused.value.problems])
    assert said[0] == said[1]
    assert {r.region for r in played.viewer("gaoxin").records(ledger)} == {"411371"}
    assert {r.unit for r in played.viewer("shuili").records(played.here.pack.ledgers["sealed_wells"])} == {"SJ01"}


def test_lists_of_what_lacks_a_record_keep_to_the_scope(played: Played) -> None:
    """000-I09, 21: a district sees its own unknown households, the city all, an inspector no rules register."""
    unknown = find_list(played.here, "users_unknown")
    seen = {
        login: len(seen_list(played.viewer(login), unknown, "", day(LAST))) for login in ("shiban", "wolong", "gaoxin")
    }
    assert seen == {"shiban": 1320, "wolong": 492, "gaoxin": 166}
    unread = find_list(played.here, "districts_without_explanation")
    assert len(seen_list(played.viewer("shiban"), unread, "", day(LAST))) == 10
    assert seen_list(played.viewer("wolong-wg"), unread, "", day(LAST)) == []
