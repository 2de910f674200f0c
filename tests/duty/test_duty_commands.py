"""The commands as an outsider calls them: keys, exit codes, problems in Chinese."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.canals import PACK, REGIONS, UNITS
from tests.conftest import Office
from zhuanban.core import clock
from zhuanban.core.day import iso

TODAY = clock.today()
GONE, COMING = iso(TODAY - 3), iso(TODAY + 20)
DUTIES = f"""
gone:
  title: 已到期的
  due: {GONE}
  units: [一局, 二局]
  zero: true
  assumed: [due]
  by: clerk
  review: office
  remind: 逾期 00:01
coming:
  title: 将到期的
  due: {COMING}
  units: 一局
  fields: {{floor: {{title: 楼层, type: text}}}}
  by: clerk
  sign: head
  review: office
"""
COUNTS = {
    "due", "submitted", "on_time", "late", "missing", "returned", "zero", "accepted", "undelivered", "coming",
    "before_issue", "completeness", "timeliness",
}  # fmt: skip


@pytest.fixture
def canals(office: Office, tmp_path: Path) -> Office:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK, "utf-8")
    (folder / "duties.yaml").write_text(DUTIES, "utf-8")
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    words = ["--regions", tmp_path / "regions.csv", "--units", tmp_path / "units.csv", "--start", "2021-08-29"]
    office.run("campaign", "create", "canals", "--pack", folder, *words)
    return office


def asked(office: Office, *words: str | Path) -> Any:
    return json.loads(office.run(*words, "--json").out)


def test_a_report_from_the_command_line(canals: Office, tmp_path: Path) -> None:
    paper = tmp_path / "报告.txt"
    paper.write_text("情况", "utf-8")
    one = ("canals", "gone", "一局", GONE)
    said = asked(canals, "duty", "fill", *one, "--zero")
    assert said == {"number": f"D1-{GONE}", "version": 2, "state": "待报", "status": "missing", "warnings": []}
    assert asked(canals, "duty", "submit", *one)["status"] == "submitted"
    assert "退回" in canals.run("duty", "return", *one, "--reason", "请附文件").out
    canals.run("duty", "fill", *one, "--file", paper)
    canals.run("duty", "submit", *one)
    assert asked(canals, "duty", "accept", *one)["state"] == "已接收"
    assert asked(canals, "duty", "changes", *one)["forms"] == []

    board = asked(canals, "duties", "canals")
    assert board.keys() == {
        "campaign", "as_of", "total", "units", "periods", "items", "questions", "problems",
    }  # fmt: skip
    assert board["total"].keys() == COUNTS
    assert [
        {k: v for k, v in u.items() if k in ("unit", "light", "due", "late", "missing")} for u in board["units"]
    ] == [
        {"unit": "D1", "light": "green", "due": 1, "late": 1, "missing": 0},
        {"unit": "D2", "light": "red", "due": 1, "late": 0, "missing": 1},
    ]
    assert board["total"]["completeness"] == {"part": 1, "whole": 2, "text": "50%"}
    assert [(i["duty"], i["unit"], i["status"]) for i in board["items"]] == [
        ("gone", "D1", "accepted"),
        ("gone", "D2", "missing"),
        ("coming", "D1", "open"),
    ]
    assert board["items"][0]["late"].endswith("天")
    assert board["questions"][0] | {"assumed": GONE, "answered": False} == board["questions"][0]

    before = asked(canals, "duties", "canals", "--as-of", f"{GONE} 12:00", "--duty", "已到期的")
    assert (before["total"]["due"], before["total"]["coming"]) == (0, 2)

    text = canals.run("duties", "canals").out
    assert re.search(r"^一局 +1 +1 +0 +1 +0 +0 +0 +0 +100% +0% +绿$", text, re.M)
    assert f"红 已到期的 {GONE} 二局 期限{GONE} 23:59：未报" in text
    assert "待确认：已到期的的期限文件没有印" in text


def test_an_extension_and_an_answer(canals: Office) -> None:
    one = ("canals", "coming", "一局", COMING)
    later = iso(TODAY + 30)
    asked(canals, "duty", "extend", *one, "--until", later, "--reason", "停电")
    asked(canals, "duty", "refuse", *one, "--reason", "理由不足")
    asked(canals, "duty", "extend", *one, "--until", later, "--reason", "停电两周")
    asked(canals, "duty", "approve", *one, "--reason", "同意")
    item = asked(canals, "duties", "canals", "--duty", "coming")["items"][0]
    assert (item["printed"], item["due"][:10]) == (COMING, later)
    refused = canals.run("duty", "makeup", *one, "--until", later, "--reason", "补", code=1)
    assert "不早于发文日期" in refused.err
    answered = asked(canals, "duty", "answer", "canals", "gone", "due", "--reason", "电话问过")
    assert answered == {"number": "gone-due", "version": 1}
    (question,) = asked(canals, "duties", "canals")["questions"]
    assert (question["answered"], question["reason"]) == (True, "电话问过")


def test_signing_and_further_fields(canals: Office, tmp_path: Path) -> None:
    one = ("canals", "coming", "一局", COMING)
    paper = tmp_path / "报告.txt"
    paper.write_text("情况", "utf-8")
    faults = canals.run("duty", "fill", *one, "--file", paper, "--field", "楼层", "--field", "x=1", code=1).err
    assert faults.count("duty-020") == 2
    assert "附件不能读取" in canals.run("duty", "fill", *one, "--file", tmp_path / "无", code=1).err
    asked(canals, "duty", "fill", *one, "--file", paper, "--field", "楼层=三")
    assert "签字须具名" in canals.run("duty", "sign", *one, code=1).err
    assert asked(canals, "duty", "sign", *one, "--signer", "甲")["state"] == "待报"
    history = asked(canals, "history", "canals", "duty_coming", f"D1-{COMING}")
    assert (history["fields"]["floor"], history["fields"]["signer"]) == ("三", "甲")
    assert asked(canals, "inbox", "canals")["items"] == []


def test_a_round_of_the_clock(canals: Office) -> None:
    done = asked(canals, "tick", "canals")
    assert (done["told"], done["sent"], done["failed"]) == ([], 0, 0)
    assert {p["code"] for p in done["problems"]} == {"duty-023"}
    assert asked(canals, "messages", "canals") == {"messages": []}
    ahead = canals.run("tick", "canals", "--until", f"{COMING} 12:00", code=1)
    assert "还没有到" in ahead.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("duties", "canals", "--as-of", "昨天"), 2, "不是时刻"),
        (("duties", "canals", "--duty", "x"), 1, "没有报送任务"),
        (("duty", "fill", "canals", "gone", "九局", GONE), 1, "没有单位“九局”"),
        (("duty", "fill", "canals", "gone", "一局", "2021-01-01"), 1, f"要报的期次：{GONE}"),
        (("duty", "submit", "canals", "gone", "一局", GONE), 1, "不能“报送”"),
        (
            ("duty", "delivered", "canals", "gone", "一局", GONE, "--to", "甲", "--receipt", "1"),
            1,
            "不是本任务的收件单位",
        ),
        (("duty", "sign", "canals", "gone", "一局", GONE, "--signer", "甲"), 1, "没有“签字”这一步"),
        (("duty", "changes", "canals", "gone", "一局", GONE), 1, "还没有填报过"),
        (("duty", "stamp", "canals", "gone", "一局", GONE), 1, "没有“收回盖章件”这一步"),
        (
            ("duty", "stamped", "canals", "gone", "一局", GONE, "--file", "无.jpg", "--rows", "1"),
            1,
            "没有“收回盖章件”这一步",
        ),
        (("duty", "return", "canals", "gone", "一局", GONE), 2, "缺少参数"),
    ],
)
def test_what_is_wrong_is_said(canals: Office, words: tuple[str, ...], code: int, says: str) -> None:
    ran = canals.run(*words, code=code)
    assert says in ran.err
    assert "Traceback" not in ran.err
