"""What goes in and out about duties and messages."""

from __future__ import annotations

from datetime import date

from ninja import Field, Schema

from zhuanban.api.schemas import ProblemOut, example, one


class ShareOut(Schema):
    part: int = Field(title="分子")
    whole: int = Field(title="分母")
    text: str = Field(title="印出的率", description="舍去尾数：齐全才是 100%。")


class CountOut(Schema):
    due: int = Field(title="应报", description="期限已到的；等于按时、迟报、退回、未报之和。")
    submitted: int = Field(title="已报的")
    on_time: int = Field(title="按时")
    late: int = Field(title="迟报")
    missing: int = Field(title="未报的")
    returned: int = Field(title="退回未重报")
    zero: int = Field(title="其中零报告")
    accepted: int = Field(title="其中已接收")
    undelivered: int = Field(title="其中缺回执")
    coming: int = Field(title="期限未到")
    before_issue: int = Field(title="期限早于发文")
    completeness: ShareOut = Field(title="完整率")
    timeliness: ShareOut = Field(title="及时率")


class UnitCountOut(CountOut):
    unit: str = Field(title="单位代码")
    unit_name: str = Field(title="单位简称")
    light: str = Field(title="信号灯", description="green、yellow、red 或 grey。")


class PeriodCountOut(CountOut):
    duty: str = Field(title="报送任务")
    title: str = Field(title="任务名称")
    period: str = Field(title="期次")


class OwedOut(Schema):
    duty: str = Field(title="报送任务")
    title: str = Field(title="任务名称")
    period: str = Field(title="期次")
    unit: str = Field(title="单位代码")
    unit_name: str = Field(title="单位简称")
    number: str = Field(title="报送件编号")
    record: str = Field(title="为哪一条报", description="空为按单位报。")
    printed: date = Field(title="文件印的期限")
    due: str = Field(title="现行期限")
    status: str = Field(title="情况", description="open、missing、submitted、accepted、returned 或 before_issue。")
    state: str = Field(title="报送件的状态")
    light: str = Field(title="信号灯", description="green、blue（零报告）、yellow、red 或 grey。")
    zero: bool = Field(title="是否零报告")
    received: str = Field(title="首次收到")
    received_last: str = Field(title="末次收到")
    late_seconds: int = Field(title="迟到的秒数")
    late: str = Field(title="迟到多久")
    undelivered: list[str] = Field(title="缺回执的收件单位")


class QuestionOut(Schema):
    duty: str = Field(title="报送任务")
    title: str = Field(title="任务名称")
    word: str = Field(title="事项的键")
    asks: str = Field(title="事项")
    assumed: str = Field(title="现按什么办")
    answered: bool = Field(title="是否已答复")
    answer: str = Field("", title="答复内容")
    reason: str = Field("", title="理由")
    by: str = Field("", title="答复人")
    at: str = Field("", title="答复时刻")


_COUNT = {
    "due": 12, "submitted": 11, "on_time": 9, "late": 2, "missing": 1, "returned": 0, "zero": 2, "accepted": 8,
    "undelivered": 0, "coming": 12, "before_issue": 0, "completeness": {"part": 11, "whole": 12, "text": "91%"},
    "timeliness": {"part": 9, "whole": 12, "text": "75%"},
}  # fmt: skip


class DutiesOut(Schema):
    model_config = example(
        campaign="orchards", as_of="2024-03-21T12:00:00+08:00", total=_COUNT,
        units=[{"unit": "U1", "unit_name": "东镇站", "light": "red", **_COUNT}],
        periods=[{"duty": "weekly", "title": "每周上报", "period": "2024-03-21", **_COUNT}],
        items=[{"duty": "weekly", "title": "每周上报", "period": "2024-03-21", "unit": "U1", "unit_name": "东镇站",
                "number": "U1-2024-03-21", "record": "", "printed": "2024-03-21", "due": "2024-03-21T12:00:00+08:00",
                "status": "submitted", "state": "已报送", "light": "yellow", "zero": False,
                "received": "2024-03-21T12:00:40+08:00", "received_last": "2024-03-21T12:00:40+08:00",
                "late_seconds": 40, "late": "迟40秒", "undelivered": []}],
        questions=[{"duty": "weekly", "title": "每周上报", "word": "until", "asks": "截止", "assumed": "2024-12-31",
                    "answered": False, "answer": "", "reason": "", "by": "", "at": ""}],
        problems=[],
    )  # fmt: skip
    campaign: str = Field(title="行动名")
    as_of: str = Field(title="截至时刻")
    total: CountOut = Field(title="合计数")
    units: list[UnitCountOut] = Field(title="按单位")
    periods: list[PeriodCountOut] = Field(title="按任务和期次")
    items: list[OwedOut] = Field(title="逐件")
    questions: list[QuestionOut] = Field(title="文件没有印、待确认的")
    problems: list[ProblemOut] = Field(title="问题")


class FileRefIn(Schema):
    sha256: str = Field(title="内容校验值", pattern="^[0-9a-f]{64}$")
    name: str = Field(title="附件名", max_length=200)


class FillIn(Schema):
    model_config = example(as_of="2024-03-20", zero=False, files=[])
    as_of: date | None = Field(None, title="数据截止日", description="不填为今天。")
    zero: bool = Field(False, title="是否零报告")
    files: list[FileRefIn] = Field(default_factory=list, title="附件列表", description="先上传。", max_length=50)
    fields: dict[str, str] = Field(default_factory=dict, title="其他栏目", description="键 → 内容。")


class FilledOut(Schema):
    model_config = example(number="U1-2024-03-21", version=2, warnings=[one(ProblemOut)])
    number: str = Field(title="报送件编号")
    version: int = Field(title="报送件版本")
    warnings: list[ProblemOut] = Field(title="提醒", description="表内与须一致的名册不符之处；不妨碍填报。")


class ChangedCellOut(Schema):
    record: str = Field(title="条目（台账/编号）")
    column: str = Field(title="列名")
    was: str = Field(title="报送时")
    is_: str = Field(title="现在", alias="is")


class FormChangesOut(Schema):
    form: str = Field(title="表格")
    title: str = Field(title="表格名称")
    added: list[str] = Field(title="新增的条目")
    gone: list[str] = Field(title="不再有的条目")
    changed: list[ChangedCellOut] = Field(title="改动的格")


class RevisedOut(Schema):
    as_of: date = Field(title="新一稿的数据截止日")
    forms: list[FormChangesOut] = Field(title="各表与前一稿的不同")


class ChangesSinceOut(Schema):
    model_config = example(
        number="U1-2024-03-21", as_of="2024-03-20", pack="9f86…", last_event=812,
        forms=[{"form": "annex", "title": "果园表", "added": ["orchards/G-2"], "gone": [],
                "changed": [{"record": "orchards/G-1", "column": "面积", "was": "3", "is": "3.5"}]}],
        revised=[],
    )  # fmt: skip
    number: str = Field(title="报送件编号")
    as_of: date = Field(title="数据截止日")
    pack: str = Field(title="行动包校验值")
    last_event: int = Field(title="填报时的末一事件")
    forms: list[FormChangesOut] = Field(title="各表的变化")
    revised: list[RevisedOut] = Field(title="退回后重报的各稿")


class SentOut(Schema):
    channel: str = Field(title="外发渠道")
    at: str | None = Field(title="发出时刻")
    tries: int = Field(title="试过几次")
    failure: str = Field(title="没有发出的原因")


class MessageOut(Schema):
    id: int = Field(title="消息号")
    to: str = Field(title="告知谁")
    kind: str = Field(title="种类")
    key: str = Field(title="消息的键")
    title: str = Field(title="正文")
    about: str = Field(title="关于哪一条（台账/编号）")
    at: str = Field(title="告知时刻")
    read_at: str | None = Field(title="已读时刻")
    sent: list[SentOut] = Field(title="外发情况")


class MessagesOut(Schema):
    model_config = example(
        messages=[{"id": 5, "to": "zhao", "kind": "remind", "key": "remind/weekly/U1-2024-03-21/2024-03-21/当日 09:00",
                   "title": "【报送提醒】每周上报 2024-03-21（东镇站）：请在 2024-03-21 12:00 前报送。",
                   "about": "duty_weekly/U1-2024-03-21", "at": "2024-03-21T09:00:00+08:00", "read_at": None,
                   "sent": []}]
    )  # fmt: skip
    messages: list[MessageOut] = Field(title="消息", description="后到的在前，至多 200 条。")
