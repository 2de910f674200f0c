"""Single cases of the pack `source-lookback` about units and registers: who received what, who helps whom, who may
check, what becomes public, what is asked and answered. Days are of 2018; comments name the requirements (004-NN).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from shapely.geometry import Point, shape

from tests.campaigns.test_source_stories import A_UNIT, B_UNIT, FOLDER, INNER, A, Desk, day, entered, waits
from zhuanban.atlas.actions import load_zones
from zhuanban.cli.told import history_lines
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.core.problem import Refused
from zhuanban.duty import actions as duty
from zhuanban.duty.actions import Target, find
from zhuanban.duty.queries import board
from zhuanban.ledger.change import Step
from zhuanban.ledger.placing import place_again
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import as_of
from zhuanban.ledger.stored import facts_of
from zhuanban.notify.models import Alarm
from zhuanban.people.models import AccessLog
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.queries import table

pytestmark = pytest.mark.django_db

ROOT: dict[str, Any] = {"region": "320602", "unit": ""}
MAY = Target("progress", A_UNIT, "2018-05")


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2018, 12, 11, 9, tzinfo=BEIJING)):
        yield Desk()


def steps(desk: Desk, ledger: str, number: str) -> list[tuple[str, str]]:
    """(title, day) of a record's events."""
    told = Viewer(desk.here, OPERATOR).history(desk.here.pack.ledgers[ledger], number)
    return [(event["title"], event["on"][5:]) for event in told["events"]]


def looked(desk: Desk, on: str) -> list[str]:
    """The total row of the month's table: all, looked at, 是, 否, not looked at."""
    result = table(desk.here, desk.here.pack.tables["look_back"], desk.here.regions.root, day(on))
    (total,) = [row for row in result.rows if row.name == "合计"]
    return [result.cells[total.key, key].text for key in ("old", "looked", "kept", "broken", "waiting")]


# -- Papers


def test_a_paper_goes_to_a_unit_once_and_somebody_reads_it(desk: Desk) -> None:  # 004-04
    said: dict[str, Any] = {"region": "320602", "paper": "水法"}
    number = entered(desk.open("paper_receipts", "05-02", "印送", desk.office, **said, unit="HB"))
    assert "已经列了" in waits(desk.open("paper_receipts", "05-03", "印送", desk.office, **said, unit="HB"))
    assert "阅文人" in waits(desk.step("paper_receipts", number, "签收", "05-03", desk.bureau))
    assert desk.listed("papers_unreceived", "05-03") == [number]
    entered(desk.step("paper_receipts", number, "签收", "05-03", desk.bureau, reader="阅文员甲"))
    assert desk.listed("papers_unreceived", "05-03") == []
    absent = {**said, "paper": "没有这份文件"}
    assert "不存在" in waits(desk.open("paper_receipts", "05-03", "印送", desk.office, **absent, unit="ZJ"))


def test_a_problem_cites_no_standard_that_is_not_on_the_list(desk: Desk) -> None:  # 004-06
    assert "HJ773-2015 不存在" in waits(desk.new(standard=["水法", "HJ773-2015"]))
    standard: dict[str, Any] = {"number": "HJ773-2015", "name": "技术要求", "level": "标准"}
    entered(desk.open("papers", "05-02", "登记", desk.office, **ROOT, **standard))
    entered(desk.new(standard=["水法", "HJ773-2015"]))


@pytest.mark.parametrize(
    ("date", "evidence", "missing"),
    [
        ("drawn_on", "drawn_paper", "not_drawn"),
        ("signed_on", "sign_photo", "not_signed"),
        ("cured_on", "cured_paper", "not_cured"),
    ],
)
def test_each_of_the_three_tasks_has_its_day_and_its_evidence(
    desk: Desk, date: str, evidence: str, missing: str
) -> None:  # 004-07
    assert desk.listed(missing, "05-10") == ["SY-01"]
    title = desk.here.pack.ledgers["sources"].fields[evidence].title
    update: dict[str, Any] = {date: "2017-12-20"}
    assert title in waits(desk.step("sources", "SY-01", "更新", "05-10", desk.bureau, **update))
    update[evidence] = desk.photo()
    entered(desk.step("sources", "SY-01", "更新", "05-10", desk.bureau, **update))
    assert desk.listed(missing, "05-10") == []


def test_a_question_stays_open_until_it_is_answered_by_a_unit(desk: Desk) -> None:  # 004-54
    said: dict[str, Any] = {"paper": "水法", "clause": "附件注3", "question": "“整治进展情况”指哪一栏？"}
    number = entered(desk.open("paper_questions", "05-02", "提出", desk.office, **ROOT, **said))
    assert desk.listed("questions_open", "05-03") == [number]
    assert "答复单位" in waits(
        desk.step("paper_questions", number, "答复", "05-04", desk.office, answer="回头看情况栏")
    )
    told: dict[str, Any] = {"answer": "回头看情况栏", "answered_by": "QF"}
    entered(desk.step("paper_questions", number, "答复", "05-04", desk.office, **told))
    assert (desk.listed("questions_open", "05-03"), desk.listed("questions_open", "05-04")) == ([number], [])
    assert waits(desk.step("paper_questions", number, "改定答复", "05-08", desk.office, answer="备注栏"))
    entered(desk.step("paper_questions", number, "改定答复", "05-08", desk.office, "上级另有要求", answer="备注栏"))


def test_an_old_version_of_the_plan_can_still_be_read(desk: Desk) -> None:  # 004-15
    said: dict[str, Any] = {"source": "SY-01", "streets": "狼山镇街道、任港街道", "version": 1, "file_name": "第一版"}
    number = entered(desk.open("source_plans", "05-11", "施行", desk.office, **ROOT, **said, file=desk.photo("一")))
    newer: dict[str, Any] = {"version": 2, "file_name": "第二版", "file": desk.photo("二")}
    entered(desk.step("source_plans", number, "换版", "09-12", desk.office, "补充措施", **newer))
    viewer, ledger = Viewer(desk.here, OPERATOR), desk.here.pack.ledgers["source_plans"]
    lines = list(history_lines(viewer, ledger, viewer.history(ledger, number)))
    assert "       版次：1 → 2" in lines
    assert [line for line in lines if "状态" in line] == ["       状态：现行"]  # the new version leaves it as it is
    facts = facts_of([desk.record("source_plans", number).pk])
    versions = []
    for on in ("05-12", "09-12"):
        now = as_of(next(iter(facts.values())), day(on))
        assert now is not None
        versions.append((now.data["version"], now.data["file_name"], now.data["file"][0]["name"]))
    assert versions == [(1, "第一版", "一.jpg"), (2, "第二版", "二.jpg")]


def test_an_action_plan_says_leader_department_and_division(desk: Desk) -> None:  # 004-33
    number = entered(desk.open("street_plans", "05-03", "列项", desk.office, kind="行动方案"))
    said: dict[str, Any] = {"name": "行动方案", "leader": "分管领导甲", "department": "城市管理科", "division": "分工"}
    for key, title in (("leader", "分管领导"), ("department", "责任部门"), ("division", "职责分工")):
        less = {k: v for k, v in said.items() if k != key}
        assert title in waits(desk.step("street_plans", number, "报备", "05-08", desk.clerk, **less))
    assert desk.listed("street_plans_missing", "05-08") == [number]
    entered(desk.step("street_plans", number, "报备", "05-08", desk.clerk, **said))
    assert desk.listed("street_plans_missing", "05-08") == []


def test_papers_and_the_plan_of_the_source_are_read_by_every_street(desk: Desk) -> None:  # 004-01, 004-15
    said: dict[str, Any] = {"source": "SY-01", "streets": "狼山镇街道、任港街道", "version": 1, "file_name": "第一版"}
    number = entered(desk.open("source_plans", "05-11", "施行", desk.office, **ROOT, **said))
    for street in (desk.clerk, desk.other):
        viewer = Viewer(desk.here, street)
        for ledger, named in (("papers", "水法"), ("sources", "SY-01"), ("source_plans", number)):
            assert viewer.record(desk.here.pack.ledgers[ledger], named).number == named
        change: dict[str, Any] = {"version": 2, "file_name": "第二版"}
        assert waits(desk.step("source_plans", number, "换版", "09-12", street, "补充", **change))


# -- Problems and units


def test_a_point_on_both_levels_is_of_the_stricter(desk: Desk) -> None:  # 004-10
    drawn = json.loads((FOLDER / "demo" / "protection.geojson").read_text("utf-8"))["features"]
    point = Point(INNER["lon"], INNER["lat"])
    levels = {f["properties"]["保护区级别"] for f in drawn if shape(f["geometry"]).contains(point)}
    assert levels == {"一级保护区", "二级保护区"}
    record = desk.record("problems", entered(desk.new(place=INNER)))
    assert (record.data["zone"], record.flags) == ("一级保护区", [])


def test_helpers_are_units_and_the_lead_alone_counts(desk: Desk) -> None:  # 004-17
    assert "没有单位“XX”" in waits(desk.new(hard="是", helpers=["HB", "XX"]))
    entered(desk.new(hard="是", helpers=["HB", B_UNIT]))
    result = table(desk.here, desk.here.pack.tables["hard_ones"], desk.here.regions.root, day("06-12"))
    counted = {row.name: result.cells[row.key, "all"].text for row in result.rows}
    assert {name: n for name, n in counted.items() if n != "0"} == {"合计": "1", "狼山镇街道": "1"}
    assert {"区环保局", "任港街道"} <= counted.keys()


def test_what_was_looked_at_late_stays_late(desk: Desk) -> None:  # 004-08
    assert desk.here.pack.stages["look_back"].end == day("11-30")
    entered(desk.look(desk.old(1), on="11-30"))
    entered(desk.look(desk.old(2), on="12-03"))
    assert looked(desk, "11-30") == ["2", "1", "1", "0", "1"]  # the day itself counts, and the 3rd does not
    assert looked(desk, "12-03") == ["2", "2", "2", "0", "0"]
    assert desk.listed("to_look", "11-30") == ["2"]


def test_one_person_with_both_posts_does_not_check_himself(desk: Desk) -> None:  # 004-I06
    both = tuple(Held(post, region=A, unit=A_UNIT) for post in ("street_clerk", "street_reviewer"))
    twice = Actor(None, "一人两岗", both)
    number = desk.old(1)
    desk.clerk = twice
    entered(desk.look(number))
    assert "同一人（一人两岗）" in waits(desk.close(number, by=twice))
    entered(desk.close(number, by=desk.checker))


def test_an_objection_keeps_the_day_of_the_closing(desk: Desk) -> None:  # 004-I13
    number = desk.old(1)
    entered(desk.look(number))
    entered(desk.close(number))
    assert waits(desk.step("problems", number, "备案异议", "05-20", desk.bureau))  # without a reason
    entered(desk.step("problems", number, "备案异议", "05-20", desk.bureau, "照片对不上"))
    assert steps(desk, "problems", number)[-2:] == [("销号", "05-17"), ("备案异议", "05-20")]
    entered(
        desk.step(
            "problems", number, "申请销号", "05-25", desk.clerk, fixed="补拍", fixed_by="整改员丙", after=desk.photo()
        )
    )
    entered(desk.close(number, "05-26"))


def test_no_further_look_back_needs_a_reason(desk: Desk) -> None:  # 004-I14
    number = desk.old(1)
    entered(desk.look(number))
    entered(desk.close(number))
    assert desk.listed("next_look_missed", "08-15") == []
    assert desk.listed("next_look_missed", "08-16") == [number]
    assert "不再安排的理由" in waits(desk.step("problems", number, "不再安排", "08-16", desk.checker))
    entered(desk.step("problems", number, "不再安排", "08-16", desk.checker, no_next="已整体搬迁"))
    assert desk.listed("next_look_missed", "08-16") == []


def test_a_problem_keeps_its_old_level_before_the_zone_was_redrawn(desk: Desk, tmp_path: Any) -> None:  # 004-I15
    number = entered(desk.new(place=INNER))
    path = tmp_path / "protection.geojson"
    drawn = (FOLDER / "demo" / "protection.geojson").read_text("utf-8")
    path.write_text(drawn.replace("120.885", "120.875"), "utf-8")
    layer = desk.here.pack.layers["protection"]
    place_again(setting(desk.campaign), layer, load_zones(desk.campaign, layer, path, day("08-01")), OPERATOR)
    facts = facts_of([desk.record("problems", number).pk])
    zones = [now.data["zone"] for on in ("07-31", "08-01") if (now := as_of(next(iter(facts.values())), day(on)))]
    assert zones == ["一级保护区", "二级保护区"]


# -- What becomes public


def test_a_public_talk_leads_to_a_page_of_its_own(desk: Desk) -> None:  # 004-43
    said: dict[str, Any] = {"ground": "弄虚作假", "facts": "同一张照片用了两次"}
    case = entered(desk.open("accountability", "09-06", "提出", desk.bureau, **said))
    page: dict[str, Any] = {"region": "320602", "unit": "QF", "case": case, "checked": "是"}
    early = desk.open("disclosures", "09-07", "起草约谈公开", desk.bureau, **page)
    assert "没有决定公开约谈" in waits(early)
    both = ["通报批评", "公开约谈"]
    entered(desk.step("accountability", case, "决定", "09-12", desk.office, "情节较重", measure=both, paper="文号1号"))
    assert desk.record("accountability", case).data["measure"] == both
    (told,) = Alarm.objects.filter(campaign=desk.campaign, key="public_talk")
    assert (told.over_on, desk.listed("talks_undisclosed", "09-12")) == (None, [case])
    entered(desk.open("disclosures", "09-13", "起草", desk.bureau, region="320602", unit="QF", month="2018-09"))
    draft = entered(desk.open("disclosures", "09-13", "起草约谈公开", desk.bureau, **page))
    assert desk.record("disclosures", draft).data["kind"] == "约谈公开"
    assert (desk.record("disclosures", draft).state, desk.listed("talks_undisclosed", "09-13")) == ("草稿", [])
    counted = table(desk.here, desk.here.pack.tables["accountability"], desk.here.regions.root, day("09-12"))
    (total,) = [row for row in counted.rows if row.name == "合计"]
    cells = [counted.cells[total.key, key].text for key in ("proposed", "circular", "talk", "dropped")]
    assert cells == ["1", "1", "1", "0"]  # one case, under each of its measures


def test_a_circular_alone_is_not_made_public(desk: Desk) -> None:  # 004-43
    case = entered(desk.open("accountability", "09-06", "提出", desk.bureau, ground="履职不力", facts="反弹"))
    entered(desk.step("accountability", case, "决定", "09-12", desk.office, "首次", measure=["通报批评"]))
    page: dict[str, Any] = {"region": "320602", "unit": "QF", "case": case}
    assert "没有决定公开约谈" in waits(desk.open("disclosures", "09-13", "起草约谈公开", desk.office, **page))
    assert desk.listed("talks_undisclosed", "09-13") == []
    assert not Alarm.objects.filter(campaign=desk.campaign).exists()


def test_only_the_intake_looks_at_who_sent_a_message_and_each_look_is_logged(desk: Desk) -> None:  # 004-I09
    said: dict[str, Any] = {"content": "有人倒垃圾", "anonymous": "否", "sender": "留言人甲", "phone": "19900000001"}
    number = entered(desk.open("public_messages", "06-20", "收到", desk.intake, **ROOT, **said))
    ledger = desk.here.pack.ledgers["public_messages"]
    for other in (desk.office, desk.bureau, desk.clerk):
        with pytest.raises(Refused):
            Viewer(desk.here, other).reveal(ledger, number, "sender", "核实")
    assert not AccessLog.objects.filter(campaign=desk.campaign, what="reveal").exists()
    assert Viewer(desk.here, desk.intake).reveal(ledger, number, "sender", "核实") == "留言人甲"
    (look,) = AccessLog.objects.filter(campaign=desk.campaign, what="reveal")
    assert (look.who, look.detail["number"], look.detail["reason"]) == (desk.intake.login, number, "核实")


# -- Reports


def reported(desk: Desk, at: datetime) -> Viewer:
    """The street's May report, filled and signed before, sent at that instant."""
    with clock.set_to(datetime(2018, 5, 2, 9, tzinfo=BEIJING)):
        entered(desk.open("streets", "05-02", "列入", desk.office))
    clerk = Viewer(desk.here, desk.clerk)
    with clock.set_to(datetime(2018, 5, 21, 9, tzinfo=BEIJING)):
        desk.old(1)
        duty.fill(clerk, MAY)
        duty.sign(Viewer(desk.here, desk.checker), MAY)
    with clock.set_to(at):
        duty.send(clerk, MAY, "政网-1", "附表1还没有下发")
    return clerk


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (datetime(2018, 5, 22, 23, 59, 59, tzinfo=BEIJING), ""),
        (datetime(2018, 5, 23, 0, 0, 0, tzinfo=BEIJING), "迟1天"),
    ],
)
def test_the_printed_day_counts_whole(desk: Desk, at: datetime, late: str) -> None:  # 004-I03
    assert find(reported(desk, at), MAY).late_text == late


def test_a_report_is_whole_when_both_copies_have_their_receipt(desk: Desk) -> None:  # 004-25
    clerk = reported(desk, datetime(2018, 5, 21, 10, tzinfo=BEIJING))

    def incomplete() -> int:
        return board(clerk, clock.now() // 1_000_000, "progress").count().undelivered

    assert (find(clerk, MAY).undelivered(), incomplete()) == (["区环保局", "区住建局"], 1)
    duty.deliver(clerk, MAY, "区环保局", "环收-1")
    assert (find(clerk, MAY).undelivered(), incomplete()) == (["区住建局"], 1)
    duty.deliver(clerk, MAY, "区住建局", "建收-1")
    assert (find(clerk, MAY).undelivered(), incomplete()) == ([], 0)


def test_only_the_office_returns_a_report(desk: Desk) -> None:  # 004-I08, 004-I11
    clerk = reported(desk, datetime(2018, 5, 21, 10, tzinfo=BEIJING))
    with pytest.raises(Refused):
        duty.send_back(Viewer(desk.here, desk.bureau), MAY, "缺盖章页")
    duty.send_back(Viewer(desk.here, desk.office), MAY, "缺盖章页")
    assert find(clerk, MAY).status == "returned"
    for reader in (desk.bureau, desk.office):
        assert Viewer(desk.here, reader).record(desk.here.pack.ledgers["problems"], "1").number == "1"


def test_nothing_to_report_is_said_and_silence_is_missing(desk: Desk) -> None:  # 004-I04
    with clock.set_to(datetime(2018, 5, 2, 9, tzinfo=BEIJING)):
        for region, unit in ((A, A_UNIT), ("320602008", "J008")):
            entered(desk.open("streets", "05-02", "列入", desk.office, region=region, unit=unit))
    clerk = Viewer(desk.here, desk.person("street_clerk", region="320602008", unit="J008"))
    checker = Viewer(desk.here, desk.person("street_reviewer", region="320602008", unit="J008"))
    target = Target("progress", "J008", "2018-05")
    with clock.set_to(datetime(2018, 5, 21, 9, tzinfo=BEIJING)):
        duty.fill(clerk, target, zero=True)
        duty.sign(checker, target)
        duty.send(clerk, target, "政网-2", "附表1还没有下发")
    at = int(datetime(2018, 5, 23, 9, tzinfo=BEIJING).timestamp())
    stands = {
        i.unit: (i.status, i.zero)
        for i in board(Viewer(desk.here, desk.office), at, "progress").items
        if i.due.period == "2018-05"
    }
    assert stands == {A_UNIT: ("missing", False), "J008": ("submitted", True)}


def test_a_handover_for_inspection_says_to_whom(desk: Desk) -> None:  # 004-31
    number = entered(desk.open("source_files", "05-14", "建档", desk.clerk, source="SY-01"))
    entered(desk.step("source_files", number, "提供检查", "11-21", desk.clerk, handed_to="区环保局"))
    entered(desk.step("source_files", number, "提供检查", "11-28", desk.clerk, handed_to="区住建局"))
    assert steps(desk, "source_files", number)[1:] == [("提供检查", "11-21"), ("提供检查", "11-28")]
    amended = desk.send("source_files", Step("amend", day("11-28"), set={"handed_to": ""}), number, desk.office)
    assert waits(amended)  # the office does not write in the street's file
