"""What can be wrong with an archive."""

from __future__ import annotations

from zhuanban.core.problem import Kind

ONE_SUBJECT = Kind("archive-001", "没有说清要归档的是什么。", "请写 --region 区划，或 --record 台账/编号，只写一样。")
NOT_A_RECORD = Kind("archive-002", "“{text}”不是“台账/编号”。", "请写成 台账/编号，例如 台账的键/条目编号。")
NO_PDF = Kind("archive-004", "目录的 PDF 没有排出来（{why}）。", "请看内存是否够用，再试一次。")
NOT_YET = Kind("archive-005", "{number} 到{day}还没有登记，或已撤回。", "请核对编号，或换一个截止日期。")
DAY_AHEAD = Kind("archive-006", "{day} 还没有到。", "截止日期请写今天或以前的日子。")
EMPTY = Kind("archive-003", "“{subject}”没有可以归档的条目。", "请核对区划或编号。")
