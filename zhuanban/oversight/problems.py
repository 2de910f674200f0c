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
NOT_SCORED = Kind("oversight-008", says="“{name}”不在“{card}”的考评对象里。", advice="考评对象：{known}。")
