"""Import: workbooks as streets send them → rows → changes → the door → a marked-up copy of what was refused.

Good rows enter; every other one waits in the inbox, whole, with each of its faults. The same file again
changes nothing: a row's change id comes from the file's content and the row's place in it.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from zhuanban.core import clock
from zhuanban.core.faults import reason
from zhuanban.core.natural import natural
from zhuanban.core.problem import Place, Problem, Refused, choices
from zhuanban.ledger import inbox
from zhuanban.ledger.change import ALREADY, ENTERED, UNCHANGED, WAITING, Change, Outcome, Step
from zhuanban.ledger.door import BATCH, dry, submit, try_out, weigh
from zhuanban.ledger.draft import one_key
from zhuanban.ledger.models import Event, Record
from zhuanban.ledger.numbers import kept_numbers
from zhuanban.ledger.past import past_words
from zhuanban.ledger.problems import TWICE, UNKNOWN_LEDGER
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.stored import CHUNK, facts_of, marks
from zhuanban.pack.values import Ledger
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor
from zhuanban.sheets import problems as says
from zhuanban.sheets.blame import at_cells, besides, in_order, placed
from zhuanban.sheets.book import open_book
from zhuanban.sheets.echo import Echo, is_masked
from zhuanban.sheets.folder import Folder
from zhuanban.sheets.links import LinkNames
from zhuanban.sheets.markup import write_marked
from zhuanban.sheets.reading import Part, Wanted, file_hash, quiet_collector, read_files
from zhuanban.sheets.rows import Names, ReadRow
from zhuanban.sheets.steps import Known, Planner, RowSaid, known_of, news
from zhuanban.sheets.twice import SaidBefore
from zhuanban.sheets.understand import address

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
    files: Path | None = None,
) -> ImportReport:
    """Import workbooks into a ledger. `on` is the day that changes without a date of their own happened (today).

    With `marked`, a marked-up copy of every workbook with problems is written into that folder. A file that cannot be
    read is a problem of the report, not an exception. In cells of photos and other files stand names of what lies in
    the folder `files`; it is kept as evidence (in a dry run too, without a trace in the tables). Raises Refused for an
    unknown ledger, and a folder that is none.
    """
    ledger = next((x for x in setting.pack.ledgers.values() if ledger_key in (x.key, x.title)), None)
    if ledger is None:
        raise Refused(
            UNKNOWN_LEDGER.at(ledger=ledger_key, known=choices({x.key: x.title for x in setting.pack.ledgers.values()}))
        )
    day = clock.today() if on is None else on
    work = _Import(setting, ledger, actor, day, dry_run, files)
    report = ImportReport(ledger.key, dry_run)
    wanted = Wanted(ledger, setting.pack.grid, setting.regions, setting.units, day)
    with quiet_collector(), contextlib.closing(read_files(paths, wanted)) as read, dry(dry_run):
        for path, parts in read:
            mine = FileReport(path.name)
            report.files.append(mine)
            for part in parts:
                work.take(part, mine)
            if mine.rows == 0 and not mine.problems:
                mine.problems.append(says.NOTHING.at(Place(file=path.name), file=path.name))
        work.enter()
    for mine in report.files:  # rows were judged in batches, those with unreadable cells before the others
        names = [str(sheet["sheet"]) for sheet in mine.sheets]
        mine.problems, mine.warnings = in_order(mine.problems, names), in_order(mine.warnings, names)
    if not dry_run:
        inbox.supersede(work.viewer.waiting(), work.older, clock.now(), actor)
    if marked is not None:
        taken = {path.absolute() for path in paths}
        for path, mine in zip(paths, report.files, strict=True):
            if mine.problems:
                _mark(path, mine, _free(marked, path, taken))
    return report


def _mark(path: Path, report: FileReport, target: Path) -> None:
    """Write the marked-up copy; none of a file that is no workbook."""
    try:
        book = open_book(path)
    except Refused:
        return
    try:
        report.marked = str(write_marked(book, report.problems, report.warnings, file_hash(path), target))
    except OSError as why:
        report.problems.append(says.NOT_MARKED.at(Place(file=path.name), why=reason(why)))


def _free(folder: Path, path: Path, taken: set[Path]) -> Path:
    """Where a marked-up copy goes: two files of one name get two copies, and none of them takes a file's place."""
    stem = path.stem.removesuffix("_批注")
    nth = 1
    while (target := folder / f"{stem}_批注{f'（{nth}）' if nth > 1 else ''}.xlsx").absolute() in taken:
        nth += 1
    taken.add(target.absolute())
    return target


class _Line(NamedTuple):
    """A row on its way to the door."""

    row: ReadRow
    key: Key
    subject: str  # the key as text, "" where nothing tells whose row it is
    change: str
    place: Place  # file and sheet
    dated: int | None  # the day on which the sheet says that it was filled in
    report: FileReport

    @property
    def at(self) -> Place:
        return Place(file=self.place.file, sheet=self.place.sheet, row=self.row.said.row)

    @property
    def source(self) -> dict[str, Any]:
        return {"file": self.place.file, "sheet": self.place.sheet, "row": self.row.said.row}


class _Import:
    """Gathers rows, of many files if these are small, and enters them a batch at a time."""

    def __init__(
        self, setting: Setting, ledger: Ledger, actor: Actor, on: int, dry_run: bool, files: Path | None
    ) -> None:
        self.setting = setting
        self.ledger = ledger
        self.actor = actor
        self.viewer = Viewer(setting, actor)
        self.planner = Planner(ledger, on, setting.regions)
        self.echo = Echo(ledger, Names(setting.regions, setting.units, on), on)
        self.links = LinkNames(self.viewer, ledger)
        self.folder = Folder(files, setting.campaign, ledger, actor)
        self.dry_run = dry_run
        self.older: list[str] = []  # changes that rows were when they came before, in the file that theirs is a copy of
        self.batch: list[_Line] = []
        self.batch_keys: set[Key] = set()
        self.said = SaidBefore()

    def take(self, part: Part, report: FileReport) -> None:
        report.problems += part.problems
        report.warnings += part.warnings
        if part.sheet is not None:
            report.sheets.append(part.sheet)
        report.rows += len(part.rows)
        for row in self.folder.settle(self.links.settle(part.rows, part.place), part.place):
            key = self._key(row.said)
            # Who speaks of a record a second time must find it as the first has left it.
            if len(self.batch) == BATCH or key in self.batch_keys:
                self.enter()
            self.batch.append(
                _Line(row, key, "|".join(key), f"{part.change}-{row.said.row}", part.place, part.dated, report)
            )
            if key:
                self.batch_keys.add(key)
            self.older += [f"{older}-{row.said.row}" for older in part.older]

    # -- rows → changes ----------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Enter what was gathered."""
        batch, self.batch, self.batch_keys = self.batch, [], set()
        known = self._known(batch)
        past = self._past(batch, known)
        good: list[_Line] = []
        changes: list[Change] = []
        idle: list[_Line] = []
        faulty: list[tuple[_Line, Change]] = []
        for line in batch:
            problems = line.row.problems
            meant = known.get(line.key, [])
            record = meant[0] if len(meant) == 1 else self._coming_back(line, meant, past)
            if record is None and meant:
                problems.append(self._which(line, meant))
            elif not problems and len(meant) < 2 and (twice := self._twice(line)) is not None:
                problems.append(twice)
            said, masked = self._news(line, record, past)
            if masked:
                problems.extend(at_cells(masked, line.row, line.at))
            steps = self.planner.steps(said, record)
            if not steps and not problems:
                idle.append(line)
                continue
            number = record.number if record else said.number
            change = Change(line.change, self.ledger.key, steps, number, None, line.source, line.subject)
            if problems:
                faulty.append((line, change))
            else:
                good.append(line)
                changes.append(change)
        entered = self._entered([line.change for line in idle] + [line.change for line, _ in faulty])
        for line in idle:
            if line.change in entered:
                line.report.already += 1
            else:
                line.report.unchanged += 1
        self._keep([(line, change) for line, change in faulty if line.change not in entered])
        enter = try_out if self.dry_run else submit
        for line, change, outcome in zip(good, changes, enter(self.setting.campaign, changes, self.actor), strict=True):
            self._count(line, change, outcome)
        for line, _ in faulty:
            line.report.already += line.change in entered

    def _coming_back(
        self, line: _Line, several: Sequence[Known], past: Mapping[str, Mapping[str, str]]
    ) -> Known | None:
        """Of several records that a row may speak of, one of which it says nothing new: whichever of them was meant,
        nothing changes."""
        for record in several:
            said, masked = self._news(line, record, past)
            if not masked and not self.planner.steps(said, record):
                return record
        return None

    def _news(
        self, line: _Line, record: Known | None, past: Mapping[str, Mapping[str, str]]
    ) -> tuple[RowSaid, list[Problem]]:
        """What a row says that its record neither says now nor said on the day of the sheet; and masked words that are
        not the record's."""
        if record is None:
            return self.echo.sort(line.row.said, [], None)
        then = record.then(line.dated)
        kept = [each.data for each in (record.now, then) if each is not None]
        return self.echo.sort(news(line.row.said, then), kept, past.get(record.number))

    def _past(self, batch: Sequence[_Line], known: Mapping[Key, Sequence[Known]]) -> dict[str, Mapping[str, str]]:
        """Number → personal words that a record once said, of records that rows with masked words speak of."""
        keys = {line.key for line in batch if any(map(is_masked, line.row.said.fields.values()))}
        numbers = [record.number for key in keys for record in known.get(key, ())]
        pks: dict[int, str] = {}
        for i in range(0, len(numbers), CHUNK):
            records = Record.objects.filter(campaign=self.setting.campaign, ledger=self.ledger.key)
            pks.update(records.filter(number__in=numbers[i : i + CHUNK]).values_list("pk", "number"))
        return {pks[pk]: words for pk, words in past_words(self.ledger, pks).items()} if pks else {}

    def _keep(self, faulty: Sequence[tuple[_Line, Change]]) -> None:
        """Rows with unreadable cells wait, whole, each with what the door has to say of its other cells."""
        if not faulty:
            return
        against = weigh(self.setting.campaign, [change for _, change in faulty], self.actor)
        for (line, _), more in zip(faulty, against, strict=True):
            line.row.problems[:] = in_order([*line.row.problems, *besides(more, line.row, line.at)])
            line.report.waiting += 1
            line.report.problems += line.row.problems
        if not self.dry_run:
            with transaction.atomic():
                items = [(self._waiting(line), tuple(line.row.problems)) for line, _ in faulty]
                inbox.keep(self.setting, items, self.actor, clock.now())

    def _count(self, line: _Line, change: Change, outcome: Outcome) -> None:
        report = line.report
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
                report.problems += placed(outcome.problems, line.row, line.at)

    def _entered(self, change_ids: list[str]) -> set[str]:
        """Those of the changes that entered in an earlier import of the same file, as far as the actor may know."""
        found: set[str] = set()
        for i in range(0, len(change_ids), CHUNK):
            rows = Event.objects.filter(campaign=self.setting.campaign, change__in=change_ids[i : i + CHUNK])
            if not self.actor.operator:
                rows = rows.filter(Q(actor=self.actor.login) | Q(record__in=self.viewer.records(self.ledger)))
            found.update(rows.values_list("change", flat=True))
        return found

    def _key(self, said: RowSaid) -> Key:
        """What tells this row's record: its number, else the fields that the pack names; () where nothing does."""
        if said.number:
            return (said.number,)
        keys = self.ledger.match or self.ledger.one_per
        parts = [
            said.region if k == "region" else said.unit if k == "unit" else str(said.fields.get(k, "")) for k in keys
        ]
        return tuple(parts) if parts and all(parts) else ()

    def _twice(self, line: _Line) -> Problem | None:
        """The same record elsewhere in this import, saying something else."""
        found = self.said.differing(line.subject, line.place, line.row.said) if line.subject else None
        if found is None:
            return None
        differing, other = found
        fields = self.ledger.fields
        titles = [fields[k].title if k in fields else k.removeprefix("@") for k in differing]
        here = line.at
        if (column := line.row.at.get(titles[0])) is not None:
            here = replace(here, cell=address(here.row, column.at), column=column.head)
        return TWICE.at(here, fields="、".join(titles), other=str(other))

    def _which(self, line: _Line, several: Sequence[Known]) -> Problem:
        """A row without a number that may speak of several records."""
        ledger = self.ledger
        words = {"region": ledger.region_title, "unit": ledger.unit_title} | {
            k: f.title for k, f in ledger.fields.items()
        }
        by = "、".join(words[k] for k in ledger.match or ledger.one_per)
        return says.MATCH_MANY.at(
            line.at, by=by, found="、".join(sorted((known.number for known in several), key=natural)[:4])
        )

    def _known(self, batch: Sequence[_Line]) -> dict[Key, list[Known]]:
        """The records in the actor's sight that these rows speak of, by number and by key: several may have one key."""
        said = {line.row.said.number for line in batch if line.row.said.number}
        spelt = {kept: said for said, kept in kept_numbers(self.setting.campaign, self.ledger.key, said).items()}
        numbers = sorted(spelt)
        found: dict[int, tuple[str, Key]] = {}
        for i in range(0, len(numbers), CHUNK):
            part = numbers[i : i + CHUNK]
            with connection.cursor() as cursor:
                cursor.execute(
                    f"""SELECT id, number FROM ledger_record
                        WHERE campaign_id = %s AND ledger = %s AND number IN ({marks(part)})""",
                    [self.setting.campaign.pk, self.ledger.key, *part],
                )
                found.update({pk: (n, (spelt[n],)) for pk, n in cursor.fetchall()})
        keys = {line.key for line in batch if line.key and not line.row.said.number}
        if keys:
            found.update(self._by_key(keys, {line.row.said.region for line in batch}))
        found = {pk: found[pk] for pk in self._seen(found)}
        by_key: dict[Key, list[Known]] = defaultdict(list)
        for pk, facts in facts_of(found).items():
            number, key = found[pk]
            by_key[key].append(known_of(number, facts))
        return by_key

    def _seen(self, records: Iterable[int]) -> list[int]:
        """Those of the records that the actor may know of: a row about another is judged as if it were absent."""
        pks = list(records)
        if self.actor.operator:
            return pks
        seen: list[int] = []
        for i in range(0, len(pks), CHUNK):
            rows = self.viewer.records(self.ledger).filter(pk__in=pks[i : i + CHUNK])
            seen += rows.values_list("pk", flat=True)
        return seen

    def _by_key(self, keys: set[Key], regions: set[str]) -> Iterator[tuple[int, tuple[str, Key]]]:
        names = self.ledger.match or self.ledger.one_per
        records = Record.objects.filter(campaign=self.setting.campaign, ledger=self.ledger.key, withdrawn=False)
        if names == self.ledger.one_per:  # then the door keeps the very key, and an index on it
            by_one_key = {one_key(key): key for key in keys}
            wanted = sorted(by_one_key)
            for i in range(0, len(wanted), CHUNK):
                rows = records.filter(one_key__in=wanted[i : i + CHUNK]).values_list("pk", "number", "one_key")
                for pk, number, key in rows:
                    yield pk, (number, by_one_key[str(key)])
            return
        if "region" in names:
            records = records.filter(region__in=regions)
        for pk, number, region, unit, data in records.values_list("pk", "number", "region", "unit", "data").iterator():
            parts = [region if k == "region" else unit if k == "unit" else str(data.get(k, "")) for k in names]
            if tuple(parts) in keys:
                yield pk, (number, tuple(parts))

    def _waiting(self, line: _Line) -> Change:
        """A row with faults as a change for the inbox: what could be read of it, and its cells as they were."""
        said = line.row.said
        step = Step("create", None, "", dict(said.fields), said.region or None, said.unit or None)
        source = {**line.source, "cells": line.row.raw}
        return Change(line.change, self.ledger.key, (step,), said.number, None, source, line.subject)
