"""What makes two records likely to be about one thing."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhuanban.core.problem import NOWHERE, Place

FARTHEST = 1000  # metres: beyond that nothing is one thing, and too many squares would be looked through


@dataclass(frozen=True, slots=True)
class Likely:
    """Records of `ledger` whose `point` lies within so many metres, and whose fields `same` say the same.

    The fields have these keys in both ledgers.
    """

    ledger: str
    point: str
    metres: int
    same: tuple[str, ...] = ()
    at: Place = field(default=NOWHERE, compare=False)
