"""Addresses of the site."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from zhuanban.api import problems as says
from zhuanban.api.answers import refusal
from zhuanban.api.site import api
from zhuanban.reading import errors

urlpatterns: list[URLPattern | URLResolver] = [path("api/", api.urls), path("", include("zhuanban.reading.urls"))]


def _of_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return refusal([says.NOT_THERE.at()]) if _of_api(request) else errors.page(request, 404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the page's token."""
    return refusal([says.FORGED.at()]) if _of_api(request) else errors.page(request, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """500. The API answers most faults itself; what is left fails before it is reached."""
    return refusal([says.BROKEN.at(id=secrets.token_hex(4))], 500) if _of_api(request) else errors.broken(request)


handler404 = absent
handler500 = broken
