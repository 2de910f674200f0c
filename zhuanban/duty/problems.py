"""What can be wrong with reports and their dates."""

from __future__ import annotations

from zhuanban.core.problem import Kind

NO_DUTY = Kind("duty-001", "没有报送任务“{duty}”。", "可用的有：{known}。")
NO_SUCH_UNIT = Kind("duty-002", "没有单位“{unit}”。", "请写单位表里的简称、名称或代码。")
NOT_OWED = Kind("duty-003", "“{unit}”在“{duty}”{period}期没有要报的。", "{hint}")
UNIT_UNKNOWN = Kind(
    "duty-004", "报送任务“{duty}”写的单位“{unit}”不在单位表里。", "请在单位表中补上，或核对行动包里的简称。"
)
NO_FILLER = Kind("duty-005", "表格“{form}”还不能由台账填写。", "请联系系统管理员。")
NOTHING_TO_REPORT = Kind("duty-006", "到{day}，本单位没有要填的内容。", "确无情况的，请作零报告（--zero）。")
NOT_NOTHING = Kind("duty-007", "到{day}，本单位有{n}条内容（{forms}），不能作零报告。", "请按表填报。")
NO_ZERO = Kind("duty-008", "“{duty}”不设零报告。", "请按要求填报。")
FILE_NEEDED = Kind("duty-009", "“{duty}”报送的是文件，还没有附上。", "请用 --file 附上文件。")
NO_SIGNER = Kind("duty-010", "签字须具名。", "请以签字人的账号办理（--as），或用 --signer 写明签字人。")
TOO_LATE_TO_EXTEND = Kind("duty-011", "期限 {due} 已过，不能再申请延期。", "请尽快报送，并说明迟报原因。")
NOT_LATER = Kind("duty-012", "{day} 不晚于现在的期限 {due}。", "请填写更晚的日期。")
NOTHING_ASKED = Kind("duty-013", "没有待批的延期申请。", "请先由报送单位申请延期。")
NOT_BEFORE_ISSUE = Kind("duty-014", "期限 {due} 不早于发文日期，不能补定期限。", "确需延期的，由报送单位申请延期。")
NO_COPY = Kind("duty-015", "“{unit}”不是本任务的收件单位。", "收件单位：{known}。")
NO_QUESTION = Kind("duty-016", "“{duty}”没有待确认的“{word}”。", "待确认的有：{known}。")
ANSWER_NEEDED = Kind("duty-017", "“{word}”要写明{what}。", "请补充{what}，或另选一项确认。")
NO_REPORT = Kind("duty-018", "{number} 还没有填报过，没有可比的数据。", "请先填报。")
FIGURES_LOST = Kind("duty-019", "{number} 报送时的数据读不出来。", "请用备份核对附件（zhuanban verify）。")
NO_FIELD = Kind("duty-020", "“{field}”写法不对。", "写作 栏目=内容，栏目用名称或键。")
TOMORROW = Kind("duty-021", "{day} 还没有到，不能填报到那一天。", "请填写今天或更早的日期。")
CLOCK_AHEAD = Kind("duty-022", "{until} 还没有到，不能提前提醒。", "请去掉 --until，或填写更早的时刻。")
NOBODY_TOLD = Kind("duty-023", "“{unit}”没有人担任{posts}，{title}的提醒无人可送。", "请为该单位指定人员。")
FILE_UNREADABLE = Kind("duty-025", "附件不能读取：{why}。", "请核对路径。")
STAMP_DIFFERS = Kind(
    "duty-026", "盖章件所载{rows}条，报送时的数据是{was}条。", "请核对盖章件；数据确有误的，退回重报。"
)
UNEXPLAINED = Kind(
    "duty-027", "还有事项须先说明，才能报送。{doubt}", "请更正后重新填报；确实如此的，用 --reason 写明原因再报送。"
)
NO_PROOF = Kind(
    "duty-028", "“{figure}”里的 {number} 没有佐证（{fields}）。", "请先在台账补上；补不上的，报送时说明原因。"
)
DELIVERED = Kind("duty-029", "{unit}的回执已登记为 {known}。", "登记错了的，用 --reason 写明原因再改。")
ROSTER_EMPTY = Kind(
    "duty-030",
    "“{duty}”的报送单位由“{roster}”得出，名单还是空的。",
    "请先登记名单：zhuanban import {campaign} {key} 表格文件。",
)
NO_FORM_STEP = Kind("duty-024", "“{duty}”没有“{step}”这一步。", "请核对行动包。")
