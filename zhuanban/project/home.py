"""The data folder: where the database file and the secret live."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zhuanban.core.faults import reason
from zhuanban.core.problem import Kind, Place, Refused

HOME_UNUSABLE = Kind(
    "project-001",
    "数据文件夹不能写入：{why}。",
    "请检查磁盘空间和文件夹权限，或用环境变量 ZHUANBAN_HOME 另指一个文件夹。",
)
DATABASE_URL_WRONG = Kind(
    "project-002",
    "数据库地址 ZHUANBAN_DATABASE_URL 不能识别（{what}）。",
    "请写成 postgresql://用户:口令@主机:端口/库名；本机套接字写成 postgresql:///库名?host=/套接字文件夹。",
)

# Journal and durability: WAL lets readers go on while one writes; FULL means that what was acknowledged survives a
# power cut, not only a killed process (0.4 ms per commit here). The immediate transaction takes the write lock at once,
# so two writers queue instead of failing at the end. Reads go through the mapped file; the cache has to hold little
# more than what one transaction writes. A card changes some 40 pages among a million: carrying them home (the
# checkpoint) every 8,000 pages (32 MB) keeps that out of all but one in a hundred commits.
SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-16384;PRAGMA mmap_size=268435456;PRAGMA wal_autocheckpoint=8000;"
)


def database(home: Path, url: str) -> dict[str, Any]:
    """Django's database entry for a data folder and an optional PostgreSQL address."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / "zhuanban.sqlite3"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_INIT},
            "CONN_MAX_AGE": None,
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as why:
        raise Refused(DATABASE_URL_WRONG.at(what="主机或端口写法不对")) from why
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise Refused(DATABASE_URL_WRONG.at(what=parts.scheme or "空"))
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(port or query.pop("port", "")),
        # The server reads and plans a text once for each connection, not once for each submission: half its work.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2, **query},
        "CONN_MAX_AGE": None,
    }


def secret_key(home: Path) -> str:
    """The folder's own secret, made once, readable by its owner only.

    Raises Refused where the folder cannot be written.
    """
    path = home / "secret"
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text("ascii").strip()
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        return path.read_text("ascii").strip()
    except OSError as why:
        raise Refused(HOME_UNUSABLE.at(Place(file=str(home)), why=reason(why))) from why
