"""A folder becomes a pack: values, defaults, demo trees, limits, and nothing that text can do to the reader."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.core.ratio import Rounding
from zhuanban.pack import folder as folder_module
from zhuanban.pack import read, said, tree
from zhuanban.pack.values import NEW, Condition, FieldType, Option, Order, Question, Rows

ORCHARD = Path(__file__).parents[1] / "packs" / "orchard"
FILES = read.pack_files(ORCHARD)


@pytest.fixture(scope="module")
def orchard():
    pack, problems = read.read_pack(ORCHARD)
    assert [str(p) for p in problems] == []
    return pack


@pytest.fixture
def folder(tmp_path):
    """The orchard pack, to be spoilt."""
    home = tmp_path / "orchard"
    for file, text in FILES.items():
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text(text, encoding="utf-8")
    (home / "demo").mkdir()
    for name in ("regions.csv", "units.csv"):
        (home / "demo" / name).write_bytes((ORCHARD / "demo" / name).read_bytes())
    return home


def codes(problems):
    return [(p.place.file, p.place.line, p.code) for p in problems]


# What is read


def test_the_head_of_a_pack(orchard):
    assert (orchard.key, orchard.title, orchard.short, orchard.version) == (
        "orchard",
        "青岭县果园病虫害排查行动",
        "果园排查",
        "1",
    )
    assert orchard.grid.root == "县"
    assert [(level.key, level.names, level.digits) for level in orchard.grid.levels] == [
        ("town", ("乡镇",), 9),
        ("block", ("片区",), 0),
    ]
    assert {key: post.sees for key, post in orchard.posts.items()} == {
        "county": ("all",),
        "town": ("region",),
        "plant_team": ("unit",),
    }
    assert orchard.stages["survey"].end == from_iso("2024-04-30")
    assert orchard.stages["treatment"].end is None
    assert orchard.texts == {"scope": "全县挂果果园。", "emphasis": ""}
    draw = orchard.draws["county_draw"]
    assert (draw.level, draw.stratum, draw.ratio, draw.round) == ("block", "town", (1, 4), Rounding.CEIL)


def test_a_ledger_and_its_fields(orchard):
    orchards = orchard.ledgers["orchards"]
    assert orchards.number_pattern == "GY-{region}-{seq:03}"
    assert (orchards.region_level, orchards.region_required, orchards.region_title) == ("block", True, "所在片区")
    assert orchards.one_per == ("region", "owner")
    assert orchards.one_per_says == "一个片区里一户只登记一个果园。"
    variety = orchards.fields["variety"]
    assert variety.type is FieldType.CHOICE
    assert variety.open
    assert variety.options == (Option("苹果"), Option("梨"), Option("猕猴桃", ("奇异果",)))
    visits = orchard.ledgers["visits"]
    assert (visits.unit_required, visits.unit_title, visits.unit_aliases) == (True, "防治单位", ("植保队",))
    assert visits.fields["spray"].decimals == 2


def test_a_ledger_without_workflow_is_simply_kept(orchard):
    orchards = orchard.ledgers["orchards"]
    assert list(orchards.states) == ["在册"]
    assert orchards.states["在册"].closed
    (move,) = orchards.opening
    assert (move.key, move.from_, move.to, move.by, move.date) == (
        "登记",
        (NEW,),
        "在册",
        ("county", "town"),
        "登记日期",
    )
    text = FILES["ledgers/orchards.yaml"].replace("amend_by: [county, town]\n", "")
    pack, _ = read.read_files({**FILES, "ledgers/orchards.yaml": text})
    assert pack.ledgers["orchards"].opening[0].by == ("county", "town", "plant_team")


def test_a_workflow(orchard):
    moves = orchard.ledgers["visits"].moves
    assert [m.key for m in orchard.ledgers["visits"].opening] == ["排查"]
    assert (moves["排查"].date, moves["排查"].date_aliases) == ("排查日期", ("日期",))
    assert moves["派工"].sets == (("look_again", ("days_after", 14)),)
    assert moves["防治"].needs == ("spray", "checker")
    assert moves["防治"].not_by == ("排查",)
    assert moves["复发"].reason


def test_tables(orchard):
    progress = orchard.tables["progress"]
    assert progress.rows == Rows("region", (), "全县", True)
    pest = (Condition("pest", "not_in", ("无",)),)
    assert progress.columns["cured"].question == Question("visits", pest, "防治")
    assert progress.columns["rate"].ratio == ("cured", "found")
    assert (progress.columns["rate"].round, progress.columns["rate"].digits) == (Rounding.HALF_EVEN, 1)
    assert (progress.columns["left"].plus, progress.columns["left"].minus) == (("found",), ("cured",))
    assert progress.columns["area"].decimals == 1
    assert progress.orders == (Order("sent", "found"), Order("cured", "sent"))
    teams = orchard.tables["teams"]
    assert teams.rows == Rows("unit", ("东队", "西队"), "合计", False)
    assert teams.columns["spray"].question.by == "unit"
    assert orchard.tables["varieties"].columns["trees"].question.by == "variety"
    assert orchard.tables["plans"].columns["text"].text == ("plans", "text")
    assert orchard.lists["no_visit"].missing_level == "block"


def test_the_same_question_in_another_order_is_the_same_question():
    text = """\
title: 甲
rows: {by: region}
columns:
  a:
    title: 甲
    count: visits
    where: {pest: [红蜘蛛, 溃疡病], state: [已防治], sick: {at_least: 1, filled: true}}
  b:
    title: 乙
    count: visits
    where: {sick: {filled: true, at_least: 1}, state: 已防治, pest: [溃疡病, 红蜘蛛, 红蜘蛛]}
"""
    pack, problems = read.read_files({**FILES, "tables/same.yaml": text})
    assert problems == []
    columns = pack.tables["same"].columns
    assert columns["a"].question == columns["b"].question
    assert hash(columns["a"].question) == hash(columns["b"].question)


def test_yes_and_no_are_words():
    text = "title: 甲\nfields: {on: {title: off, type: choice, options: [yes, no]}}\n"
    pack, problems = read.read_files({**FILES, "ledgers/words.yaml": text})
    assert problems == []
    assert pack.ledgers["words"].fields["on"].options == (Option("yes"), Option("no"))


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("5%", (5, 100)),
        ("2.5%", (25, 1000)),
        ("1/20", (1, 20)),
        ("100%", (100, 100)),
        ("0%", None),
        ("101%", None),
        ("3/2", None),
        ("0.05", None),
        ("５%", None),
    ],
)
def test_ratios_of_draws(text, ratio):
    assert read._ratio(text) == ratio


# Folders


def test_the_name_of_the_folder_stands_before_its_files(folder):
    (folder / "lists.yaml").write_text("a:\n  ledger: nothing\n", encoding="utf-8")
    pack, problems = read.read_pack(folder)
    assert pack is None
    assert codes(problems) == [("orchard/lists.yaml", 1, "pack-006"), ("orchard/lists.yaml", 2, "pack-022")]


def test_demo_files_are_no_part_of_the_pack(folder):
    (folder / "demo" / "sheets.yaml").write_text("anything: [", encoding="utf-8")
    assert read.pack_files(folder) == FILES
    assert read.read_files({**FILES, "demo/sheets.yaml": "["})[1] == []


def test_the_hash_names_the_text():
    pack, _ = read.read_files(FILES)
    again, _ = read.read_files(dict(reversed(FILES.items())), "elsewhere")
    assert pack.sha256 == again.sha256 == read.files_sha256(FILES)
    assert len(pack.sha256) == 64
    other = {**FILES, "lists.yaml": FILES["lists.yaml"] + "\n"}
    assert read.files_sha256(other) != pack.sha256


def test_load_reads_a_text_once_and_refuses_a_bad_one():
    assert read.load(FILES) is read.load(dict(FILES))
    with pytest.raises(Refused) as refused:
        read.load({**FILES, "lists.yaml": "a: 1\nb: 2\n"})
    assert {p.place.line for p in refused.value.problems} == {1, 2}


def test_packs_are_found_by_name_and_by_folder(folder, monkeypatch):
    monkeypatch.setenv("ZHUANBAN_CAMPAIGNS", str(folder.parent))
    assert read.list_packs() == [folder]
    assert read.find_pack("orchard") == folder
    assert read.find_pack(str(folder)) == folder
    with pytest.raises(Refused, match="是不是“orchard”"):
        read.find_pack("orchrad")
    with pytest.raises(Refused, match="pack-001"):
        read.find_pack("../orchard-that-is-not-there")


def test_every_pack_in_the_box_holds_together():
    assert read.list_packs()
    for folder in read.list_packs():
        assert [str(p) for p in read.read_pack(folder)[1]] == []


def test_what_is_no_pack(tmp_path):
    assert codes(read.read_pack(tmp_path)[1]) == [(str(tmp_path), 0, "pack-001")]
    assert codes(read.read_pack(tmp_path / "nowhere")[1]) == [(str(tmp_path / "nowhere"), 0, "pack-001")]
    assert codes(read.read_files({})[1]) == [("", 0, "pack-001")]


def test_files_that_are_no_text(folder):
    (folder / "tables" / "gbk.yaml").write_bytes("title: 果园".encode("gbk"))
    (folder / "tables" / "old.yml").write_text("title: 旧", encoding="utf-8")
    (folder / "tables" / "huge.yaml").write_text("# " + "x" * 4 * folder_module.MAX_FILE, encoding="utf-8")
    (folder / "tables" / "large.yaml").write_text("# " + "x" * folder_module.MAX_FILE, encoding="utf-8")
    _, problems = read.read_pack(folder)
    assert codes(problems) == [
        ("orchard/tables/gbk.yaml", 0, "pack-010"),
        ("orchard/tables/huge.yaml", 0, "pack-008"),
        ("orchard/tables/large.yaml", 1, "pack-008"),
        ("orchard/tables/old.yml", 1, "pack-009"),
    ]
    with pytest.raises(Refused, match="pack-010"):
        read.pack_files(folder)


def test_a_byte_order_mark_does_no_harm(folder):
    text = (folder / "lists.yaml").read_text(encoding="utf-8")
    (folder / "lists.yaml").write_bytes(text.encode("utf-8-sig"))
    assert read.pack_files(folder) == FILES


# Rows by unit against the demo's units


def teams(names, total="total: 合计"):
    return (
        f"title: 甲\nrows:\n  by: unit\n  {total}\n  names:\n"
        + "".join(f"    - {name}\n" for name in names)
        + "columns:\n  a: {title: 甲, count: visits}\n"
    )


@pytest.mark.parametrize(
    ("names", "total", "found"),
    [
        (["东队", "青岭县西部植保服务队"], "total: 合计", []),
        (["东队", "南队"], "total: 合计", [(7, "pack-048")]),
        (["东队", "县果业站", "西队"], "total: 合计", [(6, "pack-047"), (8, "pack-047")]),
        (["东队", "县果业站", "西队"], "total:", []),
    ],
)
def test_rows_by_unit(folder, names, total, found):
    (folder / "tables" / "rows.yaml").write_text(teams(names, total), encoding="utf-8")
    _, problems = read.read_pack(folder)
    assert codes(problems) == [("orchard/tables/rows.yaml", line, code) for line, code in found]


def test_who_owes_reports_is_a_unit(folder):
    text = "once:\n  title: 甲\n  due: 2024-05-01\n  by: [station]\n  units: [东队, 南队]\n"
    (folder / "duties.yaml").write_text(text, encoding="utf-8")
    _, problems = read.read_pack(folder)
    assert [p for p in codes(problems) if p[2] == "pack-048"] == [("orchard/duties.yaml", 5, "pack-048")]


def test_a_units_file_without_its_heads(folder):
    (folder / "demo" / "units.csv").write_text("代码,名称\nA,甲\n", encoding="utf-8")
    _, problems = read.read_pack(folder)
    assert codes(problems) == [("orchard/demo/units.csv", 1, "pack-058")]
    assert "简称" in problems[0].says


# Text that means harm


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "a: &a [1]\nb: [*a, *a, *a, *a]",
        "a: !!python/object/apply:os.system ['true']",
        "? ? ? a",
        "%YAML 9.9\n---\na: 1",
        "a: " + "9" * 10_000,
        "fields: {a: {title: 甲, type: text, pattern: '" + "(" * 2_000 + "'}}",
        "a: \ud800",
        "<<: {title: 甲}",
        "null: 1",
        "~: 1",
    ],
)
def test_hostile_text_gets_an_answer(text):
    pack, problems = read.read_files({**FILES, "ledgers/bad.yaml": text})
    assert pack is None
    assert {p.place.file for p in problems} == {"ledgers/bad.yaml"}


def test_too_many_words(monkeypatch):
    monkeypatch.setattr(tree, "MAX_NODES", 50)
    text = "title: 甲\nfields: {a: {title: 甲, type: choice, options: [" + "甲, " * 60 + "]}}"
    _, problems = read.read_files({"pack.yaml": FILES["pack.yaml"], "ledgers/bad.yaml": text})
    assert "pack-008" in {p.code for p in problems}


def test_too_many_files(monkeypatch, folder):
    monkeypatch.setattr(folder_module, "MAX_FILES", 3)
    assert "pack-008" in {p.code for p in read.read_pack(folder)[1]}
    monkeypatch.setattr(said, "MAX_FILES", 3)
    assert "pack-008" in {p.code for p in read.read_files(FILES)[1]}


LINES = [(file, n) for file, text in FILES.items() for n in range(text.count("\n"))]
WORDS = st.sampled_from(
    [
        "",
        "title",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "null",
        "new",
        "same",
        "visits",
        "5%",
        "- ",
        "as_of",
        "'",
        "水",
        "where",
        "3",
    ]
)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 80), st.integers(0, 12), WORDS), min_size=1, max_size=4)
)
def test_no_slip_of_the_pen_breaks_the_reader(slips):
    """Whatever is struck out or written over in a good pack: a pack without problems, or problems with places."""
    files = dict(FILES)
    for (file, line), column, length, word in slips:
        lines = files[file].split("\n")
        if line < len(lines):
            lines[line] = lines[line][:column] + word + lines[line][column + length :]
        files[file] = "\n".join(lines)
    pack, problems = read.read_files(files)
    assert (pack is None) == bool(problems)
    assert all(p.place.file in files and p.place.line for p in problems)
