"""Scores that are signed: they stay as they were, a later version says what it changes and why."""

from __future__ import annotations

import hashlib

import orjson
import pytest

from tests.canals import time
from tests.rubric import BING, CITY, JIA, OPERATOR, YI, county, entered, opened, scored
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import WAITING, Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record, Waiting
from zhuanban.ledger.problems import NOT_ALLOWED
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.verify import verify
from zhuanban.oversight.issue import Issued, changes, issue, issued_json, issued_lines, sheet_of, version, versions
from zhuanban.oversight.scores import find_card
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import Actor

pytestmark = pytest.mark.django_db

DAY = from_iso("2022-09-26")


def viewer(campaign: Campaign, actor: Actor = CITY) -> Viewer:
    return Viewer(setting(campaign), actor)


def signed(campaign: Campaign, code: str, reason: str = "", day: int = DAY) -> Issued:
    seen = viewer(campaign)
    return issue(seen, find_card(seen, "lookback"), code, day, reason)


def last(campaign: Campaign, code: str, n: int = 0) -> Issued:
    seen = viewer(campaign)
    return version(seen, find_card(seen, "lookback"), code, n)


def test_late_evidence_changes_only_a_new_version(campaign: Campaign) -> None:
    """Of before the scoring date, but learned after the score was signed."""
    first = signed(campaign, YI)
    assert (first.version, first.total, first.signer, first.day) == (1, "37.9", "市考评组", DAY)
    kept, sheet = issued_json(first, [])["score"], sheet_of(first)
    with time("2022-10-08 09:00"):
        entered(campaign, opened("visits", "late", YI, {"kind": "党政主要领导督查"}, "2022-08-20"))
        seen = viewer(campaign)
        (what,) = changes(seen, find_card(seen, "lookback"), last(campaign, YI))
        assert (what.item, what.was, what.now) == ("visits", "3", "5")
        assert what.facts == (("党政主要领导督查", "2", "3"),)
        with pytest.raises(Refused) as refused:
            signed(campaign, YI)
        assert [p.code for p in refused.value.problems] == ["oversight-010"]
        second = signed(campaign, YI, "补收督查记录一次")
        assert (second.version, second.total, second.reason) == (2, "39.9", "补收督查记录一次")
    again = last(campaign, YI, 1)
    assert (again.total, issued_json(again, [])["score"], sheet_of(again)) == ("37.9", kept, sheet)
    assert hashlib.sha256(sheet).hexdigest() == again.sheet
    assert orjson.dumps(kept) == orjson.dumps(first.score)
    assert list(verify(setting(campaign))) == []


def test_what_is_open_is_not_signed(campaign: Campaign) -> None:
    number = Record.objects.get(ledger="rulings_lookback", data__doubt="F-02").number
    withdrawal = Change("w", "rulings_lookback", (Step("withdraw", from_iso("2022-09-21"), reason="待议"),), number)
    entered(campaign, withdrawal, actor=CITY)
    with pytest.raises(Refused) as refused:
        signed(campaign, BING)
    (problem,) = refused.value.problems
    assert problem.says == "“丙工区”还不能签发：“党政主要领导督查”3至5（待裁定F-02）。"
    assert signed(campaign, JIA).total == "96.5"


def test_nobody_signs_a_day_to_come(campaign: Campaign) -> None:
    with pytest.raises(Refused) as refused:
        signed(campaign, JIA, day=from_iso("2022-10-01"))
    assert [p.code for p in refused.value.problems] == ["oversight-013"]


def test_the_county_reads_its_version_and_signs_none(campaign: Campaign) -> None:
    signed(campaign, YI)
    signed(campaign, JIA)
    mine = viewer(campaign, county(YI))
    card = find_card(mine, "lookback")
    assert "合计：37.9" in list(issued_lines(version(mine, card, "乙县"), []))
    with pytest.raises(Refused):
        version(mine, card, JIA)
    assert versions(mine, card, JIA) == []
    with pytest.raises(Refused) as refused:
        issue(mine, card, YI, DAY, "自行签发")
    assert [p.code for p in refused.value.problems] == [NOT_ALLOWED.code]
    assert Waiting.objects.count() == 0
    assert len(versions(viewer(campaign), card, YI)) == 1


def test_a_signed_version_is_not_corrected(campaign: Campaign) -> None:
    number = signed(campaign, JIA).number
    change = Change("c", "issued_lookback", (Step("amend", set={"total": "100"}, reason="改"),), number)
    (outcome,) = submit(campaign, [change], CITY)
    assert outcome.status == WAITING
    assert scored(campaign, JIA, "2022-09-30", OPERATOR).result.total.low == 96.5
    assert last(campaign, JIA).total == "96.5"
    with pytest.raises(Refused) as refused:
        last(campaign, JIA, 2)
    assert "第1版（2022-09-30）" in str(refused.value)
