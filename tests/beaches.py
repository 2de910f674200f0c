"""A small campaign for tests of places and pictures: beach huts (海滩棚屋) in the belts behind a shore.

Two bays of two strips; huts with a place, the belt they stand in, pictures before and after; a relapse links to the old
one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zhuanban.core.day import from_iso
from zhuanban.ledger.change import Change, Step
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign

FILES = {
    "pack.yaml": """
key: beaches
title: 海滩棚屋清理
grid:
  root: 县
  levels:
    bay: {title: 一级网格, names: [海湾], digits: 9}
    strip: {title: 二级网格, names: [滩段], digits: 12}
posts:
  office: {title: 清滩办, sees: all}
  bay: {title: 海湾站}
""",
    "layers.yaml": """
shore:
  title: 海岸带
  types: [内带, {title: 外带, aliases: [外 带]}]
  type_column: 带别
""",
    "ledgers/huts.yaml": """
title: 棚屋台账
word: 座
number: {pattern: "P-{seq:03}"}
region: {level: strip}
amend_by: [office, bay]
fields:
  owner: {title: 屋主, type: text}
  keeper: {title: 看管人, type: choice, open: true, options: [阿东, 阿西]}
  place: {title: 位置, type: point}
  belt: {title: 所在带, type: zone, layer: shore, of: place}
  strict: {title: 严管带, type: zone, layer: shore, of: spot, outside: inbox}
  loose: {title: 宽管带, type: zone, layer: shore, of: dot, outside: warn}
  spot: {title: 严管位置, type: point}
  dot: {title: 宽管位置, type: point}
  noted: {title: 手填带, type: zone, layer: shore}
  found: {title: 发现日期, type: date}
  before: {title: 拆前照片, type: photo, once: true, near: {point: place, metres: 200}, not_before: found}
  later: {title: 拆后照片, type: photo, after: before, not_before: {days: 30}}
  film: {title: 录像, type: video}
  old: {title: 原棚屋, type: link, ledger: huts}
likely:
  - {ledger: huts, near: {point: place, metres: 150}, same: [keeper]}
workflow:
  states:
    在查: {reached: [发现]}
    已拆: {reached: [发现, 拆除], closed: true}
  moves:
    发现: {from: new, to: 在查, by: [office, bay], date: 发现登记日期}
    反弹:
      from: new
      to: 在查
      by: [office, bay]
      date: 反弹日期
      requires: [{exists: huts, via: old, where: {state: 已拆}, says: 原棚屋没有拆除，不算反弹。}]
    拆除:
      from: 在查
      to: 已拆
      by: [office, bay]
      date: 拆除日期
      requires: [{none: huts, via: old, where: {state: 在查}, says: 原棚屋还在查。}]
""",
    "ledgers/strips.yaml": """
title: 滩段台账
number: {title: 滩段号}
amend_by: [office]
one_per: [region]
fields: {keeper: {title: 巡查人, type: person}}
""",
    "tables/belts.yaml": """
title: 分带表
rows: {by: belt, total: 合计}
columns:
  all: {title: 棚屋, count: huts}
  done: {title: 已拆, count: huts, reached: 拆除}
""",
    "tables/bays.yaml": """
title: 分湾表
rows: {by: region, total: 合计}
columns:
  all: {title: 棚屋, count: huts}
  inner: {title: 内带棚屋, count: huts, where: {belt: 内带}}
  done: {title: 已拆, count: huts, reached: 拆除}
""",
    "tables/keepers.yaml": """
title: 看管人表
rows: {by: keeper, names: [阿东, 阿西], total: 合计}
columns: {all: {title: 棚屋, count: huts}}
""",
}
REGIONS = """代码,名称,上级代码
460000,海县,
460000101,东湾,460000
460000102,西湾,460000
460000101201,东一段,460000101
460000101202,东二段,460000101
460000102201,西一段,460000102
460000102202,西二段,460000102
"""
UNITS = "代码,名称,简称,上级代码,区划代码\nU1,清滩办,,,460000\n"
EAST, WEST = "460000101", "460000102"
E1, E2, W1, W2 = "460000101201", "460000101202", "460000102201", "460000102202"


def make(folder: Path) -> Campaign:
    """The campaign, made the way an office would make it; it begins on 2024-01-01."""
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    pack = load(FILES, "beaches")
    start = from_iso("2024-01-01")
    return create_campaign("beaches", FILES, pack, folder / "regions.csv", folder / "units.csv", start, demo_clock=True)


def day(month_day: str) -> int:
    """Day number of `01-05` in 2024."""
    return from_iso(f"2024-{month_day}")


def at(x: float, y: float = 0.5) -> dict[str, Any]:
    """A place on the shore: x counts belts of a hundredth of a degree from the water inland."""
    return {"lon": 110 + x / 100, "lat": 18 + y / 100, "frame": "WGS-84"}


def hut(change: str, on: str = "01-05", region: str = E1, move: str = "", **fields: Any) -> Change:
    """A change that registers a hut."""
    return Change(change, "huts", (Step("create", day(on), move, fields, region),))


def amended(change: str, number: str, on: str | None = None, **fields: Any) -> Change:
    return Change(change, "huts", (Step("amend", None if on is None else day(on), set=fields),), number)


def moved(change: str, number: str, move: str, on: str, **fields: Any) -> Change:
    return Change(change, "huts", (Step("move", day(on), move, fields),), number)


def belts(path: Path, inner: int, outer: int) -> Path:
    """A file of the shore's belts: 内带 from 0 to `inner`, 外带 on to `outer` (both in hundredths of a degree)."""

    def strip(name: str, west: int, east: int) -> dict[str, Any]:
        x0, x1 = 110 + west / 100, 110 + east / 100
        ring = [[x0, 18.0], [x1, 18.0], [x1, 18.01], [x0, 18.01], [x0, 18.0]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        return {"type": "Feature", "properties": {"带别": name}, "geometry": geometry}

    features = [strip("内带", 0, inner), strip("外 带", inner, outer)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path
