"""The dated tree: paths, children and subtrees on any day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.trees import dated_trees, tree
from zhuanban.core.day import FAR_DAY, FIRST_DAY
from zhuanban.people.tree import Tree, find_loops

STREET_MOVES = [
    ("city", "", FIRST_DAY),
    ("east", "city", FIRST_DAY),
    ("west", "city", FIRST_DAY),
    ("street", "east", FIRST_DAY),
    ("street", "west", 100),
    ("cell", "street", FIRST_DAY),
]


def test_a_street_that_changes_district() -> None:
    t = tree(STREET_MOVES)
    assert t.root == "city"
    assert t.path("cell", 99) == ("cell", "street", "east", "city")
    assert t.path("cell", 100) == ("cell", "street", "west", "city")
    assert t.children("east", 99) == ["street"]
    assert t.children("east", 100) == []
    assert t.subtree("west", 99) == {"west"}
    assert t.subtree("west", 100) == {"west", "street", "cell"}
    assert t.level("cell", 100) == 3
    assert [s.from_day for s in t.segments("cell")] == [FIRST_DAY, 100]


def test_a_forest_gets_a_root() -> None:
    t = tree([("a", "", FIRST_DAY), ("b", "", FIRST_DAY)])
    assert t.path("b", 0) == ("b", "*")
    assert t.children("*", 0) == ["a", "b"]


def test_a_closed_region_is_no_longer_a_child_but_stays_in_the_subtree() -> None:
    t = tree([("a", "", FIRST_DAY), ("b", "a", FIRST_DAY)], b=(FIRST_DAY, 50))
    assert t.children("a", 49) == ["b"]
    assert t.children("a", 50) == []
    assert "b" in t.subtree("a", 50)
    assert t.find("名b", 49) == ["b"]
    assert t.find("名b", 50) == []


def test_what_has_no_end_is_in_use_on_the_last_day_that_can_be_written() -> None:
    t = tree([("a", "", FIRST_DAY), ("b", "a", FIRST_DAY), ("c", "a", FIRST_DAY)], c=(FIRST_DAY, FAR_DAY - 1))
    assert t.children("a", FAR_DAY - 2) == ["b", "c"]
    assert t.children("a", FAR_DAY - 1) == ["b"]
    assert t.children("a", FAR_DAY) == ["b"]


def test_loops_are_named_once() -> None:
    assert find_loops({"a": "b", "b": "c", "c": "a", "d": "a", "e": ""}) == [("a", "b", "c")]


@given(dated_trees(), st.integers(-5, 70))
def test_paths_agree_with_walking_up(made: tuple[Tree, dict[str, list[tuple[int, str]]]], day: int) -> None:
    t, hangs = made
    for code in hangs:
        walked = [code]
        while True:
            parent = [p for d, p in hangs[walked[-1]] if d <= day][-1]
            if not parent:
                break
            walked.append(parent)
        assert t.path(code, day) == tuple(walked)
        assert all(code in t.subtree(above, day) for above in walked)
        assert {c for c in hangs if code in t.path(c, day)} == set(t.subtree(code, day))
