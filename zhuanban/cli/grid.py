"""Commands that change a campaign's grid from a day on, records and all; and the names of its units."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from zhuanban.cli.base import DAY, JSON, out, with_database
from zhuanban.core.day import iso
from zhuanban.ledger.grid import Rehomed, merge_cells, move_cell, read_homes, rename_cell, rename_unit, split_cell
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR

ON = click.option("--on", "on", required=True, type=DAY, help="从哪一天起。")
REASON = click.option("--reason", required=True, help="依据或原因。")


@click.group()
def grid() -> None:
    """网格调整：拆分、合并、改名、移动；此前的数字不变。"""


@click.group()
def units() -> None:
    """单位：改名。"""


@grid.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("code", metavar="CODE")
@click.option(
    "--into", "into", multiple=True, required=True, metavar="CODE=NAME", help="新网格的代码和名称，每个写一次。"
)
@ON
@REASON
@click.option("--list", "listed", type=click.Path(path_type=Path), default=None, help="名单 CSV：台账,编号,新网格。")
@click.option("--outlines", type=click.Path(path_type=Path), default=None, help="新网格边界 GeoJSON，按点位归入。")
@click.option("--rest", default="", metavar="CODE", help="其余条目归入哪个新网格。")
@JSON
@with_database
def split(
    campaign: str,
    code: str,
    into: tuple[str, ...],
    on: int,
    reason: str,
    listed: Path | None,
    outlines: Path | None,
    rest: str,
    as_json: bool,
) -> None:
    """把一个网格拆成几个，条目各归其所。"""
    parts = []
    for each in into:
        new, mark, name = each.partition("=")
        if not mark:
            raise click.BadParameter(f"“{each}”应写成 代码=名称。")
        parts.append((new.strip(), name.strip()))
    homes = read_homes(listed) if listed is not None else None
    here = setting(campaign).campaign
    done = split_cell(here, code, parts, on, reason, OPERATOR, listed=homes, outlines=outlines, rest=rest)
    _said(done, as_json, f"已拆分为 {len(parts)} 个网格")


@grid.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option("--into", required=True, metavar="CODE", help="并入哪个网格；可以是新代码。")
@click.option("--name", default="", help="新网格的名称，--into 是新代码时写。")
@ON
@REASON
@JSON
@with_database
def merge(campaign: str, codes: tuple[str, ...], into: str, name: str, on: int, reason: str, as_json: bool) -> None:
    """把几个网格并成一个，条目和下级一并归入。"""
    here = setting(campaign)
    done = merge_cells(here.campaign, codes, into, name, on, reason, OPERATOR)
    _said(done, as_json, "已合并")
    if not as_json:
        for each in done:
            if each.beside:
                title = here.pack.ledgers[each.ledger].title
                click.echo(
                    f"  {title}：{each.beside} 之外还有 {each.number}，本应只有一条，请核对后更正一条、撤回另一条。"
                )


@grid.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("code", metavar="CODE")
@click.argument("name", metavar="NAME")
@ON
@REASON
@with_database
def rename(campaign: str, code: str, name: str, on: int, reason: str) -> None:
    """改名；此前的表仍用旧名。"""
    rename_cell(setting(campaign).campaign, code, name, on, reason, OPERATOR)
    click.echo(f"自 {iso(on)} 起，{code} 改称“{name}”。")


@units.command("rename")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("code", metavar="CODE")
@click.argument("name", metavar="NAME")
@click.option("--short", default="", help="简称；缺省为没有简称，表上印全称。")
@ON
@REASON
@with_database
def rename_unit_(campaign: str, code: str, name: str, short: str, on: int, reason: str) -> None:
    """单位改名；截至此前的表仍用旧名。"""
    rename_unit(setting(campaign).campaign, code, name, short, on, reason, OPERATOR)
    click.echo(f"自 {iso(on)} 起，单位 {code} 改称“{name}”{f'（{short}）' if short else ''}。")


@grid.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("code", metavar="CODE")
@click.argument("parent", metavar="PARENT")
@ON
@REASON
@with_database
def move(campaign: str, code: str, parent: str, on: int, reason: str) -> None:
    """移到另一上级之下；条目仍在其中。"""
    move_cell(setting(campaign).campaign, code, parent, on, reason, OPERATOR)
    click.echo(f"自 {iso(on)} 起，{code} 归 {parent} 管。")


def _said(done: list[Rehomed], as_json: bool, head: str) -> None:
    if as_json:
        rows: list[dict[str, Any]] = [
            {"ledger": r.ledger, "number": r.number, "region": r.region, "on": iso(r.on), "beside": r.beside}
            for r in done
        ]
        out({"moved": rows})
        return
    counts = "，".join(f"{region} {n}" for region, n in Counter(r.region for r in done).items())
    click.echo(f"{head}，移转条目 {len(done)}{f'：{counts}' if counts else ''}。")


COMMANDS = [grid, units]
