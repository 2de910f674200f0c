"""What was told to whom, and what still has to go out by other channels."""

from __future__ import annotations

from django.db import models

from zhuanban.people.models import Campaign, User


class Message(models.Model):
    """A message in the program itself. The same `key` is told to one person once, however often it is asked for."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages", db_index=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=200)  # no personal data: it leaves the house
    about = models.CharField(max_length=130, blank=True)  # ledger/number
    at = models.BigIntegerField()
    read_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "key", "user"], name="message_once")]
        indexes = [models.Index(fields=["user", "campaign"], name="message_user")]


class Outgoing(models.Model):
    """A message on its way to a channel of its reader; the channel's address stays in the site's own file."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="outgoing", db_index=False)
    channel = models.CharField(max_length=20)  # the address's kind: wecombot, mailto
    address = models.CharField(max_length=64)  # SHA-256 of the address, which may hold a secret
    tries = models.SmallIntegerField(default=0)
    next_at = models.BigIntegerField(db_index=True, null=True)  # null: sent, or given up
    sent_at = models.BigIntegerField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "address"], name="outgoing_once")]


class Round(models.Model):
    """Something that the clock looked at, once for a key, whether or not there was anything to tell."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    key = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="round_once")]


class Alarm(models.Model):
    """Something that was told at once, until it is no longer so. One open alarm a series."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    key = models.CharField(max_length=40)  # of the pack's alarm
    series = models.CharField(max_length=200)  # the record's number, or the words of `per`
    ledger = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    region = models.CharField(max_length=32)
    unit = models.CharField(max_length=32, blank=True)
    says = models.CharField(max_length=200)  # no personal data
    level = models.BigIntegerField(null=True)  # rises: what the number was before, in units of the last place
    on_day = models.IntegerField()  # since when it is so
    at = models.BigIntegerField()
    over_on = models.IntegerField(null=True)  # since when no longer
    over_at = models.BigIntegerField(null=True)
    seen_by = models.CharField(max_length=80, blank=True)  # login of who acknowledged it
    seen_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "key", "series"], condition=models.Q(over_at=None), name="alarm_open"
            )
        ]
