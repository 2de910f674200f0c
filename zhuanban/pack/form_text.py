"""The little texts of forms: 填报单位：{unit}（盖章）.

`{word}` or `{word:style}` is a slot. A bracketed part, `[；成效：{effect}]`, is left out
where every slot in it is empty.
Pure: what a slot says is asked of a function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhuanban.core.day import chinese, iso, to_date

_SLOT = re.compile(r"\{([^{}\[\]:]+)(?::([^{}\[\]:]*))?\}")

DATE_STYLES: dict[str, Callable[[int], str]] = {
    "": iso,
    "年月日": chinese,
    "年月": lambda day: chinese(day).partition("月")[0] + "月",
    "月日": lambda day: chinese(day).partition("年")[2],
    "点": lambda day: f"{(d := to_date(day)).year}.{d.month}.{d.day}",
}
"""How a day is written: 2021-11-03, 2021年11月3日, 2021年11月, 11月3日, 2021.11.3."""


FILLER_WORDS = ("by", "by_phone")
"""What a slot says of who fills the form in: his name, his phone. The ledgers do not know it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A word to be filled. `@MOVE` is the day of the last such move."""

    word: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text and slots. An `optional` one is left out where all its slots are empty."""

    pieces: tuple[str | Slot, ...]
    optional: bool = False

    @property
    def slots(self) -> Iterator[Slot]:
        return (piece for piece in self.pieces if isinstance(piece, Slot))


@dataclass(frozen=True, slots=True)
class FormText:
    """A text with slots, as read."""

    written: str
    parts: tuple[Part, ...]

    @property
    def slots(self) -> Iterator[Slot]:
        return (slot for part in self.parts for slot in part.slots)

    @property
    def of_filler(self) -> bool:
        """Does it say who fills the form in?"""
        return any(slot.word in FILLER_WORDS for slot in self.slots)

    def fill(self, say: Callable[[Slot], str]) -> str:
        """The text with every slot filled; "" where it has slots and all of them are empty."""
        said = {slot: say(slot) for slot in self.slots}
        if said and not any(said.values()):
            return ""
        return "".join(
            said[piece] if isinstance(piece, Slot) else piece
            for part in self.parts
            if not part.optional or any(said[slot] for slot in part.slots)
            for piece in part.pieces
        )

    def pattern(self) -> re.Pattern[str]:
        """What a filled text looks like, blanks aside: the nth group is the nth slot."""
        made = ""
        for part in self.parts:
            inner = "".join("(.*?)" if isinstance(p, Slot) else re.escape("".join(p.split())) for p in part.pieces)
            made += f"(?:{inner})?" if part.optional else inner
        return re.compile(made, re.S)


def read_text(written: str) -> FormText:
    """Raises ValueError with the piece that cannot be read."""
    parts: list[Part] = []
    rest = written
    while rest:
        before, bracket, after = rest.partition("[")
        if before:
            parts.append(Part(tuple(_pieces(before))))
        if not bracket:
            break
        inside, closed, rest = after.partition("]")
        if not closed:
            raise ValueError("[" + after)
        part = Part(tuple(_pieces(inside)), optional=True)
        if not any(part.slots):
            raise ValueError(f"[{inside}]")
        parts.append(part)
    return FormText(written, tuple(parts))


def _pieces(text: str) -> Iterator[str | Slot]:
    end = 0
    for found in _SLOT.finditer(text):
        if found.start() > end:
            yield _plain(text[end : found.start()])
        yield Slot(found[1].strip(), (found[2] or "").strip())
        end = found.end()
    if end < len(text):
        yield _plain(text[end:])


def _plain(text: str) -> str:
    if wrong := re.search(r"[{}\[\]].*", text, re.S):
        raise ValueError(wrong[0])
    return text
