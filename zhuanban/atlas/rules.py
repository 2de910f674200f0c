"""Reads a GeoJSON FeatureCollection of outlines, gathering everything wrong with it. Pure: knows no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from zhuanban.atlas import problems, shapes
from zhuanban.atlas.frames import Frame, frame_named
from zhuanban.core.problem import Place, Problem

LARGEST_MB = 100
CODE_WORDS = ("代码", "code", "CODE", "Code")


@dataclass(frozen=True, slots=True)
class Drawn:
    """An outline as read: the region's code and the canonical WGS-84 GeoJSON text of its edge."""

    code: str
    geometry: str


def read_outlines(
    content: bytes | str | Mapping[str, Any], frame: Frame, known: Collection[str] | None, file: str = ""
) -> tuple[list[Drawn], Frame, list[Problem]]:
    """Outlines of a GeoJSON file (or its parsed object), the frame they were given in, and all problems.

    A frame named in the file (`crs`) goes before `frame`. `known` are the codes that exist; None asks nothing.
    """
    place = Place(file=file)
    collection = parsed(content, place)
    if isinstance(collection, Problem):
        return [], frame, [collection]
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        return [], frame, [problems.FILE_UNREADABLE.at(place, why="最外层不是 FeatureCollection")]
    if not features:
        return [], frame, [problems.FILE_UNREADABLE.at(place, why="里面没有图形")]
    if collection.get("crs") is not None:
        said = crs_name(collection["crs"])
        named = frame_named(said)
        if named is None:
            return [], frame, [problems.FRAME_UNKNOWN.at(place, text=said or "未写明")]
        frame = named

    drawn: list[Drawn] = []
    faults: list[Problem] = []
    where: dict[str, list[int]] = {}
    for n, feature in enumerate(features, start=1):
        code = _code(feature)
        if not code:
            faults.append(problems.CODE_MISSING.at(place, n=n))
            continue
        where.setdefault(code, []).append(n)
        if known is not None and code not in known:
            faults.append(problems.CODE_UNKNOWN.at(place, n=n, code=code))
        shape = shapes.read_geometry(feature.get("geometry"), frame, n, code, place)
        if isinstance(shape, Problem):
            faults.append(shape)
        else:
            drawn.append(Drawn(code, shapes.to_text(shape)))
    for code, numbers in where.items():
        if len(numbers) > 1:
            faults.append(problems.CODE_TWICE.at(place, code=code, numbers="、".join(map(str, numbers))))
    return drawn, frame, faults


def parsed(content: bytes | str | Mapping[str, Any], place: Place) -> Mapping[str, Any] | Problem:
    """The outermost object of a GeoJSON text (UTF-8 or GB18030), or what is wrong with it."""
    if isinstance(content, bytes | str):
        raw = content.encode() if isinstance(content, str) else content
        if len(raw) > LARGEST_MB * 1_000_000:
            return problems.FILE_TOO_LARGE.at(place, limit=LARGEST_MB)
        try:
            content = orjson.loads(_utf8(raw))
        except (orjson.JSONDecodeError, UnicodeDecodeError, RecursionError):
            return problems.FILE_UNREADABLE.at(place, why="不是完整的 JSON 文本")
    if not isinstance(content, Mapping):
        return problems.FILE_UNREADABLE.at(place, why="最外层不是 FeatureCollection")
    return content


def _utf8(raw: bytes) -> bytes:
    """The text in UTF-8: strictly that first, else GB18030, which older mapping programs write."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030").encode()
    return raw


def crs_name(crs: Any) -> str:
    """What a GeoJSON `crs` member calls itself; "" where it does not say."""
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    return str(properties.get("name", "")) if isinstance(properties, Mapping) else ""


def _code(feature: Any) -> str:
    """The region's code; "" where there is none. Mapping programs turn codes into numbers, even into 411302.0."""
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        return ""
    value = next((properties[word] for word in CODE_WORDS if properties.get(word) not in (None, "")), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else ""
    return str(value).strip()
