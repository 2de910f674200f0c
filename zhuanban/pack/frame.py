"""What holds a campaign together, as frozen values: its grid, stages, posts, the papers it rests on and its goals."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhuanban.core.problem import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Level:
    key: str
    title: str  # 一级网格
    names: tuple[str, ...] = ()  # 区; 街道, 乡镇: heads of sheet columns too
    digits: int = 0  # length of an official code of this level; 0 = none


@dataclass(frozen=True, slots=True)
class Grid:
    levels: tuple[Level, ...]
    root: str = ""  # printed name of what lies above level one: 市


@dataclass(frozen=True, slots=True)
class Stage:
    key: str
    title: str
    start: int | None = None  # day; None = not stated
    end: int | None = None
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Basis:
    """A paper on which the campaign rests, and the day on which it was issued."""

    title: str
    number: str = ""
    on: int | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What the campaign is for, and the tables that measure it; none: no figure stands for it."""

    key: str
    title: str
    tables: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post (岗位). `sees`, `acts`: `all`, or any of `region`, `unit` (the holder's own and all below)."""

    key: str
    title: str
    sees: tuple[str, ...] = ("region",)
    acts: tuple[str, ...] = ("region",)  # where its moves may be made; as `sees` where the pack does not say
    audits: bool = False  # may read the log of who looked
    at: Place = field(default=NOWHERE, compare=False)
