"""Make the database, or bring an older one up to date after a backup of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from zhuanban.cli.backup import write_backup
from zhuanban.cli.state import alone, migrate, unknown
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.core.faults import database_fault, file_fault
from zhuanban.core.problem import Kind, Refused
from zhuanban.people.models import Campaign

NEWER = Kind(
    "cli-012",
    "这里的数据是更新的程序留下的（{names}），本程序不认识。",
    "请改用原来那个版本或更新的程序；数据没有改动。",
)


@contextmanager
def faults() -> Iterator[None]:
    """Disk full, read-only folder, unreachable server: one clear problem instead of a trace."""
    try:
        yield
    except (DatabaseError, InterfaceError) as why:
        raise Refused(database_fault(why)) from why
    except BrokenPipeError:
        raise
    except OSError as why:
        raise Refused(file_fault(why)) from why


def ensure_ready() -> None:
    """Apply pending migrations; before that, back an older database with data up into HOME/backups/.

    An upgrade that is broken off leaves the database as it was; the next command begins anew. Raises Refused
    where a newer program has been here.
    """
    if not _pending():
        return
    with alone():
        if not _pending():
            return
        if "people_campaign" in connection.introspection.table_names() and Campaign.objects.exists():
            moment = datetime.fromtimestamp(clock.now() / 1_000_000, BEIJING)
            folder = Path(settings.ZHUANBAN_HOME) / "backups"
            folder.mkdir(exist_ok=True)
            write_backup(folder / f"before-upgrade-{moment:%Y%m%d-%H%M%S-%f}.zip")
        migrate()


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    loader = executor.loader
    newer = unknown(loader, loader.applied_migrations)
    if newer:
        raise Refused(NEWER.at(names="、".join(newer)))
    return bool(executor.migration_plan(loader.graph.leaf_nodes()))
