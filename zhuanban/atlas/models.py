"""The outlines of regions and the zones of layers, by date."""

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


class LayerVersion(models.Model):
    """The zones of a layer as they hold from `from_day` on. Never altered; of two for a day the later number holds."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="layer_versions", db_index=False)
    layer = models.CharField(max_length=40)
    number = models.IntegerField()  # 1, 2, 3 … in the layer
    from_day = models.IntegerField()
    sha256 = models.CharField(max_length=64)  # of its zones
    given_frame = models.CharField(max_length=10)
    given_crs = models.CharField(max_length=200)  # what the file calls its coordinates; `captured` is in them
    source = models.CharField(max_length=200)  # the file's name
    loaded_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "layer", "number"], name="layer_version")]


class Zone(models.Model):
    """One area of a version, as WGS-84; and the shape as it was captured, never the other way round."""

    version = models.ForeignKey(LayerVersion, on_delete=models.PROTECT, related_name="zones")
    type = models.CharField(max_length=80)
    name = models.CharField(max_length=80, blank=True)
    area = models.BinaryField()  # WKB, degrees
    captured = models.BinaryField(null=True)  # WKB in the version's given_crs; null: the same as `area`
