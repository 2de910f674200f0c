"""Ratios and their rounding. Parts and wholes travel together; a percentage is made last, by the named rule.

Whole-number arithmetic only: 92/126 must not become 73 or 74 by the luck of a float.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

NO_RATE = "—"


class Rounding(StrEnum):
    """How a column turns an exact ratio into printed digits. A column without one does not load."""

    HALF_UP = "half_up"  # 四舍五入
    FLOOR = "floor"  # 舍去
    CEIL = "ceil"  # 进一
    HALF_EVEN = "half_even"  # 四舍六入五成双 (GB/T 8170)


def divide(part: int, whole: int, rule: Rounding) -> int:
    """`part / whole` as a whole number by `rule`; `whole` must be positive, `part` may be negative."""
    quotient, rest = divmod(part, whole)  # floors
    if rule is Rounding.FLOOR or rest == 0:
        return quotient
    if rule is Rounding.CEIL:
        return quotient + 1
    twice = 2 * rest
    if twice > whole or (twice == whole and (rule is Rounding.HALF_UP or quotient % 2 == 1)):
        return quotient + 1
    return quotient


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole, undivided."""

    part: int
    whole: int

    def percent(self, rule: Rounding, digits: int = 0) -> str:
        """Printed percentage with `digits` decimals (`87%`, `91.7%`), or `—` where the whole is zero."""
        if self.whole == 0:
            return NO_RATE
        scaled = divide(self.part * 100 * 10**digits, self.whole, rule)
        return f"{scaled_text(scaled, digits)}%"


def roll_up(children: Iterable[Ratio]) -> Ratio:
    """The ratio of the sums: percentages are never averaged."""
    items = list(children)
    return Ratio(sum(c.part for c in items), sum(c.whole for c in items))


def scaled_text(value: int, digits: int) -> str:
    """A whole number of 10^-digits units as decimal text: 1156, 2 → `11.56`."""
    if digits == 0:
        return str(value)
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"
