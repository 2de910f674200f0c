"""The registers of the played canal campaign, line by line: papers, units, meetings, money and people.

Line numbers of the requirements stand in the docstrings; days are of 2021 unless they name a year. The weeks, the forms
and the figures of problems are in `test_canal.py`, duties in `test_canal_duties.py`.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.played import Played
from zhuanban.archive.contents import of_record, of_region
from zhuanban.core.problem import Refused
from zhuanban.people.models import AccessLog

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

STREET = "百里奚街道"
DEPARTMENTS = ["经济发展局", "财政金融局", "住房建设和生态环境局", "城市管理和综合执法局", "社会事业局"]
SIX = [STREET, *DEPARTMENTS]


@pytest.fixture
def next_year(canal: Played) -> Played:
    return Played(canal.here, 2022, "04-15")


def by_unit(canal: Played, ledger: str, **said: object) -> Counter[str]:
    """How many such records each unit has, by short name."""
    return Counter(canal.here.units.nodes[r.unit].short for r in canal.records(ledger, **said))


# -- Papers and goals


def test_the_plan_has_the_day_of_its_notice_and_the_day_it_was_printed(canal: Played) -> None:
    """001-01."""
    (plan,) = canal.records("papers", kind="本方案")
    assert plan.number == "宛开办〔2021〕15号"
    assert [plan.data[key] for key in ("issuer", "signed_on", "printed_on", "addressees")] == [
        "南阳高新区综合办公室", "2021-09-02", "2021-09-09", "百里奚街道、区直相关部门",
    ]  # fmt: skip
    assert canal.here.pack.issued == canal.day("09-02")


def test_every_duty_and_every_form_names_its_clause(canal: Played) -> None:
    """001-01."""
    pack = canal.here.pack
    named = [duty.source for duty in pack.duties.values()] + [form.source for form in pack.forms.values()]
    assert all(re.match(r"方案[一二三四五]（[一二三四五]）", source) for source in named)
    assert {pack.duties[key].source for key in ("weekly_survey", "weekly_supervision", "weekly_progress")} == {
        "方案四（三）3"
    }


def test_the_basis_is_one_plan_from_above_two_laws_and_two_standards(canal: Played) -> None:
    """001-03, 05: the source prints one bracket too many before ﹝2021﹞."""
    (above,) = canal.records("papers", kind="上级方案")
    assert (above.number, above.data["signed_on"]) == ("宛政办明电〔2021〕44号", "2021-08-31")
    kinds = Counter(r.data["kind"] for r in canal.records("papers"))
    assert (kinds["法律"] + kinds["地方性法规"], kinds["标准"]) == (2, 2)


def test_a_facility_names_the_standard_by_which_it_is_judged(canal: Played) -> None:
    """001-05."""
    named = {(r.data["kind"], r.data["standard"]) for r in canal.records("facilities")}
    assert named == {
        ("界桩", "HJ/T433-2008"),
        ("警示牌", "HJ/T433-2008"),
        ("宣传牌", "HJ/T433-2008"),
        ("隔离防护设施", "HJ773-2015"),
    }


# -- Units get ready


def test_a_unit_is_ready_when_all_six_items_are_and_not_before(canal: Played) -> None:
    """001-13."""
    assert canal.rows("readiness", "09-30") == {unit: ["6", "5" if unit == "财政金融局" else "6"] for unit in SIX}
    assert canal.names("readiness_short", "09-30") == ["DY-17"]
    assert canal.rows("readiness", "10-20") == {unit: ["6", "6"] for unit in SIX}
    assert all(r.data["words"] and r.data["dated"] for r in canal.records("readiness"))


def test_every_unit_has_a_task_force_by_a_paper_and_money_or_an_answer_about_it(canal: Played) -> None:
    """001-54: allotted nought is not the same as not approved."""
    assert by_unit(canal, "task_force") == dict.fromkeys(SIX, 2)
    assert all(r.data["paper"] and r.data["work"] for r in canal.records("task_force"))
    money = canal.records("funds")
    assert set(by_unit(canal, "funds")) == set(SIX)
    assert [(r.unit, r.state) for r in money if r.data.get("allotted") == 0] == [("JJ", "已拨")]
    assert [(r.unit, r.state) for r in money if "allotted" not in r.data] == [("CZ", "待批")]


def test_four_industry_plans_are_whole_and_one_lacks_its_methods(canal: Played) -> None:
    """001-27: no date is printed, so none is late."""
    assert by_unit(canal, "industry_plans") == dict.fromkeys(DEPARTMENTS, 1)
    (short,) = canal.listed("industry_plans_short", "12-31")
    assert short.now is not None
    assert (short.now.unit, short.now.state, short.now.data["methods"]) == ("CZ", "缺项", "否")
    assert canal.here.pack.lists["industry_plans_short"].title.endswith("（无期限，建议10月5日前）")


def test_a_visit_is_in_the_file_of_each_problem_that_it_touched(canal: Played) -> None:
    """001-28."""
    (visit,) = (r for r in canal.records("visits") if r.data.get("problems"))
    assert (visit.unit, visit.first_on, bool(visit.data["urged"])) == ("SH", canal.day("09-22"), True)
    viewer = canal.viewer("sh")
    touched = [viewer.record(viewer.ledger("problems"), number) for number in visit.data["problems"]]
    assert [r.data["kind"] for r in touched] == ["畜禽养殖"] * 3
    for problem in touched:
        filed = of_record(viewer, viewer.ledger("problems"), problem.number).items
        assert [item.number for item in filed if item.head == "部门督导"] == [visit.number]


def test_who_holds_the_line_of_the_office_is_masked(canal: Played) -> None:
    """001-69."""
    assert canal.names("contact_line_now", "12-31") == ["LX-01"]
    viewer = canal.viewer("jd")
    shown = viewer.show(viewer.ledger("contact_line"), canal.records("contact_line")[0])["fields"]
    assert (shown["name"], shown["line"]) == ("联＊＊", "0377-00000000")


# -- What the plan wants of the street and of each department


@pytest.mark.parametrize(
    ("on", "figures"),
    [
        ("09-30", ["11", "11", "8", "8", "22", "19", "86%"]),
        ("12-31", ["11", "11", "10", "10", "22", "21", "95%"]),
    ],
)
def test_all_is_said_of_eleven_places_only_at_22_of_22(canal: Played, on: str, figures: list[str]) -> None:
    """001-35."""
    assert canal.rows("settlements", on)["合计"] == figures


def test_the_place_without_proper_sewage_is_named(canal: Played) -> None:
    """001-35."""
    places = {r.number: canal.here.regions.name(r.region) for r in canal.records("settlements")}
    assert [places[number] for number in canal.names("settlements_sewage", "12-31")] == ["庚村"]


def test_a_project_inside_the_second_zone_is_forbidden_by_that_days_version(canal: Played) -> None:
    """001-56."""
    viewer = canal.viewer("jj")
    asked = [viewer.history(viewer.ledger("admissions"), r.number) for r in canal.records("admissions")]
    told = [(a["since"], a["fields"]["zone"], a["fields"]["answer"], a["placed"]) for a in asked]
    assert told == [
        ("2021-11-02", "二级保护区", "禁止", {"zone": 2}),
        ("2021-11-09", "范围外", "可办理", {"zone": 2}),
    ]
    assert [r.state for r in canal.records("capacity")] == ["已淘汰"]


def test_no_more_is_paid_than_was_allotted(canal: Played) -> None:
    """001-57."""
    money = {name: figures for name, figures in canal.rows("funds", "12-31").items() if set(figures) != {"0.00"}}
    assert money == {
        "百里奚街道": ["126.00", "120.00", "108.50"],
        "经济发展局": ["2.00", "0.00", "0.00"],
        "财政金融局": ["65.00", "0.00", "0.00"],
        "住房建设和生态环境局": ["6.00", "6.00", "6.00"],
        "城市管理和综合执法局": ["3.00", "3.00", "3.00"],
        "社会事业局": ["120.00", "60.00", "45.00"],
        "合计": ["322.00", "189.00", "162.50"],
    }


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("guided_zj", {"排污口": 9, "工业企业": 5}),
        ("guided_sh", {"畜禽养殖": 14, "生态廊道": 8, "网箱养殖": 1}),
    ],
)
def test_who_guides_finds_its_kinds_on_its_list(canal: Played, key: str, kinds: dict[str, int]) -> None:
    """001-58, 60: without the relapses, as the requirements count."""
    found = Counter(
        str(each.now.data["kind"])
        for each in canal.listed(key, "12-31")
        if each.now is not None and "relapse_of" not in each.now.data
    )
    assert {kind: found[kind] for kind in kinds} == kinds


def test_who_guides_is_not_who_puts_right(canal: Played) -> None:
    """001-58, 59: town rubbish and town sewage are the city management's to guide, rural sewage is not."""
    guided = {
        (r.data.get("rubbish") or r.data.get("sewage"), r.data["guide"])
        for r in canal.records("problems")
        if r.data.get("rubbish") or r.data.get("sewage")
    }
    assert guided == {
        ("城镇生活垃圾", "城市管理和综合执法局"),
        ("城市污水", "城市管理和综合执法局"),
        ("农村生活污水", "住房建设和生态环境局"),
    }
    assert {r.unit for r in canal.records("problems", sewage="城市污水")} == {"JD"}


def test_every_stretch_has_a_chief_who_walked_it(canal: Played, next_year: Played) -> None:
    """001-60: each of the 24 corridor stretches lies in one of four, whose chief walked it on three days."""
    chiefs = [(r.data["stretch"], bool(r.data["chief"]), r.data["last_patrol"]) for r in canal.records("canal_chiefs")]
    assert chiefs == [(f"第{n}段", True, "2021-12-15") for n in (1, 2, 3, 4)]
    events = canal.whole.history(canal.whole.ledger("canal_chiefs"), "QZ-01")["events"]
    assert [e["on"] for e in events if e["title"] == "巡渠"] == ["2021-10-15", "2021-11-15", "2021-12-15"]
    assert {r.data["chief_stretch"] for r in canal.records("corridor")} == {f"QZ-0{n}" for n in (1, 2, 3, 4)}
    assert canal.names("corridor_without_chief", "12-31") == []
    assert next_year.names("patrols_late", "01-14") == []
    assert next_year.names("patrols_late", "01-15") == [f"QZ-0{n}" for n in (1, 2, 3, 4)]


def test_a_crossing_that_lacks_a_pond_is_a_problem_of_its_village(canal: Played) -> None:
    """001-08: two bridges without an emergency pond, each with one problem where it stands."""
    lacking = {r.number: r for r in canal.records("crossings", pond="未建")}
    assert {r.data["kind"] for r in lacking.values()} == {"公路桥"}
    tree = canal.here.regions
    for crossing in lacking.values():
        (number,) = crossing.data["problems"]
        (problem,) = (r for r in canal.records("problems", kind="设施") if r.number == number)
        assert "没有应急池" in problem.data["what"]
        assert problem.region in tree.path(crossing.region, canal.day("12-31"))
    assert canal.names("crossings_pond_without_problem", "10-11") == sorted(lacking)
    assert canal.names("crossings_pond_without_problem", "12-31") == []


def test_the_archive_of_a_village_names_only_ledgers_that_know_of_it(canal: Played) -> None:
    contents = of_region(canal.whole, "411371002201", canal.day("12-31"))
    assert (contents.empty, contents.absent) == ((), ())
    assert set(contents.heads) == {ledger.title for ledger, _ in contents.ledgers}
    assert "渠长台账" in contents.heads
    assert "公文与依据台账" not in contents.heads


def test_the_file_of_a_problem_holds_each_picture_once(canal: Played) -> None:
    """001-U13: its card, then the picture before and after."""
    items = of_record(canal.whole, canal.whole.ledger("problems"), "WT-2021-0001", canal.day("12-31")).items
    assert len({item.sha256 for item in items}) == len(items)
    assert [(item.head, item.field) for item in items] == [
        ("排查卡", "现场照片"),
        ("排查卡", "签字"),
        ("前后对比照片", "发现照片"),
        ("前后对比照片", "整改后照片"),
        ("核查与回头看", "回头看照片"),
    ]


# -- Mechanisms


def test_the_prosecutor_sees_three_shared_problems_and_nothing_else(canal: Played) -> None:
    """001-62."""
    viewer = canal.viewer("jiancha")
    ledgers = canal.here.pack.ledgers.values()
    seen = {ledger.key: list(viewer.records(ledger)) for ledger in ledgers if viewer.records(ledger).exists()}
    assert list(seen) == ["clues"]
    assert len({r.data["problem"] for r in seen["clues"]}) == len(seen["clues"]) == 3
    replied = viewer.history(viewer.ledger("clues"), "YS-2021-001")["events"][-1]
    assert (replied["title"], replied["by"], replied["on"]) == ("回复", "jiancha", "2021-11-19")
    assert canal.names("clues_waiting", "12-31") == ["YS-2021-003"]


def test_four_meetings_were_held_each_in_its_month(canal: Played) -> None:
    """001-65."""
    meetings = canal.records("meetings")
    assert [r.data["month"] for r in meetings] == ["2021-09", "2021-10", "2021-11", "2021-12"]
    assert all(r.data["present"] and r.data["agenda"] for r in meetings)
    assert canal.names("meetings_missed", "12-31") == []


def test_fifteen_decisions_are_followed_up_and_two_were_late(canal: Played, next_year: Played) -> None:
    """001-65."""
    decisions = canal.records("decisions")
    assert len(decisions) == 15
    assert all(r.unit and r.data["due"] and r.data["done"] for r in decisions)
    assert Counter(r.data["meeting"] for r in decisions) == {
        "HS-2021-01": 4, "HS-2021-02": 4, "HS-2021-03": 4, "HS-2021-04": 3,
    }  # fmt: skip
    late = [canal.names("decisions_overdue", on) for on in ("10-19", "11-17", "12-17", "12-31")]
    assert [*late, next_year.names("decisions_overdue", "01-14")] == [[], ["YD-2021-006"], ["YD-2021-011"], [], []]


def test_the_round_of_november_found_two_that_bear_it_as_a_source(canal: Played) -> None:
    """001-66: both were in the ledger already, so the sum of problems stays."""
    rounds = canal.records("rounds")
    assert [(r.first_on, r.data["places"]) for r in rounds] == [
        (canal.day(on), n)
        for on, n in (("09-16", 8), ("10-13", 10), ("11-10", 9), ("11-24", 7), ("12-08", 9), ("12-22", 12))
    ]
    assert [r.data["next_on"] for r in rounds][:2] == ["2021-10-16", "2021-11-12"]
    assert [n for r in rounds for n in r.data.get("findings", [])] == ["WT-2021-0044", "WT-2021-0045"]
    assert [r.number for r in canal.records("problems", also_from=["督导检查"])] == ["WT-2021-0044", "WT-2021-0045"]


def test_a_circular_is_one_persons_proposal_and_anothers_decision(canal: Played) -> None:
    """001-67."""
    (circular,) = canal.records("circulars")
    viewer = canal.viewer("gw1")
    events = viewer.history(viewer.ledger("circulars"), circular.number)["events"]
    assert [(e["title"], e["by"], e["on"]) for e in events] == [
        ("提出", "nsb1", "2021-12-29"),
        ("决定", "gw1", "2021-12-30"),
    ]
    assert (circular.unit, circular.data["decision"], bool(circular.data["facts"])) == ("CZ", "通报", True)


def test_of_an_accountability_case_others_see_only_that_it_was_handed_over(canal: Played) -> None:
    """001-68."""
    ledger = canal.here.pack.ledgers["accountability"]
    (case,) = canal.records("accountability")
    for login in ("jd", "jj", "zonghe"):
        viewer = canal.viewer(login)
        shown = viewer.show(ledger, viewer.record(ledger, case.number))
        assert (shown["state"], shown["since"]) == ("已移交", "2022-01-12")
        assert {shown["fields"][key] for key in ("facts", "papers", "to")} == {"＊＊＊"}
        with pytest.raises(Refused, match="查看隐去内容"):
            viewer.reveal(ledger, case.number, "facts", "想看")
    assert not canal.viewer("jiancha").records(ledger).exists()


def test_the_committee_reads_the_facts_with_a_reason_and_the_chain_of_events(canal: Played) -> None:
    """001-68."""
    ledger = canal.here.pack.ledgers["accountability"]
    (case,) = canal.records("accountability")
    viewer = canal.viewer("gw1")
    assert viewer.reveal(ledger, case.number, "facts", "核对移交材料") == "到期没有完成，也没有报计划"
    logged = AccessLog.objects.filter(campaign=canal.here.campaign, what="reveal").order_by("pk").last()
    assert logged is not None
    assert (logged.who, logged.detail["number"], logged.detail["reason"]) == ("gw1", case.number, "核对移交材料")
    events = viewer.history(canal.here.pack.ledgers["problems"], case.data["problem"])["events"]
    assert [e["title"] for e in events][:2] == ["转入", "交办"]
    assert [e["title"] for e in events if e["on"] <= "2022-01-12"][-1] == "交办"


# -- Disputes and leads


def test_a_disputed_outlet_stays_with_its_unit_and_its_deadline_runs_on(canal: Played) -> None:
    """001-U08."""
    two = ["WT-2021-0048", "WT-2021-0058"]
    assert [canal.names("problems_disputed", on) for on in ("11-09", "11-10", "11-22", "11-23")] == [[], two, two, []]
    assert canal.names("rulings_late", "11-23") == []
    for number in two:
        stood = [each.now for on in ("11-09", "11-12", "11-23") for each in canal.listed("problems_open", on)
                 if each.number == number]  # fmt: skip
        assert {(now.state, now.unit) for now in stood if now} == {("整改中", "JD")}
        assert len({now.data["due"] for now in stood if now}) == 1


def test_twelve_leads_and_the_one_of_november_is_about_a_known_outlet(canal: Played) -> None:
    """001-U12."""
    assert Counter(r.data["verdict"] for r in canal.records("leads")) == {"属实": 7, "重复": 3, "范围外": 2}
    (lead,) = (r for r in canal.records("leads") if r.first_on == canal.day("11-03"))
    (outlet,) = (r for r in canal.records("problems") if r.number == lead.data["problem"])
    assert outlet.data["kind"] == "排污口"
    assert outlet.first_on < lead.first_on


def test_a_reporters_number_is_for_one_post(canal: Played) -> None:
    """001-U12."""
    ledger = canal.here.pack.ledgers["leads"]
    for login in ("nsb1", "gw1", "jd", "zj", "shenji"):
        viewer = canal.viewer(login)
        assert viewer.show(ledger, viewer.record(ledger, "JB-2021-001"))["fields"]["phone"] == "199****2000"
        with pytest.raises(Refused):
            viewer.reveal(ledger, "JB-2021-001", "phone", "回访")
    assert canal.viewer("jubao").reveal(ledger, "JB-2021-001", "phone", "回访") == "19900002000"


def test_the_archives_of_a_villages_cells_hold_its_problems_by_where_they_lie(canal: Played) -> None:
    regions = canal.here.regions

    def problems(cell: str, on: str) -> set[str]:
        contents = of_region(canal.whole, cell, canal.day(on))
        assert contents.empty == ()
        return {r.number for ledger, records in contents.ledgers if ledger.key == "problems" for r in records}

    village = "411371002201"
    cells = [problems(cell, "12-31") for cell in regions.children(village, canal.day())]
    assert set.union(*cells) == {r.number for r in canal.records("problems") if r.region == village}
    assert all(cells)
    assert problems(f"{village}002", "09-10") < problems(f"{village}002", "12-31")


def test_an_archive_tells_what_is_lacking_from_what_there_never_was(canal: Played) -> None:
    closed = next(r for r in canal.records("problems") if r.state == "已回头看")
    contents = of_record(canal.whole, canal.here.pack.ledgers["problems"], closed.number)
    assert contents.empty == ()
    assert "违法案件" in contents.absent
