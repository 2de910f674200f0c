"""Files become rows here or in a second process: the same either way, and no file can take the import down."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.lamps import JIA, make
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Place
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets import reading
from zhuanban.sheets.actions import FileReport, ImportReport, import_files
from zhuanban.sheets.reading import Part, Wanted, read_files
from zhuanban.sheets.steps import RowSaid
from zhuanban.sheets.twice import SaidBefore

pytestmark = pytest.mark.django_db
ON = from_iso("2024-03-01")
HEADS = ["所在村", "杆号", "灯型", "登记日期", "派单日期"]


@pytest.fixture
def lamps(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        yield make(tmp_path)


@pytest.fixture(params=[10**9, 0], ids=["here", "second process"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MUCH", request.param)


def book(folder: Path, name: str, *rows: tuple[object, ...]) -> Path:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append(HEADS)
    for row in rows:
        page.append(list(row))
    made.save(folder / name)
    return folder / name


def lamp(pole: str, kind: str = "高杆", on: object = date(2024, 1, 5), village: str = "甲村") -> tuple[object, ...]:
    return (village, pole, kind, on, None)


def bring(campaign: Campaign, *paths: Path, marked: Path | None = None, dry_run: bool = False) -> ImportReport:
    return import_files(setting(campaign), "lamps", paths, OPERATOR, on=ON, marked=marked, dry_run=dry_run)


def counts(report: FileReport) -> tuple[int, int, int, int, int, int]:
    return (report.rows, report.new, report.changed, report.unchanged, report.already, report.waiting)


def wanted(campaign: Campaign) -> Wanted:
    here = setting(campaign)
    return Wanted(here.pack.ledgers["lamps"], here.pack.grid, here.regions, here.units, ON)


def test_the_same_parts_either_way(lamps: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "乱.xlsx").write_bytes(b"PK\x03\x04 no archive")
    paths = [
        book(tmp_path, "一.xlsx", *(lamp(str(n)) for n in range(1200))),
        tmp_path / "乱.xlsx",
        tmp_path / "不在.xlsx",
        book(tmp_path, "二.xlsx", lamp("A", "高杆", "13月1日"), lamp("B", village="无此村")),
    ]
    here = [(path, list(parts)) for path, parts in read_files(paths, wanted(lamps))]
    monkeypatch.setattr(reading, "MUCH", 0)
    there = [(path, list(parts)) for path, parts in read_files(paths, wanted(lamps))]
    assert there == here
    assert [sum(len(part.rows) for part in parts) for _, parts in here] == [1200, 0, 0, 2]
    assert [len(part.problems) for _, parts in here for part in parts if part.problems] == [1, 1]


@pytest.mark.usefixtures("either_way")
def test_each_file_has_its_own_report_though_they_share_a_transaction(lamps: Campaign, tmp_path: Path) -> None:
    (tmp_path / "乱.xlsx").write_bytes(b"PK\x03\x04 no archive")
    paths = [
        book(tmp_path, "一.xlsx", lamp("1"), lamp("2"), lamp("", "高杆")),
        tmp_path / "乱.xlsx",
        book(tmp_path, "二.xlsx", lamp("3"), lamp("4", "霓虹灯"), lamp("5", on="2月30日")),
        book(tmp_path, "三.xlsx"),
    ]
    first = bring(lamps, *paths, marked=tmp_path)
    assert [counts(f) for f in first.files] == [
        (3, 2, 0, 0, 0, 1),
        (0, 0, 0, 0, 0, 0),
        (3, 1, 0, 0, 0, 2),
        (0, 0, 0, 0, 0, 0),
    ]
    assert [{p.place.file for p in f.problems} for f in first.files] == [{p.name} for p in paths]
    assert [Path(f.marked).name for f in first.files] == ["一_批注.xlsx", "", "二_批注.xlsx", "三_批注.xlsx"]
    again = bring(lamps, *paths)
    assert [counts(f) for f in again.files] == [
        (3, 0, 0, 0, 2, 1),
        (0, 0, 0, 0, 0, 0),
        (3, 0, 0, 0, 1, 2),
        (0, 0, 0, 0, 0, 0),
    ]
    assert (Record.objects.count(), Event.objects.count(), Waiting.objects.count()) == (3, 3, 3)


def test_the_same_lamp_in_two_files(lamps: Campaign, tmp_path: Path) -> None:
    one = book(tmp_path, "一.xlsx", lamp("1"), lamp("2"))
    two = book(tmp_path, "二.xlsx", lamp("1"), ("甲村", "1", None, None, date(2024, 1, 8)), lamp("2", "低杆"))
    report = bring(lamps, one, two)
    # said again: nothing new; said on: a step more; said otherwise: waits
    assert [counts(f) for f in report.files] == [(2, 2, 0, 0, 0, 0), (3, 0, 1, 1, 0, 1)]
    assert [(p.code, p.place.file, p.place.row) for p in report.problems] == [("ledger-040", "二.xlsx", 4)]
    assert "灯型" in report.problems[0].says
    assert "一.xlsx" in report.problems[0].says + report.problems[0].advice
    again = bring(lamps, one, two)
    assert [counts(f) for f in again.files] == [(2, 0, 0, 0, 2, 0), (3, 0, 0, 1, 1, 1)]
    assert Record.objects.get(number=f"D-{JIA}-002").data["kind"] == "高杆"


def test_a_dry_run_writes_nothing(lamps: Campaign, tmp_path: Path) -> None:
    report = bring(lamps, book(tmp_path, "一.xlsx", lamp("1"), lamp("2", "霓虹灯")), dry_run=True)
    assert counts(report.files[0]) == (2, 1, 0, 0, 0, 1)
    assert (Record.objects.count(), Waiting.objects.count()) == (0, 0)


def test_a_reader_that_dies_costs_one_file(lamps: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MUCH", 0)
    paths = [book(tmp_path, f"{n}.xlsx", lamp(str(n))) for n in range(3)]
    sound = reading._START
    started: list[subprocess.Popen[bytes]] = []

    class Mortal(reading._Helper):
        def __init__(self, files: Sequence[Path], wanted: Wanted) -> None:
            monkeypatch.setattr(reading, "_START", sound if started else "import os; os.abort()")
            super().__init__(files, wanted)
            started.append(self._process)

    monkeypatch.setattr(reading, "_Helper", Mortal)
    with contextlib.closing(read_files(paths, wanted(lamps))) as files:
        found = [list(parts) for _, parts in files]
    assert [p.code for p in found[0][-1].problems] == ["sheets-002"]
    assert [sum(len(part.rows) for part in parts) for parts in found[1:]] == [1, 1]
    assert [process.returncode is not None for process in started] == [True, True]


def test_a_fault_of_the_program_is_not_laid_on_the_file(
    lamps: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MUCH", 0)
    asked = wanted(lamps)
    broken = Wanted(asked.ledger, asked.grid, asked.regions, asked.units, "no day")  # type: ignore[arg-type]
    path = book(tmp_path, "一.xlsx", lamp("1", on="13日"), lamp("2", on="1月5日"))
    with contextlib.closing(read_files([path], broken)) as files:
        _, parts = next(files)
        with pytest.raises(TypeError):
            list(parts)


@pytest.mark.parametrize(
    ("second", "differing"),
    [
        ({"a": "1", "b": ["x", "y"]}, None),
        ({"a": "1"}, None),
        ({"c": "new"}, None),
        ({"a": "2", "b": ["x"]}, ["a", "b"]),
    ],
)
def test_what_was_said_before(second: dict[str, object], differing: list[str] | None) -> None:
    before = SaidBefore()
    first = RowSaid(7, "N", "", "", "", {"a": "1", "b": ["x", "y"]}, {"m": 19000})
    assert before.differing("N", Place(file="一", sheet="S"), first) is None
    found = before.differing("N", Place(file="二"), RowSaid(8, "N", "", "", "", second, {"m": 19000}))
    assert found == (None if differing is None else (differing, Place(file="一", sheet="S", row=7)))
    moved = before.differing("N", Place(), RowSaid(9, "N", "", "", "", {}, {"m": 19001}))
    assert moved is not None
    assert moved[0] == ["@m"]


def test_parts_are_small(lamps: Campaign, tmp_path: Path) -> None:
    path = book(tmp_path, "一.xlsx", *(lamp(str(n)) for n in range(reading.AT_A_TIME + 1)))
    parts: list[Part] = [part for _, file in read_files([path], wanted(lamps)) for part in file]
    assert [len(part.rows) for part in parts if part.rows] == [reading.AT_A_TIME, 1]
