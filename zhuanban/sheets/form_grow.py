"""Adds rows to a sheet below its last printed one, in that row's pattern, and moves all that stands below.

What the sheet itself says moves along: merged cells, drop-downs, conditional formats, links, page breaks, formulas; in
the workbook named areas such as the print area, and the order of calculation. What only another part could move (a
picture, a note, a chart's source) stops it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from openpyxl.formula.translate import Translator

from zhuanban.core.problem import Problem
from zhuanban.sheets import problems as says
from zhuanban.sheets.form_areas import Area, Growth, address, area_of, place_of, rows_named
from zhuanban.sheets.form_file import XM, Page, Sheet, Workbook, parse, tag

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_NAMES = {"comments": "批注", "table": "表格对象", "vmlDrawing": "控件", "drawing": "图片、图表或文本框"}
_CONTROL = re.compile(rb'ObjectType="(?!Note)\w+"(?:(?!</x:ClientData>).)*?<x:Anchor>\s*\d+,\s*-?\d+,\s*(\d+)', re.S)
_OPEN_END = 1000  # a reference that goes so far below the rows means the whole column


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a sheet are filled: columns by number, first row, how many rows the template has."""

    columns: tuple[int, ...]
    first: int
    printed: int
    serials: tuple[int, ...] = ()  # those of the columns that hold running numbers, which may be printed in advance

    @property
    def last(self) -> int:
        return self.first + self.printed - 1


def written(root: etree._Element) -> bytes:
    """An XML part as it goes into the file."""
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def bare(cell: etree._Element) -> None:
    """Takes out what stands in a cell; its style stays."""
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]


def cannot_grow(book: Workbook, page: Page, layout: Layout) -> list[Problem]:
    """What would have to move with the rows, and cannot without touching other parts of the file."""
    sheet = book.sheet(page)
    found = [
        says.FIXED_BELOW.at(sheet.spot(row), what=_NAMES[kind])
        for kind, part in book.relations(page.part).values()
        if kind in _NAMES and part in book.parts
        for row in _anchored(kind, book, part)
        if row > layout.last or (kind == "table" and row >= layout.first)
    ]
    for what, first, last in _referred(book, page):
        if last >= layout.first and not (first <= layout.first and last >= layout.last + _OPEN_END):
            found.append(says.FIXED_BELOW.at(sheet.spot(first), what=f"数据（被{what}引用）"))
    return list(dict.fromkeys(found))


def _anchored(kind: str, book: Workbook, part: str) -> list[int]:
    """The rows at which a part of a sheet hangs."""
    content = book.parts[part]
    if kind == "vmlDrawing":
        return [int(row) + 1 for row in _CONTROL.findall(content)]
    root = parse(content, book.place)
    if kind == "comments":
        return [place_of(each.get("ref", "A1"))[0] for each in root.iter(tag("comment"))]
    if kind == "table":
        return [area_of(root.get("ref", "A1")).bottom]
    return [int(row.text or "0") + 1 for row in root.iterfind(f".//{tag('from', _DRAWING)}/{tag('row', _DRAWING)}")]


def _referred(book: Workbook, page: Page) -> Iterator[tuple[str, int, int]]:
    """(what, first row, last row) of every reference from other sheets and charts to rows of this sheet."""
    others = [(f"工作表“{o.name}”的公式", o.part, o.name) for o in book.pages if o.part != page.part]
    others += [("图表", part, "") for part in book.parts if re.fullmatch(r"xl/charts/chart\d*\.xml", part)]
    for what, part, here in others:
        if page.name.encode() not in book.parts[part]:
            continue
        for node in parse(book.parts[part], book.place).iter():
            if isinstance(node.tag, str) and etree.QName(node).localname in ("f", "formula", "formula1", "formula2"):
                yield from ((what, first, last) for _, first, last in rows_named(node.text or "", page.name, here))


def grow(sheet: Sheet, layout: Layout, extra: int) -> None:
    """Steps: formulas and areas say where things will be → rows below move → the new rows are copied in."""
    growth = Growth(layout.last, extra)
    pattern = sheet.rows.get(layout.last)
    masters = _shared(sheet)
    copies = [_copy(pattern, layout.last + n, masters) for n in range(1, extra + 1)] if pattern is not None else []
    _move_formulas(sheet, layout, growth)
    _move_areas(sheet, growth)
    _move_merges(sheet, growth)
    _move_rows(sheet, growth)
    before = pattern
    for line in copies:
        assert before is not None
        before.addnext(line)
        before = line
        row = int(line.get("r", "0"))
        sheet.rows[row] = line
        sheet.cells.update({place_of(c.get("r", "")): c for c in line if c.tag == tag("c")})


def _shared(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """Number of a shared formula → (its text, the cell that says it)."""
    found = {}
    for cell in sheet.cells.values():
        formula = cell.find(tag("f"))
        if formula is not None and formula.get("t") == "shared" and formula.text:
            found[formula.get("si", "")] = (formula.text, cell.get("r", ""))
    return found


def _copy(pattern: etree._Element, row: int, masters: dict[str, tuple[str, str]]) -> etree._Element:
    """The pattern row at another place: styles, height and formulas, no values."""
    line = copy.deepcopy(pattern)
    line.set("r", str(row))
    for cell in line:
        if cell.tag != tag("c"):
            continue
        was = cell.get("r", "")
        here = address(row, place_of(was)[1])
        cell.set("r", here)
        if not len(cell):
            continue
        formula = cell.find(tag("f"))
        text, origin = "", was
        if formula is not None:
            text, origin = (formula.text or "", was) if formula.text else masters.get(formula.get("si", ""), ("", was))
        bare(cell)
        if formula is not None and text:
            put = etree.SubElement(cell, tag("f"))
            put.text = Translator(f"={text}", origin=origin).translate_formula(here)[1:]
            if formula.get("t") == "array":
                put.set("t", "array")
                put.set("ref", here)
    return line


def _move_formulas(sheet: Sheet, layout: Layout, growth: Growth) -> None:
    name = sheet.page.name
    for (row, _), cell in sheet.cells.items():
        formula = cell.find(tag("f"))
        if formula is None:
            continue
        inside = layout.first <= row <= layout.last
        if formula.text:
            formula.text = growth.formula(formula.text, name, name, extend=not inside)
        if formula.get("ref"):
            formula.set("ref", growth.reference(formula.get("ref", ""), extend=False))
    for node in sheet.root.iter(tag("formula"), tag("formula1"), tag("formula2"), tag("f", XM)):
        if node.text:
            node.text = growth.formula(node.text, name, name)


def _move_areas(sheet: Sheet, growth: Growth) -> None:
    for child in sheet.root:
        if not isinstance(child.tag, str) or child.tag in (tag("sheetData"), tag("sheetViews"), tag("mergeCells")):
            continue
        for node in child.iter():
            if not isinstance(node.tag, str):
                continue
            for word in ("ref", "sqref"):
                if node.get(word):
                    node.set(word, growth.references(node.get(word, "")))
            if node.tag == tag("sqref", XM) and node.text:
                node.text = growth.references(node.text)
    for brk in sheet.root.iterfind(f"{tag('rowBreaks')}/{tag('brk')}"):
        brk.set("id", str(growth.row(int(brk.get("id", "0")))))


def _move_merges(sheet: Sheet, growth: Growth) -> None:
    """Merges below move, one across the last row is repeated in every new row, one beside the rows grows along."""
    listed = sheet.root.find(tag("mergeCells"))
    if listed is None:
        return
    for each in list(listed):
        area = area_of(each.get("ref", ""))
        if area.top == area.bottom == growth.last:
            for row in range(growth.last + 1, growth.last + growth.by + 1):
                etree.SubElement(listed, tag("mergeCell")).set("ref", str(Area(row, area.left, row, area.right)))
        else:
            each.set("ref", growth.reference(each.get("ref", "")))
    listed.set("count", str(len(listed)))
    sheet.__dict__.pop("merges", None)  # they were looked at before


def _move_rows(sheet: Sheet, growth: Growth) -> None:
    for row, line in sheet.rows.items():
        if row > growth.last:
            line.set("r", str(growth.row(row)))
    for (row, column), cell in sheet.cells.items():
        if row > growth.last:
            cell.set("r", address(growth.row(row), column))
    sheet.rows = {growth.row(row): line for row, line in sheet.rows.items()}
    sheet.cells = {(growth.row(row), column): cell for (row, column), cell in sheet.cells.items()}


def grow_others(book: Workbook, page: Page, parts: dict[str, bytes], growth: Growth) -> None:
    """Named areas (the print area is one) and the order of calculation, in parts outside the sheet."""
    root = parse(parts[book.workbook], book.place)
    changed = False
    for name in root.iterfind(f"{tag('definedNames')}/{tag('definedName')}"):
        put = growth.formula(name.text or "", page.name, "")
        changed = changed or put != (name.text or "")
        name.text = put
    if changed:
        parts[book.workbook] = written(root)
    chain = parts.get("xl/calcChain.xml")
    if chain is None:
        return
    calc = parse(chain, book.place)
    of = ""
    for cell in calc.iter(tag("c")):
        of = cell.get("i", of)  # a cell without a sheet's number is on the sheet of the one before
        row, column = place_of(cell.get("r", "A1"))
        if of == page.sheet_id and row > growth.last:
            cell.set("r", address(growth.row(row), column))
    parts["xl/calcChain.xml"] = written(calc)
