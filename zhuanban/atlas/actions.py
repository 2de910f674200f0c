"""Writes: load the outlines of a campaign's regions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from zhuanban.atlas import problems
from zhuanban.atlas.frames import Frame
from zhuanban.atlas.models import Outline
from zhuanban.atlas.rules import read_outlines
from zhuanban.core import clock
from zhuanban.core.day import FAR_DAY, iso
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.people.models import Campaign, Region


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many outlines came in new or changed, and how many were known exactly so."""

    entered: int
    unchanged: int


def load_outlines(
    campaign: Campaign,
    content: bytes | str | Mapping[str, Any],
    from_day: int,
    *,
    frame: Frame = Frame.WGS84,
    file: str = "",
    replace: bool = False,
) -> Loaded:
    """Load a GeoJSON FeatureCollection; its outlines hold from `from_day` until the next one of the same region.

    All or nothing: half a map would call points outside that are inside. `frame` is what the coordinates are in where
    the file does not say; GCJ-02 is turned into WGS-84 before anything is kept. An outline equal to the one in force
    that day changes nothing; another one of the same day is refused, unless it is said to `replace`.

    Raises Refused with every problem of the file.
    """
    with transaction.atomic():
        # Holding the campaign keeps two loads apart; its raised version tells every process's cache.
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        known = set(Region.objects.filter(campaign=locked).values_list("code", flat=True))
        drawn, given, faults = read_outlines(content, frame, known, file)
        codes = [d.code for d in drawn]
        there: dict[str, list[Outline]] = {}
        for start in range(0, len(codes), 500):
            rows = Outline.objects.filter(campaign=locked, code__in=codes[start : start + 500]).defer("geometry")
            for row in rows.order_by("from_day"):
                there.setdefault(row.code, []).append(row)

        new: list[Outline] = []
        gone: list[Outline] = []
        ended: list[Outline] = []
        unchanged = 0
        for one in drawn:
            sha256 = hashlib.sha256(one.geometry.encode()).hexdigest()
            versions = there.get(one.code, [])
            before = [v for v in versions if v.from_day <= from_day]
            later = [v for v in versions if v.from_day > from_day]
            if before and before[-1].sha256 == sha256:
                unchanged += 1
                continue
            if before and before[-1].from_day == from_day:
                if not replace:
                    faults.append(_exists(one.code, from_day, file))
                    continue
                gone.append(before[-1])
            elif before:
                before[-1].to_day = from_day
                ended.append(before[-1])
            new.append(
                Outline(
                    campaign=locked,
                    code=one.code,
                    from_day=from_day,
                    to_day=later[0].from_day if later else FAR_DAY,
                    geometry=one.geometry,
                    sha256=sha256,
                    given_frame=given.value,
                    source=file[-200:],
                    loaded_at=clock.now(),
                )
            )
        if faults:
            raise Refused(faults)
        if new:
            Outline.objects.filter(pk__in=[row.pk for row in gone]).delete()
            Outline.objects.bulk_update(ended, ["to_day"], batch_size=200)
            Outline.objects.bulk_create(new, batch_size=200)
            locked.tree_version += 1
            locked.save(update_fields=["tree_version"])
    campaign.tree_version = locked.tree_version
    return Loaded(len(new), unchanged)


def _exists(code: str, day: int, file: str) -> Problem:
    return problems.VERSION_EXISTS.at(Place(file=file), code=code, day=iso(day))
