"""The dated grid: split, merge, rename, move and hand over cells; every figure of an earlier day stays as it was."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.beaches import E1, E2, EAST, W1, W2, WEST, amended, at, day, hut, make
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.grid import merge_cells, move_cell, read_homes, rename_cell, split_cell
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.verify import verify
from zhuanban.people.actions import give_post
from zhuanban.people.models import AccessLog, Campaign, Holding, User
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally import actions, queries
from zhuanban.tally.meaning import meaning

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 9, tzinfo=BEIJING)
N1, N2, N3 = "460000101301", "460000101302", "460000102301"
PARTS = [(N1, "东一段北"), (N2, "东一段南")]


@pytest.fixture
def beaches(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(NOW):
        yield make(tmp_path)


def figures(campaign: Campaign, node: str, on: str, column: str = "all", table: str = "bays") -> dict[str, int | None]:
    here = setting(campaign)
    result = queries.table(here, here.pack.tables[table], node, day(on))
    return {row.name: result.cells[(row.key, column)].value for row in result.rows}


def where(campaign: Campaign) -> dict[str, str]:
    return dict(Record.objects.order_by("number").values_list("number", "region"))


def sound(campaign: Campaign) -> None:
    assert actions.check(setting(campaign)) == []
    assert list(verify(setting(campaign))) == []


def outlines(path: Path) -> Path:
    def part(code: str, south: float) -> dict[str, Any]:
        ring = [[110, south], [110.1, south], [110.1, south + 0.01], [110, south + 0.01], [110, south]]
        return {
            "type": "Feature",
            "properties": {"代码": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    path.write_text(json.dumps({"type": "FeatureCollection", "features": [part(N1, 18.01), part(N2, 18.0)]}), "utf-8")
    return path


def test_a_cell_is_split_and_its_records_find_their_homes(beaches: Campaign, tmp_path: Path) -> None:
    changes = [hut("a", place=at(1, 1.5)), hut("b", place=at(1, 0.5)), hut("c"), hut("d"), hut("e", region=E2)]
    submit(beaches, changes, OPERATOR)
    (tmp_path / "名单.csv").write_bytes("台账,编号,新网格\n棚屋台账,P-003,东一段北\n".encode("gb18030"))
    done = split_cell(
        beaches, E1, PARTS, day("03-01"), "方案第三条", OPERATOR,
        listed=read_homes(tmp_path / "名单.csv"), outlines=outlines(tmp_path / "o.json"), rest=N2,
    )  # fmt: skip
    assert where(beaches) == {"P-001": N1, "P-002": N2, "P-003": N1, "P-004": N2, "P-005": E2}
    assert [(r.number, iso(r.on)) for r in done] == [(f"P-00{n}", "2024-03-01") for n in range(1, 5)]
    assert figures(beaches, EAST, "02-29") == {"合计": 5, "东一段": 4, "东二段": 1}
    assert figures(beaches, EAST, "03-01") == {"合计": 5, "东一段北": 2, "东一段南": 2, "东二段": 1}
    sound(beaches)
    assert AccessLog.objects.get(what="grid").detail["records"] == 4


def test_a_record_without_a_home_refuses_the_whole(beaches: Campaign, tmp_path: Path) -> None:
    submit(beaches, [hut("a"), hut("b"), hut("c", region=W1)], OPERATOR)
    (tmp_path / "l.csv").write_text(f"台账,编号,新网格\nhuts,P-001,{N1}\nhuts,P-003,{N1}\nhuts,P-002,别处\n", "utf-8")
    with pytest.raises(Refused) as refused:
        split_cell(beaches, E1, PARTS, day("03-01"), "因", OPERATOR, listed=read_homes(tmp_path / "l.csv"))
    assert [(p.code, p.place.line or p.place.record) for p in refused.value.problems] == [
        ("ledger-071", 4),
        ("ledger-070", "P-002"),
        ("ledger-074", 3),
    ]
    assert where(beaches) == {"P-001": E1, "P-002": E1, "P-003": W1}
    assert N1 not in setting(beaches).regions
    assert not Waiting.objects.exists()
    # The same again, now with a home for all: nothing of the first attempt is remembered.
    split_cell(beaches, E1, [(N1, "甲"), (N2, "乙")], day("03-01"), "因", OPERATOR, rest=N1)
    assert figures(beaches, EAST, "03-01") == {"合计": 2, "甲": 2, "乙": 0, "东二段": 0}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "ledger-073"), (b"a,b\n", "ledger-073"), (b"\xff\xff\xff", "ledger-072"), (None, "ledger-072")],
)
def test_a_list_that_cannot_be_read(tmp_path: Path, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / "l.csv").write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_homes(tmp_path / "l.csv")
    assert refused.value.problems[0].code == code


def test_what_is_wrong_with_a_split_is_said_at_once(beaches: Campaign) -> None:
    def codes(code: str, parts: list[tuple[str, str]], on: str = "03-01", reason: str = "因") -> list[str]:
        with pytest.raises(Refused) as refused:
            split_cell(beaches, code, parts, day(on), reason, OPERATOR)
        return [p.code for p in refused.value.problems]

    assert codes("999", [(E1, ""), ("12", "短")], "07-01", " ") == [
        "people-061", "people-059", "people-015", "people-051", "people-053"
    ]  # fmt: skip
    assert codes(E1, [("12", "短"), (N1, "北"), (N1, "南")]) == ["people-052", "people-051"]
    assert codes(E1, [(N1, "北")]) == ["people-054"]
    assert codes(EAST, [("460000103", "甲"), ("460000104", "乙")]) == ["people-055"]
    assert codes("460000", PARTS) == ["people-058"]
    split_cell(beaches, E1, PARTS, day("03-01"), "因", OPERATOR)
    assert codes(E1, [(N3, "甲"), ("460000101303", "乙")], "03-02") == ["people-050"]  # closed by then


def test_a_late_card_of_a_closed_cell_enters_and_asks_for_a_new_home(beaches: Campaign) -> None:
    split_cell(beaches, E1, PARTS, day("03-01"), "因", OPERATOR)
    assert [o.status for o in submit(beaches, [hut("a", on="02-20"), hut("b", on="03-02")], OPERATOR)] == [
        "entered",
        "waiting",
    ]
    assert Record.objects.get().flags == ["所在的“东一段”自 2024-03-01 起已停用。"]
    assert figures(beaches, EAST, "03-01") == {"合计": 1, "东一段北": 0, "东一段南": 0, "东二段": 0, "东湾（本级）": 1}


def test_cells_are_merged(beaches: Campaign) -> None:
    submit(beaches, [hut("a"), hut("b", region=E2), hut("c", region=E2), hut("d", region=W1)], OPERATOR)
    # One that was elsewhere later on stands in the closed cell for a while: it comes along for that while.
    away = Change("x", "huts", (Step("transfer", day("04-01"), region=W2, reason="勘误"),), "P-002")
    submit(beaches, [away], OPERATOR)
    merge_cells(beaches, [E1, E2], N1, "东段", day("03-01"), "撤并", OPERATOR)
    assert figures(beaches, EAST, "02-29") == {"合计": 3, "东一段": 1, "东二段": 2}
    assert figures(beaches, EAST, "03-31") == {"合计": 3, "东段": 3}
    assert figures(beaches, EAST, "04-01") == {"合计": 2, "东段": 2}
    assert figures(beaches, WEST, "04-01") == {"合计": 2, "西一段": 1, "西二段": 1}
    merge_cells(beaches, [W2], W1, "", day("05-01"), "撤并", OPERATOR)
    assert figures(beaches, WEST, "05-01") == {"合计": 2, "西一段": 2}
    sound(beaches)


def two_strips(campaign: Campaign) -> None:
    """A record of which each cell has one, in E1 and in E2."""
    for number, region in (("滩-甲", E1), ("滩-乙", E2)):
        step = Step("create", day("01-05"), set={"keeper": number}, region=region)
        assert submit(campaign, [Change(number, "strips", (step,), number)], OPERATOR)[0].status == "entered"


@pytest.mark.parametrize(
    ("gone", "into", "first", "second"),
    [([E1], E2, "滩-乙", "滩-甲"), ([E1, E2], E1, "滩-甲", "滩-乙"), ([E2, E1], N1, "滩-乙", "滩-甲")],
)
def test_records_that_a_cell_has_only_one_of_all_come_along(
    beaches: Campaign, gone: list[str], into: str, first: str, second: str
) -> None:
    two_strips(beaches)
    submit(beaches, [hut("a"), hut("b", region=E2)], OPERATOR)
    done = merge_cells(beaches, gone, into, "东段", day("03-01"), "撤并", OPERATOR)
    assert {r.number: r.beside for r in done if r.beside} == {second: first}
    assert AccessLog.objects.get(what="grid").detail["beside"] == 1

    def strip(number: str, verb: str, **said: Any) -> str:
        step = Step(verb, day("03-02"), reason="核对", **said)
        return submit(beaches, [Change(f"{verb}-{number}", "strips", (step,), number)], OPERATOR)[0].status

    # Both can be worked on, a third is not let in; one withdrawn and the other merged again stand alone.
    assert [strip(number, "amend", set={"keeper": "阿东"}) for number in (first, second)] == ["entered", "entered"]
    assert strip("滩-丙", "create", region=into) == "waiting"
    rows = (
        Record.objects.filter(ledger="strips").order_by("number").values_list("number", "region", "withdrawn", "data")
    )
    assert list(rows) == [(n, into, False, {"keeper": "阿东"}) for n in sorted(("滩-甲", "滩-乙"))]
    sound(beaches)
    assert strip(second, "withdraw") == "entered"
    again = merge_cells(beaches, [into], N2, "东全段", day("03-03"), "撤并", OPERATOR)
    assert {r.number: r.beside for r in again if r.ledger == "strips"} == {first: ""}
    sound(beaches)


def test_bays_are_merged_with_all_that_lies_below(beaches: Campaign) -> None:
    submit(beaches, [hut("a"), hut("b", region=W1)], OPERATOR)
    merge_cells(beaches, [WEST], EAST, "", day("03-01"), "撤并", OPERATOR)
    assert figures(beaches, "460000", "02-29") == {"合计": 2, "东湾": 1, "西湾": 1}
    assert figures(beaches, "460000", "03-01") == {"合计": 2, "东湾": 2}
    assert figures(beaches, EAST, "03-01") == {"合计": 2, "东一段": 1, "东二段": 0, "西一段": 1, "西二段": 0}
    sound(beaches)


def test_what_is_wrong_with_a_merge(beaches: Campaign) -> None:
    def codes(gone: list[str], into: str, name: str = "") -> list[str]:
        with pytest.raises(Refused) as refused:
            merge_cells(beaches, gone, into, name, day("03-01"), "因", OPERATOR)
        return [p.code for p in refused.value.problems]

    assert codes([E1], E1) == ["people-056"]
    assert codes([E1, WEST], E2) == ["people-057"]
    assert codes([E1, E2], "77", "") == ["people-052", "people-053"]


def test_a_new_name_from_its_day_on(beaches: Campaign) -> None:
    submit(beaches, [hut("a")], OPERATOR)
    rename_cell(beaches, E1, "长沙段", day("03-01"), "地名批复", OPERATOR)
    assert figures(beaches, EAST, "02-29") == {"合计": 1, "东一段": 1, "东二段": 0}
    assert figures(beaches, EAST, "03-01") == {"合计": 1, "长沙段": 1, "东二段": 0}
    tree = setting(beaches).regions
    assert tree.name(E1) == "长沙段"
    assert [
        tree.find(name, day(on)) for name, on in (("东一段", "02-01"), ("长沙段", "03-01"), ("东一段", "03-02"))
    ] == [[E1]] * 3  # a sheet may go on using the old name
    for name, on, code in (
        ("长沙段", "03-05", "people-060"),
        ("", "03-05", "people-053"),
        ("甲", "02-01", "people-019"),
    ):
        with pytest.raises(Refused) as refused:
            rename_cell(beaches, E1, name, day(on), "因", OPERATOR)
        assert [p.code for p in refused.value.problems] == [code]


def test_a_cell_moves_below_another_bay(beaches: Campaign) -> None:
    submit(beaches, [hut("a")], OPERATOR)
    move_cell(beaches, E1, WEST, day("03-01"), "划转", OPERATOR)
    assert figures(beaches, "460000", "02-29") == {"合计": 1, "东湾": 1, "西湾": 0}
    assert figures(beaches, "460000", "03-01") == {"合计": 1, "东湾": 0, "西湾": 1}
    for parent, code in ((E2, "people-062"), ("460000", "people-062")):
        with pytest.raises(Refused) as refused:
            move_cell(beaches, E1, parent, day("04-01"), "划转", OPERATOR)
        assert [p.code for p in refused.value.problems] == [code]


def test_whoever_held_the_cell_holds_its_parts(beaches: Campaign) -> None:
    user = User.objects.create(username="xun")
    give_post(beaches, user, "bay", region=E1)
    split_cell(beaches, E1, PARTS, day("03-01"), "因", OPERATOR)
    held = Holding.objects.filter(user=user).order_by("pk").values_list("region_code", "from_day")
    assert list(held)[1:] == [(N1, day("03-01")), (N2, day("03-01"))]


def test_a_cell_handed_over_keeps_both_inspectors_counts(beaches: Campaign) -> None:
    """The strip's keeper changes on a day; huts found by the first stay his, and one is given over on that day."""
    strip = Change("s", "strips", (Step("create", day("01-02"), set={"keeper": "阿东"}, region=E1),), number="滩-1")
    submit(beaches, [strip, hut("a", keeper="阿东"), hut("b", keeper="阿东"), hut("c", keeper="阿西")], OPERATOR)
    over = Change("o", "strips", (Step("amend", day("03-01"), set={"keeper": "阿西"}),), "滩-1")
    submit(beaches, [over, amended("d", "P-002", "03-01", keeper="阿西")], OPERATOR)
    submit(beaches, [hut("e", on="03-02", keeper="阿西"), hut("f", on="02-20", keeper="阿东")], OPERATOR)  # one late
    counts = [figures(beaches, EAST, on, table="keepers") for on in ("02-29", "03-01", "03-02")]
    assert counts == [
        {"阿东": 3, "阿西": 1, "合计": 4},
        {"阿东": 2, "阿西": 2, "合计": 4},
        {"阿东": 2, "阿西": 3, "合计": 5},
    ]
    sound(beaches)


# Any order of everything ----------------------------------------------------------------------------------------------

days = st.integers(day("01-02"), day("05-20"))
strips = st.sampled_from([E1, E2, W1, W2, N1, N2, N3])
plots = st.lists(
    st.one_of(
        st.tuples(st.just("open"), days, strips),
        st.tuples(st.just("open"), days, strips),
        st.tuples(st.just("transfer"), days, strips),
        st.tuples(st.just("split"), days, st.sampled_from([E1, E2])),
        st.tuples(st.just("merge"), days, st.sampled_from([W1, W2, N1])),
        st.tuples(st.just("move"), days, strips),
        st.tuples(st.just("rename"), days, strips),
    ),
    min_size=3,
    max_size=16,
)


def adjust(campaign: Campaign, what: str, on: int, code: str, i: int) -> None:
    """One change of the grid; what the rules refuse is left."""
    with contextlib.suppress(Refused):
        if what == "split":
            split_cell(campaign, code, PARTS, on, "因", OPERATOR, rest=N2)
        elif what == "merge":
            merge_cells(campaign, [code], N3 if code == N1 else W1 if code == W2 else W2, "新段", on, "因", OPERATOR)
        elif what == "move":
            move_cell(campaign, code, WEST if i % 2 else EAST, on, "因", OPERATOR)
        else:
            rename_cell(campaign, code, f"名{i}", on, "因", OPERATOR)


@given(plots)
@settings(max_examples=30)
def test_no_change_of_the_grid_touches_an_earlier_day(plot: list[tuple[str, int, str]]) -> None:
    with clock.set_to(NOW), tempfile.TemporaryDirectory() as folder, transaction.atomic():
        campaign = make(Path(folder))
        for i, (what, on, code) in enumerate(plot):
            numbers = list(Record.objects.filter(campaign=campaign).order_by("number").values_list("number", flat=True))
            if what == "open":
                submit(campaign, [hut(f"c{i}", on=iso(on)[5:], region=code)], OPERATOR)
            elif what == "transfer":
                if numbers:
                    step = Step("transfer", on, region=code, reason="因")
                    submit(campaign, [Change(f"c{i}", "huts", (step,), numbers[i % len(numbers)])], OPERATOR)
            else:
                asked = [(node, d) for node in ("460000", EAST, WEST) for d in (on - 1, on - 20)]
                before = [figures(campaign, node, iso(d)[5:]) for node, d in asked if d >= day("01-01")]
                adjust(campaign, what, on, code, i)
                assert [figures(campaign, node, iso(d)[5:]) for node, d in asked if d >= day("01-01")] == before
        here = setting(campaign)
        book = [("huts", facts) for facts in facts_of(Record.objects.values_list("pk", flat=True)).values()]
        for node in ("460000", EAST, WEST):
            for d in (day("02-10"), day("05-31")):
                table = here.pack.tables["bays"]
                fast, slow = queries.table(here, table, node, d), meaning(here, table, node, d, book)
                assert (fast.rows, fast.cells) == (slow.rows, slow.cells)
        sound(campaign)
        assert Event.objects.filter(campaign=campaign).count() >= Record.objects.filter(campaign=campaign).count()
        transaction.set_rollback(True)
