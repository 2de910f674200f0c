"""What a worksheet says: where its header is, what each column means, which rows are data.

Heads are compared after folding: narrow letters, no spaces or line breaks, no stars, no unit in brackets. A two-level
header is read as its lower words, and as upper and lower word together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from zhuanban.core.problem import Place, Problem
from zhuanban.pack.values import Grid, Ledger
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import Cell, Row, SheetRows
from zhuanban.sheets.values import text_of

HEADER_WITHIN = 30  # rows in which a header is looked for
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_NOISE = re.compile(r"[\s*＊:：]+")
_TOTAL = re.compile(r"(合|小|总|共)计.*")
_FOOT = re.compile(
    r"(注|备注|说明|填表人|制表人|填报人|审核人|负责人|填报单位|填报时间|填表时间|填报日期|联系人|联系电话|分管领导)[:：].*"
)
STATE_HEADS = ("状态", "办理状态", "当前状态", "办理进度")
SERIAL_HEADS = ("序号", "序", "号")
CODE_HEADS = ("区划代码", "网格代码", "网格编码", "区划编码")
MARKED_SHEET = "问题清单"


@lru_cache(8192)
def fold(head: str) -> str:
    """A head without what offices add to it."""
    return _BRACKETS.sub("", _NOISE.sub("", unicodedata.normalize("NFKC", head)))


@lru_cache(8192)
def fold_whole(head: str) -> str:
    """A head with its brackets: 经费（万元） may be a head of its own."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", head))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column means. `kind`: field, number, date (of a move), state, region, level, unit, serial."""

    kind: str
    key: str = ""


@dataclass(slots=True)
class Understanding:
    """A worksheet as understood; `columns` maps column index (from 0) to meaning."""

    header_rows: tuple[int, ...] = ()
    columns: dict[int, Meaning] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


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
    for level in grid.levels:
        joined = "/".join(level.names)
        learn(Meaning("level", level.key), level.title, *level.names, joined, *(f"所在{n}" for n in level.names))
    learn(Meaning("state"), *STATE_HEADS)
    learn(Meaning("serial"), *SERIAL_HEADS)
    return words


def understand(sheet: SheetRows, ledger: Ledger, words: dict[str, Meaning], place: Place) -> Understanding:
    """Find the header and give each column its meaning."""
    top = _first_rows(sheet)
    best = Understanding()
    best_score = 0.0
    for i, (number, row) in enumerate(top):
        for rows in ([(number, row)], top[i : i + 2] if i + 1 < len(top) else []):
            if not rows:
                continue
            found = _read_header([r for _, r in rows], words)
            meant = {c for c in found[0].values() if c.kind != "serial"}
            score = len(meant) - 0.01 * len(rows) - 0.001 * i
            if len(rows) == 2 and not _is_head_row(rows[1][1], words):
                continue
            if score > best_score and len(meant) >= 2:
                best_score = score
                best = Understanding(tuple(n for n, _ in rows), *found)
    if not best.header_rows:
        wanted = "、".join(f.title for f in list(ledger.fields.values())[:6])
        best.problems.append(says.NO_HEADER.at(place, wanted=wanted))
        return best
    for column, head in best.heads.items():
        if column not in best.columns and head:
            where = Place(file=place.file, sheet=place.sheet, cell=address(best.header_rows[-1], column))
            best.warnings.append(says.COLUMN_UNKNOWN.at(where, column=head))
    return best


def _first_rows(sheet: SheetRows) -> list[tuple[int, Row]]:
    rows: list[tuple[int, Row]] = []
    for number, row in sheet.rows():
        rows.append((number, list(row)))
        if number >= HEADER_WITHIN:
            break
    for top, left, bottom, right in sheet.merged:
        for n, row in rows:
            if top < n <= bottom + 1:
                anchor = next((r for m, r in rows if m == top + 1), None)
                if anchor is None or left >= len(anchor) or (bottom > top and right > left):
                    continue
                for c in range(left, min(right + 1, len(row))):
                    if row[c] is None:
                        row[c] = anchor[left]
    return rows


def _read_header(rows: Sequence[Row], words: dict[str, Meaning]) -> tuple[dict[int, Meaning], dict[int, str]]:
    columns: dict[int, Meaning] = {}
    heads: dict[int, str] = {}
    taken: set[Meaning] = set()
    for c in range(max(len(r) for r in rows)):
        parts = [text_of(r[c]) if c < len(r) else "" for r in rows]
        parts = [p for i, p in enumerate(parts) if p and p not in parts[:i]]
        if not parts:
            continue
        heads[c] = parts[-1]
        joined = "".join(parts)
        for head in (parts[-1], joined, parts[0]):
            meaning = words.get(fold_whole(head)) or words.get(fold(head))
            if meaning is not None and (meaning not in taken or meaning.kind == "serial"):
                columns[c] = meaning
                taken.add(meaning)
                break
    return columns, heads


def _is_head_row(row: Row, words: dict[str, Meaning]) -> bool:
    """Mostly words that are heads, not data."""
    cells = [text_of(v) for v in row if v is not None]
    known = sum(1 for c in cells if fold(c) in words or fold_whole(c) in words)
    return known >= 2 and known * 2 >= len(cells)


def data_rows(sheet: SheetRows, found: Understanding, words: dict[str, Meaning]) -> Iterator[tuple[int, Row]]:
    """The rows of data below the header: no totals, notes, signatures, blank rows or repeated heads.

    Cells merged downwards say the same in each of their rows.
    """
    last = found.header_rows[-1]
    down = {
        (r, c): top
        for top, left, bottom, right in sheet.merged
        if bottom > top and top >= last
        for r in range(top + 1, bottom + 1)
        for c in range(left, right + 1)
    }
    seen: dict[tuple[int, int], Cell] = {}
    tops = {(top, c) for (r, c), top in down.items()}
    for number, row in sheet.rows():
        if number <= last:
            continue
        if down:
            row = list(row)
            for c in range(len(row)):
                if (number - 1, c) in tops:
                    seen[(number - 1, c)] = row[c]
                above = down.get((number - 1, c))
                if above is not None and row[c] is None:
                    row[c] = seen.get((above, c))
        if is_data(row, found, words):
            yield number, row


def is_data(row: Row, found: Understanding, words: dict[str, Meaning]) -> bool:
    said = [(c, v) for c, v in enumerate(row) if v is not None and v != ""]
    if not said or not any(found.columns.get(c, Meaning("serial")).kind != "serial" for c, _ in said):
        return False
    first = said[0][1]
    if isinstance(first, str):
        text = first.replace(" ", "").replace("\u3000", "")
        if _TOTAL.fullmatch(text) or _FOOT.fullmatch(text):
            return False
        if len(said) == 1 and len(text) > 20:
            return False
    if any(isinstance(v, str) and "计" in v and _TOTAL.fullmatch(v.replace(" ", "")) for _, v in said[:3]):
        return False
    return not all(isinstance(v, str) for _, v in said) or not _is_head_row(row, words)


def address(row: int, column: int) -> str:
    """Spreadsheet address of a row (from 1) and column (from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
