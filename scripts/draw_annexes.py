"""Draws the templates of locked forms: each `campaigns/*/forms/NAME.txt` becomes `NAME.xlsx` beside it.

The text says what is printed, line by line, from the top:

    sheet: 附件2                          name of the sheet
    mark: 附件2                           what stands above the title
    title: 乡镇（街道）专项行动排查情况统计表
    line: A 填报单位：（盖章） | G 填报时间：   年  月  日      parts of a line, each from its column on
    column: 16 left 风险源描述            width in digits, setting, head (`/` breaks its line, `//` is a stroke)
    numbers: 10                           a row of column numbers under the heads, 1 to 10
    rows: 5 40                            blank rows, their height in points
    note: 注：…                           a line across the table, as many rows high as it needs

The same text gives the same bytes (the versions of the tools being locked). `--check` draws nothing and exits 1 where a
template is not what its text says.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from zhuanban.sheets.export import text_width

ROOT = Path(__file__).resolve().parent.parent
SONG, HEI = "宋体", "黑体"
MADE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Column:
    width: float
    align: str  # left | center
    head: str


@dataclass(slots=True)
class Sheet:
    """A form as its text says it. `lines` holds (kind, text) of what stands above and below the rows, in order."""

    name: str = "Sheet1"
    columns: list[Column] = field(default_factory=list)
    above: list[tuple[str, str]] = field(default_factory=list)
    numbers: int = 0  # how many columns are numbered under the heads
    rows: int = 0
    height: float = 30
    below: list[tuple[str, str]] = field(default_factory=list)


def _head(said: str) -> str:
    return "/".join(part.replace("/", "\n") for part in said.split("//"))


def read(text: str) -> Sheet:
    """The form of a text. Raises ValueError for a line that says nothing known."""
    sheet = Sheet()
    for line in filter(str.strip, text.splitlines()):
        kind, colon, said = line.partition(":")
        said = said.strip()
        match kind if colon else "":
            case "sheet":
                sheet.name = said
            case "column":
                width, align, head = said.split(" ", 2)
                sheet.columns.append(Column(float(width), align, _head(head)))
            case "numbers":
                sheet.numbers = int(said)
            case "rows":
                rows, height = said.split()
                sheet.rows, sheet.height = int(rows), float(height)
            case "mark" | "title" | "line" | "note":
                (sheet.below if sheet.rows else sheet.above).append((kind, said))
            case _:
                raise ValueError(line)
    return sheet


def draw(sheet: Sheet) -> bytes:
    """The workbook: A4 landscape, one page wide, the heads repeated on each page."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": MADE})
    page = book.add_worksheet(sheet.name)
    last = len(sheet.columns) - 1
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
    row = 0
    for kind, said in sheet.above:
        _line(book, page, sheet, row, kind, said)
        row += 1
    head = row
    _heads(book, page, sheet, head)
    first = head + 1
    if sheet.numbers:
        form = book.add_format(
            {"font_name": SONG, "font_size": 11, "align": "center", "valign": "vcenter", "border": 1}
        )
        for number in range(sheet.numbers):
            page.write_number(first, number, number + 1, form)
        first += 1
    for row in range(first, first + sheet.rows):
        page.set_row(row, sheet.height)
        for number, column in enumerate(sheet.columns):
            page.write_blank(row, number, None, _cell(book, column))
    row = first - 1 + sheet.rows
    for kind, said in sheet.below:
        row += 1
        _line(book, page, sheet, row, kind, said)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.repeat_rows(head, first - 1)
    page.print_area(0, 0, row, last)
    page.hide_gridlines(2)
    book.close()
    return out.getvalue()


def _line(book: Any, page: Any, sheet: Sheet, row: int, kind: str, said: str) -> None:
    last = len(sheet.columns) - 1
    match kind:
        case "mark":
            page.set_row(row, 24)
            page.write_string(row, 0, said, book.add_format({"font_name": HEI, "font_size": 14, "valign": "vcenter"}))
        case "title":
            page.set_row(row, 40)
            form = {"font_name": SONG, "font_size": 20, "bold": True, "align": "center", "valign": "vcenter"}
            page.merge_range(row, 0, row, last, said, book.add_format(form))
        case "line":
            page.set_row(row, 28)
            parts = [part.strip() for part in said.split("|")]
            starts = [ord(part[0]) - ord("A") for part in parts]
            form = book.add_format({"font_name": SONG, "font_size": 12, "valign": "vcenter"})
            for part, start, end in zip(parts, starts, [*(s - 1 for s in starts[1:]), last], strict=True):
                page.merge_range(row, start, row, end, part[1:].strip(), form)
        case "note":
            width = sum(column.width for column in sheet.columns)
            page.set_row(row, 18 * ceil(text_width(said) / (width - 4)) + 4)
            form = {"font_name": SONG, "font_size": 11, "text_wrap": True, "valign": "vcenter"}
            page.merge_range(row, 0, row, last, said, book.add_format(form))


def _heads(book: Any, page: Any, sheet: Sheet, row: int) -> None:
    form = {"font_name": HEI, "font_size": 12, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
    lines = max(column.head.count("\n") + ceil(text_width(column.head) / column.width) for column in sheet.columns)
    page.set_row(row, max(30, 18 * lines + 8))
    for number, column in enumerate(sheet.columns):
        page.write_string(row, number, column.head, book.add_format(form))


def _cell(book: Any, column: Column) -> Any:
    """Cells of text, so that a telephone number typed into one stays what it is; 序号 is a number."""
    form = {"font_name": SONG, "font_size": 11, "valign": "vcenter", "align": column.align, "text_wrap": True}
    number = {} if column.head == "序号" else {"num_format": "@"}
    return book.add_format({**form, **number, "border": 1})


def main() -> int:
    stale = []
    for text in sorted((ROOT / "campaigns").glob("*/forms/*.txt")):
        target = text.with_suffix(".xlsx")
        content = draw(read(text.read_text("utf-8")))
        if target.is_file() and target.read_bytes() == content:
            continue
        stale.append(target.relative_to(ROOT).as_posix())
        if "--check" not in sys.argv:
            target.write_bytes(content)
    print("\n".join(stale) or "All templates are what their texts say.")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
