"""Make the database, or bring an older one up to date after a backup of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from zhuanban.cli.backup import write_backup
from zhuanban.core.problem import Kind, Refused
from zhuanban.people.models import Campaign

DATABASE_FAULT = Kind(
    "cli-001",
    "数据库不能使用：{why}。",
    "请检查磁盘空间、文件夹权限和数据库服务；已登记的内容没有受影响。",
)


@contextmanager
def faults() -> Iterator[None]:
    """Disk full, read-only folder, unreachable server: one clear problem instead of a trace."""
    try:
        yield
    except DatabaseError as why:
        raise Refused(DATABASE_FAULT.at(why=str(why).splitlines()[0])) from why
    except BrokenPipeError:
        raise
    except OSError as why:
        raise Refused(DATABASE_FAULT.at(why=why.strerror or str(why))) from why


def ensure_ready() -> None:
    """Apply pending migrations; before that, back an older database with data up into HOME/backups/."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if "people_campaign" in connection.introspection.table_names() and Campaign.objects.exists():
        folder = Path(settings.ZHUANBAN_HOME) / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        write_backup(folder / f"before-upgrade-{datetime.now():%Y%m%d-%H%M%S}.zip")
    call_command("migrate", verbosity=0)
