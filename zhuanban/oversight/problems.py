"""Everything that can be wrong with a draw."""

from zhuanban.core.problem import Kind

SEED_UNUSABLE = Kind(
    "oversight-001",
    says="抽查种子“{seed}”不能用：种子不能为空，也不能含换行等看不见的字符。",
    advice="请换一个当众能念、能抄的种子，例如日期加开奖号码。",
)
RATIO_UNUSABLE = Kind(
    "oversight-002",
    says="抽查比例 {part}/{whole} 不能用。",
    advice="比例应为 0 到 1 之间的分数，例如 5/100。",
)
CODE_UNUSABLE = Kind(
    "oversight-003",
    says="“{stratum}”里的“{code}”不能用：代码（编号）不能为空，也不能含换行等看不见的字符。",
    advice="请先改正代码（编号），再抽查。",
)
CODE_TWICE = Kind(
    "oversight-004",
    says="“{code}”出现了不止一次（{strata}）。",
    advice="每个代码（编号）只能列一次，请去掉多余的。",
)
NO_DRAW = Kind("oversight-005", says="本行动没有抽查“{name}”。", advice="可用的抽查：{known}。")
NOT_YOURS = Kind("oversight-006", says="您的岗位不能做“{draw}”。", advice="请由有此职责的岗位办理：{posts}。")
NO_CARD = Kind("oversight-007", says="本行动没有考评细则“{name}”。", advice="可用的考评细则：{known}。")
NOT_SETTLED = Kind("oversight-009", says="“{name}”还不能签发：{open}。", advice="请先补评、裁定，再签发。")
REASON_MISSING = Kind("oversight-010", says="“{name}”已签发过第{n}版。", advice="再次签发须写明改动说明。")
NOT_ISSUED = Kind("oversight-011", says="“{name}”没有签发过第{n}版。", advice="已签发的：{known}。")
LOST = Kind("oversight-012", says="{number} 签发时的数据读不出来。", advice="请用备份核对附件（zhuanban verify）。")
TOMORROW = Kind("oversight-013", says="截止日期 {day} 还没有到。", advice="请写今天或更早的一天。")
NOT_SCORED = Kind("oversight-008", says="“{name}”不在“{card}”的考评对象里。", advice="考评对象：{known}。")
