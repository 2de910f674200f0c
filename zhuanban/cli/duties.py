"""Commands of duties: what is owed, each step of a report, reminders and messages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import click

from zhuanban.cli.base import AS, DAY, JSON, MOMENT, complain, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.cli.told import turn_line
from zhuanban.core import clock
from zhuanban.core.day import beijing, minute
from zhuanban.core.problem import Refused
from zhuanban.duty import actions as do
from zhuanban.duty import problems as says
from zhuanban.duty.actions import Target
from zhuanban.duty.figures import changes_since, stamp_shown
from zhuanban.duty.queries import board
from zhuanban.duty.rules import Item
from zhuanban.duty.shown import board_json, board_lines, notes
from zhuanban.duty.tick import tick as tick_campaign
from zhuanban.ledger.change import Outcome
from zhuanban.ledger.queries import Viewer
from zhuanban.notify.actions import send_due
from zhuanban.notify.models import Message
from zhuanban.notify.queries import message_json, messages_of
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.sheets.export import text_width

log = logging.getLogger(__name__)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--as-of", "as_of", type=MOMENT, default=None, help="截至时刻，如 2021-10-21 12:00；缺省为现在。")
@click.option("--duty", "duty", default="", help="只看一项报送任务。")
@AS
@JSON
@with_database
def duties(campaign: str, as_of: int | None, duty: str, login: str, as_json: bool) -> None:
    """报送：应报、已报、迟报、未报、零报告、退回，按单位。"""
    viewer = viewer_of(campaign, login)
    at = clock.now() // 1_000_000 if as_of is None else as_of
    seen = board(viewer, at, do.duty_named(viewer, duty).key if duty else "")
    if as_json:
        out(board_json(seen))
        return
    lines = board_lines(seen)
    widths = [max(text_width(line[i]) for line in lines) for i in range(len(lines[0]))]
    click.echo(f"报送情况（截至 {beijing(at * 1_000_000)[:19].replace('T', ' ')}）")
    for line in lines:
        click.echo("  ".join(c + " " * round(w - text_width(c)) for c, w in zip(line, widths, strict=True)).rstrip())
    for note in notes(seen):
        click.echo(note)
    complain([*seen.problems, *seen.advice])


@click.group()
def duty() -> None:
    """报送的各步：填报、签字、报送、退回、接收、延期。"""


def step(work: Callable[..., Outcome]) -> Callable[..., None]:
    """A step of a report as a command: CAMPAIGN DUTY UNIT PERIOD [--record NUMBER], then what the step itself asks."""

    @wraps(work)
    def run(
        campaign: str, duty_name: str, unit: str, period: str, record: str, login: str, as_json: bool, **asked: Any
    ) -> None:
        viewer, target = viewer_of(campaign, login), Target(duty_name, unit, period, record)
        outcome = work(viewer, target, **asked)
        item = do.find(viewer, target)
        if as_json:
            said = {"number": outcome.number, "version": outcome.version, "state": item.state, "status": item.status}
            out(said | {"warnings": [p.as_json() for p in outcome.problems]})
        else:
            complain(outcome.problems)
            click.echo(f"{item.duty.title} {item.due.period} {viewer.setting.units.name(item.unit)}：{item.state}。")

    return which_report(run)


def which_report(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that name a report, and who acts."""
    for decorate in (
        with_database,
        JSON,
        AS,
        click.option("--record", default="", help="逐条报送的，为哪一条。"),
        click.argument("period", metavar="PERIOD"),
        click.argument("unit", metavar="UNIT"),
        click.argument("duty_name", metavar="DUTY"),
        click.argument("campaign", metavar="CAMPAIGN"),
    ):
        command = decorate(command)
    return command


REASON = click.option("--reason", required=True, help="理由。")
PATH = click.Path(path_type=Path)


@duty.command()
@step
@click.option("--as-of", "as_of", type=DAY, default=None, help="数据截止日；缺省为今天。")
@click.option("--zero", is_flag=True, help="零报告：本期没有要报的内容。")
@click.option("--file", "files", multiple=True, type=PATH, help="附件。")
@click.option("--field", "fields", multiple=True, metavar="栏目=内容", help="报送件的其他栏目。")
def fill(
    viewer: Viewer, target: Target, as_of: int | None, zero: bool, files: tuple[Path, ...], fields: tuple[str, ...]
) -> Outcome:
    """填报：由台账填表并固定数据。"""
    return do.fill(viewer, target, day=as_of, zero=zero, files=files, fields=_fields(viewer, target.duty, fields))


def _fields(viewer: Viewer, duty_name: str, said: tuple[str, ...]) -> dict[str, str]:
    ledger = viewer.ledger(do.duty_named(viewer, duty_name).ledger)
    keys = {word: key for key, spec in ledger.fields.items() for word in (key, spec.title)}
    found, wrong = {}, []
    for each in said:
        name, sign, value = each.partition("=")
        if not sign or name not in keys:
            wrong.append(says.NO_FIELD.at(field=each))
        else:
            found[keys[name]] = value
    if wrong:
        raise Refused(wrong)
    return found


@duty.command()
@step
@click.option("--signer", default="", help="签字人姓名；以账号办理时不用写。")
def sign(viewer: Viewer, target: Target, signer: str) -> Outcome:
    """签字：对填好的数据具名负责。"""
    return do.sign(viewer, target, signer)


@duty.command("submit")
@step
@click.option("--receipt", default="", help="经外部平台报送的，平台的回执号。")
@click.option("--reason", default="", help="与须一致的名单不符、缺佐证的，写明原因。")
def submit_(viewer: Viewer, target: Target, receipt: str, reason: str) -> Outcome:
    """报送。"""
    return do.send(viewer, target, receipt, reason)


@duty.command("return")
@step
@REASON
def return_(viewer: Viewer, target: Target, reason: str) -> Outcome:
    """退回重报。"""
    return do.send_back(viewer, target, reason)


@duty.command()
@step
def accept(viewer: Viewer, target: Target) -> Outcome:
    """接收：数据从此不变。"""
    return do.take(viewer, target)


@duty.command()
@step
@click.option("--until", required=True, type=DAY, help="申请延到哪一天。")
@REASON
def extend(viewer: Viewer, target: Target, until: int, reason: str) -> Outcome:
    """申请延期：期限过前提出。"""
    return do.ask_extension(viewer, target, until, reason)


@duty.command()
@step
@click.option("--until", type=DAY, default=None, help="延到哪一天；缺省为所申请的。")
@REASON
def approve(viewer: Viewer, target: Target, until: int | None, reason: str) -> Outcome:
    """批准延期；原期限留着。"""
    return do.grant_extension(viewer, target, reason, until)


@duty.command()
@step
@REASON
def refuse(viewer: Viewer, target: Target, reason: str) -> Outcome:
    """不批准延期。"""
    return do.refuse_extension(viewer, target, reason)


@duty.command()
@step
@click.option("--until", required=True, type=DAY, help="补报期限。")
@REASON
def makeup(viewer: Viewer, target: Target, until: int, reason: str) -> Outcome:
    """期限早于发文的，补定期限。"""
    return do.make_up(viewer, target, until, reason)


@duty.command()
@step
@click.option("--to", "to", required=True, help="收件单位。")
@click.option("--receipt", required=True, help="回执号。")
@click.option("--reason", default="", help="更改已登记的回执，须写原因。")
def delivered(viewer: Viewer, target: Target, to: str, receipt: str, reason: str) -> Outcome:
    """登记收件单位的回执。"""
    return do.deliver(viewer, target, to, receipt, reason)


@duty.command()
@step
@click.option("--file", "files", multiple=True, required=True, type=PATH, help="盖章件的扫描件。")
@click.option("--rows", required=True, type=click.IntRange(min=0), help="盖章件上所载的条数。")
def stamped(viewer: Viewer, target: Target, files: tuple[Path, ...], rows: int) -> Outcome:
    """收回盖章件，与报送时的数据核对。"""
    return do.stamp(viewer, target, rows, files)


def shown(lines: Callable[[Viewer, dict[str, Any]], Iterable[str]]) -> Callable[..., Callable[..., None]]:
    """What a report says of itself as a command: as JSON, or its number, its day and `lines`."""

    def decorate(ask: Callable[[Viewer, Item], dict[str, Any]]) -> Callable[..., None]:
        @wraps(ask)
        def run(campaign: str, duty_name: str, unit: str, period: str, record: str, login: str, as_json: bool) -> None:
            viewer = viewer_of(campaign, login)
            said = ask(viewer, do.find(viewer, Target(duty_name, unit, period, record)))
            if as_json:
                out(said)
                return
            click.echo(f"{said['number']}（数据截至 {said['as_of']}）")
            for line in lines(viewer, said):
                click.echo(f"  {line}")

        return which_report(run)

    return decorate


def _stamps(viewer: Viewer, said: dict[str, Any]) -> Iterator[str]:
    yield f"报送数据：{said['rows']} 条　SHA-256 {said['figures']}"
    for scan in said["scans"]:
        yield f"盖章件：{said['scan_rows']} 条　SHA-256 {scan['sha256']}　{scan['name']}"
    yield "条数相同。" if said["same"] else "条数不同，请核对。" if said["scans"] else "还没有收回盖章件。"


@duty.command("stamp")
@shown(_stamps)
def stamp_(viewer: Viewer, item: Item) -> dict[str, Any]:
    """盖章件与报送数据：各自的校验值、条数。"""
    return stamp_shown(viewer, item)


def _changes(viewer: Viewer, said: dict[str, Any]) -> Iterator[str]:
    def named(record: str) -> str:
        ledger, _, number = record.partition("/")
        return f"{viewer.setting.pack.ledgers[ledger].title} {number}"

    def told(forms: list[dict[str, Any]]) -> Iterator[str]:
        for form in forms:
            yield from (f"{form['title']}：新增 {named(each)}" for each in form["added"])
            yield from (f"{form['title']}：不再有 {named(each)}" for each in form["gone"])
            for each in form["changed"]:
                what = f"{named(each['record'])} 的“{each['column']}”由“{each['was']}”改为“{each['is']}”"
                yield f"{form['title']}：{what}"
        if not any(form[word] for form in forms for word in ("added", "gone", "changed")):
            yield "没有变化。"

    yield from told(said["forms"])
    for n, version in enumerate(said["revised"], 2):
        yield f"第{n}稿（数据截至 {version['as_of']}）与前一稿相比："
        yield from (f"  {line}" for line in told(version["forms"]))


@duty.command()
@shown(_changes)
def changes(viewer: Viewer, item: Item) -> dict[str, Any]:
    """报送以后台账有了哪些变化。"""
    return changes_since(viewer, item)


@duty.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("duty_name", metavar="DUTY")
@click.argument("word", metavar="WORD")
@click.option("--until", type=DAY, default=None, help="报送到哪一天（WORD 为 until）。")
@click.option("--to", "to", default="", help="报送给谁（WORD 为 to）。")
@REASON
@AS
@JSON
@with_database
def answer(
    campaign: str, duty_name: str, word: str, until: int | None, to: str, reason: str, login: str, as_json: bool
) -> None:
    """答复文件没有印、待确认的事项；不写新值就是照现在的办。"""
    outcome = do.answer(viewer_of(campaign, login), duty_name, word, reason, until=until, to=to)
    if as_json:
        out({"number": outcome.number, "version": outcome.version})
    else:
        click.echo(f"已确认：{outcome.number}。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--until", type=MOMENT, default=None, help="到哪一时刻为止；缺省为现在。")
@JSON
@with_database
def tick(campaign: str, until: int | None, as_json: bool) -> None:
    """到点的提醒和逐级告知，每件只发一次。"""
    here = setting(campaign)
    now = clock.now() // 1_000_000
    if until is not None and until > now and not here.campaign.demo_clock:
        raise Refused(says.CLOCK_AHEAD.at(until=minute(until * 1_000_000)))
    if until is not None and here.campaign.demo_clock:
        with clock.set_to(until * 1_000_000):
            done = tick_campaign(here, until)
    else:
        done = tick_campaign(here, now if until is None else until)
    # What a demonstration tells stays in the house: its people are invented, its channels are not.
    sent, failed = (0, 0) if here.campaign.demo_clock else send_due(clock.now())
    if as_json:
        told = [message_json(each) for each in done.told]
        out(
            {
                "turned": [each.as_json() for each in done.turned],
                "told": told,
                "sent": sent,
                "failed": failed,
                "problems": [p.as_json() for p in done.problems],
            }
        )
        return
    for turn in done.turned:
        click.echo(turn_line(here, turn))
    for message in done.told:
        click.echo(f"{_whom(message)}  {message.title}")
    click.echo(f"到期变化 {len(done.turned)} 处，新提醒 {len(done.told)} 条，外发 {sent} 条，未发出 {failed} 条。")
    complain(done.problems)


def _whom(message: Message) -> str:
    user = message.user
    return f"{user.username}（{user}）" if user.display_name else user.username


def tick_all() -> None:
    """One round of the clock: reminders of every campaign that runs by the real time, then what is to go out."""
    now = clock.now()
    for campaign in Campaign.objects.filter(demo_clock=False).order_by("name"):
        for problem in tick_campaign(setting(campaign), now // 1_000_000).problems:
            log.warning("%s: %s", campaign.name, problem)
    send_due(now)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@AS
@JSON
@with_database
def messages(campaign: str, login: str, as_json: bool) -> None:
    """消息：谁在何时被告知了什么，又经哪个渠道发出。"""
    viewer = viewer_of(campaign, login)
    rows = messages_of(viewer.setting.campaign, viewer.actor.user_id)
    if as_json:
        out({"messages": [message_json(each) for each in rows]})
        return
    if not rows:
        click.echo("没有消息。")
    for each in rows:
        ways = "、".join(x.channel for x in each.outgoing.all() if x.sent_at is not None)
        click.echo(f"{minute(each.at)}  {_whom(each)}  {each.title} {ways}".rstrip())


COMMANDS = [duties, duty, tick, messages]
