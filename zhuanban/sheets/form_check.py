"""Does a filled form say what the ledgers say, and what the list says that it must agree with? Cell by cell."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from zhuanban.core.day import to_date
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import as_of
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Form, FormColumn
from zhuanban.sheets import problems as says
from zhuanban.sheets.cells import Cell
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.form_file import Sheet
from zhuanban.sheets.form_grow import Layout
from zhuanban.sheets.form_rows import Content, FormRow, as_printed
from zhuanban.sheets.values import Wrong, day_of, text_of

SHOWN = 10  # moved rows that are named
_MASKED = ("＊＊", "****")


def plain(text: str) -> str:
    """A text as it is compared: blanks and line breaks do not matter, nor do wide letters and digits."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def said(value: Value | Cell) -> str:
    """A value of either side as text."""
    return f"{value:f}" if isinstance(value, Decimal) else text_of(value)


def same(column: FormColumn, wanted: Value, given: Cell) -> bool:
    """Does a cell say what it should? A day may be written in any way, a number as text."""
    if isinstance(wanted, date) and given is not None:
        try:
            return to_date(day_of(given, 0)) == wanted
        except Wrong:
            return False
    there = plain(said(given))
    if there == plain(as_printed(wanted, column)):
        return True
    try:
        return isinstance(wanted, int | float) and float(there.replace(",", "")) == float(wanted)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row of an uploaded form: where it stands and a cell for each filled column."""

    row: int
    cells: tuple[Cell, ...]


def sent_rows(columns: Sequence[FormColumn], sheet: Sheet, layout: Layout) -> list[SentRow]:
    """The rows in which anything stands but a running number, which may be printed in advance."""
    found = []
    for row in range(layout.first, layout.last + 1):
        cells = tuple(sheet.value(row, c) for c in layout.columns)
        if any(v is not None and c.kind != "serial" for c, v in zip(columns, cells, strict=True)):
            found.append(SentRow(row, cells))
    return found


def differences(
    content: Content, sheet: Sheet, layout: Layout | None, cells: Mapping[str, tuple[int, int]]
) -> Iterator[Problem]:
    """Every cell of the upload that says something else than the ledgers do. `cells`: where the single ones are."""
    filler = {where for where, text in content.form.cells if text.of_filler}
    for where, text in content.cells:
        if where in filler:
            continue  # who filled it in, and not who checks it
        given = said(sheet.value(*cells[where]))
        if plain(given) != plain(text):
            yield says.CELL_DIFFERS.at(sheet.spot(*cells[where]), column=where, wanted=text, given=given)
    if layout is None:
        return
    work = _Rows(content, sheet, layout)
    wanted = list(content.rows)
    sent = sent_rows(content.columns, sheet, layout)
    if content.form.beyond == "copies":
        wanted = work.slice_of(wanted, sent)
    yield from work.compare(wanted, sent)


class _Rows:
    def __init__(self, content: Content, sheet: Sheet, layout: Layout) -> None:
        self.content = content
        self.sheet = sheet
        self.layout = layout
        self.columns = content.columns

    def slice_of(self, wanted: list[FormRow], sent: Sequence[SentRow]) -> list[FormRow]:
        """A form that goes on in copies: the stretch of rows which this copy comes closest to."""
        size = self.layout.printed
        parts = [wanted[i : i + size] for i in range(0, len(wanted), size)] or [[]]
        given = {self.key(each.cells) for each in sent}

        def closeness(part: Sequence[FormRow]) -> tuple[int, int]:
            alike = sum(self.likeness(a, b) for a, b in zip(part, sent, strict=False))
            return sum(self.key(row.values) in given for row in part), alike  # in whatever order they stand

        return max(parts, key=closeness)

    def likeness(self, wanted: FormRow, sent: SentRow) -> int:
        """How many cells agree, running numbers aside."""
        pairs = zip(self.columns, wanted.values, sent.cells, strict=True)
        return sum(1 for column, value, cell in pairs if column.kind != "serial" and same(column, value, cell))

    def compare(self, wanted: Sequence[FormRow], sent: Sequence[SentRow]) -> Iterator[Problem]:
        """Equal rows find each other first; of what is left between them, the likeliest pairs are compared."""
        sent, moved = self.put_in_order(wanted, sent)
        if moved:
            told = "、".join(f"第{row}行应在第{place}行" for row, place in moved[:SHOWN])
            told += f"，等{len(moved)}行" if len(moved) > SHOWN else ""
            yield says.ROWS_MOVED.at(self.sheet.spot(moved[0][0]), moved=told)
        mine = [self.key(row.values) for row in wanted]
        given = [self.key(row.cells) for row in sent]
        for tag, a, b, c, d in SequenceMatcher(None, mine, given, autojunk=False).get_opcodes():
            if tag == "equal":
                pairs = list(zip(wanted[a:b], sent[c:d], strict=True))
            else:
                pairs = self.paired(wanted[a:b], sent[c:d])
                known, taken = {r.number for r, _ in pairs}, {s.row for _, s in pairs}
                for row in wanted[a:b]:
                    if row.number not in known:
                        yield self.missing(row, sent[c - 1].row + 1 if c else self.layout.first)
                for each in sent[c:d]:
                    if each.row not in taken:
                        yield says.ROW_TOO_MANY.at(self.sheet.spot(each.row), says=self.summary(each.cells))
            for row, each in pairs:
                yield from self.cells(row, each, serials=not moved)

    def put_in_order(
        self, wanted: Sequence[FormRow], sent: Sequence[SentRow]
    ) -> tuple[Sequence[SentRow], list[tuple[int, int]]]:
        """Rows that only stand elsewhere, put where they belong; and where each of these stands and belongs."""
        mine = [self.key(row.values) for row in wanted]
        given = [self.key(row.cells) for row in sent]
        found: dict[int, int] = {}  # which of the wanted rows is which of those sent
        for a, c, size in SequenceMatcher(None, mine, given, autojunk=False).get_matching_blocks():
            found.update(zip(range(a, a + size), range(c, c + size), strict=True))
        rest: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for n in sorted(set(range(len(sent))) - set(found.values()), reverse=True):
            rest[given[n]].append(n)
        moved = {n: rest[key].pop() for n, key in enumerate(mine) if n not in found and rest[key]}
        found |= moved
        ordered = list(sent)
        told = []
        for n, place in zip(sorted(found), sorted(found.values()), strict=True):
            ordered[place] = sent[found[n]]
            if n in moved and found[n] != place:
                told.append((sent[found[n]].row, sent[place].row))
        return ordered, sorted(told)

    def key(self, values: Sequence[Value | Cell]) -> tuple[str, ...]:
        kinds = [c.kind != "serial" for c in self.columns]
        return tuple(
            plain(as_printed(v, c) if isinstance(v, date) else said(v))
            for c, v, counts in zip(self.columns, values, kinds, strict=True)
            if counts
        )

    def paired(self, wanted: Sequence[FormRow], sent: Sequence[SentRow]) -> list[tuple[FormRow, SentRow]]:
        pairs: list[tuple[FormRow, SentRow]] = []
        start = 0
        for index, row in enumerate(wanted):
            # As many rows as are missing may be skipped, so that the rest still finds its like.
            slack = max(0, (len(sent) - start) - (len(wanted) - index)) + 1
            nearest = sent[start : start + slack + 3]
            scores = [(self.likeness(row, each), -n, n) for n, each in enumerate(nearest)]
            best = max(scores, default=(0, 0, 0))
            if best[0] == 0 and len(wanted) != len(sent):
                continue
            if nearest:
                pairs.append((row, nearest[best[2]]))
                start += best[2] + 1
        return pairs

    def cells(self, row: FormRow, sent: SentRow, *, serials: bool) -> Iterator[Problem]:
        """Cells that differ. `serials`: running numbers too; of rows in another order they say nothing more."""
        for n, (column, value, cell) in enumerate(zip(self.columns, row.values, sent.cells, strict=True)):
            wanted = as_printed(value, column)
            if same(column, value, cell) or any(mark in wanted for mark in _MASKED):
                continue
            if column.kind == "serial" and not serials:
                continue
            words = {"column": "".join(column.title.split()), "wanted": wanted, "given": said(cell)}
            place = self.sheet.spot(sent.row, self.layout.columns[n])
            yield says.CELL_DIFFERS.at(_of(place, row.number), **words)

    def missing(self, row: FormRow, before: int) -> Problem:
        return says.ROW_MISSING.at(self.sheet.spot(before), number=row.number, says=self.summary(row.values))

    def summary(self, values: Sequence[Value | Cell]) -> str:
        """What a row is about: its first filled cells."""
        kept = [
            as_printed(v, c) if isinstance(v, date) else said(v)
            for c, v in zip(self.columns, values, strict=True)
            if c.kind != "serial" and v is not None
        ]
        return "，".join(text[:20] for text in kept[:3])


def _of(place: Place, record: str) -> Place:
    return Place(file=place.file, sheet=place.sheet, cell=place.cell, record=record)


def disagreements(
    viewer: Viewer, form: Form, day: int, rows: Sequence[tuple[int, Sequence[Value | Cell]]], sheet: Sheet | Place
) -> Iterator[Problem]:
    """Cells that differ from the list which the form must agree with. `rows`: (row of the sheet, its filled cells)."""
    listed = form.same_as
    if listed is None:
        return
    columns = [c for c in form.columns if c.kind != "blank"]
    at = {c.letter: n for n, c in enumerate(columns)}
    names = dict(listed.columns)
    ledger = viewer.setting.pack.ledgers[listed.ledger]
    if not viewer.knows(ledger):
        yield says.LIST_UNSEEN.at(sheet if isinstance(sheet, Place) else sheet.book.place, list=listed.says)
        return
    known = _listed(viewer, form, day, names.get(listed.by, "number"))
    for row, cells in rows:
        key = said(cells[at[listed.by]])
        their = known.get(plain(key))
        if their is None:
            title = "".join(columns[at[listed.by]].title.split())
            yield says.NOT_ON_LIST.at(_spot(sheet, row, listed.by), list=listed.says, key=key, column=title)
            continue
        for letter, name in listed.columns:
            if name in ledger.fields and ledger.fields[name].personal:
                continue  # hidden from everyone: nothing to compare with
            wanted, given = said(their.get(name)), said(cells[at[letter]])
            if plain(wanted) != plain(given):
                title = "".join(columns[at[letter]].title.split())
                words = {"column": title, "list": listed.says, "wanted": wanted, "given": given}
                yield says.LIST_DIFFERS.at(_spot(sheet, row, letter), **words)


def _spot(sheet: Sheet | Place, row: int, letter: str) -> Place:
    where = f"{letter}{row}"
    if isinstance(sheet, Place):
        return Place(file=sheet.file, sheet=sheet.sheet, cell=where)
    return Place(file=sheet.book.place.file, sheet=sheet.page.name, cell=where)


def _listed(viewer: Viewer, form: Form, day: int, key: str) -> dict[str, dict[str, Any]]:
    """What the other list says as of the day: what names a record → its fields, and its number."""
    listed = form.same_as
    assert listed is not None
    ledger = viewer.setting.pack.ledgers[listed.ledger]
    masker = Masker(ledger)
    heads = dict(viewer.records(ledger).filter(first_on__lte=day).order_by("pk").values_list("pk", "number"))
    found: dict[str, dict[str, Any]] = {}
    for pk, facts in facts_of(heads).items():
        now = as_of(facts, day)
        if now is not None and not now.withdrawn:
            shown = masker.show(now.data, masker.secrets(f.body.get("set", {}) for f in facts))
            shown["number"] = heads[pk]
            found[plain(said(shown.get(key)))] = shown
    return found
