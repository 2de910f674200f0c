"""Backup and restore: one zip with every table as JSON lines and every evidence file, the same for both engines.

A backup says which migrations its tables had. It is restored as what it was, and then brought up to date.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
from django.db import DataError, IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from zhuanban import __version__
from zhuanban.cli.state import Migration, Table, applied, migrate, tables, unknown
from zhuanban.core.problem import Kind, Place, Refused
from zhuanban.evidence.actions import store
from zhuanban.evidence.store import CHUNK, Store

NOT_A_BACKUP = Kind("cli-010", "文件“{file}”不是完整的备份：{why}。", "请换一份备份文件；这里没有留下任何内容。")
NOT_EMPTY = Kind("cli-011", "数据文件夹里已有数据。", "请把 ZHUANBAN_HOME 指向一个空文件夹（或空数据库）后再恢复。")
TOO_NEW = Kind("cli-013", "备份“{file}”是更新的程序做的（{what}）。", "请用做备份的那个版本或更新的程序恢复。")

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 1000
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, RuntimeError)


def write_backup(target: Path) -> int:
    """Write the backup; returns the number of rows. The file appears, replacing an older one, only when it is whole.

    All tables are as of one instant; others may write meanwhile. Evidence comes after the tables: it is on the disk
    before its rows are. Memory does not grow with the rows. Raises OSError, DatabaseError.
    """
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as stream:
            total = _write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return total


def _write(stream: BinaryIO) -> int:
    total = 0
    house = store()
    members: dict[str, Any] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with _snapshot():
            loader = MigrationLoader(connection)
            seen = applied(loader)
            for table in tables(loader, seen):
                digest, count = hashlib.sha256(), 0
                with archive.open(_member(table), "w", force_zip64=True) as out:
                    for line in _lines(table):
                        out.write(line)
                        digest.update(line)
                        count += 1
                members[table.name] = {"sha256": digest.hexdigest(), "rows": count}
                total += count
        files = 0
        for sha256 in house.addresses():
            info = zipfile.ZipInfo(f"evidence/{sha256}")  # stored, not deflated: pictures are small already
            with archive.open(info, "w", force_zip64=True) as out, house.open(sha256) as source:
                while piece := source.read(CHUNK):
                    out.write(piece)
            files += 1
        manifest = {
            "format": FORMAT, "version": __version__, "engine": connection.vendor, "migrations": seen,
            "tables": members, "evidence": files,
        }  # fmt: skip
        archive.writestr(MANIFEST, orjson.dumps(manifest))
    return total


def _member(table: Table) -> str:
    return f"tables/{table.name}.jsonl"


@contextmanager
def _snapshot() -> Iterator[None]:
    """All reads inside see the database as of one instant, and keep nobody from writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # Django would begin with the write lock (see `project.home`); a reader of a WAL needs none.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def _lines(table: Table) -> Iterator[bytes]:
    with connection.chunked_cursor() as cursor:  # PostgreSQL: rows come as they are asked for, not all at once
        cursor.execute(f"SELECT * FROM {table.name}")
        names: list[str] = []
        while rows := cursor.fetchmany(BATCH):
            names = names or [c[0] for c in cursor.description]
            for row in rows:
                yield orjson.dumps(dict(zip(names, map(_plain, row), strict=True))) + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b64": base64.b64encode(bytes(value)).decode()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def read_backup(source: Path) -> int:
    """Restore into an empty folder or database; returns the number of rows.

    1. Is the place empty, and the file a backup of this program or an older one?
    2. Make the tables as they were when the backup was made, and fill them in one transaction.
    3. Put the evidence at its addresses. A content that was altered before the backup is left out; `verify` names it.
    4. Bring the tables up to date.

    Raises Refused, and then leaves no row and no file.
    """
    place = Place(file=source.name)
    house = store()
    if _holds_data(house):
        raise Refused(NOT_EMPTY.at(place))
    with source.open("rb") as stream:
        with _damage(place):
            archive = zipfile.ZipFile(stream)
            manifest = orjson.loads(archive.read(MANIFEST))
            seen: list[Migration] = [(app, name) for app, name in manifest["migrations"]]
            too_new = [f"格式 {manifest['format']}"] if manifest["format"] > FORMAT else []
        loader = MigrationLoader(connection)
        too_new += unknown(loader, seen)
        if too_new:
            raise Refused(TOO_NEW.at(place, file=source.name, what="、".join(too_new)))
        migrate(seen)
        with _damage(place), transaction.atomic():
            total = _fill_all(archive, manifest, tables(loader, seen))
            _put_evidence(archive, manifest, house)
    migrate()
    return total


@contextmanager
def _damage(place: Place) -> Iterator[None]:
    """What a damaged file makes libraries raise becomes one clear problem."""
    try:
        yield
    except (*_BROKEN, IntegrityError, DataError) as why:
        raise Refused(NOT_A_BACKUP.at(place, file=place.file, why=_why(why))) from why


def _why(why: Exception) -> str:
    match why:
        case _Differs():
            return str(why)
        case KeyError():
            return "缺少其中一部分"
        case zipfile.BadZipFile() | zlib.error() | EOFError():
            return "文件已损坏，或不是备份文件"
    return "内容不合规"


class _Differs(ValueError):
    """What is in the file is not what its manifest says."""


def _holds_data(house: Store) -> bool:
    if next(house.addresses(), None) is not None:
        return True
    loader = MigrationLoader(connection)
    there = set(connection.introspection.table_names())
    for table in tables(loader, applied(loader)):
        if table.name in there:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {table.name} LIMIT 1")
                if cursor.fetchone() is not None:
                    return True
    return False


def _fill_all(archive: zipfile.ZipFile, manifest: dict[str, Any], found: list[Table]) -> int:
    total = 0
    for table in found:
        said = manifest["tables"][table.name]
        digest = hashlib.sha256()
        with archive.open(_member(table)) as stream:
            rows = _fill(table, stream, digest)
        if digest.hexdigest() != said["sha256"] or rows != said["rows"]:
            raise _Differs(f"{table.name} 的内容与清单不符")
        total += rows
        _count_on(table)
    return total


def _fill(table: Table, stream: Any, digest: Any) -> int:
    """Insert the rows of a member, a batch at a time; returns how many."""
    count = 0
    batch: list[dict[str, Any]] = []
    for line in stream:
        digest.update(line)
        batch.append(orjson.loads(line))
        count += 1
        if len(batch) == BATCH:
            _insert(table, batch)
            batch = []
    _insert(table, batch)
    return count


def _insert(table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    if not set(names) <= set(table.kinds):
        raise _Differs(f"{table.name} 有不认识的列")
    quoted = ", ".join(f'"{n}"' for n in names)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table.name} ({quoted}) VALUES ({', '.join(['%s'] * len(names))})",
            [[_value(row[n], table.kinds[n]) for n in names] for row in rows],
        )


def _value(value: Any, kind: str) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return bool(value) if kind == "BooleanField" and value is not None else value


def _count_on(table: Table) -> None:
    """PostgreSQL: numbers go on after those that were filled in. SQLite sees to it by itself."""
    if connection.vendor == "postgresql" and table.serial:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{table.serial}'), MAX({table.serial}))"
                f" FROM {table.name} HAVING COUNT(*) > 0"
            )


def _same(size: int, head: bytes) -> int:
    return size


def _put_evidence(archive: zipfile.ZipFile, manifest: dict[str, Any], house: Store) -> None:
    """The evidence files at their addresses; none of them where one cannot be read or written."""
    put: list[Path] = []
    count = 0
    try:
        for info in archive.infolist():
            folder, _, sha256 = info.filename.partition("/")
            if folder != "evidence":
                continue
            count += 1
            path = house.path(sha256)
            size = info.file_size
            with archive.open(info) as stream, house.take(cast(BinaryIO, stream), partial(_same, size)) as taken:
                if taken.sha256 == sha256:
                    house.keep(taken)
                    put.append(path)
        if count != manifest["evidence"]:
            raise _Differs("附件的数目与清单不符")
    except BaseException:
        for path in put:
            path.unlink(missing_ok=True)
        raise
