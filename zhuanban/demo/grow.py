"""From cumulative counts to single records with their days and words. Pure, and the same for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhuanban.core.day import iso, to_date
from zhuanban.demo.script import Growth

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"

Grown = Mapping[str, Sequence["Item"]]
"""Growth → its records."""


@dataclass(slots=True)
class Item:
    """A record that grew: its place, the day of each step taken, and what its fields say (with the day since when)."""

    group: str
    index: int
    number: str
    region: str
    words: dict[str, Any] = field(default_factory=dict)  # what texts of its fields may name
    days: dict[str, int] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)  # field → day on which it became known
    told: dict[str, str] = field(default_factory=dict)  # field → step that says it


def grow(
    growth: Growth,
    seed: int,
    end: int,
    places: Callable[[str], Sequence[tuple[str, str]]],
    code: Callable[[str], str],
    grown: Grown,
) -> list[Item]:
    """All records of a growth. `places(group)` lists the (code, name) regions inside a group, in order."""
    items: list[Item] = []
    for group in growth.by:
        rng = random.Random(f"{seed}/{growth.key}/{group}")  # noqa: S311  (a demonstration, not a secret)
        mine = list(_following(growth, group, end, grown) if growth.of else _counted(growth, group, places, rng))
        for item in mine:
            item.words["code"] = code(group)
            item.number = growth.number.format(**item.words)
            item.words["number"] = item.number
            _fill(item, growth, rng)
        _mark(mine, growth, group, rng)
        items += mine
    return items


def _counted(
    growth: Growth, group: str, places: Callable[[str], Sequence[tuple[str, str]]], rng: random.Random
) -> Iterator[Item]:
    inside = places(group)
    most = max(counts[group][-1] for counts in growth.steps.values() if group in counts)
    met: Counter[str] = Counter()
    for index in range(most):
        nth = index * len(inside) // most  # spread evenly over the places, in their order
        region, place = inside[nth]
        met[region] += 1
        words = {"place": place, "group": group, "region": region, "n": index + 1, "cell": nth + 1, "k": met[region]}
        item = Item(group, index, "", region, words)
        last = growth.first
        for move, counts in growth.steps.items():
            day = _day_of(counts.get(group, ()), index, growth, rng)
            if day is None:
                continue
            last = max(last, day)
            item.days[move] = last
        yield item


def _following(growth: Growth, group: str, end: int, grown: Grown) -> Iterator[Item]:
    """Records that follow from those of another growth, so many days after one of their steps."""
    source = growth.of
    assert source is not None
    index = 0
    for other in grown[source.growth]:
        if other.group != group or source.since not in other.days:
            continue
        if any(other.fields.get(key) != value for key, value in source.where.items()):
            continue
        for k in range(int(other.fields[source.times]) if source.times else 1):
            if source.most and index >= source.most:
                return
            of = {**other.fields, "number": other.number}
            item = Item(group, index, "", other.region, {**other.words, "n": index + 1, "k": k + 1, "of": of})
            for move, days in growth.after.items():
                if other.days[source.since] + days > end:
                    break
                item.days[move] = other.days[source.since] + days
            if item.days:
                yield item
                index += 1


def _day_of(counts: Sequence[int], index: int, growth: Growth, rng: random.Random) -> int | None:
    """The day on which the record of this index took a step: a random day of the week that the count grew in."""
    for i, count in enumerate(counts):
        if count > index:
            start = growth.cut_offs[i - 1] + 1 if i else growth.first
            workdays = [d for d in range(start, growth.cut_offs[i] + 1) if to_date(d).weekday() < 5]
            return rng.choice(workdays or [growth.cut_offs[i]])
    return None


def _mark(mine: Sequence[Item], growth: Growth, group: str, rng: random.Random) -> None:
    """Fields that become true for so many records by each cut-off, whatever steps those have taken."""
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


def _fill(item: Item, growth: Growth, rng: random.Random) -> None:
    for key, said in growth.fields.items():
        if not isinstance(said, Mapping):
            item.fields[key] = _text(said, item.words)
            continue
        move = said.get("when", "")
        if move and move not in item.days:
            continue
        if "only" in said and item.index not in said["only"].get(item.group, ()):
            continue
        if rng.random() * 100 >= said.get("share", 100):
            continue
        value = _value(said, rng, item, item.days.get(move))
        if value is not None:
            item.fields[key] = value
            if move:
                item.since[key] = item.days[move]
                item.told[key] = move


def _value(said: Mapping[str, Any], rng: random.Random, item: Item, since: int | None) -> Any:
    words = item.words
    if "each" in said:  # a list for every group, or one for all
        given = said["each"] if isinstance(said["each"], list) else said["each"].get(item.group, ())
        return _text(given[item.index], words) if item.index < len(given) else None
    if "at" in said:  # group → index → value; the others say `text`, or nothing
        return _text(said["at"].get(item.group, {}).get(item.index, said.get("text")), words)
    if "cycle" in said:
        given = said["cycle"] if isinstance(said["cycle"], list) else said["cycle"][item.group]
        return _text(given[item.index % len(given)], words)
    if "share_out" in said:  # group → word → how many
        options = [o for word, n in said["share_out"][item.group].items() for o in [word] * n]
        return options[(item.index * 7) % len(options)] if len(options) % 7 else options[item.index]
    if "pick" in said:
        return _text(rng.choice(said["pick"]), words)
    if "range" in said:
        low, high = said["range"]
        return rng.randint(low, high)
    if "person" in said:
        return f"{rng.choice(SURNAMES)}某{rng.choice(GIVEN)}"  # plainly nobody
    if "phone" in said:
        return f"1990000{rng.randint(0, 9999):04d}"  # no such numbers are in use
    if "date" in said:
        low, high = said["date"]
        base = since if since is not None else min(item.days.values())
        return iso(base + rng.randint(low, high))
    if "year" in said:  # a day of one of these years; of the last one, a day before October
        low, high = said["year"]
        year = low + item.index % (high - low + 1)
        return f"{year}-{rng.randint(1, 12 if year < high else 9):02d}-{rng.randint(1, 28):02d}"
    return _text(said.get("text"), words)


def _text(value: Any, words: Mapping[str, Any]) -> Any:
    return value.format(**words) if isinstance(value, str) else value


def as_of(item: Item, day: int) -> Item | None:
    """The record as its office knew it on a day; None before it was opened."""
    days = {move: d for move, d in item.days.items() if d <= day}
    if not days:
        return None
    fields = {k: v for k, v in item.fields.items() if item.since.get(k, 0) <= day}
    return Item(item.group, item.index, item.number, item.region, item.words, days, fields, item.since, item.told)
