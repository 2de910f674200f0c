"""Scorecards: which there are, everybody's score with its rank, one with all that is behind it. Tag: 考评."""

from __future__ import annotations

from datetime import date
from tempfile import TemporaryFile

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from zhuanban.api.auth import viewer
from zhuanban.api.record_routes import XLSX
from zhuanban.api.schemas import Problems
from zhuanban.api.score_schemas import CardOut, CardsOut, ScoreOut, ScoresOut
from zhuanban.api.table_routes import AsOf
from zhuanban.core import clock
from zhuanban.core.day import iso, to_day
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.score_shown import ranking_json, score_json, write_score_xlsx
from zhuanban.oversight.scores import find_card, ranking, seen_score
from zhuanban.people.actions import log_access
from zhuanban.sheets.export import stamp

router = Router(tags=["考评"])

_READ = {401: Problems, 404: Problems}


@router.get(
    "/campaigns/{name}/scores", response={200: CardsOut, **_READ}, summary="考评细则", operation_id="scorecards"
)
def scorecards(request: HttpRequest, name: str) -> CardsOut:
    """行动包里有哪些考评细则。"""
    known = viewer(request, name).setting.pack.scorecards.values()
    found = [CardOut(key=c.key, name=c.name, title=c.title, source=c.source, level=c.level) for c in known]
    return CardsOut(scorecards=found)


@router.get(
    "/campaigns/{name}/scores/{card}", response={200: ScoresOut, **_READ}, summary="得分和名次", operation_id="scores"
)
def scores(request: HttpRequest, name: str, card: str, as_of: date | None = AsOf) -> ScoresOut:
    """任意日期的得分。疑点裁定前是一个范围；没有依据的项未评，不算0分也不算满分；未定的不排名。"""
    seen = viewer(request, name)
    asked, day = find_card(seen, card), _day(seen, as_of)
    return ScoresOut(**ranking_json(asked, day, ranking(seen, asked, day)))


@router.get(
    "/campaigns/{name}/scores/{card}/{code}",
    response={200: ScoreOut, **_READ},
    summary="一个考评对象的得分",
    operation_id="score",
)
def score(request: HttpRequest, name: str, card: str, code: str, as_of: date | None = AsOf) -> ScoreOut:
    """每项的条文、得分、怎样算出、依据的条目和签字的评分，自评、申诉和裁定。"""
    seen = viewer(request, name)
    return ScoreOut(**score_json(seen, seen_score(seen, find_card(seen, card), code, _day(seen, as_of))))


@router.get(
    "/campaigns/{name}/scores/{card}/{code}/export.xlsx",
    response=_READ,
    openapi_extra={"responses": {200: {"description": "Excel", "content": {XLSX: {}}}}},
    summary="导出得分（Excel）",
    operation_id="exportScoreXlsx",
)
def export_xlsx(request: HttpRequest, name: str, card: str, code: str, as_of: date | None = AsOf) -> HttpResponseBase:
    """细则原表一页，得分、理由、依据、签字人另附一页。"""
    seen = viewer(request, name)
    scored = seen_score(seen, find_card(seen, card), code, _day(seen, as_of))
    asked = scored.result.card
    detail = {"scorecard": asked.key, "format": "xlsx", "as_of": iso(scored.day), "of": scored.code}
    log_access(seen.setting.campaign, seen.actor, "export", detail)
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    notes = stamp(scored.day, seen.actor.title or seen.actor.login, clock.now())
    write_score_xlsx(file, seen, scored, notes)
    file.seek(0)
    called = f"{asked.name or asked.title} {scored.name}（{iso(scored.day)}）.xlsx"
    return FileResponse(file, as_attachment=True, filename=called, content_type=XLSX)


def _day(seen: Viewer, as_of: date | None) -> int:
    return seen.today if as_of is None else to_day(as_of)
