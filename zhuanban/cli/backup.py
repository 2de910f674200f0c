"""Backup and restore: one zip with every table as JSON lines and every evidence file, the same for both engines."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from zhuanban import __version__
from zhuanban.core.problem import Kind, Place, Refused

NOT_A_BACKUP = Kind("cli-010", "文件“{file}”不是完整的备份：{why}。", "请换一份备份文件。")
NOT_EMPTY = Kind("cli-011", "数据文件夹里已有数据。", "请把 ZHUANBAN_HOME 指向一个空文件夹（或空数据库）后再恢复。")

# Events before records: the tables refuse a record that no event stands behind.
FIRST = ("people_user", "people_packversion", "people_campaign", "people_region", "people_unit", "ledger_event")
PLAIN = ("tally_day", "tally_block")
BATCH = 2000


def _tables() -> list[str]:
    skipped = {"django_session", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
    known = [m._meta.db_table for m in apps.get_models(include_auto_created=True)]
    rest = [t for t in known if t not in FIRST and t not in skipped]
    return [*FIRST, *rest, *PLAIN]


def write_backup(target: Path) -> int:
    """Write the backup; returns the number of rows. The file appears only when it is whole."""
    part = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {"version": __version__, "engine": connection.vendor, "members": {}}
    total = 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive, transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in _tables():
            digest, count = hashlib.sha256(), 0
            with archive.open(f"tables/{table}.jsonl", "w", force_zip64=True) as stream:
                for line in _lines(table):
                    stream.write(line)
                    digest.update(line)
                    count += 1
            manifest["members"][f"tables/{table}.jsonl"] = {"sha256": digest.hexdigest(), "rows": count}
            total += count
        evidence = Path(settings.ZHUANBAN_HOME) / "evidence"
        for path in sorted(p for p in evidence.rglob("*") if p.is_file() and len(p.name) == 64):
            archive.write(path, f"evidence/{path.relative_to(evidence)}", zipfile.ZIP_STORED)
        archive.writestr("manifest.json", orjson.dumps(manifest))
    part.replace(target)
    return total


def _lines(table: str) -> Iterator[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [c[0] for c in cursor.description]
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield orjson.dumps(dict(zip(names, map(_plain, row), strict=True))) + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b64": base64.b64encode(bytes(value)).decode()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def read_backup(source: Path) -> int:
    """Restore into an empty folder or database; returns the number of rows. Raises Refused and changes nothing else."""
    place = Place(file=source.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM people_campaign")
        if cursor.fetchone()[0]:
            raise Refused(NOT_EMPTY.at(place))
    try:
        archive = zipfile.ZipFile(source)
        manifest = orjson.loads(archive.read("manifest.json"))
    except (OSError, KeyError, zipfile.BadZipFile, orjson.JSONDecodeError) as why:
        raise Refused(NOT_A_BACKUP.at(place, file=source.name, why=type(why).__name__)) from why
    total = 0
    with archive, transaction.atomic():
        for table in _tables():
            member = f"tables/{table}.jsonl"
            said = manifest["members"].get(member)
            if said is None:
                continue
            digest = hashlib.sha256()
            with archive.open(member) as stream:
                total += _fill(table, stream, digest)
            if digest.hexdigest() != said["sha256"]:
                raise Refused(NOT_A_BACKUP.at(place, file=source.name, why=f"{table} 的内容与清单不符"))
        _reset_sequences()
        _files(archive, place)
    return total


def _fill(table: str, stream: Any, digest: Any) -> int:
    count = 0
    batch: list[dict[str, Any]] = []
    types = _types(table)

    def flush() -> None:
        if not batch:
            return
        names = list(batch[0])
        marks = ", ".join(["%s"] * len(names))
        quoted = ", ".join(f'"{n}"' for n in names)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({quoted}) VALUES ({marks})",
                [[_value(row[n], types.get(n, "")) for n in names] for row in batch],
            )
        batch.clear()

    for line in io.BufferedReader(stream):
        digest.update(line)
        batch.append(orjson.loads(line))
        count += 1
        if len(batch) == BATCH:
            flush()
    flush()
    return count


def _types(table: str) -> dict[str, str]:
    """Column → Django's field class, where the table is a model's."""
    model = next((m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table), None)
    if model is None:
        return {}
    return {f.column: f.get_internal_type() for f in model._meta.concrete_fields if f.column}


def _value(value: Any, kind: str) -> Any:
    if isinstance(value, dict) and set(value) == {"b64"}:
        return base64.b64decode(value["b64"])
    if kind == "BooleanField" and value is not None:
        return bool(value)
    return value


def _reset_sequences() -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table, key = model._meta.db_table, model._meta.pk
            if key is not None and key.get_internal_type() in {"BigAutoField", "AutoField"}:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'),"
                    f" GREATEST((SELECT COALESCE(MAX({key.column}), 0) FROM {table}), 1))"
                )


def _files(archive: zipfile.ZipFile, place: Place) -> None:
    home = Path(settings.ZHUANBAN_HOME) / "evidence"
    for info in archive.infolist():
        if not info.filename.startswith("evidence/"):
            continue
        name = Path(info.filename).name
        path = home / Path(info.filename).relative_to("evidence")
        if ".." in Path(info.filename).parts:
            raise Refused(NOT_A_BACKUP.at(place, file=place.file, why="路径不合规"))
        digest = hashlib.sha256()
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, path.open("wb") as target:
            while piece := source.read(1 << 20):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != name:
            path.unlink()
            raise Refused(NOT_A_BACKUP.at(place, file=place.file, why=f"附件 {name[:12]} 内容不符"))
