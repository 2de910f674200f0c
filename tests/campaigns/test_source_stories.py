"""What the pack `source-lookback` makes of single cases, through the one door: from discovery to look-back and relapse,
and what is refused on the way. All days are of 2018; numbers of the requirements stand in comments (004-NN).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.story import Story
from zhuanban.archive.contents import of_region
from zhuanban.atlas.actions import load_zones
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, iso
from zhuanban.core.problem import Refused
from zhuanban.demo.film import film as film_of
from zhuanban.duty import actions as duty
from zhuanban.duty.actions import Target, find
from zhuanban.duty.figures import changes_since
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Outcome, Step
from zhuanban.ledger.placing import place_again
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.view import Masker
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor, Held
from zhuanban.tally.lists import find_list, work_list
from zhuanban.tally.queries import table

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[2] / "campaigns" / "source-lookback"
A, B, A_UNIT, B_UNIT = "320602010", "320602003", "J010", "J003"
INNER = {"lon": 120.878, "lat": 31.945, "frame": "CGCS2000"}  # 一级
OUTER = {"lon": 120.895, "lat": 31.943, "frame": "CGCS2000"}  # 二级
OUTSIDE = {"lon": 121.2, "lat": 31.99, "frame": "CGCS2000"}
LOOKED: dict[str, Any] = {"look_measures": "核对点位", "look_results": "没有反弹。", "looked_by": "回头看员甲"}
ASKED: dict[str, Any] = {"new_outlet": "否", "new_building": "否", "new_cages": "否"}
NOTHING: Any = None
PLAN: dict[str, Any] = {"measure": "清理", "due": "2018-07-15", "owner": "责任人甲"}


class Desk(Story):
    def __init__(self) -> None:
        super().__init__("lookback", "source-lookback", day("05-01"))
        load_zones(self.campaign, self.here.pack.layers["protection"], self.demo / "protection.geojson")
        self.office = self.person("office", unit="QF")
        self.bureau = self.person("bureau", unit="HB")
        self.clerk = self.person("street_clerk", region=A, unit=A_UNIT)
        self.checker = self.person("street_reviewer", region=A, unit=A_UNIT)
        self.other = self.person("street_clerk", region=B, unit=B_UNIT)
        self.intake = self.person("intake", unit="QF")
        # The source, and the law that problems cite.
        root: dict[str, Any] = {"region": "320602", "unit": ""}
        law: dict[str, Any] = {"number": "水法", "name": "中华人民共和国水法", "level": "法律"}
        entered(self.open("papers", "05-02", "登记", self.office, **root, **law))
        source: dict[str, Any] = {"name": "长江狼山水源地", "baseline": "Ⅱ类"}
        entered(self.open("sources", "05-02", "登记", self.office, **root, **source))

    def person(self, post: str, region: str = "", unit: str = "") -> Actor:
        return Actor(None, f"{post}{region}-{next(self.ids)}", (Held(post, region=region, unit=unit),))

    def photo(self, words: str = "", taken: str = "") -> list[dict[str, str]]:
        seed = words or f"photo-{next(self.ids)}"
        return self.drawn(seed, f"{seed}.jpg", taken=taken)

    def open(
        self,
        ledger: str,
        on: str,
        move: str,
        by: Actor,
        *,
        region: str = A,
        unit: str = A_UNIT,
        number: str = "",
        **said: Any,
    ) -> Outcome:
        return self.send(ledger, Step("create", day(on), move, said, region, unit or None), number, by)

    def step(self, ledger: str, number: str, move: str, on: str, by: Actor, reason: str = "", **said: Any) -> Outcome:
        return self.send(ledger, Step("move", day(on), move, said, reason=reason), number, by)

    def listed(self, key: str, on: str) -> list[str]:
        return [x.number for x in work_list(self.here, find_list(self.here, key), self.here.regions.root, day(on))]

    def old(self, number: int, **more: Any) -> str:
        """An old problem, listed, with its plan and the photo from before."""
        said: dict[str, Any] = {
            "no": number,
            "source": "SY-01",
            "kind": "排污口",
            "place": OUTER,
            "what": "旧排口",
            "standard": ["水法"],
        }
        said |= {"was_fixed_on": "2017-09-10", "before": self.photo(), **more}
        return entered(self.open("problems", "05-03", "登记已整改", self.office, number=str(number), **said))

    def new(self, **more: Any) -> Outcome:
        said: dict[str, Any] = {
            "source": "SY-01",
            "kind": "排污口",
            "place": OUTER,
            "what": "新排口",
            "standard": ["水法"],
            **PLAN,
        }
        said |= {"before": self.photo(), **more}
        kept = {k: v for k, v in said.items() if v is not None}
        return self.open("problems", "06-12", "新发现", self.clerk, **kept)

    def look(self, number: str, *, on: str = "05-15", **more: Any) -> Outcome:
        said: dict[str, Any] = {**LOOKED, **ASKED, "look_photo": self.photo(), "after": self.photo(), **more}
        kept = {k: v for k, v in said.items() if v is not None}
        return self.step("problems", number, "回头看", on, self.clerk, **kept)

    def close(self, number: str, on: str = "05-17", by: Actor | None = None, **more: Any) -> Outcome:
        said = {"checked_by": "审核员乙", "standard_met": "是", **more}
        return self.step("problems", number, "销号", on, by or self.checker, **said)


def day(month_day: str) -> int:
    return from_iso(f"2018-{month_day}")


def entered(outcome: Outcome) -> str:
    assert outcome.status == "entered", [str(p) for p in outcome.problems]
    return outcome.number


def waits(outcome: Outcome) -> str:
    """What kept a change in the inbox, in words."""
    assert outcome.status == "waiting", outcome
    return " ".join(str(p) for p in outcome.problems)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.set_to(datetime(2018, 12, 11, 9, tzinfo=BEIJING)):
        yield Desk()


def test_from_the_old_list_to_relapse_and_its_end(desk: Desk) -> None:  # 004-09, 004-20, 004-21, 004-48
    number = desk.old(5)
    assert desk.listed("to_look", "05-10") == ["5"]
    entered(desk.look(number))
    entered(desk.close(number))
    record = desk.record("problems", number)
    assert (record.state, record.data["next_look"]) == ("已销号", iso(day("05-17") + 90))
    entered(
        desk.step(
            "problems",
            number,
            "发现反弹",
            "09-05",
            desk.clerk,
            "重新堆料",
            looked_by="回头看员甲",
            look_photo=desk.photo(),
        )
    )
    assert desk.listed("relapsed", "09-05") == ["5"]
    assert desk.listed("relapsed", "09-04") == []  # the old closing stays what it was
    again: dict[str, Any] = {
        "source": "SY-01",
        "kind": "排污口",
        "place": OUTER,
        "what": "反弹",
        "standard": ["水法"],
        **PLAN,
    }
    again |= {"relapse_of": number, "before": desk.photo()}
    case = entered(desk.open("problems", "09-06", "反弹立案", desk.clerk, **again))
    closing = {"look_measures": "清理", "look_results": "完好。"}
    assert "还没有销号" in waits(desk.step("problems", number, "反弹办结", "09-07", desk.clerk, **closing))
    entered(
        desk.step(
            "problems", case, "申请销号", "09-20", desk.clerk, fixed="已清理", fixed_by="整改员丙", after=desk.photo()
        )
    )
    entered(desk.close(case, "09-21"))
    entered(desk.step("problems", number, "反弹办结", "09-22", desk.clerk, **closing))
    entered(desk.close(number, "09-23"))
    assert (desk.record("problems", number).state, desk.record("problems", case).data["relapse_of"]) == ("已销号", "5")


def test_a_relapse_case_needs_a_relapse(desk: Desk) -> None:  # 004-48
    said: dict[str, Any] = {
        "source": "SY-01",
        "kind": "排污口",
        "place": OUTER,
        "what": "反弹",
        "standard": ["水法"],
        **PLAN,
    }
    refused = desk.open(
        "problems", "06-01", "反弹立案", desk.clerk, relapse_of=desk.old(5), before=desk.photo(), **said
    )
    assert "没有记反弹" in waits(refused)


@pytest.mark.parametrize(
    "lacking", ["look_photo", "look_measures", "look_results", "new_outlet", "new_building", "new_cages"]
)
def test_a_look_back_without_finding_or_photo_waits(desk: Desk, lacking: str) -> None:  # 004-09, 004-11, 004-54
    title = desk.here.pack.ledgers["problems"].fields[lacking].title
    assert title in waits(desk.look(desk.old(1), **{lacking: NOTHING}))


@pytest.mark.parametrize("lacking", ["due", "owner", "measure", "before"])
def test_a_new_problem_needs_deadline_person_measure_photo(desk: Desk, lacking: str) -> None:  # 004-12
    title = desk.here.pack.ledgers["problems"].fields[lacking].title
    assert title in waits(desk.new(**{lacking: NOTHING}))


def test_a_problem_needs_street_and_standard(desk: Desk) -> None:  # 004-06, 004-32
    said: dict[str, Any] = {
        "no": 1,
        "source": "SY-01",
        "kind": "其他",
        "what": "旧排口",
        "standard": ["水法"],
        "was_fixed_on": "2017-09-10",
    }
    without = desk.open("problems", "05-03", "登记已整改", desk.office, unit="", number="1", **said)
    assert "责任街道" in waits(without)
    assert "整治标准" in waits(desk.new(standard=None))


def test_dwellings_are_of_the_inner_zone_only(desk: Desk) -> None:  # 004-10, 004-11
    assert "居民住宅" in waits(desk.new(kind="违法建设项目", dwelling="是"))
    number = entered(desk.new(kind="违法建设项目", dwelling="是", place=INNER))
    assert desk.record("problems", number).data["zone"] == "一级保护区"


def test_a_point_outside_both_zones_is_kept_and_marked(desk: Desk) -> None:  # 004-10
    outcome = desk.new(place=OUTSIDE)
    record = desk.record("problems", entered(outcome))
    assert (record.data["zone"], bool(record.flags)) == ("范围外", True)


def test_who_put_right_does_not_check(desk: Desk) -> None:  # 004-20, 004-I06
    number = desk.old(1)
    entered(desk.look(number))
    assert waits(desk.close(number, by=desk.clerk))
    assert "不能自己核查" in waits(desk.close(number, checked_by="回头看员甲"))
    entered(desk.close(number))


def test_not_closed_while_the_standard_is_not_judged(desk: Desk) -> None:  # 004-34
    number = desk.old(1)
    entered(desk.look(number))
    assert "达到标准" in waits(desk.step("problems", number, "销号", "05-17", desk.checker, checked_by="审核员乙"))
    assert "没有达到整治标准" in waits(desk.close(number, standard_met="否"))


def test_the_first_deadline_stays_visible(desk: Desk) -> None:  # 004-18
    number = entered(desk.new())
    entered(desk.step("problems", number, "申请延期", "07-10", desk.clerk, "雨季", new_due="2018-07-31"))
    entered(desk.step("problems", number, "批准延期", "07-11", desk.office, new_due="2018-07-31"))
    data = desk.record("problems", number).data
    assert (data["first_due"], data["due"]) == ("2018-07-15", "2018-07-31")
    assert (desk.listed("overdue", "07-31"), desk.listed("overdue", "08-01")) == ([], [number])


def test_filing_waits_for_the_closing_and_both_bureaus_have_one(desk: Desk) -> None:  # 004-21
    number = desk.old(1)
    entered(desk.look(number))
    said: dict[str, Any] = {"problem": number, "street": A_UNIT}
    assert "没有销号" in waits(desk.open("filings", "05-16", "报备", desk.clerk, unit="HB", **said))
    entered(desk.close(number))
    for unit in ("HB", "ZJ"):
        entered(desk.open("filings", "05-17", "报备", desk.clerk, unit=unit, **said))
    assert len(desk.listed("filings_waiting", "05-17")) == 2
    assert waits(desk.open("filings", "05-18", "报备", desk.clerk, unit="HB", **said))


def test_an_objection_opens_the_problem_again(desk: Desk) -> None:  # 004-I13
    number = desk.old(1)
    entered(desk.look(number))
    entered(desk.close(number))
    entered(desk.step("problems", number, "备案异议", "05-20", desk.bureau, "照片对不上"))
    assert desk.record("problems", number).state == "整改中"


def test_one_plan_for_a_source(desk: Desk) -> None:  # 004-15
    said: dict[str, Any] = {"source": "SY-01", "streets": "狼山镇街道、任港街道", "file_name": "方案"}
    number = entered(
        desk.open("source_plans", "05-11", "施行", desk.office, region="320602", unit="", version=1, **said)
    )
    assert "请换版" in waits(
        desk.open("source_plans", "05-12", "施行", desk.office, region="320602", unit="", version=1, **said)
    )
    entered(desk.step("source_plans", number, "换版", "09-12", desk.office, "补充", version=2, file_name="方案二"))


def test_an_archive_names_the_part_that_is_missing(desk: Desk) -> None:  # 004-29
    files = {"basics": desk.photo(), "map": desk.photo(), "drawn_paper": desk.photo(), "plan": desk.photo()}
    number = entered(desk.open("source_files", "05-14", "建档", desk.clerk, source="SY-01", **files))
    desk.old(1, after=desk.photo(), papers=desk.photo())
    assert of_region(Viewer(desk.here, desk.clerk), A).empty == ("视频",)
    film = [keep(desk.campaign, film_of("一"), "现场.mp4", by=None)]
    entered(desk.send("problems", Step("amend", day("11-20"), set={"video": film}), "1", desk.clerk))
    assert of_region(Viewer(desk.here, desk.clerk), A).empty == ()
    assert "移交检查单位" in waits(desk.step("source_files", number, "提供检查", "11-21", desk.clerk))
    entered(desk.step("source_files", number, "提供检查", "11-21", desk.clerk, handed_to="区环保局"))


def test_a_serious_case_says_to_whom_it_went_and_what_came_back(desk: Desk) -> None:  # 004-43, 004-44
    said: dict[str, Any] = {"ground": "弄虚作假", "facts": "同一张照片用了两次"}
    number = entered(desk.open("accountability", "09-06", "提出", desk.bureau, **said))
    assert "移交何处" in waits(
        desk.step("accountability", number, "决定", "09-12", desk.office, "情况严重", measure=["移交问责"])
    )
    entered(
        desk.step(
            "accountability", number, "决定", "09-12", desk.office, "情况严重", measure=["移交问责"], to="有关部门"
        )
    )
    assert "结果" in waits(desk.step("accountability", number, "了结", "10-12", desk.office))
    entered(desk.step("accountability", number, "了结", "10-12", desk.office, result="已问责"))


def test_a_street_sees_its_own_only(desk: Desk) -> None:  # 004-I08
    desk.old(1)
    mine, others = Viewer(desk.here, desk.clerk), Viewer(desk.here, desk.other)
    ledger = desk.here.pack.ledgers["problems"]
    assert mine.record(ledger, "1").number == "1"
    said = []
    for number in ("1", "99"):
        with pytest.raises(Refused) as refused:
            others.record(ledger, number)
        said.append([(p.code, p.says.replace(number, "N")) for p in refused.value.problems])
    assert said[0] == said[1]


def test_who_sent_a_message_is_hidden_from_all_but_intake(desk: Desk) -> None:  # 004-I09
    said: dict[str, Any] = {"content": "有人倒垃圾", "anonymous": "否", "sender": "留言人甲", "phone": "19900000001"}
    number = entered(desk.open("public_messages", "06-20", "收到", desk.intake, region="320602", unit="", **said))
    shown = Masker(desk.here.pack.ledgers["public_messages"]).show(desk.record("public_messages", number).data)
    assert "留言人甲" not in str(shown)
    assert "19900000001" not in str(shown)


def test_the_same_photo_twice_is_flagged(desk: Desk) -> None:  # 004-I16
    same = desk.photo("同一张")
    for number in (2, 3):
        entered(desk.look(desk.old(number), look_photo=same))
    assert (desk.record("problems", "2").flags, bool(desk.record("problems", "3").flags)) == ([], True)


def test_after_older_than_before_is_flagged(desk: Desk) -> None:  # 004-30
    number = desk.old(1, before=desk.photo("前", "2018-05-10"))
    entered(desk.look(number, after=desk.photo("后", "2017-05-10")))
    assert desk.record("problems", number).flags


def test_a_redrawn_zone_leaves_earlier_days_alone(desk: Desk, tmp_path: Path) -> None:  # 004-I15
    number = entered(desk.new(place=INNER))
    drawn = (FOLDER / "demo" / "protection.geojson").read_text("utf-8").replace("120.885", "120.875")
    path = tmp_path / "protection.geojson"
    path.write_text(drawn, "utf-8")
    layer = desk.here.pack.layers["protection"]
    loaded = load_zones(desk.campaign, layer, path, day("08-01"))
    changed = place_again(setting(desk.campaign), layer, loaded, OPERATOR)
    assert [(c.number, iso(c.on), c.was, c.now) for c in changed] == [
        (number, "2018-08-01", "一级保护区", "二级保护区")
    ]


def test_disclosure_is_not_checked_by_who_drafted_it_nor_unread(desk: Desk) -> None:  # 004-36, 004-I10
    said: dict[str, Any] = {"region": "320602", "unit": "QF"}
    second = desk.person("office", unit="QF")
    unread = entered(desk.open("disclosures", "05-28", "起草", desk.office, month="2018-05", **said))
    assert "还没有核对" in waits(desk.step("disclosures", unread, "审核", "05-29", second))
    read = entered(desk.open("disclosures", "06-28", "起草", desk.office, month="2018-06", checked="是", **said))
    assert waits(desk.step("disclosures", read, "审核", "06-29", desk.office))
    entered(desk.step("disclosures", read, "审核", "06-29", second))
    entered(desk.step("disclosures", read, "发布", "06-29", desk.office))
    assert waits(desk.open("disclosures", "06-29", "起草", desk.office, month="2018-06", **said))


def test_a_report_is_signed_sent_with_a_receipt_and_tells_what_changed(desk: Desk) -> None:  # 004-24, 004-I05, 004-I18
    with clock.set_to(datetime(2018, 5, 2, 9, tzinfo=BEIJING)):
        entered(desk.open("streets", "05-02", "列入", desk.office))
    clerk, checker = Viewer(desk.here, desk.clerk), Viewer(desk.here, desk.checker)
    target = Target("progress", A_UNIT, "2018-05")
    with clock.set_to(datetime(2018, 5, 21, 9, tzinfo=BEIJING)):
        desk.old(1)
        duty.fill(clerk, target)
        with pytest.raises(Refused):
            duty.send(clerk, target, "政网-1", "附表1还没有下发")  # not signed
        duty.sign(checker, target)
        with pytest.raises(Refused):
            duty.send(clerk, target, reason="附表1还没有下发")  # no receipt of the platform
        duty.send(clerk, target, "政网-1", "附表1还没有下发")
        assert set(find(clerk, target).undelivered()) == {"区环保局", "区住建局"}
        assert changes_since(clerk, find(clerk, target))["forms"][0]["changed"] == []
    entered(desk.look("1"))
    form, _ = changes_since(clerk, find(clerk, target))["forms"]
    assert {c["column"] for c in form["changed"]} == {"“回头看”情况", "是否完成整治"}


def test_a_third_street_owes_from_its_day(desk: Desk) -> None:  # 004-I01
    entered(desk.open("streets", "05-02", "列入", desk.office))
    entered(desk.open("streets", "09-01", "列入", desk.office, region="320602008", unit="J008"))
    office = Viewer(desk.here, desk.office)
    assert find(office, Target("progress", "J008", "2018-09")).due.period == "2018-09"
    with pytest.raises(Refused):
        find(office, Target("progress", "J008", "2018-08"))


def test_water_against_its_baseline_is_reckoned_and_follows_corrections(desk: Desk) -> None:  # 004-13
    months = {"05": "Ⅰ类", "06": "Ⅱ类", "07": "Ⅲ类"}
    for month, word in months.items():
        number = entered(desk.open("samples", f"{month}-14", "采样", desk.clerk, source="SY-01", month=f"2018-{month}"))
        entered(desk.step("samples", number, "报告", f"{month}-21", desk.clerk, **{"class": word, "lab": "检测机构甲"}))

    def water(on: str) -> list[str]:
        result = table(desk.here, desk.here.pack.tables["water"], desk.here.regions.root, day(on))
        (total,) = [row for row in result.rows if row.name == "合计"]
        return [result.cells[total.key, key].text for key in ("samples", "better", "kept", "worse")]

    assert [water(on) for on in ("05-21", "06-21", "07-21")] == [
        ["1", "1", "0", "0"], ["2", "1", "1", "0"], ["3", "1", "1", "1"],
    ]  # fmt: skip
    assert desk.listed("water_worse", "07-21") == ["SZ-2018-003"]
    # The laboratory corrects its report of June: the word moves on the day of that report.
    correction = Step("amend", day("06-21"), "", {"class": "Ⅲ类"})
    entered(desk.send("samples", correction, "SZ-2018-002", desk.clerk))
    assert [water(on) for on in ("06-20", "06-21")] == [["1", "1", "0", "0"], ["2", "1", "0", "1"]]
    # The office corrects the baseline, from the first day on: every sample says its word again.
    entered(desk.send("sources", Step("amend", None, "", {"baseline": "Ⅲ类"}), "SY-01", desk.office))
    assert [water(on) for on in ("05-21", "06-21", "07-21")] == [
        ["1", "1", "0", "0"], ["2", "1", "1", "0"], ["3", "1", "2", "0"],
    ]  # fmt: skip
    assert desk.listed("water_worse", "07-21") == []
    entered(desk.send("sources", Step("amend", None, "", {"baseline": NOTHING}), "SY-01", desk.office))
    assert desk.listed("not_based", "07-21") == ["SY-01"]
