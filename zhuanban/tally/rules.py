"""Pure rules of the tallies: from timelines to dated deltas, from deltas to every node above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from zhuanban.ledger.rules import Snapshot, Transition
from zhuanban.people.tree import Tree
from zhuanban.tally.questions import Contributor

BLOCK_DAYS = 32

Delta = tuple[int, str, int, str]
"""(measure, node, day, cell)"""


def block_of(day: int) -> int:
    """The block of 32 days that a day falls into (rounding down, also before 1970)."""
    return day // BLOCK_DAYS


def record_deltas(transitions: Iterable[Transition], contributors: Mapping[str, Contributor]) -> dict[Delta, int]:
    """What transitions change at the records' own regions: (measure, region, day, cell) → n, zeros left out."""
    deltas: dict[Delta, int] = defaultdict(int)
    for transition in transitions:
        contribute = contributors.get(transition.ledger)
        if contribute is None:
            continue
        if transition.before:
            _add(deltas, transition.before, contribute, -1)
        _add(deltas, transition.after, contribute, 1)
    return {key: n for key, n in deltas.items() if n}


def _add(deltas: dict[Delta, int], line: Sequence[tuple[int, Snapshot]], contribute: Contributor, sign: int) -> None:
    last: tuple[tuple[int, str, int], ...] = ()
    last_region = ""
    for day, now in line:
        mine = contribute(now)
        region = now.region
        if mine == last and region == last_region:
            continue
        for measure, cell, n in last:
            deltas[(measure, last_region, day, cell)] -= sign * n
        for measure, cell, n in mine:
            deltas[(measure, region, day, cell)] += sign * n
        last, last_region = mine, region


def spread(tree: Tree, node: str, day: int) -> Iterator[tuple[str, int, int]]:
    """Where +1 at (node, day) goes: (node or ancestor, day, +1 or −1) over the days of the tree.

    On a day when the path changes, the old ancestors give it back and the new ones take it.
    """
    segments = tree.segments(node)
    path: tuple[str, ...] = segments[0].path
    for segment in segments:
        if segment.from_day <= day:
            path = segment.path
    for here in path:
        yield here, day, 1
    for segment in segments:
        if segment.from_day > day:
            for here in path:
                if here not in segment.path:
                    yield here, segment.from_day, -1
            for here in segment.path:
                if here not in path:
                    yield here, segment.from_day, 1
            path = segment.path


def spread_all(tree: Tree, deltas: Mapping[Delta, int]) -> dict[Delta, int]:
    """Deltas at records' regions → deltas at every node, zeros left out."""
    found: dict[Delta, int] = defaultdict(int)
    ways: dict[tuple[str, int], list[tuple[str, int, int]]] = {}
    for (measure, node, day, cell), n in deltas.items():
        way = ways.get((node, day))
        if way is None:
            way = ways[(node, day)] = list(spread(tree, node, day))
        for here, on, sign in way:
            found[(measure, here, on, cell)] += sign * n
    return {key: n for key, n in found.items() if n}
