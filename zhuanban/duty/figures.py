"""The figures of a report: frozen when it is filled, compared later with the same question asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import orjson

from zhuanban.core.canonical import canonical
from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Refused
from zhuanban.duty import problems as says
from zhuanban.duty.forms import Filled, Row, fill_form
from zhuanban.duty.rules import Item
from zhuanban.evidence.actions import store
from zhuanban.ledger.models import Event
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.stored import facts_of
from zhuanban.pack import duty_ledger as words
from zhuanban.people.queries import Setting


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was reported: the rows as printed, by which pack, after which event."""

    day: int
    zero: bool
    pack: str
    last_event: int
    forms: tuple[Filled, ...]


def frozen(setting: Setting, item: Item, day: int, zero: bool, forms: Sequence[Filled]) -> bytes:
    """The figures as canonical JSON: kept as evidence, printed again years later to the letter."""
    last = Event.objects.filter(campaign=setting.campaign).order_by("-pk").values_list("pk", flat=True).first()
    return canonical(
        {
            "duty": item.duty.key,
            "unit": item.unit,
            "period": item.due.period,
            "as_of": iso(day),
            "zero": zero,
            "pack": setting.pack.sha256,
            "last_event": last or 0,
            "forms": [
                {
                    "form": form.form,
                    "title": form.title,
                    "heads": list(form.heads),
                    "rows": [[row.record, *row.cells] for row in form.rows],
                }
                for form in forms
            ],
        }
    )


def reported(viewer: Viewer, item: Item) -> Frozen:
    """The figures that the report stands on. Raises Refused where it was never filled, or they cannot be read."""
    record = viewer.records(viewer.ledger(item.duty.ledger)).filter(number=item.number).first()
    kept = record.data.get("figures") if record is not None else None
    if not kept:
        raise Refused(says.NO_REPORT.at(number=item.number))
    return _read(kept[0]["sha256"], item)


def _read(sha256: str, item: Item) -> Frozen:
    try:
        with store().open(sha256) as stream:
            said = orjson.loads(stream.read())
        return Frozen(
            from_iso(said["as_of"]), said["zero"], said["pack"], said["last_event"], tuple(map(_form, said["forms"]))
        )
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise Refused(says.FIGURES_LOST.at(number=item.number)) from why


def _form(said: Any) -> Filled:
    rows = tuple(Row(row[0], tuple(row[1:])) for row in said["rows"])
    return Filled(said["form"], said["title"], tuple(said["heads"]), rows)


def changes_since(viewer: Viewer, item: Item) -> dict[str, Any]:
    """What the same question would answer now, against what was reported: `as_of`, `pack`, `last_event`, `forms`: each
    with `form`, `title`, `added` and `gone` (records), `changed` (`record`, `column`, `was`, `is`). `revised`: for each
    time that it was filled again after it had been sent, `as_of` and `forms` against what was sent before."""
    was = reported(viewer, item)
    return {
        "number": item.number,
        "as_of": iso(was.day),
        "pack": was.pack,
        "last_event": was.last_event,
        "forms": [compare(form, fill_form(viewer, form.form, item, was.day)) for form in was.forms],
        "revised": [
            {"as_of": iso(now.day), "forms": [compare(form, _same(form, now.forms)) for form in before.forms]}
            for before, now in pairwise(_versions(viewer, item))
        ],
    }


def _versions(viewer: Viewer, item: Item) -> list[Frozen]:
    """The figures of every sending, and those that stand, in order."""
    record = viewer.record(viewer.ledger(item.duty.ledger), item.number)
    sent, filled = [], ""
    for fact in facts_of([record.pk])[record.pk]:
        filled = next((str(ref["sha256"]) for ref in fact.body.get("set", {}).get("figures") or ()), filled)
        if fact.body.get("move") == words.SEND:
            sent.append(filled)
    return [_read(sha256, item) for sha256 in dict.fromkeys([*sent, filled])]


def _same(form: Filled, forms: Sequence[Filled]) -> Filled:
    """That form in the other version; without a row where that one has none (a zero report, no attached page)."""
    return next((each for each in forms if each.form == form.form), replace(form, rows=()))


def stamp_shown(viewer: Viewer, item: Item) -> dict[str, Any]:
    """The stamped scan beside the figures it was printed from: `number`, `as_of`, `figures` (SHA-256), `rows`, `scans`
    (`sha256`, `name`), `scan_rows`, `same`. Raises Refused where nothing was filled, or no stamp is asked for."""
    if not item.duty.stamp:
        raise Refused(says.NO_FORM_STEP.at(duty=item.duty.title, step=words.STAMP))
    was = reported(viewer, item)
    rows, scan_rows = item.data.get("rows"), item.data.get("scan_rows")
    return {
        "number": item.number,
        "as_of": iso(was.day),
        "figures": item.data["figures"][0]["sha256"],
        "rows": rows,
        "scans": [dict(each) for each in item.data.get("scan", ())],
        "scan_rows": scan_rows,
        "same": scan_rows is not None and rows == scan_rows,
    }


def compare(was: Filled, now: Filled) -> dict[str, Any]:
    """Record by record; a form may print a record in several rows, then they are compared in their order."""
    before, after = _by_record(was), _by_record(now)
    changed = []
    for key, cells in before.items():
        new = after.get(key, cells)
        for i, (one, other) in enumerate(zip(cells, new, strict=False)):
            if one != other:
                head = was.heads[i] if i < len(was.heads) else str(i + 1)
                changed.append({"record": key[0], "column": head, "was": one, "is": other})
    return {
        "form": was.form,
        "title": was.title,
        "added": [key[0] for key in after if key not in before],
        "gone": [key[0] for key in before if key not in after],
        "changed": changed,
    }


def _by_record(form: Filled) -> dict[tuple[str, int], tuple[str, ...]]:
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for row in form.rows:
        n = 0
        while (row.record, n) in found:
            n += 1
        found[(row.record, n)] = row.cells
    return found
