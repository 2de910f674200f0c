"""Commands that give lists: work lists of the pack, seeded draws, a whole ledger as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from django.db.models import Max

from zhuanban.cli.base import AS, DAY, JSON, TARGET, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.cli.told import field_writers
from zhuanban.core import clock
from zhuanban.core.day import iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.search import Filter, find
from zhuanban.ledger.view import Masker
from zhuanban.oversight.draws import Drawn, draw, explanation
from zhuanban.oversight.population import find_draw, population
from zhuanban.oversight.problems import NOT_YOURS
from zhuanban.pack.values import FILE_TYPES, Draw, FieldType, Ledger
from zhuanban.pack.work_list import WorkList
from zhuanban.people.actions import log_access
from zhuanban.people.scope import Reach
from zhuanban.sheets.export import stamp, write_csv, write_xlsx
from zhuanban.sheets.out import ledger_columns, ledger_rows
from zhuanban.tally.books import Listed
from zhuanban.tally.lists import find_list
from zhuanban.tally.seen import seen_list
from zhuanban.tally.tables import find_node

AS_OF = click.option("--as-of", "as_of", type=DAY, default=None, help="截止日期；缺省为今天。")
REGION = click.option("--region", default="", help="区划代码或名称；缺省为全部。")


@click.command("list")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("name", metavar="LIST")
@AS_OF
@REGION
@AS
@JSON
@with_database
def list_(campaign: str, name: str, as_of: int | None, region: str, login: str, as_json: bool) -> None:
    """清单：截至某天，哪些条目要办，哪些地方还没有。"""
    viewer = viewer_of(campaign, login)
    asked = find_list(viewer.setting, name)
    day = viewer.today if as_of is None else as_of
    listed = seen_list(viewer, asked, region, day)
    entries = [_entry(viewer, each, day) for each in listed]
    if as_json:
        out(
            {
                "list": asked.key,
                "title": asked.title,
                "ledger": asked.ledger,
                "as_of": iso(day),
                "count": len(entries),
                "entries": entries,
            }
        )
        return
    click.echo(f"{asked.title}　截止日期：{iso(day)}　共 {len(entries)}")
    for each, fields in zip(entries, _fields(viewer, asked, listed), strict=True):
        # A street is often a region and a unit of the same name: that is said once.
        where = dict.fromkeys((each["region_name"], each["unit_name"]))
        click.echo("  " + "  ".join(filter(None, (each["number"], each["state"], *where, fields, each["says"]))))
    if as_of is None:
        _tell_last(viewer, [viewer.setting.pack.ledgers[asked.ledger]], day)


_LONG = FILE_TYPES | {FieldType.TEXT, FieldType.LONG_TEXT}


def _fields(viewer: Viewer, asked: WorkList, listed: Sequence[Listed]) -> Iterator[str]:
    """Of each record the fields that the list's conditions leave open, and those that it is to show:
    `整改时限：2022-06-01，责任人：RY-016 赵某甲`."""
    ledger = viewer.setting.pack.ledgers[asked.listed or asked.ledger]
    where = asked.among if asked.misses else asked.where
    # What all records on the list say alike, its title says once for all.
    asks = dict.fromkeys(c.field.partition(".")[0] for c in where if c.op != "is" or "." in c.field)
    # Texts at length do not fit the line, and may name people in words.
    short = [
        k for k in asks if k in ledger.fields and not ledger.fields[k].personal and ledger.fields[k].type not in _LONG
    ]
    keys = tuple(dict.fromkeys((*short, *asked.show)))
    masker = Masker(ledger)
    shown = [masker.show(each.now.data) if each.now else {} for each in listed]
    writers = field_writers(viewer, ledger, shown)
    for each in shown:
        yield "，".join(f"{ledger.fields[k].title}：{writers[k](each[k])}" for k in keys if each.get(k) is not None)


def _tell_last(viewer: Viewer, ledgers: Iterable[Ledger], day: int) -> None:
    """Where nobody named a day and nothing is known of it, say until when something is."""
    lasts = [
        viewer.records(ledger).aggregate(last=Max("last_on"))["last"] for ledger in ledgers if viewer.knows(ledger)
    ]
    last = max((on for on in lasts if on is not None), default=None)
    if last is None:
        click.echo(f"提示：没有写截止日期，按今天（{iso(day)}）；还没有任何登记。", err=True)
    elif last < day:
        click.echo(
            f"提示：没有写截止日期，按今天（{iso(day)}）；最近的登记在 {iso(last)}，可用 --as-of {iso(last)}。",
            err=True,
        )


def _entry(viewer: Viewer, each: Listed, day: int) -> dict[str, Any]:
    now, units = each.now, viewer.setting.units
    unit = each.unit or (now.unit if now else "")
    return {
        "number": each.number,
        "state": now.state if now else "",
        "region": each.region,
        "region_name": viewer.setting.regions.name(each.region, day),
        "unit": unit,
        "unit_name": units.name(unit, day) if unit else "",
        "says": each.says,
        "facts": [fact._asdict() for fact in each.facts],
    }


@click.command("draw")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("name", metavar="DRAW")
@click.option("--seed", required=True, metavar="TEXT", help="当众定下的种子。")
@AS_OF
@AS
@JSON
@with_database
def draw_(campaign: str, name: str, seed: str, as_of: int | None, login: str, as_json: bool) -> None:
    """抽查：按种子抽网格或条目，任何人都能复算。"""
    viewer = viewer_of(campaign, login)
    here = viewer.setting
    asked = find_draw(here, name)
    what = viewer.ledger(asked.ledger).number_title if asked.ledger else "网格代码"
    day = viewer.today if as_of is None else as_of
    # Each stratum is drawn by itself: who reaches one only gets the same cells of it as who reaches all.
    reach = _reach(viewer, asked)
    cells = {code: c for code, c in population(here, asked, day).items() if reach.everything or code in reach.regions}
    drawn = draw(seed, cells, asked.ratio, asked.round)
    log_access(here.campaign, viewer.actor, "draw", {"draw": asked.key, "seed": seed, "as_of": iso(day)})
    if as_json:
        said = {"draw": asked.key, "title": asked.title, "ledger": asked.ledger, "as_of": iso(day)}
        out({**said, **_drawn(viewer, asked, drawn)})
        return
    click.echo(f"{asked.title}　截止日期：{iso(day)}")
    click.echo(explanation(drawn, {s.code: here.regions.name(s.code, day) for s in drawn.strata}, what))
    if as_of is None:
        _tell_last(viewer, here.pack.ledgers.values(), day)


def _reach(viewer: Viewer, asked: Draw) -> Reach:
    """Where the acting person may draw. Raises Refused where it is not for his posts."""
    if not viewer.actor.operator and not viewer.actor.posts & set(asked.by):
        posts = "、".join(viewer.setting.pack.posts[p].title for p in asked.by) or "（无）"
        raise Refused(NOT_YOURS.at(draw=asked.title, posts=posts))
    return viewer.reaches(asked.by)


def _drawn(viewer: Viewer, asked: Draw, drawn: Drawn) -> dict[str, Any]:
    names = viewer.setting.regions.name

    def said(code: str) -> dict[str, str]:
        return {"number": code} if asked.ledger else {"region": code, "region_name": names(code)}

    part, whole = drawn.ratio
    return {
        "seed": drawn.seed,
        "part": part,
        "whole": whole,
        "round": drawn.rounding.value,
        "groups": [
            {
                "region": s.code,
                "region_name": names(s.code),
                "count": s.count,
                "list_sha256": s.list_sha256,
                "listed": list(s.listed),
                "drawn": [said(code) for code in s.cells],
            }
            for s in drawn.strata
        ],
    }


@click.command("find")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("ledger", metavar="LEDGER")
@click.argument("text", metavar="TEXT")
@REGION
@AS
@JSON
@with_database
def find_(campaign: str, ledger: str, text: str, region: str, login: str, as_json: bool) -> None:
    """查找：编号或栏目里有这些字的条目；〔2018〕、[2018]、【2018】一样。"""
    viewer = viewer_of(campaign, login)
    book = viewer.ledger(ledger)
    node = find_node(viewer.setting, region, viewer.today) if region else ""
    found = viewer.show_all(book, list(find(viewer, book, Filter(region=node, text=text))))
    if as_json:
        out({"ledger": book.key, "title": book.title, "count": len(found), "records": found})
        return
    click.echo(f"{book.title}　查找“{text}”　共 {len(found)}")
    names = viewer.called(book, (each["number"] for each in found))
    for each in found:
        words = (each["number"], names.get(each["number"]), each["state"], each["region_name"], each["unit_name"])
        click.echo("  " + "  ".join(filter(None, words)))


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("ledger", metavar="LEDGER")
@REGION
@click.option("-o", "--output", "target", type=TARGET, required=True, help="写入的文件，.xlsx 或 .csv。")
@AS
@with_database
def export(campaign: str, ledger: str, region: str, target: Path, login: str) -> None:
    """导出台账：管辖范围内的条目，个人信息已隐去。"""
    form = target.suffix.lower().removeprefix(".")
    if form not in {"csv", "xlsx"}:
        raise click.UsageError("-o 的文件名须以 .xlsx 或 .csv 结尾。")
    viewer = viewer_of(campaign, login)
    book = viewer.ledger(ledger)
    node = find_node(viewer.setting, region, viewer.today) if region else ""
    records = find(viewer, book, Filter(region=node))
    count = records.count()
    detail = {"ledger": book.key, "format": form, "records": count, "filter": {"region": node} if node else {}}
    log_access(viewer.setting.campaign, viewer.actor, "export", detail)
    columns, rows = ledger_columns(viewer.setting, book), ledger_rows(viewer, book, records)
    if form == "csv":
        write_csv(target, columns, rows)
    else:
        notes = stamp(viewer.today, viewer.actor.title or viewer.actor.login, clock.now())
        write_xlsx(target, book.title, columns, rows, notes=notes)
    click.echo(f"已导出 {count} {book.word}到 {target}。")


COMMANDS = [list_, find_, draw_, export]
