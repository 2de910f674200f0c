"""The canal campaign, played: the weeks of its requirements to the digit, its reports, its forms as printed."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from openpyxl import load_workbook

from tests.played import Played
from zhuanban.archive.contents import of_record
from zhuanban.archive.parcel import pieces
from zhuanban.core.day import BEIJING, from_iso, iso
from zhuanban.duty.actions import Target, find
from zhuanban.duty.figures import changes_since
from zhuanban.duty.queries import board
from zhuanban.duty.shown import board_json, notes
from zhuanban.ledger.models import Event, Waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.verify import verify
from zhuanban.notify.models import Alarm
from zhuanban.people.queries import Setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.form_rows import Asked, find_form
from zhuanban.sheets.forms import fill_form
from zhuanban.tally.actions import check
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

CAMPAIGN = "canal-protection"
FORMS = Path(__file__).resolve().parents[3] / "campaigns" / CAMPAIGN / "forms"
# As of a day: cards of sites and checks of facilities in all, problems, closed, open.
WEEKS = """
    2021-08-31 | 0   | 0  | 0  | 0
    2021-09-05 | 31  | 6  | 0  | 6
    2021-09-12 | 96  | 19 | 1  | 18
    2021-09-19 | 168 | 34 | 2  | 32
    2021-09-26 | 254 | 49 | 3  | 46
    2021-10-05 | 386 | 69 | 4  | 65
    2021-10-14 | 389 | 74 | 9  | 65
    2021-10-21 | 389 | 74 | 14 | 60
    2021-10-28 | 389 | 76 | 20 | 56
    2021-11-04 | 389 | 76 | 27 | 49
    2021-11-11 | 389 | 77 | 33 | 44
    2021-11-18 | 389 | 79 | 39 | 40
    2021-11-25 | 389 | 79 | 45 | 34
    2021-12-02 | 389 | 80 | 52 | 28
    2021-12-09 | 389 | 80 | 58 | 22
    2021-12-16 | 389 | 81 | 62 | 19
    2021-12-23 | 389 | 81 | 66 | 15
    2021-12-30 | 389 | 81 | 69 | 12
    2021-12-31 | 389 | 81 | 70 | 11
    2022-03-31 | 389 | 81 | 78 | 3
"""
LINES = [[word.strip() for word in line.split("|")] for line in WEEKS.strip().splitlines()]
KINDS = {
    "工业企业": 5, "畜禽养殖": 14, "旅游餐饮": 6, "排污口": 9, "产业集聚区": 1, "污水处理厂": 1, "垃圾填埋场": 0,
    "固体废物堆存": 11, "居民生活污染": 10, "网箱养殖": 1, "其他经营场所": 1, "设施": 11, "生态廊道": 8,
}  # fmt: skip
WEEKLY = ("weekly_survey", "weekly_supervision", "weekly_progress")


@pytest.fixture(scope="module")
def canal(canal: Played) -> Canal:
    return Canal(canal.here)


class Canal:
    def __init__(self, here: Setting) -> None:
        self.here = here
        self.viewer = Viewer(here, OPERATOR)

    def events(self, ledger: str, move: str) -> list[tuple[str, str]]:
        """(ledger/number, day) of every such move in ledgers whose key begins so."""
        found = Event.objects.filter(campaign=self.here.campaign, record__ledger__startswith=ledger)
        return [
            (f"{key}/{number}", iso(day))
            for key, number, day, body in found.order_by("pk").values_list(
                "record__ledger", "record__number", "on_day", "body"
            )
            if orjson.loads(body).get("move") == move
        ]


def rows(canal: Canal, key: str, on: str = "2021-12-31") -> dict[str, dict[str, str]]:
    """Printed figures: row → head without its counting word → figure."""
    found = table(canal.here, canal.here.pack.tables[key], canal.here.regions.root, from_iso(on))
    columns = found.table.columns
    return {
        r.name: {c.title.split("（")[0]: found.cells[r.key, k].text for k, c in columns.items()} for r in found.rows
    }


def total(canal: Canal, key: str, on: str = "2021-12-31") -> dict[str, str]:
    return rows(canal, key, on)["合计"]


def seen(canal: Canal, at: str, duty: str = "") -> dict[str, Any]:
    moment = datetime.fromisoformat(at).replace(tzinfo=BEIJING)
    return board_json(board(canal.viewer, int(moment.timestamp()), duty))


def listed(canal: Canal, key: str, on: str) -> list[str]:
    return [x.number for x in work_list(canal.here, find_list(canal.here, key), canal.here.regions.root, from_iso(on))]


def form(canal: Canal, key: str, on: str, target: Path, unit: str = "") -> Any:
    """The sheet of a filled form, written to a file."""
    filled = fill_form(canal.viewer, find_form(canal.viewer, key), Asked(from_iso(on), "", unit))
    (content,) = filled.files
    target.write_bytes(content)
    return load_workbook(target).worksheets[0]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_the_weeks(canal: Canal, line: list[str]) -> None:
    on = line[0]
    problems = total(canal, "problem_sources", on)
    cards = sum(
        int(figure)
        for figure in (
            total(canal, "cells_walked", on)["排查卡"],
            total(canal, "facilities", on)["已查"],
            total(canal, "crossings", on)["工程"],
        )
    )
    assert [str(cards), problems["登记"], problems["销号"], problems["未销号"]] == line[1:]


def test_problems_by_source(canal: Canal) -> None:
    found = {name: row["登记"] for name, row in rows(canal, "problem_sources", "2021-11-18").items()}
    want = {
        "APP推送": "29",
        "新发现": "31",
        "部门督查": "9",
        "历史遗留": "5",
        "上级交办": "4",
        "反弹": "1",
        "合计": "79",
    }
    assert {name: found[name] for name in want} == want


def test_problems_by_kind_and_zone_and_the_relapses_apart(canal: Canal) -> None:
    kinds = rows(canal, "problem_kinds")
    assert {name: int(kinds[name]["问题"]) for name in KINDS} == KINDS
    assert (kinds["合计"]["问题"], kinds["合计"]["反弹立案"], kinds["合计"]["登记合计"]) == ("78", "3", "81")
    zones = rows(canal, "problem_zones")
    assert [zones[name]["问题"] for name in ("一级保护区", "二级保护区", "准保护区")] == ["9", "69", "0"]


def test_problems_that_no_unit_guides_have_a_row_so_that_the_rows_add_up(canal: Canal) -> None:
    guides = rows(canal, "problem_guides")
    all_of_them = guides.pop("合计")
    assert all_of_them["登记"] == total(canal, "problem_sources")["登记"] == "81"
    assert guides["未明确"]["登记"] == "7"
    for head, figure in all_of_them.items():
        assert sum(int(row[head]) for row in guides.values()) == int(figure)


def test_pushed_points_entered_twice_are_46(canal: Canal) -> None:
    pushed = total(canal, "pushed", "2021-10-05")
    assert [pushed[word] for word in ("推送", "属实", "不属实", "重复", "范围外", "已整改")] == [
        "46", "29", "8", "3", "4", "2",
    ]  # fmt: skip


def test_facilities_and_crossings(canal: Canal) -> None:
    posts = rows(canal, "facilities")["界桩"]
    assert [posts[word] for word in ("应查", "已查", "完好", "损坏和缺失")] == ["84", "84", "79", "5"]
    assert [total(canal, "facilities")[word] for word in ("应查", "已查")] == ["160", "160"]
    works = total(canal, "crossings")
    assert [works["工程"], works["应急池未建"]] == ["9", "2"]
    cells = [
        int(works[f"{what}{state}"])
        for what in ("防撞护栏", "导流槽", "应急池")
        for state in ("已建", "在建", "未建", "不需要")
    ]
    assert sum(cells) == 27  # three facilities at each of nine works, none blank


def test_every_cell_is_walked(canal: Canal) -> None:
    walked = total(canal, "cells_walked", "2021-10-05")
    assert [walked[word] for word in ("网格", "已排查", "覆盖率")] == ["16", "16", "100%"]
    assert listed(canal, "cells_not_walked", "2021-10-04")


def test_three_problems_wait_for_their_app_number(canal: Canal) -> None:
    assert total(canal, "app_entry", "2021-10-05") == {"应录入": "60", "已录入": "57", "未录入": "3"}
    assert total(canal, "app_entry", "2021-10-12")["未录入"] == "0"


def test_department_findings(canal: Canal) -> None:
    found = rows(canal, "findings", "2021-10-05")
    assert found["合计"] == {"发现": "14", "并入街道问题": "5", "转为新问题": "9"}
    assert [found[unit]["发现"] for unit in ("经济发展局", "财政金融局")] == ["0", "0"]


@pytest.mark.parametrize(
    ("on", "count"),
    [("2021-09-30", "412"), ("2021-10-31", "411"), ("2021-11-16", "412"), ("2021-11-30", "411"), ("2021-12-31", "409")],
)
def test_dwellings(canal: Canal, on: str, count: str) -> None:
    assert total(canal, "dwellings", on)["建筑"] == count


def test_one_more_dwelling_is_told_at_once(canal: Canal) -> None:
    found = [a for a in Alarm.objects.filter(campaign=canal.here.campaign) if a.key.startswith("more_dwellings")]
    assert len(found) == 1


def test_a_corrected_boundary_moves_three_points_from_its_day(canal: Canal) -> None:
    moved = Event.objects.filter(campaign=canal.here.campaign, change__startswith="zones/protection/2/")
    assert [iso(day) for day in moved.values_list("on_day", flat=True)] == ["2021-11-01"] * 3
    assert set(moved.values_list("record__ledger", flat=True)) == {"pushed_points"}


def test_what_is_open_at_the_end_of_the_year(canal: Canal) -> None:
    assert len(listed(canal, "problems_open", "2021-12-31")) == 11
    assert len(listed(canal, "problems_open_no_corridor", "2021-12-31")) == 6
    assert len(listed(canal, "plans_missing", "2021-12-31")) == 1
    corridor = rows(canal, "corridor", "2022-03-31")["合计"]
    assert (corridor["段数"], corridor["完成"], corridor["计划"]) == ("8", "3450", "3600")
    assert len(listed(canal, "corridor_late", "2022-03-31")) == 0
    assert len(listed(canal, "corridor_late", "2022-04-01")) == 1


def test_cases(canal: Canal) -> None:
    assert [total(canal, "law_cases")[word] for word in ("立案", "移交公安", "结案")] == ["3", "1", "3"]
    assert listed(canal, "cases_without_receipt", "2021-11-20") == ["AJ-2021-002"]


# -- reports


def test_weekly_reports_in_all(canal: Canal) -> None:
    found: Counter[str] = Counter()
    for duty in WEEKLY:
        all_of_them = seen(canal, "2021-12-31 23:59", duty)["total"]
        found.update({k: all_of_them[k] for k in ("due", "on_time", "late", "missing", "zero")})
    assert found == {"due": 132, "on_time": 117, "late": 11, "missing": 4, "zero": 18}


def test_six_weekly_reports_were_returned_and_sent_again(canal: Canal) -> None:
    returned = canal.events("duty_weekly", "退回")
    assert len(returned) == 6
    sent = Counter(number for number, _ in canal.events("duty_weekly", "报送"))
    assert all(sent[number] == 2 for number, _ in returned)


def test_the_first_thursday(canal: Canal) -> None:
    found: Counter[str] = Counter()
    for duty in WEEKLY:
        one = next(p for p in seen(canal, "2021-10-22 00:00", duty)["periods"] if p["period"] == "2021-10-21")
        found.update({k: one[k] for k in ("due", "on_time", "late", "missing")})
    assert found == {"due": 12, "on_time": 9, "late": 2, "missing": 1}


def test_noon_is_on_time_and_forty_seconds_later_is_not(canal: Canal) -> None:
    at_noon = seen(canal, "2021-10-21 12:00:00")["items"]
    sent = {(i["duty"], i["unit_name"]): i["status"] for i in at_noon if i["period"] == "2021-10-21"}
    assert sent["weekly_progress", "住房建设和生态环境局"] == "submitted"
    moment = datetime(2021, 10, 21, 12, 5, tzinfo=BEIJING)
    text = "\n".join(notes(board(canal.viewer, int(moment.timestamp()))))
    assert "每周督查情况（附件3） 2021-10-21 城市管理和综合执法局 期限2021-10-21 12:00：已报送，迟40秒" in text
    assert "住房建设和生态环境局 期限2021-10-21 12:00：已报送，迟" not in text


def test_contacts_were_due_before_the_document_and_have_a_later_day(canal: Canal) -> None:
    items = {i["unit_name"]: i["status"] for i in seen(canal, "2021-09-07 18:00", "contacts")["items"]}
    assert len(items) == 6
    assert set(items.values()) == {"accepted"}
    early = {i["status"] for i in seen(canal, "2021-09-02 09:00", "contacts")["items"]}
    assert "missing" not in early


def changes(canal: Canal, duty: str, period: str) -> dict[str, Any]:
    (found,) = changes_since(canal.viewer, find(canal.viewer, Target(duty, "百里奚街道", period)))["forms"]
    return dict(found)


def test_the_survey_was_frozen_with_58_of_60(canal: Canal, tmp_path: Path) -> None:
    assert len(changes(canal, "survey", "2021-10-05")["added"]) == 2
    page = form(canal, "annex2", "2021-10-05", tmp_path / "form.xlsx")
    assert page["A64"].value in (60, "60")


def test_a_correction_after_the_report_is_listed(canal: Canal) -> None:
    changed = changes(canal, "weekly_progress", "2021-12-09")["changed"]
    assert [c["is"] for c in changed if c["column"] == "风险源描述"] == ["乙村：养殖户粪污堆在渠旁，下雨流进边沟"]


def test_the_contact_in_office_is_told(canal: Canal) -> None:
    """Reminders go to the posts; the register knows who was in office: the predecessor before, the successor after."""
    before = set(listed(canal, "contacts_now", "2021-10-17"))
    after = set(listed(canal, "contacts_now", "2021-10-18"))
    assert (before - after, after - before) == ({"LL-006"}, {"LL-007"})


# -- forms, archive, whole


@pytest.mark.parametrize(
    ("key", "unit", "on", "count"),
    [
        ("annex1", "社会事业局", "2021-10-18", 1),
        ("annex2", "", "2021-12-31", 60),
        ("annex3", "", "2021-10-05", 14),
        ("annex4", "", "2021-12-31", 81),
    ],
)
def test_forms_keep_the_printed_sheet(canal: Canal, key: str, unit: str, on: str, count: int, tmp_path: Path) -> None:
    made = tmp_path / "form.xlsx"
    page, printed = form(canal, key, on, made, unit), load_workbook(FORMS / f"{key}.xlsx").worksheets[0]
    heads = [cell.value for cell in printed[4]]
    assert [cell.value for cell in page[4]] == heads
    assert page["A2"].value == printed["A2"].value
    filled = [[c.value for c in line] for line in page.iter_rows(5, 4 + count)]
    assert all(line[1] for line in filled)
    if heads[0] == "序号":
        assert [str(line[0]) for line in filled] == [str(n + 1) for n in range(count)]
    notes = [c.value for c in printed["A"][4:] if c.value]
    assert [c.value for c in page["A"][4 + count :] if c.value] == notes
    with zipfile.ZipFile(made) as new, zipfile.ZipFile(FORMS / f"{key}.xlsx") as old:
        assert new.namelist() == old.namelist()
        differ = [n for n in old.namelist() if new.read(n) != old.read(n)]
    assert [n for n in differ if not n.startswith(("xl/worksheets/", "xl/sharedStrings", "xl/workbook"))] == []


def test_the_first_annex_of_september_prints_the_predecessor(canal: Canal, tmp_path: Path) -> None:
    def first_row(on: str) -> list[Any]:
        return [c.value for c in form(canal, "附件1", on, tmp_path / "form.xlsx", "社会事业局")[5]]

    before, after = first_row("2021-10-17"), first_row("2021-10-18")
    assert before[0] != after[0]
    assert before[1] == after[1] == "社会事业局"


def test_one_problem_one_file(canal: Canal, tmp_path: Path) -> None:
    made = tmp_path / "file.zip"
    contents = of_record(canal.viewer, canal.viewer.ledger("problems"), "WT-2021-0001")
    made.write_bytes(b"".join(pieces(canal.viewer, contents)))
    with zipfile.ZipFile(made) as parcel:
        names = parcel.namelist()
        assert parcel.testzip() is None
    assert any(name.endswith("目录.pdf") for name in names)
    assert [name for name in names if "现场照片" in name]
    assert [name for name in names if "整改后照片" in name]


def test_what_was_done_wrong_on_purpose_waits_for_a_person(canal: Canal) -> None:
    waiting = Waiting.objects.filter(campaign=canal.here.campaign, settled_at=None)
    assert Counter(waiting.values_list("ledger", flat=True)) == {"problems": 3}


def test_every_chain_and_every_tally_is_right(canal: Canal) -> None:
    assert list(verify(canal.here)) == []
    assert check(canal.here) == []
