"""Ledgers and records: look up, history, what may be done, changes through the door, reveal, export. Tag: 条目."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from tempfile import TemporaryFile
from typing import Any, Literal

from django.core import signing
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema
from pydantic import Field

from zhuanban.api import problems as says
from zhuanban.api.answers import JSON, as_file, dump
from zhuanban.api.auth import ledger_of, viewer
from zhuanban.api.schemas import (
    ChangeIn,
    ChangesIn,
    FormField,
    HistoryOut,
    OfferOut,
    Offers,
    OutcomesOut,
    ProblemOut,
    Problems,
    RecordOut,
    RecordsOut,
    RevealIn,
    RevealOut,
)
from zhuanban.core import clock
from zhuanban.core.day import to_day
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import WAITING, Change, Outcome, Step
from zhuanban.ledger.fields import refs
from zhuanban.ledger.models import Record
from zhuanban.ledger.moves import may_amend, offers
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.search import MOST, Filter, find, page
from zhuanban.ledger.together import submit_together
from zhuanban.pack.values import FILE_TYPES, Ledger
from zhuanban.people.actions import log_access
from zhuanban.sheets.export import csv_pieces, stamp, write_xlsx
from zhuanban.sheets.out import ledger_columns, ledger_rows

router = Router(tags=["条目"])

TICKET_SALT = "evidence"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_READ: dict[Any, Any] = {401: Problems, 404: Problems}


class FilterIn(Schema):
    """What to look for in a ledger."""

    state: list[str] = Field(default_factory=list, title="状态", description="可写多个。", max_length=50)
    region: str = Field("", title="区划代码", description="含其下各级。", max_length=32)
    unit: str = Field("", title="单位代码", description="含其下属。", max_length=32)
    q: str = Field("", title="编号或内容中的文字", description="不查已隐去的内容。", max_length=60)
    opened_from: date | None = Field(None, title="登记日从")
    opened_to: date | None = Field(None, title="登记日到")
    changed_from: date | None = Field(None, title="最近变动日从")
    changed_to: date | None = Field(None, title="最近变动日到")
    flagged: bool | None = Field(None, title="有无疑点")
    withdrawn: Literal["no", "yes", "all"] = Field("no", title="撤回的", description="no 不列，yes 只列，all 都列。")

    def asked(self) -> Filter:
        """As the ledger room takes it."""
        return Filter(
            tuple(self.state),
            self.region,
            self.unit,
            self.q,
            _day(self.opened_from),
            _day(self.opened_to),
            _day(self.changed_from),
            _day(self.changed_to),
            self.flagged,
            {"no": False, "yes": True, "all": None}[self.withdrawn],
        )


class PageIn(FilterIn):
    """A filter, and which page."""

    after: str = Field("", title="上一页末条的编号", max_length=80)
    limit: int = Field(50, title="每页条数", ge=1, le=MOST)


def _known(request: HttpRequest, schema: type[Schema]) -> None:
    """A misspelt filter would be passed over in silence, and everything be shown. Raises Refused."""
    strange = [key for key in request.GET if key not in schema.model_fields]
    if strange:
        raise Refused(says.VALUE_WRONG.at(field=key, what="不是接口里的字段") for key in strange)


def _day(said: date | None) -> int | None:
    return None if said is None else to_day(said)


# Look-up --------------------------------------------------------------------------------------------------------------


@router.get(
    "/campaigns/{name}/ledgers/{ledger}/records",
    response={200: RecordsOut, 422: Problems, **_READ},
    summary="查台账",
    operation_id="records",
)
def records(request: HttpRequest, name: str, ledger: str, asked: Query[PageIn]) -> RecordsOut:
    """管辖范围内的条目，按编号排列，每页至多 200 条。翻页：把 `next` 作为 `after` 带上。"""
    _known(request, PageIn)
    seen = viewer(request, name)
    book = ledger_of(seen, ledger)
    rows = find(seen, book, asked.asked())
    found, following = page(rows, asked.after, asked.limit)
    return RecordsOut(
        records=[RecordOut(**said) for said in seen.show_all(book, found)],
        next=following,
        count=None if asked.after else rows.count(),
    )


@router.get(
    "/campaigns/{name}/ledgers/{ledger}/moves",
    response={200: Offers, **_READ},
    summary="可办的登记步骤",
    operation_id="openingMoves",
)
def opening_moves(request: HttpRequest, name: str, ledger: str) -> Offers:
    """本人的岗位可以用哪些步骤登记新条目。"""
    seen = viewer(request, name)
    return _offers(seen, ledger_of(seen, ledger), "")


@router.get(
    "/campaigns/{name}/ledgers/{ledger}/export.csv",
    response={422: Problems, **_READ},
    openapi_extra={"responses": {200: {"description": "CSV", "content": {"text/csv": {}}}}},
    summary="导出台账（CSV）",
    operation_id="exportCsv",
)
def export_csv(request: HttpRequest, name: str, ledger: str, asked: Query[FilterIn]) -> HttpResponseBase:
    """UTF-8（带 BOM），边查边送，不限行数。个人信息已隐去。每次导出都有记录。"""
    seen, book, rows = _exported(request, name, ledger, asked, "csv")
    pieces = csv_pieces(ledger_columns(seen.setting, book), ledger_rows(seen, book, rows))
    return as_file(StreamingHttpResponse(pieces, content_type=CSV), f"{book.title}.csv")


@router.get(
    "/campaigns/{name}/ledgers/{ledger}/export.xlsx",
    response={422: Problems, **_READ},
    openapi_extra={"responses": {200: {"description": "Excel", "content": {XLSX: {}}}}},
    summary="导出台账（Excel）",
    operation_id="exportXlsx",
)
def export_xlsx(request: HttpRequest, name: str, ledger: str, asked: Query[FilterIn]) -> HttpResponseBase:
    """同 CSV，日期和数字为真日期、真数字。"""
    seen, book, rows = _exported(request, name, ledger, asked, "xlsx")
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    notes = stamp(seen.today, seen.actor.title or seen.actor.login, clock.now())
    write_xlsx(file, book.title, ledger_columns(seen.setting, book), ledger_rows(seen, book, rows), notes=notes)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{book.title}.xlsx", content_type=XLSX)


def _exported(
    request: HttpRequest, name: str, ledger: str, asked: FilterIn, form: str
) -> tuple[Viewer, Ledger, QuerySet[Record]]:
    _known(request, FilterIn)
    seen = viewer(request, name)
    book = ledger_of(seen, ledger)
    rows = find(seen, book, asked.asked())
    said = asked.dict(exclude_defaults=True)
    filters = {k: v if isinstance(v, list | bool | str) else str(v) for k, v in said.items()}
    detail = {"ledger": book.key, "format": form, "records": rows.count(), "filter": filters}
    log_access(seen.setting.campaign, seen.actor, "export", detail)
    return seen, book, rows


# One record: the longer addresses first, since a number may hold a stroke ---------------------------------------------


@router.get(
    "/campaigns/{name}/records/{ledger}/{path:number}/history",
    response={200: HistoryOut, **_READ},
    exclude_unset=True,
    summary="条目的经过",
    operation_id="history",
)
def history(request: HttpRequest, name: str, ledger: str, number: str) -> HistoryOut:
    """条目及其全部事件：谁、哪天发生、何时获知、改了什么。"""
    seen = viewer(request, name)
    return HistoryOut(**seen.history(ledger_of(seen, ledger), number))


@router.get(
    "/campaigns/{name}/records/{ledger}/{path:number}/moves",
    response={200: Offers, **_READ},
    summary="条目现在可办的步骤",
    operation_id="moves",
)
def moves(request: HttpRequest, name: str, ledger: str, number: str) -> Offers:
    """按岗位、状态、前置事项和经办人回避判断，与提交时的判断同一套。"""
    seen = viewer(request, name)
    return _offers(seen, ledger_of(seen, ledger), number)


def _offers(seen: Viewer, book: Ledger, number: str) -> Offers:
    found = offers(seen, book, number)
    amend = may_amend(seen, book, number) if number else False
    return Offers(
        moves=[
            OfferOut(
                move=o.move.key,
                to=o.move.to,
                needs=[FormField(key=k, title=book.fields[k].title) for k in o.move.needs],
                reason=o.move.reason,
                blocked=[ProblemOut.model_validate(p.as_json()) for p in o.blocked],
            )
            for o in found
        ],
        may_amend=amend,
    )


@router.post(
    "/campaigns/{name}/records/{ledger}/{path:number}/reveal",
    response={200: RevealOut, 403: Problems, 422: Problems, **_READ},
    summary="展开一处个人信息",
    operation_id="reveal",
)
def reveal(request: HttpRequest, name: str, ledger: str, number: str, said: RevealIn) -> RevealOut:
    """只有行动包指定的岗位可以，逐条逐项，写明理由，每次记入查看日志。"""
    seen = viewer(request, name)
    book = ledger_of(seen, ledger)
    value = seen.reveal(book, number, said.field, said.reason)
    if book.fields[said.field].type in FILE_TYPES:
        who = seen.actor.user_id
        value = [
            {**ref, "ticket": signing.dumps([who, seen.setting.campaign.uid, ref["sha256"]], salt=TICKET_SALT)}
            for ref in refs(value)
        ]
    return RevealOut(value=value)


@router.get(
    "/campaigns/{name}/records/{ledger}/{path:number}",
    response={200: RecordOut, **_READ},
    summary="一条",
    operation_id="record",
)
def record(request: HttpRequest, name: str, ledger: str, number: str) -> RecordOut:
    """条目的现状。"""
    seen = viewer(request, name)
    book = ledger_of(seen, ledger)
    return RecordOut(**seen.show(book, seen.record(book, number)))


# The door -------------------------------------------------------------------------------------------------------------


@router.post(
    "/campaigns/{name}/changes",
    response={200: OutcomesOut, 403: Problems, 413: Problems, 422: Problems, **_READ},
    summary="提交变更",
    operation_id="submit",
)
def changes(request: HttpRequest, name: str, said: ChangesIn) -> HttpResponse:
    """一次至多 500 件，每件是一个条目的一组步骤，整件登记或整件存入收件箱；其余各件照办。

    状态码 200 只表示逐件都有了结果，结果看 `outcomes` 里每件的 `status`。同一变更编号重发，返回先前的结果。
    """
    seen = viewer(request, name)
    outcomes = submit_together(seen.setting.campaign, [change_of(each) for each in said.changes], seen.actor)
    # Plain JSON, not checked against its schema once more: this is the address that phones crowd around.
    return HttpResponse(dump(outcomes_json(outcomes)), content_type=JSON)


def outcomes_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """As `OutcomesOut` says."""
    return {
        "outcomes": [
            {
                "change": o.change,
                "status": o.status,
                "number": o.number,
                "version": o.version,
                "problems": [p.as_json() for p in o.problems],
            }
            for o in outcomes
        ],
        "waiting": sum(o.status == WAITING for o in outcomes),
    }


def change_of(said: ChangeIn) -> Change:
    """A change as the door takes it."""
    steps = tuple(Step(s.verb, _day(s.on), s.move, s.set, s.region, s.unit, s.reason, s.of) for s in said.steps)
    return Change(said.id, said.ledger, steps, said.number, said.base, said.source)
