"""The order in which people expect numbers that are written as text: 2 before 10, WT-9 before WT-10."""

from __future__ import annotations

import re
from typing import Any

_DIGITS = re.compile(r"(\d+)")


def natural(value: Any) -> tuple[Any, ...]:
    """A key to sort by: digits count as the number that they say. Numbers come before texts, what is empty last.

    Texts that say the same numbers (1, 01) keep an order of their own, so that no two of them are equal.
    """
    if value is None or value == "" or value == []:
        return (2, 0.0, [], "")
    if isinstance(value, int | float):
        return (0, float(value), [], "")
    text = str(value)
    return (1, 0.0, [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in _DIGITS.split(text) if p], text)
