"""Other names of units and regions, as the lists of a campaign give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lamps import FILES
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.queries import Setting, setting

pytestmark = pytest.mark.django_db

DAY = from_iso("2024-01-05")
REGIONS = """代码,名称,上级代码,启用日期,停用日期,别名
411300,灯县,,,,
411300101,东镇,411300,,,城东、东片
411300102,西镇,411300,,,
"""


def made(folder: Path, *units: str) -> Setting:
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text("\n".join(["代码,名称,简称,上级代码,区划代码,别名", *units, ""]), "utf-8")
    pack = load(FILES, "lamps")
    return setting(create_campaign("lamps", FILES, pack, folder / "regions.csv", folder / "units.csv", DAY))


def test_a_node_is_found_by_each_of_its_names(tmp_path: Path) -> None:
    here = made(tmp_path, "U1,第一维修队,甲队,,,一队、 老一队", "U2,第二维修队,乙队,,,")
    names = ("U1", "第一维修队", "甲队", "一队", "老一队")
    assert [here.units.find(name, DAY) for name in names] == [["U1"]] * len(names)
    assert here.units.name("U1") == "甲队"  # an alias is never printed
    assert here.regions.find("城东", DAY) == here.regions.find("东片", DAY) == ["411300101"]
    assert here.regions.find("城西", DAY) == []


def test_an_alias_that_names_two_units_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        made(tmp_path, "U1,第一维修队,甲队,,,一队、乙队", "U2,第二维修队,乙队,,,一队")
    said = [(p.code, p.place.line, p.says) for p in refused.value.problems]
    assert said == [
        ("people-020", 2, "别名“一队”也是 U2 的名称、简称或别名。"),
        ("people-020", 2, "别名“乙队”也是 U2 的名称、简称或别名。"),
        ("people-020", 3, "别名“一队”也是 U1 的名称、简称或别名。"),
    ]
