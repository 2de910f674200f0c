"""Locked forms: filled from the ledgers, written as the official file or as CSV, and checked when they come back.

The template is the pack's, or the office's own official file where it has put one in: `HOME/forms/CAMPAIGN/KEY.xlsx`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from django.conf import settings

from zhuanban.core.day import iso
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Form, Pack
from zhuanban.people.actions import log_access
from zhuanban.people.queries import Setting
from zhuanban.sheets import problems as says
from zhuanban.sheets.export import ColumnSpec, csv_pieces, whole
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.form_areas import place_of
from zhuanban.sheets.form_check import differences, disagreements, sent_rows
from zhuanban.sheets.form_file import Sheet, Workbook, open_workbook
from zhuanban.sheets.form_patch import fill
from zhuanban.sheets.form_rows import Asked, Content, as_printed, called, content_of, own_unit, seen_forms
from zhuanban.sheets.form_shape import compare, fits, layout_of, likeness, page_of, spot_of
from zhuanban.sheets.values import Wrong, day_of

HALF = 0.5  # of a form's printed words must stand in a sheet that is to be taken for it


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as files, in order; `warnings`: where it does not agree with the list that it must agree with."""

    content: Content
    files: tuple[bytes, ...]
    warnings: tuple[Problem, ...]


def template_of(setting: Setting, form: Form) -> Workbook:
    """The template that this office uses. Raises Refused with all that keeps it from being filled."""
    content, place, own = setting.pack.templates[form.template], f"{setting.pack.key}/{form.template}", True
    for path in sorted(_site_files(setting, form)):
        content, place, own = path.read_bytes(), path.name, False
    book = open_workbook(content, place)
    if found := fits(form, book, own=own):
        raise Refused(found)
    return book


def _site_files(setting: Setting, form: Form) -> Iterator[Path]:
    """The office's own file for a form: of that key, in the campaign's folder."""
    name = setting.campaign.name
    if Path(name).name == name:  # a name with a stroke in it has no folder
        folder = Path(settings.ZHUANBAN_HOME) / "forms" / name
        yield from (p for p in folder.glob(f"{form.key}.*") if not p.name.startswith("~$") and p.is_file())


def check_templates(pack: Pack) -> list[Problem]:
    """What keeps the pack's own templates from being filled; `pack check` tells it."""
    found: list[Problem] = []
    for form in pack.forms.values():
        try:
            found += fits(form, open_workbook(pack.templates[form.template], f"{pack.key}/{form.template}"), own=True)
        except Refused as refused:
            found += refused.problems
    return list(dict.fromkeys(found))


def fill_form(viewer: Viewer, form: Form, asked: Asked) -> Filled:
    """The form as .xlsx: one file, or several of the same shape where it goes on in copies. Logged.

    Raises Refused where a cell cannot be filled, or there are more rows than the form may have.
    """
    book = template_of(viewer.setting, form)
    content = content_of(viewer, form, asked)
    page = page_of(form, book)
    layout = layout_of(form, book.sheet(page))
    cells: dict[tuple[int, int], Value] = {spot_of(form, layout, where): text for where, text in content.cells}
    rows = [_values(content, book.sheet(page), row.values) for row in content.rows]
    parts: list[Sequence[Sequence[Value]]] = [rows]
    if layout is not None and len(rows) > layout.printed and form.beyond != "grow":
        if form.beyond == "refuse":
            raise Refused(says.FULL.at(book.place, rows=len(rows), printed=layout.printed))
        parts = [rows[i : i + layout.printed] for i in range(0, len(rows), layout.printed)]
    files = tuple(fill(book, page, cells, layout, part) for part in parts)
    _log(viewer, content, "xlsx", len(files))
    return Filled(content, files, tuple(_warnings(viewer, content, page.name, [len(part) for part in parts])))


def _values(content: Content, sheet: Sheet, values: Sequence[Value]) -> list[Value]:
    """Days as dates where the cell is made for them, else as text in the column's own way."""
    made = []
    for column, value in zip(content.columns, values, strict=True):
        at = place_of(f"{column.letter}{content.form.first}")
        made.append(as_printed(value, column) if isinstance(value, date) and not sheet.look(*at).dated else value)
    return made


def _warnings(viewer: Viewer, content: Content, sheet: str, copies: Sequence[int]) -> Iterator[Problem]:
    """`copies`: how many rows stand in each file."""
    rest = iter(content.rows)
    for nth, count in enumerate(copies, 1):
        rows = [(content.form.first + n, row.values) for n, row in enumerate(islice(rest, count))]
        which = "" if len(copies) == 1 else f"第{nth}份（共{len(copies)}份）"
        yield from disagreements(viewer, content.form, content.day, rows, Place(file=which, sheet=sheet))


def form_csv(viewer: Viewer, form: Form, asked: Asked) -> tuple[Content, Iterator[bytes]]:
    """The same rows as CSV: the printed heads, every cell as it is printed. Logged."""
    content = content_of(viewer, form, asked)
    _log(viewer, content, "csv", 1)
    if not form.ledger:
        columns = [ColumnSpec("单元格"), ColumnSpec("填写")]
        return content, csv_pieces(columns, [list(cell) for cell in content.cells])
    columns = [ColumnSpec("".join(column.title.split())) for column in form.columns]
    return content, csv_pieces(columns, _printed_rows(content))


def _printed_rows(content: Content) -> Iterator[list[Value]]:
    filled = {column.letter: n for n, column in enumerate(content.columns)}
    for row in content.rows:
        yield [as_printed(row.values[filled[c.letter]], c) if c.letter in filled else "" for c in content.form.columns]


def _log(viewer: Viewer, content: Content, how: str, files: int) -> None:
    detail = {
        "form": content.form.key,
        "as_of": iso(content.day),
        "region": content.region,
        "unit": content.unit,
        "rows": len(content.rows),
        "format": how,
        "files": files,
    }
    if content.revealed:
        detail["revealed"] = list(content.revealed)
    log_access(viewer.setting.campaign, viewer.actor, "export", detail)


def write_files(target: Path, files: Sequence[bytes]) -> list[Path]:
    """Writes one file as `target`, several as `target_1-2.xlsx`, `target_2-2.xlsx`; each appears once it is whole."""
    count = len(files)
    paths = [
        target if count == 1 else target.with_name(f"{target.stem}_{n}-{count}{target.suffix}")
        for n in range(1, count + 1)
    ]
    for path, content in zip(paths, files, strict=True):
        with whole(path) as stream:
            stream.write(content)
    return paths


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a form that came back, and as of which day it was held against the ledgers (None: its shape
    was changed, so that it was not)."""

    problems: list[Problem]
    day: int | None = None


def check_form(viewer: Viewer, form: Form, content: bytes, name: str, asked: Asked) -> Checked:
    """What was changed in the shape of a form that comes back; where nothing was, each cell that the ledgers deny.

    As of which day and of whose copy, the form itself says, unless `asked` does. Raises Refused where the file is none.
    """
    template = template_of(viewer.setting, form)
    sent = open_workbook(content, name)
    shape = compare(form, template, sent)
    if shape.problems or shape.sheet is None:
        return Checked(_not_it(viewer, form, template, sent) or shape.problems)
    wanted, found = min(
        (
            (content, list(differences(content, shape.sheet, shape.layout, shape.cells)))
            for each in _said_by(viewer, form, shape.sheet, shape.cells, asked)
            for content in [content_of(viewer, form, each)]
        ),
        key=lambda pair: len(pair[1]),
    )
    log_access(
        viewer.setting.campaign,
        viewer.actor,
        "export",
        {"form": form.key, "as_of": iso(wanted.day), "region": wanted.region, "unit": wanted.unit, "format": "check"},
    )
    if shape.layout is not None:
        lines = [(r.row, r.cells) for r in sent_rows(wanted.columns, shape.sheet, shape.layout)]
        found += disagreements(viewer, form, wanted.day, lines, shape.sheet)
    return Checked(found, wanted.day)


def _not_it(viewer: Viewer, form: Form, template: Workbook, sent: Workbook) -> list[Problem]:
    """One sentence where the upload is not the form changed, but another sheet; [] where it is the form."""
    own = likeness(form, template, sent)
    best, other = max(own, HALF), form
    for each in seen_forms(viewer):
        with suppress(Refused):  # its template does not fit: nothing can be said of it
            share = likeness(each, template_of(viewer.setting, each), sent)
            if share > best:
                best, other = share, each
    if other is not form:
        return [says.OTHER_FORM.at(sent.place, form=called(form), other=called(other))]
    return [says.NOT_THE_FORM.at(sent.place, form=called(form))] if own < HALF else []


def _said_by(
    viewer: Viewer, form: Form, sheet: Sheet, cells: Mapping[str, tuple[int, int]], asked: Asked
) -> list[Asked]:
    """Day, region and unit as the single cells of the form say them, where nobody asks for others. The unit that a
    region has of its own stands on its own form and on the region's: it may be either."""
    setting = viewer.setting
    words: dict[str, str] = {}
    for where, text in form.cells:
        match = text.pattern().fullmatch(sheet.text(*cells[where]))
        if match is not None:
            words.update({slot.word: got for slot, got in zip(text.slots, match.groups(), strict=True) if got})
    day = asked.day
    if day is None and (said := words.get("day") or words.get("today")):
        with suppress(Wrong):
            day = day_of(said, viewer.today)
    if asked.region or asked.unit:
        return [replace(asked, day=day)]
    on = viewer.today if day is None else day
    unit, region = words.get("unit", ""), words.get("region", "")
    units = setting.units.find(unit, on)
    if len(units) == 1:
        own = setting.units.nodes[units[0]].region
        both = own_unit(setting, own, on) == units[0]
        return [Asked(day, unit=unit), *([Asked(day, region=own)] if both else [])]
    found = setting.regions.find(region, on)
    return [Asked(day, region=region if len(found) == 1 and found[0] != setting.regions.root else "")]
