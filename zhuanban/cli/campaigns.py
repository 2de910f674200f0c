"""Commands about one campaign: make it, import, tables, what stands behind a figure, history, inbox."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from zhuanban.cli.base import AS, DAY, JSON, TARGET, Exit, as_json_text, complain, out, with_database
from zhuanban.cli.told import history_lines, waiting_lines
from zhuanban.core import clock
from zhuanban.core.day import beijing, iso
from zhuanban.core.natural import natural
from zhuanban.core.problem import Kind, Place, Refused
from zhuanban.ledger import inbox as waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.read import find_pack, load, pack_files
from zhuanban.pack.words import say_column
from zhuanban.people.actions import create_campaign, log_access
from zhuanban.people.models import Campaign, User
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR, Actor, actor_for
from zhuanban.sheets.actions import import_files
from zhuanban.sheets.export import text_width, write_csv
from zhuanban.sheets.export_table import write_table_xlsx
from zhuanban.sheets.forms import check_templates
from zhuanban.sheets.out import printed, table_columns, table_texts
from zhuanban.tally.behind import Behind, behind
from zhuanban.tally.seen import seen_behind, seen_table
from zhuanban.tally.tables import Result

NO_LOGIN = Kind("cli-020", "没有账号“{login}”。", "请核对账号。")


def viewer_of(campaign: str, login: str) -> Viewer:
    """The acting person's view of a campaign; without a login the local operator's."""
    here = setting(campaign)
    return Viewer(here, actor_of(here, login))


def actor_of(here: Setting, login: str) -> Actor:
    if not login:
        return OPERATOR
    user = User.objects.filter(username=login, is_active=True).first()
    if user is None:
        raise Refused(NO_LOGIN.at(login=login))
    return actor_for(user, here.campaign, clock.today())


@click.group()
def campaign() -> None:
    """专项行动。"""


@campaign.command()
@click.argument("name", metavar="NAME")
@click.option("--pack", "pack_name", required=True, metavar="DIR_OR_NAME", help="行动包的文件夹或名称。")
@click.option("--regions", required=True, type=click.Path(path_type=Path), help="区划表 CSV。")
@click.option("--units", required=True, type=click.Path(path_type=Path), help="单位表 CSV。")
@click.option("--start", required=True, type=DAY, help="行动开始日期。")
@with_database
def create(name: str, pack_name: str, regions: Path, units: Path, start: int) -> None:
    """建立行动。"""
    folder = find_pack(pack_name)
    files = pack_files(folder)
    pack = load(files, folder.name)
    if unfit := check_templates(pack):
        raise Exit(unfit)
    create_campaign(name, files, pack, regions, units, start)
    click.echo(f"已建立行动“{name}”。")


@campaign.command("list")
@JSON
@with_database
def list_(as_json: bool) -> None:
    """列出各行动。"""
    rows = [
        {"campaign": c.name, "pack": c.pack_version.key, "start": iso(c.start), "demo_clock": c.demo_clock}
        for c in Campaign.objects.select_related("pack_version").order_by("name")
    ]
    if as_json:
        out({"campaigns": rows})
        return
    for row in rows:
        click.echo(f"{row['campaign']:<20} {row['pack']:<20} {row['start']}{' 演示时钟' if row['demo_clock'] else ''}")


@click.command("import")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("ledger", metavar="LEDGER")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--on", "on", type=DAY, default=None, help="表中没写日期的变动算在哪一天；缺省为今天。")
@click.option("--dry-run", is_flag=True, help="只看结果，不登记。")
@click.option("--marked", type=click.Path(path_type=Path), default=None, help="批注副本放在哪个文件夹。")
@click.option("--files", "folder", type=click.Path(path_type=Path), default=None, help="表中照片和附件放在哪个文件夹。")
@AS
@JSON
@with_database
def import_(
    campaign: str,
    ledger: str,
    files: tuple[Path, ...],
    on: int | None,
    dry_run: bool,
    marked: Path | None,
    folder: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """收表：把表格登记进台账。"""
    here = setting(campaign)
    actor = actor_of(here, login)
    report = import_files(here, ledger, files, actor, on=on, dry_run=dry_run, marked=marked, files=folder)
    if as_json:
        out(report.as_json())
    else:
        for each in report.files:
            click.echo(
                f"{each.file}：{each.rows}行，新登记{each.new}，有变动{each.changed}，无变动{each.unchanged}，"
                f"收过的{each.already}，待处理{each.waiting}"
            )
            for warning in each.warnings:
                click.echo(f"  提示：{warning}", err=True)
            if each.marked:
                click.echo(f"  批注副本：{each.marked}")
        complain(report.problems)
    if report.problems:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("table", metavar="TABLE")
@click.option("--as-of", "as_of", required=True, type=DAY, help="截止日期。")
@click.option("--region", default="", help="区划代码或名称；缺省为全部。")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json", "xlsx"]), default="text", help="格式。")
@click.option("-o", "--output", "target", type=TARGET, default=None, help="写入文件。")
@AS
@with_database
def table(campaign: str, table: str, as_of: int, region: str, form: str, target: Path | None, login: str) -> None:
    """统计表：任一天、任一处。"""
    if form == "xlsx" and target is None:
        raise click.UsageError("xlsx 须用 -o 写明文件。")
    viewer = viewer_of(campaign, login)
    result = seen_table(viewer, table, region, as_of)
    if form != "text" or target is not None:
        detail = {"table": result.table.key, "as_of": iso(as_of), "region": result.node, "format": form}
        log_access(viewer.setting.campaign, viewer.actor, "export", detail)
    if form == "xlsx":
        assert target is not None
        write_table_xlsx(target, printed(viewer.setting, result))
    elif form == "csv":
        columns = table_columns(viewer.setting, result)
        write_csv(target if target is not None else sys.stdout.buffer, columns, table_texts(result))
    elif form == "json":
        _write(target, as_json_text(table_json(viewer.setting, result)))
    else:
        _write(target, f"{table_text(viewer.setting, result)}\n".encode())


def _write(target: Path | None, content: bytes) -> None:
    """To the file, or to the output where none is named."""
    if target is not None:
        target.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


def table_json(here: Setting, result: Result) -> dict[str, Any]:
    """A table as JSON; the keys are described in docs/cli.md."""

    def cell(row: str, column: str) -> dict[str, Any]:
        held = result.cells[(row, column)]
        found: dict[str, Any] = {"text": held.text}
        if held.value is not None:
            found["value"] = held.value
        if held.ratio is not None:
            found |= {"part": held.ratio.part, "whole": held.ratio.whole}
        return found

    asked = result.table
    return {
        "table": asked.key,
        "title": asked.title,
        "head": asked.head,
        "as_of": iso(result.day),
        "region": result.node,
        "region_name": here.regions.name(result.node, result.day),
        "columns": [{"key": c.key, "title": c.title} for c in asked.columns.values()],
        "rows": [
            {"key": r.key, "name": r.name, "total": r.total, "cells": {k: cell(r.key, k) for k in asked.columns}}
            for r in result.rows
        ],
    }


def table_text(here: Setting, result: Result) -> str:
    """A table for the terminal, its columns aligned by width."""
    asked = result.table
    lines = [[asked.head, *(c.title for c in asked.columns.values())]]
    lines += [[r.name, *(result.cells[(r.key, k)].text for k in asked.columns)] for r in result.rows]
    widths = [max(text_width(line[i]) for line in lines) for i in range(len(lines[0]))]
    body = ["  ".join(c + " " * round(w - text_width(c)) for c, w in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([asked.title, f"截止日期：{iso(result.day)}　{here.regions.name(result.node, result.day)}", *body])


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("table", metavar="TABLE")
@click.option("--as-of", "as_of", required=True, type=DAY, help="截止日期。")
@click.option("--row", required=True, help="行的名称或键。")
@click.option("--column", required=True, help="列的名称或键。")
@click.option("--region", default="", help="区划代码或名称；缺省为全部。")
@AS
@JSON
@with_database
def explain(
    campaign: str, table: str, as_of: int, row: str, column: str, region: str, login: str, as_json: bool
) -> None:
    """说明一个数：由哪些条目得来。"""
    viewer = viewer_of(campaign, login)
    found = seen_behind(viewer, table, region, as_of, row, column)
    result, spec = found.result, found.column
    items = sorted(found.items, key=_order)
    held = result.cells[(found.row.key, spec.key)]
    said: dict[str, Any] = {
        "table": result.table.key,
        "as_of": iso(as_of),
        "row": found.row.name,
        "column": spec.title,
        "text": held.text,
        "value": held.value,
        "means": say_column(viewer.setting.pack, result.table, spec),
        "records": [_behind(viewer, b, as_of) for b in items],
    }
    if held.ratio is not None and spec.ratio is not None and spec.round is not None:
        part = behind(viewer.setting, result.table, result.table.columns[spec.ratio[0]], found.row.count, as_of)
        numbers = {b.number for b in items}
        said |= {
            "part": held.ratio.part,
            "whole": held.ratio.whole,
            "round": spec.round.value,
            "part_records": [_behind(viewer, b, as_of) for b in sorted(part, key=_order) if b.number in numbers],
        }
    if as_json:
        out(said)
        return
    click.echo(f"{result.table.title}　{found.row.name}　{spec.title}：{held.text}")
    click.echo(f"含义：{said['means']}")
    if held.ratio is not None:
        click.echo(f"{held.ratio.part} ÷ {held.ratio.whole}")
    for each in said["records"]:
        click.echo(f"  {each['number']:<24} {each['state']}  自{each['since']}  {each['region_name']}")


def _order(item: Behind) -> tuple[str, tuple[Any, ...]]:
    return item.ledger, natural(item.number)


def _behind(viewer: Viewer, item: Any, day: int) -> dict[str, Any]:
    here = viewer.setting
    fact = item.event
    return {
        "ledger": item.ledger,
        "number": item.number,
        "n": item.n,
        "state": item.now.state,
        "region": item.now.region,
        "region_name": here.regions.name(item.now.region, day),
        "unit": item.now.unit,
        "unit_name": here.units.name(item.now.unit, day) if item.now.unit else "",
        "since": iso(item.since),
        "event": {
            "version": fact.version,
            "verb": fact.verb,
            "title": fact.body.get("move", fact.verb),
            "on": iso(fact.on),
            "at": beijing(fact.at),
            "by": fact.actor,
        },
    }


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("ledger", metavar="LEDGER")
@click.argument("number", metavar="NUMBER")
@AS
@JSON
@with_database
def history(campaign: str, ledger: str, number: str, login: str, as_json: bool) -> None:
    """一个条目的来龙去脉。"""
    viewer = viewer_of(campaign, login)
    book = viewer.ledger(ledger)
    said = viewer.history(book, number)
    if as_json:
        out(said)
        return
    click.echo(f"{said['number']}　{said['state']}　{said['region_name']}　{said['unit_name']}")
    for line in history_lines(viewer, book, said):
        click.echo(line)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@AS
@JSON
@with_database
def inbox(campaign: str, login: str, as_json: bool) -> None:
    """收件箱：没有登记进去、等人处理的。"""
    viewer = viewer_of(campaign, login)
    items = list(viewer.inbox())
    if as_json:
        out({"items": items})
        return
    if not items:
        click.echo("收件箱是空的。")
    for item in items:
        for line in waiting_lines(viewer.setting, item):
            click.echo(line)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("item", type=int, metavar="ITEM")
@click.option("--discard", "reason", required=True, help="不再登记的理由。")
@AS
@with_database
def settle(campaign: str, item: int, reason: str, login: str) -> None:
    """办结收件箱里的一件。"""
    viewer = viewer_of(campaign, login)
    if not any(each["id"] == item for each in viewer.inbox()):
        raise Exit([waiting.NO_ITEM.at(Place(record=str(item)))])
    waiting.discard(viewer.setting.campaign, item, viewer.actor, reason)
    click.echo("已办结。")


COMMANDS = [campaign, import_, table, explain, history, inbox, settle]
