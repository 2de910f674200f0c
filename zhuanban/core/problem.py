"""Problems are data: a stable code, a place, what is wrong, what to do, in the reader's language.

Every room keeps its kinds in one list (`problems.py`); code raises or gathers `Problem` values, never bare strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem sits. Only what is known is filled.

    `line`, `row` and `column` count from 1; `cell` is the spreadsheet address ("C7").
    """

    file: str = ""
    line: int = 0
    sheet: str = ""
    cell: str = ""
    row: int = 0
    column: str = ""
    record: str = ""
    field: str = ""

    def __str__(self) -> str:
        return self.told()

    def told(self, before: str = "") -> str:
        """The place in words; without the column or field that the sentence after it, `before`, names itself."""
        parts = []
        if self.file:
            parts.append(f"{self.file}:{self.line}" if self.line else self.file)
        elif self.line:
            parts.append(f"第{self.line}行")
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.cell:
            parts.append(f"单元格{self.cell}")
        elif self.row:
            parts.append(f"第{self.row}行")
        if self.column and f"“{self.column}”" not in before:
            parts.append(f"“{self.column}”列")
        if self.record:
            parts.append(f"条目{self.record}")
        if self.field and not self.column and f"“{self.field}”" not in before:
            parts.append(f"“{self.field}”")
        return " ".join(parts)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `says` what, `advice` what to do; `code` is stable across releases."""

    code: str
    says: str
    advice: str
    place: Place = NOWHERE

    def at(self, place: Place) -> Problem:
        """The same problem at another place."""
        return Problem(self.code, self.says, self.advice, place)

    def __str__(self) -> str:
        where = self.place.told(before=self.says)
        return f"{where + '：' if where else ''}{self.says}{self.advice}（{self.code}）"

    def as_json(self) -> dict[str, object]:
        """`code`, `says`, `advice`, `place` (only the filled parts)."""
        return {
            "code": self.code,
            "says": self.says,
            "advice": self.advice,
            "place": {k: v for k, v in asdict(self.place).items() if v},
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem; `says` and `advice` are format strings filled by `at`."""

    code: str
    says: str
    advice: str

    def at(self, place: Place = NOWHERE, /, **words: object) -> Problem:
        says, advice = (nested(text.format(**words)) for text in (self.says, self.advice))
        return Problem(self.code, says, advice, place)


def choices(known: Mapping[str, str]) -> str:
    """What may be chosen, key → title, for the advice of a problem: `due（到期的）、late（迟了的）`."""
    return "、".join(f"{key}（{title}）" if title != key else key for key, title in known.items()) or "（无）"


def nested(text: str) -> str:
    """Quotes inside quotes are single ones, and again double inside these: “‘回头看’情况”. Unpaired ones stay."""
    depth, said = 0, []
    for sign in text:
        if sign == "“":
            said.append("“‘"[depth % 2])
            depth += 1
        elif sign == "”":
            depth -= 1
            if depth < 0:
                return text
            said.append("”’"[depth % 2])
        else:
            said.append(sign)
    return text if depth else "".join(said)


class Refused(Exception):
    """Work that cannot be done as asked. Carries every problem found, never only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
