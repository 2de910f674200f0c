"""Exports of a ledger: 200,000 rows × 12 columns as CSV and as a workbook, and 8,500 rows × 33 columns with 12 merged.

First made-up rows (`rows`, `merged_rows`): what is measured is writing. Then the records of a ledger that was imported
through the door (the register of `bench_import`, 19 columns out): reading, masking and writing, as the API does it.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from bench.bench_import import CAMPAIGN, LEDGER, set_up
from bench.rig import Rig, Row, seconds
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


def from_ledger(home: str, target: str) -> float:
    """All records of the ledger into a file, .csv or .xlsx; seconds without the start of the process."""
    set_up(home)
    from zhuanban.ledger.queries import Viewer
    from zhuanban.ledger.search import Filter, find
    from zhuanban.people.queries import setting
    from zhuanban.people.scope import OPERATOR
    from zhuanban.sheets.out import ledger_columns, ledger_rows

    viewer = Viewer(setting(CAMPAIGN), OPERATOR)
    ledger = viewer.ledger(LEDGER)
    columns = ledger_columns(viewer.setting, ledger)
    path = Path(target)

    def work() -> None:
        rows = ledger_rows(viewer, ledger, find(viewer, ledger, Filter()))
        if path.suffix == ".csv":
            write_csv(path, columns, rows)
        elif path.suffix == ".xlsx":
            write_xlsx(path, ledger.title, columns, rows)
        else:
            with path.open("wb") as stream:
                for row in rows:
                    pickle.dump(tuple(row), stream)

    return seconds(work)


def bare_of(source: str, target: str) -> float:
    """The cells that `from_ledger` has put into a pickle, by XlsxWriter alone; seconds of writing."""
    cells = []
    with Path(source).open("rb") as stream:
        while stream.peek(1):
            cells.append(pickle.load(stream))
    return seconds(lambda: bare(Path(target), cells))


def run(rig: Rig) -> list[Row]:
    """Three exports, and the memory of the two that must not grow; then the same two of records in a ledger."""
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
        *_of_records(rig, count),
    ]


def _of_records(rig: Rig, count: int) -> list[Row]:
    home, books = rig.folder / "home", rig.folder / "books"
    books.mkdir()
    rig.call("bench.bench_import:write_books", str(books), 1, count)
    rig.call("bench.bench_import:found", str(home))
    rig.call("bench.bench_import:bring_in", str(home), str(books))
    call = "bench.bench_export:from_ledger"
    csv_file, xlsx_file, cells, bare_file = (
        str(rig.folder / name) for name in ("ledger.csv", "ledger.xlsx", "ledger.cells", "ledger-bare.xlsx")
    )
    rig.call(call, str(home), cells)
    xlsx = rig.compare_told(
        lambda: float(rig.call(call, str(home), xlsx_file)),
        lambda: float(rig.call("bench.bench_export:bare_of", cells, bare_file)),
    )
    csv_seconds = min(float(rig.call(call, str(home), csv_file)) for _ in range(rig.rounds))
    return [
        Row(f"CSV of {count:,} records", csv_seconds, "s", 5, note="19 columns"),
        Row(f"xlsx of {count:,} records, against XlsxWriter alone", xlsx.ratio, "x", 1.3, note="19 columns"),
        Row("— ours, reading and masking included", xlsx.ours, "s"),
        Row("— XlsxWriter alone, bare cells", xlsx.theirs, "s"),
        Row("private memory, CSV of records", rig.private(call, str(home), csv_file), "MB", 300),
        Row("private memory, xlsx of records", rig.private(call, str(home), xlsx_file), "MB", 300),
    ]
