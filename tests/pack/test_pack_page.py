"""docs/pack-language.md knows every word that the reader accepts, and its examples are packs that load."""

import re
from pathlib import Path

import pytest

from zhuanban.core.ratio import Rounding
from zhuanban.pack.read import read_files
from zhuanban.pack.values import NEW, SAME, FieldType
from zhuanban.pack.vocabulary import BARE_DATE, BARE_MOVE, BARE_STATE, OWN_WORDS, PERSONAL, TYPE_WORDS, WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "pack-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.S)
SPOKEN = {word for span in re.findall(r"`([^`]+)`", PROSE) for word in re.findall(r"[a-z_]+", span)}


@pytest.mark.parametrize("what", WORDS)
def test_every_word_is_explained(what):
    assert [word for word in WORDS[what] if word not in SPOKEN] == []


def test_every_value_that_is_a_word_is_explained():
    words = [*FieldType, *Rounding, *PERSONAL, NEW, SAME, "all", "warn", "inbox", "within", "top", "bottom", "as_of"]
    assert [word for word in words if word not in SPOKEN] == []
    assert [word for word in (BARE_STATE, BARE_MOVE, BARE_DATE) if word not in PROSE] == []


def test_every_type_is_in_the_table_with_its_own_words():
    table = PAGE[PAGE.index("### A field") :].partition("Words of every field")[0]
    rows = {
        row[0]: row for row in (re.findall(r"[^|]+", line) for line in table.splitlines() if line.startswith("| `"))
    }
    for kind in FieldType:
        row = rows[f" `{kind}` "]
        assert row[1].strip() == TYPE_WORDS[kind]
        own = {word for word in re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", row[3]))) if word in OWN_WORDS}
        assert own == {word for word, types in OWN_WORDS.items() if kind in types}


def test_the_words_of_some_types_are_all_field_words():
    assert set(OWN_WORDS) <= set(WORDS["栏目"])


def block(start):
    (found,) = (text for text in BLOCKS if text.startswith(start))
    return found


def test_the_page_s_examples_load():
    posts = "  district_office: {title: 乡镇办}\nstages:"
    pack = block("key: orchard-pest").replace("stages:", posts, 1)
    pack = pack.replace(
        "    block:",
        "    district: {title: 区级}\n    street: {title: 街道级}\n    cell: {title: 小区级}\n    block:",
        1,
    )
    ledger = block("title: 果园台账").replace(
        "fields:\n",
        "fields:\n  inspector: {title: 排查人, type: person}\n  rechecker: {title: 复查人, type: person}\n",
    )
    assert "workflow: …" in ledger
    leads = """
title: 线索
fields:
  source: {title: 来源, type: choice, options: [市级移交]}
  result: {title: 结果, type: text}
  due: {title: 期限, type: date}
"""
    guards = block("requires:").replace("\n", "\n      ").rstrip()
    cards = f"""
title: 排查卡
fields: {{name: {{title: 户名, type: text}}, user: {{title: 户号, type: link, ledger: users}}}}
workflow:
  states: {{已复核: {{closed: true}}}}
  moves:
    复核:
      from: new
      to: 已复核
      by: [county_office]
      {guards}
"""
    files = {
        "pack.yaml": pack,
        "ledgers/orchards.yaml": ledger.replace("workflow: …", ""),
        "ledgers/leads.yaml": leads
        + block("workflow:\n  states:\n    已受理").replace("[city_office]", "[county_office]"),
        "ledgers/cards.yaml": cards,
        "ledgers/users.yaml": "title: 户册\nfields: {name: {title: 户名, type: text}}",
        "ledgers/rules.yaml": "title: 办法\nfields: {name: {title: 名称, type: text}}",
        "ledgers/explanations.yaml": "title: 解读\nfields: {rule: {title: 办法, type: link, ledger: rules}}",
        "ledgers/filings.yaml": "title: 备案\nfields: {kind: {title: 种类, type: choice, options: [复查办法]}}",
        "ledgers/readiness.yaml": "title: 落实\none_per: [region]\nfields:\n"
        "  staff: {title: 人员, type: text}\n  funds: {title: 经费, type: number, decimals: 2, unit: 万元}",
        "tables/leads.yaml": block("title: 线索办理情况表"),
        "lists.yaml": block("overdue:"),
        "duties.yaml": block("weekly:").replace("town_office", "district_office"),
    }
    files = {file: text.replace("city_office", "county_office") for file, text in files.items()}
    read, problems = read_files(files)
    assert [str(p) for p in problems] == []
    assert read is not None
    assert set(read.tables["leads"].columns) == {"accepted", "done", "rate", "money", "waiting", "people"}


def test_the_page_s_scorecard_loads():
    pack = block("key: orchard-pest")
    ledger = (
        "title: 果园台账\nfields:\n"
        "  checked: {title: 已查, type: yes_no}\n  sound: {title: 合格, type: yes_no}\namend_by: county_office\n"
    )
    files = {
        "pack.yaml": pack,
        "ledgers/orchards.yaml": ledger,
        "scorecards.yaml": block("yearly:\n  title: 果园管护考评细则"),
    }
    read, problems = read_files(files)
    assert [str(p) for p in problems] == []
    assert read is not None
    assert [item.points for item in read.scorecards["yearly"].items.values()] == [60, 30, 10, None]
