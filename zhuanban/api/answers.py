"""How refusals are answered: problems as data, in JSON, with a status that fits. Never a stack trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.types import DictStrAny

from zhuanban.api import problems as says
from zhuanban.core.faults import database_fault, file_fault
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.duty import problems as duty
from zhuanban.evidence import problems as evidence
from zhuanban.ledger import inbox
from zhuanban.ledger import problems as ledger
from zhuanban.notify import problems as notify
from zhuanban.oversight import problems as oversight
from zhuanban.people import queries as people
from zhuanban.people import sign_in
from zhuanban.sheets import problems as sheets
from zhuanban.tally import lists, tables

log = logging.getLogger(__name__)

JSON = "application/json"
MOST_BODY = 8 * 1024 * 1024  # bytes of a JSON body
MOST_UPLOAD = 320 * 1024 * 1024  # bytes of a multipart body; the evidence room has closer limits for each kind

# What is not there and what is out of reach answer alike: same status, same words.
_ABSENT = frozenset(
    kind.code
    for kind in (
        says.NOT_THERE, ledger.NOT_THERE, ledger.UNKNOWN_LEDGER, ledger.UNKNOWN_FIELD, people.NO_CAMPAIGN,
        tables.NO_TABLE, tables.NO_REGION, tables.NO_ROW, tables.NO_COLUMN, lists.NO_LIST, inbox.NO_ITEM,
        tables.NOT_YOURS, sheets.NO_FORM, sheets.NO_UNIT_FORM,
        duty.NO_DUTY, notify.NO_MESSAGE, oversight.NO_CARD, oversight.NOT_SCORED,
    )
)  # fmt: skip
_STATUS = {
    ledger.NOT_ALLOWED.code: 403,
    sign_in.WRONG.code: 401,
    sign_in.TOO_OFTEN.code: 429,
    says.SIGN_IN_FIRST.code: 401,
    says.FORGED.code: 403,
    says.TOO_LARGE.code: 413,
    says.NO_LENGTH.code: 411,
    says.METHOD.code: 405,
    evidence.DISK_FULL.code: 503,
    evidence.NOT_WRITABLE.code: 503,
}

_WORDS = {
    "missing": "没有填写",
    "extra_forbidden": "不是接口里的字段",
    "string_too_long": "太长",
    "string_too_short": "太短或为空",
    "string_type": "应为文字",
    "string_pattern_mismatch": "写法不对",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_type": "应为日期，如 2023-12-08",
    "date_parsing": "应为日期，如 2023-12-08",
    "date_from_datetime_parsing": "应为日期，如 2023-12-08",
    "date_from_datetime_inexact": "应为日期，如 2023-12-08",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "literal_error": "不在可用的值之内",
    "too_long": "项数太多",
    "too_short": "至少要有一项",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
}


def dump(data: Any) -> bytes:
    """Plain data as JSON bytes."""
    return orjson.dumps(data)


def refusal(problems: Iterable[Problem], status: int = 0) -> HttpResponse:
    """The answer to a refused request: `{"problems": [...]}`; the status follows the first problem where not given."""
    listed = list(problems)
    if any(p.code in _ABSENT for p in listed):
        return HttpResponse(dump({"problems": [says.NOT_THERE.at().as_json()]}), status=404, content_type=JSON)
    status = status or next((_STATUS[p.code] for p in listed if p.code in _STATUS), 422)
    return HttpResponse(dump({"problems": [p.as_json() for p in listed]}), status=status, content_type=JSON)


def as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    """The same answer, to be kept as a file of this name."""
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def not_there() -> Refused:
    """To be raised where something is absent or out of reach."""
    return Refused(says.NOT_THERE.at())


class Renderer(BaseRenderer):
    """Answers by orjson."""

    media_type = JSON

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        return orjson.dumps(data)


class JsonParser(Parser):
    """Bodies by orjson; only what says that it is JSON.

    A page elsewhere can make a browser send a form, or plain text that looks like JSON, but not this content type.
    """

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        body = request.body
        # PostgreSQL keeps no NUL in texts; nobody types one.
        if request.content_type != JSON or b"\\u0000" in body:
            raise Refused(says.NOT_JSON.at())
        if len(body) > MOST_BODY:
            raise Refused(says.TOO_LARGE.at(limit=MOST_BODY >> 20))
        data: DictStrAny = orjson.loads(body)
        return data


def answer_errors(api: NinjaAPI) -> None:
    """Give the API its handlers of everything that may go wrong."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, exc: Any) -> HttpResponse:
        return refusal(exc.problems)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, exc: Any) -> HttpResponse:
        if any(error["loc"][0] == "path" for error in exc.errors):
            return refusal([says.NOT_THERE.at()])  # no such number or date can exist
        return refusal(map(_problem_of, exc.errors), 422)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, exc: Any) -> HttpResponse:
        answer = refusal([says.SIGN_IN_FIRST.at()])
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(HttpError)
    def failed(request: HttpRequest, exc: Any) -> HttpResponse:
        if isinstance(exc.__cause__, Refused):
            return refusal(exc.__cause__.problems)
        if exc.status_code == 403:
            return refusal([says.FORGED.at()])
        return refusal([says.NOT_JSON.at()], exc.status_code)

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, exc: Any) -> HttpResponse:
        return refusal([says.NOT_THERE.at()])

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, exc: Any) -> HttpResponse:
        return refusal([says.TOO_LARGE.at(limit=MOST_UPLOAD >> 20)])

    def unwell(request: HttpRequest, exc: Any) -> HttpResponse:
        log.error("%s %s", request.method, request.path, exc_info=exc)
        problem = file_fault(exc) if isinstance(exc, OSError) else database_fault(exc)
        return refusal([problem.at(Place())], 503)  # a caller needs no path of the machine

    for fault in (DatabaseError, InterfaceError, OSError):
        api.add_exception_handler(fault, unwell)

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, exc: Any) -> HttpResponse:
        name = secrets.token_hex(4)
        log.error("差错 %s：%s %s", name, request.method, request.path, exc_info=exc)
        return refusal([says.BROKEN.at(id=name)], 500)


def _problem_of(error: Mapping[str, Any]) -> Problem:
    path = [str(part) for part in error["loc"][1:]]
    # The parameter's own name in the code ("said") is nothing that the caller knows.
    path = path[1:] if error["loc"][0] == "body" and len(path) > 1 else path
    field = ".".join(path) or str(error["loc"][0])
    return says.VALUE_WRONG.at(Place(field=field), field=field, what=_WORDS.get(error["type"], "的值不对"))
