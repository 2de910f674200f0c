"""A marked-up copy of a workbook: in front a list of what is wrong, in the sheets each refused cell red, with a note.

An .xlsx keeps its look (formulas as their last results). Every other make, and what is too large to be kept whole in
memory, is set out anew. A copy of a copy shows what is wrong now, not what was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.hyperlink import Hyperlink

from zhuanban.core.problem import Place, Problem
from zhuanban.sheets.blame import in_order
from zhuanban.sheets.book import ORIGIN, Book, SheetRows, origins
from zhuanban.sheets.cells import Cell
from zhuanban.sheets.export import sheet_name, text_width, whole, workbook
from zhuanban.sheets.guard import FIRST
from zhuanban.sheets.understand import MARKED_SHEET, address
from zhuanban.sheets.values import text_of

RED, YELLOW, BLUE = "FFC7CE", "FFF2CC", "DDEBF7"
MAKER = "专班"
_ORIGINS = 12  # so many copies of copies know where they come from
_PARTED = "\n———— 专班批注 ————\n"  # between somebody else's note in a cell and ours
_LARGE = 400_000  # cells; more are set out anew, row by row
_LONGEST = 32_000
_OUTWARD = re.compile(r"[\[|\\]|://|DDE", re.IGNORECASE)
_LIST = {
    "序号": 5, "种类": 6, "工作表": 12, "哪一格": 8, "列": 14, "填的内容": 18, "问题": 38, "怎么改": 38, "代码": 11,
}  # fmt: skip


@dataclass(slots=True)
class Marks:
    """What is to be shown on a sheet; rows and columns from 1."""

    cells: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    rows: dict[int, list[str]] = field(default_factory=dict)


def write_marked(book: Book, problems: Sequence[Problem], warnings: Sequence[Problem], sha: str, target: Path) -> Path:
    """Write the copy (always .xlsx) to `target`; `sha` is the hash of the file that it is a copy of.

    Raises OSError where the disk is full or the folder cannot be written; then there is no new file.
    """
    origin = ORIGIN + " ".join([*origins(book), sha][-_ORIGINS:])
    target.parent.mkdir(parents=True, exist_ok=True)
    problems = _where_it_stands(book, problems)
    marks = _marks(book, problems)
    own = _own(book)
    if own is None:
        _write_anew(book, marks, problems, warnings, origin, target)
    else:
        _mark_own(own, marks, problems, warnings, origin, again=bool(origins(book)))
        with whole(target) as stream:
            own.save(stream)
    return target


def _marks(book: Book, problems: Sequence[Problem]) -> dict[str, Marks]:
    """What is to be shown, by sheet."""
    marks = {sheet.name: Marks() for sheet in book.sheets}
    for problem in problems:
        place = problem.place
        if place.sheet not in marks or not place.row:
            continue
        here = marks[place.sheet]
        notes = (
            here.cells.setdefault(coordinate_to_tuple(place.cell), [])
            if place.cell
            else here.rows.setdefault(place.row, [])
        )
        notes.append(f"{problem.says}{problem.advice}")
    return marks


def _where_it_stands(book: Book, problems: Sequence[Problem]) -> list[Problem]:
    """The problems in the order of their places, each once: what is wrong in a merged block is so in its first cell."""
    wanted: dict[str, set[tuple[int, int]]] = {}
    for p in problems:
        if p.place.cell:
            wanted.setdefault(p.place.sheet, set()).add(coordinate_to_tuple(p.place.cell))
    firsts: dict[tuple[str, str], str] = {}
    for sheet in book.sheets:
        for top, left, bottom, right in sheet.merged:
            for row, column in wanted.get(sheet.name, ()):
                if top < row <= bottom + 1 and left < column <= right + 1:
                    firsts[(sheet.name, address(row, column - 1))] = address(top + 1, left)
    once: dict[tuple[object, ...], Problem] = {}
    for p in problems:
        cell = firsts.get((p.place.sheet, p.place.cell), p.place.cell)
        row = coordinate_to_tuple(cell)[0] if cell else p.place.row
        once.setdefault((p.place.sheet, row, cell, p.says), p.at(replace(p.place, cell=cell, row=row)))
    return in_order(once.values(), [sheet.name for sheet in book.sheets])


# -- an .xlsx, with its look -------------------------------------------------------------------------------------------


def _own(book: Book) -> Workbook | None:
    """The workbook itself, where it can be kept: an .xlsx, not too large, and sound enough to be written again."""
    if book.kind != "xlsx" or sum(_size(sheet) for sheet in book.sheets) > _LARGE:
        return None
    try:
        return load_workbook(book.path, data_only=True, keep_links=False)
    except Exception:  # whatever this reader cannot take is set out anew
        return None


def _size(sheet: SheetRows) -> int:
    if isinstance(sheet.source, list):
        return sum(len(row) for row in sheet.source)
    return (sheet.source.total_height + 1) * (sheet.source.total_width + 1)


def _mark_own(
    copy: Workbook,
    marks: dict[str, Marks],
    problems: Sequence[Problem],
    warnings: Sequence[Problem],
    origin: str,
    *,
    again: bool,
) -> None:
    if MARKED_SHEET in copy.sheetnames:
        copy.remove(copy[MARKED_SHEET])
    for name in [n for n, d in copy.defined_names.items() if _OUTWARD.search(d.attr_text or "")]:
        del copy.defined_names[name]
    contents: dict[tuple[str, str], str] = {}
    for page in copy.worksheets:
        if again:
            _unmark(page)
        here = marks.get(page.title, Marks())
        for (row, column), notes in here.cells.items():
            cell: Any = page.cell(row, column)
            cell.fill = PatternFill("solid", fgColor=RED)
            _note(cell, notes)
            contents[(page.title, address(row, column - 1))] = str(cell.value if cell.value is not None else "")
        for row, notes in here.rows.items():
            filled = [c for c in page[row] if not isinstance(c, MergedCell) and c.value is not None]
            for cell in filled:
                if (row, cell.column) not in here.cells:
                    cell.fill = PatternFill("solid", fgColor=YELLOW)
            if filled:
                _note(filled[0], notes)
    _list_own(copy, problems, warnings, contents)
    copy.properties.keywords = origin


def _unmark(page: Any) -> None:
    """Take away what an earlier copy showed."""
    for row in page.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == MAKER:
                theirs, parted, _ = cell.comment.text.rpartition(_PARTED)
                cell.comment = Comment(theirs, "") if parted else None
            if cell.has_style and str(cell.fill.fgColor.rgb)[2:] in {RED, YELLOW}:
                cell.fill = PatternFill()


def _note(cell: Any, notes: Sequence[str]) -> None:
    text = "\n".join(notes)
    if cell.comment is not None:
        theirs, parted, ours = cell.comment.text.rpartition(_PARTED)
        if cell.comment.author == MAKER:
            text = f"{ours}\n{text}"
            theirs = theirs if parted else ""
        else:
            theirs = cell.comment.text
        text = f"{theirs}{_PARTED}{text}" if theirs else text
    cell.comment = Comment(text, MAKER, width=320, height=_height(text))


def _height(text: str) -> int:
    """Pixels that a note of this text needs at a width of 320."""
    return 30 + 18 * sum(1 + text_width(line) // 44 for line in text.split("\n"))


def _list_own(
    copy: Workbook, problems: Sequence[Problem], warnings: Sequence[Problem], contents: dict[tuple[str, str], str]
) -> None:
    page = copy.create_sheet(MARKED_SHEET, 0)
    for other in copy.worksheets:
        other.sheet_view.tabSelected = other is page
    copy.active = 0
    thin = Side("thin", color="BFBFBF")
    page.append([_headline(problems, warnings)])
    page["A1"].font = Font(bold=True, size=14)
    page.append([_WHAT_TO_DO])
    page.append(list(_LIST))
    for cell in page[3]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=BLUE)
        cell.border = Border(thin, thin, thin, thin)
    for number, (line, link) in enumerate(_listed(problems, warnings, set(copy.sheetnames), contents), 4):
        for column, words in enumerate(line, 1):
            cell = page.cell(number, column)
            cell.value = words
            if isinstance(words, str):
                cell.data_type = "s"  # text that looks like a formula stays text
                cell.quotePrefix = words[:1] in FIRST and bool(words)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = Border(thin, thin, thin, thin)
        page.row_dimensions[number].height = _line_height(line)
        if link:
            place: Any = page.cell(number, 4)
            place.hyperlink = Hyperlink(ref=place.coordinate, location=link)
            place.font = Font(color="0563C1", underline="single")
    for column, width in enumerate(_LIST.values()):
        page.column_dimensions[address(1, column)[:-1]].width = width
    page.freeze_panes = "A4"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "3:3"


# -- any other make ----------------------------------------------------------------------------------------------------


def _write_anew(
    book: Book,
    marks: dict[str, Marks],
    problems: Sequence[Problem],
    warnings: Sequence[Problem],
    origin: str,
    target: Path,
) -> None:
    """Set the sheets out anew. A large workbook goes out row by row; its merged cells then stay single."""
    sheets = [s for s in book.sheets if s.name != MARKED_SHEET]
    streaming = sum(_size(sheet) for sheet in sheets) > _LARGE
    names = _sheet_names(sheets)
    contents: dict[tuple[str, str], str] = {}
    with workbook(target, streaming=streaming) as copy:
        copy.set_properties({"keywords": origin})
        form = _forms(copy)
        front = copy.add_worksheet(MARKED_SHEET)
        pages = {s.name: copy.add_worksheet(names[s.name]) for s in sheets}
        for sheet in sheets:
            here = marks.get(sheet.name, Marks())
            _page_anew(pages[sheet.name], sheet, here, form, contents, streaming=streaming)
            pages[sheet.name].set_landscape()
            pages[sheet.name].set_paper(9)
            pages[sheet.name].fit_to_pages(1, 0)
            if sheet.hidden:
                pages[sheet.name].hide()
        _list_anew(front, form, problems, warnings, names, contents)


def _page_anew(
    page: Any,
    sheet: SheetRows,
    marks: Marks,
    form: Callable[..., Any],
    contents: dict[tuple[str, str], str],
    *,
    streaming: bool,
) -> None:
    for column, width in enumerate(_widths(sheet)):
        page.set_column(column, column, width)
    blocks = {} if streaming else {(top, left): (bottom, right) for top, left, bottom, right in sheet.merged}
    for number, row in sheet.rows():
        noted = number not in marks.rows
        for c, value in enumerate(row):
            notes = marks.cells.get((number, c + 1), [])
            if value is None and not notes and (number - 1, c) not in blocks:
                continue
            if not noted and value is not None:  # what is wrong with the row as a whole stands at its first cell
                notes, noted = [*marks.rows[number], *notes], True
            colour = RED if (number, c + 1) in marks.cells else YELLOW if number in marks.rows else ""
            if (number - 1, c) in blocks:
                bottom, right = blocks[(number - 1, c)]
                if (bottom, right) != (number - 1, c):
                    page.merge_range(number - 1, c, bottom, right, "", form(colour))
            _write(page, number - 1, c, value, colour, form)
            if (number, c + 1) in marks.cells:
                contents[(sheet.name, address(number, c))] = text_of(value)
            if notes:
                text = "\n".join(notes)
                page.write_comment(number - 1, c, text, {"author": MAKER, "width": 320, "height": _height(text)})


def _write(page: Any, row: int, column: int, value: Cell, colour: str, form: Callable[..., Any]) -> None:
    if isinstance(value, str):
        text = value[:_LONGEST]
        page.write_string(row, column, text, form(colour, text=True, quoted=text[:1] in FIRST and bool(text)))
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, form(colour))
    elif isinstance(value, int | float):
        page.write_number(row, column, value, form(colour))
    elif isinstance(value, date | datetime | time | timedelta):
        page.write_datetime(row, column, value, form(colour, shown=_shown(value)))
    else:
        page.write_blank(row, column, None, form(colour))


def _shown(value: date | datetime | time | timedelta) -> str:
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return "yyyy-mm-dd hh:mm:ss"
    return "yyyy-mm-dd" if isinstance(value, date) else "hh:mm:ss"


def _forms(copy: Any) -> Callable[..., Any]:
    known: dict[tuple[Any, ...], Any] = {}

    def form(colour: str = "", *, text: bool = False, quoted: bool = False, shown: str = "", **look: Any) -> Any:
        key = (colour, text, quoted, shown, *sorted(look.items()))
        if key not in known:
            words: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF", "text_wrap": True, **look}
            if colour:
                words["bg_color"] = f"#{colour}"
            if text:
                words["num_format"] = "@"
            if shown:
                words["num_format"] = shown
            if quoted:
                words["quote_prefix"] = True
            known[key] = copy.add_format(words)
        return known[key]

    return form


def _widths(sheet: SheetRows) -> Iterator[float]:
    """Wide enough for what stands in the first rows, titles over several columns left aside."""
    titles = {(top, left) for top, left, _, right in sheet.merged if right > left}
    needed: list[int] = []
    for number, row in sheet.rows():
        if number > 200:
            break
        needed += [0] * (len(row) - len(needed))
        for c, value in enumerate(row):
            if value is not None and (number - 1, c) not in titles and sum(v is not None for v in row) > 1:
                needed[c] = max(needed[c], text_width(text_of(value)))
    return (min(max(width + 2.0, 6.0), 40.0) for width in needed)


def _sheet_names(sheets: Sequence[SheetRows]) -> dict[str, str]:
    """Names of sheets → names that an .xlsx takes; no two are the same."""
    names: dict[str, str] = {}
    taken = {MARKED_SHEET}
    for sheet in sheets:
        part = 1
        while (name := sheet_name(sheet.name, part)).lower() in taken:
            part += 1
        taken.add(name.lower())
        names[sheet.name] = name
    return names


def _list_anew(
    page: Any,
    form: Callable[..., Any],
    problems: Sequence[Problem],
    warnings: Sequence[Problem],
    names: dict[str, str],
    contents: dict[tuple[str, str], str],
) -> None:
    plain = {"border": 0, "text_wrap": False}
    page.write_string(0, 0, _headline(problems, warnings), form(bold=True, font_size=14, **plain))
    page.write_string(1, 0, _WHAT_TO_DO, form(**plain))
    for column, (head, width) in enumerate(_LIST.items()):
        page.set_column(column, column, width)
        page.write_string(2, column, head, form(BLUE, bold=True))
    for number, (line, link) in enumerate(_listed(problems, warnings, set(names), contents, names), 3):
        page.set_row(number, _line_height(line))
        for column, words in enumerate(line):
            if isinstance(words, int):
                page.write_number(number, column, words, form(valign="top"))
            elif column == 3 and link:
                page.write_url(number, column, f"internal:{link}", form(valign="top", font_color="#0563C1"), words)
            else:
                page.write_string(number, column, words, form(valign="top", quoted=words[:1] in FIRST and bool(words)))
    page.freeze_panes(3, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)


# -- the list in front -------------------------------------------------------------------------------------------------

_WHAT_TO_DO = "请在标红的格里改好后，把本文件整本发回；批注和颜色不必清除，已登记的行不会重复登记。"


def _headline(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    file = next((p.place.file for p in problems if p.place.file), "")
    besides = f"，另有{len(warnings)}处提示" if warnings else ""
    return f"“{file}”有{len(problems)}处没有登记{besides}"


def _listed(
    problems: Sequence[Problem],
    warnings: Sequence[Problem],
    sheets: set[str],
    contents: dict[tuple[str, str], str],
    names: dict[str, str] | None = None,
) -> Iterator[tuple[list[str | int], str]]:
    """The lines of the list, each with a link to its place ("" for none)."""
    kinds = [*(("问题", p) for p in problems), *(("提示", w) for w in warnings)]
    for number, (kind, p) in enumerate(kinds, 1):
        place = p.place
        where = place.cell or (f"第{place.row}行" if place.row else "")
        column = place.column or place.field
        content = contents.get((place.sheet, place.cell), "")[:200]
        line: list[str | int] = [number, kind, place.sheet, where or "整张", column, content, p.says, p.advice, p.code]
        name = (names or {}).get(place.sheet, place.sheet)
        yield line, _link(place, name) if place.sheet in sheets else ""


def _line_height(line: Sequence[str | int]) -> float:
    """Points that a line of the list needs at the widths of its columns."""
    widths = zip(line, _LIST.values(), strict=True)
    return 16.0 * max(
        sum(1 + (text_width(part) - 1) // width for part in str(words).split("\n")) for words, width in widths
    )


def _link(place: Place, name: str) -> str:
    return "'{}'!{}".format(name.replace("'", "''"), place.cell or f"A{place.row or 1}")
