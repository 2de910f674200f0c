"""Writes: who takes part. Accounts, their passwords and access tokens, and which post each holds from when to when.

A list of people is entered whole or not at all; whoever is in it already stays as he is, so that it may be sent again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from zhuanban.core import clock
from zhuanban.core.day import FAR_DAY, FIRST_DAY, from_iso, iso
from zhuanban.core.faults import reason
from zhuanban.core.problem import NOWHERE, Kind, Place, Problem, Refused
from zhuanban.pack.frame import Post
from zhuanban.pack.values import Pack
from zhuanban.people.actions import (
    DATE_WRONG,
    NODE_UNKNOWN,
    POST_UNKNOWN,
    give_post,
    log_access,
    make_token,
)
from zhuanban.people.models import Campaign, Holding, Token, User
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR, Actor

LOGIN_WRONG = Kind(
    "people-032", "登录名“{login}”不合要求。", "请用 1 至 60 个字母、数字或汉字，可含 . _ - @ +，不含空格。"
)
NAME_MISSING = Kind("people-033", "账号“{login}”是新的，没有写姓名。", "请写明姓名。")
NAME_LONG = Kind("people-034", "姓名超过 40 个字。", "请缩短姓名。")
NAME_OTHER = Kind("people-035", "账号“{login}”已有，姓名是“{name}”。", "请核对登录名；确是另一人的，请另取登录名。")
PLACE_MISSING = Kind("people-036", "岗位“{post}”须写明{what}。", "请补充。")
ROW_TWICE = Kind("people-037", "与第{other}行重复。", "请删去其中一行。")
NO_ACCOUNT = Kind("people-038", "没有账号“{login}”。", "请核对登录名；新账号用 people add 建立。")
NOT_HELD = Kind("people-039", "{day} 起“{login}”本来就不任“{post}”。", "请用 people list 查看任职。")
PHONE_WRONG = Kind(
    "people-064", "联系方式“{phone}”不是电话号码。", "请写 5 至 30 位数字，可含空格、- 和 +，分机写“转”。"
)
PHONE_OTHER = Kind("people-065", "账号“{login}”写了两个联系方式。", "请只留一个。")
PASSWORD_SHORT = Kind("people-040", "口令文件的第一行不足 {least} 个字符。", "请换一个长的口令。")
PASSWORD_UNREADABLE = Kind("people-042", "口令文件不能读取：{why}。", "请核对路径和权限，并存为 UTF-8 文本。")
NO_PEOPLE = Kind("people-041", "表中没有一个人。", "请至少写一行。")

LIST_HEADS = ("登录名", "姓名", "岗位")
LIST_MORE = ("区划代码", "单位代码", "启用日期", "联系方式")
LEAST = 8  # characters of a password that somebody chose
_LOGIN = re.compile(r"[\w.@+-]{1,60}")
_PHONE = re.compile(r"[0-9+][0-9 转-]{4,29}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's post as a list or a command says it. `post` is key or title; `from_date` 2023-12-08, "" = today;
    `phone` "" = as it is known."""

    login: str
    name: str
    post: str
    region: str = ""
    unit: str = ""
    from_date: str = ""
    phone: str = ""
    at: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry. `password` only where the account is new and nobody chose one: it is told once."""

    login: str
    name: str
    post: str
    new_account: bool
    new_post: bool
    new_phone: bool
    password: str = ""


def enter_people(campaign: Campaign, entries: Sequence[Entry], password: str = "") -> list[Entered]:
    """Make the accounts that are new, and give the posts. Raises Refused with every fault; then nothing was entered.

    `password` is for new accounts; without one each gets its own, made by chance.
    """
    with transaction.atomic():
        here = setting(campaign)
        known = {u.username: u for u in User.objects.filter(username__in=[e.login for e in entries])}
        if problems := _faults(here, entries, known):
            raise Refused(problems)
        return [_enter(here, entry, password) for entry in entries]


def _faults(here: Setting, entries: Sequence[Entry], known: dict[str, User]) -> list[Problem]:
    problems = [] if entries else [NO_PEOPLE.at()]
    names: dict[str, str] = {login: user.display_name for login, user in known.items()}
    rows: dict[tuple[str, ...], int] = {}
    phones: dict[str, str] = {}
    for each in entries:
        at = each.at
        if not _LOGIN.fullmatch(each.login) or each.login == OPERATOR.login:
            problems.append(LOGIN_WRONG.at(at, login=each.login))
        elif each.login not in names and not each.name:
            problems.append(NAME_MISSING.at(at, login=each.login))
        elif each.name and names.setdefault(each.login, each.name) != each.name:
            problems.append(NAME_OTHER.at(at, login=each.login, name=names[each.login]))
        if len(each.name) > 40:
            problems.append(NAME_LONG.at(at))
        if each.phone and not _PHONE.fullmatch(each.phone):
            problems.append(PHONE_WRONG.at(at, phone=each.phone))
        elif each.phone and phones.setdefault(each.login, each.phone) != each.phone:
            problems.append(PHONE_OTHER.at(at, login=each.login))
        post = find_post(here.pack, each.post)
        if post is None:
            titles = "、".join(p.title for p in here.pack.posts.values())
            problems.append(POST_UNKNOWN.at(at, post=each.post, known=titles))
        elif what := _lacks(post, each):
            problems.append(PLACE_MISSING.at(at, post=post.title, what=what))
        for code, tree in ((each.region, here.regions), (each.unit, here.units)):
            if code and code not in tree:
                problems.append(NODE_UNKNOWN.at(at, code=code))
        if each.from_date:
            try:
                from_iso(each.from_date)
            except ValueError:
                problems.append(DATE_WRONG.at(at, value=each.from_date))
        key = (each.login, post.key if post else each.post, each.region, each.unit)
        if rows.setdefault(key, at.row) != at.row:
            problems.append(ROW_TWICE.at(at, other=rows[key]))
    return problems


def find_post(pack: Pack, word: str) -> Post | None:
    """The post of that key or title."""
    return next((p for p in pack.posts.values() if word in (p.key, p.title)), None)


def _lacks(post: Post, entry: Entry) -> str:
    """What a post must be held for and the entry does not say: without it its holder would see or do nothing."""
    for parts in (post.sees, post.acts):
        held = {"all": True, "region": bool(entry.region), "unit": bool(entry.unit)}
        if not any(held[part] for part in parts):
            return "或".join({"region": "区划", "unit": "单位"}[part] for part in parts)
    return ""


def _enter(here: Setting, entry: Entry, password: str) -> Entered:
    post = find_post(here.pack, entry.post)
    assert post is not None
    told = ""
    user = User.objects.filter(username=entry.login).first()
    new_account = user is None
    if user is None:
        told = "" if password else secrets.token_urlsafe(9)
        user = User.objects.create_user(entry.login, password=password or told, display_name=entry.name)
    new_phone = entry.phone not in ("", user.phone)
    if new_phone:
        user.phone = entry.phone
        user.save(update_fields=["phone"])
    from_day = from_iso(entry.from_date) if entry.from_date else clock.today()
    # Who holds it already keeps it as it is; a holding that ended leaves room for another.
    same = Holding.objects.filter(
        campaign=here.campaign, user=user, post=post.key, region_code=entry.region, unit_code=entry.unit
    )
    new_post = not same.filter(to_day__gt=from_day).exists()
    if new_post:
        give_post(here.campaign, user, post.key, region=entry.region, unit=entry.unit, from_day=from_day)
    if new_account or new_post:
        detail = {"give": post.key, "login": entry.login, "region": entry.region, "unit": entry.unit}
        log_access(here.campaign, OPERATOR, "people", {**detail, "from": iso(from_day), "new_account": new_account})
    if new_phone:  # that it changed is told, what it is never
        log_access(here.campaign, OPERATOR, "people", {"login": entry.login, "new_phone": True})
    return Entered(entry.login, str(user), post.title, new_account, new_post, new_phone, told)


def end_post(campaign: Campaign, login: str, post: str, day: int) -> int:
    """From `day` on the person holds the post no more, wherever he held it. How many ended; Refused if none."""
    with transaction.atomic():
        here = setting(campaign)
        user = account(login)
        found = find_post(here.pack, post)
        if found is None:
            titles = "、".join(p.title for p in here.pack.posts.values())
            raise Refused(POST_UNKNOWN.at(post=post, known=titles))
        held = list(Holding.objects.filter(campaign=campaign, user=user, post=found.key, to_day__gt=day))
        if not held:
            raise Refused(NOT_HELD.at(day=iso(day), login=login, post=found.title))
        for each in held:
            each.to_day = max(day, each.from_day)  # one that had not begun never will
            each.save(update_fields=["to_day"])
        log_access(campaign, OPERATOR, "people", {"end": found.key, "login": login, "on": iso(day)})
    return len(held)


def new_token(login: str, days: int) -> tuple[str, int]:
    """A new access token for so many days, told once, and the instant (UTC microseconds) at which it ends."""
    until = clock.now() + days * 86400 * 1_000_000
    with transaction.atomic():
        token = make_token(account(login), "命令行", until)
        log_access(None, OPERATOR, "token", {"login": login, "days": days})
    return token, until


def revoke_tokens(login: str) -> int:
    """None of the account's tokens holds any longer. How many there were."""
    with transaction.atomic():
        count, _ = Token.objects.filter(user=account(login)).delete()
        log_access(None, OPERATOR, "token", {"login": login, "revoked": count})
    return count


def new_password(login: str, password: str = "") -> str:
    """Another password, which ends the account's sessions; the one made by chance where none is given, told once."""
    told = password or secrets.token_urlsafe(9)
    with transaction.atomic():
        user = account(login)
        user.set_password(told)
        user.save(update_fields=["password"])
        log_access(None, OPERATOR, "password", {"login": login})
    return "" if password else told


def phone_of(actor: Actor) -> str:
    """The phone of who acts, for a sheet that prints it beside his name; "" where none is known."""
    if actor.user_id is None:
        return ""
    return User.objects.filter(pk=actor.user_id).values_list("phone", flat=True).first() or ""


def account(login: str) -> User:
    """The account of that login. Raises Refused."""
    found = User.objects.filter(username=login).first()
    if found is None:
        raise Refused(NO_ACCOUNT.at(login=login))
    return found


def password_in(file: Path) -> str:
    """The first line of a file. Raises Refused where it cannot be read or is too short for a password."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as why:
        said = reason(why) if isinstance(why, OSError) else "编码不是 UTF-8"
        raise Refused(PASSWORD_UNREADABLE.at(Place(file=file.name), why=said)) from why
    password = (text.splitlines() or [""])[0]
    if len(password) < LEAST:
        raise Refused(PASSWORD_SHORT.at(Place(file=file.name), least=LEAST))
    return password


def people_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Every holding of a campaign, by login: see docs/cli.md for the keys."""
    here = setting(campaign)
    rows = Holding.objects.filter(campaign=campaign).select_related("user").order_by("user__username", "from_day", "pk")
    posts = here.pack.posts
    return [
        {
            "login": h.user.username,
            "name": str(h.user),
            "post": h.post,
            "post_title": posts[h.post].title if h.post in posts else h.post,
            "region": h.region_code,
            "region_name": here.regions.name(h.region_code) if h.region_code else "",
            "unit": h.unit_code,
            "unit_name": here.units.name(h.unit_code) if h.unit_code else "",
            "from": "" if h.from_day == FIRST_DAY else iso(h.from_day),
            "to": "" if h.to_day == FAR_DAY else iso(h.to_day),
        }
        for h in rows
    ]
