"""Which cell of a row does the door's problem speak of? The door knows fields and days, not columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from openpyxl.utils.cell import coordinate_to_tuple

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
    return in_order(_placed(p, row, here) for p in kept)


def at_cells(problems: Iterable[Problem], row: ReadRow, here: Place) -> list[Problem]:
    """Problems that name a field, at the cells of a row."""
    return [_placed(p, row, here) for p in problems]


def in_order(problems: Iterable[Problem], sheets: Sequence[str] = ()) -> list[Problem]:
    """Problems of one file by sheet, row and column. What concerns a file or a sheet as a whole comes first, what
    concerns a row as a whole after its cells. `sheets`: the names of the file's sheets, in their order."""
    nth = {name: n for n, name in enumerate(sheets)}

    def stands(problem: Problem) -> tuple[int, int, bool, int]:
        place = problem.place
        row, column = coordinate_to_tuple(place.cell) if place.cell else (place.row, 0)
        return nth.get(place.sheet, -1), row, not column, column

    return sorted(problems, key=stands)


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
