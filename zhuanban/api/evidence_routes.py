"""Photos, signatures and files: brought, looked at, taken out. Tag: 证据.

A content is shown to whoever sees a record that refers to it, to who brought it, and to who has just revealed the
field that hides it (a ticket). Its address alone opens nothing.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, BinaryIO, cast

from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Router
from ninja.files import UploadedFile
from ninja.params.functions import Path, Query
from ninja.responses import Status

from zhuanban.api import problems as says
from zhuanban.api.answers import not_there
from zhuanban.api.auth import ledger_of, viewer
from zhuanban.api.file_schemas import FileOut, RecordFileOut, RecordFilesOut
from zhuanban.api.record_routes import TICKET_SALT
from zhuanban.api.schemas import Problems
from zhuanban.core.day import beijing
from zhuanban.core.problem import Refused
from zhuanban.evidence import problems as evidence
from zhuanban.evidence.actions import keep
from zhuanban.evidence.models import Upload
from zhuanban.evidence.queries import Shot, open_original, shots, thumbnail
from zhuanban.ledger.files import shown_files
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Ledger

router = Router(tags=["证据"])

_READ: dict[Any, Any] = {401: Problems, 404: Problems}
_FILE = {"responses": {200: {"description": "文件", "content": {"application/octet-stream": {}}}}}
_PICTURE = {"responses": {200: {"description": "JPEG 缩略图", "content": {"image/jpeg": {}}}}}
Address = Annotated[str, Path(..., title="内容校验值", pattern=r"^[0-9a-f]{64}$")]
Px = Query(320, title="长边像素", ge=1, le=4096)
TICKET_SECONDS = 600


@router.post(
    "/campaigns/{name}/files",
    response={201: FileOut, 403: Problems, 411: Problems, 413: Problems, 422: Problems, **_READ},
    summary="上传文件",
    operation_id="upload",
)
def upload(request: HttpRequest, name: str, file: File[UploadedFile]) -> Status[FileOut]:
    """表单字段 `file`。收照片、签字、PDF、视频、Word、Excel、文本，逐字节核对真实类型；同一内容只存一份。"""
    seen = viewer(request, name)
    if file.file is None:
        raise Refused(says.NO_FILE.at())
    kept = keep(seen.setting.campaign, cast("BinaryIO", file.file), file.name or "", seen.actor.user_id)
    return Status(201, FileOut(**kept))


@router.get(
    "/campaigns/{name}/records/{ledger}/{path:number}/files",
    response={200: RecordFilesOut, **_READ},
    summary="条目所附的文件清单",
    operation_id="recordFiles",
)
def record_files(request: HttpRequest, name: str, ledger: str, number: str) -> RecordFilesOut:
    """每份文件由哪一步、何时、何人带来；文件自载的拍摄时间地点与自报的分开列出。隐去的字段不列。"""
    seen = viewer(request, name)
    book = ledger_of(seen, ledger)
    files = shown_files(book, seen.record(book, number))
    known = shots(seen.setting.campaign, {ref["sha256"] for ref in files})
    return RecordFilesOut(
        files=[_record_file(book, ref, known[ref["sha256"]]) for ref in files if ref["sha256"] in known]
    )


def _record_file(book: Ledger, ref: dict[str, Any], shot: Shot) -> RecordFileOut:
    field = book.fields[ref["field"]]
    return RecordFileOut(
        **{"name": "", **ref},
        title=field.title,
        before=field.after,
        kind=shot.media.title,
        size=shot.size,
        taken_at=beijing(shot.exif_at) if shot.exif_at is not None else "",
        taken_place=shot.exif_place.as_json() if shot.exif_place else None,
        claimed_at=beijing(shot.claimed_at) if shot.claimed_at is not None else "",
        claimed_place=shot.claimed_place.as_json() if shot.claimed_place else None,
    )


@router.get(
    "/campaigns/{name}/records/{ledger}/{path:number}/files/{sha256}/thumbnail",
    response=_READ,
    openapi_extra=_PICTURE,
    summary="条目所附图片的缩略图",
    operation_id="recordThumbnail",
)
def record_thumbnail(
    request: HttpRequest, name: str, ledger: str, number: str, sha256: Address, px: int = Px
) -> HttpResponseBase:
    """已转正、不含拍摄信息的 JPEG。"""
    seen = viewer(request, name)
    _must_show(seen, ledger, number, sha256)
    return _thumbnail(request, seen, sha256, px)


@router.get(
    "/campaigns/{name}/records/{ledger}/{path:number}/files/{sha256}",
    response=_READ,
    openapi_extra=_FILE,
    summary="条目所附的文件",
    operation_id="recordFile",
)
def record_file(request: HttpRequest, name: str, ledger: str, number: str, sha256: Address) -> HttpResponseBase:
    """原件，一字节不差。图片可直接显示，其余一律下载。"""
    seen = viewer(request, name)
    return _original(seen, sha256, _must_show(seen, ledger, number, sha256))


@router.get(
    "/campaigns/{name}/files/{sha256}/thumbnail",
    response=_READ,
    openapi_extra=_PICTURE,
    summary="本人上传的图片的缩略图",
    operation_id="ownThumbnail",
)
def own_thumbnail(request: HttpRequest, name: str, sha256: Address, px: int = Px) -> HttpResponseBase:
    """提交之前核对用。"""
    seen = viewer(request, name)
    _must_own(seen, sha256, "")
    return _thumbnail(request, seen, sha256, px)


@router.get(
    "/campaigns/{name}/files/{sha256}",
    response=_READ,
    openapi_extra=_FILE,
    summary="本人上传的文件，或凭票下载隐去的文件",
    operation_id="ownFile",
)
def own_file(
    request: HttpRequest,
    name: str,
    sha256: Address,
    ticket: str = Query("", title="票", description="展开个人信息时得到，10分钟内有效。", max_length=400),
) -> HttpResponseBase:
    """本人上传的；或展开隐去的文件字段后，凭所得的票下载。"""
    seen = viewer(request, name)
    return _original(seen, sha256, _must_own(seen, sha256, ticket))


def _must_show(seen: Viewer, ledger: str, number: str, sha256: str) -> str:
    """What the record calls the content. Raises Refused where it does not refer to it, or only behind its mask."""
    book = ledger_of(seen, ledger)
    for ref in shown_files(book, seen.record(book, number)):
        if ref["sha256"] == sha256:
            return str(ref.get("name", ""))
    raise not_there()


def _must_own(seen: Viewer, sha256: str, ticket: str) -> str:
    """What the caller called the content when he brought it. Raises Refused where he did not, and has no ticket."""
    who, campaign = seen.actor.user_id, seen.setting.campaign
    if ticket:
        try:
            if signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_SECONDS) == [who, campaign.uid, sha256]:
                return ""
        except signing.BadSignature:
            raise not_there() from None
    mine = Upload.objects.filter(campaign=campaign, by_id=who, file__sha256=sha256).order_by("pk")
    name = mine.values_list("name", flat=True).first()
    if name is None:
        raise not_there()
    return name


def _thumbnail(request: HttpRequest, seen: Viewer, sha256: str, px: int) -> HttpResponseBase:
    try:
        picture = thumbnail(seen.setting.campaign, sha256, px)
    except Refused as refused:
        raise _absent_or(refused) from refused
    answer = HttpResponse(picture, content_type="image/jpeg")
    # The content of an address never changes; the browser of one person may keep it for a while.
    answer["Cache-Control"] = "private, max-age=3600"
    answer["ETag"] = f'"{hashlib.sha256(picture).hexdigest()[:32]}"'
    return answer


def _original(seen: Viewer, sha256: str, name: str) -> HttpResponseBase:
    try:
        original = open_original(seen.setting.campaign, sha256, name)
    except Refused as refused:
        raise _absent_or(refused) from refused
    answer = FileResponse(
        original.stream,
        as_attachment=not original.media.picture,
        filename=original.name,
        content_type=original.media.mime,
    )
    answer["Content-Length"] = str(original.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _absent_or(refused: Refused) -> Refused:
    codes = {p.code for p in refused.problems}
    return not_there() if codes & {evidence.NOT_FOUND.code, evidence.NO_THUMBNAIL.code} else refused
