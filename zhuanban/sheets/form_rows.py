"""What a form says as of a day: which records stand in its rows, in which order, and what each cell holds.

Only records in the viewer's scope, masked as everywhere. A column with `reveal` prints a personal field in full where
the viewer may unmask it; what was so shown is told, for the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from zhuanban.core.day import from_iso, to_date
from zhuanban.core.natural import natural
from zhuanban.core.problem import Refused
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import Fact, Snapshot, as_of, effective_days
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.view import Masker
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.form_text import DATE_STYLES, FormText, Slot
from zhuanban.pack.values import FILE_TYPES, Field, FieldType, Form, FormColumn, Ledger
from zhuanban.people.posts import phone_of
from zhuanban.people.queries import Setting
from zhuanban.people.tree import VIRTUAL_ROOT, Tree
from zhuanban.sheets import problems as says
from zhuanban.sheets.export_rows import Value
from zhuanban.tally.tables import find_node


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as of a day, of the whole, a region or a unit ("" = not narrowed). `day` None: today.

    `only`: these records and no others, by number, wherever they are; region and unit are then only said.
    `filed`: the day that `{today}` prints, where a report is filled on another day than the one its figures are of;
    None: the day asked about.
    """

    day: int | None = None
    region: str = ""
    unit: str = ""
    only: frozenset[str] | None = None
    filed: int | None = None


@dataclass(frozen=True, slots=True)
class FormRow:
    """One record's row: a value per column that is not left blank."""

    number: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All that a form says."""

    form: Form
    day: int
    region: str  # code, "" = everything
    unit: str  # code, "" = every unit
    cells: tuple[tuple[str, str], ...]  # address → text; those that stay as printed are left out
    columns: tuple[FormColumn, ...]  # the filled ones
    rows: tuple[FormRow, ...]
    revealed: tuple[str, ...] = ()  # keys of the personal fields that stand in full somewhere


def content_of(viewer: Viewer, form: Form, asked: Asked) -> Content:
    """The form for a viewer. Raises Refused where region or unit is unknown, or the ledger is none of his."""
    setting = viewer.setting
    day = viewer.today if asked.day is None else asked.day
    filed = day if asked.filed is None else asked.filed
    region, unit = _whose(viewer, form, asked, day)
    columns = tuple(column for column in form.columns if column.kind != "blank")
    rows: list[FormRow] = []
    revealed: set[str] = set()
    if form.ledger:
        ledger = setting.pack.ledgers[form.ledger]
        if not viewer.knows(ledger):
            raise Refused(
                says.NO_FORM.at(form=form.title, known="、".join(f.title for f in seen_forms(viewer)) or "（无）")
            )
        here = ("", "") if asked.only is not None else (region, unit)
        found = _records(viewer, form, ledger, day, *here, asked.only)
        links = _Links(viewer, ledger, form, day, found)
        masker = Masker(ledger)
        for serial, record in enumerate(_ordered(setting.regions, setting.units, ledger, form.order, found), 1):
            say = _Row(viewer, ledger, masker, record, day, filed, links, revealed)
            rows.append(FormRow(record.number, tuple(say.value(column, serial) for column in columns)))
    cells, named = [], unit or own_unit(setting, region, day)
    for where, text in form.cells:
        said = text.fill(lambda slot: _say_cell(viewer, slot, day, filed, region, named, len(rows)))
        if said:
            cells.append((where, said))
    return Content(form, day, region, unit, tuple(cells), columns, tuple(rows), tuple(sorted(revealed)))


def masked(form: Form) -> Form:
    """The form without `reveal`: its personal fields masked, whoever asks, and nobody's phone on it."""
    columns = tuple(replace(column, reveal=False) for column in form.columns)
    cells = tuple(cell for cell in form.cells if all(slot.word != "by_phone" for slot in cell[1].slots))
    return replace(form, columns=columns, cells=cells)


def seen_forms(viewer: Viewer) -> list[Form]:
    """The forms whose ledger the viewer may know, in the pack's order."""
    pack = viewer.setting.pack
    return [f for f in pack.forms.values() if not f.ledger or viewer.knows(pack.ledgers[f.ledger])]


def find_form(viewer: Viewer, name: str) -> Form:
    """The form of that name (附件2), key or title. Raises Refused."""
    forms = seen_forms(viewer)
    for form in forms:
        if name and name in (form.name, form.key, form.title):
            return form
    known = "、".join(map(called, forms)) or "（无）"
    raise Refused(says.NO_FORM.at(form=name, known=known))


def called(form: Form) -> str:
    """A form's name (its key, where it has none) and title: 附件2（联络员信息表）."""
    return f"{form.name or form.key}（{form.title}）"


def find_unit(units: Tree, name: str, day: int) -> str:
    """Code of the unit of that code, name or short name. Raises Refused."""
    found = units.find(name, day)
    if len(found) != 1 or found[0] == VIRTUAL_ROOT:
        raise Refused(says.NO_UNIT_FORM.at(unit=name))
    return found[0]


def own_unit(setting: Setting, region: str, day: int) -> str:
    """The unit that a region has of its own, where it is exactly one: it fills in what is asked for of the region."""
    own = [code for code, node in setting.units.nodes.items() if region and node.region == region and node.in_use(day)]
    return own[0] if len(own) == 1 else ""


def _whose(viewer: Viewer, form: Form, asked: Asked, day: int) -> tuple[str, str]:
    """(region, unit) that are asked for, or that the viewer's own post names where the form is made for each such."""
    setting = viewer.setting
    if asked.region or asked.unit:
        region = find_node(setting, asked.region, day) if asked.region else ""
        return region, find_unit(setting.units, asked.unit, day) if asked.unit else ""
    if form.per == "unit":
        held = {h.unit for h in viewer.actor.held if h.unit in setting.units}
        return "", held.pop() if len(held) == 1 else ""
    if form.per != "whole":
        levels = [level.key for level in setting.pack.grid.levels]
        depth = levels.index(form.per) + 1
        regions = [h.region for h in viewer.actor.held if h.region in setting.regions]
        mine = {path[-1 - depth] for code in regions if len(path := setting.regions.path(code, day)) > depth}
        return mine.pop() if len(mine) == 1 else "", ""
    return "", ""


# -- records -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    pk: int
    number: str
    region: str  # as it stands now: scope is of today
    unit: str
    facts: list[Fact]
    now: Snapshot  # as of the day
    since: int
    moves: dict[str, int]  # move → day of the last one


def _records(
    viewer: Viewer, form: Form, ledger: Ledger, day: int, region: str, unit: str, only: frozenset[str] | None
) -> list[_Record]:
    setting = viewer.setting
    inside = setting.regions.subtree(region, day) if region else None
    below = setting.units.subtree(unit, day) if unit else None
    holds = compile_conditions(form.where, ledger)
    reached = {s.key for s in ledger.states.values() if not form.reached or form.reached in s.reached}
    rows = viewer.records(ledger).filter(first_on__lte=day).order_by("pk")
    if only is not None:
        rows = rows.filter(number__in=only)
    heads = {pk: (number, at, of) for pk, number, at, of in rows.values_list("pk", "number", "region", "unit")}
    found = []
    for pk, facts in facts_of(heads).items():
        now = as_of(facts, day)
        if (
            now is None
            or now.withdrawn
            or now.state not in reached
            or (inside is not None and now.region not in inside)
            or (below is not None and now.unit not in below)
            or not holds(now.data, now.state, now.region, now.unit, day)
        ):
            continue
        days = effective_days(facts)
        past = sorted((days[f.version], f.version, f.body["move"]) for f in facts if "move" in f.body)
        moves = {move: on for on, _, move in past if on <= day}
        found.append(_Record(pk, *heads[pk], facts, now, days[facts[0].version], moves))
    return found


def _ordered(
    regions: Tree, units: Tree, ledger: Ledger, order: Sequence[str], records: Iterable[_Record]
) -> list[_Record]:
    """By the words of `order`, then by number; what is empty comes last. 2 stands before 10."""
    keys = [_sorter(regions, units, ledger, word) for word in (*order, "number")]
    return sorted(records, key=lambda record: [key(record) for key in keys])


def _sorter(regions: Tree, units: Tree, ledger: Ledger, word: str) -> Callable[[_Record], tuple[Any, ...]]:
    match word:
        case "number":
            return lambda r: natural(r.number)
        case "since":
            return lambda r: (0, r.since)
        case "region":
            return lambda r: _position(regions, r.now.region)
        case "unit":
            return lambda r: _position(units, r.now.unit)
    spec = ledger.fields[word]
    if spec.type is FieldType.UNIT and not spec.many:
        return lambda r: _position(units, str(r.now.data.get(word, "")))
    if spec.type is FieldType.CHOICE and not spec.many:
        places = {option.title: n for n, option in enumerate(spec.options)}
        return lambda r: _option(places, r.now.data.get(word))
    return lambda r: natural(r.now.data.get(word))


def _position(tree: Tree, code: str) -> tuple[Any, ...]:
    return (0, tree.nodes[code].position, code) if code in tree else (1, 0, code)


def _option(places: Mapping[str, int], value: Any) -> tuple[Any, ...]:
    return (1, len(places), "") if value is None else (0, places.get(value, len(places)), str(value))


class _Links:
    """The records that link fields of the rows name, as of the day, masked, in scope."""

    def __init__(self, viewer: Viewer, ledger: Ledger, form: Form, day: int, records: Sequence[_Record]) -> None:
        used = {column.key for column in form.columns} | {s.word for c in form.columns for s in _slots(c)}
        self.said: dict[tuple[str, str], dict[str, Any]] = {}  # (ledger, number) → values
        for link in {word.partition(".")[0] for word in used if "." in word}:
            target = viewer.setting.pack.ledgers[ledger.fields[link].ledger]
            wanted = sorted({n for r in records for n in _listed(r.now.data.get(link))})
            if not viewer.knows(target):
                continue
            masker = Masker(target)
            for i in range(0, len(wanted), 500):
                rows = viewer.records(target).filter(number__in=wanted[i : i + 500])
                heads = dict(rows.values_list("pk", "number"))
                for pk, facts in facts_of(heads).items():
                    now = as_of(facts, day)
                    if now is not None and not now.withdrawn:
                        shown = masker.show(now.data, masker.secrets(f.body.get("set", {}) for f in facts))
                        self.said[(target.key, heads[pk])] = shown


def _slots(column: FormColumn) -> Iterable[Slot]:
    texts = [column.text] if column.text is not None else []
    return (slot for text in (*texts, *(text for _, text in column.words)) for slot in text.slots)


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


# -- cells -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Row:
    """Says the cells of one record's row."""

    viewer: Viewer
    ledger: Ledger
    masker: Masker
    record: _Record
    day: int
    filed: int
    links: _Links
    revealed: set[str]
    shown: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        secrets = self.masker.secrets(f.body.get("set", {}) for f in self.record.facts)
        self.shown = self.masker.show(self.record.now.data, secrets)

    def value(self, column: FormColumn, serial: int) -> Value:
        match column.kind:
            case "serial":
                return serial
            case "field":
                return self._field(column)
            case "words":
                text = dict(column.words).get(self.record.now.state)
                return self._text(text, column) if text is not None else None
        return self._text(column.text, column) if column.text is not None else None

    def _field(self, column: FormColumn) -> Value:
        spec, values = self._values(column.key)
        if column.reveal and self._may_unmask(spec):
            values = [self.record.now.data.get(column.key)]
            if values[0]:
                self.revealed.add(column.key)
        if len(values) == 1 and isinstance(values[0], int | float):
            return values[0]
        if len(values) == 1 and spec.type is FieldType.DATE and values[0]:
            return to_date(from_iso(str(values[0])))
        return "、".join(said for v in values if (said := self._said(spec, v, column.date))) or None

    def _may_unmask(self, spec: Field) -> bool:
        viewer = self.viewer
        return viewer.actor.operator or viewer.reaches(spec.seen_by).covers(self.record.region, self.record.unit)

    def _values(self, key: str) -> tuple[Field, list[Any]]:
        """The field that a key names and its values: one, or one for each record that a link names."""
        link, dot, inner = key.partition(".")
        spec = self.ledger.fields[link]
        if not dot:
            return spec, [self.shown.get(key)]
        target = self.viewer.setting.pack.ledgers[spec.ledger]
        numbers = _listed(self.record.now.data.get(link))
        return target.fields[inner], [self.links.said.get((target.key, n), {}).get(inner) for n in numbers]

    def _text(self, text: FormText, column: FormColumn) -> str | None:
        return text.fill(lambda slot: self._slot(slot, column.date)) or None

    def _slot(self, slot: Slot, style: str) -> str:
        record, setting = self.record, self.viewer.setting
        if slot.word.startswith("@"):
            on = record.moves.get(slot.word[1:])
            return "" if on is None else DATE_STYLES[slot.style or style](on)
        match slot.word:
            case "number":
                return record.number
            case "state":
                return record.now.state
            case "region":
                return region_name(self.viewer, record.now.region, slot.style, self.day)
            case "unit":
                return unit_name(setting.units, record.now.unit, slot.style, self.day)
            case "since":
                return DATE_STYLES[slot.style or style](record.since)
            case "day":
                return DATE_STYLES[slot.style or style](self.day)
            case "today":
                return DATE_STYLES[slot.style or style](self.filed)
        spec, values = self._values(slot.word)
        return "、".join(said for v in values if (said := self._said(spec, v, slot.style or style)))

    def _said(self, spec: Field, value: Any, style: str) -> str:
        """A value as text."""
        if value is None or value == "" or value == []:
            return ""
        if spec.type is FieldType.DATE:
            return DATE_STYLES[style if style in DATE_STYLES else ""](from_iso(str(value)))
        if spec.type is FieldType.UNIT:
            return "、".join(unit_name(self.viewer.setting.units, code, style, self.day) for code in _listed(value))
        if spec.type in FILE_TYPES:
            return f"{len(value)}份"
        if spec.type is FieldType.POINT and isinstance(value, Mapping):
            return f"{value['lon']}, {value['lat']}"
        if spec.type is FieldType.NUMBER and isinstance(value, int | float):
            return f"{value:.{spec.decimals}f}"
        return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def unit_name(units: Tree, code: str, style: str, day: int) -> str:
    """A unit's full name, or its short one, as of a day."""
    if code == VIRTUAL_ROOT:
        return ""
    return units.name(code, day) if style == "short" else units.full_name(code, day)


def region_name(viewer: Viewer, code: str, level: str, day: int) -> str:
    """A region's name as of a day, or that of the one above it at a level or at the `root`; "" where it lies higher."""
    tree = viewer.setting.regions
    if level == "root":
        code, level = tree.root, ""
    if code not in tree or code == VIRTUAL_ROOT:
        return ""
    if not level:
        return tree.name(code, day)
    depth = [each.key for each in viewer.setting.pack.grid.levels].index(level) + 1
    path = tree.path(code, day)
    return tree.name(path[-1 - depth], day) if len(path) > depth else ""


def _say_cell(viewer: Viewer, slot: Slot, day: int, filed: int, region: str, unit: str, rows: int) -> str:
    setting = viewer.setting
    match slot.word:
        case "unit":
            return unit_name(setting.units, unit, slot.style, day) if unit else ""
        case "region":
            return region_name(viewer, region or setting.regions.root, slot.style, day)
        case "day":
            return DATE_STYLES[slot.style](day)
        case "today":
            return DATE_STYLES[slot.style](filed)
        case "by":
            return viewer.actor.title if not viewer.actor.operator else ""
        case "by_phone":
            return phone_of(viewer.actor)
    return str(rows)


def as_printed(value: Value, column: FormColumn) -> str:
    """A value as it is printed where a cell is not made for it: in CSV, and days in cells of text."""
    if value is None:
        return ""
    return DATE_STYLES[column.date]((value - date(1970, 1, 1)).days) if isinstance(value, date) else str(value)
