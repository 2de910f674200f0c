"""The demo campaign as a newcomer gets it: briefing no. 7 to the digit, and the Fridays before it."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

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
# Accepted / assigned / closed / valid of the four districts in their order and in all; the rate in all, and of 宛城区.
LEADS = """
    2023-10-27 | 0/0/0/0     | 0/0/0/0     | 0/0/0/0 | 0/0/0/0 | 0/0/0/0     | —   | —
    2023-11-03 | 2/2/1/0     | 3/3/1/0     | 0/0/0/0 | 1/1/0/0 | 6/6/2/0     | 33% | 33%
    2023-11-10 | 5/5/3/1     | 7/7/4/1     | 1/1/0/0 | 2/2/1/1 | 15/15/8/3   | 53% | 57%
    2023-11-17 | 8/8/6/3     | 11/10/8/2   | 3/3/2/0 | 3/3/2/2 | 25/24/18/7  | 72% | 73%
    2023-11-24 | 11/11/9/4   | 16/16/12/3  | 4/4/3/1 | 4/4/4/4 | 35/35/28/12 | 80% | 75%
    2023-12-01 | 14/14/12/6  | 20/20/17/4  | 5/5/4/1 | 6/6/5/5 | 45/45/38/16 | 84% | 85%
    2023-12-08 | 16/16/16/7  | 24/24/22/5  | 6/6/6/1 | 6/6/6/6 | 52/52/50/19 | 96% | 92%
"""
# Re-checked of the six units in their order and in all; the rate in all, and of 卧龙区.
RECHECKED = """
    2023-11-10 | 12 | 20  | 35  | 15  | 8  | 20 | 110 | 13% | 8%
    2023-11-17 | 30 | 61  | 88  | 48  | 25 | 45 | 297 | 35% | 24%
    2023-11-24 | 44 | 104 | 140 | 85  | 47 | 60 | 480 | 57% | 42%
    2023-12-01 | 44 | 150 | 190 | 120 | 70 | 60 | 634 | 75% | 60%
    2023-12-08 | 44 | 182 | 213 | 144 | 92 | 60 | 735 | 87% | 73%
"""


def lines(drawn: str) -> list[list[str]]:
    """A table drawn in a test, as lists of words."""
    return [[word.strip() for word in line.split("|")] for line in drawn.strip().splitlines()]


@pytest.fixture(scope="module")
def hurricane(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A played demo. Its play is broken off twice by a kill, and goes on with the next call."""
    folder = tmp_path_factory.mktemp("hurricane")
    environment = {"PATH": os.defpath, "HOME": str(folder), "ZHUANBAN_HOME": str(folder / "data")}
    office = Office(folder / "data", environment, Path(sys.executable).parent / "zhuanban")
    for word in ("2023-11-10", "2023-12-07"):
        broken_off(office, word)
    office.run("demo", "--no-serve")
    return office


def broken_off(office: Office, word: str) -> None:
    """Kill the play as soon as it says something of this day."""
    playing = office.start("demo", "--no-serve", PYTHONUNBUFFERED="1")
    assert playing.stdout is not None
    met = any(line.decode().startswith(word) for line in playing.stdout)
    playing.kill()
    playing.communicate()
    assert met


def figures(ran: Ran) -> list[list[str]]:
    return list(csv.reader(io.StringIO(ran.out.lstrip("\ufeff"))))


@pytest.mark.parametrize("table", list(PRINTED))
def test_the_three_tables_equal_the_printed_ones(hurricane: Office, table: str) -> None:
    printed = [line.strip().split(",") for line in PRINTED[table].strip().splitlines()]
    assert figures(hurricane.run("table", "hurricane", table, "--as-of", "2023-12-08", "--format", "csv")) == printed


@pytest.mark.parametrize("line", lines(LEADS), ids=lambda line: line[0])
def test_leads_of_each_friday(hurricane: Office, line: list[str]) -> None:
    rows = figures(hurricane.run("table", "hurricane", "lead_handling", "--as-of", line[0], "--format", "csv"))[1:]
    order = ["卧龙区", "宛城区", "高新区", "城乡一体化示范区", "合计"]
    printed = {name: (f"{a}/{b}/{c}/{valid}", rate) for name, a, b, c, rate, valid in rows}
    assert [printed[name][0] for name in order] == line[1:6]
    assert [printed["合计"][1], printed["宛城区"][1]] == line[6:]


@pytest.mark.parametrize("line", lines(RECHECKED), ids=lambda line: line[0])
def test_sealed_wells_of_each_friday(hurricane: Office, line: list[str]) -> None:
    rows = figures(hurricane.run("table", "hurricane", "sealed_recheck", "--as-of", line[0], "--format", "csv"))[1:]
    printed = {row[0]: row[1:] for row in rows}
    order = ["市水利局", "卧龙区", "宛城区", "高新区", "城乡一体化示范区", "市城管局", "合计"]
    assert [printed[name][0] for name in order] == ["44", "246", "214", "150", "126", "60", "840"]
    assert [printed[name][1] for name in order] == line[1:8]
    assert [printed["合计"][2], printed["卧龙区"][2]] == line[8:]


def test_the_one_well_of_wancheng_can_be_named(hurricane: Office) -> None:
    def numbers(column: str) -> set[str]:
        ran = hurricane.run(
            "explain", "hurricane", "sealed_recheck", "--as-of", "2023-12-08", "--row", "宛城区", "--column", column,
            "--json",
        )  # fmt: skip
        return {r["number"] for r in json.loads(ran.out)["records"]}

    assert len(numbers("任务（井眼数）") - numbers("已复核（井眼数）")) == 1


def test_behind_a_quoted_text_stands_the_record_that_says_it(hurricane: Office) -> None:
    def records(as_of: str, row: str) -> list[dict[str, Any]]:
        ran = hurricane.run(
            "explain", "hurricane", "readiness", "--as-of", as_of, "--row", row, "--column", "people", "--json"
        )
        return list(json.loads(ran.out)["records"])

    [mine] = records("2023-12-08", "卧龙区")
    assert (mine["ledger"], mine["region_name"], mine["n"]) == ("readiness", "卧龙区", 1)
    text = json.loads(hurricane.run("history", "hurricane", "readiness", mine["number"], "--json").out)
    said = [e for e in text["events"] if e["version"] == mine["event"]["version"]]
    assert [("people_text" in e["fields"], e["on"]) for e in said] == [(True, mine["since"])]
    assert records("2023-10-01", "卧龙区") == []


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
