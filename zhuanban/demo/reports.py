"""Plays the reports of duties: each step on its day by who holds the post, through the room of duties' own actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from zhuanban.core import clock
from zhuanban.core.day import iso
from zhuanban.core.problem import Refused
from zhuanban.demo.pictures import picture
from zhuanban.demo.scan import scan
from zhuanban.demo.script import Reported, ReportStep, Script
from zhuanban.duty import actions
from zhuanban.duty.actions import Target
from zhuanban.duty.figures import reported
from zhuanban.duty.problems import NOTHING_TO_REPORT
from zhuanban.duty.queries import calendar
from zhuanban.duty.rules import dues
from zhuanban.duty.tick import tick
from zhuanban.evidence.actions import keep
from zhuanban.ledger.models import Event
from zhuanban.ledger.queries import Viewer
from zhuanban.pack import duty_ledger as steps
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor

TICK = (9 * 60 + 1) * 60  # second of the day at which reminders are looked at: most are asked for at nine


@dataclass(frozen=True, slots=True)
class Call:
    """Something that happens in a second of a day."""

    day: int
    second: int
    run: Callable[[], None]


SAID = {
    "fill": steps.FILL, "sign": steps.SIGN, "send": steps.SEND, "return": steps.RETURN, "accept": steps.TAKE,
    "deliver": steps.DELIVER, "stamp": steps.STAMP, "ask": steps.ASK, "grant": steps.GRANT, "refuse": steps.REFUSE,
    "make_up": steps.MAKE_UP,
}  # fmt: skip


class Reporter:
    def __init__(self, here: Setting, actors: Mapping[str, Actor], say: Callable[[str], None]) -> None:
        self.here = here
        self.actors = actors
        self.say = say
        self.calendar = calendar()

    def calls(self, script: Script) -> Iterator[Call]:
        """Every step of every report that the script says; until `mornings` a daily round, where it has work."""
        for each in script.reported:
            yield from self._reports(each, script.end)
        ledgers = self.here.pack.ledgers.values()
        if script.reported or any(rule.always for ledger in ledgers for rule in ledger.rules):
            for day in range(script.start, script.mornings + 1):
                yield Call(day, TICK, self._tick)

    def _tick(self) -> None:
        tick(self.here, clock.now() // 1_000_000)

    def _reports(self, asked: Reported, end: int) -> Iterator[Call]:
        duty = self.here.pack.duties[asked.duty]
        found, problems = dues(duty, self.calendar, end)
        if problems:
            raise Refused(problems)
        for due in found:
            if asked.periods and due.period not in asked.periods:
                continue
            for unit, login in asked.units.items():
                target = Target(duty.key, unit, due.period)
                for nth, step in enumerate(asked.steps_of(unit, due.period)):
                    day = self._day(step, due.day)
                    if day <= end:
                        yield Call(day, _second(step.at), self._step(target, step, nth, login))

    def _day(self, step: ReportStep, due: int) -> int:
        """The day of a step. What is counted from the due date never falls on a rest day."""
        if step.on is not None:
            return step.on
        moved = self.calendar.at_or_after if step.days > 0 else self.calendar.at_or_before
        return moved(due + step.days)

    def _step(self, target: Target, step: ReportStep, nth: int, login: str) -> Callable[[], None]:
        actor = self.actors[step.by.format(by=login)]
        words = {"unit": target.unit, "period": target.period}

        def run() -> None:
            viewer = Viewer(self.here, actor)
            if self._taken(viewer, target) > nth:  # by a play that was broken off
                return
            match step.do:
                case "fill":
                    self._fill(viewer, target, step, words)
                case "sign":
                    actions.sign(viewer, target)
                case "send":
                    actions.send(viewer, target, step.receipt.format(**words))
                case "return":
                    actions.send_back(viewer, target, step.reason)
                case "accept":
                    actions.take(viewer, target)
                case "deliver":
                    actions.deliver(viewer, target, step.to, step.receipt.format(**words))
                case "ask":
                    actions.ask_extension(viewer, target, _until(step), step.reason)
                case "grant":
                    actions.grant_extension(viewer, target, step.reason, step.until)
                case "make_up":
                    actions.make_up(viewer, target, _until(step), step.reason)
                case "stamp":
                    self._stamp(viewer, target, step)
                case "refuse":
                    actions.refuse_extension(viewer, target, step.reason)
            title = self.here.pack.duties[target.duty].title
            self.say(f"{iso(clock.today())}  {actor.login:<10} {title} {target.unit} {target.period} {SAID[step.do]}")

        return run

    def _taken(self, viewer: Viewer, target: Target) -> int:
        """How many steps the report has taken already: one change each."""
        item = actions.find(viewer, target)
        events = Event.objects.filter(
            campaign=self.here.campaign, record__ledger=item.duty.ledger, record__number=item.number
        )
        return events.values("change").distinct().count()

    def _fill(self, viewer: Viewer, target: Target, step: ReportStep, words: Mapping[str, str]) -> None:
        by = viewer.actor.user_id
        kept = [
            keep(self.here.campaign, _content(name, text.format(**words)), name.format(**words), by)
            for name, text in step.files.items()
        ]
        if step.zero != "when_empty":
            actions.fill(viewer, target, zero=bool(step.zero), kept=kept, fields=step.set)
            return
        try:
            actions.fill(viewer, target, kept=kept, fields=step.set)
        except Refused as refused:
            if [p.code for p in refused.problems] != [NOTHING_TO_REPORT.code]:
                raise
            actions.fill(viewer, target, zero=True, kept=kept, fields=step.set)

    def _stamp(self, viewer: Viewer, target: Target, step: ReportStep) -> None:
        """The scan of what was reported, stamped, with the number of rows that the step says stands on it."""
        was = reported(viewer, actions.find(viewer, target))
        (form, *_) = was.forms
        foot = f"合计：{step.rows} 条　　制表日期：{iso(was.day)}"
        drawn = scan(form.title, form.heads, [row.cells for row in form.rows], foot, target.unit)
        kept = keep(self.here.campaign, drawn, f"{form.title}（盖章扫描件）.jpg", viewer.actor.user_id)
        actions.stamp(viewer, target, step.rows, kept=[kept])


def _content(name: str, text: str) -> bytes:
    """A drawing for the name of a picture, else the text."""
    return picture([text], text, signature=False) if name.endswith(".jpg") else text.encode()


def _second(text: str) -> int:
    hour, minute, *second = map(int, text.split(":"))
    return (hour * 60 + minute) * 60 + sum(second)


def _until(step: ReportStep) -> int:
    if step.until is None:
        raise ValueError("reported: ask without until")
    return step.until
