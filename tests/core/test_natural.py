from __future__ import annotations

import random
from typing import Any

import pytest

from zhuanban.core.natural import natural


@pytest.mark.parametrize(
    "ordered",
    [
        ["1", "2", "10", "11"],
        ["WT-2021-9", "WT-2021-10", "WT-2022-1"],
        ["1号井", "2号井", "10号井", "丙", "甲1", "甲02", "甲2", "甲10"],
        ["２", "10", "１１"],
        [1, 2.5, 10, "1", "A", None],
    ],
)
def test_numbers_in_texts_count_as_numbers(ordered: list[Any]) -> None:
    mixed = random.Random(7).sample(ordered, len(ordered))
    assert sorted(mixed, key=natural) == ordered
