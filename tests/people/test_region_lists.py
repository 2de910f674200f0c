"""The lists of regions and units that a campaign is made from: every fault of both, at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lamps import FILES
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign

pytestmark = pytest.mark.django_db

REGIONS = """代码,名称,上级代码,启用日期,停用日期
411300,灯县,,,
411300101,东镇,411300,2024-13-01,
411300102,西镇,599,,
411300103,,411300,,
,无代码村,411300103,昨天,
411300101201,甲村,411300101,2024-02-01,2024-01-01
411300101202,乙村,411300103,,
411300101202,丙村,411300101,,后天
411300101203,丁村,411300,,
411300101204,戊村,411300101205,,
411300101205,己村,411300101204,,
411300102201,庚村,411300102,,
"""
UNITS = """代码,名称,简称,上级代码,区划代码
U1,第一维修队,甲队,ZZ,411300
U2,第二维修队,乙队,U1,999
,第三维修队,丙队,,411300
"""
WANTED = """
regions.csv 3 people-010
regions.csv 4 people-008
regions.csv 5 people-006
regions.csv 6 people-006
regions.csv 6 people-010
regions.csv 7 people-016
regions.csv 9 people-007
regions.csv 9 people-010
regions.csv 10 people-012
regions.csv 11 people-009
units.csv 2 people-008
units.csv 3 people-013
units.csv 4 people-006
"""


def refused(folder: Path, name: str = "lamps") -> list[str]:
    with pytest.raises(Refused) as caught:
        create_campaign(
            name, FILES, load(FILES, "lamps"), folder / "regions.csv", folder / "units.csv", from_iso("2024-01-01")
        )
    places = [(p.place.file, p.place.line or 0, p.code) for p in caught.value.problems]
    return [f"{file} {line} {code}".strip() for file, line, code in sorted(places)]


def test_every_fault_of_both_lists_at_once_and_no_fault_that_follows_from_another(tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    assert refused(tmp_path) == WANTED.split("\n")[1:-1]
    assert refused(tmp_path, "a/b") == ["0 people-003", *WANTED.split("\n")[1:-1]]


def test_a_list_that_cannot_be_read_makes_no_faults_of_the_other(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    assert refused(tmp_path) == ["regions.csv 0 people-004", "units.csv 2 people-008", "units.csv 4 people-006"]
