"""Reads tables and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from zhuanban.pack import problems
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import Said
from zhuanban.pack.values import Column, FieldType, Ledger, Order, Question, Rows, Table, WorkList

# What a column may be, and which further words belong to which kind.
_KINDS = ("count", "sum", "regions", "ratio", "text", "plus")
_BELONGS = {
    "where": "count sum regions",
    "reached": "count sum regions",
    "with": "regions",
    "word": "count",
    "round": "ratio",
    "digits": "ratio",
    "minus": "plus",
}
_ORDER = re.compile(r"\s*(\S+)\s*(?:<=|≤)\s*(\S+)\s*")


def read_table(ledgers: Mapping[str, Ledger], key: str, said: Said) -> Table:
    """A table; its questions are asked by its rows, its columns know their decimals."""
    said.need("title", "rows", "columns")
    rows_said = said.thing("rows", "行")
    if said.has("rows"):
        rows_said.need("by")
    rows = Rows(
        by=rows_said.text("by", "region"),
        names=rows_said.texts("names"),
        rest=rows_said.text("rest"),
        total=rows_said.text("total"),
        total_first=rows_said.one_of("total_at", ("top", "bottom"), "top") == "top",
    )
    by = "" if rows.by == "region" else rows.by
    table = Table(
        key=key,
        title=said.text("title", key),
        rows=rows,
        columns={k: _column(ledgers, k, column, by) for k, column in said.things("columns", "列")},
        head=said.text("head", "区域"),
        orders=tuple(_orders(said)),
        source=said.text("source"),
        at=said.place,
    )
    columns = {k: replace(c, decimals=_decimals(ledgers, table, k, frozenset())) for k, c in table.columns.items()}
    return replace(table, columns=columns)


def _orders(said: Said) -> Iterator[Order]:
    for i, text in enumerate(said.texts("checks")):
        place = said.book.places.get((*said.path, "checks", i)) or said.book.places[(*said.path, "checks")]
        match = _ORDER.fullmatch(text)
        if match is None:
            said.book.problems.append(problems.BAD_CHECK.at(place, value=text))
        else:
            yield Order(match[1], match[2], place)


def _column(ledgers: Mapping[str, Ledger], key: str, said: Said, by: str) -> Column:
    said.need("title")
    title = said.text("title", key)
    kinds = [word for word in _KINDS if said.has(word)]
    if len(kinds) != 1:
        words = "、".join(_KINDS)
        said.wrong(problems.ONE_OF, where=f"列“{title}”", words=words, n=len(kinds))
    kind = kinds[0] if kinds else "plus"
    for word, of in _BELONGS.items():
        if said.has(word) and kinds and kind not in of.split():
            said.wrong(
                problems.UNKNOWN_WORD,
                word,
                where=f"{kind} 的列",
                word=word,
                hint=f"“{word}”只用于 {of.replace(' ', '、')} 的列。",
            )
    column = Column(key, title, source=said.text("source"), word=said.text("word"), at=said.place)
    if kind == "regions":
        return replace(column, level=said.text("regions"), question=_held(ledgers, said))
    if kind in ("count", "sum"):
        ledger, summed = (said.text("count"), "") if kind == "count" else _dotted(said, "sum")
        question = Question(ledger, read_where(said, ledgers, ledger), said.text("reached"), summed, by)
        return replace(column, question=question)
    if kind == "ratio":
        parts = said.texts("ratio")
        if len(parts) != 2:
            wanted = "[分子列, 分母列]"
            said.wrong(problems.WRONG_TYPE, "ratio", word="ratio", wanted=wanted, got=f"{len(parts)} 个词")
        rule = said.rounding()
        if rule is None and not said.has("round"):
            said.wrong(problems.RATIO_NO_ROUNDING, column=title)
        pair = (parts[0], parts[1]) if len(parts) == 2 else ("", "")
        return replace(column, ratio=pair, round=rule, digits=said.integer("digits", 0, 6))
    if kind == "text":
        return replace(column, text=_dotted(said, "text"))
    return replace(column, plus=said.texts("plus"), minus=said.texts("minus"))


def _held(ledgers: Mapping[str, Ledger], said: Said) -> Question | None:
    """What a region must hold to be counted."""
    if not said.has("with"):
        for word in ("where", "reached"):
            if said.has(word):
                hint = f"“{word}”跟在 with 后面用。"
                said.wrong(problems.UNKNOWN_WORD, word, where="没有 with 的 regions 的列", word=word, hint=hint)
        return None
    ledger = said.text("with")
    return Question(ledger, read_where(said, ledgers, ledger), said.text("reached"))


def _dotted(said: Said, word: str) -> tuple[str, str]:
    """`ledger.field` → its two parts."""
    ledger, dot, field = said.text(word).partition(".")
    if not (dot and ledger and field):
        said.wrong(problems.WRONG_TYPE, word, word=word, wanted="“台账.栏目”", got=f"“{said.text(word)}”")
    return ledger, field


def _decimals(ledgers: Mapping[str, Ledger], table: Table, key: str, seen: frozenset[str]) -> int:
    column = table.columns.get(key)
    if column is None or key in seen:
        return 0
    if column.question is not None:
        ledger = ledgers.get(column.question.ledger)
        field = ledger.fields.get(column.question.sum) if ledger is not None else None
        return field.decimals if field is not None else 0
    parts = (*column.plus, *column.minus)
    return max((_decimals(ledgers, table, part, seen | {key}) for part in parts), default=0)


def read_list(ledgers: Mapping[str, Ledger], key: str, said: Said) -> WorkList:
    """A work list. What is missing is a link field where the ledger has one of that name, else a level of the grid."""
    said.need("title", "ledger")
    ledger = said.text("ledger")
    fields = ledgers[ledger].fields if ledger in ledgers else {}
    missing = said.texts("missing")
    links = [word for word in missing if word in fields and fields[word].type is FieldType.LINK]
    levels = [word for word in missing if word not in links]
    if len(links) > 1 or len(levels) > 1:
        said.wrong(problems.MISSING_WHAT, "missing", said="、".join(missing))
    listed = fields[links[0]].ledger if links else ledger
    if said.has("among") and not links:
        hint = "“among”跟在 missing 的关联栏目后面用。"
        said.wrong(problems.UNKNOWN_WORD, "among", where="没有关联栏目的清单", word="among", hint=hint)
    return WorkList(
        key,
        said.text("title", key),
        ledger,
        where=read_where(said, ledgers, ledger),
        missing_level=levels[0] if levels else "",
        missing_link=links[0] if links else "",
        among=read_where(said, ledgers, listed, "among") if links else (),
        listed=listed,
        flagged=said.text("flagged"),
        source=said.text("source"),
        at=said.place,
    )
