"""A full disk or a read-only folder: one clear problem, nothing half-done, and what was acknowledged is still there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Office, Ran
from tests.hardship import full_disk, powerless, read_only
from tests.lamps import CREATE, settle_in, workbook

pytestmark = pytest.mark.sqlite
HEAD = ["所在村", "杆号", "灯型", "登记日期", "派单日期"]
LITTLE = 48 * 1024
UPLOAD = """
    from zhuanban.evidence.actions import keep
    from zhuanban.people.actions import give_post, make_token
    from zhuanban.people.models import Campaign, User
    lamps = Campaign.objects.get(name="lamps")
    user = User.objects.create_user("county")
    give_post(lamps, user, "county")
    keep(lamps, "".join(f"{n * n} " for n in range(20_000)).encode(), "说明.txt", user.pk)
    print(make_token(user, "手机"))
"""


@pytest.fixture
def lamps(office: Office) -> Office:
    """Three lamps are in."""
    settle_in(office)
    office.run("import", "lamps", "lamps", batch(office, "先到", 3), "--on", "2024-03-01")
    return office


def batch(office: Office, name: str, count: int) -> Path:
    rows = [["甲村", f"{name}{i}", "高杆", "2024-01-05", "2024-01-06"] for i in range(count)]
    return workbook(office, f"{name}.xlsx", [HEAD, *rows])


def registered(office: Office) -> int:
    office.run("verify")
    office.run("tally", "check")
    out = office.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "json").out
    return int(json.loads(out)["rows"][0]["cells"]["all"]["value"])


def one_clear_problem(ran: Ran, *codes: str) -> None:
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1, ran.err
    assert any(f"（{code}）" in lines[0] for code in codes), ran.err


# Full -----------------------------------------------------------------------------------------------------------------


def test_import_on_a_full_disk(lamps: Office) -> None:
    many = batch(lamps, "后到", 300)
    ran = lamps.run("import", "lamps", "lamps", many, "--on", "2024-03-01", code=1, within=full_disk(LITTLE))
    one_clear_problem(ran, "core-001", "core-003")
    assert registered(lamps) == 3
    lamps.run("import", "lamps", "lamps", many, "--on", "2024-03-01")
    assert registered(lamps) == 303


def test_a_marked_copy_on_a_full_disk(lamps: Office) -> None:
    bad = workbook(lamps, "错.xlsx", [HEAD, *[["甲村", f"错{i}", "霓虹灯", "2024-01-05", None] for i in range(3)]])
    marked = lamps.home.parent / "批注"
    marked.mkdir()
    with read_only(marked):
        words = ("import", "lamps", "lamps", bad, "--on", "2024-03-01", "--marked", "批注")
        said = lamps.run(*words, code=1, within=powerless).err.strip().splitlines()
    assert ["ledger-008" in line for line in said] == [True, True, True, False]  # each row's fault is told all the same
    assert "没有权限" in said[3]
    assert "（sheets-009）" in said[3]
    assert len(json.loads(lamps.run("inbox", "lamps", "--json").out)["items"]) == 3  # waits, though unmarked
    assert list(marked.iterdir()) == []


def test_a_first_command_on_a_full_disk(office: Office) -> None:
    one_clear_problem(office.run("campaign", "list", code=1, within=full_disk(LITTLE)), "core-001", "core-003")
    settle_in(office)
    assert registered(office) == 0


def test_a_campaign_on_a_full_disk_is_made_whole_or_not_at_all(lamps: Office) -> None:
    others = [*CREATE[:2], "other", *CREATE[3:]]
    one_clear_problem(lamps.run(*others, code=1, within=full_disk(33 * 1024)), "core-001", "core-003")
    assert [c["campaign"] for c in json.loads(lamps.run("campaign", "list", "--json").out)["campaigns"]] == ["lamps"]
    lamps.run(*others)
    assert registered(lamps) == 3


@pytest.mark.parametrize("room", [LITTLE, 700 * 1024])
def test_a_demo_on_a_full_disk_goes_on_when_there_is_room(office: Office, room: int) -> None:
    ran = office.run("demo", "--no-serve", code=1, within=full_disk(room))
    one_clear_problem(ran, "core-001", "core-003")
    office.run("demo", "--no-serve")
    for table, total in (("lead_handling", "96%"), ("sealed_recheck", "87%")):
        rows = json.loads(office.run("table", "hurricane", table, "--as-of", "2023-12-08", "--format", "json").out)
        assert total in [cell["text"] for cell in rows["rows"][0]["cells"].values()]
    office.run("verify")
    office.run("tally", "check")


def test_a_backup_on_a_full_disk_leaves_no_file_and_the_older_one(lamps: Office) -> None:
    lamps.run("backup", "备份.zip")
    older = (lamps.home.parent / "备份.zip").read_bytes()
    lamps.python(UPLOAD)
    one_clear_problem(lamps.run("backup", "备份.zip", "--force", code=1, within=full_disk(LITTLE)), "core-001")
    assert (lamps.home.parent / "备份.zip").read_bytes() == older
    assert not list(lamps.home.parent.glob("*.part"))
    assert registered(lamps) == 3


def test_a_restore_on_a_full_disk_leaves_an_empty_place(lamps: Office) -> None:
    lamps.python(UPLOAD)
    lamps.run("backup", "备份.zip")
    there = {"ZHUANBAN_HOME": str(lamps.home.parent / "别处")}
    lamps.run("campaign", "list", **there)
    ran = lamps.run("restore", "备份.zip", code=1, within=full_disk(LITTLE), **there)
    one_clear_problem(ran, "core-001", "core-003", "evidence-020")
    assert not [p for p in (lamps.home.parent / "别处" / "evidence").rglob("*") if p.is_file()]
    lamps.run("restore", "备份.zip", **there)


# Read-only ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["import", "lamps", "lamps", "后到.xlsx", "--on", "2024-03-01"],
        [*CREATE[:2], "other", *CREATE[3:]],
        ["backup", "备份.zip"],
        ["demo", "--no-serve"],
        ["seal"],
    ],
    ids=lambda words: words[0],
)
def test_a_read_only_data_folder(lamps: Office, words: list[str]) -> None:
    batch(lamps, "后到", 3)
    with read_only(lamps.home):
        one_clear_problem(lamps.run(*words, code=1, within=powerless), "core-004", "core-002")
    assert registered(lamps) == 3
    lamps.run(*words)


@pytest.mark.parametrize(
    "words",
    [
        ["backup", "只读/备份.zip"],
        ["table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "xlsx", "-o", "只读/表.xlsx"],
        ["table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "csv", "-o", "只读/表.csv"],
    ],
    ids=lambda words: words[0],
)
def test_a_read_only_target(lamps: Office, words: list[str]) -> None:
    target = lamps.home.parent / "只读"
    target.mkdir()
    with read_only(target):
        one_clear_problem(lamps.run(*words, code=1, within=powerless), "core-002")
    assert list(target.iterdir()) == []


def test_a_data_folder_that_cannot_be_made(office: Office) -> None:
    (office.home.parent / "只读").mkdir()
    with read_only(office.home.parent / "只读"):
        there = str(office.home.parent / "只读" / "数据")
        ran = office.run("campaign", "list", code=1, within=powerless, ZHUANBAN_HOME=there)
    one_clear_problem(ran, "project-001")


# The server -----------------------------------------------------------------------------------------------------------


@contextmanager
def serving(office: Office, within: Any = None) -> Iterator[str]:
    """The address of a running server; stopped as by Ctrl-C."""
    process = office.start("serve", within=within)
    assert process.stdout is not None
    try:
        said = b""
        while not (found := re.search(rb"http://[\d.:]+", said)):
            line = process.stdout.readline()
            assert line, said.decode()
            said += line
        yield found[0].decode()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    assert process.returncode == 0


def post(address: str, path: str, token: str, body: bytes, kind: str) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{address}/api/campaigns/lamps/{path}",
        body,
        {"Authorization": f"Bearer {token}", "Content-Type": kind},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def changes(name: str, count: int) -> bytes:
    said = [
        {
            "id": f"{name}-{i}",
            "ledger": "lamps",
            "steps": [
                {
                    "verb": "create", "on": "2024-01-05", "region": "411300101201",
                    "set": {"pole": f"{name}{i}", "kind": "高杆", "story": "灯罩破了" * 50},
                }
            ],
        }
        for i in range(count)
    ]  # fmt: skip
    return json.dumps({"changes": said}).encode()


def upload(content: bytes) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    return head + content + b"\r\n--x--\r\n"


def test_a_server_on_a_full_disk_refuses_and_loses_nothing(lamps: Office) -> None:
    token = lamps.python(UPLOAD).strip()
    with serving(lamps, full_disk(160 * 1024)) as address:
        status, answer = post(address, "changes", token, changes("少", 2), "application/json")
        assert (status, [o["status"] for o in answer["outcomes"]]) == (200, ["entered", "entered"])
        status, answer = post(address, "changes", token, changes("多", 400), "application/json")
        assert (status, answer["problems"][0]["code"]) in [(503, "core-001"), (503, "core-003")]
        text = upload(b"1234567 " * 40_000)
        status, answer = post(address, "files", token, text, "multipart/form-data; boundary=x")
        assert (status, answer["problems"][0]["code"]) in [(503, "evidence-020"), (503, "core-001")]
    assert registered(lamps) == 5
    with serving(lamps) as address:
        status, answer = post(address, "changes", token, changes("多", 400), "application/json")
        assert (status, answer["waiting"]) == (200, 0)
        assert post(address, "files", token, text, "multipart/form-data; boundary=x")[0] == 201
    assert registered(lamps) == 405


def test_a_server_without_its_evidence_folder(lamps: Office) -> None:
    token = lamps.python(UPLOAD).strip()
    with read_only(lamps.home / "evidence"), serving(lamps, powerless) as address:
        status, answer = post(address, "files", token, upload(b"x y z"), "multipart/form-data; boundary=x")
        assert (status, answer["problems"][0]["code"]) == (503, "evidence-021")
        status, _ = post(address, "changes", token, changes("照办", 1), "application/json")
        assert status == 200
    assert registered(lamps) == 4


def test_no_process_is_left_behind(lamps: Office) -> None:
    with serving(lamps) as address:
        port = address.rpartition(":")[2]
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in found.splitlines() if "granian" in line and f"--port {port} " in line]
