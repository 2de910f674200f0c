"""Work lists and duties: how reports were, for lists that ask; and lists that people are told of by the clock."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from zhuanban.core import clock
from zhuanban.core.calendar import Calendar
from zhuanban.core.day import iso
from zhuanban.core.problem import Refused
from zhuanban.duty.queries import board
from zhuanban.duty.rules import CLASS, LATE, NOT_THERE, SENT_BACK, clock_s, day_of_s
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.actions import tell
from zhuanban.notify.models import Message, Round
from zhuanban.pack.work_list import WorkList
from zhuanban.people.models import Holding
from zhuanban.people.queries import Setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.books import Listed
from zhuanban.tally.reports import Judged
from zhuanban.tally.seen import seen_list

KIND = "list"
SHOWN = 3  # entries that a message names
_WAS = {LATE: "late", NOT_THERE: "missing", SENT_BACK: "returned"}
_SAYS = {"missing": "未报", "returned": "被退回，未重报"}


def judge(setting: Setting, duty: str, day: int) -> list[Judged]:
    """How each report was that was owed by the end of a day (of today: by now), in the order of its dates.

    What was due before its document makes nobody late, and is left out.
    """
    at = min(clock_s(day + 1, 0) - 1, clock.now() // 1_000_000)
    found = []
    for item in board(Viewer(setting, OPERATOR), at, duty, ahead=0).items:
        if item.status == "before_issue" or item.limit > at:
            continue
        was = _WAS.get(item.slot & CLASS, "")
        says = f"{item.due.period}{_SAYS.get(was) or item.late_text}"
        found.append(Judged(item.unit, item.number, was, says))
    return found


def tell_lists(setting: Setting, until: int, days: Calendar) -> list[Message]:
    """Tell of the pack's lists what their minute of the day has come for. Each is looked at once a working day.

    Raises Refused for a year whose calendar is not known.
    """
    day = day_of_s(until)
    due = [each for each in setting.pack.lists.values() if each.tell and clock_s(day, each.minute) <= until]
    if not due or not days.is_workday(day):
        return []
    told: list[Message] = []
    for each in due:
        key = f"{KIND}/{each.key}/{iso(day)}"
        with transaction.atomic():
            _, first = Round.objects.get_or_create(campaign=setting.campaign, key=key)
            if first:
                told += _tell(setting, each, key, until)
    return told


def _tell(setting: Setting, asked: WorkList, key: str, until: int) -> Iterator[Message]:
    day = day_of_s(until)
    if not seen_list(Viewer(setting, OPERATOR), asked, "", day):
        return
    rows = Holding.objects.filter(campaign=setting.campaign, post__in=asked.tell, from_day__lte=day, to_day__gt=day)
    held: dict[int, list[Holding]] = {}
    for each in rows.filter(user__is_active=True).select_related("user").order_by("pk"):
        held.setdefault(each.user_id, []).append(each)
    for mine in held.values():
        user = mine[0].user
        posts = tuple(Held(each.post, each.region_code, each.unit_code) for each in mine)
        try:
            entries = seen_list(Viewer(setting, Actor(user.pk, user.username, posts)), asked, "", day)
        except Refused:  # a ledger that these posts may not see: nothing of it is for him
            continue
        if entries:
            title = text(setting, asked, entries)
            yield from tell(setting.campaign, [user], KIND, key, title, f"lists/{asked.key}", until * 1_000_000)


def text(setting: Setting, asked: WorkList, entries: list[Listed]) -> str:
    """What is said of a list: its title, how many entries there are, and the first of them; never a person."""
    shown = "；".join(_entry(setting, each) for each in entries[:SHOWN])
    more = "等" if len(entries) > SHOWN else ""
    return f"【清单】{asked.title}：{len(entries)}条。{shown}{more}"


def _entry(setting: Setting, each: Listed) -> str:
    unit = setting.units.name(each.unit) if each.unit else ""
    where = "" if each.number or unit else setting.regions.name(each.region)
    return " ".join(filter(None, (each.number, unit, where, each.says)))
