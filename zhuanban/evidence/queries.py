"""Reads: is a content here, open it, its thumbnail; and does the store still hold what was put there?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import Q

from zhuanban.atlas.frames import Frame, Point
from zhuanban.core.faults import reason
from zhuanban.core.problem import Problem, Refused
from zhuanban.evidence import pictures, problems
from zhuanban.evidence.actions import clean_name, store
from zhuanban.evidence.media import BY_MIME, Media, served_name
from zhuanban.evidence.models import File, Upload
from zhuanban.evidence.store import write_whole
from zhuanban.people.models import Campaign

_AT_ONCE = 500  # names in one question; SQLite counts them


@dataclass(frozen=True, slots=True)
class Original:
    """A content opened for reading, untouched; the caller closes `stream`. `name` has an ending that fits `media`."""

    stream: BinaryIO
    media: Media
    size: int
    name: str


def brought_by(campaign: Campaign, sha256s: Collection[str]) -> dict[str, set[str]]:
    """Content → logins of who uploaded it to this campaign ("" the local operator); strangers left out."""
    wanted = list(sha256s)
    found: dict[str, set[str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = Upload.objects.filter(campaign=campaign, file__sha256__in=wanted[start : start + _AT_ONCE])
        for sha256, login in rows.values_list("file__sha256", "by__username"):
            found.setdefault(sha256, set()).add(login or "")
    return found


def media_of(campaign: Campaign, sha256s: Collection[str]) -> dict[str, Media]:
    """What each of these contents is, of those that were uploaded to this campaign."""
    wanted = list(sha256s)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = File.objects.filter(uploads__campaign=campaign, sha256__in=wanted[start : start + _AT_ONCE])
        found.update(rows.values_list("sha256", "media"))
    return {sha256: BY_MIME[mime] for sha256, mime in found.items()}


def described(campaign: Campaign, sha256s: Collection[str]) -> dict[str, File]:
    """What is known of each of these contents, of those that were uploaded to this campaign."""
    wanted = list(sha256s)
    found: dict[str, File] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = File.objects.filter(uploads__campaign=campaign, sha256__in=wanted[start : start + _AT_ONCE])
        found.update({file.sha256: file for file in rows.distinct()})
    return found


@dataclass(frozen=True, slots=True)
class Shot:
    """When (UTC microseconds) and where a content was made: as it says itself (EXIF), and as its bringer claimed."""

    media: Media
    size: int
    exif_at: int | None = None
    exif_place: Point | None = None
    claimed_at: int | None = None
    claimed_place: Point | None = None

    @property
    def at(self) -> int | None:
        """By its own word, else by its bringer's."""
        return self.claimed_at if self.exif_at is None else self.exif_at

    @property
    def place(self) -> Point | None:
        return self.exif_place or self.claimed_place


def shots(campaign: Campaign, sha256s: Collection[str]) -> dict[str, Shot]:
    """Each of these contents, of those that were uploaded to this campaign; of several claims the first."""
    wanted = list(sha256s)
    found: dict[str, Shot] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = Upload.objects.filter(campaign=campaign, file__sha256__in=wanted[start : start + _AT_ONCE])
        for row in rows.select_related("file").order_by("pk"):
            file, known = row.file, found.get(row.file.sha256)
            place = _point(row.claimed_lon, row.claimed_lat, row.claimed_frame, None)
            if known is None:
                own = _point(file.exif_lon, file.exif_lat, file.exif_frame, file.exif_accuracy_m)
                known = Shot(BY_MIME[file.media], file.size, file.exif_taken_at, own)
            at = row.claimed_at if known.claimed_at is None else known.claimed_at
            found[file.sha256] = replace(known, claimed_at=at, claimed_place=known.claimed_place or place)
    return found


def _point(lon: float | None, lat: float | None, frame: str, accuracy_m: float | None) -> Point | None:
    return None if lon is None or lat is None else Point(lon, lat, Frame(frame or Frame.WGS84), accuracy_m)


def alike(sha256s: Collection[str]) -> set[str]:
    """These contents, and all pictures that are nearly the same as one of them, or as its mirror image."""
    wanted = list(sha256s)
    found = set(wanted)
    for start in range(0, len(wanted), _AT_ONCE):
        files = File.objects.filter(sha256__in=wanted[start : start + _AT_ONCE], likeness__isnull=False)
        for likenesses in files.values_list("likeness", "mirrored"):
            for likeness in filter(None, likenesses):
                same = Q()
                for band, value in enumerate(pictures.bands(likeness)):
                    same |= Q(bands__band=band, bands__value=value)
                near = File.objects.filter(same).values_list("sha256", "likeness").distinct()
                found.update(sha256 for sha256, other in near if other and pictures.is_near(likeness, other))
    return found


def file_of(campaign: Campaign, sha256: str) -> File:
    """The row of a content of this campaign. Raises Refused; absent and another campaign's look the same."""
    found = File.objects.filter(uploads__campaign=campaign, sha256=sha256).first()
    if found is None:
        raise Refused(problems.NOT_FOUND.at())
    return found


def open_original(campaign: Campaign, sha256: str, name: str = "") -> Original:
    """The content as it was brought. Raises Refused where it is not here or cannot be read.

    `name` is the one that the asking record gives it. Without it the address is the name: what somebody else called the
    same content may tell who he is (a reporter's name in a file's), and is nobody's to see.
    """
    file = file_of(campaign, sha256)
    name = clean_name(name) if name else sha256[:12]
    media = BY_MIME[file.media]
    try:
        stream = store().open(sha256)
    except FileNotFoundError:
        raise Refused(problems.MISSING.at(sha256=sha256)) from None
    except OSError as why:
        raise Refused(problems.NOT_READABLE.at(sha256=sha256, why=reason(why))) from why
    return Original(stream, media, file.size, served_name(name, media))


def thumbnail(campaign: Campaign, sha256: str, px: int) -> bytes:
    """A small JPEG of a picture, upright, without EXIF; kept below `thumbnails/` once made.

    `px` is its longer side, taken to the next of THUMBNAIL_SIZES, so that no one can fill the disk with sizes.
    Raises Refused where the content is not here, is no picture that can be drawn, or cannot be read.
    """
    file = file_of(campaign, sha256)
    media = BY_MIME[file.media]
    if not media.picture:
        raise Refused(problems.NO_THUMBNAIL.at(what=media.title))
    side = next((s for s in pictures.THUMBNAIL_SIZES if s >= px), pictures.THUMBNAIL_SIZES[-1])
    cached = Path(settings.ZHUANBAN_HOME) / "thumbnails" / sha256[:2] / f"{sha256}-{side}.jpg"
    with suppress(OSError):  # not made yet, or not readable: then it is made
        return cached.read_bytes()
    path = store().path(sha256)
    if not path.exists():
        raise Refused(problems.MISSING.at(sha256=sha256))
    try:
        made = pictures.thumbnail(path, media, side)
    except (pictures.Broken, pictures.TooManyPixels) as why:
        raise Refused(problems.NOT_READABLE.at(sha256=sha256, why="图片已损坏")) from why
    with suppress(OSError):  # a full disk must not hide a picture that can be shown
        write_whole(cached, made)
    return made


def verify_store() -> list[Problem]:
    """Everything wrong with the store: contents missing or altered, and files that are none of its own.

    Reads every kept byte. A content without a row (an upload that was broken off between the two) is no fault.
    """
    return list(_faults())


def _faults() -> Iterator[Problem]:
    house = store()
    for sha256, size in File.objects.order_by("pk").values_list("sha256", "size").iterator():
        try:
            if house.path(sha256).stat().st_size != size or not house.is_sound(sha256):
                yield problems.ALTERED.at(sha256=sha256)
        except FileNotFoundError:
            yield problems.MISSING.at(sha256=sha256)
        except OSError as why:
            yield problems.NOT_READABLE.at(sha256=sha256, why=reason(why))
    for path in house.strangers():
        yield problems.STRANGER.at(path=path.relative_to(house.folder).as_posix())
