"""The look-back at drinking-water sources, played: the requirements' figures month by month (004-NN in comments).

Played once for this module, inside a transaction that is taken back. Days are of 2018.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.played import Played
from tests.sheets.form_samples import parts
from zhuanban.archive.contents import of_record, of_region
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, beijing, iso
from zhuanban.core.problem import Refused
from zhuanban.duty.figures import changes_since, reported
from zhuanban.duty.queries import board
from zhuanban.evidence.actions import store
from zhuanban.evidence.models import File
from zhuanban.ledger.models import Event, Waiting
from zhuanban.ledger.search import Filter
from zhuanban.ledger.search import find as search
from zhuanban.ledger.verify import verify
from zhuanban.notify.models import Alarm, Message
from zhuanban.sheets.form_rows import Asked, content_of, find_form
from zhuanban.sheets.forms import check_form, fill_form
from zhuanban.tally.actions import check

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

A, B = "狼山镇街道", "任港街道"
A_UNIT, B_UNIT, A_REGION, B_REGION = "J010", "J003", "320602010", "320602003"
TEMPLATE = Path(__file__).resolve().parents[3] / "campaigns/source-lookback/forms/annex.xlsx"

# as of | looked at A | B | both | 是 | 否 | empty | found | of these closed | 销号 | 备案
MONTHS = """
    05-22 | 1 | 0 | 1  | 1  | 0 | 11 | 0 | 0 | 1  | 2
    06-22 | 2 | 1 | 3  | 3  | 0 | 9  | 1 | 0 | 3  | 6
    07-22 | 4 | 1 | 5  | 5  | 0 | 7  | 1 | 1 | 6  | 12
    08-22 | 5 | 2 | 7  | 7  | 0 | 5  | 2 | 1 | 8  | 16
    09-22 | 6 | 3 | 9  | 8  | 1 | 3  | 2 | 1 | 9  | 18
    10-22 | 7 | 3 | 10 | 9  | 1 | 2  | 2 | 2 | 11 | 22
    11-22 | 7 | 4 | 11 | 11 | 0 | 1  | 2 | 2 | 13 | 26
    11-30 | 8 | 4 | 12 | 12 | 0 | 0  | 2 | 2 | 14 | 28
    12-07 | 8 | 4 | 12 | 12 | 0 | 0  | 2 | 2 | 14 | 28
"""


def lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


# -- Figures of section 3


@pytest.mark.parametrize("month", lines(MONTHS), ids=lambda month: month[0])
def test_the_month_table(played: Played, month: list[str]) -> None:  # 004-08, 004-12, 004-40, 004-56
    on, of_a, of_b, both, kept, broken, waiting, found, found_closed, closed, filed = month
    rows = played.rows("look_back", on)
    assert (rows[A][1], rows[B][1]) == (of_a, of_b)
    assert rows["合计"][:8] == ["12", both, kept, broken, waiting, found, found_closed, closed]
    assert (rows[A][0], rows[B][0]) == ("8", "4")
    assert played.rows("filings", on)["合计"][0] == filed


@pytest.mark.parametrize("month", lines(MONTHS)[:7], ids=lambda month: month[0])
def test_the_sheets_of_both_streets_say_the_same(played: Played, month: list[str]) -> None:  # 004-49, 004-56, 004-I07
    form = find_form(played.whole, "附件")
    rows = [
        row.values
        for unit in (A_UNIT, B_UNIT)
        for row in content_of(played.whole, form, Asked(played.day(month[0]), unit=unit)).rows
    ]
    assert sorted(int(str(row[0])) for row in rows) == list(range(1, 13))
    said = Counter(str(row[5] or "") for row in rows)
    assert [said["是"], said["否"], said[""]] == [int(n) for n in month[4:7]]
    assert {row[1] for row in rows} == {"南通市崇川区"}  # 004-53


def test_kinds_and_zones_of_the_old_problems(played: Played) -> None:  # 004-10, 004-11
    kinds = played.rows("risk_kinds")
    assert {k: v[0] for k, v in kinds.items()} == {
        "合计": "12", "排污口": "4", "违法建设项目": "5", "网箱养殖": "2", "其他": "1"
    }  # fmt: skip
    assert (kinds["违法建设项目"][1], kinds["合计"][2:]) == ("2", ["2", "1"])
    assert {k: v[:1] for k, v in played.rows("risk_zones").items()} == {
        "合计": ["12"], "一级保护区": ["5"], "二级保护区": ["7"], "范围外": ["0"]
    }  # fmt: skip
    dwellings = played.records("problems", dwelling="是")
    assert [(r.number, r.data["kind"], r.data["zone"]) for r in dwellings] == [
        ("2", "违法建设项目", "一级保护区"),
        ("7", "违法建设项目", "一级保护区"),
    ]


def test_numbers_of_the_old_problems_are_kept(played: Played) -> None:  # 004-14, 004-32
    old = played.records("problems", origin="已整改")
    streets = {A_UNIT: "1 11 2 3 5 6 8 9", B_UNIT: "10 12 4 7"}
    for unit, numbers in streets.items():
        assert " ".join(r.number for r in old if r.unit == unit) == numbers
    assert all(int(r.number) == r.data["no"] for r in old)
    assert {r.number for r in played.records("superior_list")} == {r.number for r in old}


def test_the_relapse_of_number_five(played: Played) -> None:  # 004-48
    assert "5" in played.names("relapsed", "09-22")
    assert played.names("relapsed", "11-16") == []
    (again,) = played.records("problems", origin="反弹")
    assert (again.number, again.data["relapse_of"], again.data["due"], again.state) == (
        "N3",
        "5",
        "2018-11-20",
        "已销号",
    )
    (old,) = played.records("problems", no=5)
    moves = [
        move
        for body in Event.objects.filter(record=old).order_by("version").values_list("body", flat=True)
        for move in ("发现反弹", "反弹办结", "销号")
        if f'"move":"{move}"' in body
    ]
    assert moves == ["发现反弹", "反弹办结", "销号"]
    # As of 08-22 nobody had looked at it yet: the list of that day still has it waiting.
    assert "5" in played.names("to_look", "08-22")


def test_new_problems_and_their_days(played: Played) -> None:  # 004-12, 004-18
    said = [
        (r.number, r.data["kind"], r.data["zone"], r.data["due"]) for r in played.records("problems", origin="新发现")
    ]
    assert said == [("N1", "排污口", "二级保护区", "2018-07-15"), ("N2", "网箱养殖", "一级保护区", "2018-10-15")]
    assert [played.names("new_open", on) for on in ("06-11", "06-12", "07-12", "07-13")] == [[], ["N1"], ["N1"], []]
    assert [played.names("new_open", on) for on in ("08-09", "10-10", "10-11")] == [["N2"], ["N2"], []]


def test_water_gets_worse_in_august_and_one_alarm_is_raised_and_ends(played: Played) -> None:  # 004-13, 004-42
    months = [(r.data["month"][5:], r.data["class"]) for r in played.records("samples")]
    assert months == [
        *((f"{m:02}", "Ⅱ类") for m in (5, 6, 7)),
        ("08", "Ⅲ类"),
        *((f"{m:02}", "Ⅱ类") for m in (9, 10, 11)),
    ]
    (alarm,) = Alarm.objects.filter(campaign=played.here.campaign)
    assert (alarm.key, iso(alarm.on_day)[:7], iso(alarm.over_on or 0)[:7]) == ("worse_water", "2018-08", "2018-09")
    # Against the baseline Ⅱ类, which nobody typed into a sample (004-13).
    assert played.rows("water")["Ⅲ类"] == ["1", "0", "0", "1"]
    assert played.rows("water")["合计"] == ["7", "0", "6", "1"]
    assert [r.data["trend"] for r in played.records("samples")] == ["保持"] * 3 + ["恶化"] + ["保持"] * 3


def test_sixty_patrols_two_of_them_without_a_photo(played: Played) -> None:  # 004-45
    assert {k: v for k, v in played.rows("patrols").items() if k in ("合计", A, B)} == {
        "合计": ["60", "2"], A: ["30", "1"], B: ["30", "1"]
    }  # fmt: skip
    weeks = Counter((r.unit, r.data["week"]) for r in played.records("patrols"))
    assert len(weeks) == 60
    assert (min(w for _, w in weeks), max(w for _, w in weeks)) == ("2018-05-07", "2018-11-26")


def test_supervision_accountability_messages_disclosures(
    played: Played,
) -> None:  # 004-39, 004-41, 004-43, 004-36, 004-37
    assert {k: v for k, v in played.rows("supervision").items() if k in (A, B)} == {A: ["3", "3"], B: ["3", "3"]}
    assert played.names("supervision_open", "11-05") == ["DC-2018-05", "DC-2018-06"]
    assert played.rows("accountability")["合计"] == ["2", "1", "0", "0", "1"]
    late, relapse = played.records("accountability")
    assert (late.data["measure"], relapse.data["measure"], relapse.data["problem"]) == (["不予追究"], ["通报批评"], "5")
    assert len(played.records("public_messages")) == 3
    assert len(played.records("public_messages", anonymous="是")) == 1
    assert [r.state for r in played.records("disclosures")] == ["已发布"] * 7


def test_papers_and_plans(played: Played) -> None:  # 004-01, 004-02, 004-03, 004-15, 004-19, 004-33
    chain = {r.number: r.data.get("above") for r in played.records("papers")}
    number, found = "崇川政办发〔2018〕40号", []
    while above := chain[number]:
        number = above
        found.append(number)
    assert found == ["通政传发〔2018〕45号", "苏政传发〔2018〕79号", "环环监〔2018〕25号"]
    (plan,) = played.records("source_plans")
    assert plan.data["version"] == 2
    plans = played.records("street_plans")
    assert Counter(r.data["kind"] for r in plans) == {"行动方案": 2, "问题清单回头看制度": 2}
    assert all(
        r.data["leader"] and r.data["department"] and r.data["division"] for r in plans if r.data["kind"] == "行动方案"
    )


@pytest.mark.parametrize("said", ["〔2018〕40号", "[2018]40", "40号"])
def test_the_paper_is_found_however_its_brackets_are_typed(played: Played, said: str) -> None:  # 004-01
    ledger = played.here.pack.ledgers["papers"]
    found = search(played.whole, ledger, Filter(text=said))
    assert "崇川政办发〔2018〕40号" in [r.number for r in found]


def test_problems_of_a_standard_and_matters_between_units(played: Played) -> None:  # 004-06, 004-44, 004-46, 004-47
    found = search(played.whole, played.here.pack.ledgers["problems"], Filter(text="HJ773-2015"))
    assert sorted(r.number for r in found) == ["1", "10", "11", "3", "4", "6", "8", "N2"]
    assert played.names("handovers_open") == ["GT-2018-02"]
    assert played.names("handovers_open", "06-15") == ["GT-2018-01"]
    assert Counter(r.data["kind"] for r in played.records("joint_work")) == {"联系岗位": 1, "联合巡查": 2}
    assert not [r for r in played.records("accountability") if "移交问责" in r.data["measure"]]


# -- Duties


def test_fourteen_monthly_reports_one_late_one_returned(played: Played) -> None:  # 004-22, 004-25, 004-I11
    now = board(played.whole, clock.now() // 1_000_000, "progress")
    assert now.count().due == now.count().submitted == 14
    late = [(i.due.period, i.unit, i.late_text) for i in now.items if i.late_s]
    assert late == [("2018-07", B_UNIT, "迟1天")]
    assert [i.due.period for i in now.items if i.unit == A_UNIT] == [f"2018-{m:02}" for m in range(5, 12)]
    assert not [i for i in now.items if i.undelivered()]
    assert [q.word for q in now.questions] == ["until"]  # 004-I02
    may = played.report("progress", A, "2018-05")
    assert (may.received[:10], may.data["received_last"][:10]) == ("2018-05-21", "2018-05-24")


def test_forty_eight_deliveries(played: Played) -> None:  # 004-25, 004-26
    sent = [
        item for duty in ("progress", "summary") for item in board(played.whole, clock.now() // 1_000_000, duty).items
    ]
    assert len(sent) == 16
    assert sum(1 for item in sent for key in item.data if key.startswith("receipt_")) == 48


def test_missing_is_said_before_it_came(played: Played) -> None:  # 004-I04
    at = int(datetime(2018, 7, 23, 9, 0, tzinfo=BEIJING).timestamp())
    status = {(i.due.period, i.unit): i.status for i in board(played.whole, at, "progress").items}
    assert status["2018-07", A_UNIT] in ("submitted", "accepted")
    assert status["2018-07", B_UNIT] == "missing"
    assert status["2018-08", B_UNIT] == "open"


def test_reminders_come_on_the_last_workday_before(played: Played) -> None:  # 004-23, 004-36
    told = Message.objects.filter(campaign=played.here.campaign, kind="remind")
    days = {(m.key.split("/")[1], m.about.split("/")[1], beijing(m.at)[5:10]) for m in told}
    assert ("progress", f"{A_UNIT}-2018-07", "07-20") in days  # 07-22 is a Sunday
    assert ("progress", f"{A_UNIT}-2018-09", "09-21") in days  # 09-22 a Saturday of a holiday
    assert ("disclosure", "QF-2018-06", "06-29") in days  # 06-30 a Saturday
    assert ("disclosure", "QF-2018-09", "09-30") in days  # a Sunday on which one works
    assert ("progress", f"{B_UNIT}-2018-07", "07-23") in days  # overdue
    assert ("progress", f"{A_UNIT}-2018-07", "07-23") not in days


def test_seven_disclosures_released_on_their_days(played: Played) -> None:  # 004-36
    items = board(played.whole, clock.now() // 1_000_000, "disclosure").items
    assert [i.received[5:10] for i in items] == ["05-30", "06-29", "07-31", "08-30", "09-30", "10-31", "11-29"]
    assert {i.status for i in items} == {"accepted"}


def test_summaries_are_on_time_and_say_twelve_of_twelve(played: Played) -> None:  # 004-26
    for unit, rows in ((A, 8), (B, 4)):
        item = played.report("summary", unit, "2018-12-07")
        assert (item.status, item.late_s) == ("accepted", 0)
        form, _ = reported(played.whole, item).forms
        assert [row.cells[5] for row in form.rows] == ["是"] * rows
        assert item.data["proof_list"]


def test_what_was_reported_in_august_stays_though_number_five_relapsed(played: Played) -> None:  # 004-I05
    item = played.report("progress", A, "2018-08")
    form, _ = reported(played.whole, item).forms
    assert {row.record: row.cells[5] for row in form.rows}["problems/5"] == ""
    assert changes_since(played.whole, item)["forms"][0]["changed"] == []
    # The sheet that was sent is the file that is kept: looked at later, no. 5 has not been looked at.
    name = f"{form.title}_1-2.xlsx"
    (sent,) = [each["sha256"] for each in item.data["files"] if each["name"] == name]
    with store().open(sent) as stream:
        sheet = load_workbook(io.BytesIO(stream.read())).active
    rows = {str(row[0]): row[5] for row in sheet.iter_rows(min_row=5, max_row=8, values_only=True)}
    assert rows == {"1": "是", "2": "是", "3": "是", "5": None}


def test_a_report_sent_again_is_held_against_the_first(played: Played) -> None:  # 004-I05, 004-I11
    (again,) = changes_since(played.whole, played.report("progress", A, "2018-05"))["revised"]
    form = again["forms"][0]
    assert (again["as_of"], form["added"], form["gone"], form["changed"]) == ("2018-05-24", [], [], [])
    assert changes_since(played.whole, played.report("progress", A, "2018-06"))["revised"] == []


def test_eighty_four_rows_in_twenty_one_sheets(played: Played) -> None:  # 004-51
    rows, sheets = 0, 0
    for item in board(played.whole, clock.now() // 1_000_000, "progress").items:
        form, _ = reported(played.whole, item).forms
        rows += len(form.rows)
        sheets += sum(1 for f in item.data["files"] if f["name"].startswith(form.title))
    assert (rows, sheets) == (84, 21)


# -- The form, cell by cell


def test_the_form_is_the_template_but_for_its_values(played: Played) -> None:  # 004-50, 004-52
    template = parts(TEMPLATE.read_bytes())
    form = find_form(played.whole, "附件")
    filled = fill_form(played.whole, form, Asked(played.day("09-22"), unit=A_UNIT))
    assert len(filled.files) == 2
    for content in filled.files:
        mine = parts(content)
        assert mine.keys() == template.keys()
        differ = {name for name in template if mine[name] != template[name]}
        assert "xl/worksheets/sheet1.xml" in differ
        assert differ <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}  # the calculation flag
        was, now = load_workbook(TEMPLATE).active, load_workbook(io.BytesIO(content)).active
        assert was is not None
        assert now is not None
        assert now.dimensions == was.dimensions
        assert now.merged_cells.ranges == was.merged_cells.ranges
        assert [now.column_dimensions[c].width for c in "ABCDEFG"] == [
            was.column_dimensions[c].width for c in "ABCDEFG"
        ]
        changed = {c.coordinate for row in now.iter_rows() for c in row if c.value != was[c.coordinate].value}
        assert all(c in ("A3", "F3", "A9") or 5 <= int(c[1:]) <= 8 for c in changed)
    assert filled.warnings == ()


def test_the_filled_cells(played: Played) -> None:  # 004-49
    form = find_form(played.whole, "附件")
    (content,) = fill_form(played.whole, form, Asked(played.day("09-22"), unit=B_UNIT)).files
    page = load_workbook(io.BytesIO(content)).active
    assert page is not None
    assert [page[f"A{r}"].value for r in range(5, 9)] == ["4", "7", "10", "12"]
    assert [page[f"F{r}"].value or "" for r in range(5, 9)] == ["是", "是", "是", ""]
    assert page["C5"].value == "长江狼山水源地"
    assert "任港街道" in page["A3"].value
    assert page["F3"].value == "填报时间：2018年9月22日"  # the day asked about
    assert page["E5"].value.endswith("没有反弹，保持完好。")


def test_a_moved_column_and_another_name_are_told_with_their_place(played: Played) -> None:  # 004-50, 004-55
    viewer = played.whole
    form = find_form(viewer, "附件")
    asked = Asked(played.day("09-22"), unit=B_UNIT)
    (content,) = fill_form(viewer, form, asked).files
    assert check_form(viewer, form, content, "表.xlsx", asked).problems == []
    book = load_workbook(io.BytesIO(content))
    page = book.active
    assert page is not None
    page["C5"] = "狼山水源地"
    out = io.BytesIO()
    book.save(out)
    found = [str(p) for p in check_form(viewer, form, out.getvalue(), "表.xlsx", asked).problems]
    assert [line for line in found if "C5" in line and "长江狼山水源地" in line and "“狼山水源地”" in line]
    page["A4"], page["B4"] = page["B4"].value, page["A4"].value
    out = io.BytesIO()
    book.save(out)
    try:
        told = [str(p) for p in check_form(viewer, form, out.getvalue(), "表.xlsx", asked).problems]
    except Refused as refused:
        told = [str(p) for p in refused.problems]
    assert [line for line in told if "A4" in line or "问题序号" in line]


# -- Files, photos, archive


def test_archives_of_streets_and_source_are_whole(played: Played) -> None:  # 004-28, 004-29, 004-31
    for region in (A_REGION, B_REGION):
        found = of_region(played.whole, region)
        assert found.heads == ("基本资料", "问题清单", "整改方案", "过程文件", "前后对比照片", "视频")
        assert found.empty == ()
    source = of_record(played.whole, played.here.pack.ledgers["sources"], "SY-01")
    assert (source.empty, sum(1 for i in source.items if i.head == "视频")) == ((), 3)


def test_fifteen_pairs_eight_of_the_photos_without_a_day(played: Played) -> None:  # 004-30
    problems = played.records("problems")
    assert len(problems) == 15
    # No picture twice, none older than the one before; the old ones are marked as entered late, and nothing else.
    assert {flag for r in problems for flag in r.flags} == {"补录：早于行动开始"}
    pairs = [(r.data["before"][0]["sha256"], r.data["after"][0]["sha256"]) for r in problems]
    photos = [sha for pair in pairs for sha in pair]
    assert len(set(photos)) == 30
    assert File.objects.filter(sha256__in=photos, exif_taken_at=None).count() == 8
    assert sum(1 for r in problems if r.data.get("video")) == 3
    assert all(store().open(sha).read(2) == b"\xff\xd8" for sha in photos[:4])


# -- The whole


def test_nothing_but_the_two_wrong_ones_waits(played: Played) -> None:
    assert sorted(Waiting.objects.filter(campaign=played.here.campaign).values_list("ledger", flat=True)) == [
        "filings",
        "problems",
    ]


def test_verify_and_tally_check_find_nothing(played: Played) -> None:
    assert list(verify(played.here)) == []
    assert list(check(played.here)) == []
