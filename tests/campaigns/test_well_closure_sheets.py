"""What this campaign's sheets say: days without a year, printed days, names broken by lines and spaces."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, iso, to_date
from zhuanban.ledger.models import Record
from zhuanban.pack.read import load, pack_files
from zhuanban.people.actions import create_campaign
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import ImportReport, import_files

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2] / "campaigns" / "well-closure"
HEADS = ["线索编号", "区域", "线索来源", "举报内容", "受理日期"]


@pytest.fixture
def here() -> Iterator[Setting]:
    with clock.set_to(datetime(2024, 1, 5, 17, tzinfo=BEIJING)):
        files = pack_files(FOLDER)
        demo = FOLDER / "demo"
        made = create_campaign(
            "hurricane",
            files,
            load(files, FOLDER.name),
            demo / "regions.csv",
            demo / "units.csv",
            from_iso("2023-10-20"),
            demo_clock=True,
        )
        yield setting(made)


def sent(here: Setting, folder: Path, *rows: list[str], ledger: str = "leads", on: str = "2024-01-05") -> ImportReport:
    path = folder / "送来的表.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return import_files(here, ledger, [path], OPERATOR, on=from_iso(on))


def opened(ledger: str = "leads") -> dict[str, str]:
    return {n: iso(on) for n, on in Record.objects.filter(ledger=ledger).values_list("number", "first_on")}


def test_january_sheet_speaks_of_december(here: Setting, tmp_path: Path) -> None:
    lead = ["卧龙区", "市级移交", "院内有自备井。"]
    sent(here, tmp_path, HEADS, ["XS-1", *lead, "12月29日"], ["XS-2", *lead, "1月4日"])
    assert opened() == {"XS-1": "2023-12-29", "XS-2": "2024-01-04"}


def test_dates_are_never_shifted(here: Setting, tmp_path: Path) -> None:
    """Printed days are kept as they are, workdays or not; the weekdays are those of the calendar."""
    printed = ["2023-11-28", "2023-12-04", "2023-12-05", "2023-12-06", "2023-12-08", "2023-12-10"]
    rows = [[f"XS-{n}", "卧龙区", "市级移交", "院内有自备井。", on] for n, on in enumerate(printed)]
    sent(here, tmp_path, HEADS, *rows)
    kept = [opened()[f"XS-{n}"] for n in range(len(printed))]
    assert kept == printed
    assert "".join("一二三四五六日"[date.fromisoformat(on).weekday()] for on in kept) == "二一二三五日"
    assert to_date(from_iso("2023-12-08")) == date(2023, 12, 8)


def test_broken_names_are_joined(here: Setting, tmp_path: Path) -> None:
    report = sent(
        here,
        tmp_path,
        ["中心城区自备井专项整治“飓风”行动举报 线索办理台账"],
        ["线索\n编号", "区 域", "线索 来源", "举报\n内容", "受理 日期"],
        ["XS-1", "城乡一体 化示范区", "市级移交", "院内有自备井。", "2023-12-05"],
        ["XS-2", "城乡一体\n化示范区", "市级移交", "院内有自备井。", "2023-12-05"],
        ["XS-3", "示范区", "市级移交", "院内有自备井。", "2023-12-05"],
        ["合 计", "3", "", "", ""],
    )
    assert [str(p) for p in report.problems] == []
    assert set(Record.objects.filter(ledger="leads").values_list("number", "region")) == {
        (f"XS-{n}", "411372") for n in (1, 2, 3)
    }


def test_a_unit_under_any_of_its_names(here: Setting, tmp_path: Path) -> None:
    names = ["城管局", "市 城管局", "南阳市城市管理局"]
    rows = [[f"F-{n}", "411303001001001", unit, "某单位", "2019-05-06"] for n, unit in enumerate(names)]
    heads = ["原编号", "所在网格", "责任单位", "用水户", "封停日期"]
    report = sent(here, tmp_path, heads, *rows, ledger="sealed_wells")
    assert [str(p) for p in report.problems] == []
    assert list(Record.objects.filter(ledger="sealed_wells").values_list("unit", flat=True)) == ["SJ02"] * 3


def test_a_running_number_is_no_record_number(here: Setting, tmp_path: Path) -> None:
    """A sheet's 序号 is nobody's number, in any ledger."""
    report = sent(
        here, tmp_path, ["序号", "编号", "类别", "拟定日期"], ["1", "GZ-01", "制度", "2023-12-01"], ledger="rules"
    )
    assert (report.total("new"), list(opened("rules"))) == (1, ["GZ-01"])
    said = {w for x in here.pack.ledgers.values() for f in x.fields.values() for w in (f.title, *f.aliases)}
    said |= {w for x in here.pack.ledgers.values() for w in (x.number_title, *x.number_aliases)}
    assert "序号" not in said
