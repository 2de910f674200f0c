"""What belongs into an archive: the pack's parts, the records and files of each, and what is missing.

Always through a viewer's scope and mask: who may not see a record does not get it in a parcel either.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from zhuanban.archive import problems
from zhuanban.atlas.frames import Point, from_json
from zhuanban.atlas.queries import Where, where_is
from zhuanban.core import clock
from zhuanban.core.day import iso
from zhuanban.core.natural import natural
from zhuanban.core.problem import Place, Refused
from zhuanban.evidence.media import BY_MIME, PHOTOS, VIDEOS, Media
from zhuanban.evidence.queries import described
from zhuanban.ledger.files import shown_files
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.archive import Archive, ArchiveHead
from zhuanban.pack.values import FieldType, Form, Ledger, links_to
from zhuanban.sheets.form_rows import Asked, masked
from zhuanban.sheets.forms import fill_form

BEFORE, AFTER = "整治前", "整治后"
LACKING, NONE = "缺：还没有材料", "无此项"
APART, ON_SCREEN = "另册", "电子件"  # in place of a page's number
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Item:
    """One file of an archive, at `path` inside the parcel: in the store, or with its `content` a form filled for it.

    `ledger` and `field` as printed; `at`, `taken_at`: received, and by its own word made, UTC microseconds. `page`: its
    number in the printed file, where it is one page.
    """

    head: str
    ledger: str
    number: str
    field: str
    path: str
    name: str
    sha256: str
    size: int
    at: int
    taken_at: int | None = None
    note: str = ""
    content: bytes | None = None
    media: Media | None = None  # None: a form
    page: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that one archive holds."""

    title: str
    subject: str
    heads: tuple[str, ...]
    items: tuple[Item, ...]
    day: int  # as of which
    ledgers: tuple[tuple[Ledger, tuple[Record, ...]], ...]  # with their records as they stood on the day, by number
    empty: tuple[str, ...] = field(default=())  # heads without anything, where something should be
    absent: tuple[str, ...] = field(default=())  # heads without anything, where nothing is amiss with that


def of_record(viewer: Viewer, ledger: Ledger, number: str, day: int | None = None) -> Contents:
    """The archive of one record as of a day (None: today), by the pack's parts where it has some, else the record and
    what is linked with it.

    Raises Refused where the record is not there for the viewer, or the day is still to come.
    """
    day = _past(viewer, day)
    number = viewer.record(ledger, number).number
    stood = viewer.stood(viewer.records(ledger).filter(number=number), day)
    if not stood:
        raise Refused(problems.NOT_YET.at(Place(record=number), number=number, day=iso(day)))
    record = stood[0]
    pack = viewer.setting.pack
    said = next((a for a in pack.archives.values() if a.ledger == ledger.key), None)
    archive = said or _by_links(viewer, ledger)
    found = [
        _Found(
            head, list(_head_files(viewer, archive, head, record, day)), _form_of(viewer, archive, head, record, day)
        )
        for head in archive.heads
    ]
    return _contents(viewer, archive.title, f"{ledger.title} {number}", day, found, [(ledger, [record])])


def of_region(viewer: Viewer, region: str, day: int | None = None) -> Contents:
    """The archive of a region as of a day (None: today): of the pack's parts for its level, else the ledgers that have
    records in it.

    Raises Refused where nothing in it is there for the viewer, or the day is still to come.
    """
    setting, day = viewer.setting, _past(viewer, day)
    levels = [level.key for level in setting.pack.grid.levels]
    depth = setting.regions.level(region, day)
    level = levels[depth - 1] if depth else ""
    said = next((a for a in setting.pack.archives.values() if a.level and a.level == level), None)
    archive = said or _by_ledgers(viewer, level)
    asked = Asked(day, region=region)
    found = [
        _Found(head, list(_region_files(viewer, head, region, day)), _filled(viewer, head, asked))
        for head in archive.heads
    ]
    if said is None:
        found = [each for each in found if any(records for _, records, _ in each.parts)]
    if not any(each.form or any(records for _, records, _ in each.parts) for each in found):
        raise Refused(problems.EMPTY.at(subject=setting.regions.name(region, day)))
    return _contents(viewer, archive.title, setting.regions.name(region, day), day, found, [])


def _past(viewer: Viewer, day: int | None) -> int:
    """The day, None: today. Raises Refused for one still to come: an archive would say what nobody knows."""
    if day is not None and day > viewer.today:
        raise Refused(problems.DAY_AHEAD.at(day=iso(day)))
    return viewer.today if day is None else day


# -- which records ---

_Part = tuple[Ledger, list[Record], tuple[str, ...]]
"""A ledger, its records that belong here, and the file fields that are asked for (() = all)."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A form as it goes into the parcel; `number`: of the archive's record."""

    form: Form
    number: str
    files: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A part of an archive, with what belongs into it."""

    head: ArchiveHead
    parts: list[_Part]
    form: _Filled | None


def _head_files(viewer: Viewer, archive: Archive, head: ArchiveHead, own: Record, day: int) -> Iterator[_Part]:
    pack = viewer.setting.pack
    for key in dict.fromkeys([*([head.ledger] if head.ledger else []), *(k for k, _ in (*head.fields, *head.pairs))]):
        ledger = pack.ledgers[key]
        if not viewer.knows(ledger):
            continue
        fields = tuple(f for k, f in (*head.fields, *head.pairs) if k == key)
        if key == archive.ledger and not head.by:
            yield ledger, [own], fields
        else:
            yield ledger, viewer.linked(ledger, [head.by], own.number, day), fields


def _region_files(viewer: Viewer, head: ArchiveHead, region: str, day: int) -> Iterator[_Part]:
    pack = viewer.setting.pack
    for key in dict.fromkeys([*([head.ledger] if head.ledger else []), *(k for k, _ in (*head.fields, *head.pairs))]):
        ledger = pack.ledgers[key]
        if not viewer.knows(ledger):
            continue
        fields = tuple(f for k, f in (*head.fields, *head.pairs) if k == key)
        yield ledger, _inside(viewer, ledger, head.by, region, day), fields


def _inside(viewer: Viewer, ledger: Ledger, point: str, region: str, day: int) -> list[Record]:
    """The ledger's records in a region; with `point`, a field, also those of the regions above that lie there."""
    tree, campaign = viewer.setting.regions, viewer.setting.campaign
    inside = tree.subtree(region, day)
    above = frozenset(tree.path(region, day)) - inside if point else frozenset()
    rows = viewer.records(ledger)
    if day >= viewer.today:
        rows = rows.filter(region__in=inside | above)  # of an earlier day only its events tell where a record lay

    def lies_here(record: Record) -> bool:
        spot = from_json(record.data[point], anywhere=True) if record.data.get(point) else None
        return isinstance(spot, Point) and where_is(campaign, region, spot, day).where is Where.INSIDE

    stood = viewer.stood(rows, day)
    return [each for each in stood if each.region in inside or (each.region in above and lies_here(each))]


def _by_links(viewer: Viewer, ledger: Ledger) -> Archive:
    """Where the pack does not say: the record's own files, then those of every ledger that links here."""
    heads = [ArchiveHead(ledger.title, ledger.key, optional=True)]
    for other in viewer.setting.pack.ledgers.values():
        if viewer.knows(other):
            for key in links_to(other, ledger.key):
                heads.append(
                    ArchiveHead(f"{other.title}（{other.fields[key].title}）", other.key, by=key, optional=True)
                )
    return Archive("", "条目档案", ledger.key, "", tuple(heads))


def _by_ledgers(viewer: Viewer, level: str) -> Archive:
    """Where the pack does not say: every ledger that may have records at this level or below."""
    levels = [each.key for each in viewer.setting.pack.grid.levels]
    above = levels[: levels.index(level)] if level else []
    ledgers = viewer.setting.pack.ledgers.values()
    known = [x for x in ledgers if viewer.knows(x) and x.region_level not in above]
    return Archive("", "区域档案", "", level, tuple(ArchiveHead(x.title, x.key, optional=True) for x in known))


# -- which forms ---


def _form_of(viewer: Viewer, archive: Archive, head: ArchiveHead, own: Record, day: int) -> _Filled | None:
    """The part's form, of the archive's own record or of those that name it."""
    form = viewer.setting.pack.forms.get(head.form)
    if form is None:
        return None
    only = frozenset({own.number})
    if form.ledger and form.ledger != archive.ledger:
        linked = viewer.linked(viewer.setting.pack.ledgers[form.ledger], [head.by], own.number, day)
        only = frozenset(record.number for record in linked)
    return _filled(viewer, head, Asked(day, own.region, own.unit, only), own.number)


def _filled(viewer: Viewer, head: ArchiveHead, asked: Asked, number: str = "") -> _Filled | None:
    """The part's form as of the day, masked; None where there is nothing in it, or nothing for this viewer to know."""
    pack = viewer.setting.pack
    form = pack.forms.get(head.form)
    if form is None or (form.ledger and not viewer.knows(pack.ledgers[form.ledger])):
        return None
    filled = fill_form(viewer, masked(form), asked)
    return _Filled(form, number, filled.files) if filled.content.rows or not form.ledger else None


# -- which files ---


def _contents(
    viewer: Viewer,
    title: str,
    subject: str,
    day: int,
    found: Sequence[_Found],
    also: Iterable[tuple[Ledger, list[Record]]],
) -> Contents:
    held: dict[str, dict[str, Record]] = {}
    for ledger, records in [*also, *((x, r) for each in found for x, r, _ in each.parts)]:
        held.setdefault(ledger.key, {}).update((r.number, r) for r in records)
    items: list[Item] = []
    taken: set[str] = set()
    for nth, each in enumerate(found, 1):
        folder = f"{nth:02} {_safe(each.head.title)}"
        if each.form is not None:
            items += _form_items(viewer, each.head, each.form, day, folder, taken)
        items += [i for part in each.parts for i in _items(viewer, each.head, part, day, folder, taken)]
    full = {item.head for item in items}
    bare = [each.head for each in found if each.head.title not in full and not _papers(each)]
    ledgers = viewer.setting.pack.ledgers
    return Contents(
        title,
        subject,
        tuple(each.head.title for each in found),
        tuple(_paged(items)),
        day,
        tuple(
            (ledgers[key], tuple(known[n] for n in sorted(known, key=natural))) for key, known in held.items() if known
        ),
        tuple(head.title for head in bare if not head.optional),
        tuple(head.title for head in bare if head.optional),
    )


def _paged(items: Iterable[Item]) -> Iterator[Item]:
    """Each photo is a page of the printed file, numbered through all parts. What has pages of its own, or cannot be
    printed, says so instead."""
    pages = count(1)
    for item in items:
        page = str(next(pages)) if item.media in PHOTOS else APART if item.media not in VIDEOS else ON_SCREEN
        yield replace(item, page=page)


def _papers(found: _Found) -> bool:
    """Has a part that asks for records, not for files, any?"""
    return bool(found.head.ledger) and not found.head.fields and any(records for _, records, _ in found.parts)


def _form_items(
    viewer: Viewer, head: ArchiveHead, filled: _Filled, day: int, folder: str, taken: set[str]
) -> Iterator[Item]:
    form, copies, now = filled.form, len(filled.files), clock.now()
    ledger = viewer.setting.pack.ledgers[form.ledger].title if form.ledger else ""
    note = f"截至{iso(day)}，由台账填写"
    for n, content in enumerate(filled.files, 1):
        name = form.title if copies == 1 else f"{form.title}_{n}-{copies}"
        path = _unique(f"{folder}/{_safe(name)}", ".xlsx", taken)
        sha256 = hashlib.sha256(content).hexdigest()
        yield Item(
            head.title, ledger, filled.number, form.title, path, name, sha256, len(content), now,
            note=note, content=content,
        )  # fmt: skip


def _items(viewer: Viewer, head: ArchiveHead, part: _Part, day: int, folder: str, taken: set[str]) -> Iterator[Item]:
    ledger, records, fields = part
    refs = [(r, ref) for r in records for ref in shown_files(ledger, r, day) if not fields or ref["field"] in fields]
    known = described(viewer.setting.campaign, {str(ref["sha256"]) for _, ref in refs})
    pair = [f for _, f in head.pairs]
    for record, ref in refs:
        file = known.get(str(ref["sha256"]))
        if file is None:
            continue  # verify names what the store has lost
        key = str(ref["field"])
        word = (BEFORE, AFTER)[pair.index(key)] if key in pair else ledger.fields[key].title
        name = str(ref.get("name") or "") or file.sha256[:12]
        stem, dot, end = name.rpartition(".")
        path = _unique(f"{folder}/{_safe(record.number)}/{_safe(word)}_{_safe(stem or end)}", dot + end, taken)
        undated = (
            ledger.fields[key].type is FieldType.PHOTO and not file.exif_taken_at
        )  # a scanned paper has no such day
        note = "补录：照片里没有拍摄时间" if undated else ""
        yield Item(
            head.title, ledger.title, record.number, ledger.fields[key].title, path, name, file.sha256, file.size,
            file.first_at, file.exif_taken_at, note, media=BY_MIME[file.media],
        )  # fmt: skip


def _unique(stem: str, end: str, taken: set[str]) -> str:
    path, n = f"{stem}{end}", 2
    while path.lower() in taken:
        path, n = f"{stem}_{n}{end}", n + 1
    taken.add(path.lower())
    return path


def _safe(text: str) -> str:
    """A name that every system can keep, at most 60 characters; what cannot stand in a path becomes a line."""
    return _UNSAFE.sub("_", text).strip(" .")[:60] or "_"
