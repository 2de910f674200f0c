"""A backup holds everything, on either engine; a file that is none leaves nothing behind."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.conftest import Office, Ran
from tests.lamps import settle_in, workbook

HEAD = ["所在村", "杆号", "灯型", "功率（千瓦）", "登记日期", "派单日期"]
ROWS = [
    HEAD,
    ["甲村", "1号", "高杆", 1.5, "2024-01-05", None],
    ["甲村", "2号", "草坪", 0.25, "2024-01-06", "2024-01-08"],
    ["丙村", "3号", "低杆", "两千瓦", "2024-01-09", None],
]
PHOTO = """
    from tests.evidence.samples import jpeg
    from zhuanban.evidence.actions import keep
    from zhuanban.people.actions import give_post, make_token
    from zhuanban.people.models import Campaign, User
    lamps = Campaign.objects.get(name="lamps")
    user = User.objects.create_user("county", password="路灯很亮", display_name="县办")
    give_post(lamps, user, "county")
    make_token(user, "手机")
    print(keep(lamps, jpeg(), "灯.jpg", user.pk)["sha256"])
"""
SIGNS_IN = (
    "from zhuanban.people.models import User; print(User.objects.get(username='county').check_password('路灯很亮'))"
)


@pytest.fixture
def busy(lamps: Office) -> Office:
    """Lamps with records, an item that waits, a user with a post and a token, a photo, and a log of who looked."""
    path = workbook(lamps, "东镇.xlsx", ROWS)
    lamps.run("import", "lamps", "lamps", path, "--on", "2024-03-01", code=1)
    lamps.python(PHOTO)
    lamps.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "csv")
    return lamps


def elsewhere(office: Office, **environment: str) -> dict[str, str]:
    return {"ZHUANBAN_HOME": str(office.home.parent / "别 处"), **environment}


def all_that_is_seen(office: Office, **environment: str) -> list[Any]:
    asked = [
        ["table", "lamps", "progress", "--as-of", "2024-03-01"],
        ["table", "lamps", "by_unit", "--as-of", "2024-01-07"],
        ["history", "lamps", "lamps", "D-411300101201-002", "--json"],
        ["inbox", "lamps", "--json"],
        ["campaign", "list", "--json"],
        ["verify", "--json"],
        ["tally", "check"],
    ]
    said = [office.run(*words, **environment).out for words in asked]
    # PostgreSQL keeps the fields of a record in an order of its own.
    return [json.loads(out) if out.startswith("{") else out for out in said]


def restored_whole(office: Office, there: dict[str, str], before: list[Any], file: Path) -> None:
    assert "核验无误" in office.run("restore", file, **there).out
    assert all_that_is_seen(office, **there) == before
    assert office.python(SIGNS_IN, **there) == "True\n"
    # Numbers go on where they stopped.
    more = workbook(office, "再来.xlsx", [HEAD, ["甲村", "7号", "高杆", 1, "2024-01-10", None]])
    office.run("import", "lamps", "lamps", more, "--on", "2024-03-01", **there)
    assert json.loads(office.run("history", "lamps", "lamps", "D-411300101201-003", "--json", **there).out)
    office.run("verify", **there)
    office.run("tally", "check", **there)


@pytest.mark.both_engines
def test_a_backup_is_restored_elsewhere_with_its_evidence(busy: Office) -> None:
    before = all_that_is_seen(busy)
    file = busy.home.parent / "备份.zip"
    busy.run("backup", file)
    assert not list(file.parent.glob("*.part"))
    there = elsewhere(busy, ZHUANBAN_DATABASE_URL="")  # on PostgreSQL: from there back to SQLite
    restored_whole(busy, there, before, file)
    (photo,) = [p for p in (busy.home / "evidence").rglob("*") if p.is_file()]
    copy = Path(there["ZHUANBAN_HOME"]) / photo.relative_to(busy.home)
    assert copy.read_bytes() == photo.read_bytes()
    assert "cli-011" in busy.run("restore", file, code=1, **there).err  # not over what is there


@pytest.mark.postgres
def test_a_backup_of_sqlite_is_restored_on_postgresql(office: Office) -> None:
    small = Office(office.home.parent / "小", {**office.environment, "ZHUANBAN_DATABASE_URL": ""}, office.program)
    small.environment["ZHUANBAN_HOME"] = str(small.home)
    settle_in(small)
    small.run("import", "lamps", "lamps", workbook(small, "东镇.xlsx", ROWS), "--on", "2024-03-01", code=1)
    small.python(PHOTO)
    before = all_that_is_seen(small)
    file = small.home.parent / "备份.zip"
    small.run("backup", file)
    restored_whole(office, {}, before, file)


Spoil = Callable[[Path, Path], Path]


def with_members(change: Callable[[dict[str, bytes]], object]) -> Spoil:
    """The same zip with other members."""

    def spoil(source: Path, target: Path) -> Path:
        with zipfile.ZipFile(source) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return target

    return spoil


def manifest(**said: object) -> Spoil:
    return with_members(
        lambda members: members.update(
            {"manifest.json": orjson.dumps({**orjson.loads(members["manifest.json"]), **said})}
        )
    )


def drop(name: str) -> Spoil:
    return with_members(lambda members: members.pop(next(m for m in members if m.startswith(name))))


def put(name: str, content: bytes) -> Spoil:
    return with_members(lambda members: members.update({name: content}))


@dataclass(frozen=True)
class Torn:
    """The bytes of a backup with a fault in them."""

    fault: str

    def __call__(self, file: Path, target: Path) -> Path:
        whole = file.read_bytes()
        flip = whole.index(b"tables/ledger_event.jsonl") + 60
        content = {
            "half": whole[: len(whole) // 2],
            "flipped": whole[:flip] + bytes([whole[flip] ^ 0xFF]) + whole[flip + 1 :],
            "other": "这不是备份".encode(),
        }
        target.write_bytes(content[self.fault])
        return target


BAD = [
    (manifest(format=2), "cli-013"),
    (manifest(migrations=[["people", "0001_initial"], ["people", "0099_later"]]), "cli-013"),
    (manifest(migrations="?"), "cli-010"),
    (manifest(tables={}), "cli-010"),
    (drop("manifest.json"), "cli-010"),
    (drop("tables/ledger_event"), "cli-010"),
    (drop("evidence/"), "cli-010"),
    (put("tables/ledger_event.jsonl", b""), "cli-010"),
    (put("tables/people_unit.jsonl", b'{"id": 1}\nnot json\n'), "cli-010"),
    (put("tables/people_unit.jsonl", b'{"id": 1, "name\\"; DROP": 2}\n'), "cli-010"),
    (put("evidence/../../escaped", b"x"), "cli-010"),
    (Torn("half"), "cli-010"),
    (Torn("flipped"), "cli-010"),
    (Torn("other"), "cli-010"),
]


def test_a_backup_is_replaced_only_where_that_is_said(lamps: Office) -> None:
    file = lamps.home.parent / "备份.zip"
    file.write_text("前一份", "utf-8")
    refused = lamps.run("backup", file, code=1)
    assert ("cli-014" in refused.err, file.read_text("utf-8")) == (True, "前一份")
    lamps.run("backup", file, "--force")
    assert zipfile.is_zipfile(file)


def test_a_file_that_is_no_whole_backup_leaves_nothing(busy: Office) -> None:
    file = busy.home.parent / "备份.zip"
    busy.run("backup", file)
    there = elsewhere(busy, ZHUANBAN_DATABASE_URL="")
    for spoil, says in BAD:
        refuses(busy.run("restore", spoil(file, file.with_name("坏.zip")), code=1, **there), says)
        assert not [p for p in (Path(there["ZHUANBAN_HOME"]) / "evidence").rglob("*") if p.is_file()]
    refuses(busy.run("restore", "没有.zip", code=1, **there), "core-002")
    assert not (busy.home.parent / "escaped").exists()
    busy.run("restore", file, **there)  # the whole one still finds an empty place


def test_a_photo_altered_before_the_backup_is_named_and_the_rest_is_there(busy: Office) -> None:
    before = all_that_is_seen(busy)
    (photo,) = [p for p in (busy.home / "evidence").rglob("*") if p.is_file()]
    photo.unlink()
    photo.write_bytes(b"altered")
    file = busy.home.parent / "备份.zip"
    busy.run("backup", file)
    there = elsewhere(busy, ZHUANBAN_DATABASE_URL="")
    assert "evidence-030" in busy.run("restore", file, code=1, **there).err
    assert busy.run("table", "lamps", "progress", "--as-of", "2024-03-01", **there).out == before[0]


@pytest.mark.both_engines
def test_memory_does_not_grow_with_the_rows(lamps: Office) -> None:
    lamps.python(
        """
        from zhuanban.people.models import AccessLog
        long = {"file": "长" * 3000}
        for _ in range(10):
            AccessLog.objects.bulk_create(AccessLog(who="x", what="export", detail=long, at=1) for _ in range(1000))
        """
    )
    # What the program itself holds, without the pages of files that the system may show it.
    limited = """
        import re, resource
        from pathlib import Path
        from django.db import connection
        from zhuanban.cli.backup import read_backup, write_backup
        connection.ensure_connection()
        held = int(re.search(r"VmData:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (held + (100 << 20), resource.RLIM_INFINITY))
        print({call})
    """
    # 180 MB of rows; a thousand of them at a time are 18 MB.
    assert int(lamps.python(limited.format(call="write_backup(Path('b.zip'))"))) > 10_000
    there = elsewhere(lamps, ZHUANBAN_DATABASE_URL="")
    assert int(lamps.python(limited.format(call="read_backup(Path('b.zip'))"), **there)) > 10_000


def refuses(ran: Ran, code: str) -> None:
    """One clear problem, no trace."""
    assert code in ran.err
    assert len(ran.err.strip().splitlines()) == 1, ran.err
