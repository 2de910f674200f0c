"""Alarms: told at once to those who hold the post, open until the series says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.lamps import BING, JIA, PACK_ALONE, REGIONS, UNITS
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.alarms import acknowledge, alarms_of, escalate
from zhuanban.notify.models import Alarm, Message
from zhuanban.pack.read import load, read_files
from zhuanban.people.actions import create_campaign, give_post
from zhuanban.people.models import Campaign, User
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, actor_for

pytestmark = pytest.mark.django_db

WELLS = """
title: 井台账
number: {title: 编号}
amend_by: [county]
fields:
  level: {title: 基准, type: choice, options: [好, 中, 差]}
"""
HOUSES = """
title: 房屋台账
number: {title: 编号}
amend_by: [county]
fields:
  count: {title: 房屋数, type: integer, unit: 处}
workflow:
  states: {在册: {}}
  moves:
    登记: {from: new, to: 在册, by: county}
    更新: {from: 在册, to: same, by: county}
"""
SAMPLES = """
title: 水样台账
number: {title: 编号}
amend_by: [county]
fields:
  well: {title: 井, type: link, ledger: wells}
  grade: {title: 等级, type: choice, options: [好, 中, 差]}
  kind: {title: 类别, type: choice, options: [例行, 投诉]}
"""
ALARMS = """
more: {title: 房屋增加, ledger: houses, rises: count, tell: [town]}
worse: {title: 水质变差, ledger: samples, worse: grade, than: well.level, per: [well], tell: [county, town]}
heard:
  title: 有投诉
  ledger: samples
  where: {kind: 投诉}
  tell: [county]
  escalate: [{after: 30分钟, to: town}, {after: 2小时, to: county}]
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    files = {
        "pack.yaml": PACK_ALONE, "ledgers/wells.yaml": WELLS, "ledgers/houses.yaml": HOUSES,
        "ledgers/samples.yaml": SAMPLES, "alarms.yaml": ALARMS,
    }  # fmt: skip
    (tmp_path / "r.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "u.csv").write_text(UNITS, "utf-8")
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        made = create_campaign(
            "alarms", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01")
        )
        for login, post, region in (("cai", "county", ""), ("dong", "town", "411300101"), ("xi", "town", "411300102")):
            give_post(made, User.objects.create_user(login), post, region=region)
        yield made


def entered(campaign: Campaign, ledger: str, number: str, *steps: Step) -> None:
    change = f"{ledger}-{number}-{steps[0].verb}-{steps[0].on}-{steps[0].set}"[:64]
    (done,) = submit(campaign, [Change(change, ledger, steps, number)], OPERATOR)
    assert done.status == "entered", done.problems


def opened(on: str, region: str = JIA, **fields: Any) -> Step:
    return Step("create", from_iso(on), set=fields, region=region)


def updated(on: str, **fields: Any) -> Step:
    return Step("move", from_iso(on), "更新", fields)


def open_alarms(campaign: Campaign) -> list[tuple[str, str, str]]:
    rows = Alarm.objects.filter(campaign=campaign, over_at=None).order_by("pk")
    return [(a.key, a.number, iso(a.on_day)) for a in rows]


def test_a_number_that_rises_is_told_where_it_lies(campaign: Campaign) -> None:
    entered(campaign, "houses", "H1", opened("2024-02-01", count=412))
    entered(campaign, "houses", "H2", opened("2024-02-01", BING, count=10))
    entered(campaign, "houses", "H1", updated("2024-03-01", count=411))
    assert open_alarms(campaign) == []
    entered(campaign, "houses", "H2", updated("2024-03-01", count=9))
    entered(campaign, "houses", "H1", updated("2024-03-16", count=412))  # +1 here and −1 there: the sum stays
    assert open_alarms(campaign) == [("more", "H1", "2024-03-16")]
    assert [m.user.username for m in Message.objects.all()] == ["dong"]
    assert Message.objects.get().title == "【警报】房屋增加：甲村 房屋数由411增为412处（2024-03-16，H1）"


def test_it_is_over_when_the_number_is_back(campaign: Campaign) -> None:
    entered(campaign, "houses", "H1", opened("2024-02-01", count=5), updated("2024-03-01", count=8))
    entered(campaign, "houses", "H1", updated("2024-04-01", count=6))
    assert open_alarms(campaign) == [("more", "H1", "2024-03-01")]  # still above 5
    entered(campaign, "houses", "H1", updated("2024-05-01", count=5))
    assert open_alarms(campaign) == []
    assert iso(Alarm.objects.get().over_on or 0) == "2024-05-01"


def test_a_class_worse_than_the_base_line_is_told_once_until_it_is_better(campaign: Campaign) -> None:
    entered(campaign, "wells", "W1", opened("2024-01-05", level="好"))
    for number, on, grade in (("1", "02-10", "好"), ("2", "03-10", "中"), ("3", "04-10", "差"), ("4", "05-10", "好")):
        entered(campaign, "samples", number, opened(f"2024-{on}", well="W1", grade=grade, kind="例行"))
    (alarm,) = Alarm.objects.all()
    assert (alarm.number, iso(alarm.on_day), iso(alarm.over_on or 0)) == ("2", "2024-03-10", "2024-05-10")
    assert sorted(Message.objects.values_list("user__username", flat=True)) == ["cai", "dong"]


def test_conditions_raise_and_end_an_alarm(campaign: Campaign) -> None:
    entered(campaign, "samples", "1", opened("2024-02-10", kind="投诉"))
    assert open_alarms(campaign) == [("heard", "1", "2024-02-10")]
    entered(campaign, "samples", "1", Step("amend", from_iso("2024-02-20"), set={"kind": "例行"}))
    assert open_alarms(campaign) == []


def test_who_sees_the_record_takes_note_by_name(campaign: Campaign) -> None:
    entered(campaign, "houses", "H1", opened("2024-02-01", count=1), updated("2024-03-01", count=2))
    here = setting(campaign)
    views = {
        login: Viewer(here, actor_for(User.objects.get(username=login), campaign, clock.today()))
        for login in ("dong", "xi")
    }
    (alarm,) = alarms_of(views["dong"])
    assert alarms_of(views["xi"]) == []
    with pytest.raises(Refused):
        acknowledge(views["xi"], alarm.pk)
    acknowledge(views["dong"], alarm.pk)
    assert Alarm.objects.get().seen_by == "dong"


@pytest.mark.parametrize(
    ("alarm", "code"),
    [
        ("{title: 甲, ledger: houses, rises: count, tell: [town]}", ""),
        ("{title: 甲, ledger: houses, tell: [town]}", "pack-014"),
        ("{title: 甲, ledger: houses, rises: count, where: {count: 1}, tell: [town]}", "pack-014"),
        ("{title: 甲, ledger: houses, rises: cuont, tell: [town]}", "pack-021"),
        ("{title: 甲, ledger: samples, rises: grade, tell: [town]}", "pack-152"),
        ("{title: 甲, ledger: house, rises: count, tell: [town]}", "pack-022"),
        ("{title: 甲, ledger: houses, rises: count, tell: [nobody]}", "pack-026"),
        ("{title: 甲, ledger: houses, rises: count}", "pack-006"),
        ("{title: 甲, ledger: samples, worse: grade, tell: [town]}", "pack-006"),
        ("{title: 甲, ledger: samples, worse: well, than: grade, tell: [town]}", "pack-153"),
        ("{title: 甲, ledger: samples, worse: grade, than: kind, tell: [town]}", "pack-154"),
        ("{title: 甲, ledger: samples, worse: grade, than: kind.level, tell: [town]}", "pack-155"),
        ("{title: 甲, ledger: samples, worse: grade, than: well.leval, tell: [town]}", "pack-021"),
        ("{title: 甲, ledger: samples, where: {kind: 例行}, per: [wel], tell: [town]}", "pack-021"),
    ],
)
def test_faults_of_alarms_are_named(alarm: str, code: str) -> None:
    files = {
        "pack.yaml": PACK_ALONE, "ledgers/wells.yaml": WELLS, "ledgers/houses.yaml": HOUSES,
        "ledgers/samples.yaml": SAMPLES, "alarms.yaml": f"a: {alarm}\n",
    }  # fmt: skip
    pack, problems = read_files(files)
    assert [(p.code, p.place.file, p.place.line) for p in problems] == ([(code, "alarms.yaml", 1)] if code else [])
    assert (pack is None) == bool(code)


def test_who_is_above_is_told_while_nobody_takes_note(campaign: Campaign) -> None:
    entered(campaign, "samples", "S1", opened("2024-06-01", kind="投诉"))
    here, start = setting(campaign), clock.now() // 1_000_000

    def told(minutes: int) -> list[tuple[str, str]]:
        return [(m.user.username, m.title) for m in escalate(here, start + minutes * 60)]

    said = "【警报】有投诉：甲村 水样台账（2024-06-01，S1）"
    assert told(29) == []
    assert told(30) == [("dong", f"{said}；30分钟内无人签收")]
    assert told(45) == []  # each step once
    assert told(121) == [("cai", f"{said}；2小时内无人签收")]
    entered(campaign, "samples", "S2", opened("2024-06-01", kind="投诉"))
    acknowledge(Viewer(here, OPERATOR), Alarm.objects.get(number="S2").pk)
    assert told(600) == []
