"""The one meaning of a where-clause. Pure; compiled once, then called for every record of a bulk import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from zhuanban.core.day import iso
from zhuanban.pack.values import Condition, Ledger

Holds = Callable[[Mapping[str, Any], str, str, str, int | None], bool]
"""(field values, state, region code, unit code, as-of day) → does it hold?"""

_Test = Callable[[Any, int | None], bool]

_AS_OF = re.compile(r"as_of(?:\s*([+-])\s*([1-9][0-9]{0,3})天)?", re.ASCII)


def days_from_as_of(value: object) -> int | None:
    """`as_of` → 0, `as_of+7天` → 7, `as_of-1天` → -1; None for what is no such day."""
    found = _AS_OF.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else int(f"{found[1] or ''}{found[2] or 0}")


def compile_conditions(conditions: tuple[Condition, ...], ledger: Ledger) -> Holds:
    """All of them must hold. An empty value fulfils only `empty`, and `not_in`.

    `before: as_of` compares with the day that is passed in; without one it never holds. Conditions on what a link names
    (LINK.FIELD) are not for here: only lists have the other records at hand.
    """
    if not conditions:
        return lambda data, state, region, unit, as_of: True
    tests = [(c.field if c.field in ledger.fields else "", c.field, _test(c)) for c in conditions]

    def holds(data: Mapping[str, Any], state: str, region: str, unit: str, as_of: int | None) -> bool:
        for field, word, test in tests:
            own = state if word == "state" else region if word == "region" else unit
            if not test(data.get(field) if field else own, as_of):
                return False
        return True

    return holds


def _test(condition: Condition) -> _Test:
    wanted = condition.value
    match condition.op:
        case "is":
            return lambda value, _: wanted in value if isinstance(value, list) else value == wanted
        case "in":
            words = frozenset(wanted)
            return lambda value, _: not words.isdisjoint(value) if isinstance(value, list) else value in words
        case "not_in":
            words = frozenset(wanted if isinstance(wanted, tuple) else (wanted,))
            return lambda value, _: words.isdisjoint(value) if isinstance(value, list) else value not in words
        case "empty":
            return lambda value, _: _is_empty(value)
        case "filled":
            return lambda value, _: not _is_empty(value)
        case "at_least":
            return lambda value, _: not _is_empty(value) and value >= wanted
        case "at_most":
            return lambda value, _: not _is_empty(value) and value <= wanted
        case "before":
            return lambda value, as_of: not _is_empty(value) and (day := _day(wanted, as_of)) != "" and value < day
        case "on_or_after":
            return lambda value, as_of: not _is_empty(value) and (day := _day(wanted, as_of)) != "" and value >= day
    raise ValueError(condition.op)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _day(wanted: str, as_of: int | None) -> str:
    """The day to compare with as ISO text (days of one form compare as text)."""
    off = days_from_as_of(wanted)
    if off is None:
        return wanted
    return "" if as_of is None else iso(as_of + off)
