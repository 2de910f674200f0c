"""An office starts the look-back with what it has: its own heads, names for numbers, a folder of photos."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.story import Story
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.ledger.models import Record
from zhuanban.pack.show import show
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import ImportReport, import_files

ON = from_iso("2022-05-10")


class Office(Story):
    """A campaign of the look-back with nothing in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__("own", "source-lookback", from_iso("2022-04-29"))
        self.folder = folder

    def bring(self, ledger: str, text: str, **words: Path) -> ImportReport:
        """An import of a sheet typed as CSV."""
        sheet = self.folder / f"{ledger}.csv"
        sheet.write_text(text, "utf-8")
        return import_files(self.here, ledger, [sheet], OPERATOR, on=ON, **words)

    def records(self, ledger: str) -> list[Record]:
        return list(Record.objects.filter(campaign=self.campaign, ledger=ledger).order_by("number"))


@pytest.fixture
def own(db: None, tmp_path: Path) -> Iterator[Office]:
    with clock.set_to(datetime(2022, 5, 10, 9, tzinfo=BEIJING)):
        yield Office(tmp_path)


@pytest.mark.parametrize("head", ["责任单位", "单位", "街道办事处"])
def test_the_unit_is_understood_under_the_usual_heads(own: Office, head: str) -> None:
    report = own.bring("streets", f"街道,{head},列入日期\n狼山镇街道,狼山镇街道,2022-05-09\n")
    assert report.problems == []
    assert [own.here.units.name(each.unit) for each in own.records("streets")] == ["狼山镇街道"]


def test_a_missing_unit_is_called_as_the_ledger_calls_it(own: Office) -> None:
    report = own.bring("streets", "街道,列入日期\n狼山镇街道,2022-05-09\n")
    assert [each.says for each in report.problems] == ["“街道办事处”为空。"]
    assert "街道办事处相同的只有一个" in show(own.here.pack)
