"""Random ledgers: the fast sums, the slow meaning, and a rebuild from events say the same, on any day, at any node."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lamps import BING, DING, EAST, JIA, WEST, YI, make
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.verify import verify
from zhuanban.people.actions import hang_region
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally import actions, queries, store
from zhuanban.tally.behind import behind
from zhuanban.tally.meaning import meaning
from zhuanban.tally.tables import TOTAL

pytestmark = pytest.mark.django_db

COVERAGE = {
    "tables/kinds_and_rest.yaml": """
title: 灯型与其余表
rows: {by: kind, names: [高杆], rest: 其余, total: 合计}
columns:
  all: {title: 登记（盏）, count: lamps}
  done: {title: 修复（盏）, count: lamps, reached: 修复}
""",
    "tables/coverage.yaml": """
title: 路灯覆盖表
rows: {by: region, total: 合计}
columns:
  villages: {title: 村（个）, regions: village}
  lit: {title: 有高杆灯的村（个）, regions: village, with: lamps, where: {kind: 高杆}, reached: 登记}
  dark: {title: 没有的村（个）, plus: [villages], minus: [lit]}
  reach: {title: 覆盖率, ratio: [lit, villages], round: floor}
""",
}
FIRST = from_iso("2024-01-01")
days = st.integers(FIRST, FIRST + 80)
VILLAGES = [JIA, YI, BING, DING]
MOVES = ["派单", "修复", "退回", "停用"]

opening = st.builds(
    lambda on, region, pole, kind, unit, power: (
        "open",
        Step(
            "create",
            on,
            set={"pole": str(pole), "kind": kind, **({"power": power} if power is not None else {})},
            region=region,
            unit=unit,
        ),
    ),
    days,
    st.sampled_from(VILLAGES),
    st.integers(1, 8),
    st.sampled_from(["高杆", "低杆", "草坪灯"]),
    st.sampled_from([None, "U1", "U2", "U11"]),
    st.sampled_from([None, 0.1, 1.25, 4.99]),
)
working = st.builds(
    lambda which, step: (which, step),
    st.integers(0, 12),
    st.one_of(
        st.builds(lambda on, m: Step("move", on, m, {"lit": "是"}, reason="因"), days, st.sampled_from(MOVES)),
        st.builds(lambda on, k: Step("amend", on, set={"kind": k}), days, st.sampled_from(["高杆", "低杆"])),
        st.builds(lambda on, p: Step("amend", on, set={"power": p}), days, st.sampled_from([None, 2.5])),
        st.builds(lambda on, r: Step("transfer", on, region=r, reason="因"), days, st.sampled_from(VILLAGES)),
        st.builds(lambda on, u: Step("transfer", on, unit=u, reason="因"), days, st.sampled_from(["U1", "U2"])),
        st.builds(lambda on: Step("withdraw", on, reason="因"), days),
        st.builds(lambda on: Step("restore", on, reason="因"), days),
        st.builds(lambda on, of: Step("redate", on, of=of), days, st.integers(1, 4)),
    ),
)
hanging = st.builds(
    lambda code, parent, on: ("hang", (code, parent, on)),
    st.sampled_from(VILLAGES),
    st.sampled_from([EAST, WEST]),
    days,
)
story = st.lists(st.one_of(opening, opening, working, working, working, hanging), min_size=3, max_size=30)


def play(campaign: Campaign, plot: list[tuple[Any, Any]]) -> None:
    """Send everything through the door, one by one; what does not pass waits, as in life."""
    for i, (what, said) in enumerate(plot):
        if what == "open":
            submit(campaign, [Change(f"c{i}", "lamps", (said,))], OPERATOR)
        elif what == "hang":
            with contextlib.suppress(Refused):  # a day before an earlier move, or under itself
                hang_region(campaign, *said, reason="区划调整")
        else:
            numbers = list(Record.objects.filter(campaign=campaign).order_by("pk").values_list("number", flat=True))
            if numbers:
                number = numbers[what % len(numbers)]
                submit(campaign, [Change(f"c{i}", "lamps", (said,), number=number)], OPERATOR)


@given(story, st.lists(days, min_size=1, max_size=4))
@settings(max_examples=25)
def test_both_meanings_and_a_rebuild_agree(plot: list[tuple[Any, Any]], asked: list[int]) -> None:
    with (
        clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)),
        tempfile.TemporaryDirectory() as folder,
        transaction.atomic(),
    ):
        campaign = make(Path(folder), more=COVERAGE)
        play(campaign, plot)
        here = setting(campaign)
        book = [
            (ledger, facts_of([pk])[pk])
            for pk, ledger in Record.objects.filter(campaign=campaign).order_by("pk").values_list("pk", "ledger")
        ]
        for table, node, day in itertools.product(here.pack.tables.values(), ["411300", EAST, WEST, JIA], asked):
            fast = queries.table(here, table, node, day)
            slow = meaning(here, table, node, day, book)
            assert (fast.rows, fast.cells) == (slow.rows, slow.cells)
            for row in fast.rows:
                for column in table.columns.values():
                    if (table.key != "coverage" and column.kind in {"count", "formula"}) or column.key == "lit":
                        found = list(behind(here, table, column, row.count, day))
                        assert sum(b.n for b in found) == fast.cells[(row.key, column.key)].value
                        for i, item in enumerate(found):
                            assert list(behind(here, table, column, row.count, day, item.after)) == found[i + 1 :]
            if table.rows.total:
                for column in table.columns.values():
                    if column.kind != "ratio":
                        parts = [fast.cells[(r.key, column.key)].value or 0 for r in fast.rows if r.key != TOTAL]
                        assert fast.cells[(TOTAL, column.key)].value == sum(parts)
        assert list(verify(here)) == []
        assert actions.check(here) == []
        before = store.everything(list(actions.measure_ids(here).values()), "tally_day")
        actions.rebuild(here)
        assert store.everything(list(actions.measure_ids(here).values()), "tally_day") == before
        transaction.set_rollback(True)


def test_a_street_that_changes_district_in_mid_campaign_leaves_the_past_alone(tmp_path: Path) -> None:
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        campaign = make(tmp_path)
        on = from_iso("2024-01-10")
        make_lamps = [
            Change(f"c{i}", "lamps", (Step("create", on, set={"pole": str(i), "kind": "高杆"}, region=JIA),))
            for i in range(5)
        ]
        submit(campaign, make_lamps, OPERATOR)
        hang_region(campaign, JIA, WEST, from_iso("2024-03-01"), "区划调整")
        late = Change("late", "lamps", (Step("create", on, set={"pole": "迟", "kind": "高杆"}, region=JIA),))
        submit(campaign, [late], OPERATOR)  # happened before the move, learned after it
        here = setting(campaign)
        table = here.pack.tables["progress"]

        def figures(date: str) -> dict[str, int | None]:
            result = queries.table(here, table, "411300", from_iso(date))
            return {row.name: result.cells[(row.key, "all")].value for row in result.rows}

        assert figures("2024-02-29") == {"合计": 6, "东镇": 6, "西镇": 0}
        assert figures("2024-03-01") == {"合计": 6, "东镇": 0, "西镇": 6}
        assert actions.check(here) == []


def test_a_tally_altered_behind_the_door_is_named(tmp_path: Path) -> None:
    with clock.set_to(datetime(2024, 6, 1, 9, tzinfo=BEIJING)):
        campaign = make(tmp_path)
        change = Change("c", "lamps", (Step("create", FIRST, set={"pole": "1", "kind": "高杆"}, region=JIA),))
        submit(campaign, [change], OPERATOR)
        here = setting(campaign)
        measure = next(iter(actions.measure_ids(here).values()))
        store.add({(measure, EAST, FIRST, ""): 1})
        problems = actions.check(here)
        assert problems
        assert all("东镇" in p.says for p in problems)
        actions.rebuild(here)
        assert actions.check(here) == []
