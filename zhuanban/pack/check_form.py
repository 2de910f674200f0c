"""Do the forms hold together? What they name exists, and every cell can be filled.

Whether a template has the shape that its form says, the sheets room knows: it reads workbooks.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from zhuanban.core.problem import Problem
from zhuanban.pack import problems
from zhuanban.pack.checker import Checker, PlaceOf
from zhuanban.pack.form_text import DATE_STYLES, FILLER_WORDS, Slot
from zhuanban.pack.problems import hint
from zhuanban.pack.read_form import slots_of
from zhuanban.pack.values import Field, FieldType, Form, FormColumn, Ledger, Pack
from zhuanban.pack.vocabulary import TYPE_WORDS

ROW_WORDS = ("number", "state", "region", "unit", "since", "day", "today")
"""What a slot of a row may say besides fields and @MOVE; `since` is the day on which the record was opened."""
CELL_WORDS = ("unit", "region", "day", "today", *FILLER_WORDS, "rows")
"""What a slot of a single cell may say; `rows` is how many rows the form has."""
ORDER_WORDS = ("number", "region", "unit", "since")
_DAYS = ("since", "day", "today")
_LETTER = re.compile(r"[A-Z]{1,3}")
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,5}")


def check_forms(pack: Pack, place: PlaceOf, unread: Collection[str] = ()) -> list[Problem]:
    """Every defect of the pack's forms."""
    checker = _FormChecker(pack, place, unread)
    names: dict[str, str] = {}
    for form in pack.forms.values():
        checker.form(form)
        for name in {form.key, form.name, form.title} - {""}:
            if names.setdefault(name, form.key) != form.key:
                checker.wrong(problems.FORM_NAME_TWICE, "forms", form.key, word=name, other=names[name])
    return checker.problems


class _FormChecker(Checker):
    def form(self, form: Form) -> None:
        here = ("forms", form.key)
        if form.template and not form.template.lower().endswith(".xlsx"):
            self.wrong(problems.TEMPLATE_KIND, *here, "template", word=form.template)
        elif form.template and form.template not in self.pack.templates:
            advice = hint(form.template, self.pack.templates, "请把模板放进行动包的 forms 文件夹。")
            self.wrong(problems.NO_TEMPLATE, *here, "template", word=form.template, hint=advice)
        if form.per not in ("whole", "unit"):
            self.level(form.per, *here, "per", "level")
        for address, text in form.cells:
            if not _ADDRESS.fullmatch(address):
                self.wrong(problems.BAD_ADDRESS, *here, "cells", address, word=address)
            for slot in text.slots:
                self.cell_slot(slot, *here, "cells", address)
        if not form.ledger:
            return
        if form.head and form.first and max(form.head) >= form.first:
            self.wrong(problems.HEAD_BELOW, *here, "first", first=form.first, head=max(form.head))
        self.letters(form)
        ledger = self.find_ledger(form.ledger, *here, "ledger")
        if ledger is None:
            return
        self.conditions(ledger, form.where, *here, "where", as_of=True)
        self.reached(ledger, form.reached, *here, "reached")
        for i, word in enumerate(form.order):
            self.find_field(ledger, word, *here, "order", i, also=ORDER_WORDS)
        for column in form.columns:
            self.form_column(form, ledger, column)
        for slot, path in slots_of(form):
            self.row_slot(ledger, slot, *here, *path)
        self.same_as(form)

    def letters(self, form: Form) -> None:
        rows = range(form.first, form.first + form.printed)
        data = {f"{column.letter}{row}" for column in form.columns for row in rows}
        for column in form.columns:
            if not _LETTER.fullmatch(column.letter):
                self.wrong(problems.BAD_ADDRESS, "forms", form.key, "columns", column.letter, word=column.letter)
        for address, _ in form.cells:
            if address in data:
                self.wrong(problems.CELL_IN_ROWS, "forms", form.key, "cells", address, word=address)

    def form_column(self, form: Form, ledger: Ledger, column: FormColumn) -> None:
        here = ("forms", form.key, "columns", column.letter)
        if column.kind == "field":
            field = self.path_of(ledger, column.key, *here, "field")
            if column.reveal and field is not None and not field.personal:
                self.wrong(problems.NOTHING_HIDDEN, *here, "reveal", field=field.title)
        elif column.reveal:
            self.wrong(problems.REVEAL_WHAT, *here, "reveal", column=column.letter)
        for state, _ in column.words:
            if state not in ledger.states:
                advice = hint(state, ledger.states)
                self.wrong(problems.NO_STATE, *here, "words", state, ledger=ledger.title, word=state, hint=advice)

    def path_of(self, ledger: Ledger, name: str, *path: str | int, also: tuple[str, ...] = ()) -> Field | None:
        """A field, or LINK.FIELD: a field of the record that a link names."""
        link, dot, inner = name.partition(".")
        if not dot:
            return self.find_field(ledger, name, *path, also=also)
        field = self.find_field(ledger, link, *path)
        if field is None:
            return None
        if field.type is not FieldType.LINK:
            self.wrong(problems.NOT_A_LINK, *path, field=field.title, kind=TYPE_WORDS[field.type])
            return None
        linked = self.pack.ledgers.get(field.ledger)
        return None if linked is None else self.find_field(linked, inner, *path)

    def row_slot(self, ledger: Ledger, slot: Slot, *path: str | int) -> None:
        if slot.word.startswith("@"):
            move = slot.word[1:]
            if move not in ledger.moves:
                advice = hint(move, ledger.moves)
                self.wrong(problems.NO_MOVE, *path, ledger=ledger.title, word=move, hint=advice)
            self.style(slot, tuple(DATE_STYLES), *path)
        elif slot.word == "region":
            self.region_style(slot, *path)
        elif slot.word == "unit":
            self.style(slot, ("", "short", "full"), *path)
        elif slot.word in ROW_WORDS:
            self.style(slot, tuple(DATE_STYLES) if slot.word in _DAYS else ("",), *path)
        else:
            field = self.path_of(ledger, slot.word, *path, also=ROW_WORDS)
            if field is not None:
                styles: tuple[str, ...] = ("",)
                if field.type is FieldType.DATE:
                    styles = tuple(DATE_STYLES)
                elif field.type is FieldType.UNIT:
                    styles = ("", "short", "full")
                self.style(slot, styles, *path)

    def cell_slot(self, slot: Slot, *path: str | int) -> None:
        if slot.word not in CELL_WORDS:
            self.wrong(problems.NO_SLOT, *path, word=slot.word, hint=hint(slot.word, CELL_WORDS))
        elif slot.word in _DAYS:
            self.style(slot, tuple(DATE_STYLES), *path)
        elif slot.word == "region":
            self.region_style(slot, *path)
        else:
            self.style(slot, ("", "short", "full") if slot.word == "unit" else ("",), *path)

    def region_style(self, slot: Slot, *path: str | int) -> None:
        if slot.style != "root":
            self.level(slot.style, *path, also=("root",))

    def style(self, slot: Slot, styles: tuple[str, ...], *path: str | int) -> None:
        if slot.style not in styles:
            words = {"word": slot.word, "style": slot.style, "hint": hint(slot.style, styles, "请删去冒号和后面的词。")}
            self.wrong(problems.BAD_STYLE, *path, **words)

    def same_as(self, form: Form) -> None:
        same = form.same_as
        if same is None:
            return
        here = ("forms", form.key, "same_as")
        letters = [column.letter for column in form.columns]
        for path, letter in [(("by",), same.by), *((("columns", letter), letter) for letter, _ in same.columns)]:
            if letter and letter not in letters:
                self.wrong(problems.NO_FORM_COLUMN, *here, *path, word=letter, hint=hint(letter, letters))
        ledger = self.find_ledger(same.ledger, *here, "ledger")
        if ledger is None:
            return
        for letter, name in same.columns:
            self.find_field(ledger, name, *here, "columns", letter, also=("number",))
