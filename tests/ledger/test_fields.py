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
