"""Reads forms: official sheets that are filled from the ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhuanban.pack import problems, tree
from zhuanban.pack.form_text import DATE_STYLES, FormText, Slot, read_text
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import INTEGER, Said
from zhuanban.pack.values import Form, FormColumn, Ledger, SameAs

KINDS = ("serial", "field", "region", "unit", "words", "text", "blank")
BEYOND = ("grow", "copies", "refuse")


def read_form(ledgers: Mapping[str, Ledger], key: str, said: Said) -> Form:
    """A form; words that need each other (`ledger`, `columns`, `head`, `first`, `printed`) are asked for together."""
    said.need("title", "template")
    if said.has("ledger"):
        said.need("head", "first", "printed", "columns")
    else:
        said.need("cells")
    ledger = said.text("ledger")
    return Form(
        key=key,
        title=said.text("title", key),
        template=said.text("template"),
        name=said.text("name"),
        sheet=said.text("sheet"),
        ledger=ledger,
        where=read_where(said, ledgers, ledger),
        reached=said.text("reached"),
        order=said.texts("order"),
        per=_per(said),
        if_any=said.flag("if_any"),
        head=tuple(_head(said)),
        first=said.integer("first", 1, 100_000),
        printed=said.integer("printed", 1, 100_000),
        beyond=said.one_of("beyond", BEYOND, "refuse"),
        cells=tuple(_texts(said, "cells")),
        columns=tuple(_column(letter, column) for letter, column in said.things("columns", "报表列", ascii_keys=False)),
        same_as=_same_as(said),
        source=said.text("source"),
        at=said.place,
    )


def _per(said: Said) -> str:
    if isinstance(said.node.items.get("per"), tree.Mapping):
        per = said.thing("per", "份")
        per.need("level")
        return per.text("level", "whole")
    return said.one_of("per", ("whole", "unit"), "whole")


def _head(said: Said) -> Iterator[int]:
    for text in said.texts("head"):
        if INTEGER.fullmatch(text) and 1 <= int(text) <= 100_000:
            yield int(text)
        else:
            said.wrong(problems.WRONG_TYPE, "head", word="head", wanted="一个或几个行号", got=f"“{text}”")


def _texts(said: Said, word: str) -> Iterator[tuple[str, FormText]]:
    """Key → text with slots, below this word."""
    for key, line in said.lines(word):
        text = _read(said, line, word, key)
        if text is not None:
            yield key, text


def _read(said: Said, text: str, *path: str) -> FormText | None:
    try:
        return read_text(text)
    except ValueError as wrong:
        said.book.problems.append(problems.BAD_FORM_TEXT.at(said.book.place(*said.path, *path), piece=str(wrong)))
        return None


def _column(letter: str, said: Said) -> FormColumn:
    said.need("title")
    title = said.text("title", letter)
    kinds = [word for word in KINDS if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where=f"报表列“{letter}”", words="、".join(KINDS), n=len(kinds))
    kind = kinds[0] if kinds else "blank"
    for word in ("serial", "blank"):
        if said.has(word) and not said.flag(word, True):
            said.wrong(problems.BAD_CHOICE, word, word=word, value="false", hint="请写 true，或删去。")
    text: FormText | None = None
    match kind:
        case "text":
            text = _read(said, said.text("text"), "text")
        case "region":
            text = read_text("{region:" + said.text("region") + "}")
        case "unit":
            text = read_text("{unit:" + said.one_of("unit", ("short", "full"), "full") + "}")
    return FormColumn(
        letter=letter,
        title=title,
        kind="text" if kind in ("region", "unit") else kind,
        key=said.text("field"),
        text=text,
        words=tuple(_texts(said, "words")),
        date=said.one_of("date", tuple(word for word in DATE_STYLES if word), ""),
        reveal=said.flag("reveal"),
        at=said.place,
    )


def _same_as(said: Said) -> SameAs | None:
    if not said.has("same_as"):
        return None
    same = said.thing("same_as", "须一致")
    same.need("ledger", "by", "columns", "says")
    pairs = tuple((letter, name.strip()) for letter, name in same.lines("columns", "一个栏目", blank=False))
    return SameAs(same.text("ledger"), same.text("by"), pairs, same.text("says"), same.place)


def slots_of(form: Form) -> Iterator[tuple[Slot, tuple[str, ...]]]:
    """Every slot of the form's rows, with the path below the form where it stands."""
    for column in form.columns:
        here = ("columns", column.letter)
        if column.text is not None:
            yield from ((slot, (*here, "text")) for slot in column.text.slots)
        for state, text in column.words:
            yield from ((slot, (*here, "words", state)) for slot in text.slots)
