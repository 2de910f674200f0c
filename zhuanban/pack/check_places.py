"""Do layers, zones and what is asked of photographs hold together? Part of `check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from zhuanban.core.problem import Place, Problem
from zhuanban.pack import problems
from zhuanban.pack.problems import hint
from zhuanban.pack.values import OUTSIDE, Field, FieldType, Layer, Ledger, Pack
from zhuanban.pack.vocabulary import TYPE_WORDS

PlaceOf = Callable[..., Place]


def check_places(pack: Pack, place: PlaceOf, layers_unread: bool = False) -> Iterator[Problem]:
    """Every defect of layers, and of the fields and requirements that speak of places and pictures."""
    for layer in pack.layers.values():
        yield from _layer(layer, place)
    for ledger in pack.ledgers.values():
        for field in ledger.fields.values():
            here = ("ledgers", ledger.key, "fields", field.key)
            if field.layer and field.layer not in pack.layers and not layers_unread:
                yield problems.NO_LAYER.at(place(*here, "layer"), word=field.layer, hint=hint(field.layer, pack.layers))
            for word, name, kind, path in _asked(field):
                yield from _named(ledger, word, name, kind, place(*here, *path))
            if field.after == field.key:
                yield problems.AFTER_ITSELF.at(place(*here, "after"), field=field.title)
        yield from _via(pack, ledger, place)


def _layer(layer: Layer, place: PlaceOf) -> Iterator[Problem]:
    here = ("layers", layer.key)
    spelt = Counter(word for option in layer.types for word in {option.title, *option.aliases})
    for word, times in spelt.items():
        if times > 1:
            yield problems.TYPE_TWICE.at(place(*here, "types"), layer=layer.title, word=word)
    if OUTSIDE in spelt:
        yield problems.TYPE_TAKEN.at(place(*here, "types"), layer=layer.title, word=OUTSIDE)
    for buffer in layer.buffers:
        if buffer.type and buffer.type not in layer.ranks:
            advice = hint(buffer.type, layer.ranks)
            yield problems.NO_TYPE.at(place(*here, "buffers"), layer=layer.title, word=buffer.type, hint=advice)
    for metres, times in Counter(buffer.metres for buffer in layer.buffers if buffer.metres).items():
        if times > 1:
            yield problems.SAME_WIDTH.at(place(*here, "buffers"), layer=layer.title, metres=metres)


def _asked(field: Field) -> Iterator[tuple[str, str, FieldType, tuple[str, ...]]]:
    """(word, field named, type it must have, where it is said)."""
    if field.of:
        yield "of", field.of, FieldType.POINT, ("of",)
    if field.after and field.after != field.key:
        yield "after", field.after, FieldType.PHOTO, ("after",)
    if field.near is not None and field.near.point:
        yield "near", field.near.point, FieldType.POINT, ("near", "point")
    if isinstance(field.not_before, str):
        yield "not_before", field.not_before, FieldType.DATE, ("not_before",)


def _named(ledger: Ledger, word: str, name: str, kind: FieldType, place: Place) -> Iterator[Problem]:
    found = ledger.fields.get(name)
    fitting = [key for key, field in ledger.fields.items() if field.type is kind]
    if found is None:
        yield problems.NO_FIELD.at(place, ledger=ledger.title, word=name, hint=hint(name, fitting))
    elif found.type is not kind:
        words = {"word": word, "wanted": TYPE_WORDS[kind], "field": found.title, "kind": TYPE_WORDS[found.type]}
        yield problems.NOT_THAT_FIELD.at(place, **words, hint=hint(name, fitting))


def _via(pack: Pack, ledger: Ledger, place: PlaceOf) -> Iterator[Problem]:
    for move in ledger.moves.values():
        for i, guard in enumerate(move.requires):
            at = ("ledgers", ledger.key, "workflow", "moves", move.key, "requires", i)
            if guard.by and (others := pack.ledgers.get(guard.ledger)) is not None:
                yield from _by(others, guard.by, ledger, place(*at, "by"))
            if not guard.via:
                continue
            here = place(*at, "via")
            found = ledger.fields.get(guard.via)
            if found is None or found.type is not FieldType.LINK:
                yield from _named(ledger, "via", guard.via, FieldType.LINK, here)
            elif found.ledger != guard.ledger and guard.ledger in pack.ledgers:
                yield problems.VIA_ELSEWHERE.at(here, field=found.title, ledger=pack.ledgers[guard.ledger].title)


def _by(others: Ledger, key: str, ledger: Ledger, here: Place) -> Iterator[Problem]:
    found = others.fields.get(key)
    if found is None or found.type is not FieldType.LINK:
        yield from _named(others, "by", key, FieldType.LINK, here)
    elif found.ledger != ledger.key or found.many:
        yield problems.BY_ELSEWHERE.at(here, field=found.title, ledger=ledger.title)
