"""Any table at any day and node, over 1,000,000 and 10,000,000 cards in 6,000 villages, inside the process on SQLite;
beside it the same questions asked of the raw state intervals in DuckDB.

The million are whole: events, records, tallies. Of the ten million only the tallies are there (and the intervals for
DuckDB), since a table reads nothing else of them. Neither comes through the door, which would take hours;
`houses.prove` first compares every row with the door's own on 10,000 cards picked at random. Tables are asked in fresh
processes, the two sizes in turn.
"""

from __future__ import annotations

import random
import statistics
import time
from itertools import islice
from pathlib import Path
from typing import Any

from bench.rig import Rig, Row, percentile

HERE = "bench.bench_tables"
BAR_MS, BAR_GROWTH = 50, 1.5
PAGE = 50  # records of one page behind a figure


def run(rig: Rig) -> list[Row]:
    sizes = [rig.size(1_000_000, 500), rig.size(10_000_000, 2_000)]
    asked, beside = rig.size(400, 20), rig.size(40, 8)
    homes = []
    for count in sizes:
        homes.append(rig.folder / str(count))
        homes[-1].mkdir()
        proved = rig.call(f"{HERE}:load", str(homes[-1]), count, count == sizes[0], **_at(homes[-1]))
    rounds = [[rig.call(f"{HERE}:ask", asked, seed, **_at(home)) for home in homes] for seed in range(rig.rounds)]
    rows = [Row("rows that equal the door's, on 10,000 random cards", proved, "")]
    p95 = [statistics.median(percentile(each[i], 0.95) for each in rounds) for i in range(len(sizes))]
    p50 = [statistics.median(percentile(each[i], 0.5) for each in rounds) for i in range(len(sizes))]
    growth = statistics.median(percentile(large, 0.95) / percentile(small, 0.95) for small, large in rounds)
    for i, count in enumerate(sizes):
        rows.append(Row(f"any table over {count:,}, p95", p95[i], "ms", BAR_MS))
        rows.append(Row("— p50", p50[i], "ms"))
    rows.append(Row(f"p95 over {sizes[1]:,} against {sizes[0]:,}", growth, "x", BAR_GROWTH))
    for count, home in zip(sizes, homes, strict=True):
        pairs = rig.call(f"{HERE}:beside_duckdb", str(home), beside, **_at(home))
        rows.append(Row(f"against DuckDB on intervals, {count:,}", statistics.median(a / b for a, b in pairs), "x"))
        rows.append(Row("— DuckDB, p95", percentile([b for _, b in pairs], 0.95), "ms", note="the same figures"))
    pages = rig.call(f"{HERE}:drill", asked // 4, **_at(homes[0]))
    rows.append(Row(f"a page of {PAGE} records behind a figure, {sizes[0]:,}, p95", percentile(pages, 0.95), "ms"))
    rows.append(Row("— p50", percentile(pages, 0.5), "ms"))
    return rows


def _at(home: Path) -> dict[str, str]:
    return {"ZHUANBAN_HOME": str(home), "ZHUANBAN_DATABASE_URL": ""}


# In processes of their own --------------------------------------------------------------------------------------------


def _start() -> None:
    import os

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "zhuanban.project.settings"
    django.setup()


def load(folder: str, count: int, whole: bool) -> int:
    """Make the campaign of `count` cards, with their records (`whole`) or their tallies alone, and the intervals.

    Returns how many rows `houses.prove` has compared before.
    """
    _start()
    from bench import houses
    from zhuanban.cli.upgrade import ensure_ready

    ensure_ready()
    here = houses.make(Path(folder))
    cards = houses.Cards.random(count)
    proved = houses.prove(here, cards)
    houses.pour_sums(here, cards)
    if whole:
        houses.pour(here, cards)
    _intervals(folder, cards)
    return proved


def _intervals(folder: str, cards: Any) -> None:
    """One row for each time that a card stood in a state, as a plain table of DuckDB."""
    import duckdb
    import numpy as np
    import pandas as pd

    from bench.houses import FAR_DAY, IN_COUNTY, OUT, VILLAGES

    with duckdb.connect(f"{folder}/intervals.duckdb") as base:
        base.execute(
            """CREATE TABLE intervals (county TINYINT, town SMALLINT, village SMALLINT, bureau SMALLINT, kind TINYINT,
               danger BOOLEAN, area INTEGER, state TINYINT, since INTEGER, until INTEGER)"""
        )
        for at in range(0, len(cards), 1_000_000):
            part = cards.pick(slice(at, at + 1_000_000))
            for state in range(OUT):
                since, until = part.on[:, state], part.on[:, state + 1 :].min(axis=1)
                there = since < until
                frame = pd.DataFrame(  # noqa: F841  (DuckDB reads it by its name)
                    {
                        "county": (part.village // IN_COUNTY)[there].astype(np.int8),
                        "town": (part.village // VILLAGES)[there].astype(np.int16),
                        "village": part.village[there].astype(np.int16),
                        "bureau": (part.village // IN_COUNTY * 5 + part.bureau)[there].astype(np.int16),
                        "kind": part.kind[there],
                        "danger": part.danger[there],
                        "area": (605 + 10 * part.area.astype(np.int32))[there],
                        "state": np.int8(state),
                        "since": since[there],
                        "until": np.where(until == FAR_DAY, 2_000_000, until)[there],
                    }
                )
                base.execute("INSERT INTO intervals SELECT * FROM frame")


class _Questions:
    """Tables at days and nodes picked at random, each level of the tree as often as any other."""

    def __init__(self, seed: int) -> None:
        _start()
        from bench import houses
        from zhuanban.people.queries import setting

        self.here = setting(houses.NAME)
        self.levels = ([houses.ROOT], houses.COUNTY, houses.TOWN, houses.VILLAGE)
        self.chance = random.Random(seed)

    def one(self) -> tuple[Any, int, int, int]:
        """Table, level, place inside the level, day."""
        from bench.houses import LAST, START

        level = self.chance.randrange(len(self.levels))
        table = self.chance.choice(list(self.here.pack.tables.values()))
        return table, level, self.chance.randrange(len(self.levels[level])), self.chance.randrange(START, LAST + 1)

    def ask(self, table: Any, level: int, place: int, day: int) -> tuple[Any, float]:
        """The table, and the milliseconds that it took."""
        from zhuanban.tally.queries import table as answer

        start = time.perf_counter()
        result = answer(self.here, table, self.levels[level][place], day)
        return result, (time.perf_counter() - start) * 1000


def ask(count: int, seed: int) -> list[float]:
    """Milliseconds of `count` tables, after one of each to warm up."""
    questions = _Questions(seed)
    for table in questions.here.pack.tables.values():
        questions.ask(table, 0, 0, questions.one()[3])
    return [questions.ask(*questions.one())[1] for _ in range(count)]


def beside_duckdb(folder: str, count: int) -> list[tuple[float, float]]:
    """(ours, DuckDB's) milliseconds for the same tables. Raises AssertionError where a figure differs."""
    import duckdb

    questions = _Questions(99)
    pairs = []
    with duckdb.connect(f"{folder}/intervals.duckdb", read_only=True) as base:
        for _ in range(count):
            table, level, place, day = questions.one()
            result, ours = questions.ask(table, level, place, day)
            sql, names = _in_duckdb(table.key, level, place, questions)
            start = time.perf_counter()
            found = base.execute(sql, {"day": day}).fetchall()
            pairs.append((ours, (time.perf_counter() - start) * 1000))
            theirs = {(names[row], column): n for row, *told in found for column, n in told_of(table.key, told)}
            mine = {
                key: cell.value
                for key, cell in result.cells.items()
                if key[0] != "total" and key[1] in FIGURES[table.key] and cell.value
            }
            assert {key: n for key, n in theirs.items() if n} == mine, (table.key, level, place, day)
    return pairs


FIGURES = {
    "progress": {
        "all": "count(*)",
        "danger": "count(*) FILTER (danger)",
        "sent": "count(*) FILTER (state >= 1)",
        "mended": "count(*) FILTER (state >= 2)",
        "done": "count(*) FILTER (danger AND state = 3)",
        "area": "sum(area)",
    },
    "bureaus": {
        "sent": "count(*) FILTER (danger AND state >= 1)",
        "done": "count(*) FILTER (danger AND state = 3)",
    },
    "kinds": {
        "all": "count(*)",
        "done": "count(*) FILTER (danger AND state = 3)",
        "area": "sum(area)",
    },
    "plans": {"danger": "count(*) FILTER (danger)"},
}


def told_of(table: str, told: list[int]) -> list[tuple[str, int]]:
    return list(zip(FIGURES[table], told, strict=True))


def _in_duckdb(table: str, level: int, place: int, questions: _Questions) -> tuple[str, list[str]]:
    """The SQL of a table over the intervals, and the keys of its rows by the number that it groups by."""
    from bench.houses import BUREAUS, COUNTIES, KINDS, unit

    columns = ("", "county", "town", "village")
    match table:
        case "bureaus":
            by, names = "bureau", [unit(c, b) for c in range(COUNTIES) for b in range(BUREAUS)]
        case "kinds":
            by, names = "kind", list(KINDS)
        case _:
            below = min(level + 1, len(columns) - 1)
            by, names = columns[below], questions.levels[below]
    at = f"AND {columns[level]} = {place}" if level else ""
    return (
        f"SELECT {by}, {', '.join(FIGURES[table].values())} FROM intervals "
        f"WHERE since <= $day AND until > $day {at} GROUP BY {by}",
        names,
    )


def drill(count: int) -> list[float]:
    """Milliseconds of a page of the records behind a figure, figures picked at random."""
    questions = _Questions(7)
    from zhuanban.ledger.queries import Viewer
    from zhuanban.people.scope import OPERATOR
    from zhuanban.tally.seen import seen_behind

    seen = Viewer(questions.here, OPERATOR)
    took = []
    while len(took) < count:
        table, level, place, day = questions.one()
        result, _ = questions.ask(table, level, place, day)
        row = questions.chance.choice(result.rows).key
        column = questions.chance.choice([c.key for c in table.columns.values() if c.text is None])
        start = time.perf_counter()
        list(islice(seen_behind(seen, table.key, questions.levels[level][place], day, row, column).items, PAGE + 1))
        took.append((time.perf_counter() - start) * 1000)
    return took
