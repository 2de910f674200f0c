"""Coordinate frames and points. A point keeps the frame it was captured in; it is shifted only to be compared.

* **WGS-84**: what satellites give. Outlines are kept in it.
* **CGCS2000**: the state frame. Taken as equal to WGS-84: the two ellipsoids differ by a tenth of a millimetre, and the
  frames by the drift of the plates since 2000, under a metre; a phone is off by three metres at best. (A land survey to
  the centimetre would have to be shifted; nothing here measures so.)
* **GCJ-02**: the shifted frame of domestic maps, 100 to 700 m off inside China, undone by `to_wgs84`. Never kept as the
  truth about an outline.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhuanban.atlas import problems
from zhuanban.core.problem import NOWHERE, Place, Problem


class Frame(StrEnum):
    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"


_FRAME_WORDS = {
    Frame.WGS84: ("wgs84", "wgs1984", "gps", "epsg4326", "4326", "crs84"),
    Frame.CGCS2000: ("cgcs2000", "国家2000", "2000国家大地坐标系", "国家大地2000", "epsg4490", "4490"),
    Frame.GCJ02: ("gcj02", "gcj2", "火星", "火星坐标", "火星坐标系", "国测局", "高德", "腾讯", "高德地图", "腾讯地图"),
}
_FRAMES = {word: frame for frame, words in _FRAME_WORDS.items() for word in words}


def frame_named(text: str) -> Frame | None:
    """The frame by any of its names (`WGS-84`, `wgs84`, `国家2000`, `高德`, `EPSG:4490`, a CRS's URN), or None."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    if plain.startswith("urn:ogc:def:crs:"):  # urn:ogc:def:crs:EPSG::4490
        plain = plain.rpartition(":")[2]
    return _FRAMES.get(re.sub(r"[\s\-_:：]", "", plain).removesuffix("坐标系")) or _FRAMES.get(plain)


@dataclass(frozen=True, slots=True)
class Point:
    """A place as captured: degrees, the frame, and how far off it may be (metres; None = not said)."""

    lon: float
    lat: float
    frame: Frame = Frame.WGS84
    accuracy_m: float | None = None

    def to_wgs84(self) -> Point:
        """The same place in WGS-84."""
        if self.frame is Frame.GCJ02:
            return Point(*gcj02_to_wgs84(self.lon, self.lat), Frame.WGS84, self.accuracy_m)
        return Point(self.lon, self.lat, Frame.WGS84, self.accuracy_m)

    def as_json(self) -> dict[str, float | str]:
        """`{"lon", "lat", "frame", "accuracy"?}`: the value of a point field."""
        value: dict[str, float | str] = {"lon": self.lon, "lat": self.lat, "frame": self.frame.value}
        if self.accuracy_m is not None:
            value["accuracy"] = self.accuracy_m
        return value


# GCJ-02 ---------------------------------------------------------------------------------------------------------------

_AXIS = 6378245.0  # Krasovsky 1940, which the shift is made on
_ECC2 = 0.00669342162296594323


def inside_china(lon: float, lat: float) -> bool:
    """The rectangle inside which GCJ-02 is shifted; outside it equals WGS-84. It also holds parts of the neighbours."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 degrees as domestic maps show them."""
    if not inside_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The inverse, within 1e-9 degrees (0.1 mm): the shift hardly changes over its own length, so guess and mend.

    Each round leaves about 1/200 of the error; six bring 700 m below a micrometre.
    """
    west, south = lon, lat
    for _ in range(6):
        east, north = _shift(west, south)
        west, south = lon - east, lat - north
    return (west, south) if inside_china(west, south) else (lon, lat)


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """Degrees east and north by which GCJ-02 moves a WGS-84 place."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    root = math.sqrt(abs(x))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (waves + 20 * _sin(y) + 40 * _sin(y / 3) + 160 * _sin(y / 12) + 320 * _sin(y / 30)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (waves + 20 * _sin(x) + 40 * _sin(x / 3) + 150 * _sin(x / 12) + 300 * _sin(x / 30)) * 2 / 3
    per_east, per_north = metres_per_degree(lat, _AXIS, _ECC2)
    return east_m / per_east, north_m / per_north


def _sin(half_turns: float) -> float:
    return math.sin(half_turns * math.pi)


def metres_per_degree(lat: float, axis: float = 6378137.0, ecc2: float = 0.00669437999014) -> tuple[float, float]:
    """Length of one degree eastward and northward at a latitude, on an ellipsoid (default WGS-84)."""
    rad = math.radians(lat)
    w2 = 1 - ecc2 * math.sin(rad) ** 2
    w = math.sqrt(w2)
    degree = math.pi / 180
    return axis / w * math.cos(rad) * degree, axis * (1 - ecc2) / (w2 * w) * degree


def metres_between(one: Point, other: Point) -> float:
    """How far apart two places are, in metres; right to a thousandth within some hundred kilometres."""
    here, there = one.to_wgs84(), other.to_wgs84()
    east, north = metres_per_degree((here.lat + there.lat) / 2)
    return math.hypot((here.lon - there.lon) * east, (here.lat - there.lat) * north)


# Points as people write them ------------------------------------------------------------------------------------------

_CHINA = (73.4, 135.1, 3.4, 53.6)  # west, east, south, north of the country, islands included

_SIGNS = str.maketrans({
    "″": '"', "“": '"', "”": '"', "′": "'", "‘": "'", "’": "'", "´": "'", "`": "'", "º": "°", "˚": "°",
})  # fmt: skip
_WORDS = {"度": "°", "分": "'", "秒": '"'}
_SIDES = {
    "东经": "E", "经度": "E", "东": "E", "经": "E", "longitude": "E", "lon": "E", "lng": "E", "e": "E",
    "北纬": "N", "纬度": "N", "北": "N", "纬": "N", "latitude": "N", "lat": "N", "n": "N",
    "西经": "W", "w": "W", "南纬": "S", "s": "S",
}  # fmt: skip
_SIDE = "|".join(sorted(_SIDES, key=len, reverse=True))
_NUMBER = r"\d++(?:\.\d*+)?+"
_NEXT = r"(?!\s*°)"  # 112.53° 32.99°: the second number is no minute of the first
_ANGLE = re.compile(
    rf"(?:(?P<before>{_SIDE})\s*[:=]?\s*)?"
    rf"(?P<degrees>[-+]?{_NUMBER})"
    rf"(?:\s*°\s*(?:(?P<minutes>{_NUMBER}){_NEXT}\s*(?:'\s*(?:(?P<seconds>{_NUMBER}){_NEXT}\s*(?:\"|'')?)?)?)?)?"
    rf"(?:\s*(?P<after>[ensw])(?![a-z]))?",
    re.IGNORECASE,
)
_ACCURACY = re.compile(r"(?:±|\+/-|精度\s*:?\s*(?:约|±)?)\s*(\d+(?:\.\d+)?)\s*(?:米|m)(?![a-z])", re.IGNORECASE)
_FRAME = re.compile(
    r"(?:坐标系\s*:?\s*)?(wgs[\s-]*(?:19)?84|cgcs[\s-]*2000|gcj[\s-]*0?2|epsg:\d{4}|bd[\s-]*0?9|"
    r"(?:2000国家大地|国家大地2000|国家2000|火星|百度|高德|腾讯|北京54|西安80|国测局))(?:地图)?(?:坐标系|坐标)?\s*:?",
    re.IGNORECASE,
)


def parse(text: str, place: Place = NOWHERE, default: Frame = Frame.WGS84) -> Point | Problem:
    """The point that a cell says, or what is wrong with it.

    Reads decimal degrees and degrees-minutes-seconds, with or without 东经/北纬, E/N, full-width digits, the name of a
    frame and an accuracy (`±15米`). Without 东经/北纬 the longitude comes first; the other order is named, not mended,
    since who wrote it should put it right in the sheet too. `default` is the frame where none is named.
    """
    shown = text.strip()
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).strip()
    plain = re.sub(r"(?<=\d)\s*[度分秒]", lambda sign: _WORDS[sign[0].strip()], plain)

    frame = default
    if said := _FRAME.search(plain):
        known = frame_named(said[1])
        if known is None:
            return problems.FRAME_UNKNOWN.at(place, text=said[1])
        frame, plain = known, plain[: said.start()] + " " + plain[said.end() :]
    accuracy: float | None = None
    if within := _ACCURACY.search(plain):
        accuracy, plain = float(within[1]), plain[: within.start()] + " " + plain[within.end() :]

    angles = list(_ANGLE.finditer(plain))
    left_over = _ANGLE.sub("", plain)
    if len(angles) != 2 or left_over.strip(" ,;、/|()[]\t\n\r\"'坐标:"):
        return problems.POINT_UNREADABLE.at(place, text=shown)
    if any(float(part) >= 60 for a in angles for part in (a["minutes"], a["seconds"]) if part):
        return problems.ANGLE_IMPOSSIBLE.at(place, text=shown)
    sides = [_SIDES.get((a["before"] or a["after"] or "").lower(), "") for a in angles]
    values = [_degrees(a, side) for a, side in zip(angles, sides, strict=True)]
    # one named side tells the other; two of a kind (two longitudes) tell nothing
    kinds = ["lon" if side in {"E", "W"} else "lat" if side else "" for side in sides]
    if kinds[0] and kinds[0] == kinds[1]:
        return problems.POINT_UNREADABLE.at(place, text=shown)
    if kinds[0] == "lat" or kinds[1] == "lon":
        values.reverse()
    return checked(Point(values[0], values[1], frame, accuracy), place, shown)


def _degrees(angle: re.Match[str], side: str) -> float:
    degrees = abs(float(angle["degrees"])) + float(angle["minutes"] or 0) / 60 + float(angle["seconds"] or 0) / 3600
    return -degrees if angle["degrees"].startswith("-") or side in {"W", "S"} else degrees


def from_json(value: Any, place: Place = NOWHERE, *, anywhere: bool = False) -> Point | Problem:
    """The point of a field's value `{"lon", "lat", "frame"?, "accuracy"?}`, or what is wrong with it.

    `anywhere`: it need not lie in the country.
    """
    if not isinstance(value, Mapping) or not (_is_number(value.get("lon")) and _is_number(value.get("lat"))):
        return problems.POINT_UNREADABLE.at(place, text=value)
    frame = frame_named(str(value.get("frame", Frame.WGS84)))
    if frame is None:
        return problems.FRAME_UNKNOWN.at(place, text=value["frame"])
    accuracy = value.get("accuracy")
    if accuracy is not None and not (_is_number(accuracy) and accuracy >= 0):
        return problems.ACCURACY_IMPOSSIBLE.at(place, text=accuracy)
    point = Point(float(value["lon"]), float(value["lat"]), frame, None if accuracy is None else float(accuracy))
    return point if anywhere else checked(point, place)


def checked(point: Point, place: Place = NOWHERE, shown: str = "") -> Point | Problem:
    """The point itself where it can lie in the country; else swapped, in metres, or elsewhere."""
    lon, lat = point.lon, point.lat
    shown = shown or f"{lon:.10g},{lat:.10g}"
    if in_country(lon, lat):
        return point
    if in_country(lat, lon):
        return problems.POINT_SWAPPED.at(place, text=shown, right=f"{lat:.10g},{lon:.10g}")
    if max(abs(lon), abs(lat)) > 360:
        return problems.POINT_IN_METRES.at(place, text=shown)
    return problems.POINT_OUTSIDE_CHINA.at(place, text=shown)


def in_country(lon: float, lat: float) -> bool:
    """Inside the rectangle around the country; NaN is not."""
    west, east, south, north = _CHINA
    return west <= lon <= east and south <= lat <= north


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
