"""Who fills the forms of reports: the room of sheets, its answer put into what the room of duties keeps."""

from __future__ import annotations

from zhuanban.duty.forms import Filled, Row, Workbooks
from zhuanban.ledger.queries import Viewer, WholeViewer
from zhuanban.pack.values import Form
from zhuanban.people.queries import Setting
from zhuanban.sheets.form_rows import Asked, as_printed, content_of, find_form, masked
from zhuanban.sheets.forms import fill_form


def fill_report_form(viewer: Viewer, key: str, unit: str, day: int) -> Filled:
    """The form of that key as of a day, of the unit or, where it is made per level of regions, of the unit's region.

    Running numbers are left out of the rows: a new record before others changes none of these. Raises Refused.
    """
    whole = WholeViewer(viewer.setting, viewer.actor)
    form = find_form(whole, key)
    asked = _asked(viewer.setting, form, unit, day)
    content = content_of(whole, masked(form), asked)
    kept = [n for n, column in enumerate(content.columns) if column.kind != "serial"]
    return Filled(
        form.key,
        form.title,
        tuple("".join(content.columns[n].title.split()) for n in kept),
        tuple(
            Row(f"{form.ledger}/{row.number}", tuple(as_printed(row.values[n], content.columns[n]) for n in kept))
            for row in content.rows
        ),
        lambda: _write(whole, form, asked),
    )


def _asked(setting: Setting, form: Form, unit: str, day: int) -> Asked:
    levels = [level.key for level in setting.pack.grid.levels]
    region = setting.units.nodes[unit].region
    if form.per in levels and region in setting.regions:
        depth = levels.index(form.per) + 1
        path = setting.regions.path(region, day)
        if len(path) > depth:
            return Asked(day, region=path[-1 - depth])
    return Asked(day, unit=unit)


def _write(whole: WholeViewer, form: Form, asked: Asked) -> Workbooks:
    filled = fill_form(whole, form, asked)
    return Workbooks(filled.files, filled.warnings)
