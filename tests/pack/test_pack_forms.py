"""Forms in the pack language: read, every defect in the text that has it, said aloud; templates travel as base64."""

import re
from base64 import b64encode

import pytest

from tests.pack.test_pack_defects import PACK, PONDS, found, marked
from zhuanban.core.problem import Kind
from zhuanban.pack import problems
from zhuanban.pack.folder import pack_files
from zhuanban.pack.form_text import DATE_STYLES, read_text
from zhuanban.pack.read import load, read_files
from zhuanban.pack.show import show

FORM = """\
title: 鱼塘情况统计表
name: 附件1
template: forms/ponds.xlsx
source: 样例第二条
ledger: ponds
where: {due: {before: as_of}}
reached: 登记
order: [kind, number]
per: {level: town}
head: [3, 4]
first: 5
printed: 6
beyond: copies
cells:
  A2: 填报单位：{region}（盖章）
  C2: "填报时间：{today:年月日}"
columns:
  A: {title: 序号, serial: true}
  B: {title: 乡镇, region: town}
  C: {title: 塘主, field: owner, reveal: true}
  D: {title: 邻塘, field: next.owner}
  E: {title: 期限, field: due, date: 年月日}
  F: {title: 进度, words: {已清: "已清（{@清塘:月日}）", 在查: "{state}"}}
  G: {title: 单位, unit: short}
  H: {title: 备注, text: "{kind}[；{fish}尾][；{next.owner}]"}
  I: {title: 签字, blank: true}
same_as: {ledger: ponds, by: B, columns: {B: number, C: owner}, says: 塘簿}
"""
LEDGER = PONDS.replace(
    "  owner: {title: 塘主, type: text}\n",
    "  owner: {title: 塘主, type: text, personal: name, seen_by: [county]}\n"
    "  next: {title: 邻塘, type: link, ledger: ponds}\n",
)
TEMPLATE = b64encode(b"PK: what it is, the sheets room looks at").decode()

# name | what is replaced | by what
CASES = """\
=== a whole form without a fault
=== a word with a slip
-source: 样例第二条
+sourec: 样例第二条  #! pack-004
=== no template of that name
-template: forms/ponds.xlsx
+template: forms/pond.xlsx  #! pack-120
=== a template of another kind
-template: forms/ponds.xlsx
+template: forms/ponds.xls  #! pack-121
=== heads, rows and columns belong to a ledger
-first: 5
+#
-printed: 6
+#
-title: 鱼塘情况统计表
+title: 鱼塘情况统计表  #! pack-006 pack-006
=== data above its head
-first: 5
+first: 4  #! pack-127
=== a row that is no number
-head: [3, 4]
+head: [3, 四]  #! pack-005
=== unknown ledger
-ledger: ponds
+ledger: lakes  #! pack-022
=== unknown milestone, unknown field to sort by
-reached: 登记
+reached: 清淤  #! pack-025
-order: [kind, number]
+order: [kinds, number]  #! pack-021
=== unknown level
-per: {level: town}
+per: {level: city}  #! pack-027
=== unknown way beyond the printed rows
-beyond: copies
+beyond: more  #! pack-012
=== braces that do not match, a bracket without a slot
-  A2: 填报单位：{region}（盖章）
+  A2: 填报单位：{region（盖章）  #! pack-123
-  H: {title: 备注, text: "{kind}[；{fish}尾][；{next.owner}]"}
+  H: {title: 备注, text: "{kind}[；尾]"}  #! pack-123
=== a slot that a single cell cannot fill, a style that is none
-  A2: 填报单位：{region}（盖章）
+  A2: 填报单位：{owner}（盖章）  #! pack-124
-  C2: "填报时间：{today:年月日}"
+  C2: "填报时间：{today:年号}"  #! pack-125
=== an address that is none, a cell inside the rows
-  A2: 填报单位：{region}（盖章）
+  2A: 填报单位：{region}（盖章）  #! pack-126
-  C2: "填报时间：{today:年月日}"
+  C6: "填报时间：{today:年月日}"  #! pack-128
=== a column letter that is none
-  I: {title: 签字, blank: true}
+  列: {title: 签字, blank: true}  #! pack-126
=== two kinds of content, and none
-  A: {title: 序号, serial: true}
+  A: {title: 序号, serial: true, blank: true}  #! pack-014
-  I: {title: 签字, blank: true}
+  I: {title: 签字}  #! pack-014
=== reveal where nothing is hidden
-  C: {title: 塘主, field: owner, reveal: true}
+  C: {title: 类型, field: kind, reveal: true}  #! pack-129
-  G: {title: 单位, unit: short}
+  G: {title: 单位, unit: short, reveal: true}  #! pack-130
=== a dot after what is no link, a field that the linked ledger lacks
-  D: {title: 邻塘, field: next.owner}
+  D: {title: 邻塘, field: kind.owner}  #! pack-131
-  H: {title: 备注, text: "{kind}[；{fish}尾][；{next.owner}]"}
+  H: {title: 备注, text: "{next.boss}"}  #! pack-021
=== unknown state, move, field and style in texts
-  F: {title: 进度, words: {已清: "已清（{@清塘:月日}）", 在查: "{state}"}}
+  F:
+    title: 进度
+    words:
+      已清完: 是  #! pack-023
+      在查: "{@清淤}"  #! pack-024
+      已清: "{fishes}{kind:年月日}{unit:长}"  #! pack-021 pack-125 pack-125
=== the other list: its ledger, its fields, its columns
-same_as: {ledger: ponds, by: B, columns: {B: number, C: owner}, says: 塘簿}
+same_as:
+  ledger: ponds
+  by: K  #! pack-132
+  columns:
+    B: nummer  #! pack-021
+    L: owner  #! pack-132
+  says: 塘簿
"""


def cases():
    for part in CASES.split("=== ")[1:]:
        name, _, edits = part.partition("\n")
        text = FORM
        for cut in re.split(r"^-", edits, flags=re.M)[1:]:
            before, *after = re.split(r"\n\+", cut.rstrip("\n"))
            assert before + "\n" in text, before
            text = text.replace(before + "\n", "\n".join(after) + "\n")
        yield pytest.param(text, id=name)


def files(text):
    return {"pack.yaml": PACK, "ledgers/ponds.yaml": LEDGER, "forms/ponds.xlsx": TEMPLATE, "forms/ponds.yaml": text}


@pytest.mark.parametrize("text", list(cases()))
def test_every_defect_has_its_line(text):
    got, said = found(files(text))
    assert got == marked(files(text)), "\n".join(map(str, said))


def test_two_forms_do_not_share_a_name():
    both = {**files(FORM), "forms/more.yaml": FORM.replace("title: 鱼塘情况统计表", "title: 又一张表")}
    got, _ = found(both)
    assert [code for _, _, code in got] == ["pack-133"]


def test_a_template_that_is_not_base64():
    got, _ = found({**files(FORM), "forms/ponds.xlsx": "?"})
    assert ("forms/ponds.xlsx", 0, "pack-122") in got


def test_every_kind_of_problem_of_forms_is_shown():
    shown = set(re.findall(r"pack-1[23]\d", CASES)) | {problems.FORM_NAME_TWICE.code, problems.BROKEN_TEMPLATE.code}
    every = {k.code for k in vars(problems).values() if isinstance(k, Kind) and "pack-120" <= k.code < "pack-140"}
    assert shown == every


def test_a_form_is_read_aloud():
    said = show(load(files(FORM))).splitlines()
    for line in """\
  鱼塘情况统计表（ponds，附件1）（依据：样例第二条）
    模板：forms/ponds.xlsx。
    单元格A2：填报单位：{region}（盖章）
    鱼塘台账中期限早于截止日、已到“登记”的条目每口一行，按类型、编号排列，每个一级网格（乡镇）一份；从第5行起，印有6行，不够时另起一份同样的表。
    A列“序号”：顺次编号。
    C列“塘主”：塘主（可查看的人照填原文，每次导出留痕）。
    D列“邻塘”：邻塘所指条目的塘主。
    F列“进度”：已清时填“已清（{@清塘:月日}）”、在查时填“{state}”。
    I列“签字”：留空。
    B、C列须与塘簿（鱼塘台账）一致，按B列对应。""".splitlines():
        assert line in said


def test_templates_travel_with_the_pack(tmp_path):
    (tmp_path / "forms").mkdir()
    (tmp_path / "ledgers").mkdir()
    for file, text in files(FORM).items():
        (tmp_path / file).write_text(text, "utf-8")
    raw = bytes(range(256))
    (tmp_path / "forms/ponds.xlsx").write_bytes(raw)
    (tmp_path / "forms/~$ponds.xlsx").write_bytes(b"left by a spreadsheet program that is open")
    (tmp_path / "forms/annexes.txt").write_text("anything", "utf-8")
    taken = pack_files(tmp_path)
    assert sorted(taken) == sorted(files(FORM))
    pack = load(taken)
    assert pack.templates == {"forms/ponds.xlsx": raw}
    other, _ = read_files({**taken, "forms/ponds.xlsx": TEMPLATE})
    assert other is not None
    assert other.sha256 != pack.sha256


@pytest.mark.parametrize(
    ("text", "said", "filled"),
    [
        ("单位：{unit}（盖章）", {"unit": "东队"}, "单位：东队（盖章）"),
        ("单位：{unit}（盖章）", {}, ""),
        ("不填的字", {}, "不填的字"),
        ("{a}[；成效：{b}]", {"a": "甲", "b": "乙"}, "甲；成效：乙"),
        ("{a}[；成效：{b}]", {"a": "甲"}, "甲"),
        ("[{a}][；{b}]", {}, ""),
        ("[{a}和{b}]起", {"b": "乙"}, "和乙起"),
    ],
)
def test_texts_are_filled(text, said, filled):
    assert read_text(text).fill(lambda slot: said.get(slot.word, "")) == filled


@pytest.mark.parametrize("text", ["{a", "a}", "[a", "a]", "[a]", "{}", "{a:b:c}", "{[a]}", "[[{a}]]"])
def test_texts_that_cannot_be_read(text):
    with pytest.raises(ValueError, match=r"[\[\]{}]"):
        read_text(text)


def test_what_was_filled_is_found_again():
    text = read_text("填报单位：{unit}（盖章）[　{day:年月日}]")
    match = text.pattern().fullmatch("填报单位：东队（盖章）2021年11月3日")
    assert match is not None
    assert match.groups() == ("东队", "2021年11月3日")
    assert text.pattern().fullmatch("填报单位：（盖章）").groups() == ("", "")


def test_days_are_written_in_five_ways():
    assert [say(18934) for say in DATE_STYLES.values()] == [
        "2021-11-03", "2021年11月3日", "2021年11月", "11月3日", "2021.11.3",
    ]  # fmt: skip
