"""Templates for tests: one with everything that an official file may hold, and ways to look into files."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Any

import xlsxwriter

X14_LIST = (
    '<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list" '
    'allowBlank="1"><x14:formula1><xm:f>字典!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>C5:C9</xm:sqref>'
    "</x14:dataValidation></x14:dataValidations></ext>"
)


def picture() -> io.BytesIO:
    """A red square as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + b"\xff\0\0" * 20 for _ in range(20))
    head = struct.pack(">IIBBBBB", 20, 20, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def official(*, below: bool = False, chart_of_rows: bool = False) -> bytes:
    """An official file: rows 5 to 9 of sheet 情况表, A to G, G a formula, row 10 totals, row 11 a note.

    With text box, picture, chart, button, comment, protection, rich text, links, drop-downs of its own and from another
    sheet, data bars, page breaks, print area. `below` puts a picture under the rows, `chart_of_rows` lets the chart
    show them.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page, words, sums = book.add_worksheet("情况表"), book.add_worksheet("字典"), book.add_worksheet("汇总")
    words.write_column(0, 0, ["工业", "养殖", "餐饮"])
    words.hide()
    sums.write_formula("A1", "=COUNTA(情况表!C:C)", None, 7)
    line = {"border": 1, "text_wrap": True, "valign": "vcenter", "font_name": "宋体"}
    cell, number = book.add_format(line), book.add_format({**line, "num_format": "0.0"})
    dated, open_ = (
        book.add_format({**line, "num_format": 'yyyy"年"m"月"d"日"'}),
        book.add_format({**line, "locked": False}),
    )
    bold = book.add_format({"bold": True})
    page.set_column(0, 0, 6)
    page.set_column(1, 2, 14)
    page.set_column(3, 3, 18)
    page.merge_range("A1:G1", "风险源情况表", book.add_format({"align": "center", "bold": True, "font_size": 18}))
    page.write_rich_string("A2", "填报", bold, "单位", "：（盖章）")
    page.write_string("F2", "填报时间：    年  月  日")
    for column, head in enumerate(["序号", "村", "类型", "描述", "时限", "数量", "得分"]):
        page.write_string(3, column, head, cell)
    for row in range(4, 9):
        page.set_row(row, 24)
        for column, form in enumerate([cell, cell, open_, cell, dated, number]):
            page.write_blank(row, column, None, form)
        page.write_formula(row, 6, f"=F{row + 1}*2", number, 0)
    page.write_string("A10", "合计", cell)
    page.write_formula("F10", "=SUM(F5:F9)", number, 0)
    page.write_formula("G10", "=SUM(G5:G9)/MAX(1,COUNT(F5:F9))", number, 0)
    page.merge_range("A11:G11", "注：类型指工业、养殖、餐饮。", book.add_format({"text_wrap": True}))
    page.write_url("B12", "internal:'汇总'!A1", string="汇总")
    page.data_validation("B5:B9", {"validate": "list", "source": ["甲村", "乙村"]})
    page.conditional_format("F5:F9", {"type": "data_bar", "data_bar_2010": True})
    page.conditional_format("F10", {"type": "cell", "criteria": ">", "value": "$F$12", "format": bold})
    page.insert_textbox("I2", "请勿改变格式")
    page.insert_image("I20" if below else "I1", "stamp.png", {"image_data": picture()})
    page.insert_button("K2", {"caption": "打印"})
    page.write_comment("D4", "写明现状")
    chart = book.add_chart({"type": "column"})
    rows = "$F$5:$F$9" if chart_of_rows else "$A$1:$A$3"
    chart.add_series({"values": f"={'情况表' if chart_of_rows else '字典'}!{rows}"})
    page.insert_chart("M1", chart)
    page.protect("secret", {"format_rows": True})
    page.print_area("A1:G11")
    page.repeat_rows(3)
    page.set_h_pagebreaks([10])
    page.freeze_panes(4, 0)
    page.set_landscape()
    page.set_paper(9)
    page.set_header('&C&"宋体"&10内部资料')
    book.define_name("数量", "=情况表!$F$5:$F$9")
    book.close()
    return edit(out.getvalue(), "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<extLst>", f"<extLst>{X14_LIST}"))


def edit(content: bytes, part: str, change: Any) -> bytes:
    """The file with one part changed by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            inner = old.read(info)
            if info.filename == part:
                text = inner.decode("utf-8")
                changed = change(text)
                assert changed != text, "the change changes nothing"
                inner = changed.encode("utf-8")
            new.writestr(info, inner)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def without_rows(sheet: bytes) -> str:
    """A sheet's XML without its rows, in a form that can be compared."""
    from lxml import etree

    root = etree.fromstring(sheet)
    for data in root.iter("{*}sheetData"):
        for row in list(data):
            data.remove(row)
    return re.sub(r">\s+<", "><", etree.tostring(root, method="c14n").decode())
