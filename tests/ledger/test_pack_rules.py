"""What a pack may ask of the door beyond the plain workflow: rules, proofs by kind, a record's own dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.samples import jpeg
from tests.lamps import JIA, PACK_ALONE, REGIONS, UNITS
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Record
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db

PACK = PACK_ALONE.replace("  firm: {title: 维修单位, sees: unit}", "  firm: {title: 维修单位, sees: all, acts: unit}")
DRAINS = """
title: 雨水口台账
number: {title: 编号, pattern: "Y-{seq:03}"}
region: {level: village}
amend_by: [county, town, firm]
fields:
  kind: {title: 类型, type: choice, required: true, options: [堵塞, 破损, 其他]}
  guide: {title: 指导单位, type: unit}
  helpers: {title: 配合单位, type: unit, many: true}
  due: {title: 整改时限, type: date}
  new_due: {title: 申请的时限, type: date}
  photo_text: {title: 清淤说明, type: text}
  cover: {title: 井盖编号, type: text}
  note: {title: 备注, type: text}
  sign: {title: 签字说明, type: text}
checks:
  - {if: {cover: 无盖}, then: {kind: [破损, 其他]}, says: 没有井盖的不是堵塞。}
  - {if: {cover: 新盖}, then: {kind: 破损}, says: 没有破损，不必换井盖。, flag: true}
  - {same: [due, new_due], says: 两个时限不同。, flag: true}
rules:
  guide:
    cases:
      - {where: {kind: 堵塞}, is: 甲队, source: 方案二}
      - {where: {kind: 破损}, is: 第二维修队, source: 方案三}
  due:
    cases:
      - {where: {kind: 破损}, days_after: 3, source: 方案四}
      - {days_after: 10}
workflow:
  states: {待办: {}, 已办: {closed: true}}
  moves:
    登记: {from: new, to: 待办, by: [town, county, firm]}
    申请延期:
      from: 待办
      to: same
      by: [town]
      needs: [new_due]
      requires: [{here: {due: {on_or_after: as_of}}, says: 已过整改时限，不能再申请延期。}]
    批准延期: {from: 待办, to: same, by: [county], needs: [new_due], sets: {due: {copy: new_due}}}
    沿用: {from: 待办, to: same, by: [county], date: 沿用日期, sets: {due: {copy: new_due}}}
    办结:
      from: 待办
      to: 已办
      by: [town, firm]
      needs_when:
        - {where: {kind: 堵塞}, needs: [photo_text]}
        - {where: {kind: [堵塞, 破损]}, needs: [cover]}
"""
TOWN = Actor(None, "town", (Held("town", region="411300101"),))
COUNTY = Actor(None, "county", (Held("county"),))
FIRM = Actor(None, "firm", (Held("firm", unit="U1"),))


@pytest.fixture
def drains(tmp_path: Path) -> Iterator[Campaign]:
    files = {"pack.yaml": PACK, "ledgers/drains.yaml": DRAINS}
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        yield create_campaign(
            "drains", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )


def said(campaign: Campaign, actor: Actor, *steps: Step, number: str = "", unit: str = "") -> str:
    """The first problem's code and words, or the status."""
    said.n = getattr(said, "n", 0) + 1  # type: ignore[attr-defined]
    done = submit(campaign, [Change(f"c{said.n}", "drains", steps, number)], actor)[0]  # type: ignore[attr-defined]
    return done.problems[0].code if done.problems else done.status


def opened(kind: str, on: str = "2024-01-10", **fields: Any) -> Step:
    return Step("create", from_iso(on), set={"kind": kind, **fields}, region=JIA)


def moved(move: str, on: str, **fields: Any) -> Step:
    return Step("move", from_iso(on), move, fields)


def data() -> dict[str, Any]:
    return Record.objects.get().data


@pytest.mark.parametrize(
    ("kind", "guide", "due"),
    [("堵塞", "U1", "2024-01-20"), ("破损", "U2", "2024-01-13"), ("其他", None, "2024-01-20")],
)
def test_a_rule_fills_what_nobody_said(drains: Campaign, kind: str, guide: str | None, due: str) -> None:
    assert said(drains, TOWN, opened(kind)) == "entered"
    assert (data().get("guide"), data()["due"]) == (guide, due)


def test_a_rule_follows_its_fields_and_stands_back_for_a_person(drains: Campaign) -> None:
    assert said(drains, TOWN, opened("堵塞", due="2024-02-01")) == "entered"
    assert data() == {"kind": "堵塞", "guide": "U1", "due": "2024-02-01"}
    assert said(drains, TOWN, Step("amend", set={"kind": "破损"}), number="Y-001") == "entered"
    assert data() == {"kind": "破损", "guide": "U2", "due": "2024-02-01"}  # the date was a person's word
    assert said(drains, TOWN, Step("amend", set={"guide": "U11"}), number="Y-001") == "entered"
    assert said(drains, TOWN, Step("amend", set={"kind": "堵塞"}), number="Y-001") == "entered"
    assert data()["guide"] == "U11"


def test_the_history_says_by_which_clause_a_rule_filled_a_field(drains: Campaign) -> None:
    said(drains, TOWN, opened("破损"))
    here = setting(drains)
    events = Viewer(here, OPERATOR).history(here.pack.ledgers["drains"], "Y-001")["events"]
    assert events[0]["ruled"] == {"guide": "方案三", "due": "方案四"}


def test_where_there_is_nothing_to_copy_what_stands_stays(drains: Campaign) -> None:
    said(drains, TOWN, opened("堵塞"))
    assert said(drains, COUNTY, moved("沿用", "2024-01-11"), number="Y-001") == "entered"
    assert data()["due"] == "2024-01-20"
    assert said(drains, COUNTY, moved("沿用", "2024-01-12", new_due="2024-02-01"), number="Y-001") == "entered"
    assert data()["due"] == "2024-02-01"


@pytest.mark.parametrize(
    ("kind", "fields", "answer"),
    [
        ("堵塞", {}, "ledger-007"),
        ("堵塞", {"cover": "J1"}, "ledger-007"),
        ("堵塞", {"cover": "J1", "photo_text": "已清"}, "entered"),
        ("破损", {"cover": "J1"}, "entered"),
        ("其他", {}, "entered"),
    ],
)
def test_each_kind_needs_its_own_proof(drains: Campaign, kind: str, fields: dict[str, str], answer: str) -> None:
    said(drains, TOWN, opened(kind))
    assert said(drains, TOWN, moved("办结", "2024-01-12", **fields), number="Y-001") == answer


@pytest.mark.parametrize(
    ("asked", "answer"), [("2024-01-13", "entered"), ("2024-01-14", "ledger-022"), ("2024-01-12", "entered")]
)
def test_an_extension_is_asked_for_before_the_date_has_passed(drains: Campaign, asked: str, answer: str) -> None:
    said(drains, TOWN, opened("破损"))  # due 2024-01-13
    assert said(drains, TOWN, moved("申请延期", asked, new_due="2024-02-20"), number="Y-001") == answer
    assert data()["due"] == "2024-01-13"
    if answer == "entered":
        assert said(drains, COUNTY, moved("批准延期", "2024-01-15"), number="Y-001") == "entered"
        assert data()["due"] == "2024-02-20"


@pytest.mark.parametrize(
    ("kind", "cover", "answer"),
    [("堵塞", "无盖", "ledger-023"), ("堵塞", "J1", "entered"), ("破损", "无盖", "entered"), ("堵塞", "", "entered")],
)
def test_where_one_thing_is_so_another_must_be(drains: Campaign, kind: str, cover: str, answer: str) -> None:
    assert said(drains, TOWN, opened(kind, cover=cover)) == answer


def test_what_only_deserves_a_flag_enters_and_is_flagged_when_it_is_said(drains: Campaign) -> None:
    assert said(drains, TOWN, opened("堵塞", cover="新盖")) == "entered"
    assert Record.objects.get().flags == ["没有破损，不必换井盖。"]
    assert said(drains, TOWN, moved("申请延期", "2024-01-12", new_due="2024-01-20"), number="Y-001") == "entered"
    assert said(drains, TOWN, moved("申请延期", "2024-01-13", new_due="2024-02-20"), number="Y-001") == "entered"
    assert [Record.objects.get().flags, len(flagged())] == [["没有破损，不必换井盖。", "两个时限不同。"], 2]
    assert said(drains, TOWN, Step("amend", set={"note": "看过"}), number="Y-001") == "entered"
    assert len(flagged()) == 2  # nothing that the checks speak of was said again


def flagged() -> list[str]:
    return [e.body for e in Event.objects.all() if '"flags"' in e.body]


@pytest.mark.parametrize(
    ("on", "value", "flags"),
    [
        ("2024-01-10", 1.0, []),
        ("2024-01-10", 1.01, ["氨氮1.01mg/L，超出Ⅲ类限值（不大于1mg/L）"]),
        ("2024-01-09", 1.01, []),  # the standard is not yet in force
    ],
)
def test_a_figure_beyond_the_standard_in_force_is_flagged(
    tmp_path: Path, on: str, value: float, flags: list[str]
) -> None:
    limited = "{title: 氨氮, type: number, decimals: 2, unit: mg/L, limit: {standard: water, item: nh3}}"
    ledger = DRAINS.replace("  cover:", f"  ammonia: {limited}\n  cover:")
    standard = """
water: {title: Ⅲ类, source: 表1, from: 2024-01-10, limits: {nh3: {title: 氨氮, at_most: 1, unit: mg/L}}}
"""
    files = {"pack.yaml": PACK, "ledgers/drains.yaml": ledger, "standards.yaml": standard}
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        campaign = create_campaign(
            "water", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )
        assert said(campaign, OPERATOR, opened("其他", on, ammonia=value)) == "entered"
    assert Record.objects.get().flags == flags


def test_a_post_may_read_more_than_it_may_work_on(drains: Campaign) -> None:
    said(drains, TOWN, opened("其他"))
    here = setting(drains)
    viewer = Viewer(here, FIRM)
    assert viewer.record(here.pack.ledgers["drains"], "Y-001").number == "Y-001"
    assert said(drains, FIRM, moved("办结", "2024-01-12"), number="Y-001") == "ledger-061"
    assert said(drains, FIRM, Step("amend", set={"note": "看过"}), number="Y-001") == "ledger-061"
    assert said(drains, TOWN, Step("transfer", unit="U11", reason="归甲队"), number="Y-001") == "entered"
    assert said(drains, FIRM, moved("办结", "2024-03-01"), number="Y-001") == "entered"
    assert Event.objects.count() == 3


def test_a_correction_makes_the_signature_void(tmp_path: Path) -> None:
    signed = DRAINS.replace("sign: {title: 签字说明, type: text}", "sign: {title: 签名, type: signature, signs: true}")
    files = {"pack.yaml": PACK, "ledgers/drains.yaml": signed}
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        campaign = create_campaign(
            "signed", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )
        stroke = keep(campaign, jpeg(), "签名.jpg", None)
        assert said(campaign, OPERATOR, opened("其他", sign=[stroke])) == "entered"
        assert said(campaign, OPERATOR, Step("amend", set={"note": "补充"}), number="Y-001") == "entered"
        record = Record.objects.get()
        assert ("sign" in record.data, record.flags) == (False, ["签名已失效：签名后更正了备注"])
        assert said(campaign, OPERATOR, Step("amend", set={"sign": [stroke]}), number="Y-001") == "entered"
        assert Record.objects.get().data["sign"] == [stroke]


def test_a_unit_that_is_named_must_be_there_one_or_several(drains: Campaign) -> None:
    assert said(drains, TOWN, opened("其他", helpers=["U1", "U11"])) == "entered"
    assert data()["helpers"] == ["U1", "U11"]
    for wrong in ({"guide": "U9"}, {"helpers": ["U1", "U9"]}):
        assert said(drains, COUNTY, Step("amend", set=wrong), number="Y-001") == "ledger-017"
    assert said(drains, COUNTY, Step("amend", set={"helpers": "U1"}), number="Y-001") == "ledger-006"


CREWS = """
title: 班组名册
number: {title: 工号}
fields:
  name: {title: 名称, type: text}
workflow:
  states: {在岗: {closed: true}}
  moves:
    登记: {from: new, to: 在岗, by: [county]}
"""
CASES = """
title: 案件台账
number: {title: 案号}
fields:
  drain: {title: 雨水口, type: link, ledger: drains}
workflow:
  states: {立案: {}, 结案: {closed: true}}
  moves:
    立案: {from: new, to: 立案, by: [county]}
    结案: {from: 立案, to: 结案, by: [county]}
"""
REQUIRES = """      requires:
        - {none: cases, by: drain, where: {state: 立案}, says: 有案件没有结。}
        - {exists: crews, via: crew, same: unit, says: 责任人不在责任单位。}
"""


def test_a_requirement_asks_who_names_the_record_and_whose_unit_is_the_same(tmp_path: Path) -> None:
    drains = DRAINS.replace("  note:", "  crew: {title: 责任人, type: link, ledger: crews}\n  note:") + REQUIRES
    files = {
        "pack.yaml": PACK,
        "ledgers/drains.yaml": drains,
        "ledgers/crews.yaml": CREWS,
        "ledgers/cases.yaml": CASES,
    }
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        campaign = create_campaign(
            "asked", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )

        def enter(ledger: str, number: str, step: Step) -> str:
            done = submit(campaign, [Change(f"{ledger}{number}{step.move}", ledger, (step,), number)], OPERATOR)[0]
            return done.problems[0].says if done.problems else done.status

        day = from_iso("2024-02-01")
        enter("crews", "G1", Step("create", day, unit="U1"))
        enter("crews", "G2", Step("create", day, unit="U2"))
        for number, crew in (("Y-001", "G1"), ("Y-002", "G1"), ("Y-003", "G2")):
            opening = Step("create", day, set={"kind": "其他", "crew": crew}, region=JIA, unit="U1")
            assert enter("drains", number, opening) == "entered"
        assert enter("cases", "1", Step("create", day, set={"drain": "Y-002"})) == "entered"
        done = Step("move", day, "办结")
        assert enter("drains", "Y-001", done) == "entered"
        assert "有案件没有结" in enter("drains", "Y-002", done)
        assert "责任人不在责任单位" in enter("drains", "Y-003", done)
        assert enter("cases", "1", Step("move", day, "结案")) == "entered"
        again = [Change("again", "drains", (done,), "Y-002")]
        assert submit(campaign, again, OPERATOR)[0].status == "entered"


@pytest.mark.parametrize(
    ("words", "town", "firm"),
    [("", False, False), ("shared: true\n", True, True), ("shared: true\nseen_by: [town]\n", True, False)],
)
def test_a_shared_ledger_is_read_by_all_and_written_within_reach(
    tmp_path: Path, words: str, town: bool, firm: bool
) -> None:
    pack = PACK.replace("{title: 维修单位, sees: all, acts: unit}", "{title: 维修单位, sees: unit}")
    files = {
        "pack.yaml": pack,
        "ledgers/drains.yaml": DRAINS,
        "ledgers/crews.yaml": f"{words}amend_by: [county, town]{CREWS}",
    }
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        campaign = create_campaign(
            "shared", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )
        here = setting(campaign)
        opening = Change("c1", "crews", (Step("create", from_iso("2024-02-01"), set={"name": "甲"}),), "G1")
        assert submit(campaign, [opening], OPERATOR)[0].status == "entered"
        crews = here.pack.ledgers["crews"]
        nobody = Actor(None, "nobody")
        seen = [Viewer(here, actor).records(crews).exists() for actor in (TOWN, FIRM, nobody)]
        assert seen == [town, firm, False]
        amend = Change("c2", "crews", (Step("amend", set={"name": "乙"}),), "G1")
        told = submit(campaign, [amend], TOWN)[0].problems
        assert [p.code for p in told] == ["ledger-061" if town else "ledger-001"]
