"""Commands of scorecards: everybody's score or one with all that is behind it, and the ranking."""

from __future__ import annotations

from pathlib import Path

import click

from zhuanban.cli.base import AS, DAY, JSON, TARGET, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.core import clock
from zhuanban.core.day import iso
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.issue import Issued, changes, issue, issued_json, issued_lines, sheet_of, version
from zhuanban.oversight.score_shown import (
    ranking_json,
    ranking_lines,
    score_json,
    score_lines,
    summary_json,
    summary_lines,
    write_score_xlsx,
)
from zhuanban.oversight.scores import find_card, ranking, seen_score, seen_scores
from zhuanban.pack.scorecard import Scorecard
from zhuanban.people.actions import log_access
from zhuanban.sheets.export import stamp, whole

AS_OF = click.option("--as-of", "as_of", type=DAY, default=None, help="截止日期；缺省为今天。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("card", metavar="CARD")
@AS_OF
@click.option("--unit", "who", default="", metavar="CODE", help="被考评的区划或单位，代码或名称；缺省列出全部。")
@click.option("-o", "--output", "target", type=TARGET, default=None, help="写入的文件，.xlsx；与 --unit 同用。")
@click.option("--issue", "issues", is_flag=True, help="签发：得分和评分表从此不变；与 --unit 同用。")
@click.option("--reason", default="", metavar="TEXT", help="再次签发的改动说明。")
@click.option("--version", "n", type=click.IntRange(0), default=None, help="已签发的第几版，0 为末版；与 --unit 同用。")
@AS
@JSON
@with_database
def score(
    campaign: str,
    card: str,
    as_of: int | None,
    who: str,
    target: Path | None,
    issues: bool,
    reason: str,
    n: int | None,
    login: str,
    as_json: bool,
) -> None:
    """考评得分：截至某天，每项几分、依据什么、谁签的字。"""
    if target is not None and (not who or target.suffix.lower() != ".xlsx"):
        raise click.UsageError("-o 须与 --unit 同用，文件名以 .xlsx 结尾。")
    if (issues or n is not None) and not who:
        raise click.UsageError("--issue、--version 须与 --unit 同用。")
    viewer = viewer_of(campaign, login)
    asked = find_card(viewer, card)
    day = viewer.today if as_of is None else as_of
    if issues:
        done = issue(viewer, asked, who, day, reason)
        n = done.version
    if n is not None:
        _version(viewer, asked, version(viewer, asked, who, n), target, as_json)
        return
    if not who:
        rows = seen_scores(viewer, asked, day)
        if as_json:
            scores = [summary_json(row) for row in rows]
            out({"card": asked.key, "title": asked.title, "as_of": iso(day), "scores": scores})
            return
        for line in summary_lines(asked, day, rows):
            click.echo(line)
        return
    scored = seen_score(viewer, asked, who, day)
    if target is not None:
        detail = {"scorecard": asked.key, "format": "xlsx", "as_of": iso(day), "of": scored.code}
        log_access(viewer.setting.campaign, viewer.actor, "export", detail)
        notes = stamp(day, viewer.actor.title or viewer.actor.login, clock.now())
        write_score_xlsx(target, viewer, scored, notes)
        if not as_json:
            click.echo(f"已写入 {target}。")
            return
    if as_json:
        out(score_json(viewer, scored))
        return
    for line in score_lines(viewer, scored):
        click.echo(line)


def _version(viewer: Viewer, card: Scorecard, issued: Issued, target: Path | None, as_json: bool) -> None:
    """A signed version as it is kept, and what would be scored otherwise now."""
    if target is not None:
        detail = {"scorecard": card.key, "format": "xlsx", "version": issued.version, "of": issued.score["code"]}
        log_access(viewer.setting.campaign, viewer.actor, "export", detail)
        with whole(target) as file:
            file.write(sheet_of(issued))
    since = changes(viewer, card, issued)
    if as_json:
        out(issued_json(issued, since))
        return
    for line in issued_lines(issued, since):
        click.echo(line)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("card", metavar="CARD")
@AS_OF
@AS
@JSON
@with_database
def rank(campaign: str, card: str, as_of: int | None, login: str, as_json: bool) -> None:
    """考评排名：同分并列，尚有未评或待裁定的另列。"""
    viewer = viewer_of(campaign, login)
    asked = find_card(viewer, card)
    day = viewer.today if as_of is None else as_of
    found = ranking(viewer, asked, day)
    if as_json:
        out(ranking_json(asked, day, found))
        return
    for line in ranking_lines(asked, day, found):
        click.echo(line)


COMMANDS = [score, rank]
