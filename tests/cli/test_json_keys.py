"""The JSON of every command has the keys that docs/cli.md says, and no others."""

from __future__ import annotations

import json
import re
from typing import Any

import click
import pytest

from tests.canals import PACK, REGIONS, UNITS
from tests.conftest import ROOT, Office
from tests.duty.test_duty_commands import COMING, DUTIES, GONE, TODAY
from tests.lamps import workbook
from zhuanban import cli
from zhuanban.core.day import iso

PAGE = (ROOT / "docs" / "cli.md").read_text("utf-8")
# Keys below these are of the pack, or of whoever sent a change.
FREE = {"fields", "cells", "source", "zones", "detail"}
# What these may say depends on more than happens here (a message, an alarm, a photo): nothing that is not on the page,
# but not all that is. The rest is asked for where it happens.
IN_PART = {
    "history": "tests/ledger/test_odd_pictures.py, test_pack_rules.py",
    "alarms": "tests/notify/test_alarms.py",
    "messages": "tests/notify/test_messages.py",
    "tick": "tests/duty/test_tick.py, tests/ledger/test_turning.py",
    "duty changes": "tests/duty/test_reports.py",
    "duties": "tests/duty/test_duty_commands.py",
    "archive": "tests/archive/test_archive.py",
    "zones list": "tests/cli/test_zones_and_grid.py",
    "grid split": "tests/cli/test_zones_and_grid.py",
    "grid merge": "tests/cli/test_zones_and_grid.py",
    "form fill": "tests/sheets/test_forms_command.py",
    "score": "tests/oversight/test_score_commands.py",
    "rank": "tests/oversight/test_score_commands.py",
}
ONE = ["canals", "coming", "一局", COMING]
GONE_ONE = ["canals", "gone", "一局", GONE]
PROBLEM = {"code", "says", "advice", "place", "file", "line", "sheet", "cell", "row", "column", "record", "field"}
NUMBER = "D-411300101201-002"
EXPLAIN = ["explain", "lamps", "progress", "--as-of", "2024-03-01", "--row", "合计", "--column"]

CALLS = {
    "pack list": [["pack", "list"]],
    "pack check": [["pack", "check", "lamps"], ["pack", "check", "broken"]],
    "people list": [["people", "list", "lamps"]],
    "log": [["log", "lamps"]],
    "campaign list": [["campaign", "list"]],
    "import": [["import", "lamps", "lamps", "路灯.xlsx", "--marked", "批注"]],
    "table": [["table", "lamps", "progress", "--as-of", "2024-03-01", "--format"]],
    "explain": [[*EXPLAIN, "修复率"], [*EXPLAIN, "登记（盏）"]],
    "list": [["list", "orchard", "no_visit"]],
    "find": [["find", "lamps", "lamps", NUMBER]],
    "draw": [["draw", "orchard", each, "--seed", "x"] for each in ("county_draw", "apple_draw")],
    "history": [["history", "lamps", "lamps", NUMBER]],
    "inbox": [["inbox", "lamps"]],
    "verify": [["verify"]],
    "tally check": [["tally", "check"]],
    "duty fill": [["duty", "fill", *ONE, "--file", "报告.txt"]],
    "duty sign": [["duty", "sign", *ONE, "--signer", "甲"]],
    "duty extend": [["duty", "extend", *ONE, "--until", iso(TODAY + 30), "--reason", "停电"]],
    "duty refuse": [["duty", "refuse", *ONE, "--reason", "理由不足"]],
    "duty approve": [["duty", "approve", *ONE, "--reason", "同意"]],
    "duty submit": [["duty", "submit", *ONE]],
    "duty return": [["duty", "return", *ONE, "--reason", "请重报"]],
    "duty accept": [["duty", "accept", *ONE]],
    "duty makeup": [["duty", "makeup", *GONE_ONE, "--until", COMING, "--reason", "补"]],
    "duty delivered": [["duty", "delivered", *GONE_ONE, "--to", "甲", "--receipt", "1"]],
    "duty stamped": [["duty", "stamped", *ONE, "--file", "报告.txt", "--rows", "3"]],
    "duty stamp": [["duty", "stamp", *ONE]],
    "duty changes": [["duty", "changes", *ONE]],
    "duty answer": [["duty", "answer", "canals", "gone", "due", "--reason", "电话问过"]],
    "duties": [["duties", "canals"]],
    "tick": [["tick", "canals"]],
    "messages": [["messages", "canals"]],
    "alarms": [["alarms", "lamps"]],
    "archive": [["archive", "lamps", "--region", "东镇", "-o", "档.zip"]],
    "form fill": [["form", "fill", "lamps", "附表", "-o", "表.xlsx"]],
    "form check": [["form", "check", "lamps", "附表", "路灯.xlsx"]],
    "score": [["score", "lamps", "无"]],
    "rank": [["rank", "lamps", "无"]],
    "zones load": [["zones", "load", "lamps", "无", "无.geojson"]],
    "zones list": [["zones", "list", "lamps"]],
    "grid split": [
        [
            "grid",
            "split",
            "lamps",
            "411300102201",
            "--into",
            "411300102203=戊村",
            "--into",
            "411300102204=己村",
            "--on",
            "2024-03-01",
            "--reason",
            "太大",
        ],
    ],
    "grid merge": [
        [
            "grid",
            "merge",
            "lamps",
            "411300101201",
            "411300101202",
            "--into",
            "411300101202",
            "--on",
            "2024-03-01",
            "--reason",
            "太小",
        ],
    ],
}


@pytest.fixture
def busy(lamps: Office) -> Office:
    """A campaign in which everything has happened that a key tells of."""
    head = ["所在村", "杆号", "灯型", "登记日期", "派单日期"]
    rows = [head, ["甲村", "1号", "高杆", "2023-12-05", None], ["甲村", "2号", "草坪", "2024-01-05", "2024-01-06"]]
    lamps.run("import", "lamps", "lamps", workbook(lamps, "先.xlsx", rows), "--on", "2024-03-01")
    demo = ROOT / "tests" / "packs" / "orchard"
    lamps.run(
        "campaign", "create", "orchard", "--pack", demo, "--regions", demo / "demo" / "regions.csv",
        "--units", demo / "demo" / "units.csv", "--start", "2024-03-01",
    )  # fmt: skip
    orchard = workbook(lamps, "果园.xlsx", [["所在片区", "园主", "树种"], ["上园片", "甲", "苹果"]])
    lamps.run("import", "orchard", "orchards", orchard, "--on", "2024-03-01")
    lamps.python(
        f"""
        from zhuanban.core.day import from_iso
        from zhuanban.ledger.change import Change, Step
        from zhuanban.ledger.door import submit
        from zhuanban.people.models import Campaign
        from zhuanban.people.scope import OPERATOR
        def step(*words, **more):
            outcome = submit(Campaign.objects.get(name="lamps"), [Change("/".join(map(str, words)), "lamps",
                (Step(*words, **more),), "{NUMBER}")], OPERATOR)[0]
            assert outcome.status == "entered", outcome
        step("transfer", from_iso("2024-01-07"), region="411300101202", unit="U1", reason="划错了村")
        step("redate", from_iso("2024-01-04"), of=1, reason="写错了")
        """
    )
    folder = lamps.home.parent / "canals"
    folder.mkdir()
    for name, text in (("pack.yaml", PACK), ("duties.yaml", DUTIES), ("r.csv", REGIONS), ("u.csv", UNITS)):
        (folder / name).write_text(text, "utf-8")
    (lamps.home.parent / "报告.txt").write_text("情况", "utf-8")
    lamps.run(
        "campaign", "create", "canals", "--pack", folder, "--regions", folder / "r.csv", "--units", folder / "u.csv",
        "--start", "2021-08-29",
    )  # fmt: skip
    lamps.run("people", "add", "lamps", "clerk", "--title", "灯管办", "--post", "county")
    broken = lamps.home.parent / "broken"
    broken.mkdir()
    (broken / "pack.yaml").write_text("key: broken\n", "utf-8")
    workbook(lamps, "路灯.xlsx", [*rows, ["甲村", "3号", "霓虹灯", "2024-01-05", None]])
    return lamps


def keys(said: Any) -> set[str]:
    """All keys, at any depth, but those of the pack."""
    if isinstance(said, list):
        return set().union(*map(keys, said)) if said else set()
    if not isinstance(said, dict):
        return set()
    inner = [keys(value) for key, value in said.items() if key not in FREE]
    # Of a table's cells the keys are columns; what a cell says is ours.
    inner += [keys(list(value.values())) for key, value in said.items() if key == "cells"]
    return set(said).union(*inner)


def section(command: str) -> str:
    found = re.search(rf"^## `zhuanban {command}\b.*?(?=^## |\Z)", PAGE, re.M | re.S)
    assert found is not None, command
    if "`--json` as " in found[0]:  # as above: as the first of its group
        return section({"duty": "duty fill", "grid": "grid split"}[command.split()[0]])
    return found[0]


def test_every_json_has_the_keys_of_its_page(busy: Office) -> None:
    general = set(re.findall(r"`([a-z_]+)`", PAGE.split("\n## ")[0]))
    assert general >= PROBLEM
    faults = []
    for command, calls in CALLS.items():
        said: set[str] = set()
        for words in calls:
            out = busy.run(*words, "json" if command == "table" else "--json", code=None).out
            said |= keys(json.loads(out))
        body = section(command)
        told = set(re.findall(r"`([a-z_0-9]+)`", body[body.index("JSON" if command == "table" else "`--json`") :]))
        own = said - (
            {*PROBLEM, "problems"} if said <= {*PROBLEM, "problems"} else PROBLEM if "problems" in said else set()
        )
        faults += [f"{command}: {key} is not on the page" for key in sorted(own - told)]
        if command not in IN_PART and "problems" not in said:
            faults += [f"{command}: {key} is on the page only" for key in sorted(told - said)]
    assert not faults, "\n".join(faults)


def test_every_command_with_json_is_tried() -> None:
    def leaves(command: click.Command, name: str) -> set[str]:
        if isinstance(command, click.Group):
            return {x for word, sub in command.commands.items() for x in leaves(sub, f"{name} {word}".strip())}
        flags = {flag for p in command.params for flag in p.opts}
        return {name} if {"--json", "--format"} & flags else set()

    assert leaves(cli.main, "") == CALLS.keys()
