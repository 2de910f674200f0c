"""A plain list in a workbook: one head row, then one line for each thing. Ledgers are read by `understand` instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from zhuanban.core.problem import Place, Refused
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import open_book
from zhuanban.sheets.cells import Cell


def read_plain(path: Path, heads: Sequence[str], optional: Sequence[str] = ()) -> list[tuple[Place, dict[str, str]]]:
    """The lines of the first sheet as text by head, each with its place; empty ones left out.

    Raises Refused where the file cannot be read or its first row lacks one of `heads`.
    """
    sheet = open_book(path).sheets[0]
    rows = ((number, [_text(cell) for cell in row]) for number, row in sheet.rows())
    _, given = next(rows, (1, []))
    if missing := [head for head in heads if head not in given]:
        at = Place(file=path.name, sheet=sheet.name, row=1)
        raise Refused(says.HEAD_MISSING.at(at, heads="、".join(missing), wanted=",".join((*heads, *optional))))
    known = {given.index(head): head for head in (*heads, *optional) if head in given}
    return [
        (
            Place(file=path.name, sheet=sheet.name, row=number),
            {**dict.fromkeys(optional, ""), **{head: row[i] if i < len(row) else "" for i, head in known.items()}},
        )
        for number, row in rows
        if any(row)
    ]


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell).strip()
