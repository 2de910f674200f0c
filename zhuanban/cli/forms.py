"""Commands about locked forms: fill one from the ledgers, check one that came back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zhuanban.cli.base import AS, DAY, JSON, TARGET, complain, out, with_database
from zhuanban.cli.campaigns import viewer_of
from zhuanban.core import clock
from zhuanban.core.day import from_iso, iso, to_date, to_day
from zhuanban.core.faults import reason
from zhuanban.core.problem import Kind, Place, Problem, Refused
from zhuanban.sheets.export import whole
from zhuanban.sheets.form_rows import Asked, find_form
from zhuanban.sheets.forms import check_form, fill_form, form_csv, write_files

NO_FILE = Kind("cli-040", "读不了文件“{file}”（{why}）。", "请核对路径和权限。")

MOST = 30  # differences told as text: who sees more of them looks at the sheet as a whole


class Forms(click.Group):
    """`zhuanban form CAMPAIGN FORM` fills: where the first word is no command, `fill` is meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["fill", *args]
        return super().resolve_command(ctx, args)


class Period(click.ParamType[int]):
    """A reporting period → the day as of which it is filled: `2021-10-21` that day, `2018-05` the month's last one."""

    name = "报送期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            if len(value) != len("2018-05"):
                return from_iso(value)
            first = to_date(from_iso(f"{value}-01"))
            following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
            return min(to_day(following) - 1, max(clock.today(), to_day(first)))
        except ValueError:
            self.fail(f"“{value}”不是报送期，请写成 2021-10-21 或 2018-05。", param, ctx)


REGION = click.option("--region", default="", help="区划代码或名称；缺省为全部，或本岗位的那一份。")
UNIT = click.option("--unit", default="", help="单位代码、全称或简称；缺省为全部，或本岗位的那一份。")
AS_OF = click.option("--as-of", "as_of", type=DAY, default=None, help="截止日期；缺省为今天。")
PERIOD = click.option("--period", type=Period(), default=None, help="报送期，代替截止日期：2021-10-21 或 2018-05。")


def _asked(region: str, unit: str, as_of: int | None, period: int | None) -> Asked:
    if region and unit:
        raise click.UsageError("--region 和 --unit 只写一个。")
    if as_of is not None and period is not None:
        raise click.UsageError("--as-of 和 --period 只写一个。")
    return Asked(period if as_of is None else as_of, region, unit)


@click.group(cls=Forms)
def form() -> None:
    """报表：按原样模板填写、核对。"""


@form.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("form", metavar="FORM")
@REGION
@UNIT
@AS_OF
@PERIOD
@click.option("-o", "--output", "target", required=True, type=TARGET, help="写入文件，.xlsx 或 .csv。")
@AS
@JSON
@with_database
def fill(
    campaign: str,
    form: str,
    region: str,
    unit: str,
    as_of: int | None,
    period: int | None,
    target: Path,
    login: str,
    as_json: bool,
) -> None:
    """填报表：由台账填入原样模板。"""
    asked = _asked(region, unit, as_of, period)
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise click.UsageError("-o 的文件名须以 .xlsx 或 .csv 结尾。")
    viewer = viewer_of(campaign, login)
    found = find_form(viewer, form)
    if target.suffix.lower() == ".csv":
        content, pieces = form_csv(viewer, found, asked)
        with whole(target) as stream:
            for piece in pieces:
                stream.write(piece)
        paths, warnings = [target], list[Problem]()
    else:
        filled = fill_form(viewer, found, asked)
        content, warnings = filled.content, list(filled.warnings)
        paths = write_files(target, filled.files)
    if as_json:
        out(
            {
                "form": found.key,
                "title": found.title,
                "as_of": iso(content.day),
                "region": content.region,
                "unit": content.unit,
                "rows": len(content.rows),
                "files": [str(path) for path in paths],
                "warnings": [p.as_json() for p in warnings],
            }
        )
        return
    complain(warnings)
    click.echo(f"{found.title}：截至{iso(content.day)}，{len(content.rows)}行，已写入{'、'.join(map(str, paths))}。")


@form.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("form", metavar="FORM")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@REGION
@UNIT
@AS_OF
@PERIOD
@AS
@JSON
@with_database
def check(
    campaign: str,
    form: str,
    file: Path,
    region: str,
    unit: str,
    as_of: int | None,
    period: int | None,
    login: str,
    as_json: bool,
) -> None:
    """核对报表：格式有没有改动，内容与台账是否一致。"""
    asked = _asked(region, unit, as_of, period)
    viewer = viewer_of(campaign, login)
    found = find_form(viewer, form)
    try:
        content = file.read_bytes()
    except OSError as why:
        raise Refused(NO_FILE.at(Place(file=file.name), file=file.name, why=reason(why))) from why
    checked = check_form(viewer, found, content, file.name, asked)
    against = "" if checked.day is None else iso(checked.day)
    if as_json:
        out({"as_of": against, "problems": [p.as_json() for p in checked.problems]})
        click.get_current_context().exit(1 if checked.problems else 0)
    if not checked.problems:
        click.echo(f"格式未改，内容与截至{against}的台账一致。")
        return
    if against:
        click.echo(f"格式未改，内容与截至{against}的台账不一致：", err=True)
    complain(checked.problems[:MOST])
    if (more := len(checked.problems) - MOST) > 0:
        click.echo(f"另有{more}处，--json 列出全部。", err=True)
    click.get_current_context().exit(1)


COMMANDS = [form]
