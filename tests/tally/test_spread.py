"""Deltas spread over a dated tree: the stock of every node on every day is what lies below it on that day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.trees import dated_trees
from zhuanban.people.tree import Tree
from zhuanban.tally.rules import Delta, block_of, spread_all


@given(
    dated_trees(),
    st.lists(st.tuples(st.integers(0, 11), st.integers(-3, 65), st.integers(-3, 5)), max_size=25),
    st.integers(-5, 70),
)
def test_sums_follow_the_tree_of_the_day(
    made: tuple[Tree, dict[str, list[tuple[int, str]]]], stock: list[tuple[int, int, int]], day: int
) -> None:
    tree, hangs = made
    codes = list(hangs)
    deltas: dict[Delta, int] = {}
    for i, on, n in stock:
        key = (1, codes[i % len(codes)], on, "")
        deltas[key] = deltas.get(key, 0) + n
    kept = spread_all(tree, {k: n for k, n in deltas.items() if n})
    for node in codes:
        expected = sum(n for (_, at, on, _), n in deltas.items() if on <= day and node in tree.path(at, day))
        assert sum(n for (_, here, on, _), n in kept.items() if here == node and on <= day) == expected


@given(st.integers(-(10**6), 10**6))
def test_blocks_are_whole_and_ordered(day: int) -> None:
    assert block_of(day) * 32 <= day < (block_of(day) + 1) * 32
