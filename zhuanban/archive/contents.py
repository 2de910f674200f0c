"""What belongs into an archive: the pack's parts, the records and files of each, and what is missing.

Always through a viewer's scope and mask: who may not see a record does not get it in a parcel either.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from zhuanban.archive import problems
from zhuanban.core.problem import Refused
from zhuanban.evidence.models import File
from zhuanban.evidence.queries import described
from zhuanban.ledger.files import shown_files
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Archive, ArchiveHead, FieldType, Ledger

BEFORE, AFTER = "整治前", "整治后"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Item:
    """One file of an archive. `path` inside the parcel; `file` says what the store knows of it."""

    head: str
    ledger: Ledger
    number: str
    field: str
    path: str
    name: str
    file: File
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that one archive holds."""

    title: str
    subject: str
    heads: tuple[str, ...]
    items: tuple[Item, ...]
    ledgers: tuple[tuple[Ledger, tuple[int, ...]], ...]  # with the ids of their records
    empty: tuple[str, ...] = field(default=())  # heads without anything


def of_record(viewer: Viewer, ledger: Ledger, number: str) -> Contents:
    """The archive of one record, by the pack's parts where it has some, else the record and what is linked with it.

    Raises Refused where the record is not there for the viewer.
    """
    record = viewer.record(ledger, number)
    pack = viewer.setting.pack
    said = next((a for a in pack.archives.values() if a.ledger == ledger.key), None)
    archive = said or _by_links(viewer, ledger)
    found = [(head, list(_head_files(viewer, archive, head, record))) for head in archive.heads]
    return _contents(viewer, archive.title, f"{ledger.title} {number}", found, [(ledger, [record])])


def of_region(viewer: Viewer, region: str) -> Contents:
    """The archive of a region as it stands today: of the pack's parts for its level, else every ledger in it.

    Raises Refused where nothing in it is there for the viewer.
    """
    setting = viewer.setting
    levels = [level.key for level in setting.pack.grid.levels]
    depth = setting.regions.level(region, viewer.today)
    level = levels[depth - 1] if depth else ""
    said = next((a for a in setting.pack.archives.values() if a.level and a.level == level), None)
    archive = said or _by_ledgers(viewer, level)
    inside = setting.regions.subtree(region, viewer.today)
    found = [(head, list(_region_files(viewer, head, inside))) for head in archive.heads]
    if not any(records for _, parts in found for _, records, _ in parts):
        raise Refused(problems.EMPTY.at(subject=setting.regions.name(region)))
    return _contents(viewer, archive.title, setting.regions.name(region), found, [])


# -- which records ---

_Part = tuple[Ledger, list[Record], tuple[str, ...]]
"""A ledger, its records that belong here, and the file fields that are asked for (() = all)."""


def _head_files(viewer: Viewer, archive: Archive, head: ArchiveHead, own: Record) -> Iterator[_Part]:
    pack = viewer.setting.pack
    for key in dict.fromkeys([*([head.ledger] if head.ledger else []), *(k for k, _ in (*head.fields, *head.pairs))]):
        ledger = pack.ledgers[key]
        if not viewer.knows(ledger):
            continue
        fields = tuple(f for k, f in (*head.fields, *head.pairs) if k == key)
        if key == archive.ledger and not head.by:
            yield ledger, [own], fields
        else:
            yield ledger, _linked(viewer, ledger, head.by, own.number), fields


def _linked(viewer: Viewer, ledger: Ledger, by: str, number: str) -> list[Record]:
    """The records in sight whose link `by` names that number."""
    # The text search leaves few; what a link with several values really names is looked at one by one.
    rows = viewer.records(ledger).filter(withdrawn=False).annotate(_text=Cast("data", TextField()))
    near = rows.filter(_text__contains=number).order_by("number")
    return [r for r in near if number in _named(r.data.get(by))]


def _named(value: object) -> Collection[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else ()


def _region_files(viewer: Viewer, head: ArchiveHead, inside: Collection[str]) -> Iterator[_Part]:
    pack = viewer.setting.pack
    for key in dict.fromkeys([*([head.ledger] if head.ledger else []), *(k for k, _ in (*head.fields, *head.pairs))]):
        ledger = pack.ledgers[key]
        if not viewer.knows(ledger):
            continue
        fields = tuple(f for k, f in (*head.fields, *head.pairs) if k == key)
        yield ledger, list(_inside(viewer, ledger, inside)), fields


def _inside(viewer: Viewer, ledger: Ledger, inside: Collection[str]) -> QuerySet[Record]:
    return viewer.records(ledger).filter(withdrawn=False, region__in=inside).order_by("number")


def _by_links(viewer: Viewer, ledger: Ledger) -> Archive:
    """Where the pack does not say: the record's own files, then those of every ledger that links here."""
    heads = [ArchiveHead(ledger.title, ledger.key)]
    for other in viewer.setting.pack.ledgers.values():
        for key, spec in other.fields.items():
            if spec.type is FieldType.LINK and spec.ledger == ledger.key and viewer.knows(other):
                heads.append(ArchiveHead(f"{other.title}（{spec.title}）", other.key, by=key))
    return Archive("", "条目档案", ledger.key, "", tuple(heads))


def _by_ledgers(viewer: Viewer, level: str) -> Archive:
    known = [x for x in viewer.setting.pack.ledgers.values() if viewer.knows(x)]
    return Archive("", "区域档案", "", level, tuple(ArchiveHead(x.title, x.key) for x in known))


# -- which files ---


def _contents(
    viewer: Viewer,
    title: str,
    subject: str,
    found: Sequence[tuple[ArchiveHead, list[_Part]]],
    also: Iterable[tuple[Ledger, list[Record]]],
) -> Contents:
    ids: dict[str, dict[int, None]] = {}
    for ledger, records in [*also, *((x, r) for _, parts in found for x, r, _ in parts)]:
        ids.setdefault(ledger.key, {}).update(dict.fromkeys(r.pk for r in records))
    items: list[Item] = []
    taken: set[str] = set()
    for nth, (head, parts) in enumerate(found, 1):
        folder = f"{nth:02} {_safe(head.title)}"
        items += [i for part in parts for i in _items(viewer, head, part, folder, taken)]
    full = {item.head for item in items}
    ledgers = viewer.setting.pack.ledgers
    return Contents(
        title,
        subject,
        tuple(head.title for head, _ in found),
        tuple(items),
        tuple((ledgers[key], tuple(known)) for key, known in ids.items() if known),
        tuple(head.title for head, parts in found if head.title not in full and not _papers(head, parts)),
    )


def _papers(head: ArchiveHead, parts: Iterable[_Part]) -> bool:
    """Has a part that asks for records, not for files, any?"""
    return bool(head.ledger) and not head.fields and any(records for _, records, _ in parts)


def _items(viewer: Viewer, head: ArchiveHead, part: _Part, folder: str, taken: set[str]) -> Iterator[Item]:
    ledger, records, fields = part
    refs = [(r, ref) for r in records for ref in shown_files(ledger, r) if not fields or ref["field"] in fields]
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
        note = "" if file.exif_taken_at else ("补录：照片里没有拍摄时间" if file.width else "")
        yield Item(head.title, ledger, record.number, ledger.fields[key].title, path, name, file, note)


def _unique(stem: str, end: str, taken: set[str]) -> str:
    path, n = f"{stem}{end}", 2
    while path.lower() in taken:
        path, n = f"{stem}_{n}{end}", n + 1
    taken.add(path.lower())
    return path


def _safe(text: str) -> str:
    """A name that every system can keep, at most 60 characters; what cannot stand in a path becomes a line."""
    return _UNSAFE.sub("_", text).strip(" .")[:60] or "_"
