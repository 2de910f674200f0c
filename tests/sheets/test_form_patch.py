"""What filling a template changes in its file, part by part: values, heights of wrapped rows, rows that are added."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.sheets.form_samples import edit, official, parts, without_rows
from zhuanban.core.problem import Refused
from zhuanban.sheets.form_file import open_workbook, parse, tag
from zhuanban.sheets.form_grow import Layout
from zhuanban.sheets.form_patch import fill

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
LAYOUT = Layout((1, 2, 3, 4, 5, 6), 5, 5)
TEMPLATE = official()
CELLS = {(2, 1): "填报单位：东镇（盖章）", (2, 6): "填报时间：2021年11月3日"}
DAY = date(2021, 11, 30)


def row(n, text="堆场一处"):
    return [n, "甲村", "养殖", text, DAY, n + 0.5]


def filled(count, template=TEMPLATE, layout=LAYOUT, cells=CELLS, rows=None):
    book = open_workbook(template, "模板.xlsx")
    return fill(book, book.pages[0], cells, layout, rows or [row(n) for n in range(1, count + 1)])


def read(content):
    book = open_workbook(content, "填好.xlsx")
    return book.sheet(book.pages[0])


def values(content, first, last, columns=LAYOUT.columns):
    sheet = read(content)
    return [[sheet.value(r, c) for c in columns] for r in range(first, last + 1)]


def changed(before, after):
    old, new = parts(before), parts(after)
    assert list(old) == list(new)
    return [name for name in old if old[name] != new[name]]


def test_all_other_parts_stay_byte_for_byte():
    assert changed(TEMPLATE, filled(3)) == [SHEET, BOOK]
    assert changed(TEMPLATE, filled(12)) == [SHEET, BOOK]
    for name in (
        "media/image1.png",
        "charts/chart1.xml",
        "drawings/drawing1.xml",
        "comments1.xml",
        "sharedStrings.xml",
    ):
        assert f"xl/{name}" in parts(TEMPLATE)


def test_of_the_workbook_only_the_calculation_flag_changes():
    old, new = parts(TEMPLATE)[BOOK].decode(), parts(filled(3))[BOOK].decode()
    assert 'fullCalcOnLoad="1"' in new
    assert re.sub(r"<\?xml.*?\?>\s*|<calcPr[^>]*>", "", old) == re.sub(r"<\?xml.*?\?>\s*|<calcPr[^>]*>", "", new)


def test_a_workbook_without_formulas_is_not_told_to_calculate():
    plain = edit(TEMPLATE, SHEET, lambda xml: re.sub(r"<f>.*?</f>", "", xml))
    plain = edit(plain, "xl/worksheets/sheet3.xml", lambda xml: re.sub(r"<f>.*?</f>", "", xml))
    assert changed(plain, filled(3, plain)) == [SHEET]


def test_of_the_sheet_only_rows_change_while_the_printed_ones_suffice():
    assert without_rows(parts(filled(5))[SHEET]) == without_rows(parts(TEMPLATE)[SHEET])
    old, new = parse(parts(TEMPLATE)[SHEET], None), parse(parts(filled(5))[SHEET], None)
    for line, now in zip(old.find(tag("sheetData")), new.find(tag("sheetData")), strict=True):
        assert line.attrib == now.attrib
        for cell, there in zip(line, now, strict=True):
            kept = {"r": cell.get("r"), "s": cell.get("s")}
            assert {"r": there.get("r"), "s": there.get("s")} == kept
            said = cell.find(tag("f"))
            assert (said is None) == (there.find(tag("f")) is None)
            assert said is None or said.text == there.findtext(tag("f"))


def test_values_stand_where_they_belong():
    assert values(filled(2), 5, 7) == [
        [1, "甲村", "养殖", "堆场一处", DAY, 1.5],
        [2, "甲村", "养殖", "堆场一处", DAY, 2.5],
        [None] * 6,
    ]
    assert read(filled(2)).value(2, 1) == "填报单位：东镇（盖章）"


def test_stale_results_of_formulas_are_gone():
    sheet = read(filled(2))
    assert sheet.formula(10, 6)
    assert sheet.value(10, 6) is None


def test_what_stood_in_a_row_that_is_not_needed_goes():
    template = filled(5)
    assert values(filled(1, template), 6, 9) == [[None] * 6] * 4


def test_numbers_printed_in_advance_stay_where_no_record_is():
    template = filled(5)
    content = filled(2, template, Layout(LAYOUT.columns, 5, 5, serials=(1,)))
    assert [row[0] for row in values(content, 5, 9)] == [1, 2, 3, 4, 5]
    assert values(content, 7, 7) == [[3, None, None, None, None, None]]


def test_added_rows_follow_the_pattern_of_the_last_printed_one():
    content = filled(8)
    sheet = read(content)
    assert values(content, 12, 12) == [[8, "甲村", "养殖", "堆场一处", DAY, 8.5]]
    for r in (10, 11, 12):
        assert [sheet.cells[(r, c)].get("s") for c in range(1, 8)] == [
            sheet.cells[(9, c)].get("s") for c in range(1, 8)
        ]
        assert sheet.rows[r].get("ht") == sheet.rows[9].get("ht")
        assert sheet.cells[(r, 7)].findtext(tag("f")) == f"F{r}*2"
    assert sheet.value(13, 1) == "合计"
    assert sheet.value(14, 1) == "注：类型指工业、养殖、餐饮。"


def test_all_that_reaches_the_rows_grows_with_them():
    content = filled(8)
    xml = parts(content)[SHEET].decode()
    sheet = read(content)
    assert sheet.cells[(13, 6)].findtext(tag("f")) == "SUM(F5:F12)"
    assert sheet.cells[(13, 7)].findtext(tag("f")) == "SUM(G5:G12)/MAX(1,COUNT(F5:F12))"
    assert {str(m) for m in sheet.merges} == {"A1:G1", "A14:G14"}
    assert {str(a) for a in sheet.lists} == {"B5:B12", "C5:C12"}
    assert xml.count("F5:F12</xm:sqref>") == 1  # the data bar's own extension
    assert '<conditionalFormatting sqref="F5:F12">' in xml
    assert '<conditionalFormatting sqref="F13">' in xml
    assert "<formula>$F$15</formula>" in xml
    assert '<hyperlink ref="B15"' in xml
    assert '<brk id="13"' in xml
    book = parts(content)[BOOK].decode()
    assert "情况表!$A$1:$G$14</definedName>" in book
    assert "情况表!$4:$4</definedName>" in book
    assert ">情况表!$F$5:$F$12</definedName>" in book


def test_a_merge_across_the_last_row_is_in_every_added_one():
    template = edit(TEMPLATE, SHEET, lambda xml: xml.replace(
        "</mergeCells>", "".join(f'<mergeCell ref="D{r}:E{r}"/>' for r in range(5, 10)) + "</mergeCells>"))  # fmt: skip
    layout = Layout((1, 2, 3, 4, 6), 5, 5)
    rows = [[n, "甲村", "养殖", "堆场" * 20, 1] for n in range(7)]
    sheet = read(filled(0, template, layout, rows=rows))
    assert {str(m) for m in sheet.merges} == {"A1:G1", "A13:G13", *(f"D{r}:E{r}" for r in range(5, 12))}
    assert sheet.rows[11].get("customHeight") == "1"


def test_the_order_of_calculation_moves_along():
    chain = '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' \
        '<c r="G5" i="1"/><c r="F10"/><c r="A1" i="3"/><c r="F10" i="3"/></calcChain>'  # fmt: skip
    book = open_workbook(TEMPLATE, "模板.xlsx")
    book.parts["xl/calcChain.xml"] = chain.encode()
    book.infos.append(type(book.infos[0])("xl/calcChain.xml"))
    content = fill(book, book.pages[0], {}, LAYOUT, [row(n) for n in range(8)])
    assert re.findall(r'r="(\w+)"', parts(content)["xl/calcChain.xml"].decode()) == ["G5", "F13", "A1", "F10"]


def test_a_row_whose_text_wraps_becomes_higher_and_no_other():
    sheet = read(filled(2, rows=[row(1), row(2, "沿渠堆放生活垃圾和建筑垃圾，" * 5)]))
    assert sheet.rows[5].get("ht") == "24"
    assert float(sheet.rows[6].get("ht")) > 60
    assert sheet.rows[6].get("customHeight") == "1"
    assert float(read(filled(1, rows=[row(1, "很长" * 9000)])).rows[5].get("ht")) == 409


@pytest.mark.parametrize(
    ("template", "what"),
    [(official(below=True), "图片、图表或文本框"), (official(chart_of_rows=True), "被图表引用")],
)
def test_what_cannot_move_stops_the_growth(template, what):
    assert changed(template, filled(5, template)) == [SHEET, BOOK]
    with pytest.raises(Refused) as refused:
        filled(6, template)
    assert [p.code for p in refused.value.problems] == ["sheets-064"]
    assert what in refused.value.problems[0].says


def test_rows_that_another_sheet_reads_do_not_grow():
    template = edit(TEMPLATE, "xl/worksheets/sheet3.xml", lambda xml: xml.replace("情况表!C:C", "情况表!C5:C9"))
    with pytest.raises(Refused) as refused:
        filled(6, template)
    assert "工作表“汇总”的公式" in refused.value.problems[0].says


def test_formulas_are_not_written_over():
    with pytest.raises(Refused) as refused:
        filled(2, cells={(10, 6): "1"}, layout=Layout((6, 7), 5, 5), rows=[[1, 2], [3, 4]])
    assert {(p.code, p.place.cell) for p in refused.value.problems} == {
        ("sheets-068", cell) for cell in ("F10", "G5", "G6", "G7", "G8", "G9")
    }  # fmt: skip


def test_a_cell_that_the_template_left_out_takes_the_style_of_its_row_or_column():
    def bare(xml):
        xml = re.sub(r'<c r="[BD]9"[^>]*/>', "", xml).replace('<row r="9"', '<row r="9" s="3" customFormat="1"')
        return xml.replace('<col min="4" max="4"', '<col min="4" max="4" style="2"').replace('<row r="2"', '<row r="2"')

    sheet = read(filled(5, edit(TEMPLATE, SHEET, bare)))
    assert sheet.value(9, 2) == "甲村"
    assert sheet.cells[(9, 2)].get("s") == "3"
    assert [c.get("r") for c in sheet.rows[9]] == [f"{x}9" for x in "ABCDEFG"]


def test_a_row_that_the_template_left_out_is_made():
    template = edit(TEMPLATE, SHEET, lambda xml: re.sub(r'<row r="12".*?</row>', "", xml))
    sheet = read(filled(1, template, cells={(3, 2): "甲", (40, 4): "乙"}))
    assert sheet.value(3, 2) == "甲"
    assert sheet.value(40, 4) == "乙"
    assert list(map(int, [line.get("r") for line in sheet.data])) == sorted(sheet.rows)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=30)
cells = st.one_of(st.none(), texts, st.integers(-(10**14), 10**14), st.dates(date(1901, 1, 1), date(2100, 1, 1)))


@given(st.lists(st.tuples(*[cells] * 6), max_size=14))
def test_what_is_filled_is_read_back(rows):
    content = filled(0, rows=rows) if rows else filled(0, rows=[])
    got = values(content, 5, 4 + max(len(rows), 5))
    sheet = read(content)
    for wanted, said in zip(rows, got, strict=False):
        for n, (value, there) in enumerate(zip(wanted, said, strict=True)):
            if isinstance(value, date) and not sheet.look(5, LAYOUT.columns[n]).dated:
                value = value.isoformat()
            if isinstance(value, int) and sheet.look(5, LAYOUT.columns[n]).dated and 0 < value < 2_958_466:
                value = sheet.day(value)
            assert there == (value if value != "" else None)
    assert [line for line in got[len(rows) :] if any(v is not None for v in line)] == []


@pytest.mark.filterwarnings("ignore:.*not supported and will be removed")
def test_the_filled_file_is_one_that_others_can_open(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(filled(12))
    page = load_workbook(path)["情况表"]
    assert page["D16"].value == "堆场一处"
    assert page["F17"].value == "=SUM(F5:F16)"
    assert page.protection.sheet


ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]>'


def macro(content):
    return edit(
        content, "[Content_Types].xml", lambda xml: xml.replace("sheet.main+xml", "sheet.macroEnabled.main+xml")
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "sheets-061"),
        (b"<html><table></table></html>", "sheets-061"),
        (b"", "sheets-061"),
        (b"PK\x03\x04 nothing", "sheets-002"),
        (macro(TEMPLATE), "sheets-062"),
        (edit(TEMPLATE, SHEET, lambda xml: xml[:-20]), "sheets-002"),
        (edit(TEMPLATE, SHEET, lambda xml: xml.replace("<worksheet", f"{ENTITY}<worksheet", 1)), "sheets-018"),
        (edit(TEMPLATE, SHEET, lambda xml: xml.replace('ref="A1:G1"', 'ref="?"')), "sheets-002"),
        (edit(TEMPLATE, BOOK, lambda xml: xml.replace("spreadsheetml/2006/main", "strict/main")), "sheets-061"),
    ],
)  # fmt: skip
def test_what_is_no_plain_workbook_is_refused(content, code):
    def look():
        book = open_workbook(content, "表.xlsx")
        book.sheet(book.pages[0])

    with pytest.raises(Refused) as refused:
        look()
    assert [p.code for p in refused.value.problems] == [code]
    assert refused.value.problems[0].place.file == "表.xlsx"
