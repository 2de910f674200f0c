"""Duties and messages over the API: the unit's own, filled by its clerk, sent through the door."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.conftest import client_of, user
from tests.canals import found, time, utc
from zhuanban.duty.tick import tick
from zhuanban.people.actions import give_post
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting

pytestmark = pytest.mark.django_db

C = "/api/campaigns/canals"
REPORT = f"{C}/duties/weekly_street/reports/S-2021-10-21"


@pytest.fixture
def clerk(canals: Campaign) -> Client:
    """The street's clerk."""
    li = user("li", "李")
    give_post(canals, li, "clerk", unit="S")
    found(canals, "1号", "S", "2021-09-02")
    return client_of(li)


def post(client: Client, path: str, said: object) -> tuple[int, dict[str, object]]:
    answer = client.post(path, said, content_type="application/json")
    return answer.status_code, answer.json()


def test_filled_and_sent_by_its_clerk(canals: Campaign, clerk: Client) -> None:
    with time("2021-10-21 11:00"):
        assert post(clerk, f"{REPORT}/fill", {}) == (
            200,
            {"number": "S-2021-10-21", "version": 2, "warnings": []},
        )
        status, said = post(clerk, f"{REPORT}/fill", {"zero": True})
        assert (status, said["problems"][0]["code"]) == (422, "duty-007")  # type: ignore[index]
        change = {"id": "c", "ledger": "duty_weekly_street", "number": "S-2021-10-21"}
        step = {"verb": "move", "move": "报送"}
        _, said = post(clerk, f"{C}/changes", {"changes": [change | {"steps": [step]}]})
        assert said["outcomes"][0]["status"] == "waiting"  # type: ignore[index]  # not signed yet
        found(canals, "2号", "S", "2021-10-21")
        (form,) = clerk.get(f"{REPORT}/changes").json()["forms"]
        assert form["added"] == ["faults/2号"]


def test_only_the_own_unit_is_seen(clerk: Client) -> None:
    with time("2021-10-21 13:00"):
        said = clerk.get(f"{C}/duties?as_of=2021-10-21T12:00:00").json()
        assert {item["unit"] for item in said["items"]} == {"S"}
        assert [unit["unit_name"] for unit in said["units"]] == ["东街道"]
        assert clerk.get(f"{C}/duties?duty=none").status_code == 404
        foreign = f"{C}/duties/weekly_bureaus/reports/D1-2021-10-21"
        assert post(clerk, f"{foreign}/fill", {"zero": True})[0] == 404
        assert clerk.get(f"{foreign}/changes").status_code == 404


def test_messages_are_read(canals: Campaign, clerk: Client) -> None:
    with time("2021-10-20 09:00"):
        tick(setting(canals), utc("2021-10-20 09:00:00"))
        messages = clerk.get(f"{C}/messages").json()["messages"]
        weekly = next(m for m in messages if m["about"] == "duty_weekly_street/S-2021-10-21")
        assert (weekly["to"], weekly["read_at"]) == ("li", None)
        assert post(clerk, f"{C}/messages/{weekly['id']}/read", {}) == (200, {"done": True})
        assert post(clerk, f"{C}/messages/999999/read", {})[0] == 404
        again = clerk.get(f"{C}/messages").json()["messages"]
        assert next(m for m in again if m["id"] == weekly["id"])["read_at"] == "2021-10-20T09:00:00+08:00"
