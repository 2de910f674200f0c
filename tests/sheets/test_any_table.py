"""Any table, written in any mixture of habits and in any make, is read as the records that it was written from."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import elms
from tests.draw import MAKES, Drawn, Value
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Place
from zhuanban.pack.read import load
from zhuanban.people.tree import Node, Tree
from zhuanban.sheets.book import open_book
from zhuanban.sheets.rows import Names, ReadRow, read_rows
from zhuanban.sheets.understand import understand, vocabulary

ON = from_iso("2023-12-08")
PACK = load(elms.FILES, "elms")
LEDGER = PACK.ledgers["elms"]
WORDS = vocabulary(LEDGER, PACK.grid)
LISTED = list(csv.DictReader(io.StringIO(elms.REGIONS)))
REGIONS = Tree(
    [Node(r["代码"], r["名称"], n) for n, r in enumerate(LISTED)],
    [(r["代码"], r["上级代码"], 0) for r in LISTED],
    rooted=True,
)
UNITS = Tree([Node("U1", "市绿化办", 0)], [("U1", "", 0)], rooted=False)
COMMUNITIES = [code for code in REGIONS.nodes if len(code) == 12]


@dataclass(frozen=True)
class Elm:
    region: str
    name: str
    kind: str
    height: float
    stems: int
    measured: date


@dataclass(frozen=True)
class Ways:
    """How a table is written: one choice of each habit, and a source of further choices cell by cell."""

    columns: list[str]
    levels: bool  # district, street and community in columns of their own, under one head
    serial: bool
    titles: int
    dates: list[Callable[[date], Value]]
    numbers: list[Callable[[float], Value]]
    heads: dict[str, str]
    blank: set[int]  # rows before which a line is left empty
    totals: set[int]  # rows after which a sum stands
    again: set[int]  # rows before which the header stands once more
    ditto: bool
    merged: bool
    feet: list[list[Value]]


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


DATES: list[Callable[[date], Value]] = [
    lambda d: d,
    lambda d: (d - date(1899, 12, 30)).days,
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
    lambda d: f"{d.month}月{d.day}日" if d.year == 2023 else d,
    lambda d: f"{d.year % 100:02}.{d.month}.{d.day}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: _wide(f"{d.year}") + "．" + _wide(f"{d.month}") + "．" + _wide(f"{d.day}"),
    lambda d: f" {d.isoformat()}　",
]
NUMBERS: list[Callable[[float], Value]] = [
    lambda n: n,
    lambda n: f"{n:g}",
    lambda n: _wide(f"{n:g}"),
    lambda n: f" {n:g} ",
    lambda n: f"{n:,}",
]
HEADS = {
    "name": ["树名", "古树名称", "树 名", "*树名", "1.树名："],
    "kind": ["树种", "树\n种", "②树种", "树种（选填）"],
    "height": ["树高（米）", "树高", "树高(米)", "树高\n（米）"],
    "stems": ["分枝数", "分枝数（枝）", "分 枝 数"],
    "measured": ["测量日期", "测量\n日期", "测量日期（年月日）"],
    "region": ["社区", "村", "所在社区", "所属区域", "网格代码"],
}
FEET: list[list[Value]] = [
    ["注：以上数字已核对。"],
    ["填表人：甲", None, "审核人：乙"],
    ["填报单位（盖章）：", None, None, "负责人："],
    ["说明：一式三份"],
]
NAMES = st.text("甲乙丙丁东西南北银杏槐Ab12（）", min_size=1, max_size=6).filter(lambda t: t.strip("（）") == t)
elm = st.builds(
    Elm, st.sampled_from(COMMUNITIES), NAMES, st.sampled_from(["银杏", "国槐", "其他树种"]),
    st.integers(0, 600).map(lambda n: n / 10), st.integers(0, 5000), st.dates(date(2019, 1, 1), date(2023, 12, 8)),
)  # fmt: skip
tables = st.lists(elm, min_size=1, max_size=8, unique_by=lambda e: (e.region, unicodedata.normalize("NFKC", e.name)))
places = st.sets(st.integers(1, 7), max_size=2)
ways = st.builds(
    Ways,
    st.permutations(["region", "name", "kind", "height", "stems", "measured"]),
    st.booleans(), st.booleans(), st.integers(0, 3),
    st.lists(st.sampled_from(DATES), min_size=1, max_size=3),
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3),
    st.fixed_dictionaries({key: st.sampled_from(heads) for key, heads in HEADS.items()}),
    places, places, places, st.booleans(), st.booleans(), st.lists(st.sampled_from(FEET), max_size=2),
)  # fmt: skip


def written(elms_: list[Elm], way: Ways, *, can_merge: bool) -> Drawn:
    sheet = Drawn("表")
    columns = [*(["serial"] if way.serial else []), *way.columns]
    width = len(columns) + 2 * way.levels
    for n in range(way.titles):
        sheet.rows.append([["古树名木登记表", "填报时间：2023年12月8日", "单位：棵"][n]])
        if can_merge and n == 0:
            sheet.merged.append((0, 0, 0, width - 1))

    def header() -> None:
        top = len(sheet.rows)
        upper: list[Value] = []
        lower: list[Value] = []
        for column in columns:
            if column == "region" and way.levels:
                if can_merge:
                    sheet.merged.append((top, len(upper), top, len(upper) + 2))
                upper += ["位置", None, None]
                lower += ["区", "街道/乡镇", "社区"]
                continue
            if can_merge and way.levels:
                sheet.merged.append((top, len(upper), top + 1, len(upper)))
            upper.append("序号" if column == "serial" else way.heads[column])
            lower.append(None)
        sheet.rows += [upper, lower] if way.levels else [upper]

    header()
    before: list[Value] = []
    since: dict[int, int] = {}  # column → row since which a region stands in it
    for n, tree in enumerate(elms_):
        if n in way.blank:
            sheet.rows.append([])
        if n in way.again:
            header()
        row: list[Value] = []
        for column in columns:
            if column == "serial":
                row.append(n + 1)
            elif column == "region":
                path = REGIONS.path(tree.region, ON)[::-1][1:]
                row += [REGIONS.name(code) for code in path] if way.levels else [tree.region]
            elif column in {"height", "stems"}:
                row.append(way.numbers[n % len(way.numbers)](getattr(tree, column)))
            elif column == "measured":
                row.append(way.dates[n % len(way.dates)](tree.measured))
            else:
                row.append(getattr(tree, column))
        said = list(row)
        unbroken = before and not {n} & (way.blank | way.again) and n - 1 not in way.totals
        for c, value in enumerate(row):
            if (c == 0 and way.serial) or not isinstance(value, str) or not before or before[c] != value:
                since[c] = len(sheet.rows)
            elif way.merged and can_merge and unbroken:
                row[c] = None
                sheet.merged = [m for m in sheet.merged if m[:2] != (since[c], c)]
                sheet.merged.append((since[c], c, len(sheet.rows), c))
            elif way.ditto:
                row[c] = "同上"
                since[c] = len(sheet.rows)
            else:
                since[c] = len(sheet.rows)
        before = said
        sheet.rows.append(row)
        if n in way.totals:
            sheet.rows.append(["小 计" if c == 0 else None for c in range(width)])
    if way.feet:
        sheet.rows += [[], *way.feet]
    return sheet


def read(path: Path) -> list[ReadRow]:
    names = Names(REGIONS, UNITS, ON)
    place = Place(file=path.name)
    sheet = open_book(path).sheets[0]
    found = understand(sheet, LEDGER, WORDS, place)
    return list(read_rows(sheet, found, WORDS, LEDGER, names, ON, place))


@settings(max_examples=150)
@given(tables, ways, st.sampled_from(sorted(MAKES)))
def test_any_table_comes_back(elms_: list[Elm], way: Ways, make: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"来表{make}"
        MAKES[make](path, [written(elms_, way, can_merge=make not in {".csv", ".txt"})])
        rows = read(path)
    assert [str(p) for row in rows for p in row.problems] == []
    fields = [row.said.fields for row in rows]
    assert [
        Elm(r.said.region, f["name"], f["kind"], f["height"], f["stems"], date.fromisoformat(f["measured"]))
        for r, f in zip(rows, fields, strict=True)
    ] == elms_
