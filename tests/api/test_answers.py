"""How the API answers when something is wrong, and what it says of itself."""

from __future__ import annotations

import errno
import logging
import re
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from tests.api.conftest import People
from zhuanban.api.site import api
from zhuanban.ledger.queries import Viewer

SCHEMA: dict[str, Any] = api.get_openapi_schema()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]


def caused(cause: psycopg.Error) -> OperationalError:
    """Django's error, raised from the driver's."""
    why = OperationalError(str(cause))
    why.__cause__ = cause
    return why


CHINESE = re.compile("[\u4e00-\u9fff]")


def test_a_fault_inside_is_told_without_its_inside(
    people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(self: Viewer, *_: Any) -> Any:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(Viewer, "records", fails)
    with caplog.at_level(logging.ERROR):
        answer = people.county.get("/api/campaigns/lamps/ledgers/lamps/records")
    assert answer.status_code == 500
    problem = answer.json()["problems"][0]
    assert problem["code"] == "api-007"
    assert "secret" not in answer.content.decode()
    name = re.search("[0-9a-f]{8}", problem["advice"])
    assert name is not None
    assert name[0] in caplog.text
    assert "secret of the inside" in caplog.text


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (OperationalError("server closed the connection unexpectedly"), "core-008"),
        (caused(psycopg.OperationalError("consuming input failed")), "core-007"),
        (caused(psycopg.errors.DiskFull("could not extend file")), "core-001"),
        (OSError(errno.ENOSPC, "No space left on device"), "core-001"),
        (OSError(errno.EACCES, "Permission denied", "a/secret/path"), "core-002"),
    ],
)
def test_a_sick_disk_or_database_is_told_as_such(
    people: People, monkeypatch: pytest.MonkeyPatch, why: Exception, code: str
) -> None:
    def fails(self: Viewer, *_: Any) -> Any:
        raise why

    monkeypatch.setattr(Viewer, "records", fails)
    answer = people.county.get("/api/campaigns/lamps/ledgers/lamps/records")
    assert (answer.status_code, [p["code"] for p in answer.json()["problems"]]) == (503, [code])
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/nothing", "api-001"),
        ("/api/campaigns/lamps/inbox/99999999999999999999", "api-001"),
        ("/api/campaigns/lamps/inbox/-1", "api-001"),
        ("/api/campaigns/lamps/inbox/x", "api-001"),
        ("/api/campaigns/lamps/records/lamps/x%00y", "api-001"),
        ("/api/campaigns/lamps/ledgers/lamps/records?q=%00", "api-001"),
        ("/api/campaigns/lamps/ledgers/nothing/records", "api-001"),
        ("/api/campaigns/lamps/tables/nothing", "api-001"),
        ("/api/campaigns/lamps/lists/nothing", "api-001"),
        ("/api/campaigns/%E2%80%AE/ledgers/lamps/records", "api-001"),
    ],
)
def test_what_cannot_exist_is_not_there(people: People, path: str, code: str) -> None:
    answer = people.county.get(path)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (404, code)


def test_other_methods_are_refused(people: People) -> None:
    answer = people.county.delete("/api/campaigns/lamps")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (405, "api-008")
    assert answer["Allow"] == "GET"


def test_every_answer_tells_the_browser_to_take_nothing_from_elsewhere(people: People) -> None:
    answer = people.county.get("/api/me")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def test_the_interface_is_written_down(client: Client) -> None:
    said = client.get("/api/openapi.json").json()
    assert said["info"]["title"] == "专班接口"
    assert said["paths"].keys() == SCHEMA["paths"].keys()
    assert client.get("/api/docs").status_code == 404  # it would fetch a program from elsewhere


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_operation_is_explained(name: str, operation: dict[str, Any]) -> None:
    assert CHINESE.search(operation["summary"])
    assert CHINESE.search(operation["description"])
    assert operation["tags"]
    good = next(answer for status, answer in operation["responses"].items() if int(status) < 300)
    (kind, content), *_ = good["content"].items()
    assert kind != "application/json" or content["schema"]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            assert CHINESE.search(parameter["schema"]["title"]), parameter
    if operation.get("security"):
        assert "401" in map(str, operation["responses"])


def test_every_field_has_a_chinese_title_and_what_is_sent_has_an_example() -> None:
    schemas = SCHEMA["components"]["schemas"]
    poor = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, said in schema.get("properties", {}).items()
        if not CHINESE.search(said.get("title", ""))
    ]
    assert not poor
    sent = {
        content["schema"]["$ref"].rpartition("/")[2]
        for _, operation in OPERATIONS
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    }
    assert sent >= {"ChangesIn", "SignIn", "RevealIn", "DiscardIn", "RetryIn"}
    assert [name for name in sent if not schemas[name].get("example")] == []
    got = {
        answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, operation in OPERATIONS
        for status, answer in operation["responses"].items()
        if int(status) < 300 and "application/json" in answer.get("content", {})
    }
    assert len(got) > 12
    assert [name for name in got if not schemas[name].get("example")] == []
