"""Files of mapping programs → features with attributes and shapes. The only file that knows GDAL and PROJ.

What a file is, its first bytes say. Coordinates come back in degrees: what is in metres is unprojected on its own
datum; which frame the degrees are in is told beside them.
"""

from __future__ import annotations

import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped]
import pyproj

from zhuanban.atlas import problems, shapes
from zhuanban.atlas.frames import Frame, frame_named
from zhuanban.atlas.rules import crs_name, parsed
from zhuanban.atlas.shapes import Shape
from zhuanban.core.faults import reason
from zhuanban.core.problem import Place, Problem, Refused

LARGEST = 300_000_000  # bytes, also of what a zip holds
SIDE_FILES = (".shx", ".dbf")
_SHAPEFILE = frozenset({".shp", *SIDE_FILES, ".prj", ".cpg"})
_CGCS = re.compile(r"china[ _]*2000|cgcs[ _]*2000", re.IGNORECASE)
_WGS = re.compile(r"(wgs|world geodetic system)[ _]*(19)?84", re.IGNORECASE)

Unproject = Callable[[Any], Any]
"""Rows of (x, y) → rows of (lon, lat)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One drawn thing. `n` counts from 1 in its file; `shape` is in degrees, `captured` as the file has it."""

    n: int
    table: str  # the file's own layer or folder
    attributes: Mapping[str, str]
    shape: Shape | None  # None: nothing drawn, or nothing that can be read
    captured: Shape | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file as read: `frame` is what the degrees are in, `crs` what the file calls its coordinates."""

    frame: Frame
    crs: str
    columns: tuple[str, ...]
    features: tuple[Feature, ...]


def read_drawing(path: Path, frame: Frame | None = None, table: str = "") -> Drawing:
    """The features of a GeoPackage, Shapefile (zipped too), GeoJSON or KML file.

    `frame` is what its writer says the degrees are in; a file of degrees may be labelled wrongly (GCJ-02 has no label),
    a file of metres may not. `table` names one of the file's own layers; without it all of them are read. Raises
    Refused with everything that is wrong with the file as a file.
    """
    place = Place(file=path.name)
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
        size = path.stat().st_size
    except OSError as why:
        raise Refused(problems.LAYER_UNREADABLE.at(place, why=reason(why))) from why
    if size > LARGEST:
        raise Refused(problems.FILE_TOO_LARGE.at(place, limit=LARGEST // 1_000_000))
    if head.startswith(b"PK\x03\x04"):
        with tempfile.TemporaryDirectory() as folder:
            return _shapefiles(_unpacked(path, Path(folder), place), frame, place)
    if head.startswith(b"\x00\x00\x27\x0a"):
        return _shapefiles([_with_sides(path, place)], frame, place)
    if head.startswith(b"SQLite format 3\x00"):
        return _read([(path, None)], frame, place, table)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return _geojson(path, frame, place)
    if text.startswith(b"<") and b"<kml" in text:
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Refused(problems.LAYER_UNREADABLE.at(place, why="带有文档类型声明，可能有害"))
        return _read([(path, None)], frame, place, table)
    raise Refused(problems.LAYER_KIND.at(place))


# Shapefiles -----------------------------------------------------------------------------------------------------------


def _with_sides(path: Path, place: Place) -> Path:
    there = {other.suffix.lower() for other in path.parent.glob("*") if other.stem == path.stem}
    missing = [ending for ending in SIDE_FILES if ending not in there]
    if missing:
        raise Refused([problems.SIDE_FILE_MISSING.at(place, name=path.stem + ending) for ending in missing])
    return path


def _unpacked(path: Path, folder: Path, place: Place) -> list[Path]:
    """The shapefiles of a zip, taken out under plain names: what the zip calls its paths is not followed."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [entry for entry in archive.infolist() if Path(entry.filename).suffix.lower() in _SHAPEFILE]
            if sum(entry.file_size for entry in inside) > LARGEST:
                raise Refused(problems.FILE_TOO_LARGE.at(place, limit=LARGEST // 1_000_000))
            stems: dict[str, str] = {}
            for entry in inside:
                name = Path(entry.filename)
                stem = stems.setdefault(str(name.with_suffix("")), f"{len(stems)}")
                (folder / (stem + name.suffix.lower())).write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as why:
        raise Refused(problems.LAYER_UNREADABLE.at(place, why="压缩包已损坏，或加了密码")) from why
    if not any(folder.glob("*.shp")):
        raise Refused(problems.LAYER_KIND.at(place))
    wrong = []
    for original, stem in stems.items():
        for ending in (".shp", *SIDE_FILES):
            if not (folder / (stem + ending)).exists():
                wrong.append(problems.SIDE_FILE_MISSING.at(place, name=Path(original).name + ending))
    if wrong:
        raise Refused(wrong)
    return sorted(folder.glob("*.shp"))


def _shapefiles(paths: list[Path], frame: Frame | None, place: Place) -> Drawing:
    """Names and values are UTF-8 or GB18030, whatever a .cpg says: it is often missing, and often wrong."""
    for encoding in ("UTF-8", "GB18030"):
        try:
            return _read([(path, encoding) for path in paths], frame, place, "")
        except UnicodeDecodeError:
            continue
    raise Refused(problems.LAYER_UNREADABLE.at(place, why="文字编码既不是 UTF-8，也不是 GB 18030"))


# By GDAL --------------------------------------------------------------------------------------------------------------


def _read(files: list[tuple[Path, str | None]], frame: Frame | None, place: Place, table: str) -> Drawing:
    features: list[Feature] = []
    columns: dict[str, None] = {}
    frames: set[Frame] = set()
    names: dict[str, None] = {}
    for path, encoding in files:
        for layer in _tables(path, table, place):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # what matters is checked below, feature by feature
                    meta, _, drawn, data = pyogrio.raw.read(path, layer=layer, encoding=encoding)
            except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError, ValueError) as why:
                if isinstance(why, UnicodeDecodeError):
                    raise
                raise Refused(problems.LAYER_UNREADABLE.at(place, why="文件不完整或已损坏")) from why
            said, unproject = known_frame(meta["crs"], frame, place)
            frames.add(said)
            names[str(meta["crs"] or said.value)] = None
            columns.update(dict.fromkeys(map(str, meta["fields"])))
            for row in range(len(drawn) if drawn is not None else 0):
                attributes = {str(k): _text(v[row]) for k, v in zip(meta["fields"], data, strict=True)}
                captured = shapes.from_wkb(drawn[row])
                shape = captured if unproject is None or captured is None else shapes.through(captured, unproject)
                features.append(Feature(len(features) + 1, "" if encoding else layer, attributes, shape, captured))
    if len(frames) > 1:
        raise Refused(problems.FRAMES_DIFFER.at(place, names="、".join(names)))
    return Drawing(frames.pop() if frames else Frame.WGS84, "、".join(names), tuple(columns), tuple(features))


def _tables(path: Path, table: str, place: Place) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            there = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except (pyogrio.errors.DataSourceError, RuntimeError) as why:
        raise Refused(problems.LAYER_UNREADABLE.at(place, why="文件不完整或已损坏")) from why
    if not table:
        return there
    if table not in there:
        raise Refused(problems.NO_SUCH_TABLE.at(place, table=table, known="、".join(there)))
    return [table]


def _text(value: Any) -> str:
    """An attribute as text; numbers without the tail that mapping programs give them."""
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


# GeoJSON --------------------------------------------------------------------------------------------------------------


def _geojson(path: Path, frame: Frame | None, place: Place) -> Drawing:
    """Read here and not by GDAL, which takes any frame that it does not know for WGS-84, and GB18030 for Latin."""
    collection = parsed(path.read_bytes(), place)
    if isinstance(collection, Problem):
        raise Refused(collection)
    items = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(items, list):
        raise Refused(problems.FILE_UNREADABLE.at(place, why="最外层不是 FeatureCollection"))
    crs = crs_name(collection["crs"]) or "未写明" if collection.get("crs") is not None else ""
    said, unproject = known_frame(crs, frame or (None if crs else Frame.WGS84), place)
    features, columns = [], dict[str, None]()
    for n, item in enumerate(items, 1):
        properties = item.get("properties") if isinstance(item, Mapping) else None
        attributes = {str(k): _text(v) for k, v in (properties.items() if isinstance(properties, Mapping) else ())}
        columns.update(dict.fromkeys(attributes))
        captured = shapes.from_json(item.get("geometry") if isinstance(item, Mapping) else None)
        shape = captured if unproject is None or captured is None else shapes.through(captured, unproject)
        features.append(Feature(n, "", attributes, shape, captured))
    return Drawing(said, crs or said.value, tuple(columns), tuple(features))


# Frames ---------------------------------------------------------------------------------------------------------------


def known_frame(crs: str | None, stated: Frame | None, place: Place) -> tuple[Frame, Unproject | None]:
    """The frame of a file's degrees, and how its metres become degrees (None: it has degrees).

    `stated` goes before a label of degrees. Frames that only a survey or a secret could shift (北京54, 西安80, 百度)
    are refused by name. Raises Refused.
    """
    if not crs:
        if stated is None:
            raise Refused(problems.FRAME_MISSING.at(place))
        return stated, None
    named = frame_named(crs)
    if named is not None:
        return stated or named, None
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as why:
        raise Refused(problems.FRAME_UNKNOWN.at(place, text=crs[:80])) from why
    ground = known.geodetic_crs
    if ground is None or ground.datum is None:
        raise Refused(problems.FRAME_UNKNOWN.at(place, text=known.name))
    datum = f"{ground.datum.name} {ground.name}"
    named = Frame.CGCS2000 if _CGCS.search(datum) else Frame.WGS84 if _WGS.search(datum) else None
    if named is None:
        raise Refused(problems.FRAME_UNKNOWN.at(place, text=known.name))
    if not known.is_projected:
        return stated or named, None
    if stated is Frame.GCJ02:
        raise Refused(problems.FRAME_CONFLICT.at(place, crs=known.name, stated=stated.value))
    # On its own datum: no shift between frames is made, only metres become degrees.
    turn = pyproj.Transformer.from_crs(known, ground, always_xy=True)
    return named, lambda rows: np.column_stack(turn.transform(rows[:, 0], rows[:, 1]))


def rings(shape: Shape, widths: list[int]) -> list[Shape]:
    """The land within each of these widths (metres, rising) of a line, on either side, without the narrower ones.

    Measured in a transverse Mercator plane through the middle of the line: right to a thousandth for lines that stay
    within some 250 km east and west of it.
    """
    west, south, east, north = shape.bounds
    plane = pyproj.CRS.from_proj4(
        f"+proj=tmerc +lat_0={(south + north) / 2:.6f} +lon_0={(west + east) / 2:.6f} +k=1 +ellps=WGS84 +units=m"
    )
    ground = plane.geodetic_crs
    there = pyproj.Transformer.from_crs(ground, plane, always_xy=True)
    back = pyproj.Transformer.from_crs(plane, ground, always_xy=True)
    flat = shapes.through(shape, lambda rows: np.column_stack(there.transform(rows[:, 0], rows[:, 1])))
    return [
        shapes.through(ring, lambda rows: np.column_stack(back.transform(rows[:, 0], rows[:, 1])))
        for ring in shapes.buffers(flat, widths)
    ]
