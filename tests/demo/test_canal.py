"""The canal campaign's demonstration: the weeks of its requirements to the digit, its reports, its forms as they are printed."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import Office

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = pytest.mark.sqlite

CAMPAIGN = "canal-protection"
FORMS = Path(__file__).resolve().parents[2] / "campaigns" / CAMPAIGN / "forms"
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
def canal(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("canal")
    environment = {"PATH": os.defpath, "HOME": str(folder), "ZHUANBAN_HOME": str(folder / "data")}
    office = Office(folder / "data", environment, Path(sys.executable).parent / "zhuanban")
    office.run("demo", CAMPAIGN, "--no-serve")
    return office


def rows(canal: Office, table: str, on: str = "2021-12-31") -> dict[str, dict[str, str]]:
    """Printed figures: row → head without its counting word → figure."""
    ran = canal.run("table", CAMPAIGN, table, "--as-of", on, "--format", "csv")
    heads, *lines = csv.reader(io.StringIO(ran.out.lstrip("\ufeff")))
    return {line[0]: {head.split("（")[0]: v for head, v in zip(heads[1:], line[1:], strict=True)} for line in lines}


def total(canal: Office, table: str, on: str = "2021-12-31") -> dict[str, str]:
    return rows(canal, table, on)["合计"]


def board(canal: Office, at: str, duty: str = "") -> dict[str, Any]:
    said: dict[str, Any] = json.loads(
        canal.run("duties", CAMPAIGN, "--as-of", at, *(["--duty", duty] if duty else []), "--json").out
    )
    return said


def listed(canal: Office, key: str, on: str) -> list[dict[str, Any]]:
    ran = canal.run("list", CAMPAIGN, key, "--as-of", on, "--json")
    found: list[dict[str, Any]] = json.loads(ran.out)["rows"]
    return found


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_the_weeks(canal: Office, line: list[str]) -> None:
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


def test_problems_by_source(canal: Office) -> None:
    found = {name: row["登记"] for name, row in rows(canal, "problem_sources", "2021-11-18").items()}
    want = {"APP推送": "29", "新发现": "31", "部门督查": "9", "历史遗留": "5", "上级交办": "4", "反弹": "1", "合计": "79"}
    assert {name: found[name] for name in want} == want


def test_problems_by_kind_and_zone_and_the_relapses_apart(canal: Office) -> None:
    kinds = rows(canal, "problem_kinds")
    assert {name: int(kinds[name]["问题"]) for name in KINDS} == KINDS
    assert (kinds["合计"]["问题"], kinds["合计"]["反弹立案"], kinds["合计"]["登记合计"]) == ("78", "3", "81")
    zones = rows(canal, "problem_zones")
    assert [zones[name]["问题"] for name in ("一级保护区", "二级保护区", "准保护区")] == ["9", "69", "0"]


def test_pushed_points_entered_twice_are_46(canal: Office) -> None:
    pushed = total(canal, "pushed", "2021-10-05")
    assert [pushed[word] for word in ("推送", "属实", "不属实", "重复", "范围外", "已整改")] == [
        "46", "29", "8", "3", "4", "2",
    ]  # fmt: skip


def test_facilities_and_crossings(canal: Office) -> None:
    posts = rows(canal, "facilities")["界桩"]
    assert [posts[word] for word in ("应查", "已查", "完好", "问题")] == ["84", "84", "79", "5"]
    assert [total(canal, "facilities")[word] for word in ("应查", "已查")] == ["160", "160"]
    works = total(canal, "crossings")
    assert [works["工程"], works["应急池未建"]] == ["9", "2"]


def test_every_cell_is_walked(canal: Office) -> None:
    walked = total(canal, "cells_walked", "2021-10-05")
    assert [walked[word] for word in ("网格", "已排查", "覆盖率")] == ["16", "16", "100%"]
    assert listed(canal, "cells_not_walked", "2021-10-04")


def test_three_problems_wait_for_their_app_number(canal: Office) -> None:
    assert total(canal, "app_entry", "2021-10-05") == {"应录入": "60", "已录入": "57", "未录入": "3"}
    assert total(canal, "app_entry", "2021-10-12")["未录入"] == "0"


def test_department_findings(canal: Office) -> None:
    found = rows(canal, "findings", "2021-10-05")
    assert found["合计"] == {"发现": "14", "并入街道问题": "5", "转为新问题": "9"}
    assert [found[unit]["发现"] for unit in ("经济发展局", "财政金融局")] == ["0", "0"]


@pytest.mark.parametrize(
    ("on", "count"),
    [("2021-09-30", "412"), ("2021-10-31", "411"), ("2021-11-16", "412"), ("2021-11-30", "411"), ("2021-12-31", "409")],
)
def test_dwellings(canal: Office, on: str, count: str) -> None:
    assert total(canal, "dwellings", on)["建筑"] == count


def test_one_more_dwelling_is_told_at_once(canal: Office) -> None:
    said = json.loads(canal.run("messages", CAMPAIGN, "--as", "nsb1", "--json").out)["messages"]
    told = [m for m in said if "原住居民建筑增加" in m["title"]]
    assert [m["at"][:10] for m in told] == ["2021-11-16"]


def test_a_corrected_boundary_moves_three_points_from_its_day(canal: Office) -> None:
    def moved() -> Counter[str]:
        found: Counter[str] = Counter()
        for nth in range(30, 47):
            said = canal.run("history", CAMPAIGN, "pushed_points", f"T41-{nth:03}", "--json").out
            found["范围外" if '"2021-11-01"' in said else "same"] += 1
        return found

    assert moved() == {"same": 14, "范围外": 3}


def test_what_is_open_at_the_end_of_the_year(canal: Office) -> None:
    assert len(listed(canal, "problems_open", "2021-12-31")) == 11
    assert len(listed(canal, "problems_open_no_corridor", "2021-12-31")) == 6
    assert len(listed(canal, "plans_missing", "2021-12-31")) == 1
    corridor = rows(canal, "corridor", "2022-03-31")["合计"]
    assert (corridor["段数"], corridor["完成"], corridor["计划"]) == ("8", "3450", "3600")
    assert len(listed(canal, "corridor_late", "2022-03-31")) == 0
    assert len(listed(canal, "corridor_late", "2022-04-01")) == 1


def test_cases(canal: Office) -> None:
    assert [total(canal, "law_cases")[word] for word in ("立案", "移交公安", "结案")] == ["3", "1", "3"]
    assert [r["number"] for r in listed(canal, "cases_without_receipt", "2021-11-20")] == ["AJ-2021-002"]


# -- reports


def test_weekly_reports_in_all(canal: Office) -> None:
    found: Counter[str] = Counter()
    for duty in WEEKLY:
        all_of_them = board(canal, "2021-12-31 23:59", duty)["total"]
        found.update({k: all_of_them[k] for k in ("due", "on_time", "late", "missing", "zero")})
    assert found == {"due": 132, "on_time": 117, "late": 11, "missing": 4, "zero": 18}


def test_six_weekly_reports_were_returned_and_sent_again(canal: Office) -> None:
    returned = 0
    for duty in WEEKLY:
        for item in board(canal, "2021-12-31 23:59", duty)["items"]:
            if item["status"] != "missing":
                said = canal.run("history", CAMPAIGN, f"duty_{duty}", item["number"], "--json").out
                returned += '"退回"' in said
    assert returned == 6


def test_the_first_thursday(canal: Office) -> None:
    found: Counter[str] = Counter()
    for duty in WEEKLY:
        one = next(p for p in board(canal, "2021-10-22 00:00", duty)["periods"] if p["period"] == "2021-10-21")
        found.update({k: one[k] for k in ("due", "on_time", "late", "missing")})
    assert found == {"due": 12, "on_time": 9, "late": 2, "missing": 1}


def test_noon_is_on_time_and_forty_seconds_later_is_not(canal: Office) -> None:
    at_noon = board(canal, "2021-10-21 12:00:00")["items"]
    sent = {(i["duty"], i["unit_name"]): i["status"] for i in at_noon if i["period"] == "2021-10-21"}
    assert sent["weekly_progress", "住房建设和生态环境局"] == "submitted"
    text = canal.run("duties", CAMPAIGN, "--as-of", "2021-10-21 12:05").out
    assert "每周督查情况（附件3） 2021-10-21 城市管理和综合执法局 期限2021-10-21 12:00：已报送，迟40秒" in text
    assert "住房建设和生态环境局 期限2021-10-21 12:00：已报送，迟" not in text


def test_contacts_were_due_before_the_document_and_have_a_later_day(canal: Office) -> None:
    items = {i["unit_name"]: i["status"] for i in board(canal, "2021-09-07 18:00", "contacts")["items"]}
    assert len(items) == 6
    assert set(items.values()) == {"accepted"}
    early = {i["status"] for i in board(canal, "2021-09-02 09:00", "contacts")["items"]}
    assert "missing" not in early


def test_the_survey_was_frozen_with_58_of_60(canal: Office) -> None:
    said = json.loads(
        canal.run("duty", "changes", CAMPAIGN, "survey", "百里奚街道", "2021-10-05", "--json").out
    )
    assert len(said["forms"][0]["added"]) == 2
    made = canal.home.parent / "annex2.csv"
    canal.run("form", CAMPAIGN, "附件2", "--as-of", "2021-10-05", "-o", made)
    assert len([line for line in made.read_text("utf-8-sig").splitlines() if line[:1].isdigit()]) == 60


def test_a_correction_after_the_report_is_listed(canal: Office) -> None:
    said = json.loads(
        canal.run("duty", "changes", CAMPAIGN, "weekly_progress", "百里奚街道", "2021-12-09", "--json").out
    )
    changed = [c for c in said["forms"][0]["changed"] if c["column"] == "风险源描述"]
    assert [c["is"] for c in changed] == ["乙村：核对后更正的描述"]


def test_the_contact_in_office_is_told(canal: Office) -> None:
    """Reminders go to the posts; the register knows who was in office: the predecessor before, the successor after."""
    before = {r["number"] for r in listed(canal, "contacts_now", "2021-10-17")}
    after = {r["number"] for r in listed(canal, "contacts_now", "2021-10-18")}
    assert (before - after, after - before) == ({"LL-006"}, {"LL-007"})


# -- forms, archive, whole


@pytest.mark.parametrize(
    ("form", "words", "on", "count"),
    [
        ("annex1", ("--unit", "社会事业局"), "2021-10-18", 1),
        ("annex2", (), "2021-12-31", 60),
        ("annex3", (), "2021-10-05", 14),
        ("annex4", (), "2021-12-31", 81),
    ],
)
def test_forms_keep_the_printed_sheet(
    canal: Office, form: str, words: tuple[str, ...], on: str, count: int, tmp_path: Path
) -> None:
    made = tmp_path / f"{form}.xlsx"
    canal.run("form", CAMPAIGN, form, *words, "--as-of", on, "-o", made)
    page, printed = load_workbook(made).worksheets[0], load_workbook(FORMS / f"{form}.xlsx").worksheets[0]
    heads = [cell.value for cell in printed[4]]
    assert [cell.value for cell in page[4]] == heads
    assert page["A2"].value == printed["A2"].value
    filled = [[c.value for c in line] for line in page.iter_rows(5, 4 + count)]
    assert all(line[1] for line in filled)
    if heads[0] == "序号":
        assert [str(line[0]) for line in filled] == [str(n + 1) for n in range(count)]
    notes = [c.value for c in printed["A"][4:] if c.value]
    assert [c.value for c in page["A"][4 + count :] if c.value] == notes
    with zipfile.ZipFile(made) as new, zipfile.ZipFile(FORMS / f"{form}.xlsx") as old:
        assert new.namelist() == old.namelist()
        differ = [n for n in old.namelist() if new.read(n) != old.read(n)]
    assert [n for n in differ if not n.startswith(("xl/worksheets/", "xl/sharedStrings", "xl/workbook"))] == []


def test_the_first_annex_of_september_prints_the_predecessor(canal: Office, tmp_path: Path) -> None:
    def first_row(on: str) -> list[Any]:
        made = tmp_path / f"{on}.xlsx"
        canal.run("form", CAMPAIGN, "附件1", "--unit", "社会事业局", "--as-of", on, "-o", made)
        return [c.value for c in load_workbook(made).worksheets[0][5]]

    before, after = first_row("2021-10-17"), first_row("2021-10-18")
    assert before[0] != after[0]
    assert before[1] == after[1] == "社会事业局"


def test_one_problem_one_file(canal: Office, tmp_path: Path) -> None:
    made = tmp_path / "file.zip"
    canal.run("archive", CAMPAIGN, "--record", "problems/WT-2021-0001", "-o", made)
    with zipfile.ZipFile(made) as parcel:
        names = parcel.namelist()
        assert parcel.testzip() is None
    assert any(name.endswith("目录.pdf") for name in names)
    assert [name for name in names if "现场照片" in name]
    assert [name for name in names if "整改后照片" in name]


def test_what_was_done_wrong_on_purpose_waits_for_a_person(canal: Office) -> None:
    items = json.loads(canal.run("inbox", CAMPAIGN, "--json").out)["items"]
    assert Counter(i["ledger"] for i in items) == {"problems": 3}


def test_verified_tallied_and_played_only_once(canal: Office) -> None:
    assert canal.run("demo", CAMPAIGN, "--no-serve").code == 0
    checked = json.loads(canal.run("verify", "--json").out)["checked"]
    assert checked[0]["seals"] > 0
    assert canal.run("tally", "check").code == 0
