"""The `zhuanban` command."""

from __future__ import annotations

import os
import sys

import click

from zhuanban.cli.base import Exit, Help, complain, in_chinese
from zhuanban.core.problem import Problem, Refused

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhuanban.project.settings")
click.Context.formatter_class = Help


@click.group()
def main() -> None:
    """专班：从方案到回头看，把专项行动管到底。"""


def _load() -> None:
    try:
        import django  # noqa: PLC0415  (help and usage errors must not wait for it)

        django.setup()
    except Refused as refused:
        raise Exit(refused.problems) from refused
    from zhuanban.cli import (  # noqa: PLC0415  (need a Django that is set up)
        alarms,
        archives,
        campaigns,
        duties,
        forms,
        grid,
        lists,
        office,
        packs,
        people,
        scores,
        zones,
    )

    for module in (packs, campaigns, people, grid, zones, archives, forms, lists, duties, alarms, scores, office):
        for command in module.COMMANDS:
            main.add_command(command)


def run() -> None:
    """The entry point: exit 0 when done, 1 when the input has problems (listed), 2 for wrong usage."""
    try:
        if _failed:
            raise Exit(_failed)
        done = main.main(standalone_mode=False)
        sys.exit(done if isinstance(done, int) else 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.UsageError as usage:
        click.echo(in_chinese(usage), err=True)
        sys.exit(2)
    except Exit as problems:
        complain(problems.problems, as_json="--json" in sys.argv)
        sys.exit(1)
    except Refused as refused:
        complain(refused.problems, as_json="--json" in sys.argv)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)


_failed: tuple[Problem, ...] = ()
try:
    _load()
except Exit as failed:  # a data folder that cannot be used: said when the command runs
    _failed = failed.problems
