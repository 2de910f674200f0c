"""Likely doubles: records of a ledger near a point that say the same. Found by squares of the map, never by a scan.

Only ledgers in which a pack looks have such squares: one row for each record and point field, written with the record.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from zhuanban.atlas.frames import Point, from_json, metres_between, metres_per_degree
from zhuanban.ledger.draft import Draft
from zhuanban.ledger.fields import is_empty
from zhuanban.ledger.models import Spot
from zhuanban.ledger.rules import Snapshot
from zhuanban.pack.likely import Likely
from zhuanban.pack.values import FieldType, Ledger, Pack
from zhuanban.people.queries import Setting

PER_DEGREE = 500  # squares: some 220 m from south to north, 120 to 220 m from west to east
MOST = 5  # offers, the nearest first

Named = tuple[str, str]
"""(ledger, number) of a record."""


class Spots:
    """The squares of one batch: what it has entered goes before what is written."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.kept = looked_in(setting.pack)
        self.squares: dict[tuple[str, int], int | None] = {}  # (point field, record) → square
        self.drafts: dict[tuple[str, str, int], dict[int, Draft]] = defaultdict(dict)  # ledger, field, square → drafts
        self.met: dict[tuple[str, int], tuple[str, Draft]] = {}

    def put(self, draft: Draft) -> None:
        """Note where a record lies now."""
        for key in self.kept.get(draft.ledger, ()):
            before = self.squares.get((key, draft.id))
            if before is not None:
                del self.drafts[draft.ledger, key, before][draft.id]
            point = None if draft.current.withdrawn else point_of(draft.current, key)
            square = self.squares[key, draft.id] = None if point is None else square_of(point)
            if square is not None:
                self.drafts[draft.ledger, key, square][draft.id] = draft
            self.met[key, draft.id] = (draft.ledger, draft)

    def write(self) -> None:
        """Keep the squares; a record that lies nowhere any more has none."""
        campaign = self.setting.campaign.pk
        rows = [(campaign, ledger, pk, key, self.squares[key, pk]) for (key, pk), (ledger, _) in self.met.items()]
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(KEEP_SPOT, rows)

    def likely(self, rule: Likely, own: Named, ledger: Ledger, now: Snapshot) -> list[Named]:
        """The nearest records that are likely the same thing as the record `own` which says `now`.

        What it links to is known already, and is no offer.
        """
        here = point_of(now, rule.point)
        if here is None or any(is_empty(now.data.get(key)) for key in rule.same):
            return []
        linked = set(_linked(ledger, rule.ledger, now.data))
        found = []
        for number, other in self._near(rule, here):
            there = point_of(other, rule.point)
            if there is None or number in linked or (rule.ledger, number) == own:
                continue
            metres = metres_between(here, there)
            if metres <= rule.metres and all(other.data.get(k) == now.data[k] for k in rule.same):
                found.append((metres, number))
        return [(rule.ledger, number) for _, number in sorted(found)[:MOST]]

    def _near(self, rule: Likely, here: Point) -> Iterator[tuple[str, Snapshot]]:
        squares = around(here, rule.metres)
        for square in squares:
            for draft in self.drafts[rule.ledger, rule.point, square].values():
                yield draft.number, draft.current
        rows = Spot.objects.filter(
            campaign=self.setting.campaign, ledger=rule.ledger, field=rule.point, square__in=squares
        )
        for pk, number, data in rows.values_list("record_id", "record__number", "record__data"):
            if (rule.point, pk) not in self.met:
                yield number, Snapshot("", "", "", data)


KEEP_SPOT = """INSERT INTO ledger_spot (campaign_id, ledger, record_id, field, square) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (record_id, field) DO UPDATE SET square = excluded.square"""


def looked_in(pack: Pack) -> dict[str, set[str]]:
    """Ledger → its point fields by which other records look for likely doubles."""
    found: dict[str, set[str]] = defaultdict(set)
    for ledger in pack.ledgers.values():
        for rule in ledger.likely:
            found[rule.ledger].add(rule.point)
    return dict(found)


def point_of(now: Snapshot, key: str) -> Point | None:
    """Where a point field of a record lies."""
    value = now.data.get(key)
    point = from_json(value, anywhere=True) if value else None
    return point.to_wgs84() if isinstance(point, Point) else None


def square_of(point: Point) -> int:
    """The number of the square that a WGS-84 point lies in."""
    return _square(_row(point.lat), _column(point.lon))


def around(point: Point, metres: int) -> Sequence[int]:
    """The squares that hold every place within so many metres."""
    east, north = (metres / length for length in metres_per_degree(point.lat))
    rows = range(_row(point.lat - north), _row(point.lat + north) + 1)
    columns = range(_column(point.lon - east), _column(point.lon + east) + 1)
    return [_square(row, column) for row in rows for column in columns]


def _row(lat: float) -> int:
    return math.floor((lat + 90) * PER_DEGREE)


def _column(lon: float) -> int:
    return math.floor((lon + 180) * PER_DEGREE)


def _square(row: int, column: int) -> int:
    return row * 1_000_000 + column


def _linked(ledger: Ledger, other: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Numbers of records of that ledger to which the record links."""
    for key, spec in ledger.fields.items():
        if spec.type is FieldType.LINK and spec.ledger == other and (said := data.get(key)):
            yield from said if isinstance(said, list) else [said]
