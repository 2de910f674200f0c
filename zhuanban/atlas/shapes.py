"""Shapes: read, checked, mended, measured, and looked up. The only file that knows shapely. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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


# Zones ----------------------------------------------------------------------------------------------------------------

_MENDED_BY = 0.01  # of the area: a mended edge that changes more may not be what was meant


def from_wkb(content: bytes | None) -> Shape | None:
    """The shape of binary geometry in two dimensions; None where there is none, or it cannot be read."""
    if content is None:
        return None
    try:
        return shapely.force_2d(shapely.from_wkb(content))
    except (shapely.errors.ShapelyError, TypeError, ValueError):
        return None


def from_json(geometry: Any) -> Shape | None:
    """The shape of a GeoJSON geometry; None where there is none, or it cannot be read."""
    if not isinstance(geometry, Mapping):
        return None
    try:
        return shapely.force_2d(shapely.from_geojson(canonical(dict(geometry))))
    except (shapely.errors.ShapelyError, TypeError, ValueError):
        return None


def to_wkb(shape: Shape) -> bytes:
    """The shape as binary geometry, always the same for the same shape."""
    return bytes(shapely.to_wkb(shape, byte_order=1))


def through(shape: Shape, turn: Callable[[Any], Any]) -> Shape:
    """The shape with its corners, as rows of (x, y), put through `turn`."""
    return shapely.transform(shape, turn)


def is_area(shape: Shape) -> bool:
    return shape.geom_type in ("Polygon", "MultiPolygon")


def is_line(shape: Shape) -> bool:
    return shape.geom_type in ("LineString", "MultiLineString")


def mended(shape: Shape) -> tuple[Shape | None, str]:
    """An area without crossing edges, and what was wrong with it ("" = nothing). None: too far off to be mended."""
    if shape.is_valid:
        return (shape, "") if shape.area > 0 else (None, "面积为零")
    why = _why_invalid(shape)
    made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if not is_area(made) or not made.area or abs(made.area - shape.area) > _MENDED_BY * made.area:
        return None, why
    return made, why


def buffers(shape: Shape, widths: Sequence[int]) -> list[Shape]:
    """What lies within each width of a shape but not within the one before; all in the units of the plane."""
    found, inner = [], None
    for width in widths:
        outer = shapely.buffer(shape, width, quad_segs=32)
        found.append(outer if inner is None else outer.difference(inner))
        inner = outer
    return found


class Lookup:
    """Areas in order of preference; tells in which of them points lie. The edge counts as inside."""

    def __init__(self, areas: Sequence[Shape]) -> None:
        self.areas = np.array(areas, dtype=object)
        self._tree = shapely.STRtree(self.areas)
        shapely.prepare(self.areas)

    def first(self, lon: float, lat: float) -> int:
        """The first area that holds the point; -1 for none."""
        point = shapely.Point(lon, lat)
        for i in np.sort(self._tree.query(point)):
            if self.areas[i].covers(point):
                return int(i)
        return -1

    def first_of_all(self, lons: Any, lats: Any) -> Any:
        """For each point the first area that holds it, or -1, as an array.

        The points go into the tree and the areas are asked one by one: each is prepared once, however many points.
        """
        found = np.full(len(lons), len(self.areas))
        area, point = shapely.STRtree(shapely.points(lons, lats)).query(self.areas, predicate="covers")
        np.minimum.at(found, point, area)
        found[found == len(self.areas)] = -1
        return found
