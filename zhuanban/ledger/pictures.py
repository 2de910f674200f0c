"""What is odd about a record's photographs: too early, too far, the wrong way round. Flags, never refusals. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from zhuanban.atlas.frames import Point, from_json, metres_between
from zhuanban.core.day import day_of, from_iso, iso
from zhuanban.core.problem import Problem
from zhuanban.evidence.queries import Shot
from zhuanban.ledger import problems as says
from zhuanban.ledger.fields import shas
from zhuanban.pack.values import Field, FieldType, Ledger

Shots = Callable[[Sequence[str]], Mapping[str, Shot]]


def asked_fields(ledger: Ledger) -> tuple[Field, ...]:
    """The photo fields of which the pack asks anything."""
    return tuple(
        f
        for f in ledger.fields.values()
        if f.type is FieldType.PHOTO and (f.after or f.near or f.not_before is not None or f.once)
    )


def oddities(
    ledger: Ledger, field: Field, data: Mapping[str, Any], on: int, received: int, shots: Shots
) -> Iterator[Problem]:
    """What does not fit about the pictures in `field` of a record that says `data`; the event's day is `on`, the day on
    which the server learned it `received`.

    A picture that tells neither when nor where is not judged.
    """
    mine = shas(data.get(field.key))
    known = shots(mine)
    taken = {sha: shot.at for sha, shot in known.items() if shot.at is not None}
    yield from _after(ledger, field, data, mine, taken, shots)
    earliest = _earliest(field, data, on)
    if earliest is not None:
        for day in sorted({day_of(at) for at in taken.values()}):
            if day < earliest:
                yield says.PHOTO_EARLY.at(field=field.title, day=iso(day), earliest=iso(earliest))
    for day in sorted({day_of(at) for at in taken.values()}):
        if day > received:
            yield says.PHOTO_LATE.at(field=field.title, day=iso(day), received=iso(received))
    yield from _far(ledger, field, data, known)


def _after(
    ledger: Ledger,
    field: Field,
    data: Mapping[str, Any],
    mine: Sequence[str],
    taken: Mapping[str, int],
    shots: Shots,
) -> Iterator[Problem]:
    if not field.after:
        return
    before = shas(data.get(field.after))
    titles = {"field": field.title, "before": ledger.fields[field.after].title}
    if set(mine) & set(before):
        yield says.PHOTO_SAME.at(**titles)
    times = [shot.at for shot in shots(before).values() if shot.at is not None]
    others = [at for sha, at in taken.items() if sha not in before]
    if times and others and min(others) < max(times):
        yield says.PHOTO_ORDER.at(**titles, day=iso(day_of(min(others))), before_day=iso(day_of(max(times))))


def _earliest(field: Field, data: Mapping[str, Any], on: int) -> int | None:
    if isinstance(field.not_before, int):
        return on - field.not_before
    said = data.get(field.not_before) if field.not_before else None
    return from_iso(said) if isinstance(said, str) else None


def _far(ledger: Ledger, field: Field, data: Mapping[str, Any], known: Mapping[str, Shot]) -> Iterator[Problem]:
    if field.near is None or not data.get(field.near.point):
        return
    here = from_json(data[field.near.point], anywhere=True)
    if not isinstance(here, Point):
        return
    far = []
    for shot in known.values():
        if shot.place is not None:
            metres = metres_between(here, shot.place)
            if metres > field.near.metres + (shot.place.accuracy_m or 0) + (here.accuracy_m or 0):
                far.append(metres)
    if far:
        point = ledger.fields[field.near.point].title
        words = {"field": field.title, "point": point, "metres": round(max(far)), "wanted": field.near.metres}
        yield says.PHOTO_FAR.at(**words)
