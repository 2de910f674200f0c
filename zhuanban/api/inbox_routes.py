"""The inbox: what came in and did not pass. Tag: 收件箱."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Path, Query

from zhuanban.api import problems as says
from zhuanban.api.answers import not_there
from zhuanban.api.auth import viewer
from zhuanban.api.schemas import (
    DiscardIn,
    Done,
    InboxOut,
    ProblemOut,
    Problems,
    RetryIn,
    RetryOut,
    StepPatch,
    WaitingOut,
)
from zhuanban.core.day import to_day
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import WAITING, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.inbox import change_from_json, discard
from zhuanban.ledger.models import Waiting
from zhuanban.ledger.queries import Viewer

router = Router(tags=["收件箱"])

_READ: dict[Any, Any] = {401: Problems, 404: Problems}
_WRITE: dict[Any, Any] = {403: Problems, 422: Problems, **_READ}
BIGGEST = 2**53


@router.get("/campaigns/{name}/inbox", response={200: InboxOut, **_READ}, summary="收件箱", operation_id="inbox")
def inbox(
    request: HttpRequest,
    name: str,
    settled: bool = Query(False, title="看已了结的"),
    after: int = Query(0, title="上一页末件的收件号", ge=0, le=BIGGEST),
    limit: int = Query(50, title="每页件数", ge=1, le=200),
) -> InboxOut:
    """管辖范围内没有通过、等人处理的变更和表格行，以及本人报送的。"""
    seen = viewer(request, name)
    rows = seen.waiting(settled=settled)
    found = list(rows.filter(pk__gt=after)[: limit + 1])
    return InboxOut(
        items=[WaitingOut(**seen.show_waiting(item)) for item in found[:limit]],
        next=found[limit - 1].pk if len(found) > limit else None,
        count=rows.count(),
    )


@router.get(
    "/campaigns/{name}/inbox/{item}", response={200: WaitingOut, **_READ}, summary="一件收件", operation_id="waiting"
)
def waiting(request: HttpRequest, name: str, item: int = Path(..., ge=0, le=BIGGEST)) -> WaitingOut:
    """未了结的一件。"""
    seen = viewer(request, name)
    return WaitingOut(**seen.show_waiting(_open(seen, item)))


@router.post(
    "/campaigns/{name}/inbox/{item}/discard",
    response={200: Done, **_WRITE},
    summary="作废一件收件",
    operation_id="discard",
)
def throw_away(request: HttpRequest, name: str, said: DiscardIn, item: int = Path(..., ge=0, le=BIGGEST)) -> Done:
    """须写明理由。作废后仍可在已了结的收件中查到。"""
    seen = viewer(request, name)
    row = _open(seen, item)
    if not said.reason.strip():
        raise Refused(says.DISCARD_REASON.at())
    discard(seen.setting.campaign, row.pk, seen.actor, said.reason.strip())
    return Done(done=True)


@router.post(
    "/campaigns/{name}/inbox/{item}/retry",
    response={200: RetryOut, **_WRITE},
    summary="改正后重报一件收件",
    operation_id="retry",
)
def retry(request: HttpRequest, name: str, said: RetryIn, item: int = Path(..., ge=0, le=BIGGEST)) -> RetryOut:
    """只写要改的地方，其余照原样（隐去的内容不必、也不要送回）。通过即登记并了结；不通过仍留在收件箱。"""
    seen = viewer(request, name)
    row = _open(seen, item)
    if not _is_change(row.change):
        raise Refused(says.NOT_A_CHANGE.at())
    change = change_from_json(row.change)
    steps = list(change.steps)
    for patch in said.patches:
        if patch.step >= len(steps):
            raise Refused(says.NO_STEP.at(step=patch.step))
        steps[patch.step] = _patched(steps[patch.step], patch)
    change = change._replace(
        steps=tuple(steps),
        number=change.number if said.number is None else said.number,
        base=change.base if said.base is None else said.base,
        sender=row.actor,
    )
    outcome = submit(seen.setting.campaign, [change], seen.actor)[0]
    problems = [p.as_json() for p in outcome.problems]
    if outcome.status == WAITING:
        # A problem quotes what was filled in; the item itself shows it masked.
        row.refresh_from_db()
        problems = seen.show_waiting(row)["problems"]
    return RetryOut(
        status=outcome.status,
        number=outcome.number,
        version=outcome.version,
        problems=[ProblemOut.model_validate(p) for p in problems],
    )


def _open(seen: Viewer, item: int) -> Waiting:
    found = seen.waiting().filter(pk=item).first()
    if found is None:
        raise not_there()
    return found


def _is_change(kept: Mapping[str, Any]) -> bool:
    return bool(kept.get("steps")) and {"id", "ledger", "number", "base", "source"} <= kept.keys()


def _patched(step: Step, patch: StepPatch) -> Step:
    return step._replace(
        set={**step.set, **patch.set},
        on=step.on if patch.on is None else to_day(patch.on),
        region=step.region if patch.region is None else patch.region,
        unit=step.unit if patch.unit is None else patch.unit,
        reason=step.reason if patch.reason is None else patch.reason,
    )
