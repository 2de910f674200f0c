"""Reads map layers, and gives zone fields their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zhuanban.pack import tree
from zhuanban.pack.said import Said
from zhuanban.pack.values import OUTSIDE, Buffer, Field, FieldType, Layer, Option


def read_layer(key: str, said: Said) -> Layer:
    """A layer; its buffers narrowest first, whatever the order of writing."""
    said.need("title", "types")
    buffers = []
    for each in said.listed("buffers", "缓冲区"):
        each.need("type", "metres")
        buffers.append(Buffer(each.text("type"), each.integer("metres", 1, 100_000)))
    return Layer(
        key=key,
        title=said.text("title", key),
        types=read_options(said, "types"),
        type_columns=said.texts("type_column"),
        name_columns=said.texts("name_column"),
        buffers=tuple(sorted(buffers, key=lambda b: b.metres)),
        source=said.text("source"),
        at=said.place,
    )


def zoned(field: Field, layers: Mapping[str, Layer]) -> Field:
    """A zone field with its layer's types and OUTSIDE for options; any other field as it is."""
    layer = layers.get(field.layer)
    if field.type is not FieldType.ZONE or layer is None:
        return field
    return replace(field, options=(*layer.types, Option(OUTSIDE)))


def read_options(said: Said, word: str) -> tuple[Option, ...]:
    """Words, each plain or with aliases."""
    node = said.node.items.get(word)
    if not isinstance(node, tree.Listing):
        return tuple(Option(each) for each in said.texts(word))
    options = []
    for i, item in enumerate(node.items):
        path = (*said.path, word, i)
        if isinstance(item, tree.Scalar) and not item.empty:
            options.append(Option(item.text.strip()))
            continue
        option = Said(said.book, "选项", item, path)
        option.need("title")
        options.append(Option(option.text("title"), option.texts("aliases")))
    return tuple(options)
