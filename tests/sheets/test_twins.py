"""Several records that a row without a number fits: a question for a person only where it would change something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.draw import drawn, xlsx
from tests.sheets.form_office import FILES, WEST, day, enter, make, opened
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.models import Event, Waiting
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import ImportReport, import_files

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

FAULTS = (
    FILES["ledgers/faults.yaml"]
    .replace("amend_by:", "match: [region, story]\namend_by:")
    .replace("  found:", "  note: {title: 备注, type: text}\n  found:")
)
HEAD = "乡镇 | 类型 | 描述 | 时限 | 反映人 | 备注\n"
CRACK = "东镇 | 裂缝 | 梁底裂缝 | 2024-05-01 | 孙＊＊ | 孙＊＊说过\n"
OTHER = "东镇 | 裂缝 | 梁底裂缝 | 2024-06-01 | 李＊＊ | 孙＊＊说过\n"


@pytest.fixture
def bridges(tmp_path: Path) -> Iterator[Setting]:
    """Two faults that agree in all, an older one of the same words with another day and caller, and one elsewhere."""
    with clock.set_to(datetime(2024, 3, 10, 9, tzinfo=BEIJING)):
        campaign = make(tmp_path, {"ledgers/faults.yaml": FAULTS})
        said = {"kind": "裂缝", "story": "梁底裂缝", "note": "孙大山说过"}
        twin = {**said, "due": "2024-05-01", "caller": "孙大山"}
        enter(
            campaign,
            opened("faults", "甲", **{**twin, "due": "2024-06-01"}),
            opened("faults", "乙", **twin),
            opened("faults", "丙", **twin),
            opened("faults", "丁", region=WEST, **twin),
            Change("name", "faults", (Step("amend", day("03-01"), set={"caller": "李小川"}),), "甲"),
        )
        yield setting(campaign)


def bring(bridges: Setting, tmp_path: Path, *rows: str) -> ImportReport:
    xlsx(tmp_path / "来表.xlsx", drawn(HEAD + "".join(rows)))
    return import_files(bridges, "faults", [tmp_path / "来表.xlsx"], OPERATOR, on=day("03-10"))


@pytest.mark.parametrize("rows", [[CRACK], [CRACK, CRACK], [CRACK, OTHER, CRACK], [OTHER, CRACK, CRACK, CRACK]])
def test_a_row_that_one_of_them_says_already_changes_nothing(bridges: Setting, tmp_path: Path, rows: list[str]) -> None:
    """Also with the mask of a name that the record bore before, as an export prints it."""
    events = Event.objects.count()
    report = bring(bridges, tmp_path, *rows)
    assert [str(p) for p in report.problems] == []
    assert (report.total("unchanged"), Event.objects.count()) == (len(rows), events)
    assert Waiting.objects.count() == 0


def test_a_row_that_would_change_one_of_them_waits_and_names_them(bridges: Setting, tmp_path: Path) -> None:
    row = CRACK.replace("05-01", "07-01").replace("孙＊＊", "")
    report = bring(bridges, tmp_path, CRACK, row)
    assert (report.total("unchanged"), report.total("waiting")) == (1, 1)
    assert [str(p) for p in report.problems] == [
        "来表.xlsx 工作表“表1” 第3行：没有编号，按所属区域、描述对应到不止一个条目：丙、乙、甲。"
        "请填写编号，写明说的是哪一条；确是另一条的，请把内容写得分得开。（sheets-038）"
    ]
