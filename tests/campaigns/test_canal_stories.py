"""What the pack `canal-protection` makes of single cases through the door: from the find to the relapse, and refusals.

All days are of 2021. The local operator acts where the story is not about who may do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.story import CanalStory
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.ledger.change import ENTERED, WAITING, Change, Outcome, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.grid import split_cell
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

pytestmark = pytest.mark.django_db

VILLAGE, CELL, STREET = "411371002201", "411371002201002", "JD"
INSIDE = {"lon": 112.49, "lat": 33.001, "frame": "CGCS2000"}
OUTSIDE = {"lon": 112.49, "lat": 33.00185, "frame": "CGCS2000"}  # some 5 m beyond the second zone

CLERK = Actor(None, "clerk", (Held("street_clerk", region="411371002", unit=STREET),))
CHECKER = Actor(None, "checker", (Held("checker", region="411371002"),))


class Desk(CanalStory):
    def do(
        self,
        ledger: str,
        number: str,
        move: str,
        on: str,
        *,
        new: bool = False,
        by: Actor = OPERATOR,
        reason: str = "",
        region: str | None = None,
        unit: str | None = None,
        **said: Any,
    ) -> Outcome:
        step = Step("create" if new else "move", day(on), move, said, region, unit, reason)
        return self.send(ledger, step, number, by)

    def staff(self) -> None:
        self.do("staff", "RY-001", "到岗", "08-31", new=True, unit=STREET, name="赵某甲")
        self.do("staff", "RY-002", "到岗", "08-31", new=True, unit="CZ", name="钱某乙")

    def found(self, number: str, kind: str = "居民生活污染", **said: Any) -> Outcome:
        fields: dict[str, Any] = {"source": "新发现", "kind": kind, "what": "污水直排", "inspector": "孙某丙",
                  "place": INSIDE, "photo": self.photo, **said}  # fmt: skip
        return self.do("problems", number, "发现", "09-06", new=True, region=VILLAGE, unit=STREET, **fields)

    def assigned(self, number: str, kind: str = "居民生活污染") -> None:
        self.staff()
        self.found(number, kind)
        self.do("problems", number, "交办", "09-07", measure="接管", due="2021-09-30", owner="RY-001")

    def fix(self, number: str, on: str = "09-10", **said: Any) -> Outcome:
        proof: dict[str, Any] = {"fixed": "已接管", "fix_photo": self.after, "fixed_by": "赵某甲", **said}
        return self.do("problems", number, "申请销号", on, by=CLERK, **proof)


def day(on: str) -> int:
    return from_iso(f"2021-{on}")


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2021, 12, 31, 9, tzinfo=BEIJING)):
        yield Desk()


def says(outcome: Outcome) -> str:
    assert outcome.status == WAITING
    return "\n".join(map(str, outcome.problems))


def test_from_the_find_to_the_relapse(desk: Desk) -> None:
    desk.assigned("WT-1")
    assert desk.record("problems", "WT-1").data["zone"] == "二级保护区"
    assert desk.fix("WT-1").status == ENTERED
    assert desk.do("problems", "WT-1", "销号", "09-11", by=CHECKER, checked_by="李某丁").status == ENTERED
    assert desk.record("problems", "WT-1").data["look_back_due"] == "2021-10-11"
    looked: dict[str, Any] = {"look_back_found": "反弹", "look_back_by": "李某丁", "look_back_photo": desk.photo}
    assert desk.do("problems", "WT-1", "回头看", "10-11", by=CHECKER, **looked).status == ENTERED
    again = desk.do(
        "problems", "WT-2", "反弹立案", "10-11", new=True, by=CHECKER, region=VILLAGE, unit=STREET,
        relapse_of="WT-1", kind="居民生活污染", what="又直排", photo=desk.photo, place=INSIDE,
    )  # fmt: skip
    assert again.status == ENTERED
    first, second = desk.record("problems", "WT-1"), desk.record("problems", "WT-2")
    assert (first.state, second.state) == ("已回头看", "待交办")
    assert (second.data["relapse_of"], second.data["source"]) == ("WT-1", "反弹")


def test_a_relapse_of_an_open_problem_is_none(desk: Desk) -> None:
    desk.assigned("WT-1")
    again = desk.do(
        "problems", "WT-2", "反弹立案", "09-20", new=True, region=VILLAGE, unit=STREET,
        relapse_of="WT-1", kind="居民生活污染", what="又直排", photo=desk.photo, place=INSIDE,
    )  # fmt: skip
    assert "原问题没有销号" in says(again)


def test_no_jump_from_found_to_closed(desk: Desk) -> None:
    desk.found("WT-1")
    assert "不能“销号”" in says(desk.do("problems", "WT-1", "销号", "09-07", checked_by="李某丁"))


def test_without_a_photo_it_waits(desk: Desk) -> None:
    assert "发现照片" in says(desk.found("WT-1", photo=None))


def test_five_metres_beyond_the_zones_it_waits(desk: Desk) -> None:
    assert "保护区" in says(desk.found("WT-1", place=OUTSIDE))


def test_assigning_names_all_that_is_missing_at_once(desk: Desk) -> None:
    desk.found("WT-1")
    text = says(desk.do("problems", "WT-1", "交办", "09-07"))
    assert all(word in text for word in ("整改措施", "整改时限", "责任人"))


def test_the_person_belongs_to_the_unit(desk: Desk) -> None:
    desk.staff()
    desk.found("WT-1")
    wrong = desk.do("problems", "WT-1", "交办", "09-07", measure="接管", due="2021-09-30", owner="RY-002")
    assert "责任人不是责任单位在岗的人" in says(wrong)


def test_an_outlet_needs_the_photo_of_the_blocking(desk: Desk) -> None:
    desk.assigned("WT-1", "排污口")
    assert "封堵照片" in says(desk.fix("WT-1"))
    assert desk.fix("WT-1", blocked_photo=desk.after).status == ENTERED


def test_waste_needs_tonnes_and_where_it_went(desk: Desk) -> None:
    desk.assigned("WT-1", "固体废物堆存")
    text = says(desk.fix("WT-1"))
    assert "清除量" in text
    assert "清运去向" in text


def test_keepers_are_closed_by_two_checks(desk: Desk) -> None:
    desk.assigned("WT-1", "畜禽养殖")
    proof: dict[str, Any] = {"herd": 30, "manure": "还田", "store_ok": "合格"}
    assert "粪污利用检查" in says(desk.fix("WT-1", **proof))
    desk.fix("WT-1", **proof, use_ok="不合格")
    assert "不合格" in says(desk.do("problems", "WT-1", "销号", "09-11", by=CHECKER, checked_by="李某丁"))
    desk.do("problems", "WT-1", "退回", "09-12", by=CHECKER, reason="还田没有台账")
    desk.fix("WT-1", "09-13", **proof, use_ok="合格")
    assert desk.do("problems", "WT-1", "销号", "09-14", by=CHECKER, checked_by="李某丁").status == ENTERED


def test_the_fixer_does_not_check(desk: Desk) -> None:
    desk.assigned("WT-1")
    desk.fix("WT-1")
    assert "整改人不能核查自己的整改" in says(
        desk.do("problems", "WT-1", "销号", "09-11", by=CHECKER, checked_by="赵某甲")
    )


def test_deferral_names_the_missing_file(desk: Desk) -> None:
    desk.assigned("WT-1", "旅游餐饮")
    papers: dict[str, Any] = {
        "defer_reason": "民生",
        "stricter": desk.photo,
        "street_plan": desk.photo,
        "due": "2022-06-30",
    }
    assert "应急预案" in says(desk.do("problems", "WT-1", "暂缓", "10-20", **papers))
    assert desk.do("problems", "WT-1", "暂缓", "10-20", **papers, emergency_plan=desk.photo).status == ENTERED
    assert desk.record("problems", "WT-1").state == "暂缓拆除"


def test_an_extension_is_asked_for_in_time_and_approved_by_another(desk: Desk) -> None:
    desk.assigned("WT-1")
    late = desk.do("problems", "WT-1", "申请延期", "10-01", new_due="2021-10-20", reason="停水")
    assert "整改时限已过" in says(late)
    desk.do("problems", "WT-1", "申请延期", "09-28", by=CLERK, new_due="2021-10-20", reason="停水")
    desk.do("problems", "WT-1", "批准延期", "09-29", new_due="2021-10-20")
    data = desk.record("problems", "WT-1").data
    assert (data["due"], data["first_due"]) == ("2021-10-20", "2021-09-30")


def test_an_open_case_keeps_the_problem_open(desk: Desk) -> None:
    desk.assigned("WT-1")
    desk.do("law_cases", "AJ-1", "立案", "09-08", new=True, region=VILLAGE, unit="ZJ", problem="WT-1", facts="排放")
    desk.fix("WT-1")
    assert "没有结案" in says(desk.do("problems", "WT-1", "销号", "09-11", by=CHECKER, checked_by="李某丁"))
    desk.do("law_cases", "AJ-1", "结案", "09-12", result="处罚到位")
    assert desk.do("problems", "WT-1", "销号", "09-13", by=CHECKER, checked_by="李某丁").status == ENTERED


def test_an_unanswered_card_is_not_signed_and_a_change_voids_the_signature(desk: Desk) -> None:
    asked: dict[str, Any] = dict.fromkeys(("project", "outlet", "cages", "livestock", "waste", "business"), "无")
    card: dict[str, Any] = {"site": "一号点", "inspector": "孙某丙", "signature": desk.pen, **asked}
    assert "居民生活污染" in says(desk.do("cards", "PC-1", "排查", "09-06", new=True, region=CELL, **card))
    full: dict[str, Any] = {**card, "household": "无"}
    assert desk.do("cards", "PC-1", "排查", "09-06", new=True, region=CELL, **full).status == ENTERED
    step = Step("amend", day("09-06"), set={"outlet": "有"})
    submit(desk.campaign, [Change("story-amend", "cards", (step,), "PC-1")], OPERATOR)
    assert not desk.record("cards", "PC-1").data.get("signature")


def walked(desk: Desk, on: str) -> list[str]:
    """What the table says of all cells as of a day: cells, walked, share."""
    here = setting(desk.campaign)
    told = here.pack.tables["cells_walked"]
    result = table(here, told, here.regions.root, day(on))
    return [result.cells[result.rows[0].key, key].text for key in ("cells", "walked", "rate")]


def test_of_a_cell_that_was_split_the_new_part_is_still_to_be_walked(desk: Desk) -> None:
    asked = ("project", "outlet", "cages", "livestock", "waste", "business", "household")
    desk.do("cells", "WG-1", "建档", "09-01", new=True, region=CELL, inspector="孙某丙")
    card: dict[str, Any] = {
        "site": "一号点",
        "inspector": "孙某丙",
        "signature": desk.pen,
        **dict.fromkeys(asked, "无"),
    }
    desk.do("cards", "PC-1", "排查", "09-06", new=True, region=CELL, **card)
    assert desk.do("cells", "WG-1", "排查完成", "09-06").status == ENTERED
    east, west = f"{VILLAGE}003", f"{VILLAGE}004"
    split_cell(
        desk.campaign, CELL, [(east, "甲村二级东"), (west, "甲村二级西")], day("10-08"), "拆分", OPERATOR, rest=east
    )
    assert [walked(desk, on) for on in ("10-07", "10-08")] == [["16", "1", "6%"], ["17", "1", "5%"]]
    here = setting(desk.campaign)
    waiting = {each.region for each in work_list(here, find_list(here, "cells_not_walked"), VILLAGE, day("10-08"))}
    assert waiting == {f"{VILLAGE}001", west}
