"""What the pack `well-closure` makes of single cases, through the one door: the traps of the requirements as stories.

All days are of 2023. The local operator acts where the story is not about who may do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.story import Story
from zhuanban.atlas.actions import load_outlines
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import Outcome, Step
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.view import Masker
from zhuanban.pack.read import load, pack_files
from zhuanban.people.actions import create_campaign, hang_region
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2] / "campaigns" / "well-closure"
WOLONG, WANCHENG, GAOXIN, SHIFAN = "411303", "411302", "411371", "411372"
QIYI, QIYI_COMMUNITY = "411303001", "411303001001"
CELL, CELL_2, WANCHENG_CELL = "411303001001001", "411303001001002", "411302001001001"
DISTRICT_UNITS = {WOLONG: "Q1", WANCHENG: "Q2", GAOXIN: "Q3", SHIFAN: "Q4"}
BUREAU, PARKS, WATER, OFFICE = "SJ01", "SJ02", "SW", "LX01"

CITY = Actor(None, "city", (Held("city_office"),))
WOLONG_OFFICE = Actor(None, "wolong", (Held("district_office", region=WOLONG, unit="Q1"),))
GAOXIN_OFFICE = Actor(None, "gaoxin", (Held("district_office", region=GAOXIN, unit="Q3"),))
INSPECTOR = Actor(None, "inspector", (Held("inspector", region=QIYI),))
RECHECKER = Actor(None, "rechecker", (Held("rechecker", region=QIYI),))
BOTH = Actor(None, "both", (Held("inspector", region=QIYI), Held("rechecker", region=QIYI)))


class Desk(Story):
    """Short words for what an office does. Days are written `12-08`."""

    def __init__(self, stages: str = "") -> None:
        """`stages`: the pack's stages with the dates that the document does not print."""

        def dated(files: dict[str, str]) -> None:
            before, _, rest = files["pack.yaml"].partition("\nstages:\n")
            files["pack.yaml"] = f"{before}\nstages:\n{stages}\n{rest[rest.index('overview:') :]}"

        super().__init__("hurricane", "well-closure", day("10-20"), dated if stages else lambda files: None)
        self.photo = self.drawn("现场照片", "现场照片.jpg")

    def open(
        self,
        ledger: str,
        on: str,
        region: str | None = None,
        *,
        unit: str | None = None,
        move: str = "",
        number: str = "",
        by: Actor = OPERATOR,
        **fields: Any,
    ) -> Outcome:
        return self.send(ledger, Step("create", day(on), move, fields, region, unit), number, by)

    def step(
        self,
        ledger: str,
        number: str,
        move: str,
        on: str,
        *,
        by: Actor = OPERATOR,
        reason: str = "",
        region: str | None = None,
        unit: str | None = None,
        **fields: Any,
    ) -> Outcome:
        return self.send(ledger, Step("move", day(on), move, fields, region, unit, reason), number, by)

    def amend(self, ledger: str, number: str, on: str, **fields: Any) -> Outcome:
        return self.send(ledger, Step("amend", day(on), set=fields), number, OPERATOR)

    def hand_over(self, ledger: str, number: str, on: str, unit: str, reason: str) -> Outcome:
        return self.send(ledger, Step("transfer", day(on), unit=unit, reason=reason), number, OPERATOR)

    def row(self, key: str, on: str, name: str, node: str = "") -> list[str]:
        """The printed figures of one row, in the order of the columns."""
        found = table(self.here, self.here.pack.tables[key], node or self.here.regions.root, day(on))
        row = next(r for r in found.rows if r.name == name)
        return [found.cells[row.key, column].text for column in found.table.columns]

    def listed(self, key: str, on: str, node: str = "") -> list[str]:
        """The numbers of the records, or the names of the regions, on a work list."""
        found = work_list(self.here, find_list(self.here, key), node or self.here.regions.root, day(on))
        return [x.number or self.here.regions.name(x.region) for x in found]


def day(month_day: str) -> int:
    return from_iso(month_day if len(month_day) == 10 else f"2023-{month_day}")


def entered(outcome: Outcome) -> str:
    """The number of a record that went in."""
    assert outcome.status == "entered", [str(p) for p in outcome.problems]
    return outcome.number


def waits(outcome: Outcome) -> list[str]:
    """The codes of what kept a change in the inbox."""
    assert outcome.status == "waiting", outcome
    return [p.code for p in outcome.problems]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2023, 12, 11, 9, tzinfo=BEIJING)):
        yield Desk()


def inspected(desk: Desk, household: str, on: str = "12-07", region: str = CELL, by: Actor = OPERATOR, **more: Any):
    said = {"kind": "商户", "has_well": "否", "inspector": "周排查", "photo": desk.photo, "signature": desk.photo}
    return desk.open("cards", on, region, by=by, household=household, **{**said, **more})


def rechecked(desk: Desk, number: str, on: str = "12-08", by: Actor = OPERATOR, person: str = "吴复查") -> Outcome:
    return desk.step("cards", number, "复核", on, by=by, rechecker=person, recheck_result="一致")


def filed(desk: Desk, region: str = QIYI, kind: str = "复查办法", on: str = "12-06") -> Outcome:
    return desk.open("filings", on, region, move="报备", kind=kind, version="第1版", file=desk.photo)


def lead(desk: Desk, on: str, region: str = WOLONG, source: str = "市级移交", **more: Any) -> str:
    return entered(desk.open("leads", on, region, source=source, content="院内有自备井。", **more))


CLOSED = {"result": "已核查。", "evidence": "笔录1份", "handler": "郑承办", "checker": "冯核办", "answer": "已答复"}


def closed(desk: Desk, number: str, on: str) -> None:
    entered(desk.step("leads", number, "交办", on))
    entered(desk.step("leads", number, "办结", on, **CLOSED))


# -- Cards


def test_second_card_of_a_household_waits(desk):
    first = entered(inspected(desk, "甲商店", has_well="是", wells=3))
    assert waits(inspected(desk, "甲商店")) == ["ledger-018"]
    assert first == f"PC-{CELL}-001"
    assert desk.row("card_summary", "12-08", "卧龙区")[:4] == ["1", "1", "0", "3"]  # 1 card, 3 wells


def test_card_for_a_community_waits(desk):
    assert waits(inspected(desk, "乙商店", region=QIYI_COMMUNITY)) == ["ledger-016"]


def test_card_without_photo_waits(desk):
    assert waits(inspected(desk, "丙商店", photo=None)) == ["ledger-007"]


def test_late_card_counts_on_its_day_at_every_level(desk):
    entered(inspected(desk, "甲商店", "12-07"))  # the server learns it on 12-11
    for node, name in (("", "卧龙区"), (WOLONG, "七一街道"), (QIYI, "七一社区"), (QIYI_COMMUNITY, "阳光小区")):
        assert desk.row("card_summary", "12-06", name, node)[0] == "0"
        assert desk.row("card_summary", "12-07", name, node)[0] == "1"


def test_summary_ledgers_add_up(desk):
    for n, region in enumerate((CELL, CELL, CELL_2, WANCHENG_CELL)):
        entered(inspected(desk, f"第{n}户", region=region))
    for node in ("", WOLONG, QIYI, QIYI_COMMUNITY):
        tree, here = desk.here.regions, node or desk.here.regions.root
        names = [tree.name(c) for c in tree.children(here, day("12-08"))]
        parts = [int(desk.row("card_summary", "12-08", n, node)[0]) for n in names]
        assert sum(parts) == int(desk.row("card_summary", "12-08", "合计", node)[0])
    assert desk.row("card_summary", "12-08", "合计")[0] == "4"


def test_recheck_waits_for_the_filed_rule(desk):
    number = entered(inspected(desk, "甲商店"))
    assert desk.listed("streets_without_recheck_rule", "12-08", QIYI) == ["七一街道"]
    refused = rechecked(desk, number)
    assert waits(refused) == ["ledger-022"]
    assert refused.problems[0].says == "本街道（乡镇）还没有报备复查办法，不能开始复核。"
    entered(filed(desk, "411303002"))  # another street's rule does not help
    assert waits(rechecked(desk, number)) == ["ledger-022"]
    entered(filed(desk))
    assert desk.listed("streets_without_recheck_rule", "12-08", QIYI) == []
    entered(rechecked(desk, number))
    assert desk.row("recheck_progress", "12-08", "卧龙区") == ["1", "1", "0", "1", "0", "0", "100%"]


def test_who_inspected_cannot_recheck(desk):
    entered(filed(desk))
    number = entered(inspected(desk, "甲商店", by=BOTH))
    assert waits(rechecked(desk, number, by=BOTH)) == ["ledger-020"]
    assert waits(rechecked(desk, number, by=RECHECKER, person="周排查")) == ["ledger-023"]
    assert waits(rechecked(desk, number, by=INSPECTOR)) == ["ledger-002"]
    entered(rechecked(desk, number, by=RECHECKER))


def test_returned_card_is_open_again(desk):
    entered(filed(desk))
    number = entered(inspected(desk, "甲商店"))
    entered(rechecked(desk, number, "12-08"))
    entered(desk.step("cards", number, "退回补查", "12-09", reason="井眼数不符"))
    assert desk.row("recheck_progress", "12-08", "卧龙区")[3] == "1"
    assert desk.row("recheck_progress", "12-09", "卧龙区")[3:5] == ["0", "1"]


def test_cell_with_one_open_card_is_not_accepted(desk):
    entered(filed(desk))
    cell = entered(desk.open("cells", "12-01", CELL))
    entered(desk.step("cells", cell, "定人", "12-02", inspector="周排查", rechecker="吴复查"))
    accept = {"accepted_by": "王验收", "accept_paper": "验收单1号"}
    assert waits(desk.step("cells", cell, "验收", "12-09", **accept)) == ["ledger-022"]  # no card at all
    one, two = entered(inspected(desk, "甲商店")), entered(inspected(desk, "乙商店"))
    entered(rechecked(desk, one))
    assert waits(desk.step("cells", cell, "验收", "12-09", **accept)) == ["ledger-022"]
    entered(rechecked(desk, two))
    draw = entered(desk.open("draw_checks", "12-08", CELL, draw="市级抽查", round=1, seed="20231208"))
    assert waits(desk.step("cells", cell, "验收", "12-09", **accept)) == ["ledger-022"]
    entered(desk.step("draw_checks", draw, "抽查", "12-09", checker="陈抽查", result="合格"))
    entered(desk.step("cells", cell, "验收", "12-10", **accept))
    assert desk.row("acceptance", "12-10", "卧龙区") == ["1", "1", "1", "100%"]
    assert desk.row("acceptance", "12-09", "卧龙区") == ["1", "1", "0", "0%"]


def test_same_person_inspects_and_rechecks_a_cell(desk):
    cell = entered(desk.open("cells", "12-01", CELL))
    assert waits(desk.step("cells", cell, "定人", "12-02", inspector="周排查", rechecker="周排查")) == ["ledger-023"]


def test_cells_without_card(desk):
    entered(inspected(desk, "甲商店"))
    assert desk.listed("cells_without_card", "12-08", QIYI_COMMUNITY) == ["丽都花园", "纺织厂家属院", "农贸市场片区"]
    assert len(desk.listed("cells_without_card", "12-08")) == 287
    assert len(desk.listed("cells_without_card", "12-06")) == 288


def test_baseline_adds_up(desk):
    names = ["甲商店", "乙商店", "丙商店"]
    users = [entered(desk.open("users", "11-20", CELL, unit=WATER, name=n)) for n in names]
    entered(desk.open("users", "11-20", CELL, move="划出范围", name="外单位", out_of_scope="公共供水总表后"))
    card = entered(inspected(desk, "甲商店", has_well="是", wells=1, user=users[0]))
    entered(inspected(desk, "名册上没有的店"))
    # known, inspected, with a well, without, unknown, coverage, found though not listed
    assert desk.row("baseline", "12-06", "卧龙区") == ["3", "0", "0", "0", "3", "0%", "0"]
    assert desk.row("baseline", "12-08", "卧龙区") == ["3", "1", "1", "0", "2", "33%", "1"]
    assert [desk.listed("users_unknown", d) for d in ("11-19", "12-06", "12-08")] == [[], users, users[1:]]
    # The card says it once: corrected or withdrawn, the register follows, back to its day.
    entered(desk.amend("cards", card, "12-07", has_well="否"))
    assert desk.row("baseline", "12-08", "卧龙区") == ["3", "1", "0", "1", "2", "33%", "1"]
    entered(desk.send("cards", Step("withdraw", day("12-09"), reason="填错户"), card, OPERATOR))
    assert desk.row("baseline", "12-09", "卧龙区") == ["3", "0", "0", "0", "3", "0%", "1"]
    assert desk.listed("users_unknown", "12-09") == users


def test_hints_are_no_cards(desk):
    hint = entered(desk.open("hints", "11-28", CELL, unit=WATER, address="楼后", signs="有电缆入地"))
    assert desk.row("card_summary", "12-08", "合计")[0] == "0"
    card = entered(inspected(desk, "甲商店", hints=[hint]))
    entered(desk.step("hints", hint, "核实属实", "12-08", card=card))
    assert desk.row("card_summary", "12-08", "合计")[0] == "1"
    assert (desk.listed("hints_waiting", "12-07"), desk.listed("hints_waiting", "12-08")) == ([hint], [])


def test_sample_without_result_waits(desk):
    sample = entered(desk.open("samples", "12-06", CELL, place="厨房水龙头", taken_by="周排查"))
    assert desk.listed("samples_waiting", "12-06") == [sample]
    entered(desk.step("samples", sample, "出结果", "12-08", result="疑似自备水源"))
    assert desk.row("samples", "12-08", "卧龙区") == ["1", "1", "1", "0"]


def test_a_kind_that_is_not_in_the_list_is_kept(desk):
    entered(inspected(desk, "某学校", kind="学校"))
    assert Record.objects.get(ledger="cards").data["kind"] == "学校"
    entered(inspected(desk, "某公厕", kind="公厕"))
    kinds = {k: desk.row("cards_by_kind", "12-08", k)[0] for k in ("公厕", "其他", "合计")}
    assert kinds == {"公厕": "1", "其他": "1", "合计": "2"}
    rows = table(desk.here, desk.here.pack.tables["cards_by_kind"], desk.here.regions.root, day("12-08")).rows
    assert len(rows) == 7 + 1


# -- Leads


def test_lead_handed_down_counts_once(desk):
    number = lead(desk, "12-01")
    entered(desk.step("leads", number, "交办", "12-02", unit="Q1"))
    entered(desk.step("leads", number, "转办", "12-03", region=QIYI, unit="Q101"))
    entered(desk.step("leads", number, "转办", "12-04", region=QIYI_COMMUNITY, by=WOLONG_OFFICE))
    assert desk.row("lead_handling", "12-08", "卧龙区") == ["1", "1", "0", "0%", "0"]
    assert desk.row("lead_handling", "12-08", "合计") == ["1", "1", "0", "0%", "0"]
    assert desk.row("lead_handling", "12-08", "七一街道", WOLONG)[0] == "1"
    told = Viewer(desk.here, WOLONG_OFFICE).history(desk.here.pack.ledgers["leads"], number)["events"]
    holders = [(e["on"], e.get("region_name", ""), e.get("unit_name", "")) for e in told]
    assert holders == [
        ("2023-12-01", "卧龙区", ""),  # taken by the city for 卧龙区
        ("2023-12-02", "", "卧龙区"),
        ("2023-12-03", "七一街道", "七一街道办事处"),
        ("2023-12-04", "七一社区", ""),
    ]


def test_own_and_refused_leads_are_not_in_the_table(desk):
    lead(desk, "12-01")
    lead(desk, "12-01", source="区级受理")
    entered(
        desk.open(
            "leads",
            "12-01",
            WOLONG,
            move="不予受理",
            source="市级移交",
            content="水费争议。",
            refusal_reason="不属本行动",
        )
    )
    assert desk.row("lead_handling", "12-08", "卧龙区")[0] == "1"
    assert desk.row("lead_sources", "12-08", "卧龙区") == ["1", "1", "2", "0", "1", "0"]


def test_valid_is_neither_part_nor_successor_of_closed(desk):
    done = [lead(desk, "11-20", WANCHENG) for _ in range(3)]
    open_valid = lead(desk, "11-25", WANCHENG, valid="是")
    for number in done:
        closed(desk, number, "12-01")
    entered(desk.amend("leads", done[0], "12-01", valid="是"))
    entered(desk.amend("leads", done[1], "12-01", valid="否"))
    assert desk.row("lead_handling", "12-08", "宛城区") == ["4", "3", "3", "75%", "2"]
    assert desk.listed("leads_open", "12-08") == [open_valid]
    assert desk.listed("leads_not_judged", "12-08") == [done[2]]


def test_returned_lead_leaves_closed_from_that_day(desk):
    number = lead(desk, "12-01")
    closed(desk, number, "12-05")
    assert waits(desk.step("leads", number, "退回", "12-09")) == ["ledger-021"]
    entered(desk.step("leads", number, "退回", "12-09", reason="群众反映仍在抽水"))
    assert desk.row("lead_handling", "12-08", "卧龙区")[2:4] == ["1", "100%"]
    assert desk.row("lead_handling", "12-09", "卧龙区")[2:4] == ["0", "0%"]


def test_handler_cannot_confirm_own_closing(desk):
    clerk = Actor(None, "clerk", (Held("city_office"), Held("district_office", region=WOLONG, unit="Q1")))
    number = lead(desk, "12-01")
    entered(desk.step("leads", number, "交办", "12-02"))
    report = {k: CLOSED[k] for k in ("result", "evidence", "handler")}
    entered(desk.step("leads", number, "上报办结", "12-03", by=clerk, **report))
    assert waits(desk.step("leads", number, "办结", "12-04", by=clerk, **CLOSED)) == ["ledger-020"]
    assert waits(desk.step("leads", number, "办结", "12-04", by=CITY, **{**CLOSED, "checker": "郑承办"})) == [
        "ledger-023"
    ]
    assert waits(desk.step("leads", number, "办结", "12-04", by=CITY, **{**CLOSED, "answer": None})) == ["ledger-007"]
    entered(desk.step("leads", number, "办结", "12-04", by=CITY, **CLOSED))


def test_late_entry_counts_on_its_day(desk):
    with clock.set_to(datetime(2023, 12, 11, 9, tzinfo=BEIJING)):
        assert desk.row("lead_handling", "12-08", "合计")[0] == "0"
        lead(desk, "12-07")
    assert [desk.row("lead_handling", d, "合计")[0] for d in ("12-06", "12-07", "12-08")] == ["0", "1", "1"]


def test_overdue_leads(desk):
    number = lead(desk, "11-20", due="2023-12-05")
    lead(desk, "11-20")  # no limit: open, never overdue
    assert (desk.listed("leads_overdue", "12-05"), desk.listed("leads_overdue", "12-06")) == ([], [number])
    entered(desk.step("leads", number, "交办", "11-21"))
    entered(
        desk.step("leads", number, "延期", "12-06", due="2023-12-20", extension="市办12月6日批准", reason="待钻机进场")
    )
    assert desk.listed("leads_overdue", "12-08") == []


def test_a_lead_of_another_district_reads_like_absent(desk):
    number = lead(desk, "12-01")
    entered(desk.step("leads", number, "交办", "12-02"))
    seen = desk.step("leads", number, "上报办结", "12-03", by=GAOXIN_OFFICE, result="", evidence="", handler="")
    absent = desk.step("leads", "XS-2023-9999", "上报办结", "12-03", by=GAOXIN_OFFICE)
    assert waits(seen) == waits(absent) == ["ledger-001"]
    assert [p.says for p in seen.problems] == [p.says for p in absent.problems]


def test_reporter_is_masked_also_inside_the_text(desk):
    number = lead(desk, "12-01", reporter_name="褚某某", reporter_phone="13800000000")
    entered(desk.amend("leads", number, "12-01", content="褚某某反映，电话13800000000。"))
    shown = Masker(desk.here.pack.ledgers["leads"]).show(Record.objects.get(number=number).data)
    assert "褚某某" not in str(shown)
    assert "13800000000" not in str(shown)
    assert shown["content"].endswith("。")


# -- Wells


def well(desk: Desk, region: str = CELL, **more: Any) -> str:
    return entered(desk.open("wells", "11-20", region, user="某单位", address="院内", **more))


SEALED = {"sealed_by": "蒋封停", "seal_checked_by": "沈验收"}


def test_well_without_photo_is_not_sealed(desk):
    number = well(desk)
    assert waits(desk.step("wells", number, "封停", "12-06", seal_photo=desk.photo, **SEALED)) == ["ledger-011"]
    entered(desk.step("wells", number, "认定违法", "12-01", legality_reason="无取水许可证"))
    assert waits(desk.step("wells", number, "封停", "12-06", **SEALED)) == ["ledger-007"]
    entered(desk.step("wells", number, "封停", "12-06", seal_photo=desk.photo, **SEALED))
    data = Record.objects.get(number=number).data
    assert (data["legality"], data["look_back_due"]) == ("违法", "2024-01-05")
    assert desk.listed("wells_sealed_without_water", "12-08") == [number]
    assert desk.row("wells_outcome", "12-08", "卧龙区")[:6] == ["1", "1", "1", "0", "0", "1"]


def test_look_back_that_was_missed_is_listed(desk):
    number = well(desk)
    entered(desk.step("wells", number, "认定违法", "11-21", legality_reason="无取水许可证"))
    entered(desk.step("wells", number, "封停", "11-22", by=WOLONG_OFFICE, seal_photo=desk.photo, **SEALED))
    with clock.set_to(datetime(2024, 1, 10, 9, tzinfo=BEIJING)):
        due = ("2023-12-22", "2023-12-23")
        assert [desk.listed("wells_look_back_missed", d) for d in due] == [[], [number]]
        look = {"look_back_found": "重新启用", "look_back_photo": desk.photo}
        same = desk.step("wells", number, "回头看", "2024-01-02", look_back_by="蒋封停", **look)
        assert waits(same) == ["ledger-023"]
        entered(desk.step("wells", number, "回头看", "2024-01-02", look_back_by="韩回看", **look))
        entered(desk.step("wells", number, "反弹", "2024-01-02", reason="重新启用"))
        assert desk.row("wells_outcome", "2024-01-01", "卧龙区")[2] == "1"
        assert desk.row("wells_outcome", "2024-01-02", "卧龙区")[2] == "0"
        assert desk.listed("wells_to_seal", "2024-01-02") == [number]


def test_kept_well_needs_approval_and_ends(desk):
    number = well(desk)
    assert waits(desk.step("wells", number, "保留", "12-01", keep_ground="消防备用")) == ["ledger-007", "ledger-007"]
    approved = {"keep_ground": "消防备用", "keep_approval": "宛水保〔2023〕1号", "keep_until": "2023-12-09"}
    entered(desk.step("wells", number, "保留", "12-01", **approved))
    assert [desk.listed("wells_keep_expired", d) for d in ("12-09", "12-10")] == [[], [number]]


def test_replaced_water_leaves_the_list(desk):
    number = well(desk)
    entered(desk.step("wells", number, "认定违法", "12-01", legality_reason="无取水许可证"))
    entered(desk.step("wells", number, "封停", "12-06", seal_photo=desk.photo, **SEALED))
    entered(desk.step("wells", number, "置换", "12-08", connected_on="2023-12-08", contract="GS-1", meter="SB-1"))
    assert [desk.listed("wells_sealed_without_water", d) for d in ("12-07", "12-08")] == [[number], []]


def test_leads_and_wells_many_to_many(desk):
    one, two, three = (lead(desk, "11-20", valid="是") for _ in range(3))
    wells = [well(desk, leads=[one, two]), well(desk, leads=[three]), well(desk, leads=[three])]
    well(desk)  # found by an inspection
    entered(desk.step("wells", wells[0], "认定违法", "12-01", legality_reason="无取水许可证"))
    entered(desk.step("wells", wells[0], "封停", "12-06", seal_photo=desk.photo, **SEALED))
    assert desk.row("lead_handling", "12-08", "卧龙区")[::4] == ["3", "3"]
    assert desk.row("lead_wells", "12-08", "卧龙区") == ["3", "1", "0", "2"]
    assert desk.row("sealed_recheck", "12-08", "合计")[0] == "0"


# -- Wells sealed since 2018


def old_well(desk: Desk, number: str, unit: str, region: str = CELL, **more: Any) -> Outcome:
    said = {"user": "某单位", "seal_date": "2019-05-06", **more}
    return desk.open("sealed_wells", "11-04", region, unit=unit, number=number, **said)


def test_sealed_before_2018_waits(desk):
    assert waits(old_well(desk, "F-1", "Q1", seal_date="2017-12-31"))[0] == "ledger-033"
    entered(old_well(desk, "F-1", "Q1", seal_date="2018-01-01"))


def test_bureau_wells_are_in_no_district_row(desk):
    entered(old_well(desk, "F-1", "Q1"))
    entered(old_well(desk, "F-2", BUREAU))
    entered(old_well(desk, "F-3", PARKS))
    rows = {n: desk.row("sealed_recheck", "12-08", n)[0] for n in ("合计", "市水利局", "卧龙区", "宛城区", "市城管局")}
    assert rows == {"合计": "3", "市水利局": "1", "卧龙区": "1", "宛城区": "0", "市城管局": "1"}


def test_well_moved_to_the_bureau_counts_there_from_that_day(desk):
    for n in range(3):
        entered(old_well(desk, f"F-{n}", "Q1"))
    entered(desk.hand_over("sealed_wells", "F-0", "12-09", BUREAU, "产权属市水利局"))
    rows = [[desk.row("sealed_recheck", d, n)[0] for n in ("卧龙区", "市水利局", "合计")] for d in ("12-08", "12-09")]
    assert rows == [["3", "0", "3"], ["2", "1", "3"]]


def test_reopened_well_is_rechecked_and_a_new_problem(desk):
    entered(old_well(desk, "F-1", "Q1"))
    entered(old_well(desk, "F-2", "Q1"))
    entered(desk.step("sealed_wells", "F-1", "复核", "12-08", by=WOLONG_OFFICE, found="重新启用", checked_by="杨复核"))
    entered(desk.open("problems", "12-08", CELL, kind="重新启用", sealed_well="F-1", content="水泵重新接电。"))
    assert desk.row("sealed_recheck", "12-08", "卧龙区") == ["2", "1", "50%"]
    assert desk.row("sealed_found", "12-08", "卧龙区") == ["2", "0", "1", "0", "1", "1"]
    assert desk.row("problems", "12-08", "卧龙区")[:2] == ["1", "1"]
    assert desk.listed("sealed_waiting", "12-08") == ["F-2"]
    assert desk.listed("sealed_without_photo", "12-08") == ["F-1"]


# -- Offices, rules, meetings, publicity


def test_readiness_is_one_record_that_grows(desk):
    number = entered(
        desk.open("readiness", "12-01", WOLONG, people_text="抽调5人，到位3人", people=5, people_in_place=3)
    )
    now = {"people_text": "抽调5人，已全部到位", "funds_text": "11.56万元待批", "funds": 11.56, "funds_state": "待批"}
    entered(desk.step("readiness", number, "更新", "12-06", people_in_place=5, **now))
    assert waits(desk.open("readiness", "12-07", WOLONG, people_text="抽调6人")) == ["ledger-018"]
    assert desk.row("readiness", "12-05", "卧龙区") == ["抽调5人，到位3人", "", "", ""]
    assert desk.row("readiness", "12-08", "卧龙区") == ["抽调5人，已全部到位", "", "", "11.56万元待批"]
    assert desk.row("readiness_numbers", "12-08", "卧龙区")[-3:] == ["0.00", "11.56", "11.56"]
    assert desk.listed("readiness_not_reported", "12-08") == ["宛城区", "高新区", "城乡一体化示范区"]


def test_person_moved_away_counts_the_day_before(desk):
    number = entered(desk.open("staff", "11-01", QIYI, person="朱专职", office="街道办事机构", full_time="是"))
    entered(desk.step("staff", number, "离岗", "12-07"))
    lists = [desk.listed("streets_without_full_time", d, QIYI) for d in ("10-31", "12-06", "12-07")]
    assert lists == [["七一街道"], [], ["七一街道"]]
    assert len(desk.listed("districts_without_full_time", "12-06")) == 4  # a street's clerk is none of the district's


def test_nine_teams_for_nine_streets(desk):
    streets = desk.here.regions.children(WOLONG, day("12-08"))
    for code in streets:
        entered(desk.open("offices", "11-01", code, unit="Q1", kind="街道办事机构"))
        entered(desk.open("publicity_teams", "11-10", code, name="宣贯队", members=5))
    assert desk.row("team_coverage", "12-08", "卧龙区") == ["9", "9", "100%"]
    entered(desk.step("publicity_teams", f"XGD-{QIYI}-01", "撤销", "12-09", reason="并入网格队"))
    assert desk.row("team_coverage", "12-09", "卧龙区") == ["9", "8", "88%"]
    assert desk.listed("streets_without_team", "12-09", WOLONG) == ["七一街道"]


def test_member_removed_later_is_still_a_member_that_day(desk):
    number = entered(desk.open("members", "10-20", unit="SJ03", duty="公共供水"))
    entered(desk.step("members", number, "退出", "12-09", reason="机构调整"))
    assert [desk.listed("members_now", d) for d in ("12-08", "12-09")] == [[number], []]


def test_nine_rules_final_one_issued(desk):
    meeting = entered(desk.open("meetings", "12-05", unit=OFFICE, series="主任办公会议", chair_post="主任"))
    rules = [entered(desk.open("rules", "12-01", kind=k)) for k in ["制度"] * 6 + ["办法"] * 3]
    for number in rules:
        assert waits(desk.step("rules", number, "定稿通过", "12-05")) == ["ledger-007"]
        entered(desk.step("rules", number, "定稿通过", "12-05", meeting=meeting))
    entered(desk.step("rules", rules[-1], "出台", "12-06", title="“飓风”行动自备井排查办法"))
    # drafted, final, issued, final only
    assert desk.row("rules_register", "12-05", "合计") == ["9", "9", "0", "9"]
    assert desk.row("rules_register", "12-08", "制度") == ["6", "6", "0", "6"]
    assert desk.row("rules_register", "12-08", "办法") == ["3", "3", "1", "2"]
    assert len(desk.listed("rules_final_only", "12-08")) == 8


def test_explained_in_one_district(desk):
    rules = [entered(desk.open("rules", "12-01", kind="办法", title=t)) for t in ("排查办法", "追责问责办法")]
    entered(desk.open("rules", "12-01", kind="制度"))  # internal ones are explained to nobody
    entered(desk.open("explanations", "12-06", WOLONG, unit="Q1", rule=rules[0], session=1, attendance=60))
    asked = find_list(desk.here, "districts_without_explanation")
    found = work_list(desk.here, asked, desk.here.regions.root, day("12-08"))
    others = [WANCHENG, GAOXIN, SHIFAN]
    first = [(x.number, x.region) for x in found if x.number == rules[0]]
    assert sorted(first) == sorted((rules[0], r) for r in others)
    assert sorted(x.region for x in found if x.number == rules[1]) == sorted([WOLONG, *others])
    assert len(found) == 7
    assert len(work_list(desk.here, asked, WOLONG, day("12-08"))) == 1


def test_two_meetings_of_a_series_in_one_week(desk):
    for on in ("12-04", "12-08"):
        entered(desk.open("meetings", on, unit=OFFICE, series="周工作例会", chair_post="副主任"))
    entered(desk.open("meetings", "12-05", unit=OFFICE, series="主任办公会议", chair_post="主任"))
    entered(desk.open("meetings", "12-06", WOLONG, unit="Q1", series="推进会", session=5, chair_post="副区长"))
    entered(desk.open("meetings", "11-28", unit=WATER, series="推进会", chair_post="分管负责同志"))
    again = desk.open("meetings", "12-07", WOLONG, unit="Q1", series="推进会", session=5, chair_post="副区长")
    assert waits(again) == ["ledger-018"]
    held = [desk.row("meetings_by_series", d, "周工作例会")[0] for d in ("12-03", "12-10")]
    assert held == ["0", "2"]
    assert desk.row("meetings_by_series", "12-08", "合计")[0] == "5"


def test_absent_units_are_named(desk):
    meeting = entered(desk.open("meetings", "12-04", unit=OFFICE, series="周工作例会", chair_post="副主任"))
    invited = [
        entered(desk.open("attendance", "12-01", unit=u, meeting=meeting, post="分管负责同志"))
        for u in ("Q1", "Q2", "Q3", "Q4", BUREAU, PARKS, "SJ03", WATER)
    ]
    for number in invited[:-1]:
        entered(desk.step("attendance", number, "签到", "12-04"))
    entered(desk.step("attendance", invited[-1], "记缺席", "12-04"))
    assert desk.listed("attendance_absent", "12-04") == [invited[-1]]


def test_twelve_requirements_of_one_meeting(desk):
    meeting = entered(desk.open("meetings", "12-04", unit=OFFICE, series="周工作例会", chair_post="副主任"))
    for what in ("街道四落实", "宣传形式和广度", "现场排查"):
        for region, unit in DISTRICT_UNITS.items():
            entered(desk.open("tasks", "12-04", region, unit=unit, kind="工作要求", meeting=meeting, content=what))
    assert desk.row("tasks_by_unit", "12-08", "合计") == ["12", "0", "0", "12"]
    assert (len(desk.listed("tasks_open", "12-08")), desk.listed("tasks_overdue", "12-08")) == (12, [])
    first = Record.objects.filter(ledger="tasks", unit="Q1").order_by("number")[0].number
    entered(desk.step("tasks", first, "答复", "12-08", by=WOLONG_OFFICE, answer="9个街道已齐。"))
    assert desk.row("tasks_by_unit", "12-08", "卧龙区") == ["3", "1", "0", "3"]


def test_a_week_without_its_meeting_is_listed(desk):
    def week(start: str, end: str) -> str:
        said = {"duty": "周工作例会", "week_start": f"2023-{start}", "week_end": f"2023-{end}"}
        return entered(desk.open("weekly_duties", "11-20", unit=OFFICE, **said))

    missed, done = week("11-27", "12-03"), week("12-04", "12-10")
    meeting = entered(desk.open("meetings", "12-04", unit=OFFICE, series="周工作例会", chair_post="副主任"))
    entered(desk.step("weekly_duties", done, "办到", "12-04", meeting=meeting))
    assert [desk.listed("weeks_missed", d) for d in ("12-03", "12-04", "12-11")] == [[], [missed], [missed]]


def test_report_of_four_parts_and_nil_report(desk):
    meeting = entered(desk.open("meetings", "12-04", unit=OFFICE, series="周工作例会", chair_post="副主任"))
    asked = [entered(desk.open("meeting_reports", "12-01", unit=u, meeting=meeting)) for u in ("Q1", "Q2", "Q3")]
    parts = {"publicity_work": "一", "inspection_plan": "二", "issues": "三"}
    assert waits(desk.step("meeting_reports", asked[0], "报送四项汇报", "12-03", **parts)) == ["ledger-007"]
    entered(desk.step("meeting_reports", asked[0], "报送四项汇报", "12-03", **parts, next_steps="四"))
    entered(desk.step("meeting_reports", asked[1], "零报告", "12-03", nil_reason="本周无进展"))
    assert desk.listed("reports_missing", "12-03") == [asked[2]]


def test_filings_still_missing(desk):
    for kind in ("责任体系", "排查方案", "排查办法", "责任人"):
        entered(desk.open("filings", "12-06", GAOXIN, kind=kind))
    entered(desk.step("filings", f"BB-{GAOXIN}-01", "报备", "12-07", version="第1版", file=desk.photo))
    assert desk.row("filings", "12-08", "高新区") == ["1", "0", "0", "0", "0", "3"]
    assert len(desk.listed("filings_missing", "12-08")) == 3


def test_publicity_by_form_and_communities_without_any(desk):
    for form, times in (("张贴通告", 10), ("LED屏滚动宣传", 5), ("宣传车", 1), ("入小区楼院", 4), ("横幅", 2)):
        entered(desk.open("publicity", "11-20", QIYI_COMMUNITY, form=form, count=times, place="社区门口"))
    assert desk.row("publicity_forms", "12-08", "七一街道", WOLONG) == ["10", "5", "1", "4", "2", "5"]
    assert desk.listed("communities_without_publicity", "12-08", QIYI) == ["工业路社区", "双桥社区"]
    # communities, reached, not reached, reach; at the street, and at the community itself
    assert desk.row("publicity_reach", "12-08", "卧龙区") == ["27", "1", "26", "3%"]
    assert desk.row("publicity_reach", "12-08", "七一社区", QIYI) == ["1", "1", "0", "100%"]
    assert desk.row("publicity_reach", "11-19", "卧龙区")[1] == "0"
    assert waits(desk.open("publicity", "11-20", QIYI, form="宣传车", count=1, place="街上")) == ["ledger-016"]


def test_accountability_is_unseen_until_decided(desk):
    case = entered(desk.open("accountability", "12-01", WOLONG, unit="Q1", by=CITY, finding="排查走过场。"))
    answer = {"objection": "接受处理。"}
    assert waits(desk.step("accountability", case, "单位答复", "12-02", by=WOLONG_OFFICE, **answer)) == ["ledger-001"]
    assert waits(desk.step("accountability", case, "作出决定", "12-03", by=CITY, decision="通报")) == ["ledger-007"]
    entered(desk.step("accountability", case, "作出决定", "12-03", by=CITY, clause="第3条", decision="通报"))
    entered(desk.step("accountability", case, "单位答复", "12-04", by=WOLONG_OFFICE, **answer))


def test_work_before_the_start_is_kept_and_marked(desk):
    entered(desk.open("publicity", "10-10", QIYI_COMMUNITY, form="张贴通告", count=1, place="社区门口"))
    assert "补录：早于行动开始" in Record.objects.get(ledger="publicity").flags


def test_work_before_the_start_of_its_stage_is_kept_and_marked():
    """On 12-04 the publicity runs, with no end stated, while the inspection is being set up; then both go on."""
    stages = "  publicity: {title: 宣传阶段, start: 2023-11-10}\n  inspection: {title: 排查阶段, start: 2023-12-06}"
    with clock.set_to(datetime(2023, 12, 31, 9, tzinfo=BEIJING)):
        desk = Desk(stages)

        def flags(number: str) -> list[str]:
            return Record.objects.get(number=number).flags

        def notice(on: str) -> list[str]:
            return flags(
                entered(desk.open("publicity", on, QIYI_COMMUNITY, form="张贴通告", count=1, place="社区门口"))
            )

        def card(on: str, household: str) -> list[str]:
            return flags(entered(inspected(desk, household, on)))

        assert notice("10-10") == ["补录：早于行动开始", "早于宣传阶段开始"]
        assert notice("11-09") == ["早于宣传阶段开始"]
        assert (notice("11-10"), notice("12-04"), notice("12-20")) == ([], [], [])
        assert card("12-04", "甲户") == ["早于排查阶段开始"]
        assert card("12-06", "乙户") == []


def test_five_points_of_a_rule_with_their_tasks(desk):
    rule = entered(desk.open("rules", "12-01", kind="办法", title="自备井排查办法"))
    points = ["实行网格化排查", "建立排查台账", "落实排查责任", "严格验收", "强化督导问责"]
    numbers = [
        entered(desk.open("rule_requirements", "12-06", rule=rule, seq=n, title=title))
        for n, title in enumerate(points, 1)
    ]
    assert waits(desk.open("rule_requirements", "12-06", rule=rule, seq=4, title="严格验收")) == ["ledger-018"]
    entered(desk.open("tasks", "12-06", unit="Q1", kind="工作要求", requirement=numbers[3], content="全面复核。"))
    assert waits(desk.open("tasks", "12-06", unit="Q1", kind="工作要求", requirement="YQ-999", content="无。")) == [
        "ledger-028"
    ]


# -- The trees


def test_a_unit_is_found_by_full_and_short_name(desk):
    full = "市中心城区自备井封停及南水北调水源置换工作领导小组办公室"
    units = desk.here.units
    assert units.find(full, day("12-08")) == units.find("市领导小组办公室", day("12-08")) == [OFFICE]
    assert units.children(WATER, day("12-08")) == ["SW01", "SW02"]
    known_as = {
        "SJ02": ("市城管局", "城管局", "南阳市城市管理局"),
        "SJ03": ("市住建局", "住建局"),
        "SW": ("水务集团", "北控南阳水务", "北控南阳水务集团", "北控南阳水务集团有限公司"),
        "Q4": ("城乡一体化示范区", "示范区"),
    }
    for code, names in known_as.items():
        assert [units.find(name, day("12-08")) for name in names] == [[code]] * len(names)
    assert desk.here.regions.find("示范区", day("12-08")) == [SHIFAN]


def test_moved_street_keeps_earlier_tables(desk):
    entered(inspected(desk, "甲商店"))
    lead(desk, "12-01", QIYI)
    hang_region(desk.campaign, QIYI, GAOXIN, day("12-09"), "代管范围调整")
    desk.here = setting(desk.campaign)
    for key in ("card_summary", "lead_handling"):
        assert [desk.row(key, "12-08", n)[0] for n in ("卧龙区", "高新区", "合计")] == ["1", "0", "1"]
        assert [desk.row(key, "12-09", n)[0] for n in ("卧龙区", "高新区", "合计")] == ["0", "1", "1"]


@pytest.mark.parametrize(
    "line",
    [
        "411303001001001001,一号楼,411303001001001,,",  # a fifth level
        "411303099001,某社区,411303,,",  # a community below a district: the street is skipped
    ],
)
def test_a_fifth_or_a_skipped_level_is_refused(desk, tmp_path, line):
    regions = tmp_path / "regions.csv"
    regions.write_text((FOLDER / "demo" / "regions.csv").read_text("utf-8") + line + "\n", "utf-8")
    files = pack_files(FOLDER)
    with pytest.raises(Refused) as refused:
        create_campaign("two", files, load(files, FOLDER.name), regions, FOLDER / "demo" / "units.csv", day("10-20"))
    assert [line.split(",")[1] in str(p) for p in refused.value.problems] == [True]


def test_point_outside_the_cell(desk):
    """The cell is a square of 0.01 degrees; the point lies inside, or far east of it."""
    ring = [[112.50, 33.00], [112.51, 33.00], [112.51, 33.01], [112.50, 33.01], [112.50, 33.00]]
    square = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": CELL}, "geometry": square}
    load_outlines(desk.campaign, {"type": "FeatureCollection", "features": [feature]}, day("10-20"))
    inside = {"lon": 112.505, "lat": 33.005, "frame": "WGS84"}
    outside = {**inside, "lon": 112.6}
    assert waits(inspected(desk, "甲商店", point=outside)) == ["ledger-027"]
    entered(inspected(desk, "甲商店", point=inside))
    number = well(desk, point=outside)  # kept, with a warning
    assert len(Record.objects.get(number=number).flags) == 1
    assert not Record.objects.get(number=well(desk, point=inside)).flags
