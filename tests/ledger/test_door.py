"""The one door: what enters, what waits, and that nothing is ever lost or counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import Error, connection, transaction

from tests.lamps import BING, DING, JIA, YI, amended, day, make, moved, opened
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit, try_out
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.people.models import Campaign
from zhuanban.people.scope import OPERATOR, Actor, Held

pytestmark = pytest.mark.django_db

COUNTY = Actor(None, "county", (Held("county"),))
EAST_TOWN = Actor(None, "east", (Held("town", region="411300101"),))
WEST_TOWN = Actor(None, "west", (Held("town", region="411300102"),))


@pytest.fixture
def lamps(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        yield make(tmp_path)


def codes(campaign: Campaign, *changes: Change, actor: Actor = OPERATOR) -> list[str]:
    """The code of the first problem of each change, or its status."""
    return [o.problems[0].code if o.problems else o.status for o in submit(campaign, changes, actor)]


def test_a_lamp_from_registration_to_repair(lamps: Campaign) -> None:
    assert codes(lamps, opened("c1", "1号"), actor=EAST_TOWN) == ["entered"]
    assert codes(lamps, moved("c2", "D-411300101201-001", "派单", "01-08"), actor=COUNTY) == ["entered"]
    assert codes(lamps, moved("c3", "D-411300101201-001", "修复", "01-09", lit="是"), actor=EAST_TOWN) == ["entered"]
    record = Record.objects.get()
    assert (record.state, record.version, record.region) == ("已修", 3, JIA)
    assert record.data["next_look"] == "2024-02-08"  # 30 days after the repair
    assert [e.verb for e in Event.objects.order_by("version")] == ["create", "move", "move"]


def test_sending_twice_changes_nothing_and_gives_the_first_answer(lamps: Campaign) -> None:
    first = submit(lamps, [opened("c1", "1号")], OPERATOR)[0]
    second = submit(lamps, [opened("c1", "1号"), opened("c1", "1号")], OPERATOR)
    assert [o.status for o in second] == ["already", "already"]
    assert {o.number for o in (first, *second)} == {"D-411300101201-001"}
    assert (Record.objects.count(), Event.objects.count(), Waiting.objects.count()) == (1, 1, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (opened("x", "1号", kind="霓虹灯"), "ledger-008"),
        (opened("x", "1号", power=5.5), "ledger-009"),
        (opened("x", "1号", power=1.234), "ledger-006"),
        (opened("x", "1号", power="一"), "ledger-006"),
        (opened("x", "", kind="高杆"), "ledger-007"),
        (opened("x", "1号", colour="红"), "ledger-005"),
        (opened("x", "1号", built="1999-12-31"), "ledger-033"),
        (opened("x", "1号", built="2023-02-30"), "ledger-006"),
        (opened("x", "1号", phone="12345"), "ledger-039"),
        (opened("x", "1号", permit="无此证"), "ledger-028"),
        (opened("x", "1号", finder="甲", checker="甲"), "ledger-023"),
        (opened("x", "1号", on="03-02"), "ledger-012"),
        (opened("x", "1号", region="411300101"), "ledger-016"),
        (opened("x", "1号", region="999"), "ledger-015"),
        (opened("x", "1号", region=DING, on="01-31"), "ledger-015"),  # the village is in use from 02-01
        (opened("x", "1号", unit="U9"), "ledger-017"),
        (moved("x", "D-1", "派单", "01-06"), "ledger-001"),
        (Change("x", "lamp", (Step("create"),)), "ledger-004"),
        (Change("x", "permits", (Step("create", set={"holder": "甲"}, region=JIA),)), "ledger-024"),
    ],
)
def test_what_does_not_pass_waits_with_its_reason(lamps: Campaign, change: Change, code: str) -> None:
    assert codes(lamps, change) == [code]
    assert Record.objects.count() == 0
    waiting = Waiting.objects.get()
    assert waiting.reason == code
    assert waiting.change["id"] == "x"
    assert codes(lamps, change) == [code]  # sent again: still one item
    assert Waiting.objects.count() == 1


def test_all_faults_of_a_change_at_once(lamps: Campaign) -> None:
    outcome = submit(lamps, [opened("x", "", kind="霓虹灯", power=-1, region="999")], OPERATOR)[0]
    assert {p.code for p in outcome.problems} == {"ledger-007", "ledger-008", "ledger-009", "ledger-015"}


def test_the_rest_of_a_batch_goes_on(lamps: Campaign) -> None:
    assert codes(lamps, opened("a", "1号"), opened("b", "2号", kind="错"), opened("c", "3号")) == [
        "entered",
        "ledger-008",
        "entered",
    ]


def test_one_lamp_per_pole_also_inside_a_batch_and_after_a_move_of_region(lamps: Campaign) -> None:
    assert codes(lamps, opened("a", "1号"), opened("b", "1号")) == ["entered", "ledger-018"]
    assert codes(lamps, opened("c", "1号")) == ["ledger-018"]
    assert codes(lamps, opened("d", "1号", region=YI)) == ["entered"]
    transfer = Change("e", "lamps", (Step("transfer", region=JIA, reason="勘误"),), number="D-411300101202-001")
    assert codes(lamps, transfer) == ["ledger-018"]
    withdraw = Change("f", "lamps", (Step("withdraw", reason="重复"),), number="D-411300101201-001")
    assert codes(lamps, withdraw, transfer) == ["entered", "entered"]
    restore = Change("g", "lamps", (Step("restore", reason="撤错了"),), number="D-411300101201-001")
    assert codes(lamps, restore) == ["ledger-018"]


def test_the_workflow_holds(lamps: Campaign) -> None:
    number = "D-411300101201-001"
    assert codes(lamps, opened("a", "1号", on="01-05")) == ["entered"]
    assert codes(lamps, moved("b", number, "修复", "01-06", lit="是")) == ["ledger-011"]
    assert codes(lamps, moved("c", number, "派单", "01-04")) == ["ledger-013"]
    assert codes(lamps, moved("d", number, "派单", "01-06")) == ["entered"]
    assert codes(lamps, moved("e", number, "修复", "01-07")) == ["ledger-007"]  # says whether it is lit
    assert codes(lamps, moved("f", number, "飞走", "01-07")) == ["ledger-010"]
    assert codes(lamps, moved("g", number, "修复", "01-07", lit="是")) == ["entered"]
    assert codes(lamps, moved("h", number, "退回", "01-08")) == ["ledger-021"]
    assert codes(lamps, moved("i", number, "退回", "01-08", reason="仍不亮")) == ["entered"]
    assert Record.objects.get().state == "修中"


def test_a_move_that_needs_another_record_first(lamps: Campaign) -> None:
    stop = moved("b", "D-411300101201-001", "停用", "01-06")
    assert codes(lamps, opened("a", "1号"), stop) == ["entered", "ledger-022"]
    elsewhere = Change("p1", "permits", (Step("create", 19730, region=YI),), number="许-1")
    here = Change("p2", "permits", (Step("create", 19730, region=JIA),), number="许-2")
    assert codes(lamps, elsewhere, stop) == ["entered", "ledger-022"]
    assert codes(lamps, here, stop) == ["entered", "entered"]
    # The waiting change entered when it was sent again, and left the inbox.
    assert Waiting.objects.filter(settled_at=None).count() == 0


def test_an_opening_is_not_redated_past_what_followed_it(lamps: Campaign) -> None:
    number = "D-411300101201-001"

    def redated(change: str, to: str, of: int) -> Change:
        return Change(change, "lamps", (Step("redate", day(to), of=of, reason="写错了"),), number)

    assert codes(lamps, opened("a", "1号"), amended("b", number, on="01-06", power=2)) == ["entered", "entered"]
    assert codes(lamps, redated("c", "01-07", of=1)) == ["ledger-037"]
    assert codes(lamps, redated("d", "01-04", of=2)) == ["ledger-037"]  # nor an amendment before the opening
    assert codes(lamps, redated("e", "01-08", of=2), redated("f", "01-07", of=1)) == ["entered", "entered"]
    record = Record.objects.get()
    assert (record.first_on, record.data["power"]) == (day("01-07"), 2)


def test_nobody_checks_himself(lamps: Campaign) -> None:
    number = "D-411300101201-001"
    both = Actor(None, "li", (Held("county"),))
    assert codes(lamps, opened("a", "1号"), moved("b", number, "派单", "01-06"), actor=both) == ["entered", "entered"]
    assert codes(lamps, moved("c", number, "修复", "01-07", lit="是"), actor=both) == ["ledger-020"]
    assert codes(lamps, moved("d", number, "修复", "01-07", lit="是"), actor=COUNTY) == ["entered"]


def test_posts_and_reach(lamps: Campaign) -> None:
    number = "D-411300102201-001"
    assert codes(lamps, opened("a", "1号", region=BING), actor=EAST_TOWN) == ["ledger-003"]
    assert codes(lamps, opened("b", "1号", region=BING), actor=WEST_TOWN) == ["entered"]
    assert codes(lamps, moved("c", number, "派单", "01-06"), actor=WEST_TOWN) == ["ledger-002"]
    # Not his and not there read the same.
    absent = submit(lamps, [moved("d", "D-411300102201-009", "派单", "01-06")], EAST_TOWN)[0]
    foreign = submit(lamps, [moved("e", number, "派单", "01-06")], EAST_TOWN)[0]
    assert [p.says for p in absent.problems] == [p.says for p in foreign.problems]
    assert codes(lamps, opened("f", "2号"), actor=Actor(None, "guest")) == ["ledger-002"]


def test_conflicting_edits_are_kept_and_disjoint_ones_both_stand(lamps: Campaign) -> None:
    number = "D-411300101201-001"
    assert codes(lamps, opened("a", "1号")) == ["entered"]
    assert codes(lamps, amended("b", number, base=1, story="灯罩破")) == ["entered"]
    assert codes(lamps, amended("c", number, base=1, power=1.5)) == ["entered"]
    assert codes(lamps, amended("d", number, base=1, story="灯杆歪")) == ["ledger-019"]
    assert codes(lamps, moved("e", number, "派单", "01-09", base=1)) == ["ledger-019"]
    record = Record.objects.get()
    assert (record.data["story"], record.data["power"]) == ("灯罩破", 1.5)
    assert Waiting.objects.filter(reason="ledger-019").count() == 2


def test_an_unchanged_amendment_writes_no_event(lamps: Campaign) -> None:
    assert codes(lamps, opened("a", "1号", power=2)) == ["entered"]
    assert codes(lamps, amended("b", "D-411300101201-001", power=2)) == ["unchanged"]
    assert Event.objects.count() == 1


def test_a_change_is_entered_whole_or_not_at_all(lamps: Campaign) -> None:
    steps = (
        Step("create", 19730, set={"pole": "1号", "kind": "高杆"}, region=JIA),
        Step("move", 19731, "派单"),
        Step("move", 19732, "修复"),  # lacks `lit`
    )
    assert codes(lamps, Change("a", "lamps", steps)) == ["ledger-007"]
    assert (Record.objects.count(), Event.objects.count()) == (0, 0)


def test_a_dry_run_answers_the_same_and_writes_nothing(lamps: Campaign) -> None:
    changes = [opened("a", "1号"), opened("b", "1号"), opened("c", "2号", kind="错")]
    dry = try_out(lamps, changes, OPERATOR)
    assert (Record.objects.count(), Waiting.objects.count()) == (0, 0)
    assert [o.status for o in dry] == [o.status for o in submit(lamps, changes, OPERATOR)]


def test_foreign_numbers_are_skipped_by_the_pattern(lamps: Campaign) -> None:
    given = Change(
        "a", "lamps", (Step("create", set={"pole": "1号", "kind": "高杆"}, region=JIA),), number="D-411300101201-001"
    )
    assert codes(lamps, given, opened("b", "2号")) == ["entered", "entered"]
    assert set(Record.objects.values_list("number", flat=True)) == {"D-411300101201-001", "D-411300101201-002"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_event SET body = '{}'",
        "DELETE FROM ledger_event",
        "UPDATE ledger_record SET state = '已修'",
        "UPDATE ledger_record SET state = '已修', version = version + 1",
        "DELETE FROM ledger_record",
        "INSERT INTO ledger_record (id, campaign_id, ledger, number, from_outside, state, region, unit, withdrawn,"
        " moved, first_on, last_on, last_at, version, head, data, flags)"
        " SELECT id + 1, campaign_id, ledger, 'X', from_outside, state, region, unit, withdrawn, moved,"
        " first_on, last_on, last_at, version, head, data, flags FROM ledger_record",
    ],
)
def test_the_tables_refuse_other_writers(lamps: Campaign, sql: str) -> None:
    submit(lamps, [opened("a", "1号")], OPERATOR)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Record.objects.get().state == "待修"


def test_a_link_names_its_record_however_it_is_typed(lamps: Campaign) -> None:
    permit = Change("p", "permits", (Step("create", 19730, region=JIA),), number="ＺＤ－３")
    assert codes(lamps, permit, opened("a", "1号", permit="ZD—３")) == ["entered", "entered"]
    assert Record.objects.get(ledger="lamps").data["permit"] == "ZD-3"


def test_a_change_that_another_sent_is_no_key_to_what_he_sent(lamps: Campaign) -> None:
    sent = [opened("c1", "1号"), opened("c2", "2号", kind="错")]
    assert codes(lamps, *sent, actor=EAST_TOWN) == ["entered", "ledger-008"]
    kept = Waiting.objects.get()
    before = (kept.change, kept.problems, kept.actor)
    for _ in range(2):
        outcomes = submit(lamps, sent, WEST_TOWN)
        assert [(o.status, o.number) for o in outcomes] == [("waiting", ""), ("waiting", "")]
        assert all("ledger-003" in {p.code for p in o.problems} for o in outcomes)
    # What he may enter, but under a taken id, waits too; it does not collide with what entered.
    assert codes(lamps, opened("c1", "1号", region=BING), actor=WEST_TOWN) == ["ledger-001"]
    kept.refresh_from_db()
    assert (kept.change, kept.problems, kept.actor) == before
    assert Waiting.objects.filter(actor="west", settled_at=None).count() == 2
    assert codes(lamps, opened("c1", "1号"), actor=COUNTY) == ["already"]  # she sees the record
    assert codes(lamps, opened("c2", "2号"), actor=EAST_TOWN) == ["entered"]
    assert list(Waiting.objects.filter(settled_at=None).values_list("actor", flat=True)) == ["west", "west"]
