"""Which Beijing days are working days: the published calendar with its 调休, and a table for what it lacks.

The years' calendars are published one by one; a library knows those of the past and of the present. What it lacks, an
office writes into a table (`read_holidays`), whose lines also go before the library's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import chinese_calendar

from zhuanban.core.day import from_iso, to_date, to_day
from zhuanban.core.problem import Kind, Place, Problem, Refused

YEAR_UNKNOWN = Kind(
    "core-011",
    "还不知道{year}年的放假和调休安排，算不出工作日。",
    "请把该年全部放假日和调休上班日写进数据文件夹的 holidays.csv（日期,休或班,说明），从元旦写起。",
)
HOLIDAY_HEADS_MISSING = Kind("core-012", "放假安排表缺少“{head}”列。", "表头应为：日期,休或班,说明。")
HOLIDAY_DAY_WRONG = Kind("core-013", "“{value}”不是日期。", "请写成 2027-01-01。")
HOLIDAY_WORD_WRONG = Kind("core-014", "“{value}”既不是休，也不是班。", "放假写“休”，调休上班写“班”。")
HOLIDAY_TWICE = Kind("core-015", "{day} 写了两次（前一次在第{line}行）。", "请删去一行。")
HOLIDAYS_UNREADABLE = Kind("core-016", "放假安排表不是 UTF-8 文字。", "请用 UTF-8 编码另存。")

HOLIDAY_HEADS = ("日期", "休或班", "说明")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days. `table`: day number → is it a working day, as the office wrote it."""

    table: Mapping[int, bool] = field(default_factory=dict)

    def is_workday(self, day: int) -> bool:
        """Is work done on this day? Raises Refused for a year that neither the library nor the table knows.

        A year is the table's once its New Year's Day is in it: a year's list begins there, and one of later days
        alone might be a few exceptions.
        """
        said = self.table.get(day)
        if said is not None:
            return said
        d = to_date(day)
        try:
            return bool(chinese_calendar.is_workday(d))
        except NotImplementedError:
            if to_day(date(d.year, 1, 1)) in self.table:
                return d.weekday() < 5
            raise Refused(YEAR_UNKNOWN.at(year=d.year)) from None

    def workday_before(self, day: int, n: int = 1) -> int:
        """The n-th working day before a day (never the day itself)."""
        while n:
            day -= 1
            n -= self.is_workday(day)
        return day

    def at_or_before(self, day: int) -> int:
        """The day itself where work is done on it, else the last working day before it."""
        return day if self.is_workday(day) else self.workday_before(day)

    def at_or_after(self, day: int) -> int:
        """The day itself where work is done on it, else the next working day."""
        while not self.is_workday(day):
            day += 1
        return day


def read_holidays(content: bytes, file: str) -> tuple[dict[int, bool], list[Problem]]:
    """The table of an office: day number → working day? with every fault found. Heads: 日期, 休或班, 说明."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, [HOLIDAYS_UNREADABLE.at(Place(file=file))]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    given = [head.strip() for head in reader.fieldnames or ()]
    reader.fieldnames = given
    problems = [HOLIDAY_HEADS_MISSING.at(Place(file=file, line=1), head=h) for h in HOLIDAY_HEADS[:2] if h not in given]
    if problems:
        return {}, problems
    table: dict[int, bool] = {}
    lines: dict[int, int] = {}
    for row in reader:
        said, word = ((row.get(head) or "").strip() for head in HOLIDAY_HEADS[:2])
        if not said and not word:
            continue
        at = Place(file=file, line=reader.line_num)
        if word not in ("休", "班"):
            problems.append(HOLIDAY_WORD_WRONG.at(at, value=word))
        try:
            day = from_iso(said)
        except ValueError:
            problems.append(HOLIDAY_DAY_WRONG.at(at, value=said))
            continue
        if day in lines:
            problems.append(HOLIDAY_TWICE.at(at, day=said, line=lines[day]))
            continue
        lines[day] = reader.line_num
        table[day] = word == "班"
    return ({} if problems else table), problems
