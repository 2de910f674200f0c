"""Commands about packs."""

from __future__ import annotations

import click

from zhuanban.cli.base import JSON, Exit, out
from zhuanban.pack.notes import notes
from zhuanban.pack.read import find_pack, list_packs, read_pack
from zhuanban.pack.show import show
from zhuanban.sheets.forms import check_templates


@click.group()
def pack() -> None:
    """行动包：列出、检查、说明。"""


@pack.command("list")
@JSON
def list_(as_json: bool) -> None:
    """列出自带的行动包。"""
    found = []
    for folder in list_packs():
        read, problems = read_pack(folder)
        found.append({"pack": folder.name, "title": read.title if read else "", "problems": len(problems)})
    if as_json:
        out({"packs": found})
        return
    for each in found:
        click.echo(f"{each['pack']:<20} {each['title']}")


@pack.command()
@click.argument("name", metavar="DIR_OR_NAME")
@JSON
def check(name: str, as_json: bool) -> None:
    """检查行动包，一次列出全部问题。"""
    read, problems = read_pack(find_pack(name))
    if read is not None:
        problems = check_templates(read)
    if read is None or problems:
        raise Exit(problems)
    found = notes(read)
    if as_json:
        out({"problems": [], "notes": [note.as_json() for note in found]})
        return
    for note in found:
        click.echo(f"提示：{note}")
    click.echo("没有发现问题。")


@pack.command("show")
@click.argument("name", metavar="PACK")
def show_(name: str) -> None:
    """用话说出行动包的内容。"""
    read, problems = read_pack(find_pack(name))
    if read is None:
        raise Exit(problems)
    click.echo(show(read))


COMMANDS = [pack]
