"""Who is calling: a session cookie (with the forgery check on every write) or an access token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from zhuanban.api.answers import not_there
from zhuanban.core import clock
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Ledger
from zhuanban.people.callers import Caller, caller_of_session, caller_of_token, seat
from zhuanban.people.queries import setting


class TokenAuth(HttpBearer):
    """`Authorization: Bearer …`; needs no cookie, and therefore no forgery check."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        return caller_of_token(token)


class SessionAuth(APIKeyCookie):
    """The session that the sign-in page opened."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        return caller_of_session(key) if key else None


AUTH = [TokenAuth(), SessionAuth()]


def caller(request: HttpRequest) -> Caller:
    """Who is calling; the operation has let him in already."""
    found: Any = getattr(request, "auth")  # noqa: B009  (ninja puts it there; Django's type does not know it)
    assert isinstance(found, Caller)
    return found


def viewer(request: HttpRequest, campaign: str) -> Viewer:
    """The caller in a campaign, with the posts he holds today. Raises Refused where he has no seat there."""
    found = seat(caller(request), campaign, clock.today())
    if found is None:
        raise not_there()
    return Viewer(setting(found[0]), found[1])


def ledger_of(seen: Viewer, key: str) -> Ledger:
    """The ledger of that key. Raises Refused where it is absent or none of the caller's."""
    ledger = seen.setting.pack.ledgers.get(key)
    if ledger is None or not seen.knows(ledger):
        raise not_there()
    return ledger
