import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuanban.sheets.guard import guard, unguard

TABLE = """
    =1+1                    | '=1+1
    =HYPERLINK("x","y")     | '=HYPERLINK("x","y")
    +cmd|' /C calc'!A0      | '+cmd|' /C calc'!A0
    -2+3+cmd|'!A0           | '-2+3+cmd|'!A0
    @SUM(1)                 | '@SUM(1)
    ＝1+1                    | '＝1+1
    '=1                     | ''=1
    -                       | -
    -3                      | -3
    -12.5%                  | -12.5%
    +8613000000000          | +8613000000000
    —                       | —
    '80年代                 | '80年代
    幸福路1号               | 幸福路1号
    a=b                     | a=b
"""


@pytest.mark.parametrize("line", [line for line in TABLE.split("\n") if line.strip()])
def test_what_a_cell_of_a_csv_says(line):
    # The last bar parts the columns: commands in attacks have bars of their own.
    half = line.index(" | ", 8)
    text, printed = line[:half].strip(), line[half + 3 :].strip()
    assert guard(text) == printed
    assert unguard(printed) == text


def test_hidden_signs_are_guarded_too():
    assert guard("\t=1") == "'\t=1"
    assert guard("\r=1") == "'\r=1"
    assert guard("\n=1") == "'\n=1"


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@＝\t\r\n0.%,a"), st.characters())))
def test_what_was_guarded_comes_back(text):
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in set("=@＝＋－＠\t\r\n")
