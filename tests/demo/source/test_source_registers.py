"""The look-back at drinking-water sources, played: its papers, registers, units, archives (004-NN in comments).

The month's figures are in `test_source.py`. Played once for this module. Days are of 2018.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.played import Played
from tests.story import CAMPAIGNS
from zhuanban.archive.contents import of_record, of_region
from zhuanban.archive.parcel import pieces
from zhuanban.core import clock
from zhuanban.core.calendar import Calendar
from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Refused
from zhuanban.duty.actions import Target, find
from zhuanban.duty.figures import reported
from zhuanban.duty.queries import board
from zhuanban.duty.rules import Item
from zhuanban.evidence.actions import store
from zhuanban.ledger.models import Record
from zhuanban.ledger.search import Filter
from zhuanban.ledger.search import find as search
from zhuanban.pack.duty_ledger import addressees
from zhuanban.sheets.form_rows import Asked, find_form
from zhuanban.sheets.forms import check_form, fill_form
from zhuanban.sheets.out import ledger_columns, ledger_rows

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

A, B, A_UNIT, B_UNIT, A_REGION, B_REGION = "狼山镇街道", "任港街道", "J010", "J003", "320602010", "320602003"
NOTICE = "崇川政办发〔2018〕40号"
HEADS = ("基本资料", "问题清单", "整改方案", "过程文件", "前后对比照片", "视频")


def papers(played: Played) -> dict[str, Mapping[str, Any]]:
    return {r.number: r.data for r in played.records("papers")}


def numbered(played: Played, ledger: str, number: str) -> Record:
    return Record.objects.get(campaign=played.here.campaign, ledger=ledger, number=number)


def steps(played: Played, ledger: str, number: str) -> list[tuple[str, str]]:
    """(title, day) of a record's events."""
    told = played.whole.history(played.here.pack.ledgers[ledger], number)
    return [(event["title"], event["on"][5:]) for event in told["events"]]


def items(played: Played, duty: str) -> list[Item]:
    return board(played.whole, clock.now() // 1_000_000, duty).items


# -- Papers


def test_the_notice_is_dated_on_a_holiday_though_its_date_has_a_stray_space(played: Played) -> None:  # 004-02
    sheet = (CAMPAIGNS / "source-lookback/demo/papers-0502.csv").read_text("utf-8")
    assert "2018年5月1 日,2018年5月1 日" in sheet
    notice = papers(played)[NOTICE]
    assert (notice["signed_on"], notice["printed_on"]) == ("2018-05-01", "2018-05-01")
    assert date.fromisoformat(notice["signed_on"]).isoweekday() == 2
    assert not Calendar().is_workday(from_iso("2018-05-01"))


def test_the_form_hangs_on_the_plan_and_the_plan_on_the_notice(played: Played) -> None:  # 004-01
    known = papers(played)
    (plan,) = [number for number, said in known.items() if said.get("part_of") == NOTICE]
    (form,) = [number for number, said in known.items() if said.get("part_of") == plan]
    assert (known[plan]["name"], known[form]["name"]) == (
        "崇川区集中式饮用水水源地环境保护专项行动方案",
        played.here.pack.forms["annex"].title,
    )


def test_from_every_duty_to_its_clause_and_the_papers_above(played: Played) -> None:  # 004-03
    pack, known = played.here.pack, papers(played)
    assert {duty.source.partition("（")[0] for duty in pack.duties.values()} == {"方案二", "方案三"}
    number, above = pack.source.partition("（")[0], []
    assert number in known
    while number := known[number].get("above", ""):
        above.append(number)
    assert above[::-1] == ["环环监〔2018〕25号", "苏政传发〔2018〕79号", "通政传发〔2018〕45号"]
    assert known["环环监〔2018〕25号"]["issuer"] == "原环保部、水利部"
    # Both words as they are printed, one on each paper.
    assert "饮用水水源地" in known["环环监〔2018〕25号"]["name"]
    assert "饮用水源地" in known["通政传发〔2018〕45号"]["name"]


def test_who_has_received_the_notice_and_who_has_not(played: Played) -> None:  # 004-04
    assert papers(played)[NOTICE]["addressees"] == "区有关部门和单位"  # all that the paper says
    assert [played.names("papers_unreceived", on) for on in ("05-02", "05-03", "05-06", "05-07")] == [
        ["QS-002", "QS-003", "QS-004"],
        ["QS-002"],
        ["QS-002"],
        [],
    ]
    told = played.records("paper_receipts", paper=NOTICE)
    assert [(r.unit, r.data["reader"], steps(played, "paper_receipts", r.number)[-1]) for r in told] == [
        ("HB", "区环保局阅文员甲", ("签收", "05-02")),
        ("ZJ", "区住建局阅文员甲", ("签收", "05-07")),
        (A_UNIT, "狼山镇街道阅文员甲", ("签收", "05-03")),
        (B_UNIT, "任港街道阅文员甲", ("签收", "05-03")),
    ]


def test_four_copies_on_the_notice_and_on_no_other_paper(played: Played) -> None:  # 004-05
    copies = {number: said["copies"] for number, said in papers(played).items() if "copies" in said}
    assert copies == {NOTICE: ["区委办公室", "区人大常委会办公室", "区政协办公室", "区委各部门"]}
    duty = played.here.pack.duties["progress"]
    assert addressees(duty) == ("区政府办公室", "区环保局", "区住建局")


def test_every_problem_cites_a_law_or_standard_that_is_a_paper_here(played: Played) -> None:  # 004-06
    known = papers(played)
    cited = {r.number: r.data["standard"] for r in played.records("problems")}
    assert len(cited) == 15
    assert all(cited.values())
    assert {known[number]["level"] for standards in cited.values() for number in standards} == {"法律", "标准"}
    # The sheet of 05-03 writes the number inside 《》 for no. 1, outside for no. 3, alone for no. 4.
    assert cited["1"] == cited["3"] == cited["4"] == ["中华人民共和国水污染防治法", "HJ773-2015"]
    found = search(played.whole, played.here.pack.ledgers["problems"], Filter(text="HJ773-2015"))
    assert [r.number for r in found] == [number for number in sorted(cited) if "HJ773-2015" in cited[number]]


def test_papers_and_problems_are_classed_and_the_source_shows_the_three_tasks(played: Played) -> None:  # 004-07
    known = papers(played)
    assert known["环环监〔2018〕25号"]["task"] == ["划", "立", "治"]
    assert known[NOTICE]["task"] == ["治"]
    assert {r.data["task"] for r in played.records("problems")} == {"治"}
    (source,) = played.records("sources")
    days = [source.data[key] for key in ("drawn_on", "signed_on", "cured_on")]
    assert days == ["2012-10-30", "2016-12-20", "2017-12-20"]
    assert all(source.data[key] for key in ("drawn_paper", "sign_photo", "cured_paper"))
    assert [played.names(key) for key in ("not_drawn", "not_signed", "not_cured")] == [[], [], []]


def test_the_question_about_a_column_that_the_form_does_not_have(played: Played) -> None:  # 004-54
    assert [played.names("questions_open", on) for on in ("05-02", "05-03", "05-04", "12-10")] == [
        ["YW-01", "YW-02", "YW-03", "YW-04"],
        ["YW-01", "YW-02", "YW-03", "YW-04"],
        ["YW-04"],
        ["YW-04"],
    ]
    asked = numbered(played, "paper_questions", "YW-01").data
    assert asked["clause"] == "附件注3"
    assert "整治进展情况" in asked["question"]
    assert "“回头看”情况" in asked["answer"]
    form = played.here.pack.forms["annex"]
    assert asked["paper"] == f"{NOTICE}附件1附件"
    assert "整治进展情况" not in [column.title for column in form.columns]
    # Measures and results are both asked for where the answer puts them.
    assert {"look_measures", "look_results"} <= set(played.here.pack.ledgers["problems"].moves["回头看"].needs)
    assert {"区建设局", "区住建局"} <= set(played.here.units.nodes["ZJ"].aliases) | {played.here.units.name("ZJ")}
    assert (
        "区建设局" in numbered(played, "paper_questions", "YW-03").data["question"]
    )  # 004-39: by a person, not by the program


# -- Problems and units


def test_twelve_old_problems_are_twelve_tasks_with_an_event_each(played: Played) -> None:  # 004-09
    old = [r.number for r in played.records("problems", origin="已整改")]
    assert sorted(played.names("to_look", "05-04")) == old
    looked = {number: [title for title, _ in steps(played, "problems", number)].count("回头看") for number in old}
    assert looked == {number: 0 if number == "5" else 1 for number in old}  # of no. 5 the look-back found a relapse
    assert [title for title, _ in steps(played, "problems", "5")].count("发现反弹") == 1


def test_new_problems_have_no_old_number_and_no_row_in_the_form(played: Played) -> None:  # 004-12, 004-51
    new = played.records("problems", origin="新发现")
    assert [(r.number, r.data.get("no")) for r in new] == [("N1", None), ("N2", None)]
    printed = {row.record for item in items(played, "progress") for row in reported(played.whole, item).forms[0].rows}
    assert len(printed) == 12
    assert not printed & {"problems/N1", "problems/N2", "problems/N3"}


def test_hard_problems_have_helpers_and_count_once_under_the_lead(played: Played) -> None:  # 004-17
    hard = {r.number: (r.unit, r.data["helpers"]) for r in played.records("problems", hard="是")}
    assert hard == {number: (A_UNIT, ["HB", "ZJ", "S0101"]) for number in ("5", "11")}
    assert sorted(played.names("hard_ones")) == ["11", "5"]
    rows = played.rows("hard_ones")
    assert {name: said for name, said in rows.items() if said != ["0", "0"]} == {"合计": ["2", "2"], A: ["2", "2"]}
    assert {"区环保局", "区住建局"} <= rows.keys()
    ledger = played.here.pack.ledgers["problems"]
    heads = [column.title for column in ledger_columns(played.here, ledger)]
    mine = Record.objects.filter(campaign=played.here.campaign, ledger="problems", number="5")
    (row,) = ledger_rows(played.whole, ledger, mine)
    assert row[heads.index("配合单位")] == "区环保局、区住建局、临江社区"


def test_rules_and_plans_of_the_streets_are_filed_with_day_and_file(played: Played) -> None:  # 004-19, 004-33
    assert len(played.names("street_plans_missing", "05-07")) == 4
    assert len(played.names("street_plans_missing", "05-08")) == 2
    assert played.names("street_plans_missing", "05-09") == []
    filed = [
        (r.unit, r.data["kind"], steps(played, "street_plans", r.number)[-1]) for r in played.records("street_plans")
    ]
    assert filed == [
        (unit, kind, ("报备", on))
        for unit, on in ((A_UNIT, "05-08"), (B_UNIT, "05-09"))
        for kind in ("行动方案", "问题清单回头看制度")
    ]
    assert all(r.data["file"] for r in played.records("street_plans"))


def test_each_closing_is_dated_checked_by_another_and_has_both_photos(played: Played) -> None:  # 004-20
    days: Counter[str] = Counter()
    for record in played.records("problems"):
        told = steps(played, "problems", record.number)
        (closed,) = [on for title, on in told if title == "销号"]
        said = record.data
        assert said["before"]
        assert said["after"]
        assert said["checked_by"] not in (said.get("fixed_by"), said.get("looked_by"))
        done = [on for title, on in told if title in ("回头看", "申请销号", "发现反弹")]
        assert done
        assert max(done) < closed
        days[closed] += record.data["origin"] != "反弹"
    closings = [(f"{on[:2]}-{on[3:]}", n) for on, n in sorted(days.items()) if n]
    assert sum(n for _, n in closings) == 14
    # The table of any day counts those up to it.
    for until in ("06-30", "09-22", "11-16"):
        assert played.rows("look_back", until)["合计"][7] == str(sum(n for on, n in closings if on <= until))


def test_the_state_of_each_street_in_september_opens_its_records(played: Played) -> None:  # 004-40
    for street, looked in ((A, "123568"), (B, ("4", "7", "10"))):
        behind = [each.number for each in played.behind("look_back", street, "looked", "09-22")]
        assert sorted(behind) == sorted(looked)
    assert played.names("new_open", "09-22") == ["N2"]
    assert played.names("relapsed", "09-22") == ["5"]
    # What was reported that day stands beside the ledger, and may differ from it.
    form = reported(played.whole, find(played.whole, Target("progress", A, "2018-09"))).forms[0]
    assert [row.cells[5] for row in form.rows].count("是") == 5


def test_who_looks_again_and_when_is_said_of_every_closed_problem(played: Played) -> None:  # 004-I14
    closed = [r for r in played.records("problems") if r.state == "已销号"]
    assert len(closed) == 15
    assert [r.number for r in closed if not (r.data.get("next_look") or r.data.get("no_next"))] == []


def test_a_matter_handed_over_stays_with_the_street(played: Played) -> None:  # 004-46
    (handed, open_) = played.records("handovers")
    assert (handed.unit, handed.data["problem"], handed.state) == ("ZJ", "N1", "已回")
    assert numbered(played, "problems", "N1").unit == A_UNIT
    assert (open_.state, played.names("handovers_open")) == ("已交", [open_.number])


def test_contacts_of_the_source_by_post_and_joint_visits_by_day(played: Played) -> None:  # 004-47
    told = [
        (r.data["kind"], r.data["who"], steps(played, "joint_work", r.number)[-1][1])
        for r in played.records("joint_work", source="SY-01")
    ]
    assert told == [
        ("联系岗位", "两街道分管领导、区环保局水科、水厂值班室", "05-16"),
        ("联合巡查", "两街道、区环保局", "07-05"),
        ("联合巡查", "两街道、区住建局", "10-16"),
    ]


def test_each_message_from_the_public_is_a_lead_that_is_answered(played: Played) -> None:  # 004-37
    assert [played.names("messages_open", on) for on in ("06-20", "06-26", "07-18", "09-05", "09-06")] == [
        ["LY-2018-001"], [], ["LY-2018-002"], ["LY-2018-003"], []
    ]  # fmt: skip
    assert all(r.data["answer"] for r in played.records("public_messages"))
    assert numbered(played, "public_messages", "LY-2018-003").data["problem"] == "5"


# -- Reports


def test_due_days_are_the_printed_ones(played: Played) -> None:  # 004-22, 004-36, 004-I02
    monthly = items(played, "progress")
    assert {(iso(i.due.day)[5:], i.unit) for i in monthly} == {
        (f"{month:02}-22", unit) for month in range(5, 12) for unit in (A_UNIT, B_UNIT)
    }
    assert min(i.due.day for i in monthly) - from_iso(papers(played)[NOTICE]["signed_on"]) == 21
    pages = [iso(i.due.day)[5:] for i in items(played, "disclosure")]
    assert pages == ["05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30"]


def test_the_files_of_a_report_are_kept_by_their_fingerprint(played: Played) -> None:  # 004-24, 004-57
    for item in items(played, "progress"):
        names = [file["name"] for file in item.data["files"]]
        assert [name for name in names if name.endswith("盖章页.jpg")]
        for file in item.data["files"]:
            with store().open(file["sha256"]) as stream:
                assert hashlib.sha256(stream.read()).hexdigest() == file["sha256"]
    item = find(played.whole, Target("progress", B, "2018-09"))
    form = reported(played.whole, item).forms[0]
    sheet, *_ = [file["sha256"] for file in item.data["files"] if file["name"].endswith(".xlsx")]
    with store().open(sheet) as stream:
        page = load_workbook(io.BytesIO(stream.read())).active
    assert page is not None
    filled = [tuple(cell.value or "" for cell in row) for row in page["A5:G8"]]
    assert filled == [row.cells for row in form.rows]
    assert B in page["A3"].value


def test_the_first_report_came_was_returned_and_came_again(played: Played) -> None:  # 004-I11
    told = steps(played, "duty_progress", f"{A_UNIT}-2018-05")
    assert [each for each in told if each[0] in ("报送", "退回", "接收")] == [
        ("报送", "05-21"),
        ("退回", "05-23"),
        ("报送", "05-24"),
        ("接收", "05-25"),
    ]
    duty = played.here.pack.duties["progress"]
    assert duty.counts == "first"
    item = find(played.whole, Target("progress", A, "2018-05"))
    assert (item.received[5:10], item.late_s) == ("05-21", 0)


def test_the_summary_does_not_copy_the_last_monthly_report(played: Played) -> None:  # 004-26
    last, summary = (
        [row.cells[5] for row in reported(played.whole, find(played.whole, Target(duty, A, period))).forms[0].rows]
        for duty, period in (("progress", "2018-11"), ("summary", "2018-12-07"))
    )
    assert (last.count("是"), summary.count("是")) == (7, 8)


@pytest.mark.parametrize("said", ["崇川区南通市", "南通市崇川区临江路1号"])
def test_another_place_than_the_printed_one_is_told(played: Played, said: str) -> None:  # 004-53
    form, asked = find_form(played.whole, "附件"), Asked(played.day("09-22"), unit=B_UNIT)
    (content,) = fill_form(played.whole, form, asked).files
    book = load_workbook(io.BytesIO(content))
    book.worksheets[0]["B5"] = said
    out = io.BytesIO()
    book.save(out)
    try:
        found = [str(p) for p in check_form(played.whole, form, out.getvalue(), "表.xlsx", asked).problems]
    except Refused as refused:
        found = [str(p) for p in refused.problems]
    assert [line for line in found if "B5" in line and said in line and "南通市崇川区" in line]


# -- Archives


def test_two_streets_share_a_source_and_have_a_file_each(played: Played) -> None:  # 004-28, 004-30
    assert [(r.unit, r.data["source"]) for r in played.records("source_files")] == [
        (A_UNIT, "SY-01"),
        (B_UNIT, "SY-01"),
    ]
    for region in (A_REGION, B_REGION):
        found = of_region(played.whole, region)
        assert found.heads == HEADS
        assert {item.head for item in found.items} == set(HEADS)
    source = of_record(played.whole, played.here.pack.ledgers["sources"], "SY-01")
    pairs = [item for item in source.items if item.head == "前后对比照片"]
    assert len(pairs) == 31  # 15 pairs, and the photo of N2 that was sent back
    assert sum(1 for item in pairs if item.note.startswith("补录")) == 8  # kept, though they do not say when


def test_the_parcel_of_a_source_is_what_its_list_says(played: Played) -> None:  # 004-31
    contents = of_record(played.whole, played.here.pack.ledgers["sources"], "SY-01")
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces(played.whole, contents)))) as parcel:
        assert parcel.testzip() is None
        page = load_workbook(io.BytesIO(parcel.read("目录.xlsx"))).active
        assert page is not None
        listed = [row for row in page.iter_rows(values_only=True) if isinstance(row[0], int)]
        inside = [name for name in parcel.namelist() if name[:2].isdigit()]
        assert [row[5] for row in listed] == inside
        pages = [row[11] for row in listed if str(row[5]).endswith(".jpg")]
        assert pages == [str(n) for n in range(1, len(pages) + 1)]
        assert {str(row[5]): row[10] for row in listed} == {
            name: hashlib.sha256(parcel.read(name)).hexdigest() for name in inside
        }
        assert parcel.read("目录.pdf").startswith(b"%PDF-")
    assert steps(played, "source_files", "DA-01")[-1] == ("提供检查", "11-21")
    assert numbered(played, "source_files", "DA-01").data["handed_to"] == "区环保局"


def test_the_parcel_of_a_case_has_all_events_and_photos(played: Played) -> None:  # 004-44
    contents = of_record(played.whole, played.here.pack.ledgers["problems"], "5")
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces(played.whole, contents)))) as parcel:
        page = load_workbook(io.BytesIO(parcel.read("经过.xlsx"))).active
        assert page is not None
        told = {(row[1], row[3]) for row in page.iter_rows(values_only=True)}
        photos = [name for name in parcel.namelist() if name.endswith(".jpg")]
    assert {("5", "发现反弹"), ("5", "销号"), ("N3", "销号"), ("WZ-2018-02", "决定"), ("WZ-2018-02", "了结")} <= told
    own = numbered(played, "problems", "5").data
    assert len(photos) >= sum(len(own[key]) for key in ("before", "after", "look_photo"))
