"""What can be wrong with the sums, in the reader's language. One list; codes never change their meaning."""

from __future__ import annotations

from zhuanban.core.problem import Kind

TALLY_OFF = Kind(
    "tally-001",
    "统计与事件不符：{what}，{where}，{when}的增减应为 {right}，现为 {wrong}。",
    "请运行 zhuanban tally rebuild，由事件重新统计。",
)
NOT_COMPARED = Kind(
    "tally-009",
    "“{campaign}”的统计没有核对：行动包或事件被改动过，算不出应有的数。",
    "请先用备份恢复，再运行 zhuanban verify。",
)
