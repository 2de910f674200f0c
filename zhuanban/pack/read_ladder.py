"""Reads who is told next, and after how long."""

from __future__ import annotations

import re

from zhuanban.pack import problems
from zhuanban.pack.rhythm import Escalation
from zhuanban.pack.said import Said

_LENGTH = re.compile(r"([1-9][0-9]{0,3})(分钟|小时|天)", re.ASCII)
_UNITS = {"分钟": 1, "小时": 60, "天": 24 * 60}


def read_ladder(said: Said) -> tuple[Escalation, ...]:
    """The steps of `escalate`."""
    steps = []
    for step in said.listed("escalate", "逐级提醒"):
        step.need("after", "to")
        steps.append(Escalation(step.text("after"), read_length(step, "after"), step.texts("to")))
    return tuple(steps)


def read_length(said: Said, word: str) -> int:
    """Minutes of `24小时`, `2天`, `30分钟`; 0 where nothing is said."""
    text = said.text(word)
    found = _LENGTH.fullmatch(text)
    if found is None:
        if text:
            said.wrong(problems.BAD_LENGTH, word, word=word, value=text)
        return 0
    return int(found[1]) * _UNITS[found[2]]
