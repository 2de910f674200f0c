"""From the features of a file to the zones of a layer: typed, checked, mended, made of lines. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zhuanban.atlas import problems, shapes
from zhuanban.atlas.frames import Frame, gcj02_to_wgs84, in_country
from zhuanban.atlas.gis import Drawing, Feature, rings
from zhuanban.atlas.shapes import Shape
from zhuanban.core.problem import Place, Problem
from zhuanban.pack.values import Layer

_KINDS = {"Point": "点", "MultiPoint": "点", "LineString": "线", "MultiLineString": "线"}


@dataclass(frozen=True, slots=True)
class Made:
    """A zone: its type and name, its area in WGS-84, and the drawn shape as the file had it."""

    type: str
    name: str
    area: Shape
    captured: Shape


def zones_of(layer: Layer, drawing: Drawing, file: str = "") -> tuple[list[Made], list[Problem], list[Problem]]:
    """The zones of a file, everything that is wrong with it, and what was mended on the way."""
    place = Place(file=file)
    if not drawing.features:
        return [], [problems.LAYER_EMPTY.at(place)], []
    work = _Work(layer, drawing, place)
    return work.made(), work.faults, work.notices


class _Work:
    def __init__(self, layer: Layer, drawing: Drawing, place: Place) -> None:
        self.layer = layer
        self.drawing = drawing
        self.place = place
        self.faults: list[Problem] = []
        self.notices: list[Problem] = []
        self.words = {_fold(w): o.title for o in layer.types for w in (o.title, *o.aliases)}
        self.type_column = next((c for c in layer.type_columns if c in drawing.columns), "")
        self.name_column = next((c for c in layer.name_columns if c in drawing.columns), "")

    def made(self) -> list[Made]:
        drawn = [(feature, shape) for feature in self.drawing.features if (shape := self._sound(feature)) is not None]
        lines = [(feature, shape) for feature, shape in drawn if shapes.is_line(shape)]
        areas = [(feature, shape) for feature, shape in drawn if not shapes.is_line(shape)]
        if lines and not self.layer.buffers:
            self.faults.append(problems.NO_BUFFERS.at(self.place, layer=self.layer.title))
        found = [made for feature, shape in lines for made in self._rings(feature, shape)]
        return [*found, *self._areas(areas)]

    def _areas(self, areas: list[tuple[Feature, Shape]]) -> Iterator[Made]:
        untyped = 0
        for feature, shape in areas:
            kind = self._type(feature)
            if kind is None:
                untyped += 1
                continue
            area, why = shapes.mended(shape)
            words: dict[str, object] = {"n": feature.n, "name": self._called(feature), "why": why}
            if area is None:
                self.faults.append(problems.ZONE_BROKEN.at(self.place, **words))
                continue
            if why:
                self.notices.append(problems.ZONE_MENDED.at(self.place, **words))
            if kind:
                yield Made(kind, self._name(feature), self._true(area), feature.captured)
        if untyped:
            wanted = "、".join(self.layer.type_columns) or "type_column"
            there = "、".join(self.drawing.columns) or "（无）"
            self.faults.append(problems.TYPE_COLUMN_MISSING.at(self.place, wanted=wanted, there=there))

    def _type(self, feature: Feature) -> str | None:
        """The type's word; "" where it is unknown (said), None where nothing says it (said once for the file)."""
        word = feature.attributes.get(self.type_column, "") if self.type_column else ""
        if not word and _fold(feature.table) in self.words:  # a folder or table for each type
            return self.words[_fold(feature.table)]
        if not self.type_column:
            return self.layer.types[0].title if len(self.layer.types) == 1 else None
        known = self.words.get(_fold(word))
        if known is None:
            types = "、".join(option.title for option in self.layer.types)
            words = {"n": feature.n, "word": word or "（空）", "layer": self.layer.title, "known": types}
            self.faults.append(problems.TYPE_UNKNOWN.at(self.place, **words))
            return ""
        return known

    def _rings(self, feature: Feature, line: Shape) -> Iterator[Made]:
        widths = [buffer.metres for buffer in self.layer.buffers]
        if not widths:
            return
        for buffer, ring in zip(self.layer.buffers, rings(self._true(line), widths), strict=True):
            yield Made(buffer.type, self._name(feature), ring, feature.captured)

    def _sound(self, feature: Feature) -> Shape | None:
        """The drawn shape where it is an area or a line that lies in the country; else the fault is said."""
        shape = feature.shape
        words: dict[str, object] = {"n": feature.n, "name": self._called(feature)}
        if shape is None or shape.is_empty:
            self.faults.append(problems.ZONE_BROKEN.at(self.place, why="没有坐标，或坐标不全", **words))
            return None
        if not (shapes.is_area(shape) or shapes.is_line(shape)):
            wanted = "面或线" if self.layer.buffers else "面"
            kind = _KINDS.get(shape.geom_type, "几种图形的混合")
            self.faults.append(problems.ZONE_NOT_AREA.at(self.place, kind=kind, wanted=wanted, **words))
            return None
        west, south, east, north = shape.bounds
        if in_country(west, south) and in_country(east, north):
            return shape
        if in_country(south, west) and in_country(north, east):
            self.faults.append(problems.ZONE_SWAPPED.at(self.place, **words))
        elif max(map(abs, shape.bounds)) > 360:
            self.faults.append(problems.ZONE_IN_METRES.at(self.place, crs=self.drawing.crs, **words))
        else:
            self.faults.append(problems.ZONE_OUTSIDE_CHINA.at(self.place, **words))
        return None

    def _true(self, shape: Shape) -> Shape:
        return shapes.move(shape, gcj02_to_wgs84) if self.drawing.frame is Frame.GCJ02 else shape

    def _name(self, feature: Feature) -> str:
        return feature.attributes.get(self.name_column, "")[:80] if self.name_column else ""

    def _called(self, feature: Feature) -> str:
        name = self._name(feature)
        return f"“{name}”" if name else ""


def ordered(layer: Layer, made: list[Made]) -> list[Made]:
    """The zones with the strictest first, the rest by name and shape: the same file always gives the same order."""
    ranks: Mapping[str, int] = layer.ranks
    return sorted(made, key=lambda zone: (ranks[zone.type], zone.name, shapes.to_wkb(zone.area)))


def _fold(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split())
