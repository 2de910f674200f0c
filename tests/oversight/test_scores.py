"""Scores as offices live with them: what is missing, who sees what, self-scores, objections, other dates, the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.canals import time
from tests.oversight.test_worked_scores import points, total
from tests.rubric import (
    BING,
    CITY,
    FILES,
    JIA,
    YI,
    county,
    entered,
    make,
    mark,
    marks,
    opened,
    rulings,
    scored,
)
from zhuanban.core.day import from_iso
from zhuanban.core.problem import Refused
from zhuanban.ledger.change import WAITING, Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.verify import verify
from zhuanban.oversight.score_shown import ranking_lines, score_json, score_lines, write_score_xlsx
from zhuanban.oversight.scores import Ranking, find_card, ranking, seen_score, seen_scores
from zhuanban.people.models import Campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(tmp_path: Path, settings: Any) -> Iterator[Campaign]:
    """Rulings, and nothing else."""
    settings.ZHUANBAN_HOME = tmp_path
    with time("2022-09-30 09:00"):
        campaign = make(tmp_path)
        entered(campaign, *rulings(), actor=CITY)
        yield campaign


def ranked(campaign: Campaign, day: str = "2022-09-30", actor: Actor = OPERATOR) -> Ranking:
    viewer = Viewer(setting(campaign), actor)
    return ranking(viewer, find_card(viewer, "lookback"), from_iso(day))


def refused(campaign: Campaign, change: Change, actor: Actor) -> list[str]:
    (outcome,) = submit(campaign, [change], actor)
    assert outcome.status == WAITING
    return [problem.says for problem in outcome.problems]


# What is missing -----------------------------------------------------------------------------------


def test_an_item_without_evidence_is_unrated_and_neither_none_nor_full(empty: Campaign) -> None:
    result = scored(empty, JIA)
    told = points(result)
    assert told["appraisal"] == "未评：in_appraisal"  # no mark
    assert told["government"] == "未评：gov_boards_bad"  # nobody looked at a board
    assert told["phones"] == "未评：manager_bad"  # nobody was called
    assert told["fund"] == "未评：fund_due"  # no works are known
    assert told["visits"] == "0"  # the ledger of visits answers alone: none
    assert {key: word for key, word in told.items() if not word.startswith("未评")} == {
        "visits": "0", "nodes": "5", "rules": "0",
    }  # fmt: skip
    assert result.result.total.unrated == 15
    assert result.result.groups["organization"].low == 0
    lines = "\n".join(score_lines(Viewer(setting(empty), OPERATOR), result))
    assert "2 纳入综合评价体系（5分）：未评" in lines
    assert "未评：没有“纳入县级综合评价体系”的依据" in lines


def test_one_mark_more_rates_one_item_more(empty: Campaign) -> None:
    before = scored(empty, JIA).result
    entered(empty, mark(JIA, "纳入县级综合评价体系", "是"), actor=CITY)
    after = scored(empty, JIA).result
    assert after.total.unrated == before.total.unrated - 1
    assert after.total.low == before.total.low + 5


def test_with_open_items_there_is_no_rank(campaign: Campaign) -> None:
    number = Record.objects.get(ledger="score_lookback", region=YI, data__about="运行管理机构").number
    withdrawal = Change("w", "score_lookback", (Step("withdraw", from_iso("2022-09-28"), reason="误评"),), number)
    entered(campaign, withdrawal, actor=CITY)
    now = ranked(campaign)
    assert [(row.scored.name, row.rank) for row in now.rows] == [("丙工区", 1), ("甲县", 2), ("乙县", None)]
    assert (now.of, now.open) == (3, 1)
    lines = list(ranking_lines(now.rows[0].scored.result.card, from_iso("2022-09-30"), now))
    assert lines[-2:] == ["未排名（尚有未评或待裁定的）：", "  乙县　37.9（1项未评）"]


def test_ties_share_a_rank_and_the_next_one_is_skipped(campaign: Campaign) -> None:
    """Eleven of the points of 丙工区 are made 5.5 fewer: it stands level with 甲县."""
    assert [row.rank for row in ranked(campaign).rows] == [1, 2, 3]
    for about, value in (("经验做法被市级转发", 0), ("市级以上典型发言", 1), ("应急预案已修订且可操作", "是")):
        remark(campaign, BING, about, value)
    entered(campaign, opened("boards", "b-1", BING, {"subject": "政府主体责任", "sound": "否"}))
    now = ranked(campaign)
    assert [(row.scored.name, row.rank, row.tied) for row in now.rows] == [
        ("甲县", 1, 2), ("丙工区", 1, 2), ("乙县", 3, 1),
    ]  # fmt: skip
    assert "第1名（并列，共2个）　甲县　96.5" in "\n".join(
        ranking_lines(now.rows[0].scored.result.card, from_iso("2022-09-30"), now)
    )


def remark(campaign: Campaign, code: str, about: str, value: Any, on: str = "2022-09-29") -> None:
    """The office changes a mark, with its reason."""
    number = Record.objects.get(ledger="score_lookback", region=code, data__about=about, data__kind="考评").number
    said = {"answer" if isinstance(value, str) else "count": value}
    step = Step("move", from_iso(on), "改评", said, reason="复核")
    entered(campaign, Change(f"remark-{code}-{about}", "score_lookback", (step,), number), actor=CITY)


# Who may -------------------------------------------------------------------------------------------


def test_a_county_sees_its_own_score_and_no_other(campaign: Campaign) -> None:
    mine = Viewer(setting(campaign), county(YI))
    card = find_card(mine, "附件3")
    assert total(seen_score(mine, card, "乙县", from_iso("2022-09-30"))) == "37.9"
    with pytest.raises(Refused) as told:
        seen_score(mine, card, JIA, from_iso("2022-09-30"))
    with pytest.raises(Refused) as absent:
        seen_score(mine, card, "丁县", from_iso("2022-09-30"))
    assert str(told.value).replace(JIA, "") == str(absent.value).replace("丁县", "")
    assert [each.name for each in seen_scores(mine, card, from_iso("2022-09-30"))] == ["乙县"]
    own = ranked(campaign, actor=county(YI))
    assert [(row.scored.name, row.rank) for row in own.rows] == [("乙县", 3)]
    assert own.of == 3


def test_the_records_behind_are_those_that_the_reader_may_see(campaign: Campaign) -> None:
    """The figure is the same for whoever looks."""

    def behind(actor: Actor) -> tuple[Any, int]:
        viewer = Viewer(setting(campaign), actor)
        shown = score_json(viewer, scored(campaign, YI, actor=actor))
        (fact,) = [
            fact
            for group in shown["groups"]
            for item in group["items"]
            for fact in item["facts"]
            if item["item"] == "government" and fact["fact"] == "gov_boards_bad"
        ]
        return (fact["value"], fact["sample"]), len(fact["records"])

    assert behind(OPERATOR) == behind(county(YI)) == (("13", "20"), 13)


def test_a_county_marks_nothing_but_itself(campaign: Campaign) -> None:
    change = mark(YI, "建立动态排查机制", "是", on="2022-09-27")._replace(id="own-mark")
    assert "评分" in " ".join(refused(campaign, change, county(YI)))
    number = Record.objects.get(ledger="score_lookback", region=YI, data__about="应急预案已修订且可操作").number
    step = Step("move", from_iso("2022-09-28"), "改自评", {"answer": "是"}, reason="不服")
    assert refused(campaign, Change("sly", "score_lookback", (step,), number), county(YI)) == ["考评由考评单位更改。"]


def test_a_mark_that_does_not_fit_its_fact_waits(campaign: Campaign) -> None:
    assert refused(campaign, mark(JIA, "运行管理机构", "是")._replace(id="odd"), CITY)
    words = refused(campaign, own(JIA, "运行管理机构", 2)._replace(id="odd-2"), county(JIA))
    assert words == ["自评的是考评项，请核对评分事项。"]


# Self-scores and objections ------------------------------------------------------------------------


def own(code: str, about: str, value: float, on: str = "2022-09-09") -> Change:
    fields = {"about": about, "points": value, "signer": "自评人乙", "reason": "台账为证"}
    return Change(f"own-{code}-{about}", "score_lookback", (Step("create", from_iso(on), "自评", fields, region=code),))


def test_the_self_score_stands_beside_and_the_difference_is_said(campaign: Campaign) -> None:
    visits, phones = "一、组织领导 1 党政主要领导督查", "三、三个责任 3 公布管理人员电话"
    entered(campaign, own(JIA, visits, 5), own(JIA, phones, 6), actor=county(JIA))
    result = scored(campaign, JIA)
    assert total(result) == "96.5"
    assert (result.own_total, result.difference("visits"), result.difference("phones")) == (11, 0, -0.5)
    assert result.difference("body") is None
    lines = "\n".join(score_lines(Viewer(setting(campaign), OPERATOR), result))
    assert "3 公布管理人员电话（6分）：5.5　自评6，差−0.5" in lines
    assert lines.endswith("合计：96.5　自评11")


def test_an_objection_keeps_both_texts_and_its_answer_changes_what_it_says(campaign: Campaign) -> None:
    about = "五、日常管理 2 交办问题整改"
    said = {"about": about, "reason": "该问题非上级交办", "signer": "自评人乙"}
    object_ = Change("o-1", "objections_lookback", (Step("create", from_iso("2022-10-08"), "申诉", said, region=JIA),))
    with time("2022-10-10 09:00"):
        (outcome,) = entered(campaign, object_, actor=county(JIA))
        (told,) = scored(campaign, JIA, "2022-10-09").objections["rectification"]
        assert (told.state, told.reply) == ("申诉中", "")
        step = Step("move", from_iso("2022-10-10"), "答复", {"reply": "成立，来源更正"})
        answer = Change("o-2", "objections_lookback", (step,), outcome.number)
        assert refused(campaign, answer, county(JIA))
        entered(campaign, answer._replace(id="o-3"), actor=CITY)
        put_right = Step("amend", from_iso("2022-10-10"), set={"source": "本次排查"}, reason="申诉成立")
        entered(campaign, Change("o-4", "problems", (put_right,), f"problems-{JIA}-1-1"), actor=CITY)
        (told,) = scored(campaign, JIA, "2022-10-10").objections["rectification"]
        assert (told.reason, told.reply) == ("该问题非上级交办", "成立，来源更正")
        assert total(scored(campaign, JIA, "2022-10-09")) == "96.5"
        assert total(scored(campaign, JIA, "2022-10-10")) == "98.5"
    assert list(verify(setting(campaign))) == []


# Another date --------------------------------------------------------------------------------------


def test_what_came_later_changes_no_earlier_score(campaign: Campaign) -> None:
    assert total(scored(campaign, YI, "2022-09-30")) == "37.9"
    assert scored(campaign, YI, "2022-09-25").result.total.unrated == 9  # marks were made on the 26th
    with time("2022-10-10 09:00"):
        entered(campaign, opened("trainings", "late", YI, {"topic": "消毒"}, "2022-10-05"))
        remark(campaign, YI, "应急预案已修订且可操作", "是", "2022-10-06")
    assert total(scored(campaign, YI, "2022-09-30")) == "37.9"
    assert total(scored(campaign, YI, "2022-10-05")) == "39.9"
    assert total(scored(campaign, YI, "2022-10-06")) == "43.9"


def test_a_problem_is_overdue_from_the_day_after_its_limit(campaign: Campaign) -> None:
    entered(campaign, opened("problems", "slow", JIA, {"source": "信访", "due": "2022-09-29"}))
    assert points(scored(campaign, JIA, "2022-09-29"))["rectification"] == "15"
    assert points(scored(campaign, JIA, "2022-09-30"))["rectification"] == "13"


def test_only_records_opened_in_time_count_where_the_fact_says_so(tmp_path: Path, settings: Any) -> None:
    settings.ZHUANBAN_HOME = tmp_path
    counted = "count: visits, where: {kind: 党政主要领导督查}"
    files = {**FILES}
    files["scorecards.yaml"] = files["scorecards.yaml"].replace(
        counted, f"{counted}, from: 2022-07-14, until: 2022-08-25"
    )
    with time("2022-09-30 09:00"):
        campaign = make(tmp_path, files)
        entered(campaign, *rulings(), *marks(JIA), actor=CITY)
        for number, on in (("a", "2022-07-13"), ("b", "2022-07-14"), ("c", "2022-08-25"), ("d", "2022-08-26")):
            entered(campaign, opened("visits", number, JIA, {"kind": "党政主要领导督查"}, on))
        assert scored(campaign, JIA).facts["leader_visits"].value == 2


# The sheet -----------------------------------------------------------------------------------------


def test_the_sheet_stays_as_printed_and_the_scores_stand_on_another(campaign: Campaign, tmp_path: Path) -> None:
    target = tmp_path / "附件3.xlsx"
    write_score_xlsx(target, Viewer(setting(campaign), OPERATOR), scored(campaign, BING), ("导出人：甲",))
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["附件3", "得分附页"]
    printed = [[cell.value for cell in row] for row in book["附件3"]]
    assert printed[1][0] == "单位（盖章）：丙工区"
    assert printed[2] == ["考核指标", "细化条款及评分标准", "分值"]
    assert printed[3] == ["总分", None, 100]
    assert [row[2] for row in printed[4:]] == [5, 5, 5, 6, 3, 6, 3, 3, 5, 4, 10, 17, 10, 13, 5, None, None, None]
    rows = {str(row[0].value): [cell.value for cell in row] for row in book["得分附页"]}
    assert rows["三、三个责任 3 公布管理人员电话"][3] == 5
    assert "共查20" in str(rows["三、三个责任 3 公布管理人员电话"][6])
    assert rows["四、三项制度 1 运行管理机构"][7] == "考评人甲"
    assert rows["合计"][1:4] == [100, None, 102]
    text = "\n".join(rows)
    assert "裁定 F-02：三次得5分（示例市水利局，示水函〔2022〕02号，2022年9月20日）" in text
