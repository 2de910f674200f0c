"""Alarms: what the pack wants told at once, watched in the same transaction as the change that causes it.

A follower of the door. An alarm is open until the same series says otherwise; who tells it twice is not heard twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from zhuanban.core import clock
from zhuanban.core.day import beijing, iso
from zhuanban.core.problem import Place, Refused
from zhuanban.core.ratio import scaled_text
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import Snapshot, Transition
from zhuanban.notify import problems as says
from zhuanban.notify.actions import tell
from zhuanban.notify.models import Alarm as Raised
from zhuanban.notify.models import Message
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import Alarm, FieldType, Ledger
from zhuanban.people.models import Holding, User
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor, Held, reach

KIND = "alarm"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at a record says of one alarm: so since a day (`words` say how), or not so any more."""

    alarm: Alarm
    series: str
    now: Snapshot
    day: int
    words: str = ""  # "" = not so
    level: int | None = None


def follow_door(setting: Setting, transitions: Sequence[Transition]) -> None:
    """Raise and end the alarms of changed records. Called by the door inside its transaction."""
    watched: dict[str, list[Alarm]] = {}
    for alarm in setting.pack.alarms.values():
        watched.setdefault(alarm.ledger, []).append(alarm)
    looked = [t for t in transitions if t.ledger in watched and t.after]
    if not looked:
        return
    numbers = _numbers([t.record_id for t in looked])
    links = _Links(setting)
    for t in looked:
        for alarm in watched[t.ledger]:
            for finding in _look(setting, alarm, t, numbers[t.record_id], links):
                _settle(setting, finding, t.ledger, numbers[t.record_id])


def _numbers(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for i in range(0, len(ids), _AT_ONCE):
        found.update(Record.objects.filter(pk__in=ids[i : i + _AT_ONCE]).values_list("pk", "number"))
    return found


class _Links:
    """Fields of records that a link names, looked up once a batch."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._known: dict[tuple[str, str], Mapping[str, Any]] = {}

    def value(self, ledger: Ledger, now: Snapshot, path: str) -> Any:
        """What `field` or `link.field` of a record says."""
        link, dot, name = path.partition(".")
        if not dot:
            return now.data.get(link)
        key = (ledger.fields[link].ledger, str(now.data.get(link, "")))
        if key not in self._known:
            rows = Record.objects.filter(campaign=self.setting.campaign, ledger=key[0], number=key[1])
            self._known[key] = rows.values_list("data", flat=True).first() or {}
        return self._known[key].get(name)


def _look(setting: Setting, alarm: Alarm, t: Transition, number: str, links: _Links) -> Iterator[Finding]:
    ledger = setting.pack.ledgers[alarm.ledger]
    day, now = t.after[-1]
    parts = [now.region if k == "region" else now.unit if k == "unit" else now.data.get(k) for k in alarm.per]
    series = "|".join(str(p) for p in parts if p is not None)[:200] if alarm.per else number
    if now.withdrawn:
        yield Finding(alarm, series, now, day)
    elif alarm.rises:
        yield from _rises(ledger, alarm, t, series)
    elif alarm.worse:
        mine, than = now.data.get(alarm.worse), links.value(ledger, now, alarm.than)
        order = [option.title for option in ledger.fields[alarm.worse].options]
        if mine in order and than in order:
            title = ledger.fields[alarm.worse].title
            worse = order.index(str(mine)) > order.index(str(than))
            yield Finding(alarm, series, now, day, f"{title}{mine}，差于{than}" if worse else "")
    else:
        holds = compile_conditions(alarm.where, ledger)(now.data, now.state, now.region, now.unit, None)
        yield Finding(alarm, series, now, day, alarm.title if holds else "")


def _rises(ledger: Ledger, alarm: Alarm, t: Transition, series: str) -> Iterator[Finding]:
    """Every step of the record's timeline that is new, and goes up; then whether it has come down again."""
    spec = ledger.fields[alarm.rises]
    decimals = spec.decimals if spec.type is FieldType.NUMBER else 0

    def scaled(now: Snapshot) -> int | None:
        value = now.data.get(alarm.rises)
        return None if value is None else round(value * 10**decimals)

    def steps(line: Iterable[tuple[int, Snapshot]]) -> Iterator[tuple[int, Snapshot, int, int]]:
        known = [(day, now, value) for day, now in line if (value := scaled(now)) is not None]
        for (_, _, before), (day, now, value) in pairwise(known):
            if value != before:
                yield day, now, before, value

    told = {(day, before, value) for day, _, before, value in steps(t.before)}
    for day, now, before, value in steps(t.after):
        if (day, before, value) in told:
            continue
        if value > before:
            shown = f"{scaled_text(before, decimals)}增为{scaled_text(value, decimals)}{spec.unit}"
            yield Finding(alarm, series, now, day, f"{spec.title}由{shown}", before)
        else:
            yield Finding(alarm, series, now, day, level=value)


def _settle(setting: Setting, finding: Finding, ledger: str, number: str) -> None:
    alarm, campaign = finding.alarm, setting.campaign
    open_ = Raised.objects.filter(campaign=campaign, key=alarm.key, series=finding.series, over_at=None).first()
    at = clock.now()
    if not finding.words:
        # A number that fell is over its alarm only when it is back to where it rose from.
        still_up = open_ is not None and open_.level is not None and (finding.level or 0) > open_.level
        if open_ is not None and finding.day >= open_.on_day and not still_up:
            Raised.objects.filter(pk=open_.pk).update(over_on=finding.day, over_at=at)
        return
    if open_ is not None:
        return
    now = finding.now
    where = setting.regions.name(now.region) if now.region in setting.regions else ""
    words = finding.words if finding.words != alarm.title else setting.pack.ledgers[ledger].title
    text = f"【警报】{alarm.title}：{where} {words}（{iso(finding.day)}，{number}）"[:200]
    raised = Raised.objects.create(
        campaign=campaign, key=alarm.key, series=finding.series, ledger=ledger, number=number, region=now.region,
        unit=now.unit, says=text, level=finding.level, on_day=finding.day, at=at,
    )  # fmt: skip
    people = list(_holders(setting, alarm.tell, now.region, now.unit))
    tell(campaign, people, KIND, f"{KIND}/{raised.pk}", text, f"{ledger}/{number}", at)


def escalate(setting: Setting, until: int) -> list[Message]:
    """Tell the next ones of alarms that nobody has taken note of by an instant (UTC seconds); what is new."""
    ladders = {key: alarm.escalate for key, alarm in setting.pack.alarms.items() if alarm.escalate}
    if not ladders:
        return []
    rows = Raised.objects.filter(campaign=setting.campaign, key__in=ladders, over_at=None, seen_at=None)
    told: list[Message] = []
    for raised in rows.order_by("pk"):
        for step in ladders[raised.key]:
            at = raised.at + step.minutes * 60_000_000
            if at > until * 1_000_000:
                continue
            text = f"{raised.says}；{step.said}内无人签收"[:200]
            people = _holders(setting, step.to, raised.region, raised.unit)
            key, about = f"{KIND}/{raised.pk}/{step.said}", f"{raised.ledger}/{raised.number}"
            told += tell(setting.campaign, people, KIND, key, text, about, until * 1_000_000)
    return told


def _holders(setting: Setting, posts: Sequence[str], region: str, unit: str) -> Iterator[User]:
    """Who holds one of these posts today where the record lies."""
    day = clock.today()
    rows = Holding.objects.filter(campaign=setting.campaign, post__in=posts, from_day__lte=day, to_day__gt=day)
    told: set[int] = set()
    for held in rows.filter(user__is_active=True).select_related("user").order_by("pk"):
        actor = Actor(held.user_id, held.user.username, (Held(held.post, held.region_code, held.unit_code),))
        here = reach(actor, setting.pack, setting.regions, setting.units, day)
        if held.user_id not in told and here.covers(region, unit):
            told.add(held.user_id)
            yield held.user


def alarms_of(viewer: Viewer, *, over: bool = False) -> list[Raised]:
    """The alarms of records that the viewer may see, open ones (or, with `over`, all), newest first."""
    rows = Raised.objects.filter(campaign=viewer.setting.campaign).order_by("-at", "-pk")
    if not over:
        rows = rows.filter(over_at=None)
    ledgers = viewer.setting.pack.ledgers
    found = list(rows)
    seen: set[tuple[str, str]] = set()
    for key in {a.ledger for a in found}:
        numbers = [a.number for a in found if a.ledger == key]
        visible = viewer.records(ledgers[key]).filter(number__in=numbers)
        seen.update((key, number) for number in visible.values_list("number", flat=True))
    return [a for a in found if (a.ledger, a.number) in seen]


def alarm_json(alarm: Raised) -> dict[str, Any]:
    """An alarm: `id`, `alarm`, `says`, `ledger`, `number`, `on`, `at`, `over_on`, `seen_by`, `seen_at`."""
    return {
        "id": alarm.pk,
        "alarm": alarm.key,
        "says": alarm.says,
        "ledger": alarm.ledger,
        "number": alarm.number,
        "on": iso(alarm.on_day),
        "at": beijing(alarm.at),
        "over_on": None if alarm.over_on is None else iso(alarm.over_on),
        "seen_by": alarm.seen_by,
        "seen_at": None if alarm.seen_at is None else beijing(alarm.seen_at),
    }


def acknowledge(viewer: Viewer, alarm: int) -> None:
    """Somebody has taken note of an alarm, by name. Raises Refused where it is not there for him."""
    mine = [a for a in alarms_of(viewer, over=True) if a.pk == alarm]
    if not mine:
        raise Refused(says.NO_ALARM.at(Place(record=str(alarm))))
    rows = Raised.objects.filter(pk=alarm, seen_at=None)
    rows.update(seen_by=viewer.actor.login, seen_at=clock.now())
