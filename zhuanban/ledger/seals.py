"""Daily seals: one row per campaign and finished day covers every event since the seal before, and chains to it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from zhuanban.core import clock
from zhuanban.core.canonical import canonical, digest
from zhuanban.core.day import day_of
from zhuanban.ledger.models import Event, Seal
from zhuanban.people.models import Campaign


def seal_hash(previous: bytes, campaign: str, day: int, count: int, hashes: Iterator[bytes]) -> bytes:
    """Seal of a day: over the previous seal, the head and all event hashes in id order, rolled into one digest."""
    rolled = b""
    for event in hashes:
        rolled = digest(rolled, event)
    return digest(previous, canonical([campaign, day, count]), rolled)


def seal_finished_days(campaign: Campaign) -> Seal | None:
    """Seal what was entered before today (Beijing) and is not yet sealed. None where there is nothing to seal."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Ids are given before commit: wait for writers in flight, or a late commit would slip below the seal.
                cursor.execute("LOCK TABLE ledger_event IN SHARE ROW EXCLUSIVE MODE")
        last = Seal.objects.filter(campaign=campaign).order_by("-day").first()
        yesterday = day_of(clock.now()) - 1
        if last is not None and last.day >= yesterday:
            return None
        midnight = ((yesterday + 1) * 86400 - 8 * 3600) * 1_000_000
        events = Event.objects.filter(campaign=campaign, at__lt=midnight)
        if last is not None:
            events = events.filter(pk__gt=last.last_event)
        first_and_last = list(events.order_by("pk").values_list("pk", flat=True)[:1]) + list(
            events.order_by("-pk").values_list("pk", flat=True)[:1]
        )
        if not first_and_last:
            return None
        first, final = first_and_last
        covered = Event.objects.filter(campaign=campaign, pk__gte=first, pk__lte=final).order_by("pk")
        count = covered.count()
        hashes = (bytes(h) for h in covered.values_list("hash", flat=True).iterator())
        return Seal.objects.create(
            campaign=campaign,
            day=yesterday,
            first_event=first,
            last_event=final,
            count=count,
            hash=seal_hash(bytes(last.hash) if last else b"", campaign.name, yesterday, count, hashes),
        )
