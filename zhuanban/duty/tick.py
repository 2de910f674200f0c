"""The clock of duties: who is reminded of what, and who is told next when nothing comes.

Each reminder has a key; what was told once is never told again. After a standstill only the last reminder of each
report is made up for, while every step of the ladder is: reminders repeat each other, steps tell different people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from zhuanban.core.calendar import Calendar
from zhuanban.core.day import iso, minute
from zhuanban.core.problem import Problem, Refused
from zhuanban.duty import problems as says
from zhuanban.duty.lists import tell_lists
from zhuanban.duty.queries import board, calendar
from zhuanban.duty.rules import MISSING, OPEN, RETURNED, Item, day_of_s, escalation_at, reminder_at
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.turning import Turn, turn_all
from zhuanban.notify.actions import tell
from zhuanban.notify.alarms import escalate
from zhuanban.notify.models import Message
from zhuanban.pack.words import say_posts
from zhuanban.people.models import Holding, User
from zhuanban.people.queries import Setting
from zhuanban.people.scope import OPERATOR

REMIND, ESCALATE = "remind", "escalate"
AHEAD = 100  # days: the earliest that a reminder may come before a deadline
_AT_ONCE = 500


class Call(NamedTuple):
    """One thing to be told: at `at` (UTC seconds), to holders of `posts` for the item's unit."""

    at: int
    kind: str
    key: str
    posts: tuple[str, ...]
    item: Item


@dataclass(slots=True)
class Ticked:
    """What a tick did: what the days brought to records, messages that are new, and what needs a person."""

    turned: list[Turn] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def tick(setting: Setting, until: int) -> Ticked:
    """Write what the days until today brought; tell what is due by an instant (UTC seconds) and was not told yet:
    reminders, the ladder, lists."""
    done = Ticked(turned=turn_all(setting), told=escalate(setting, until))
    pack = setting.pack
    reminds = any(duty.remind or duty.escalate for duty in pack.duties.values())
    if not reminds and not any(each.tell for each in pack.lists.values()):
        return done
    days = calendar()
    if reminds:
        _duties(setting, until, days, done)
    try:
        done.told += tell_lists(setting, until, days)
    except Refused as unknown:
        done.problems += [problem for problem in unknown.problems if problem not in done.problems]
    return done


def _duties(setting: Setting, until: int, days: Calendar, done: Ticked) -> None:
    found = board(Viewer(setting, OPERATOR), until, ahead=AHEAD)
    done.problems += found.problems
    told_of = [c for c in found.columns if c.duty.remind or c.duty.escalate]
    waiting = [item for column in told_of for item in column.items() if item.status in (OPEN, MISSING, RETURNED)]
    calls: list[Call] = []
    for item in waiting:
        try:
            calls += _calls(item, days, until)
        except Refused as unknown:
            done.problems += unknown.problems
    done.problems = list(dict.fromkeys(done.problems))
    told = _told(setting, [call.key for call in calls])
    holders = Holders(setting, day_of_s(until))
    for call in calls:
        if call.key in told:
            continue
        people = holders.of(call.posts, call.item.unit)
        if not people:
            done.problems.append(_nobody(setting, call))
            continue
        about = f"{call.item.duty.ledger}/{call.item.number}"
        title = text(setting, call, until)
        done.told += tell(setting.campaign, people, call.kind, call.key, title, about, until * 1_000_000)


def _calls(item: Item, days: Calendar, until: int) -> Iterator[Call]:
    """What should have been told of an item by now: the last reminder, and every step of the ladder."""
    duty, limit = item.duty, item.limit
    # With the deadline in the key, an extended one is reminded of anew.
    key = f"{duty.key}/{item.number}/{iso(day_of_s(limit))}"
    reminders = [(reminder_at(each, duty, limit, days), each.said) for each in duty.remind]
    due = [each for each in reminders if each[0] <= until]
    if due:
        at, said = max(due)
        yield Call(at, REMIND, f"{REMIND}/{key}/{said}", duty.by, item)
    for step in duty.escalate:
        at = escalation_at(step, duty, limit, days)
        if at <= until:
            yield Call(at, ESCALATE, f"{ESCALATE}/{key}/{step.said}", step.to, item)


def _told(setting: Setting, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for i in range(0, len(keys), _AT_ONCE):
        rows = Message.objects.filter(campaign=setting.campaign, key__in=keys[i : i + _AT_ONCE])
        found.update(rows.values_list("key", flat=True))
    return found


class Holders:
    """Who holds which post for which unit on a day."""

    def __init__(self, setting: Setting, day: int) -> None:
        self.setting = setting
        self.day = day
        rows = Holding.objects.filter(campaign=setting.campaign, from_day__lte=day, to_day__gt=day)
        self.held = list(rows.filter(user__is_active=True).select_related("user").order_by("pk"))

    def of(self, posts: Iterable[str], unit: str) -> list[User]:
        """Those who hold one of the posts for this very unit; or for its region; or for everything."""
        wanted = set(posts)
        node = self.setting.units.nodes[unit]
        regions = self.setting.regions
        above = set(regions.path(node.region, self.day)) if node.region in regions else set()
        found: dict[int, User] = {}
        for held in self.held:
            if held.post not in wanted:
                continue
            whole = not held.unit_code and (not held.region_code or held.region_code in above)
            if whole or held.unit_code == unit:
                found[held.user.pk] = held.user
        return list(found.values())


def text(setting: Setting, call: Call, until: int) -> str:
    """What is said: the duty, its period, the unit and the deadline; never a person."""
    item, unit = call.item, setting.units.name(call.item.unit)
    due = minute(item.limit * 1_000_000)
    about = f" {item.about}" if item.about else ""
    head = f"{item.duty.title} {item.due.period}{about}（{unit}）"
    if item.status == RETURNED:
        return f"【退回重报】{head}：被退回，尚未重报，期限 {due}。"
    if item.limit < until:
        word = "逾期未报" if call.kind == REMIND else "逾期告知"
        return f"【{word}】{head}：期限 {due} 已过，还没有报。"
    return f"【报送提醒】{head}：请在 {due} 前报送。"


def _nobody(setting: Setting, call: Call) -> Problem:
    posts = say_posts(setting.pack, call.posts)
    unit = setting.units.name(call.item.unit)
    return says.NOBODY_TOLD.at(unit=unit, posts=posts, title=call.item.duty.title)
