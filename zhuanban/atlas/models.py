"""The outlines of regions, by date."""

from __future__ import annotations

from django.db import models

from zhuanban.core.day import FAR_DAY
from zhuanban.people.models import Campaign


class Outline(models.Model):
    """The edge of a region from `from_day` up to, not including, `to_day`; as WGS-84 GeoJSON text.

    A later outline of the same region ends the earlier one; none is overwritten unless a load says that it replaces.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="outlines", db_index=False)
    code = models.CharField(max_length=32)
    from_day = models.IntegerField()
    to_day = models.IntegerField(default=FAR_DAY)
    geometry = models.TextField()  # canonical; Polygon or MultiPolygon
    sha256 = models.CharField(max_length=64, db_index=True)  # of `geometry`
    given_frame = models.CharField(max_length=10)  # the frame of the file it came from
    source = models.CharField(max_length=200, blank=True)  # that file's name
    loaded_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code", "from_day"], name="outline_day")]
