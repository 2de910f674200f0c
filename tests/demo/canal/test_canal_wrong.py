"""What is wrong on purpose in the played canal campaign: flagged or kept waiting, each as it should."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from django.conf import settings
from PIL import Image

from tests.played import Played
from tests.story import CAMPAIGNS
from zhuanban.duty.actions import Target, find
from zhuanban.duty.figures import stamp_shown
from zhuanban.evidence.queries import open_original
from zhuanban.ledger.models import Waiting
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.draws import draw
from zhuanban.oversight.population import find_draw, population
from zhuanban.people.scope import OPERATOR

# The play is the same on both engines; the rooms that it goes through are tested on both.
FILES = CAMPAIGNS / "canal-protection" / "demo"
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def test_the_rechecks_are_those_of_the_published_seed(canal: Played) -> None:
    rule = find_draw(canal.here, "closed_recheck")
    closed = population(canal.here, rule, canal.day("12-23"))
    drawn = draw("督查考核抽查20211223", closed, rule.ratio, rule.round)
    assert [(s.count, len(s.cells)) for s in drawn.strata] == [(66, 14)]
    kept = canal.records("assessments", kind="抽查复核")
    assert [r.data["problem"] for r in kept] == list(drawn.cells)
    assert all(drawn.seed in r.data["draw"] for r in kept)


def test_two_rechecks_come_out_wrong_beside_the_first_result(canal: Played) -> None:
    wrong = canal.records("assessments", kind="抽查复核", result="不合格")
    assert [r.data["first_result"] for r in wrong] == ["已回头看，核查人周某辛", "已销号，核查人周某辛"]
    assert len(canal.records("assessments", kind="抽查复核", result="合格")) == 12


def test_six_units_are_assessed_by_the_end_of_the_year(canal: Played) -> None:
    six = canal.records("assessments", kind="单位考核")
    assert len({r.unit for r in six}) == len(six) == 6
    assert {r.state for r in six} == {"已考核"}
    assert canal.names("assessments_waiting", "12-30") != []
    assert canal.names("assessments_waiting", "12-31") == []
    # The plan has no scorecard: points are what the office entered, and nothing reckons them.
    assert all(r.data["score"] for r in six)


def flags(canal: Played, ledger: str, number: str) -> list[str]:
    (record,) = [r for r in canal.records(ledger) if r.number == number]
    return list(record.flags)


def named(canal: Played, ledger: str, number: str, word: str) -> list[str]:
    """Other records that the history of this one names."""
    events = Viewer(canal.here, OPERATOR).history(canal.here.pack.ledgers[ledger], number)["events"]
    return [f"{other['ledger']}/{other['number']}" for event in events for other in event.get(word, ())]


@pytest.mark.parametrize(
    ("ledger", "number", "flag"),
    [
        ("problems", "WT-2021-0012", "“发现照片”里有照片摄于 2020-08-14，早于 2021-08-09。"),
        ("pushed_points", "T41-002", "“核实照片”里有照片拍摄于“坐标”约 601 米之外，超过 200 米。"),
        ("problems", "WT-2021-0047", "“发现照片”里有照片与另一条目的照片相同或近似。"),
        # two phones, a day behind and a day ahead
        ("cards", "PC-2021-0101", "“现场照片”里有照片摄于 2021-09-16，早于 2021-09-17。"),
        ("cards", "PC-2021-0110", "“现场照片”里有照片摄于 2021-09-17，晚于收到的 2021-09-16。"),
    ],
)
def test_pictures_that_do_not_fit_are_flagged_and_kept(canal: Played, ledger: str, number: str, flag: str) -> None:
    assert flags(canal, ledger, number) == [flag]
    (record,) = [r for r in canal.records(ledger) if r.number == number]
    (photo,) = record.data["photo"]
    with open_original(canal.here.campaign, photo["sha256"]).stream as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == photo["sha256"]


def test_no_other_picture_is_flagged(canal: Played) -> None:
    found = [
        f"{ledger}/{record.number}"
        for ledger in ("problems", "cards", "pushed_points", "facilities")
        for record in canal.records(ledger)
        if any("照片" in flag for flag in record.flags)
    ]
    assert len(found) == 5


def test_the_other_problem_with_the_same_picture_is_named(canal: Played) -> None:
    assert named(canal, "problems", "WT-2021-0047", "alike") == ["problems/WT-2021-0039"]


def test_five_findings_were_offered_as_likely_doubles_and_merged_by_a_person(canal: Played) -> None:
    merged = {r.number: r.data["problem"] for r in canal.records("findings") if r.state == "已并入"}
    assert len(merged) == 5
    offered = {r.number: named(canal, "findings", r.number, "likely") for r in canal.records("findings")}
    assert len(offered) == 14
    assert {n: o for n, o in offered.items() if o} == {n: [f"problems/{problem}"] for n, problem in merged.items()}


def test_a_sheet_may_say_the_word_as_printed_or_as_it_is_meant(canal: Played) -> None:
    """One office's sheet has the printed 存在题, the other's 存在问题; both came in whole."""
    found = {r.number: r.data["what"] for r in canal.records("findings")}
    assert found["DC-003"] == "戊村小型加工厂，冲洗水排到渠旁沟里"
    assert found["DC-008"] == "庚村生活污水排到村边沟"
    heads = [(FILES / f"findings-{who}.csv").read_text("utf-8").split(",")[3] for who in ("zj", "cg")]
    assert heads == ["存在题", "存在问题"]


def test_the_text_in_gb_18030_came_in_clean(canal: Played) -> None:
    (sheet,) = (settings.ZHUANBAN_HOME / "demo" / "canal-protection" / "sheets").glob("*pushed-0904.csv")
    with pytest.raises(UnicodeDecodeError):
        sheet.read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(sheet.read_bytes().decode("gb18030"))))
    kept = {r.number: r.data["text"] for r in canal.records("pushed_points")}
    assert len(rows) == 3
    assert [kept[row["点位编号"]] for row in rows] == [row["推送内容"] for row in rows]


def test_swapped_points_waited_and_came_again_the_right_way_round(canal: Played) -> None:
    waited = Waiting.objects.filter(campaign=canal.here.campaign, ledger="pushed_points")
    assert [(w.settled_how, "坐标" in w.problems[0]["says"]) for w in waited] == [("entered", True)] * 3


def test_the_stamped_scan_says_one_more_than_was_frozen(canal: Played) -> None:
    """001-U02: scan and figures side by side, each with its hash; the sum on the scan is wrong by one."""
    viewer = Viewer(canal.here, OPERATOR)
    said = stamp_shown(viewer, find(viewer, Target("survey", "百里奚街道", "2021-10-05")))
    assert (said["rows"], said["scan_rows"], said["same"]) == (58, 59, False)
    (record,) = canal.records("duty_survey")
    assert record.flags == ["盖章件所载条数与报送时的数据不同。"]
    (scan,) = said["scans"]
    with open_original(canal.here.campaign, scan["sha256"]).stream as stream:
        content = stream.read()
    assert hashlib.sha256(content).hexdigest() == scan["sha256"]
    assert Image.open(io.BytesIO(content)).size == (1240, 1754)
    assert said["figures"] == record.data["figures"][0]["sha256"]
