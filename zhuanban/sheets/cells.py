"""What stands in the cells of a workbook, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Row = list[Cell]
Block = tuple[int, int, int, int]
"""A merged block: top, left, bottom, right, from 0."""

Faults = Mapping[tuple[int, int], str]
"""(row from 1, column from 0) → the error that stands there (#REF!), where readers of workbooks see an empty cell."""

UNCOUNTED = "#公式未计算"
"""Stands for a formula that was saved without its result."""
