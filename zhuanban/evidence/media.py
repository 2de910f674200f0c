"""What kind of content is this? Told by its bytes, never by its name. Pure.

A closed list: what is not known to be harmless to keep and to show is refused, with a reason of its own where people
will ask for one.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from zhuanban.core.problem import Kind
from zhuanban.evidence import problems

MB = 1_000_000
HEAD_BYTES = 65_536  # as much of the beginning as is looked at before the rest is taken in
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of content that is taken in. `limit_mb` bounds the file; `endings` are the names that belong to it."""

    mime: str
    title: str
    endings: tuple[str, ...]
    limit_mb: int
    picture: bool = False  # Pillow decodes it: measured, checked whole, thumbnails


JPEG = Media("image/jpeg", "照片", (".jpg", ".jpeg", ".jpe", ".jfif"), 40, picture=True)
PNG = Media("image/png", "图片", (".png",), 40, picture=True)
WEBP = Media("image/webp", "图片", (".webp",), 40, picture=True)
HEIC = Media("image/heic", "照片", (".heic", ".heif", ".hif"), 40)
PDF = Media("application/pdf", "PDF 文件", (".pdf",), 100)
MP4 = Media("video/mp4", "视频", (".mp4", ".m4v"), 300)
MOV = Media("video/quicktime", "视频", (".mov", ".qt"), 300)
GP3 = Media("video/3gpp", "视频", (".3gp", ".3gpp"), 300)
DOCX = Media("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文件", (".docx",), 50)
XLSX = Media("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 文件", (".xlsx",), 50)
TEXT = Media("text/plain", "文本文件", (".txt", ".csv", ".md", ".log", ".text", ""), 10)

ALL = (JPEG, PNG, WEBP, HEIC, PDF, MP4, MOV, GP3, DOCX, XLSX, TEXT)
BY_MIME = {media.mime: media for media in ALL}
PHOTOS = frozenset({JPEG, PNG, WEBP, HEIC})
VIDEOS = frozenset({MP4, MOV, GP3})

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"mmp4"}
)
_PROGRAMS = (
    b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"dex\n", b"\x00asm", b"L\x00\x00\x00\x01\x14\x02\x00", b"<?php", b"@echo off", b"!<arch>",
)  # fmt: skip
_ARCHIVES = (
    b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"MSCF\x00", b"PK\x05\x06",
)  # fmt: skip
_MARKUP = re.compile(rb"\s*<(?:[!?a-z/])", re.IGNORECASE)
_MARKUP_INSIDE = re.compile(rb"<(?:script|html|svg|iframe|body|!doctype)\b", re.IGNORECASE)
_UNSEEN = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # in UTF-8 and in GB18030 never part of a letter

_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 1_000 * MB


def first_look(head: bytes) -> Media | Kind | None:
    """What the first bytes say: a kind of content, why it is refused, or None for an office file (told by `office`).

    `head` holds the first HEAD_BYTES of the content, or all of it.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return None
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return problems.OLD_OFFICE
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_PROGRAMS) or text[:9].lower().startswith(_PROGRAMS):
        return problems.PROGRAM
    if head.startswith(b"MZ") and b"\x00" in head[:64]:  # MZ alone may begin a sentence
        return problems.PROGRAM
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar" or re.match(rb"BZh[1-9]1AY&SY", head):
        return problems.ARCHIVE
    if _MARKUP.match(text) or _MARKUP_INSIDE.search(head) or _MARKUP.match(_wide(head)):
        return problems.MARKUP
    return problems.UNKNOWN_TYPE if _UNSEEN.search(head) else TEXT  # if all of it is: `is_text`


def _boxed(head: bytes) -> Media | Kind:
    """HEIC or a video, by the brands that the file says it is compatible with."""
    size = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[8:12], *(head[i : i + 4] for i in range(16, size, 4))]
    if b"avif" in brands or b"avis" in brands:
        return problems.UNKNOWN_TYPE
    if brands[0] in _HEIC_BRANDS:
        return HEIC
    if brands[0] == b"qt  ":
        return MOV
    if brands[0].startswith(b"3g"):
        return GP3
    return MP4 if _MP4_BRANDS.intersection(brands) else problems.UNKNOWN_TYPE


def _wide(head: bytes) -> bytes:
    """The text of UTF-16, which browsers read as markup too."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) & ~1].decode("utf-16", "replace").encode().lstrip()
    return b""


def office(stream: BinaryIO) -> Media | Kind:
    """What a zip is: a Word or Excel file without macros, or why it is refused. Unpacks nothing."""
    try:
        with zipfile.ZipFile(stream) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, KeyError):
        return problems.BROKEN
    names = {entry.filename.lower() for entry in entries}
    found = DOCX if any(n.startswith("word/") for n in names) else XLSX
    if "[content_types].xml" not in names or not any(n.startswith(("word/", "xl/")) for n in names):
        return problems.ARCHIVE
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        return problems.SWELLS
    if any(n.endswith("vbaproject.bin") for n in names) or any("macrosheets/" in n for n in names):
        return problems.MACROS
    return found


def is_whole(media: Media, stream: BinaryIO, size: int) -> bool:
    """Does content that is not decoded here at least end where it says it does? A cut-off upload does not."""
    if media in VIDEOS or media is HEIC:
        return _boxes_fit(stream, size, {b"meta" if media is HEIC else b"moov", b"mdat"})
    if media is PDF:
        stream.seek(max(0, size - 4096))
        return b"%%EOF" in stream.read()
    return True


def _boxes_fit(stream: BinaryIO, size: int, wanted: set[bytes]) -> bool:
    """Walks the outermost boxes of an ISO base media file: each must end inside the file, and all `wanted` be there."""
    at, seen = 0, set()
    while at < size:
        stream.seek(at)
        head = stream.read(16)
        if len(head) < 8:
            return False
        length, shortest = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, shortest = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:  # to the end of the file
            length = size - at
        if length < shortest:
            return False
        seen.add(head[4:8])
        at += length
    return at == size and wanted <= seen


def is_text(stream: BinaryIO) -> bool:
    """Is all of it UTF-8, else all of it GB18030, without control characters?"""
    return any(_decodes(stream, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK):
            if _UNSEEN.search(chunk):
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def ending(name: str) -> str:
    """`.jpg` of a name, in small letters; "" without one."""
    stem, dot, last = name.rpartition(".")
    return dot + last.lower() if stem else ""


def served_name(name: str, media: Media) -> str:
    """The name to send content out under: with an ending that fits what it is, whatever it was called."""
    return name if ending(name) in media.endings else name + media.endings[0]


def titles(kinds: Sequence[Media]) -> str:
    """照片、图片 …, each once."""
    return "、".join(dict.fromkeys(media.title for media in kinds))
