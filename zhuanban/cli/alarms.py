"""The command that shows alarms and takes note of them."""

from __future__ import annotations

import click

from zhuanban.cli.base import AS, JSON, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.notify.alarms import acknowledge, alarm_json, alarms_of


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--over", is_flag=True, help="连已解除的一起列出。")
@click.option("--note", "note", type=int, default=None, metavar="ID", help="签收一个警报。")
@AS
@JSON
@with_database
def alarms(campaign: str, over: bool, note: int | None, login: str, as_json: bool) -> None:
    """警报：哪些情况没有解除，谁签收了。"""
    viewer = viewer_of(campaign, login)
    if note is not None:
        acknowledge(viewer, note)
        if not as_json:
            click.echo(f"已签收警报 {note}。")
    found = [alarm_json(each) for each in alarms_of(viewer, over=over)]
    if as_json:
        out({"alarms": found})
        return
    if not found:
        click.echo("没有警报。" if over else "没有未解除的警报。")
    for each in found:
        state = f"{each['over_on']} 解除" if each["over_on"] else "未解除"
        seen = f"{each['seen_by']} 已签收" if each["seen_by"] else "未签收"
        click.echo(f"{each['id']:>4}  {each['says']}  {state}  {seen}")


COMMANDS = [alarms]
