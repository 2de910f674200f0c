"""Addresses of the site: the API, and its own description at the door."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from zhuanban.api import problems as says
from zhuanban.api.answers import refusal
from zhuanban.api.site import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("", RedirectView.as_view(url="/api/openapi.json")),
]


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return refusal([says.NOT_THERE.at()])


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token."""
    return refusal([says.FORGED.at()])


def broken(request: HttpRequest) -> HttpResponse:
    """500. The API answers most faults itself; what is left fails before it is reached."""
    return refusal([says.BROKEN.at(id=secrets.token_hex(4))], 500)


handler404 = absent
handler500 = broken
