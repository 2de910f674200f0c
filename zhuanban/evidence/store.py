"""The content-addressed store: a file lies at `ab/cd/<sha256>`, where its content says. Knows no database.

Content is written to a temporary file in the same folder tree, forced to the disk, and renamed. So a file at its
address is whole, whenever the machine stops. What lies there is never written to again.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO

from zhuanban.core.faults import FULL, reason
from zhuanban.core.problem import Refused
from zhuanban.evidence import problems
from zhuanban.evidence.media import HEAD_BYTES

CHUNK = 1 << 20
_ADDRESS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Taken:
    """Content taken in but not yet kept: a temporary file, gone when the block ends."""

    path: Path
    sha256: str
    size: int
    head: bytes


class TooLarge(Exception):
    """More bytes came than the first look at `head` allowed."""

    def __init__(self, head: bytes) -> None:
        self.head = head


class Store:
    """The store below a folder, which is made when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"

    def path(self, sha256: str) -> Path:
        """Where this content lies, or would lie. ValueError for what is no address."""
        if not _ADDRESS.fullmatch(sha256):
            raise ValueError(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def take(self, stream: BinaryIO, limit: Callable[[bytes], int]) -> Iterator[Taken]:
        """Take content in, a chunk at a time. `limit` is told the first bytes and says how many there may be.

        Raises TooLarge; Refused where the folder cannot be written. What `limit` raises goes through.
        """
        head = _read(stream, HEAD_BYTES)
        most = limit(head)
        path = None
        try:
            with disk_problems():
                self.incoming.mkdir(parents=True, exist_ok=True)
                handle, name = tempfile.mkstemp(dir=self.incoming)
            path = Path(name)
            digest, size, chunk = hashlib.sha256(), 0, head
            # Unbuffered: a buffer that could not be emptied would complain again when closed, and hide the reason.
            with open(handle, "wb", buffering=0) as out:
                while chunk:
                    size += len(chunk)
                    if size > most:
                        raise TooLarge(head)
                    digest.update(chunk)
                    with disk_problems():
                        _write(out, chunk)
                    chunk = _read(stream, CHUNK)
                with disk_problems():
                    os.fsync(out.fileno())
            yield Taken(path, digest.hexdigest(), size, head)
        finally:
            if path is not None:
                path.unlink(missing_ok=True)

    def keep(self, taken: Taken) -> None:
        """Put taken content at its address. Content that is there already and whole is left untouched."""
        path = self.path(taken.sha256)
        with disk_problems():
            if path.exists() and self.is_sound(taken.sha256):
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            os.chmod(taken.path, 0o444)
            os.replace(taken.path, path)
            for folder in (path.parent, path.parent.parent, self.folder):
                _force(folder)

    def open(self, sha256: str) -> BufferedReader:
        """The content, to read. FileNotFoundError, OSError."""
        return self.path(sha256).open("rb")

    def is_sound(self, sha256: str) -> bool:
        """Does the content still make its address? FileNotFoundError where it is missing."""
        with self.open(sha256) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256

    def addresses(self) -> Iterator[str]:
        """The contents that lie here, in order."""
        for first in _sorted_folders(self.folder):
            for second in _sorted_folders(first):
                names = sorted(path.name for path in second.iterdir() if _ADDRESS.fullmatch(path.name))
                yield from (name for name in names if self.path(name).parent == second)

    def strangers(self) -> Iterator[Path]:
        """Files that lie where no content of theirs would lie."""
        for path in sorted(p for p in self.folder.rglob("*") if not p.is_dir() or p.is_symlink()):
            if self.incoming in path.parents:
                continue
            if path.is_symlink() or not _ADDRESS.fullmatch(path.name) or path != self.path(path.name):
                yield path

    def sweep(self, older_than_s: float = 86_400.0) -> int:
        """Remove what interrupted uploads left behind; how many. The age keeps running uploads safe."""
        gone = 0
        for path in self.incoming.glob("*"):
            if time.time() - path.stat().st_mtime > older_than_s:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


@contextmanager
def disk_problems() -> Iterator[None]:
    """Turns what the disk refuses into a problem that says what to do."""
    try:
        yield
    except OSError as why:
        if why.errno in FULL:
            raise Refused(problems.DISK_FULL.at()) from why
        raise Refused(problems.NOT_WRITABLE.at(why=reason(why))) from why


def _sorted_folders(folder: Path) -> list[Path]:
    """The folders of two hexadecimal digits below this one."""
    return sorted(path for path in folder.glob("[0-9a-f][0-9a-f]") if path.is_dir())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with open(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(stream: BinaryIO, most: int) -> bytes:
    """Up to `most` bytes; fewer only at the end. A socket gives what it has, so one read is not enough."""
    parts, missing = [], most
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _write(out: RawIOBase, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[out.write(rest) or 0 :]


def _force(folder: Path) -> None:
    """Force a folder's entries to the disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
