"""Reads of messages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from zhuanban.core.day import beijing
from zhuanban.notify.models import Message
from zhuanban.people.models import Campaign


def messages_of(campaign: Campaign, user: int | None) -> QuerySet[Message]:
    """What the person of this id was told in a campaign, newest first; without one, what anybody was."""
    rows = Message.objects.filter(campaign=campaign)
    if user is not None:
        rows = rows.filter(user_id=user)
    return rows.select_related("user").prefetch_related("outgoing").order_by("-at", "-pk")


def message_json(message: Message) -> dict[str, Any]:
    """A message: `id`, `to` (login), `kind`, `key`, `title`, `about`, `at`, `read_at`, `sent`: each `channel`, `at`,
    `tries`, `failure`."""
    return {
        "id": message.pk,
        "to": message.user.username,
        "kind": message.kind,
        "key": message.key,
        "title": message.title,
        "about": message.about,
        "at": beijing(message.at),
        "read_at": None if message.read_at is None else beijing(message.read_at),
        "sent": [
            {
                "channel": each.channel,
                "at": None if each.sent_at is None else beijing(each.sent_at),
                "tries": each.tries,
                "failure": each.failure,
            }
            for each in message.outgoing.all()
        ],
    }
