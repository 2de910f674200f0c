"""Locked forms: 2,000 rows filled into an official template of five, and the same file loaded and saved by openpyxl.

The template is drawn as the annexes are: nine columns, a note below. What is measured is filling the file: the rows
are made up beforehand.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import load_workbook

from bench.rig import Rig, Row
from scripts.draw_annexes import draw, read
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.form_file import open_workbook
from zhuanban.sheets.form_grow import Layout
from zhuanban.sheets.form_patch import fill

FORM = """
sheet: 附件
mark: 附件
title: 情况统计表
line: A 填报单位：（盖章） | G 填报时间：   年  月  日
column: 6 center 序号
column: 12 center 乡镇
column: 12 center 村
column: 12 center 类型
column: 12 center 分区
column: 28 left 情况
column: 24 left 措施
column: 14 center 时限
column: 12 center 责任人
rows: 5 30
note: 注：类型照方案所列。
"""


def rows(count: int) -> list[list[Value]]:
    """Rows as an office fills them in, some with text that wraps."""
    return [
        [
            n + 1,
            f"{n % 12}号街道",
            f"{n % 90}号村",
            "畜禽养殖",
            "二级",
            f"第{n}处，距围网约{n % 300}米，" * (1 + n % 4),
            "限期清运，加盖防雨" * (1 + n % 3),
            "2021年11月30日",
            "排查员",
        ]
        for n in range(count)
    ]


def ours(template: bytes, made: Sequence[Sequence[Value]]) -> bytes:
    book = open_workbook(template, "template.xlsx")
    return fill(book, book.pages[0], {(3, 1): "填报单位：东镇（盖章）"}, Layout(tuple(range(1, 10)), 5, 5), made)


def theirs(filled: bytes) -> None:
    """What any way by openpyxl costs at least: the finished file read and written, nothing filled."""
    load_workbook(io.BytesIO(filled)).save(io.BytesIO())


def run(rig: Rig) -> list[Row]:
    """Filling 2,000 rows, and against openpyxl."""
    count = rig.size(2_000, 50)
    template = draw(read(FORM))
    made = rows(count)
    filled = ours(template, made)
    found = rig.compare(lambda: ours(template, made), lambda: theirs(filled))
    return [
        Row(f"a form of {count:,} rows filled", found.ours, "s", 1),
        Row("— against openpyxl loading and saving it", found.ratio, "x", 1),
        Row("— openpyxl", found.theirs, "s"),
    ]
