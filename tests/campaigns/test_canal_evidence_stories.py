"""Evidence in the pack `canal-protection`, one case at a time: what does not fit is flagged and kept, never lost.

All days are of 2021.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.campaigns.test_canal_stories import CLERK, INSIDE, VILLAGE, Desk, says
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.demo.pictures import picture
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import ENTERED, Outcome
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db

INSPECTOR = Actor(None, "inspector", (Held("inspector", region=VILLAGE),))


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2021, 12, 31, 9, tzinfo=BEIJING)):
        yield Desk()


def stretch(desk: Desk, fault: str, action: str = "") -> list[str]:
    """Flags of a stretch of the corridor that was entered so."""
    said: dict[str, Any] = {"bank": "左岸", "from_stake": "K1", "to_stake": "K2", "length": 450, "fault": fault}
    said |= {"action": action} if action else {}
    done = desk.do("corridor", "LD-1", "调查", "09-25", new=True, region=VILLAGE, **said)
    assert done.status == ENTERED, done.problems
    return desk.record("corridor", "LD-1").flags


@pytest.mark.parametrize(
    ("fault", "action", "flags"),
    [
        ("断档", "", []),  # the rule fills it in
        ("断档", "新建新造", []),
        ("断档", "提质改造", ["断档应新建新造，措施与问题不符。"]),
        ("林分质量不高", "新建新造", ["质量、功能问题应提质改造，措施与问题不符。"]),
        ("无", "提质改造", ["没有问题的廊道段不应有措施。"]),
    ],
)
def test_a_measure_that_does_not_match_the_fault_is_flagged(
    desk: Desk, fault: str, action: str, flags: list[str]
) -> None:
    assert stretch(desk, fault, action) == flags


POINT = "T41-101"
FAR = "“核实照片”里有照片拍摄于“坐标”约 601 米之外，超过 200 米。"


def pushed(desk: Desk) -> None:
    desk.do("pushed_points", POINT, "推送", "09-03", new=True, region=VILLAGE, place=INSIDE, text="疑似排口")


def visited(desk: Desk, east: float = 0.0, **said: Any) -> Outcome:
    """The visit of an inspector: photo and place so many degrees to the east of the point."""
    there = INSIDE["lon"] + east, INSIDE["lat"]
    content = picture(["核实"], "核实", signature=False, taken="2021-09-06", place=there)
    photo = [keep(desk.campaign, content, "核实.jpg", by=None)]
    found_point = {"lon": there[0], "lat": there[1], "frame": "CGCS2000"}
    fields = {"outcome": "属实", "photo": photo, "found_point": found_point, "verifier": "赵某甲", **said}
    by = INSPECTOR if not said else OPERATOR
    return desk.do("pushed_points", POINT, "核实", "09-06", by=by, **{k: v for k, v in fields.items() if v is not None})


def test_a_point_is_not_closed_from_the_desk(desk: Desk) -> None:
    """001-22: neither by who was not there, nor without photo and place."""
    pushed(desk)
    assert "核实照片" in (said := says(visited(desk, photo=None, found_point=None)))
    assert "核实坐标" in said
    step = {"outcome": "不属实", "verifier": "赵某甲", "photo": desk.photo, "found_point": INSIDE}
    assert "“推送点位台账”做“核实”" in says(desk.do("pushed_points", POINT, "核实", "09-06", by=CLERK, **step))
    assert desk.record("pushed_points", POINT).state == "待核实"


@pytest.mark.parametrize(("east", "flags"), [(0.0019, []), (0.00643, [FAR])])
def test_a_visit_600_metres_away_is_flagged_and_not_lost(desk: Desk, east: float, flags: list[str]) -> None:
    """001-22: some 180 m and 600 m to the east."""
    pushed(desk)
    assert visited(desk, east).status == ENTERED
    record = desk.record("pushed_points", POINT)
    assert (record.state, record.flags) == ("已核实", flags)
    assert record.data["photo"][0]["name"] == "核实.jpg"
