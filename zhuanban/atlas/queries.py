"""Reads of the atlas. CONTRACT with the door: `metres_outside` as below (the atlas author fills it in)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhuanban.people.models import Campaign


def metres_outside(campaign: Campaign, region: str, point: Mapping[str, Any], day: int) -> float | None:
    """How far (metres) a point {"lon","lat","frame"} lies outside a region's outline as of a day.

    None where it lies inside, or where no outline is known.
    """
    return None
