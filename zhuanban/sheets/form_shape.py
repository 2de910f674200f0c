"""The shape of a form: does a template have the one that its pack says, and has an uploaded form kept its template's?

All that was changed is told, each thing once and where: columns before what follows from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from openpyxl.utils.cell import column_index_from_string

from zhuanban.core.problem import Place, Problem
from zhuanban.pack.values import Form
from zhuanban.sheets import problems as says
from zhuanban.sheets.form_areas import Area, place_of
from zhuanban.sheets.form_file import Page, Sheet, Workbook, letters
from zhuanban.sheets.form_grow import Layout

_SEARCHED = 10  # rows above and below its place in which a moved head is looked for


def columns_of(form: Form) -> dict[int, str]:
    """Column number → printed head, for the columns that the form names."""
    return {column_index_from_string(c.letter): "".join(c.title.split()) for c in form.columns}


def layout_of(form: Form, sheet: Sheet) -> Layout | None:
    """Where the form's rows are filled in this sheet: it may have more blank rows than the pack's own template."""
    if not form.ledger:
        return None
    filled = tuple(column_index_from_string(c.letter) for c in form.columns if c.kind != "blank")
    serials = tuple(column_index_from_string(c.letter) for c in form.columns if c.kind == "serial")
    return Layout(filled, form.first, _blank_rows(form, sheet) or form.printed, serials)


def spot_of(form: Form, layout: Layout | None, where: str) -> tuple[int, int]:
    """(row, column) of a single cell of the form: below the rows it lies lower in a template with more of them."""
    row, column = place_of(where)
    if layout is not None and row >= form.first + form.printed:
        row += layout.printed - form.printed
    return row, column


def _blank_rows(form: Form, sheet: Sheet) -> int:
    """How many rows from the first on are bordered and hold no text (printed numbers aside); 0: no borders."""
    columns = [column_index_from_string(c.letter) for c in form.columns]
    row = form.first
    while all(sheet.look(row, c).bordered for c in columns) and not any(
        isinstance(sheet.value(row, c), str) and not sheet.formula(row, c) for c in columns
    ):
        row += 1
    return row - form.first


def fits(form: Form, book: Workbook, *, own: bool) -> list[Problem]:
    """What keeps a template from being filled as its form says. `own`: the pack's own has just the `printed` rows."""
    page = book.page(form.sheet)
    if page is None:
        given = "、".join(p.name for p in book.pages)
        return [says.NO_PAGE.at(book.place, sheet=form.sheet, given=given)]
    sheet = book.sheet(page)
    found = list(_heads(form, sheet))
    layout = layout_of(form, sheet)
    if layout is not None:
        if own and layout.printed != form.printed:
            words = {"first": form.first, "found": layout.printed, "wanted": form.printed}
            found.append(says.ROWS_DIFFER.at(sheet.spot(form.first), **words))
        for merge in sheet.merges:
            if merge.bottom > merge.top and any(
                merge.holds(row, c) for row in range(layout.first, layout.last + 1) for c in layout.columns
            ):
                found.append(says.MERGED_DOWN.at(sheet.spot(merge.top, merge.left), merge=merge))
    spots = [spot_of(form, layout, where) for where, _ in form.cells]
    if layout is not None:
        spots += [(row, c) for row in range(layout.first, layout.last + 1) for c in layout.columns]
    found += _spots(sheet, spots)
    return found


def _heads(form: Form, sheet: Sheet) -> Iterator[Problem]:
    for column, wanted in columns_of(form).items():
        heads = [(row, sheet.text(row, column)) for row in sorted(form.head)]
        said = [(row, text) for row, text in heads if text]
        if wanted not in {text for _, text in said} | {"".join(text for _, text in said)}:
            row = said[-1][0] if said else max(form.head)
            given = said[-1][1] if said else ""
            yield says.HEAD_DIFFERS.at(sheet.spot(row, column), wanted=wanted, given=given)


def _spots(sheet: Sheet, spots: Sequence[tuple[int, int]]) -> Iterator[Problem]:
    inner = {
        (row, column): merge
        for merge in sheet.merges
        for row in range(merge.top, min(merge.bottom, merge.top + 1000) + 1)
        for column in range(merge.left, min(merge.right, merge.left + 200) + 1)
    }
    for row, column in spots:
        merge = inner.get((row, column))
        if merge is not None and (row, column) != (merge.top, merge.left):
            yield says.INSIDE_MERGE.at(sheet.spot(row, column), merge=merge)
        elif sheet.formula(row, column):
            yield says.FORMULA_THERE.at(sheet.spot(row, column))


# -- an uploaded form against its template -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """What was changed, and where the form's rows, columns and single cells are in the upload (None: not found)."""

    problems: list[Problem]
    sheet: Sheet | None = None
    layout: Layout | None = None
    cells: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # address in the form → place in the upload


def compare(form: Form, template: Workbook, sent: Workbook) -> Shape:
    """How the upload differs in shape from the template."""
    problems = list(_pages(template, sent))
    page = template.page(form.sheet)
    assert page is not None, "a template is looked at by `fits` before it is used"
    mine = _sent_page(page, sent)
    if mine is None:
        return Shape(problems)
    work = _Comparison(form, template.sheet(page), sent.sheet(mine))
    shape = work.run()
    return Shape([*problems, *work.problems], *shape)


def likeness(form: Form, template: Workbook, sent: Workbook) -> float:
    """What share of the words that a template prints (title, heads, notes) stands somewhere in the upload's sheet."""
    page = page_of(form, template)
    mine, there = template.sheet(page), _sent_page(page, sent)
    if there is None:
        return 0.0
    sheet = sent.sheet(there)
    layout = layout_of(form, mine)
    declared = {spot_of(form, layout, where) for where, _ in form.cells}
    printed = {
        text
        for row, column in mine.cells
        if (row, column) not in declared
        and not (layout is not None and layout.first <= row <= layout.last)
        and (text := mine.text(row, column))
    }
    return len(printed & {sheet.text(*spot) for spot in sheet.cells}) / len(printed) if printed else 0.0


def _sent_page(page: Page, sent: Workbook) -> Page | None:
    """The upload's sheet of the template's name, else the one in its position."""
    named = (p for p in sent.pages if p.name == page.name)
    return next(named, None) or next((p for p in sent.pages if p.position == page.position), None)


def _pages(template: Workbook, sent: Workbook) -> Iterator[Problem]:
    place = sent.place
    wanted, given = [p.name for p in template.pages], [p.name for p in sent.pages]
    missing, more = [n for n in wanted if n not in given], [n for n in given if n not in wanted]
    for was, now in zip(missing, more, strict=False):
        yield says.PAGE_RENAMED.at(_at(place, now), was=was, now=now)
    for name in missing[len(more) :]:
        yield says.NO_PAGE.at(place, sheet=name, given="、".join(given))
    for name in more[len(missing) :]:
        yield says.PAGE_ADDED.at(_at(place, name), sheet=name)
    both = [n for n in given if n in wanted]
    if both != [n for n in wanted if n in given]:
        yield says.PAGE_MOVED.at(place, wanted="、".join(wanted))
    hidden = {p.name: p.hidden for p in template.pages}
    for page in sent.pages:
        if page.hidden != hidden.get(page.name, page.hidden):
            yield says.PAGE_HIDDEN.at(_at(place, page.name), sheet=page.name, done=_done(page.hidden))


def _at(place: Place, sheet: str) -> Place:
    return Place(file=place.file, sheet=sheet)


def _done(hidden: bool) -> str:
    return "隐藏" if hidden else "取消隐藏"


class _Comparison:
    def __init__(self, form: Form, mine: Sheet, sent: Sheet) -> None:
        self.form = form
        self.mine = mine
        self.sent = sent
        self.problems: list[Problem] = []
        self.layout = layout_of(form, mine)
        self.columns: dict[int, int] = {}  # column of the template → of the upload
        self.removed: set[int] = set()  # columns of the template that are gone
        self.shuffled = False  # a column was moved
        self.above = 0  # rows added above the head …
        self.shifts_from = 1  # … from this row of the template on
        self.added = 0  # rows added to the data

    def run(self) -> tuple[Sheet, Layout | None, dict[str, tuple[int, int]]] | tuple[()]:
        """Steps: find the head → compare columns → count rows → compare texts, merges, what is hidden, protection."""
        layout = self.layout
        if layout is not None:
            if not self.find_head():
                return ()
            self.compare_columns()
            self.count_rows(layout)
        else:
            widest = max((c for _, c in self.mine.cells), default=1)
            self.columns = {c: c for c in range(1, widest + 1)}
        self.compare_texts()
        self.compare_merges()
        self.compare_hidden()
        self.compare_rest()
        spots = {where: spot_of(self.form, layout, where) for where, _ in self.form.cells}
        cells = {where: (self.moved(row), self.columns.get(c, c)) for where, (row, c) in spots.items()}
        if layout is None:
            return self.sent, None, cells
        columns = tuple(self.columns.get(c, 0) for c in layout.columns)
        return self.sent, Layout(columns, layout.first + self.above, layout.printed + self.added), cells

    # Rows

    def moved(self, row: int) -> int:
        """Where a row of the template (the first data row for all of them) is in the upload."""
        if self.layout is None or row < self.shifts_from:
            return row
        return row + self.above + (self.added if row > self.layout.last else 0)

    def find_head(self) -> bool:
        """Rows that were put in above the head move it; what is found is where most of its words stand."""
        row = max(self.form.head)
        words = {text for c in self.width(self.mine, row) if (text := self.mine.text(row, c))}
        scores = {
            now: len(words & {self.sent.text(now, c) for c in self.width(self.sent, now)})
            for now in range(max(1, row - _SEARCHED), row + _SEARCHED + 1)
        }
        best = max(scores, key=lambda now: (scores[now], -abs(now - row)))
        if scores[best] * 2 < len(words) or not scores[best]:
            wanted = "、".join(self.mine.text(row, c) for c in self.width(self.mine, row))
            self.problems.append(says.HEAD_LOST.at(self.sent.spot(row), wanted=wanted))
            return False
        self.above = best - row
        self.shifts_from = next((r for r in range(1, row) if self.shifted(r)), row) if self.above else row
        if self.above:
            done = "增加" if self.above > 0 else "减少"
            words_ = {"was": row, "now": best, "done": done, "n": abs(self.above)}
            self.problems.append(says.HEAD_MOVED.at(self.sent.spot(best), **words_))
        return True

    def shifted(self, row: int) -> bool:
        """Is what the template says in a row above the head no longer there, but as far down as the head is?"""

        def said(sheet: Sheet, here: int, columns: list[int]) -> tuple[list[str], set[tuple[int, int]]]:
            merged = {(m.left, m.right) for m in sheet.merges if m.top == here}
            return [sheet.text(here, c) for c in columns], merged

        columns = list(self.fixed(row))
        wanted = said(self.mine, row, columns)
        return wanted != said(self.sent, row, columns) and wanted == said(self.sent, row + self.above, columns)

    def width(self, sheet: Sheet, row: int) -> list[int]:
        return sorted(c for r, c in sheet.cells if r == row and sheet.text(r, c))

    def count_rows(self, layout: Layout) -> None:
        """How many data rows there are: up to the texts below them, else as far as there are borders or values."""
        foot = next((row for row in range(layout.last + 1, self.mine.last_row() + 1) if self.fixed(row)), None)
        sent = self.sent
        first = layout.first + self.above
        if foot is not None:
            texts = set(self.fixed(foot).values())
            rows = [row for row in sorted(sent.rows) if row >= first]
            at = next((row for row in rows if texts & {sent.text(row, c) for c in self.width(sent, row)}), None)
            if at is not None:
                self.added = at - foot - self.above
        else:
            end = first
            while any(sent.look(end, c).bordered or sent.text(end, c) for c in self.columns.values()):
                end += 1
            self.added = end - first - layout.printed
        if self.added < 0:
            self.problems.append(says.ROWS_REMOVED.at(sent.spot(first), n=-self.added))
        elif self.added and self.form.beyond != "grow":
            self.problems.append(says.ROWS_ADDED.at(sent.spot(first + layout.printed), n=self.added))

    # Columns

    def compare_columns(self) -> None:
        row = max(self.form.head)
        now = row + self.above
        mine, sent = self.width(self.mine, row), self.width(self.sent, now)
        was = [self.mine.text(row, c) for c in mine]
        given = [self.sent.text(now, c) for c in sent]
        added: list[int] = []
        removed: list[int] = []
        for tag, a, b, c, d in SequenceMatcher(None, was, given, autojunk=False).get_opcodes():
            if tag == "equal":
                self.columns.update(zip(mine[a:b], sent[c:d], strict=True))
            elif (
                tag == "replace"
                and b - a == d - c
                and not set(was[a:b]) & set(given)
                and not set(given[c:d]) & set(was)
            ):
                for old, new in zip(mine[a:b], sent[c:d], strict=True):
                    self.columns[old] = new
                    words = {"was": self.mine.text(row, old), "now": self.sent.text(now, new)}
                    self.problems.append(says.COLUMN_RENAMED.at(self.sent.spot(now, new), **words))
            else:
                removed += mine[a:b]
                added += sent[c:d]
        for new in added:
            text = self.sent.text(now, new)
            moved = [c for c in removed if self.mine.text(row, c) == text]
            if not moved:
                self.problems.append(says.COLUMN_ADDED.at(self.sent.spot(now, new), column=text))
                continue
            old = moved[0]
            removed.remove(old)
            self.columns[old] = new
            self.shuffled = True
            words = {"column": text, "was": letters(old), "now": letters(new)}
            self.problems.append(says.COLUMN_MOVED.at(self.sent.spot(now, new), **words))
        self.removed = set(removed)
        for old in removed:
            words = {"column": self.mine.text(row, old), "was": letters(old)}
            self.problems.append(says.COLUMN_REMOVED.at(self.sent.spot(now), **words))
        if not added and not removed:
            self.empty_columns(now)

    def empty_columns(self, row: int) -> None:
        """Columns without a head that were put in between."""
        shift = 0
        for old, new in sorted(self.columns.items()):
            if new - old > shift:
                self.problems.append(says.COLUMN_ADDED.at(self.sent.spot(row, new - 1), column="（无表头）"))
            shift = new - old

    # What is printed

    def fixed(self, row: int) -> dict[int, str]:
        """Column → printed text of a row of the template, declared cells left out."""
        declared = {spot_of(self.form, self.layout, where) for where, _ in self.form.cells}
        return {
            c: text
            for r, c in self.mine.cells
            if r == row and (r, c) not in declared and not self.mine.formula(r, c) and (text := self.mine.text(r, c))
        }

    def data(self, row: int) -> bool:
        return self.layout is not None and self.layout.first <= row <= self.layout.last

    def compare_texts(self) -> None:
        heads = {max(self.form.head)} if self.layout is not None else set()
        for row in range(1, self.mine.last_row() + 1):
            if self.data(row):
                self.compare_formulas(row)
                continue
            for column, was in self.fixed(row).items() if row not in heads else ():
                self.compare_text(row, column, re.compile(re.escape(was)))
            self.compare_formulas(row)
        for where, text in self.form.cells:
            self.compare_text(*spot_of(self.form, self.layout, where), text.pattern())

    def compare_text(self, row: int, column: int, also: re.Pattern[str]) -> None:
        """A printed text stands where it stood, as it is printed or as it is filled in."""
        was = self.mine.text(row, column)
        spots = [(self.moved(row), self.columns.get(column, column))]
        if self.shuffled:  # a column taken out and put in elsewhere may leave what is above it where it was
            spots.append((self.moved(row), column))
        if not any((now := self.sent.text(*spot)) == was or also.fullmatch(now) for spot in spots):
            now = self.sent.text(*spots[0])
            self.problems.append(says.TEXT_CHANGED.at(self.sent.spot(*spots[0]), was=was, now=now))

    def compare_formulas(self, row: int) -> None:
        for r, c in list(self.mine.cells):
            if r == row and self.mine.formula(r, c):
                here = (self.moved(row), self.columns.get(c, c))
                if not self.sent.formula(*here):
                    self.problems.append(says.FORMULA_LOST.at(self.sent.spot(*here)))

    def compare_merges(self) -> None:
        wanted: set[Area] = set()
        torn: set[int] = set()  # rows of the template in which a moved column tore a merge, which is said already
        for merge in self.mine.merges:
            span = self.span(merge)
            if span is None:
                torn.add(merge.top)
                continue
            left, right = span
            if self.data(merge.top) and merge.top == merge.bottom:
                first = self.layout.first + self.above if self.layout is not None else 0
                last = first + (self.layout.printed if self.layout is not None else 0) + self.added
                wanted |= {Area(row, left, row, right) for row in range(first, last)}
            else:
                wanted.add(Area(self.moved(merge.top), left, self.moved(merge.bottom), right))
        given = set(self.sent.merges)
        for merge in sorted(wanted - given):
            self.problems.append(says.MERGE_LOST.at(self.sent.spot(merge.top, merge.left), merge=merge))
        rows = {self.moved(row) for row in torn}
        for merge in sorted(given - wanted):
            if merge.top not in rows and not any(_overlap(merge, other) for other in wanted - given):
                self.problems.append(says.MERGE_MADE.at(self.sent.spot(merge.top, merge.left), merge=merge))

    def span(self, merge: Area) -> tuple[int, int] | None:
        """The columns of a merge in the upload, with what was put in between; None where they are no more together."""
        columns = range(merge.left, merge.right + 1)
        there = [self.columns[c] for c in columns if c in self.columns]
        if not there:
            return None if self.removed & set(columns) else (merge.left, merge.right)
        left, right = min(there), max(there)
        if (merge.left, merge.right) != (left, right) and self.shuffled:
            return None  # a column taken out and put in elsewhere may leave a merge where it was
        between = set(range(left, right + 1)) & set(self.columns.values())
        return (left, right) if between == set(there) else None

    # What is hidden, protected, offered

    def compare_hidden(self) -> None:
        for old, new in sorted(self.columns.items()):
            hidden = new in self.sent.hidden_columns
            if hidden != (old in self.mine.hidden_columns):
                here = _at(self.sent.book.place, self.sent.page.name)
                self.problems.append(says.COLUMN_HIDDEN.at(here, column=letters(new), done=_done(hidden)))
        for row in sorted(set(self.mine.rows) | set(range(1, self.mine.last_row() + 1))):
            now = self.moved(row)
            hidden = now in self.sent.hidden_rows
            if hidden != (row in self.mine.hidden_rows):
                self.problems.append(says.ROW_HIDDEN.at(self.sent.spot(now), done=_done(hidden)))

    def compare_rest(self) -> None:
        if self.mine.protected != self.sent.protected:
            done = "去掉" if self.mine.protected else "加上"
            self.problems.append(says.PROTECTION.at(_at(self.sent.book.place, self.sent.page.name), done=done))
        if self.layout is None:
            return
        first, now = self.layout.first, self.layout.first + self.above
        titles = columns_of(self.form)
        for old, new in sorted(self.columns.items()):
            offered = any(area.holds(first, old) for area in self.mine.lists)
            if offered and not any(area.holds(now, new) for area in self.sent.lists):
                title = titles.get(old, letters(old))
                self.problems.append(says.LIST_LOST.at(self.sent.spot(now, new), column=title))
        if self.columns:
            self.compare_outside(now, max(self.columns.values()))

    def compare_outside(self, first: int, widest: int) -> None:
        last = first + (self.layout.printed if self.layout is not None else 0) + self.added
        for row, column in sorted(self.sent.cells):
            if first <= row < last and column > widest and (text := self.sent.text(row, column)):
                beside = self.mine.text(row - self.above, column)
                if text != beside:
                    self.problems.append(says.OUTSIDE_TABLE.at(self.sent.spot(row, column), value=text[:40]))


def _overlap(one: Area, other: Area) -> bool:
    return one.top <= other.bottom and other.top <= one.bottom and one.left <= other.right and other.left <= one.right


def page_of(form: Form, book: Workbook) -> Page:
    """The sheet that the form fills; `fits` has made sure of it."""
    page = book.page(form.sheet)
    assert page is not None
    return page
