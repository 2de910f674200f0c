"""What every answer tells the browser: nothing from elsewhere, no script, no frame, nothing kept."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def headers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware. A view that sets a header itself keeps its own."""

    def tell(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        answer.headers.setdefault("Permissions-Policy", FEATURES)
        # Pages hold what only this person may see: no proxy and no "back" after signing out may show them.
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return tell
