"""What goes out about scorecards. Points are exact numbers as text."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from zhuanban.api.schemas import example, one

_TOTAL = {"low": "38.5", "high": "40", "settled": False, "unrated": 1}


class CardOut(Schema):
    model_config = example(key="yearly", name="附件3", title="果园管护考评细则", source="方案第六条", level="town")
    key: str = Field(title="键")
    name: str = Field(title="附件名")
    title: str = Field(title="名称")
    source: str = Field(title="依据的条文")
    level: str = Field(title="考评哪一级区划", description="空为考评单位。")


class CardsOut(Schema):
    model_config = example(scorecards=[one(CardOut)])
    scorecards: list[CardOut] = Field(title="考评细则")


class PointsOut(Schema):
    model_config = example(**_TOTAL)
    low: str = Field(title="最低", description="只计已评的项。")
    high: str = Field(title="最高", description="疑点裁定前，各种读法中的最高。")
    settled: bool = Field(title="已定", description="没有未评和待裁定的。")
    unrated: int = Field(title="未评的项数")


class ScoredOut(Schema):
    model_config = example(
        code="411300101", name="东镇", total=_TOTAL, own_total="41", groups={"care": _TOTAL}, rank=None, tied=0
    )
    code: str = Field(title="代码")
    name: str = Field(title="名称")
    total: PointsOut = Field(title="合计")
    own_total: str | None = Field(title="自评合计")
    groups: dict[str, PointsOut] = Field(title="各组")
    rank: int | None = Field(title="名次", description="在全部考评对象中的名次，同分并列；空为未定，不排名。")
    tied: int = Field(title="并列的个数", description="连同自己。")


class ScoresOut(Schema):
    model_config = example(
        card="yearly", title="果园管护考评细则", as_of="2024-11-30", of=2, open=1, scores=[one(ScoredOut)]
    )
    card: str = Field(title="考评细则")
    title: str = Field(title="名称")
    as_of: date = Field(title="截止日期")
    of: int = Field(title="考评对象总数")
    open: int = Field(title="其中未排名的")
    scores: list[ScoredOut] = Field(title="各家得分", description="只列管辖范围内的，名次在前的在前。")


class MarkOut(Schema):
    number: str = Field(title="评分条目编号")
    on: date = Field(title="评分日期")
    reason: str = Field(title="评分理由")
    signer: str = Field(title="签字人")
    evidence: list[str] = Field(title="评分附件")


class BehindFactOut(Schema):
    ledger: str = Field(title="台账", description="空为不是条目。")
    number: str = Field(title="编号")


class FactOut(Schema):
    fact: str = Field(title="事实")
    title: str = Field(title="名称")
    value: str | None = Field(title="数或判定", description="空为没有依据。")
    word: str = Field(title="量词")
    sample: str | None = Field(title="抽查数")
    records: list[BehindFactOut] = Field(title="所据的条目", description="只列本人可见的。")
    mark: MarkOut | None = Field(title="签字的评分")


class OutcomeOut(Schema):
    readings: dict[str, str] = Field(title="疑点的读法", description="空文字为照印。")
    low: str = Field(title="最低")
    high: str = Field(title="最高")
    says: list[str] = Field(title="怎样算出")


class ObjectionOut(Schema):
    number: str = Field(title="编号")
    on: date = Field(title="日期")
    state: str = Field(title="状态")
    reason: str = Field(title="申诉理由")
    reply: str = Field(title="答复意见")


class ItemOut(Schema):
    item: str = Field(title="考评项")
    no: str = Field(title="条款号")
    title: str = Field(title="名称")
    points: str | None = Field(title="分值")
    text: str = Field(title="条文")
    status: str = Field(title="评分情形", description="已评、未评、待裁定。")
    low: str | None = Field(title="最低")
    high: str | None = Field(title="最高")
    missing: list[str] = Field(title="没有依据的事实")
    open: list[str] = Field(title="待裁定的疑点")
    ruled: dict[str, str] = Field(title="已裁定的读法")
    outcomes: list[OutcomeOut] = Field(title="各种读法的得分")
    own: str | None = Field(title="自评分")
    own_reason: str = Field(title="自评理由")
    own_signer: str = Field(title="自评签字人")
    difference: str | None = Field(title="得分减自评分")
    objections: list[ObjectionOut] = Field(title="申诉")
    facts: list[FactOut] = Field(title="所据事实")


class GroupOut(PointsOut):
    group: str = Field(title="所在组")
    title: str = Field(title="名称")
    points: str | None = Field(title="分值")
    items: list[ItemOut] = Field(title="考评项")


class RulingOut(Schema):
    doubt: str = Field(title="疑点")
    reading: str = Field(title="读法")
    office: str = Field(title="裁定单位")
    paper: str = Field(title="裁定文件")
    on: date = Field(title="裁定于")
    number: str = Field(title="编号")


_ITEM: dict[str, Any] = {
    "item": "pruning", "no": "1", "title": "修剪", "points": "10", "text": "每株不合格扣0.5分", "status": "已评",
    "low": "9.5", "high": "9.5", "missing": [], "open": [], "ruled": {},
    "outcomes": [{"readings": {}, "low": "9.5", "high": "9.5", "says": ["基础分10", "不合格1（共查20）×0.5，扣0.5"]}],
    "own": "10", "own_reason": "", "own_signer": "甲", "difference": "-0.5", "objections": [],
    "facts": [{"fact": "bad", "title": "不合格", "value": "1", "word": "株", "sample": "20",
               "records": [{"ledger": "trees", "number": "S-001"}], "mark": None}],
}  # fmt: skip


class ScoreOut(Schema):
    model_config = example(
        card="yearly", title="果园管护考评细则", as_of="2024-11-30", code="411300101", name="东镇", points="100",
        total=_TOTAL, own_total="41", rulings=[],
        groups=[{"group": "care", "title": "一、管护", "points": "10", **_TOTAL, "items": [_ITEM]}],
    )  # fmt: skip
    card: str = Field(title="考评细则")
    title: str = Field(title="名称")
    as_of: date = Field(title="截止日期")
    code: str = Field(title="代码")
    name: str = Field(title="考评对象")
    points: str | None = Field(title="总分")
    total: PointsOut = Field(title="合计")
    own_total: str | None = Field(title="自评合计")
    groups: list[GroupOut] = Field(title="各组")
    rulings: list[RulingOut] = Field(title="裁定")
