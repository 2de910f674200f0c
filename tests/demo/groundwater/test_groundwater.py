"""The groundwater campaign, played: the dispatches of its requirements to the digit, outcomes, sealing, problems."""

from __future__ import annotations

import pytest

from tests.played import Played
from zhuanban.core.day import from_iso
from zhuanban.ledger.models import Event
from zhuanban.ledger.verify import verify
from zhuanban.tally.actions import check

# The play is the same on both engines; the rooms that it goes through are tested on both.
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

# Dispatch day: users visited inside and outside, problems, closed, open, sealed wells inside.
WEEKS = """
    07-15 | 0 | 0 | 0 | 0 | 0 | 0
    07-22 | 12 | 0 | 9 | 0 | 9 | 0
    07-29 | 41 | 0 | 31 | 4 | 27 | 2
    08-05 | 78 | 0 | 58 | 15 | 43 | 9
    08-12 | 116 | 0 | 84 | 33 | 51 | 21
    08-19 | 151 | 0 | 106 | 52 | 54 | 37
    08-26 | 179 | 0 | 121 | 70 | 51 | 52
    09-02 | 191 | 18 | 133 | 85 | 48 | 64
    09-09 | 193 | 52 | 143 | 97 | 46 | 73
    09-16 | 193 | 88 | 154 | 109 | 45 | 82
    09-23 | 193 | 127 | 166 | 120 | 46 | 90
    09-30 | 193 | 165 | 177 | 131 | 46 | 97
    10-08 | 193 | 171 | 179 | 133 | 46 | 98
    10-14 | 193 | 207 | 190 | 143 | 47 | 104
    10-21 | 193 | 246 | 201 | 154 | 47 | 110
    10-28 | 193 | 284 | 212 | 165 | 47 | 116
    11-04 | 193 | 320 | 222 | 175 | 47 | 121
    11-11 | 193 | 353 | 231 | 184 | 47 | 127
    11-18 | 193 | 383 | 239 | 193 | 46 | 132
    11-25 | 193 | 409 | 246 | 201 | 45 | 137
    12-02 | 193 | 431 | 252 | 209 | 43 | 142
    12-09 | 193 | 448 | 257 | 216 | 41 | 147
    12-16 | 193 | 459 | 262 | 222 | 40 | 151
    12-23 | 193 | 466 | 266 | 227 | 39 | 155
    12-30 | 193 | 469 | 268 | 231 | 37 | 157
"""
LINES = [[word.strip() for word in line.split("|")] for line in WEEKS.strip().splitlines()]
KINDS = {
    "无证取水": 121, "计量": 74, "欠缴水资源税": 28, "欠缴污水处理费": 17, "隐瞒不报": 12, "超计划": 6, "超许可": 5,
    "私自启封": 3, "拒不配合": 2,
}  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_the_dispatches(water: Played, line: list[str]) -> None:
    """003-24, 28, 33, 41."""
    row = water.rows("dispatch", line[0])["合计"]
    assert [row[1], row[3], *row[4:8]] == line[1:]


def test_the_three_that_were_late_inside_and_the_last_one_outside(water: Played) -> None:
    """003-24, 27, 28: by the day on which it was, not by the week."""
    days = ("08-31", "09-02", "09-05", "09-08")
    assert [water.rows("dispatch", on)["合计"][1] for on in days] == ["190", "191", "192", "193"]
    assert len(water.names("users_unvisited_outside", "12-31")) == 1
    here = water.here.pack.tables["dispatch"]
    assert here.columns["outside_seen"].title == "其中已排查（户）"


def test_the_outcomes_add_up_to_all_wells(water: Played) -> None:
    """003-U01: 779 wells, each with one outcome."""
    rows = {name: row[:3] for name, row in water.rows("well_outcomes").items()}
    assert rows == {
        "应封停": ["19", "19", "0"],
        "已封停": ["157", "157", "0"],
        "许可期内保留": ["27", "27", "0"],
        "暂不列入": ["28", "28", "0"],
        "办理许可中": ["210", "0", "210"],
        "可继续使用": ["288", "0", "288"],
        "应关闭": ["0", "0", "0"],
        "已关闭": ["39", "0", "39"],
        "废弃": ["11", "0", "11"],
        "合计": ["779", "231", "548"],
    }


def test_every_week_the_outcomes_add_up_to_the_wells_that_were_known(water: Played) -> None:
    for line in LINES[1:]:
        rows = water.rows("well_outcomes", line[0])
        total = int(rows.pop("合计")[0])
        assert sum(int(row[0]) for row in rows.values()) == total == int(water.rows("registers", line[0])["合计"][3])


def test_sealing_inside(water: Played) -> None:
    """003-07, U01, U11: the rate is of those that must be sealed, not of all wells."""
    row = water.rows("sealing")["合计"]
    assert row[:10] == ["231", "157", "19", "3", "16", "27", "28", "55", "176", "89%"]


def test_outside_the_network(water: Played) -> None:
    """003-11, 12, 59, 61."""
    assert water.rows("outside_wells")["合计"] == ["548", "301", "288", "288", "148", "49", "0", "22", "39", "17", "11"]


def test_seventeen_wells_come_in_on_the_day_of_the_second_map(water: Played) -> None:
    """003-12: and not before; seventeen of 14 users; by the second map 248 + 531 wells, 207 + 456 users."""
    due = [water.rows("well_outcomes", on)["应关闭"][0] for on in ("10-19", "10-20")]
    refused = len(water.names("wells_to_close", "10-19"))
    assert int(due[1]) - int(due[0]) == 17
    assert int(due[0]) == refused
    assert [water.rows("registers", on)["合计"][6:8] for on in ("10-19", "10-20")] == [["193", "231"], ["207", "248"]]
    assert water.rows("registers")["合计"][:6] == ["663", "193", "470", "779", "231", "548"]


def test_problems_by_kind(water: Played) -> None:
    rows = water.rows("problems")
    assert {kind: int(row[0]) for kind, row in rows.items() if kind != "合计"} == KINDS
    assert [rows["合计"][n] for n in (0, 4, 5)] == ["268", "231", "37"]
    assert len(water.names("problems_overdue")) == 14


def test_the_third_batch(water: Played) -> None:
    """003-33: 27 found, 21 closed by their term, six late."""
    third = [r for r in water.records("problems") if "2022-07-30" <= day_of(r.first_on) <= "2022-08-05"]
    closed = dict(
        Event.objects.filter(record__in=third, body__contains='"move":"销号"').values_list("record_id", "on_day")
    )
    assert (len(third), len(closed)) == (27, 27)
    late = [r for r in third if day_of(closed[r.pk]) > r.data["due"]]
    assert len(late) == 6


def day_of(day: int) -> str:
    from zhuanban.core.day import iso

    return iso(day)


def test_four_permits_end_at_the_end_of_october(water: Played) -> None:
    """003-08: the clock wrote it; one was renewed by mistake and put right the next day."""
    kept = [water.rows("well_outcomes", on)["许可期内保留"][0] for on in ("10-31", "11-01")]
    assert int(kept[0]) - int(kept[1]) == 4
    turned = Event.objects.filter(record__ledger="wells", actor="时钟", on_day=from_iso("2022-11-01"))
    assert turned.filter(body__contains="应封停").count() >= 4
    assert len(water.names("permits_expiring", "10-20")) >= 4


def test_broken_seals_are_events_and_not_wells(water: Played) -> None:
    """003-72: three cases, 160 sealings, 157 wells."""
    assert len(water.records("seal_breaks")) == 3
    assert {r.state for r in water.records("seal_breaks")} == {"已立案"}
    words = ('"move":"封停"', '"move":"自愿封停"', '"move":"重新封停"')
    counts = [Event.objects.filter(record__ledger="wells", body__contains=word).count() for word in words]
    assert counts[:2] == [155, 2]
    assert counts[2] == 3 + 1  # and one after an approved unsealing
    assert len(water.records("penalty_cases", again="是", grade="从重")) == 3


def test_the_registers_are_whole(water: Played) -> None:
    assert list(verify(water.here)) == []
    assert check(water.here) == []
