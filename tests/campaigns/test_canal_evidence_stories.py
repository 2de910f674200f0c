"""Evidence in the pack `canal-protection`, one case at a time: what does not fit is flagged and kept, never lost.

All days are of 2021.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.campaigns.test_canal_stories import VILLAGE, Desk
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.change import ENTERED

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2021, 12, 31, 9, tzinfo=BEIJING)):
        yield Desk()


def stretch(desk: Desk, fault: str, action: str = "") -> list[str]:
    """Flags of a stretch of the corridor that was entered so."""
    said: dict[str, Any] = {"bank": "左岸", "from_stake": "K1", "to_stake": "K2", "length": 450, "fault": fault}
    said |= {"action": action} if action else {}
    done = desk.do("corridor", "LD-1", "调查", "09-25", new=True, region=VILLAGE, **said)
    assert done.status == ENTERED, done.problems
    return desk.record("corridor", "LD-1").flags


@pytest.mark.parametrize(
    ("fault", "action", "flags"),
    [
        ("断档", "", []),  # the rule fills it in
        ("断档", "新建新造", []),
        ("断档", "提质改造", ["断档应新建新造，措施与问题不符。"]),
        ("林分质量不高", "新建新造", ["质量、功能问题应提质改造，措施与问题不符。"]),
        ("无", "提质改造", ["没有问题的廊道段不应有措施。"]),
    ],
)
def test_a_measure_that_does_not_match_the_fault_is_flagged(
    desk: Desk, fault: str, action: str, flags: list[str]
) -> None:
    assert stretch(desk, fault, action) == flags
