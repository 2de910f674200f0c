"""Files → what they say, piece by piece and in order; where there is much to read, in a second process.

Nothing here knows Django: the second process starts in a moment and holds no database. It runs ahead of whoever enters
the rows by what fits into the pipe between them, so neither holds a whole file's rows.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from zhuanban.core.problem import NOWHERE, Place, Problem, Refused
from zhuanban.pack.frame import Grid
from zhuanban.pack.values import Ledger
from zhuanban.people.tree import Tree
from zhuanban.sheets import problems as says
from zhuanban.sheets.book import Book, open_book, origins
from zhuanban.sheets.rows import Names, ReadRow, read_rows
from zhuanban.sheets.understand import MARKED_SHEET, Understanding, understand, vocabulary

AT_A_TIME = 500  # rows
MUCH = 1_000_000  # bytes of files that are worth a second process
_AHEAD = 1 << 20  # bytes that wait in the pipe
_START = f"from {__name__} import serve; serve()"
_USUAL = gc.get_threshold()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What reading has to know of a campaign: plain values, so that another process can have them.

    `on` is the day that dates without a year refer to.
    """

    ledger: Ledger
    grid: Grid
    regions: Tree
    units: Tree
    on: int


@dataclass(slots=True)
class Part:
    """A piece of a file: what is to be reported of it, and rows of one sheet.

    `place` names file and sheet of the rows; `change` begins their change ids and is made from the file's content, so
    that the same row of the same file has the same id for ever.
    """

    place: Place = NOWHERE
    change: str = ""
    older: tuple[str, ...] = ()  # the same of the files that this one is a marked-up copy of
    rows: list[ReadRow] = field(default_factory=list)
    dated: int | None = None  # the day on which their sheet says that it was filled in
    sheet: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@contextlib.contextmanager
def quiet_collector() -> Iterator[None]:
    """Inside the block, look for cycles of dead values far less often: bulk work makes hardly any, and looking for them
    takes a fifth of its time. Never not at all, so that memory stays bounded.
    """
    gc.set_threshold(100_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)


def read_files(paths: Sequence[Path], wanted: Wanted) -> Generator[tuple[Path, Iterator[Part]]]:
    """Each file with its parts; these must be taken before the next file is. A file that cannot be read says so."""
    if sum(path.stat().st_size for path in paths if path.is_file()) < MUCH:
        reader = Reader(wanted)
        for path in paths:
            yield path, reader.parts(path)
        return
    helper = _Helper(paths, wanted)
    try:
        for n, path in enumerate(paths):
            yield path, helper.parts(path)
            if helper.dead and n + 1 < len(paths):
                helper.stop()
                helper = _Helper(paths[n + 1 :], wanted)
    finally:
        helper.stop()


class Reader:
    """Reads files of one import, here and now."""

    def __init__(self, wanted: Wanted) -> None:
        self.ledger = wanted.ledger
        self.on = wanted.on
        self.words = vocabulary(wanted.ledger, wanted.grid)
        self.names = Names(wanted.regions, wanted.units, wanted.on)

    def parts(self, path: Path) -> Iterator[Part]:
        try:
            book = open_book(path)
            sha = file_hash(path)
        except Refused as refused:
            yield Part(problems=list(refused.problems))
            return
        yield from self._sheets(book, sha, origins(book))

    def _sheets(self, book: Book, sha: str, before: Sequence[str]) -> Iterator[Part]:
        """Every row of data of every sheet. A sheet without a header is a problem only where no sheet has one."""
        lost: list[Problem] = []
        understood = False
        for sheet in book.sheets:
            if sheet.name == MARKED_SHEET:
                continue
            if not any(any(v is not None for v in row) for _, row in sheet.rows()):
                continue
            place = Place(file=book.path.name, sheet=sheet.name)
            if sheet.hidden:
                yield Part(warnings=[says.SHEET_HIDDEN.at(place)])
                continue
            found = understand(sheet, self.ledger, self.words, place)
            if not found.header_rows:
                lost += found.problems
                continue
            understood = True
            missing = self._missing(found, place)
            yield Part(sheet=_sheet_json(sheet.name, found))
            if not missing:
                change, *older = (self._change(each, sheet.name) for each in (sha, *before))
                rows = read_rows(sheet, found, self.words, self.ledger, self.names, self.on, place)
                while some := list(islice(rows, AT_A_TIME)):
                    yield Part(place, change, tuple(older), some, found.dated)
            # Sums are compared while the rows are read, so what there is to say of the sheet comes last.
            yield Part(problems=[*found.problems, *missing], warnings=found.warnings)
        if lost:
            yield Part(warnings=lost) if understood else Part(problems=lost)

    def _change(self, sha: str, sheet: str) -> str:
        return hashlib.sha256(f"{sha}|{sheet}|{self.ledger.key}".encode()).hexdigest()[:40]

    def _missing(self, found: Understanding, place: Place) -> list[Problem]:
        """Columns without which no record can be found or opened."""
        kinds = {(m.kind, m.key) for m in found.columns.values()}
        if ("number", "") in kinds:
            return []
        key = self.ledger.match or self.ledger.one_per
        where = Place(file=place.file, sheet=place.sheet, row=found.header_rows[-1])
        given = "、".join(found.heads.values())
        if not self.ledger.number_pattern:
            return [says.COLUMN_MISSING.at(where, column=self.ledger.number_title, given=given)]
        wanted = [self.ledger.fields[k].title for k in key if k in self.ledger.fields and ("field", k) not in kinds]
        if "region" in key and self.ledger.region_level and not {k for k, _ in kinds} & {"region", "level"}:
            wanted.append(self.ledger.region_title)
        return [says.COLUMN_MISSING.at(where, column=title, given=given) for title in wanted]


def _sheet_json(name: str, found: Understanding) -> dict[str, Any]:
    columns = [
        {"head": head, "means": (f"{m.kind}:{m.key}" if m.key else m.kind) if (m := found.columns.get(c)) else ""}
        for c, head in found.heads.items()
    ]
    return {"sheet": name, "header_rows": list(found.header_rows), "columns": columns}


def file_hash(path: Path) -> str:
    """Hex SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Helper:
    """The second process, and our end of the pipe from it."""

    def __init__(self, paths: Sequence[Path], wanted: Wanted) -> None:
        self.dead = False
        self._process = subprocess.Popen(  # noqa: S603  (this program, by its own interpreter)
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._out = self._process.stdout
        with contextlib.suppress(OSError):  # a system may allow less: then the helper runs less far ahead
            fcntl.fcntl(self._out.fileno(), fcntl.F_SETPIPE_SZ, _AHEAD)
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stream:
            pickle.dump((wanted, [path.absolute() for path in paths]), stream)

    def parts(self, path: Path) -> Iterator[Part]:
        """The parts of the next file. A reader that dies of a file has found that file broken."""
        try:
            while (part := pickle.load(self._out)) is not None:  # noqa: S301  (written by our own process)
                if isinstance(part, Exception):
                    raise part
                yield part
        except (EOFError, pickle.UnpicklingError):
            self.dead = True
            yield Part(problems=[says.BROKEN.at(Place(file=path.name), file=path.name)])

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._out.close()


def serve() -> None:
    """The second process: what is wanted comes in, parts go out, None after each file."""
    wanted, paths = pickle.load(sys.stdin.buffer)  # noqa: S301  (written by the process that started this one)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library may print does not get among the parts
    reader = Reader(wanted)
    with quiet_collector():
        for path in paths:
            try:
                for part in reader.parts(path):
                    pickle.dump(part, out, pickle.HIGHEST_PROTOCOL)
                    out.flush()
            except BrokenPipeError:
                os._exit(0)  # nobody listens any more
            except Exception as fault:
                pickle.dump(fault, out)
                return
            pickle.dump(None, out)
            out.flush()
