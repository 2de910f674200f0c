"""From cumulative counts to single records with their days and words. Pure, and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhuanban.core.day import iso, to_date
from zhuanban.demo.script import Growth

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"


@dataclass(slots=True)
class Item:
    """A record that grew: its place, the day of each step taken, and what its fields say (with the day since when)."""

    group: str
    index: int
    number: str
    region: str
    days: dict[str, int] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)  # field → day on which it became known


def grow(
    growth: Growth, seed: int, cells: Callable[[str], Sequence[tuple[str, str]]], group_code: Callable[[str], str]
) -> list[Item]:
    """All records of a growth. `cells(group)` lists the (code, name) places inside a group, in order."""
    items = []
    for group in growth.by:
        rng = random.Random(f"{seed}/{growth.key}/{group}")  # noqa: S311  (a demonstration, not a secret)
        places = cells(group)
        most = max(counts[group][-1] for counts in growth.steps.values() if group in counts)
        for index in range(most):
            code, place = places[index * len(places) // most] if len(places) <= most else places[index]
            number = growth.number.format(g=group_code(group), n=index + 1) if growth.number else ""
            item = Item(group, index, number, code)
            last = growth.first
            for move, counts in growth.steps.items():
                day = _day_of(counts.get(group, ()), index, growth, rng)
                if day is None:
                    continue
                last = max(last, day)
                item.days[move] = last
            _fill(item, growth, rng, place)
            items.append(item)
        _mark(items, growth, group, rng)
    return items


def _day_of(counts: Sequence[int], index: int, growth: Growth, rng: random.Random) -> int | None:
    """The day on which the record of this index took a step: a random day of the week that the count grew in."""
    for i, count in enumerate(counts):
        if count > index:
            start = growth.cut_offs[i - 1] + 1 if i else growth.first
            workdays = [d for d in range(start, growth.cut_offs[i] + 1) if to_date(d).weekday() < 5]
            return rng.choice(workdays or [growth.cut_offs[i]])
    return None


def _mark(items: list[Item], growth: Growth, group: str, rng: random.Random) -> None:
    """Fields that become true for so many records by each cut-off, whatever steps those have taken."""
    mine = [item for item in items if item.group == group]
    for key, said in growth.marks.items():
        if group not in said:
            continue
        counts = said[group]["counts"]
        which = said[group].get("items") or list(range(counts[-1]))
        for nth, index in enumerate(which):
            day = _day_of(counts, nth, growth, rng)
            if day is None:
                continue
            item = mine[index]
            item.fields[key] = said["value"]
            # A mark made with a step is known since that step; else since a day of its own, not before the opening.
            item.since[key] = item.days[said["with"]] if "with" in said else max([day, min(item.days.values())])


def _fill(item: Item, growth: Growth, rng: random.Random, place: str) -> None:
    words = {"place": place, "group": item.group, "n": item.index + 1, "number": item.number}
    for key, said in growth.fields.items():
        value, since = _say(said, rng, words, item)
        if value is not None:
            item.fields[key] = value
            if since is not None:
                item.since[key] = since


def _say(said: Any, rng: random.Random, words: Mapping[str, Any], item: Item) -> tuple[Any, int | None]:
    """(value, day since when) of a field by its recipe; None where this record does not say it."""
    if not isinstance(said, Mapping):
        return (said.format(**words) if isinstance(said, str) else said), None
    since = None
    if "when" in said:
        since = item.days.get(said["when"])
        if since is None:
            return None, None
    if "only" in said:
        chosen = said["only"].get(item.group, ())
        if item.index not in chosen:
            return None, None
    if rng.random() * 100 >= said.get("share", 100):
        return None, None
    return _value(said, rng, words, item, since), since


def _value(said: Mapping[str, Any], rng: random.Random, words: Mapping[str, Any], item: Item, since: int | None) -> Any:
    if "each" in said:
        given = said["each"].get(item.group, ())
        return given[item.index] if item.index < len(given) else None
    if "share_out" in said:  # group → word → how many
        options = [o for word, n in said["share_out"][item.group].items() for o in [word] * n]
        return options[(item.index * 7) % len(options)] if len(options) % 7 else options[item.index]
    if "pick" in said:
        return _text(rng.choice(said["pick"]), words)
    if "range" in said:
        low, high = said["range"]
        return rng.randint(low, high)
    if "person" in said:
        return rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
    if "phone" in said:
        return f"1990000{rng.randint(0, 9999):04d}"  # no such numbers are in use
    if "date" in said:
        low, high = said["date"]
        base = since if since is not None else min(item.days.values())
        return iso(base + rng.randint(low, high))
    if "year" in said:
        low, high = said["year"]
        return f"{low + item.index % (high - low + 1)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return _text(said.get("text"), words)


def _text(value: Any, words: Mapping[str, Any]) -> Any:
    return value.format(**words) if isinstance(value, str) else value


def as_of(item: Item, day: int) -> Item | None:
    """The record as its office knew it on a day; None before it was opened."""
    days = {move: d for move, d in item.days.items() if d <= day}
    if not days:
        return None
    fields = {k: v for k, v in item.fields.items() if item.since.get(k, 0) <= day}
    return Item(item.group, item.index, item.number, item.region, days, fields, item.since)
