"""The seam between reports and forms: a report asks for its forms as filled from the ledgers, and keeps what it got.

`fillers` is wired in `project.wiring`. Whatever fills forms gives the same rows for the same question, whoever asks; a
report does not know how a form is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhuanban.core.problem import Problem, Refused
from zhuanban.duty import problems as says
from zhuanban.duty.rules import Item
from zhuanban.ledger.queries import Viewer


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: the record that it prints (`ledger/number`) and its cells as printed."""

    record: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workbooks:
    """A form as files (.xlsx) to send: one, or several where it goes on in copies of itself.

    `warnings`: where it does not agree with the list that it must agree with.
    """

    files: tuple[bytes, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def named(self, title: str) -> list[tuple[str, bytes]]:
        """Each file under its name."""
        count = len(self.files)
        ends = ["" if count == 1 else f"_{n}-{count}" for n in range(1, count + 1)]
        return [(f"{title}{end}.xlsx", content) for end, content in zip(ends, self.files, strict=True)]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as filled for a unit as of a day. `write` makes the files: only a report that is filled needs them.

    `if_any`: it goes along only where it has a row.
    """

    form: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    write: Callable[[], Workbooks] = Workbooks
    if_any: bool = False


Filler = Callable[[Viewer, str, Item, int], Filled]
"""(who asks, form key, what is owed, day) → the form, filled: of the unit that owes it or, where every record asks for
its own report, of that record. The rows are the same for everybody, personal fields masked;
the files show of these what the asking person may see."""

fillers: list[Filler] = []


def fill_form(viewer: Viewer, form: str, item: Item, day: int) -> Filled:
    """The form as the ledgers fill it. Raises Refused where nothing here fills forms, or this one cannot be filled."""
    if not fillers:
        raise Refused(says.NO_FILLER.at(form=form))
    return fillers[-1](viewer, form, item, day)
