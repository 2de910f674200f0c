"""Import through the door: 500 workbooks × 400 rows × 12 columns against pandas merely reading them; one large one.

Both sides run in a fresh process each time, start included. Ours reads, checks, writes events (a register of sealed
wells, three in four of them re-checked: 1.75 events a row) and tallies into an empty campaign on SQLite; pandas with
openpyxl reads the same files and concatenates them. The large workbook has 200,000 rows and shared strings, as office
programs write them.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from bench.rig import ROOT, Rig, Row

PACK = ROOT / "campaigns" / "well-closure"
CAMPAIGN, LEDGER = "bench", "sealed_wells"
HEADS = (
    "原编号", "责任单位", "社区", "小区", "用水户", "地址",
    "封停日期", "封停方式", "任务日期", "复核日期", "复查结果", "复核人",
)  # fmt: skip
START = date(2023, 11, 1)
UNITS = ("市水利局", "卧龙区", "宛城区", "高新区", "城乡一体化示范区", "市城管局")
Cells = tuple[str | date | None, ...]


def rows(count: int, cells: list[tuple[str, str]]) -> Iterator[Cells]:
    """Sealed wells, each in one of the `cells` (community, cell), three in four re-checked."""
    chance = random.Random(1)
    for n in range(count):
        community, cell = cells[n * len(cells) // count]  # a street sends its own wells
        task = START + timedelta(chance.randrange(10))
        checked = chance.randrange(4) > 0
        yield (
            f"NY-{n:06}",
            chance.choice(UNITS),
            community,
            cell,
            f"第{n}户",
            f"{cell}{chance.randrange(60) + 1}号院",
            date(2018, 1, 1) + timedelta(chance.randrange(2000)),
            chance.choice(("填埋", "焊封井口", "拆除水泵", "断电贴封条")),
            task,
            task + timedelta(chance.randrange(25)) if checked else None,
            chance.choice(("仍封停", "仍封停", "仍封停", "重新启用", "灭失")) if checked else None,
            f"复核员{chance.randrange(300)}" if checked else None,
        )


def cells_of_pack() -> list[tuple[str, str]]:
    """(community, cell) names of the pack's demo tree."""
    lines = (PACK / "demo" / "regions.csv").read_text("utf-8-sig").splitlines()[1:]
    names = {code: (name, above) for code, name, above, *_ in (line.split(",") for line in lines)}
    return [(names[above][0], name) for code, (name, above) in names.items() if len(code) == 15]


def write_books(folder: str, books: int, count: int) -> None:
    """Workbooks of `count` rows each."""
    source = rows(books * count, cells_of_pack())
    for n in range(books):
        with xlsxwriter.Workbook(Path(folder) / f"{n:04}.xlsx", {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet("复查台账")
            sheet.write_row(0, 0, HEADS)
            for r, row in enumerate(islice(source, count), 1):
                sheet.write_row(r, 0, row)


def found(home: str) -> None:
    """An empty campaign in a data folder."""
    set_up(home)
    from django.core.management import call_command

    from zhuanban.core.day import to_day
    from zhuanban.pack.read import load, pack_files
    from zhuanban.people.actions import create_campaign

    call_command("migrate", verbosity=0)
    files = pack_files(PACK)
    demo = PACK / "demo"
    create_campaign(
        CAMPAIGN,
        files,
        load(files, PACK.name),
        demo / "regions.csv",
        demo / "units.csv",
        to_day(START),
        demo_clock=True,
    )


def bring_in(home: str, folder: str) -> None:
    """All workbooks of a folder through the door."""
    set_up(home)
    from zhuanban.core.day import from_iso
    from zhuanban.people.queries import setting
    from zhuanban.people.scope import OPERATOR
    from zhuanban.sheets.actions import import_files

    paths = sorted(Path(folder).glob("*.xlsx"))
    report = import_files(setting(CAMPAIGN), LEDGER, paths, OPERATOR, on=from_iso("2023-12-08"))
    if report.problems or not report.total("new") == report.total("rows") > 0:
        raise AssertionError(f"{report.summary()} {report.problems[:3]}")


def pandas_reads(folder: str) -> None:
    """What many offices do today, and no more than that: read all workbooks and put them below each other."""
    import pandas

    frames = [pandas.read_excel(path, engine="openpyxl") for path in sorted(Path(folder).glob("*.xlsx"))]
    pandas.concat(frames)


def set_up(home: str) -> None:
    """Django on the data folder, in a process that has not had one."""
    os.environ["ZHUANBAN_HOME"] = home
    os.environ.pop("ZHUANBAN_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhuanban.project.settings"
    import django

    django.setup()


def run(rig: Rig) -> list[Row]:
    """Many small workbooks, then one large one."""
    books, count, large = rig.size(500, 4), rig.size(400, 50), rig.size(200_000, 500)
    small_folder, large_folder, empty, home = (rig.folder / n for n in ("small", "large", "empty", "home"))
    for folder, many, each in ((small_folder, books, count), (large_folder, 1, large)):
        folder.mkdir()
        rig.call("bench.bench_import:write_books", str(folder), many, each)
    rig.call("bench.bench_import:found", str(empty))

    def ours(folder: Path) -> float:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(empty, home)
        return rig.peak("bench.bench_import:bring_in", str(home), str(folder))

    against = rig.compare(
        lambda: ours(small_folder), lambda: rig.call("bench.bench_import:pandas_reads", str(small_folder))
    )
    return [
        Row(
            f"{books} × {count} rows × {len(HEADS)}, against pandas reading them",
            against.ratio,
            "x",
            1,
            note="goal 0.5×",
        ),
        Row("— ours", against.ours, "s"),
        Row("— pandas with openpyxl", against.theirs, "s"),
        Row(f"peak memory, one workbook of {large:,} rows", ours(large_folder), "MB", 400),
    ]
