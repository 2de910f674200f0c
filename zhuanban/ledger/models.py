"""The tables of the ledgers. Only `door` and `inbox` write here; triggers refuse most other writers."""

from __future__ import annotations

from django.db import models

from zhuanban.people.models import Campaign


class Record(models.Model):
    """A record (条目) as it stands now: the fold of all its events. Everything here can be rebuilt from them."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    ledger = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    from_outside = models.BooleanField(default=False)  # the number came from outside, not from the pattern
    one_key = models.CharField(max_length=200, null=True)  # what "one per" says; null once withdrawn
    state = models.CharField(max_length=40)
    region = models.CharField(max_length=32)
    unit = models.CharField(max_length=32, blank=True)
    withdrawn = models.BooleanField(default=False)
    moved = models.BooleanField(default=False)  # was ever in another region or unit
    first_on = models.IntegerField()
    last_on = models.IntegerField()
    last_at = models.BigIntegerField()
    version = models.IntegerField()
    head = models.BinaryField()  # hash of the last event
    data = models.JSONField()
    flags = models.JSONField(default=list)  # warnings kept on the record

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "ledger", "number"], name="record_number"),
            models.UniqueConstraint(fields=["campaign", "ledger", "one_key"], name="record_one"),
        ]
        indexes = [
            models.Index(fields=["campaign", "ledger", "region", "number"], name="record_place"),  # in order of number
            models.Index(fields=["campaign", "ledger", "unit"], name="record_unit"),
            models.Index(fields=["campaign", "ledger", "number"], condition=models.Q(moved=True), name="record_moved"),
        ]


class Event(models.Model):
    """What happened to a record. Append-only: triggers refuse UPDATE and DELETE, on PostgreSQL the grants as well."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    version = models.IntegerField()  # 1, 2, 3 … within the record
    verb = models.CharField(max_length=12)
    on_day = models.IntegerField()
    at = models.BigIntegerField()
    actor = models.CharField(max_length=80)  # login
    change = models.CharField(max_length=64)  # the client-made id
    step = models.SmallIntegerField()
    body = models.TextField()  # canonical JSON
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="event_version"),
            models.UniqueConstraint(fields=["campaign", "change", "step"], name="event_change"),
        ]


class Attached(models.Model):
    """Which event of which record brought a content, under which field. It follows from the events."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, db_constraint=False)
    version = models.IntegerField()  # of the event
    field = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["campaign", "sha256"], name="attached_content")]


class Spot(models.Model):
    """The square of the map in which a point of a record lies now. It follows from the record; kept only for ledgers
    in which the pack looks for likely doubles."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    ledger = models.CharField(max_length=40)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    field = models.CharField(max_length=40)
    square = models.BigIntegerField(null=True)  # null: nowhere, or the record is withdrawn

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "field"], name="spot_record")]
        indexes = [models.Index(fields=["campaign", "ledger", "field", "square"], name="spot_square")]


class Linked(models.Model):
    """Which record a link of another names now. It follows from the records; kept only for links by which a ledger
    mirrors another."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False)
    ledger = models.CharField(max_length=40)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, db_constraint=False)
    field = models.CharField(max_length=40)
    number = models.CharField(max_length=80)  # of the record that is named

    class Meta:
        indexes = [models.Index(fields=["campaign", "ledger", "field", "number"], name="linked_number")]


class Turned(models.Model):
    """Through which day the clock has brought up what rules decide for every day."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT)
    day = models.IntegerField()


class Seal(models.Model):
    """All events of a campaign up to `last_event`, sealed for a finished day; chained to the seal before."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT)
    day = models.IntegerField()
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    count = models.IntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "day"], name="seal_day")]


class Counter(models.Model):
    """The last number given out under a prefix."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT)
    ledger = models.CharField(max_length=40)
    prefix = models.CharField(max_length=80)
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "ledger", "prefix"], name="counter_prefix")]


class Waiting(models.Model):
    """Something that came in and did not pass: kept whole in the inbox until a person settles it.

    It belongs to who sent it: the same change sent by another is another item.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT)
    ledger = models.CharField(max_length=40)
    change_id = models.CharField(max_length=64)
    subject = models.CharField(max_length=120, blank=True)  # what record it speaks of; settled when that one enters
    change = models.JSONField()  # the change as it came, or the sheet's row
    problems = models.JSONField()
    source = models.JSONField(default=dict)  # file, sheet, row; or the client
    reason = models.CharField(max_length=40)  # code of the first problem
    region = models.CharField(max_length=32, blank=True)
    unit = models.CharField(max_length=32, blank=True)
    actor = models.CharField(max_length=80)  # login of who sent it
    at = models.BigIntegerField()
    settled_at = models.BigIntegerField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_how = models.CharField(max_length=200, blank=True)  # entered | sent again | discarded: …

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "change_id", "actor"], name="waiting_change")]
        indexes = [models.Index(fields=["campaign", "settled_at", "subject"], name="waiting_open")]
