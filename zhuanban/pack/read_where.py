"""Reads where-clauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhuanban.core.day import iso
from zhuanban.pack import problems, tree
from zhuanban.pack.conditions import days_from_as_of
from zhuanban.pack.said import Book, Said, YamlPath, number_of
from zhuanban.pack.values import Condition, Field, FieldType, Ledger


def read_where(said: Said, ledgers: Mapping[str, Ledger], ledger: str, word: str = "where") -> tuple[Condition, ...]:
    """Conditions in one order, whatever the order of writing: equal questions must be equal."""
    node = said.node.items.get(word)
    if node is None or (isinstance(node, tree.Scalar) and node.empty):
        return ()
    if not isinstance(node, tree.Mapping):
        said.wrong(problems.WRONG_TYPE, word, word=word, wanted="“栏目: 值”", got=tree.say_node(node))
        return ()
    fields = ledgers[ledger].fields if ledger in ledgers else {}
    found: list[Condition] = []
    for key, child in node.items.items():
        found += _conditions(said.book, key, _field(ledgers, fields, key), child, (*said.path, word, key))
    return tuple(sorted(set(found), key=lambda c: (c.field, c.op, repr(c.value))))


def _field(ledgers: Mapping[str, Ledger], fields: Mapping[str, Field], key: str) -> Field | None:
    """The field of that key, or of LINK.KEY."""
    link, dot, inner = key.partition(".")
    own = fields.get(link)
    if not dot or own is None:
        return own
    return ledgers[own.ledger].fields.get(inner) if own.ledger in ledgers else None


def _conditions(book: Book, key: str, field: Field | None, node: tree.Node, path: YamlPath) -> Iterator[Condition]:
    if isinstance(node, tree.Scalar):
        if node.empty:
            book.problems.append(problems.ALL_EMPTY.at(book.places[path], word=key))
            return
        yield Condition(key, "is", value_of(field, node))
        return
    if isinstance(node, tree.Listing):
        yield from _among(book, key, field, node, path, "in")
        return
    said = Said(book, "条件", node, path, key)
    if not node.items:
        said.wrong(problems.ALL_EMPTY, word=key)
    for word in ("empty", "filled"):
        if word in node.items:
            if said.flag(word):
                yield Condition(key, word)
            elif said.text(word) == "false":
                other = "filled" if word == "empty" else "empty"
                advice = f"请改写为 {other}: true。"
                said.wrong(problems.BAD_CHOICE, word, word=word, value="false", hint=advice)
    if "not" in node.items:
        yield from _among(book, key, field, node.items["not"], (*path, "not"), "not_in")
    for word in ("at_least", "at_most"):
        bound = said.number(word)
        if bound is not None:
            yield Condition(key, word, bound)
    for word in ("before", "on_or_after"):
        scalar = said.scalar(word, "日期")
        if scalar is None:
            continue
        if days_from_as_of(scalar.text) is not None:
            yield Condition(key, word, "".join(scalar.text.split()))
            continue
        day = tree.day_of_text(scalar.text)
        if day is None:
            said.wrong(problems.BAD_DATE, word, value=scalar.text)
            continue
        yield Condition(key, word, iso(day))


def _among(book: Book, key: str, field: Field | None, node: tree.Node, path: YamlPath, op: str) -> Iterator[Condition]:
    items: list[tree.Node] = node.items if isinstance(node, tree.Listing) else [node]
    values = []
    for item in items:
        if isinstance(item, tree.Scalar) and not item.empty:
            values.append(value_of(field, item))
            continue
        got = tree.say_node(item)
        book.problems.append(problems.WRONG_TYPE.at(book.places[path], word=key, wanted="一串词", got=got))
    if not items:
        book.problems.append(problems.ALL_EMPTY.at(book.places[path], word=key))
    if not values:
        return
    if op == "in" and len(set(values)) == 1:
        yield Condition(key, "is", values[0])
    else:
        yield Condition(key, op, tuple(sorted(set(values), key=lambda v: (str(type(v)), v))))


def value_of(field: Field | None, node: tree.Scalar) -> str | int | float:
    """A value as records keep it: numbers for number fields, text for all others."""
    if field is not None and field.type in (FieldType.INTEGER, FieldType.NUMBER):
        number = number_of(node)
        if number is not None:
            return number
    return node.text.strip()
