"""Stops what should not even be read: bodies too large, and addresses no name can have."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zhuanban.api import problems as says
from zhuanban.api.answers import MOST_BODY, MOST_UPLOAD, refusal

ROOT = "/api/"


def limits(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware. Answers for `/api/` only; pages have no bodies but the sign-in form."""

    def guard(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ROOT):
            # PostgreSQL knows no NUL in texts; no name or number has one.
            if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
                return refusal([says.NOT_THERE.at()])
            if request.method not in {"GET", "HEAD", "OPTIONS"}:
                said = request.META.get("CONTENT_LENGTH") or "0"
                most = MOST_UPLOAD if request.content_type == "multipart/form-data" else MOST_BODY
                if request.META.get("HTTP_TRANSFER_ENCODING") or not said.isdigit():
                    return refusal([says.NO_LENGTH.at()])
                if int(said) > most:
                    return refusal([says.TOO_LARGE.at(limit=most >> 20)])
        answer = get_response(request)
        if answer.status_code == 405 and request.path_info.startswith(ROOT):
            refused = refusal([says.METHOD.at(method=request.method)])
            refused["Allow"] = answer.headers.get("Allow", "")
            return refused
        return answer

    return guard
