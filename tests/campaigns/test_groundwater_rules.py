"""Problems, notices, cases, people and papers in the pack `groundwater`. Days are of 2022."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.groundwater import (
    CHECKER,
    CITY,
    CLERK,
    COMPANY,
    INSIDE,
    OFFICE,
    OUTSIDE,
    TOWN,
    URBAN,
    WATER,
    ZONE,
    Groundwater,
    day,
    why,
)  # fmt: skip
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.demo.pictures import picture
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import ENTERED, Step
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.models import Alarm
from zhuanban.people.scope import Actor, Held

pytestmark = pytest.mark.django_db

LEADER = Actor(None, "leader", (Held("leader", unit="LX"),))
POLICE = Actor(None, "police", (Held("police", unit="GA"),))


@pytest.fixture
def desk() -> Iterator[Groundwater]:
    with clock.set_to(datetime(2022, 12, 31, 9, tzinfo=BEIJING)):
        yield Groundwater()


def problem(desk: Groundwater, number: str, on: str, move: str = "发现", *, new: bool = True, **said: Any):  # type: ignore[no-untyped-def]
    fields = {"user": "YH-1", "kind": "计量", "what": "没有计量设施", "due": "2022-09-30", **said}
    return desk.do("problems", number, move, on, new=new, unit="T100", **{k: v for k, v in fields.items() if v})


def close(desk: Groundwater, number: str, on: str) -> None:
    proof = {"fixed": "已装", "fix_photo": desk.photos["after"], "fixed_by": "甲"}
    desk.must("problems", number, "申请销号", on, by=CLERK, **proof)
    desk.must("problems", number, "销号", on, by=CHECKER, checked_by="乙")


def test_a_problem_without_a_term_is_refused_and_closes_one_by_one(desk: Groundwater) -> None:
    """003-33, U06: proof, and another person's check."""
    desk.user()
    assert "整改时限" in why(problem(desk, "WT-1", "07-30", due=""))
    assert problem(desk, "WT-1", "07-30", photo=desk.photos["before"]).status == ENTERED
    missing = why(desk.do("problems", "WT-1", "申请销号", "08-10", by=CLERK))
    assert all(word in missing for word in ("整改情况", "整改后照片", "整改人"))
    desk.must(
        "problems", "WT-1", "申请销号", "08-10", by=CLERK, fixed="已装", fix_photo=desk.photos["after"], fixed_by="甲"
    )
    assert "整改人不能核查自己的整改" in why(desk.do("problems", "WT-1", "销号", "08-11", by=CHECKER, checked_by="甲"))
    desk.must("problems", "WT-1", "销号", "08-11", by=CHECKER, checked_by="乙")
    assert desk.rows("problems", "08-11")["计量"][-2:] == ["1", "0"]
    assert desk.record("problems", "WT-1").data["look_back_due"] == "2022-10-10"


def test_legacy_problems_come_first(desk: Groundwater) -> None:
    """003-34."""
    desk.user()
    problem(desk, "WT-1", "07-22", old_no="旧2021-03", legacy_from="2021-11-02", source="遗留问题")
    problem(desk, "WT-2", "07-22")
    assert [desk.record("problems", n).data["priority"] for n in ("WT-1", "WT-2")] == ["一", "二"]
    assert desk.names("problems_legacy", "07-22") == ["WT-1"]


def test_what_is_found_again_is_graded_up_and_linked(desk: Groundwater) -> None:
    """003-35."""
    desk.user()
    problem(desk, "WT-1", "07-30")
    again = {"move": "再次发现", "again_of": "WT-1", "due": "2022-11-10"}
    assert "不是再次发现" in why(problem(desk, "WT-2", "08-15", **again))
    close(desk, "WT-1", "08-20")
    assert "不从严的，请写理由" in why(problem(desk, "WT-2", "10-11", grade="一般", **again))
    assert problem(desk, "WT-2", "10-11", **again).status == ENTERED
    data = desk.record("problems", "WT-2").data
    assert (data["relapse"], data["grade"], data["again_of"]) == ("是", "从严", "WT-1")
    assert desk.names("problems_again", "10-11") == ["WT-2"]


def test_hiding_a_well_takes_the_users_own_words_and_a_person(desk: Groundwater) -> None:
    """003-36: a well that the town forgot is not hidden."""
    desk.user(says_wells=0)
    problem(desk, "WT-1", "09-20", "发现疑似隐瞒", kind="")
    assert desk.record("problems", "WT-1").data["grade"] == "一般"
    assert desk.names("hidden_suspected", "09-20") == ["WT-1"]
    assert "用水户自报情况" in why(desk.do("problems", "WT-1", "查实", "09-23", by=WATER, verified_by="丁"))
    desk.must("problems", "WT-1", "查实", "09-23", by=WATER, verified_by="丁", declared=desk.photos["paper"])
    assert desk.says("WT-1", "grade", "09-22", "problems") == "一般"
    assert desk.says("WT-1", "grade", "09-23", "problems") == "从严"
    assert Alarm.objects.filter(campaign=desk.campaign, key="hidden_well").count() == 1


def test_a_fine_that_is_paid_does_not_close_the_problem(desk: Groundwater) -> None:
    """003-74."""
    desk.user()
    well = desk.well(users=["YH-1"])
    problem(desk, "WT-1", "08-08", kind="无证取水", wells=[well])
    desk.must("penalty_cases", "AJ-1", "立案", "08-09", new=True, user="YH-1", problem="WT-1", facts="无证取水")
    desk.must("penalty_cases", "AJ-1", "告知当事人", "08-20", hearing="放弃听证")
    desk.must("penalty_cases", "AJ-1", "决定", "09-06", article="条例", fine=20000, grade="一般")
    desk.must("penalty_cases", "AJ-1", "履行", "09-21", paid_on="2022-09-21")
    assert [desk.says("YH-1", "penalty_light", on, "users") for on in ("08-08", "09-06", "09-21")] == [
        "无",
        "红灯",
        "绿灯",
    ]
    proof = {"fixed": "缴了罚款", "fix_photo": desk.photos["after"], "fixed_by": "甲"}
    desk.must("problems", "WT-1", "申请销号", "09-22", by=CLERK, **proof)
    assert "罚款缴了也不算整改到位" in why(desk.do("problems", "WT-1", "销号", "09-22", by=CHECKER, checked_by="乙"))
    desk.notice(well, "09-22")
    assert desk.seal(well, "10-08").status == ENTERED
    desk.must("problems", "WT-1", "销号", "10-09", by=CHECKER, checked_by="乙")


def test_an_objection_stops_the_term_and_a_later_day_takes_an_approval(desk: Groundwater) -> None:
    """003-U03, U05."""
    desk.user()
    problem(desk, "WT-1", "08-08", due="2022-09-08")
    desk.must("problems", "WT-1", "提出异议", "09-01", by=CLERK, dispute="不是我的井", reason="邻居的井")
    assert desk.names("problems_overdue", "09-20") == []
    assert desk.names("problems_disputed", "09-20") == ["WT-1"]
    desk.must("problems", "WT-1", "异议不成立", "09-21", by=WATER, due="2022-11-10", reason="核实是他的井")
    asked = ("problems", "WT-1", "申请延期")
    desk.must(*asked, "10-31", by=CLERK, new_due="2022-11-30", reason="跨路施工")
    assert desk.record("problems", "WT-1").data["due"] == "2022-11-10"
    assert "领导小组办公室" in why(desk.do("problems", "WT-1", "批准延期", "11-02", by=CLERK))
    desk.must("problems", "WT-1", "批准延期", "11-02", by=OFFICE)
    data = desk.record("problems", "WT-1").data
    assert (data["first_due"], data["due"]) == ("2022-09-08", "2022-11-30")
    assert "时限已过" in why(desk.do(*asked, "12-02", by=CLERK, new_due="2022-12-30", reason="再缓"))


def test_joint_punishment_has_its_steps_and_a_way_out(desk: Groundwater) -> None:
    """003-37: two grounds, decided by others than who proposed it, and lifted."""
    desk.user()
    problem(desk, "WT-1", "08-16", kind="拒不配合")
    problem(desk, "WT-2", "08-30", kind="拒不配合")
    assert [len(desk.names("refused_often", on)) for on in ("08-16", "08-30")] == [0, 1]
    said = {"user": "YH-1", "ground": "拒不配合监督检查", "facts": "两次拒绝", "paper": desk.photos["paper"]}
    desk.must("joint_punishments", "CJ-1", "提议", "09-02", new=True, by=WATER, **said)
    early = desk.do("joint_punishments", "CJ-1", "纳入信用", "09-05", record_no="X1")
    assert "已决定" in why(early)
    desk.must("joint_punishments", "CJ-1", "告知当事人", "09-07", by=WATER, hearing="没有陈述")
    assert "领导小组" in why(desk.do("joint_punishments", "CJ-1", "决定惩戒", "09-16", by=WATER, reason="清楚"))
    desk.must("joint_punishments", "CJ-1", "决定惩戒", "09-16", by=LEADER, reason="事实清楚", told=["SC"])
    desk.must("joint_punishments", "CJ-1", "纳入信用", "09-20", by=WATER, record_no="X1")
    desk.must("joint_punishments", "CJ-1", "信用修复", "11-25", by=WATER, repair="已改正")
    assert desk.record("joint_punishments", "CJ-1").state == "已修复"


def test_a_transfer_to_the_police_is_followed_to_its_end(desk: Groundwater) -> None:
    """003-52, 70: and no town reads it."""
    said = {"kind": "暴力抗法", "facts": "推搡", "papers": desk.photos["paper"]}
    desk.must("police_cases", "YS-1", "移送", "08-17", new=True, unit="GA", **said)
    assert [desk.names("police_to_follow", on) for on in ("08-31", "09-01")] == [[], ["YS-1"]]
    desk.must("police_cases", "YS-1", "签收移送", "09-01", by=POLICE, receipt="回执一")
    desk.must("police_cases", "YS-1", "跟踪督促", "09-01", by=WATER, follow="已询问")
    assert desk.names("police_to_follow", "09-10") == []
    desk.must("police_cases", "YS-1", "反馈结果", "09-08", by=POLICE, result="处罚")
    assert not Viewer(desk.here, CLERK).knows(desk.here.pack.ledgers["police_cases"])
    assert Alarm.objects.filter(campaign=desk.campaign, key="violence").count() == 1


def test_one_user_several_wells_and_one_well_two_users(desk: Groundwater) -> None:
    """003-04, U02: households and wells stand apart."""
    desk.user()
    desk.user("YH-2")
    for n in (1, 2, 3):
        desk.well(f"J-{n}", users=["YH-1", "YH-2"] if n == 3 else ["YH-1"])
    row = desk.rows("registers", "07-20")["合计"]
    assert (row[0], row[3]) == ("2", "3")
    desk.user("YH-3")
    assert desk.names("users_no_well", "07-20") == ["YH-3"]


def test_four_lights_stand_apart(desk: Groundwater) -> None:
    """003-06: permit, no meter, tax paid, fee not."""
    desk.user()
    well = desk.well(users=["YH-1"])
    said = {"well": well, "user": "YH-1", "cert": "字1", "until": "2023-05-31"}
    desk.must("permits", "XK-1", "登记已有许可证", "07-21", new=True, **said)
    dues = {"user": "YH-1", "period": "2022-08", "tax_state": "已缴", "fee_state": "欠缴"}
    desk.must("payments", "JF-1", "入账", "09-05", new=True, **dues)
    keys = ("permit_light", "meter_light", "tax_light", "fee_light", "penalty_light")
    assert [desk.says("YH-1", key, "09-10", "users") for key in keys] == ["绿灯", "红灯", "绿灯", "红灯", "无"]
    assert desk.rows("four_lights", "09-10")["合计"] == [
        "1", "1", "100%", "0", "0%", "1", "1", "100%", "1", "0", "0%", "0",
    ]  # fmt: skip


def test_a_card_says_yes_no_or_unknown(desk: Groundwater) -> None:
    """003-29: 无, 不详 and nothing are three answers."""
    whole = {"address": "一路1号", "industry": "洗车", "permit_answer": "无", "meter_answer": "无", "drain": "未接入"}
    desk.user(says_wells=1, **whole)
    desk.user("YH-2", says_wells=1, **{**whole, "permit_answer": "不详"})
    desk.user("YH-3", says_wells=1, **{**whole, "permit_answer": None})
    assert [desk.says(f"YH-{n}", "complete", "07-20", "users") for n in (1, 2, 3)] == ["完善", "不完善", "不完善"]
    assert desk.rows("registers", "07-20")["合计"][-2:] == ["1", "33%"]
    assert (desk.names("cards_unknown", "07-20"), desk.names("cards_incomplete", "07-20")) == (["YH-2"], ["YH-3"])


def test_two_teams_at_one_user_are_one_visited_user(desk: Groundwater) -> None:
    """003-27, U13: a locked gate is none."""
    desk.user()
    said = {"user": "YH-1", "inspector": "甲"}
    assert "现场照片" in why(desk.do("visits", "JC-1", "检查", "08-24", new=True, found="未见", **said))
    desk.must(
        "visits", "JC-1", "检查", "08-24", new=True, found="未见", photo=desk.photos["before"], note="上锁", **said
    )
    assert desk.names("users_unvisited_inside", "08-31") == ["YH-1"]
    for n in (2, 3):
        desk.must("visits", f"JC-{n}", "检查", "09-08", new=True, found="见到", **said)
    assert desk.rows("dispatch", "09-08")["合计"][:2] == ["1", "1"]
    assert desk.names("users_unvisited_inside", "09-08") == []


def test_a_user_that_moves_town_stays_where_it_was_until_then(desk: Groundwater) -> None:
    """003-39."""
    desk.user()
    step = Step("transfer", day("10-01"), region=ZONE, reason="迁址")
    assert desk.send("users", step, "YH-1", WATER).status == ENTERED
    counts = [{k: v[0] for k, v in desk.rows("registers", on).items() if v[0] != "0"} for on in ("09-30", "10-01")]
    assert counts == [{"合计": "1", "夏村镇": "1"}, {"合计": "1", "经济开发区": "1"}]


def test_a_credit_code_belongs_to_one_user(desk: Groundwater) -> None:
    """003-57: and to none when its last sign is wrong; a trader may have none."""
    desk.user(credit_code="91350100M000100Y43")
    twin = {"name": "另一户", "kind": "企业", "credit_code": "91350100M000100Y43"}
    step = Step("create", day("07-20"), set=twin, region=ZONE)
    assert "一户只在一个镇区登记" in why(desk.send("users", step, "YH-9", WATER))
    wrong = {"name": "第三户", "kind": "企业", "credit_code": "91350100M000100Y44"}
    assert "校验" in why(desk.send("users", Step("create", day("07-20"), set=wrong, region=ZONE), "YH-8", WATER))
    desk.user("YH-2", kind="个人")
    desk.user("YH-3", kind="个人")


def test_a_town_has_a_desk_of_its_own(desk: Groundwater) -> None:
    """003-64, U10: and people's data are masked."""
    desk.user(contact="联系人甲", phone="19900010000", resident_no="110101199003070038")
    desk.user("YH-2", region=CITY, at=OUTSIDE)
    users = desk.here.pack.ledgers["users"]
    assert [r.number for r in Viewer(desk.here, CLERK).records(users)] == ["YH-1"]
    assert [r.number for r in Viewer(desk.here, URBAN).records(users)] == ["YH-2"]
    shown = Viewer(desk.here, WATER).history(users, "YH-1")
    assert "19900010000" not in str(shown)


def test_over_the_plan_is_one_limit_and_over_the_permit_another(desk: Groundwater) -> None:
    """003-05, 49."""
    desk.user()
    desk.user("YH-2")
    quota = {"industry": "食品加工", "value": 3.5, "from": "2022-01-01"}
    desk.must("quotas", "DE-2022", "登记", "07-20", new=True, **quota)
    said = {"year": 2022, "quota": "DE-2022", "output": 10000, "plan": 35000, "permit_limit": 40000}
    for n in (1, 2):
        desk.must("plans", f"JH-{n}", "下达", "08-10", new=True, user=f"YH-{n}", **said)
    ask = {"plan": "JH-2", "kind": "超计划", "asked": 5000}
    desk.must("extra_use", "ZL-1", "申请", "09-15", new=True, **ask)
    desk.must("extra_use", "ZL-1", "批准", "09-20", granted=3000)
    desk.must("plans", "JH-2", "批准增加", "09-20", extra=3000, limit=38000, reason="ZL-1")
    for n in (1, 2):
        desk.must("plans", f"JH-{n}", "读表", "11-10", used=38000)
    assert desk.names("over_plan", "11-10") == ["JH-1"]
    assert desk.names("over_permit", "11-10") == []
    desk.must("plans", "JH-2", "读表", "12-10", used=41000)
    assert desk.names("over_permit", "12-10") == ["JH-2"]


def test_a_quota_holds_from_its_day_on(desk: Groundwater) -> None:
    """003-05."""
    quota = {"industry": "食品加工", "value": 4.2, "from": "2019-01-01", "until": "2021-12-31"}
    desk.must("quotas", "DE-2019", "登记", "07-20", new=True, **quota)
    assert desk.record("quotas", "DE-2019").data["in_force_now"] == "否"


def test_a_meter_whose_term_is_over_is_off(desk: Groundwater) -> None:
    """003-57: by the clock."""
    well = desk.well(users=[desk.user()])
    desk.must("meters", "JL-1", "安装", "07-25", new=True, wells=[well], valid_until="2022-10-08")
    assert [desk.names("meters_off", on) for on in ("10-08", "10-09")] == [[], ["JL-1"]]


def test_two_maps_that_differ_are_listed_and_one_rules(desk: Groundwater) -> None:
    """003-56."""
    edge = {"lon": 121.6075, "lat": 36.725, "frame": "CGCS2000"}  # only the company's map has it
    desk.user(at=edge)
    desk.user("YH-2", at=INSIDE)
    assert desk.names("maps_differ_company", "07-28") == ["YH-1"]
    assert "水务集团" in desk.here.pack.texts["two_maps"]


def test_discipline_is_read_by_few_and_decided_by_another(desk: Groundwater) -> None:
    """003-73."""
    ledger = desk.here.pack.ledgers["discipline"]
    said = {"facts": "巡查照片重复", "events": "XC-0001"}
    proposer = Actor(None, "auditor", (Held("auditor"),))
    desk.must("discipline", "JL-1", "提出", "12-05", new=True, unit="SL", by=proposer, **said)
    assert desk.record("discipline", "JL-1").state == "已提出"
    assert [Viewer(desk.here, who).knows(ledger) for who in (LEADER, CLERK, COMPANY, WATER)] == [
        True,
        False,
        False,
        False,
    ]
    desk.must("discipline", "JL-1", "决定", "12-08", by=LEADER, decision="不予处理", reason="设备故障")


def test_a_release_is_written_by_one_and_let_go_by_another(desk: Groundwater) -> None:
    """003-43: before that the media do not see it."""
    said = {"title_line": "成果一", "table_and_day": "周调度表，2022-08-12", "figures": "全市合计"}
    media = Actor(None, "media", (Held("media", unit="RM"),))
    ledger = desk.here.pack.ledgers["releases"]
    desk.must("releases", "CG-1", "拟稿", "08-12", new=True, by=OFFICE, region="371083", **said)
    assert list(Viewer(desk.here, media).records(ledger)) == []
    assert desk.do("releases", "CG-1", "放行", "08-15", by=OFFICE).status == "waiting"
    desk.must("releases", "CG-1", "放行", "08-15", by=Actor(None, "office2", (Held("office"),)))
    assert [r.number for r in Viewer(desk.here, media).records(ledger)] == ["CG-1"]


def test_the_declared_volume_is_corrected_by_a_later_step(desk: Groundwater) -> None:
    """003-48."""
    desk.user()
    said = {"user": "YH-1", "period": "2022年三季度", "volume": 8750}
    desk.must("volumes", "HD-1", "核定", "10-10", new=True, **said)
    desk.must("volumes", "HD-1", "送税务局", "10-12")
    desk.must("volumes", "HD-1", "更正水量", "11-05", volume=8600, reason="抄表有误")
    assert [desk.says("HD-1", "volume", on, "volumes") for on in ("10-12", "11-05")] == [8750, 8600]


def test_a_commitment_is_between_the_user_and_the_bureau(desk: Groundwater) -> None:
    """003-38, 67: an agreement about water is another paper."""
    desk.user()
    desk.must("commitments", "CN-1", "签订", "08-01", new=True, by=CLERK, user="YH-1", scan=desk.photos["paper"])
    assert desk.record("commitments", "CN-1").data["with"] == "市水利局"
    again = desk.do("commitments", "CN-2", "未签", "08-02", new=True, by=CLERK, user="YH-1", why_not="拒签")
    assert "已经有承诺书" in why(again)
    assert "agreements" in desk.here.pack.ledgers


def test_an_opinion_is_answered_and_who_posted_it_stays_hidden(desk: Groundwater) -> None:
    """003-62."""
    desk.user()
    said = {"channel": "论坛", "matter": "夜间洗车", "poster": "网友甲", "user": "YH-1"}
    poster = Actor(None, "xc", (Held("propaganda", unit="XC"),))
    desk.must("opinions", "YQ-1", "发现", "08-22", new=True, by=poster, unit="XC", region="371083", **said)
    desk.must("opinions", "YQ-1", "答复", "08-23", by=OFFICE, answer="已依法处理")
    assert "网友甲" not in str(Viewer(desk.here, OFFICE).history(desk.here.pack.ledgers["opinions"], "YQ-1"))


def test_an_agreement_signed_far_away_is_flagged(desk: Groundwater) -> None:
    """003-67: by the place that the picture itself gives."""
    desk.user()
    far = keep(desk.campaign, picture(["far"], "far", signature=False, place=(121.64, 36.75)), "远.jpg", by=None)
    said = {"user": "YH-1", "place": INSIDE, "photo": [far]}
    desk.must("agreements", "XY-1", "签订", "09-01", new=True, by=COMPANY, **said)
    assert any("现场照片" in flag for flag in desk.record("agreements", "XY-1").flags)


def test_look_backs_start_when_the_campaign_is_over_and_have_no_end(desk: Groundwater) -> None:
    """003-30, 40: nor has the summary a day."""
    stages = desk.here.pack.stages
    assert (stages["look_back"].start, stages["look_back"].end) == (from_iso("2023-01-01"), None)
    assert (stages["summary"].start, stages["summary"].end) == (None, None)
    assert TOWN in desk.here.regions
