"""Who fills the forms of reports: the room of sheets, its answer put into what the room of duties keeps."""

from __future__ import annotations

from zhuanban.duty.forms import Filled, Row, Workbooks
from zhuanban.duty.rules import Item
from zhuanban.ledger.queries import Viewer, WholeViewer
from zhuanban.pack.values import Form, links_to
from zhuanban.sheets.form_rows import Asked, as_printed, content_of, find_form, masked
from zhuanban.sheets.forms import fill_form


def fill_report_form(viewer: Viewer, key: str, item: Item, day: int) -> Filled:
    """The form of that key as of a day, of the unit that owes it or, where it is made per level of regions, of the
    unit's region; of a report that one record asks for, only that record's rows.

    Running numbers are left out of the rows: a new record before others changes none of these. Raises Refused.
    """
    whole = WholeViewer(viewer.setting, viewer.actor)
    form = find_form(whole, key)
    asked = _asked(whole, form, item, day)
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
        form.if_any,
    )


def _asked(whole: WholeViewer, form: Form, item: Item, day: int) -> Asked:
    setting = whole.setting
    only, filed = _only(whole, form, item, day), whole.today
    levels = [level.key for level in setting.pack.grid.levels]
    region = setting.units.nodes[item.unit].region
    if form.per in levels and region in setting.regions:
        depth = levels.index(form.per) + 1
        path = setting.regions.path(region, day)
        if len(path) > depth:
            return Asked(day, region=path[-1 - depth], only=only, filed=filed)
    return Asked(day, unit=item.unit, only=only, filed=filed)


def _only(whole: WholeViewer, form: Form, item: Item, day: int) -> frozenset[str] | None:
    """The records in the form's rows, where one record asks for the report: itself, or those that name it."""
    roster = item.duty.owing.ledger
    if not item.about or not form.ledger:
        return None
    if form.ledger == roster:
        return frozenset({item.about})
    ledger = whole.setting.pack.ledgers[form.ledger]
    return frozenset(record.number for record in whole.linked(ledger, links_to(ledger, roster), item.about, day))


def _write(whole: WholeViewer, form: Form, asked: Asked) -> Workbooks:
    filled = fill_form(whole, form, asked)
    return Workbooks(filled.files, filled.warnings)
