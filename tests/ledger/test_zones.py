"""Zones of records: set by the point on its day, placed again when a boundary changes, earlier figures left alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.beaches import amended, at, belts, day, hut, make, moved
from zhuanban.atlas.actions import load_zones
from zhuanban.atlas.queries import zone_of
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, iso
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Record
from zhuanban.ledger.placing import place_again
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import as_of
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.verify import verify
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally import actions, queries
from zhuanban.tally.meaning import meaning

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 9, tzinfo=BEIJING)


@pytest.fixture
def beaches(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(NOW):
        campaign = make(tmp_path)
        load(campaign, tmp_path, 3, 6)
        yield campaign


def load(campaign: Campaign, folder: Path, inner: int, outer: int, on: str | None = None) -> list[Any]:
    """Load belts of these widths, and place every record again."""
    layer = setting(campaign).pack.layers["shore"]
    path = belts(folder / "belts.json", inner, outer)
    loaded = load_zones(campaign, layer, path, None if on is None else day(on))
    return place_again(setting(campaign), layer, loaded, OPERATOR)


def send(campaign: Campaign, *changes: Change) -> list[str]:
    return [o.problems[0].code if o.problems else o.status for o in submit(campaign, changes, OPERATOR)]


def belt(number: str, on: str = "05-31", field: str = "belt") -> Any:
    now = as_of(facts_of([Record.objects.get(number=number).pk])[Record.objects.get(number=number).pk], day(on))
    return None if now is None else now.data.get(field)


def test_the_point_decides(beaches: Campaign) -> None:
    send(beaches, hut("a", place=at(1)), hut("b", place=at(4)), hut("c", place=at(9)), hut("d", place=at(3)), hut("e"))
    found = [belt(f"P-00{n}") for n in range(1, 6)]
    assert found == ["内带", "外带", "范围外", "内带", None]  # on the edge between: the stricter
    assert [b for b in Event.objects.values_list("body", flat=True) if '"placed":{"belt":1}' in b].__len__() == 4


def test_a_typed_word_stands_only_where_there_is_no_point(beaches: Campaign) -> None:
    send(
        beaches,
        hut("a", belt="外带"),
        hut("b", place=at(1), belt="外带"),
        hut("c", place=at(1), belt="内带"),
        hut("d", noted="外带"),
    )
    assert [belt("P-001"), belt("P-002"), belt("P-003"), belt("P-004", field="noted")] == [
        "外带",
        "内带",
        "内带",
        "外带",
    ]
    assert [r.flags for r in Record.objects.order_by("number")] == [
        [],
        ["“所在带”填的是“外带”，按点位是“内带”。"],
        [],
        [],
    ]
    # The same sheet again says nothing new, and flags nothing twice.
    assert send(beaches, amended("e", "P-002", belt="外带")) == ["unchanged"]
    assert send(beaches, hut("f", belt="边带")) == ["ledger-008"]
    assert send(beaches, amended("g", "P-001", place=at(1))) == ["entered"]
    assert belt("P-001") == "内带"


def test_outside_every_zone(beaches: Campaign) -> None:
    assert send(beaches, hut("a", spot=at(9)), hut("b", dot=at(9)), hut("c", spot=at(9), strict="范围外")) == [
        "ledger-081",
        "entered",
        "entered",
    ]
    assert [(r.data.get("strict"), r.data.get("loose"), len(r.flags)) for r in Record.objects.order_by("number")] == [
        (None, "范围外", 1),
        ("范围外", None, 0),
    ]


def test_a_new_version_moves_records_from_its_day_on(beaches: Campaign, tmp_path: Path) -> None:
    send(
        beaches, hut("a", place=at(1)), hut("b", place=at(4)), hut("c", place=at(5)), hut("d", on="04-10", place=at(4))
    )
    changed = load(beaches, tmp_path, 3, 4, "04-01")
    load(beaches, tmp_path, 3, 4, "04-01")  # again: nothing more
    assert [(c.number, iso(c.on), c.was, c.now) for c in changed] == [("P-003", "2024-04-01", "外带", "范围外")]
    assert [belt("P-003", "03-31"), belt("P-003", "04-01")] == ["外带", "范围外"]
    here = setting(beaches)
    table = here.pack.tables["belts"]

    def figures(on: str) -> dict[str, int | None]:
        result = queries.table(here, table, "460000", day(on))
        return {row.name: result.cells[(row.key, "all")].value for row in result.rows}

    assert figures("03-31") == {"合计": 3, "内带": 1, "外带": 2, "范围外": 0}
    assert figures("04-30") == {"合计": 4, "内带": 1, "外带": 2, "范围外": 1}
    history = Viewer(here, OPERATOR).history(here.pack.ledgers["huts"], "P-003")
    assert history["placed"] == {"belt": 2}
    assert history["events"][0]["placed"] == {"belt": 1}
    assert history["events"][1]["reason"] == "按“海岸带”第2版判定"
    assert actions.check(here) == []
    assert list(verify(here)) == []


def test_a_point_put_right_late_is_right_in_every_version_since(beaches: Campaign, tmp_path: Path) -> None:
    send(beaches, hut("a", place=at(1)))
    load(beaches, tmp_path, 1, 6, "04-01")
    assert send(beaches, amended("b", "P-001", place=at(2))) == ["entered"]  # as of the day it was first said
    assert [belt("P-001", on) for on in ("01-05", "03-31", "04-01")] == ["内带", "内带", "外带"]
    # A card of January that comes in June knows both versions.
    send(beaches, hut("c", on="01-09", place=at(2)))
    assert [belt("P-002", on) for on in ("01-09", "03-31", "04-01")] == ["内带", "内带", "外带"]
    # Its day was wrong: it was found under the new boundary.
    redate = Change("d", "huts", (Step("redate", day("05-02"), of=1),), "P-002")
    assert send(beaches, redate) == ["entered"]
    assert belt("P-002") == "外带"


def test_a_version_between_two_others(beaches: Campaign, tmp_path: Path) -> None:
    send(beaches, hut("a", place=at(2)))
    load(beaches, tmp_path, 1, 6, "05-01")
    load(beaches, tmp_path, 1, 2, "03-01")
    load(beaches, tmp_path, 3, 6, "03-15")
    assert [belt("P-001", on) for on in ("02-28", "03-01", "03-15", "05-01")] == ["内带", "外带", "内带", "外带"]


def test_a_withdrawn_record_is_placed_when_it_comes_back(beaches: Campaign, tmp_path: Path) -> None:
    send(beaches, hut("a", place=at(2)))
    send(beaches, Change("b", "huts", (Step("withdraw", day("02-01"), reason="误登"),), "P-001"))
    assert load(beaches, tmp_path, 1, 6, "03-01") == []
    send(beaches, Change("c", "huts", (Step("restore", day("04-01"), reason="确有"),), "P-001"))
    assert [belt("P-001", on) for on in ("02-28", "04-01")] == ["内带", "外带"]


def test_a_layer_that_comes_after_the_records(tmp_path: Path) -> None:
    with clock.set_to(NOW):
        campaign = make(tmp_path)
        send(campaign, hut("a", place=at(1)), hut("b", place=at(4), belt="内带"), hut("c"))
        assert [belt("P-001"), belt("P-002")] == [None, "内带"]
        changed = load(campaign, tmp_path, 3, 6, "02-01")
        assert [(c.number, c.was, c.now) for c in changed] == [("P-001", "", "内带"), ("P-002", "内带", "外带")]
        assert [belt("P-002", "01-31"), belt("P-002", "02-01")] == ["内带", "外带"]


def test_a_record_withdrawn_since_is_right_for_the_days_before(beaches: Campaign, tmp_path: Path) -> None:
    send(beaches, hut("a", place=at(2)))
    send(beaches, Change("b", "huts", (Step("withdraw", day("05-01"), reason="误登"),), "P-001"))
    load(beaches, tmp_path, 1, 6, "03-01")
    assert [belt("P-001", on) for on in ("02-28", "03-01")] == ["内带", "外带"]
    assert send(beaches, amended("c", "P-001", owner="老陈")) == ["ledger-026"]


days = st.integers(day("01-01"), day("05-20"))
xs = st.integers(0, 9)
plots = st.lists(
    st.one_of(
        st.tuples(st.just("open"), days, xs),
        st.tuples(st.just("amend"), days, xs),
        st.tuples(st.just("redate"), days, xs),
        st.tuples(st.just("withdraw"), days, xs),
        st.tuples(st.just("load"), days, st.integers(1, 8)),
    ),
    min_size=2,
    max_size=14,
)


@given(plots, st.lists(days, min_size=1, max_size=3))
@settings(max_examples=30)
def test_on_every_day_every_zone_is_that_of_the_point(plot: list[tuple[str, int, int]], asked: list[int]) -> None:
    with clock.set_to(NOW), tempfile.TemporaryDirectory() as folder, transaction.atomic():
        campaign = make(Path(folder))
        for i, (what, on, x) in enumerate(plot):
            numbers = list(Record.objects.filter(campaign=campaign).order_by("number").values_list("number", flat=True))
            number = numbers[x % len(numbers)] if numbers else ""
            if what == "open":
                submit(campaign, [hut(f"c{i}", on=iso(on)[5:], place=at(x))], OPERATOR)
            elif what == "load":
                load(campaign, Path(folder), x, x + 1, iso(on)[5:])
            elif number:
                step = {
                    "amend": Step("amend", on, set={"place": at(x)}),
                    "redate": Step("redate", on, of=1),
                    "withdraw": Step("withdraw", on, reason="因"),
                }[what]
                submit(campaign, [Change(f"c{i}", "huts", (step,), number)], OPERATOR)
        here = setting(campaign)
        layer = here.pack.layers["shore"]
        book = [("huts", facts) for facts in facts_of(Record.objects.values_list("pk", flat=True)).values()]
        for on in asked:
            for _, facts in book:
                now = as_of(facts, on)
                if now is not None and not now.withdrawn:
                    zoned = zone_of(campaign, layer, now.data["place"], on)
                    # Without a version on that day what stands there stands: a redate may have brought it along.
                    assert zoned is None or now.data.get("belt") == zoned.word
            for table in (here.pack.tables["belts"], here.pack.tables["bays"]):
                fast, slow = queries.table(here, table, "460000", on), meaning(here, table, "460000", on, book)
                assert fast.cells == slow.cells
        assert actions.check(here) == []
        transaction.set_rollback(True)


def test_a_relapse_links_to_what_was_closed(beaches: Campaign) -> None:
    send(beaches, hut("a"), hut("b"))
    again = hut("c", on="02-01", move="反弹", old="P-001", region="460000102201")
    assert send(beaches, again, hut("d", on="02-01", move="反弹")) == ["ledger-022", "ledger-022"]
    assert send(beaches, moved("e", "P-001", "拆除", "01-20"), again) == ["entered", "entered"]  # wherever it lies
    # `none` looks at the linked record too, as the same change links it.
    assert send(beaches, moved("f", "P-003", "拆除", "02-02", old="P-002")) == ["ledger-022"]
    assert send(beaches, moved("g", "P-003", "拆除", "02-02")) == ["entered"]
