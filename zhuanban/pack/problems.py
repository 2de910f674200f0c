"""Everything that can be wrong with a pack. Codes are stable; the words may improve.

`{hint}` is made by `hint`: the likeliest word that was meant, or the words that would do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from zhuanban.core.problem import Kind


def hint(word: str, words: Iterable[str], otherwise: str = "请先写出它再引用。") -> str:
    """Advice for a word that is not one of `words`."""
    known = [w for w in words if w]
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"是不是“{close[0]}”？"
    if not known:
        return otherwise
    shown = "、".join(known[:24])
    return f"可用的有：{shown}{'等' if len(known) > 24 else ''}。"


# The text and its folder
NO_PACK = Kind("pack-001", "这里没有行动包：缺少 pack.yaml。", "请检查文件夹或名称。{hint}")
BAD_YAML = Kind("pack-002", "YAML 写法有误（{detail}）。", "请检查缩进、冒号后的空格、括号和引号是否成对。")
TWICE = Kind("pack-003", "“{word}”写了两次，前一次在第{line}行。", "请删去一处，或改成不同的键。")
UNKNOWN_WORD = Kind("pack-004", "{where}里没有“{word}”这个词。", "{hint}")
WRONG_TYPE = Kind("pack-005", "“{word}”应当是{wanted}，写的是{got}。", "请改写。")
MISSING = Kind("pack-006", "{where}缺少“{word}”。", "请补上。")
NOT_USED = Kind("pack-007", "行动包不使用{what}。", "请把内容直接写出来。")
TOO_BIG = Kind("pack-008", "内容过大：{what}。", "请拆分或删减。")
UNKNOWN_FILE = Kind(
    "pack-009",
    "不认识这个文件。",
    "文件应当是 pack.yaml、ledgers/*.yaml、tables/*.yaml、lists.yaml 或 layers.yaml。{hint}",
)
NOT_UTF8 = Kind("pack-010", "文件不是 UTF-8 文字，或者读不出来。", "请用 UTF-8 编码另存。")
BAD_KEY = Kind("pack-011", "“{word}”不能作键。", "键用小写英文字母开头，后面是小写字母、数字{mark}。")
BAD_CHOICE = Kind("pack-012", "“{word}”不能是“{value}”。", "{hint}")
BAD_DATE = Kind("pack-013", "“{value}”不是日期。", "日期写作 2023-12-08，且须是真有的一天。")
ONE_OF = Kind("pack-014", "{where}应当在{words}中恰好写一样，现写了{n}样。", "请只留一样。")
TWO_PLACES = Kind("pack-015", "“{word}”在 {other} 里已经写过。", "请只留一处。")
OUT_OF_BOUNDS = Kind("pack-016", "“{word}”是 {value}，应当在 {low} 到 {high} 之间。", "请改写。")
BAD_PATTERN = Kind("pack-017", "“{value}”不是正则表达式（{detail}）。", "请检查括号和反斜线。")
RATIO_NO_ROUNDING = Kind(
    "pack-018",
    "比率列“{column}”没有写取整规则。",
    "请写 round：half_up 四舍五入、floor 舍去、ceil 进一、half_even 五成双。",
)
DRAW_NO_ROUNDING = Kind(
    "pack-019",
    "抽查“{draw}”没有写取整规则。",
    "请写 round：half_up 四舍五入、floor 舍去、ceil 进一、half_even 五成双。",
)
BAD_RATIO = Kind("pack-020", "“{value}”不是比例。", "写作 5% 或 1/20，大于 0，不超过 1。")

# What is named must exist
NO_FIELD = Kind("pack-021", "台账“{ledger}”没有栏目“{word}”。", "{hint}")
NO_LEDGER = Kind("pack-022", "没有台账“{word}”。", "{hint}")
NO_STATE = Kind("pack-023", "台账“{ledger}”没有状态“{word}”。", "{hint}")
NO_MOVE = Kind("pack-024", "台账“{ledger}”没有流转“{word}”。", "{hint}")
NO_MILESTONE = Kind("pack-025", "台账“{ledger}”没有哪个状态到达过“{word}”。", "{hint}")
NO_POST = Kind("pack-026", "没有岗位“{word}”。", "{hint}")
NO_LEVEL = Kind("pack-027", "网格没有“{word}”这一级。", "{hint}")
NO_COLUMN = Kind("pack-028", "本表没有列“{word}”。", "{hint}")
NO_OPTION = Kind("pack-029", "栏目“{field}”的选项里没有“{word}”。", "{hint}")

# Workflow
UNREACHABLE = Kind("pack-030", "状态“{state}”到达不了：没有流转从登记一路走到它。", "请补上通向它的流转，或删去它。")
DEAD_END = Kind("pack-031", "状态“{state}”没有出路，也没有标明办完。", "请补上离开它的流转，或写 closed: true。")
NOBODY = Kind("pack-032", "流转“{move}”没有写由哪个岗位办理，谁也办不了。", "请写 by。")
NO_OPENING = Kind("pack-033", "台账“{ledger}”没有登记的流转，一条也进不来。", "请写一个 from: new 的流转。")
SAME_MOVE = Kind(
    "pack-034",
    "流转“{move}”与“{other}”除名称外没有区别（起点、终点、岗位、日期栏都分不开）。",
    "请合并，或让日期栏、岗位不同。",
)
SAME_HEAD = Kind("pack-035", "表头“{head}”既指{one}，又指{two}，表格读入时分不清。", "请改名或删去一个别名。")
NEW_SAME = Kind("pack-036", "流转“{move}”从 new 出发，不能到 same：还没有状态可以保持。", "请写明到哪个状态。")
WORD_TAKEN = Kind("pack-037", "“{word}”是语言自己的词，不能作{what}的名称。", "请换一个词。")

# Tables
PART_NOT_COUNT = Kind("pack-040", "比率列“{column}”的“{part}”是{kind}，不能相除。", "比率只用计数、求和或加减的列。")
NOT_ADDABLE = Kind("pack-041", "列“{column}”把不同的东西加在一起：{one}与{two}。", "量词或计量单位相同的列才能加减。")
DECIMALS_DIFFER = Kind(
    "pack-042", "比率列“{column}”的两列小数位不同（{one}与{two}）。", "请让两列用同一栏目或同样的小数位。"
)
NOT_A_PART = Kind("pack-043", "列“{column}”要加减的“{part}”是{kind}，不能加减。", "加减只用计数、求和或加减的列。")
LOOP = Kind("pack-044", "列“{column}”算到最后又要用它自己：{path}。", "请断开这个圈。")
TOTAL_OF_TEXT = Kind(
    "pack-045", "本表只有照录的文字，没有可加的列，“{total}”行不可能是各行之和。", "请删去 total，或加上计数的列。"
)
ROW_TWICE = Kind("pack-046", "行“{row}”写了两次，合计会把它算两遍。", "请删去一处。")
ROW_INSIDE_ROW = Kind(
    "pack-047", "行“{row}”是行“{upper}”的下级单位，合计不可能是各行之和。", "请只留一个，或删去 total。"
)
NO_UNIT = Kind("pack-048", "没有哪个单位的简称或名称是“{row}”。", "{hint}")
ROWS_NOT_COUNTED = Kind("pack-049", "本表的行按“{by}”分，列“{column}”的台账“{ledger}”却没有这个选项栏目。", "{hint}")
AS_OF_IN_TABLE = Kind("pack-050", "as_of 只能用在清单里。", "统计表按截止日的状态计数；请改用状态、里程碑或写明日期。")
NOT_COMPARABLE = Kind("pack-051", "核对用到的列“{column}”是{kind}，不能比大小。", "只比计数、求和或加减的列。")
ROWS_OVERLAP = Kind(
    "pack-052",
    "栏目“{field}”可以有多个值，一条会落进几行，“{total}”行不可能是各行之和。",
    "请删去 total，或换一个单值栏目。",
)
TEXT_NOT_ONE = Kind(
    "pack-053", "列“{column}”照录台账“{ledger}”，但一行可能对应好几条。", "请在该台账写 one_per: [{by}]。"
)
NAMES_OF_REGIONS = Kind(
    "pack-054", "按区域分行的表不写 names：行就是所问区域的下一级。", "请删去 names，或改为 by: unit。"
)
TEXT_ROWS = Kind(
    "pack-055", "列“{column}”照录文字，行却按“{by}”分，找不到对应的条目。", "照录的列只用在按区域或按单位分行的表里。"
)
SUM_OF_WORDS = Kind("pack-056", "栏目“{field}”是{kind}，不能求和。", "只有 integer 和 number 栏目可以求和。")
BAD_CHECK = Kind("pack-057", "看不懂核对“{value}”。", "写作 done <= accepted。")
DEMO_TREE = Kind("pack-058", "{what}", "请按表头“{heads}”补齐。")

# Ledgers and fields
PERSONAL_UNSEEN = Kind("pack-060", "“{field}”是个人信息，却没有写谁可以查看。", "请写 seen_by。")
WRONG_VALUE = Kind("pack-061", "“{value}”不能写进{kind}栏目“{field}”。", "{hint}")
BAD_DAYS = Kind("pack-062", "days_after 应当是 1 到 36500 之间的整数天数，写的是“{value}”。", "请改写。")
NO_OPTIONS = Kind("pack-063", "选项栏目“{field}”没有选项。", "请写 options。")
NOT_FOR_TYPE = Kind("pack-064", "{kind}栏目“{field}”不用“{word}”。", "请删去，或改栏目类型。")
BAD_PLACEHOLDER = Kind(
    "pack-065",
    "编号格式里的“{word}”不认识。",
    "可用 {{region}}、{{unit}}、{{year}}、{{seq}}，可带位数，如 {{seq:04}}。",
)
NO_SEQ = Kind("pack-066", "编号格式“{pattern}”里没有 {{seq}}，编号会重复。", "请加上 {{seq}}，如 {{seq:04}}。")
ENDS_BEFORE = Kind("pack-067", "阶段“{stage}”结束（{end}）早于开始（{start}）。", "请核对日期。")
EMPTY_RANGE = Kind("pack-068", "栏目“{field}”的最小值 {low} 大于最大值 {high}。", "请对调或改写。")
OPTION_TWICE = Kind("pack-069", "栏目“{field}”的选项“{word}”写了两次（含别名）。", "请删去一处。")
NOT_A_KEY = Kind(
    "pack-070", "{kind}栏目“{field}”不能用来{what}。", "请换成文字、选项、数、日期、关联、单位或人员栏目。"
)
NOT_FOR_OP = Kind("pack-071", "{kind}栏目“{field}”不能用“{op}”比较。", "{hint}")
ALL_EMPTY = Kind("pack-072", "“{word}”是空的。", "请写上内容，或删去这个词。")
NOT_ORDERED = Kind("pack-073", "核对 ordered 的栏目须都是日期，或都是数；“{field}”是{kind}。", "请改写。")
NO_TABLE = Kind("pack-075", "没有统计表“{word}”。", "{hint}")
TOO_FEW = Kind("pack-074", "核对至少要两个栏目。", "请补上，或删去这一条。")

# Layers, zones, photographs
NO_LAYER = Kind("pack-110", "没有图层“{word}”。", "{hint}")
NO_TYPE = Kind("pack-111", "图层“{layer}”没有分区类型“{word}”。", "{hint}")
TYPE_TWICE = Kind("pack-112", "图层“{layer}”的分区类型“{word}”写了两次（含别名）。", "请删去一处。")
TYPE_TAKEN = Kind("pack-113", "“{word}”指不在任何分区之内，不能作图层“{layer}”的分区类型。", "请换一个词。")
SAME_WIDTH = Kind("pack-114", "图层“{layer}”有两个缓冲区都是 {metres} 米，外圈就没有了。", "请改写一个宽度。")
NOT_THAT_FIELD = Kind("pack-115", "“{word}”应当指{wanted}栏目，“{field}”是{kind}。", "{hint}")
AFTER_ITSELF = Kind("pack-116", "照片栏目“{field}”的 after 指它自己。", "请写整改前照片的栏目。")
VIA_ELSEWHERE = Kind("pack-117", "前提的 via 指“{field}”，它关联的不是{ledger}。", "请写关联到{ledger}的栏目。")
