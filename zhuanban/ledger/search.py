"""Look-up in a ledger: filters, and pages by number. Always through a viewer's scope and mask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from zhuanban.ledger.models import Record
from zhuanban.ledger.past import past_words
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import FieldType, Ledger

MOST = 200  # records on a page
LONGEST_TEXT = 60
_SEARCHED = frozenset(
    {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PERSON, FieldType.CHOICE, FieldType.ZONE, FieldType.LINK}
)
# Numbers of official papers print 〔2018〕; people type what their keyboard has.
_BRACKETS = str.maketrans("[]［］【】", "〔〕〔〕〔〕")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; everything said must hold. Days are day numbers, both ends included."""

    states: tuple[str, ...] = ()
    region: str = ""  # this region and all below it
    unit: str = ""  # this unit and all below it
    text: str = ""  # in the number, or in any field that is shown in full
    opened_from: int | None = None
    opened_to: int | None = None
    changed_from: int | None = None  # by the day that the latest event counts
    changed_to: int | None = None
    flagged: bool | None = None  # has warnings, or has none
    withdrawn: bool | None = False  # None: both


def find(viewer: Viewer, ledger: Ledger, asked: Filter) -> QuerySet[Record]:
    """The records in scope that fulfil the filter, in order of number."""
    rows = viewer.records(ledger)
    s = viewer.setting
    if asked.states:
        rows = rows.filter(state__in=asked.states)
    if asked.region:
        inside = s.regions.subtree(asked.region, viewer.today) if asked.region in s.regions else ()
        rows = rows if asked.region == s.regions.root else rows.filter(region__in=inside)
    if asked.unit:
        rows = rows.filter(unit__in=s.units.subtree(asked.unit, viewer.today) if asked.unit in s.units else ())
    for key, value in (
        ("first_on__gte", asked.opened_from),
        ("first_on__lte", asked.opened_to),
        ("last_on__gte", asked.changed_from),
        ("last_on__lte", asked.changed_to),
        ("withdrawn", asked.withdrawn),
    ):
        if value is not None:
            rows = rows.filter(**{key: value})
    if asked.flagged is not None:
        rows = rows.exclude(flags=[]) if asked.flagged else rows.filter(flags=[])
    words = asked.text.strip()[:LONGEST_TEXT]
    if words:
        rows = _with_text(ledger, rows, words)
    return rows.order_by("number")


def _with_text(ledger: Ledger, rows: QuerySet[Record], words: str) -> QuerySet[Record]:
    shown = [k for k, f in ledger.fields.items() if f.type in _SEARCHED and not f.personal]
    spelled = {words, words.translate(_BRACKETS)}
    wanted = Q()
    for spelling in spelled:
        wanted |= Q(number__icontains=spelling)
    for i, key in enumerate(shown):
        rows = rows.alias(**{f"_text{i}": KeyTextTransform(key, "data")})
        for spelling in spelled:
            wanted |= Q(**{f"_text{i}__icontains": spelling})
    rows = rows.filter(wanted)
    masker = Masker(ledger)
    if not masker.personal:
        return rows
    # A hit must be visible: else whoever searches for a name learns that it stands behind the mask.
    low = [spelling.casefold() for spelling in spelled]
    hits = list(rows.values_list("pk", "number", "data"))
    past = past_words(ledger, [pk for pk, _, _ in hits])
    seen = [
        pk
        for pk, number, data in hits
        if any(
            each in text.casefold()
            for text in (number, *_texts(masker.show(data, past.get(pk)), shown))
            for each in low
        )
    ]
    return rows.filter(pk__in=seen)


def _texts(data: dict[str, object], keys: Iterable[str]) -> Iterable[str]:
    for key in keys:
        value = data.get(key)
        if isinstance(value, list):
            yield from map(str, value)
        elif value is not None:
            yield str(value)


def page(rows: QuerySet[Record], after: str, limit: int) -> tuple[Sequence[Record], str]:
    """At most `limit` records whose number comes after `after`, and the number to go on after ("" at the end)."""
    limit = min(max(limit, 1), MOST)
    if after:
        rows = rows.filter(number__gt=after)
    found = list(rows[: limit + 1])
    return found[:limit], found[limit - 1].number if len(found) > limit else ""


def page_before(rows: QuerySet[Record], before: str, limit: int) -> Sequence[Record]:
    """The `limit` records that come just before a number, in order of number."""
    limit = min(max(limit, 1), MOST)
    found = list(rows.filter(number__lt=before).order_by("-number")[:limit])
    return found[::-1]
