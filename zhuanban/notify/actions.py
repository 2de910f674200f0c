"""Writes of messages: tell people something once, and send it on by their channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import QuerySet

from zhuanban.core.problem import Place, Refused
from zhuanban.notify import problems as says
from zhuanban.notify.channels import EVERYONE, Channel, channels
from zhuanban.notify.models import Message, Outgoing
from zhuanban.people.models import Campaign, User

MINUTE = 60_000_000
TRIES = 10  # with the waits between them about nine hours: a night without network passes
LONGEST_WAIT = 128 * MINUTE
AT_ONCE = 200

Post = Callable[[str, str], str]
"""(address, text) → "" where it went out, else why not."""


def tell(
    campaign: Campaign, users: Iterable[User], kind: str, key: str, title: str, about: str, at: int
) -> list[Message]:
    """Tell each of these people, once for a key, at an instant (UTC microseconds); the messages that are new.

    `title` holds no personal data: it goes to group chats. Raises Refused for a table of channels that has faults.
    """
    known = channels()
    told = []
    with transaction.atomic():
        for user in users:
            message, new = Message.objects.get_or_create(
                campaign=campaign,
                user=user,
                key=key[:200],
                defaults={"kind": kind, "title": title[:200], "about": about[:130], "at": at},
            )
            if not new:
                continue
            told.append(message)
            for channel in known.get(user.username, ()):
                _queue(message, channel, at)
        for channel in known.get(EVERYONE, ()) if told else ():
            _queue(told[0], channel, at)  # a group is told once, not once for each of its members
    return told


def _queue(message: Message, channel: Channel, at: int) -> None:
    Outgoing.objects.get_or_create(
        message=message, address=channel.sha256, defaults={"channel": channel.kind, "next_at": at}
    )


def send_due(now: int, post: Post | None = None) -> tuple[int, int]:
    """Send what is due by an instant (UTC microseconds): how many went out, how many did not.

    A failure waits twice as long each time, and is given up after `TRIES`. Several senders do no harm: each row is
    taken before it is sent.
    """
    post = by_apprise if post is None else post
    known = {channel.sha256: channel for each in channels().values() for channel in each}
    sent = failed = 0
    due = Outgoing.objects.filter(next_at__lte=now).select_related("message").order_by("next_at", "pk")
    for row in due[:AT_ONCE]:
        later = now + min(LONGEST_WAIT, MINUTE << row.tries)
        taken = Outgoing.objects.filter(pk=row.pk, next_at=row.next_at, tries=row.tries)
        if not taken.update(next_at=later, tries=row.tries + 1):
            continue
        mine = Outgoing.objects.filter(pk=row.pk)
        channel = known.get(row.address)
        if channel is None:
            mine.update(next_at=None, failure="渠道已从渠道表中撤去。")
            failed += 1
            continue
        failure = post(channel.address, row.message.title)
        if failure:
            failed += 1
            _not_sent(mine, failure, last=row.tries + 1 >= TRIES)
        else:
            sent += 1
            mine.update(next_at=None, sent_at=now, failure="")
    return sent, failed


def _not_sent(row: QuerySet[Outgoing], failure: str, *, last: bool) -> None:
    if last:
        row.update(failure=failure[:200], next_at=None)
    else:
        row.update(failure=failure[:200])


def by_apprise(address: str, text: str) -> str:
    """Send by one address. apprise says only that it failed; its log says why."""
    import apprise  # noqa: PLC0415  (an eighth of a second, only where something is sent)

    sender = apprise.Apprise()
    if not sender.add(address):
        return "地址不能识别。"
    return "" if sender.notify(body=text) else "渠道没有接受，或连接不上。"


def mark_read(campaign: Campaign, user: int, message: int, at: int) -> None:
    """The reader (his id) has seen it. Raises Refused where it is not his."""
    mine = Message.objects.filter(campaign=campaign, user_id=user, pk=message)
    if not mine.exists():
        raise Refused(says.NO_MESSAGE.at(Place(record=str(message))))
    mine.filter(read_at=None).update(read_at=at)
