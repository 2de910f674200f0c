"""Limits that a standard sets, in force from day to day: frozen values, as a pack says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhuanban.core.problem import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Limit:
    """What a standard allows for one thing; a value equal to a bound is within it."""

    key: str
    title: str
    at_least: int | float | None = None
    at_most: int | float | None = None
    unit: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    def breaks(self, value: int | float) -> bool:
        return (self.at_least is not None and value < self.at_least) or (
            self.at_most is not None and value > self.at_most
        )


@dataclass(frozen=True, slots=True)
class Standard:
    """A table of limits with the days from which and until which (included) it is in force."""

    key: str
    title: str
    source: str
    limits: Mapping[str, Limit]
    start: int | None = None
    end: int | None = None
    at: Place = field(default=NOWHERE, compare=False)

    def in_force(self, day: int) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
