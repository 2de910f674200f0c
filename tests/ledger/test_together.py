"""Submissions that share a transaction: each gets his own answer, and one person's fault is no other's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.lamps import BING, make, opened
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.core.problem import Refused
from zhuanban.ledger import together
from zhuanban.ledger.change import ENTERED, Change, Outcome
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.together import submit_together
from zhuanban.ledger.verify import verify
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.actions import check

pytestmark = pytest.mark.django_db

EAST_TOWN = Actor(None, "east", (Held("town", region="411300101"),))
WEST_TOWN = Actor(None, "west", (Held("town", region="411300102"),))


@pytest.fixture
def lamps(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        yield make(tmp_path)


def enter(campaign: Campaign, *sent: tuple[Change, Actor]) -> list[Any]:
    """One transaction's company: for each the status of his change, or the code of what was refused."""
    people = [together._Person([change], actor) for change, actor in sent]
    together._enter(campaign, people)
    found: list[Any] = []
    for person in people:
        if person.outcomes is not None:
            found += [o.status for o in person.outcomes]
        else:
            assert isinstance(person.fault, Refused)
            found.append(person.fault.problems[0].code)
    return found


def test_each_is_judged_by_his_own_posts(lamps: Campaign) -> None:
    east, west = opened("a", "1号"), opened("b", "2号", region=BING)
    assert enter(lamps, (east, EAST_TOWN), (west, WEST_TOWN), (opened("c", "3号"), WEST_TOWN)) == [
        "entered", "entered", "waiting",
    ]  # fmt: skip
    assert set(Event.objects.values_list("actor", flat=True)) == {"east", "west"}
    assert Waiting.objects.get().actor == "west"
    assert list(verify(setting(lamps))) == check(setting(lamps)) == []


def test_what_the_one_before_wrote_counts_for_the_next(lamps: Campaign) -> None:
    again = opened("a", "1号")
    assert enter(lamps, (again, EAST_TOWN), (again, EAST_TOWN), (opened("b", "1号"), OPERATOR)) == [
        "entered", "already", "waiting",
    ]  # fmt: skip
    assert Record.objects.count() == 1


def test_the_fault_of_one_is_no_other_s(lamps: Campaign) -> None:
    sent = [(opened("a", "1号"), EAST_TOWN), (opened("x" * 65, "2号"), EAST_TOWN), (opened("c", "3号"), OPERATOR)]
    found = enter(lamps, *sent)
    assert (found[0], found[2]) == ("entered", "entered")
    assert found[1].startswith("ledger-")
    assert Record.objects.count() == 2
    assert check(setting(lamps)) == []
    with pytest.raises(Refused):
        submit_together(lamps, [opened("x" * 65, "2号")], EAST_TOWN)


def test_who_waits_while_somebody_is_inside_goes_in_together(lamps: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[list[str]] = []
    answers: dict[str, str] = {}

    def entered(campaign: Campaign, sent: list[tuple[list[Change], Actor]]) -> list[list[Outcome]]:
        groups.append([actor.login for _, actor in sent])
        return [[Outcome(c.id, ENTERED, actor.login) for c in changes] for changes, actor in sent]

    def come(login: str) -> None:
        outcomes = submit_together(lamps, [opened(login, login)], Actor(None, login))
        answers[login] = outcomes[0].number

    monkeypatch.setattr(together, "submit_each", entered)
    line = together._lines[lamps.uid]
    logins = ["甲", "乙", "丙"]
    threads = [threading.Thread(target=come, args=(login,)) for login in logins]
    with line.door:
        for n, thread in enumerate(threads, start=1):
            thread.start()
            while len(line.waiting) < n:
                pass
    for thread in threads:
        thread.join()
    assert groups == [logins]
    assert answers == {login: login for login in logins}


def test_a_company_is_no_larger_than_one_large_submission(lamps: Campaign) -> None:
    line = together._Line()
    for size in (together.MOST - 1, 1, 1):
        line.waiting.append(together._Person([opened("a", "1号")] * size, OPERATOR))
    assert [len(line.take()), len(line.take())] == [2, 1]
