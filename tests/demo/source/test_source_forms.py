"""The look-back's forms, reports and archive, played: what is printed on them, and what they ask before they go.

Played once for this module, inside a transaction that is taken back. Days are of 2018.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from openpyxl import load_workbook

from tests.played import Played
from zhuanban.archive.contents import of_record, of_region
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Refused
from zhuanban.duty.actions import Target, answer, fill, send, sign
from zhuanban.duty.proof import prove
from zhuanban.duty.rules import Item
from zhuanban.evidence.actions import store
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.grid import rename_unit
from zhuanban.ledger.queries import Viewer, WholeViewer
from zhuanban.people.models import AccessLog
from zhuanban.people.posts import people_of
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.project.report_forms import fill_report_form
from zhuanban.sheets.form_rows import Asked, content_of, find_form
from zhuanban.sheets.forms import check_form, fill_form
from zhuanban.tally.queries import table

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

A, B = "狼山镇街道", "任港街道"
A_UNIT, B_UNIT, A_REGION = "J010", "J003", "320602010"
PHONE_A = "19900002010"


def sheets(item: Item, title: str) -> list[Any]:
    """The pages of the workbooks of that title that were sent with a report."""
    found = []
    for ref in item.data["files"]:
        if ref["name"].startswith(title) and ref["name"].endswith(".xlsx"):
            with store().open(ref["sha256"]) as stream:
                found.append(load_workbook(io.BytesIO(stream.read())).active)
    return found


ANNEX = "饮用水水源地已整改环境问题"


# -- 004-58: who filled it in, and how he is reached


def test_the_sheet_says_who_filled_it_in_and_how_he_is_reached(played: Played) -> None:
    pages = sheets(played.report("progress", A, "2018-08"), ANNEX)
    assert [page["A9"].value for page in pages] == ["填表人：狼山镇街道经办员"] * 2
    assert [page["E9"].value for page in pages] == [f"联系方式：{PHONE_A}"] * 2


def test_the_phone_stands_on_that_sheet_and_nowhere_else(played: Played) -> None:
    item = played.report("progress", A, "2018-08")
    with store().open(item.data["figures"][0]["sha256"]) as stream:
        assert PHONE_A not in stream.read().decode()
    clerk = played.viewer("langshan")
    for item_ in of_region(clerk, A_REGION).items:
        if item_.content is not None:
            page = load_workbook(io.BytesIO(item_.content)).active
            assert page is not None
            assert page["E9"].value == "联系方式："
    said = [*AccessLog.objects.values_list("detail", flat=True), *people_of(played.here.campaign)]
    assert PHONE_A not in str(said)
    assert PHONE_A not in str(clerk.show(*_report_of(clerk, item)))


def _report_of(viewer: Viewer, item: Item) -> tuple[Any, Any]:
    ledger = viewer.ledger(item.duty.ledger)
    return ledger, viewer.record(ledger, item.number)


def test_the_office_checks_a_sheet_that_another_filled_in(played: Played) -> None:
    office = played.viewer("zhengfu")
    clerk = WholeViewer(played.here, played.viewer("rengang").actor)
    asked = Asked(played.day("09-22"), unit=B_UNIT)
    (content,) = fill_form(clerk, find_form(clerk, "附件"), asked).files
    assert check_form(office, find_form(office, "附件"), content, "表.xlsx", asked).problems == []
    by_itself = check_form(office, find_form(office, "附件"), content, "表.xlsx", Asked())
    assert (by_itself.problems, by_itself.day) == ([], asked.day)  # 填报时间 is the day asked about


def test_a_report_prints_the_day_of_filing(played: Played) -> None:  # 004-57
    item = played.report("progress", A, "2018-08")
    with clock.set_to(datetime(2018, 8, 22, 9, tzinfo=BEIJING)):
        filled = fill_report_form(played.whole, "annex", item, played.day("08-20"))
        (content, _) = filled.write().files
    page = load_workbook(io.BytesIO(content)).active
    assert page is not None
    assert page["F3"].value == "填报时间：2018年8月22日"


# -- 004-I12: a unit is called as it was called


def test_a_bureau_renamed_in_2019_bears_its_old_name_in_2018(played: Played) -> None:
    campaign = played.here.campaign
    with clock.set_to(datetime(2019, 3, 1, 9, tzinfo=BEIJING)):
        on = clock.today()
        rename_unit(campaign, A_UNIT, "狼山镇园区管理办公室", "狼山园区办", on, "区划调整", OPERATOR)
        here = setting(campaign)
        viewer = Viewer(here, OPERATOR)
        form = find_form(viewer, "附件")
        said = {
            day: dict(content_of(viewer, form, Asked(day, unit=A_UNIT)).cells)["A3"]
            for day in (played.day("12-07"), on)
        }
        rename_unit(campaign, "HB", "南通市崇川区生态环境局", "区生态环境局", on, "机构改革", OPERATOR)
        here = setting(campaign)
        filings = [table(here, here.pack.tables["filings"], here.regions.root, day).rows for day in said]
        archives = [of_record(viewer, viewer.ledger("problems"), "1", day) for day in said]
    assert list(said.values()) == ["填报单位（盖章）：狼山镇街道办事处", "填报单位（盖章）：狼山镇园区管理办公室"]
    assert [contents.day for contents in archives] == list(said)
    names = [[row.name for row in rows] for rows in filings]
    assert [("区环保局" in row, "区生态环境局" in row) for row in names] == [(True, False), (False, True)]


# -- 004-29: an archive of a past day


def test_the_street_s_file_of_november_names_the_missing_video(played: Played) -> None:
    filled = {}
    for on in ("11-19", "11-20"):
        contents = [of_region(played.whole, region, played.day(on)) for region in (A_REGION, "320602003")]
        filled[on] = (sum(len(c.heads) - len(c.empty) for c in contents), [h for c in contents for h in c.empty])
    assert filled == {"11-19": (11, ["视频"]), "11-20": (12, [])}


# -- 004-I17: what was before the campaign


def test_what_was_put_right_before_the_campaign_stands_on_its_day_and_is_marked(played: Played) -> None:
    history = played.whole.history(played.whole.ledger("problems"), "5")
    first, *later = history["events"]
    assert (first["on"], first["at"][:10], first["flags"]) == ("2017-09-10", "2018-05-03", ["补录：早于行动开始"])
    assert not [event for event in later if "flags" in event]
    assert [e["at"] for e in history["events"]] == sorted(e["at"] for e in history["events"])
    assert sorted(map(int, played.names("backfilled"))) == list(range(1, 13))
    assert len(played.names("backfilled", "05-01")) == 12


# -- 004-51: new problems have no row in the form, and a page of their own


def test_new_problems_and_the_relapse_stand_on_a_page_of_their_own(played: Played) -> None:
    pages = {
        (unit, month): sheets(played.report("progress", unit, f"2018-{month}"), "饮用水水源地新发现")
        for unit in (A, B)
        for month in ("05", "06", "08", "11")
    }
    numbers = {key: [page[f"B{row}"].value for page in found for row in range(5, 9)] for key, found in pages.items()}
    assert {key: [n for n in said if n] for key, said in numbers.items()} == {
        (A, "05"): [], (A, "06"): ["N1"], (A, "08"): ["N1"], (A, "11"): ["N1", "N3"],
        (B, "05"): [], (B, "06"): [], (B, "08"): ["N2"], (B, "11"): ["N2"],
    }  # fmt: skip
    assert pages[A, "05"] == []  # none to tell of, none attached
    (page,) = pages[A, "11"]
    assert [page[f"{c}6"].value for c in "ACGH"] == [2, "反弹（原5号）", "2018年11月20日", "2018年11月16日销号"]
    assert page["E9"].value == f"联系方式：{PHONE_A}"


# -- 004-27, 004-55: what is asked before a report goes


def test_each_figure_of_the_summary_leads_to_proof_by_number(played: Played) -> None:
    lines = proof_of(played.report("summary", A, "2018-12-07"))
    assert [line["佐证号"] for line in lines] == [str(n + 1) for n in range(len(lines))]
    told = {(line["数字"], line["数"], line["栏目"]): 0 for line in lines}
    for line in lines:
        told[line["数字"], line["数"], line["栏目"]] += 1
    assert told == {
        ("已回头看（个）", "8", "回头看照片"): 13,  # numbers 1 (twice), 3, 6 and 8 were looked at again
        ("新发现（个）", "1", "整治前照片"): 1,
        ("销号（个）", "9", "整治前照片"): 9,
        ("销号（个）", "9", "整治后照片"): 9,
    }
    assert all(len(line["校验值（SHA-256）"]) == 64 for line in lines)


def proof_of(item: Item) -> list[dict[str, str]]:
    (ref,) = [ref for ref in item.data["files"] if ref["name"].endswith("佐证清单.csv")]
    with store().open(ref["sha256"]) as stream:
        return list(csv.DictReader(io.StringIO(stream.read().decode("utf-8-sig"))))


def amended(played: Played, ledger: str, number: str, **said: Any) -> None:
    step = Step("amend", played.day("12-01"), set=said, reason="核对")
    (done,) = submit(played.here.campaign, [Change(f"am-{ledger}", ledger, (step,), number)], OPERATOR)
    assert done.status == "entered", done.problems


def test_a_report_that_disagrees_with_the_list_waits_for_a_reason(played: Played) -> None:
    with transaction.atomic():
        answer(played.whole, "progress", "until", "报到年底", until=from_iso("2018-12-31"))
        amended(played, "superior_list", "3", source_name="长江狼山水厂水源地")
        desk, reviewer = played.viewer("langshan"), played.viewer("langshan-sh")
        december = Target("progress", A, "2018-12")
        warnings = fill(desk, december).problems
        assert [(p.code, p.place.file, p.place.cell) for p in warnings] == [("sheets-099", "第1份（共2份）", "C7")]
        sign(reviewer, december)
        with pytest.raises(Refused) as refused:
            send(desk, december, "回执1")
        (problem,) = refused.value.problems
        assert problem.code == "duty-027"
        assert "单元格C7" in problem.says
        assert "长江狼山水厂水源地" in problem.says
        # Nor does it go through the door without one.
        step = Step("move", move="报送", set={"receipt_0": "回执1"})
        (waits,) = submit(
            played.here.campaign, [Change("by-door", "duty_progress", (step,), f"{A_UNIT}-2018-12")], desk.actor
        )
        assert [p.place.field for p in waits.problems] == ["说明"]
        send(desk, december, "回执1", "附表1改了名称，已函告区政府办公室")
        record = desk.record(desk.ledger("duty_progress"), f"{A_UNIT}-2018-12")
        assert (record.state, record.data["explained"]) == ("已报送", "附表1改了名称，已函告区政府办公室")
        transaction.set_rollback(True)


def test_what_lacks_proof_is_listed_by_figure_and_record(played: Played) -> None:
    with transaction.atomic():
        item = played.report("summary", A, "2018-12-07")
        assert item.duty.proof is not None
        assert prove(played.here, item, item.duty.proof, played.day("12-06")).missing == ()
        bare = replace(item.duty.proof, columns=(("closed", (("problems", "after"), ("problems", "video"))),))
        missing = prove(played.here, item, bare, played.day("12-06")).missing
        assert {p.code for p in missing} == {"duty-028"}
        assert [p.place.record for p in missing] == ["11", "2", "3", "5", "6", "8", "9", "N1"]
        assert "“销号（个）”里的 2 没有佐证（视频）" in str(missing[1])


def test_a_duty_whose_forms_agree_with_nothing_asks_for_no_reason(played: Played) -> None:
    ledgers = played.here.pack.ledgers
    assert "doubts" in ledgers["duty_progress"].fields
    assert "doubts" not in ledgers["duty_disclosure"].fields
