"""The seam between reports and forms: a report asks for its forms as filled from the ledgers, and keeps what it got.

`fillers` is wired in `project.wiring`. Whatever fills forms gives the same rows for the same question, or says what
changed; a report does not know how a form is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhuanban.core.problem import Refused
from zhuanban.duty import problems as says
from zhuanban.people.queries import Setting


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: the record that it prints (`ledger/number`) and its cells as printed."""

    record: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as filled for a unit as of a day. `workbook`: the same as a file to send, where there is one."""

    form: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    workbook: bytes = b""


Filler = Callable[[Setting, str, str, int], Filled]
"""(campaign, form key, unit code, day) → the form, filled."""

fillers: list[Filler] = []


def fill_form(setting: Setting, form: str, unit: str, day: int) -> Filled:
    """The form as the ledgers fill it. Raises Refused where nothing here fills forms."""
    if not fillers:
        raise Refused(says.NO_FILLER.at(form=form))
    return fillers[-1](setting, form, unit, day)
