"""What can be wrong with a request. One list; codes never change their meaning."""

from __future__ import annotations

from zhuanban.core.problem import Kind

NOT_THERE = Kind("api-001", "找不到这一项，或不在您的管辖范围内。", "请核对编号和地址，或联系上级办公室。")
SIGN_IN_FIRST = Kind("api-002", "还没有登录，或登录已过期。", "请先登录，或带上有效的访问令牌。")
FORGED = Kind("api-003", "请求没有带上防伪令牌，或令牌已过期。", "请刷新页面，从本系统的页面上重新办理。")
VALUE_WRONG = Kind("api-004", "“{field}”填写不对：{what}。", "请按接口说明改正后重发。")
NOT_JSON = Kind("api-005", "收到的内容不是 JSON。", "请用 UTF-8 编码的 JSON，并写明 Content-Type: application/json。")
TOO_LARGE = Kind("api-006", "收到的内容超过 {limit} MB。", "请分成几次报送。")
BROKEN = Kind("api-007", "系统出了差错，这次没有办成。", "请稍后再试；仍不行，请把差错编号 {id} 告诉管理员。")
METHOD = Kind("api-008", "这个地址不接受 {method} 请求。", "请核对接口说明。")
NO_LENGTH = Kind("api-009", "请求没有写明长度。", "请写明 Content-Length。")
NOT_A_CHANGE = Kind("api-010", "这一件是表格里没有读懂的一行，不能在此重报。", "请在原表中改正该行，再次收表。")
NO_STEP = Kind("api-011", "这一件没有第 {step} 步。", "请核对步骤序号，从 0 数起。")
DISCARD_REASON = Kind("api-012", "没有写明理由。", "作废须写明理由；作废后仍可在收件箱的已办部分查到。")
NO_FILE = Kind("api-013", "没有收到文件。", "请用表单字段 file 上传一个文件。")
