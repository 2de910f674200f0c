"""Codes that end in a check digit."""

import pytest

from zhuanban.core.codes import resident_id_holds, social_credit_holds


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("91350100M000100Y43", True),  # the example of GB 32100-2015
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("91350100M000100I43", False),  # a sign that the standard leaves out
        ("", False),
    ],
)
def test_a_social_credit_code(code: str, holds: bool) -> None:
    assert social_credit_holds(code) is holds


@pytest.mark.parametrize(
    ("code", "holds"),
    [("11010519491231002X", True), ("11010519491231002x", True), ("110105194912310021", False), ("1101051949", False)],
)
def test_a_resident_id(code: str, holds: bool) -> None:
    """The first is the example of GB 11643-1999."""
    assert resident_id_holds(code) is holds
