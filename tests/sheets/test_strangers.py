"""The same rows sent by somebody else: what waits belongs to its sender, and nobody learns what is beyond his reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.draw import drawn, xlsx
from tests.lamps import make
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.sheets.actions import ImportReport, import_files

COUNTY = Actor(None, "county", (Held("county"),))
EAST_TOWN = Actor(None, "east", (Held("town", region="411300101"),))
WEST_TOWN = Actor(None, "west", (Held("town", region="411300102"),))
ROWS = """
    所在村 | 杆号 | 灯型 | 功率（千瓦）
    甲村 | 1号 | 高杆 | #1.5
    乙村 | 2号 | 低杆 | #2
    乙村 | 3号 | 霓虹灯 | #1
    甲村 | 4号 | 高杆 | 很大
"""


@pytest.fixture
def lamps(db: None, tmp_path: Path) -> Iterator[Setting]:
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        yield setting(make(tmp_path))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "东镇.xlsx"
    xlsx(path, drawn(ROWS))
    return path


def bring(
    lamps: Setting, path: Path, actor: Actor, *, dry_run: bool = False, marked: Path | None = None
) -> ImportReport:
    return import_files(lamps, "lamps", [path], actor, dry_run=dry_run, marked=marked)


def counts(report: ImportReport) -> dict[str, int]:
    words = ("new", "changed", "unchanged", "already", "waiting")
    return {word: report.total(word) for word in words if report.total(word)}


def waiting(lamps: Setting, actor: Actor) -> list[tuple[str, int, list[str]]]:
    """Who sent what waits in somebody's inbox, its row, and the codes of its problems."""
    return sorted(
        (item["by"], item["source"]["row"], sorted(p["code"] for p in item["problems"]))
        for item in Viewer(lamps, actor).inbox()
    )


def test_a_stranger_changes_nothing_that_waits_and_learns_nothing(lamps: Setting, sheet: Path) -> None:
    assert counts(bring(lamps, sheet, EAST_TOWN)) == {"new": 2, "waiting": 2}
    mine = waiting(lamps, EAST_TOWN)
    assert [(by, row) for by, row, _ in mine] == [("east", 4), ("east", 5)]

    # In his eyes the file is as new as in the eyes of somebody who comes before everybody else.
    for dry_run in (True, False, False):
        report = bring(lamps, sheet, WEST_TOWN, dry_run=dry_run)
        assert counts(report) == {"waiting": 4}
        assert {p.place.row for p in report.problems if p.code == "ledger-003"} == {2, 3, 4, 5}
        assert not [p for p in report.problems if "D-4113" in str(p)]
    assert [i for i in waiting(lamps, EAST_TOWN) if i[0] == "east"] == mine
    assert [by for by, _, _ in waiting(lamps, WEST_TOWN)] == ["west"] * 4
    assert (Record.objects.count(), Event.objects.count(), Waiting.objects.count()) == (2, 2, 6)

    # East's own second sending is still known, and so it is to who sees the records.
    assert counts(bring(lamps, sheet, EAST_TOWN)) == {"already": 2, "waiting": 2}
    assert counts(bring(lamps, sheet, COUNTY)) == {"already": 2, "waiting": 2}
    assert counts(bring(lamps, sheet, OPERATOR)) == {"already": 2, "waiting": 2}
    assert [i for i in waiting(lamps, EAST_TOWN) if i[0] == "east"] == mine


def test_what_waits_of_a_stranger_is_not_settled_by_what_enters_later(lamps: Setting, sheet: Path) -> None:
    assert counts(bring(lamps, sheet, WEST_TOWN)) == {"waiting": 4}
    before = waiting(lamps, WEST_TOWN)
    assert counts(bring(lamps, sheet, EAST_TOWN)) == {"new": 2, "waiting": 2}
    mended = sheet.with_name("更正.xlsx")
    xlsx(mended, drawn(ROWS.replace("霓虹灯", "高杆").replace("很大", "#3")))
    assert counts(bring(lamps, mended, EAST_TOWN)) == {"new": 2, "unchanged": 2}
    assert waiting(lamps, WEST_TOWN) == before
    assert {w.actor for w in Waiting.objects.filter(settled_at=None, reason__startswith="sheets-")} <= {"west"}


def test_a_mended_copy_settles_what_its_sender_may_settle(lamps: Setting, sheet: Path, tmp_path: Path) -> None:
    report = bring(lamps, sheet, EAST_TOWN, marked=tmp_path / "批注")
    copy = Path(report.files[0].marked)
    mine = waiting(lamps, EAST_TOWN)
    bring(lamps, copy, WEST_TOWN)
    assert [i for i in waiting(lamps, EAST_TOWN) if i[0] == "east"] == mine
    bring(lamps, copy, COUNTY)  # the same two rows, now waiting in the county's name
    assert [i for i in waiting(lamps, EAST_TOWN) if i[0] == "east"] == []
    assert len([i for i in waiting(lamps, EAST_TOWN) if i[0] == "county"]) == 2


def test_a_row_about_a_record_out_of_sight_is_as_one_about_none(lamps: Setting, sheet: Path, tmp_path: Path) -> None:
    bring(lamps, sheet, EAST_TOWN)
    path = tmp_path / "另存.xlsx"
    said = {}
    for pole in ("1号", "无此杆"):
        xlsx(path, drawn(f"所在村 | 杆号 | 灯型 | 功率（千瓦）\n甲村 | {pole} | 高杆 | #1.5"))
        report = bring(lamps, path, WEST_TOWN)
        said[pole] = (counts(report), [(p.code, p.says) for p in report.problems])
    assert said["1号"] == said["无此杆"]
    assert said["1号"][0] == {"waiting": 1}
