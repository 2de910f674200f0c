"""A pack in words, as a clerk would read it aloud."""

from pathlib import Path

import pytest

from zhuanban.pack.read import pack_files, read_files, read_pack
from zhuanban.pack.say_list import say_list
from zhuanban.pack.show import show
from zhuanban.pack.values import Condition, Question
from zhuanban.pack.words import say_column, say_condition, say_move, say_question

FOLDER = Path(__file__).parents[1] / "packs" / "orchard"
FILES = pack_files(FOLDER)
ORCHARD, _ = read_pack(FOLDER)


@pytest.mark.parametrize(
    ("table", "column", "says"),
    [
        ("progress", "found", "排查记录中病虫不是“无”、已到“排查”的次数"),
        ("progress", "rate", "“防治（次）”除以“发现（次）”，保留1位小数，四舍六入五成双"),
        ("progress", "left", "“发现（次）”，减去“防治（次）”"),
        ("progress", "area", "果园名册各条目的面积之和（亩）"),
        ("progress", "blocks", "二级网格（片区）的个数"),
        ("progress", "seen", "有排查记录中病虫不是“无”、已到“排查”的条目的二级网格（片区）的个数"),
        ("progress", "owners", "果园名册的户数"),
        ("teams", "jobs", "排查记录中已到“派工”的次数"),
        ("teams", "spray", "排查记录中病株不小于1的条目，用药量之和（升）"),
        ("teams", "rate", "“防治（次）”除以“派工（次）”，取整到百分之一，舍去尾数"),
        ("varieties", "orchards", "果园名册的个数"),
        ("plans", "text", "照录防治计划的“安排”"),
    ],
)
def test_what_a_column_says(table, column, says):
    found = ORCHARD.tables[table]
    assert say_column(ORCHARD, found, found.columns[column]) == says


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (Condition("pest", "is", "红蜘蛛"), "病虫为“红蜘蛛”"),
        (Condition("pest", "in", ("红蜘蛛", "溃疡病")), "病虫为“红蜘蛛”、“溃疡病”之一"),
        (Condition("sick", "at_most", 3), "病株不大于3"),
        (Condition("photo", "empty"), "照片未填"),
        (Condition("photo", "filled"), "照片已填"),
        (Condition("look_again", "before", "as_of"), "下次查看早于截止日"),
        (Condition("look_again", "before", "as_of+8天"), "下次查看早于截止日后8天"),
        (Condition("look_again", "before", "as_of-1天"), "下次查看早于截止日前1天"),
        (Condition("look_again", "on_or_after", "2024-04-01"), "下次查看在2024年4月1日或以后"),
        (Condition("state", "is", "防治中"), "状态为“防治中”"),
        (Condition("unit", "filled"), "防治单位已填"),
    ],
)
def test_what_a_condition_says(condition, says):
    assert say_condition(ORCHARD.ledgers["visits"], condition) == says


def test_what_a_question_says_of_a_pack_that_lost_its_ledger():
    assert say_question(ORCHARD, Question("gone", (Condition("a", "is", 1),), "到")) == "gone中a为“1”、已到“到”的条数"


@pytest.mark.parametrize(
    ("move", "says"),
    [
        ("排查", "排查：由乡镇农技站办理，从新登记到“已排查”；日期记在“排查日期”。"),
        ("派工", "派工：由乡镇农技站办理，从“已排查”到“防治中”；日期记在“派工日期”；下次查看定为此后第14天。"),
        (
            "防治",
            "防治：由植保队办理，从“防治中”到“已防治”；日期记在“防治日期”；须填用药量、验收员；办过“排查”的人不得办理。",
        ),
        ("复发", "复发：由乡镇农技站、县果业站办理，从“已防治”到“防治中”；日期记在“复发日期”；须说明原因。"),
    ],
)
def test_what_a_move_says(move, says):
    visits = ORCHARD.ledgers["visits"]
    assert say_move(ORCHARD, visits, visits.moves[move]) == says


def test_the_whole_pack_is_said():
    said = show(ORCHARD)
    for line in """\
青岭县果园病虫害排查行动（orchard，第1版）
  县之下分2级：
  二级网格（片区）
  植保队（plant_team）：可见本单位及下属单位。
    在排查记录可以：防治
  普查阶段：2024年3月1日至2024年4月30日（依据：样例第一条）
  防治阶段：2024年4月15日至未定
    果园编号自动编排：GY-{region}-{seq:003}。
    每个落在二级网格（片区）。
    所在片区、园主相同的只有一个。一个片区里一户只登记一个果园。
      树种（variety）：选项：苹果、梨、猕猴桃等；必填
      园主电话（phone）：文字，格式 1\\d{10}；个人信息（电话），平时遮盖，只有乡镇农技站可以查看，每次查看都记录
    排查员、验收员须各不相同：排查员不能验收自己的果园。
      已防治：已到排查、派工、防治，已了结
    行：所查区域的各下级区域，“全县”行在最前，是各行之和。
    行：责任单位：东队、西队，“合计”行在最后，是各行之和。
    行：各种树种，其余归入“其他”，“合计”行在最前，是各行之和。
    行：所查区域的各下级区域，不设合计行。
    核对：“派工（次）”不大于“发现（次）”。
  该再去看的（due_again）：排查记录中下次查看早于截止日、状态为“防治中”的条目，写明病虫、排查员。
  还没去过的片区（no_visit）：没有排查记录中的条目的二级网格（片区）。
  还没去过的果园（unseen）：没有排查记录中的条目与之关联的果园名册中面积不小于1的条目。
  各果园没去过的乡镇（unseen_towns）：对果园名册中的条目逐一列出没有排查记录中的条目的一级网格（乡镇）。
  县级抽查（county_draw）：由县果业站在每个一级网格（乡镇）内按1/4抽取二级网格（片区），进一。（依据：样例第四条）
  苹果园复查（apple_draw）：由县果业站在全部范围内按1/2抽取果园名册中树种为“苹果”的条目，进一。
  emphasis：（待填）""".replace("{seq:003}", "{seq:03}").splitlines():
        assert line in said.splitlines()


def test_nothing_of_the_pack_is_left_unsaid():
    said = show(ORCHARD)
    for ledger in ORCHARD.ledgers.values():
        words = [ledger.title, *ledger.states, *ledger.moves, *(f.title for f in ledger.fields.values())]
        assert [word for word in words if word not in said] == []
    for table in ORCHARD.tables.values():
        assert [c.title for c in table.columns.values() if c.title not in said] == []


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("lacks: [owner, unit]", "果园名册中的条目，缺园主、责任单位任一项的，写明所缺"),
        ("by: unit, at_least: 3", "果园名册中的条目，按责任单位归并，3个以上的"),
        ("missing: [unit, variety], units: [东队, 西队]", "对东队、西队逐一列出没有果园名册中的条目的各种树种"),
        ("every: 周, from: 2024-03-04", "没有果园名册中的条目的每周（2024年3月4日起，过完才列）"),
        ("tell: county, at: 09:00", "果园名册中的条目，工作日09:00告知县果业站"),
    ],
)
def test_what_a_list_says(said, says):
    text = FILES["lists.yaml"] + f"\nx: {{title: 甲, ledger: orchards, {said}}}\n"
    pack, problems = read_files({**FILES, "lists.yaml": text})
    assert [str(p) for p in problems] == []
    assert say_list(pack, pack.lists["x"]) == f"甲（x）：{says}。"
