"""What goes in and out of the API. Titles and notes in Chinese: they are the API's manual (`/api/openapi.json`)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

Number = Annotated[str, Field(max_length=80)]
Code = Annotated[str, Field(max_length=32)]
Reason = Annotated[str, Field(max_length=500)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def example(**said: Any) -> ConfigDict:
    """Extra keys are refused (a misspelt key must not be lost in silence); `said` is the printed example."""
    return ConfigDict(extra="forbid", json_schema_extra={"example": said})


def one(schema: type[BaseModel]) -> Any:
    """A schema's example, for the example of what holds it."""
    extra = schema.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    return extra["example"]


# Problems -------------------------------------------------------------------------------------------------------------


class ProblemOut(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "ledger-007",
                "says": "“用户名称”为空。",
                "advice": "“登记”必须填写此项，请补充后再报。",
                "place": {"field": "用户名称"},
            }
        }
    )
    code: str = Field(title="问题代码", description="各版本不变，程序可据此判断。")
    says: str = Field(title="错在哪里")
    advice: str = Field(title="怎么办")
    place: dict[str, Any] = Field(
        default_factory=dict, title="位置", description="只列已知的：record、field、cell 等。"
    )


class Problems(Schema):
    model_config = ConfigDict(json_schema_extra={"example": {"problems": [one(ProblemOut)]}})
    problems: list[ProblemOut] = Field(title="全部问题", description="一次列全，不只第一个。")


# Signing in -----------------------------------------------------------------------------------------------------------


class SignIn(Schema):
    model_config = example(login="donghu-01", password="********")  # noqa: S106
    login: str = Field(title="账号", min_length=1, max_length=150)
    password: str = Field(title="密码", min_length=1, max_length=1000)


class CsrfOut(Schema):
    model_config = example(token="k3…Q9")  # noqa: S106
    token: str = Field(title="防伪令牌", description="用会话登录时，写请求须在 X-CSRFToken 头里带上它。")


class HeldPost(Schema):
    post: str = Field(title="岗位")
    title: str = Field(title="岗位名称")
    region: str = Field(title="区划代码", description="空为不限区划。")
    region_name: str = Field(title="区划名称")
    unit: str = Field(title="单位代码")
    unit_name: str = Field(title="单位名称")


class MyCampaign(Schema):
    name: str = Field(title="行动名称")
    title: str = Field(title="行动全称")
    posts: list[HeldPost] = Field(title="所任岗位")


class Me(Schema):
    model_config = example(
        login="donghu-01",
        title="东湖街道经办",
        campaigns=[
            {
                "name": "spring",
                "title": "春季果园普查",
                "posts": [
                    {"post": "town", "title": "乡镇站", "region": "411300101", "region_name": "东镇", "unit": "",
                     "unit_name": ""}
                ],
            }
        ],
    )  # fmt: skip
    login: str = Field(title="账号")
    title: str = Field(title="显示名称")
    campaigns: list[MyCampaign] = Field(title="参加的行动")


# Campaigns ------------------------------------------------------------------------------------------------------------


class CampaignBrief(Schema):
    model_config = example(name="spring", title="春季果园普查", start="2024-01-01", demo_clock=False)
    name: str = Field(title="行动名称", description="地址里用它。")
    title: str = Field(title="行动全称")
    start: date = Field(title="开始日期")
    demo_clock: bool = Field(title="演示时钟", description="为真时，事件的获知时间是演示设定的，不是实际时间。")


class Campaigns(Schema):
    model_config = example(campaigns=[one(CampaignBrief)])
    campaigns: list[CampaignBrief] = Field(title="行动")


class FieldOut(Schema):
    key: str = Field(title="字段")
    title: str = Field(title="名称")
    type: str = Field(title="类型")
    required: bool = Field(title="必填")
    options: list[str] = Field(title="选项")
    open: bool = Field(title="可填选项以外的词")
    many: bool = Field(title="可填多项")
    ledger: str = Field(title="所指台账")
    unit: str = Field(title="计量单位")
    decimals: int = Field(title="小数位数")
    minimum: float | None = Field(title="最小值")
    maximum: float | None = Field(title="最大值")
    pattern: str = Field(title="写法", description="正则表达式，须全文相符。")
    personal: str = Field(title="个人信息种类", description="非空的一律隐去。")
    may_reveal: bool = Field(title="本人可展开查看")
    help: str = Field(title="填写说明")


class StateOut(Schema):
    key: str = Field(title="状态")
    reached: list[str] = Field(title="已到达的节点")
    closed: bool = Field(title="已了结")


class MoveOut(Schema):
    key: str = Field(title="步骤")
    from_states: list[str] = Field(title="从哪些状态", description="new 为新登记。")
    to: str = Field(title="到哪个状态", description="same 为状态不变。")
    by: list[str] = Field(title="由哪些岗位办")
    needs: list[str] = Field(title="须填字段")
    reason: bool = Field(title="须写理由")
    mine: bool = Field(title="本人的岗位可办")


class LedgerOut(Schema):
    key: str = Field(title="台账")
    title: str = Field(title="名称")
    word: str = Field(title="量词")
    number_title: str = Field(title="编号的名称")
    number_given: bool = Field(title="编号由原台账给定")
    region_level: str = Field(title="登记到哪一级")
    unit_required: bool = Field(title="须有责任单位")
    fields: list[FieldOut] = Field(title="字段")
    states: list[StateOut] = Field(title="状态")
    moves: list[MoveOut] = Field(title="步骤")
    may_amend: bool = Field(title="本人的岗位可更正")
    help: str = Field(title="说明")


class ColumnOut(Schema):
    key: str = Field(title="列")
    title: str = Field(title="列名")
    kind: Literal["count", "regions", "ratio", "text", "formula"] = Field(title="种类")


class TableBrief(Schema):
    key: str = Field(title="统计表")
    title: str = Field(title="名称")
    head: str = Field(title="左上角")
    by: str = Field(title="按什么分行", description="region 区划，unit 单位，其余为字段。")
    columns: list[ColumnOut] = Field(title="列")


class ListBrief(Schema):
    key: str = Field(title="清单")
    title: str = Field(title="名称")
    ledger: str = Field(title="台账")


class LevelOut(Schema):
    key: str = Field(title="级")
    title: str = Field(title="名称")
    names: list[str] = Field(title="该级区划的叫法")


class StageOut(Schema):
    key: str = Field(title="阶段")
    title: str = Field(title="名称")
    start: date | None = Field(title="起")
    end: date | None = Field(title="止")


class CampaignOut(CampaignBrief):
    model_config = example(
        **one(CampaignBrief), today="2024-03-01", pack="orchard", pack_sha256="9f86d081884c7d65",
        posts=[{"post": "town", "title": "乡镇站", "region": "411300101", "region_name": "东镇", "unit": "",
                "unit_name": ""}],
        sees_all=False, top="411300101", levels=[{"key": "town", "title": "第一级", "names": ["镇"]}], stages=[],
        ledgers=[
            {"key": "orchards", "title": "果园台账", "word": "个", "number_title": "编号", "number_given": False,
             "region_level": "village", "unit_required": False,
             "fields": [
                 {"key": "kind", "title": "树种", "type": "choice", "required": True, "options": ["桃", "梨"],
                  "open": False, "many": False, "ledger": "", "unit": "", "decimals": 0, "minimum": None,
                  "maximum": None, "pattern": "", "personal": "", "may_reveal": False, "help": ""}
             ],
             "states": [{"key": "已登记", "reached": ["登记"], "closed": False}],
             "moves": [{"key": "登记", "from_states": ["new"], "to": "已登记", "by": ["乡镇站"], "needs": [],
                        "reason": False, "mine": True}],
             "may_amend": True, "help": ""}
        ],
        tables=[{"key": "progress", "title": "进度表", "head": "区域", "by": "region",
                 "columns": [{"key": "all", "title": "登记（个）", "kind": "count"}]}],
        overview=["progress"],
        lists=[{"key": "idle", "title": "久未到访的果园", "ledger": "orchards"}],
    )  # fmt: skip
    today: date = Field(title="今天")
    pack: str = Field(title="行动包")
    pack_sha256: str = Field(title="行动包内容的校验值")
    posts: list[HeldPost] = Field(title="本人所任岗位")
    sees_all: bool = Field(title="可看全部区划和单位")
    top: str = Field(title="本人管辖的最高区划", description="统计表不写区划时即以此为准。")
    levels: list[LevelOut] = Field(title="网格各级")
    stages: list[StageOut] = Field(title="阶段")
    ledgers: list[LedgerOut] = Field(title="台账")
    tables: list[TableBrief] = Field(title="统计表")
    overview: list[str] = Field(title="首页上的统计表", description="统计表的键，按行动包写明的次序。")
    lists: list[ListBrief] = Field(title="清单")


class NodeOut(Schema):
    model_config = example(code="411300101", name="东镇", parent="411300", level=1, children=2)
    code: str = Field(title="代码")
    name: str = Field(title="名称")
    parent: str = Field(title="上级代码")
    level: int = Field(title="第几级", description="0 为全域。")
    children: int = Field(title="下级个数")


class Nodes(Schema):
    model_config = example(nodes=[one(NodeOut)])
    nodes: list[NodeOut] = Field(title="区划或单位")


# Records --------------------------------------------------------------------------------------------------------------


class RecordOut(Schema):
    model_config = example(
        ledger="orchards", number="G-411300101201-001", state="已登记", region="411300101201", region_name="甲村",
        unit="", unit_name="", withdrawn=False, version=1, since="2024-01-05", on="2024-01-05",
        at="2024-01-05T16:20:00+08:00", flags=[], fields={"owner": "李＊＊"},
    )  # fmt: skip
    ledger: str = Field(title="台账")
    number: str = Field(title="编号")
    state: str = Field(title="状态")
    region: str = Field(title="区划代码")
    region_name: str = Field(title="区划名称")
    unit: str = Field(title="单位代码")
    unit_name: str = Field(title="单位名称")
    withdrawn: bool = Field(title="已撤回")
    version: int = Field(title="版本", description="提交变更时作为 base 带上，可发现他人同时的改动。")
    since: date = Field(title="登记日")
    on: date = Field(title="最近变动日")
    at: str = Field(title="最近获知时间", description="北京时间，ISO 8601。")
    flags: list[str] = Field(title="疑点")
    fields: dict[str, Any] = Field(title="内容", description="个人信息已隐去。")


class RecordsOut(Schema):
    model_config = example(records=[one(RecordOut)], next="", count=1)
    records: list[RecordOut] = Field(title="条目", description="按编号排列。")
    next: str = Field(title="下一页", description="作为 after 带上；空为已到末页。")
    count: int | None = Field(title="总数", description="只在第一页给出。")


class EventOut(Schema):
    version: int = Field(title="序号")
    verb: str = Field(title="动作")
    title: str = Field(title="动作名称")
    on: date = Field(title="发生日期")
    counts_on: date = Field(title="计入日期", description="改期后的日期。")
    at: str = Field(title="获知时间")
    by: str = Field(title="何人")
    change: str = Field(title="变更编号")
    to: str = Field("", title="到哪个状态", description="same 为状态不变。以下各项，没有的不列。")
    region: str = Field("", title="移到的区划代码")
    region_name: str = Field("", title="移到的区划名称")
    unit: str = Field("", title="责任单位代码")
    unit_name: str = Field("", title="责任单位名称")
    reason: str = Field("", title="理由")
    of: int = Field(0, title="改期的是第几号事件")
    flags: list[str] = Field(default_factory=list, title="疑点")
    alike: list[dict[str, str]] = Field(default_factory=list, title="有相同照片的条目", description="只列可见的。")
    likely: list[dict[str, str]] = Field(
        default_factory=list, title="可能是同一件的条目", description="登记时所见，只列可见的。"
    )
    placed: dict[str, int] = Field(default_factory=dict, title="按图层第几版判定")
    source: dict[str, Any] = Field(default_factory=dict, title="来源")
    fields: dict[str, Any] = Field(default_factory=dict, title="写了哪些字段", description="null 为清空。")


class HistoryOut(RecordOut):
    model_config = example(
        **one(RecordOut),
        events=[
            {"version": 1, "verb": "create", "title": "登记", "on": "2024-01-05", "counts_on": "2024-01-05",
             "at": "2024-01-05T16:20:00+08:00", "by": "donghu-01", "change": "0b7c1d1e", "to": "已登记",
             "region": "411300101201", "region_name": "甲村", "fields": {"owner": "李＊＊"}}
        ],
    )  # fmt: skip
    placed: dict[str, int] = Field(default_factory=dict, title="各分区按图层第几版判定")
    events: list[EventOut] = Field(title="经过")


class FormField(Schema):
    key: str = Field(title="字段")
    title: str = Field(title="名称")


class OfferOut(Schema):
    model_config = example(
        move="核实", to="已核实", needs=[{"key": "checker", "title": "核实人"}], reason=False, blocked=[]
    )
    move: str = Field(title="步骤")
    to: str = Field(title="到哪个状态")
    needs: list[FormField] = Field(title="须填字段")
    reason: bool = Field(title="须写理由")
    blocked: list[ProblemOut] = Field(title="现在还不能办的原因", description="空为现在可办。")


class Offers(Schema):
    model_config = example(moves=[one(OfferOut)], may_amend=True)
    moves: list[OfferOut] = Field(title="现在可办的步骤")
    may_amend: bool = Field(title="可更正、移转、改期、撤回、恢复")


class RevealIn(Schema):
    model_config = example(field="owner_phone", reason="电话回访，核实信息")
    field: str = Field(title="字段", max_length=60)
    reason: Reason = Field(title="理由", description="记入查看日志。")


class RevealOut(Schema):
    model_config = example(value="13900000000")
    value: Any = Field(title="原值", description="文件字段附带 ticket，10分钟内可凭它下载。")


# Changes --------------------------------------------------------------------------------------------------------------
# Plain models: ninja's own read each level of what comes in twice, so a step inside a change inside a list eight times.


class StepIn(BaseModel):
    model_config = example(
        verb="create", on="2024-01-05", move="登记", set={"kind": "桃", "area": 3.5}, region="411300101201"
    )
    verb: str = Field(
        title="动作", max_length=12,
        description="create 登记、move 流转、amend 更正、transfer 移转、redate 改期、withdraw 撤回、restore 恢复。",
    )  # fmt: skip
    on: date | None = Field(None, title="发生日期", description="不填为今天；更正不填为该内容上次写明的日期。")
    move: str = Field("", title="步骤", max_length=60)
    set: dict[str, Any] = Field(default_factory=dict, title="要写的字段")
    region: Code | None = Field(None, title="区划代码")
    unit: Code | None = Field(None, title="单位代码")
    reason: Reason = Field("", title="理由")
    of: int | None = Field(None, title="改期的是第几号事件")


class ChangeIn(BaseModel):
    model_config = example(
        id="0b7c1d1e-5a51-4f0e-9f0e-0c8f2f6f7a11",
        ledger="orchards",
        steps=[{"verb": "create", "on": "2024-01-05", "set": {"kind": "桃"}, "region": "411300101201"}],
    )
    id: str = Field(title="变更编号", min_length=1, max_length=64, description="客户端自拟，同一编号重发不会重复登记。")
    ledger: str = Field(title="台账", max_length=40)
    steps: list[StepIn] = Field(title="步骤", min_length=1, max_length=50)
    number: Number = Field("", title="条目编号", description="新登记且由系统编号的不填。")
    base: int | None = Field(None, title="所见版本", ge=0, le=2**53)
    source: dict[str, Any] = Field(default_factory=dict, title="来源", description="如设备、应用版本；记入事件。")


class ChangesIn(BaseModel):
    model_config = example(changes=[one(ChangeIn)])
    changes: list[ChangeIn] = Field(title="变更", min_length=1, max_length=500)


class OutcomeOut(Schema):
    model_config = example(
        change="0b7c1d1e-5a51-4f0e-9f0e-0c8f2f6f7a11", status="entered", number="G-411300101201-001", version=1,
        problems=[],
    )  # fmt: skip
    change: str = Field(title="变更编号")
    status: Literal["entered", "unchanged", "already", "waiting"] = Field(
        title="结果",
        description="entered 已登记；unchanged 没有新内容；already 先前已登记；waiting 有问题，存入收件箱。",
    )
    number: str = Field(title="条目编号")
    version: int = Field(title="版本")
    problems: list[ProblemOut] = Field(title="问题")


class OutcomesOut(Schema):
    model_config = example(outcomes=[one(OutcomeOut)], waiting=0)
    outcomes: list[OutcomeOut] = Field(title="逐件结果", description="与送来的次序相同。")
    waiting: int = Field(title="存入收件箱的件数", description="0 为全部办妥。")


# Tables ---------------------------------------------------------------------------------------------------------------


class CellOut(Schema):
    column: str = Field(title="列")
    text: str = Field(title="印出的数")
    value: int | None = Field(title="整数值", description="带小数的以最小单位计。")
    part: int | None = Field(title="比率的分子")
    whole: int | None = Field(title="比率的分母")


class RowOut(Schema):
    key: str = Field(title="行")
    name: str = Field(title="行名")
    total: bool = Field(title="合计行")
    region: str = Field(title="可下钻的区划", description="空为不能下钻。")
    cells: list[CellOut] = Field(title="各格")


class PlaceOut(Schema):
    code: str = Field(title="代码")
    name: str = Field(title="名称")


class TableOut(Schema):
    model_config = example(
        key="progress", title="进度表", head="区域", as_of="2024-03-01", region="411300",
        path=[{"code": "411300", "name": "某县"}],
        columns=[{"key": "all", "title": "登记（个）", "kind": "count"}],
        rows=[{"key": "total", "name": "合计", "total": True, "region": "",
               "cells": [{"column": "all", "text": "52", "value": 52, "part": None, "whole": None}]}],
    )  # fmt: skip
    key: str = Field(title="统计表")
    title: str = Field(title="名称")
    head: str = Field(title="左上角")
    as_of: date = Field(title="截止日期")
    region: str = Field(title="所问区划")
    path: list[PlaceOut] = Field(title="从全域到所问区划")
    columns: list[ColumnOut] = Field(title="列")
    rows: list[RowOut] = Field(title="行", description="不在管辖范围内的行不列，合计也随之不列。")


class BehindOut(Schema):
    ledger: str = Field(title="台账")
    number: str = Field(title="编号")
    n: int = Field(title="计入的数")
    state: str = Field(title="截止日的状态")
    region: str = Field(title="截止日的区划代码")
    region_name: str = Field(title="区划名称")
    unit: str = Field(title="截止日的单位代码")
    since: date = Field(title="从哪天起计入")
    event: str = Field(title="因哪一步计入")
    event_version: int = Field(title="该步的序号")


class CellBehindOut(Schema):
    model_config = example(
        table="progress", row="total", column="all", as_of="2024-03-01", text="1", count=1, next="",
        records=[{"ledger": "orchards", "number": "G-411300101201-001", "n": 1, "state": "已登记",
                  "region": "411300101201", "region_name": "甲村", "unit": "", "since": "2024-01-05", "event": "登记",
                  "event_version": 1}],
    )  # fmt: skip
    table: str = Field(title="统计表")
    row: str = Field(title="行")
    column: str = Field(title="列")
    as_of: date = Field(title="截止日期")
    text: str = Field(title="印出的数")
    count: int | None = Field(title="条目数", description="不逐条看完就不能知道的为空。")
    next: str = Field(title="下一页", description="作为 after 带上；空为已到末页。")
    records: list[BehindOut] = Field(title="数背后的条目")


class CitedOut(Schema):
    ledger: str = Field(title="台账")
    number: str = Field(title="编号", description="没有报的报送件只有编号，没有条目。")
    says: str = Field(title="情况")


class ListedOut(Schema):
    number: str = Field(title="编号", description="空为所列的是区划、单位、选项或时段。")
    region: str = Field(title="区划代码")
    region_name: str = Field(title="区划名称")
    state: str = Field(title="状态")
    unit: str = Field(title="单位代码", description="按单位列的才有。")
    unit_name: str = Field(title="单位名称")
    says: str = Field(title="说明", description="所缺的栏目、选项、时段，或件数。")
    facts: list[CitedOut] = Field(title="所据的条目")


class ListOut(Schema):
    model_config = example(
        key="idle", title="久未到访的果园", ledger="orchards", as_of="2024-03-01", count=1,
        entries=[{
            "number": "G-411300101201-001", "region": "411300101201", "region_name": "甲村", "state": "已登记",
            "unit": "", "unit_name": "", "says": "缺责任人", "facts": [],
        }],
    )  # fmt: skip
    key: str = Field(title="清单")
    title: str = Field(title="名称")
    ledger: str = Field(title="台账")
    as_of: date = Field(title="截止日期")
    count: int = Field(title="总数")
    entries: list[ListedOut] = Field(title="条目", description="至多列 1000 条。")


# Inbox ----------------------------------------------------------------------------------------------------------------


class WaitingOut(Schema):
    model_config = example(
        id=7, ledger="orchards", number="", change="0b7c1d1e", reason="ledger-007",
        problems=[
            {"code": "ledger-007", "says": "“面积”为空。", "advice": "请补充后再报。", "place": {"field": "面积"}}
        ],
        source={"file": "东镇.xlsx", "row": 12}, region="411300101201", unit="", fields={"kind": "桃"},
        by="donghu-01", at="2024-01-05T16:20:00+08:00", settled="",
    )  # fmt: skip
    id: int = Field(title="收件号")
    ledger: str = Field(title="台账")
    number: str = Field(title="条目编号")
    change: str = Field(title="变更编号")
    reason: str = Field(title="首个问题的代码")
    problems: list[ProblemOut] = Field(title="问题")
    source: dict[str, Any] = Field(title="来源")
    region: str = Field(title="区划代码")
    unit: str = Field(title="单位代码")
    fields: dict[str, Any] = Field(title="内容", description="个人信息已隐去。")
    by: str = Field(title="报送人")
    at: str = Field(title="收到时间")
    settled: str = Field(title="如何了结", description="空为未了结。")


class InboxOut(Schema):
    model_config = example(items=[one(WaitingOut)], next=None, count=1)
    items: list[WaitingOut] = Field(title="收件", description="先到的在前。")
    next: int | None = Field(title="下一页", description="作为 after 带上；空为已到末页。")
    count: int = Field(title="总数")


class DiscardIn(Schema):
    model_config = example(reason="与 G-411300101201-001 重复")
    reason: Reason = Field(title="理由")


class StepPatch(Schema):
    model_config = example(step=0, set={"area": 3.5})
    step: int = Field(0, title="第几步", ge=0, le=49, description="从 0 数起。")
    set: dict[str, Any] = Field(default_factory=dict, title="要改的字段", description="没有列出的照原样。")
    on: date | None = Field(None, title="发生日期")
    region: Code | None = Field(None, title="区划代码")
    unit: Code | None = Field(None, title="单位代码")
    reason: Reason | None = Field(None, title="理由")


class RetryIn(Schema):
    model_config = example(patches=[{"step": 0, "set": {"area": 3.5}}])
    patches: list[StepPatch] = Field(default_factory=list, title="改动", max_length=50)
    number: Number | None = Field(None, title="条目编号")
    base: int | None = Field(None, title="所见版本", ge=0, le=2**53)


class RetryOut(Schema):
    model_config = example(status="entered", number="G-411300101201-001", version=1, problems=[])
    status: str = Field(title="结果")
    number: str = Field(title="条目编号")
    version: int = Field(title="版本")
    problems: list[ProblemOut] = Field(title="问题")


class Done(Schema):
    model_config = example(done=True)
    done: bool = Field(True, title="已办")
