"""Signing in and out, and who am I. Tag: 登录."""

from __future__ import annotations

from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router

from zhuanban.api.auth import caller
from zhuanban.api.schemas import CsrfOut, Done, HeldPost, Me, MyCampaign, Problems, SignIn
from zhuanban.core import clock
from zhuanban.people.actions import log_access
from zhuanban.people.callers import Caller, seats
from zhuanban.people.models import User
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import Actor
from zhuanban.people.sign_in import SIGNED_OUT, sign_in

router = Router(tags=["登录"])


@router.get("/auth/csrf", auth=None, response=CsrfOut, summary="取防伪令牌", operation_id="csrf")
def csrf(request: HttpRequest) -> CsrfOut:
    """浏览器程序登录以后，写请求须在 `X-CSRFToken` 头里带上它。用访问令牌的程序不需要。"""
    return CsrfOut(token=get_token(request))


@router.post(
    "/auth/sign-in", auth=None, response={200: Me, 401: Problems, 429: Problems}, summary="登录", operation_id="signIn"
)
def enter(request: HttpRequest, said: SignIn) -> Me:
    """账号和密码正确时发给会话 Cookie。同一账号从同一地址连续输错 5 次，暂停 15 分钟。每次登录都有记录。"""
    user = sign_in(request, said.login, said.password, request.META.get("REMOTE_ADDR", ""))
    open_session(request, user)
    return _me(Caller.of(user))


@router.post(
    "/auth/sign-out", response={200: Done, 401: Problems, 403: Problems}, summary="退出", operation_id="signOut"
)
def leave(request: HttpRequest) -> Done:
    """结束本次会话。访问令牌不受影响。"""
    who = caller(request)
    log_access(None, Actor(who.user_id, who.login), SIGNED_OUT, {"address": request.META.get("REMOTE_ADDR", "")})
    if isinstance(request.user, User):
        close_session(request)
    return Done(done=True)


@router.get("/me", response={200: Me, 401: Problems}, summary="我是谁", operation_id="me")
def me(request: HttpRequest) -> Me:
    """账号、显示名称，以及今天在各行动中所任的岗位。"""
    return _me(caller(request))


def _me(who: Caller) -> Me:
    mine = []
    for campaign, actor in seats(who, clock.today()):
        here = setting(campaign)
        mine.append(MyCampaign(name=campaign.name, title=here.pack.title, posts=held_posts(here, actor)))
    return Me(login=who.login, title=who.title, campaigns=mine)


def held_posts(here: Setting, actor: Actor) -> list[HeldPost]:
    """The actor's posts with their printed names."""
    return [
        HeldPost(
            post=h.post,
            title=here.pack.posts[h.post].title if h.post in here.pack.posts else h.post,
            region=h.region,
            region_name=here.regions.name(h.region) if h.region else "",
            unit=h.unit,
            unit_name=here.units.name(h.unit) if h.unit else "",
        )
        for h in actor.held
    ]
