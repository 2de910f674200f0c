"""Is a value well-formed for its field?"""

from __future__ import annotations

from typing import Any

import pytest

from zhuanban.ledger.fields import checkers
from zhuanban.pack.values import Field, FieldType, Ledger

PLACE = Ledger("l", "台账", {"p": Field("p", "位置", FieldType.POINT)}, {}, {})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"lon": 112.5, "lat": 33.0}, None),
        ({"lon": 112.5, "lat": 33.0, "frame": "GCJ-02", "accuracy": 8.5}, None),
        ({"lon": 112.5, "lat": 33.0, "frame": "国家2000"}, None),
        ({"lon": 12.5, "lat": 33.0}, None),  # abroad: outside its cell, which is asked elsewhere
        ({"lon": 112.5, "lat": 33.0, "frame": "BD-09"}, "ledger-006"),
        ({"lon": 112.5, "lat": 33.0, "frame": ""}, "ledger-006"),
        ({"lon": 112.5, "lat": 33.0, "frame": None}, "ledger-006"),
        ({"lon": 112.5, "lat": 33.0, "frame": 4326}, None),
        ({"lon": 112.5, "lat": 33.0, "accuracy": -1}, "ledger-006"),
        ({"lon": 112.5, "lat": 33.0, "accuracy": "近"}, "ledger-006"),
        ({"lon": 181, "lat": 33.0}, "ledger-006"),
        ({"lon": True, "lat": 33.0}, "ledger-006"),
        ({"lon": float("nan"), "lat": 33.0}, "ledger-006"),
        ("112.5,33.0", "ledger-006"),
        ([112.5, 33.0], "ledger-006"),
    ],
)
def test_a_point_lies_on_earth_in_a_known_frame(value: Any, code: str | None) -> None:
    problem = checkers(PLACE)["p"](value)
    assert (problem and problem.code) == code
    assert problem is None or "GCJ-02" in problem.says


@pytest.mark.parametrize(
    ("low", "high", "value", "says"),
    [
        (1, None, 0, "不小于 1"),
        (None, 5, 6, "不大于 5"),
        (1, 5, 0, "1 至 5"),
        (1, None, 10**16, "1 至 9000000000000000"),
        (None, None, -(10**16), "-9000000000000000 至 9000000000000000"),
        (1, 5, 3, None),
    ],
)
def test_a_number_out_of_range_is_told_the_range(low: int | None, high: int | None, value: int, says: str) -> None:
    field = Field("n", "数", FieldType.INTEGER, minimum=low, maximum=high)
    problem = checkers(Ledger("l", "台账", {"n": field}, {}, {}))["n"](value)
    assert (problem and problem.says) == (says and f"“数”的值 {value} 超出范围（{says}）。")
