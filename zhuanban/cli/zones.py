"""Commands about map layers: load the zones of one, list the versions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from zhuanban.atlas import problems
from zhuanban.atlas.actions import load_zones
from zhuanban.atlas.frames import Frame, frame_named
from zhuanban.atlas.queries import editions
from zhuanban.cli.base import DAY, JSON, complain, out, with_database
from zhuanban.core.day import FIRST_DAY, iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.door import dry
from zhuanban.ledger.placing import place_again
from zhuanban.pack.values import Layer
from zhuanban.people.actions import log_access
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR


@click.group()
def zones() -> None:
    """图层分区：装载边界，按点位判定。"""


@zones.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("layer", metavar="LAYER")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--from", "from_day", type=DAY, default=None, help="从哪一天起有效；第一版缺省为自始，以后缺省为今天。")
@click.option("--frame", "frame", default="", help="文件没写明、或写错时的坐标系：WGS-84、CGCS2000、GCJ-02。")
@click.option("--table", default="", help="只读文件里的这一层。")
@click.option("--dry-run", is_flag=True, help="只看结果，不装载。")
@JSON
@with_database
def load(
    campaign: str, layer: str, file: Path, from_day: int | None, frame: str, table: str, dry_run: bool, as_json: bool
) -> None:
    """装载图层的一版，并重新判定各条目。"""
    here = setting(campaign)
    spec = _layer(here, layer)
    with dry(dry_run):
        loaded = load_zones(here.campaign, spec, file, from_day, frame=_frame(frame), table=table)
        changed = place_again(setting(here.campaign), spec, loaded, OPERATOR)
    version, since = loaded.edition.number, _since(loaded.edition.from_day)
    if not dry_run:
        log_access(here.campaign, OPERATOR, "zones", {"layer": spec.key, "version": version, "file": file.name})
    if as_json:
        out({
            "layer": spec.key,
            "dry_run": dry_run,
            "version": version,
            "new": loaded.new,
            "from": since,
            "frame": loaded.frame.value,
            "zones": loaded.counts,
            "notices": [p.as_json() for p in loaded.notices],
            "changed": [
                {"ledger": c.ledger, "number": c.number, "field": c.field, "on": iso(c.on), "was": c.was, "now": c.now}
                for c in changed
            ],
        })  # fmt: skip
        return
    complain(loaded.notices)
    counts = "，".join(f"{kind} {loaded.counts.get(kind, 0)}" for kind in spec.ranks)
    what = "新的一版" if loaded.new else "与现有的一版相同"
    head = "只看结果，没有装载。" if dry_run else ""
    click.echo(f"{head}{spec.title}第{version}版（{what}，{since or '自始'}起，{loaded.frame.value}）：{counts}。")
    click.echo(f"重新判定后有变化的条目 {len({(c.ledger, c.number) for c in changed})}。")
    for (was, now), n in sorted(Counter((c.was, c.now) for c in changed).items()):
        click.echo(f"  {was or '（空）'} → {now}：{n}处变化")
    for c in changed:
        click.echo(f"  {c.number:<24} {c.field}：{c.was or '（空）'} → {c.now}，自{iso(c.on)}起")


@zones.command("list")
@click.argument("campaign", metavar="CAMPAIGN")
@JSON
@with_database
def list_(campaign: str, as_json: bool) -> None:
    """各图层有哪几版。"""
    here = setting(campaign)
    rows = [
        {"layer": layer.key, "title": layer.title, "version": e.number, "from": _since(e.from_day)}
        for layer in here.pack.layers.values()
        for e in editions(here.campaign, layer.key)
    ]
    if as_json:
        out({"versions": rows})
        return
    for row in rows:
        click.echo(f"{row['layer']:<20} 第{row['version']}版  {row['from'] or '自始'}起  {row['title']}")


def _layer(here: Setting, word: str) -> Layer:
    for layer in here.pack.layers.values():
        if word in (layer.key, layer.title):
            return layer
    raise Refused(problems.LAYER_UNKNOWN.at(layer=word, known="、".join(here.pack.layers) or "（无）"))


def _frame(word: str) -> Frame | None:
    if not word:
        return None
    found = frame_named(word)
    if found is None:
        raise Refused(problems.FRAME_UNKNOWN.at(text=word))
    return found


def _since(day: int) -> str:
    return "" if day == FIRST_DAY else iso(day)


COMMANDS = [zones]
