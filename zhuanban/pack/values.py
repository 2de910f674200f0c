"""What a pack says, as frozen values. `read.py` makes them from YAML; every other room only reads them.

Words in these values come from the pack, in Chinese as printed; keys are ASCII for ledgers, fields, tables, columns,
posts, stages and lists, while states, moves and milestones are their own printed words (已受理, 交办, 办结).
Each value that can be wrong carries `at`, the file and line that said it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from zhuanban.core.problem import NOWHERE, Place
from zhuanban.core.ratio import Rounding


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    NUMBER = "number"  # with `decimals`; tallied as whole units of 10^-decimals
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"  # kept as the words 是 / 否
    POINT = "point"  # {"lon", "lat", "frame", "accuracy"?}
    LINK = "link"  # the number of a record in `ledger`
    UNIT = "unit"  # a unit's code
    PERSON = "person"  # a person's name as written; compared by `differ`
    PHOTO = "photo"  # list of {"sha256", "name"}
    SIGNATURE = "signature"  # list of {"sha256", "name"}
    VIDEO = "video"  # list of {"sha256", "name"}
    FILE = "file"  # list of {"sha256", "name"}
    ZONE = "zone"  # the word of a zone of `layer`, or OUTSIDE


FILE_TYPES = frozenset({FieldType.PHOTO, FieldType.SIGNATURE, FieldType.VIDEO, FieldType.FILE})
CHOICES = frozenset({FieldType.CHOICE, FieldType.ZONE})  # their values are words out of `options`
OUTSIDE = "范围外"  # the zone of a point that lies in no zone of the layer


@dataclass(frozen=True, slots=True)
class Option:
    """One word of a choice, with other spellings that sheets use for it."""

    title: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """A photograph is expected within so many metres of the record's `point`."""

    point: str
    metres: int


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    title: str
    type: FieldType
    required: bool = False
    aliases: tuple[str, ...] = ()  # other column heads that mean this field
    options: tuple[Option, ...] = ()
    open: bool = False  # a choice whose list ends with 等: other words are kept as written
    many: bool = False  # link, choice: several values (a list)
    ledger: str = ""  # link: the ledger it points into
    unit: str = ""  # printed unit: 眼, 万元
    decimals: int = 0
    minimum: int | float | None = None
    maximum: int | float | None = None
    earliest: int | None = None  # date: day number
    pattern: str = ""  # text: full-match regular expression
    personal: str = ""  # name | phone | id_number | address | contact: masked unless seen_by and revealed
    seen_by: tuple[str, ...] = ()  # posts that may reveal it
    outside: str = ""  # point outside the record's grid cell, or in no zone: "" ignore | "warn" | "inbox"
    layer: str = ""  # zone: the layer; its types and OUTSIDE are the `options`
    of: str = ""  # zone: the point field that says where; "" = always typed
    after: str = ""  # photo: the photo field that shows the same before
    near: Near | None = None  # photo: where it should have been taken
    not_before: str | int | None = None  # photo: a date field, or days before the event's day
    once: bool = False  # photo: the same picture on another record is flagged
    help: str = ""
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """`field op value`; `field` is a field key, or `state`, `unit`, `region` of the record."""

    field: str
    op: str  # is | in | not_in | empty | filled | at_least | at_most | before | on_or_after
    value: Any = None  # hashable: text, int, float, tuple; for dates a day's ISO text or "as_of"


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted or summed: records of `ledger` that fulfil `where`, and have `reached` a milestone.

    Hashable; two columns that ask the same share one tally.
    """

    ledger: str
    where: tuple[Condition, ...] = ()
    reached: str = ""
    sum: str = ""  # integer or number field; "" counts records
    by: str = ""  # "" | "unit" | a field key: the cell inside a node


@dataclass(frozen=True, slots=True)
class Guard:
    """What must be true of other records before a move.

    `exists`: at least one record of `ledger` fulfils `where` in scope; `none`: no record does.
    Scope: `same` region, `within` the record's region, the record's ancestor at grid level `level`, or `via`: the
    records that this link field of the moving record names, wherever they lie.
    """

    kind: str  # exists | none
    ledger: str
    where: tuple[Condition, ...]
    scope: str  # same | within | level | via
    level: str = ""
    says: str = ""
    via: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class State:
    key: str
    reached: tuple[str, ...] = ()  # milestones that a record in this state has reached
    closed: bool = False  # nothing more is expected
    seen_by: tuple[str, ...] = ()  # only these posts see records in this state ("" = all who see the ledger)
    at: Place = field(default=NOWHERE, compare=False)


NEW = "new"
SAME = "same"


@dataclass(frozen=True, slots=True)
class Move:
    """A workflow step. `from_` holds states, or `new` for a step that opens a record; `to` a state, or `same`."""

    key: str
    from_: tuple[str, ...]
    to: str
    by: tuple[str, ...] = ()  # posts
    date: str = ""  # head of the sheet column that holds this step's day: 办结日期
    date_aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # fields that must be filled after the step
    sets: tuple[tuple[str, Any], ...] = ()  # field → fixed value, or ("days_after", n) for a date
    not_by: tuple[str, ...] = ()  # whoever did one of these moves on this record may not do this one
    reason: bool = False  # a reason is asked for
    requires: tuple[Guard, ...] = ()
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule between fields of one record: `differ` (all differ) or `ordered` (dates or numbers never fall)."""

    kind: str
    fields: tuple[str, ...]
    says: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Ledger:
    key: str
    title: str
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    moves: Mapping[str, Move]
    word: str = "条"  # counting word
    number_title: str = "编号"
    number_aliases: tuple[str, ...] = ()
    number_pattern: str = ""  # "{region}-{seq:04}", "LEAD-{year}-{seq:04}"; "" = always given from outside
    one_per: tuple[str, ...] = ()  # exactly one current record per these fields (一户一卡); may name "region", "unit"
    one_per_says: str = ""
    match: tuple[str, ...] = ()  # how a sheet row without a number finds its record
    region_level: str = ""  # grid level key that a record must lie in; "" = any, including the root
    region_required: bool = True
    region_title: str = "所属区域"  # head of the sheet column that holds the region, besides its level's names
    region_aliases: tuple[str, ...] = ()
    unit_required: bool = False
    unit_title: str = "责任单位"  # head of the sheet column that holds the unit
    unit_aliases: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    amend_by: tuple[str, ...] = ()  # posts that may correct, transfer, withdraw and restore
    seen_by: tuple[str, ...] = ()  # posts that see the ledger at all; () = every post
    source: str = ""
    help: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def opening(self) -> tuple[Move, ...]:
        """The moves that open a record, in the pack's order (the first is the default)."""
        return tuple(m for m in self.moves.values() if NEW in m.from_)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. Exactly one of question, ratio, text, plus/minus is said."""

    key: str
    title: str
    question: Question | None = None
    ratio: tuple[str, str] | None = None  # (part column, whole column)
    round: Rounding | None = None
    digits: int = 0
    text: tuple[str, str] | None = None  # (ledger, field): the row's record prints this field as written
    plus: tuple[str, ...] = ()  # sum of columns …
    minus: tuple[str, ...] = ()  # … less these
    decimals: int = 0  # of a summed number field
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def kind(self) -> str:
        """count | ratio | text | formula"""
        if self.question is not None:
            return "count"
        if self.ratio is not None:
            return "ratio"
        return "text" if self.text is not None else "formula"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table: children of the asked node (by region), declared units, or the words of a choice field."""

    by: str = "region"  # region | unit | a field key of every counted ledger
    names: tuple[str, ...] = ()  # unit short names (or option words) in printed order; () = all
    total: str = ""  # printed name of the total row; "" = none
    total_first: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """A check of a printed table: in every row `less` ≤ `more`."""

    less: str
    more: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    rows: Rows
    columns: Mapping[str, Column]
    head: str = "区域"  # the corner cell
    orders: tuple[Order, ...] = ()
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class WorkList:
    """A named list as of a day: records that fulfil `where`, or (`missing_level`) regions of a level without any."""

    key: str
    title: str
    ledger: str
    where: tuple[Condition, ...] = ()
    missing_level: str = ""
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Draw:
    """A seeded draw (抽查) of grid cells of `level`, by a ratio applied inside each region of `stratum`."""

    key: str
    title: str
    level: str
    stratum: str
    ratio: tuple[int, int]  # (5, 100)
    round: Rounding
    by: tuple[str, ...] = ()
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


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
class Post:
    """A post (岗位). `sees`: `all`, or any of `region`, `unit` (the holder's own and all below)."""

    key: str
    title: str
    sees: tuple[str, ...] = ("region",)
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Buffer:
    """A zone of `type` within so many metres of a drawn line, on either side; without the narrower buffers."""

    type: str
    metres: int


@dataclass(frozen=True, slots=True)
class Layer:
    """A map layer of zones. Where two overlap, the type that stands first in `types` holds: the stricter."""

    key: str
    title: str
    types: tuple[Option, ...]
    type_columns: tuple[str, ...] = ()  # attributes of a file that may say the type, in order of preference
    name_columns: tuple[str, ...] = ()
    buffers: tuple[Buffer, ...] = ()  # narrowest first
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def ranks(self) -> Mapping[str, int]:
        """Type → its place in the order, 0 the strictest."""
        return {option.title: i for i, option in enumerate(self.types)}


@dataclass(frozen=True, slots=True)
class Pack:
    key: str
    title: str
    grid: Grid
    posts: Mapping[str, Post]
    ledgers: Mapping[str, Ledger]
    tables: Mapping[str, Table]
    short: str = ""
    version: str = "1"
    source: str = ""
    stages: Mapping[str, Stage] = field(default_factory=dict)
    lists: Mapping[str, WorkList] = field(default_factory=dict)
    draws: Mapping[str, Draw] = field(default_factory=dict)
    layers: Mapping[str, Layer] = field(default_factory=dict)
    overview: tuple[str, ...] = ()  # tables that the front page shows, in this order; () = all
    texts: Mapping[str, str] = field(default_factory=dict)  # scope, emphasis, inspection steps: pack prose by key
    demo_campaign: str = ""  # name of the demo campaign; "" = the pack's key
    sha256: str = ""  # of the pack's files; names this version exactly
