"""A card by which firms are scored: by unit, from their records and from points that people give outright."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canals import time
from tests.oversight.test_worked_scores import points
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import WAITING, Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.issue import issue, version
from zhuanban.oversight.scores import Scored, find_card, ranking, seen_score
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db

FILES = {
    "pack.yaml": """
key: sweeping
title: 保洁考评
grid:
  root: 镇
  levels:
    village: {title: 村, names: [村]}
posts:
  office: {title: 镇环卫办, sees: all}
  firm: {title: 保洁企业, sees: unit}
""",
    "ledgers/patrols.yaml": """
title: 巡查台账
word: 次
unit: {required: true}
amend_by: office
fields:
  dirty: {title: 不洁, type: yes_no, required: true}
  due: {title: 限期, type: date}
""",
    "ledgers/contracts.yaml": """
title: 合同
unit: {required: true}
amend_by: office
fields: {end: {title: 止, type: date}}
""",
    "lists.yaml": "overdue: {title: 逾期未清的, ledger: patrols, where: {due: {before: as_of}}}\n",
    "scorecards.yaml": """
monthly:
  title: 月度考评
  scored: {units: {roster: contracts, where: {end: {on_or_after: as_of}}}}
  total: 100
  round: half_up
  floor: 0
  by: office
  self_by: firm
  groups: {all: {title: 保洁, points: 100}}
  facts:
    seen: {title: 巡查, count: patrols}
    dirty: {title: 不洁, count: patrols, where: {dirty: 是}, of: seen}
    overdue: {title: 逾期未清, list: overdue}
    look: {title: 村容得分, mark: number, decimals: 1}
  items:
    patrols:
      group: all
      no: 1
      title: 巡查
      points: 60
      base: 60
      deduct: [{fact: dirty, each: 5}, {fact: overdue, each: 10}]
    look: {group: all, no: 2, title: 村容, points: 40, add: [{fact: look, each: 1}]}
""",
}
REGIONS = "代码,名称,上级代码,启用日期,停用日期\n1,镇,,,\n11,甲村,1,,\n12,乙村,1,,\n"
UNITS = "代码,名称,简称,上级代码,区划代码\nU1,甲公司,,,\nU2,乙公司,,,\nU3,丙公司,,,\nU11,甲公司一队,,U1,\n"
FIRM = Actor(None, "firm", (Held("firm", unit="U1"),))
DAY = "2024-03-31"


@pytest.fixture
def firms(tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    trees = (tmp_path / "regions.csv", tmp_path / "units.csv")
    with time(f"{DAY} 09:00"):
        campaign = create_campaign("sweeping", FILES, load(FILES), *trees, from_iso("2024-01-01"), demo_clock=True)
        for i, (unit, end) in enumerate((("U1", "2024-12-31"), ("U2", "2024-12-31"), ("U3", "2024-02-29"))):
            enter(campaign, f"c{i}", "contracts", unit, {"end": end})
        for i, (unit, dirty, due) in enumerate(
            (("U1", "是", None), ("U11", "是", "2024-03-30"), ("U1", "否", None), ("U2", "否", "2024-04-02"))
        ):
            enter(campaign, f"p{i}", "patrols", unit, {"dirty": dirty, **({"due": due} if due else {})})
        yield campaign


def enter(campaign: Campaign, key: str, ledger: str, unit: str, fields: dict[str, Any], move: str = "") -> None:
    on = from_iso("2024-03-10" if ledger == "patrols" else "2024-01-02")
    step = Step("create", on, move, fields, "11", unit)
    (outcome,) = submit(campaign, [Change(key, ledger, (step,), "" if move else key)], OPERATOR)
    assert [str(p) for p in outcome.problems] == []


def scored(campaign: Campaign, who: str, actor: Actor = OPERATOR) -> Scored:
    viewer = Viewer(setting(campaign), actor)
    return seen_score(viewer, find_card(viewer, "月度考评"), who, from_iso(DAY))


def test_a_firm_answers_for_its_teams_and_points_given_outright_count(firms: Campaign) -> None:
    """Two dirty places, one of them by a team and overdue: 60 − 2 × 5 − 10."""
    enter(firms, "m", "score_monthly", "U1", {"about": "村容得分", "count": 36.5, "signer": "甲"}, "考评")
    result = scored(firms, "甲公司")
    assert points(result) == {"patrols": "40", "look": "37"}  # rounded to whole points by the item
    assert (result.facts["dirty"].value, result.facts["dirty"].sample) == (2, 3)
    assert [entry.number for entry in result.facts["overdue"].entries] == ["p1"]
    assert points(scored(firms, "U2")) == {"patrols": "60", "look": "未评：look"}


def test_only_firms_under_contract_on_the_day_are_scored(firms: Campaign) -> None:
    viewer = Viewer(setting(firms), OPERATOR)
    card = find_card(viewer, "monthly")
    assert [row.scored.name for row in ranking(viewer, card, from_iso(DAY)).rows] == ["甲公司", "乙公司"]
    assert ranking(viewer, card, from_iso("2024-02-29")).of == 3
    with pytest.raises(Refused):
        scored(firms, "丙公司")


def test_a_firm_sees_and_scores_itself_alone(firms: Campaign) -> None:
    assert scored(firms, "U1", FIRM).name == "甲公司"
    with pytest.raises(Refused):
        scored(firms, "U2", FIRM)
    said = {"about": "保洁 2 村容", "points": 39, "signer": "甲"}
    changes = [
        Change(f"own-{unit}", "score_monthly", (Step("create", from_iso(DAY), "自评", said, "1", unit),))
        for unit in ("U1", "U2")
    ]
    own, foreign = submit(firms, changes, FIRM)
    assert [str(p) for p in own.problems] == []
    assert foreign.status == WAITING
    assert scored(firms, "U1").own_total == 39


def test_a_firm_s_score_is_signed(firms: Campaign) -> None:
    enter(firms, "m", "score_monthly", "U1", {"about": "村容得分", "count": 40, "signer": "甲"}, "考评")
    viewer = Viewer(setting(firms), OPERATOR)
    card = find_card(viewer, "monthly")
    assert issue(viewer, card, "U1", from_iso(DAY)).total == "80"
    assert version(Viewer(setting(firms), FIRM), card, "甲公司").number == "U1-001"
