"""The commands as an outsider calls them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Office
from tests.rubric import FOLDER, JIA, REGIONS, UNITS

PEOPLE = f"登录名,姓名,岗位,区划代码\nwater,甲,county_office,{JIA}\n"


@pytest.fixture
def filled(office: Office, tmp_path: Path) -> Office:
    """甲县 and 丙工区 with all but their summaries: that item is read as the rulings say."""
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    trees = ("--regions", tmp_path / "regions.csv", "--units", tmp_path / "units.csv")
    office.run("campaign", "create", "rubric", "--pack", FOLDER, *trees, "--start", "2022-07-14")
    office.run("people", "load", "rubric", tmp_path / "people.csv")
    office.python("""
        from tests.rubric import BING, CITY, JIA, entered, fill, marks, rulings
        from zhuanban.people.queries import setting
        campaign = setting("rubric").campaign
        fill(campaign, JIA, BING)
        entered(campaign, *rulings("F-20"), *marks(JIA), *marks(BING), actor=CITY)
    """)
    return office


def test_score_and_rank(filled: Office, tmp_path: Path) -> None:
    day = ("--as-of", "2022-09-30")
    table = filled.run("score", "rubric", "附件3", *day).out
    assert "甲县　合计 94.5" in table
    assert "丙工区　合计 98至100" in table
    one = filled.run("score", "rubric", "lookback", *day, "--unit", "丙工区").out
    assert "4 供水站厂和管水员（13分）：10至12（待裁定F-20）" in one
    assert "依据　管理人员电话不通或情况不熟 2次（共查20）" in one
    said = json.loads(filled.run("score", "rubric", "lookback", *day, "--unit", JIA, "--json").out)
    assert {"card", "title", "as_of", "code", "name", "points", "total", "own_total", "groups", "rulings"} == set(said)
    assert said["total"] == {"low": "94.5", "high": "94.5", "settled": True, "unrated": 0}
    ranks = json.loads(filled.run("rank", "rubric", "lookback", *day, "--json").out)
    assert [(s["name"], s["rank"]) for s in ranks["scores"]] == [("甲县", 1), ("乙县", None), ("丙工区", None)]
    assert (ranks["of"], ranks["open"]) == (3, 2)
    assert "第1名　甲县　94.5" in filled.run("rank", "rubric", "lookback", *day).out


def test_the_sheet_and_who_may_have_it(filled: Office, tmp_path: Path) -> None:
    target = tmp_path / "附件3.xlsx"
    filled.run("score", "rubric", "lookback", "--as-of", "2022-09-30", "--unit", JIA, "-o", target, "--as", "water")
    assert openpyxl.load_workbook(target).sheetnames == ["附件3", "得分附页"]
    kept = tmp_path / "签发.xlsx"
    one = ("score", "rubric", "lookback", "--as-of", "2022-09-30", "--unit", "甲县")
    assert "第1版（411381-001）" in filled.run(*one, "--issue", "-o", kept).out
    assert "再次签发须写明改动说明" in filled.run(*one, "--issue", code=1).err
    said = json.loads(filled.run(*one, "--issue", "--reason", "复核", "--json").out)
    assert (said["version"], said["total"], said["reason"], said["changes"]) == (2, "94.5", "复核", [])
    filled.run(*one, "--version", "1", "-o", target, "--as", "water")
    assert target.read_bytes() == kept.read_bytes()
    assert "还不能签发" in filled.run(*one[:-1], "丙工区", "--issue", code=1).err
    refused = filled.run("score", "rubric", "lookback", "--unit", "丙工区", "--as", "water", code=1)
    assert "“丙工区”不在" in refused.err
    assert "甲县" in refused.err
    wrong = filled.run("score", "rubric", "lookback", "-o", target, code=2)
    assert "--unit" in wrong.err
    assert "本行动没有考评细则“yearly”" in filled.run("rank", "rubric", "yearly", code=1).err
