"""`zhuanban demo` and `serve` as a newcomer meets them, and every line of the READMEs."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Office

LINE = re.compile(r"^    (?:\$ )?\.venv/bin/zhuanban (.+?)(?: {2,}\S*)?$", re.M)
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.fixture
def hurricane(office: Office, tmp_path: Path) -> Office:
    """The demo, in a folder with blanks and Chinese characters in its name."""
    odd = Office(tmp_path / "专班 数据" / "一处", dict(office.environment), office.program)
    odd.home.parent.mkdir()
    odd.environment["ZHUANBAN_HOME"] = str(odd.home)
    return odd


def test_the_demo_says_what_is_off_and_keeps_its_data(hurricane: Office) -> None:
    first = hurricane.run("demo", "--no-serve").out
    assert f"数据：{hurricane.home}" in first
    assert "没有启用：PostgreSQL" in first
    passwords = re.findall(r"口令 (\S+)", first)
    assert passwords
    events = hurricane.run("verify", "--json").out
    second = hurricane.run("demo", "--no-serve").out
    assert re.findall(r"口令 (\S+)", second) == passwords
    assert len(second.splitlines()) < len(first.splitlines()) / 2  # nothing is played again
    assert hurricane.run("verify", "--json").out == events


def test_the_lines_of_the_readmes_do_what_they_say(hurricane: Office) -> None:
    hurricane.run("demo", "--no-serve")
    said = [LINE.findall(path.read_text("utf-8")) for path in READMES]
    assert said[0] == said[1]
    assert len(said[0]) > 8
    for line in said[0]:
        words = shlex.split(line)
        if words[0] != "import":  # of a file that is the reader's
            hurricane.run(*words)
    for path in READMES:
        printed = re.search(r"^    \$ .*\n((?:    .*\n)+)", path.read_text("utf-8"), re.M)
        assert printed is not None
        figures = [line.split() for line in printed[1].splitlines()]
        out = hurricane.run(*shlex.split(said[0][0])).out
        assert [line.split() for line in out.splitlines()[-len(figures) :]] == figures


def address(process: subprocess.Popen[bytes]) -> int:
    """The port that a server prints."""
    assert process.stdout is not None
    while line := process.stdout.readline():
        if found := re.search(rb"http://127\.0\.0\.1:(\d+)/", line):
            return int(found[1])
    raise AssertionError("no address was printed")


def test_a_server_in_the_background_of_a_script_ends_when_told(lamps: Office) -> None:
    server = lamps.start("serve", within=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN) and None)
    try:
        port = address(server)
        server.send_signal(signal.SIGTERM)
        out = server.communicate(timeout=120)[0].decode()
    finally:
        with contextlib.suppress(ProcessLookupError):  # where it did not end
            os.killpg(server.pid, signal.SIGKILL)
    assert (server.returncode, out.splitlines()[-1]) == (0, "已停止。")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def test_ports(lamps: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = lamps.run("serve", "--port", str(port), code=1)
        assert ("cli-030" in refused.err, len(refused.err.splitlines())) == (True, 1)
    assert "参数不对" in lamps.run("serve", "--port", "0", code=2).err
    servers = [lamps.start("serve") for _ in range(2)]  # together: each finds a port of its own
    try:
        assert len({address(server) for server in servers}) == 2
    finally:
        os.killpg(servers[0].pid, signal.SIGINT)  # Ctrl-C reaches all of a terminal
        servers[1].send_signal(signal.SIGTERM)
        said = [server.communicate(timeout=120)[0].decode() for server in servers]
    for server, out in zip(servers, said, strict=True):
        assert (server.returncode, out.splitlines()[-1]) == (0, "已停止。")
        assert "Traceback" not in out
