"""People of a campaign: who is entered, with what faults, and what that lets them do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from tests.lamps import FILES, make
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Place, Refused
from zhuanban.people.actions import log_access
from zhuanban.people.callers import caller_of_token
from zhuanban.people.log import read_log
from zhuanban.people.models import AccessLog, Campaign, Holding, User
from zhuanban.people.posts import (
    Entry,
    end_post,
    enter_people,
    new_password,
    new_token,
    password_in,
    people_of,
    revoke_tokens,
)
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held, actor_for

EAST = "411300101"
TODAY = datetime(2024, 3, 1, 9, tzinfo=BEIJING)
pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    pack = FILES["pack.yaml"].replace("{title: 县灯管办, sees: all}", "{title: 县灯管办, sees: all, audits: true}")
    with clock.set_to(TODAY):
        yield make(tmp_path, more={"pack.yaml": pack})


def held(campaign: Campaign, login: str, day: str) -> tuple[Held, ...]:
    return actor_for(User.objects.get(username=login), campaign, from_iso(day)).held


def test_a_person_is_entered_once_with_a_password_told_once(campaign: Campaign) -> None:
    entry = Entry("east", "东镇办事员", "乡镇灯管站", region=EAST)
    (done,) = enter_people(campaign, [entry])
    assert (done.new_account, done.new_post, done.post) == (True, True, "乡镇灯管站")
    assert authenticate(None, username="east", password=done.password) is not None
    (again,) = enter_people(campaign, [entry])
    assert (again.new_account, again.new_post, again.password) == (False, False, "")
    assert held(campaign, "east", "2024-02-29") == ()
    assert held(campaign, "east", "2024-03-01") == (Held("town", EAST, ""),)
    told = people_of(campaign)
    assert [(r["login"], r["post_title"], r["region"], r["from"], r["to"]) for r in told] == [
        ("east", "乡镇灯管站", EAST, "2024-03-01", "")
    ]
    assert done.password not in str(list(AccessLog.objects.values("what", "detail")))
    assert [x.what for x in AccessLog.objects.all()] == ["people"]


def test_all_faults_of_a_list_are_told_at_once_and_nobody_is_entered(campaign: Campaign) -> None:
    enter_people(campaign, [Entry("county", "县办", "county")])
    lines = [
        ("good", "好人", "county", "", "", ""),
        ("a b", "空格", "county", "", "", ""),
        ("本机操作员", "冒名", "county", "", "", ""),
        ("new", "", "county", "", "", ""),
        ("county", "另一人", "county", "", "", ""),
        ("x", "某", "no_post", "", "", ""),
        ("y", "某", "town", "", "", ""),
        ("z", "某", "firm", EAST, "", ""),
        ("w", "某", "town", "999", "", "3月1日"),
        ("good", "好人", "县灯管办", "", "", "2024-03-05"),
    ]
    entries = [Entry(*line, at=Place(file="人.csv", row=i)) for i, line in enumerate(lines, 2)]
    with pytest.raises(Refused) as refused:
        enter_people(campaign, entries)
    assert [(p.place.row, p.code) for p in refused.value.problems] == [
        (3, "people-032"), (4, "people-032"), (5, "people-033"), (6, "people-035"), (7, "people-017"),
        (8, "people-036"), (9, "people-036"), (10, "people-015"), (10, "people-010"), (11, "people-037"),
    ]  # fmt: skip
    assert [u.username for u in User.objects.all()] == ["county"]
    assert Holding.objects.count() == 1
    with pytest.raises(Refused, match="people-041"):
        enter_people(campaign, [])


def test_a_phone_is_kept_with_the_person_and_told_nowhere(campaign: Campaign) -> None:
    first = Entry("east", "东镇办事员", "town", EAST, phone="19900000001")
    (done,) = enter_people(campaign, [first])
    assert done.new_phone
    assert not enter_people(campaign, [first])[0].new_phone  # the same list again changes nothing
    assert not enter_people(campaign, [Entry("east", "", "town", EAST)])[0].new_phone
    assert User.objects.get().phone == "19900000001"
    wrong = [
        Entry("east", "", "town", EAST, phone=phone, at=Place(row=row))
        for row, phone in enumerate(("19900000002", "19900000003", "见名片"), 2)
    ]
    with pytest.raises(Refused) as refused:
        enter_people(campaign, wrong)
    assert [p.code for p in refused.value.problems] == ["people-065", "people-037", "people-064", "people-037"]
    assert enter_people(campaign, [Entry("east", "", "town", EAST, phone="0000-8000001 转 8")])[0].new_phone
    said = str([*AccessLog.objects.values("what", "detail"), *people_of(campaign)])
    assert "new_phone" in said
    assert "1990000000" not in said
    assert "8000001" not in said


def test_a_post_ends_on_a_day_and_may_be_held_again(campaign: Campaign) -> None:
    entry = Entry("east", "东镇办事员", "town", region=EAST)
    enter_people(campaign, [entry])
    assert end_post(campaign, "east", "town", from_iso("2024-04-01")) == 1
    assert held(campaign, "east", "2024-03-31") != ()
    assert held(campaign, "east", "2024-04-01") == ()
    with pytest.raises(Refused, match="people-039"):
        end_post(campaign, "east", "乡镇灯管站", from_iso("2024-04-02"))
    with pytest.raises(Refused, match="people-038"):
        end_post(campaign, "nobody", "town", from_iso("2024-04-02"))
    (again,) = enter_people(campaign, [Entry("east", "", "town", EAST, from_date="2024-05-01")])
    assert again.new_post
    assert held(campaign, "east", "2024-05-01") == (Held("town", EAST, ""),)


def test_a_token_ends_by_itself_or_is_revoked(campaign: Campaign) -> None:
    enter_people(campaign, [Entry("east", "东镇办事员", "town", region=EAST)])
    token, until = new_token("east", 30)
    caller = caller_of_token(token)
    assert caller is not None
    assert caller.login == "east"
    with clock.set_to(until - 1):
        assert caller_of_token(token) is not None
    with clock.set_to(until):
        assert caller_of_token(token) is None
    assert revoke_tokens("east") == 1
    assert caller_of_token(token) is None
    assert token not in str(list(AccessLog.objects.values("detail")))


def test_a_password_is_set_anew(campaign: Campaign, tmp_path: Path) -> None:
    (first,) = enter_people(campaign, [Entry("east", "东镇办事员", "town", region=EAST)])
    file = tmp_path / "口令.txt"
    file.write_text("长长的口令啊啊啊\n", "utf-8")
    assert new_password("east", password_in(file)) == ""
    assert authenticate(None, username="east", password="长长的口令啊啊啊") is not None
    assert authenticate(None, username="east", password=first.password) is None
    file.write_text("short\n", "utf-8")
    with pytest.raises(Refused, match="people-040"):
        password_in(file)
    with pytest.raises(Refused, match="people-042"):
        password_in(tmp_path / "none.txt")


def test_the_log_is_for_the_operator_and_for_auditing_posts(campaign: Campaign) -> None:
    here = setting(campaign)
    enter_people(campaign, [Entry("county", "县办", "county"), Entry("east", "东镇", "town", region=EAST)])
    log_access(None, Actor(None, "east"), "sign_in_failed", {"address": "10.0.0.1"})
    log_access(None, Actor(None, "my-secret-word"), "sign_in_failed", {"address": "10.0.0.1"})
    log_access(None, OPERATOR, "backup", {"file": "b.zip"})
    log_access(campaign, OPERATOR, "reveal", {"ledger": "lamps", "number": "1", "field": "caller", "reason": "回访"})

    def kinds(actor: Actor, kind: str = "") -> list[tuple[str, str]]:
        return [(row["kind"], row["by"]) for row in read_log(here, actor, kind)]

    county = actor_for(User.objects.get(username="county"), campaign, clock.today())
    assert kinds(county) == [
        ("people", OPERATOR.login),
        ("people", OPERATOR.login),
        ("sign_in_failed", "east"),
        ("reveal", OPERATOR.login),
    ]
    assert kinds(OPERATOR, "sign_in_failed") == [("sign_in_failed", "east"), ("sign_in_failed", "my-secret-word")]
    assert len(kinds(OPERATOR)) == 6
    east = actor_for(User.objects.get(username="east"), campaign, clock.today())
    with pytest.raises(Refused, match="people-043"):
        read_log(here, east)
