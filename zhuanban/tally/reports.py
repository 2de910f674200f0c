"""The seam between lists and reports: a list of reports asks how they were, and does not know how they are judged.

`judges` is wired in `project.wiring`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from zhuanban.people.queries import Setting


class Judged(NamedTuple):
    """What was owed for one date of a duty. `was`: late, missing or returned; "" where it is in order."""

    unit: str  # code
    number: str  # of the report, also of one that was never opened
    was: str
    says: str  # its date and what was wrong with it, for people


Judge = Callable[[Setting, str, int], Sequence[Judged]]
"""(campaign, duty key, day) → everything that was owed by the end of that day, in the order of its dates."""

judges: list[Judge] = []


def judged(setting: Setting, duty: str, day: int) -> Sequence[Judged]:
    """How the reports of a duty were, as of the end of a day; nothing where nobody here judges them."""
    return judges[-1](setting, duty, day) if judges else ()
