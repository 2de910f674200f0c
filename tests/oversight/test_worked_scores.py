"""The worked examples of the rubric, item by item, from records and marks that came through the door."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.rubric import BING, CITY, JIA, RULINGS, YI, entered, ruling, scored, scored_campaign
from zhuanban.core.day import from_iso
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.models import Record
from zhuanban.oversight.scores import Scored
from zhuanban.pack.say_card import say_points
from zhuanban.people.models import Campaign

pytestmark = pytest.mark.django_db

WORKED = """
    item          | 甲县 | 乙县 | 丙工区
    visits        | 5    | 3    | 5
    appraisal     | 5    | 5    | 0
    nodes         | 5    | 3.9  | 5
    government    | 5    | 0    | 6
    water_leaders | 2.5  | 0.5  | 3
    phones        | 5.5  | 4    | 5
    body          | 2    | 0    | 2
    rules         | 3    | 2    | 1
    fund          | 5    | 3    | 5
    emergency     | 4    | 0    | 4
    mechanism     | 10   | 7    | 9
    rectification | 15   | 0    | 15
    water_tests   | 8    | 4    | 10
    plants        | 11   | 5.5  | 12
    reports       | 5    | 2    | 5
    safety        | 0    | −1   | 0
    publicity     | 3.5  | −1   | 5
    example       | 2    | 0    | 10
"""
GROUPS = {JIA: "10 5 13 14 49 5.5", YI: "8 3.9 4.5 5 18.5 −2", BING: "5 5 14 12 51 15"}
TOTALS = {JIA: "96.5", YI: "37.9", BING: "102"}


def points(result: Scored) -> dict[str, str]:
    """Item → its points; a range as `3至5`, 未评 where there are none."""
    found = {}
    for key, item in result.result.items.items():
        if item.low is None or item.high is None:
            found[key] = "未评：" + "、".join(item.missing)
        else:
            found[key] = say_points(item.low) + ("" if item.settled else f"至{say_points(item.high)}")
    return found


def total(result: Scored) -> str:
    whole = result.result.total
    assert not whole.unrated
    return say_points(whole.low) + ("" if whole.settled else f"至{say_points(whole.high)}")


def table(text: str, column: int) -> dict[str, str]:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]
    return {row[0]: row[column] for row in rows}


@pytest.mark.parametrize(("column", "code"), [(1, JIA), (2, YI), (3, BING)], ids=["甲县", "乙县", "丙工区"])
def test_the_worked_examples_come_out_to_the_point(campaign: Campaign, column: int, code: str) -> None:
    result = scored(campaign, code)
    assert points(result) == table(WORKED, column)
    groups = result.result.groups.values()
    assert " ".join(say_points(group.low) for group in groups) == GROUPS[code]
    assert total(result) == TOTALS[code]


# What the readings change, each alone --------------------------------------------------------------


def read_so(campaign: Campaign, doubt: str, reading: str) -> None:
    """The ruling on a doubt is changed, with its reason, by the usual door."""
    number = Record.objects.get(ledger="rulings_lookback", data__doubt=doubt).number
    step = Step("move", from_iso("2022-09-29"), "改定", {"reading": reading}, reason="另读")
    entered(campaign, Change(f"again-{doubt}-{reading}", "rulings_lookback", (step,), number), actor=CITY)


@pytest.mark.parametrize(
    ("code", "doubt", "reading", "expected"),
    [
        (JIA, "F-11", "按分值3分", "97.5"),
        (YI, "F-08", "不设下限", "35.9"),
        (YI, "F-19", "四部分合并扣", "37.4"),
        (BING, "F-02", "三次得3分", "100"),
        (BING, "F-05", "按节点，没有节点得0分", "97"),
        (BING, "F-11", "按分值3分", "103"),
        (BING, "F-13", "依印出次序取后一档", "98"),
        (BING, "F-16", "未按期、反复各扣一次", "100"),
        (BING, "F-20", "没有这类水厂得0分", "100"),
        (BING, "F-26", "加减各至多5分", "100"),
        (BING, "F-29", "总分至多100分", "100"),
        (BING, "F-17", "不达标每处扣1分", "101"),
        (YI, "F-09", "两样都有才扣", "54.9"),
        (BING, "F-09", "两样都有才扣", "103"),
        (BING, "F-07", "两者都公示得4分", "103"),
    ],
)
def test_another_reading_of_one_doubt(campaign: Campaign, code: str, doubt: str, reading: str, expected: str) -> None:
    read_so(campaign, doubt, reading)
    assert total(scored(campaign, code)) == expected


@pytest.mark.parametrize(("paid", "fund", "expected"), [(500_000, "3", "37.9"), (499_999, "1", "35.9")])
def test_half_a_million_is_the_upper_tier(campaign: Campaign, paid: int, fund: str, expected: str) -> None:
    correct(campaign, "receipts", f"receipts-{YI}-1-1", {"amount": paid})
    result = scored(campaign, YI)
    assert (points(result)["fund"], total(result)) == (fund, expected)


def test_the_order_of_articles_is_that_of_their_dates(campaign: Campaign) -> None:
    """City first, then the county's two: 1 + 1 + 1."""
    correct(campaign, "articles", f"articles-{JIA}-2-1", {"published": "2022-07-30"})
    assert total(scored(campaign, JIA)) == "96"


def test_articles_of_one_day_are_a_range(campaign: Campaign) -> None:
    """Whether the county's or the city's of that day came first, nobody said."""
    correct(campaign, "articles", f"articles-{JIA}-2-1", {"published": "2022-08-01"})
    assert points(scored(campaign, JIA))["publicity"] == "3至3.5"


def correct(campaign: Campaign, ledger: str, number: str, fields: dict[str, Any]) -> None:
    change = Change(f"put-right-{number}", ledger, (Step("amend", set=fields, reason="更正"),), number)
    entered(campaign, change)


# Before rulings ------------------------------------------------------------------------------------

SIX = ("F-02", "F-05", "F-11", "F-16", "F-20", "F-26")


def test_six_doubts_open_give_a_range_and_their_rulings_one_number(tmp_path: Path, settings: Any) -> None:
    settings.ZHUANBAN_HOME = tmp_path
    with scored_campaign(tmp_path, BING, without=SIX) as campaign:
        result = scored(campaign, BING)
        assert total(result) == "89至103"
        open_ = {key: item.open for key, item in result.result.items.items() if item.open}
        assert open_ == {
            "visits": ("F-02",), "nodes": ("F-05",), "body": ("F-11",), "rectification": ("F-16",),
            "plants": ("F-20",), "publicity": ("F-26",),
        }  # fmt: skip
        assert points(result)["nodes"] == "0至5"
        for i, doubt in enumerate(SIX):
            before = scored(campaign, BING).result.total
            entered(campaign, ruling(doubt, RULINGS[doubt]), actor=CITY)
            after = scored(campaign, BING).result.total
            assert before.low <= after.low <= after.high <= before.high, i
        assert total(scored(campaign, BING)) == "102"


def test_without_any_ruling_the_range_holds_the_ruled_total(tmp_path: Path, settings: Any) -> None:
    settings.ZHUANBAN_HOME = tmp_path
    with scored_campaign(tmp_path, JIA, YI, BING, without=tuple(RULINGS)) as campaign:
        for code, settled in (("411381", "96.5"), ("411382", "37.9"), ("411383", "102")):
            whole = scored(campaign, code).result.total
            assert whole.low < Fraction(settled) <= whole.high


def test_a_ruling_counts_from_its_day_on(campaign: Campaign) -> None:
    assert not scored(campaign, BING, "2022-09-19").result.items["visits"].settled
    assert scored(campaign, BING, "2022-09-20").result.items["visits"].settled
