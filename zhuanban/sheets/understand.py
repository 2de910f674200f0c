"""What a worksheet says of itself: where its header is, what each column means, which day it was filled in.

Heads are compared after folding: narrow letters, no spaces or line breaks, no stars or numbering, no unit in brackets.
A header of several rows is read from its lowest words, and from these joined to the words above them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice

from zhuanban.core.day import to_day
from zhuanban.core.problem import Place, Problem
from zhuanban.pack.frame import Grid
from zhuanban.pack.values import Field, Ledger
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import SheetRows
from zhuanban.sheets.cells import Cell, Row
from zhuanban.sheets.values import text_of

HEADER_WITHIN = 30  # rows in which a header is looked for
HEADER_DEEP = 3  # rows that a header may take
STATE_HEADS = ("状态", "办理状态", "当前状态", "办理进度")
SERIAL_HEADS = ("序号", "序", "号")
EXPORT_HEADS = ("登记于", "最近变动")  # of our own exports: the first and the latest day; they say nothing to an import
WITHDRAWN = "（已撤回）"  # behind the state of a withdrawn record in our own exports
UNIT_HEADS = ("责任单位", "单位")  # whatever the ledger calls its own, where no field bears the head
CODE_HEADS = ("区划代码", "网格代码", "网格编码", "区划编码")
MARKED_SHEET = "问题清单"

_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
_NOISE = re.compile(r"[\s*＊:：]+")
_MARKS = re.compile(r"^(?:[①-⑳⑴-⒇]|[一二三四五六七八九十\d]{1,2}[、.．](?!\d))|[①-⑳⑴-⒇]$")
_DATED = re.compile(
    r"(?:.{0,12}(?:填报|填表|制表|报送|上报|统计|编制|截止|截至)(?:时间|日期|到)?[:：]?|[(（]?)"
    r"(\d{4})[年.\-/](\d{1,2})[月.\-/](\d{1,2})日?[)）]?"
)
# Measures that offices mistake for each other; a figure in one is wrong by powers of ten in another.
_MEASURES = (
    frozenset({"元", "千元", "万元", "百万元", "亿元"}),
    frozenset({"毫米", "厘米", "米", "公里", "千米"}),
    frozenset({"平方米", "亩", "公顷", "平方公里", "平方千米"}),
    frozenset({"升", "立方米", "方", "千立方米", "万立方米"}),
    frozenset({"克", "公斤", "千克", "吨", "万吨"}),
    frozenset({"瓦", "千瓦", "万千瓦"}),
)


@lru_cache(8192)
def fold(head: str) -> str:
    """A head without what offices add to it."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", _MARKS.sub("", head.strip())))
    return _BRACKETS.sub("", _MARKS.sub("", plain))


@lru_cache(8192)
def fold_whole(head: str) -> str:
    """A head with its brackets: 经费（万元） may be a head of its own."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", head))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column means. `kind`: field, number, date (of a move), state, region, level, unit, serial.

    `depth`: steps below the root at which a `level` lies.
    """

    kind: str
    key: str = ""
    depth: int = 0


SERIAL = Meaning("serial")


@dataclass(slots=True)
class Understanding:
    """A worksheet as understood; `columns` maps column index (from 0) to meaning.

    `dated` is the day on which the sheet says that it was filled in, None where it does not say. `lead` holds the rows
    down to the header as they stand, and whether they are the header's, to know them when they come again.
    """

    header_rows: tuple[int, ...] = ()
    columns: dict[int, Meaning] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    dated: int | None = None
    lead: dict[tuple[Cell, ...], bool] = field(default_factory=dict)


def vocabulary(ledger: Ledger, grid: Grid) -> dict[str, Meaning]:
    """Folded head → meaning. What a ledger says itself wins over the words of the grid."""
    words: dict[str, Meaning] = {}

    def learn(meaning: Meaning, *heads: str) -> None:
        for head in heads:
            for folded in (fold_whole(head), fold(head)):
                if folded:
                    words.setdefault(folded, meaning)

    for f in ledger.fields.values():
        learn(Meaning("field", f.key), f.title)
    learn(Meaning("number"), ledger.number_title)
    for m in ledger.moves.values():
        if m.date:
            learn(Meaning("date", m.key), m.date)
    learn(Meaning("region"), ledger.region_title)
    learn(Meaning("unit"), ledger.unit_title)
    for f in ledger.fields.values():
        learn(Meaning("field", f.key), *f.aliases)
    learn(Meaning("number"), *ledger.number_aliases)
    for m in ledger.moves.values():
        learn(Meaning("date", m.key), *m.date_aliases)
    learn(Meaning("region"), *ledger.region_aliases, *CODE_HEADS)
    learn(Meaning("unit"), *ledger.unit_aliases)
    for depth, level in enumerate(grid.levels, 1):
        joined = "/".join(level.names)
        meaning = Meaning("level", level.key, depth)
        learn(meaning, level.title, *level.names, joined, *(f"所在{n}" for n in level.names))
    if ledger.has_unit:
        learn(Meaning("unit"), *UNIT_HEADS)
    learn(Meaning("state"), *STATE_HEADS)
    learn(SERIAL, *SERIAL_HEADS, *EXPORT_HEADS)
    return words


def understand(sheet: SheetRows, ledger: Ledger, words: dict[str, Meaning], place: Place) -> Understanding:
    """Find the header and give each column its meaning. The header is the rows that name most columns."""
    top = list(islice(sheet.rows(), HEADER_WITHIN))
    filled = fill_heads(top, sheet.merged)
    best, best_score = Understanding(), 0.0
    for i in range(len(filled)):
        found, score = head_at(filled[i : i + HEADER_DEEP], words)
        if score - 0.001 * i > best_score:
            best, best_score = found, score - 0.001 * i
    if not best.header_rows:
        wanted = "、".join(f.title for f in list(ledger.fields.values())[:6])
        best.problems.append(says.NO_HEADER.at(place, wanted=wanted))
        return best
    best.lead = {tuple(row): n in best.header_rows for n, row in top if n <= best.header_rows[-1]}
    best.dated = _dated(top, best.header_rows[0])
    look_at_heads(best, ledger, place)
    return best


def head_at(rows: Sequence[tuple[int, Row]], words: dict[str, Meaning]) -> tuple[Understanding, float]:
    """The header that begins with the first of these rows, and how much it names; nothing and 0 where it is none."""
    best, best_score = Understanding(), 0.0
    for deep in range(1, len(rows) + 1):
        part = [row for _, row in rows[:deep]]
        if deep > 1 and not (is_head_row(part[-1], words) or _is_split(part[-2], part[-1])):
            break
        columns, heads = _read_header(part, words)
        meant = {c for c in columns.values() if c.kind != "serial"}
        score = len(meant) - 0.01 * deep
        if len(meant) >= 2 and score > best_score:
            best, best_score = Understanding(tuple(n for n, _ in rows[:deep]), columns, heads), score
    return best, best_score


def look_at_heads(found: Understanding, ledger: Ledger, place: Place) -> None:
    """What is to be said of the heads: those that mean nothing, and those in another measure than the ledger's."""
    for column, head in found.heads.items():
        where = Place(file=place.file, sheet=place.sheet, cell=address(found.header_rows[-1], column), column=head)
        meaning = found.columns.get(column)
        if meaning is None:
            found.warnings.append(says.COLUMN_UNKNOWN.at(where, column=head))
        elif meaning.kind == "field" and (other := _other_measure(head, ledger.fields[meaning.key])):
            found.problems.append(says.MEASURE_OTHER.at(where, column=head, wanted=other))
            del found.columns[column]  # its figures would be wrong by powers of ten


def _other_measure(head: str, meant: Field) -> str:
    """The measure of the field, where the head says another one that is easily mistaken for it; else ""."""
    said = set(_BRACKETS.findall(unicodedata.normalize("NFKC", head)))
    own = {meant.unit, *_BRACKETS.findall(unicodedata.normalize("NFKC", meant.title))} - {""}
    for alike in _MEASURES:
        if said & alike and own & alike and not said & own:
            return "".join(sorted(own & alike))
    return ""


def _dated(top: Sequence[tuple[int, Row]], header: int) -> int | None:
    for number, row in top:
        if number >= header:
            break
        for cell in row:
            if isinstance(cell, str) and (said := _DATED.fullmatch("".join(cell.split()))):
                try:
                    return to_day(date(*map(int, said.groups())))
                except ValueError:
                    continue
    return None


def fill_heads(rows: Sequence[tuple[int, Row]], merged: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, Row]]:
    """The rows, with merged cells saying in each of their places what they say in the first."""
    filled = [(n, list(row)) for n, row in rows]
    if not filled:
        return filled
    at = {n: row for n, row in filled}
    for top, left, bottom, right in merged:
        anchor = at.get(top + 1)
        if anchor is None or left >= len(anchor) or (bottom > top and right > left):
            continue
        for n in range(top + 1, min(bottom + 1, filled[-1][0]) + 1):
            row = at.get(n, [])
            for c in range(left, min(right + 1, len(row))):
                if row[c] is None:
                    row[c] = anchor[left]
    return filled


def _read_header(rows: Sequence[Row], words: dict[str, Meaning]) -> tuple[dict[int, Meaning], dict[int, str]]:
    """Column → meaning, and column → head, of a header of one or more rows.

    Two columns of one head mean the same; of two heads that mean the same, the first counts.
    """
    columns: dict[int, Meaning] = {}
    heads: dict[int, str] = {}
    taken: dict[Meaning, str] = {}
    group = ""  # without merged cells, the word above several columns stands over the first of them only
    for c in range(max(len(r) for r in rows)):
        all_parts = ["".join(text_of(r[c]).split()) if c < len(r) else "" for r in rows]
        parts = [p for i, p in enumerate(all_parts) if p and p not in all_parts[:i]]
        if not parts:
            continue
        group = all_parts[0] or group
        heads[c] = parts[-1]
        whole = "".join(parts)
        under = "" if all_parts[0] else group + whole
        for head in dict.fromkeys((whole, "".join(parts[-2:]), under, parts[-1], parts[0])):
            meaning = words.get(fold_whole(head)) or words.get(fold(head))
            if meaning is not None and (meaning == SERIAL or taken.get(meaning, whole) == whole):
                columns[c] = meaning
                taken[meaning] = whole
                break
    return columns, heads


def is_head_row(row: Row, words: dict[str, Meaning]) -> bool:
    """Mostly words that are heads, not data."""
    cells = [v for v in row if v is not None]
    known = sum(1 for v in cells if isinstance(v, str) and (fold(v) in words or fold_whole(v) in words))
    return known >= 2 and known * 2 >= len(cells)


def _is_split(upper: Row, lower: Row) -> bool:
    """Words under a word that stands over several columns."""
    wide = {c for c in range(1, len(upper)) if upper[c] is not None and upper[c] == upper[c - 1]}
    return bool(wide) and all(isinstance(v, str) for v in lower if v is not None)


def address(row: int, column: int) -> str:
    """Spreadsheet address of a row (from 1) and column (from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
