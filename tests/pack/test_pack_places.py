"""Layers, zones, what is asked of photographs, requirements that follow a link: read, said aloud, every defect."""

import pytest

from tests.pack.test_pack_defects import PACK, found, marked
from zhuanban.pack.read import read_files
from zhuanban.pack.show import show
from zhuanban.pack.values import OUTSIDE, Buffer, FieldType, Near, Option

LAYERS = """\
belt:
  title: 防护带
  types: [核心带, {title: 缓冲带, aliases: [缓冲 带]}]
  type_column: [带别, TYPE]
  name_column: 名称
  buffers: [{type: 缓冲带, metres: 150}, {type: 核心带, metres: 50}]
"""
SITES = """\
title: 点位台账
amend_by: [county]
fields:
  place: {title: 位置, type: point}
  found: {title: 发现日期, type: date}
  belt: {title: 所在带, type: zone, layer: belt, of: place, outside: inbox}
  before: {title: 改前照片, type: photo, once: true, near: {point: place, metres: 200}, not_before: {days: 30}}
  later: {title: 改后照片, type: photo, after: before, not_before: found}
  film: {title: 录像, type: video}
  again: {title: 原点位, type: link, ledger: sites}
workflow:
  states: {在查: {}, 已清: {closed: true}}
  moves:
    登记: {from: new, to: 在查, by: county}
    反弹:
      from: new
      to: 在查
      by: county
      date: 反弹日期
      requires: [{exists: sites, via: again, where: {state: 已清, belt: 核心带}, says: 原点位没有办结。}]
    清理: {from: 在查, to: 已清, by: county}
"""
TABLE = """\
title: 分带表
rows: {by: belt, total: 合计}
columns: {all: {title: 点位, count: sites}}
"""
FILES = {"pack.yaml": PACK, "layers.yaml": LAYERS, "ledgers/sites.yaml": SITES, "tables/belts.yaml": TABLE}


def test_a_layer_and_what_stands_on_it_are_read():
    pack, said = read_files(FILES)
    assert [str(p) for p in said] == []
    layer = pack.layers["belt"]
    assert layer.types == (Option("核心带"), Option("缓冲带", ("缓冲 带",)))
    assert layer.buffers == (Buffer("核心带", 50), Buffer("缓冲带", 150))  # narrowest first
    assert layer.ranks == {"核心带": 0, "缓冲带": 1}
    assert (layer.type_columns, layer.name_columns) == (("带别", "TYPE"), ("名称",))
    fields = pack.ledgers["sites"].fields
    belt = fields["belt"]
    assert (belt.type, belt.layer, belt.of, belt.outside) == (FieldType.ZONE, "belt", "place", "inbox")
    assert [o.title for o in belt.options] == ["核心带", "缓冲带", OUTSIDE]
    assert (fields["before"].near, fields["before"].once, fields["before"].not_before) == (Near("place", 200), True, 30)
    assert (fields["later"].after, fields["later"].not_before) == ("before", "found")
    (guard,) = pack.ledgers["sites"].moves["反弹"].requires
    assert (guard.scope, guard.via) == ("via", "again")


@pytest.mark.parametrize(
    "line",
    [
        "防护带（belt）：分核心带、缓冲带，重叠处以在前的为准；线状图形两侧50米以内为核心带；线状图形两侧150米以内为缓冲带。",
        "所在带（belt）：防护带的分区，不在任何分区时转待处理；由位置判定",
        "改前照片（before）：照片；应拍摄于位置200米以内；不应早于办理日前30天；不应与其他条目的照片相同",
        "改后照片（later）：照片；应拍摄于改前照片之后；不应早于发现日期",
        "原点位所指的条目中须有点位台账中所在带为“核心带”、状态为“已清”的条目",
        "行：各种所在带，“合计”行在最前，是各行之和。",
    ],
)
def test_they_are_said_aloud(line):
    pack, _ = read_files(FILES)
    assert line in show(pack)


# name | file | text
CASES = """\
=== layers | layers.yaml
a:  #! pack-006 pack-006
  source: 无
b: {title: 乙, types: [甲, {title: 乙, aliases: [甲]}]}  #! pack-162
c: {title: 丙, types: [甲, 范围外]}  #! pack-163
d:
  title: 丁
  types: [核心, 外围]
  buffers: [{type: 核芯, metres: 50}, {type: 核心, metres: 50}]  #! pack-161 pack-164
e:
  title: 戊
  types: [核心]
  buffers:
    - {type: 核心}  #! pack-006
    - {type: 核心, metres: 0}  #! pack-016
    - {metres: 70, width: 3}  #! pack-004 pack-006
=== zones and photographs | ledgers/more.yaml
title: 更多
fields:
  name: {title: 名称, type: text, layer: belt}  #! pack-064
  when: {title: 日期, type: date}
  place: {title: 位置, type: point}
  a: {title: 甲, type: zone, of: place}  #! pack-006
  b: {title: 乙, type: zone, layer: bet, of: place}  #! pack-160
  c: {title: 丙, type: zone, layer: belt, of: name}  #! pack-165
  d: {title: 丁, type: zone, layer: belt, of: plce, outside: refuse}  #! pack-021 pack-012
  e: {title: 戊, type: photo, after: e}  #! pack-166
  f: {title: 己, type: photo, after: name, near: {point: when, metres: 5}}  #! pack-165 pack-165
  g: {title: 庚, type: photo, near: {point: place}, not_before: {days: 三十}}  #! pack-006 pack-005
  i: {title: 壬, type: photo, not_before: place}  #! pack-165
  h: {title: 辛, type: file, once: true}  #! pack-064
=== requirements that follow a link | ledgers/more.yaml
title: 更多
fields:
  name: {title: 名称, type: text}
  site: {title: 点位, type: link, ledger: sites}
workflow:
  states: {在册: {closed: true}}
  moves:
    登记:
      from: new
      to: 在册
      by: county
      requires:
        - {exists: sites, via: site, where: {belt: 核心带}, says: 好。}
        - {exists: sites, via: sit, says: 不成。}  #! pack-021
        - {exists: sites, via: name, says: 不成。}  #! pack-165
        - {exists: more, via: site, says: 不成。}  #! pack-167
        - {exists: sites, via: site, level: town, says: 不成。}  #! pack-014
        - {none: sites, via: site, where: {belt: 核芯带}, says: 不成。}  #! pack-029
        - {none: more, by: site, says: 不成。}  #! pack-168
        - {none: more, by: nmae, says: 不成。}  #! pack-021
        - {none: sites, by: place, says: 不成。}  #! pack-165
        - {exists: sites, via: site, same: unit, says: 好。}
        - {exists: sites, via: site, same: region, says: 不成。}  #! pack-012
"""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param(head.partition(" | ")[2], text, id=head.partition(" | ")[0])
        for head, _, text in (part.partition("\n") for part in CASES.split("=== ")[1:])
    ],
)
def test_every_defect_has_its_line(file, text):
    files = {"pack.yaml": PACK, file: text} if file == "layers.yaml" else {**FILES, file: text}
    got, said = found(files)
    assert got == marked(files), "\n".join(map(str, said))


def test_nothing_is_missed_in_a_layers_file_that_cannot_be_read():
    got, _ = found({**FILES, "layers.yaml": "belt: {"})
    assert [(file, code) for file, _, code in got] == [("layers.yaml", "pack-002")]
