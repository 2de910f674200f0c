"""Out of scope is not there: every address that reads, tried with what belongs to somebody else.

A new GET address that is not in FOREIGN or OWN makes the first test fail: say how it could be misused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import EAST_LAMP, SECRETS, STOPPED_LAMP, People, client_of, user
from tests.lamps import EAST, JIA, make
from zhuanban.api.site import api
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Waiting
from zhuanban.people.actions import give_post, hang_region
from zhuanban.people.models import User
from zhuanban.people.scope import OPERATOR

SHA = hashlib.sha256("东镇的附件".encode()).hexdigest()

# Addresses that show a person only what he himself is or brought; or the same to everybody.
OWN = {
    "/api/auth/csrf": "a token of the caller's own browser",
    "/api/me": "himself",
    "/api/campaigns": "campaigns in which he holds a post",
}

# Address → what the west town might try, to see something of the east town.
C = "/api/campaigns/{name}"
FOREIGN: dict[str, list[str]] = {
    C: [],  # the guest tries it
    f"{C}/regions": ["", f"?parent={EAST}", "?parent=411300"],
    f"{C}/units": [""],
    f"{C}/ledgers/{{ledger}}/records": ["", f"?region={EAST}", f"?q={EAST_LAMP}", "?q=1号", "?unit=U1", "?after=A"],
    f"{C}/ledgers/{{ledger}}/moves": [],
    f"{C}/ledgers/{{ledger}}/export.csv": ["", f"?region={EAST}", f"?q={EAST_LAMP}"],
    f"{C}/ledgers/{{ledger}}/export.xlsx": [],  # the same rows as the CSV, packed
    f"{C}/records/{{ledger}}/{{number}}": [""],
    f"{C}/records/{{ledger}}/{{number}}/history": [""],
    f"{C}/records/{{ledger}}/{{number}}/moves": [""],
    f"{C}/records/{{ledger}}/{{number}}/files": [""],
    f"{C}/records/{{ledger}}/{{number}}/files/{{sha256}}": [""],
    f"{C}/records/{{ledger}}/{{number}}/files/{{sha256}}/thumbnail": [""],
    f"{C}/files/{{sha256}}": ["", "?ticket=x", "?ticket=" + "a:b:c"],
    f"{C}/files/{{sha256}}/thumbnail": [""],
    f"{C}/tables/{{table}}": ["", f"?region={EAST}", "?region=甲村", "?region=411300"],
    f"{C}/tables/{{table}}/cell": [
        f"?row={EAST}&column=all&region=411300",
        f"?row=甲村&column=all&region={EAST}", "?row=合计&column=all&region=411300",
        "?row=东镇&column=all", "?row=合计&column=all",
    ],
    f"{C}/tables/{{table}}/export.csv": ["", f"?region={EAST}", "?region=411300"],
    f"{C}/tables/{{table}}/export.xlsx": [f"?region={EAST}"],
    f"{C}/lists/{{key}}": ["", f"?region={EAST}"],
    f"{C}/forms": [""],
    f"{C}/forms/{{form}}/export.csv": ["", f"?region={EAST}", "?unit=U1", "?as_of=2024-01-20"],
    f"{C}/forms/{{form}}/export.xlsx": [],  # the same rows as the CSV, packed
    f"{C}/duties": ["", "?as_of=2024-03-01", "?duty=none"],
    f"{C}/duties/{{duty}}/reports/{{number}}/changes": [""],
    f"{C}/scores": [""],
    f"{C}/scores/{{card}}": [""],
    f"{C}/scores/{{card}}/{{code}}": [""],
    f"{C}/scores/{{card}}/{{code}}/export.xlsx": [""],
    f"{C}/messages": [""],
    f"{C}/inbox": ["", "?settled=true", "?after=0"],
    f"{C}/inbox/{{item}}": [""],
}  # fmt: skip
EAST_MARKS = (EAST_LAMP, STOPPED_LAMP, EAST, JIA, "甲村", "8号", "东镇", SHA)


def reading_addresses() -> set[str]:
    return {path for path, methods in api.get_openapi_schema()["paths"].items() if "get" in methods}


def test_every_reading_address_is_tried() -> None:
    assert reading_addresses() == FOREIGN.keys() | OWN.keys()


@pytest.fixture
def east_file(people: People, settings: Any, tmp_path: Path) -> str:
    """A file of the east town, referred to by its lamp through a ledger of its own kind."""
    kept = keep(people.campaign, "东镇的附件".encode(), "东镇.txt", User.objects.get(username="east").pk)
    assert kept["sha256"] == SHA
    return SHA


def filled(template: str) -> str:
    item = Waiting.objects.get(change_id="w-east").pk
    words = {
        "name": "lamps", "ledger": "lamps", "number": EAST_LAMP, "table": "progress", "key": "none", "item": item,
        "form": "lit", "sha256": SHA, "duty": "none", "card": "yearly", "code": EAST,
    }  # fmt: skip
    return template.format(**words)


def body_of(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def absent(client: Client) -> bytes:
    """How an address answers that cannot exist."""
    answer = client.get("/api/campaigns/lamps/records/lamps/没有这一条")
    assert answer.status_code == 404
    return answer.content


TRIES = [(template, query) for template, queries in FOREIGN.items() for query in queries]


@pytest.mark.parametrize(("template", "query"), TRIES, ids=[f"{t.removeprefix(C)}{q}" for t, q in TRIES])
def test_a_neighbour_sees_nothing(people: People, east_file: str, template: str, query: str) -> None:
    answer = people.west.get(filled(template) + query)
    body = body_of(answer)
    if answer.status_code == 404:
        assert body == absent(people.west)
        return
    assert answer.status_code == 200, body.decode()
    assert not [mark for mark in EAST_MARKS if mark in body.decode()]


@pytest.mark.parametrize("template", FOREIGN)
def test_without_a_post_there_is_no_campaign(people: People, east_file: str, template: str) -> None:
    query = "?row=合计&column=all" if template.endswith("/cell") else ""
    answer = people.guest.get(filled(template) + query)
    assert (answer.status_code, answer.content) == (404, absent(people.guest))
    real = people.guest.get(filled(template).replace("lamps", "nowhere") + query)
    assert (real.status_code, real.content) == (404, absent(people.guest))


@pytest.mark.parametrize("template", FOREIGN)
def test_without_signing_in_there_is_nothing(people: People, east_file: str, template: str) -> None:
    answer = Client().get(filled(template))
    assert answer.status_code == 401
    assert answer.json()["problems"][0]["code"] == "api-002"
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("word", ["reveal", "discard", "retry", "changes"])
def test_writing_elsewhere_reads_like_nothing_there(people: People, word: str) -> None:
    east = Waiting.objects.get(change_id="w-east").pk
    path, said = {
        "reveal": (f"records/lamps/{EAST_LAMP}/reveal", {"field": "phone", "reason": "看看"}),
        "discard": (f"inbox/{east}/discard", {"reason": "不要了"}),
        "retry": (f"inbox/{east}/retry", {}),
        "changes": ("changes", {"changes": [{"id": "x", "ledger": "lamps", "steps": [{"verb": "create"}]}]}),
    }[word]
    client = people.guest if word == "changes" else people.west
    answer = client.post(f"/api/campaigns/lamps/{path}", said, content_type="application/json")
    assert (answer.status_code, answer.content) == (404, absent(client))
    assert Waiting.objects.get(pk=east).settled_at is None


def test_a_state_kept_for_one_post_is_absent_for_others(people: People) -> None:
    path = f"/api/campaigns/lamps/records/lamps/{STOPPED_LAMP}"
    assert people.county.get(path).status_code == 200
    answer = people.east.get(path)
    assert (answer.status_code, answer.content) == (404, absent(people.east))
    assert STOPPED_LAMP not in people.east.get("/api/campaigns/lamps/ledgers/lamps/records").content.decode()


def test_a_unit_sees_its_own_records_wherever_they_lie(people: People) -> None:
    found = people.firm.get("/api/campaigns/lamps/ledgers/lamps/records").json()["records"]
    assert [r["number"] for r in found] == [EAST_LAMP]


def test_scope_follows_the_tree(people: People) -> None:
    """A village that moved to the west town is the west town's to see, and no longer the east's."""
    hang_region(people.campaign, JIA, "411300102", 19783, "区划调整")  # 2024-03-01, today
    path = f"/api/campaigns/lamps/records/lamps/{EAST_LAMP}"
    assert people.west.get(path).status_code == 200
    assert people.east.get(path).status_code == 404


def test_a_post_given_up_opens_nothing(people: People) -> None:
    gone = user("gone")
    post = give_post(people.campaign, gone, "county")
    client = client_of(gone)
    assert client.get("/api/campaigns/lamps").status_code == 200
    post.to_day = 19783
    post.save()
    assert client.get("/api/campaigns/lamps").status_code == 404


def test_another_campaign_is_another_world(people: People, tmp_path: Path) -> None:
    other = make(tmp_path, "others")
    stranger = user("stranger")
    give_post(other, stranger, "county")
    client = client_of(stranger)
    assert client.get("/api/campaigns/others").status_code == 200
    for template in FOREIGN:
        query = "?row=合计&column=all" if template.endswith("/cell") else ""
        assert client.get(filled(template) + query).status_code == 404, template


# Masking --------------------------------------------------------------------------------------------------------------


def everything(client: Client) -> Iterator[tuple[str, str]]:
    """Every text that any reading address gives."""
    for template in reading_addresses():
        query = "?row=合计&column=all" if template.endswith("/cell") else ""
        answer = client.get(filled(template) + query)
        if template.endswith("xlsx"):
            continue  # packed; its rows are the CSV's
        yield template, body_of(answer).decode()


@pytest.mark.parametrize("who", ["county", "east", "firm"])
def test_whoever_reported_stands_in_no_answer(people: People, east_file: str, who: str) -> None:
    submit(people.campaign, [_amended("amended", story="又来电，还是13912345678")], OPERATOR)
    seen = dict(everything(getattr(people, who)))
    assert "灯罩" in seen[f"{C}/records/{{ledger}}/{{number}}/history"]
    for template, text in seen.items():
        assert not [secret for secret in SECRETS if secret in text], template


def test_a_reporter_put_right_later_stands_in_no_answer(people: People) -> None:
    """The first name, since corrected, is still in the story."""
    submit(people.campaign, [_amended("renamed", caller="司马青")], OPERATOR)
    for template, text in everything(people.county):
        assert "欧阳晚晴" not in text, template


def _amended(change: str, **fields: Any) -> Change:
    return Change(change, "lamps", (Step("amend", None, set=fields),), EAST_LAMP)
