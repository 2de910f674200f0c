"""What else the pack `rural-water-lookback` makes of single cases: households, rosters, supervision, accountability,
emergencies, boards, the form and the reports. All days are of 2022; 002-NN in comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.rural import BUREAU, CITY, COUNTY, OTHER, VILLAGE, VILLAGE_UNIT, Desk, day, entered, waits
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.core.problem import Refused
from zhuanban.duty import actions as duty
from zhuanban.duty.actions import Target, find
from zhuanban.duty.queries import board
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.search import Filter
from zhuanban.ledger.search import find as search
from zhuanban.notify.models import Alarm
from zhuanban.people.scope import Actor
from zhuanban.sheets.form_rows import Asked, content_of, find_form

pytestmark = pytest.mark.django_db

NEXT = "411326101202"  # the next village of the same township


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2022, 11, 1, 9, tzinfo=BEIJING)):
        yield Desk()


# -- Households


def household(desk: Desk, number: str = "H-1", **more: object) -> str:
    said = {"head": "户主甲", "classes": ["脱贫户"], "people": 3, **more}
    return entered(desk.open("households", "07-14", "登记", desk.rural, number=number, **said))


def test_one_no_of_four_is_no(desk: Desk) -> None:  # 002-38
    household(desk)
    said = {"visitor": "入户员", "signature": desk.pen(), "enough": "是", "clean": "否", "near": "是", "steady": "是"}
    assert "水质答“否”" in waits(desk.step("households", "H-1", "入户", "07-20", desk.village, safe="是", **said))
    entered(desk.step("households", "H-1", "入户", "07-20", desk.village, **said))
    assert desk.record("households", "H-1").data["safe"] == "否"
    assert desk.listed("households_unsafe", "07-20") == ["H-1"]


def test_a_household_of_two_classes_is_one_household(desk: Desk) -> None:  # 002-37
    household(desk, classes=["脱贫户", "三类户"])
    row = desk.row("household_coverage", "07-20")
    assert (row[0], row[4], row[5]) == ("1", "1", "1")


def test_leaving_a_class_leaves_earlier_days_alone(desk: Desk) -> None:  # 002-36
    household(desk, classes=["三类户"], kind="边缘易致贫户")
    entered(desk.step("households", "H-1", "类别变更", "08-20", desk.rural, "风险消除", classes=["一般户"]))
    assert [desk.row("household_coverage", on)[5] for on in ("08-01", "09-01")] == ["1", "0"]


def test_absent_is_not_inspected(desk: Desk) -> None:  # 002-U23
    household(desk)
    said = {"visitor": "入户员", "next_try": "2022-08-05"}
    entered(desk.step("households", "H-1", "未见", "08-01", desk.village, **said))
    assert desk.row("household_coverage", "08-01")[:3] == ["1", "0", "1"]
    assert desk.listed("households_unseen", "08-01") == ["H-1"]


def test_names_are_masked_and_another_township_finds_nothing(desk: Desk) -> None:  # 002-71, 002-U13
    household(desk)
    ledger = desk.here.pack.ledgers["households"]
    own, other = Viewer(desk.here, desk.village), Viewer(desk.here, desk.person("town_office", "411326102"))
    assert [r.number for r in search(own, ledger, Filter())] == ["H-1"]
    assert "户主甲" not in str(own.history(ledger, "H-1"))
    assert list(search(other, ledger, Filter())) == []
    with pytest.raises(Refused):
        other.record(ledger, "H-1")


# -- Roster, patrols


def test_the_roster_of_a_day(desk: Desk) -> None:  # 002-70, 002-71
    said = {"name": "监督员甲", "role": "群众监督员"}
    number = entered(desk.open("watch_network", "07-20", "到岗", desk.town, **said))
    entered(desk.step("watch_network", number, "离岗", "08-10", desk.town))
    village = desk.here.regions.name(VILLAGE)
    assert village not in desk.listed("villages_without_watcher", "08-05")
    assert village in desk.listed("villages_without_watcher", "08-25")


def test_a_keeper_who_watches_himself_is_flagged(desk: Desk) -> None:  # 002-70
    number = entered(
        desk.open("watch_network", "07-20", "到岗", desk.town, name="甲", role="管水员", also="群众监督员")
    )
    assert any("监督自己" in flag for flag in desk.record("watch_network", number).flags)


def test_a_keeper_of_three_works_is_one_person(desk: Desk) -> None:  # 002-41
    keeper = entered(
        desk.open("watch_network", "07-14", "到岗", desk.town, name="管水员乙", role="管水员", phone="19900000001")
    )
    for n in (1, 2, 3):
        desk.works(number=f"GC-{n}", name=f"{n}站", keeper=keeper)
    entered(desk.amend("watch_network", keeper, "07-20", desk.town, phone="19900000002"))
    assert {desk.record("works", f"GC-{n}").data["keeper"] for n in (1, 2, 3)} == {keeper}


def test_a_village_is_silent_after_fourteen_days(desk: Desk) -> None:  # 002-19
    entered(desk.open("patrols", "08-01", "巡查", desk.member, day="2022-08-01", who="管水员"))
    village = desk.here.regions.name(VILLAGE)
    assert village not in desk.listed("silent_villages", "08-15")
    assert village in desk.listed("silent_villages", "08-16")


def test_a_problem_is_quiet_after_fourteen_days(desk: Desk) -> None:  # 002-19
    number = desk.problem("08-01")
    assert (desk.listed("quiet", "08-15"), desk.listed("quiet", "08-16")) == ([], [number])


def test_a_village_without_guidance_is_listed_to_its_township(desk: Desk) -> None:  # 002-35
    said = {"guide": "指导员", "whom": ["村两委干部"]}
    entered(desk.open("guidance", "07-25", "指导", desk.town, **said))
    left = desk.listed("villages_unguided", "07-31", "411326101")
    assert (len(left), desk.here.regions.name(VILLAGE) in left) == (3, False)


# -- Works and water


def test_a_works_with_two_hazards_counts_once_and_names_the_plan_it_lacks(desk: Desk) -> None:  # 002-64, 002-65
    plan = {"name": "洪涝预案", "level": "县", "covers": ["洪涝"], "steps": "送水", "contacts": "站长"}
    entered(
        desk.open("emergency_plans", "07-14", "发布预案", desk.county, number="YA-1", revised_on="2022-05-01", **plan)
    )
    desk.works(hazards=["干旱", "洪涝"], plans=["YA-1"])
    assert desk.row("works_hazards", "07-31")[:4] == ["1", "1", "1", "0"]
    assert desk.listed("drought_unplanned", "07-31") == ["GC-1"]
    assert desk.listed("flood_unplanned", "07-31") == []


def test_an_incomplete_chain_of_duties_names_the_link(desk: Desk) -> None:  # 002-08, 002-60
    desk.works(government="县政府", township="镇长", village_duty="主任", operator="村集体", water_office="水利局")
    (entry,) = desk.entries("works_duty_short", "07-31")
    assert (entry.number, entry.says) == ("GC-1", "缺管水员")


def test_water_is_judged_by_its_figures(desk: Desk) -> None:  # 002-46
    desk.works()
    said = {"works": "GC-1", "chlorine": 0.3, "coliforms": 0}
    bad = entered(
        desk.open("water_tests", "07-20", "检测", desk.county, turbidity=1.8, sampled_on="2022-07-20", **said)
    )
    good = entered(
        desk.open("water_tests", "08-10", "检测", desk.county, turbidity=0.5, sampled_on="2022-08-10", **said)
    )
    assert [desk.record("water_tests", n).data["passed"] for n in (bad, good)] == ["否", "是"]
    assert any("超出" in flag for flag in desk.record("water_tests", bad).flags)
    assert desk.listed("works_untested", "08-10") == []


def test_a_balance_is_that_of_its_day(desk: Desk) -> None:  # 002-66
    number = entered(desk.open("stores", "07-20", "入库", desk.county, item="送水车", quantity=100))
    entered(desk.step("stores", number, "出入库", "08-08", desk.county, "调出", change=-20, quantity=80))
    events = desk.told("stores", number)
    assert [(event["on"][5:], "80" in str(event)) for event in events] == [("07-20", False), ("08-08", True)]


def test_a_risk_point_stays_and_lacks_its_plan(desk: Desk) -> None:  # 002-13, 002-14
    number = entered(desk.open("risk_points", "07-20", "登记", desk.county, cause="水源枯竭", level="重大", people=800))
    (entry,) = desk.entries("risks_unplanned", "07-31")
    assert (entry.number, entry.says) == (number, "缺应急预案、帮扶措施")


def test_the_whole_village_without_water_alarms_county_and_city_and_counts_for_good(desk: Desk) -> None:  # 002-15
    said = {"extent": "整村", "cause": "干管冲断", "people": 900, "started": "2022-08-02 10:05"}
    number = entered(desk.open("outages", "08-02", "发生", desk.village, **said))
    (alarm,) = Alarm.objects.filter(key="village_outage")
    assert (alarm.number, alarm.over_on) == (number, None)
    assert set(desk.here.pack.alarms["village_outage"].tell) == {
        "county_office", "county_head", "city_office", "city_force",
    }  # fmt: skip
    done = {"first_measure": "2022-08-02 10:40", "minutes": 35}
    entered(desk.step("outages", number, "处置", "08-02", desk.village, **done))
    entered(desk.step("outages", number, "恢复供水", "08-02", desk.village, back_at="2022-08-02 15:05", hours=5))
    assert desk.row("bottom_line", "08-31")[:2] == ["1", "1"]


def test_part_of_a_village_is_no_event_of_the_bottom_line(desk: Desk) -> None:  # 002-15
    said = {"extent": "不到一个村", "cause": "水泵烧坏", "started": "2022-08-12 07:30"}
    entered(desk.open("outages", "08-12", "发生", desk.village, **said))
    assert desk.row("bottom_line", "08-31") == ["0", "0", "1"]
    assert not Alarm.objects.filter(key="village_outage").exists()


# -- Duties of posts, boards, readiness


def test_a_new_holder_makes_the_boards_with_the_old_name_stale(desk: Desk) -> None:  # 002-59, 002-U14
    said = {"duty": "政府主体责任", "post": "县长", "published": "供水站"}
    old = entered(desk.open("duty_holders", "07-14", "到任", desk.county, region=COUNTY, **said))
    board = entered(
        desk.open("boards", "07-20", "公布", desk.village, at="供水站（厂）", content="政府主体责任", holder=old)
    )
    entered(desk.step("duty_holders", old, "离任", "08-05", desk.county))
    assert (desk.listed("boards_of_leavers", "08-04"), desk.listed("boards_of_leavers", "08-05")) == ([], [board])
    entered(desk.step("boards", board, "要求更新", "08-05", desk.county, "县长换人"))
    assert desk.listed("boards_to_update", "08-05") == [board]


def test_a_system_is_there_with_its_paper_only(desk: Desk) -> None:  # 002-12, 002-80, 002-87
    number = entered(desk.open("readiness", "07-14", "列项", desk.city, region=COUNTY, item="限时解决制度"))
    assert "文件" in waits(desk.step("readiness", number, "建立", "07-18", desk.county, paper_no="淅水〔2022〕9号"))
    assert desk.listed("systems_missing", "07-31") == [number]
    said = {"paper_no": "淅水〔2022〕9号", "paper_on": "2022-07-18", "file": desk.photo()}
    entered(desk.step("readiness", number, "建立", "07-18", desk.county, **said))
    assert desk.listed("systems_missing", "07-31") == []


def test_what_has_no_figure_is_a_signed_statement(desk: Desk) -> None:  # 002-06
    number = entered(desk.open("readiness", "07-14", "列项", desk.city, region=COUNTY, item="帮扶政策保持稳定"))
    said = {"paper_no": "淅水〔2022〕10号", "paper_on": "2022-07-20", "file": desk.photo()}
    assert "承诺人" in waits(desk.step("readiness", number, "建立", "07-20", desk.county, **said))
    said |= {"signed_by": "负责人", "statement": "没有变动"}
    entered(desk.step("readiness", number, "建立", "07-20", desk.county, **said))
    assert desk.listed("statements_missing", "07-31") == []


def test_a_goal_has_no_result_until_a_paper_is_there(desk: Desk) -> None:  # 002-09
    number = entered(desk.open("goals_results", "07-15", "列入", desk.city, region=CITY, goal="省后评估进入前三"))
    assert desk.listed("goals_open", "10-31") == [number]
    assert "公布文件" in waits(desk.step("goals_results", number, "公布", "10-31", desk.city, result="第二"))


# -- Supervision and accountability


def test_a_secret_visit_is_not_there_until_it_is_released(desk: Desk) -> None:  # 002-26
    number = entered(desk.open("visits", "09-06", "暗访", desk.force, body="市巩固脱贫攻坚成果专班", looked="看工程"))
    ledger, county = desk.here.pack.ledgers["visits"], Viewer(desk.here, desk.county)
    hidden = [str(p) for p in _refused(county, number)]
    absent = [str(p) for p in _refused(county, "DC-2022-999")]
    assert [p.replace(number, "N") for p in hidden] == [p.replace("DC-2022-999", "N") for p in absent]
    assert list(search(county, ledger, Filter())) == []
    entered(desk.step("visits", number, "发布", "09-26", desk.city))
    assert county.record(ledger, number).number == number


def _refused(viewer: Viewer, number: str) -> list[object]:
    with pytest.raises(Refused) as caught:
        viewer.record(viewer.setting.pack.ledgers["visits"], number)
    return list(caught.value.problems)


def test_a_finding_becomes_a_problem_and_a_notice_with_its_days(desk: Desk) -> None:  # 002-75
    visit = entered(desk.open("visits", "08-06", "明察", desk.supervisor, body="督导组"))
    number = desk.problem("08-06", by=desk.supervisor, sources=["督导"], visit=visit)
    said = {"notice_no": "宛水督〔2022〕1号", "reply_due": "2022-08-15"}
    entered(desk.step("visits", visit, "反馈", "08-08", desk.supervisor, **said))
    assert desk.record("problems", number).data["visit"] == visit
    assert desk.listed("visits_unanswered", "08-16") == [visit]
    entered(desk.step("visits", visit, "回复", "08-16", desk.county, reply="已列入台账"))
    assert desk.listed("visits_unanswered", "08-16") == []


def test_three_overdue_propose_and_a_person_decides_step_by_step(desk: Desk) -> None:  # 002-76, 002-77
    numbers = [desk.problem(fault=f"漏水{n}") for n in range(3)]
    for n in numbers:
        entered(desk.assign(n))
    assert desk.entries("weak", "08-04") == []
    (entry,) = desk.entries("weak", "08-05")
    assert (entry.region, [fact.number for fact in entry.facts]) == (COUNTY, numbers)
    said = {"ground": "整改不力", "facts": "三个逾期", "problems": numbers}
    case = entered(desk.open("accountability", "08-06", "提出", desk.city, region=COUNTY, **said))
    assert desk.listed("accountability_open", "08-06") == [case]
    paper = {"order_no": "责1号", "order_paper": desk.photo(), "against": "水利局"}
    assert waits(desk.step("accountability", case, "责令整改", "08-07", desk.city, **paper))  # who proposed it
    entered(desk.step("accountability", case, "责令整改", "08-07", desk.city2, **paper))
    talk = {"talk_no": "约1号", "talk_paper": desk.photo()}
    assert "有什么变化" in waits(desk.step("accountability", case, "警示约谈", "08-10", desk.city2, **talk))
    entered(desk.step("accountability", case, "警示约谈", "08-10", desk.city2, changed="没有销号", **talk))
    assert desk.row("accountability", "08-10", "整改不力")[1:3] == ["1", "1"]


def test_a_step_is_skipped_with_its_reason(desk: Desk) -> None:  # 002-77
    said = {"ground": "放松懈怠", "facts": "总结漏报"}
    case = entered(desk.open("accountability", "09-01", "提出", desk.city, region=COUNTY, **said))
    talk = {"talk_no": "约2号", "talk_paper": desk.photo(), "against": "水利局"}
    assert "越过上一步的理由" in waits(desk.step("accountability", case, "越级约谈", "09-02", desk.city2, **talk))
    entered(desk.step("accountability", case, "越级约谈", "09-02", desk.city2, skip_reason="情况紧急", **talk))


def test_the_city_urges_and_changes_no_card(desk: Desk) -> None:  # 002-79
    desk.works()
    card = entered(desk.card())
    assert waits(desk.amend("works_cards", card, "07-21", desk.city, inspector="别人"))
    said = {"kind": "督办", "what": "限期销号", "due": "2022-08-20"}
    entered(desk.open("urges", "08-16", "下达", desk.city, region=COUNTY, **said))


def test_two_groups_may_cover_a_county(desk: Desk) -> None:  # 002-73
    for group in ("第1组", "第2组"):
        entered(desk.open("guide_groups", "07-14", "登记", desk.city, region=CITY, number=group))
        entered(desk.open("group_regions", "07-14", "分包", desk.city, region=COUNTY, group=group))
    again = desk.open("group_regions", "07-15", "分包", desk.city, region=COUNTY, group="第1组")
    assert "已经分包" in waits(again)


def test_a_call_that_is_dead_or_badly_answered_is_bad(desk: Desk) -> None:  # 002-K06
    outcomes = [("是", "是"), ("是", "否"), ("否", None)]
    numbers = [
        entered(
            desk.open("phone_calls", "09-06", "拨打", desk.city, line="管理人员", caller="抽查员", connected=connected,
                      **({"knew": knew} if knew else {}))
        )
        for connected, knew in outcomes
    ]  # fmt: skip
    assert desk.listed("calls_bad", "09-06") == numbers[1:]
    assert desk.row("phone_calls", "09-06") == ["3", "2", "1"]


# -- Exchange


def test_like_finds_are_merged_by_a_person_and_parted_again(desk: Desk) -> None:  # 002-22, 002-84
    number = desk.problem()
    said = {"direction": "送来", "item": "设施", "what": "管道漏水"}
    row = entered(desk.open("exchange", "08-02", "收到", desk.rural, number="DJ-1", **said))
    entered(desk.step("exchange", row, "并入", "08-02", desk.county, "同一处", problem=number))
    assert desk.row("exchange", "08-02")[:3] == ["1", "1", "0"]
    entered(desk.step("exchange", row, "撤销并入", "08-03", desk.county, "另一处"))
    entered(desk.step("exchange", row, "转入", "08-03", desk.county, problem=desk.problem("08-03", fault="另一处漏水")))
    assert desk.row("exchange", "08-03")[:3] == ["1", "0", "1"]
    assert desk.row("exchange", "08-02")[:3] == ["1", "1", "0"]


# -- The form


def rows(desk: Desk, on: str, region: str = COUNTY) -> list[list[object]]:
    viewer = Viewer(desk.here, desk.county)
    return [list(r.values) for r in content_of(viewer, find_form(viewer, "附表2-2"), Asked(day(on), region)).rows]


def title(desk: Desk, region: str, actor: Actor) -> str:
    viewer = Viewer(desk.here, actor)
    return dict(content_of(viewer, find_form(viewer, "附表2-2"), Asked(day("08-25"), region)).cells)["A2"]


def test_the_title_names_the_region_as_it_is_called(desk: Desk) -> None:  # 002-88
    words = "农村饮水工程运行管护问题“回头看”整改台账"
    assert title(desk, COUNTY, desk.county) == f"淅川县{words}"
    zone = desk.person("county_office", "411373", "S411373")
    assert title(desk, "411373", zone) == f"鸭河工区{words}"


def test_the_description_is_built_and_only_a_closing_is_done(desk: Desk) -> None:  # 002-90, 002-91
    desk.works()
    number = desk.problem(hangs_on="到工程", works="GC-1", phone="19900000001")
    entered(desk.assign(number))
    entered(desk.apply(number))
    (row,) = rows(desk, "08-04")
    assert row[2] == "淅川甲镇淅川甲一村一村供水站村内管道漏水问题"
    assert row[8] == "正在"  # put right, not checked
    entered(desk.close(number))
    assert rows(desk, "08-05")[0][8] == "完成"
    relapse = {"sources": ["反弹"], "relapse_of": number, "hangs_on": "到工程", "works": "GC-1", "item": "设施"}
    entered(desk.open("problems", "08-20", "反弹立案", desk.village, part="村内管网", fault="又漏水问题", **relapse))
    assert [r[8] for r in rows(desk, "08-25")] == ["完成", "正在"]
    assert number in str(rows(desk, "08-25")[1][9])


# -- The reports


def sent(desk: Desk, at: datetime, key: str = "summary") -> Viewer:
    clerk, head = Viewer(desk.here, desk.county), Viewer(desk.here, desk.head)
    with clock.set_to(at):
        duty.fill(clerk, Target(key, BUREAU, "2022-08-25"))
        duty.sign(head, Target(key, BUREAU, "2022-08-25"))
        duty.send(clerk, Target(key, BUREAU, "2022-08-25"))
    return clerk


@pytest.mark.parametrize(
    ("at", "late"),
    [(datetime(2022, 8, 25, 23, 59, tzinfo=BEIJING), ""), (datetime(2022, 8, 26, tzinfo=BEIJING), "迟1天")],
)
def test_the_day_counts_whole(desk: Desk, at: datetime, late: str) -> None:  # 002-27
    assert find(sent(desk, at, "ledger_report"), Target("ledger_report", BUREAU, "2022-08-25")).late_text == late


def test_the_copy_has_a_receipt_of_its_own(desk: Desk) -> None:  # 002-28
    clerk = sent(desk, datetime(2022, 8, 25, 16, tzinfo=BEIJING), "ledger_report")
    target = Target("ledger_report", BUREAU, "2022-08-25")
    assert find(clerk, target).undelivered() == ["市乡村振兴局"]
    duty.deliver(clerk, target, "市乡村振兴局", "已收")
    assert find(clerk, target).undelivered() == []


def test_thirty_four_reports_are_owed_and_who_owes_is_assumed(desk: Desk) -> None:  # 002-02, 002-27, 002-U25
    whole = Viewer(desk.here, desk.city)
    items = [item for key in ("summary", "ledger_report") for item in board(whole, clock.now() // 1_000_000, key).items]
    assert len(items) == 34
    assert desk.here.pack.duties["summary"].assumed == ("units", "copies")
    zone = Viewer(desk.here, desk.person("county_office", "411373", "S411373"))
    assert find(zone, Target("summary", "S411373", "2022-08-25")).due.period == "2022-08-25"
    assert {VILLAGE_UNIT, OTHER, NEXT}.isdisjoint({item.unit for item in items})
