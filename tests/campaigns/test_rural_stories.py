"""What the pack `rural-water-lookback` makes of single cases, through the one door: from the card to the look-back and
relapse, and what is refused on the way. All days are of 2022; numbers of the requirements stand in comments (002-NN).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.rural import BUREAU, COUNTY, OTHER, TOWN_UNIT, VILLAGE_UNIT, Desk, entered, waits
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, iso
from zhuanban.tally.actions import check

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2022, 11, 1, 9, tzinfo=BEIJING)):
        yield Desk()


def test_from_the_card_to_relapse_and_its_end(desk: Desk) -> None:  # 002-47, 002-50, 002-U04, 002-U05
    desk.works()
    card = entered(desk.card())
    number = desk.problem(hangs_on="到工程", works="GC-1", card=card)
    assert desk.listed("unassigned", "08-01") == [number]
    entered(desk.assign(number))
    entered(desk.apply(number))
    assert desk.listed("to_check", "08-04") == [number]
    entered(desk.close(number, "08-12"))
    record = desk.record("problems", number)
    assert (record.state, record.data["look_due"]) == ("已销号", "2022-09-11")
    assert desk.listed("look_back_missed", "09-11") == []
    assert desk.listed("look_back_missed", "09-12") == [number]
    looked: dict[str, Any] = {"look_found": "反弹", "look_by": "回头看人己", "look_photo": desk.photo()}
    entered(desk.step("problems", number, "回头看", "09-06", desk.checker, **looked))
    again = entered(
        desk.open(
            "problems", "09-06", "反弹立案", desk.checker, unit=VILLAGE_UNIT, sources=["反弹"], relapse_of=number,
            hangs_on="到工程", works="GC-1", item="设施", part="村内管网", fault="村内管道漏水问题",
        )
    )  # fmt: skip
    # Closed in August stays closed in August.
    assert desk.row("stock", "08-31")[:4] == ["1", "0", "1", "1"]
    assert desk.row("stock", "09-10")[:5] == ["1", "1", "2", "1", "1"]
    assert desk.listed("relapsed", "09-10") == [again]


def test_a_relapse_needs_a_closing(desk: Desk) -> None:  # 002-U05
    number = desk.problem()
    refused = desk.open(
        "problems", "08-02", "反弹立案", desk.village, sources=["反弹"], relapse_of=number, hangs_on="到村",
        item="设施", part="村内管网", fault="又漏水",
    )  # fmt: skip
    assert "不是反弹" in waits(refused)


# -- Who inspects


@pytest.mark.parametrize(
    ("tonnes", "people", "who"),
    [
        (1200, 8000, "县级水利部门"),
        (600, 10000, "县级水利部门"),
        (999, 9999, "乡镇政府"),
        (100, 5000, "乡镇政府"),
        (100, 1000, "乡镇政府"),
        (100, 999, "村委"),
    ],
)
def test_the_size_says_who_inspects(desk: Desk, tonnes: int, people: int, who: str) -> None:  # 002-29 … 002-32
    desk.works(tonnes=tonnes, people=people)
    data = desk.record("works", "GC-1").data
    assert data["inspected_by"] == who
    assert data["on_the_line"] == ("是" if people == 1000 else "否")


def test_more_people_move_the_task_and_the_card_stays(desk: Desk) -> None:  # 002-32
    desk.works(people=980)
    card = entered(desk.card())
    entered(desk.step("works", "GC-1", "更新", "08-03", desk.county, people=1020))
    assert (desk.listed("for_villages", "08-02"), desk.listed("for_towns", "08-02")) == (["GC-1"], [])
    assert (desk.listed("for_villages", "08-03"), desk.listed("for_towns", "08-03")) == ([], ["GC-1"])
    assert desk.record("works_cards", card).state == "已排查"


def test_scattered_supply_is_inspected_by_the_village_and_says_why(desk: Desk) -> None:  # 002-U01
    entered(
        desk.open("works", "07-14", "登记", desk.county, number="GC-2", name="分散点", scattered="是", condition="正常")
    )
    assert desk.listed("scattered", "07-14") == ["GC-2"]
    (event,) = desk.told("works", "GC-2")
    assert "方案没有写分散式谁排查" in str(event)


# -- The card


@pytest.mark.parametrize(
    ("lacking", "title"),
    [
        ("has_source", "有稳定水源"), ("has_facilities", "有齐全设施"), ("has_keeper", "有专职固定管理人员"),
        ("has_rules", "有管护制度"), ("enough", "水量充足"), ("clean", "水质达标"), ("duty_clear", "责任落实"),
        ("emergency_ready", "应急预案落实"), ("photo", "现场照片"), ("signature", "签字"), ("place", "位置"),
    ],
)  # fmt: skip
def test_a_blank_item_is_no_yes(desk: Desk, lacking: str, title: str) -> None:  # 002-05, 002-16
    desk.works()
    assert f"“{title}”为空" in waits(desk.card(**{lacking: None}))


def test_not_relevant_needs_its_reason(desk: Desk) -> None:  # 002-05
    desk.works()
    assert "不涉及的理由" in waits(desk.card(has_keeper="不涉及"))
    entered(desk.card(has_keeper="不涉及", not_relevant="管网延伸，不设管水员"))


def test_a_works_has_one_card(desk: Desk) -> None:  # 002-04
    desk.works()
    card = entered(desk.card())
    assert "再次排查" in waits(desk.card(on="07-21"))
    entered(desk.step("works_cards", card, "再次排查", "07-21", desk.village, photo=desk.photo()))
    assert desk.row("works_coverage", "07-31")[0:6] == ["1", "0", "0", "1", "1", "100.0%"]


def test_a_broken_part_makes_the_facilities_no_and_is_named(desk: Desk) -> None:  # 002-40
    desk.works()
    assert "哪几样" in waits(desk.card(disinfecting="损坏", has_facilities=None))
    card = entered(desk.card(disinfecting="损坏", has_facilities=None, faulty="消毒"))
    assert desk.record("works_cards", card).data["has_facilities"] == "否"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"billing": "定额"}, "应为否"),
        ({"price": None}, "请填水价"),
        ({"need": 80000, "paid": 65000, "shortfall": 15000}, "经费有缺口"),
        ({"has_rules": "是"}, "制度上墙照片"),
    ],
)
def test_what_a_yes_rests_on(desk: Desk, said: dict[str, Any], words: str) -> None:  # 002-42 … 002-44
    desk.works()
    assert words in waits(desk.card(**said))


def test_a_shortfall_is_no_money(desk: Desk) -> None:  # 002-43
    desk.works()
    card = entered(desk.card(need=80000, paid=65000, shortfall=15000, has_money=None))
    assert desk.record("works_cards", card).data["has_money"] == "否"


def test_three_outages_contradict_enough_water(desk: Desk) -> None:  # 002-45
    desk.works()
    card = entered(desk.card(outages=3))
    assert any("与“水量充足”矛盾" in flag for flag in desk.record("works_cards", card).flags)
    assert desk.listed("enough_doubted", "07-31") == [card]


def test_the_same_photo_on_another_card_is_flagged(desk: Desk) -> None:  # 002-16
    desk.works()
    desk.works(number="GC-2", name="二站")
    photo = desk.photo("one picture")
    entered(desk.card(photo=photo))
    second = entered(desk.card("GC-2", photo=photo))
    assert desk.listed("cards_twice", "07-31") == [second]


def test_a_card_of_10_july_and_one_after_25_august_are_taken(desk: Desk) -> None:  # 002-11, 002-23
    desk.works("07-10")
    desk.works("07-14", number="GC-2", name="二站")
    early, late = entered(desk.card(on="07-10")), entered(desk.card("GC-2", on="08-28"))
    assert any(flag.startswith("补录") for flag in desk.record("works_cards", early).flags)
    assert desk.listed("works_unseen", "08-25") == ["GC-2"]
    assert desk.listed("works_unseen", "08-31") == []
    assert late


def test_an_idle_works_answers_other_questions_and_stays_in_the_register(desk: Desk) -> None:  # 002-68, 002-69
    desk.works(condition="闲置", reason="管网延伸", way_out="报废", way_out_on="2022-12-31")
    assert desk.listed("idle_without_duty", "07-31") == ["GC-1"]
    assert "闲置隐患" in waits(desk.card(idle="是"))
    entered(desk.card(idle="是", idle_risk="锈蚀", idle_kept="是"))
    assert desk.row("works_coverage", "07-31")[0] == "1"


# -- Who repairs


@pytest.mark.parametrize(
    ("part", "who"),
    [("村内管网", "村委"), ("入户", "村委"), *((p, "乡镇政府") for p in ("干管", "支管", "分支管", "调蓄水池")),
     *((p, "待明确") for p in ("水厂", "水源", "水质", "经费", "管理人员", "村级总表", "收费", "制度"))],
)  # fmt: skip
def test_the_part_says_who_repairs_and_by_which_clause(desk: Desk, part: str, who: str) -> None:  # 002-52, 002-53
    number = desk.problem(part=part)
    assert desk.record("problems", number).data["repaired_by"] == who
    clause = "由县级水利部门明确" if who == "待明确" else "方案二（二）"
    assert clause in str(desk.told("problems", number))


def test_it_goes_to_that_office_and_to_no_other(desk: Desk) -> None:  # 002-52, 002-53
    number = desk.problem(part="干管", unit=VILLAGE_UNIT)
    assert "转村委" in waits(desk.assign(number))
    assert "不是所在乡镇政府" in waits(desk.assign(number, "转乡镇"))
    entered(desk.assign(desk.problem(part="干管", unit=TOWN_UNIT), "转乡镇"))


def test_what_the_text_gives_to_nobody_waits_for_a_ruling(desk: Desk) -> None:  # 002-U02
    number = desk.problem(part="水源", item="水源", unit="")
    assert desk.listed("to_be_ruled", "08-01") == [number]
    assert "还没有明确" in waits(desk.assign(number, "转明确单位", ruling="会商纪要"))
    entered(desk.step("problems", number, "明确责任", "08-01", desk.head, unit=BUREAU, ruling="会商纪要"))
    entered(desk.assign(number, "转明确单位"))
    assert desk.listed("to_be_ruled", "08-01") == []


def test_handing_out_names_all_that_is_missing_at_once(desk: Desk) -> None:  # 002-49
    number = desk.problem()
    refused = waits(desk.step("problems", number, "转村委", "08-01", desk.county))
    assert all(word in refused for word in ("整改类别", "整改责任人", "整改措施", "整改时限"))
    assert desk.record("problems", number).state == "待交办"


def test_at_once_needs_a_leader_and_long_term_an_emergency_measure(desk: Desk) -> None:  # 002-56, 002-57
    number = desk.problem()
    assert "责任领导" in waits(desk.assign(number, leader=None))
    refused = waits(desk.assign(number, kind="长期"))
    assert "应急措施" in refused
    entered(desk.assign(number, kind="长期", emergency="送水", emergency_from="2022-08-01"))


def test_follow_up_of_a_long_problem_is_missed_after_a_week(desk: Desk) -> None:  # 002-58
    number = desk.problem()
    entered(desk.assign(number, kind="长期", emergency="送水", emergency_from="2022-08-01", due="2022-09-30"))
    assert desk.listed("follow_missed", "08-08") == []
    assert desk.listed("follow_missed", "08-09") == [number]
    entered(desk.step("problems", number, "跟进", "08-09", desk.village, follow_up="管材已到"))
    assert desk.listed("follow_missed", "08-09") == []


def test_an_emergency_measure_that_ends_is_told_before(desk: Desk) -> None:  # 002-57
    number = desk.problem()
    long = {"kind": "长期", "emergency": "送水", "emergency_from": "2022-08-01", "due": "2022-09-30"}
    entered(desk.assign(number, emergency_until="2022-08-20", **long))
    assert (desk.listed("emergency_ends", "08-16"), desk.listed("emergency_ends", "08-17")) == ([], [number])


def test_a_kind_changes_late_only_with_the_head(desk: Desk) -> None:  # 002-57
    number = desk.problem()
    entered(desk.assign(number))
    said = {"emergency": "送水", "emergency_from": "2022-08-10", "new_due": "2022-09-30"}
    assert waits(desk.step("problems", number, "改为长期", "08-10", desk.county, "要换泵", **said))
    entered(desk.step("problems", number, "改为长期", "08-10", desk.head, "要换泵", **said))
    record = desk.record("problems", number).data
    assert (record["kind"], record["due"], record["first_due"]) == ("长期", "2022-09-30", "2022-08-04")


def test_an_extension_is_asked_in_time_granted_by_another_and_keeps_the_first_limit(desk: Desk) -> None:  # 002-U08
    number = desk.problem()
    entered(desk.assign(number, due="2022-08-31"))
    entered(desk.step("problems", number, "申请延期", "08-30", desk.village, "等管材", new_due="2022-09-15"))
    entered(desk.step("problems", number, "批准延期", "08-31", desk.head, extended="1次"))
    assert (desk.listed("overdue", "09-01"), desk.listed("overdue", "09-16")) == ([], [number])
    assert desk.record("problems", number).data["first_due"] == "2022-08-31"
    late = desk.step("problems", number, "申请延期", "09-16", desk.village, "再等", new_due="2022-10-15")
    assert "时限已过" in waits(late)


# -- Closing


def test_no_step_is_jumped(desk: Desk) -> None:  # 002-50
    number = desk.problem()
    assert "不能“销号”" in waits(desk.close(number))
    assert desk.record("problems", number).state == "待交办"


@pytest.mark.parametrize(
    ("lacking", "title"),
    [("check_place", "核查地点"), ("check_photo", "核查照片"), ("checked_by", "核查人"), ("satisfied", "用水户满意")],
)
def test_each_closing_is_checked_on_site(desk: Desk, lacking: str, title: str) -> None:  # 002-54, 002-55
    number = desk.problem()
    entered(desk.assign(number))
    entered(desk.apply(number))
    assert title in waits(desk.close(number, **{lacking: None}))


def test_no_closing_without_evidence_of_the_repair(desk: Desk) -> None:  # 002-17
    number = desk.problem()
    entered(desk.assign(number))
    entered(desk.apply(number, after=None))
    assert "没有整改后照片或材料" in waits(desk.close(number))


def test_papers_are_evidence_too(desk: Desk) -> None:  # 002-17
    number = desk.problem()
    entered(desk.assign(number))
    entered(desk.apply(number, after=None, after_papers=desk.photo()))
    entered(desk.close(number))
    assert desk.record("problems", number).data["evidence"] == "材料"


def test_nobody_checks_himself(desk: Desk) -> None:  # 002-17, 002-U03
    number = desk.problem()
    entered(desk.assign(number))
    entered(desk.apply(number))
    assert "不能核查自己" in waits(desk.close(number, checked_by="整改人丙"))
    assert desk.record("problems", number).state == "待核查"
    assert waits(desk.close(number, by=desk.county))  # the clerk has no post for it


def test_the_user_answers_for_himself_and_an_unhappy_one_sends_it_back(desk: Desk) -> None:  # 002-55
    number = desk.problem()
    entered(desk.assign(number))
    entered(desk.apply(number))
    assert "用水户自己答" in waits(desk.close(number, user="责任人乙"))
    assert "请退回" in waits(desk.close(number, satisfied="不满意"))
    entered(desk.step("problems", number, "退回", "08-05", desk.checker, "仍漏水"))
    entered(desk.apply(number, "08-06"))
    entered(desk.close(number, "08-08", nth_check=2))
    record = desk.record("problems", number)
    assert (record.state, record.data["nth_check"], record.data["returned"]) == ("已销号", 2, "是")
    assert desk.row("satisfaction", "08-08") == ["1", "1", "100.0%"]


def test_a_blocked_trench_holds_up_its_problem(desk: Desk) -> None:  # 002-93
    number = desk.problem()
    entered(desk.assign(number))
    said = {"problem": number, "what": "占地没有谈妥", "owner": "镇长", "due": "2022-08-10"}
    dispute = entered(desk.open("disputes", "08-02", "登记", desk.town, unit=TOWN_UNIT, **said))
    assert "施工受阻" in waits(desk.apply(number))
    entered(desk.step("disputes", dispute, "协调", "08-03", desk.town, result="谈妥"))
    entered(desk.apply(number))


def test_merged_and_untrue_stand_outside_the_count_and_can_come_back(desk: Desk) -> None:  # 002-51, 002-84, 002-U24
    first, second, third = desk.problem(), desk.problem(fault="漏水"), desk.problem(fault="水压低")
    entered(desk.step("problems", second, "合并", "08-02", desk.county, "同一处", merged_into=first))
    entered(desk.step("problems", third, "认定不属实", "08-02", desk.checker, "现场没有", second_by="另一人"))
    row = desk.row("per_region", "08-02")
    assert (row[0], row[4], row[5]) == ("1", "1", "1")
    entered(desk.step("problems", second, "撤销合并", "08-03", desk.county, "另一处"))
    assert desk.row("per_region", "08-03")[0] == "2"


def test_two_sources_are_one_problem(desk: Desk) -> None:  # 002-20
    desk.problem(sources=["本次排查", "靶向整改"])
    row = desk.row("sources", "08-01")
    assert (row[0], row[4], row[5]) == ("1", "1", "1")


def test_an_old_problem_keeps_its_number_and_its_day(desk: Desk) -> None:  # 002-21
    number = desk.problem(sources=["2021中省后评估反馈"], old_no="2021-省-017", found_on="2021-11-17")
    data = desk.record("problems", number).data
    assert (data["old_no"], data["found_on"]) == ("2021-省-017", "2021-11-17")


def test_the_limit_that_a_merge_does_not_clear(desk: Desk) -> None:  # 002-18
    """清零: none overdue, none without a limit."""
    number = desk.problem()
    assert desk.listed("without_limit", "08-01") == [number]
    entered(desk.assign(number))
    assert (desk.listed("without_limit", "08-01"), desk.listed("overdue", "08-05")) == ([], [number])
    entered(desk.apply(number, "08-05"))
    entered(desk.close(number, "08-06"))
    assert (desk.row("stock", "08-06")[4], desk.listed("overdue", "08-06")) == ("0", [])


def test_whoever_finds_files_without_a_card(desk: Desk) -> None:  # 002-72
    number = desk.problem(by=desk.member)
    assert desk.record("problems", number).state == "待交办"
    assert iso(desk.here.campaign.start) == "2022-07-14"


def test_another_county_is_not_there(desk: Desk) -> None:  # 002-34, 002-U13
    number = desk.problem()
    stranger = desk.person("county_office", OTHER, f"S{OTHER}")
    said = {"kind": "立行立改", "leader": "甲", "owner": "乙", "measure": "丙", "due": "2022-08-04"}
    there = waits(desk.step("problems", number, "转村委", "08-01", stranger, **said))
    nowhere = waits(desk.step("problems", "WT-2022-9999", "转村委", "08-01", stranger, **said))
    assert there.replace(number, "N") == nowhere.replace("WT-2022-9999", "N")
    assert COUNTY != OTHER


def test_what_a_move_writes_into_a_field_of_several_values_is_counted_at_once(desk: Desk) -> None:  # 002-20, 002-U05
    number = desk.closed()
    again = desk.open(
        "problems", "08-20", "反弹立案", desk.village, relapse_of=number, hangs_on="到村", item="设施", part="村内管网",
        fault="又漏水",
    )  # fmt: skip
    assert desk.record("problems", entered(again)).data["sources"] == ["反弹"]
    assert desk.row("sources", "08-20")[9] == "1"
    assert check(desk.here) == []
