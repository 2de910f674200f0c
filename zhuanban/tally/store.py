"""The sums on disk: one SQL text for SQLite and PostgreSQL. Days, blocks and sums are integers, codes are text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection

from zhuanban.tally.rules import Delta, block_of

# Of days the node comes first, then the block: a record touches many measures at each of its nodes, and what it touches
# there shall lie in one or two pages of the disk, not in one for each measure.
CREATE = (
    """CREATE TABLE tally_day (node varchar(32) NOT NULL, block integer NOT NULL, measure integer NOT NULL,
       day integer NOT NULL, cell varchar(200) NOT NULL, n bigint NOT NULL, CHECK (block = day >> 5),
       PRIMARY KEY (node, block, measure, day, cell)) {without_rowid}""",
    """CREATE TABLE tally_block (measure integer NOT NULL, node varchar(32) NOT NULL, block integer NOT NULL,
       cell varchar(200) NOT NULL, n bigint NOT NULL, PRIMARY KEY (measure, node, block, cell)) {without_rowid}""",
)
_ADD_DAY = """INSERT INTO tally_day (node, block, measure, day, cell, n) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (node, block, measure, day, cell) DO UPDATE SET n = tally_day.n + excluded.n"""
_ADD_BLOCK = """INSERT INTO tally_block (measure, node, block, cell, n) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (measure, node, block, cell) DO UPDATE SET n = tally_block.n + excluded.n"""

Sums = dict[tuple[int, str, str], int]
"""(measure, node, cell) → n"""


def add(deltas: Mapping[Delta, int]) -> None:
    """Add deltas at every node. Sorted, so that two writers never wait for each other in a circle."""
    if not deltas:
        return
    days: list[tuple[str, int, int, int, str, int]] = []
    blocks: dict[tuple[int, str, int, str], int] = defaultdict(int)
    for (measure, node, day, cell), n in deltas.items():
        block = block_of(day)
        days.append((node, block, measure, day, cell, n))
        blocks[(measure, node, block, cell)] += n
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_DAY, sorted(days))
        cursor.executemany(_ADD_BLOCK, [(*key, n) for key, n in sorted(blocks.items()) if n])


def sums(measures: Iterable[int], nodes: Sequence[str], day: int) -> Sums:
    """Sums as of the end of a day. Reads whole blocks before the day's own, and the days of its own: never more."""
    wanted = sorted(set(measures))
    if not wanted or not nodes:
        return {}
    found: Sums = defaultdict(int)
    block = block_of(day)
    m_marks = ",".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        for i in range(0, len(nodes), 1000):
            part = list(nodes[i : i + 1000])
            n_marks = ",".join(["%s"] * len(part))
            cursor.execute(
                f"""SELECT measure, node, cell, SUM(n) FROM tally_block
                    WHERE measure IN ({m_marks}) AND node IN ({n_marks}) AND block < %s GROUP BY measure, node, cell
                    UNION ALL
                    SELECT measure, node, cell, SUM(n) FROM tally_day
                    WHERE node IN ({n_marks}) AND block = %s AND measure IN ({m_marks}) AND day <= %s
                    GROUP BY measure, node, cell""",
                [*wanted, *part, block, *part, block, *wanted, day],
            )
            for measure, node, cell, n in cursor.fetchall():
                found[(measure, node, cell)] += int(n)
    return found


def days_of(node: str, measures: Sequence[int]) -> Iterator[tuple[Delta, int]]:
    """All deltas kept for one node."""
    marks = ",".join(["%s"] * len(measures))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT measure, node, day, cell, n FROM tally_day WHERE node = %s AND measure IN ({marks})",
            [node, *measures],
        )
        for measure, here, day, cell, n in cursor.fetchall():
            yield (measure, here, day, cell), int(n)


def everything(measures: Sequence[int], table: str) -> dict[tuple[int, str, int, str], int]:
    """All non-zero rows of `tally_day` or `tally_block` for these measures."""
    column = {"tally_day": "day", "tally_block": "block"}[table]
    marks = ",".join(["%s"] * len(measures))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT measure, node, {column}, cell, n FROM {table} WHERE measure IN ({marks})", measures)
        return {(m, node, t, cell): n for m, node, t, cell, n in cursor.fetchall() if n}


def forget(measures: Sequence[int]) -> None:
    """Drop all sums of these measures, before a rebuild."""
    marks = ",".join(["%s"] * len(measures))
    with connection.cursor() as cursor:
        for table in ("tally_day", "tally_block"):
            cursor.execute(f"DELETE FROM {table} WHERE measure IN ({marks})", measures)
