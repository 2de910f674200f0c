"""Who takes part in a campaign: its regions, units, users and posts, each with its days; and the log of who looked."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from zhuanban.core.day import FAR_DAY, FIRST_DAY


def new_uid() -> str:
    return uuid.uuid4().hex


class User(AbstractUser):
    """A person who signs in. `username` is the login; what he may do follows from holdings alone."""

    display_name = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=30, blank=True)  # printed on the sheets that he fills in, and nowhere else

    def __str__(self) -> str:
        return self.display_name or self.username


class PackVersion(models.Model):
    """The files of a pack as they were when a campaign took them; named by their hash, never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=60)
    files = models.JSONField()  # relative path → text


class Campaign(models.Model):
    name = models.CharField(max_length=60, unique=True)
    uid = models.CharField(max_length=32, unique=True, default=new_uid)  # never reused; caches key on it
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT)
    start = models.IntegerField()  # day
    demo_clock = models.BooleanField(default=False)  # 演示时钟: its `at` were set, not told by the machine's clock
    tree_version = models.IntegerField(default=1)  # raised by every change of regions or units; caches key on it


class Region(models.Model):
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="regions")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    aliases = models.CharField(max_length=200, blank=True)  # other names by which it is found, joined by 、
    position = models.IntegerField()  # order of the list as it was sent; tables print rows in it
    from_day = models.IntegerField(default=FIRST_DAY)
    to_day = models.IntegerField(default=FAR_DAY)  # first day on which it is no longer in use

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="region_code")]


class RegionParent(models.Model):
    """Where a region hung from `from_day` on, until the next row of the same region."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="parents")
    parent_code = models.CharField(max_length=32, blank=True)  # "" = the campaign's root
    from_day = models.IntegerField(default=FIRST_DAY)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "from_day"], name="region_parent_day")]


class RegionName(models.Model):
    """What a region is called from `from_day` on, until the next row; before the first of them, `Region.name`."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=80)
    from_day = models.IntegerField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "from_day"], name="region_name_day")]


class Unit(models.Model):
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    short = models.CharField(max_length=60, blank=True)
    aliases = models.CharField(max_length=200, blank=True)
    region_code = models.CharField(max_length=32, blank=True)
    position = models.IntegerField()
    from_day = models.IntegerField(default=FIRST_DAY)
    to_day = models.IntegerField(default=FAR_DAY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="unit_code")]


class UnitParent(models.Model):
    """To which unit a unit belonged from `from_day` on."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="parents")
    parent_code = models.CharField(max_length=32, blank=True)
    from_day = models.IntegerField(default=FIRST_DAY)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "from_day"], name="unit_parent_day")]


class UnitName(models.Model):
    """What a unit is called from `from_day` on, until the next row; before the first of them, as `Unit` says."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    short = models.CharField(max_length=60, blank=True)
    from_day = models.IntegerField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "from_day"], name="unit_name_day")]


class Holding(models.Model):
    """This user holds this post, for this region and/or unit, from day to day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(max_length=40)
    region_code = models.CharField(max_length=32, blank=True)
    unit_code = models.CharField(max_length=32, blank=True)
    from_day = models.IntegerField(default=FIRST_DAY)
    to_day = models.IntegerField(default=FAR_DAY)


class Token(models.Model):
    """An access token for machines; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=60)
    at = models.BigIntegerField()
    until = models.BigIntegerField(null=True)  # instant at which it ends


class AccessLog(models.Model):
    """Who saw, exported or revealed what. Written, never changed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    who = models.CharField(max_length=80)  # login, or 本机操作员
    what = models.CharField(max_length=20)  # a key of log.LOG_WORDS
    detail = models.JSONField(default=dict)
    at = models.BigIntegerField(db_index=True)
