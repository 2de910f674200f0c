"""What stands in a cell, and what a field keeps of it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuanban.core.day import from_iso, iso, to_date, to_day
from zhuanban.pack.values import Field, FieldType, Option
from zhuanban.sheets.values import Wrong, converter, day_of, joined, text_of

CONTEXT = from_iso("2023-12-08")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2023.12.5", "2023-12-05"),
        ("2023/12/5", "2023-12-05"),
        ("2023-12-05", "2023-12-05"),
        ("2023年12月5日", "2023-12-05"),
        ("２０２３．１２．５", "2023-12-05"),
        ("12月5日", "2023-12-05"),
        ("12月29日", "2023-12-29"),  # of the sheet's year, though it has not come
        ("6月12日", "2023-06-12"),
        ("23.12.5", "2023-12-05"),
        ("23年12月5日", "2023-12-05"),
        ("2023年12月5日（星期二）", "2023-12-05"),
        ("2023年12月5日上午9时30分", "2023-12-05"),
        ("2023-12-05 09:30:00", "2023-12-05"),
        ("2023-12-05T09:30", "2023-12-05"),
        ("12 月 5 日", "2023-12-05"),
        ("2023年\n12月5日", "2023-12-05"),
        ("2023年底", "2023-12-31"),
        ("十二月五日", "2023-12-05"),
        ("二〇二三年十二月五日", "2023-12-05"),
        ("20231205", "2023-12-05"),
        (45265, "2023-12-05"),
        ("45265", "2023-12-05"),
        (20231205.0, "2023-12-05"),
        ("2023年12月底", "2023-12-31"),
        ("2023年2月底", "2023-02-28"),
        ("11月初", "2023-11-01"),
        (date(2023, 12, 5), "2023-12-05"),
        (datetime(2023, 12, 5, 9, 30), "2023-12-05"),
    ],
)
def test_dates_as_they_are_written(cell: object, day: str) -> None:
    assert iso(day_of(cell, CONTEXT)) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "sheets-020"),
        ("待定", "sheets-020"),
        ("2023年13月5日", "sheets-020"),
        ("2023.2.30", "sheets-020"),
        ("12月", "sheets-021"),
        ("2023年12月", "sheets-021"),
        ("12月上旬", "sheets-021"),
        (7, "sheets-020"),
        (12.5, "sheets-020"),  # 12.5 and 12.50 are one number, and 12月50日 is none
        ("昨天", "sheets-020"),
        ("1/2/3/4", "sheets-020"),
        ("12/5/23", "sheets-020"),  # which of them is the year?
        ("31.12.23", "sheets-020"),
        ("2023年12月5日前", "sheets-020"),
        ("2023.12.1-12.5", "sheets-033"),
        ("12月1日至5日", "sheets-033"),
        ("同上", "sheets-031"),
    ],
)
def test_what_is_no_date_is_refused(cell: object, code: str) -> None:
    with pytest.raises(Wrong) as caught:
        day_of(cell, CONTEXT)  # type: ignore[arg-type]
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    ("written", "said", "day"),
    [
        ("2024-01-05", "12月29日", "2023-12-29"),
        ("2024-01-05", "1月4日", "2024-01-04"),
        ("2024-01-05", "6月1日", "2024-06-01"),
        ("2023-12-08", "12月4日", "2023-12-04"),
        ("2023-12-08", "1月4日", "2023-01-04"),
        ("2023-07-01", "12月31日", "2023-12-31"),
    ],
)
def test_january_sheet_speaks_of_december(written: str, said: str, day: str) -> None:
    assert iso(day_of(said, from_iso(written))) == day


@pytest.mark.parametrize("said", ["2023-11-28", "2023年12月4日", "12月5日", "2023.12.06", 45268])
def test_dates_are_never_shifted(said: object) -> None:
    """Not to a workday, not by a time zone: Tuesday, Monday, Tuesday, Wednesday, Friday stay what they are."""
    weekday = {"2023-11-28": 1, "2023年12月4日": 0, "12月5日": 1, "2023.12.06": 2, 45268: 4}[said]  # type: ignore[index]
    assert to_date(day_of(said, CONTEXT)).weekday() == weekday  # type: ignore[arg-type]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_spelling_of_a_date_means_the_same(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    for cell in (
        f"{y}.{m}.{d}",
        f"{y}年{m}月{d}日",
        f"{y}/{m:02d}/{d:02d}",
        day.isoformat(),
        f"{y}{m:02d}{d:02d}",
        serial,
    ):
        assert day_of(cell, CONTEXT) == to_day(day)


def value(kind: FieldType, cell: object, **words: object) -> object:
    return converter(Field("f", "栏", kind, **words), CONTEXT, lambda name: name)(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "cell", "words", "kept"),
    [
        (FieldType.INTEGER, "５眼", {"unit": "眼"}, 5),
        (FieldType.INTEGER, 5.0, {}, 5),
        (FieldType.INTEGER, "1,234", {}, 1234),
        (FieldType.NUMBER, "11.56万元", {"unit": "万元", "decimals": 2}, 11.56),
        (FieldType.YES_NO, "√", {}, "是"),
        (FieldType.YES_NO, "无", {}, "否"),
        (FieldType.TEXT, 15.0, {}, "15"),
        (FieldType.TEXT, "　甲　", {}, "甲"),
        (FieldType.TEXT, "340123199001011234", {}, "340123199001011234"),
        (FieldType.TEXT, "007", {}, "007"),
        (FieldType.TEXT, "=1+1", {}, "=1+1"),
        (FieldType.TEXT, "电脑２台，打印机１台", {}, "电脑2台，打印机1台"),
        (FieldType.CHOICE, "小区", {"options": (Option("居民小区", ("小区",)),)}, "居民小区"),
        (FieldType.LINK, "A-1、A-2", {"ledger": "x", "many": True}, ["A-1", "A-2"]),
        (FieldType.UNIT, "甲队、乙队", {"many": True}, ["甲队", "乙队"]),
        (FieldType.LINK, "《某某技术要求》（HJ773-2015）", {"ledger": "x"}, "HJ773-2015"),
        (
            FieldType.LINK,
            "《某某技术要求（HJ773-2015）》、《某某法》",
            {"ledger": "x", "many": True},
            ["HJ773-2015", "某某法"],
        ),
        (FieldType.LINK, "《某某办法（试行）》", {"ledger": "x"}, "某某办法(试行)"),
        (FieldType.POINT, "112.53,32.99", {}, {"lon": 112.53, "lat": 32.99, "frame": "CGCS2000"}),
        (FieldType.POINT, "东经112.53°，北纬32.99°", {}, {"lon": 112.53, "lat": 32.99, "frame": "CGCS2000"}),
        (FieldType.CHOICE, "举报 线索", {"options": (Option("举报线索"),)}, "举报线索"),
        (FieldType.CHOICE, "城乡一体\n化示范区", {"options": (Option("城乡一体化示范区"),)}, "城乡一体化示范区"),
        (FieldType.PERSON, "张　某", {}, "张某"),
        (FieldType.TEXT, "新华\n路1号", {}, "新华路1号"),
        (FieldType.LONG_TEXT, "一、甲\n二、乙", {}, "一、甲\n二、乙"),
        (FieldType.TEXT, "'0377", {"pattern": r"\d+"}, "0377"),
        (FieldType.TEXT, "无", {"pattern": r"\d+"}, ""),
        (FieldType.TEXT, "无", {}, "无"),
        (FieldType.DATE, "无", {}, ""),
        (FieldType.INTEGER, "无", {}, ""),
        (FieldType.CHOICE, "无", {"options": (Option("无"), Option("有"))}, "无"),
        (FieldType.CHOICE, "无", {"options": (Option("甲"),)}, ""),
        (FieldType.YES_NO, "☑是 □否", {}, "是"),
        (FieldType.NUMBER, "95%", {"unit": "%"}, 95),
    ],
)
def test_values_as_they_are_written(kind: FieldType, cell: object, words: dict[str, object], kept: object) -> None:
    assert value(kind, cell, **words) == kept


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        (FieldType.INTEGER, "五六个"),
        (FieldType.INTEGER, 1.5),
        (FieldType.YES_NO, "也许"),
        (FieldType.TEXT, "#REF!"),
        (FieldType.POINT, "32.99,112.53"),
        (FieldType.TEXT, 4.11328199001011e17),
        (FieldType.TEXT, "4.11328E+17"),
        (FieldType.TEXT, "同上"),
        (FieldType.YES_NO, "□是 □否"),
    ],
)
def test_values_that_are_refused(kind: FieldType, cell: object) -> None:
    with pytest.raises(Wrong) as caught:
        value(kind, cell)
    assert caught.value.problem.advice


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ("举报 线索", "举报线索"),
        ("合 计", "合计"),
        ("城乡一体 化示范区", "城乡一体化示范区"),
        ("城乡一体\n化示范区", "城乡一体化示范区"),
        ("合　　计", "合计"),
        ("B座 3单元", "B座 3单元"),
        ("Room 3 A", "Room 3 A"),
    ],
)
def test_broken_names_are_joined(broken: str, name: str) -> None:
    assert joined(broken) == name


def test_numbers_of_a_float_column_keep_no_tail() -> None:
    assert [text_of(c) for c in (15.0, 15.5, True, None)] == ["15", "15.5", "是", ""]
