"""What can be wrong with channels, messages and alarms."""

from __future__ import annotations

from zhuanban.core.problem import Kind

HEADS = Kind("notify-001", "通知渠道表缺少“{head}”列。", "表头应为：账号,地址。")
UNREADABLE = Kind("notify-002", "通知渠道表不是 UTF-8 文字。", "请用 UTF-8 编码另存。")
ADDRESS = Kind("notify-003", "第{line}行的地址不能识别。", "地址写法见说明，如 wecombot://、dingtalk://、mailto://。")
EMPTY = Kind("notify-004", "账号或地址为空。", "请补上；发给所有人的账号写 *。")
NO_MESSAGE = Kind("notify-005", "没有这条消息。", "请刷新消息列表。")
NO_ALARM = Kind("notify-006", "没有这个警报，或不在您的管辖范围内。", "请核对警报编号。")
