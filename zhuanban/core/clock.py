"""The one clock. Everything that asks "what time is it?" asks here.

Only `demo` and tests may set it (`set_to`); a campaign that was played under a set clock is marked 演示时钟.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from zhuanban.core.day import day_of, instant

_set: ContextVar[int | None] = ContextVar("zhuanban_clock", default=None)


def now() -> int:
    """The present instant in UTC microseconds."""
    held = _set.get()
    return time.time_ns() // 1000 if held is None else held


def today() -> int:
    """The present Beijing day."""
    return day_of(now())


def is_set() -> bool:
    """True while a demo or test holds the clock."""
    return _set.get() is not None


@contextmanager
def set_to(moment: datetime | int) -> Iterator[None]:
    """Hold the clock at a moment (aware datetime, or UTC microseconds) inside the block."""
    token = _set.set(moment if isinstance(moment, int) else instant(moment))
    try:
        yield
    finally:
        _set.reset(token)
