from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhuanban.core.canonical import canonical, digest


def test_one_spelling() -> None:
    assert canonical({"乙": 1, "a": [None, True, 1.5]}) == '{"a":[null,true,1.5],"乙":1}'.encode()
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})


@given(st.lists(st.binary(max_size=9), max_size=4), st.lists(st.binary(max_size=9), max_size=4))
def test_no_two_lists_of_parts_share_a_digest(one: list[bytes], other: list[bytes]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)
