"""A marked-up copy of a workbook: refused cells coloured and commented, and a list of problems at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from zhuanban.core.problem import Problem
from zhuanban.sheets.book import Book
from zhuanban.sheets.understand import MARKED_SHEET

_CELL = PatternFill("solid", fgColor="FFC7CE")
_ROW = PatternFill("solid", fgColor="FFF2CC")
_ILLEGAL = dict.fromkeys(c for c in range(32) if c not in (9, 10, 13))


def write_marked(book: Book, problems: Sequence[Problem], target: Path) -> Path:
    """Write the copy (always .xlsx) to `target`. An .xlsx keeps its look; others are set out anew."""
    copy = _own(book) if book.kind == "xlsx" and _is_xlsx(book.path) else _anew(book)
    for problem in problems:
        place = problem.place
        if place.sheet not in copy.sheetnames:
            continue
        page: Any = copy[place.sheet]
        if place.row:
            for cell in page[place.row]:
                if cell.value is not None and cell.fill.fgColor.rgb != "00FFC7CE":
                    cell.fill = _ROW
        if place.cell:
            cell = page[place.cell]
            cell.fill = _CELL
            note = f"{problem.says}{problem.advice}"
            cell.comment = Comment(
                f"{cell.comment.text}\n{note}" if cell.comment else note, "专班", width=320, height=120
            )
    _list(copy, problems)
    target.parent.mkdir(parents=True, exist_ok=True)
    copy.save(target)
    return target


def _is_xlsx(path: Path) -> bool:
    try:
        load_workbook(path, read_only=True).close()
    except Exception:  # an .ods is a zip too; whatever openpyxl cannot take is set out anew
        return False
    return True


def _own(book: Book) -> Workbook:
    return load_workbook(book.path, data_only=True)


def _anew(book: Book) -> Workbook:
    copy = Workbook()
    copy.remove(copy.worksheets[0])
    for sheet in book.sheets:
        page = copy.create_sheet(sheet.name)
        for number, row in sheet.rows():
            for c, value in enumerate(row, 1):
                if value is not None:
                    cell = page.cell(number, c)
                    cell.value = value.translate(_ILLEGAL) if isinstance(value, str) else value
                    if isinstance(value, str):
                        cell.data_type = "s"  # text that looks like a formula stays text
        for top, left, bottom, right in sheet.merged:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return copy


def _list(copy: Workbook, problems: Sequence[Problem]) -> None:
    if MARKED_SHEET in copy.sheetnames:
        copy.remove(copy[MARKED_SHEET])
    page = copy.create_sheet(MARKED_SHEET)
    page.append(["工作表", "单元格", "列", "问题", "怎么改", "代码"])
    for cell in page[1]:
        cell.font = Font(bold=True)
    for p in problems:
        where = p.place.cell or (f"第{p.place.row}行" if p.place.row else "")
        page.append([p.place.sheet, where, p.place.column or p.place.field, p.says, p.advice, p.code])
        for cell in page[page.max_row]:
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEF", (16, 10, 16, 48, 40, 14), strict=True):
        page.column_dimensions[letter].width = width
