"""The sums on disk: one SQL text for SQLite and PostgreSQL. Days, blocks and sums are integers, codes are text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection

from zhuanban.tally.rules import BLOCK_DAYS, Delta, block_of

CREATE = (
    """CREATE TABLE tally_day (measure integer NOT NULL, node varchar(32) NOT NULL, day integer NOT NULL,
       cell varchar(200) NOT NULL, n bigint NOT NULL, PRIMARY KEY (measure, node, day, cell)) {without_rowid}""",
    """CREATE TABLE tally_block (measure integer NOT NULL, node varchar(32) NOT NULL, block integer NOT NULL,
       cell varchar(200) NOT NULL, n bigint NOT NULL, PRIMARY KEY (measure, node, block, cell)) {without_rowid}""",
)
_ADD_DAY = """INSERT INTO tally_day (measure, node, day, cell, n) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (measure, node, day, cell) DO UPDATE SET n = tally_day.n + excluded.n"""
_ADD_BLOCK = """INSERT INTO tally_block (measure, node, block, cell, n) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (measure, node, block, cell) DO UPDATE SET n = tally_block.n + excluded.n"""

Sums = dict[tuple[int, str, str], int]
"""(measure, node, cell) → n"""


def add(deltas: Mapping[Delta, int]) -> None:
    """Add deltas at every node. Sorted, so that two writers never wait for each other in a circle."""
    if not deltas:
        return
    blocks: dict[tuple[int, str, int, str], int] = defaultdict(int)
    for (measure, node, day, cell), n in deltas.items():
        blocks[(measure, node, block_of(day), cell)] += n
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_DAY, [(*key, n) for key, n in sorted(deltas.items())])
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
                    WHERE measure IN ({m_marks}) AND node IN ({n_marks}) AND day BETWEEN %s AND %s
                    GROUP BY measure, node, cell""",
                [*wanted, *part, block, *wanted, *part, block * BLOCK_DAYS, day],
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
    found: dict[tuple[int, str, int, str], int] = {}
    with connection.cursor() as cursor:
        for measure in measures:
            cursor.execute(f"SELECT measure, node, {column}, cell, n FROM {table} WHERE measure = %s", [measure])
            found.update({(m, node, t, cell): n for m, node, t, cell, n in cursor.fetchall() if n})
    return found


def forget(measures: Sequence[int]) -> None:
    """Drop all sums of these measures, before a rebuild."""
    with connection.cursor() as cursor:
        for measure in measures:
            cursor.execute("DELETE FROM tally_day WHERE measure = %s", [measure])
            cursor.execute("DELETE FROM tally_block WHERE measure = %s", [measure])
