"""The program is killed at random moments while it imports: nothing acknowledged is missing, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Office
from tests.lamps import FILES, REGIONS, UNITS

KILLS = int(os.environ.get("ZHUANBAN_KILLS", "20"))
ROWS = 60
pytestmark = pytest.mark.sqlite


def workbook(folder: Path, nth: int) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["所在村", "杆号", "灯型", "登记日期", "派单日期"])
    for i in range(ROWS):
        page.append(["甲村", f"{nth}-{i}", "高杆", "2024-01-05", "2024-01-06"])
    path = folder / f"第{nth}批.xlsx"
    book.save(path)
    return path


def registered(office: Office) -> int:
    out = office.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "json").out
    return int(json.loads(out)["rows"][0]["cells"]["all"]["value"])


def test_killed_at_random_moments(office: Office) -> None:
    folder = office.home.parent
    for name, text in FILES.items():
        path = folder / "lamps" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    office.run(
        "campaign", "create", "lamps", "--pack", folder / "lamps", "--regions", folder / "regions.csv",
        "--units", folder / "units.csv", "--start", "2024-01-01",
    )  # fmt: skip
    rng = random.Random(7)
    acknowledged: set[int] = set()
    killed = 0
    for nth in range(KILLS):
        path = workbook(folder, nth)
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
