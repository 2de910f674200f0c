"""Reads: where a point lies, as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from zhuanban.atlas import shapes
from zhuanban.atlas.frames import Point, from_json
from zhuanban.atlas.models import Outline
from zhuanban.core.problem import Problem
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
        if from_day <= day < to_day:
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
