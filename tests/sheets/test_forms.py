"""Forms as an office uses them: which rows they hold, as of when and for whom; what is logged; what comes back."""

import csv
import io
from base64 import b64decode
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sheets.form_office import EAST, FILES, PHONE, day, enter, fill_office, make, moved, opened
from tests.sheets.form_samples import edit, parts
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.core.problem import Refused
from zhuanban.ledger.grid import rename_unit
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.read import load
from zhuanban.people.actions import give_post
from zhuanban.people.models import AccessLog, User
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, actor_for
from zhuanban.sheets.form_file import open_workbook
from zhuanban.sheets.form_rows import Asked, content_of, find_form, seen_forms
from zhuanban.sheets.forms import check_form, check_templates, fill_form, form_csv

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
NOW = Asked(day("03-10"))


@pytest.fixture
def office(tmp_path, settings):
    settings.ZHUANBAN_HOME = tmp_path
    with clock.set_to(datetime(2024, 3, 10, 9, tzinfo=BEIJING)):
        campaign = make(tmp_path)
        fill_office(campaign)
        yield campaign


@pytest.fixture
def viewer(office):
    return Viewer(setting(office), OPERATOR)


def person(office, post, **where):
    user = User.objects.create_user(f"u{User.objects.count()}", display_name="张三")
    give_post(office, user, post, **where)
    return Viewer(setting(office), actor_for(user, office, clock.today()))


def table(content, first=5, width=8):
    book = open_workbook(content, "表.xlsx")
    sheet = book.sheet(book.pages[0])
    lines = []
    for row in range(first, sheet.last_row() + 1):
        cells = ["" if (v := sheet.value(row, c)) is None else str(v) for c in range(1, width + 1)]
        if any(cells):
            lines.append(" | ".join(cells).rstrip())
    return "\n".join(lines)


def said(content, *where):
    book = open_workbook(content, "表.xlsx")
    sheet = book.sheet(book.pages[0])
    return [sheet.value(*at) for at in where]


def faults(viewer, asked=NOW):
    (content,) = fill_form(viewer, find_form(viewer, "附件1"), asked).files
    return content


NOTE = "注：隐患类型指裂缝、沉降、护栏缺损等。 |  |  |  |  |  |  |"


def test_a_form_is_filled_from_the_ledger(viewer):
    assert (
        table(faults(viewer))
        == f"""\
1 | 东镇 | 裂缝 | 墩身裂缝 | 2024年4月30日 | 整改中 | 二队 |
2 | 西镇 | 裂缝 | 梁底裂缝 |  | 整改中 | 二公司 | 二号桥
3 | 东镇 | 沉降 | 桥台下沉 | 2024年5月1日 | 已销号（3月5日） | 一公司 | 一号桥
{NOTE}"""
    )
    assert said(faults(viewer), (3, 1), (3, 6)) == ["填报单位：（盖章）", "填报时间：2024年3月10日"]


def test_as_of_an_earlier_day_it_says_what_was_known_to_have_happened(viewer):
    assert (
        table(faults(viewer, Asked(day("02-09"))))
        == f"""\
1 | 西镇 | 裂缝 | 梁底裂缝 |  | 整改中 | 二公司 | 二号桥
2 | 东镇 | 沉降 | 桥台下沉 | 2024年5月1日 | 整改中 | 一公司 | 一号桥
{NOTE}"""
    )
    assert table(faults(viewer, Asked(day("01-31")))) == NOTE


@pytest.mark.parametrize(
    ("asked", "stories", "unit"),
    [
        (Asked(NOW.day, unit="一公司"), ["墩身裂缝", "桥台下沉"], "填报单位：第一养护公司（盖章）"),
        (Asked(NOW.day, unit="U2"), ["梁底裂缝"], "填报单位：第二养护公司（盖章）"),
        (Asked(NOW.day, region="西镇"), ["梁底裂缝"], "填报单位：（盖章）"),
        (Asked(NOW.day, region=EAST), ["墩身裂缝", "桥台下沉"], "填报单位：东镇交管站（盖章）"),
    ],
)
def test_for_a_unit_or_a_region(viewer, asked, stories, unit):
    content = faults(viewer, asked)
    assert [line.split(" | ")[3] for line in table(content).splitlines()[:-1]] == stories
    assert said(content, (3, 1)) == [unit]


def test_a_relapsed_record_has_the_day_of_its_last_closing(office, viewer):
    number = "500100101-1"
    enter(office, moved("faults", number, "反弹", "03-06"), moved("faults", number, "销号", "03-09"))
    assert "已销号（3月9日）" in table(faults(viewer))
    assert "已销号（3月5日）" in table(faults(viewer, Asked(day("03-05"))))
    assert "已销号" not in table(faults(viewer, Asked(day("03-07"))))


def test_rows_are_added_where_the_form_grows(office, viewer):
    enter(office, *(opened("faults", kind="裂缝", story=f"新裂缝{n}", found=f"2024-02-{n:02}") for n in range(10, 15)))
    content = faults(viewer)
    assert [line.split(" | ")[0] for line in table(content).splitlines()] == [*"12345678", NOTE.split(" | ")[0]]
    assert "附件1!$A$1:$H$13</definedName>" in parts(content)["xl/workbook.xml"].decode().replace("'", "")


# Who sees what


def test_a_unit_s_own_person_gets_his_copy_without_asking(office):
    content = faults(person(office, "firm", unit="U2"))
    assert [line.split(" | ")[3] for line in table(content).splitlines()[:-1]] == ["梁底裂缝"]
    assert said(content, (3, 1)) == ["填报单位：第二养护公司（盖章）"]


def test_nobody_gets_rows_out_of_his_scope(office):
    for asked in (NOW, Asked(NOW.day, unit="U1"), Asked(NOW.day, region=EAST)):
        assert table(faults(person(office, "town", region="500100102"), asked)).count("东镇") == 0


def test_a_personal_field_stands_in_full_for_who_may_unmask_it(office, viewer):
    (content,) = fill_form(viewer, find_form(viewer, "附件2"), NOW).files
    assert said(content, (3, 1), (3, 2)) == ["甲员", PHONE]
    assert AccessLog.objects.latest("pk").detail["revealed"] == ["phone"]
    town = person(office, "town", region=EAST)
    (content,) = fill_form(town, find_form(town, "附件2"), NOW).files
    assert said(content, (3, 1), (3, 2)) == ["甲员", "139****1234"]
    assert "revealed" not in AccessLog.objects.latest("pk").detail


def test_personal_words_are_masked_in_other_fields(office, viewer):
    enter(office, opened("faults", kind="裂缝", story="孙大山说桥面开裂", caller="孙大山", found="2024-01-01"))
    assert "孙＊＊说桥面开裂" in table(faults(viewer))


def test_every_export_is_logged(office):
    seen = person(office, "firm", unit="U2")
    fill_form(seen, find_form(seen, "附件1"), NOW)
    form_csv(seen, find_form(seen, "附件1"), NOW)
    logged = AccessLog.objects.filter(what="export").order_by("pk")
    assert [(x.who, x.detail["format"]) for x in logged] == [(seen.actor.login, "xlsx"), (seen.actor.login, "csv")]
    assert logged[0].detail == {
        "form": "faults", "as_of": "2024-03-10", "region": "", "unit": "U2", "rows": 1, "format": "xlsx", "files": 1,
    }  # fmt: skip


def test_a_form_of_a_ledger_kept_from_a_person_is_not_there(tmp_path, settings):
    settings.ZHUANBAN_HOME = tmp_path
    text = FILES["ledgers/contacts.yaml"].replace("region:", "seen_by: [county]\nregion:")
    files = {**FILES, "ledgers/contacts.yaml": text}
    (tmp_path / "r.csv").write_text(
        "代码,名称,上级代码,启用日期,停用日期\n500100,桥县,,,\n500100101,东镇,500100,,\n", "utf-8"
    )
    (tmp_path / "u.csv").write_text("代码,名称,简称,上级代码,区划代码\nU1,甲,甲,,\n", "utf-8")
    from zhuanban.people.actions import create_campaign

    campaign = create_campaign("b2", files, load(files), tmp_path / "r.csv", tmp_path / "u.csv", 19000)
    town, county = person(campaign, "town", region=EAST), person(campaign, "county")
    assert [f.key for f in seen_forms(town)] == ["faults", "cover", "looks"]
    assert [f.key for f in seen_forms(county)] == ["faults", "contacts", "cover", "looks"]
    with pytest.raises(Refused) as refused:
        find_form(town, "附件2")
    assert "联络员" not in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "code"),
    [(Asked(unit="无此单位"), "sheets-101"), (Asked(region="无此区划"), "tally-003")],
)
def test_unknown_units_and_regions(viewer, asked, code):
    with pytest.raises(Refused) as refused:
        content_of(viewer, find_form(viewer, "附件1"), asked)
    assert [p.code for p in refused.value.problems] == [code]


@pytest.mark.parametrize("name", ["附件1", "faults", "危桥隐患统计表"])
def test_a_form_has_three_names(viewer, name):
    assert find_form(viewer, name).key == "faults"


# Forms that may not grow


def test_a_form_that_may_not_grow_goes_on_in_copies(viewer):
    filled = fill_form(viewer, find_form(viewer, "附件3"), NOW)
    assert [table(content, 4, 4) for content in filled.files] == [
        f"{rows}\n填表人： |  | 共几条：5 |\n备注：1.请勿改变表格格式。 |  |  |"
        for rows in (
            "1 | 1号旧桥 | 旧隐患1 |\n2 | 2号旧桥 | 旧隐患2 | 是",
            "3 | 3号旧桥 | 旧隐患3 |\n10 | 10号旧桥 | 旧隐患10 | 否",
            "11 | 11号旧桥 | 旧隐患11 |",
        )
    ]
    template = b64decode(FILES["forms/looks.xlsx"])
    for content in filled.files:
        assert [n for n, c in parts(template).items() if parts(content)[n] != c] == ["xl/worksheets/sheet1.xml"]
    assert filled.warnings == ()


def test_a_form_that_may_not_go_on_says_so(office, viewer):
    enter(office, *(opened("contacts", name=f"员{n}", on=f"02-{n:02}") for n in range(1, 4)))
    with pytest.raises(Refused) as refused:
        fill_form(viewer, find_form(viewer, "附件2"), NOW)
    assert [p.code for p in refused.value.problems] == ["sheets-063"]


def test_what_differs_from_the_list_that_it_must_agree_with_is_told(office, viewer):
    from zhuanban.ledger.change import Change, Step
    from zhuanban.ledger.door import submit

    change = Change("am", "looks", (Step("amend", None, set={"name": "3号新桥", "measure": "加固"}),), "3")
    assert submit(office, [change], OPERATOR)[0].status == "entered"
    warnings = fill_form(viewer, find_form(viewer, "附件3"), NOW).warnings
    # Two rows a copy: the third record stands in the first row of the second one.
    assert [(p.code, p.place.file, p.place.cell) for p in warnings] == [
        ("sheets-099", "第2份（共3份）", cell) for cell in ("B4", "C4")
    ]
    assert "附表1为“3号旧桥”，表里是“3号新桥”" in warnings[0].says


def test_a_renamed_unit_is_called_as_on_the_day(office, viewer):
    rename_unit(office, "U1", "第一养护集团", "一集团", day("03-01"), "改制", OPERATOR)
    here = Viewer(setting(office), OPERATOR)

    def said(on):
        content = content_of(here, find_form(here, "附件1"), Asked(day(on), unit="一公司"))
        cover = content_of(here, find_form(here, "报送封面"), Asked(day(on), unit="U1"))
        return content.cells[0][1], [row.values[6] for row in content.rows], cover.cells[0][1]

    assert said("02-29") == ("填报单位：第一养护公司（盖章）", ["二队", "一公司"], "填报单位（盖章）：一公司")
    assert said("03-01") == ("填报单位：第一养护集团（盖章）", ["二队", "一集团"], "填报单位（盖章）：一集团")
    entry = AccessLog.objects.filter(what="grid").get()
    assert entry.detail == {
        "rename_unit": "U1", "name": "第一养护集团", "short": "一集团", "on": "2024-03-01", "reason": "改制"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (("U9", "甲公司", "", "03-02", "因"), ["people-015"]),
        (("U1", "", "", "03-02", " "), ["people-061", "people-066"]),
        (("U1", "第二养护公司", "", "03-02", "因"), ["people-067"]),
        (("U1", "第一养护集团", "一集团", "03-05", "因"), ["people-060"]),
        (("U1", "甲公司", "", "02-01", "因"), ["people-019"]),
        (("U1", "甲公司", "", "04-01", "因"), ["people-059"]),
    ],
)
def test_a_new_name_of_a_unit_that_cannot_be_is_refused(office, said, codes):
    rename_unit(office, "U1", "第一养护集团", "一集团", day("03-01"), "改制", OPERATOR)
    code, name, short, on, reason = said
    with pytest.raises(Refused) as refused:
        rename_unit(office, code, name, short, day(on), reason, OPERATOR)
    assert [p.code for p in refused.value.problems] == codes


# The office's own official file


def own_file(tmp_path, content, name="faults.xlsx"):
    folder = tmp_path / "forms" / "bridges"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def test_the_office_s_own_file_takes_the_template_s_place(tmp_path, viewer):
    template = b64decode(FILES["forms/faults.xlsx"])
    own = edit(template, "xl/sharedStrings.xml", lambda xml: xml.replace("危桥隐患统计表", "全县危桥隐患统计表"))
    own_file(tmp_path, own)
    content = faults(viewer)
    assert said(content, (2, 1)) == ["全县危桥隐患统计表"]
    assert parts(content)["xl/sharedStrings.xml"] == parts(own)["xl/sharedStrings.xml"]


def test_the_office_s_own_file_may_have_more_rows(tmp_path, viewer):
    from scripts.draw_annexes import draw, read
    from tests.sheets.form_office import LOOKS

    own_file(tmp_path, draw(read(LOOKS.replace("rows: 2", "rows: 20"))), "looks.xlsx")
    (content,) = fill_form(viewer, find_form(viewer, "附件3"), NOW).files
    assert [line.split(" | ")[0] for line in table(content, 4, 4).splitlines()[:5]] == ["1", "2", "3", "10", "11"]
    assert said(content, (24, 3)) == ["共几条：5"]
    assert checked(viewer, "附件3", content) == []


def test_an_own_file_of_another_shape_is_refused_with_all_that_differs(tmp_path, viewer):
    template = b64decode(FILES["forms/faults.xlsx"])
    own = edit(template, "xl/sharedStrings.xml", lambda xml: xml.replace("乡镇", "村居").replace("桥名", "名称"))
    own_file(tmp_path, own)
    with pytest.raises(Refused) as refused:
        faults(viewer)
    assert [(p.code, p.place.file, p.place.cell) for p in refused.value.problems] == [
        ("sheets-067", "faults.xlsx", "B4"),
        ("sheets-067", "faults.xlsx", "H4"),
    ]


def test_an_old_workbook_in_its_place_is_refused_with_advice(tmp_path, viewer):
    own_file(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "faults.xls")
    with pytest.raises(Refused) as refused:
        faults(viewer)
    assert "另存为" in refused.value.problems[0].advice


def test_the_pack_s_templates_fit_their_forms(office):
    assert check_templates(setting(office).pack) == []


def test_a_template_of_the_pack_that_does_not_fit_is_told(office):
    text = FILES["forms.yaml"].replace("printed: 3", "printed: 5").replace("F: {title: 整改进度", "F: {title: 进度")
    found = check_templates(load({**FILES, "forms.yaml": text}))
    assert [(p.code, p.place.cell or p.place.row) for p in found] == [("sheets-067", "F4"), ("sheets-071", 5)]


# A form of single cells


def test_a_form_without_a_ledger_fills_its_cells(office, viewer):
    asked = Asked(NOW.day, unit="U1")
    (content,) = fill_form(viewer, find_form(viewer, "cover"), asked).files
    assert said(content, (2, 1), (2, 3), (6, 1)) == ["填报单位（盖章）：一公司", "截止：2024.3.10", "填表人："]
    assert checked(viewer, "cover", content) == []
    (mine,) = fill_form(person(office, "county"), find_form(viewer, "cover"), asked).files
    assert said(mine, (6, 1)) == ["填表人：张三"]
    assert [p.place.cell for p in checked(viewer, "cover", retyped(content, C2="截止：2024.3.9", A2="填报单位："))] == [
        "A2"
    ]
    _, pieces = form_csv(viewer, find_form(viewer, "cover"), asked)
    assert b"".join(pieces).decode("utf-8-sig").splitlines()[1:] == [
        "A2,填报单位（盖章）：一公司",
        "C2,截止：2024.3.10",
    ]


# CSV


def test_the_same_form_as_csv(office, viewer):
    enter(office, opened("faults", kind="裂缝", story="=1+1", found="2024-01-01"))
    content, pieces = form_csv(viewer, find_form(viewer, "附件1"), NOW)
    lines = list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))
    assert lines[0] == ["序号", "乡镇", "隐患类型", "隐患描述", "整改时限", "整改进度", "责任单位", "桥名"]
    assert lines[1] == ["1", "东镇", "裂缝", "'=1+1", "", "整改中", "", ""]
    assert lines[-1] == ["4", "东镇", "沉降", "桥台下沉", "2024年5月1日", "已销号（3月5日）", "一公司", "一号桥"]
    assert len(lines) == len(content.rows) + 1


# What comes back


BY_ITSELF = Asked()


def checked(viewer, name, content, asked=BY_ITSELF):
    return check_form(viewer, find_form(viewer, name), content, "收到.xlsx", asked).problems


def retyped(content, **cells):
    """The file with cells typed over, as a clerk would."""
    from zhuanban.sheets.form_areas import place_of
    from zhuanban.sheets.form_patch import fill

    book = open_workbook(content, "表.xlsx")
    return fill(book, book.pages[0], {place_of(where): value for where, value in cells.items()})


@pytest.mark.parametrize(
    "asked",
    [
        NOW,
        Asked(day("02-09")),
        Asked(NOW.day, unit="U1"),
        Asked(NOW.day, region=EAST),
        Asked(NOW.day, unit="U3"),
        Asked(day("01-01")),
    ],
)
def test_a_form_that_nobody_touched_passes_and_says_itself_of_which_day_and_unit_it_is(viewer, asked):
    assert checked(viewer, "附件1", faults(viewer, asked)) == []


def test_every_copy_passes(viewer):
    for content in fill_form(viewer, find_form(viewer, "附件3"), NOW).files:
        assert checked(viewer, "附件3", content) == []


def test_cells_that_differ_are_told_one_by_one(viewer):
    content = retyped(faults(viewer), D5="墩身小裂缝", E6="2024-06-01", F7="已销号")
    found = checked(viewer, "附件1", content)
    assert [(p.code, p.place.cell, p.place.record) for p in found] == [
        ("sheets-096", "D5", "500100101-2"),
        ("sheets-096", "E6", "500100102-1"),
        ("sheets-096", "F7", "500100101-1"),
    ]
    assert found[0].says == "“隐患描述”应为“墩身裂缝”，表里是“墩身小裂缝”。"


def test_a_day_may_be_written_in_any_way_and_blanks_do_not_matter(viewer):
    assert checked(viewer, "附件1", retyped(faults(viewer), E5="2024-4-30", D5=" 墩身 裂缝", A5="１")) == []


def test_rows_that_are_missing_and_rows_too_many(office, viewer):
    before = faults(viewer, NOW)
    enter(office, opened("faults", kind="裂缝", story="新的裂缝", found="2024-02-02"))
    (found,) = [p for p in checked(viewer, "附件1", before) if p.code != "sheets-096"]
    assert found.code == "sheets-097"
    assert "新的裂缝" in found.says
    after = faults(viewer, NOW)
    problems = checked(viewer, "附件1", after, Asked(day("01-31")))
    assert [p.code for p in problems] == ["sheets-096", *["sheets-098"] * 4]


def shuffled(content, *order, **cells):
    """The filled first form with its rows in another order; `order`: which row of the sheet stands in the fifth, …"""
    book = open_workbook(content, "表.xlsx")
    sheet = book.sheet(book.pages[0])
    moved = {f"{c}{5 + n}": sheet.value(row, i) for n, row in enumerate(order) for i, c in enumerate("ABCDEFGH", 1)}
    return retyped(content, **{**moved, **cells})


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ((6, 7, 5), "行的次序不同：第7行应在第5行。"),
        ((6, 5, 7), "行的次序不同：第5行应在第6行。"),
        ((7, 6, 5), "行的次序不同：第5行应在第7行。"),
    ],
)
@pytest.mark.parametrize("numbered", [False, True])
def test_rows_in_another_order_are_one_fault(viewer, order, says, numbered):
    anew = {"A5": 1, "A6": 2, "A7": 3} if numbered else {}
    found = checked(viewer, "附件1", shuffled(faults(viewer), *order, **anew))
    assert [(p.code, p.says) for p in found] == [("sheets-103", says)]


def test_rows_in_another_order_and_one_of_them_altered(viewer):
    found = checked(viewer, "附件1", shuffled(faults(viewer), 7, 6, 5, D6="梁底大裂缝"))
    assert [(p.code, p.place.cell or p.place.row) for p in found] == [("sheets-103", 5), ("sheets-096", "D6")]


def test_many_rows_in_another_order_are_named_so_far(office, viewer):
    enter(office, *(opened("faults", kind="裂缝", story=f"新裂缝{n}", found=f"2024-02-{n:02}") for n in range(10, 20)))
    found = checked(viewer, "附件1", shuffled(faults(viewer), *range(17, 4, -1)))
    assert [p.code for p in found] == ["sheets-103"]
    assert found[0].says.endswith("，等11行。")
    assert found[0].says.count("应在") == 10


def test_a_copy_with_its_rows_in_another_order(viewer):
    content = fill_form(viewer, find_form(viewer, "附件3"), NOW).files[1]
    turned = retyped(content, A4=10, B4="10号旧桥", C4="旧隐患10", D4="否", A5=3, B5="3号旧桥", C5="旧隐患3", D5=None)
    assert [(p.code, p.place.row) for p in checked(viewer, "附件3", turned)] == [("sheets-103", 4)]


def test_another_form_is_told_in_one_sentence(office, viewer):
    enter(office, *(opened("faults", kind="裂缝", story=f"新裂缝{n}", found=f"2024-02-{n:02}") for n in range(10, 20)))
    (contacts,) = fill_form(viewer, find_form(viewer, "附件2"), NOW).files
    assert [str(p) for p in checked(viewer, "附件2", faults(viewer))] == [
        "收到.xlsx：这张表不是附件2（联络员信息表），看来是附件1（危桥隐患统计表）。"
        "请核对是否发错了文件，或按附件1（危桥隐患统计表）核对。（sheets-104）"
    ]
    assert [p.code for p in checked(viewer, "附件1", contacts)] == ["sheets-104"]
    strange = edit(
        contacts, "xl/sharedStrings.xml", lambda xml: xml.replace("联络员信息表", "名单").replace("手机", "电")
    )
    strange = edit(strange, "xl/sharedStrings.xml", lambda xml: xml.replace("姓名", "人"))
    assert [p.says for p in checked(viewer, "附件1", strange)] == ["这张表不是附件1（危桥隐患统计表）。"]


def test_the_form_with_its_shape_changed_is_still_that_form(viewer):
    changed = edit(
        faults(viewer),
        "xl/sharedStrings.xml",
        lambda xml: xml.replace("危桥隐患统计表", "统计表").replace("乡镇", "镇"),
    )
    assert [p.code for p in checked(viewer, "附件1", changed)] == ["sheets-084", "sheets-085"]


def test_a_form_of_a_ledger_kept_from_a_person_is_not_named_to_him(tmp_path, settings):
    settings.ZHUANBAN_HOME = tmp_path
    text = FILES["ledgers/faults.yaml"].replace("number:", "seen_by: [county]\nnumber:")
    with clock.set_to(datetime(2024, 3, 10, 9, tzinfo=BEIJING)):
        campaign = make(tmp_path, {"ledgers/faults.yaml": text})
        town = person(campaign, "town", region=EAST)
        assert [p.code for p in checked(town, "附件2", faults(person(campaign, "county")))] == ["sheets-105"]


def test_what_differs_from_the_other_list_is_told_with_both_words(viewer):
    content = fill_form(viewer, find_form(viewer, "附件3"), NOW).files[1]
    found = checked(viewer, "附件3", retyped(content, B4="3号新桥", A5="12"))
    assert [(p.code, p.place.cell) for p in found] == [
        ("sheets-096", "B4"),
        ("sheets-096", "A5"),
        ("sheets-099", "B4"),
        ("sheets-100", "A5"),
    ]
    assert found[2].says == "“桥名”与附表1不一致：附表1为“3号旧桥”，表里是“3号新桥”。"


def test_who_sees_a_number_masked_is_not_told_it_by_a_check(office, viewer):
    (content,) = fill_form(viewer, find_form(viewer, "附件2"), NOW).files
    town = person(office, "town", region=EAST)
    problems = checked(town, "附件2", retyped(content, B3="13811112222"))
    assert not [p for p in problems if "1234" in p.says or p.place.cell == "B3"]


words = st.text(st.characters(categories=("L", "N", "P"), min_codepoint=33), max_size=20)
FIELDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["裂缝", "沉降", "护栏缺损"]),
        "story": words,
        "due": st.dates(datetime(2000, 1, 1).date(), datetime(2090, 1, 1).date()).map(str),
    }
)


@settings(max_examples=15)
@given(st.lists(FIELDS, max_size=9))
def test_random_records_are_filled_and_read_back_equal(records):
    import tempfile
    from pathlib import Path

    from django.db import transaction

    with (
        transaction.atomic(),
        clock.set_to(datetime(2024, 3, 10, 9, tzinfo=BEIJING)),
        tempfile.TemporaryDirectory() as home,
    ):
        campaign = make(Path(home))
        enter(
            campaign, *(opened("faults", f"外{n}", **{k: v for k, v in r.items() if v}) for n, r in enumerate(records))
        )
        viewer = Viewer(setting(campaign), OPERATOR)
        content = faults(viewer)
        assert checked(viewer, "附件1", content) == []
        book = open_workbook(content, "表.xlsx")
        sheet = book.sheet(book.pages[0])
        got = [(sheet.value(5 + n, 3), sheet.value(5 + n, 4) or "") for n in range(len(records))]
        assert sorted(got) == sorted((r["kind"], r["story"]) for r in records)
        transaction.set_rollback(True)
