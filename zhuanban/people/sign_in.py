"""Sign-in: the same answer and the same time whether the login or the password is wrong; logged; slowed down.

Attempts are counted in the log of who looked itself: no second store that could forget them.
"""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.http import HttpRequest

from zhuanban.core import clock
from zhuanban.core.problem import Kind, Refused
from zhuanban.people.actions import log_access
from zhuanban.people.models import AccessLog, User
from zhuanban.people.scope import Actor

WRONG = Kind("people-030", "账号或密码不对。", "请核对后再试；忘记密码请找本单位管理员重设。")
TOO_OFTEN = Kind("people-031", "连续输错次数过多，暂停登录。", "请在{minutes}分钟后再试，或请管理员重设密码。")

SIGNED_IN, FAILED, HELD_BACK, SIGNED_OUT = "sign_in", "sign_in_failed", "sign_in_held_back", "sign_out"

WINDOW_MINUTES = 15
PER_LOGIN = 5  # failures of one login from one address inside the window
PER_ADDRESS = 50  # failures from one address: an office behind one router has many people, a guesser many more tries


def sign_in(request: HttpRequest | None, login: str, password: str, address: str) -> User:
    """The user whose login and password these are. Raises Refused, after the same work whatever was wrong.

    After `PER_LOGIN` failures of a login from an address nobody is let in there until `WINDOW_MINUTES` have passed
    since; the right password would not help, else guessing could go on.
    """
    login = login.strip()
    nobody = Actor(None, login[:80])
    if _held_back(login[:80], address):
        log_access(None, nobody, HELD_BACK, {"address": address})
        raise Refused(TOO_OFTEN.at(minutes=WINDOW_MINUTES))
    # Django hashes the password of an unknown login too, so that both take the same time.
    user = authenticate(request, username=login[:150], password=password[:1000])
    if not isinstance(user, User):
        log_access(None, nobody, FAILED, {"address": address})
        raise Refused(WRONG.at())
    log_access(None, Actor(user.pk, user.username), SIGNED_IN, {"address": address})
    return user


def _held_back(login: str, address: str) -> bool:
    since = clock.now() - WINDOW_MINUTES * 60 * 1_000_000
    last = AccessLog.objects.filter(what=SIGNED_IN, who=login, at__gt=since, detail__address=address)
    good = last.order_by("-at").values_list("at", flat=True).first()
    failed = AccessLog.objects.filter(what=FAILED, at__gt=since, detail__address=address)
    if failed.filter(who=login, at__gt=good or since).count() >= PER_LOGIN:
        return True
    return failed.count() >= PER_ADDRESS
