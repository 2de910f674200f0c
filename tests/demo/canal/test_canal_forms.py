"""The canal campaign's forms, played: whose they are, how days are printed, and what comes back of them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from openpyxl import load_workbook

from tests.played import Played
from zhuanban.core.day import from_iso
from zhuanban.duty.actions import Target, find
from zhuanban.duty.figures import reported
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.notes import notes
from zhuanban.pack.read import pack_files, read_files
from zhuanban.pack.show import show
from zhuanban.people.queries import Setting
from zhuanban.people.scope import OPERATOR
from zhuanban.project.report_forms import fill_report_form
from zhuanban.sheets.actions import import_files
from zhuanban.sheets.form_rows import Asked, content_of, find_form
from zhuanban.sheets.forms import fill_form
from zhuanban.tally.queries import table

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

CAMPAIGNS = Path(__file__).resolve().parents[3] / "campaigns"
STREET, VILLAGE = "411371002", "411371002201"


@pytest.fixture(scope="module")
def canal(canal: Played) -> Setting:
    return canal.here


def page(canal: Setting, key: str, asked: Asked) -> tuple[bytes, Any]:
    viewer = Viewer(canal, OPERATOR)
    (content,) = fill_form(viewer, find_form(viewer, key), asked).files
    return content, load_workbook(io.BytesIO(content)).active


def test_the_survey_form_is_the_street_s_whoever_must_put_it_right(canal: Setting) -> None:  # 001-26
    """A problem that the street's inspectors found stays in its form when a department is made responsible."""
    viewer, on = Viewer(canal, OPERATOR), from_iso("2021-12-31")
    with transaction.atomic():
        step = Step("transfer", from_iso("2021-12-20"), unit="SH", reason="由社会事业局整改")
        (done,) = submit(canal.campaign, [Change("to-sh", "problems", (step,), "WT-2021-0001")], OPERATOR)
        assert done.status == "entered", done.problems
        rows = content_of(viewer, find_form(viewer, "附件2"), Asked(on, region=STREET)).rows
        assert (len(rows), rows[0].number) == (60, "WT-2021-0001")
        item = find(viewer, Target("weekly_survey", "百里奚街道", "2021-12-30"))
        form = fill_report_form(viewer, "annex2", item, on)
        assert "problems/WT-2021-0001" in [row.record for row in form.rows]
        transaction.set_rollback(True)
    (frozen,) = reported(viewer, find(viewer, Target("survey", "百里奚街道", "2021-10-05"))).forms
    assert len(frozen.rows) == 58


def test_dates_are_printed_as_the_annexes_print_them(canal: Setting) -> None:  # 001-73
    _, sheet = page(canal, "附件4", Asked(from_iso("2021-12-31")))
    said = [str(sheet[f"H{row}"].value) for row in range(5, 86)]
    assert said[1] == "已销号（2021年9月10日），已回头看（2021年10月10日）"
    assert not [text for text in said if re.search(r"\d-\d", text)]
    assert {word for text in said for word in ("暂缓拆除（", "整改中（", "已销号（") if word in text} == {
        "暂缓拆除（", "整改中（", "已销号（"
    }  # fmt: skip
    _, survey = page(canal, "附件2", Asked(from_iso("2021-12-31"), region=STREET))
    assert (survey["A3"].value, survey["H5"].value) == ("填报单位：百里奚街道（盖章）", "2021年10月30日")


def test_the_annexes_call_a_unit_by_one_name(canal: Setting) -> None:  # 001-72, 001-73
    """责任单位 is the street as the document calls it, on the bureaus' sheet as in the ledger."""
    _, bureaus = page(canal, "附件3", Asked(from_iso("2021-10-05")))
    _, ledger = page(canal, "附件4", Asked(from_iso("2021-12-31")))
    assert {bureaus[f"F{row}"].value for row in range(5, 19)} == {"百里奚街道"}
    assert "百里奚街道" in {ledger[f"I{row}"].value for row in range(5, 86)}
    assert "住房建设和生态环境局" in {bureaus[f"B{row}"].value for row in range(5, 19)}


def test_the_survey_form_coming_back_changes_nothing(canal: Setting, tmp_path: Path) -> None:  # 001-71
    content, _ = page(canal, "附件2", Asked(from_iso("2021-12-31"), region=STREET))
    file = tmp_path / "附件2.xlsx"
    file.write_bytes(content)
    done = import_files(canal, "problems", [file], OPERATOR, on=from_iso("2022-04-15"))
    assert [done.total(what) for what in ("rows", "new", "changed", "unchanged", "waiting")] == [60, 0, 0, 60, 0]
    assert done.problems == []


def test_the_bureaus_form_coming_back_changes_nothing(canal: Setting, tmp_path: Path) -> None:  # 001-26
    content, _ = page(canal, "附件3", Asked(from_iso("2021-10-05")))
    file = tmp_path / "附件3.xlsx"
    file.write_bytes(content)
    done = import_files(canal, "findings", [file], OPERATOR, dry_run=True)
    assert [done.total(what) for what in ("rows", "new", "changed", "unchanged", "waiting")] == [14, 0, 0, 14, 0]


def test_a_form_of_an_earlier_day_says_nothing_new(canal: Setting, tmp_path: Path) -> None:  # 001-71
    """Its day is printed on it: a due day put off since is no news, and a later case of the same words is not meant."""
    content, sheet = page(canal, "附件2", Asked(from_iso("2021-10-05"), region=STREET))
    rows = {sheet[f"F{row}"].value: sheet[f"H{row}"].value for row in range(5, 65)}
    assert rows["丙村：生活污水直排村边沟"] == "2021年11月30日"  # WT-2021-0039, put off in November; again as 0079
    file = tmp_path / "附件2.xlsx"
    file.write_bytes(content)
    done = import_files(canal, "problems", [file], OPERATOR, dry_run=True)
    assert [done.total(what) for what in ("rows", "new", "changed", "unchanged", "waiting")] == [60, 0, 0, 60, 0]


def test_a_zone_that_is_none_is_returned_with_its_cell(canal: Setting, tmp_path: Path) -> None:  # 001-71
    content, _ = page(canal, "附件2", Asked(from_iso("2021-12-31"), region=STREET))
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    keys = [(sheet[f"C{row}"].value, sheet[f"F{row}"].value) for row in range(5, 65)]
    row = next(n for n, key in enumerate(keys, 5) if keys.count(key) == 1)
    sheet[f"E{row}"] = "三级"
    file = tmp_path / "附件2.xlsx"
    book.save(file)
    done = import_files(canal, "problems", [file], OPERATOR, dry_run=True)
    (problem,) = done.problems
    assert (problem.place.cell, problem.place.column) == (f"E{row}", "保护区类型")
    assert "三级" in problem.says
    assert [done.total(what) for what in ("unchanged", "waiting")] == [59, 1]


def test_a_problem_without_a_unit_proposes_the_street(canal: Setting) -> None:  # 001-55
    viewer = Viewer(canal, OPERATOR)
    said = {"source": "上级交办", "kind": "排污口", "what": "甲村：渠边新见一处排水口", "zone": "二级保护区"}
    step = Step("create", from_iso("2022-04-01"), "转入", said, region=VILLAGE)
    named = step._replace(unit="CG")
    changes = [Change(f"unit-{n}", "problems", (each,)) for n, each in enumerate((step, named))]
    first, second = submit(canal.campaign, changes, OPERATOR)
    shown = [viewer.history(viewer.ledger("problems"), done.number) for done in (first, second)]
    assert [(s["unit"], s["events"][0].get("ruled", {}).get("unit")) for s in shown] == [
        ("JD", "方案五（一）"), ("CG", None)
    ]  # fmt: skip
    rows = table(canal, canal.pack.tables["problem_units"], canal.regions.root, from_iso("2022-04-01"))
    figures = {row.name: rows.cells[(row.key, next(iter(rows.table.columns)))].value or 0 for row in rows.rows}
    assert figures.pop("合计") == sum(figures.values()) == 83


def test_the_pack_tells_which_stage_began_before_which_paper(canal: Setting) -> None:  # 001-12, 001-01, 001-03
    launch, survey = notes(canal.pack)
    assert (launch.code, launch.place.file) == ("pack-177", "canal-protection/pack.yaml")
    for said in ("2021-08-29开始", "2021-08-31印发", "2021-09-02发文", "2021-09-09印发"):
        assert said in launch.says
    assert "全面排查阶段" in survey.says
    assert "2021-08-31" not in survey.says


def test_goals_name_their_tables_and_an_unknown_one_is_a_fault(canal: Setting) -> None:  # 001-04
    goals = canal.pack.goals
    assert {key: goal.tables for key, goal in goals.items()} == {
        "risks": ("problem_sources", "problem_kinds"),
        "manage": ("facilities", "crossings"),
        "corridor": ("corridor",),
        "water": (),
    }
    assert "保障水质安全（未量化）" in show(canal.pack)
    assert "完善提升干渠生态廊道（看“生态廊道整治情况表”）" in show(canal.pack)
    files = pack_files(CAMPAIGNS / "canal-protection")
    files["pack.yaml"] = files["pack.yaml"].replace("measured_by: [corridor]", "measured_by: [corridors]")
    _, problems = read_files(files)
    assert [(p.code, p.place.file) for p in problems] == [("pack-075", "pack.yaml")]
