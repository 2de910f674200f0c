"""Writes: keep what is brought."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from zhuanban.atlas.frames import Point
from zhuanban.core import clock
from zhuanban.core.problem import Kind, Place, Refused
from zhuanban.evidence import media as kinds
from zhuanban.evidence import pictures, problems
from zhuanban.evidence.media import Media
from zhuanban.evidence.models import File, PictureBand, Upload
from zhuanban.evidence.store import Store, Taken, TooLarge
from zhuanban.pack.values import FieldType
from zhuanban.people.models import Campaign

LONGEST_NAME = 200
NAMELESS = "未命名"

# What a field of files takes. Signatures are evidence like photos; a phone writes them as drawings.
FITS: dict[FieldType, frozenset[Media]] = {
    FieldType.PHOTO: kinds.PHOTOS,
    FieldType.SIGNATURE: frozenset({kinds.JPEG, kinds.PNG, kinds.WEBP}),
    FieldType.VIDEO: kinds.VIDEOS,
    FieldType.FILE: frozenset(kinds.ALL),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What the bringer says: when (UTC microseconds) and where it was made. Kept apart from what the file says."""

    at: int | None = None
    point: Point | None = None


def store() -> Store:
    """The store of this data folder."""
    return Store(Path(settings.ZHUANBAN_HOME) / "evidence")


def keep(
    campaign: Campaign,
    content: BinaryIO | bytes,
    name: str,
    by: int | None = None,
    claim: Claim | None = None,
    use: FieldType = FieldType.FILE,
) -> dict[str, str]:
    """Keep a content brought to a campaign by a user (his id; None: the local operator). Gives `{"sha256", "name"}`.

    1. Look at the first bytes: what is never kept is refused before anything is written.
    2. Take it in, a chunk at a time, up to the limit of its kind.
    3. Look at the whole: is it what it began as, complete, harmless, fit for `use`?
    4. Put it at its address, then write its rows. The file comes first: a row without its file would be a lie, a file
       without its row is only unused.

    Bringing the same again changes nothing. Raises Refused, and then nothing is left behind.
    """
    name = clean_name(name)
    stream = io.BytesIO(content) if isinstance(content, bytes | bytearray | memoryview) else content
    house = store()
    try:
        with house.take(stream, lambda head: _limit(head, name)) as taken:
            found = _second_look(taken, name)
            wanted = FITS[use]
            if found not in wanted:
                raise _refused(problems.WRONG_USE, name, what=found.title, wanted=_in_words(wanted))
            facts = _facts(taken, found, name)
            house.keep(taken)
    except TooLarge as large:
        most = kinds.first_look(large.head)
        what = most if isinstance(most, Media) else kinds.DOCX
        raise _refused(problems.TOO_LARGE, name, what=what.title, limit=what.limit_mb) from None
    return _write(campaign, taken, found, facts, name, by, claim or Claim())


def sweep() -> int:
    """Remove what uploads interrupted more than a day ago left behind; how many files. Safe at any time."""
    return store().sweep()


def clean_name(name: str) -> str:
    """The name as given, without folders, unseen characters (they can turn a name around) and excess length."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if not unicodedata.category(c).startswith("C") and c not in "\u2028\u2029").strip()
    if len(seen) > LONGEST_NAME:
        tail = kinds.ending(seen)[-20:]
        seen = seen[: LONGEST_NAME - len(tail)] + tail
    return seen if seen.strip(". ") else NAMELESS


# Looks ----------------------------------------------------------------------------------------------------------------


def _limit(head: bytes, name: str) -> int:
    """How many bytes may come, by the first of them. Raises Refused for what is never kept."""
    if not head:
        raise _refused(problems.EMPTY, name)
    look = kinds.first_look(head)
    if isinstance(look, Kind):
        raise _refused(look, name)
    return (look or kinds.DOCX).limit_mb * kinds.MB


def _second_look(taken: Taken, name: str) -> Media:
    """What the whole content is. Raises Refused where it is not what it began as."""
    look = kinds.first_look(taken.head)
    with taken.path.open("rb") as stream:
        if look is None:
            look = kinds.office(stream)
        if isinstance(look, Kind):
            raise _refused(look, name, what="文件")
        if look is kinds.TEXT:
            if not kinds.is_text(stream):
                raise _refused(problems.UNKNOWN_TYPE, name)
            # A script is a text too; only its name tells.
            if kinds.ending(name) not in kinds.TEXT.endings:
                raise _refused(problems.PROGRAM, name)
        if not kinds.is_whole(look, stream, taken.size):
            raise _refused(problems.BROKEN, name, what=look.title)
    return look


def _facts(taken: Taken, found: Media, name: str) -> pictures.Facts | None:
    if not found.picture:
        return None
    try:
        return pictures.facts(taken.path, found)
    except pictures.Broken:
        raise _refused(problems.BROKEN, name, what=found.title) from None
    except pictures.TooManyPixels as size:
        width, height, limit = size.args
        shown = f"{width}×{height}" if height != 1 else f"{width}"
        raise _refused(problems.TOO_MANY_PIXELS, name, size=shown, limit=limit // 10_000) from None


def _refused(kind: Kind, name: str, **words: object) -> Refused:
    return Refused(kind.at(Place(file=name), name=name, allowed=problems.ALLOWED, **words))


def _in_words(wanted: Collection[Media]) -> str:
    return kinds.titles([media for media in kinds.ALL if media in wanted])


# Rows -----------------------------------------------------------------------------------------------------------------


def _write(
    campaign: Campaign,
    taken: Taken,
    found: Media,
    facts: pictures.Facts | None,
    name: str,
    by: int | None,
    claim: Claim,
) -> dict[str, str]:
    at = clock.now()
    said: dict[str, object] = {}
    if facts is not None:
        said = {
            "width": facts.width,
            "height": facts.height,
            "exif_taken_at": facts.taken_at,
            "likeness": facts.likeness,
            "mirrored": facts.mirrored,
        }
        if facts.place is not None:
            said |= {
                "exif_lon": facts.place.lon,
                "exif_lat": facts.place.lat,
                "exif_frame": facts.place.frame.value,
                "exif_accuracy_m": facts.place.accuracy_m,
            }
    point = claim.point
    with transaction.atomic():
        file, new = File.objects.get_or_create(
            sha256=taken.sha256, defaults={"size": taken.size, "media": found.mime, "first_at": at, **said}
        )
        if new and file.likeness is not None:
            parts = enumerate(pictures.bands(file.likeness))
            PictureBand.objects.bulk_create(PictureBand(file=file, band=i, value=value) for i, value in parts)
        same = Upload.objects.filter(
            campaign=campaign,
            file=file,
            name=name,
            by_id=by,
            claimed_at=claim.at,
            claimed_lon=point.lon if point else None,
            claimed_lat=point.lat if point else None,
        )
        if not same.exists():
            Upload.objects.create(
                campaign=campaign,
                file=file,
                name=name,
                by_id=by,
                at=at,
                claimed_at=claim.at,
                claimed_lon=point.lon if point else None,
                claimed_lat=point.lat if point else None,
                claimed_frame=point.frame.value if point else "",
            )
    return {"sha256": taken.sha256, "name": name}
