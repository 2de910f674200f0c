"""Kept contents, and who brought each of them to which campaign. The contents themselves lie in the store."""

from __future__ import annotations

from django.db import models

from zhuanban.people.models import Campaign, User


class File(models.Model):
    """One content, kept once however often it is brought. What it says about itself (EXIF) is no one's claim."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media = models.CharField(max_length=80)  # MIME type, by its bytes
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    exif_taken_at = models.BigIntegerField(null=True)  # UTC microseconds
    exif_lon = models.FloatField(null=True)
    exif_lat = models.FloatField(null=True)
    exif_frame = models.CharField(max_length=10, blank=True)
    exif_accuracy_m = models.FloatField(null=True)
    likeness = models.CharField(
        max_length=16, null=True, db_index=True
    )  # 64 bits as hex: nearly equal, nearly the same
    mirrored = models.CharField(max_length=16, null=True)  # the likeness of its mirror image
    first_at = models.BigIntegerField()  # first seen


class PictureBand(models.Model):
    """One of the seven parts of a picture's likeness: pictures that differ in at most six bits share one of them."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="bands")
    band = models.SmallIntegerField()
    value = models.SmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["band", "value"], name="picture_band")]


class Upload(models.Model):
    """Who brought a content to a campaign, under which name, and what he says about when and where it was made."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="uploads", db_index=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="uploads")  # null: 本机操作员
    at = models.BigIntegerField()
    claimed_at = models.BigIntegerField(null=True)
    claimed_lon = models.FloatField(null=True)
    claimed_lat = models.FloatField(null=True)
    claimed_frame = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [models.Index(fields=["campaign", "file"], name="upload_file")]
