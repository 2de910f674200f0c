"""Where addresses, areas and formulas are after rows were added below row 9."""

import pytest

from zhuanban.sheets.form_areas import Area, Growth, address, area_of, place_of, rows_named

GROWTH = Growth(last=9, by=3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A1", "A1"),
        ("A9", "A9"),
        ("A10", "A13"),
        ("$B$10", "$B$13"),
        ("A5:G9", "A5:G12"),
        ("A9:G9", "A9:G12"),
        ("A5:A8", "A5:A8"),
        ("A1:G11", "A1:G14"),
        ("A10:B11", "A13:B14"),
        ("$F$5:$F$9", "$F$5:$F$12"),
        ("A:C", "A:C"),
        ("4:4", "4:4"),
        ("$4:$9", "$4:$12"),
        ("10:11", "13:14"),
        ("A5:A1048576", "A5:A1048576"),
    ],
)
def test_an_area_after_the_growth(before, after):
    assert GROWTH.reference(before) == after


def test_several_areas():
    assert GROWTH.references("A5:A9 C2 D10:D11") == "A5:A12 C2 D13:D14"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(F5:F9)", "SUM(F5:F12)"),
        ("F10/F11", "F13/F14"),
        ("SUM(Sheet2!F5:F9)", "SUM(Sheet2!F5:F9)"),
        ("SUM('情况表'!F5:F9,情况表!$F$10)", "SUM('情况表'!F5:F12,情况表!$F$13)"),
        ('IF(A10="A10",LOG10(A10),"见A10:A11")', 'IF(A13="A10",LOG10(A13),"见A10:A11")'),
        ("COUNTA(C:C)+1e10", "COUNTA(C:C)+1e10"),
        ("A1:A5 A3:A9", "A1:A5 A3:A12"),
    ],
)
def test_a_formula_after_the_growth(before, after):
    assert GROWTH.formula(before, "情况表", "情况表") == after


def test_a_formula_in_a_row_keeps_to_its_row():
    assert GROWTH.formula("SUM(B9:D9)+E10", "表", "表", extend=False) == "SUM(B9:D9)+E13"


def test_a_formula_of_another_sheet_needs_the_name():
    assert GROWTH.formula("A10+情况表!A10", "情况表", "汇总") == "A10+情况表!A13"


def test_which_rows_a_formula_names():
    formula = "SUM('情 况''s'!$F$5:$F$9)+COUNTA('情 况''s'!C:C)+A1+'情 况''s'!3:4"
    assert rows_named(formula, "情 况's", "别处") == [
        ("'情 况''s'!$F$5:$F$9", 5, 9),
        ("'情 况''s'!3:4", 3, 4),
    ]


@pytest.mark.parametrize(("row", "column", "text"), [(1, 1, "A1"), (7, 28, "AB7"), (1048576, 16384, "XFD1048576")])
def test_addresses(row, column, text):
    assert address(row, column) == text
    assert place_of(text) == (row, column)


def test_areas():
    assert area_of("$A$1:C3") == Area(1, 1, 3, 3)
    assert str(Area(1, 1, 3, 3)) == "A1:C3"
    assert str(area_of("B2")) == "B2"
    with pytest.raises(ValueError, match="A"):
        area_of("A:A1")
