"""What belongs into an archive (档案), as a pack says it: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhuanban.core.problem import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class ArchiveHead:
    """One part of an archive: files of the archive's own record, or of records that name it by a link.

    Of a region: of the records in it; with `by`, a point field, also of those of the regions above that lie there.

    `fields`: only these (ledger, field); () takes every file of `ledger`. `pairs`: the two pictures of one place.
    """

    title: str
    ledger: str = ""
    by: str = ""  # link field of `ledger` (or of the fields' or the form's ledger) that names the archive's record
    fields: tuple[tuple[str, str], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()  # () or (before, after)
    form: str = ""  # a form, filled as of the day
    optional: bool = False  # nothing in it is nothing amiss
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Archive:
    """What belongs into the file (档案) of each record of `ledger`, or of each region of `level`."""

    key: str
    title: str
    ledger: str
    level: str
    heads: tuple[ArchiveHead, ...]
    source: str = ""
    at: Place = field(default=NOWHERE, compare=False)
