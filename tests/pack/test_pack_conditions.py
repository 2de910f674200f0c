"""The one meaning of a where-clause, as a table."""

import pytest

from zhuanban.core.day import from_iso
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.read import read_files

PACK = {
    "pack.yaml": "key: k\ntitle: 甲\ngrid: {levels: {a: {title: 甲}}}\nposts: {p: {title: 甲}}\n",
    "ledgers/things.yaml": """\
title: 物
fields:
  kind: {title: 种类, type: choice, options: [红, 黄, 蓝]}
  uses: {title: 用途, type: choice, options: [吃, 看, 卖], many: true}
  n: {title: 数, type: integer}
  money: {title: 钱, type: number, decimals: 2}
  due: {title: 期限, type: date}
  ok: {title: 合格, type: yes_no}
  photo: {title: 照片, type: photo}
workflow:
  states: {新: {}, 旧: {closed: true}}
  moves:
    登记: {from: new, to: 新, by: p}
    了结: {from: 新, to: 旧, by: p}
""",
}
AS_OF = from_iso("2023-12-08")


def holds(where, data, state="新", region="R1", unit="U1", as_of=AS_OF):
    pack, problems = read_files({**PACK, "lists.yaml": f"x: {{title: 甲, ledger: things, where: {where}}}"})
    assert [str(p) for p in problems] == []
    return compile_conditions(pack.lists["x"].where, pack.ledgers["things"])(data, state, region, unit, as_of)


@pytest.mark.parametrize(
    ("where", "data", "wanted"),
    [
        ("{}", {}, True),
        ("{kind: 红}", {"kind": "红"}, True),
        ("{kind: 红}", {"kind": "黄"}, False),
        ("{kind: 红}", {}, False),
        ("{kind: [红, 黄]}", {"kind": "黄"}, True),
        ("{kind: [红, 黄]}", {"kind": "蓝"}, False),
        ("{kind: [红, 黄]}", {}, False),
        ("{kind: {not: 红}}", {"kind": "红"}, False),
        ("{kind: {not: [红, 黄]}}", {"kind": "蓝"}, True),
        ("{kind: {not: [红, 黄]}}", {}, True),
        ("{uses: 看}", {"uses": ["吃", "看"]}, True),
        ("{uses: 卖}", {"uses": ["吃", "看"]}, False),
        ("{uses: [看, 卖]}", {"uses": ["吃", "看"]}, True),
        ("{uses: {not: [看, 卖]}}", {"uses": ["吃"]}, True),
        ("{uses: {not: [看, 卖]}}", {"uses": ["吃", "卖"]}, False),
        ("{uses: {empty: true}}", {"uses": []}, True),
        ("{n: 0}", {"n": 0}, True),
        ("{n: 0}", {}, False),
        ("{n: {filled: true}}", {"n": 0}, True),
        ("{n: {empty: true}}", {"n": 0}, False),
        ("{n: {at_least: 3}}", {"n": 3}, True),
        ("{n: {at_least: 3}}", {"n": 2}, False),
        ("{n: {at_least: -1}}", {}, False),
        ("{n: {at_most: 3}}", {"n": 3}, True),
        ("{n: {at_most: 3}}", {}, False),
        ("{n: {at_least: 2, at_most: 3}}", {"n": 4}, False),
        ("{money: {at_least: 11.56}}", {"money": 11.56}, True),
        ("{money: {at_least: 11.56}}", {"money": 11.55}, False),
        ("{money: {at_most: 11}}", {"money": 11}, True),
        ("{due: {empty: true}}", {}, True),
        ("{due: {empty: true}}", {"due": ""}, True),
        ("{due: {filled: true}}", {"due": "2023-12-08"}, True),
        ("{due: {before: 2023-12-08}}", {"due": "2023-12-07"}, True),
        ("{due: {before: 2023-12-08}}", {"due": "2023-12-08"}, False),
        ("{due: {before: 2023-12-08}}", {}, False),
        ("{due: {on_or_after: 2023-12-08}}", {"due": "2023-12-08"}, True),
        ("{due: {on_or_after: 2023-12-08}}", {"due": "2023-12-07"}, False),
        ("{due: {before: as_of}}", {"due": "2023-12-07"}, True),
        ("{due: {before: as_of}}", {"due": "2023-12-08"}, False),
        ("{due: {on_or_after: as_of}}", {"due": "2023-12-08"}, True),
        ("{due: 2023-12-08}", {"due": "2023-12-08"}, True),
        ("{ok: 是}", {"ok": "是"}, True),
        ("{ok: 否}", {}, False),
        ("{photo: {filled: true}}", {"photo": [{"sha256": "00", "name": "a.jpg"}]}, True),
        ("{photo: {empty: true}}", {"photo": []}, True),
        ("{state: 新}", {}, True),
        ("{state: 旧}", {}, False),
        ("{state: {not: 新}}", {}, False),
        ("{unit: U1, region: R1}", {}, True),
        ("{unit: U2}", {}, False),
        ("{region: [R2, R3]}", {}, False),
        ("{kind: 红, n: {at_least: 3}}", {"kind": "红", "n": 2}, False),
        ("{kind: 红, n: {at_least: 3}}", {"kind": "红", "n": 3}, True),
    ],
)
def test_where(where, data, wanted):
    assert holds(where, data) is wanted


def test_without_a_day_as_of_holds_for_nothing():
    assert holds("{due: {before: as_of}}", {"due": "2000-01-01"}, as_of=None) is False
    assert holds("{due: {on_or_after: as_of}}", {"due": "2999-01-01"}, as_of=None) is False


def test_a_record_without_a_unit():
    assert holds("{unit: {empty: true}}", {}, unit="") is True
    assert holds("{unit: {filled: true}}", {}, unit="") is False
