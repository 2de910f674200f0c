"""From what stands in a cell to what a field keeps. One converter per column, made once; each refusal is a problem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from zhuanban.core.day import iso, to_date, to_day
from zhuanban.core.problem import Problem
from zhuanban.pack.values import FILE_TYPES, Field, FieldType
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import Cell

Convert = Callable[[Cell], Any]
"""Cell → value. Raises Wrong."""


class Wrong(Exception):
    """A cell that does not say what its column asks."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
_DATE = re.compile(
    r"(?:(\d{4})\s*[年./-])?\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_MONTH = re.compile(r"(?:(\d{4})\s*[年./-])?\s*(\d{1,2})\s*月?\s*(底|末|初)?")
_DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_YES = frozenset({"是", "有", "√", "✓", "y", "yes", "对", "已", "1", "true"})
_NO = frozenset({"否", "无", "×", "✗", "x", "n", "no", "没有", "未", "0", "false"})
_MANY = re.compile(r"[、，,;；\n]+")


def text_of(cell: Cell) -> str:
    """A cell as text: full-width digits and letters made narrow, numbers without the float's tail."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.strip()
        return unicodedata.normalize("NFKC", text) if _has_wide(text) else text
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _has_wide(text: str) -> bool:
    """Full-width digits or letters; Chinese punctuation stays as it is written."""
    return not text.isascii() and _WIDE.search(text) is not None


def plain_text(cell: Cell) -> str:
    """Text as written: only its digits and letters are made narrow."""
    if not isinstance(cell, str):
        return text_of(cell)
    text = cell.strip()
    if _has_wide(text):
        text = "".join(unicodedata.normalize("NFKC", c) if "０" <= c <= "ｚ" else c for c in text)
    if text.startswith("#") and _ERROR.fullmatch(text):
        raise Wrong(says.CELL_ERROR.at(value=text))
    return text


def day_of(cell: Cell, context: int) -> int:
    """The day that a cell names. A date without a year is the latest such day not after `context`. Raises Wrong."""
    if isinstance(cell, datetime):
        return to_day(cell.date())
    if isinstance(cell, date):
        return to_day(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial_or_digits(cell)
    text = unicodedata.normalize("NFKC", text_of(cell)).replace(" ", "")
    if not text:
        raise Wrong(says.DATE_WRONG.at(value=""))
    narrow = _chinese_digits(text)
    if re.fullmatch(r"\d+(\.0)?", narrow):
        return _serial_or_digits(float(narrow))
    try:
        if match := _DATE.fullmatch(text_of(cell) if " " in text_of(cell) else narrow):
            year, month, number = match.groups()
            return _day(int(year) if year else None, int(month), int(number), context)
        if (match := _MONTH.fullmatch(narrow)) and ("月" in narrow or match[1]):
            year, month, when = match.groups()
            if when is None:
                raise Wrong(says.DATE_VAGUE.at(value=text))
            if when == "初":
                return _day(int(year) if year else None, int(month), 1, context)
            return _month_end(int(year) if year else None, int(month), context)
    except ValueError as why:
        raise Wrong(says.DATE_WRONG.at(value=text)) from why
    raise Wrong(says.DATE_WRONG.at(value=text))


def _serial_or_digits(number: float) -> int:
    whole = int(number)
    if 19000101 <= whole <= 21001231:
        try:
            return to_day(date(whole // 10000, whole // 100 % 100, whole % 100))
        except ValueError as why:
            raise Wrong(says.DATE_WRONG.at(value=whole)) from why
    if 20000 <= whole <= 80000:  # an Excel serial between 1954 and 2119
        return to_day(date(1899, 12, 30) + timedelta(days=whole))
    raise Wrong(says.DATE_WRONG.at(value=whole))


def _day(year: int | None, month: int, number: int, context: int) -> int:
    if year is not None:
        return to_day(date(year, month, number))
    here = to_date(context)
    found = to_day(date(here.year, month, number))
    return found if found <= context else to_day(date(here.year - 1, month, number))


def _month_end(year: int | None, month: int, context: int) -> int:
    first = to_date(_day(year, month, 1, context))
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return to_day(following) - 1


def _chinese_digits(text: str) -> str:
    """十二月五日 → 12月5日, 二〇二三年 → 2023年; text without such numerals stays."""

    def number(match: re.Match[str]) -> str:
        word = match[0]
        if "十" in word:
            tens, _, ones = word.partition("十")
            return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
        return "".join(str(_DIGITS[c]) for c in word)

    return re.sub(r"[〇零一二三四五六七八九]?十[一二三四五六七八九]?|[〇零一二三四五六七八九]+", number, text)


def converter(field: Field, context: int, unit_code: Callable[[str], str]) -> Convert:
    """The converter of a field's column. `context` is the day that dates without a year refer to."""
    single = _single(field, context, unit_code)
    if not field.many:
        return single

    def many(cell: Cell) -> list[Any]:
        return [single(part) for part in _MANY.split(plain_text(cell)) if part.strip()]

    return many


def _single(field: Field, context: int, unit_code: Callable[[str], str]) -> Convert:
    match field.type:
        case FieldType.DATE:
            return lambda cell: cell.isoformat() if type(cell) is date else iso(day_of(cell, context))
        case FieldType.INTEGER | FieldType.NUMBER:
            return _number(field)
        case FieldType.YES_NO:
            return _yes_no
        case FieldType.CHOICE | FieldType.ZONE:
            words = {w: o.title for o in field.options for w in (o.title, *o.aliases)}
            return lambda cell: words.get(text := plain_text(cell), text)
        case FieldType.POINT:
            return _point
        case FieldType.UNIT:
            return lambda cell: unit_code(plain_text(cell))
        case kind if kind in FILE_TYPES:
            return _no_files
    return plain_text


def _number(field: Field) -> Convert:
    units = "|".join(re.escape(u) for u in {field.unit, "眼", "人", "件", "个", "户", "张", "米"} if u)
    shape = re.compile(rf"([+-]?\d+(?:\.\d+)?)\s*(?:{units})?")
    integer = field.type is FieldType.INTEGER

    def convert(cell: Cell) -> int | float:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            value: int | float = cell
        else:
            text = unicodedata.normalize("NFKC", plain_text(cell)).replace(",", "").replace(" ", "")
            found = shape.fullmatch(text)
            if found is None:
                raise Wrong(says.NUMBER_WRONG.at(value=plain_text(cell)))
            value = float(found[1]) if "." in found[1] else int(found[1])
        if isinstance(value, int) or value.is_integer():
            return int(value)
        if integer:
            raise Wrong(says.NUMBER_WRONG.at(value=value))
        return round(value, field.decimals) if abs(value - round(value, field.decimals)) < 1e-9 else value

    return convert


def _yes_no(cell: Cell) -> str:
    text = text_of(cell).lower()
    if text in _YES:
        return "是"
    if text in _NO:
        return "否"
    raise Wrong(says.YES_NO_WRONG.at(value=text))


def _point(cell: Cell) -> dict[str, Any]:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[,，\s]\s*(\d+(?:\.\d+)?)\s*", text_of(cell))
    if found is None:
        raise Wrong(says.POINT_WRONG.at(value=text_of(cell)))
    lon, lat = float(found[1]), float(found[2])
    if not (70 <= lon <= 140 and 0 <= lat <= 60):
        raise Wrong(says.POINT_WRONG.at(value=text_of(cell)))
    return {"lon": lon, "lat": lat, "frame": "CGCS2000"}


def _no_files(cell: Cell) -> Any:
    raise Wrong(says.NO_FILES.at(value=text_of(cell)))
