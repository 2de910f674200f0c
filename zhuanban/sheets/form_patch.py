"""Fills a template: only what must change in its XML changes, every other part stays byte for byte.

In the filled sheet these change: values, the heights of rows whose text wraps, and rows that are added. A filled cell
keeps its style and gets its text inside itself, so that the shared texts stay as they are. Stale results of formulas
go, and the workbook is told to calculate when it opens.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil

from lxml import etree

from zhuanban.core.problem import Problem, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.export import text_width
from zhuanban.sheets.export_rows import Value, as_cell, cut
from zhuanban.sheets.form_areas import LAST_ROW, Area, Growth, address, place_of
from zhuanban.sheets.form_file import Page, Sheet, Workbook, parse, tag
from zhuanban.sheets.form_grow import Layout, bare, cannot_grow, grow, grow_others, written

HIGHEST = 409.0  # points; no row can be higher
_LINE = 1.42  # height of a line of text against the size of its font, in the fonts these offices use
_PADDING = 6.0  # points above and below
_INLINE, _TEXT = tag("is"), tag("t")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LEGAL = str.maketrans({c: None for c in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)})
_BEFORE_CALC = ("definedNames", "externalReferences", "functionGroups", "sheets")  # calcPr follows the first found


def fill(
    book: Workbook,
    page: Page,
    cells: Mapping[tuple[int, int], Value],
    layout: Layout | None = None,
    rows: Sequence[Sequence[Value]] = (),
) -> bytes:
    """The workbook with these cells and rows filled (a value per column of the layout), as a file.

    More rows than are printed are added below the last printed one, in its pattern. A day goes into a cell made for
    dates as a date, into any other as 2021-11-03. Raises Refused with every place that cannot be filled.
    """
    sheet = Sheet(book, page)
    parts = dict(book.parts)
    patch = _Patch(sheet)
    for (row, column), value in cells.items():
        patch.put(row, column, value)
    patch.raise_rows()
    if layout is not None:
        extra = max(0, len(rows) - layout.printed)
        if extra:
            if faults := cannot_grow(book, page, layout):
                raise Refused(faults)
            if layout.last + extra + max(sheet.rows, default=0) > LAST_ROW:
                raise Refused(says.TOO_MANY_ROWS.at(book.place, rows=len(rows)))
            grow(sheet, layout, extra)
            grow_others(book, page, parts, Growth(layout.last, extra))
        patch.rows(layout, rows)
    if patch.faults:
        raise Refused(patch.faults)
    _calculate(book, sheet, parts)
    parts[page.part] = written(sheet.root)
    return _packed(book, parts)


class _Patch:
    """Puts values into one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.faults: list[Problem] = []
        self.widths = sheet.widths()
        self.spans = {(m.top, m.left): m for m in sheet.merges if m.top == m.bottom}
        self.lines: dict[int, float] = {}  # row → height that its texts need, in points

    def rows(self, layout: Layout, rows: Sequence[Sequence[Value]]) -> None:
        spans = {m.left: m for m in self.sheet.merges if m.top == m.bottom == layout.first}
        for index in range(max(len(rows), layout.printed)):
            row = layout.first + index
            for n, column in enumerate(layout.columns):
                if index < len(rows):
                    self.put(row, column, rows[index][n], spans.get(column))
                elif column not in layout.serials:
                    self.put(row, column, None)
        self.raise_rows()

    def put(self, row: int, column: int, value: Value, span: Area | None = None) -> None:
        sheet = self.sheet
        cell = sheet.cells.get((row, column))
        if cell is not None and len(cell) and cell.find(tag("f")) is not None:
            self.faults.append(says.FORMULA_THERE.at(sheet.spot(row, column)))
            return
        said = as_cell(value)
        if cell is None:
            if said is None or said == "":
                return
            cell = self._make(row, column)
        if len(cell):
            bare(cell)
        if said is None or said == "":
            return
        look = sheet.look(row, column)
        if isinstance(said, date):
            if not look.dated:
                said = said.isoformat()
            else:
                etree.SubElement(cell, tag("v")).text = str(sheet.serial(said))
                return
        if isinstance(said, str) or look.texted:
            text = cut(str(said).translate(_LEGAL))
            cell.set("t", "inlineStr")
            inner = etree.SubElement(etree.SubElement(cell, _INLINE), _TEXT)
            inner.text = text
            if text != text.strip() or "\n" in text:
                inner.set(_XML_SPACE, "preserve")
            if look.wrapped:
                self._measure(row, column, text, look.size, span or self.spans.get((row, column)))
            return
        etree.SubElement(cell, tag("v")).text = repr(said)

    def _make(self, row: int, column: int) -> etree._Element:
        """A cell that the template did not write down, in its place, with the style of its row or column."""
        sheet = self.sheet
        line = sheet.rows.get(row)
        if line is None:
            line = etree.Element(tag("row"))
            line.set("r", str(row))
            sheet.rows[row] = line
            after = [other for other in sheet.rows if other < row]
            sheet.data.insert(sheet.data.index(sheet.rows[max(after)]) + 1 if after else 0, line)
        if "spans" in line.attrib:  # a hint for readers that would no longer be true
            del line.attrib["spans"]
        cell = etree.Element(tag("c"))
        cell.set("r", address(row, column))
        style = line.get("s") if line.get("customFormat") in ("1", "true") else None
        for each in sheet.root.iterfind(f"{tag('cols')}/{tag('col')}"):
            if style is None and int(each.get("min", "0")) <= column <= int(each.get("max", "0")):
                style = each.get("style")
        if style is not None:
            cell.set("s", style)
        later = next((c for c in line if c.tag == tag("c") and place_of(c.get("r", "A1"))[1] > column), None)
        if later is None:
            line.append(cell)
        else:
            later.addprevious(cell)
        sheet.cells[(row, column)] = cell
        return cell

    def _measure(self, row: int, column: int, text: str, size: float, span: Area | None) -> None:
        columns = range(span.left, span.right + 1) if span is not None else (column,)
        width = sum(self.widths.get(c, self.widths[0]) for c in columns)
        room = max(2.0, (width - 1.2) * 11 / size)  # in digits of this font
        room -= room % 2  # a Chinese character is not broken in two
        short = 2 * len(text) <= room and "\n" not in text  # the usual case, without counting
        lines = 1 if short else sum(max(1, ceil(text_width(part) / room)) for part in text.split("\n"))
        self.lines[row] = max(self.lines.get(row, 0.0), lines * size * _LINE + _PADDING)

    def raise_rows(self) -> None:
        """Rows whose text needs more lines become higher, never lower."""
        form = self.sheet.root.find(tag("sheetFormatPr"))
        usual = float(form.get("defaultRowHeight", "15")) if form is not None else 15.0
        for row, height in self.lines.items():
            line = self.sheet.rows[row]
            if height > float(line.get("ht", usual)):
                line.set("ht", f"{min(height, HIGHEST):.1f}".removesuffix(".0"))
                line.set("customHeight", "1")
        self.lines = {}


def _calculate(book: Workbook, sheet: Sheet, parts: dict[str, bytes]) -> None:
    """Where the file has formulas: drop the results that the filled sheet remembers, ask for new ones on opening."""
    if not any(b"<f>" in parts[p.part] or b"<f " in parts[p.part] for p in book.pages):
        return
    for cell in sheet.cells.values():
        formula = cell.find(tag("f"))
        if formula is not None:
            bare(cell)
            cell.append(formula)
    root = parse(parts[book.workbook], book.place)
    calc = root.find(tag("calcPr"))
    if calc is None:
        calc = etree.Element(tag("calcPr"))
        next(found for name in _BEFORE_CALC if (found := root.find(tag(name))) is not None).addnext(calc)
    calc.set("fullCalcOnLoad", "1")
    parts[book.workbook] = written(root)


def _packed(book: Workbook, parts: Mapping[str, bytes]) -> bytes:
    """The file: every part in its old place, packed as it was."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info in book.infos:
            entry = zipfile.ZipInfo(info.filename, info.date_time)
            entry.compress_type = info.compress_type
            entry.external_attr = info.external_attr
            entry.create_system = info.create_system
            archive.writestr(entry, parts[info.filename])
    return out.getvalue()
