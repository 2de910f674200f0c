"""Messages: told once, sent on by the reader's channels, tried again where a channel fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.canals import make, time
from zhuanban.core.problem import Refused
from zhuanban.notify.actions import LONGEST_WAIT, MINUTE, TRIES, by_apprise, mark_read, send_due, tell
from zhuanban.notify.channels import read_channels
from zhuanban.notify.models import Message, Outgoing
from zhuanban.notify.queries import message_json, messages_of
from zhuanban.people.models import Campaign, User

pytestmark = pytest.mark.django_db

NOON = 1_634_788_800_000_000
TABLE = "账号,地址\nli,json://127.0.0.1:9/li\n*,json://127.0.0.1:9/group\n"


@pytest.fixture
def campaign(tmp_path: Path, settings: Any) -> Campaign:
    settings.ZHUANBAN_HOME = tmp_path
    with time("2021-09-02 09:00"):
        return make(tmp_path)


@pytest.fixture
def li(db: None) -> User:
    return User.objects.create_user("li")


def said(campaign: Campaign, *users: User, key: str = "k1") -> list[Message]:
    return tell(campaign, users, "remind", key, "请报送。", "duty_x/S-1", NOON)


def test_the_same_is_told_once(campaign: Campaign, li: User) -> None:
    wang = User.objects.create_user("wang")
    assert len(said(campaign, li)) == 1
    assert [m.user for m in said(campaign, li, wang)] == [wang]
    assert said(campaign, li, wang) == []
    assert len(said(campaign, li, key="k2")) == 1
    assert Message.objects.count() == 3
    assert not Outgoing.objects.exists()  # without a table of channels everything stays in the house


def test_each_by_his_channels_and_a_group_once(campaign: Campaign, li: User, tmp_path: Path) -> None:
    (tmp_path / "channels.csv").write_text(TABLE, "utf-8")
    wang = User.objects.create_user("wang")
    said(campaign, li, wang)
    went: list[tuple[str, str]] = []

    def post(address: str, text: str) -> str:
        went.append((address, text))
        return ""

    assert send_due(NOON, post) == (2, 0)
    assert went == [("json://127.0.0.1:9/li", "请报送。"), ("json://127.0.0.1:9/group", "请报送。")]
    assert send_due(NOON + MINUTE, post) == (0, 0)
    assert set(Outgoing.objects.values_list("channel", "sent_at")) == {("json", NOON)}
    assert "127.0.0.1" not in "".join(
        map(str, Outgoing.objects.values_list())
    )  # the address is nowhere in the database


def test_a_channel_that_fails_is_tried_again_and_given_up(campaign: Campaign, li: User, tmp_path: Path) -> None:
    (tmp_path / "channels.csv").write_text("账号,地址\nli,json://127.0.0.1:9/li\n", "utf-8")
    said(campaign, li)
    waits, now = [], NOON
    while Outgoing.objects.filter(next_at__isnull=False).exists():
        assert send_due(now, lambda address, text: "连接不上。") == (0, 1)
        assert send_due(now, lambda address, text: "连接不上。") == (0, 0)  # not before its time
        following = Outgoing.objects.get().next_at
        if following is not None:
            waits.append((following - now) // MINUTE)
            now = following
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, LONGEST_WAIT // MINUTE]
    row = Outgoing.objects.get()
    assert (row.tries, row.sent_at, row.failure) == (TRIES, None, "连接不上。")


def test_a_channel_taken_from_the_table_is_not_used(campaign: Campaign, li: User, tmp_path: Path) -> None:
    (tmp_path / "channels.csv").write_text(TABLE, "utf-8")
    said(campaign, li)
    (tmp_path / "channels.csv").write_text("账号,地址\n", "utf-8")
    assert send_due(NOON, lambda address, text: "") == (0, 2)
    assert send_due(NOON + MINUTE, lambda address, text: "") == (0, 0)


def test_every_fault_of_the_table_is_named_without_the_secret() -> None:
    text = "账号,地址\nli,nonsense://SECRET-1\n,json://127.0.0.1/SECRET-2\nwang,\nzhao,json://127.0.0.1/x\n"
    found, problems = read_channels(text.encode(), "channels.csv")
    assert [(p.code, p.place.line) for p in problems] == [("notify-003", 2), ("notify-004", 3), ("notify-004", 4)]
    assert "SECRET" not in "".join(map(str, problems))
    assert list(found) == ["zhao"]
    assert [p.code for p in read_channels("甲\n".encode(), "c")[1]] == ["notify-001", "notify-001"]
    assert [p.code for p in read_channels("账号".encode("gb18030"), "c")[1]] == ["notify-002"]


def test_a_message_is_its_readers_own(campaign: Campaign, li: User) -> None:
    (message,) = said(campaign, li)
    wang = User.objects.create_user("wang")
    with pytest.raises(Refused):
        mark_read(campaign, wang.pk, message.pk, NOON + 1)
    mark_read(campaign, li.pk, message.pk, NOON + 1_000_000)
    mark_read(campaign, li.pk, message.pk, NOON + 9_000_000)
    assert list(messages_of(campaign, wang.pk)) == []
    (mine,) = messages_of(campaign, li.pk)
    shown = message_json(mine)
    assert (shown["to"], shown["read_at"]) == ("li", "2021-10-21T12:00:01+08:00")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server on the loopback address that keeps what is posted to it."""
    got: list[bytes] = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200 if self.path == "/good" else 500)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Keep)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_apprise_sends_and_says_when_it_failed(listener: tuple[str, list[bytes]]) -> None:
    address, got = listener
    assert by_apprise(f"{address}/good", "请报送。") == ""
    assert "请报送。".encode() in got[0] or b"\\u8bf7\\u62a5\\u9001" in got[0]
    assert by_apprise(f"{address}/bad", "请报送。") == "渠道没有接受，或连接不上。"
    assert by_apprise("nonsense://x", "请报送。") == "地址不能识别。"
