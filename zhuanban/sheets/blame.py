"""Which cell of a row does the door's problem speak of? The door knows fields and days, not columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zhuanban.core.day import iso
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as door
from zhuanban.sheets import problems as says
from zhuanban.sheets.rows import NUMBER, REGION, ReadRow
from zhuanban.sheets.understand import address

_SPEAKS_OF = {
    door.WRONG_REGION.code: REGION,
    door.WRONG_LEVEL.code: REGION,
    door.OUT_OF_REACH.code: REGION,
    door.ELSEWHERE.code: REGION,
    door.NUMBER_MISSING.code: NUMBER,
    door.NUMBER_TAKEN.code: NUMBER,
}
_DAY = re.compile(r"日期 (\d{4}-\d{2}-\d{2})")


def placed(problems: Iterable[Problem], row: ReadRow, here: Place) -> list[Problem]:
    """The door's problems at the cells of the row `here`, from left to right.

    A cell with another fault is not also called empty.
    """
    problems = list(problems)
    faulty = {p.place.field for p in problems if p.code != door.EMPTY.code}
    kept = (p for p in problems if p.code != door.EMPTY.code or p.place.field not in faulty)
    return from_left(_placed(p, row, here) for p in kept)


def at_cells(problems: Iterable[Problem], row: ReadRow, here: Place) -> list[Problem]:
    """Problems that name a field, at the cells of a row."""
    return [_placed(p, row, here) for p in problems]


def from_left(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of one row in the order of its cells; what concerns the row as a whole comes last."""

    def column(problem: Problem) -> tuple[bool, int, str]:
        letters = problem.place.cell.rstrip("0123456789")
        return not letters, len(letters), letters

    return sorted(problems, key=column)


def besides(problems: Iterable[Problem], row: ReadRow, here: Place) -> list[Problem]:
    """What the door has to say of the other cells of a row with unreadable ones: all faults at once.

    What it says of the row as a whole may come from what could not be read, and is left for the next time.
    """
    unread = {p.place.cell for p in row.problems}
    if REGION in row.at and {p.code for p in row.problems} & {says.REGION_WRONG.code, says.REGION_MANY.code}:
        unread.add(address(here.row, row.at[REGION].at))
    return [p for p in placed(problems, row, here) if p.place.cell and p.place.cell not in unread]


def _placed(problem: Problem, row: ReadRow, here: Place) -> Problem:
    said = problem.place
    what = said.field or _SPEAKS_OF.get(problem.code, "") or _dated(problem, row)
    column = row.at.get(what)
    return problem.at(
        Place(
            file=here.file,
            sheet=here.sheet,
            cell="" if column is None else address(here.row, column.at),
            row=here.row,
            column=what if column is None else column.head,
            record=said.record,
            field=said.field,
        )
    )


def _dated(problem: Problem, row: ReadRow) -> str:
    """The move whose day the problem names."""
    day = _DAY.search(problem.says)
    return next((move for move, on in row.said.dates.items() if day and iso(on) == day[1]), "")
