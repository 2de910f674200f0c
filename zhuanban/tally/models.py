"""Measures. The sums themselves live in `tally_day` and `tally_block` (made in the first migration, plain SQL only)."""

from __future__ import annotations

from django.db import models

from zhuanban.people.models import Campaign


class Measure(models.Model):
    """A question of a campaign's pack under a small number."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT)
    key = models.CharField(max_length=32)
    ledger = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="measure_key")]
