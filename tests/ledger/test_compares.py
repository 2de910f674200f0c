"""A choice that says better, the same or worse: reckoned by the door, right as of every day, never typed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lamps import JIA, PACK_ALONE, REGIONS, UNITS
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.ledger.change import Change, Outcome, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import as_of
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.verify import verify
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

WELLS = """
title: 井台账
number: {title: 编号}
amend_by: [county]
fields:
  level: {title: 基准, type: choice, options: [好, 中, 差]}
"""
SAMPLES = """
title: 水样台账
number: {title: 编号}
amend_by: [town]
fields:
  well: {title: 井, type: link, ledger: wells}
  grade: {title: 等级, type: choice, options: [好, 中, 差]}
  first: {title: 初评, type: choice, options: [好, 中, 差]}
  trend: {title: 与基准比, type: choice, options: [改善, 保持, 恶化], compares: grade, than: well.level}
  own: {title: 与初评比, type: choice, options: [改善, 保持, 恶化], compares: grade, than: first}
"""
COUNTY, TOWN = Actor(None, "county", (Held("county"),)), Actor(None, "town", (Held("town", region="411300101"),))
NOTHING: Any = None
NOW = datetime(2024, 6, 1, 9, tzinfo=BEIJING)
ORDER = {-1: "改善", 0: "保持", 1: "恶化"}
ids = count()


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(NOW):
        yield make(tmp_path)


def make(folder: Path) -> Campaign:
    files = {"pack.yaml": PACK_ALONE, "ledgers/wells.yaml": WELLS, "ledgers/samples.yaml": SAMPLES}
    (folder / "r.csv").write_text(REGIONS, "utf-8")
    (folder / "u.csv").write_text(UNITS, "utf-8")
    pack = load(files)
    made = create_campaign("compares", files, pack, folder / "r.csv", folder / "u.csv", from_iso("2024-01-01"))
    send(made, "wells", "W1", Step("create", day("01-05"), set={"level": "中"}, region=JIA), by=COUNTY)
    return made


def day(text: str) -> int:
    return from_iso(f"2024-{text}")


def send(campaign: Campaign, ledger: str, number: str, *steps: Step, by: Actor = TOWN) -> Outcome:
    (done,) = submit(campaign, [Change(f"c{next(ids)}", ledger, steps, number)], by)
    assert done.status in ("entered", "unchanged"), done.problems
    return done


def sample(campaign: Campaign, number: str, on: str, **said: Any) -> None:
    send(campaign, "samples", number, Step("create", day(on), set={"well": "W1", **said}, region=JIA))


def level(campaign: Campaign, on: str, word: Any) -> None:
    send(campaign, "wells", "W1", Step("amend", day(on), set={"level": word}), by=COUNTY)


def trend(campaign: Campaign, number: str, on: str = "06-01", field: str = "trend") -> Any:
    pk = Record.objects.get(campaign=campaign, ledger="samples", number=number).pk
    now = as_of(facts_of([pk])[pk], day(on))
    assert now is not None
    return now.data.get(field)


def flags(campaign: Campaign, number: str) -> list[str]:
    return list(Record.objects.get(campaign=campaign, ledger="samples", number=number).flags)


def test_better_the_same_worse_and_nothing(campaign: Campaign) -> None:
    for number, said in (("1", {"grade": "好"}), ("2", {"grade": "中"}), ("3", {"grade": "差"}), ("4", {})):
        sample(campaign, number, "02-01", first="差", **said)
    assert [trend(campaign, n) for n in "1234"] == ["改善", "保持", "恶化", None]
    assert [trend(campaign, n, field="own") for n in "1234"] == ["改善", "改善", "保持", None]
    send(campaign, "samples", "4", Step("amend", day("02-05"), set={"grade": "差"}))
    assert [trend(campaign, "4", d) for d in ("02-04", "02-05")] == [None, "恶化"]
    send(campaign, "samples", "4", Step("amend", day("02-07"), set={"grade": NOTHING}))
    assert trend(campaign, "4") is None
    assert Record.objects.get(campaign=campaign, ledger="samples", number="1").version == 1  # in the same event


def test_a_correction_of_the_record_moves_the_word_on_its_own_day(campaign: Campaign) -> None:
    sample(campaign, "1", "02-01", grade="差")
    send(campaign, "samples", "1", Step("amend", day("03-01"), set={"grade": "中"}))
    send(campaign, "samples", "1", Step("amend", day("02-10"), set={"grade": "好"}))
    assert [trend(campaign, "1", d) for d in ("02-01", "02-10", "02-29", "03-01")] == ["恶化", "改善", "改善", "保持"]


def test_a_later_baseline_leaves_earlier_words_alone_a_correction_of_it_does_not(campaign: Campaign) -> None:
    sample(campaign, "1", "02-01", grade="中")
    level(campaign, "03-01", "好")
    sample(campaign, "2", "03-02", grade="中")
    assert [trend(campaign, n) for n in "12"] == ["保持", "恶化"]
    level(campaign, "01-05", "差")  # it had been written down wrongly from the first day
    assert [trend(campaign, n) for n in "12"] == ["改善", "恶化"]
    here = setting(campaign)
    last = Viewer(here, OPERATOR).history(here.pack.ledgers["samples"], "1")["events"][-1]
    assert (last["verb"], last["by"], last["ruled"]) == ("amend", "county", {"trend": "井台账W1基准差"})
    level(campaign, "01-05", NOTHING)
    assert [trend(campaign, n) for n in "12"] == [None, "恶化"]
    assert list(verify(here)) == []


def test_a_withdrawn_baseline_is_none(campaign: Campaign) -> None:
    sample(campaign, "1", "02-01", grade="中")
    send(campaign, "wells", "W1", Step("withdraw", day("02-10"), reason="登记错了"), by=COUNTY)
    sample(campaign, "2", "02-11", grade="中")
    assert [trend(campaign, n) for n in "12"] == ["保持", None]


def test_a_typed_word_gives_way_and_is_flagged_once(campaign: Campaign) -> None:
    sample(campaign, "1", "02-01", grade="差", trend="改善", own="保持")
    assert (trend(campaign, "1"), trend(campaign, "1", field="own")) == ("恶化", None)
    assert flags(campaign, "1") == [
        "“与基准比”填的是“改善”，按规则是“恶化”。", "“与初评比”填的是“保持”，按规则是“（空）”。",
    ]  # fmt: skip
    again = send(campaign, "samples", "1", Step("amend", day("02-02"), set={"trend": "改善"}))
    assert (again.status, trend(campaign, "1")) == ("unchanged", "恶化")
    sample(campaign, "2", "02-01", grade="差", trend="恶化")
    assert flags(campaign, "2") == []


def test_both_in_one_batch(campaign: Campaign) -> None:
    changes = [
        Change("b1", "wells", (Step("create", day("02-01"), set={"level": "好"}, region=JIA),), "W2"),
        Change("b2", "samples", (Step("create", day("02-02"), set={"well": "W2", "grade": "中"}, region=JIA),), "1"),
        Change("b3", "wells", (Step("amend", day("02-01"), set={"level": "差"}),), "W2"),
    ]
    assert [o.status for o in submit(campaign, changes, OPERATOR)] == ["entered"] * 3
    assert trend(campaign, "1") == "改善"


DAYS = st.integers(1, 28).map(lambda n: f"02-{n:02d}")
WORDS = st.sampled_from(["好", "中", "差", None])


@settings(max_examples=25)
@given(st.lists(st.tuples(st.booleans(), DAYS, WORDS), max_size=6))
def test_on_every_day_the_word_is_what_it_should_be(plot: list[tuple[bool, str, Any]]) -> None:
    with clock.set_to(NOW), tempfile.TemporaryDirectory() as folder, transaction.atomic():
        campaign = make(Path(folder))
        sample(campaign, "1", "02-01", grade="中")
        for of_well, on, word in plot:
            if of_well:
                level(campaign, on, word)
            else:
                send(campaign, "samples", "1", Step("amend", day(on), set={"grade": word}))
        known = {r.ledger: facts_of([r.pk])[r.pk] for r in Record.objects.filter(campaign=campaign)}

        def said(ledger: str, field: str) -> list[Any]:
            stood = [as_of(known[ledger], day("02-01") + n) for n in range(28)]
            return [now and now.data.get(field) for now in stood]

        grades, levels, trends = said("samples", "grade"), said("wells", "level"), said("samples", "trend")
        for n, grade in enumerate(grades):
            since = n
            while since and grades[since - 1] == grade:
                since -= 1
            pair = (grade, levels[since])
            worse = None if None in pair else "好中差".index(grade) - "好中差".index(levels[since])
            assert trends[n] == (None if worse is None else ORDER[(worse > 0) - (worse < 0)])
        transaction.set_rollback(True)
