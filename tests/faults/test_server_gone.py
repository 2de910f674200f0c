"""The database server is away, or goes away in the middle: one clear problem, and nothing is half-done."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Office
from tests.lamps import settle_in, workbook

ROWS = [["所在村", "杆号", "灯型", "登记日期"], *(["甲村", f"{n}号", "高杆", "2024-01-05"] for n in range(20))]


def test_a_server_that_is_not_there(office: Office, tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody@/nothing?host={tmp_path}"
    for words in (["campaign", "list"], ["demo", "--no-serve"], ["verify"], ["backup", "b.zip"]):
        ran = office.run(*words, code=1, ZHUANBAN_DATABASE_URL=nowhere)
        assert ("core-007" in ran.err, len(ran.err.splitlines())) == (True, 1)


@pytest.mark.parametrize("address", ["mysql://x/y", "postgresql://", "postgresql://u@h:port/x", "nonsense"])
def test_an_address_that_is_none(office: Office, address: str) -> None:
    ran = office.run("campaign", "list", code=1, ZHUANBAN_DATABASE_URL=address)
    assert ("project-002" in ran.err, len(ran.err.splitlines())) == (True, 1)


@pytest.mark.postgres
def test_a_server_that_goes_away_in_the_middle_of_an_import(office: Office) -> None:
    settle_in(office)
    path = workbook(office, "甲.xlsx", ROWS)
    address = office.environment["ZHUANBAN_DATABASE_URL"]
    with psycopg.connect(address) as holder, psycopg.connect(address, autocommit=True) as watcher:
        holder.execute("LOCK TABLE tally_day IN ACCESS EXCLUSIVE MODE")
        process = office.start("import", "lamps", "lamps", path, "--on", "2024-03-01")
        waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not (found := watcher.execute(waiting).fetchall()):
            assert process.poll() is None, "the import did not come as far as the tallies"
            time.sleep(0.02)  # asked again until it waits
        watcher.execute("SELECT pg_terminate_backend(%s)", found[0])
        said, _ = process.communicate()
    assert (process.returncode, "core-007" in said.decode(), len(said.splitlines())) == (1, True, 1)
    assert json.loads(office.run("verify", "--json").out)["checked"][0]["events"] == 0
    office.run("import", "lamps", "lamps", path, "--on", "2024-03-01")
    assert json.loads(office.run("verify", "--json").out)["checked"][0]["records"] == 20
    office.run("tally", "check")
