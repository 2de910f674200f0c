"""What is wrong on purpose in the played canal campaign: flagged or kept waiting, each as it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.played import Played, playing
from zhuanban.oversight.draws import draw
from zhuanban.oversight.population import find_draw, population

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture(scope="module")
def canal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    """Canal once for this module, inside a transaction that is taken back."""
    with playing(django_db_blocker, "canal-protection", "2022-04-15") as here:
        yield Played(here, 2021, "12-31")


def test_the_rechecks_are_those_of_the_published_seed(canal: Played) -> None:
    rule = find_draw(canal.here, "closed_recheck")
    closed = population(canal.here, rule, canal.day("12-23"))
    drawn = draw("督查考核抽查20211223", closed, rule.ratio, rule.round)
    assert [(s.count, len(s.cells)) for s in drawn.strata] == [(66, 14)]
    kept = canal.records("assessments", kind="抽查复核")
    assert [r.data["problem"] for r in kept] == list(drawn.cells)
    assert all(drawn.seed in r.data["draw"] for r in kept)


def test_two_rechecks_come_out_wrong_beside_the_first_result(canal: Played) -> None:
    wrong = canal.records("assessments", kind="抽查复核", result="不合格")
    assert [r.data["first_result"] for r in wrong] == ["已回头看，核查人周某辛", "已销号，核查人周某辛"]
    assert len(canal.records("assessments", kind="抽查复核", result="合格")) == 12
