"""Writes: load the outlines of a campaign's regions, and the zones of its layers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from zhuanban.atlas import problems, shapes
from zhuanban.atlas.frames import Frame
from zhuanban.atlas.gis import read_drawing
from zhuanban.atlas.models import LayerVersion, Outline, Zone
from zhuanban.atlas.queries import Edition
from zhuanban.atlas.rules import read_outlines
from zhuanban.atlas.zones import ordered, zones_of
from zhuanban.core import clock
from zhuanban.core.day import FAR_DAY, FIRST_DAY, iso
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.pack.values import Layer
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


@dataclass(frozen=True, slots=True)
class LoadedZones:
    """The version that now holds the file's zones (`new`: it was made for them), and the one that held on its first day
    before; how many zones of each type; what was mended."""

    edition: Edition
    before: Edition | None
    new: bool
    frame: Frame
    counts: Mapping[str, int]
    notices: tuple[Problem, ...]


def load_zones(
    campaign: Campaign,
    layer: Layer,
    path: Path,
    from_day: int | None = None,
    *,
    frame: Frame | None = None,
    table: str = "",
) -> LoadedZones:
    """Load the zones of a layer; they hold from `from_day` on. All or nothing, and no version is ever altered.

    Without a day the first version of a layer holds since ever, and a later one from today. The same zones as those
    that hold on that day make no new version. Raises Refused with every problem of the file.
    """
    today = clock.today()
    if from_day is not None and from_day > today:
        raise Refused(problems.LAYER_FUTURE.at(day=iso(from_day)))
    drawing = read_drawing(path, frame, table)
    made, faults, notices = zones_of(layer, drawing, path.name)
    if faults:
        raise Refused(faults)
    zones = ordered(layer, made)
    digest = hashlib.sha256()
    for zone in zones:
        digest.update(f"{zone.type}\x00{zone.name}\x00".encode() + shapes.to_wkb(zone.area))
    counts = Counter(zone.type for zone in zones)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        rows = list(LayerVersion.objects.filter(campaign=locked, layer=layer.key).order_by("from_day", "number"))
        day = from_day if from_day is not None else today if rows else FIRST_DAY
        known = [Edition(row.from_day, row.number, row.pk) for row in rows]
        held = [e for e in known if e.from_day <= day]
        if held and next(row.sha256 for row in rows if row.pk == held[-1].pk) == digest.hexdigest():
            before = held[-2] if len(held) > 1 else None
            return LoadedZones(held[-1], before, False, drawing.frame, counts, tuple(notices))
        version = LayerVersion.objects.create(
            campaign=locked,
            layer=layer.key,
            number=max((e.number for e in known), default=0) + 1,
            from_day=day,
            sha256=digest.hexdigest(),
            given_frame=drawing.frame.value,
            given_crs=drawing.crs[:200],
            source=path.name[-200:],
            loaded_at=clock.now(),
        )
        Zone.objects.bulk_create(
            [
                Zone(
                    version=version,
                    type=zone.type,
                    name=zone.name,
                    area=shapes.to_wkb(zone.area),
                    captured=None if zone.captured is zone.area else shapes.to_wkb(zone.captured),
                )
                for zone in zones
            ],
            batch_size=200,
        )
        # The raised version tells every process's cache.
        locked.tree_version += 1
        locked.save(update_fields=["tree_version"])
    campaign.tree_version = locked.tree_version
    edition = Edition(day, version.number, version.pk)
    return LoadedZones(edition, held[-1] if held else None, True, drawing.frame, counts, tuple(notices))
