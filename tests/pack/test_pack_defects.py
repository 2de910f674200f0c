"""Every defect, in the text that has it.

Each case is a small pack. A comment `#! pack-021` says: on this line, this problem, and no other anywhere.
"""

import re
from pathlib import Path

import pytest

from zhuanban.core.problem import Kind
from zhuanban.pack import problems
from zhuanban.pack.read import read_files

PACK = """\
key: ponds
title: 鱼塘整治
grid:
  root: 县
  levels:
    town: {title: 一级网格, names: [乡镇]}
    village: {title: 二级网格, names: [村]}
posts:
  county: {title: 县办, sees: all}
  town: {title: 乡镇办}
"""

PONDS = """\
title: 鱼塘台账
word: 口
amend_by: [county]
fields:
  owner: {title: 塘主, type: text}
  kind: {title: 类型, type: choice, options: [{title: 精养, aliases: [高产]}, 粗养]}
  uses: {title: 用途, type: choice, options: [养鱼, 灌溉], many: true}
  fish: {title: 鱼数, type: integer, unit: 尾}
  area: {title: 面积, type: number, decimals: 1, unit: 亩}
  due: {title: 期限, type: date}
  legal: {title: 是否合规, type: yes_no}
  photo: {title: 照片, type: photo}
  spot: {title: 坐标, type: point}
workflow:
  states:
    在查: {reached: [登记]}
    已清: {reached: [登记, 清塘], closed: true}
  moves:
    登记: {from: new, to: 在查, by: [town], date: 登记日期}
    清塘: {from: 在查, to: 已清, by: [town], date: 清塘日期}
"""

# name | file | text
CASES = """\
=== a whole pack without a fault | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
=== a word with a slip | ledgers/more.yaml
title: 水渠台账
fields:
  name:
    title: 名称
    type: text
    requierd: true  #! pack-004
=== a type with a slip | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: txt}  #! pack-012
=== a missing title, a missing type | ledgers/more.yaml
fields:  #! pack-006
  name: {title: 名称}  #! pack-006
  length: {type: integer}  #! pack-006
=== a list where a word is asked for | ledgers/more.yaml
title: [水渠, 台账]  #! pack-005
fields:
  name: {title: 名称, type: text, required: 是}  #! pack-005
  length: {title: 长度, type: number, decimals: 一, minimum: 零}  #! pack-005 pack-005
  depth: 深度  #! pack-005
=== a key that stands twice | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  name: {title: 别名, type: text}  #! pack-003
=== an anchor | ledgers/more.yaml
title: &t 水渠台账  #! pack-007
fields: {}
=== a tag | ledgers/more.yaml
title: !!python/name:os.system 水渠台账  #! pack-007
fields: {}
=== a file nobody reads | ledger/more.yaml
title: 水渠台账  #! pack-009
=== keys that are no keys | ledgers/more.yaml
title: 水渠台账
fields:
  名称: {title: 名称, type: text}  #! pack-011
  Length: {title: 长度, type: integer}  #! pack-011
=== impossible dates | ledgers/more.yaml
title: 水渠台账
fields:
  built: {title: 建成日期, type: date, earliest: 2023-02-29}  #! pack-013
  mended: {title: 整修日期, type: date, earliest: 2023-W49-5}  #! pack-013
=== bounds of the language | ledgers/more.yaml
title: 水渠台账
fields:
  length: {title: 长度, type: number, decimals: 9}  #! pack-016
  width: {title: 宽度, type: number, minimum: 5, maximum: 3}  #! pack-068
=== words of another type | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text, decimals: 2}  #! pack-064
  built: {title: 建成日期, type: date, options: [早, 晚]}  #! pack-064
  spot: {title: 坐标, type: point, many: true}  #! pack-064
=== a broken expression | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text, pattern: '(水渠'}  #! pack-017
=== choices | ledgers/more.yaml
title: 水渠台账
fields:
  kind: {title: 类型, type: choice}  #! pack-063
  lining: {title: 衬砌, type: choice, options: [水泥, {title: 石, aliases: [水泥]}]}  #! pack-069
=== personal data without anyone who may look | ledgers/more.yaml
title: 水渠台账
fields:
  keeper: {title: 管水员, type: person, personal: name}  #! pack-060
  phone: {title: 电话, type: text, personal: telephone, seen_by: [county]}  #! pack-012
=== fields that have the record's own names | ledgers/more.yaml
title: 水渠台账
fields:
  state: {title: 现状, type: text}  #! pack-037
=== links and posts that lead nowhere | ledgers/more.yaml
title: 水渠台账
seen_by: [county, provnce]  #! pack-026
amend_by: twon  #! pack-026
stage: survy  #! pack-169
region: {level: vilage}  #! pack-027
fields:
  pond: {title: 鱼塘, type: link, ledger: pond}  #! pack-022
  lake: {title: 湖, type: link}  #! pack-006
  keeper: {title: 管水员, type: person, personal: name, seen_by: [couty]}  #! pack-026
=== numbering | ledgers/more.yaml
title: 水渠台账
number: {pattern: "SQ-{town}-{seq:04}"}  #! pack-065
fields: {name: {title: 名称, type: text}}
=== numbering without a number | ledgers/more.yaml
title: 水渠台账
number: {pattern: "SQ-{year}"}  #! pack-066
fields: {name: {title: 名称, type: text}}
=== numbering with half a brace | ledgers/more.yaml
title: 水渠台账
number: {pattern: "SQ}-{seq}"}  #! pack-065
fields: {name: {title: 名称, type: text}}
=== what makes a record one of a kind | ledgers/more.yaml
title: 水渠台账
one_per: {fields: [region, nmae], says: 只登记一次。}  #! pack-021
match:
  - name
  - photo  #! pack-070
  - owner  #! pack-021
fields:
  name: {title: 名称, type: text}
  photo: {title: 照片, type: photo}
=== one head, two meanings | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text, aliases: [渠名]}
  other: {title: 别名, type: text, aliases: [渠名]}  #! pack-035
  built: {title: 登记日期, type: date}
  no: {title: 编号, type: text}  #! pack-035
workflow:
  states: {在用: {closed: true}}
  moves:
    登记: {from: new, to: 在用, by: town, date: 登记日期}  #! pack-035
=== checks between fields | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  built: {title: 建成日期, type: date}
  mended: {title: 整修日期, type: date}
checks:
  - {ordered: [built, mended], says: 整修不早于建成。}
  - {ordered: [built, name], says: 不成。}  #! pack-073
  - {differ: [name], says: 不成。}  #! pack-074
  - {differ: [name, nmae], says: 不成。}  #! pack-021
  - {differ: [name, built]}  #! pack-006
  - {same: [name], says: 不成。, flag: maybe}  #! pack-074 pack-005
  - {differ: [name, built], ordered: [built, mended], says: 不成。}  #! pack-014
=== likely doubles | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  spot: {title: 位置, type: point}
  built: {title: 建成日期, type: date}
likely:
  - {ledger: more, near: {point: spot, metres: 100}, same: [name, built]}
  - {ledger: moor, near: {point: spot, metres: 100}}  #! pack-022
  - {ledger: more, near: {point: name, metres: 100}, same: [spot]}  #! pack-165 pack-175
  - {ledger: more, near: {point: sport, metres: 2000}, same: [nmae]}  #! pack-016 pack-021 pack-021
  - {ledger: more, same: [name]}  #! pack-006
  - {ledger: ponds, near: {point: spot, metres: 10}, same: [built]}  #! pack-021
=== states that cannot be reached or left | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:
  states:
    在用:
    停用:  #! pack-031
    报废: {closed: true}  #! pack-030
    修复: {}  #! pack-030
  moves:
    登记: {from: new, to: 在用, by: town}
    停用: {from: 在用, to: 停用, by: town}
    修复: {from: 报废, to: 修复, by: town}
    重用: {from: 修复, to: 报废, by: town}
=== a state that is kept up to date is no dead end | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:
  states: {在用: {}}
  moves:
    登记: {from: new, to: 在用, by: town}
    巡查: {from: 在用, to: same, by: town}
=== moves that nobody may do, that begin or end nowhere | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:
  states: {在用: {closed: true}}
  moves:
    登记: {from: new, to: 在用, by: town}
    巡查: {from: 在用, to: same}  #! pack-032
    停用: {from: 在用, to: 在甬, by: town}  #! pack-023
    修复: {from: [在用, 停用], to: 在用, by: [town, contry]}  #! pack-023 pack-026
    新登: {from: new, to: same, by: county}  #! pack-036
    无名: {by: town}  #! pack-006 pack-006
=== a ledger that nothing can enter | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:  #! pack-033
  states: {在用: {closed: true}}
  moves:
    巡查: {from: 在用, to: same, by: town}
=== states with words of the language | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:
  states:
    same: {closed: true}  #! pack-037 pack-030
  moves:
    登记: {from: new, to: same, by: town}  #! pack-036
=== two moves that nobody can tell apart | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:
  states: {在用: {closed: true}}
  moves:
    登记: {from: new, to: 在用, by: [town, county]}
    录入: {from: new, to: 在用, by: town}  #! pack-034
    普查: {from: new, to: 在用, by: town, date: 普查日期}
=== what a move needs, sets and forbids | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  kind: {title: 类型, type: choice, options: [干渠, {title: 支渠, aliases: [支线]}]}
  again: {title: 复查日期, type: date}
  length: {title: 长度, type: integer}
  lined: {title: 有衬砌, type: yes_no}
  photo: {title: 照片, type: photo}
workflow:
  states: {在用: {closed: true}}
  moves:
    登记: {from: new, to: 在用, by: town}
    巡查:
      from: 在用
      to: same
      by: town
      needs:
        - name
        - nmae  #! pack-021
      not_by: [登计]  #! pack-024
      sets:
        again: {days_after: 90}
        name: {days_after: 90}  #! pack-061
        lined: true  #! pack-061
        length: 很长  #! pack-061
        kind: 支线  #! pack-029
        photo: 一张  #! pack-061
        lenght: 3  #! pack-021
    复查: {from: 在用, to: same, by: county, sets: {again: {days_after: 0}}}  #! pack-062
    重查: {from: 在用, to: same, by: county, date: 重查日期, sets: {again: 2023-13-01}}  #! pack-061
    再查: {from: 在用, to: same, by: county, date: 再查日期, sets: {length: [1, 2], name: null}}  #! pack-061 pack-072
=== what must be true elsewhere | ledgers/more.yaml
title: 水渠台账
fields: {name: {title: 名称, type: text}}
workflow:
  states: {在用: {closed: true}}
  moves:
    登记:
      from: new
      to: 在用
      by: town
      requires:
        - {exists: ponds, where: {kind: 粗养}, level: town, says: 缺鱼塘。}
        - {none: ponds, where: {state: {not: [已清]}}, scope: within, says: 还有没清的。}
        - {exists: pond, says: 不成。}  #! pack-022
        - {exists: ponds, level: county, says: 不成。}  #! pack-027
        - {exists: ponds, scope: above, says: 不成。}  #! pack-012
        - {exists: ponds, none: ponds, says: 不成。}  #! pack-014
        - {exists: ponds, level: town, scope: within, says: 不成。}  #! pack-014
        - {exists: ponds}  #! pack-006
        - {none: ponds, where: {due: {before: as_of}}, says: 不成。}  #! pack-050
=== rules that hold on every day, tables of decisions, mirrors | ledgers/more.yaml
title: 水渠台账
one_per: [once]
fields:
  name: {title: 名称, type: text}
  kind: {title: 类型, type: choice, options: [干渠, 支渠]}
  lined: {title: 衬砌, type: yes_no}
  width: {title: 宽, type: integer, minimum: 0}
  until: {title: 到期, type: date}
  gone: {title: 停用日期, type: date}
  outcome: {title: 处置, type: choice, options: [保留, 停用, 待定]}
  late: {title: 逾期, type: yes_no}
  once: {title: 唯一栏, type: text}
  must: {title: 必填栏, type: text, required: true}
  gaps: {title: 缺口, type: text}
  both: {title: 重叠, type: text}
  big: {title: 过大, type: text}
  wide: {title: 卡上的宽, type: integer}
  cards: {title: 排查次数, type: integer}
rules:
  late:
    always: true
    cases:
      - {where: {until: {before: as_of}}, is: 是}
      - {is: 否}
  outcome:
    always: true
    exact: true
    cases:
      - {where: {kind: 干渠, late: 是}, is: 停用}
      - {where: {kind: 干渠, late: {not: [是]}}, is: 保留}
      - {where: {kind: {not: [干渠]}, width: {at_least: 3}}, is: 保留}
      - {where: {kind: {not: [干渠]}, width: {at_most: 2}}, is: 停用}
      - {where: {kind: {not: [干渠]}, width: {empty: true}}, is: 待定}
  name:
    always: true
    cases:
      - {where: {gaps: 甲}, is: 乙}  #! pack-190
  once: {always: true, cases: [{is: 甲}]}  #! pack-192
  must: {always: true, cases: [{is: 甲}]}  #! pack-192
  gone: {always: true, cases: [{days_after: 3}]}  #! pack-191
  gaps:  #! pack-194
    always: true
    exact: true
    cases:
      - {where: {kind: 干渠}, is: 甲}
      - {where: {kind: 支渠, until: {before: as_of}}, is: 乙}
  both:
    exact: true
    cases:
      - {where: {kind: 干渠}, is: 甲}
      - {where: {kind: 支渠}, is: 乙}
      - {where: {kind: {empty: true}}, is: 丙}
      - {where: {lined: 是}, is: 丁}  #! pack-195 pack-195 pack-195
  big:  #! pack-193
    exact: true
    cases:
      - where:
          width: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]
          wide: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]
          cards: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]
          name: [甲, 乙, 丙, 丁, 戊, 己, 庚, 辛, 壬, 癸]
        is: 甲
=== what other ledgers know | ledgers.yaml
ditches:
  title: 水渠台账
  fields:
    kind: {title: 类型, type: choice, options: [干渠, 支渠]}
    cards: {title: 排查次数, type: integer}
    card: {title: 有卡, type: yes_no}
    state_seen: {title: 卡状态, type: text}
    seen_on: {title: 排查日期, type: date}
    wide: {title: 卡上的宽, type: integer}
    other: {title: 另一栏, type: text}
    decided: {title: 已判栏, type: integer}
    must: {title: 必填栏, type: integer, required: true}
  rules:
    decided: {always: true, cases: [{is: 1}]}
  mirrors:
    cards: {ledger: cards, by: ditch}
    card: {ledger: cards, by: ditch, where: {width: {at_least: 1}}}
    state_seen: {ledger: cards, by: ditch, field: state}
    seen_on: {ledger: cards, by: ditch, field: since}
    wide: {ledger: cards, by: ditch, field: width}
    kind: {ledger: cards, by: ditch, field: width}  #! pack-197
    other: {ledger: cards, by: pond}  #! pack-196 pack-197
    decided: {ledger: cards, by: ditch}  #! pack-192
    must: {ledger: cards, by: ditch, field: widht}  #! pack-192 pack-021
    nothing: {ledger: cadrs, by: ditch}  #! pack-021 pack-022
cards:
  title: 排查卡
  fields:
    ditch: {title: 水渠, type: link, ledger: ditches}
    pond: {title: 鱼塘, type: link, ledger: ponds}
    width: {title: 宽, type: integer}
=== mirrors of the record that a link names, and of each other | ledgers/more.yaml
title: 水渠台账
fields:
  above: {title: 上级渠, type: link, ledger: more}
  below: {title: 下级渠数, type: integer}
  kind: {title: 类型, type: choice, options: [干渠, 支渠]}
  above_kind: {title: 上级类型, type: choice, options: [干渠, 支渠]}
  many: {title: 各渠, type: link, ledger: more, many: true}
  deep: {title: 上级之下, type: integer}
  round: {title: 绕圈, type: integer}
  odd: {title: 不成, type: integer}
  worse: {title: 也不成, type: integer}
mirrors:
  below: {ledger: more, by: above}
  above_kind: {via: above, field: kind}
  deep: {via: above, field: below}
  round: {via: above, field: round}  #! pack-198
  odd: {via: many, field: below}  #! pack-155
  worse: {via: above, ledger: more}  #! pack-004 pack-006
=== rules, proofs by kind, a record's own dates, posts that act | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  kind: {title: 类型, type: choice, options: [干渠, 支渠]}
  due: {title: 时限, type: date}
  new_due: {title: 新时限, type: date}
  stamp: {title: 签名, type: signature, signs: true}
  photo: {title: 照片, type: photo, signs: true}  #! pack-064
checks:
  - {if: {kind: 干渠}, then: {due: {filled: true}}, says: 干渠要有时限。}
  - {if: {kind: 主渠}, then: {dew: {filled: true}}, says: 不成。}  #! pack-029 pack-021
  - {if: {kind: 干渠}, says: 不成。}  #! pack-006
rules:
  due:
    cases:
      - {where: {kind: 干渠}, days_after: 3}
      - {where: {kind: 主渠}, days_after: 3}  #! pack-029
      - {where: {due: {filled: true}}, is: 2024-01-01}  #! pack-091
      - {where: {kind: 支渠}, is: 2024-01-01, days_after: 3}  #! pack-014
      - {where: {kind: 支渠}, days_after: 0}  #! pack-062
      - {days_after: 9}
      - {where: {kind: 支渠}, days_after: 3}  #! pack-092
  dew: {cases: [{is: 1}]}  #! pack-021
  name: {cases: [{days_after: 1}]}  #! pack-061
workflow:
  states: {在用: {closed: true}}
  moves:
    登记: {from: new, to: 在用, by: town}
    延期:
      from: 在用
      to: same
      by: town
      needs_when:
        - {where: {kind: 干渠}, needs: [photo]}
        - {where: {kid: 干渠}, needs: [phto]}  #! pack-021 pack-021
        - {needs: [photo]}  #! pack-006
      sets:
        due: {copy: new_due}
        name: {copy: new_due}  #! pack-090
        new_due: {copy: nothing}  #! pack-021
      requires:
        - {here: {due: {on_or_after: as_of}}, says: 已过期限。}
        - {here: {duo: {filled: true}}, says: 不成。}  #! pack-021
=== conditions | tables/t.yaml
title: 鱼塘表
rows: {by: region}
columns:
  a: {title: 甲, count: ponds, where: {kind: 精养, legal: 是, fish: {at_least: 3, at_most: 9}, owner: {filled: true}}}
  b: {title: 乙, count: ponds, where: {knd: 精养}}  #! pack-021
  c: {title: 丙, count: ponds, where: {kind: 高产}}  #! pack-029
  d: {title: 丁, count: ponds, where: {kind: {not: [中养]}}}  #! pack-029
  e: {title: 戊, count: ponds, where: {legal: yes}}  #! pack-061
  f: {title: 己, count: ponds, where: {owner: {at_least: 3}}}  #! pack-071
  g: {title: 庚, count: ponds, where: {fish: {before: 2023-01-01}}}  #! pack-071
  h: {title: 辛, count: ponds, where: {state: 清了}}  #! pack-023
  i: {title: 壬, count: ponds, where: {due: {before: 2023-1-1}}}  #! pack-013
  j: {title: 癸, count: ponds, where: {due: {before: as_of}}}  #! pack-050
  k: {title: 子, count: ponds, where: {owner: {is: 张}}}  #! pack-004
  l: {title: 丑, count: ponds, where: {owner: }}  #! pack-072
  m: {title: 寅, count: ponds, where: {owner: []}}  #! pack-072
  n: {title: 卯, count: ponds, where: {owner: {filled: false}}}  #! pack-012
  o: {title: 辰, count: ponds, where: {photo: 有}}  #! pack-061
  p: {title: 巳, count: ponds, where: {state: {at_least: 1}}}  #! pack-071
  q: {title: 午, count: ponds, where: [kind]}  #! pack-005
  r: {title: 未, count: ponds, where: {fish: 三}}  #! pack-061
  s: {title: 申, count: ponds, where: {owner: {}}}  #! pack-072
  t: {title: 酉, count: ponds, where: {owner: [[张]]}}  #! pack-005
=== columns | tables/t.yaml
title: 鱼塘表
rows: {by: region, total: 合计}
columns:
  a: {title: 甲, count: ponds, reached: 登记}
  b: {title: 乙, count: ponds, reached: 清糖}  #! pack-025
  c: {title: 丙, count: pond}  #! pack-022
  d: {title: 丁, sum: ponds.fsh}  #! pack-021
  e: {title: 戊, sum: ponds.owner}  #! pack-056
  f: {title: 己, sum: ponds}  #! pack-005
  g: {title: 庚, ratio: [a, b]}  #! pack-018
  h: {title: 辛, ratio: [a, g], round: floor}  #! pack-040
  i: {title: 壬, ratio: [a, zz], round: floor}  #! pack-028
  j: {title: 癸, ratio: [a], round: floor}  #! pack-005
  k: {title: 子, ratio: [a, b], round: nearest}  #! pack-012
  l: {title: 丑, plus: [a, h]}  #! pack-043
  m: {title: 寅}  #! pack-014
  n: {title: 卯, count: ponds, sum: ponds.fish}  #! pack-014
  o: {title: 辰, count: ponds, round: floor}  #! pack-004
  p: {title: 巳, count: ponds, minus: [a]}  #! pack-004
  q: {title: 午, text: ponds.owner}  #! pack-053
  r: {title: 未, sum: ponds.area}
  s: {title: 申, plus: [a, r]}  #! pack-041
  t: {title: 酉, ratio: [a, r], round: floor}  #! pack-042
  u: {title: 戌, ratio: [b, q], round: floor}  #! pack-040
  v: {title: 亥, plus: [a], minus: [zz]}  #! pack-028
checks:
  - a <= b
  - a <= zz  #! pack-028
  - g <= a  #! pack-051
  - a < b  #! pack-057
=== formulas in a circle | tables/t.yaml
title: 鱼塘表
rows: {by: region}
columns:
  a: {title: 甲, plus: [b]}  #! pack-044
  b: {title: 乙, plus: [c]}
  c: {title: 丙, plus: [a]}
  d: {title: 丁, plus: [d]}  #! pack-044
=== a total of nothing but text | tables/t.yaml
title: 鱼塘表
rows: {by: region, total: 合计}  #! pack-045
columns:
  a: {title: 甲, text: plans.says}
=== a row that stands twice, rows that are no words | tables/t.yaml
title: 鱼塘表
rows:
  by: kind
  total: 合计
  names:
    - 精养
    - 精养  #! pack-046
    - 高产  #! pack-029
columns:
  a: {title: 甲, count: ponds}
=== rows that one pond is in twice | tables/t.yaml
title: 鱼塘表
rows: {by: uses, total: 合计}  #! pack-052
columns:
  a: {title: 甲, count: ponds}
=== rows that a ledger does not have | tables/t.yaml
title: 鱼塘表
rows: {by: kind}
columns:
  a: {title: 甲, count: ponds}
  b: {title: 乙, count: plans}  #! pack-049
  c: {title: 丙, text: plans.says}  #! pack-055
=== rows by something that is no choice | tables/t.yaml
title: 鱼塘表
rows: {by: owner}
columns:
  a: {title: 甲, count: ponds}  #! pack-049
=== rows of regions have no names | tables/t.yaml
title: 鱼塘表
rows: {by: region, names: [东乡], total_at: left}  #! pack-054 pack-012
columns:
  a: {title: 甲, count: ponds}
=== lists | lists.yaml
late: {title: 逾期的, ledger: ponds, where: {due: {before: as_of}}}
none: {title: 没有鱼塘的村, ledger: ponds, missing: village}
bad: {title: 不成, ledger: pond}  #! pack-022
worse: {title: 不成, ledger: ponds, missing: county}  #! pack-027
worst: {ledger: ponds, where: {du: {before: as_of}}}  #! pack-006 pack-021
=== lists of what nobody came to, or said anything of | lists.yaml
unseen: {title: 近两周没有鱼塘的村, ledger: ponds, missing: village, within: 14天}
still: {title: 一周没有动静的, ledger: ponds, quiet: 7天}
hours: {title: 不成, ledger: ponds, missing: village, within: 3小时}  #! pack-108
both: {title: 不成, ledger: ponds, missing: village, quiet: 7天}  #! pack-004
alone: {title: 不成, ledger: ponds, within: 7天}  #! pack-004
=== what lists miss | lists.yaml
pairs: {title: 没有渠的塘, ledger: canals, missing: [pond, town], among: {due: {before: as_of}}}
two: {title: 不成, ledger: canals, missing: [town, village]}  #! pack-078
slip: {title: 不成, ledger: canals, missing: ponds}  #! pack-027
loose: {title: 不成, ledger: canals, missing: town, among: {state: 在查}}  #! pack-004
wrong: {title: 不成, ledger: canals, missing: pond, among: {state: 已清理}}  #! pack-023
=== lists of steps of time, words, units | lists.yaml
weeks: {title: 没有渠的周, ledger: canals, every: 周, from: 2024-01-01}
kinds: {title: 各类没有渠的塘, ledger: ponds, missing: [kind, village, unit], units: [甲], every: 月, from: 2024-01-01}
roster: {title: 名册里的, ledger: canals, missing: unit, units: {roster: ponds, where: {due: {before: as_of}}}}
whose: {title: 不成, ledger: ponds, missing: unit}  #! pack-006
twice: {title: 不成, ledger: ponds, missing: [kind, uses]}  #! pack-078
days: {title: 不成, ledger: ponds, every: 日, from: 2024-01-01}  #! pack-012
open: {title: 不成, ledger: ponds, every: 周}  #! pack-006
back: {title: 不成, ledger: ponds, every: 月, from: 2024-02-01, until: 2024-01-01}  #! pack-171
loose: {title: 不成, ledger: ponds, units: [甲], from: 2024-01-01}  #! pack-004 pack-004
slip: {title: 不成, ledger: canals, missing: unit, units: {roster: pond}}  #! pack-022
both: {title: 不成, ledger: ponds, missing: village, lacks: due}  #! pack-014
=== what records lack, and who has many | lists.yaml
thin: {title: 要素不全, ledger: ponds, lacks: [owner, unit]}
many: {title: 塘多的, ledger: ponds, by: owner, at_least: 3}
slip: {title: 不成, ledger: ponds, lacks: [ownr]}  #! pack-021
none: {title: 不成, ledger: ponds, by: unit, at_least: 0}  #! pack-016
loose: {title: 不成, ledger: ponds, at_least: 2}  #! pack-004
shown: {title: 不成, ledger: ponds, by: photo}  #! pack-070
says: {title: 写明塘主的, ledger: canals, missing: pond, show: [owner, due]}
says_none: {title: 不成, ledger: ponds, show: [ownr]}  #! pack-021
says_photo: {title: 不成, ledger: ponds, show: photo}  #! pack-070
says_by: {title: 不成, ledger: ponds, by: owner, show: due}  #! pack-004
named: {title: 不成, ledger: canals, by: keeper}  #! pack-172
=== lists of reports, and what is told | lists.yaml
late: {title: 迟报的, duty: weekly, reports: [late, missing], in_a_row: 2, tell: county, at: 09:00}
slip: {title: 不成, duty: weekl, reports: late}  #! pack-170
bare: {title: 不成, duty: weekly}  #! pack-006
odd: {title: 不成, duty: weekly, reports: early}  #! pack-012
where: {title: 不成, duty: weekly, reports: late, where: {state: 待填}}  #! pack-004
whose: {title: 不成, duty: weekly, reports: late, by: region}  #! pack-012
loose: {title: 不成, ledger: ponds, in_a_row: 2, reports: late, at: 09:00}  #! pack-004 pack-004 pack-004
both: {title: 不成, ledger: ponds, duty: weekly, reports: late}  #! pack-014
when: {title: 不成, ledger: ponds, tell: county}  #! pack-006
clock: {title: 不成, ledger: ponds, tell: count, at: 9点}  #! pack-026 pack-173
=== lists that look through links | lists.yaml
left: {title: 塘已清的渠, ledger: canals, where: {pond.state: 已清, pond.fish: {at_least: 3}}}
soon: {title: 七天内, ledger: ponds, where: {due: {on_or_after: as_of-1天, before: as_of + 8天}}}
slip: {title: 不成, ledger: canals, where: {pond.stat: 已清}}  #! pack-021
word: {title: 不成, ledger: canals, where: {pond.state: 已清理}}  #! pack-023
flat: {title: 不成, ledger: ponds, where: {kind.state: 已清}}  #! pack-131
far: {title: 不成, ledger: ponds, where: {due: {before: as_of+8周}}}  #! pack-013
=== regions that hold something | tables/t.yaml
title: 覆盖
rows: {by: region, total: 合计}
columns:
  villages: {title: 村, regions: village}
  reached: {title: 有塘的村, regions: village, with: ponds, reached: 清塘}
  rate: {title: 覆盖率, ratio: [reached, villages], round: floor}
  left: {title: 无塘的村, plus: [villages], minus: [reached]}
  far: {title: 有渠的村, regions: village, with: canals}  #! pack-077
  slip: {title: 不成, regions: vilage, with: pond}  #! pack-022 pack-027
  loose: {title: 不成, regions: village, reached: 清塘}  #! pack-004
  mixed: {title: 不成, plus: [villages, ponds]}  #! pack-041
  ponds: {title: 塘, count: ponds}
  told: {title: 说是村, count: ponds, word: 二级网格}
  same: {title: 可以, plus: [villages], minus: [told]}
  odd: {title: 不成, sum: ponds.fish, word: 条}  #! pack-004
=== a rest of what has no rest | tables/t.yaml
title: 各乡镇
rows: {by: region, rest: 其余}  #! pack-079
columns: {ponds: {title: 塘, count: ponds}}
=== a rest of words | tables/t.yaml
title: 各类
rows: {by: kind, rest: 其余, total: 合计}
columns: {ponds: {title: 塘, count: ponds}}
=== regions where rows are none | tables/t.yaml
title: 覆盖
rows: {by: kind}
columns:
  ponds: {title: 塘, count: ponds}
  villages: {title: 村, regions: village, with: canals}  #! pack-076 pack-077
=== standards and what is held against them | standards.yaml
water:
  title: 水质标准
  source: 表1
  from: 2002-06-01
  until: 三月  #! pack-013
  limits:
    oxygen: {title: 溶解氧, at_least: 5}
    nothing: {title: 什么都行}  #! pack-093
    ammonia: {at_most: 1}  #! pack-006
bare: {title: 空的, limits: {a: {title: 甲, at_most: 1}}}  #! pack-006
=== figures held against a standard that is not there | ledgers/more.yaml
title: 水渠台账
fields:
  name: {title: 名称, type: text}
  oxygen: {title: 溶解氧, type: number, limit: {standard: watre, item: oxygen}}  #! pack-094
  flow: {title: 流量, type: number, limit: {item: oxygen}}  #! pack-006
  depth: {title: 水深, type: number, limit: {standard: water, item: oxigen}}  #! pack-095
  speed: {title: 流速, type: number, unit: 米, limit: {standard: water, item: oxygen}}  #! pack-096
  word: {title: 文字, type: text, limit: {standard: water, item: oxygen}}  #! pack-064
=== the pack itself | pack.yaml
key: Ponds  #! pack-011 pack-006
version: 3
grid:
  levels:
    town: {names: [乡镇]}  #! pack-006
    village: {title: 二级网格, digits: 99}  #! pack-016
posts:
  county: {title: 县办, sees: everything}  #! pack-012
  town: 乡镇办  #! pack-005
stages:
  first: {title: 第一阶段, start: 2024-03-01, end: 2024-02-01}  #! pack-067
  second: {title: 第二阶段, start: 三月}  #! pack-013
overview: [nothing]  #! pack-075
draws:
  a: {title: 甲, level: village, in_each: town, ratio: 5%, by: county}  #! pack-019
  b: {title: 乙, level: vilage, in_each: county, ratio: 5%, round: ceil, by: nobody}  #! pack-027 pack-027 pack-026
  d: {title: 丁, level: village, in_each: town, ratio: 120%, round: ceil, by: county}  #! pack-020
  c: {title: 丙, level: village, in_each: town, ratio: 1/20, round: up, by: county}  #! pack-012
  e: {title: 戊, ledger: pond, where: {state: 在册}, ratio: 1/20, round: ceil, by: county}  #! pack-022
  f: {title: 己, ledger: ponds, where: {name: 甲}, ratio: 1/20, round: ceil, by: county}  #! pack-021
  g: {title: 庚, level: village, where: {name: 甲}, in_each: town, ratio: 1/20, round: ceil, by: county}  #! pack-174
  h: {title: 辛, level: village, ratio: 1/20, round: ceil, by: county}  #! pack-006
  i: {title: 壬, ratio: 1/20, round: ceil, by: county}  #! pack-014
texts:
  scope: [一, 二]  #! pack-005
"""

STANDARDS = {"standards.yaml": "water: {title: 水质, source: 表1, limits: {oxygen: {title: 溶解氧, at_least: 5}}}\n"}

PLANS = """\
title: 计划
one_per: [region]
fields: {says: {title: 安排, type: text}}
"""


CANALS = """\
title: 水渠台账
region: {level: town}
fields:
  pond: {title: 鱼塘, type: link, ledger: ponds}
  keeper: {title: 管渠人, type: person, personal: name, seen_by: county}
"""

DUTIES = {
    "duties.yaml": "weekly: {title: 周报, every: 周四, from: 2024-01-01, until: 2024-12-31, units: 甲, by: town}\n",
}


def cases():
    for part in CASES.split("=== ")[1:]:
        head, _, text = part.partition("\n")
        name, _, file = head.partition(" | ")
        yield pytest.param(file.strip(), text, id=name)


def marked(files):
    """(file, line, code) of every `#! pack-nnn`."""
    return sorted(
        (file, number, code)
        for file, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if "#!" in line
        for code in line.split("#!")[1].split()
    )


def found(files):
    pack, problems_ = read_files(files)
    assert (pack is None) == bool(problems_)
    return sorted((p.place.file, p.place.line, p.code) for p in problems_), problems_


@pytest.mark.parametrize(("file", "text"), list(cases()))
def test_every_defect_has_its_line(file, text):
    ledgers = {"ledgers/ponds.yaml": PONDS, "ledgers/plans.yaml": PLANS, "ledgers/canals.yaml": CANALS}
    files = {"pack.yaml": PACK, **ledgers, **STANDARDS, **DUTIES, file: text}
    got, said = found(files)
    assert got == marked(files), "\n".join(map(str, said))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("title: 水渠\nfields: {a: 1", 2, "花括号没有闭合"),
        ("title: [水渠\n", 2, "方括号没有闭合"),
        ("title: '水渠\n", 2, "引号没有闭合"),
        ("title: 水渠\n\tfields: 1\n", 2, "制表符"),
        ("title: 水渠: 台账\n", 1, "这里不能再写冒号"),
        ("title: 水渠\n  fields: 1\n", 2, "这里不能再写冒号"),
        ("title: @水渠\n", 1, "特殊符号"),
        ("title: 水渠\x07\n", 1, "控制字符"),
        ("title: 水渠\n---\ntitle: 水渠\n", 2, "两份文档"),
        ("title: 水渠\n- 甲\n", 2, "缩进前后不一致"),
    ],
)
def test_yaml_that_cannot_be_read(text, line, says):
    got, said = found({"pack.yaml": PACK, "lists.yaml": text})
    assert got == [("lists.yaml", line, "pack-002")]
    assert says in said[0].says


def test_a_ledger_is_written_in_one_place():
    files = {"pack.yaml": PACK, "ledgers.yaml": "\nponds:\n  title: 塘\n  fields: {}\n", "ledgers/ponds.yaml": PONDS}
    got, said = found(files)
    assert ("ledgers/ponds.yaml", 1, "pack-015") in got
    assert "ledgers.yaml" in said[-1].says


def test_all_files_are_read_whatever_is_wrong_with_one():
    files = {
        "pack.yaml": PACK,
        "ledgers/ponds.yaml": PONDS,
        "ledgers/broken.yaml": "title: {",
        "ledgers/more.yaml": "title: 水渠\nfields:\n"
        "  pond: {title: 塘, type: link, ledger: broken}\n  x: {title: 甲, type: y}\n",
        "lists.yaml": "a: {title: 甲, ledger: broken}\n",
    }
    got, _ = found(files)
    # Nothing is said about a ledger whose file could not be read; the rest is checked.
    assert [(file, code) for file, _, code in got] == [
        ("ledgers/broken.yaml", "pack-002"),
        ("ledgers/more.yaml", "pack-012"),
    ]


def test_a_broken_pack_yaml_does_not_deny_every_post():
    got, _ = found({"pack.yaml": "key: [", "ledgers/ponds.yaml": PONDS})
    assert [(file, code) for file, _, code in got] == [("pack.yaml", "pack-002")]


@pytest.mark.parametrize(
    ("word", "words", "advice"),
    [
        ("requierd", ["title", "required"], "是不是“required”？"),
        ("已办", ["已受理", "已办结"], "是不是“已办结”？"),
        ("甲", ["乙", "丙"], "可用的有：乙、丙。"),
        ("甲", [], "请先写出它再引用。"),
    ],
)
def test_advice_names_the_word_that_was_meant(word, words, advice):
    assert problems.hint(word, words) == advice


def test_every_kind_of_problem_is_shown_by_a_test():
    elsewhere = {  # these need a folder: tests/pack/test_pack_read.py
        problems.NO_PACK,
        problems.TOO_BIG,
        problems.NOT_UTF8,
        problems.NO_UNIT,
        problems.ROW_INSIDE_ROW,
        problems.DEMO_TREE,
    }
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    shown = set(re.findall(r"pack-\d{3}", tests)) | {problems.BAD_YAML.code, problems.TWO_PLACES.code}
    shown |= {kind.code for kind in elsewhere}
    every = {kind.code for kind in vars(problems).values() if isinstance(kind, Kind)}
    assert every - shown == set()
