"""Pages for what went wrong, in plain words. The API has its own answers."""

from __future__ import annotations

import logging
import secrets
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger(__name__)

_WORDS = {
    403: ("请从本系统的页面上办理", "这次提交没有带上页面的防伪标记，或标记已过期。请回到登录页重新登录后再办。"),
    404: ("找不到这一页", "编号或地址可能有误，或不在您的管辖范围内。"),
    405: ("不能这样打开", "请从页面上的按钮办理。"),
}


def page(request: HttpRequest, status: int) -> HttpResponse:
    """What is absent and what is out of reach read alike."""
    title, text = _WORDS[status]
    return render(request, "reading/wrong.html", {"title": title, "text": text}, status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed inside: a number that leads to the log, and nothing of the inside."""
    name = secrets.token_hex(4)
    log.error("差错 %s：%s %s", name, request.method, request.path, exc_info=sys.exc_info())
    text = f"系统出了差错，这一页没有打开。请稍后再试；仍不行，请把差错编号 {name} 告诉管理员。"
    return HttpResponse(
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>系统差错</title><p>{text}</p></html>',
        status=500,
    )
