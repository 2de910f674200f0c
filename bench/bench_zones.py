"""Zones: 100,000 points placed in 5,000 zones of 400 corners each, all at once and one by one."""

from __future__ import annotations

import math
import random

import shapely  # type: ignore[import-untyped]

from bench.rig import Rig, Row
from zhuanban.atlas import shapes

WEST, SOUTH, SIDE = 112.0, 32.0, 0.01


def zones(count: int, corners: int) -> list[object]:
    """Round cells side by side, their edges wavy; every other one overlaps its neighbour."""
    across = math.isqrt(count) or 1
    found = []
    for n in range(count):
        x, y = WEST + (n % across) * SIDE, SOUTH + (n // across) * SIDE
        ring = [
            (x + math.cos(a) * r, y + math.sin(a) * r)
            for k in range(corners)
            for a in (2 * math.pi * k / corners,)
            for r in (SIDE * (0.5 + n % 2 * 0.1 + 0.02 * math.sin(9 * a)),)
        ]
        found.append(shapely.Polygon(ring))
    return found


def run(rig: Rig) -> list[Row]:
    """Building the look-up, placing all, placing one by one."""
    count, points = rig.size(5_000, 50), rig.size(100_000, 500)
    areas = zones(count, 400)
    span = math.isqrt(count) * SIDE
    chance = random.Random(1)
    lons = [WEST + chance.random() * span for _ in range(points)]
    lats = [SOUTH + chance.random() * span for _ in range(points)]
    built = rig.best(lambda: shapes.Lookup(areas))
    lookup = shapes.Lookup(areas)
    together = rig.best(lambda: lookup.first_of_all(lons, lats))
    few = list(zip(lons, lats, strict=True))[: rig.size(10_000, 100)]
    single = rig.best(lambda: [lookup.first(*point) for point in few])
    return [
        Row(f"{points:,} points in {count:,} zones", together, "s", 2),
        Row("look-up built", built, "s"),
        Row("one point at the door", single / len(few) * 1000, "ms", 0.2),
    ]
