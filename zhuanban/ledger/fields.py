"""Is a value well-formed for its field? One checker per field, made once per pack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from zhuanban.atlas.frames import Point, from_json
from zhuanban.core.codes import CODES
from zhuanban.core.day import iso, to_day
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.pack.values import FILE_TYPES, Field, FieldType, Ledger

Checker = Callable[[Any], Problem | None]

TEXT_LONGEST = {FieldType.TEXT: 500, FieldType.LONG_TEXT: 20_000, FieldType.PERSON: 60}
LARGEST = 9_000_000_000_000_000  # below 2**53: a whole number of this size is exact in any JSON
_SHA = re.compile(r"[0-9a-f]{64}")


def checkers(ledger: Ledger) -> dict[str, Checker]:
    """field key → checker of non-empty values: None where well-formed, else the problem."""
    return {key: _checker(field) for key, field in ledger.fields.items()}


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _checker(field: Field) -> Checker:
    place = Place(field=field.title)

    def wrong(wanted: str) -> Checker:
        return lambda value: says.WRONG_TYPE.at(place, field=field.title, wanted=wanted, value=_short(value))

    if field.many:
        single = _single(field, place, wrong)

        def check_many(value: Any) -> Problem | None:
            if not isinstance(value, list):
                return wrong("若干项")(value)
            return next((p for p in map(single, value) if p), None)

        return check_many
    return _single(field, place, wrong)


def _single(field: Field, place: Place, wrong: Callable[[str], Checker]) -> Checker:
    match field.type:
        case FieldType.TEXT | FieldType.LONG_TEXT | FieldType.PERSON:
            return _text(field, place, wrong(f"不超过{TEXT_LONGEST[field.type]}字的文字"))
        case FieldType.LINK | FieldType.UNIT:
            bad = wrong("编号" if field.type is FieldType.LINK else "单位代码")
            return lambda value: None if isinstance(value, str) and len(value) <= 80 else bad(value)
        case FieldType.INTEGER | FieldType.NUMBER:
            return _number(field, place, wrong)
        case FieldType.DATE:
            return _date(field, place, wrong("日期（如2023-12-08）"))
        case FieldType.CHOICE | FieldType.ZONE:
            return _choice(field, place, wrong("选项"))
        case FieldType.YES_NO:
            bad = wrong("“是”或“否”")
            return lambda value: None if value in ("是", "否") else bad(value)
        case FieldType.POINT:
            bad = wrong("经纬度（坐标系写明 WGS-84、CGCS2000 或 GCJ-02）")
            return lambda value: None if _is_point(value) else bad(value)
        case _:
            bad = wrong("已上传的文件")
            return lambda value: None if _are_files(value) else bad(value)


def _text(field: Field, place: Place, bad: Checker) -> Checker:
    longest = TEXT_LONGEST[field.type]
    pattern = re.compile(field.pattern) if field.pattern else None
    code, holds = CODES[field.check_digit] if field.check_digit else ("", lambda _: True)

    def check(value: Any) -> Problem | None:
        if not isinstance(value, str) or len(value) > longest or "\x00" in value:
            return bad(value)
        if pattern is not None and not pattern.fullmatch(value):
            return says.PATTERN.at(place, field=field.title, value=_short(value))
        if not holds(value):
            return says.CHECK_DIGIT.at(place, field=field.title, value=_short(value), code=code)
        return None

    return check


def _number(field: Field, place: Place, wrong: Callable[[str], Checker]) -> Checker:
    integer = field.type is FieldType.INTEGER
    bad = wrong("整数" if integer else f"最多{field.decimals}位小数的数")
    low, high = field.minimum, field.maximum
    scale = 10**field.decimals

    def check(value: Any) -> Problem | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return bad(value)
        if isinstance(value, float) and (integer or abs(value * scale - round(value * scale)) > 1e-6 * scale):
            return bad(value)
        if abs(value) > LARGEST:
            span = _span(-LARGEST if low is None else low, LARGEST if high is None else high)
        elif (low is not None and value < low) or (high is not None and value > high):
            span = _span(low, high)
        else:
            return None
        return says.OUT_OF_RANGE.at(place, field=field.title, value=value, range=span)

    return check


def _span(low: float | None, high: float | None) -> str:
    """The bounds of a number in words; one of them may be missing."""
    if low is None:
        return f"不大于 {high}"
    return f"不小于 {low}" if high is None else f"{low} 至 {high}"


def _date(field: Field, place: Place, bad: Checker) -> Checker:
    def check(value: Any) -> Problem | None:
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            return bad(value)
        if len(value) != 10:
            return bad(value)
        if field.earliest is not None and to_day(day) < field.earliest:
            return says.TOO_EARLY.at(place, field=field.title, day=value, earliest=iso(field.earliest))
        return None

    return check


def _choice(field: Field, place: Place, bad: Checker) -> Checker:
    known = {option.title for option in field.options}

    def check(value: Any) -> Problem | None:
        if value in known if isinstance(value, str) else False:
            return None
        if not isinstance(value, str) or len(value) > 80:
            return bad(value)
        if field.open:
            return None
        return says.UNKNOWN_OPTION.at(
            place, field=field.title, value=value, known="、".join(o.title for o in field.options)
        )

    return check


def _is_point(value: Any) -> bool:
    """A place on earth in a known frame: with any other the check whether it lies in its cell could not be made."""
    read = from_json(value, anywhere=True)
    return isinstance(read, Point) and -180 <= read.lon <= 180 and -90 <= read.lat <= 90


def _are_files(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(ref, Mapping) and _SHA.fullmatch(str(ref.get("sha256", ""))) is not None for ref in value
    )


def file_fields(ledger: Ledger) -> tuple[str, ...]:
    """Keys of the fields that hold evidence."""
    return tuple(key for key, field in ledger.fields.items() if field.type in FILE_TYPES)


def refs(value: Any) -> Iterable[Mapping[str, Any]]:
    """The references in a field of files: mappings with `sha256` and `name`."""
    if isinstance(value, list):
        for ref in value:
            if isinstance(ref, Mapping) and "sha256" in ref:
                yield ref


def shas(value: Any) -> list[str]:
    """The contents that a field of files refers to."""
    return [str(ref["sha256"]) for ref in refs(value)]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
