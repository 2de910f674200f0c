"""Scorecards in packs: every way to say one wrong, what a printed rubric leaves open, the ledgers that they make."""

import re

import pytest

from tests.rubric import FOLDER
from zhuanban.pack.notes import notes
from zhuanban.pack.read import read_files, read_pack
from zhuanban.pack.show import show

PACK = """\
key: kennels
title: 犬舍考评
grid:
  levels:
    town: {title: 一级网格, names: [乡镇]}
posts:
  office: {title: 县考评组, sees: all}
  town_office: {title: 乡镇, sees: region}
"""

LEDGER = """\
title: 犬舍台账
word: 处
amend_by: office
fields:
  name: {title: 名称, type: text}
  kind: {title: 类别, type: choice, options: [大, 小]}
  beds: {title: 铺位, type: integer, unit: 个}
  built: {title: 建成, type: date}
"""

LISTS = "empty: {title: 没有犬舍的乡镇, ledger: kennels, missing: town}\n"

# A card without a fault; the cases below add to it or change it.
CARD = """\
yearly:
  title: 犬舍考评细则
  scored: {level: town}
  total: 10
  round: half_up
  floor: 0
  by: office
  self_by: town_office
  rules_by: office
  groups:
    a: {title: 一、管护, points: 10}
  facts:
    kennels: {title: 犬舍, count: kennels, reached: 登记}
    beds: {title: 铺位, sum: kennels.beds, times: 0.5}
    dirty: {title: 不洁的犬舍, mark: number}
    clean: {title: 干净, mark: yes_no}
    grade: {title: 等级, mark: choice, options: [优, 良]}
    none: {title: 没有犬舍, list: empty}
  items:
    one:
      group: a
      no: 1
      title: 犬舍
      points: 5
      base: 5
      deduct: [{fact: dirty, each: 0.5}]
    two:
      group: a
      no: 2
      title: 等级
      points: 5
      tiers: [{fact: grade, is: 优, give: 5}, {fact: grade, is: 良, give: 3}]
      readings:
        D-1:
          良得3分: {}
          良得4分: {tiers: [{fact: grade, is: 优, give: 5}, {fact: grade, is: 良, give: 4}]}
  doubts:
    D-1: {says: 良是几分看不清。, readings: [良得3分, 良得4分]}
"""


def files(card, **more):
    return {"pack.yaml": PACK, "ledgers/kennels.yaml": LEDGER, "lists.yaml": LISTS, "scorecards.yaml": card, **more}


def found(card, **more):
    """(line, code) of every problem."""
    return sorted((p.place.line, p.code) for p in read_files(files(card, **more))[1])


def changed(*swaps):
    """The card with lines put in the place of others; and the (line, code) that `#!` asks for."""
    text = CARD
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    wanted = [
        (number, code)
        for number, line in enumerate(text.splitlines(), 1)
        for code in re.findall(r"pack-\d{3}", line.partition("#!")[2])
    ]
    return text, sorted(wanted)


ONE = "    kennels: {title: 犬舍, count: kennels, reached: 登记}\n"
GRADE = "tiers: [{fact: grade, is: 优, give: 5}, {fact: grade, is: 良, give: 3}]\n"
DEDUCT = "      deduct: [{fact: dirty, each: 0.5}]\n"
PATCH = "{tiers: [{fact: grade, is: 优, give: 5}, {fact: grade, is: 良, give: 4}]}"
DOUBT = "    D-1: {says: 甲。, readings: [良得3分, 良得4分], items: [three]}  #! pack-222"
DEFECTS = {
    "nothing wrong": [],
    "what is missing": [(CARD, "yearly: {}  #! pack-006 pack-006 pack-006 pack-006 pack-006 pack-006 pack-006\n")],
    "whom it scores": [("scored: {level: town}", "scored: {level: city}  #! pack-027")],
    "whom it scores, said twice": [("scored: {level: town}", "scored: {level: town, units: [甲]}  #! pack-014")],
    "a roster": [("scored: {level: town}", "scored: {units: {roster: dogs}}  #! pack-022")],
    "posts": [("self_by: town_office", "self_by: towns  #! pack-026")],
    "no rounding": [("  round: half_up\n", "  round: up  #! pack-012\n")],
    "who rules": [("yearly:\n", "yearly:  #! pack-006\n"), ("  rules_by: office\n", "")],
    "a fact of nothing": [(ONE, f"{ONE}    x: {{title: 甲}}  #! pack-014\n")],
    "a fact of two kinds": [(ONE, f"{ONE}    x: {{title: 甲, count: kennels, mark: number}}  #! pack-014\n")],
    "a fact of no ledger": [(ONE, f"{ONE}    x: {{title: 甲, count: dogs}}  #! pack-022\n")],
    "a fact's conditions": [(ONE, f"{ONE}    x: {{title: 甲, count: kennels, where: {{size: 大}}}}  #! pack-021\n")],
    "a fact's milestone": [(ONE, f"{ONE}    x: {{title: 甲, count: kennels, reached: 拆除}}  #! pack-025\n")],
    "a sum of words": [(ONE, f"{ONE}    x: {{title: 甲, sum: kennels.name}}  #! pack-056\n")],
    "a sum of what": [(ONE, f"{ONE}    x: {{title: 甲, sum: beds}}  #! pack-005\n")],
    "counted by": [(ONE, f"{ONE}    x: {{title: 甲, count: kennels, by: owner}}  #! pack-021\n")],
    "where without count": [(ONE, f"{ONE}    x: {{title: 甲, mark: number, where: {{kind: 大}}}}  #! pack-004\n")],
    "no such list": [(ONE, f"{ONE}    x: {{title: 甲, list: full}}  #! pack-225\n")],
    "no such mark": [(ONE, f"{ONE}    x: {{title: 甲, mark: text}}  #! pack-012\n")],
    "a choice of nothing": [(ONE, f"{ONE}    x: {{title: 甲, mark: choice}}  #! pack-006\n")],
    "some of sums": [(ONE, f"{ONE}    x: {{title: 甲, any_of: [kennels, beds, cats]}}  #! pack-233 pack-220\n")],
    "a sample of words": [(ONE, f"{ONE}    x: {{title: 甲, count: kennels, of: clean}}  #! pack-226\n")],
    "a sample of itself": [(ONE, f"{ONE}    x: {{title: 甲, count: kennels, of: x}}  #! pack-232\n")],
    "marks alike": [
        ("yearly:\n", "yearly:  #! pack-234\n"),
        (ONE, f"{ONE}    x: {{title: 等级, mark: number}}\n"),
    ],
    "no such group": [("one:\n      group: a", "one:\n      group: b  #! pack-221")],
    "no rule": [("    one:\n", "    one:  #! pack-231\n"), (f"      base: 5\n{DEDUCT}", "")],
    "no such fact": [(DEDUCT, "      deduct: [{fact: wet, each: 0.5}]  #! pack-220\n")],
    "a word deducted": [(DEDUCT, "      deduct: [{fact: grade, each: 0.5}]  #! pack-226\n")],
    "a term of nothing": [(DEDUCT, "      deduct: [{}]  #! pack-006 pack-006\n")],
    "points in words": [(DEDUCT, "      deduct: [{fact: dirty, each: 半分}]  #! pack-005\n")],
    "a share of words": [(DEDUCT, "      ratio: [dirty, clean]  #! pack-226\n")],
    "a share of one": [(DEDUCT, "      ratio: dirty  #! pack-005\n")],
    "a tier of words": [(GRADE, "tiers: [{fact: grade, from: 1, give: 5}]  #! pack-226\n")],
    "a tier of no word": [(GRADE, "tiers: [{fact: grade, is: 中, give: 5}]  #! pack-227\n")],
    "a tier of everything": [(GRADE, "tiers: [{fact: dirty, give: 5}]  #! pack-228\n")],
    "a tier of both": [(GRADE, "tiers: [{fact: grade, is: 优, from: 1, give: 5}]  #! pack-226 pack-228\n")],
    "a bound of words": [(GRADE, "tiers: [{fact: dirty, from: clean, give: 5}]  #! pack-226\n")],
    "a series of marks": [
        (DEDUCT, "      series: {fact: dirty, first: 1, by: kind, more: {大: 1}}  #! pack-233\n"),
    ],
    "a series": [
        (DEDUCT, "      series: {fact: kennels, first: 1, by: kind, on: name, more: {中: 1}}  #! pack-029 pack-165\n"),
    ],
    "more in words": [
        (DEDUCT, "      series: {fact: kennels, first: 1, by: kind, more: {大: 一}}  #! pack-005\n"),
    ],
    "bounds that cross": [(DEDUCT, f"{DEDUCT}      at_least: 3  #! pack-236\n      at_most: 2\n")],
    "an unknown doubt": [("        D-1:\n", "        D-2:  #! pack-223\n")],
    "an unknown reading": [("          良得3分: {}\n", "          良得2分: {}  #! pack-224\n")],
    "a reading's words": [("          良得3分: {}\n", "          良得3分: {gives: 3}  #! pack-004\n")],
    "a reading of what": [("良得3分: {}\n", "良得3分: {deduct: [{fact: wet, each: 1}]}  #! pack-220\n")],
    "a doubt's item": [("    D-1: {says: 良是几分看不清。, readings: [良得3分, 良得4分]}", DOUBT)],
}  # fmt: skip


@pytest.mark.parametrize("swaps", DEFECTS.values(), ids=DEFECTS)
def test_every_defect_has_its_line(swaps):
    text, wanted = changed(*swaps)
    assert found(text) == wanted


def test_a_card_s_ledger_may_not_be_there_already():
    assert found(CARD, **{"ledgers/score_yearly.yaml": LEDGER}) == [(1, "pack-230")]


def test_a_key_that_is_too_long_for_its_ledgers():
    assert found(CARD.replace("yearly:", "a" * 29 + ":")) == [(1, "pack-229")]


def test_too_many_readings_to_go_through():
    doubts = "".join(f"    X-{i}: {{says: 甲。, readings: [一, 二]}}\n" for i in range(13))
    readings = "".join(f"        X-{i}: {{二: {{base: {i}}}}}\n" for i in range(13))
    text = CARD.replace("      readings:\n        D-1:", f"      readings:\n{readings}        D-1:") + doubts
    assert [code for _, code in found(text)] == ["pack-235"]


# What a printed rubric leaves open -----------------------------------------------------------------------------------


def told(text):
    """(code, line, lines that its words name) of each note on the card."""
    pack, problems = read_files(files(text))
    assert [str(p) for p in problems] == []
    return [
        (n.code, n.place.line, [int(line) for line in re.findall(r"scorecards\.yaml:(\d+)", n.says)])
        for n in notes(pack)
        if n.code != "pack-247"
    ]


def tiers(*said):
    """Tiers, one a line."""
    return "tiers:\n" + "".join(f"        - {{fact: {each}}}\n" for each in said)


def line(text, word):
    (number,) = [i for i, each in enumerate(text.splitlines(), 1) if word in each]
    return number


def test_a_card_in_which_nothing_is_open_has_no_note_but_its_doubts():
    assert told(CARD) == []


def test_two_tiers_that_hold_one_value():
    text, _ = changed(
        (GRADE, tiers("dirty, to: 0, give: 5", "dirty, from: 0, give: 3")),
        (PATCH, "{overlap: first}"),
    )
    one, two = line(text, "to: 0, give: 5"), line(text, "from: 0, give: 3")
    assert told(text) == [("pack-240", two, [one])]
    (note,) = (n for n in notes(read_files(files(text))[0]) if n.code == "pack-240")
    assert "两档都含0" in note.says
    assert "D-1" in note.advice


def test_a_value_that_no_tier_holds():
    text, _ = changed(
        (GRADE, "tiers:\n        - {fact: dirty, to: 2, give: 5}\n        - {fact: dirty, from: 5, to: 6, give: 3}\n")
    )
    one, two = line(text, "to: 2, give: 5"), line(text, "from: 5")
    assert told(text) == [("pack-241", one - 1, [one, two]), ("pack-241", one - 1, [one, two])]
    says = [n.says for n in notes(read_files(files(text))[0]) if n.code == "pack-241"]
    assert ["“3至4”" in says[0], "“7以上”" in says[1]] == [True, True]
    assert told(text.replace("      tiers:\n", "      otherwise: 0\n      tiers:\n")) == []


def test_a_word_that_no_tier_holds():
    text, _ = changed((GRADE, tiers("grade, is: 优, give: 5")), (PATCH, "{}"))
    at = line(text, "优, give: 5")
    assert told(text)[:1] == [("pack-241", at - 1, [at])]


def test_values_of_several_facts_that_fit_no_tier_together():
    text, _ = changed((GRADE, tiers("clean, is: 是, give: 5", "grade, is: 优, give: 3")))
    one, two = line(text, "is: 是"), line(text, "优, give: 3")
    assert told(text) == [("pack-241", one - 1, [one, two])]


def test_an_item_worth_more_or_less_than_its_text_gives():
    text, _ = changed(
        (GRADE, "tiers:\n        - {fact: grade, is: 优, give: 4}\n        - {fact: grade, is: 良, give: 3}\n")
    )
    worth = line(text, "no: 2") + 2
    assert told(text) == [("pack-242", worth, [line(text, "优, give: 4")])]
    text = text.replace("优, give: 4", "优, give: 6")
    assert told(text) == [("pack-243", worth, [line(text, "优, give: 6")])]


def test_points_that_do_not_add_up():
    text, _ = changed(("      points: 5\n      base: 5\n", "      points: 4\n      base: 4\n"))
    group, items = line(text, "一、管护"), [line(text, "points: 4"), line(text, "no: 2") + 2]
    assert told(text) == [("pack-244", group, items)]
    text, _ = changed(("  total: 10\n", "  total: 100\n"))
    assert told(text) == [("pack-244", line(text, "total: 100"), [group])]


def test_parts_that_do_not_add_up():
    parts = "      parts:\n        x: {title: 甲, points: 3, base: 3}\n        y: {title: 乙, points: 1, base: 1}\n"
    text, _ = changed((f"      base: 5\n{DEDUCT}", parts))
    assert told(text) == [("pack-244", line(text, "no: 1") + 2, [line(text, "title: 甲"), line(text, "title: 乙")])]


def test_a_deduction_without_a_floor():
    text, _ = changed(("  floor: 0\n", ""))
    assert told(text) == [("pack-245", line(text, "deduct:"), [1])]
    (note,) = (n for n in notes(read_files(files(text))[0]) if n.code == "pack-245")
    assert "扣到11" in note.says
    assert told(text.replace(DEDUCT, f"{DEDUCT}      at_least: 0\n")) == []


def test_a_share_of_nothing():
    text, _ = changed((f"      base: 5\n{DEDUCT}", "      ratio: [beds, kennels]\n"))
    assert told(text) == [("pack-246", line(text, "ratio:"), [line(text, "kennels: {title")])]
    assert told(text.replace("ratio:", "otherwise: 5\n      ratio:")) == []


def test_a_doubt_is_told_with_its_places_and_readings():
    pack, _ = read_files(files(CARD))
    (note,) = notes(pack)
    assert (note.code, note.place.line) == ("pack-247", line(CARD, "D-1: {says"))
    assert f"scorecards.yaml:{line(CARD, 'two:')}" in note.says
    assert note.advice == "请裁定取哪种读法：良得3分、良得4分。"


def test_the_rubric_of_the_rural_works_is_told_whole():
    """Every mechanical fault that people found is found by the program too, and all 34 are told."""
    pack, problems = read_pack(FOLDER)
    assert problems == []
    by_code = {}
    for note in notes(pack):
        by_code.setdefault(note.code, []).append(note)
    assert ["3次" in by_code["pack-240"][0].says, "500000元" in by_code["pack-240"][1].says] == [True, True]
    assert len(by_code["pack-240"]) == 2  # F-02, F-13
    (worth,) = by_code["pack-242"]  # F-11
    assert "分值3分" in worth.says
    assert "至多给2分" in worth.says
    assert len(by_code["pack-241"]) == 5  # F-12: leaders, body, rules, training, reports
    assert len(by_code["pack-245"]) == 11  # F-08: four of group 三 and 五 by item, and the circled parts
    assert len(by_code["pack-246"]) == 1  # F-05
    assert "pack-244" not in by_code
    assert [note.says[5:9] for note in by_code["pack-247"]] == [f"F-{i:02}" for i in range(1, 35)]


# The ledgers that it makes -------------------------------------------------------------------------------------------


def test_a_card_makes_ledgers_of_marks_objections_and_rulings():
    pack, _ = read_files(files(CARD))
    marks, objections, rulings = (pack.ledgers[f"{kind}_yearly"] for kind in ("score", "objections", "rulings"))
    assert [m.key for m in marks.moves.values()] == ["考评", "改评", "自评", "改自评"]
    assert [option.title for option in marks.fields["about"].options] == [
        "不洁的犬舍", "干净", "等级", "一、管护 1 犬舍", "一、管护 2 等级",
    ]  # fmt: skip
    assert [option.title for option in marks.fields["answer"].options] == ["是", "否", "优", "良"]
    assert (marks.region_level, objections.region_level, rulings.region_level) == ("town", "town", "")
    assert [option.title for option in rulings.fields["reading"].options] == ["良得3分", "良得4分"]
    assert rulings.shared
    assert pack.ledgers["issued_yearly"].amend_by == ()


def test_a_card_read_aloud():
    pack, _ = read_files(files(CARD))
    aloud = show(pack)
    assert "犬舍考评细则（yearly）" in aloud
    assert "1 犬舍，5分：基础分5，每个不洁的犬舍扣0.5分。" in aloud
    assert "2 等级，5分：等级为优得5分，等级为良得3分。" in aloud
    assert "铺位（beds）：犬舍台账各条目的铺位之和（个），乘以0.5。" in aloud
    assert "D-1：良是几分看不清。读法：良得3分、良得4分。" in aloud
