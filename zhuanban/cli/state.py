"""Which migrations a database has seen, and what its tables look like for it.

Backups and upgrades meet databases of another age than the program: neither may ask today's models what is in them.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Migration = tuple[str, str]
"""App label and name."""

# What Django makes by itself, and who is signed in just now.
LEFT_OUT = frozenset(
    {"django_session", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
)
# Events before records: the tables refuse a record that no event stands behind.
FIRST = ("people_user", "people_packversion", "people_campaign", "people_region", "people_unit", "ledger_event")
PLAIN = ("tally_day", "tally_block")  # made by plain SQL, no models
_LOCK = 0x5A48  # PostgreSQL: any number that no other program on the same database takes


@dataclass(frozen=True, slots=True)
class Table:
    """A table at some state. `kinds`: column → Django's name of its type ("" in a table that is no model's)."""

    name: str
    kinds: dict[str, str]
    serial: str = ""  # the column that counts by itself


def applied(loader: MigrationLoader) -> list[Migration]:
    """The migrations that the database has seen and the program knows, sorted."""
    return sorted(m for m in loader.applied_migrations if m in loader.graph.nodes)


def unknown(loader: MigrationLoader, seen: Iterable[Migration]) -> list[str]:
    """Those of `seen` that the program does not know: somebody newer made them."""
    known = {*loader.graph.nodes, *loader.replacements}
    return sorted(f"{app}.{name}" for app, name in seen if (app, name) not in known)


def tables(loader: MigrationLoader, seen: list[Migration]) -> list[Table]:
    """The tables that hold data once `seen` were applied, in an order in which they can be filled."""
    found = {}
    for model in loader.project_state(seen).apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.db_table in LEFT_OUT:
            continue
        kinds = {f.column: f.get_internal_type() for f in meta.concrete_fields if f.column}
        serial = next((c for c, kind in kinds.items() if kind in {"AutoField", "BigAutoField"}), "")
        found[meta.db_table] = Table(meta.db_table, kinds, serial)
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for name in PLAIN:
            if name in there:
                columns = connection.introspection.get_table_description(cursor, name)
                found[name] = Table(name, {column.name: "" for column in columns})
    first = [found.pop(name) for name in FIRST if name in found]
    return [*first, *(found[name] for name in sorted(found))]


def targets(loader: MigrationLoader, seen: list[Migration]) -> list[tuple[str, str | None]]:
    """What to tell the executor to bring a database to exactly `seen`, forwards or backwards."""
    held = set(seen)
    last = [m for m in seen if not any(c.key in held and c.key[0] == m[0] for c in loader.graph.node_map[m].children)]
    gone: set[str] = {app for app, _ in loader.graph.nodes} - {app for app, _ in seen}
    return [*last, *((app, None) for app in sorted(gone))]


def migrate(seen: list[Migration] | None = None) -> None:
    """Bring the database to what the program knows, or to exactly `seen`: all of it in one transaction, or nothing.

    Django by itself notes some migrations only after the transaction that made their tables; a program stopped in
    between would never start again.
    """
    with connection.constraint_checks_disabled(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # a table with checks put off cannot be altered after it was written to
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes() if seen is None else targets(executor.loader, seen))


@contextmanager
def alone() -> Iterator[None]:
    """One at a time: two commands that start together must not both upgrade."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with (Path(settings.ZHUANBAN_HOME) / "upgrade.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
