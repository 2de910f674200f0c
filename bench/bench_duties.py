"""The duties matrix of 500 units × 52 weeks, every report through the door, in SQLite: what is owed, late, missing.

Measured in a process of its own, with the database that it made.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from bench.rig import ROOT, Rig, Row, seconds

PACK = """
key: matrix
title: 报送
grid: {levels: {town: {title: 一级网格}}}
posts: {office: {title: 办公室, sees: all}, clerk: {title: 填报人, sees: unit}}
"""


def run(rig: Rig) -> list[Row]:
    """The matrix now, and as of the middle of the year, when half of the reports were still to come."""
    units, weeks = rig.size(500, 4), rig.size(52, 3)
    words = [sys.executable, "-m", "bench.bench_duties", str(rig.folder), str(units), str(weeks), str(rig.rounds)]
    environment = {k: v for k, v in os.environ.items() if k != "ZHUANBAN_DATABASE_URL"}
    environment |= {"ZHUANBAN_HOME": str(rig.folder), "DJANGO_SETTINGS_MODULE": "zhuanban.project.settings"}
    done = subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    took = json.loads(done.stdout.splitlines()[-1])
    size = f"{units} units × {weeks} weeks"
    return [
        Row(f"matrix with all counts, {size}", took["now"] * 1000, "ms", 100),
        Row("— as of half a year before", took["middle"] * 1000, "ms"),
        Row("— entering one report of three steps", took["enter"] * 1000, "ms"),
    ]


def _measure(folder: Path, units: int, weeks: int, rounds: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    from zhuanban.core import clock
    from zhuanban.core.day import BEIJING, from_iso, iso
    from zhuanban.duty.queries import board
    from zhuanban.ledger.change import Change, Step
    from zhuanban.ledger.door import submit
    from zhuanban.ledger.queries import Viewer
    from zhuanban.pack.read import load
    from zhuanban.people.actions import create_campaign
    from zhuanban.people.queries import setting
    from zhuanban.people.scope import OPERATOR

    call_command("migrate", verbosity=0)
    start = from_iso("2023-01-05")  # a Thursday
    last = start + 7 * (weeks - 1)
    names = "、".join(f"单位{i}" for i in range(units)).replace("、", ", ")
    duty = (
        f"weekly: {{title: 周报, every: 周四 12:00, from: {iso(start)}, until: {iso(last)},"
        f" units: [{names}], by: clerk, review: office, zero: true}}"
    )
    files = {"pack.yaml": PACK, "duties.yaml": duty}
    (folder / "regions.csv").write_text("代码,名称,上级代码\n1,县,\n", "utf-8")
    lines = "".join(f"U{i},单位{i},,,1\n" for i in range(units))
    (folder / "units.csv").write_text(f"代码,名称,简称,上级代码,区划代码\n{lines}", "utf-8")
    with clock.set_to(datetime(2023, 1, 1, tzinfo=BEIJING)):
        campaign = create_campaign(
            "matrix", files, load(files), folder / "regions.csv", folder / "units.csv", start, demo_clock=True
        )

    def week(day: int) -> None:
        """Nine of ten units report; one of them late."""
        said = {"as_of": iso(day), "zero": "否"}
        fresh = [i for i in range(units) if (i + day) % 10]
        for late, hour in ((False, 11), (True, 13)):
            changes = [
                Change(
                    f"{i}-{day}",
                    "duty_weekly",
                    (
                        Step("create", day, "开立", region="1", unit=f"U{i}"),
                        Step("move", day, "填报", said),
                        Step("move", day, "报送"),
                    ),
                    f"U{i}-{iso(day)}",
                )
                for i in fresh
                if ((i + day) % 10 == 1) is late
            ]
            with clock.set_to((day * 86400 + (hour - 8) * 3600) * 1_000_000):
                submit(campaign, changes, OPERATOR)

    days = range(start, last + 1, 7)
    entering = seconds(lambda: [week(day) for day in days])
    viewer = Viewer(setting(campaign), OPERATOR)

    def matrix(day: int) -> int:
        seen = board(viewer, day * 86400 + 12 * 3600)
        return len(seen.by_unit()) + len(seen.by_period()) + seen.count().missing

    middle = days[len(days) // 2]
    matrix(last)
    return {
        "now": min(seconds(lambda: matrix(last)) for _ in range(rounds)),
        "middle": min(seconds(lambda: matrix(middle)) for _ in range(rounds)),
        "enter": entering / max(1, len(days) * units * 9 / 10),
    }


if __name__ == "__main__":
    home, *sizes = sys.argv[1:]
    print(json.dumps(_measure(Path(home), *map(int, sizes))))
