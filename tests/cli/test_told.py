"""What history and inbox say to a reader at the terminal."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Office
from tests.lamps import workbook

pytestmark = pytest.mark.both_engines
HEAD = ["所在村", "杆号", "灯型", "登记日期", "派单日期"]
NUMBER = "D-411300101201-001"
WORK = f"""
    from zhuanban.core.day import from_iso
    from zhuanban.ledger.change import Change, Step
    from zhuanban.ledger.door import submit
    from zhuanban.people.models import Campaign
    from zhuanban.people.scope import OPERATOR
    lamps = Campaign.objects.get(name="lamps")
    def send(name, number, **said):
        step = Step("amend", from_iso("2024-02-01"), set=said, reason="看错了")
        return submit(lamps, [Change(name, "lamps", (step,), number)], OPERATOR)[0].status
    print(send("kind", "{NUMBER}", kind="低杆"))
    print(send("stranger", "{NUMBER}9", kind="低杆"))
    print(send("caller", "{NUMBER}", caller="司马青"))
"""


def test_what_changed_and_who_sent_what_waits(lamps: Office) -> None:
    rows = [HEAD, ["甲村", "1号", "高杆", "2024-01-05", None], ["甲村", "2号", "霓虹灯", "2024-01-05", None]]
    lamps.run("import", "lamps", "lamps", workbook(lamps, "灯.xlsx", rows), "--on", "2024-03-01", code=1)
    assert lamps.python(WORK).split() == ["entered", "waiting", "entered"]
    said = lamps.run("history", "lamps", "lamps", NUMBER).out
    assert "灯型：高杆 → 低杆\n       理由：看错了" in said
    assert "来源：灯.xlsx 工作表“Sheet” 第2行" in said
    assert "（空） → 司＊＊" in said
    assert "司马青" not in said
    waits = lamps.run("inbox", "lamps").out
    assert "路灯台账　（尚无编号）　本机操作员 于 20" in waits
    assert "来源：灯.xlsx 工作表“Sheet” 第3行　甲村" in waits
    assert f"路灯台账　{NUMBER}9　本机操作员 于 20" in waits
    assert "来源：不是表格，逐条报送\n" in waits


def test_nothing_to_tell_is_told_and_times_are_plain(lamps: Office) -> None:
    assert lamps.run("messages", "lamps").out == "没有消息。\n"
    assert lamps.run("alarms", "lamps").out == "没有未解除的警报。\n"
    rows = [HEAD, ["甲村", "1号", "霓虹灯", "2024-01-05", None]]
    lamps.run("import", "lamps", "lamps", workbook(lamps, "灯.xlsx", rows), "--on", "2024-03-01", code=1)
    assert re.search(r" 于 \d{4}-\d\d-\d\d \d\d:\d\d 报送", lamps.run("inbox", "lamps").out)
