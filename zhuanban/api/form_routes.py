"""Locked forms: which there are, filled as a file, checked when one comes back. Tag: 报表."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile
from ninja.params.functions import Query

from zhuanban.api import problems as says
from zhuanban.api.answers import as_file
from zhuanban.api.auth import viewer
from zhuanban.api.record_routes import CSV, XLSX
from zhuanban.api.schemas import ProblemOut, Problems, example, one
from zhuanban.api.table_routes import AsOf
from zhuanban.core.day import iso, to_date, to_day
from zhuanban.core.problem import Refused
from zhuanban.sheets.form_file import FILE_MOST
from zhuanban.sheets.form_rows import Asked, Content, find_form, seen_forms
from zhuanban.sheets.forms import check_form, fill_form, form_csv

router = Router(tags=["报表"])

_READ = {401: Problems, 404: Problems, 422: Problems}
ZIP = "application/zip"
Region = Query("", title="区划代码或名称", description="不填为全部，或本岗位的那一份。", max_length=80)
Unit = Query("", title="单位代码或名称", description="不填为全部，或本岗位的那一份。", max_length=80)


class FormOut(Schema):
    model_config = example(key="pests", name="附件1", title="果园病虫害情况统计表", source="方案第五条", per="town")
    key: str = Field(title="键")
    name: str = Field(title="附件名")
    title: str = Field(title="名称")
    source: str = Field(title="依据的条文")
    per: str = Field(title="份", description="whole 全部一份，unit 每单位一份，或某级区划的键：每个这样的区划一份。")


class FormsOut(Schema):
    model_config = example(forms=[one(FormOut)])
    forms: list[FormOut] = Field(title="报表")


class CheckedOut(Schema):
    model_config = example(as_of="2021-12-31", problems=[one(ProblemOut)])
    as_of: date | None = Field(title="与截至哪一天的台账核对", description="空的，是格式改过，没有核对内容。")
    problems: list[ProblemOut] = Field(title="不符之处", description="空的，就是格式未改、内容与台账一致。")


@router.get("/campaigns/{name}/forms", response={200: FormsOut, **_READ}, summary="报表目录", operation_id="forms")
def forms(request: HttpRequest, name: str) -> FormsOut:
    """行动包里有哪些报表；台账不可见的不列。"""
    found = seen_forms(viewer(request, name))
    return FormsOut(
        forms=[FormOut(key=f.key, name=f.name, title=f.title, source=f.source, per=f.per) for f in found],
    )


@router.get(
    "/campaigns/{name}/forms/{form}/export.xlsx",
    response=_READ,
    openapi_extra={"responses": {200: {"description": "Excel", "content": {XLSX: {}, ZIP: {}}}}},
    summary="填好的报表（Excel）",
    operation_id="fillForm",
)
def export_xlsx(
    request: HttpRequest, name: str, form: str, as_of: date | None = AsOf, region: str = Region, unit: str = Unit
) -> HttpResponseBase:
    """由台账填入原样模板，其余一字不动。不许加行的报表填不下时另起同样的几份，打成一个 zip。每次导出都有记录。"""
    seen = viewer(request, name)
    filled = fill_form(seen, find_form(seen, form), _asked(as_of, region, unit))
    title = _file_name(filled.content)
    count = len(filled.files)
    if count == 1:
        return as_file(HttpResponse(filled.files[0], content_type=XLSX), f"{title}.xlsx")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n, content in enumerate(filled.files, 1):
            archive.writestr(f"{title}_{n}-{count}.xlsx", content)
    return as_file(HttpResponse(packed.getvalue(), content_type=ZIP), f"{title}.zip")


@router.get(
    "/campaigns/{name}/forms/{form}/export.csv",
    response=_READ,
    openapi_extra={"responses": {200: {"description": "CSV", "content": {"text/csv": {}}}}},
    summary="填好的报表（CSV）",
    operation_id="fillFormCsv",
)
def export_csv(
    request: HttpRequest, name: str, form: str, as_of: date | None = AsOf, region: str = Region, unit: str = Unit
) -> HttpResponseBase:
    """同样的各行，列名照印，UTF-8（带 BOM）。"""
    seen = viewer(request, name)
    content, pieces = form_csv(seen, find_form(seen, form), _asked(as_of, region, unit))
    return as_file(StreamingHttpResponse(pieces, content_type=CSV), f"{_file_name(content)}.csv")


@router.post(
    "/campaigns/{name}/forms/{form}/check",
    response={200: CheckedOut, **_READ},
    summary="核对收到的报表",
    operation_id="checkForm",
)
def check(
    request: HttpRequest,
    name: str,
    form: str,
    file: File[UploadedFile],
    as_of: date | None = AsOf,
    region: str = Region,
    unit: str = Unit,
) -> CheckedOut:
    """表单字段 `file`。先看格式有没有改动；没有改动，再逐格与台账核对。截止日期和单位以表内所填为准。"""
    seen = viewer(request, name)
    if file.file is None:
        raise Refused(says.NO_FILE.at())
    content = file.read(FILE_MOST + 1)  # one byte too many is enough to be refused
    checked = check_form(seen, find_form(seen, form), content, file.name or "", _asked(as_of, region, unit))
    return CheckedOut(
        as_of=None if checked.day is None else to_date(checked.day),
        problems=[ProblemOut(**p.as_json()) for p in checked.problems],  # type: ignore[arg-type]
    )


def _asked(as_of: date | None, region: str, unit: str) -> Asked:
    return Asked(None if as_of is None else to_day(as_of), region, unit)


def _file_name(content: Content) -> str:
    return f"{content.form.title}（{iso(content.day)}）"
