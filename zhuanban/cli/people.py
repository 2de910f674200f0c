"""Commands about people: accounts, posts, access tokens, and the log of who looked."""

from __future__ import annotations

from pathlib import Path

import click

from zhuanban.cli.base import AS, DAY, JSON, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.core import clock
from zhuanban.core.day import beijing, iso, minute
from zhuanban.people import posts
from zhuanban.people.log import LOG_WORDS, read_log, say_detail
from zhuanban.people.posts import Entered, Entry
from zhuanban.people.queries import campaign_named
from zhuanban.sheets.lists import read_plain

PASSWORD_FILE = click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    default=None,
    help="口令文件，取第一行；缺省由程序另定并显示一次。",
)


@click.group()
def people() -> None:
    """人员：账号、岗位、访问令牌。"""


@people.command("list")
@click.argument("campaign", metavar="CAMPAIGN")
@JSON
@with_database
def list_(campaign: str, as_json: bool) -> None:
    """谁任什么岗位。"""
    rows = posts.people_of(campaign_named(campaign))
    if as_json:
        out({"people": rows})
        return
    if not rows:
        click.echo("还没有人；用 people add 或 people load 登记。")
    for row in rows:
        where = "　".join(filter(None, (row["region_name"], row["unit_name"])))
        span = f"{row['from'] or '起初'} 至 {row['to'] or '今'}"
        click.echo(f"{row['login']:<16} {row['name']}　{row['post_title']}　{where or '全部'}　{span}")


@people.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("login", metavar="LOGIN")
@click.option("--title", default="", metavar="NAME", help="姓名；新账号须写。")
@click.option("--post", required=True, metavar="POST", help="岗位的键或名称。")
@click.option("--region", default="", metavar="CODE", help="管哪个区划。")
@click.option("--unit", default="", metavar="CODE", help="属哪个单位。")
@click.option("--from", "from_day", type=DAY, default=None, help="从哪一天起；缺省为今天。")
@click.option("--phone", default="", metavar="NUMBER", help="联系方式，只印在本人填的表上。")
@PASSWORD_FILE
@with_database
def add(
    campaign: str,
    login: str,
    title: str,
    post: str,
    region: str,
    unit: str,
    from_day: int | None,
    phone: str,
    password_file: Path | None,
) -> None:
    """登记一人任一岗位；账号没有的先建立。"""
    password = posts.password_in(password_file) if password_file is not None else ""
    entry = Entry(login, title.strip(), post, region, unit, "" if from_day is None else iso(from_day), phone.strip())
    _say(posts.enter_people(campaign_named(campaign), [entry], password))


@people.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@with_database
def load(campaign: str, file: Path) -> None:
    """按名单登记：登录名,姓名,岗位,区划代码,单位代码,启用日期,联系方式。"""
    entries = [
        Entry(
            row["登录名"],
            row["姓名"],
            row["岗位"],
            row["区划代码"],
            row["单位代码"],
            row["启用日期"],
            row["联系方式"],
            at,
        )
        for at, row in read_plain(file, posts.LIST_HEADS, posts.LIST_MORE)
    ]
    _say(posts.enter_people(campaign_named(campaign), entries))


def _say(done: list[Entered]) -> None:
    for each in done:
        said = f"{each.login}　{each.name}　{each.post}"
        if each.password:
            said += f"　新账号，口令 {each.password}（只显示这一次）"
        elif each.new_account:
            said += "　新账号"
        elif each.new_phone and not each.new_post:
            said += "　原已任此岗"
        elif not each.new_post:
            said += "　原已任此岗，没有改动"
        if each.new_phone:
            said += "　已登记联系方式"
        click.echo(said)


@people.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("login", metavar="LOGIN")
@click.argument("post", metavar="POST")
@click.option("--on", "on", type=DAY, default=None, help="从哪一天起不再任职；缺省为今天。")
@with_database
def end(campaign: str, login: str, post: str, on: int | None) -> None:
    """结束一人的一个岗位。"""
    day = clock.today() if on is None else on
    count = posts.end_post(campaign_named(campaign), login, post, day)
    click.echo(f"自 {iso(day)} 起，{login} 不再任“{post}”（{count} 处）。")


@people.command()
@click.argument("login", metavar="LOGIN")
@click.option("--days", type=click.IntRange(1, 3650), default=365, help="几天内有效；缺省 365。")
@click.option("--revoke", is_flag=True, help="作废该账号的全部令牌。")
@with_database
def token(login: str, days: int, revoke: bool) -> None:
    """发访问令牌，供程序调用接口；只显示这一次。"""
    if revoke:
        click.echo(f"已作废 {login} 的令牌 {posts.revoke_tokens(login)} 个。")
        return
    made, until = posts.new_token(login, days)
    click.echo(f"有效至 {beijing(until)}，请妥善保存，只显示这一次：", err=True)
    click.echo(made)


@people.command()
@click.argument("login", metavar="LOGIN")
@PASSWORD_FILE
@with_database
def password(login: str, password_file: Path | None) -> None:
    """重设口令；已登录的须重新登录。"""
    told = posts.new_password(login, posts.password_in(password_file) if password_file is not None else "")
    click.echo(f"已重设 {login} 的口令{f'：{told}（只显示这一次）' if told else '。'}")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--kind", type=click.Choice(sorted(LOG_WORDS)), default=None, help="只看这一类。")
@AS
@JSON
@with_database
def log(campaign: str, kind: str | None, login: str, as_json: bool) -> None:
    """查阅日志：谁看过、导出过、改过什么；供本机操作员和审计岗位。"""
    viewer = viewer_of(campaign, login)
    rows = read_log(viewer.setting, viewer.actor, kind or "")
    if as_json:
        out({"entries": list(rows)})
        return
    for row in rows:
        what = LOG_WORDS.get(row["kind"], row["kind"])
        click.echo(f"{minute(row['at'])}  {row['by']}  {what}  {say_detail(viewer.setting, row['detail'])}")


COMMANDS = [people, log]
