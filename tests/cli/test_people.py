"""A campaign gets its people by the command line alone."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import Office
from tests.lamps import workbook

pytestmark = pytest.mark.both_engines
HEAD = ["登录名", "姓名", "岗位", "区划代码", "单位代码", "启用日期"]


def test_people_are_loaded_use_their_post_and_the_log_tells(lamps: Office) -> None:
    wrong = [HEAD, ["east", "东镇站", "乡镇灯管站", 411300101, None, "2024-01-01"], ["firm", "甲队", "firm"]]
    ran = lamps.run("people", "load", "lamps", workbook(lamps, "错.xlsx", wrong), code=1)
    assert "错.xlsx" in ran.err
    assert "第3行" in ran.err
    assert "岗位“维修单位”须写明单位" in ran.err
    assert "还没有人" in lamps.run("people", "list", "lamps").out
    listed = lamps.home.parent / "人.csv"
    listed.write_bytes(
        "登录名,姓名,岗位,区划代码\neast,东镇站,乡镇灯管站,411300101\ncounty,县办,县灯管办,\n".encode("gb18030")
    )
    ran = lamps.run("people", "load", "lamps", listed)
    assert len(re.findall(r"口令 \S{12}（", ran.out)) == 2
    assert "没有改动" in lamps.run("people", "load", "lamps", listed).out
    lamps.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--as", "east", "--format", "csv")
    refused = lamps.run(
        "table", "lamps", "progress", "--as-of", "2024-03-01", "--as", "east", "--region", "西镇", code=1
    )
    assert "“西镇”不在您的管辖范围内" in refused.err
    token = lamps.run("people", "token", "east", "--days", "3").out.strip()
    assert len(token) > 40
    assert "people-043" in lamps.run("log", "lamps", "--as", "east", code=1).err
    said = lamps.run("log", "lamps").out
    assert "导出" in said
    assert token not in said
    lamps.run("people", "end", "lamps", "east", "乡镇灯管站")
    lamps.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--as", "east", code=1)


def test_a_list_without_its_heads_is_told(lamps: Office) -> None:
    ran = lamps.run("people", "load", "lamps", workbook(lamps, "人.xlsx", [["姓名"], ["甲"]]), code=1)
    assert "第一行缺少列“登录名、岗位”" in ran.err


def test_a_phone_and_a_new_name_of_a_unit_by_command(lamps: Office) -> None:
    said = ["--post", "county", "--title", "县办", "--phone", "19900000001"]
    assert "已登记联系方式" in lamps.run("people", "add", "lamps", "county", *said).out
    renamed = lamps.run(
        "units", "rename", "lamps", "U1", "甲维修集团", "--short", "甲集团", "--on", "2024-02-01", "--reason", "改制"
    )
    assert renamed.out == "自 2024-02-01 起，单位 U1 改称“甲维修集团”（甲集团）。\n"
    log = lamps.run("log", "lamps").out
    assert "甲集团" in log
    assert "登记联系方式：是" in log
    assert "19900000001" not in log + lamps.run("people", "list", "lamps", "--json").out


def test_notes_of_a_pack_are_no_faults(lamps: Office) -> None:
    said = json.loads(lamps.run("pack", "check", "canal-protection", "--json").out)
    assert said["problems"] == []
    assert [note["code"] for note in said["notes"]] == ["pack-177"] * 2
    assert "提示：" in lamps.run("pack", "check", "canal-protection").out
