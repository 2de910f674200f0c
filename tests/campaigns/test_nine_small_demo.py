"""The made-up campaign on fire safety in small places, played: figures worked out by hand, days of 2024.

Played once for this module, inside a transaction that is taken back.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.played import Played, playing
from tests.sheets.form_samples import parts
from zhuanban.archive.contents import of_record, of_region
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.verify import verify
from zhuanban.notify.models import Message
from zhuanban.oversight.draws import draw
from zhuanban.oversight.population import population
from zhuanban.people.posts import people_of
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import import_files
from zhuanban.sheets.export import write_xlsx
from zhuanban.sheets.form_rows import Asked, find_form
from zhuanban.sheets.forms import check_form, fill_form
from zhuanban.sheets.out import ledger_columns, ledger_rows
from zhuanban.tally.actions import check

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

FOLDER = Path(__file__).resolve().parents[1] / "packs" / "nine-small"
CHENG, HE, DONG = "990901101", "990901102", "990901103"
OLD_STREET = "990901101001"
INN = "CS-0001"  # where the whole story of the demonstration happens


def day(month_day: str) -> int:
    return from_iso(f"2024-{month_day}")


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHUANBAN_CAMPAIGNS", str(FOLDER.parent))
        with playing(django_db_blocker, "nine-small", "2024-03-25") as here:
            yield Played(here, 2024, "03-24")


# -- Figures


def test_the_towns_at_the_end(played: Played) -> None:
    # On the ledger, seen, share, lodging not apart, to be stopped, permit run out or none, villages, cards.
    assert played.rows("towns") == {
        "全县": ["14", "11", "78%", "3", "3", "2", "6", "13"],
        "城关镇": ["7", "6", "85%", "2", "2", "0", "3", "8"],
        "河口镇": ["4", "3", "75%", "1", "1", "1", "2", "3"],
        "东山街道": ["3", "2", "66%", "0", "0", "1", "1", "2"],
    }


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        ("03-05", "未取证"), ("03-06", "停业整改"), ("03-10", "停业整改"), ("03-11", "正常"), ("03-15", "正常"),
        ("03-16", "证照到期"), ("03-19", "证照到期"), ("03-20", "正常"), ("03-21", "停业整改"), ("03-24", "停业整改"),
    ],
)  # fmt: skip
def test_what_is_to_be_done_about_the_inn_day_by_day(played: Played, on: str, outcome: str) -> None:
    column = {"未取证": "expired", "证照到期": "expired", "停业整改": "stop", "正常": ""}[outcome]
    for key in ("expired", "stop"):
        behind = [each.number for each in played.behind("towns", "城关镇", key, on)]
        assert (INN in behind) == (key == column)


def test_classes_bureaus_outcomes_belts(played: Played) -> None:
    assert played.rows("classes") == {
        "小学校": ["1", "420.0", "0", "0", "0", "—"],
        "小医院": ["1", "80.0", "0", "0", "0", "—"],
        "小商店": ["2", "250.0", "2", "1", "1", "50.0%"],
        "小餐饮": ["2", "140.5", "1", "1", "0", "100.0%"],
        "小旅馆": ["2", "390.0", "4", "1", "3", "25.0%"],
        "小歌舞娱乐": ["1", "240.0", "0", "0", "0", "—"],
        "小网吧": ["1", "150.0", "0", "0", "0", "—"],
        "小美容洗浴": ["2", "240.0", "2", "1", "1", "50.0%"],
        "小生产加工": ["2", "560.0", "3", "1", "2", "33.3%"],
        "合计": ["14", "2470.5", "12", "5", "7", "41.7%"],
    }
    assert played.rows("bureaus") == {
        "合计": ["14", "5", "35.7%"],
        "县教育局": ["1", "1", "100.0%"],
        "县卫健委": ["1", "0", "0.0%"],
        "县文旅局": ["2", "2", "100.0%"],
        "县公安局": ["2", "0", "0.0%"],
        "县市场监管局": ["8", "2", "25.0%"],
    }
    assert played.rows("outcomes") == {
        "合计": ["14", "20"], "待排查": ["3", "0"], "正常": ["5", "2"], "限期整改": ["1", "5"], "停业整改": ["3", "13"],
        "证照到期": ["1", "0"], "未取证": ["1", "0"], "已关停": ["0", "0"],
    }  # fmt: skip
    assert played.rows("belts") == {
        "合计": ["14", "3"], "老街区": ["2", "1"], "城中村": ["2", "1"], "范围外": ["10", "1"]
    }  # fmt: skip


def test_problems_and_leads(played: Played) -> None:
    # Found, serious, put right, closed, back, spent, share closed.
    assert played.rows("problem_towns") == {
        "全县": ["12", "4", "6", "5", "1", "1.58", "41%"],
        "城关镇": ["7", "3", "4", "3", "1", "1.57", "42%"],
        "河口镇": ["4", "1", "2", "2", "0", "0.01", "50%"],
        "东山街道": ["1", "0", "0", "0", "0", "0.00", "0%"],
    }
    assert played.rows("problem_towns", "03-20")["城关镇"] == ["6", "2", "4", "4", "0", "1.57", "66%"]
    assert played.rows("leads") == {
        "合计": ["4", "2", "3", "75%"], "出口锁闭": ["0", "0", "0", "—"], "住宿未分隔": ["1", "1", "1", "100%"],
        "电动自行车": ["1", "0", "1", "100%"], "其他类型": ["2", "1", "1", "50%"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "on", "found"),
    [
        ("not_seen", "03-10", "CS-0005 CS-0007 CS-0010 CS-0011"),
        ("not_seen", "03-24", "CS-0005 CS-0011 CS-0014"),
        ("permits_soon", "03-15", "XFJC-001 XFJC-003"),
        ("permits_soon", "03-24", "XFJC-003"),
        ("permits_over", "03-19", "XFJC-001 XFJC-005"),
        ("permits_over", "03-20", "XFJC-005"),
        ("no_permit", "03-24", "CS-0010"),
        ("to_stop", "03-15", "CS-0006 CS-0008"),
        ("to_stop", "03-24", "CS-0001 CS-0006"),
        ("unregistered", "03-24", "91990901YANSHI0012"),
        ("narrow", "03-24", "CS-0006"),
        ("no_phone", "03-24", " ".join(f"CS-{n:04}" for n in range(1, 15))),  # none has its photo yet
        ("cards_waiting", "03-24", "PC-2024-0009 PC-2024-0013"),
        ("villages_without", "03-24", "茶场社区"),
        ("overdue", "03-24", "YH-2024-0005 YH-2024-0006 YH-2024-0010"),
        ("due_soon", "03-25", "YH-2024-0012"),
        ("idle", "03-24", "YH-2024-0005 YH-2024-0006 YH-2024-0010 YH-2024-0011"),
        ("hotels_serious", "03-24", "YH-2024-0001 YH-2024-0012"),
        ("relapsed", "03-24", "YH-2024-0001"),
        ("leads_open", "03-24", "JB-2024-004"),
        ("leads_late", "03-21", ""),
        ("leads_late", "03-22", "JB-2024-004"),
        ("rechecks_open", "03-24", "CC-2024-001 CC-2024-002 CC-2024-003 CC-2024-004"),
    ],
)
def test_what_is_on_a_list(played: Played, key: str, on: str, found: str) -> None:
    assert " ".join(sorted(played.names(key, on))) == found


def test_places_with_two_open_problems(played: Played) -> None:
    assert {x.says.partition("：")[0]: [fact.number for fact in x.facts] for x in played.listed("many_problems")} == {
        "CS-0001": ["YH-2024-0001", "YH-2024-0012"],
        "CS-0006": ["YH-2024-0005", "YH-2024-0006"],
    }


def test_nobody_came_for_thirty_days(played: Played) -> None:
    said = {x.number: x.says for x in played.listed("nobody_came", "04-12")}
    seen = {INN, "CS-0007", "CS-0012", "CS-0013"}  # 03-21; 03-14; 03-13, thirty days ago
    assert said.keys() == {f"CS-{n:04}" for n in range(1, 15)} - seen
    said = {x.number: x.says for x in played.listed("nobody_came", "04-13")}
    assert said.keys() == {f"CS-{n:04}" for n in range(1, 15)} - {INN, "CS-0007"}
    assert ("2024-03-13" in str(said["CS-0012"]), "从无" in str(said["CS-0005"])) == (True, True)
    assert [x.number for x in played.listed("mixed_not_seen", "03-24")] == ["CS-0006", "CS-0008"]


def test_what_was_done_wrong_waits(played: Played) -> None:
    said = [str(w.problems[0]["says"]) for w in Waiting.objects.filter(campaign=played.here.campaign).order_by("pk")]
    assert len(said) == 3
    for words, told in zip(("没有送达", "有一项不合格", "申请延到"), said, strict=True):
        assert words in told


def test_the_weekly_report(played: Played) -> None:
    found = {
        (unit, period[5:]): item.status
        for unit in ("城关镇", "河口镇", "东山街道")
        for period in ("2024-03-08", "2024-03-15", "2024-03-22")
        if (item := played.report("weekly", unit, period))
    }
    assert {k: v for k, v in found.items() if v != "accepted"} == {
        ("河口镇", "03-15"): "submitted",
        ("东山街道", "03-22"): "missing",
    }
    assert played.report("weekly", "河口镇", "2024-03-15").late_text == "迟2小时10分"
    assert [played.report("weekly", "东山街道", p).zero for p in ("2024-03-08", "2024-03-15")] == [True, False]
    assert [x.unit for x in played.listed("late_reports")] == ["T102", "T103"]
    reminded = Message.objects.filter(campaign=played.here.campaign, kind="remind", title__contains="逾期未报")
    assert [m.user.username for m in reminded] == ["ds"]


# -- Forms, files, archive, draw


def test_the_form_of_problems_is_filled_and_checked_back(played: Played) -> None:
    viewer = played.viewer("cg")
    form = find_form(viewer, "附件1")
    asked = Asked(played.day("03-24"), region=CHENG)
    (content,) = fill_form(viewer, form, asked).files
    page: Any = load_workbook(io.BytesIO(content)).active
    assert (page["A3"].value, page["G3"].value) == ("填报单位（盖章）：城关镇", "填报时间：2024年3月24日")
    rows = [[cell.value for cell in row[:9]] for row in page.iter_rows(min_row=5, max_row=11)]
    assert [row[2] for row in rows] == [f"YH-2024-{n:04}" for n in (1, 2, 3, 12, 5, 6, 7)]
    assert rows[0][3:] == [
        "老街旅馆", "出口锁闭：二楼通往后巷的门上了挂锁，楼上住6人", "重大", "2024年3月13日",
        "挂锁拆除，换成推杆锁", "2024.3.21反弹",
    ]  # fmt: skip
    assert (rows[3][4], rows[3][8]) == ("出口锁闭：后门又上了锁（反弹，原YH-2024-0001）", "正在整改")
    assert page["A12"].value == "填表人：城关镇专干"  # six rows are printed, a seventh was added
    assert page["G12"].value == "共7个"
    assert parts(content).keys() == parts((FOLDER / "forms/problems.xlsx").read_bytes()).keys()
    assert check_form(viewer, form, content, "附件1.xlsx", asked).problems == []

    book = load_workbook(io.BytesIO(content))
    page = book.active
    page["F5"] = "一般"
    out = io.BytesIO()
    book.save(out)
    (problem,) = check_form(viewer, form, out.getvalue(), "附件1.xlsx", asked).problems
    assert "F5" in str(problem)
    assert "重大" in str(problem)


def test_the_form_of_places_goes_on_in_a_second_file_and_is_held_against_the_register(played: Played) -> None:
    form = find_form(played.whole, "附件2")
    filled = fill_form(played.viewer("cg"), form, Asked(played.day("03-24"), region=CHENG))
    assert len(filled.files) == 2  # seven places, five rows
    page: Any = load_workbook(io.BytesIO(filled.files[0])).active
    assert [page[f"{c}5"].value for c in "BCDEFG"] == [
        "91990901YANSHI0001", "老街旅馆", "小旅馆", "负责人甲", "县公安局", "停业整改（证照至2027.3.14）",
    ]  # fmt: skip
    told = fill_form(played.whole, form, Asked(played.day("03-24"), region=HE)).warnings
    assert [("码头便利店" in str(w), "码头便民商店" in str(w)) for w in told if "码头" in str(w)] == [(True, True)]


def test_an_export_coming_back_changes_nothing(played: Played, tmp_path: Path) -> None:
    events = Event.objects.count()
    for ledger in played.here.pack.ledgers.values():
        if ledger.duty:
            continue
        records = Record.objects.filter(campaign=played.here.campaign, ledger=ledger.key).order_by("pk")
        file = tmp_path / f"{ledger.key}.xlsx"
        rows = ledger_rows(played.whole, ledger, records)
        write_xlsx(file, ledger.title, ledger_columns(played.here, ledger), rows)
        back = import_files(played.here, ledger.key, [file], OPERATOR)
        assert [str(p) for p in back.problems] == []
        counts = {what: back.total(what) for what in ("new", "changed", "unchanged", "waiting")}
        assert counts == {"new": 0, "changed": 0, "unchanged": len(records), "waiting": 0}, ledger.key
    assert Event.objects.count() == events


def test_the_file_of_a_place_and_of_a_village(played: Played) -> None:
    found = of_record(played.whole, played.here.pack.ledgers["places"], INN)
    heads = {head: sum(1 for item in found.items if item.head == head) for head in {i.head for i in found.items}}
    # Three cards with photo and two signatures each; a pair of photos of each of two problems, one of the third.
    assert heads == {"消防检查合格证": 1, "排查卡": 9, "整改前后照片": 5}
    assert found.empty == ("基本情况",)  # the photo of its door is lacking
    village = of_region(played.viewer("cg"), OLD_STREET)
    assert sum(1 for item in village.items if item.head == "排查卡") == 10
    assert sum(1 for item in village.items if item.head == "隐患清单") == 1


def test_the_draw_can_be_repeated(played: Played) -> None:
    rule = played.here.pack.draws["card_recheck"]
    people = population(played.here, rule, day("03-20"))
    assert {code: len(numbers) for code, numbers in people.items()} == {CHENG: 7, HE: 2, DONG: 2}
    again = draw("抽查20240320", people, rule.ratio, rule.round)
    assert {s.code: len(s.cells) for s in again.strata} == {CHENG: 2, HE: 1, DONG: 1}  # a fifth, rounded up
    assert {r.data["card"] for r in played.records("rechecks")} == set(again.cells)


# -- Who sees what


def test_who_reported_is_known_to_the_desk_that_takes_reports(played: Played) -> None:
    leads = played.here.pack.ledgers["leads"]
    for login in ("hk", "xf", "zb"):
        viewer = played.viewer(login)
        shown = str(viewer.show(leads, viewer.record(leads, "JB-2024-001")))
        assert "举报人甲" not in shown
        assert "19900000011" not in shown
        with pytest.raises(Refused):
            viewer.reveal(leads, "JB-2024-001", "reporter", "核实")
    desk = played.viewer("sl")
    assert desk.reveal(leads, "JB-2024-001", "reporter", "回访") == "举报人甲"


def test_keepers_are_masked_and_papers_of_the_law_are_for_three_posts(played: Played) -> None:
    places, cases = played.here.pack.ledgers["places"], played.here.pack.ledgers["cases"]
    clerk, inspector = played.viewer("cg"), played.viewer("cg-wg")
    assert "19900001001" not in str(clerk.show(places, clerk.record(places, INN)))
    assert clerk.reveal(places, INN, "phone", "通知复查") == "19900001001"
    with pytest.raises(Refused):
        inspector.reveal(places, INN, "phone", "通知复查")
    with pytest.raises(Refused):
        clerk.record(places, "CS-0008")  # of the next town
    assert [played.viewer(login).knows(cases) for login in ("cg", "jy", "xf", "sj")] == [False, False, True, True]


def test_the_played_campaign_holds_together(played: Played) -> None:
    assert list(verify(played.here)) == []
    assert check(played.here) == []
    assert len(people_of(played.here.campaign)) == 17
