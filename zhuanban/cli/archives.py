"""The command that gathers an archive into one parcel."""

from __future__ import annotations

from pathlib import Path

import click

from zhuanban.archive import problems
from zhuanban.archive.contents import Contents, of_record, of_region
from zhuanban.archive.parcel import pieces
from zhuanban.cli.base import AS, DAY, JSON, TARGET, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.core.day import iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.queries import Viewer
from zhuanban.people.actions import log_access
from zhuanban.sheets.export import whole
from zhuanban.tally.tables import find_node


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--region", default="", help="区划代码或名称：一网格一档。")
@click.option("--record", default="", metavar="LEDGER/NUMBER", help="台账/编号：一条一档。")
@click.option("--as-of", "as_of", type=DAY, default=None, help="截止日期；缺省为今天。")
@click.option("-o", "--output", "target", required=True, type=TARGET, help="写入哪个 zip 文件。")
@AS
@JSON
@with_database
def archive(
    campaign: str, region: str, record: str, as_of: int | None, target: Path, login: str, as_json: bool
) -> None:
    """归档：台账、照片、视频、经过和目录装进一个 zip。"""
    viewer = viewer_of(campaign, login)
    contents = _contents(viewer, region, record, viewer.today if as_of is None else as_of)
    detail = {
        "as_of": iso(contents.day),
        "archive": contents.title,
        "subject": contents.subject,
        "files": len(contents.items),
    }
    log_access(viewer.setting.campaign, viewer.actor, "export", detail)
    with whole(target) as file:
        for piece in pieces(viewer, contents):
            file.write(piece)
    if as_json:
        out(
            {
                "archive": contents.title,
                "as_of": iso(contents.day),
                "subject": contents.subject,
                "files": len(contents.items),
                "records": sum(len(records) for _, records in contents.ledgers),
                "heads": [{"head": h, "files": sum(i.head == h for i in contents.items)} for h in contents.heads],
                "missing": list(contents.empty),
                "absent": list(contents.absent),
            }
        )
        return
    filled = len(contents.heads) - len(contents.empty) - len(contents.absent)
    click.echo(
        f"{contents.title}　{contents.subject}：{len(contents.items)}个文件，{len(contents.heads)}类中{filled}类齐。"
    )
    for head in contents.empty:
        click.echo(f"  缺：{head}")
    if contents.absent:
        click.echo(f"  无：{'、'.join(contents.absent)}")


def _contents(viewer: Viewer, region: str, record: str, day: int) -> Contents:
    if bool(region) == bool(record):
        raise Refused(problems.ONE_SUBJECT.at())
    if region:
        return of_region(viewer, find_node(viewer.setting, region, day), day)
    ledger, slash, number = record.partition("/")
    if not slash or not number:
        raise Refused(problems.NOT_A_RECORD.at(text=record))
    return of_record(viewer, viewer.ledger(ledger), number, day)


COMMANDS = [archive]
