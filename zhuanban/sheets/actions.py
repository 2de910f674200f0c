"""Import: workbooks as streets send them → rows → changes → the door → a marked-up copy of what was refused.

Good rows enter; every other one waits in the inbox, whole, with each of its faults. The same file again
changes nothing: a row's change id comes from the file's content and the row's place in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import transaction

from zhuanban.core import clock
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.ledger import inbox
from zhuanban.ledger.change import ALREADY, ENTERED, UNCHANGED, WAITING, Change, Outcome, Step
from zhuanban.ledger.door import BATCH, facts_of, submit, try_out, weigh
from zhuanban.ledger.models import Event, Record
from zhuanban.ledger.past import past_words
from zhuanban.ledger.problems import TWICE, UNKNOWN_LEDGER
from zhuanban.pack.values import Ledger
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor
from zhuanban.sheets import problems as says
from zhuanban.sheets.blame import at_cells, besides, placed
from zhuanban.sheets.book import Book, open_book
from zhuanban.sheets.echo import Echo, is_masked
from zhuanban.sheets.markup import origins, write_marked
from zhuanban.sheets.rows import Names, ReadRow, read_rows
from zhuanban.sheets.steps import Known, known_of, steps_for
from zhuanban.sheets.understand import MARKED_SHEET, Understanding, address, understand, vocabulary

Key = tuple[str, ...]


@dataclass(slots=True)
class FileReport:
    """What became of one file: rows of data, and how many entered as new or changed, were known, or wait."""

    file: str
    sheets: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    already: int = 0
    waiting: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    marked: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file, "rows": self.rows, "new": self.new, "changed": self.changed,
            "unchanged": self.unchanged, "already": self.already, "waiting": self.waiting, "sheets": self.sheets,
            "problems": [p.as_json() for p in self.problems],
            "warnings": [p.as_json() for p in self.warnings], "marked": self.marked,
        }  # fmt: skip


@dataclass(slots=True)
class ImportReport:
    """What became of an import; `problems` gathers those of all files."""

    ledger: str
    dry_run: bool
    files: list[FileReport] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return [p for f in self.files for p in f.problems]

    def total(self, what: str) -> int:
        return sum(int(getattr(f, what)) for f in self.files)

    def as_json(self) -> dict[str, Any]:
        counts = ("rows", "new", "changed", "unchanged", "already", "waiting")
        return {
            "ledger": self.ledger,
            "dry_run": self.dry_run,
            **{what: self.total(what) for what in counts},
            "files": [f.as_json() for f in self.files],
            "problems": [p.as_json() for p in self.problems],
        }

    def summary(self) -> str:
        """One line in Chinese."""
        names = "、".join(f.file for f in self.files[:3]) + ("等" if len(self.files) > 3 else "")
        return (
            f"{names}：{self.total('rows')}行，新登记{self.total('new')}，有变动{self.total('changed')}，"
            f"无变动{self.total('unchanged') + self.total('already')}，待处理{self.total('waiting')}"
        )


def import_files(
    setting: Setting,
    ledger_key: str,
    paths: Sequence[Path],
    actor: Actor,
    *,
    on: int | None = None,
    dry_run: bool = False,
    marked: Path | None = None,
) -> ImportReport:
    """Import workbooks into a ledger. `on` is the day that changes without a date of their own happened (today).

    With `marked`, a marked-up copy of every workbook with problems is written into that folder. A file that cannot be
    read is a problem of the report, not an exception. Raises Refused for an unknown ledger only.
    """
    ledger = next((x for x in setting.pack.ledgers.values() if ledger_key in (x.key, x.title)), None)
    if ledger is None:
        raise Refused(UNKNOWN_LEDGER.at(ledger=ledger_key, known="、".join(setting.pack.ledgers)))
    work = _Import(setting, ledger, actor, clock.today() if on is None else on, dry_run)
    work.taken.update(path.absolute() for path in paths)
    report = ImportReport(ledger.key, dry_run)
    for path in paths:
        report.files.append(work.file(path, marked))
    return report


class _Import:
    def __init__(self, setting: Setting, ledger: Ledger, actor: Actor, on: int, dry_run: bool) -> None:
        self.setting = setting
        self.ledger = ledger
        self.actor = actor
        self.on = on
        self.dry_run = dry_run
        self.words = vocabulary(ledger, setting.pack.grid)
        self.names = Names(setting.regions, setting.units, on)
        self.echo = Echo(ledger, self.names, on)
        self.taken: set[Path] = set()  # files that no marked-up copy may be written to
        self.met: dict[Key, tuple[Place, dict[str, Any]]] = {}  # what this import has said of a record, and where

    def file(self, path: Path, marked: Path | None) -> FileReport:
        report = FileReport(path.name)
        try:
            book = open_book(path)
        except Refused as refused:
            report.problems += refused.problems
            return report
        sha = _sha(path)
        before = origins(book)
        older: list[str] = []  # changes that the rows were when they came before, in the file that this is a copy of
        batch: list[tuple[ReadRow, str]] = []
        spoken_of: set[Key] = set()  # records that the batch speaks of; the second row about one waits for the first
        for sheet, row, nth in self._rows(book, report):
            report.rows += 1
            if ((key := self._key(row)) and key in spoken_of) or len(batch) == BATCH:
                self._enter(batch, report)
                batch, spoken_of = [], set()
            spoken_of.add(key)
            batch.append((row, self._change_id(sha, sheet, nth)))
            older += [self._change_id(origin, sheet, nth) for origin in before]
        if batch:
            self._enter(batch, report)
        if not self.dry_run:
            inbox.supersede(self.setting.campaign, older, clock.now(), self.actor)
        if report.rows == 0 and not report.problems:
            report.problems.append(says.NOTHING.at(Place(file=path.name), file=path.name))
        if marked is not None and report.problems:
            try:
                target = self._free(marked, path)
                report.marked = str(write_marked(book, report.problems, report.warnings, sha, target))
            except OSError as why:
                report.problems.append(says.NOT_MARKED.at(Place(file=path.name), why=why.strerror or str(why)))
        return report

    def _change_id(self, sha: str, sheet: str, nth: int) -> str:
        return hashlib.sha256(f"{sha}|{sheet}|{nth}|{self.ledger.key}".encode()).hexdigest()[:40]

    def _free(self, folder: Path, path: Path) -> Path:
        """Where a marked-up copy goes: two files of one name get two copies, and none of them takes a file's place."""
        stem = path.stem.removesuffix("_批注")
        nth = 1
        while (target := folder / f"{stem}_批注{f'（{nth}）' if nth > 1 else ''}.xlsx").absolute() in self.taken:
            nth += 1
        self.taken.add(target.absolute())
        return target

    def _rows(self, book: Book, report: FileReport) -> Iterator[tuple[str, ReadRow, int]]:
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
                report.warnings.append(says.SHEET_HIDDEN.at(place))
                continue
            found = understand(sheet, self.ledger, self.words, place)
            if not found.header_rows:
                lost += found.problems
                continue
            understood = True
            report.sheets.append(_sheet_json(sheet.name, found))
            missing = self._missing(found, place)
            if not missing:
                for row in read_rows(sheet, found, self.words, self.ledger, self.names, self.on, place):
                    yield sheet.name, row, row.said.place.row
            report.problems += [*found.problems, *missing]
            report.warnings += found.warnings
        (report.warnings if understood else report.problems).extend(lost)

    def _missing(self, found: Understanding, place: Place) -> list[Problem]:
        """Columns without which no record can be found or opened."""
        kinds = {(m.kind, m.key) for m in found.columns.values()}
        if ("number", "") in kinds:
            return []
        key = self.ledger.one_per or self.ledger.match
        where = Place(file=place.file, sheet=place.sheet, row=found.header_rows[-1])
        given = "、".join(found.heads.values())
        if not self.ledger.number_pattern:
            return [says.COLUMN_MISSING.at(where, column=self.ledger.number_title, given=given)]
        wanted = [self.ledger.fields[k].title for k in key if k in self.ledger.fields and ("field", k) not in kinds]
        if "region" in key and self.ledger.region_level and not {k for k, _ in kinds} & {"region", "level"}:
            wanted.append(self.ledger.region_title)
        return [says.COLUMN_MISSING.at(where, column=title, given=given) for title in wanted]

    # -- rows → changes ----------------------------------------------------------------------------------------------

    def _enter(self, batch: list[tuple[ReadRow, str]], report: FileReport) -> None:
        entered_before = self._entered_before([change_id for _, change_id in batch])
        known = self._known([row for row, _ in batch])
        past = self._past(batch, known)
        good: list[tuple[ReadRow, Change]] = []
        bad: list[tuple[ReadRow, Change]] = []
        for row, change_id in batch:
            if change_id in entered_before:
                report.already += 1
                continue
            key = self._key(row)
            if not row.problems and (twice := self._twice(key, row)) is not None:
                row.problems.append(twice)
            said = row.said
            record = known.get(key) if key else None
            if record is None and said.number:
                record = known.get((said.number,))
            said, masked = self.echo.sort(
                said, record.now.data if record else {}, past.get(record.number) if record else None
            )
            row.problems.extend(at_cells(masked, row))
            steps = steps_for(said, self.ledger, record, self.on, self.setting.regions)
            if not steps and not row.problems:
                report.unchanged += 1
                continue
            number = record.number if record else said.number
            subject = "|".join(key) if key else ""
            change = Change(change_id, self.ledger.key, steps, number, None, _source(row), subject)
            (bad if row.problems else good).append((row, change))
        self._keep(bad, report)
        changes = [change for _, change in good]
        enter = try_out if self.dry_run else submit
        for (row, change), outcome in zip(good, enter(self.setting.campaign, changes, self.actor), strict=True):
            self._count(row, change, outcome, report)

    def _past(self, batch: list[tuple[ReadRow, str]], known: dict[Key, Known]) -> dict[str, dict[str, str]]:
        """Number → personal words that a record once said, of records that rows with masked words speak of."""
        keys = {self._key(row) for row, _ in batch if any(map(is_masked, row.said.fields.values()))}
        numbers = [known[key].number for key in keys if key in known]
        if not numbers:
            return {}
        records = Record.objects.filter(campaign=self.setting.campaign, ledger=self.ledger.key)
        pks = {
            pk: number
            for i in range(0, len(numbers), 500)
            for pk, number in records.filter(number__in=numbers[i : i + 500]).values_list("pk", "number")
        }
        return {pks[pk]: words for pk, words in past_words(self.ledger, pks).items()}

    def _keep(self, bad: list[tuple[ReadRow, Change]], report: FileReport) -> None:
        """Rows with unreadable cells wait, each with what the door has to say of its other cells."""
        if not bad:
            return
        against = weigh(self.setting.campaign, [change for _, change in bad], self.actor)
        for (row, _), problems in zip(bad, against, strict=True):
            row.problems.extend(besides(problems, row))
            report.problems += row.problems
        report.waiting += len(bad)
        if not self.dry_run:
            with transaction.atomic():
                waiting = [(self._waiting(row, change.id), tuple(row.problems)) for row, change in bad]
                inbox.keep(self.setting, waiting, self.actor, clock.now())

    def _count(self, row: ReadRow, change: Change, outcome: Outcome, report: FileReport) -> None:
        match outcome.status:
            case status if status == ENTERED:
                if change.steps[0].verb == "create":
                    report.new += 1
                else:
                    report.changed += 1
            case status if status == UNCHANGED:
                report.unchanged += 1
            case status if status == ALREADY:
                report.already += 1
            case _:
                assert outcome.status == WAITING
                report.waiting += 1
                report.problems += placed(outcome.problems, row)

    def _entered_before(self, change_ids: list[str]) -> set[str]:
        found: set[str] = set()
        for i in range(0, len(change_ids), 500):
            rows = Event.objects.filter(campaign=self.setting.campaign, change__in=change_ids[i : i + 500])
            found.update(rows.values_list("change", flat=True))
        return found

    def _key(self, row: ReadRow) -> Key:
        """What tells this row's record: its number, else the fields that the pack names; () where nothing does."""
        said = row.said
        if said.number:
            return (said.number,)
        keys = self.ledger.match or self.ledger.one_per
        parts = [
            said.region if k == "region" else said.unit if k == "unit" else str(said.fields.get(k, "")) for k in keys
        ]
        return tuple(parts) if parts and all(parts) else ()

    def _twice(self, key: Key, row: ReadRow) -> Problem | None:
        """The same record elsewhere in this import, saying something else."""
        if not key:
            return None
        said = {**row.said.fields, **{f"@{m}": d for m, d in row.said.dates.items()}}
        before = self.met.get(key)
        if before is None:
            self.met[key] = (row.said.place, said)
            return None
        place, other = before
        differing = [k for k in said.keys() & other.keys() if said[k] != other[k]]
        if not differing:
            return None
        titles = [self.ledger.fields[k].title if k in self.ledger.fields else k.lstrip("@") for k in sorted(differing)]
        here = row.said.place
        if (column := row.at.get(titles[0])) is not None:
            here = replace(here, cell=address(here.row, column), column=titles[0])
        return TWICE.at(here, fields="、".join(titles), other=str(place))

    def _known(self, rows: list[ReadRow]) -> dict[Key, Known]:
        """The records that these rows speak of, by number and by key."""
        numbers = sorted({r.said.number for r in rows if r.said.number})
        found: dict[int, tuple[str, Key]] = {}
        for i in range(0, len(numbers), 500):
            records = Record.objects.filter(
                campaign=self.setting.campaign, ledger=self.ledger.key, number__in=numbers[i : i + 500]
            )
            found.update({pk: (n, (n,)) for pk, n in records.values_list("pk", "number")})
        keys = {key for r in rows if not r.said.number and (key := self._key(r))}
        if keys:
            found.update(self._by_key(keys, {r.said.region for r in rows}))
        return {found[pk][1]: known_of(found[pk][0], facts) for pk, facts in facts_of(found).items()}

    def _by_key(self, keys: set[Key], regions: set[str]) -> Iterator[tuple[int, tuple[str, Key]]]:
        names = self.ledger.match or self.ledger.one_per
        records = Record.objects.filter(campaign=self.setting.campaign, ledger=self.ledger.key, withdrawn=False)
        if "region" in names:
            records = records.filter(region__in=regions)
        for pk, number, region, unit, data in records.values_list("pk", "number", "region", "unit", "data").iterator():
            parts = [region if k == "region" else unit if k == "unit" else str(data.get(k, "")) for k in names]
            if tuple(parts) in keys:
                yield pk, (number, tuple(parts))

    def _waiting(self, row: ReadRow, change_id: str) -> Change:
        """A row with faults as a change for the inbox: what could be read of it, and its cells as they were."""
        said = row.said
        step = Step("create", None, "", dict(said.fields), said.region or None, said.unit or None)
        key = self._key(row)
        return Change(
            change_id, self.ledger.key, (step,), said.number, None, {**_source(row), "cells": row.raw}, "|".join(key)
        )


def _source(row: ReadRow) -> dict[str, Any]:
    place = row.said.place
    return {"file": place.file, "sheet": place.sheet, "row": place.row}


def _sheet_json(name: str, found: Understanding) -> dict[str, Any]:
    columns = [
        {"head": head, "means": (f"{m.kind}:{m.key}" if m.key else m.kind) if (m := found.columns.get(c)) else ""}
        for c, head in found.heads.items()
    ]
    return {"sheet": name, "header_rows": list(found.header_rows), "columns": columns}


def _sha(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
