"""An office of street lamps with four people, each of whom sees another part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from tests.lamps import BING, EAST, JIA, WEST, WITH_FORM, make, moved, opened
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.people.actions import give_post, make_token
from zhuanban.people.models import Campaign, User
from zhuanban.people.scope import OPERATOR

EAST_LAMP, WEST_LAMP, STOPPED_LAMP = "D-411300101201-001", "D-411300102201-001", "D-411300101201-002"
CALLER, PHONE = "欧阳晚晴", "13912345678"
SECRETS = (CALLER, PHONE)
STORY = f"报修人{CALLER}说灯罩破了，电话{PHONE}"


@dataclass(frozen=True)
class People:
    """Clients with a token each: 县, 东镇, 西镇, 甲队, and one without any post."""

    campaign: Campaign
    county: Client
    east: Client
    west: Client
    firm: Client
    guest: Client


def client_of(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {make_token(user, '测试')}"})


def user(login: str, title: str = "", password: str | None = None) -> User:
    return User.objects.create_user(login, password=password, display_name=title)


@pytest.fixture
def quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def now() -> Iterator[None]:
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        yield


@pytest.fixture
def lamps(now: None, db: None, tmp_path: Path, settings: Any) -> Campaign:
    """A lamp in the east with a caller to be kept secret, one in the west, a stopped one, and two items that wait."""
    settings.ZHUANBAN_HOME = tmp_path
    campaign = make(tmp_path, more=WITH_FORM)
    permit = Change("p", "permits", (Step("create", 19730, set={"holder": "甲"}, region=JIA),), "许-1")
    entered = [
        opened("a", "1号", caller=CALLER, phone=PHONE, story=STORY, power=1.5, unit="U1"),
        opened("b", "2号", region=BING, unit="U2", kind="低杆"),
        moved("c", EAST_LAMP, "派单", "01-08"),
        permit,
        opened("d", "3号", region=JIA),
        moved("e", STOPPED_LAMP, "停用", "01-09"),
    ]
    assert {o.status for o in submit(campaign, entered, OPERATOR)} == {"entered"}
    waiting = [
        opened("w-east", "8号", caller=CALLER, phone=PHONE + "0", story=STORY, kind="霓虹灯"),
        opened("w-west", "9号", region=BING, kind="霓虹灯"),
    ]
    assert {o.status for o in submit(campaign, waiting, OPERATOR)} == {"waiting"}
    return campaign


@pytest.fixture
def people(lamps: Campaign) -> People:
    county, east, west, firm = (
        user(x, y) for x, y in (("county", "县办"), ("east", "东镇"), ("west", ""), ("firm", ""))
    )
    give_post(lamps, county, "county")
    give_post(lamps, east, "town", region=EAST)
    give_post(lamps, west, "town", region=WEST)
    give_post(lamps, firm, "firm", unit="U1")
    return People(lamps, *(client_of(u) for u in (county, east, west, firm, user("guest"))))
