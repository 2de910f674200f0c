"""Reads: where a point lies, and in which zone of a layer, as of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from zhuanban.atlas import shapes
from zhuanban.atlas.frames import Point, from_json
from zhuanban.atlas.models import LayerVersion, Outline, Zone
from zhuanban.core.day import holds_on
from zhuanban.core.problem import Problem
from zhuanban.pack.values import OUTSIDE, Layer
from zhuanban.people.models import Campaign

# A phone that says "within 30 m" and stands 20 m outside may well be inside. More than this no fix is forgiven: a
# claimed inaccuracy of kilometres would switch the check off.
FORGIVEN_M = 50.0

Version = tuple[int, int, str]  # from_day, to_day, sha256 of the geometry


class Where(StrEnum):
    INSIDE = "inside"
    OUTSIDE = "outside"
    NO_OUTLINE = "no_outline"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a point lies: `metres` outside the edge (0 inside). `surely`: farther out than the fix may be off."""

    where: Where
    metres: float = 0.0
    surely: bool = False


def where_is(campaign: Campaign, code: str, point: Point, day: int) -> Placement:
    """Does the point lie in the region, by the outline in force on that day? The edge counts as inside."""
    for from_day, to_day, sha256 in _versions(campaign.uid, campaign.pk, campaign.tree_version).get(code, ()):
        if holds_on(from_day, to_day, day):
            metres = shapes.metres_outside(_shape(sha256), point)
            if metres == 0:
                return Placement(Where.INSIDE)
            return Placement(Where.OUTSIDE, metres, metres > min(point.accuracy_m or 0.0, FORGIVEN_M))
    return Placement(Where.NO_OUTLINE)


def metres_outside(campaign: Campaign, region: str, point: Mapping[str, Any], day: int) -> float | None:
    """How far (metres) a point {"lon", "lat", "frame", "accuracy"?} surely lies outside a region's outline on a day.

    None where it lies inside or may do so within its accuracy, where no outline is known, and where it is no point.
    """
    read = from_json(point, anywhere=True)  # a digit left out may put it abroad: outside all the same
    if isinstance(read, Problem):
        return None
    placement = where_is(campaign, region, read, day)
    return placement.metres if placement.surely else None


def forget_maps() -> None:
    """After a load was taken back: another one may come to bear the same version of the campaign."""
    _versions.cache_clear()
    _editions.cache_clear()


@lru_cache(maxsize=16)
def _versions(uid: str, campaign_pk: int, tree_version: int) -> dict[str, list[Version]]:
    """The outlines of a campaign by code. Every load raises the campaign's version; `uid` tells apart two databases."""
    found: dict[str, list[Version]] = {}
    rows = Outline.objects.filter(campaign_id=campaign_pk)
    for code, from_day, to_day, sha256 in rows.order_by("from_day").values_list("code", "from_day", "to_day", "sha256"):
        found.setdefault(code, []).append((from_day, to_day, sha256))
    return found


@lru_cache(maxsize=8192)
def _shape(sha256: str) -> shapes.Shape:
    """The parsed outline. Named by its content, so what is kept here never grows stale."""
    text = Outline.objects.filter(sha256=sha256).values_list("geometry", flat=True)[0]
    return shapes.from_text(text)


# Zones ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a layer: from this day on, unless a later one holds."""

    from_day: int
    number: int
    pk: int


@dataclass(frozen=True, slots=True)
class Zoned:
    """Where a point lies by a layer: the zone's type, or OUTSIDE; and by which version."""

    word: str
    version: int


def editions(campaign: Campaign, layer: str) -> tuple[Edition, ...]:
    """The versions of a layer, by day."""
    return _editions(campaign.uid, campaign.pk, campaign.tree_version).get(layer, ())


def in_force(campaign: Campaign, layer: str, day: int) -> Edition | None:
    """The version that holds on a day."""
    return next((e for e in reversed(editions(campaign, layer)) if e.from_day <= day), None)


def zone_of(campaign: Campaign, layer: Layer, point: Mapping[str, Any], day: int) -> Zoned | None:
    """In which zone does a point {"lon", "lat", "frame"} lie on a day? Of several the strictest; the edge is inside.

    None where the layer has no version that day, and where it is no point.
    """
    edition = in_force(campaign, layer.key, day)
    read = from_json(point, anywhere=True)
    if edition is None or isinstance(read, Problem):
        return None
    here = read.to_wgs84()
    types, lookup = _zones(campaign.uid, edition.pk, tuple(layer.ranks))
    i = lookup.first(here.lon, here.lat)
    return Zoned(OUTSIDE if i < 0 else types[i], edition.number)


def zones_of_all(
    campaign: Campaign, layer: Layer, edition: Edition | None, points: Sequence[Mapping[str, Any]]
) -> list[str]:
    """The same for many points by one version: its words in order; "" for what is no point, or without a version."""
    if edition is None or not points:
        return [""] * len(points)
    types, lookup = _zones(campaign.uid, edition.pk, tuple(layer.ranks))
    read = [from_json(point, anywhere=True) for point in points]
    known = [p.to_wgs84() for p in read if not isinstance(p, Problem)]
    found = iter(lookup.first_of_all([p.lon for p in known], [p.lat for p in known]).tolist())
    words = (*types, OUTSIDE)  # -1 is the last
    return ["" if isinstance(p, Problem) else words[next(found)] for p in read]


@lru_cache(maxsize=16)
def _editions(uid: str, campaign_pk: int, tree_version: int) -> dict[str, tuple[Edition, ...]]:
    """Every load raises the campaign's version; `uid` tells apart two databases."""
    found: dict[str, tuple[Edition, ...]] = {}
    rows = LayerVersion.objects.filter(campaign_id=campaign_pk).order_by("from_day", "number")
    for layer, from_day, number, pk in rows.values_list("layer", "from_day", "number", "pk"):
        found[layer] = (*found.get(layer, ()), Edition(from_day, number, pk))
    return found


@lru_cache(maxsize=8)
def _zones(uid: str, version_pk: int, types: tuple[str, ...]) -> tuple[tuple[str, ...], shapes.Lookup]:
    """The zones of a version, strictest first. A version never changes, so what is kept here never grows stale."""
    ranks = {word: i for i, word in enumerate(types)}
    rows = list(Zone.objects.filter(version_id=version_pk).order_by("pk").values_list("type", "area"))
    rows.sort(key=lambda row: ranks.get(row[0], len(types)))
    return tuple(kind for kind, _ in rows), shapes.Lookup([shapes.from_wkb(bytes(area)) for _, area in rows])
