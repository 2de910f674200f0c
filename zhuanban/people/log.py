"""Reads the log of who looked: for the local operator and for posts that the pack says to audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from zhuanban.core.day import beijing
from zhuanban.core.problem import Kind, Refused
from zhuanban.people.models import AccessLog, Holding
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor

NOT_AUDITOR = Kind("people-043", "查阅日志不对您的岗位开放。", "可查阅的岗位：{posts}。")

LOG_WORDS = {
    "reveal": "查看原文",
    "export": "导出",
    "draw": "抽查",
    "grid": "网格调整",
    "zones": "图层",
    "people": "人员",
    "token": "访问令牌",
    "password": "重设口令",
    "sign_in": "登录",
    "sign_in_failed": "登录未成",
    "sign_in_held_back": "暂停登录",
    "sign_out": "退出",
    "backup": "备份",
    "restore": "恢复",
}
"""Kinds of entries, and what readers call them."""


def read_log(setting: Setting, actor: Actor, kind: str = "") -> Iterator[dict[str, Any]]:
    """The campaign's entries, oldest first, with those that belong to no campaign: all of them for the operator, for
    an auditor those of accounts that hold or held a post here. Raises Refused where the log is not for the actor.

    A failed sign-in is shown to an auditor only under a login that exists: what was typed may have been a password.
    """
    auditors = {key: post.title for key, post in setting.pack.posts.items() if post.audits}
    if not actor.operator and not actor.posts & auditors.keys():
        raise Refused(NOT_AUDITOR.at(posts="、".join(auditors.values()) or "（无，只有本机操作员）"))
    elsewhere = Q(campaign=None)
    if not actor.operator:
        logins = Holding.objects.filter(campaign=setting.campaign).values("user__username")
        elsewhere &= Q(who__in=logins)
    rows = AccessLog.objects.filter(Q(campaign=setting.campaign) | elsewhere).order_by("pk")
    if kind:
        rows = rows.filter(what=kind)
    return (
        {"at": beijing(row.at), "by": row.who, "kind": row.what, "detail": row.detail}
        for row in rows.iterator(chunk_size=1000)
    )


DETAIL_WORDS = {
    "ledger": "台账",
    "number": "编号",
    "field": "字段",
    "reason": "理由",
    "table": "统计表",
    "form": "报表",
    "draw": "抽查",
    "seed": "种子",
    "as_of": "截至",
    "region": "区划",
    "unit": "单位",
    "format": "格式",
    "records": "条目",
    "filter": "范围",
    "file": "文件",
    "files": "文件",
    "layer": "图层",
    "version": "版本",
    "login": "账号",
    "give": "任岗",
    "end": "离岗",
    "from": "起",
    "on": "自",
    "new_account": "新账号",
    "new_phone": "登记联系方式",
    "days": "天数",
    "revoked": "作废令牌",
    "address": "来处",
    "archive": "档案",
    "subject": "对象",
    "rows": "行数",
    "revealed": "原文栏目",
    "split": "拆分",
    "merge": "撤并",
    "into": "成为",
    "rename": "网格改名",
    "rename_unit": "单位改名",
    "name": "新名称",
    "short": "新简称",
    "move": "移动",
    "below": "移到",
    "text": "文字",
    "state": "状态",
    "states": "状态",
}


def say_detail(setting: Setting, detail: Mapping[str, Any]) -> str:
    """The details on one line; keys and what they hold as readers call them, strange ones as they are."""
    said = {DETAIL_WORDS.get(key, key): _value(setting, detail, key, value) for key, value in detail.items()}
    return "，".join(f"{key}：{value}" for key, value in said.items() if value not in ("", None, False, {}, []))


def _value(setting: Setting, detail: Mapping[str, Any], key: str, value: Any) -> Any:
    """What a detail holds in the words of the pack, which may have had other words once."""
    pack = setting.pack
    if value is True:
        return "是"
    if isinstance(value, dict):
        return "，".join(f"{DETAIL_WORDS.get(k, k)}：{_value(setting, detail, k, v)}" for k, v in value.items() if v)
    if isinstance(value, list):
        return "、".join(str(_value(setting, detail, key, each)) for each in value)
    if not isinstance(value, str):
        return value
    ledger = pack.ledgers.get(str(detail.get("ledger", "")))
    things: Mapping[str, Any] = {
        "ledger": pack.ledgers, "table": pack.tables, "form": pack.forms, "draw": pack.draws, "layer": pack.layers,
        "give": pack.posts, "end": pack.posts, "field": ledger.fields if ledger is not None else {},
    }.get(key, {})  # fmt: skip
    if value in things:
        return things[value].title
    if key == "format":
        return FORMAT_WORDS.get(value, value)
    trees = {"region": setting.regions, "unit": setting.units}
    return trees[key].name(value) if key in trees and value in trees[key] else value


FORMAT_WORDS = {"check": "核对", "text": "显示"}
"""How something went out, where that is no kind of file."""
