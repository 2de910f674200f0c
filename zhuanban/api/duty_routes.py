"""Duties: what is owed, filling a report, what changed since; and the caller's messages. Tag: 报送.

All other steps of a report are moves of its ledger, and go through the door like every change.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query

from zhuanban.api.auth import caller, viewer
from zhuanban.api.duty_schemas import ChangesSinceOut, DutiesOut, FilledOut, FillIn, MessageOut, MessagesOut
from zhuanban.api.schemas import Done, ProblemOut, Problems
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, to_day
from zhuanban.duty import actions as do
from zhuanban.duty.figures import changes_since
from zhuanban.duty.queries import board
from zhuanban.duty.shown import board_json
from zhuanban.notify.actions import mark_read
from zhuanban.notify.queries import message_json, messages_of

router = Router(tags=["报送"])

_READ: dict[Any, Any] = {401: Problems, 404: Problems, 422: Problems}
_WRITE: dict[Any, Any] = {**_READ, 403: Problems}
MOST_MESSAGES = 200

AsOf = Query(None, title="截至时刻", description="不填为现在；不写时区为北京时间。")


@router.get("/campaigns/{name}/duties", response={200: DutiesOut, **_READ}, summary="报送情况", operation_id="duties")
def duties(
    request: HttpRequest,
    name: str,
    as_of: datetime | None = AsOf,
    duty: str = Query("", title="报送任务", description="只看一项。", max_length=80),
) -> DutiesOut:
    """截至某一时刻应报什么、报了什么：按单位、按期次、逐件。只列管辖范围内的单位。"""
    seen = viewer(request, name)
    at = clock.now() // 1_000_000
    if as_of is not None:
        at = int((as_of if as_of.tzinfo else as_of.replace(tzinfo=BEIJING)).timestamp())
    return DutiesOut(**board_json(board(seen, at, do.duty_named(seen, duty).key if duty else "")))


@router.post(
    "/campaigns/{name}/duties/{duty}/reports/{path:number}/fill",
    response={200: FilledOut, **_WRITE},
    summary="填报一件",
    operation_id="fillReport",
)
def fill(request: HttpRequest, name: str, duty: str, number: str, said: FillIn) -> FilledOut:
    """由台账填表并固定数据；退回后再填为新的一版。签字、报送等其余各步是报送件台账的流转，经“变更”进入。"""
    seen = viewer(request, name)
    done = do.fill(
        seen,
        do.find_numbered(seen, duty, number),
        day=None if said.as_of is None else to_day(said.as_of),
        zero=said.zero,
        kept=[ref.dict() for ref in said.files],
        fields=said.fields,
    )
    warnings = [ProblemOut.model_validate(p.as_json()) for p in done.problems]
    return FilledOut(number=done.number, version=done.version, warnings=warnings)


@router.get(
    "/campaigns/{name}/duties/{duty}/reports/{path:number}/changes",
    response={200: ChangesSinceOut, **_READ},
    summary="报送以后的变化",
    operation_id="changesSince",
)
def changes(request: HttpRequest, name: str, duty: str, number: str) -> ChangesSinceOut:
    """同一截止日，现在由台账填出的与当时报送的有何不同。"""
    seen = viewer(request, name)
    return ChangesSinceOut(**changes_since(seen, do.find_numbered(seen, duty, number)))


@router.get(
    "/campaigns/{name}/messages", response={200: MessagesOut, **_READ}, summary="我的消息", operation_id="messages"
)
def messages(request: HttpRequest, name: str) -> MessagesOut:
    """告知本人的事，不含个人信息。"""
    seen = viewer(request, name)
    rows = messages_of(seen.setting.campaign, caller(request).user_id)[:MOST_MESSAGES]
    return MessagesOut(messages=[MessageOut(**message_json(each)) for each in rows])


@router.post(
    "/campaigns/{name}/messages/{message}/read",
    response={200: Done, **_WRITE},
    summary="消息已读",
    operation_id="readMessage",
)
def read(request: HttpRequest, name: str, message: int) -> Done:
    """记下本人读过这一条。"""
    seen = viewer(request, name)
    mark_read(seen.setting.campaign, caller(request).user_id, message, clock.now())
    return Done(done=True)
