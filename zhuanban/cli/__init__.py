"""The `zhuanban` command."""

from __future__ import annotations

import os
import sys

import click

from zhuanban.cli.base import Exit, complain, in_chinese
from zhuanban.core.problem import Refused

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhuanban.project.settings")


class Commands(click.Group):
    """Imports the groups of commands only when one is asked for: they need the database's program."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        _load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        _load()
        return super().get_command(ctx, name)


@click.group(cls=Commands)
def main() -> None:
    """专班：从方案到回头看，把专项行动管到底。"""


def _load() -> None:
    if main.commands:
        return
    try:
        import django  # noqa: PLC0415  (help and usage errors must not wait for it)

        django.setup()
    except Refused as refused:
        raise Exit(refused.problems) from refused
    from zhuanban.cli import campaigns, office, packs  # noqa: PLC0415  (need a Django that is set up)

    for module in (packs, campaigns, office):
        for command in module.COMMANDS:
            main.add_command(command)


def run() -> None:
    """The entry point: exit 0 when done, 1 when the input has problems (listed), 2 for wrong usage."""
    try:
        main.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
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


_load()
