"""How problems are worded."""

from __future__ import annotations

import pytest

from zhuanban.core.problem import Kind, choices


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("水井", "没有“水井”。"),
        ("“回头看”情况", "没有“‘回头看’情况”。"),
        ("“回头看”的“‘急’件”", "没有“‘回头看’的‘‘急’件’”。"),
        ("半个”引号", "没有“半个”引号”。"),
    ],
)
def test_quotes_inside_quotes(value: str, says: str) -> None:
    assert Kind("core-000", "没有“{value}”。", "").at(value=value).says == says


def test_what_may_be_chosen() -> None:
    assert choices({"due": "到期的", "乙": "乙"}) == "due（到期的）、乙"
    assert choices({}) == "（无）"
