"""The door through the API, and the inbox."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import CALLER, EAST_LAMP, PHONE, People
from tests.lamps import BING, JIA
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.people.models import AccessLog
from zhuanban.people.scope import OPERATOR

PATH = "/api/campaigns/lamps"


def post(client: Client, path: str, said: Any, status: int = 200) -> Any:
    answer = client.post(f"{PATH}/{path}", said, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def opening(change: str, pole: str, region: str = JIA, **fields: Any) -> dict[str, Any]:
    said = {"pole": pole, "kind": "高杆", **fields}
    return {"id": change, "ledger": "lamps", "steps": [
        {"verb": "create", "on": "2024-02-01", "set": said, "region": region}
    ]}  # fmt: skip


def test_one_change_enters_and_again_changes_nothing(people: People) -> None:
    said = {"changes": [opening("x1", "30号", power=2.5)]}
    first = post(people.east, "changes", said)
    assert first == {
        "outcomes": [
            {"change": "x1", "status": "entered", "number": "D-411300101201-003", "version": 1, "problems": []}
        ],
        "waiting": 0,
    }
    again = post(people.east, "changes", said)
    assert [o["status"] for o in again["outcomes"]] == ["already"]
    event = Event.objects.get(change="x1")
    assert (event.actor, event.version) == ("east", 1)


def test_each_change_has_its_own_outcome(people: People) -> None:
    said = {
        "changes": [
            opening("y1", "31号"),
            opening("y2", "32号", kind="霓虹灯"),
            opening("y3", "33号", region=BING),
            {"id": "y4", "ledger": "lamps", "number": EAST_LAMP, "base": 1,
             "steps": [{"verb": "move", "move": "修复", "set": {"lit": "是"}}]},
            {"id": "y5", "ledger": "nothing", "steps": [{"verb": "create"}]},
        ]
    }  # fmt: skip
    answer = post(people.east, "changes", said)
    assert [(o["status"], [p["code"] for p in o["problems"]][:1]) for o in answer["outcomes"]] == [
        ("entered", []),
        ("waiting", ["ledger-008"]),
        ("waiting", ["ledger-003"]),
        ("waiting", ["ledger-019"]),
        ("waiting", ["ledger-004"]),
    ]
    assert answer["waiting"] == 4


def test_submitting_costs_the_same_queries_for_one_and_for_many(people: People) -> None:
    def queries(n: int) -> int:
        said = {"changes": [opening(f"q{n}-{i}", f"{n}-{i}号") for i in range(n)]}
        with CaptureQueriesContext(connection) as asked:
            assert post(people.east, "changes", said)["waiting"] == 0
        return len(asked)

    queries(1)  # fills what the process keeps
    one, many = queries(2), queries(40)
    assert many <= one + 3  # looks ahead for foreign numbers a few times more


def change(**said: Any) -> dict[str, Any]:
    return {"changes": [{"id": "x", "ledger": "lamps", "steps": [{"verb": "create"}], **said}]}


def step(**said: Any) -> dict[str, Any]:
    return change(steps=[{"verb": "create", **said}])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "changes"),
        ({"changes": []}, "changes"),
        ({"changes": [{"ledger": "lamps", "steps": [{"verb": "create"}]}]}, "changes.0.id"),
        (change(id=""), "changes.0.id"),
        (change(id="x" * 65), "changes.0.id"),
        (change(steps=[]), "changes.0.steps"),
        (change(base="1x"), "changes.0.base"),
        (change(number=7), "changes.0.number"),
        (step(on="二月"), "changes.0.steps.0.on"),
        (step(sets={}), "changes.0.steps.0.sets"),
        (step(set=[]), "changes.0.steps.0.set"),
    ],
)
def test_a_malformed_change_is_told_by_its_field(people: People, said: Any, field: str) -> None:
    problems = post(people.east, "changes", said, 422)["problems"]
    assert [(p["code"], p["place"]["field"]) for p in problems] == [("api-004", field)]
    assert problems[0]["says"].startswith(f"“{field}”填写不对：")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"changes": NaN}', b"[" * 5000, b'{"changes": "\\u0000"}'])
def test_a_body_that_is_no_json_is_refused_in_chinese(people: People, body: bytes) -> None:
    answer = people.east.post(f"{PATH}/changes", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.json()["problems"][0]["code"] in {"api-004", "api-005"}


@pytest.mark.parametrize(
    "nasty",
    [
        {"kind": {"a": 1}},
        {"power": 10**30},
        {"power": True},
        {"built": 5},
        {"pole": ["x"]},
        {"finder": "x" * 10_000},
        {"permit": {"x": 1}},
        {"permit": [1]},
        {"": ""},
        {"story": None},
    ],
)
def test_no_value_breaks_the_door(people: People, nasty: dict[str, Any]) -> None:
    said = opening("n1", "40号")
    said["steps"][0]["set"].update(nasty)
    status = post(people.east, "changes", {"changes": [said]})["outcomes"][0]["status"]
    assert status == ("entered" if nasty == {"story": None} else "waiting")


def test_too_large_a_body_is_not_even_read(people: People) -> None:
    answer = people.east.post(f"{PATH}/changes", b" " * (8 * 1024 * 1024 + 1), content_type="application/json")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (413, "api-006")


def test_revealing_is_for_the_post_and_leaves_a_trace(people: People) -> None:
    path = f"records/lamps/{EAST_LAMP}/reveal"
    refused = post(people.east, path, {"field": "phone", "reason": "核实"}, 403)
    assert refused["problems"][0]["code"] == "ledger-002"
    assert post(people.county, path, {"field": "phone", "reason": " "}, 422)["problems"][0]["code"] == "ledger-021"
    post(people.county, path, {"field": "nothing", "reason": "核实"}, 404)
    post(people.county, path, {"field": "pole", "reason": "核实"}, 404)
    assert not AccessLog.objects.filter(what="reveal").exists()
    assert post(people.county, path, {"field": "phone", "reason": "电话核实"}) == {"value": PHONE}
    log = AccessLog.objects.get(what="reveal")
    assert log.who == "county"
    assert log.detail == {"ledger": "lamps", "number": EAST_LAMP, "field": "phone", "reason": "电话核实"}


# The inbox ------------------------------------------------------------------------------------------------------------


def item(change: str) -> int:
    return Waiting.objects.get(change_id=change).pk


def test_the_inbox_lists_what_waits_masked(people: People) -> None:
    said = people.county.get(f"{PATH}/inbox").json()
    assert (said["count"], said["next"]) == (2, None)
    east = said["items"][0]
    assert east["fields"]["caller"] == "欧＊＊"
    assert {p["code"] for p in east["problems"]} >= {"ledger-008", "ledger-039"}
    assert [i["change"] for i in people.west.get(f"{PATH}/inbox").json()["items"]] == ["w-west"]
    assert people.county.get(f"{PATH}/inbox?limit=1").json()["next"] == east["id"]
    assert people.west.get(f"{PATH}/inbox/{item('w-west')}").json()["region"] == BING


def test_what_was_put_right_enters_and_leaves_the_inbox(people: People) -> None:
    number = item("w-west")
    done = post(people.west, f"inbox/{number}/retry", {"patches": [{"set": {"kind": "低杆"}}]})
    assert (done["status"], done["number"], done["problems"]) == ("entered", "D-411300102201-002", [])
    assert Record.objects.get(number=done["number"]).data["pole"] == "9号"
    assert people.west.get(f"{PATH}/inbox").json()["count"] == 0
    settled = people.west.get(f"{PATH}/inbox?settled=true").json()["items"]
    assert [(i["change"], i["settled"]) for i in settled] == [("w-west", "entered")]
    post(people.west, f"inbox/{number}/retry", {}, 404)


def test_a_retry_keeps_what_is_masked_and_shows_none_of_it(people: People) -> None:
    number = item("w-east")
    half = post(people.east, f"inbox/{number}/retry", {"patches": [{"set": {"kind": "高杆"}}]})
    assert half["status"] == "waiting"
    assert [p["code"] for p in half["problems"]] == ["ledger-039"]
    assert PHONE not in str(half)
    done = post(people.east, f"inbox/{number}/retry", {"patches": [{"set": {"phone": PHONE}}]})
    assert done["status"] == "entered"
    data = Record.objects.get(number=done["number"]).data
    assert (data["caller"], data["kind"], data["phone"]) == (CALLER, "高杆", PHONE)


def test_a_row_that_was_not_read_cannot_be_sent_again(people: People) -> None:
    row = Waiting.objects.get(change_id="w-west")
    row.change = {"cells": ["?"]}
    row.save()
    assert post(people.west, f"inbox/{row.pk}/retry", {}, 422)["problems"][0]["code"] == "api-010"
    assert (
        post(people.county, f"inbox/{item('w-east')}/retry", {"patches": [{"step": 3}]}, 422)["problems"][0]["code"]
        == "api-011"
    )


def test_discarding_needs_a_reason_and_keeps_the_item(people: People) -> None:
    number = item("w-west")
    assert post(people.west, f"inbox/{number}/discard", {"reason": "  "}, 422)["problems"][0]["code"] == "api-012"
    assert post(people.west, f"inbox/{number}/discard", {"reason": "重复报送"}) == {"done": True}
    settled = Waiting.objects.get(pk=number)
    assert (settled.settled_by, settled.settled_how) == ("west", "discarded: 重复报送")
    post(people.west, f"inbox/{number}/discard", {"reason": "重复报送"}, 404)


def test_an_amendment_in_the_inbox_does_not_tell_whose_record_it_is(people: People) -> None:
    story = f"{CALLER}再次来电"
    change = Change("late", "lamps", (Step("amend", 99999, set={"story": story}),), EAST_LAMP)
    assert submit(people.campaign, [change], OPERATOR)[0].status == "waiting"
    assert CALLER not in people.county.get(f"{PATH}/inbox").content.decode()
