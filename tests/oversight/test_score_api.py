"""Scores over the API: the same figures, each county its own."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.api.conftest import client_of, user
from tests.rubric import BING, JIA, YI
from zhuanban.people.actions import give_post
from zhuanban.people.models import AccessLog, Campaign

pytestmark = pytest.mark.django_db

C = "/api/campaigns/rubric"


@pytest.fixture
def city(campaign: Campaign) -> Client:
    wang = user("wang", "王")
    give_post(campaign, wang, "city_office")
    return client_of(wang)


@pytest.fixture
def county(campaign: Campaign) -> Client:
    """The water office of 乙县."""
    li = user("li", "李")
    give_post(campaign, li, "county_office", region=YI)
    return client_of(li)


def got(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(f"{C}{path}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)  # type: ignore[no-any-return]


def test_everybody_s_points_and_ranks(city: Client, county: Client) -> None:
    (card,) = got(city, "/scores")["scorecards"]
    assert (card["key"], card["name"], card["level"]) == ("lookback", "附件3", "county")
    seen = got(city, "/scores/附件3?as_of=2022-09-30")
    assert [(s["name"], s["rank"], s["total"]["low"]) for s in seen["scores"]] == [
        ("丙工区", 1, "102"), ("甲县", 2, "96.5"), ("乙县", 3, "37.9"),
    ]  # fmt: skip
    assert [s["name"] for s in got(county, "/scores/lookback")["scores"]] == ["乙县"]


def test_one_score_with_what_is_behind_it(city: Client) -> None:
    seen = got(city, f"/scores/lookback/{BING}")
    items = {item["item"]: item for group in seen["groups"] for item in group["items"]}
    assert (seen["total"]["low"], len(items), len(seen["rulings"])) == ("102", 18, 17)
    (fact,) = [fact for fact in items["phones"]["facts"] if fact["fact"] == "manager_bad"]
    assert (fact["value"], fact["sample"], len(fact["records"])) == ("2", "20", 2)
    (body,) = items["body"]["facts"]
    assert (body["value"], body["mark"]["signer"]) == ("批复且到位", "考评人甲")


def test_a_neighbour_is_not_there(county: Client) -> None:
    absent = county.get(f"{C}/records/visits/没有")
    for path in (
        f"/scores/lookback/{JIA}",
        f"/scores/lookback/{JIA}/export.xlsx",
        "/scores/other",
        "/scores/lookback/x",
    ):
        answer = county.get(f"{C}/scores{path}")
        assert (answer.status_code, answer.content) == (404, absent.content)


def test_the_sheet_and_its_place_in_the_log(county: Client) -> None:
    answer = county.get(f"{C}/scores/lookback/{YI}/export.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    assert book.sheetnames == ["附件3", "得分附页"]
    entry = AccessLog.objects.get(what="export")
    assert entry.detail["scorecard"] == "lookback"
