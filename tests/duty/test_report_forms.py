"""A report whose forms the ledgers fill: nobody types, sheets are attached, figures stay, changes are listed."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import Office
from tests.sheets.form_office import FILES, PHONE, REGIONS, UNITS, WEST, day, enter, fill_office, make, opened
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.core.problem import Refused
from zhuanban.duty import actions as do
from zhuanban.duty.actions import Target
from zhuanban.duty.figures import changes_since, reported
from zhuanban.evidence.actions import store
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.read import read_files
from zhuanban.people.actions import give_post
from zhuanban.people.models import AccessLog, Campaign, User
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, actor_for

DUTIES = """
weekly:
  title: 危桥隐患周报
  every: 周四 12:00
  from: 2024-03-07
  until: 2024-03-14
  units: [一公司, 二公司, 东镇站]
  forms: [faults]
  zero: true
  by: firm
  review: county
looks:
  title: 回头看情况
  due: 2024-03-14
  units: [东镇站]
  forms: [looks]
  by: firm
  review: county
own:
  title: 隐患逐处说明
  due: 2024-03-14
  units: {roster: faults, where: {state: 整改中}, each: record}
  forms: [faults]
  by: county
bridge:
  title: 逐桥情况
  due: 2024-03-14
  units: {roster: bridges, each: record}
  forms: [faults]
  by: county
contacts:
  title: 联络员信息
  due: 2024-03-14
  units: [一公司]
  forms: [contacts]
  by: [firm, county]
"""
MORE = {"duties.yaml": DUTIES}
WEEK = "2024-03-07"


def lines(content: bytes, first: int = 5, width: int = 8) -> list[str]:
    """The rows of a workbook from `first` on, as far as they are numbered or named."""
    sheet = load_workbook(io.BytesIO(content)).active
    rows = sheet.iter_rows(min_row=first, max_col=width, values_only=True)
    return [" ".join(str(v) for v in row if v is not None) for row in rows if row[0] is not None]


# By the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def bridges(office: Office, tmp_path: Path) -> Office:
    folder = tmp_path / "pack"
    for name, text in {**FILES, **MORE}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b64decode(text) if name.endswith(".xlsx") else text.encode())
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    words = ["--regions", tmp_path / "regions.csv", "--units", tmp_path / "units.csv", "--start", "2024-01-01"]
    office.run("campaign", "create", "bridges", "--pack", folder, *words)
    do_there(office, "fill_office(bridges)")
    return office


def do_there(office: Office, work: str) -> None:
    office.python(
        f"""
        from tests.sheets.form_office import day, enter, fill_office, opened
        from zhuanban.ledger.change import Change, Step
        from zhuanban.people.models import Campaign
        bridges = Campaign.objects.get(name="bridges")
        {work}
        """
    )


def asked(office: Office, *words: str) -> Any:
    return json.loads(office.run(*words, "--json").out)


def kept(office: Office, number: str, field: str) -> list[tuple[str, bytes]]:
    """The files of a report, name and content."""
    refs = asked(office, "history", "bridges", "duty_weekly", number)["fields"][field]
    house = office.home / "evidence"
    return [(r["name"], (house / r["sha256"][:2] / r["sha256"][2:4] / r["sha256"]).read_bytes()) for r in refs]


def test_filled_with_no_typing_attached_frozen_and_compared(bridges: Office) -> None:
    one = ("bridges", "weekly", "一公司", WEEK)
    said = asked(bridges, "duty", "fill", *one, "--as-of", "2024-03-06")
    assert (said["number"], said["state"], said["warnings"]) == (f"U1-{WEEK}", "待报", [])
    ((name, sheet),) = kept(bridges, f"U1-{WEEK}", "files")
    assert name == "危桥隐患统计表.xlsx"
    assert lines(sheet, first=3)[0] == "填报单位：第一养护公司（盖章） 填报时间：2024年3月6日"
    assert lines(sheet)[:2] == [
        "1 东镇 裂缝 墩身裂缝 2024年4月30日 整改中 二队",
        "2 东镇 沉降 桥台下沉 2024年5月1日 已销号（3月5日） 一公司 一号桥",
    ]
    before = kept(bridges, f"U1-{WEEK}", "figures")
    assert json.loads(before[0][1])["forms"][0]["rows"] == [
        ["faults/500100101-2", "东镇", "裂缝", "墩身裂缝", "2024年4月30日", "整改中", "二队", ""],
        ["faults/500100101-1", "东镇", "沉降", "桥台下沉", "2024年5月1日", "已销号（3月5日）", "一公司", "一号桥"],
    ]
    asked(bridges, "duty", "submit", *one)

    amend = 'Step("amend", day("02-01"), set={"story": "桥台下沉三厘米"}, reason="复测")'
    do_there(bridges, f'enter(bridges, Change("a", "faults", ({amend},), "500100101-1"))')
    late = 'kind="裂缝", story="栏杆裂缝", found="2024-01-15", unit="U1"'
    do_there(bridges, f'enter(bridges, opened("faults", on="03-06", {late}))')
    (form,) = asked(bridges, "duty", "changes", *one)["forms"]
    assert (form["added"], form["gone"]) == (["faults/500100101-4"], [])
    assert form["changed"] == [
        {"record": "faults/500100101-1", "column": "隐患描述", "was": "桥台下沉", "is": "桥台下沉三厘米"}
    ]
    assert "由“桥台下沉”改为“桥台下沉三厘米”" in bridges.run("duty", "changes", *one).out
    assert kept(bridges, f"U1-{WEEK}", "figures") == before
    assert kept(bridges, f"U1-{WEEK}", "files") == [(name, sheet)]


def test_a_zero_report_is_neither_a_report_nor_none(bridges: Office) -> None:
    none = ("bridges", "weekly", "东镇站", WEEK)
    assert "（duty-006）" in bridges.run("duty", "fill", *none, code=1).err
    assert "（duty-007）" in bridges.run("duty", "fill", "bridges", "weekly", "一公司", WEEK, "--zero", code=1).err
    asked(bridges, "duty", "fill", *none, "--zero")
    asked(bridges, "duty", "submit", *none)
    asked(bridges, "duty", "fill", "bridges", "weekly", "一公司", WEEK)
    asked(bridges, "duty", "submit", "bridges", "weekly", "一公司", WEEK)
    board = asked(bridges, "duties", "bridges", "--duty", "weekly")
    week = {i["unit_name"]: (i["status"], i["zero"]) for i in board["items"] if i["period"] == WEEK}
    assert week == {"一公司": ("submitted", False), "二公司": ("missing", False), "东镇站": ("submitted", True)}


# By those who report and those who look ------------------------------------------------------------------------------


@pytest.fixture
def campaign(db: None, tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    settings.ZHUANBAN_HOME = tmp_path
    with clock.set_to(datetime(2024, 3, 12, 9, tzinfo=BEIJING)):
        made = make(tmp_path, MORE)
        fill_office(made)
        enter(made, opened("contacts", name="丙员", phone=PHONE, unit="U1"))
        yield made


def person(campaign: Campaign, post: str, **where: str) -> Viewer:
    user = User.objects.create_user(f"u{User.objects.count()}", display_name="张三")
    give_post(campaign, user, post, **where)
    return Viewer(setting(campaign), actor_for(user, campaign, clock.today()))


def attached(campaign: Campaign, ledger: str, number: str) -> list[tuple[str, bytes]]:
    here = Viewer(setting(campaign), OPERATOR)
    found = []
    for ref in here.record(here.setting.pack.ledgers[ledger], number).data["files"]:
        with store().open(ref["sha256"]) as stream:
            found.append((ref["name"], stream.read()))
    return found


def test_a_form_that_goes_on_in_copies_keeps_them_all(campaign: Campaign) -> None:
    clerk = person(campaign, "firm", unit="U3")
    enter(campaign, opened("looks", "20", name="西桥", fault="别镇的", region=WEST))
    done = do.fill(clerk, Target("looks", "东镇站", "2024-03-14"))
    books = attached(campaign, "duty_looks", done.number)
    assert [name for name, _ in books] == [f"已整改隐患回头看情况表_{n}-3.xlsx" for n in (1, 2, 3)]
    rows = [line for _, book in books for line in lines(book, first=4, width=2)]
    assert [row.split()[0] for row in rows if "号旧桥" in row] == ["1", "2", "3", "10", "11"]  # its own town's
    assert all("填表人：张三" in rows for rows in (lines(book, first=4, width=2) for _, book in books))


def test_what_disagrees_with_the_list_is_told_and_the_report_stands(campaign: Campaign) -> None:
    enter(campaign, opened("looks", "30", name="三十号旧桥", fault="清单里没有"))
    done = do.fill(person(campaign, "firm", unit="U3"), Target("looks", "东镇站", "2024-03-14"))
    assert done.status == "entered"
    assert [(p.code, "附表1里没有“30”" in p.says) for p in done.problems] == [("sheets-100", True)]


def test_personal_fields_are_sent_by_who_may_see_them_and_never_frozen(campaign: Campaign) -> None:
    target = Target("contacts", "一公司", "2024-03-14")
    clerk, county = person(campaign, "firm", unit="U1"), person(campaign, "county")
    seen = []
    for who in (clerk, county):
        number = do.fill(who, target).number
        ((_, book),) = attached(campaign, "duty_contacts", number)
        (form,) = reported(clerk, do.find(clerk, target)).forms
        seen.append((lines(book, first=3, width=2)[0], form.rows[0].cells))
    assert seen == [("丙员 139****1234", ("丙员", "139****1234")), (f"丙员 {PHONE}", ("丙员", "139****1234"))]
    logged = [log.detail for log in AccessLog.objects.order_by("pk")]
    assert [(d["form"], d["unit"], d.get("revealed")) for d in logged] == [
        ("contacts", "U1", None),
        ("contacts", "U1", ["phone"]),
    ]
    for who in (clerk, county):
        (form_,) = changes_since(who, do.find(who, target))["forms"]
        assert (form_["added"], form_["gone"], form_["changed"]) == ([], [], [])
    assert AccessLog.objects.count() == 2  # to compare gives nothing away


def test_what_went_to_another_unit_later_was_this_one_s_that_day(campaign: Campaign) -> None:
    target = Target("weekly", "一公司", WEEK)
    clerk = person(campaign, "firm", unit="U1")
    do.fill(clerk, target, day=day("03-06"))
    gone = Step("transfer", day("03-11"), unit="U2", region=WEST, reason="换单位")
    enter(campaign, Change("t", "faults", (gone,), "500100101-1"))
    with pytest.raises(Refused):
        clerk.record(clerk.setting.pack.ledgers["faults"], "500100101-1")
    for who in (clerk, Viewer(setting(campaign), OPERATOR)):
        (form,) = changes_since(who, do.find(who, target))["forms"]
        assert (form["added"], form["gone"], form["changed"]) == ([], [], [])


def test_a_full_form_is_refused_and_nothing_is_reported(campaign: Campaign) -> None:
    enter(campaign, *(opened("contacts", name=f"{n}员", phone=f"1390000{n:04}", unit="U1") for n in range(4)))
    with pytest.raises(Refused) as refused:
        do.fill(person(campaign, "firm", unit="U1"), Target("contacts", "一公司", "2024-03-14"))
    assert [p.code for p in refused.value.problems] == ["sheets-063"]
    assert not Record.objects.filter(ledger="duty_contacts").exists()


def test_a_report_that_one_record_asks_for_holds_that_record_s_rows_alone(campaign: Campaign) -> None:
    county = person(campaign, "county")
    enter(campaign, Change("u", "bridges", (Step("transfer", day("03-01"), unit="U1", reason="管养单位"),), "Q1"))
    fault, bridge = (
        do.find(county, Target(duty, unit, "2024-03-14", record))
        for duty, unit, record in (("own", "二队", "500100101-2"), ("bridge", "一公司", "Q1"))
    )
    told = []
    for item in (fault, bridge):
        do.fill(county, item)
        (form,) = reported(county, do.find_numbered(county, item.duty.key, item.number)).forms
        told.append([row.record for row in form.rows])
        ((_, book),) = attached(campaign, item.duty.ledger, item.number)
        assert len([line for line in lines(book) if line[:1].isdigit()]) == 1
    assert told == [["faults/500100101-2"], ["faults/500100101-1"]]  # the second is the one that names the bridge


def test_a_form_that_cannot_tell_the_record_is_a_fault_of_the_pack() -> None:
    wrong = DUTIES.replace(
        "{roster: bridges, each: record}\n  forms: [faults]", "{roster: bridges, each: record}\n  forms: [contacts]"
    )
    pack, problems = read_files({**FILES, "duties.yaml": wrong})
    assert pack is None
    assert [(p.code, p.place.file) for p in problems] == [("pack-117", "duties.yaml")]
