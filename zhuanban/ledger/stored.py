"""Reads events as they are stored, in parts that every database takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import orjson
from django.db import connection

from zhuanban.ledger.rules import Fact

T = TypeVar("T")
CHUNK = 500


def facts_of(record_ids: Iterable[int]) -> dict[int, list[Fact]]:
    """Record id → its events in order of version."""
    found: dict[int, list[Fact]] = defaultdict(list)
    for part in chunks(list(record_ids)):
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT record_id, version, verb, on_day, at, actor, change, step, body FROM ledger_event
                    WHERE record_id IN ({marks(part)}) ORDER BY record_id, version""",
                part,
            )
            for row in cursor.fetchall():
                found[row[0]].append(Fact._make((*row[1:8], orjson.loads(row[8]))))
    return found


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """The items in parts that a query can name."""
    return (items[i : i + CHUNK] for i in range(0, len(items), CHUNK))


def marks(items: Sequence[Any]) -> str:
    """Placeholders for an IN list."""
    return ",".join(["%s"] * len(items))
