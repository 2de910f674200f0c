"""What the commands share: problems and usage errors in Chinese, dates, who acts, JSON out."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import orjson

from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Kind, Place, Problem, Refused

NO_FOLDER = Kind("cli-041", "没有文件夹“{folder}”，文件没有写。", "请先建好这个文件夹，或改正路径。")
IS_FOLDER = Kind("cli-042", "“{folder}”是文件夹，不能当文件写。", "请写明文件名。")

P = ParamSpec("P")
R = TypeVar("R")


class Exit(Exception):
    """Leave with exit code 1 after listing problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__()


def complain(problems: Sequence[Problem], *, as_json: bool = False) -> None:
    """List problems: as text on the error stream, or as {"problems": [...]} on the output."""
    if as_json:
        out({"problems": [p.as_json() for p in problems]})
        return
    for problem in problems:
        click.echo(str(problem), err=True)


def out(value: Any) -> None:
    """JSON to the output."""
    sys.stdout.buffer.write(as_json_text(value))
    sys.stdout.flush()


def as_json_text(value: Any) -> bytes:
    """Indented JSON, UTF-8, with a line end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class Day(click.ParamType[int]):
    """A date `2023-12-08` → day number."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return from_iso(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，请写成 2023-12-08。", param, ctx)


class Moment(click.ParamType[int]):
    """A Beijing time `2021-10-21 12:00` (or a day: its end) → UTC seconds."""

    name = "时刻"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            moment = datetime.fromisoformat(f"{value} 23:59:59" if len(value) == 10 else value)
        except ValueError:
            self.fail(f"“{value}”不是时刻，请写成 2021-10-21 或 2021-10-21 12:00。", param, ctx)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp())


class Target(click.ParamType[Path]):
    """A file to be written → its Path. Raises Refused where its folder is missing, or where it is a folder itself."""

    name = "文件"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if not path.parent.is_dir():
            raise Refused(NO_FOLDER.at(Place(file=str(path)), folder=path.parent))
        if path.is_dir():
            raise Refused(IS_FOLDER.at(Place(file=str(path)), folder=path))
        return path


DAY = Day()
MOMENT = Moment()
TARGET = Target()
JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
AS = click.option("--as", "login", metavar="LOGIN", default="", help="以哪个账号办理；缺省为本机操作员。")


# click says these in English (its catalogue of messages cannot be given to it without files for the machine's locale).
_USAGE = [
    (re.compile(pattern), says)
    for pattern, says in (
        (r"'(.*)' is not one of (.*)\.", "没有“{0}”这个选择，可选：{1}。"),
        (r"(.*) is not in the range (.*)<=x<=(.*)\.", "{0} 超出范围（{1} 至 {2}）。"),
        (r"'(.*)' is not a valid integer(?: range)?\.", "“{0}”不是整数。"),
        (r"Option '(.*)' does not take a value\.", "选项 {0} 后面不写值。"),
        (r"Option '(.*)' requires an argument\.", "选项 {0} 后面要写值。"),
        (r"No such command '(.*)'\..*", "没有命令 {0}。"),
        (r"Got unexpected extra arguments? \((.*)\)", "参数太多：{0}。"),
        (r"Missing command\.", "请写明子命令。"),
    )
]


def _said(text: str) -> str:
    """A sentence of click's in Chinese; our own as they are."""
    for pattern, says in _USAGE:
        if found := pattern.fullmatch(text):
            return says.format(*(part.replace("', '", "、").strip("'") for part in found.groups()))
    return text


_FRAME = {
    "Options": "选项", "Commands": "命令", "[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]...",
    "[required]": "[必填]", "Show this message and exit.": "显示这份说明。",
    "TEXT": "文字", "INTEGER": "整数", "FILE": "文件", "DIRECTORY": "文件夹",
}  # fmt: skip


class Help(click.HelpFormatter):
    """What click writes round the help of a command, in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _framed(args), prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{_framed(heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_framed(term), _framed(text)) for term, text in rows], col_max, col_spacing)


def _framed(text: str) -> str:
    return " ".join(_FRAME.get(word, word) for word in _FRAME.get(text, text).split(" "))


def in_chinese(usage: click.UsageError) -> str:
    """A usage error in the reader's language."""
    text = _said(usage.message)
    match usage:
        case click.exceptions.NoArgsIsHelpError():
            return usage.format_message()
        case click.NoSuchOption():
            near = f"是不是 {'、'.join(usage.possibilities)}？" if usage.possibilities else ""
            text = f"没有选项 {usage.option_name}。{near}"
        case click.MissingParameter():
            param = usage.param
            name = param.human_readable_name if param is not None else usage.param_hint
            name = "、".join(param.opts) if isinstance(param, click.Option) else name
            text = f"缺少参数 {name}。"
        case click.BadParameter():
            named = f"（{'、'.join(usage.param.opts)}）" if isinstance(usage.param, click.Option) else ""
            text = f"参数不对{named}：{text}"
    where = usage.ctx.command_path if usage.ctx is not None else "zhuanban"
    return f"{text}用 {where} --help 查看用法。"


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Before the command: make or upgrade the database. Faults of disk and database become one clear problem."""
    from zhuanban.cli.upgrade import ensure_ready  # noqa: PLC0415  (needs a Django that is set up)

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        ensure_ready()
        return command(*args, **kwargs)

    return guarded(run)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Faults of disk and database become one clear problem; the database is left as it is."""
    from zhuanban.cli.upgrade import faults  # noqa: PLC0415  (needs a Django that is set up)

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with faults():
            return command(*args, **kwargs)

    return run
