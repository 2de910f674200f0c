"""What becomes of a well in the pack `groundwater`: whole paths inside and outside the network, each rule, each guard.

All days are of 2022 unless they say another year. The local operator acts where the story is not about who may do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.groundwater import (
    APPROVAL,
    CHECKER,
    CITY,
    CLERK,
    COMPANY,
    INSIDE,
    OFFICE,
    OUTSIDE,
    SOON,
    STREET,
    TOWN,
    URBAN,
    VILLAGE,
    WATER,
    Groundwater,
    why,
)  # fmt: skip
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.change import ENTERED
from zhuanban.ledger.turning import turn_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Iterator[Groundwater]:
    with clock.set_to(datetime(2022, 12, 31, 9, tzinfo=BEIJING)):
        yield Groundwater()


def test_no_permit_inside_is_to_be_sealed_and_is_sealed_in_its_batch(desk: Groundwater) -> None:
    """003-07, U06."""
    well = desk.well(users=[desk.user()])
    assert desk.outcome(well, "08-01") == "应封停"
    desk.must("wells", well, "列入批次", "08-20", by=WATER, batch=2, planned_on="2022-09-15")
    assert desk.names("wells_late", "09-15") == []
    assert desk.names("wells_late", "09-16") == [well]
    desk.notice(well, "09-02")
    assert desk.seal(well, "09-14").status == ENTERED
    assert [desk.outcome(well, on) for on in ("09-13", "09-14")] == ["应封停", "已封停"]
    assert desk.names("wells_late", "09-30") == []
    assert "不能核验自己的封停" in why(desk.do("wells", well, "核验封停", "09-15", by=CHECKER, checked_by="施工甲"))
    desk.must("wells", well, "核验封停", "09-15", by=CHECKER, checked_by="核验乙")
    assert desk.record("wells", well).data["after_photo"]


def test_a_permit_is_kept_to_its_last_day_and_then_the_well_is_to_be_sealed(desk: Groundwater) -> None:
    """003-08, 24, U14."""
    well = desk.well(users=[desk.user()])
    desk.permit(well, "2022-10-31")
    assert [desk.outcome(well, on) for on in ("10-31", "11-01")] == ["许可期内保留", "应封停"]
    assert [desk.names("permits_expiring", on) for on in ("09-30", "10-01", "11-01")] == [[], [well], []]
    assert "不再办理取水许可" in why(desk.do("permits", "XK-2", "申请", "11-02", new=True, by=APPROVAL, well=well))
    renewal = desk.do("renewals", "YX-1", "申请延续", "10-20", new=True, by=APPROVAL, permit="XK-1", well=well)
    assert "不再给予延续（方案三（一））" in why(renewal)
    history = desk.rows("well_outcomes", "10-31")
    assert (history["许可期内保留"][0], history["应封停"][0], history["合计"][0]) == ("1", "0", "1")


def test_the_clock_writes_an_expiry_once_also_after_it_stood_still() -> None:
    """003-08: nobody types anything, and the server slept for ten days."""
    with clock.set_to(datetime(2022, 10, 30, 9, tzinfo=BEIJING)):
        desk = Groundwater()
        well = desk.well(users=[desk.user()])
        later = desk.well("J-2", users=["YH-1"])
        desk.permit(well, "2022-10-31")
        desk.permit(later, "2024-06-30", number="XK-2")
        turn_all(desk.here)
    with clock.set_to(datetime(2022, 10, 31, 9, tzinfo=BEIJING)):
        assert turn_all(desk.here) == []
    with clock.set_to(datetime(2022, 11, 10, 9, tzinfo=BEIJING)):
        told = [t for t in turn_all(desk.here) if t.field == "outcome"]
        assert [(t.number, t.was, t.now, t.as_json()["on"]) for t in told] == [
            (well, "许可期内保留", "应封停", "2022-11-01")
        ]
        assert turn_all(desk.here) == []
    with clock.set_to(datetime(2024, 7, 15, 9, tzinfo=BEIJING)):  # long after the campaign
        told = [t for t in turn_all(desk.here) if t.field == "outcome"]
        assert [(t.number, t.as_json()["on"]) for t in told] == [(later, "2024-07-01")]


def test_a_batch_is_moved_for_the_harvest_and_the_rest_stays(desk: Groundwater) -> None:
    """003-U07."""
    one, two = desk.well(users=[desk.user()]), desk.well("J-2", users=["YH-1"])
    for well in (one, two):
        desk.must("wells", well, "列入批次", "09-08", by=WATER, batch=4, planned_on="2022-09-20")
    assert desk.do("wells", one, "调整批次", "09-16", by=WATER, planned_on="2022-10-15").status == "waiting"
    desk.must("wells", one, "调整批次", "09-16", by=WATER, planned_on="2022-10-15", reason="秋收用水")
    assert desk.names("wells_late", "09-21") == [two]
    assert desk.names("wells_late", "10-16") == [one, two]


def test_a_kept_well_is_not_sealed_and_is_asked_for_its_meter(desk: Groundwater) -> None:
    """003-09."""
    well = desk.well(users=[desk.user()])
    desk.permit(well, "2023-05-31")
    desk.notice(well, "08-01")
    assert "处置结果不是应封停" in why(desk.seal(well, "09-01"))
    assert desk.names("kept_without_meter", "09-10") == [well]
    desk.must("meters", "JL-1", "安装", "09-20", new=True, wells=[well])
    desk.must("registrations", "DJ-1", "登记", "09-20", new=True, user="YH-1", wells=[well],
              kinds=["水资源税", "污水处理费"])  # fmt: skip
    assert desk.names("kept_without_meter", "09-20") == []


def test_unpaid_dues_are_proposed_and_a_person_decides(desk: Groundwater) -> None:
    """003-10: what no delivery said is not unpaid."""
    user = desk.user()
    well = desk.well(users=[user])
    desk.permit(well, "2024-06-30")
    assert desk.says(user, "tax_light", "09-04", "users") == "不详"
    said = {"user": user, "period": "2022-08", "tax_due": 100, "tax_state": "欠缴", "fee_state": "已缴"}
    desk.must("payments", "JF-1", "入账", "09-05", new=True, pay_by="2022-09-20", **said)
    assert [desk.names("unpaid_after_term", on) for on in ("09-20", "09-21")] == [[], ["JF-1"]]
    assert desk.outcome(well, "09-21") == "许可期内保留"
    move = ("wells", well, "认定欠缴", "09-21")
    assert desk.do(*move, by=WATER, reason="过期未缴").status == "waiting"  # papers are asked for
    desk.must(*move, by=WATER, reason="过期未缴", dues_paper=desk.photos["paper"])
    assert [desk.outcome(well, on) for on in ("09-20", "09-21")] == ["许可期内保留", "应封停"]
    desk.must("wells", well, "解除欠缴", "09-25", by=WATER, reason="已补缴")
    assert desk.outcome(well, "09-25") == "许可期内保留"
    lights = [desk.says(user, key, "09-25", "users") for key in ("tax_light", "fee_light")]
    assert lights == ["红灯", "绿灯"]


def test_outside_all_four_are_needed_and_what_is_missing_is_named(desk: Groundwater) -> None:
    """003-11, 59: granted is neither accepted nor enough."""
    well = desk.well(at=OUTSIDE, users=[desk.user(at=OUTSIDE)])
    assert desk.outcome(well, "08-01") == "办理许可中"
    desk.must("permits", "XK-1", "告知手续", "09-20", new=True, by=APPROVAL, well=well, papers="申请表")
    desk.must("permits", "XK-1", "申请", "09-26", by=APPROVAL)
    desk.must("permits", "XK-1", "受理", "09-28", by=APPROVAL)
    assert desk.says(well, "permitted", "09-28") == "申请中"
    desk.must("permits", "XK-1", "准予", "10-12", by=APPROVAL, cert="字1", until="2027-10-11", reviewer="审查甲")
    desk.must("meters", "JL-1", "安装", "10-20", new=True, wells=[well])
    (lacking,) = [e for e in desk_list(desk, "not_yet_usable", "10-20") if e.number == well]
    assert lacking.says == "缺水资源税登记、污水处理费登记"
    desk.must("registrations", "DJ-1", "登记", "10-25", new=True, user="YH-1", wells=[well],
              kinds=["水资源税", "污水处理费"])  # fmt: skip
    assert [desk.outcome(well, on) for on in ("10-12", "10-24", "10-25")] == ["办理许可中", "办理许可中", "可继续使用"]
    assert desk.rows("permits", "10-25")["合计"] == ["1", "1", "1", "0", "0", "0"]
    assert "不能自己验收" in why(desk.do("permits", "XK-1", "验收", "10-28", by=APPROVAL, accepted_by="审查甲"))
    desk.must("permits", "XK-1", "验收", "10-28", by=APPROVAL, accepted_by="验收乙")
    assert desk.outcome(well, "10-28") == "可继续使用"


def desk_list(desk: Groundwater, key: str, on: str):  # type: ignore[no-untyped-def]
    from tests.groundwater import day
    from zhuanban.tally.lists import find_list, work_list

    return work_list(desk.here, find_list(desk.here, key), "371083", day(on))


def test_the_pipe_takes_a_well_in_from_its_day_and_not_before(desk: Groundwater) -> None:
    """003-12: the past stays; nothing is closed before the tap is connected."""
    user = desk.user(at=SOON)
    well = desk.well(at=SOON, users=[user])
    far = desk.well("J-2", at=OUTSIDE)
    before = desk.rows("well_outcomes", "10-19")
    assert len(desk.second_map()) >= 2
    assert [desk.outcome(well, on) for on in ("10-19", "10-20")] == ["办理许可中", "应关闭"]
    assert desk.outcome(far, "10-20") == "办理许可中"
    assert desk.rows("well_outcomes", "10-19") == before
    assert desk.names("wells_to_close", "10-20") == [well]
    close = ("wells", well, "关闭")
    assert "还没有确认这一户接通" in why(desk.do(*close, "11-01", by=COMPANY, close_photo=desk.photos["after"]))
    desk.connect(user, well, "11-10")
    desk.must(*close, "11-15", by=COMPANY, close_photo=desk.photos["after"])
    assert [desk.outcome(well, on) for on in ("11-14", "11-15")] == ["应关闭", "已关闭"]
    assert desk.rows("registers", "10-20")["合计"][5:8] == ["2", "1", "1"]  # two by the first map, one by the second


def test_a_refused_permit_outside_closes_the_well(desk: Groundwater) -> None:
    well = desk.well(at=OUTSIDE)
    proof = {"close_photo": desk.photos["after"]}
    assert "没有不予许可的决定" in why(desk.do("wells", well, "不予许可关闭", "08-02", **proof))
    desk.must("permits", "XK-1", "申请", "09-01", new=True, by=APPROVAL, well=well)
    desk.must("permits", "XK-1", "受理", "09-02", by=APPROVAL)
    desk.must("permits", "XK-1", "不予", "09-20", by=APPROVAL, reviewer="甲", reason="取水条件不符")
    assert [desk.outcome(well, on) for on in ("09-19", "09-20")] == ["办理许可中", "应关闭"]
    desk.must("wells", well, "不予许可关闭", "09-28", **proof)
    assert desk.outcome(well, "09-28") == "已关闭"


def exempt(desk: Groundwater, well: str, number: str = "ZB-1", by=URBAN, region: str = CITY):  # type: ignore[no-untyped-def]
    said = {"application": "城街申〔2022〕1号", "well": well}
    return desk.do("exemptions", number, "申请", "08-03", new=True, by=by, region=region, **said)


def test_only_village_wells_of_the_city_are_exempt_on_application_and_review(desk: Groundwater) -> None:
    """003-13, 14: a well may have no user; the street applies, the office reviews, a date of review is set."""
    well = desk.well(at=VILLAGE, region=CITY, use="农业灌溉")
    no = desk.well("J-2", at=VILLAGE, region=CITY, use="村民生活用水")
    assert desk.outcome(well, "08-03") == "应封停"
    assert exempt(desk, well).status == ENTERED
    assert exempt(desk, no, "ZB-2").status == ENTERED
    assert desk.do("exemptions", "ZB-1", "审查同意", "08-10", by=URBAN, answer="同意").status == "waiting"
    desk.must("exemptions", "ZB-1", "审查同意", "08-10", by=OFFICE, answer="同意")
    desk.must("exemptions", "ZB-2", "审查不同意", "08-10", by=OFFICE, answer="不同意", reason="已通公共供水")
    assert [desk.outcome(well, on) for on in ("08-09", "08-10")] == ["应封停", "暂不列入"]
    assert desk.outcome(no, "08-10") == "应封停"
    assert desk.record("exemptions", "ZB-1").data["review_on"] == "2023-08-10"
    assert desk.names("exempt_to_review", "12-31") == []
    assert desk.rows("sealing", "08-10")["合计"][1:10] == ["0", "1", "0", "1", "0", "1", "1", "1", "0%"]


@pytest.mark.parametrize(
    ("at", "region", "use", "says"),
    [
        (VILLAGE, CITY, "洗车", "只有农业灌溉、村民生活用水"),
        (STREET, CITY, "农业灌溉", "不在城中村范围内"),
        (INSIDE, TOWN, "农业灌溉", "不在城区街道办事处辖区"),
    ],
)
def test_other_wells_are_refused_with_the_reason(desk: Groundwater, at, region, use, says) -> None:  # type: ignore[no-untyped-def]
    """003-13."""
    assert says in why(exempt(desk, desk.well(at=at, region=region, use=use)))


def test_no_other_town_applies_and_who_applied_does_not_review(desk: Groundwater) -> None:
    """003-14."""
    well = desk.well(at=VILLAGE, region=CITY, use="农业灌溉")
    assert "城区街道办事处经办人" in why(exempt(desk, well, by=CLERK, region=TOWN))
    assert exempt(desk, well).status == ENTERED
    assert "领导小组办公室" in why(desk.do("exemptions", "ZB-1", "审查同意", "08-10", by=URBAN, answer="同意"))


def test_sealing_needs_its_number_its_pictures_and_the_term(desk: Groundwater) -> None:
    """003-47, 65, 66: served and over, or voluntary; without a tap a reason."""
    well = desk.well(users=[desk.user()])
    assert "没有送达或期限未满" in why(desk.seal(well, "08-20"))
    desk.must("served_notices", "TZ-1", "制发", "08-20", new=True, kind="封停通知书", wells=[well], basis=[desk.plan()])
    assert desk.names("notices_unserved", "08-25") == ["TZ-1"]
    assert "没有送达或期限未满" in why(desk.seal(well, "09-10"))
    desk.must("served_notices", "TZ-1", "送达", "09-10", served_on="2022-09-10", way="张贴", proof=desk.photos["paper"])
    assert "期限未满" in why(desk.seal(well, "09-17"))  # the seventh day still counts
    missing = why(desk.seal(well, "09-18", seal_no=None, after_photo=None, no_water_reason=None))
    assert all(word in missing for word in ("封条号", "封停后照片", "未接通先封停的理由"))
    assert desk.seal(well, "09-18").status == ENTERED
    assert any("断水风险" in flag for flag in desk.record("wells", well).flags)
    assert desk.names("sealed_dry", "09-18") == [well]
    twin = desk.well("J-2", users=["YH-1"])
    desk.notice(twin, "09-01", "TZ-2")
    assert "已经用在另一眼井" in why(desk.seal(twin, "09-20", seal_no=f"FT-{well}"))
    desk.connect("YH-1", twin, "09-19")
    assert desk.seal(twin, "09-20", no_water_reason=None).status == ENTERED
    assert desk.record("wells", twin).flags == []


def test_who_seals_of_his_own_will_signs_for_it(desk: Groundwater) -> None:
    """003-47."""
    well = desk.well(users=[desk.user()])
    assert "自愿封停书" in why(desk.seal(well, "08-01", "自愿封停"))
    assert desk.seal(well, "08-01", "自愿封停", voluntary_paper=desk.photos["paper"]).status == ENTERED


def sealed(desk: Groundwater, on: str = "09-14") -> str:
    well = desk.well(users=[desk.user()])
    desk.notice(well, "08-20")
    assert desk.seal(well, on).status == ENTERED
    desk.must("wells", well, "核验封停", on, by=CHECKER, checked_by="核验乙")
    return well


def test_a_broken_seal_is_a_repeat_and_no_second_well(desk: Groundwater) -> None:
    """003-72."""
    well = sealed(desk)
    asked = desk.do("wells", well, "发现私自启封", "10-12", by=WATER, reason="封条被撕")
    assert "请先在私自启封台账登记" in why(asked)
    desk.must(
        "seal_breaks", "QF-1", "发现", "10-12", new=True, well=well, old_seal="FT-J-1", photo=desk.photos["before"]
    )
    desk.must("wells", well, "发现私自启封", "10-12", by=WATER, reason="封条被撕")
    assert [desk.outcome(well, on) for on in ("10-11", "10-12")] == ["已封停", "应封停"]
    assert desk.says(well, "breaks", "10-12") == 1
    desk.must("wells", well, "重新封停", "10-13", by=COMPANY, seal_no="FT-2", after_photo=desk.photos["after"],
              sealed_by="施工甲")  # fmt: skip
    assert desk.rows("sealing", "10-13")["合计"][1] == "1"
    problem = {"user": "YH-1", "kind": "私自启封", "what": "封条被撕", "due": "2022-11-12"}
    desk.must("problems", "WT-1", "发现", "10-12", new=True, unit="T100", **problem)
    assert desk.record("problems", "WT-1").data["grade"] == "从严"
    case = {"user": "YH-1", "problem": "WT-1", "facts": "私自启封", "again": "是", "grade": "一般"}
    assert "加大处罚力度" in why(desk.do("penalty_cases", "AJ-1", "立案", "10-14", new=True, **case))
    desk.must("penalty_cases", "AJ-1", "立案", "10-14", new=True, **{**case, "grade": "从重"})
    desk.must("seal_breaks", "QF-1", "立案", "10-14", problem="WT-1", case="AJ-1")


def test_an_approved_unsealing_is_no_broken_seal(desk: Groundwater) -> None:
    """003-U08."""
    well = sealed(desk)
    desk.must("wells", well, "申请启封", "09-30", by=COMPANY, reseal_by="2022-10-05", reason="管网抢修")
    assert "领导小组办公室" in why(desk.do("wells", well, "批准启封", "10-02", by=COMPANY, reason="同意"))
    desk.must("wells", well, "批准启封", "10-02", by=OFFICE, reason="抢修用水")
    said = {"well": well, "old_seal": "FT-J-1", "photo": desk.photos["before"]}
    wrong = desk.do("seal_breaks", "QF-1", "发现", "10-03", new=True, **said)
    assert "经批准临时启封的不算私自启封" in why(wrong)
    assert desk.outcome(well, "10-03") == "已封停"
    assert [desk.names("unsealed_too_long", on) for on in ("10-05", "10-06")] == [[], [well]]
    desk.must("wells", well, "重新封停", "10-06", by=COMPANY, seal_no="FT-2", after_photo=desk.photos["after"],
              sealed_by="施工甲")  # fmt: skip
    assert desk.names("unsealed_too_long", "10-07") == []


def test_sealed_removed_and_closed_are_three_things(desk: Groundwater) -> None:
    """003-58."""
    well = sealed(desk)
    assert desk.names("sealed_not_removed", "09-14") == [well]
    desk.must("wells", well, "拆除取水设施", "09-15", removal_photo=desk.photos["during"], removed_by="拆除丙")
    assert desk.names("sealed_not_removed", "09-15") == []
    assert desk.record("wells", well).state == "已封停"


def test_a_disputed_sealing_is_shown_until_it_is_decided(desk: Groundwater) -> None:
    """003-53."""
    well = sealed(desk)
    said = {"well": well, "matter": "不服封停", "suspended": "否"}
    desk.must("reconsiderations", "FY-1", "受理", "09-26", new=True, **said)
    assert desk.record("reconsiderations", "FY-1").data["due"] == "2022-11-25"
    assert [desk.names("disputed_seals", on) for on in ("09-25", "09-26")] == [[], [well]]
    desk.must("reconsiderations", "FY-1", "决定", "11-18", result="维持")
    assert desk.names("disputed_seals", "11-18") == []
    assert desk.outcome(well, "11-18") == "已封停"


def test_a_well_that_nobody_uses_is_filled(desk: Groundwater) -> None:
    """003-61."""
    well = desk.well(at=OUTSIDE)
    desk.must("wells", well, "认定废弃", "10-10", by=WATER, reason="井口敞开")
    assert desk.outcome(well, "10-10") == "废弃"
    assert desk.names("wells_to_fill", "10-10") == [well]
    desk.must("wells", well, "封填", "10-20", fill_photo=desk.photos["after"])
    assert desk.names("wells_to_fill", "10-20") == []


def test_a_sealed_well_is_patrolled_within_thirty_days(desk: Groundwater) -> None:
    """003-71: a photo of last time is flagged."""
    well = sealed(desk)
    assert [desk.names("patrols_missing", on) for on in ("10-14", "10-15")] == [[], [well]]
    seal = desk.drawn("seal", "封条.jpg")
    said = {"well": well, "seal": "完好", "patroller": "巡查甲"}
    desk.must("patrols", "XC-1", "巡查", "10-20", new=True, day="2022-10-20", due="2022-10-14", photo=seal, **said)
    assert desk.names("patrols_missing", "10-20") == []
    assert desk.names("patrols_late", "10-20") == ["XC-1"]
    desk.must("patrols", "XC-2", "巡查", "11-12", new=True, day="2022-11-12", due="2022-11-13", photo=seal, **said)
    assert desk.names("patrol_photos", "11-12") == ["XC-2"]
    assert desk.names("patrols_missing", "12-13") == [well]


def test_every_combination_has_one_outcome_and_all_add_up(desk: Groundwater) -> None:
    """003-U01: `pack check` tries them all; here the nine words stand side by side."""
    wells = [desk.well(f"J-{n}", at=at) for n, at in enumerate((INSIDE, INSIDE, OUTSIDE, OUTSIDE, SOON), 1)]
    desk.permit(wells[1], "2023-05-31")
    desk.second_map()
    table = desk.rows("well_outcomes", "10-20")
    assert {name: row[0] for name, row in table.items() if row[0] != "0"} == {
        "应封停": "1", "许可期内保留": "1", "办理许可中": "2", "应关闭": "1", "合计": "5",
    }  # fmt: skip
    assert desk.here.pack.ledgers["wells"].rules[-1].exact or any(
        r.exact for r in desk.here.pack.ledgers["wells"].rules
    )
