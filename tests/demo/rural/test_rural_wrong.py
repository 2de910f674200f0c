"""The look-back at rural water works, played: what came late or is wrong on purpose, relapses, frozen reports."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.played import Played
from zhuanban.core.day import beijing, from_iso
from zhuanban.duty.figures import changes_since
from zhuanban.ledger.models import Event, Waiting
from zhuanban.ledger.verify import verify
from zhuanban.notify.models import Alarm
from zhuanban.oversight.draws import draw
from zhuanban.oversight.population import find_draw, population
from zhuanban.sheets.form_rows import Asked, content_of, find_form
from zhuanban.tally.actions import check

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

SEED = "南阳农饮大评比20220905"


def test_the_chain_and_the_sums_hold(rural: Played) -> None:
    assert list(verify(rural.here)) == []
    assert check(rural.here) == []


def test_reports_on_time_returned_late_and_without_copy(rural: Played) -> None:  # 002-27, 002-28
    items = {u: rural.report("ledger_report", rural.here.units.name(u), "2022-08-25") for u in offices(rural)}
    late = {rural.here.units.name(u): item.late_text for u, item in items.items() if item.late_text}
    assert set(late) == {"淅川县水利局", "官庄工区农办"}
    assert len([1 for item in items.values() if item.undelivered()]) == 3
    returned = [u for u in items if events(rural, "duty_ledger_report", f"{u}-2022-08-25", "退回")]
    assert len(returned) == 2
    assert {item.status for item in items.values()} == {"accepted"}


def offices(rural: Played) -> list[str]:
    return sorted({r.unit for r in rural.records("duty_ledger_report")})


def events(rural: Played, ledger: str, number: str, move: str) -> list[Event]:
    rows = Event.objects.filter(campaign=rural.here.campaign, record__ledger=ledger, record__number=number)
    return [e for e in rows if f'"move":"{move}"' in e.body]


def test_twelve_closings_came_after_the_papers_were_frozen(rural: Played) -> None:  # 002-U06, 002-U07
    cut, known = from_iso("2022-08-25"), "2022-08-26"
    rows = Event.objects.filter(campaign=rural.here.campaign, record__ledger="problems", on_day__lte=cut)
    late = [e for e in rows if '"move":"销号"' in e.body and beijing(e.at)[:10] >= known]
    assert len(late) == 12
    cards = Event.objects.filter(campaign=rural.here.campaign, record__ledger="works_cards", on_day__lte=cut)
    assert len([e for e in cards if beijing(e.at)[:10] >= known]) == 14
    changed = 0
    for unit in offices(rural):
        item = rural.report("ledger_report", rural.here.units.name(unit), "2022-08-25")
        (form,) = changes_since(rural.whole, item)["forms"]
        changed += len([c for c in form["changed"] if c["column"].startswith("整改结果")])
    assert changed >= 12


def test_the_form_of_the_whole_city(rural: Played) -> None:  # 002-51, 002-89, 002-91
    rows = [
        row.values
        for code in rural.here.regions.children(rural.here.regions.root, rural.day())
        for row in content_of(rural.whole, find_form(rural.whole, "附表2-2"), Asked(rural.day("08-25"), code)).rows
    ]
    assert Counter(str(r[8]) for r in rows) == {"完成": 484, "正在": 63}
    assert all(r[2] and "镇" in str(r[2]) for r in rows)


def test_look_backs_on_time_late_and_not_done(rural: Played) -> None:  # 002-U04
    end, cut = from_iso("2022-09-30"), from_iso("2022-08-25")
    rows = Event.objects.filter(campaign=rural.here.campaign, record__ledger="problems").order_by("on_day", "version")
    closed: dict[int, int] = {}
    looked: dict[int, int] = {}
    for event in rows:
        if '"move":"销号"' in event.body:
            closed.setdefault(event.record_id, event.on_day)
        if '"move":"回头看"' in event.body:
            looked.setdefault(event.record_id, event.on_day)
    august = {record for record, on in closed.items() if on <= cut}
    done = {record: looked[record] for record in august if looked.get(record, end + 1) <= end}
    late = [record for record, on in done.items() if on > closed[record] + 30]
    assert (len(august), len(done) - len(late), len(late), len(august) - len(done)) == (484, 452, 21, 11)
    assert len(rural.names("look_back_missed", "09-30")) == 11


def test_forty_nine_of_484_are_drawn_and_seven_relapsed(rural: Played) -> None:  # 002-34, 002-U15
    rule = find_draw(rural.here, "closed_recheck")
    asked = population(rural.here, rule, rural.day("09-05"))
    drawn = draw(SEED, asked, rule.ratio, rule.round)
    assert [(s.count, len(s.cells)) for s in drawn.strata] == [(484, 49)]
    assert [r.data["problem"] for r in rural.records("rechecks")] == list(drawn.cells)
    assert len(rural.records("rechecks", result="反弹")) == 7


def test_twenty_four_relapses_and_one_chain_of_three(rural: Played) -> None:  # 002-U05
    again = {r.number: r for r in rural.records("problems") if r.data.get("relapse_of")}
    kinds = Counter(
        "keeper" if r.data["part"] == "管理人员" else "disinfection" if "消毒" in r.data["fault"] else "burst"
        for r in again.values()
    )
    assert kinds == {"burst": 15, "disinfection": 6, "keeper": 3}
    chains = [r for r in again.values() if r.data["relapse_of"] in again]
    assert len(chains) == 1


def test_sixteen_are_open_in_the_end_all_long(rural: Played) -> None:
    left = rural.names("open")
    assert len(left) == 16
    assert {r.data["kind"] for r in rural.records("problems") if r.number in left} == {"长期"}


def test_the_exchange_list(rural: Played) -> None:  # 002-22, 002-84
    assert rural.rows("exchange", "08-25")["合计"][:3] == ["118", "37", "81"]
    undone = [r for r in rural.records("exchange") if events(rural, "exchange", r.number, "撤销并入")]
    assert len(undone) == 2


def test_forty_six_old_problems_bear_their_old_numbers(rural: Played) -> None:  # 002-21
    old = [r for r in rural.records("problems") if r.data.get("old_no")]
    assert len(old) == 46
    assert all(r.data["old_no"].startswith("2021-省-") and r.data["found_on"].startswith("2021") for r in old)


def test_a_sheet_of_23_wrong_rows_waits_with_its_reasons(rural: Played) -> None:  # 002-48, 002-89, 002-91, 002-U09
    rows = [w for w in Waiting.objects.filter(campaign=rural.here.campaign, ledger="problems") if w.source.get("file")]
    assert len(rows) == 23


def test_self_checks_and_long_ones_without_emergency_waited(rural: Played) -> None:  # 002-17, 002-57
    waiting = Waiting.objects.filter(campaign=rural.here.campaign, ledger="problems")
    said = [" ".join(p["says"] for p in w.problems) for w in waiting]
    assert len([s for s in said if "不能核查自己" in s]) == 4
    assert len([s for s in said if "应急措施" in s]) == 4


def test_cards_far_away_twice_and_early_are_flagged(rural: Played) -> None:  # 002-16, 002-23, 002-83
    flags = [(r.number, " ".join(r.flags)) for r in rural.records("works_cards")]
    assert len([n for n, f in flags if "米" in f]) == 9
    assert len([n for n, f in flags if "相同" in f]) >= 5
    assert [n for n, f in flags if "补录" in f] == ["PC-2022-0001"]
    assert [x.says.partition("：")[0] for x in rural.listed("cards_many", "08-25")] == ["唐河邓州排查员"]


def test_the_alarm_of_2_august(rural: Played) -> None:  # 002-15
    (alarm,) = Alarm.objects.filter(campaign=rural.here.campaign, key="village_outage")
    assert beijing(alarm.at)[:10] == "2022-08-02"


def test_a_household_left_its_class_on_20_august(rural: Played) -> None:  # 002-36
    poor = [sum(int(x) for x in rural.rows("household_coverage", on)["合计"][4:7]) for on in ("08-19", "08-20")]
    assert poor[1] < poor[0] == 6740
