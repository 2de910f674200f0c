"""Who is calling, where a proxy stands in front: without it all callers would share the proxy's address, and one who
guesses passwords would lock out everybody.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zhuanban.core.problem import Kind, Refused

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PROXY_WRONG = Kind(
    "project-003",
    "设置 ZHUANBAN_PROXIES 里的“{word}”不是地址。",
    "请写反向代理的地址或网段，用逗号隔开，例如 127.0.0.1,10.1.0.0/16。",
)


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a list like `127.0.0.1,10.1.0.0/16`. Raises Refused, naming every word that is none."""
    found: list[Network] = []
    wrong = []
    for word in filter(None, map(str.strip, text.split(","))):
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            wrong.append(PROXY_WRONG.at(word=word))
    if wrong:
        raise Refused(wrong)
    return tuple(found)


def caller_of(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address to hold a call against: the peer's, or the one that trusted proxies say they had it from.

    `forwarded` is X-Forwarded-For. Each proxy writes its own peer at the end, so it is read from there; the first that
    is no trusted proxy is the caller, and what stands before him is only what he says of himself.
    """
    here = peer
    for said in [*reversed(forwarded.split(",")), ""]:
        address = _address(here)
        if address is None or not any(address in network for network in trusted):
            break
        further = _address(said)
        if further is None:
            break
        here = str(further)
    return here


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    # An IPv4 caller of an IPv6 socket is the same caller.
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def proxies(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware, before all others: `REMOTE_ADDR` becomes the caller's own address."""

    def look_through(request: HttpRequest) -> HttpResponseBase:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded and settings.ZHUANBAN_PROXIES:
            peer = request.META.get("REMOTE_ADDR", "")
            request.META["REMOTE_ADDR"] = caller_of(peer, forwarded, settings.ZHUANBAN_PROXIES)
        return get_response(request)

    return look_through
