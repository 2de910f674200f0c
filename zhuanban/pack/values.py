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
from zhuanban.pack.archive import Archive
from zhuanban.pack.form_text import FormText
from zhuanban.pack.frame import Basis, Goal, Grid, Post, Stage
from zhuanban.pack.likely import Likely
from zhuanban.pack.rhythm import Escalation, Reminder, Rhythm
from zhuanban.pack.scorecard import Scorecard
from zhuanban.pack.standard import Standard
from zhuanban.pack.work_list import Owing, WorkList


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
    many: bool = False  # link, choice, unit: several values (a list)
    ledger: str = ""  # link: the ledger it points into
    unit: str = ""  # printed unit: 眼, 万元
    decimals: int = 0
    minimum: int | float | None = None
    maximum: int | float | None = None
    limit: tuple[str, str] = ("", "")  # number: (standard, its limit): a value beyond it is flagged
    earliest: int | None = None  # date: day number
    pattern: str = ""  # text: full-match regular expression
    personal: str = ""  # name | phone | id_number | address | contact: masked unless seen_by and revealed
    seen_by: tuple[str, ...] = ()  # posts that may reveal it
    signs: bool = False  # signature: void once another field of the record is corrected
    stamped: bool = False  # written by moves alone, never by who sends a change
    compares: str = ""  # choice of three words (better, the same, worse): which choice of the record …
    than: str = ""  # … is held against this: a choice of the record, or LINK.FIELD
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
    """`field op value`; `field` is a field key, or `state`, `unit`, `region` of the record.

    In lists it may be LINK.FIELD or LINK.state: of a record that the link names.
    """

    field: str
    op: str  # is | in | not_in | empty | filled | at_least | at_most | before | on_or_after
    value: Any = None  # hashable: text, int, float, tuple; for dates a day's ISO text or "as_of+7天"


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
    """What must be true before a move: of other records, or (`here`) of the record itself as of the move's day.

    `exists`: at least one record of `ledger` fulfils `where` in scope; `none`: no record does.
    Scope: `same` region, `within` the record's region, the record's ancestor at grid level `level`; or, wherever they
    lie, `via`: the records that this link field of the moving record names, `by`: those whose link field names it.
    `same_unit`: of these only the records of the moving record's unit.
    """

    kind: str  # exists | none | here
    ledger: str
    where: tuple[Condition, ...]
    scope: str  # same | within | level | via | by
    level: str = ""
    says: str = ""
    via: str = ""
    by: str = ""
    same_unit: bool = False
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
class Proof:
    """Fields that a move also needs where the record, with what the move sets, fulfils `where`."""

    where: tuple[Condition, ...]
    needs: tuple[str, ...]
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a rule: where it holds, the field gets `value`; `("days_after", n)` for a date."""

    where: tuple[Condition, ...]
    value: Any
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field says: the first case that holds, in the pack's order.

    Unless a person says otherwise, or (`always`) on every day, whatever is said; then cases may speak of the day.
    """

    key: str  # the field it fills
    cases: tuple[Case, ...]
    always: bool = False
    exact: bool = False  # a table of decisions: of whatever fields say, exactly one case holds
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A field that says on every day what another ledger knows: of a record of `ledger` what `shows` says there (a
    field, or its `state`, `number`, `since`).

    With `via`: of the one that this link of the record names. With `by`: of those whose link `by` names this record and
    that fulfil `where`, the one opened last; without `shows` whether there is one (yes_no), or how many (integer).
    """

    key: str  # the field it fills
    ledger: str
    by: str = ""
    via: str = ""
    shows: str = ""
    where: tuple[Condition, ...] = ()
    at: Place = field(default=NOWHERE, compare=False)


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
    needs_when: tuple[Proof, ...] = ()
    # field → fixed value; ("days_after", n) for a date; ("copy", field); ("instant", "first" | "last") for when the
    # server learned the first, or this, such move of the record
    sets: tuple[tuple[str, Any], ...] = ()
    not_by: tuple[str, ...] = ()  # whoever did one of these moves on this record may not do this one
    reason: bool = False  # a reason is asked for
    requires: tuple[Guard, ...] = ()
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule between fields of one record: `differ` (all differ), `same` (all are equal), `ordered` (dates or numbers
    never fall), or `if`: where `given` holds, `then` holds too."""

    kind: str
    fields: tuple[str, ...]  # those it looks at
    says: str
    given: tuple[Condition, ...] = ()
    then: tuple[Condition, ...] = ()
    flag: bool = False  # a record that breaks it enters, and is flagged
    at: Place = field(default=NOWHERE, compare=False)


UNIT_TITLE = "责任单位"
"""What the unit of a record is called where the pack does not say."""


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
    unit_title: str = UNIT_TITLE  # head of the sheet column that holds the unit
    unit_aliases: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    rules: tuple[Rule, ...] = ()
    mirrors: tuple[Mirror, ...] = ()
    likely: tuple[Likely, ...] = ()  # records that one which opens may be a double of
    amend_by: tuple[str, ...] = ()  # posts that may correct, transfer, withdraw and restore
    seen_by: tuple[str, ...] = ()  # posts that see the ledger at all; () = every post
    shared: bool = False  # who sees the ledger sees all its records, wherever they lie
    duty: str = ""  # the duty whose reports these are
    card: str = ""  # the scorecard whose marks, objections or rulings these are
    stage: str = ""  # key of the stage to which this work belongs: what was done before its start is marked early
    source: str = ""
    help: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def has_unit(self) -> bool:
        """Does the pack speak of the unit of its records?"""
        return self.unit_required or self.unit_title != UNIT_TITLE or bool(self.unit_aliases)

    @property
    def opening(self) -> tuple[Move, ...]:
        """The moves that open a record, in the pack's order (the first is the default)."""
        return tuple(m for m in self.moves.values() if NEW in m.from_)


def naming_fields(ledger: Ledger) -> tuple[str, ...]:
    """The fields by which people call a record instead of by its number: short texts and people that it must
    have, or that tell it from others."""
    return tuple(
        f.key
        for f in ledger.fields.values()
        if f.type in (FieldType.TEXT, FieldType.PERSON)
        and not (f.personal or f.many)
        and (f.required or f.key in ledger.one_per or f.key in ledger.match)
    )


def links_to(ledger: Ledger, target: str) -> tuple[str, ...]:
    """The fields of a ledger whose values name records of `target`."""
    return tuple(f.key for f in ledger.fields.values() if f.type is FieldType.LINK and f.ledger == target)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. Exactly one of question, ratio, text, plus/minus is said, or `level`.

    `level` counts the regions of that level in the row; with a question, only those in which such a record lies.
    """

    key: str
    title: str
    question: Question | None = None
    level: str = ""
    word: str = ""  # counting word, where it is not that of the counted ledger: one card stands for one household
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
        """count | regions | ratio | text | formula"""
        if self.level:
            return "regions"
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
    rest: str = ""  # by a choice field: the row of all words that have no row of their own; "" = none


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
class FormColumn:
    """One filled column of a form. What its cells say: a running number, a field's value, a text, or nothing."""

    letter: str  # the sheet's column: C
    title: str  # its printed head; blanks and line breaks do not matter
    kind: str  # serial | field | text | words | blank
    key: str = ""  # field: a field's key, or LINK.KEY of the record that a link names
    text: FormText | None = None
    words: tuple[tuple[str, FormText], ...] = ()  # state → text; any other state leaves the cell empty
    date: str = ""  # how days are written: a key of DATE_STYLES; a cell made for dates gets a real date instead
    reveal: bool = False  # a personal field in full, for those who may unmask it
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SameAs:
    """Another ledger that the form's rows must agree with, cell by cell."""

    ledger: str
    by: str  # the column that tells which record a row must agree with
    columns: tuple[tuple[str, str], ...]  # column → field of that ledger, or `number`
    says: str  # what that list is called
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Form:
    """An official sheet whose shape may not change. Rows and columns count as the sheet does (from 1, from A)."""

    key: str
    title: str
    template: str  # its path in the pack: forms/annex2.xlsx
    name: str = ""  # what the plan calls it: 附件2
    sheet: str = ""  # "" = the first
    ledger: str = ""  # one row per record; "" = single cells only
    where: tuple[Condition, ...] = ()
    reached: str = ""
    order: tuple[str, ...] = ()  # fields, or number | region | unit | since
    per: str = "whole"  # whose copy it is: whole | unit | a grid level's key
    if_any: bool = False  # a report takes it along only where it has a row
    head: tuple[int, ...] = ()
    first: int = 0
    printed: int = 0  # blank rows that the template has
    beyond: str = "refuse"  # more records than rows: grow | copies | refuse
    cells: tuple[tuple[str, FormText], ...] = ()  # address → text
    columns: tuple[FormColumn, ...] = ()
    same_as: SameAs | None = None
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Draw:
    """A seeded draw (抽查) of grid cells of `level`, or of the records of `ledger` that fulfil `where`.

    The ratio is applied inside each region of the level `stratum`; "" = once over all (records only).
    """

    key: str
    title: str
    ratio: tuple[int, int]  # (5, 100)
    round: Rounding
    level: str = ""
    ledger: str = ""
    where: tuple[Condition, ...] = ()
    stratum: str = ""
    by: tuple[str, ...] = ()
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is told at once. Exactly one of `where`, `rises`, `worse` says when.

    `where`: a record fulfils these conditions. `rises`: this number of a record grows. `worse`: this choice of a
    record is a later option than what `than` says (a field of the record, or LINK.FIELD of the one that it names).
    """

    key: str
    title: str
    ledger: str
    where: tuple[Condition, ...] = ()
    rises: str = ""
    worse: str = ""
    than: str = ""
    per: tuple[str, ...] = ()  # records of one series: a good one ends the alarm of a bad one; () = each by itself
    tell: tuple[str, ...] = ()  # posts
    escalate: tuple[Escalation, ...] = ()  # who is told next while nobody has taken note
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class DutyProof:
    """What proves the figures of a report: for each column of `table` the files of the records behind it.

    `columns`: column → (ledger, field) of files.
    """

    table: str
    columns: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """What must be reported when, by whom, to whom (报送任务). Its reports are the records of `ledger`."""

    key: str
    title: str
    rhythm: Rhythm
    owing: Owing
    forms: tuple[str, ...] = ()
    start: int | None = None  # first day on which it may fall due
    end: int | None = None  # last such day
    assumed: tuple[str, ...] = ()  # words of the duty that the document does not print
    shift: str = "none"  # none | before | after: a due day without work moves to the working day before, after
    to: str = ""
    copies: tuple[str, ...] = ()
    via: str = ""  # the channel whose receipt is entered before a report counts as sent; "" = this program
    counts: str = "first"  # first | last: which sending is judged
    zero: bool = False
    by: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()
    stamp: bool = False  # the sheet is printed, stamped and scanned; the scan is held against the figures
    review: tuple[str, ...] = ()
    remind: tuple[Reminder, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    soon: int = 0  # minutes before the deadline from which it is pressing
    proof: DutyProof | None = None
    explains: bool = False  # what does not agree, or has no proof, is explained before it is sent
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def ledger(self) -> str:
        return f"duty_{self.key}"

    @property
    def monthly(self) -> bool:
        return self.rhythm.kind in ("day_of_month", "month_end", "last_workday")


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
    standards: Mapping[str, Standard] = field(default_factory=dict)
    archives: Mapping[str, Archive] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    templates: Mapping[str, bytes] = field(default_factory=dict, repr=False)  # path in the pack → .xlsx file
    draws: Mapping[str, Draw] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    alarms: Mapping[str, Alarm] = field(default_factory=dict)
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    layers: Mapping[str, Layer] = field(default_factory=dict)
    printed: int | None = None  # the day on which it was printed (印发), where that is another
    basis: tuple[Basis, ...] = ()
    goals: Mapping[str, Goal] = field(default_factory=dict)
    issued: int | None = None  # the day on which the document was issued: nothing falls due before it
    overview: tuple[str, ...] = ()  # tables that the front page shows, in this order; () = all
    texts: Mapping[str, str] = field(default_factory=dict)  # scope, emphasis, inspection steps: pack prose by key
    demo_campaign: str = ""  # name of the demo campaign; "" = the pack's key
    sha256: str = ""  # of the pack's files; names this version exactly
