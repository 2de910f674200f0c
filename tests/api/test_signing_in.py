"""Signing in and out: sessions, tokens, the forgery check, slowing down, the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.conftest import EAST_LAMP, People, client_of, user
from zhuanban.core import clock
from zhuanban.core.problem import Refused
from zhuanban.people.actions import give_post
from zhuanban.people.models import AccessLog, Campaign, Token, User
from zhuanban.people.sign_in import PER_ADDRESS, PER_LOGIN
from zhuanban.project.proxies import caller_of, networks

pytestmark = pytest.mark.usefixtures("quick_passwords")

WORD = "correct horse battery"


@pytest.fixture
def town(lamps: Campaign) -> Campaign:
    give_post(lamps, user("li", "东镇经办", WORD), "town", region="411300101")
    return lamps


def sign_in(client: Client, login: str = "li", password: str = WORD, **more: Any) -> Any:
    said = {"login": login, "password": password}
    return client.post("/api/auth/sign-in", said, content_type="application/json", **more)


def logged() -> list[tuple[str, str]]:
    return list(AccessLog.objects.order_by("pk").values_list("what", "who"))


def test_a_session_from_sign_in_to_sign_out(town: Campaign) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/api/me").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 200
    assert answer.json()["campaigns"][0]["posts"][0]["title"] == "乡镇灯管站"
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
    assert client.get("/api/me").json()["login"] == "li"
    token = client.get("/api/auth/csrf").json()["token"]
    left = client.post("/api/auth/sign-out", headers={"x-csrftoken": token})
    assert left.json() == {"done": True}
    assert client.get("/api/me").status_code == 401
    assert logged() == [("sign_in", "li"), ("sign_out", "li")]


def test_a_session_writes_only_with_the_page_s_token(town: Campaign) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client)
    path = f"/api/campaigns/lamps/records/lamps/{EAST_LAMP}/reveal"
    said = {"field": "phone", "reason": "核实"}
    forged = client.post(path, said, content_type="application/json")
    assert (forged.status_code, forged.json()["problems"][0]["code"]) == (403, "api-003")
    token = client.get("/api/auth/csrf").json()["token"]
    real = client.post(path, said, content_type="application/json", headers={"x-csrftoken": token})
    assert real.json()["problems"][0]["code"] == "ledger-002"  # the town may not look, but was asked properly


@pytest.mark.parametrize(("login", "password"), [("li", "wrong"), ("nobody", WORD), ("off", WORD)])
def test_wrong_login_and_wrong_password_read_alike(town: Campaign, login: str, password: str) -> None:
    gone = user("off", password=WORD)
    gone.is_active = False
    gone.save()
    answer = sign_in(Client(), login, password)
    assert answer.status_code == 401
    assert answer.json() == {
        "problems": [
            {
                "code": "people-030",
                "says": "账号或密码不对。",
                "advice": "请核对后再试；忘记密码请找本单位管理员重设。",
                "place": {},
            }
        ]
    }
    assert logged() == [("sign_in_failed", login)]


def test_an_unknown_login_costs_a_hash_like_a_known_one(town: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    original = __import__("django.contrib.auth.hashers", fromlist=["x"]).MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> Any:
        hashed.append(password)
        return original(self, password, salt)

    monkeypatch.setattr(hasher, encode)
    for login in ("li", "nobody"):
        hashed.clear()
        sign_in(Client(), login, "wrong")
        assert hashed == ["wrong"], login


def test_guessing_is_slowed_down_for_one_login_from_one_address(town: Campaign) -> None:
    for _ in range(PER_LOGIN):
        assert sign_in(Client(), password="guess").status_code == 401
    held = sign_in(Client())  # even the right password
    assert (held.status_code, held.json()["problems"][0]["code"]) == (429, "people-031")
    assert sign_in(Client(), REMOTE_ADDR="10.0.0.9").status_code == 200  # elsewhere nobody is locked out
    user("wang", password=WORD)
    assert sign_in(Client(), "wang").status_code == 200
    with clock.set_to(clock.now() + int(timedelta(minutes=16).total_seconds() * 1e6)):
        assert sign_in(Client()).status_code == 200
    assert ("sign_in_held_back", "li") in logged()


def test_a_good_sign_in_forgives_what_was_mistyped_before(town: Campaign) -> None:
    now = clock.now()
    for i in range(PER_LOGIN * 2):
        with clock.set_to(now + i * 1_000_000):
            right = i % PER_LOGIN == PER_LOGIN - 1
            assert sign_in(Client(), password=WORD if right else "guess").status_code == (200 if right else 401)


def test_guessing_many_logins_from_one_address_is_slowed_down(town: Campaign) -> None:
    for i in range(PER_ADDRESS):
        sign_in(Client(), f"user{i}", "123456")
    assert sign_in(Client(), "li").status_code == 429


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("10.1.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.1.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # what the caller says of himself does not count
        ("10.1.0.1", "203.0.113.7, 10.1.0.2", "203.0.113.7"),  # two proxies in a row
        ("10.1.0.1", "10.1.0.3, 10.1.0.2", "10.1.0.3"),
        ("::ffff:10.1.0.1", "2001:db8::7", "2001:db8::7"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # no proxy of ours
        ("10.1.0.1", "unknown", "10.1.0.1"),
        ("10.1.0.1", "203.0.113.7, <script>", "10.1.0.1"),
        ("10.1.0.1", ",", "10.1.0.1"),
        ("", "203.0.113.7", ""),
    ],
)
def test_only_trusted_proxies_say_who_calls(peer: str, forwarded: str, caller: str) -> None:
    assert caller_of(peer, forwarded, networks("127.0.0.1, 10.1.0.0/16")) == caller


def test_behind_a_proxy_one_guesser_locks_out_himself(town: Campaign, settings: Any) -> None:
    def come(address: str, password: str = WORD) -> int:
        return int(sign_in(Client(), password=password, HTTP_X_FORWARDED_FOR=address).status_code)

    settings.ZHUANBAN_PROXIES = networks("127.0.0.1")
    for _ in range(PER_LOGIN):
        assert come("203.0.113.7", "guess") == 401
    assert (come("203.0.113.7"), come("203.0.113.8")) == (429, 200)
    assert AccessLog.objects.filter(what="sign_in", detail__address="203.0.113.8").exists()
    settings.ZHUANBAN_PROXIES = ()  # nobody is believed
    for _ in range(PER_LOGIN):
        assert come("203.0.113.9", "guess") == 401
    assert come("203.0.113.10") == 429


def test_a_proxy_that_is_none_is_told() -> None:
    with pytest.raises(Refused) as refused:
        networks("127.0.0.1, nginx, 10.0.0.0/99")
    assert [p.code for p in refused.value.problems] == ["project-003", "project-003"]


def test_a_token_needs_no_cookie_and_dies_with_its_user(town: Campaign) -> None:
    who = user("machine")
    give_post(town, who, "county")
    client = client_of(who)
    assert client.get("/api/campaigns/lamps").status_code == 200
    assert "sessionid" not in client.cookies
    assert not Token.objects.filter(hash=client.defaults["HTTP_AUTHORIZATION"].split()[1]).exists()  # only its hash
    who.is_active = False
    who.save()
    assert client.get("/api/campaigns/lamps").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic eDp4", "Bearer " + "x" * 500, "x"])
def test_no_token_no_answer(lamps: Campaign, header: str) -> None:
    assert Client(headers={"authorization": header}).get("/api/me").status_code == 401


def test_who_is_calling_costs_two_queries(people: People) -> None:
    people.east.get("/api/campaigns/lamps/regions")  # fills what the process keeps
    with CaptureQueriesContext(
        connection,
    ) as asked:
        people.east.get("/api/campaigns/lamps/regions")
    assert len(asked) == 2, [q["sql"] for q in asked]


def test_sign_in_takes_only_what_says_that_it_is_json(town: Campaign) -> None:
    form = Client().post("/api/auth/sign-in", '{"login":"li","password":"x"}', content_type="text/plain")
    assert (form.status_code, form.json()["problems"][0]["code"]) == (422, "api-005")
    assert logged() == []


def test_a_session_ends_with_its_time_a_new_password_or_a_user_shut_out(town: Campaign) -> None:
    def ends(how: Callable[[User], object]) -> bool:
        client = Client()
        assert sign_in(client, "li").status_code == 200
        li = User.objects.get(username="li")
        how(li)
        li.save()
        ended = client.get("/api/me").status_code == 401
        User.objects.filter(pk=li.pk).update(is_active=True)
        li.set_password(WORD)
        li.save()
        return ended

    assert not ends(lambda li: None)
    assert ends(lambda li: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)))
    assert ends(lambda li: li.set_password("another horse battery"))
    assert ends(lambda li: setattr(li, "is_active", False))
    stranger = Client()
    stranger.cookies["sessionid"] = "a" * 200
    assert stranger.get("/api/me").status_code == 401
