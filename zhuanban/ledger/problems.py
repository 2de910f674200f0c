"""What can be wrong with a change, in the reader's language. One list; codes never change their meaning."""

from __future__ import annotations

from zhuanban.core.problem import Kind

NOT_THERE = Kind("ledger-001", "没有这一条目，或不在您的管辖范围内。", "请核对编号，或联系上级办公室。")
NOT_ALLOWED = Kind("ledger-002", "您的岗位不能对“{ledger}”做“{move}”。", "请由有此职责的岗位办理：{posts}。")
OUT_OF_REACH = Kind("ledger-003", "“{where}”不在您的管辖范围内。", "请改由管辖该处的单位报送。")
UNKNOWN_LEDGER = Kind("ledger-004", "本行动没有台账“{ledger}”。", "可用的台账：{known}。")
UNKNOWN_FIELD = Kind("ledger-005", "台账“{ledger}”没有字段“{field}”。", "请删去该字段，或先在行动包中补充。")
WRONG_TYPE = Kind("ledger-006", "“{field}”应为{wanted}，收到的是“{value}”。", "请按要求重新填写。")
EMPTY = Kind("ledger-007", "“{field}”为空。", "“{move}”必须填写此项，请补充后再报。")
UNKNOWN_OPTION = Kind("ledger-008", "“{field}”不能填“{value}”。", "请从下列选项中选一个：{known}。")
OUT_OF_RANGE = Kind("ledger-009", "“{field}”的值 {value} 超出范围（{range}）。", "请核对后重新填写。")
UNKNOWN_MOVE = Kind("ledger-010", "台账“{ledger}”没有“{move}”这一步。", "可办的有：{known}。")
WRONG_STATE = Kind("ledger-011", "条目现为“{state}”，不能“{move}”。", "该步骤只能从“{wanted}”办理；请先核对条目现状。")
FUTURE = Kind("ledger-012", "日期 {day} 还没有到。", "请填写实际发生的日期。")
BEFORE_LAST = Kind(
    "ledger-013",
    "“{move}”的日期 {day} 早于上一步“{last}”的日期 {last_day}。",
    "请核对日期；若上一步日期有误，请先改期。",
)
BEFORE_OPENED = Kind("ledger-014", "日期 {day} 早于条目登记的日期 {opened}。", "请核对日期。")
WRONG_REGION = Kind("ledger-015", "没有区划“{region}”，或该日未启用。", "请核对区划代码或名称。")
WRONG_LEVEL = Kind("ledger-016", "“{region}”是{is_level}，不是{wanted}。", "请填写到{wanted}。")
WRONG_UNIT = Kind("ledger-017", "没有单位“{unit}”，或该日已撤销。", "请核对单位代码或名称。")
SECOND = Kind(
    "ledger-018", "{says}：已有条目 {number}。", "若为补正，请对 {number} 作更正；若确是另一件事，请核对填写内容。"
)
CONFLICT = Kind(
    "ledger-019",
    "条目 {number} 在您打开之后已被 {who} 改动（{fields}）。",
    "请打开条目查看新内容，再决定是否重新提交。",
)
NOT_ANOTHER = Kind("ledger-020", "“{move}”不能由办理“{other}”的同一人（{who}）来做。", "请换一人办理。")
REASON_MISSING = Kind("ledger-021", "“{move}”需要写明理由。", "请填写理由后再报。")
GUARD = Kind("ledger-022", "{says}", "请先办妥前置事项，再做“{move}”。")
CHECK = Kind("ledger-023", "{says}", "请核对后重新填写。")
NUMBER_MISSING = Kind("ledger-024", "没有编号。", "台账“{ledger}”的编号由原台账给定，请填写。")
NUMBER_TAKEN = Kind("ledger-025", "编号 {number} 已经登记。", "请核对编号；若为同一条目，请作更正。")
WITHDRAWN = Kind("ledger-026", "条目 {number} 已撤回。", "如需继续办理，请先恢复。")
OUTSIDE_CELL = Kind(
    "ledger-027", "位置在“{region}”范围之外（约 {metres} 米）。", "请核对位置或网格；确实无误的由上级确认。"
)
LINK_DANGLING = Kind("ledger-028", "“{field}”所指的条目 {number} 不存在。", "请核对编号。")
NOTHING_SAID = Kind("ledger-029", "没有要改动的内容。", "请填写要更正的内容。")
FILE_UNKNOWN = Kind("ledger-030", "“{field}”所指的文件没有上传。", "请先上传照片或文件，再提交。")
UNKNOWN_VERB = Kind("ledger-031", "不认识的操作“{verb}”。", "可用的操作：{known}。")
NOT_OPENED = Kind("ledger-032", "第一步应当是登记。", "请先登记条目。")
TOO_EARLY = Kind("ledger-033", "“{field}”的日期 {day} 早于 {earliest}。", "该台账只收 {earliest} 起的事项，请核对。")
CHANGE_ID = Kind("ledger-034", "变更编号为空或超过 64 个字符。", "请由客户端生成不重复的编号。")
NOT_WITHDRAWN = Kind("ledger-035", "条目 {number} 没有撤回过，不必恢复。", "请核对条目现状。")
NO_EVENT = Kind("ledger-036", "条目 {number} 没有第 {of} 号事件。", "请在历史中核对事件序号。")
DISORDER = Kind(
    "ledger-037",
    "“{redated}”的日期 {day} 与台账所记的 {was} 不同，照此改则“{move}”早于上一步。",
    "请核对这个日期；确需改的，先把后面的步骤改期。",
)
RACE = Kind("ledger-038", "另一人同时登记了相同的条目。", "请查看已登记的条目，再决定是否重新提交。")
PATTERN = Kind("ledger-039", "“{field}”的写法不对：“{value}”。", "请核对后重新填写。")
TWICE = Kind(
    "ledger-040", "本次送来的资料中，同一条目出现两次而内容不同：{fields}（另一处：{other}）。", "请核对哪一处为准。"
)
FILE_UNFIT = Kind("ledger-041", "“{field}”所指的文件是{what}，不是这一栏要的。", "请改传合适的文件，再提交。")
NOT_YOURS = Kind("ledger-061", "条目 {number} 您可以查看，不归您办理“{move}”。", "请由管辖该处的单位办理。")
RULE_UNIT = Kind("ledger-062", "按规则“{field}”应为“{value}”，单位表中没有这个单位。", "请在单位表中补上，或改行动包。")
RULE_DIFFERS = Kind(
    "ledger-092", "“{field}”填的是“{typed}”，按规则是“{word}”。", "已按规则登记；请核对规则所依据的内容。"
)
STAMPED = Kind("ledger-045", "“{field}”由系统在收到时填写。", "请删去此项。")

ZONE_DIFFERS = Kind(
    "ledger-080", "“{field}”填的是“{typed}”，按点位是“{word}”。", "已按点位登记；请核对点位和填写内容。"
)
OUTSIDE_ZONES = Kind(
    "ledger-081", "按点位，“{field}”不在任何分区之内。", "请核对点位；确实在范围之外的，请在该栏填写“范围外”后再报。"
)
PHOTO_EARLY = Kind("ledger-083", "“{field}”里有照片摄于 {day}，早于 {earliest}。", "请核对照片是否为本次拍摄。")
PHOTO_LATE = Kind("ledger-090", "“{field}”里有照片摄于 {day}，晚于收到的 {received}。", "请核对拍摄设备的时钟。")
PHOTO_ORDER = Kind(
    "ledger-084", "“{field}”里有照片摄于 {day}，早于“{before}”的 {before_day}。", "请核对前后照片是否放反。"
)
PHOTO_SAME = Kind("ledger-085", "“{field}”与“{before}”是同一张照片。", "请补上真实的照片。")
PHOTO_FAR = Kind(
    "ledger-086", "“{field}”里有照片拍摄于“{point}”约 {metres} 米之外，超过 {wanted} 米。", "请核对点位和照片。"
)
PHOTO_TWICE = Kind("ledger-087", "“{field}”里有照片与另一条目的照片相同或近似。", "请核对照片是否为本条目所摄。")
LIKELY = Kind("ledger-091", "“{ledger}”里有位置和内容相近的条目，可能是同一件。", "请核对；确是同一件的，由人并入。")
CELL_CLOSED = Kind("ledger-088", "所在的“{region}”自 {day} 起已停用。", "请移转到现在的网格。")

ELSEWHERE = Kind(
    "ledger-089",
    "条目 {number} 在“{now}”，这里写的是“{where}”。",
    "请核对编号是否写成了别处的条目；确已移转的，改好其他问题即可。",
)

CHAIN_BROKEN = Kind(
    "ledger-050", "条目 {number} 的第 {version} 号事件与其前后不相连。", "该事件被门外改动过；请用备份核对。"
)
RECORD_ALTERED = Kind(
    "ledger-051", "条目 {number} 的现状与其事件不符：{fields}。", "该条目被门外改动过；可由事件重建。"
)
SEAL_BROKEN = Kind("ledger-052", "{day} 的封存与事件不符。", "当日或更早的事件被增删或改动；请用备份核对。")
RECORD_ORPHAN = Kind("ledger-053", "条目 {number} 没有任何事件。", "该条目不是经由登记写入的；请核对来历。")
EVENT_ORPHAN = Kind("ledger-054", "第 {event} 号事件所属的条目不在。", "条目被门外删除；可由事件重建。")
