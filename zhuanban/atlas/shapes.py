"""Outlines as shapes: read from GeoJSON, checked, measured. The only file that knows shapely. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]

from zhuanban.atlas import problems
from zhuanban.atlas.frames import Frame, Point, gcj02_to_wgs84, in_country, metres_per_degree
from zhuanban.core.canonical import canonical
from zhuanban.core.problem import Place, Problem

Shape = Any  # shapely.Polygon | shapely.MultiPolygon, in WGS-84 degrees; shapely brings no types

_REASONS = {
    "Self-intersection": "边线自己相交",
    "Ring Self-intersection": "边线自己相交",
    "Hole lies outside shell": "空洞在外圈之外",
    "Holes are nested": "空洞互相嵌套",
    "Interior is disconnected": "面的内部不连通",
    "Nested shells": "几块面互相嵌套",
    "Duplicate Rings": "有重复的边线",
    "Too few points in geometry component": "边线的点太少",
    "Invalid Coordinate": "坐标不是数",
}


def read_geometry(geometry: Any, frame: Frame, n: int, code: str, place: Place) -> Shape | Problem:
    """The shape (WGS-84) of a GeoJSON geometry given in `frame`, or what is wrong with feature `n`."""
    words: dict[str, object] = {"n": n, "code": code}
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return problems.NOT_AN_AREA.at(place, **words)
    try:
        shape = shapely.force_2d(shapely.from_geojson(canonical(dict(geometry))))
    except (shapely.errors.ShapelyError, TypeError, ValueError):
        return problems.OUTLINE_BROKEN.at(place, why="坐标不全，或边线没有闭合", **words)
    if shape is None or shape.is_empty:
        return problems.OUTLINE_BROKEN.at(place, why="没有坐标", **words)
    west, south, east, north = shape.bounds
    if not (in_country(west, south) and in_country(east, north)):
        if in_country(south, west) and in_country(north, east):
            return problems.OUTLINE_SWAPPED.at(place, **words)
        if max(map(abs, shape.bounds)) > 360:
            return problems.OUTLINE_IN_METRES.at(place, **words)
        return problems.OUTLINE_OUTSIDE_CHINA.at(place, **words)
    if not shape.is_valid:
        return problems.OUTLINE_BROKEN.at(place, why=_why_invalid(shape), **words)
    if shape.area == 0:
        return problems.NOT_AN_AREA.at(place, **words)
    return move(shape, gcj02_to_wgs84) if frame is Frame.GCJ02 else shape


def _why_invalid(shape: Shape) -> str:
    """`Self-intersection[112.5 32.9]` → 边线自己相交（112.5,32.9 附近）."""
    said = re.fullmatch(r"(.*?)(?:\[(\S+) (\S+)\])?", shapely.is_valid_reason(shape))
    if said is None:
        return "图形无效"
    reason = _REASONS.get(said[1], "图形无效")
    return f"{reason}（{float(said[2]):.6f},{float(said[3]):.6f} 附近）" if said[2] else reason


def move(shape: Shape, shift: Callable[[float, float], tuple[float, float]]) -> Shape:
    """The shape with every corner shifted."""
    return shapely.transform(shape, lambda corners: np.array([shift(x, y) for x, y in corners.tolist()]))


def to_text(shape: Shape) -> str:
    """Canonical GeoJSON text of the shape: the same shape gives the same text."""
    return canonical(shapely.geometry.mapping(shape)).decode()


def from_text(text: str) -> Shape:
    """The shape of a text that `to_text` wrote."""
    return shapely.from_geojson(text)


def metres_outside(shape: Shape, point: Point) -> float:
    """How far the point lies outside the shape, in metres; 0 inside and on the edge.

    Measured in the plane that touches the ellipsoid at the point: right to a thousandth within some ten kilometres,
    which is as far as a wrong cell is ever looked at closely.
    """
    here = point.to_wgs84()
    if shape.covers(shapely.Point(here.lon, here.lat)):
        return 0.0
    scale = np.array(metres_per_degree(here.lat))
    origin = np.array([here.lon, here.lat])
    plane = shapely.transform(shape, lambda corners: (corners - origin) * scale)
    return float(plane.distance(shapely.Point(0, 0)))
