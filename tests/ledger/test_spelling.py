"""How numbers are spelt."""

from __future__ import annotations

import pytest

from zhuanban.ledger.spelling import plain_number


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("ＺＤ－３", "ZD-3"),
        ("ZD—3", "ZD-3"),
        ("崇川政办发[2018]40号", "崇川政办发〔2018〕40号"),
        ("崇川政办发【2018】 40 号", "崇川政办发〔2018〕40号"),
        ("崇川政办发［２０１８］４０号", "崇川政办发〔2018〕40号"),
        ("崇川政办发〔2018〕40号", "崇川政办发〔2018〕40号"),
        ("井[东]3号", "井[东]3号"),
    ],
)
def test_a_number_is_one_however_it_is_typed(said: str, plain: str) -> None:
    assert plain_number(said) == plain
    assert plain_number(plain) == plain
