"""A pack's rows by unit against the units of its demonstration."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from zhuanban.core.problem import Place, Problem
from zhuanban.pack import problems
from zhuanban.pack.checker import PlaceOf
from zhuanban.pack.problems import hint
from zhuanban.pack.values import Pack, Table

UNIT_HEADS = ("代码", "名称", "简称", "上级代码", "区划代码")


def check_demo(pack: Pack, folder: Path, place: PlaceOf, name: str) -> list[Problem]:
    """Rows by unit, who owes reports, units of lists against `demo/units.csv`: names are units', no row in another."""
    path = folder / "units.csv"
    if not path.is_file():
        return []
    file = Place(file=f"{name}/demo/units.csv", line=1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error):
        return [problems.NOT_UTF8.at(file)]
    missing = [head for head in UNIT_HEADS if not rows or head not in rows[0]]
    if missing:
        what = f"单位表缺少“{'、'.join(missing)}”列。"
        return [problems.DEMO_TREE.at(file, what=what, heads=",".join(UNIT_HEADS))]
    found: list[Problem] = []
    upper: dict[str, str] = {row["代码"]: row["上级代码"] or "" for row in rows}
    by_name: dict[str, str] = {}
    for row in rows:
        by_name.setdefault(row["名称"] or "", row["代码"])
        for alias in filter(None, (row.get("别名") or "").split("、")):
            by_name.setdefault(alias, row["代码"])
    for row in rows:  # a short name goes before another unit's full name
        if row["简称"]:
            by_name[row["简称"]] = row["代码"]
    shown = [row["简称"] or row["名称"] or "" for row in rows]
    for table in pack.tables.values():
        if table.rows.by == "unit":
            found += _unit_rows(table, by_name, upper, shown, place)
    for duty in pack.duties.values():
        for i, unit in enumerate(duty.owing.names):
            if unit not in by_name:
                where = place("duties", duty.key, "units", i)
                found.append(problems.NO_UNIT.at(where, row=unit, hint=hint(unit, shown)))
    for each in pack.lists.values():
        for i, unit in enumerate(each.units.names if each.units is not None else ()):
            if unit not in by_name:
                where = place("lists", each.key, "units", i)
                found.append(problems.NO_UNIT.at(where, row=unit, hint=hint(unit, shown)))
    return found


def _unit_rows(
    table: Table, by_name: Mapping[str, str], upper: Mapping[str, str], shown: list[str], place: PlaceOf
) -> Iterator[Problem]:
    path = ("tables", table.key, "rows", "names")
    rows = {by_name[name]: name for name in table.rows.names if name in by_name}
    for i, name in enumerate(table.rows.names):
        code = by_name.get(name)
        if code is None:
            yield problems.NO_UNIT.at(place(*path, i), row=name, hint=hint(name, shown))
            continue
        above, steps = upper.get(code, ""), 0
        while above and steps < len(upper):  # a circle in the file is the import's to report
            if above in rows and table.rows.total:
                yield problems.ROW_INSIDE_ROW.at(place(*path, i), row=name, upper=rows[above])
            above, steps = upper.get(above, ""), steps + 1
