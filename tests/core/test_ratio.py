"""Rounding rules of a bulletin that uses two of them, as readable tables."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuanban.core.ratio import Ratio, Rounding, divide, roll_up, scaled_text


@pytest.mark.parametrize(
    ("part", "whole", "rule", "digits", "printed"),
    [
        (22, 24, "half_up", 0, "92%"),
        (50, 52, "half_up", 0, "96%"),
        (1, 8, "half_up", 0, "13%"),
        (735, 840, "floor", 0, "87%"),
        (182, 246, "floor", 0, "73%"),
        (213, 214, "floor", 0, "99%"),
        (92, 126, "floor", 0, "73%"),
        (144, 150, "floor", 0, "96%"),
        (1999, 2000, "floor", 0, "99%"),  # 99.95 % never prints as complete
        (1, 8, "half_even", 0, "12%"),
        (3, 8, "half_even", 0, "38%"),
        (1, 3, "ceil", 1, "33.4%"),
        (0, 0, "half_up", 0, "—"),
        (0, 5, "half_up", 0, "0%"),
        (29, 200, "half_up", 1, "14.5%"),
    ],
)
def test_printed_percentages(part: int, whole: int, rule: str, digits: int, printed: str) -> None:
    assert Ratio(part, whole).percent(Rounding(rule), digits) == printed


def test_the_total_is_the_ratio_of_the_sums_not_the_mean_of_the_rates() -> None:
    districts = [Ratio(16, 16), Ratio(22, 24), Ratio(6, 6), Ratio(6, 6)]
    assert roll_up(districts) == Ratio(50, 52)
    assert roll_up(districts).percent(Rounding.HALF_UP) == "96%"


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9), st.sampled_from(list(Rounding)))
def test_division_agrees_with_exact_fractions(part: int, whole: int, rule: Rounding) -> None:
    exact = Fraction(part, whole)
    expected = {
        Rounding.FLOOR: floor(exact),
        Rounding.CEIL: ceil(exact),
        Rounding.HALF_UP: floor(exact + Fraction(1, 2)),
        Rounding.HALF_EVEN: round(exact),
    }
    assert divide(part, whole, rule) == expected[rule]


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(1156, 2, "11.56"), (1100, 2, "11.00"), (-5, 2, "-0.05"), (7, 0, "7"), (0, 1, "0.0")]
)
def test_scaled_numbers(value: int, digits: int, text: str) -> None:
    assert scaled_text(value, digits) == text
