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
    "文件应当是 pack.yaml、ledgers/*.yaml、tables/*.yaml、lists.yaml、forms.yaml、scorecards.yaml 等。{hint}",
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
COPY_OTHER = Kind("pack-090", "copy 把“{one}”写入“{two}”，两个栏目的类型不同。", "请换成同类型的栏目。")
RULE_ASKS_ITSELF = Kind("pack-091", "规则的情形用到了它自己要填的栏目“{field}”。", "请换成别的栏目。")
CASE_NEVER = Kind("pack-092", "第{n}种情形永远轮不到：第{always}种没有条件，总是成立。", "没有条件的情形请放在最后。")
RULE_ASKS_LATER = Kind(
    "pack-190", "恒定规则的情形用到了“{field}”，它由后面的恒定规则判定。", "请把那条规则写在前面，或换成别的栏目。"
)
ALWAYS_DAYS = Kind("pack-191", "恒定规则不能写 days_after：每天的结果都会不同。", "请写 is，或去掉 always。")
ALWAYS_ASKED = Kind(
    "pack-192", "“{field}”由恒定规则判定，不能又是必填或认出唯一的栏目。", "请去掉 required 或 one_per 里的它。"
)
TABLE_TOO_BIG = Kind(
    "pack-193", "判定表要核对的组合有 {n} 种，超过 {most} 种。", "请分成两条规则，先判出一个中间栏目。"
)
TABLE_GAP = Kind("pack-194", "判定表有 {n} 种组合没有对应的情形，如：{some}。", "请补上情形。")
TABLE_OVERLAP = Kind(
    "pack-195", "判定表第{n}种情形与第{m}种（第{line}行）同时成立，如：{some}。", "请把条件写到只有一种成立。"
)
MIRROR_LINK = Kind("pack-196", "“{field}”不是关联到{ledger}的栏目。", "by 请写那本台账里关联到本台账的栏目。")
MIRROR_KIND = Kind(
    "pack-197",
    "“{field}”是{kind}，装不下所取的内容。",
    "类型要与所取的栏目相同；state、number 用文字或选项，since 用日期，不写 field 的用是否或整数。",
)
MIRROR_CIRCLE = Kind("pack-198", "“{field}”取自别处，那边的内容又由它得来。", "请去掉一边。")
BAD_DAYS = Kind("pack-062", "days_after 应当是 1 到 36500 之间的整数天数，写的是“{value}”。", "请改写。")
NO_BOUND = Kind("pack-093", "限值“{limit}”没有写界限。", "请写 at_least 或 at_most，或两样都写。")
NO_STANDARD = Kind("pack-094", "没有标准“{word}”。", "{hint}")
NO_LIMIT = Kind("pack-095", "标准“{standard}”里没有“{word}”这一项。", "{hint}")
OTHER_UNIT = Kind("pack-096", "栏目“{field}”的单位是“{one}”，标准里“{limit}”的单位是“{two}”。", "请改成同一单位。")
NOT_A_PATH = Kind("pack-097", "“{word}”应当写作“台账.栏目”。", "请写明是哪个台账的栏目。")
NO_FILES = Kind("pack-098", "栏目“{field}”不存放文件。", "请换成照片、签名、视频或附件栏目。")
PAIR_OF_TWO = Kind("pack-099", "前后对比要写两个栏目，写了{n}个。", "请写整治前、整治后两个栏目，同在一个台账。")
NO_LINK_BACK = Kind(
    "pack-150", "台账“{ledger}”的“{word}”不是指向“{target}”的关联栏目。", "请写指向它的关联栏目，或去掉这一项。"
)
NO_POINT_BY = Kind(
    "pack-183",
    "台账“{ledger}”的“{word}”不是点位栏目。",
    "在区域的档案里，by 写点位栏目：按点位归入；不按点位的，请删去。",
)
NO_FORM = Kind("pack-151", "没有报表“{word}”。", "{hint}")
CANNOT_RISE = Kind("pack-152", "{kind}栏目“{field}”没有大小，谈不上增加。", "请换成整数或数的栏目。")
NO_ORDER = Kind("pack-153", "栏目“{field}”不是单选的选项，分不出好坏。", "请换成选项栏目，好的写在前面。")
OTHER_OPTIONS = Kind("pack-154", "“{one}”与“{two}”的选项不同，不能比。", "请把两处的选项写成一样。")
LINK_OF_ONE = Kind("pack-155", "“{field}”不是单值的关联栏目，点不到另一条目。", "请换成关联栏目。")
THREE_WORDS = Kind(
    "pack-184",
    "“{field}”由比较得出，须单选、不开放，正好三个选项。",
    "请依次写好、平、差三个词，如改善、保持、恶化。",
)
COMPARED = Kind("pack-185", "“{field}”由比较得出，{what}。", "请删去。")
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
NO_STAGE = Kind("pack-169", "没有阶段“{word}”。", "{hint}")
REGIONS_IN_ROWS = Kind(
    "pack-076", "列“{column}”数的是区划，行却按“{by}”分。", "数区划的列只用在按区域分行（by: region）的表里。"
)
LEVEL_ABOVE = Kind(
    "pack-077",
    "列“{column}”数有条目的{level}，台账“{ledger}”的条目却落在更高的一级。",
    "请把 regions 改成 {own}，或换一个台账。",
)
REST_OF_NAMES = Kind("pack-079", "行按“{by}”分，没有“其余”可言。", "rest 只用在按选项栏目分行的表里，请删去。")
MISSING_WHAT = Kind(
    "pack-078",
    "missing 写的是{said}，看不出缺的是什么。",
    "请写网格的一级、一个关联栏目、一个选项栏目或 unit，每样至多一个。",
)
NO_DUTY = Kind("pack-170", "没有报送任务“{word}”。", "{hint}")
LIST_ENDS_BEFORE = Kind("pack-171", "清单的时段结束（{end}）早于开始（{start}）。", "请核对日期。")
PERSONAL_ROW = Kind("pack-172", "栏目“{field}”是个人信息，不能印在清单的行里。", "请换一个栏目。")
BAD_CLOCK = Kind("pack-173", "“{value}”不是时刻。", "写作 09:00。")
TOO_FEW = Kind("pack-074", "核对至少要两个栏目。", "请补上，或删去这一条。")

# Forms
NO_TEMPLATE = Kind("pack-120", "行动包里没有模板“{word}”。", "{hint}")
TEMPLATE_KIND = Kind("pack-121", "模板“{word}”不是 .xlsx 文件。", "请用 Excel 或 WPS 另存为 .xlsx 工作簿。")
BROKEN_TEMPLATE = Kind("pack-122", "模板读不出来。", "请重新放入模板文件。")
BAD_FORM_TEXT = Kind(
    "pack-123",
    "看不懂“{piece}”。",
    "填写处写作 {{栏目}} 或 {{栏目:样式}}，可省去的部分写作 [；备注：{{栏目}}]，括号要成对。",
)
NO_SLOT = Kind("pack-124", "单元格里不能填“{word}”。", "{hint}")
BAD_STYLE = Kind("pack-125", "“{word}”不能写成“{style}”样式。", "{hint}")
BAD_ADDRESS = Kind("pack-126", "“{word}”不是列或单元格。", "列写作 C，单元格写作 C7。")
HEAD_BELOW = Kind("pack-127", "数据从第 {first} 行起，表头却在第 {head} 行。", "请核对 head 和 first。")
CELL_IN_ROWS = Kind("pack-128", "单元格 {word} 在数据行里，会被两处填写。", "请删去一处。")
NOTHING_HIDDEN = Kind("pack-129", "栏目“{field}”不是个人信息，不必写 reveal。", "请删去 reveal。")
REVEAL_WHAT = Kind("pack-130", "列“{column}”不是照填一个栏目，不能写 reveal。", "reveal 只与 field 同用。")
NOT_A_LINK = Kind("pack-131", "栏目“{field}”是{kind}，后面不能再写点。", "只有关联栏目写作 关联.栏目。")
NO_FORM_COLUMN = Kind("pack-132", "本表没有填写“{word}”列。", "{hint}")
FORM_NAME_TWICE = Kind("pack-133", "报表“{other}”已经叫“{word}”。", "请改名，让人分得清。")
# Duties
BAD_EVERY = Kind(
    "pack-100",
    "看不懂“{value}”是哪些日子。",
    "写作 周四 12:00、每月22日、每月月底 或 每月最后工作日，时刻可写可不写；只报一次的写 due。",
)
BAD_DUE = Kind("pack-101", "“{value}”不是期限。", "写作 2021-10-05 或 2021-10-05 12:00，且须是真有的一天。")
DUE_TWICE = Kind("pack-102", "期限 {day} 写了两次。", "请删去一处。")
CLOCKS_DIFFER = Kind("pack-103", "几个期限的时刻不同。", "请写成同一时刻，或分成几项报送任务。")
NO_END = Kind("pack-104", "没有写“{word}”：报送从哪天起、到哪天止。", "文件没印的，写一个取值，并列入 assumed。")
NOT_WITH_DUE = Kind("pack-105", "已用 due 写明期限，不再用“{word}”。", "请删去。")
BAD_REMINDER = Kind(
    "pack-106",
    "看不懂提醒“{value}”。",
    "写作 前1个工作日 09:00、前3天 09:00、当日 09:00、逾期 00:01（过期一分钟）或 逾期2天 09:00。",
)
REMINDER_TWICE = Kind("pack-107", "提醒“{value}”写了两次。", "请删去一处。")
BAD_LENGTH = Kind("pack-108", "“{word}”不能是“{value}”。", "写作 30分钟、24小时 或 2天。")
LADDER = Kind("pack-109", "逐级提醒“{value}”不晚于前一级。", "请按从早到晚排列。")
DUTY_ENDS_BEFORE = Kind("pack-110", "报送结束（{end}）早于开始（{start}）。", "请核对日期。")
OWES_TWICE = Kind("pack-111", "报送单位“{unit}”写了两次。", "请删去一处。")
NOT_ASSUMABLE = Kind("pack-112", "“{word}”不是报送任务可以待确认的词。", "{hint}")
COPIES_WITHOUT_MAIN = Kind("pack-113", "有抄送，却没有写报送给谁。", "请写 to。")
DUTY_LEDGER_TAKEN = Kind("pack-114", "本任务的报送件记在台账 {ledger}，行动包里已有同名台账。", "请换一个键。")
DUTY_TOO_LONG = Kind("pack-115", "报送起止相距超过{years}年。", "请核对年份。")
NO_DUTY_FORM = Kind("pack-116", "本任务要填的报表“{word}”不在行动包里。", "{hint}")
NOT_BY_RECORD = Kind(
    "pack-117",
    "本任务逐条报送，报表“{form}”填的{ledger}却没有指向{roster}的关联栏目，分不出是哪一条的。",
    "请换一张报表，或给{ledger}加上关联到{roster}的栏目。",
)

PROOF_COLUMN = Kind("pack-118", "统计表“{table}”没有数条目的列“{word}”，说不出靠什么佐证。", "{hint}")
PROOF_ELSEWHERE = Kind("pack-119", "列“{column}”数的是{ledger}，“{word}”却是别的台账的栏目。", "请写{ledger}的栏目。")

# What is no defect, but worth a look
BEFORE_PAPER = Kind("pack-177", "阶段“{stage}”{start}开始，早于{later}。", "日期照印，不必改；此前的工作按补录登记。")

STAMP_OF_NOTHING = Kind("pack-176", "要盖章扫描件，却没有报表可盖。", "请写 forms，或删去 stamp。")

# Scorecards
NO_FACT = Kind("pack-220", "本细则没有事实“{word}”。", "{hint}")
NO_GROUP = Kind("pack-221", "本细则没有“{word}”这一组。", "{hint}")
NO_ITEM = Kind("pack-222", "本细则没有“{word}”这一项。", "{hint}")
NO_DOUBT = Kind("pack-223", "本细则没有疑点“{word}”。", "{hint}")
NO_READING = Kind("pack-224", "疑点“{doubt}”没有读法“{word}”。", "{hint}")
NO_LIST = Kind("pack-225", "没有清单“{word}”。", "{hint}")
NOT_A_NUMBER = Kind("pack-226", "“{fact}”不是数，不能{what}。", "请换一个事实，或改用 is 分档。")
NOT_A_WORD = Kind("pack-227", "“{fact}”不会是“{word}”。", "{hint}")
TIER_WITHOUT = Kind("pack-228", "这一档没有写界限，或界限和 is 一起写了。", "请写 from、to（都含本数），或写 is。")
CARD_KEY_LONG = Kind("pack-229", "“{word}”太长：本细则的评分记在以它命名的台账里。", "请缩短到{most}个字母以内。")
CARD_LEDGER_TAKEN = Kind(
    "pack-230", "本细则的评分、申诉、裁定记在台账 {ledger}，行动包里已有同名台账。", "请换一个键。"
)
NO_RULE = Kind("pack-231", "“{item}”没有写怎样得分。", "请写 tiers、ratio、base、add、deduct、series 或 parts。")
FACT_LOOP = Kind("pack-232", "事实“{fact}”算到最后又要用它自己。", "请断开这个圈。")
NOT_COUNTED = Kind("pack-233", "“{fact}”不是台账里的条目数，不能用在{where}里。", "请换成用 count 写的事实。")
CALLED_TWICE = Kind("pack-234", "“{word}”叫了两样东西，评分时分不清。", "请改名。")
READINGS_MANY = Kind("pack-235", "读法的组合超过{most}种。", "请减少一项条款所涉的疑点，或把有定论的直接写明。")
EMPTY_BOUNDS = Kind("pack-236", "至少{low}分，至多却是{high}分。", "请对调或改写。")

# What a printed rubric leaves open; `other`: the other place
TIERS_OVERLAP = Kind("pack-240", "“{item}”两档都含{value}：这里得{give}分，{other}得{also}分。", "{so}")
TIERS_GAP = Kind("pack-241", "“{item}”没有一档含{value}（各档：{other}）。", "{so}")
WORTH_MORE = Kind("pack-242", "“{item}”分值{points}分，条文（{other}）至多给{most}分。", "{so}")
WORTH_LESS = Kind("pack-243", "“{item}”分值{points}分，条文（{other}）可给到{most}分。", "{so}")
SUM_DIFFERS = Kind("pack-244", "“{item}”写明{points}分，所含各项（{other}）共{sum}分。", "{so}")
NO_FLOOR = Kind("pack-245", "“{item}”扣分没有下限：扣到{n}{word}就低于0分（{other}没有写 floor）。", "{so}")
NOTHING_OF_NOTHING = Kind("pack-246", "“{item}”按比例得分，“{whole}”（{other}）是0时没有说得几分。", "{so}")
DOUBTFUL = Kind("pack-247", "条文有疑点{doubt}{where}。{doubted}", "{so}")

# Draws
DRAW_WHERE = Kind("pack-174", "抽的是网格，条件 where 用不上。", "请删去；要抽条目的，写 ledger 代替 level。")

# Likely doubles
NOT_ALIKE = Kind(
    "pack-175",
    "栏目“{field}”一边是{one}，一边是{two}，不能比较是否相同。",
    "请写两个台账里都有、类型相同的文字、数、日期或选项栏目。",
)

# Layers, zones, photographs
NO_LAYER = Kind("pack-160", "没有图层“{word}”。", "{hint}")
NO_TYPE = Kind("pack-161", "图层“{layer}”没有分区类型“{word}”。", "{hint}")
TYPE_TWICE = Kind("pack-162", "图层“{layer}”的分区类型“{word}”写了两次（含别名）。", "请删去一处。")
TYPE_TAKEN = Kind("pack-163", "“{word}”指不在任何分区之内，不能作图层“{layer}”的分区类型。", "请换一个词。")
SAME_WIDTH = Kind("pack-164", "图层“{layer}”有两个缓冲区都是 {metres} 米，外圈就没有了。", "请改写一个宽度。")
NOT_THAT_FIELD = Kind("pack-165", "“{word}”应当指{wanted}栏目，“{field}”是{kind}。", "{hint}")
AFTER_ITSELF = Kind("pack-166", "照片栏目“{field}”的 after 指它自己。", "请写整改前照片的栏目。")
BY_ELSEWHERE = Kind(
    "pack-168",
    "前提的 by 指“{field}”，它不是关联到单条{ledger}的栏目。",
    "请写关联到{ledger}、每条只填一个编号的栏目。",
)
VIA_ELSEWHERE = Kind("pack-167", "前提的 via 指“{field}”，它关联的不是{ledger}。", "请写关联到{ledger}的栏目。")
