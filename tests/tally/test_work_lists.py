"""Work lists: what lacks what, what is empty, who has how many; each list as a line, each case as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.lamps import PACK_ALONE, REGIONS, UNITS
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.lists import Listed, find_list, work_list
from zhuanban.tally.seen import seen_list

pytestmark = pytest.mark.django_db

WELLS = """
title: 井台账
word: 口
number: {title: 井号}
region: {level: village}
amend_by: [county]
fields:
  owner: {title: 井主, type: text}
  depth: {title: 井深, type: integer}
  due: {title: 期限, type: date}
workflow:
  states: {在用: {}, 停用: {closed: true}}
  moves:
    登记: {from: new, to: 在用, by: county}
    停用: {from: 在用, to: 停用, by: county}
"""
SAMPLES = """
title: 水样台账
word: 次
number: {title: 样号}
amend_by: [county]
fields:
  well: {title: 井, type: link, ledger: wells}
  kind: {title: 类别, type: choice, options: [例行, 投诉]}
  of: {title: 各井, type: link, ledger: wells, many: true}
"""
DRIVES = """
title: 行动台账
number: {title: 编号}
region: {required: false}
amend_by: [county, town]
fields: {name: {title: 名称, type: text}}
workflow:
  states: {准备: {}, 完成: {closed: true}}
  moves:
    立项: {from: new, to: 准备, by: [county, town]}
    完成:
      from: 准备
      to: 完成
      by: [county, town]
      requires: [{none: wells, where: {state: 在用}, scope: within, says: 还有井没有停用。}]
"""
LISTS = """
months: {title: 每口井每月的水样, ledger: samples, missing: well, every: 月, from: 2024-01-15, until: 2024-03-31}
weeks: {title: 各队每周的水样, ledger: samples, missing: unit, units: [甲队, 乙队], every: 周, from: 2024-01-03}
time: {title: 没有水样的月, ledger: samples, every: 月, from: 2024-01-01}
kinds: {title: 各镇没有的类别, ledger: samples, missing: [town, kind]}
teams: {title: 各井没有取过样的队, ledger: samples, missing: [well, unit], units: [乙队, 甲队], among: {state: 在用}}
roster: {title: 有井而没有水样的队, ledger: samples, missing: unit, units: {roster: wells, where: {state: 在用}}}
thin: {title: 不全的井, ledger: wells, lacks: [owner, depth, unit]}
soon: {title: 三天内到期, ledger: wells, where: {due: {on_or_after: as_of, before: as_of+4天}}}
gone: {title: 停用井的水样, ledger: samples, where: {well.state: 停用}}
deep: {title: 深井的水样, ledger: samples, where: {of.depth: {at_least: 50}, kind: 例行}}
unseen: {title: 近14天没有水样的村, ledger: samples, missing: village, within: 14天}
still: {title: 超过7天没有动静的井, ledger: wells, where: {state: 在用}, quiet: 7天}
busy: {title: 水样多的队, ledger: samples, by: unit, at_least: 2}
words: {title: 各类水样, ledger: samples, by: kind}
villages: {title: 水样多的村, ledger: samples, by: region, at_least: 2}
towns: {title: 水样多的镇, ledger: samples, by: town, at_least: 2}
"""
DAY = ["411300101201", "411300101202", "411300102201"]  # 甲村, 乙村 in the east, 丙村 in the west


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    files = {
        "pack.yaml": PACK_ALONE,
        "ledgers/wells.yaml": WELLS,
        "ledgers/samples.yaml": SAMPLES,
        "ledgers/drives.yaml": DRIVES,
        "lists.yaml": LISTS,
    }
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        yield create_campaign(
            "wells",
            files,
            load(files),
            tmp_path / "regions.csv",
            tmp_path / "units.csv",
            from_iso("2024-01-01"),
            demo_clock=True,
        )


def enter(campaign: Campaign, table: str) -> None:
    """`ledger number day village unit field=value …` a line."""
    for line in table.strip().splitlines():
        ledger, number, on, village, unit, *said = line.split()
        values: dict[str, object] = {}
        for word in said:
            key, _, value = word.partition("=")
            values[key] = value.split("、") if key == "of" else int(value) if value.isdigit() else value
        step = Step("create", from_iso(on), set=values, region=DAY[int(village)], unit="" if unit == "-" else unit)
        (outcome,) = submit(campaign, [Change(f"{ledger}-{number}", ledger, (step,), number)], OPERATOR)
        assert outcome.status == "entered", outcome.problems


def move(campaign: Campaign, ledger: str, number: str, word: str, on: str) -> list[str]:
    """What a move is refused for; nothing where it entered."""
    change = Change(f"{number}-{word}-{on}", ledger, (Step("move", from_iso(on), word),), number)
    return [problem.says for problem in submit(campaign, [change], OPERATOR)[0].problems]


def entries(campaign: Campaign, key: str, on: str, node: str = "") -> list[Listed]:
    here = setting(campaign)
    return work_list(here, find_list(here, key), node or here.regions.root, from_iso(on))


def rows(campaign: Campaign, key: str, on: str, node: str = "") -> list[str]:
    """The rows as people read them: number, unit, region where nothing else is said, the words."""
    here = setting(campaign)
    found = []
    for each in entries(campaign, key, on, node):
        unit = here.units.name(each.unit) if each.unit else ""
        found.append(" ".join(filter(None, (each.number, unit, each.says))) or here.regions.name(each.region))
    return found


def test_a_step_of_time_is_listed_once_its_last_day_is_over(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-20 0 -\nsamples S1 2024-03-31 0 U1 well=J1")
    assert rows(campaign, "months", "2024-01-30") == []
    assert rows(campaign, "months", "2024-01-31") == ["J1 2024-01"]
    assert rows(campaign, "months", "2024-02-29") == ["J1 2024-01", "J1 2024-02"]
    assert rows(campaign, "months", "2024-05-31") == ["J1 2024-01", "J1 2024-02"]  # March has one; April is not asked


def test_a_record_falls_into_the_step_in_which_it_was_opened(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 -\nsamples S1 2024-01-14 0 U1 well=J1\nsamples S2 2024-02-10 0 U1 well=J1")
    assert rows(campaign, "months", "2024-02-29") == ["J1 2024-01"]  # before `from` is not within


def test_what_was_not_there_yet_lacks_nothing(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 -\nwells J2 2024-02-15 0 -")
    assert move(campaign, "wells", "J1", "停用", "2024-02-10") == []
    assert rows(campaign, "months", "2024-02-29") == ["J1 2024-01", "J1 2024-02", "J2 2024-02"]
    assert rows(campaign, "teams", "2024-02-29") == ["J2 乙队", "J2 甲队"]


def test_weeks_begin_on_monday_and_the_first_is_cut_off(campaign: Campaign) -> None:
    enter(campaign, "samples S1 2024-01-07 0 U1\nsamples S2 2024-01-08 0 U2")
    assert rows(campaign, "weeks", "2024-01-06") == []
    assert rows(campaign, "weeks", "2024-01-14") == [
        "甲队 2024-01-08至2024-01-14",
        "乙队 2024-01-03至2024-01-07",
    ]


def test_time_alone_and_a_withdrawn_record(campaign: Campaign) -> None:
    enter(campaign, "samples S1 2024-01-07 0 U1")
    assert rows(campaign, "time", "2024-02-29") == ["2024-02"]
    withdraw = Change("w", "samples", (Step("withdraw", from_iso("2024-02-01"), reason="错"),), "S1")
    assert submit(campaign, [withdraw], OPERATOR)[0].status == "entered"
    assert rows(campaign, "time", "2024-02-29") == ["2024-01", "2024-02"]


def test_each_region_with_each_word(campaign: Campaign) -> None:
    enter(campaign, "samples S1 2024-01-07 0 U1 kind=例行\nsamples S2 2024-01-07 2 U1 kind=投诉")
    here = setting(campaign)
    found = [(here.regions.name(x.region), x.says) for x in entries(campaign, "kinds", "2024-01-31")]
    assert found == [("东镇", "投诉"), ("西镇", "例行")]
    assert [x.says for x in entries(campaign, "kinds", "2024-01-31", "411300101")] == ["投诉"]


def test_each_record_with_each_unit(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 -\nwells J2 2024-01-01 2 -\nsamples S1 2024-01-07 0 U2 well=J1")
    assert rows(campaign, "teams", "2024-01-31") == ["J1 甲队", "J2 乙队", "J2 甲队"]
    assert rows(campaign, "teams", "2024-01-31", "411300101") == ["J1 甲队"]


def test_the_second_record_stands_before_the_tenth(campaign: Campaign) -> None:
    enter(campaign, "\n".join(f"wells {n} 2024-01-01 0 -" for n in (10, 9, 11, 2)))
    assert [each.number for each in entries(campaign, "months", "2024-01-31")] == ["2", "9", "10", "11"]


def test_the_units_of_a_roster(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 U1\nwells J2 2024-01-01 0 U2\nsamples S1 2024-01-07 0 U2")
    assert rows(campaign, "roster", "2024-01-31") == ["甲队"]
    assert move(campaign, "wells", "J1", "停用", "2024-02-01") == []
    assert rows(campaign, "roster", "2024-01-31") == ["甲队"]
    assert rows(campaign, "roster", "2024-02-01") == []


def test_a_row_names_what_is_empty(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 U1 owner=甲 depth=0\nwells J2 2024-01-01 0 - depth=3")
    assert rows(campaign, "thin", "2024-01-31") == ["J2 缺井主、责任单位"]


def test_days_counted_from_the_day_that_is_asked_about(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 - due=2024-02-10")
    days = ["2024-02-06", "2024-02-07", "2024-02-10", "2024-02-11"]
    assert [rows(campaign, "soon", on) for on in days] == [[], ["J1"], ["J1"], []]


def test_a_village_is_listed_when_nobody_came_for_so_long(campaign: Campaign) -> None:
    enter(campaign, "samples S1 2024-03-01 0 U1\nsamples S2 2024-03-10 1 U1\nsamples S3 2024-02-01 0 U1")
    never = ["从无", "从无"]  # 丙村 and 丁村
    assert rows(campaign, "unseen", "2024-03-15") == never
    assert rows(campaign, "unseen", "2024-03-16") == ["最近一次2024-03-01", *never]
    assert rows(campaign, "unseen", "2024-03-25") == ["最近一次2024-03-01", "最近一次2024-03-10", *never]


def test_a_record_is_listed_when_nobody_said_anything_for_so_long(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-03-01 0 -\nwells J2 2024-03-01 0 -")
    step = Step("amend", from_iso("2024-03-06"), set={"depth": 30})
    assert submit(campaign, [Change("d", "wells", (step,), "J2")], OPERATOR)[0].status == "entered"
    assert rows(campaign, "still", "2024-03-08") == []
    assert rows(campaign, "still", "2024-03-09") == ["J1 最近一次2024-03-01"]
    assert rows(campaign, "still", "2024-03-14") == ["J1 最近一次2024-03-01", "J2 最近一次2024-03-06"]


def test_what_a_link_names_as_of_the_day(campaign: Campaign) -> None:
    enter(campaign, "wells J1 2024-01-01 0 - depth=60\nwells J2 2024-01-01 0 - depth=20")
    enter(campaign, "samples S1 2024-01-05 0 - well=J1\nsamples S2 2024-01-05 0 - of=J2、J1 kind=例行")
    enter(campaign, "samples S3 2024-01-05 0 - of=J2 kind=例行\nsamples S4 2024-01-05 0 - of=J1 kind=投诉")
    assert move(campaign, "wells", "J1", "停用", "2024-02-01") == []
    assert rows(campaign, "gone", "2024-01-31") == []
    assert rows(campaign, "gone", "2024-02-01") == ["S1"]
    assert rows(campaign, "deep", "2024-02-01") == ["S2"]  # of several one will do


def test_who_has_how_many_with_the_records_behind_it(campaign: Campaign) -> None:
    enter(campaign, "samples S1 2024-01-05 0 U1 kind=例行\nsamples S2 2024-01-09 0 U1 kind=投诉")
    enter(campaign, "samples S3 2024-01-05 2 U2 kind=例行")
    assert rows(campaign, "busy", "2024-01-08") == []
    assert rows(campaign, "busy", "2024-01-09") == ["甲队 2次（S1、S2）"]
    (entry,) = entries(campaign, "busy", "2024-01-09")
    assert [(fact.ledger, fact.number) for fact in entry.facts] == [("samples", "S1"), ("samples", "S2")]
    assert rows(campaign, "words", "2024-01-31") == ["例行：2次（S1、S3）", "投诉：1次（S2）"]
    assert [x.region for x in entries(campaign, "villages", "2024-01-31")] == [DAY[0]]
    assert [x.region for x in entries(campaign, "towns", "2024-01-31")] == ["411300101"]
    enter(campaign, "samples S4 2024-02-01 1 U1 kind=例行")  # another village of the same township
    (town,) = entries(campaign, "towns", "2024-02-01")
    assert (town.region, [fact.number for fact in town.facts]) == ("411300101", ["S1", "S2", "S4"])
    assert rows(campaign, "busy", "2024-01-31", "411300102") == []


def test_each_sees_what_lies_in_his_reach(campaign: Campaign) -> None:
    """What a street lacks is asked of all records: one hidden from a viewer does not make a region look empty."""
    enter(campaign, "wells J1 2024-01-01 0 U1\nwells J2 2024-01-01 2 U2\nsamples S1 2024-01-07 0 U1 kind=例行 well=J1")
    here = setting(campaign)

    def seen(key: str, post: str, **where: str) -> list[tuple[str, str, str]]:
        viewer = Viewer(here, Actor(None, "x", (Held(post, **where),)))
        day = from_iso("2024-01-31")
        return [(x.number, x.unit, x.says) for x in seen_list(viewer, find_list(here, key), "", day)]

    assert seen("thin", "town", region="411300101") == [("J1", "", "缺井主、井深")]
    assert seen("teams", "town", region="411300101") == [("J1", "U2", "")]
    assert seen("kinds", "town", region="411300101") == [("", "", "投诉")]
    assert [unit for _, unit, _ in seen("weeks", "firm", unit="U2")] == ["U2"] * 4
    assert [says for _, _, says in seen("busy", "county")] == []
    assert seen("time", "town", region="411300101") == []  # a month of all regions is for who sees them all


def test_a_refused_move_names_the_records_in_its_way(campaign: Campaign) -> None:
    wells = "\n".join(f"wells J{n} 2024-01-01 {0 if n < 5 else 2} -" for n in range(1, 6))
    enter(campaign, f"{wells}\ndrives X1 2024-01-01 0 -\ndrives X3 2024-01-01 2 -")
    assert move(campaign, "drives", "X1", "完成", "2024-02-01") == ["还有井没有停用。（井台账：J1、J2、J3等）"]
    assert move(campaign, "drives", "X3", "完成", "2024-02-01") == ["还有井没有停用。（井台账：J5）"]
    for n in (1, 2, 3):
        assert move(campaign, "wells", f"J{n}", "停用", "2024-02-01") == []
    assert move(campaign, "drives", "X1", "完成", "2024-02-02") == ["还有井没有停用。（井台账：J4）"]
    assert move(campaign, "wells", "J4", "停用", "2024-02-02") == []
    assert move(campaign, "drives", "X1", "完成", "2024-02-03") == []


def test_no_such_list(campaign: Campaign) -> None:
    with pytest.raises(Refused, match="可用的清单"):
        find_list(setting(campaign), "没有")
