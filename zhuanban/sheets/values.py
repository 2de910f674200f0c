"""From what stands in a cell to what a field keeps. One converter per column, made once; each refusal is a problem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from zhuanban.core.day import iso, to_date, to_day
from zhuanban.core.problem import Problem
from zhuanban.ledger.spelling import cited, plain_number
from zhuanban.pack.values import FILE_TYPES, Field, FieldType
from zhuanban.sheets import problems as says
from zhuanban.sheets.cells import UNCOUNTED, Cell

HALF_YEAR = 183

Convert = Callable[[Cell], Any]
"""Cell → value. Raises Wrong."""


class Wrong(Exception):
    """A cell that does not say what its column asks."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)|Err:\d+")
_DATE = re.compile(r"(?:(\d{4})[年./-]|(\d{2})[年.-])?(\d{1,2})[月./-](\d{1,2})[日号]?")
_MONTH = re.compile(r"(?:(\d{4})[年./-]|(\d{2})年)?(\d{1,2})月?(底|末|初|上旬|中旬|下旬)?")
_YEAR_END = re.compile(r"(\d{4})年(?:底|末)")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?$")
_TIME = re.compile(
    r"(?:(?<=[日号])|[T\s]+)(?:上午|下午|早上|晚上|中午)?\s*\d{1,2}[:时点](?:\d{1,2}(?::\d{2}(?:\.\d+)?)?|半)?分?$"
)
_SPAN = re.compile(r"\d{1,2}[日号]?(?:至|到|~|～|—|－|-)+(?:\d{2,4}[年.])?(?:\d{1,2}[月.])?\d{1,2}[日号]?")
_LOST = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{2,3}")
_TICKED = re.compile(r"[☑☒■√✓✔]\s*(是|否)|(是|否)\s*[☑☒■√✓✔]")
_CHINESE = "[\u3400-\u9fff〇]"
_GAP = re.compile(rf"(?<={_CHINESE})\s+(?={_CHINESE})")
_BLANK = " \t\r\n\u3000\xa0/／\\-－—–─"
_NOTHING = frozenset({"无", "暂无", "没有", "无。", "不详", "未知"})
DITTO = frozenset({"同上", "〃", "″", "〞", "＂", '"'})
"""Words for "as in the row above"."""
COUNTERS = ("眼", "人", "件", "个", "户", "张", "条", "处", "台", "家", "次", "名", "棵", "盏")
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


def is_blank(cell: Cell) -> bool:
    """Nothing, spaces, or the strokes that offices put where there is nothing to say."""
    return cell is None or (isinstance(cell, str) and not cell.strip(_BLANK))


def is_nothing(cell: Cell) -> bool:
    """A word that there is nothing to say, where no word is asked for."""
    return isinstance(cell, str) and cell.strip() in _NOTHING


def joined(text: str) -> str:
    """A name without the gaps that line breaks and centring leave in it: 合 计 → 合计. Gaps beside letters stay."""
    return _GAP.sub("", text)


def plain_text(cell: Cell) -> str:
    """Text as written: only its digits and letters are made narrow. Raises Wrong where it has lost what it said."""
    if not isinstance(cell, str):
        if isinstance(cell, int | float) and abs(cell) >= 1e15:
            raise Wrong(says.DIGITS_LOST.at(value=f"{cell:.0f}"))
        return text_of(cell)
    text = cell.strip()
    if _has_wide(text):
        text = "".join(unicodedata.normalize("NFKC", c) if "０" <= c <= "ｚ" else c for c in text)
    if text[:1] in "#E":
        if text == UNCOUNTED:
            raise Wrong(says.FORMULA_EMPTY.at())
        if _ERROR.fullmatch(text):
            raise Wrong(says.CELL_ERROR.at(value=text))
    if text in DITTO:
        raise Wrong(says.NOTHING_ABOVE.at(value=text))
    if "+" in text and _LOST.fullmatch(text):
        raise Wrong(says.DIGITS_LOST.at(value=text))
    return text


def day_of(cell: Cell, context: int) -> int:
    """The day that a cell names. Raises Wrong.

    A date without a year is one of the year of `context`, the day on which the sheet was written; where that would be
    more than half a year ahead, of the year before: a January sheet that speaks of 12月29日.
    """
    if isinstance(cell, datetime):
        return to_day(cell.date())
    if isinstance(cell, date):
        return to_day(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial_or_digits(cell)
    said = plain_text(cell)
    text = _TIME.sub("", _WEEKDAY.sub("", unicodedata.normalize("NFKC", said).strip()))
    narrow = _chinese_digits("".join(text.split()))
    if re.fullmatch(r"\d+(\.0)?", narrow):
        return _serial_or_digits(float(narrow))
    try:
        if match := _DATE.fullmatch(narrow):
            full, short, month, number = match.groups()
            return _day(_year(full, short, context), int(month), int(number), context)
        if (match := _MONTH.fullmatch(narrow)) and ("月" in narrow or match[1]):
            full, short, month, when = match.groups()
            year = _year(full, short, context)
            first = _day(year, int(month), 1, context)
            if when == "初":
                return first
            if when in {"底", "末"}:
                return _month_end(year, int(month), context)
            raise Wrong(says.DATE_VAGUE.at(value=said))
        if match := _YEAR_END.fullmatch(narrow):
            return to_day(date(int(match[1]), 12, 31))
    except ValueError as why:
        raise Wrong(says.DATE_WRONG.at(value=said)) from why
    raise Wrong((says.DATE_SPAN if _SPAN.search(narrow) else says.DATE_WRONG).at(value=said))


def _year(full: str | None, short: str | None, context: int) -> int | None:
    """The year that a date says; 23.12.5 is of 2023, but a year still to come is none that an office shortens."""
    if full:
        return int(full)
    if not short:
        return None
    if 2000 + int(short) > to_date(context).year + 1:
        raise ValueError(short)
    return 2000 + int(short)


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
    return found if found <= context + HALF_YEAR else to_day(date(here.year - 1, month, number))


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


def converter(field: Field, context: int, unit_code: Callable[[str], str], *, tight: bool = False) -> Convert:
    """The converter of a field's column; "" where a cell says that there is nothing to say.

    `context` is the day that dates without a year refer to. With `tight`, text is a name: gaps in it do not count.
    """
    single = _single(field, context, unit_code, tight)

    def many(cell: Cell) -> list[Any]:
        return [single(part) for part in _MANY.split(plain_text(cell)) if part.strip()]

    convert: Convert = many if field.many else single
    if field.type in _WORDS and not field.pattern:
        return convert
    known = {w for o in field.options for w in (o.title, *o.aliases)}
    return lambda cell: "" if is_nothing(cell) and str(cell).strip() not in known else convert(cell)


def _single(field: Field, context: int, unit_code: Callable[[str], str], tight: bool) -> Convert:
    match field.type:
        case FieldType.DATE:
            return lambda cell: cell.isoformat() if type(cell) is date else iso(day_of(cell, context))
        case FieldType.INTEGER | FieldType.NUMBER:
            return _number(field)
        case FieldType.YES_NO:
            return _yes_no
        case FieldType.CHOICE | FieldType.ZONE:
            words = {w: o.title for o in field.options for w in (o.title, *o.aliases)}
            return lambda cell: words.get(text := plain_text(cell)) or words.get(joined(text), text)
        case FieldType.POINT:
            return _point
        case FieldType.UNIT:
            return lambda cell: unit_code(plain_text(cell))
        case FieldType.LINK:
            return lambda cell: plain_number(cited(plain_text(cell)))
        case FieldType.PERSON:
            return lambda cell: joined(plain_text(cell))
        case FieldType.TEXT if field.pattern or field.personal in {"phone", "id_number"}:
            return lambda cell: plain_text(cell).removeprefix("'").replace(" ", "")
        case FieldType.TEXT:
            return _name if tight else _line
        case kind if kind in FILE_TYPES:
            return _file_names
    return plain_text


_WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PERSON, FieldType.YES_NO}) | FILE_TYPES


def _line(cell: Cell) -> str:
    """Text on one line: a line break between two Chinese words is the width of the column, not a gap."""
    text = plain_text(cell)
    return " ".join(re.sub(rf"(?<={_CHINESE})\s*\n\s*(?={_CHINESE})", "", text).split("\n")) if "\n" in text else text


def _name(cell: Cell) -> str:
    return joined(_line(cell))


def _number(field: Field) -> Convert:
    own = {field.unit, *re.findall(r"[（(]([^（）()]+)[）)]", field.title)}
    units = "|".join(re.escape(u) for u in (*own, *COUNTERS) if u)
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
        if field.unit == "%" and not isinstance(cell, str) and 0 < value <= 1:
            raise Wrong(says.PERCENT_VAGUE.at(value=value))  # the cell shows a hundred times of what it holds
        if isinstance(value, int) or value.is_integer():
            return int(value)
        if integer:
            raise Wrong(says.NUMBER_WRONG.at(value=value))
        return round(value, field.decimals) if abs(value - round(value, field.decimals)) < 1e-9 else value

    return convert


def _yes_no(cell: Cell) -> str:
    text = plain_text(cell).lower()
    if len(ticked := _TICKED.findall(text)) == 1:
        return "".join(ticked[0])
    if text in _YES:
        return "是"
    if text in _NO:
        return "否"
    raise Wrong(says.YES_NO_WRONG.at(value=text))


def _point(cell: Cell) -> dict[str, Any]:
    text = re.sub(r"东经|北纬|经度|纬度|[EN°:：]", " ", plain_text(cell)).strip()
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[,，;；、\s]\s*(\d+(?:\.\d+)?)", text)
    if found is None:
        raise Wrong(says.POINT_WRONG.at(value=text_of(cell)))
    lon, lat = float(found[1]), float(found[2])
    if not (70 <= lon <= 140 and 0 <= lat <= 60):
        raise Wrong(says.POINT_WRONG.at(value=text_of(cell)))
    return {"lon": lon, "lat": lat, "frame": "CGCS2000"}


def _file_names(cell: Cell) -> str:
    """What the cell says; `folder` looks for such files."""
    text = text_of(cell)
    return "" if re.fullmatch(r"\d+份", text) else text  # an export coming back
