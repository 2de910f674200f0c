"""Likely doubles: what lies near a new record and says the same is offered, to whoever may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.beaches import E1, W1, amended, at, hut, make, moved
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record, Spot
from zhuanban.ledger.queries import Viewer
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db
FLAG = "“棚屋台账”里有位置和内容相近的条目，可能是同一件。"


@pytest.fixture
def beaches(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        yield make(tmp_path)


def offered(campaign: Campaign, number: str, actor: Actor = OPERATOR) -> list[str]:
    """The records that the history of this one names, by its first event."""
    here = setting(campaign)
    event = Viewer(here, actor).history(here.pack.ledgers["huts"], number)["events"][0]
    return [named["number"] for named in event.get("likely", ())]


def enter(campaign: Campaign, *changes: Change) -> str:
    """The last record's number; every change enters."""
    outcomes = submit(campaign, changes, OPERATOR)
    assert [o.status for o in outcomes] == ["entered"] * len(changes), outcomes
    return outcomes[-1].number


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("second", "offers"),
    [
        ({"place": at(1.0), "keeper": "阿东"}, ["P-001"]),
        ({"place": at(1.12), "keeper": "阿东"}, ["P-001"]),  # some 127 m to the east, another square
        ({"place": at(1, 0.61), "keeper": "阿东"}, ["P-001"]),  # 122 m to the north
        ({"place": at(1.16), "keeper": "阿东"}, []),  # some 170 m
        ({"place": at(1.0), "keeper": "阿西"}, []),
        ({"place": at(1.0)}, []),
        ({"keeper": "阿东"}, []),
        ({"place": at(1.0), "keeper": "阿东", "old": "P-001"}, []),  # known already
    ],
)
def test_what_is_near_and_the_same_is_offered(
    beaches: Campaign, at_once: bool, second: dict[str, Any], offers: list[str]
) -> None:
    first = hut("a", place=at(1.0), keeper="阿东")
    if at_once:
        number = enter(beaches, first, hut("b", **second))
    else:
        enter(beaches, first)
        number = enter(beaches, hut("b", **second))
    assert offered(beaches, number) == offers
    assert Record.objects.get(number=number).flags == ([FLAG] if offers else [])


def test_it_is_offered_where_it_lies_now(beaches: Campaign) -> None:
    enter(beaches, hut("a", place=at(1.0), keeper="阿东"), hut("b", place=at(5.0), keeper="阿东"))
    enter(beaches, amended("c", "P-001", place=at(5.05)), moved("d", "P-002", "拆除", "02-01"))
    assert offered(beaches, enter(beaches, hut("e", place=at(1.0), keeper="阿东"))) == []
    # Nearest first does not show: numbers are kept in their order. Withdrawn ones are no offer.
    assert offered(beaches, enter(beaches, hut("f", place=at(5.02), keeper="阿东"))) == ["P-001", "P-002"]
    enter(beaches, Change("g", "huts", (Step("withdraw", reason="重复登记"),), "P-001"))
    assert offered(beaches, enter(beaches, hut("h", place=at(5.02), keeper="阿东"))) == ["P-002", "P-004"]


def test_only_five_are_offered_the_nearest(beaches: Campaign) -> None:
    enter(beaches, *(hut(f"c{n}", place=at(1 + n / 100), keeper="阿东") for n in range(8)))
    assert offered(beaches, enter(beaches, hut("z", place=at(1.075), keeper="阿东"))) == [
        f"P-00{n}" for n in range(4, 9)
    ]


def test_a_later_change_offers_nothing(beaches: Campaign) -> None:
    enter(beaches, hut("a", place=at(1.0), keeper="阿东"), hut("b", place=at(9.0), keeper="阿东"))
    enter(beaches, amended("c", "P-002", place=at(1.0)))
    assert Record.objects.get(number="P-002").flags == []


def test_the_other_record_is_named_to_whoever_may_see_it(beaches: Campaign) -> None:
    enter(beaches, hut("a", place=at(1.0), keeper="阿东", region=E1))
    number = enter(beaches, hut("b", place=at(1.0), keeper="阿东", region=W1))
    west = Actor(None, "west", (Held("bay", region="460000102"),))
    assert offered(beaches, number) == ["P-001"]
    assert offered(beaches, number, west) == []
    assert Record.objects.get(number=number).flags == [FLAG]


def test_only_ledgers_in_which_a_pack_looks_have_squares(beaches: Campaign) -> None:
    enter(beaches, hut("a", place=at(1.0)), hut("b"))
    enter(beaches, Change("c", "strips", (Step("create", set={"keeper": "阿东"}, region=E1),), "T-1"))
    rows = Spot.objects.order_by("record__number").values_list("ledger", "record__number", "field")
    assert list(rows) == [("huts", "P-001", "place"), ("huts", "P-002", "place")]
    assert [square is None for square in Spot.objects.order_by("record__number").values_list("square", flat=True)] == [
        False,
        True,
    ]
