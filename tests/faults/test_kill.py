"""The program is killed at random moments while it imports: nothing acknowledged is missing, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Office
from tests.lamps import settle_in, workbook

KILLS = int(os.environ.get("ZHUANBAN_KILLS", "20"))
ROWS = 60
pytestmark = pytest.mark.sqlite


def batch(office: Office, nth: int) -> Path:
    rows = [["甲村", f"{nth}-{i}", "高杆", "2024-01-05", "2024-01-06"] for i in range(ROWS)]
    return workbook(office, f"第{nth}批.xlsx", [["所在村", "杆号", "灯型", "登记日期", "派单日期"], *rows])


def registered(office: Office) -> int:
    out = office.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "json").out
    return int(json.loads(out)["rows"][0]["cells"]["all"]["value"])


def test_killed_at_random_moments(office: Office) -> None:
    folder = settle_in(office).home.parent
    rng = random.Random(7)
    acknowledged: set[int] = set()
    killed = 0
    for nth in range(KILLS):
        path = batch(office, nth)
        process = office.start("import", "lamps", "lamps", path, "--on", "2024-03-01")
        try:
            process.communicate(timeout=rng.uniform(0.05, 3))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
        if process.returncode == 0:
            acknowledged.add(nth)
        if nth % 10 == 9:
            # A workbook of this size is one transaction: all of it is in, or nothing.
            assert registered(office) % ROWS == 0
            assert registered(office) >= len(acknowledged) * ROWS
            office.run("verify")
            office.run("tally", "check")
    assert killed, "no kill came before the end of its import"
    office.run("import", "lamps", "lamps", *(folder / f"第{n}批.xlsx" for n in range(KILLS)), "--on", "2024-03-01")
    assert registered(office) == KILLS * ROWS
    office.run("verify")
    office.run("tally", "check")
