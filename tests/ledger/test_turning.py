"""What holds on every day: rules that turn on dates, what other ledgers know, and the clock that writes it."""

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

from tests.lamps import JIA, PACK_ALONE, REGIONS, UNITS
from zhuanban.cli.told import turn_line
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, iso
from zhuanban.duty.tick import tick
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Event, Linked, Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.rules import as_of, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.turning import turn_all
from zhuanban.ledger.verify import verify
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally import actions, queries

pytestmark = pytest.mark.django_db

PUMPS = """
title: 水泵台账
word: 台
number: {title: 编号, pattern: "B-{seq:03}"}
region: {level: village}
amend_by: [county]
fields:
  piped: {title: 通自来水, type: yes_no, required: true}
  permit: {title: 有证, type: yes_no}
  expires: {title: 许可到期日, type: date}
  owed: {title: 应缴期限, type: date}
  permits: {title: 许可数, type: integer}
  visits: {title: 巡查次数, type: integer}
  last_visit: {title: 最近巡查, type: date}
  outcome: {title: 处置, type: choice, options: [应停用, 保留, 办证中, 可用]}
  told: {title: 处置说明, type: text}
rules:
  outcome:
    always: true
    exact: true
    cases:
      - {where: {piped: 否, permit: 否}, is: 办证中, source: 二（二）}
      - {where: {piped: 否, permit: 是}, is: 可用, source: 二（二）}
      - {where: {piped: 是, permit: 是, expires: {on_or_after: as_of}}, is: 保留, source: 二（一）}
      - {where: {piped: 是, permit: 是, expires: {before: as_of}}, is: 应停用, source: 二（一）}
      - {where: {piped: 是, permit: 是, expires: {empty: true}}, is: 保留, source: 二（一）}
      - {where: {piped: 是, permit: 否}, is: 应停用, source: 二（一）}
      - {where: {permit: {empty: true}}, is: 办证中, source: 二}
  told:
    cases:
      - {where: {outcome: 应停用}, is: 请停用}
      - {where: {outcome: 保留}, is: 到期为止}
mirrors:
  permit: {ledger: permits, by: pump, where: {state: 准予}}
  expires: {ledger: permits, by: pump, field: expires, where: {state: 准予}}
  permits: {ledger: permits, by: pump}
  visits: {ledger: visits, by: pumps}
  last_visit: {ledger: visits, by: pumps, field: since}
workflow:
  states: {在册: {reached: [登记]}}
  moves:
    登记: {from: new, to: 在册, by: [county], date: 登记日期}
    报停: {from: 在册, to: same, by: [county], sets: {owed: {days_after: 10}}}
"""
PERMITS = """
title: 取水许可
number: {title: 许可编号, pattern: "X-{seq:03}"}
amend_by: [county]
fields:
  pump: {title: 水泵, type: link, ledger: pumps, required: true}
  expires: {title: 到期日, type: date}
  piped: {title: 通自来水, type: yes_no}
  permits: {title: 该泵的许可数, type: integer}
mirrors:
  piped: {via: pump, field: piped}
  permits: {via: pump, field: permits}
workflow:
  states: {受理: {}, 准予: {}, 注销: {closed: true}}
  moves:
    申请: {from: new, to: 受理, by: [county]}
    准予: {from: 受理, to: 准予, by: [county], needs: [expires]}
    注销: {from: 准予, to: 注销, by: [county]}
"""
VISITS = """
title: 巡查台账
number: {title: 巡查编号, pattern: "C-{seq:03}"}
amend_by: [county]
fields:
  pumps: {title: 水泵, type: link, ledger: pumps, many: true}
"""
TABLE = """
title: 处置表
rows: {by: outcome, total: 合计}
columns:
  all: {title: 台, count: pumps}
"""
FILES = {
    "pack.yaml": PACK_ALONE,
    "ledgers/pumps.yaml": PUMPS,
    "ledgers/permits.yaml": PERMITS,
    "ledgers/visits.yaml": VISITS,
    "tables/outcomes.yaml": TABLE,
}
PACK = load(FILES)
START = from_iso("2024-01-01")


def moment(day: int) -> datetime:
    return datetime.fromisoformat(iso(day)).replace(hour=9, tzinfo=BEIJING)


def make(folder: Path, name: str = "pumps") -> Campaign:
    (folder / "r.csv").write_text(REGIONS, "utf-8")
    (folder / "u.csv").write_text(UNITS, "utf-8")
    return create_campaign(name, FILES, PACK, folder / "r.csv", folder / "u.csv", START, demo_clock=True)


@pytest.fixture
def pumps(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(moment(from_iso("2024-03-01"))):
        yield make(tmp_path)


class Office:
    """Sends changes, each on the server's day, and asks how things stand."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.n = 0

    def do(self, ledger: str, verb: str, on: str | int, *, number: str = "", move: str = "", **fields: Any) -> str:
        self.n += 1
        day = from_iso(on) if isinstance(on, str) else on
        region = JIA if verb == "create" else None
        step = Step(verb, day, move, fields, region=region)
        (outcome,) = submit(self.campaign, [Change(f"c{self.n}", ledger, (step,), number)], OPERATOR)
        assert outcome.status in {"entered", "unchanged"}, outcome
        return outcome.number

    def pump(self, on: str = "2024-02-01", piped: str = "是", **fields: Any) -> str:
        return self.do("pumps", "create", on, piped=piped, **fields)

    def permit(self, pump: str, expires: str, on: str = "2024-02-10") -> str:
        number = self.do("permits", "create", on, pump=pump)
        return self.do("permits", "move", on, number=number, move="准予", expires=expires)

    def says(self, number: str, field: str, on: str | int) -> Any:
        pk = Record.objects.get(campaign=self.campaign, ledger="pumps", number=number).pk
        now = as_of(facts_of([pk])[pk], from_iso(on) if isinstance(on, str) else on)
        return None if now is None else now.data.get(field)

    def table(self, on: str) -> dict[str, int]:
        here = setting(self.campaign)
        found = queries.table(here, here.pack.tables["outcomes"], "411300", from_iso(on))
        return {row.name: found.cells[row.key, "all"].value for row in found.rows if found.cells[row.key, "all"].value}


@pytest.fixture
def office(pumps: Campaign) -> Office:
    return Office(pumps)


def test_a_permit_expires_and_nobody_types_it(office: Office) -> None:
    office.permit(number := office.pump(), "2024-03-10")
    assert [office.says(number, "outcome", d) for d in ("2024-02-09", "2024-02-10", "2024-03-01")] == [
        "应停用",
        "保留",
        "保留",
    ]
    here = setting(office.campaign)
    with clock.set_to(moment(from_iso("2024-03-10"))):
        assert turn_all(here) == []  # valid through its last day
    with clock.set_to(moment(from_iso("2024-03-18"))):  # the server slept for a week
        turn, told = turn_all(here)
        assert (told.field, told.was, told.now) == ("told", "到期为止", "请停用")  # another rule asks the outcome
        assert (turn.number, turn.field, iso(turn.on), turn.was, turn.now) == (
            number, "outcome", "2024-03-11", "保留", "应停用",
        )  # fmt: skip
        assert turn_all(here) == []
    assert [office.table(d) for d in ("2024-03-10", "2024-03-11")] == [{"保留": 1, "合计": 1}, {"应停用": 1, "合计": 1}]
    last = Event.objects.filter(record__ledger="pumps").order_by("pk").last()
    assert last is not None
    assert (last.actor, iso(last.on_day)) == ("时钟", "2024-03-11")


def test_the_history_says_by_which_clause_and_from_where(office: Office) -> None:
    office.permit(number := office.pump(), "2024-03-10")
    here = setting(office.campaign)
    events = Viewer(here, OPERATOR).history(here.pack.ledgers["pumps"], number)["events"]
    assert events[-1]["ruled"] == {
        "permit": "取自取水许可",
        "expires": "取自取水许可 X-001",
        "outcome": "二（一）",
        "told": "",
    }


def test_what_is_typed_gives_way_and_is_flagged(office: Office) -> None:
    number = office.pump(outcome="可用", permit="是")
    record = Record.objects.get(ledger="pumps")
    assert (record.data["outcome"], record.data["permit"]) == ("应停用", "否")
    assert record.flags == ["“有证”填的是“是”，按规则是“否”。", "“处置”填的是“可用”，按规则是“应停用”。"]
    office.do("pumps", "amend", "2024-02-20", number=number, outcome="应停用")  # what it says anyway is nothing new
    assert Record.objects.get(ledger="pumps").version == record.version


def test_a_date_put_right_decides_the_days_since_anew(office: Office) -> None:
    permit = office.permit(number := office.pump(), "2024-02-20")
    assert office.table("2024-02-21") == {"应停用": 1, "合计": 1}
    office.do("permits", "amend", "2024-02-10", number=permit, expires="2024-02-25")
    assert [office.says(number, "outcome", f"2024-02-{d}") for d in (20, 21, 25, 26)] == [
        "保留", "保留", "保留", "应停用",
    ]  # fmt: skip
    assert [office.table(f"2024-02-{d}") for d in (25, 26)] == [{"保留": 1, "合计": 1}, {"应停用": 1, "合计": 1}]


def test_a_permit_that_is_withdrawn_or_ends_says_so_here(office: Office) -> None:
    permit = office.permit(number := office.pump(piped="否"), "2025-01-01")
    assert office.says(number, "outcome", "2024-02-10") == "可用"
    office.do("permits", "move", "2024-02-15", number=permit, move="注销")
    assert [office.says(number, "outcome", f"2024-02-{d}") for d in (14, 15)] == ["可用", "办证中"]
    second = office.permit(number, "2025-06-01", on="2024-02-20")
    assert office.says(number, "expires", "2024-02-20") == "2025-06-01"
    Viewer(setting(office.campaign), OPERATOR)
    step = Step("withdraw", from_iso("2024-02-25"), reason="错件")
    submit(office.campaign, [Change("w", "permits", (step,), second)], OPERATOR)
    assert office.says(number, "outcome", "2024-02-25") == "办证中"


def test_what_a_link_names_is_shown_and_follows(office: Office) -> None:
    one, two = office.pump(), office.pump(piped="否")
    permit = office.permit(one, "2024-12-31")
    office.do("pumps", "amend", "2024-02-15", number=one, piped="否")

    def shown(on: str) -> tuple[Any, Any]:
        pk = Record.objects.get(ledger="permits", number=permit).pk
        now = as_of(facts_of([pk])[pk], from_iso(on))
        assert now is not None
        return now.data.get("piped"), now.data.get("permits")

    assert [shown(f"2024-02-{d}") for d in (14, 15)] == [("是", 1), ("否", 1)]
    office.permit(one, "2024-12-31", on="2024-02-20")  # there and back: the pump counts its permits, and they show it
    assert [shown(f"2024-02-{d}") for d in (19, 20)] == [("否", 1), ("否", 2)]
    office.do("permits", "amend", "2024-02-25", number=permit, pump=two)
    assert [shown(f"2024-02-{d}") for d in (24, 25)] == [("否", 1), ("否", 1)]  # the other one is its pump, and was
    assert list(verify(setting(office.campaign))) == []


def test_several_are_named_counted_and_given_up_again(office: Office) -> None:
    one, two = office.pump(), office.pump()
    visit = office.do("visits", "create", "2024-02-05", pumps=[one, two])
    office.do("visits", "create", "2024-02-07", pumps=[one])
    assert [
        (office.says(n, "visits", "2024-02-08"), office.says(n, "last_visit", "2024-02-08")) for n in (one, two)
    ] == [
        (2, "2024-02-07"),
        (1, "2024-02-05"),
    ]
    office.do("visits", "amend", "2024-02-05", number=visit, pumps=[one])
    assert [office.says(n, "visits", "2024-02-08") for n in (one, two)] == [2, 0]
    assert Linked.objects.count() == 2


def test_a_permit_that_came_in_the_same_batch_is_seen(office: Office) -> None:
    steps = [
        Change("a", "pumps", (Step("create", from_iso("2024-02-01"), set={"piped": "是"}, region=JIA),), "B-900"),
        Change("b", "permits", (
            Step("create", from_iso("2024-02-02"), set={"pump": "B-900"}, region=JIA),
            Step("move", from_iso("2024-02-03"), "准予", {"expires": "2024-12-31"}),
        )),
    ]  # fmt: skip
    assert [o.status for o in submit(office.campaign, steps, OPERATOR)] == ["entered", "entered"]
    assert [office.says("B-900", "outcome", f"2024-02-0{d}") for d in (1, 2, 3)] == ["应停用", "应停用", "保留"]
    assert [o.status for o in submit(office.campaign, steps, OPERATOR)] == ["already", "already"]
    assert Record.objects.get(ledger="pumps").version == 3


def outcome_of(data: dict[str, Any], day: int) -> str:
    """The table of decisions in plain words."""
    if data["permit"] == "否":
        return "应停用" if data["piped"] == "是" else "办证中"
    if data["piped"] == "否":
        return "可用"
    return "应停用" if data.get("expires", "9999") < iso(day) else "保留"


days = st.integers(START, START + 60)
plots = st.lists(
    st.tuples(
        st.sampled_from(["pump", "permit", "end", "expires", "piped", "sleep", "sleep", "link"]),
        st.integers(0, 25),
        st.integers(0, 60),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=14,
)


def play(campaign: Campaign, plot: list[tuple[str, int, int, int]], *, every_day: bool) -> dict[int, list[Any]]:
    """The plot, each change some days after the last; the clock runs daily, or only where the plot lets it. Afterwards:
    what every pump says on every day."""
    office, today = Office(campaign), START
    here = setting(campaign)
    for what, wait, when, which in [*plot, ("sleep", 3, 0, 0)]:
        for _ in range(wait):
            today += 1
            with clock.set_to(moment(today)):
                if every_day:
                    turn_all(here)
        with clock.set_to(moment(today)):
            numbers = {
                key: list(
                    Record.objects.filter(campaign=campaign, ledger=key)
                    .order_by("number")
                    .values_list("number", flat=True)
                )
                for key in ("pumps", "permits")
            }
            pump = numbers["pumps"][which % len(numbers["pumps"])] if numbers["pumps"] else ""
            permit = numbers["permits"][which % len(numbers["permits"])] if numbers["permits"] else ""
            on, until = max(START, today - when // 4), iso(START + when * 2)
            if what == "pump":
                office.pump(iso(on), piped="是" if which % 2 else "否")
            elif what == "permit" and pump:
                number = office.do("permits", "create", on, pump=pump)
                office.do("permits", "move", on, number=number, move="准予", expires=until)
            elif what == "end" and permit:
                steps = (Step("move", today, "注销"),)
                submit(campaign, [Change(f"e{office.n}-{today}-{which}", "permits", steps, permit)], OPERATOR)
            elif what in ("expires", "link") and permit:
                said = {"expires": until} if what == "expires" else {"pump": pump}
                first = Record.objects.get(campaign=campaign, ledger="permits", number=permit).first_on
                office.do("permits", "amend", max(on, first), number=permit, **said)
            elif what == "piped" and pump:
                first = Record.objects.get(campaign=campaign, ledger="pumps", number=pump).first_on
                office.do("pumps", "amend", max(on, first), number=pump, piped="否" if which % 2 else "是")
            elif what == "sleep":
                turn_all(here)
    found: dict[int, list[Any]] = {}
    pks = Record.objects.filter(campaign=campaign, ledger="pumps").order_by("number").values_list("pk", flat=True)
    for n, pk in enumerate(pks):
        facts = facts_of([pk])[pk]
        line = timeline(facts)
        for day in range(START, today + 1):
            now = as_of(facts, day)
            if now is None:
                continue
            assert now.data["outcome"] == outcome_of(dict(now.data), day), (n, iso(day), line)
            found.setdefault(day, []).append((n, now.data["outcome"], now.data.get("expires")))
    return found


@given(plots)
@settings(max_examples=25)
def test_the_same_whether_the_clock_ran_or_stood_still(plot: list[tuple[str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        with clock.set_to(moment(START)):
            daily, slept = make(Path(folder), "daily"), make(Path(folder), "slept")
        one, two = play(daily, plot, every_day=True), play(slept, plot, every_day=False)
        assert one == two
        for campaign in (daily, slept):
            assert list(verify(setting(campaign))) == []
            assert actions.check(setting(campaign)) == []
        transaction.set_rollback(True)


def test_a_round_of_the_clock_tells_what_it_wrote(office: Office) -> None:
    office.permit(number := office.pump(), "2024-03-02")
    here = setting(office.campaign)
    with clock.set_to(moment(from_iso("2024-03-04"))):
        done = tick(here, clock.now() // 1_000_000)
    assert turn_line(here, done.turned[0]) == f"2024-03-03  水泵台账 {number}  处置：保留 → 应停用"
    assert done.turned[0].as_json() == {
        "ledger": "pumps", "number": number, "field": "outcome", "on": "2024-03-03", "was": "保留", "now": "应停用",
    }  # fmt: skip
