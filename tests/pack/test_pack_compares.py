"""A choice that compares two others: read, said aloud, every defect."""

from tests.pack.test_pack_defects import PACK, found, marked
from zhuanban.pack.read import read_files
from zhuanban.pack.show import show

WELLS = """\
title: 井台账
amend_by: [county]
fields:
  level: {title: 基准, type: choice, options: [好, 中, 差]}
  name: {title: 井名, type: text}
"""
SAMPLES = """\
title: 水样台账
fields:
  well: {title: 井, type: link, ledger: wells}
  wells: {title: 各井, type: link, ledger: wells, many: true}
  grade: {title: 等级, type: choice, options: [好, 中, 差]}
  first: {title: 初评, type: choice, options: [好, 中, 差]}
  kind: {title: 类别, type: choice, options: [例行, 投诉]}
  trend: {title: 与基准比, type: choice, options: [改善, 保持, 恶化], compares: grade, than: well.level}
  own: {title: 与初评比, type: choice, options: [改善, 保持, 恶化], compares: grade, than: first}
"""
WRONG = """\
  a: {title: 甲, type: text, compares: grade, than: first}  #! pack-064 pack-064 pack-184
  b: {title: 乙, type: choice, options: [好, 坏, 同], compares: grade}  #! pack-006
  c: {title: 丙, type: choice, options: [好, 坏], compares: grade, than: well.level}  #! pack-184
  d: {title: 丁, type: choice, options: [好, 坏], open: true, compares: grad, than: wel}  #! pack-184 pack-021 pack-021
  e: {title: 戊, type: choice, options: [好, 同, 坏], many: true, compares: well, than: first}  #! pack-184 pack-153
  f: {title: 己, type: choice, options: [好, 同, 坏], compares: grade, than: kind}  #! pack-154
  g: {title: 庚, type: choice, options: [好, 同, 坏], compares: grade, than: wells.level}  #! pack-155
  h: {title: 辛, type: choice, options: [好, 同, 坏], compares: trend, than: own}  #! pack-185 pack-185
  i: {title: 壬, type: choice, options: [好, 同, 坏], compares: grade, than: first, required: true}  #! pack-185
workflow:
  states: {在册: {}}
  moves:
    登记: {from: new, to: 在册, by: county}
    更新: {from: 在册, to: same, by: county, sets: {trend: 恶化}}  #! pack-185
rules:
  own:  #! pack-185
    cases:
      - {is: 保持}
"""
BY = "amend_by: [county]\n"
FILES = {"pack.yaml": PACK, "ledgers/wells.yaml": WELLS, "ledgers/samples.yaml": SAMPLES + BY}


def test_a_comparison_is_read_and_said_aloud():
    pack, said = read_files(FILES)
    assert [str(p) for p in said] == []
    trend = pack.ledgers["samples"].fields["trend"]
    assert (trend.compares, trend.than) == ("grade", "well.level")
    shown = [line.strip() for line in show(pack).splitlines()]
    assert "与基准比（trend）：选项：改善、保持、恶化；由等级与井的基准比较得出" in shown
    assert "与初评比（own）：选项：改善、保持、恶化；由等级与初评比较得出" in shown


def test_every_defect_has_its_line():
    files = {**FILES, "ledgers/samples.yaml": SAMPLES + WRONG}
    got, said = found(files)
    assert got == marked(files), "\n".join(map(str, said))
