"""Exports of a ledger: 200,000 rows × 12 columns as CSV and as a workbook, and 8,500 rows × 33 columns with 12 merged.

The rows are made up (`rows`, `merged_rows`): what is measured is writing. Whoever wants records read from a database in
front of it puts another source there; nothing below depends on where rows come from.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from bench.rig import Rig, Row
from zhuanban.sheets.export import ColumnSpec, Kind, write_csv, write_xlsx
from zhuanban.sheets.export_rows import Value

COLUMNS = (
    ColumnSpec("编号"),
    ColumnSpec("区", Kind.WORD),
    ColumnSpec("街道、乡镇"),
    ColumnSpec("社区、村"),
    ColumnSpec("状态", Kind.WORD),
    ColumnSpec("井深（米）", Kind.NUMBER, 2),
    ColumnSpec("数量", Kind.INTEGER),
    ColumnSpec("登记日期", Kind.DATE),
    ColumnSpec("是否保留", Kind.WORD),
    ColumnSpec("地址"),
    ColumnSpec("许可证号"),
    ColumnSpec("备注"),
)
MERGED = 12
MERGED_COLUMNS = tuple(ColumnSpec(f"第{n + 1}列") for n in range(33))
START = date(2023, 11, 1)


def rows(count: int) -> Iterator[tuple[Value, ...]]:
    """Rows such as a ledger of wells has: Chinese text, decimals, dates, long numbers as text, some cells empty."""
    chance = random.Random(1)
    for n in range(count):
        yield (
            f"WELL-2023-{n:06}",
            f"第{chance.randrange(4) + 1}区",
            f"{chance.randrange(60)}号街道",
            f"{chance.randrange(900)}号社区",
            ("已登记", "已封填", "保留")[n % 3],
            Decimal(chance.randrange(100, 99999)) / 100,
            chance.randrange(1, 20),
            START + timedelta(chance.randrange(40)),
            n % 2 == 0,
            f"幸福路{chance.randrange(9999)}号院内东侧",
            f"{chance.randrange(10**17):018}",
            None if n % 5 else "=待复核&<补录>",
        )


def merged_rows(count: int) -> Iterator[tuple[Value, ...]]:
    """Rows whose first 12 columns repeat their upper neighbour, the higher-ranked ones longer."""
    for n in range(count):
        yield (
            *(f"第{level + 1}级{n // (2 * (MERGED - level))}" for level in range(MERGED)),
            *(f"值{n}-{column}" if column % 3 else n * column for column in range(33 - MERGED)),
        )


def bare(target: Path, source: Iterator[tuple[Value, ...]] | list[tuple[Value, ...]]) -> None:
    """The same cells by XlsxWriter alone: constant memory, one date format, nothing else."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [column.title for column in COLUMNS])
        for number, row in enumerate(source, start=1):
            for column, value in enumerate(row):
                if type(value) is date:
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)


def stream_csv(target: str, count: int) -> None:
    """For the peak of memory, in a process of its own."""
    write_csv(Path(target), COLUMNS, rows(count))


def stream_xlsx(target: str, count: int) -> None:
    """For the peak of memory, in a process of its own."""
    write_xlsx(Path(target), "自备井台账", COLUMNS, rows(count))


def run(rig: Rig) -> list[Row]:
    """Three exports, and the memory of the two that must not grow."""
    count, few = rig.size(200_000, 2_000), rig.size(8_500, 300)
    made = list(rows(count))  # made beforehand: the making is not to be measured
    made_merged = list(merged_rows(few))
    csv_file, xlsx_file, bare_file = (rig.folder / name for name in ("a.csv", "a.xlsx", "bare.xlsx"))

    csv_seconds = rig.best(lambda: write_csv(csv_file, COLUMNS, made))
    xlsx = rig.compare(
        lambda: write_xlsx(xlsx_file, "自备井台账", COLUMNS, made),
        lambda: bare(bare_file, made),
    )
    merged_seconds = rig.best(
        lambda: write_xlsx(xlsx_file, "合并台账", MERGED_COLUMNS, made_merged, merge=range(MERGED))
    )
    return [
        Row(f"CSV, {count:,} × 12", csv_seconds, "s", 5),
        Row(f"xlsx, {count:,} × 12, against XlsxWriter alone", xlsx.ratio, "x", 1.3),
        Row("— ours", xlsx.ours, "s"),
        Row("— XlsxWriter alone, bare cells", xlsx.theirs, "s"),
        Row(f"xlsx, {few:,} × 33, {MERGED} columns merged", merged_seconds, "s", 5),
        Row("peak memory, CSV", rig.peak("bench.bench_export:stream_csv", str(csv_file), count), "MB", 300),
        Row("peak memory, xlsx", rig.peak("bench.bench_export:stream_xlsx", str(xlsx_file), count), "MB", 300),
    ]
