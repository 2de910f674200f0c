"""A small campaign for tests of sheets: old trees (古树), in a field none of the built-in packs knows.

Two districts; two of their communities bear the same name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhuanban.core.day import from_iso
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import ImportReport, import_files

FILES = {
    "pack.yaml": """
key: elms
title: 古树名木普查行动
grid:
  root: 市
  levels:
    district: {title: 一级网格, names: [区], digits: 6}
    street: {title: 二级网格, names: [街道, 乡镇], digits: 9}
    community: {title: 三级网格, names: [社区, 村], digits: 12}
posts:
  city: {title: 市绿化办, sees: all}
""",
    "ledgers/elms.yaml": """
title: 古树台账
word: 棵
number: {title: 树号, aliases: [古树编号], pattern: "S-{region}-{seq:03}"}
region: {level: community}
one_per: {fields: [region, name], says: 一棵古树只登记一次。}
match: [region, name]
fields:
  name: {title: 树名, type: text, required: true, aliases: [古树名称, 名称]}
  kind: {title: 树种, type: choice, required: true, options: [银杏, 国槐, {title: 其他树种, aliases: [其他]}]}
  height: {title: 树高（米）, type: number, decimals: 1, minimum: 0, maximum: 60}
  fund: {title: 养护经费（万元）, type: number, decimals: 2}
  stems: {title: 分枝数, type: integer}
  shade: {title: 遮阴率, type: integer, unit: "%"}
  fenced: {title: 是否围栏, type: yes_no}
  keeper: {title: 养护人, type: person, aliases: [责任人]}
  phone: {title: 联系电话, type: text, personal: phone, seen_by: [city], pattern: '1\\d{10}'}
  id_number: {title: 身份证号, type: text, personal: id_number, seen_by: [city], aliases: [身份证号码]}
  measured: {title: 测量日期, type: date}
  place: {title: 坐标, type: point}
  story: {title: 备注, type: long_text}
amend_by: [city]
workflow:
  states:
    在册: {reached: [登记]}
    已挂牌: {reached: [登记, 挂牌], closed: true}
  moves:
    登记: {from: new, to: 在册, by: [city], date: 登记日期}
    挂牌: {from: 在册, to: 已挂牌, by: [city], date: 挂牌日期}
""",
}

REGIONS = """代码,名称,上级代码,启用日期,停用日期
411300,榆市,,,
411302,卧榆区,411300,,
411303,宛榆区,411300,,
411371,城乡一体化示范区,411300,,
411302001,东关街道,411302,,
411303101,七里镇,411303,,
411371001,新店街道,411371,,
411302001001,新华社区,411302001,,
411302001002,双桥社区,411302001,,
411303101001,新华社区,411303101,,
411303101201,青石村,411303101,,
411371001001,滨河社区,411371001,,
"""
UNITS = """代码,名称,简称,上级代码,区划代码
U1,市绿化办,,,
"""


def make(folder: Path) -> Setting:
    """The campaign, made the way an office would make it."""
    (folder / "regions.csv").write_text(REGIONS, "utf-8")
    (folder / "units.csv").write_text(UNITS, "utf-8")
    campaign = create_campaign(
        "elms", FILES, load(FILES, "elms"), folder / "regions.csv", folder / "units.csv", from_iso("2023-11-01"),
        demo_clock=True,
    )  # fmt: skip
    return setting(campaign)


def bring(town: Setting, *paths: Path, **words: Any) -> ImportReport:
    """An import on 2023-12-08, the day on which all these tests play."""
    return import_files(town, "elms", paths, OPERATOR, on=from_iso("2023-12-08"), **words)
