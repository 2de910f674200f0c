"""Trees for tests: from rows, and random ones."""

from __future__ import annotations

from hypothesis import strategies as st

from zhuanban.core.day import FAR_DAY, FIRST_DAY
from zhuanban.people.tree import Node, Tree


def tree(rows: list[tuple[str, str, int]], rooted: bool = True, **days: tuple[int, int]) -> Tree:
    codes = list(dict.fromkeys(code for code, _, _ in rows))
    nodes = [
        Node(c, f"名{c}", i, from_day=days.get(c, (FIRST_DAY, FAR_DAY))[0], to_day=days.get(c, (FIRST_DAY, FAR_DAY))[1])
        for i, c in enumerate(codes)
    ]
    return Tree(nodes, rows, rooted=rooted)


@st.composite
def dated_trees(draw: st.DrawFn) -> tuple[Tree, dict[str, list[tuple[int, str]]]]:
    """Random trees of up to 12 nodes whose parents change on random days; parents always have a lower index."""
    n = draw(st.integers(2, 12))
    hangs: dict[str, list[tuple[int, str]]] = {"n0": [(FIRST_DAY, "")]}
    for i in range(1, n):
        days = draw(st.lists(st.integers(0, 60), max_size=3, unique=True).map(sorted))
        hangs[f"n{i}"] = [(d, f"n{draw(st.integers(0, i - 1))}") for d in [FIRST_DAY, *days]]
    rows = [(code, parent, day) for code, all_ in hangs.items() for day, parent in all_]
    return tree(rows), hangs
