"""The demo campaign as a newcomer gets it: briefing no. 7 to the digit, and the Fridays before it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Office, Ran

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = pytest.mark.sqlite

PRINTED = {
    "lead_handling": """
        区域 \\ 类别,受理（件）,交办（件）,办结（件）,办结率,有效（件）
        合计,52,52,50,96%,19
        卧龙区,16,16,16,100%,7
        宛城区,24,24,22,92%,5
        高新区,6,6,6,100%,1
        城乡一体化示范区,6,6,6,100%,6
    """,
    "sealed_recheck": """
        区域 \\ 类别,任务（井眼数）,已复核（井眼数）,复核率
        合计,840,735,87%
        市水利局,44,44,100%
        卧龙区,246,182,73%
        宛城区,214,213,99%
        高新区,150,144,96%
        城乡一体化示范区,126,92,73%
        市城管局,60,60,100%
    """,
    "readiness": """
        区域 \\ 类别,人员到位情况,办公场所设立情况,办公条件配备情况,办公经费到位情况
        卧龙区,抽调5人，已全部到位,办公室一间，会议室一间,电脑2台，打印机1台，档案柜桌椅齐全,11.56万元待批
        宛城区,抽调6人，已全部到位,办公室两间，会议室一间,电脑、打印机各一台，档案柜桌椅齐全,11万元
        高新区,抽调3人，已全部到位,办公室一间，会议室一间,电脑、打印机各一台，档案柜桌椅齐全,5万元
        城乡一体化示范区,抽调10人，已全部到位,办公室两间，会议室一间,电脑2台，打印机1台，档案柜桌椅齐全,10万元
    """,
}
LEADS = {
    "2023-10-27": ("0", "0", "0", "—", "0"),
    "2023-11-03": ("6", "6", "2", "33%", "0"),
    "2023-11-10": ("15", "15", "8", "53%", "3"),
    "2023-11-17": ("25", "24", "18", "72%", "7"),
    "2023-11-24": ("35", "35", "28", "80%", "12"),
    "2023-12-01": ("45", "45", "38", "84%", "16"),
}
RECHECKED = {
    "2023-11-10": ("840", "110", "13%"),
    "2023-11-17": ("840", "297", "35%"),
    "2023-11-24": ("840", "480", "57%"),
    "2023-12-01": ("840", "634", "75%"),
}


@pytest.fixture(scope="module")
def hurricane(tmp_path_factory: pytest.TempPathFactory) -> Office:
    import os
    import sys

    folder = tmp_path_factory.mktemp("hurricane")
    environment = {"PATH": os.defpath, "HOME": str(folder), "ZHUANBAN_HOME": str(folder / "data")}
    office = Office(folder / "data", environment, Path(sys.executable).parent / "zhuanban")
    office.run("demo", "--no-serve")
    return office


def figures(ran: Ran) -> list[list[str]]:
    return list(csv.reader(io.StringIO(ran.out.lstrip("\ufeff"))))


@pytest.mark.parametrize("table", list(PRINTED))
def test_the_three_tables_equal_the_printed_ones(hurricane: Office, table: str) -> None:
    printed = [line.strip().split(",") for line in PRINTED[table].strip().splitlines()]
    assert figures(hurricane.run("table", "hurricane", table, "--as-of", "2023-12-08", "--format", "csv")) == printed


def test_each_earlier_friday_shows_its_own_figures(hurricane: Office) -> None:
    for table, lines in (("lead_handling", LEADS), ("sealed_recheck", RECHECKED)):
        for day, line in lines.items():
            total = figures(hurricane.run("table", "hurricane", table, "--as-of", day, "--format", "csv"))[1]
            assert (day, tuple(total[1:])) == (day, line)


def test_the_one_well_of_wancheng_can_be_named(hurricane: Office) -> None:
    def numbers(column: str) -> set[str]:
        ran = hurricane.run(
            "explain", "hurricane", "sealed_recheck", "--as-of", "2023-12-08", "--row", "宛城区", "--column", column,
            "--json",
        )  # fmt: skip
        return {r["number"] for r in json.loads(ran.out)["records"]}

    assert len(numbers("任务（井眼数）") - numbers("已复核（井眼数）")) == 1


def test_four_cards_wait_and_a_second_demo_keeps_everything(hurricane: Office) -> None:
    items = json.loads(hurricane.run("inbox", "hurricane", "--json").out)["items"]
    assert Counter(i["ledger"] for i in items) == {"cards": 4}
    assert "新登记" not in hurricane.run("demo", "--no-serve").out
    checked = json.loads(hurricane.run("verify", "--json").out)["checked"]
    assert checked[0]["seals"] > 0
    assert hurricane.run("tally", "check").code == 0


def test_a_reporter_is_named_nowhere(hurricane: Office) -> None:
    for words in (["history", "hurricane", "leads", "XS-2023-411303-002", "--json"], ["inbox", "hurricane", "--json"]):
        assert "1990000" not in hurricane.run(*words).out
