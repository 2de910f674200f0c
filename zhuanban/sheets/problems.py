"""What can be wrong with a workbook, in the reader's language."""

from __future__ import annotations

from zhuanban.core.problem import Kind

NOT_A_SHEET = Kind("sheets-001", "文件“{file}”不是表格。", "请发 .xlsx、.xls、.et、.ods 或 .csv 文件。")
BROKEN = Kind("sheets-002", "文件“{file}”已损坏，无法打开。", "请用 Excel 或 WPS 重新打开并另存后再发。")
LOCKED = Kind("sheets-003", "文件“{file}”有打开密码。", "请去掉密码后另存再发。")
TOO_BIG = Kind("sheets-004", "文件“{file}”太大（{what}）。", "请删去多余的空行空列，或分成几个文件再发。")
BOMB = Kind("sheets-005", "文件“{file}”展开后异常庞大，已拒收。", "请核对文件来源；确为正常表格的，另存后再发。")
NO_FILE = Kind("sheets-006", "找不到文件“{file}”。", "请核对路径。")
UNREADABLE = Kind("sheets-007", "文件“{file}”读不出来。", "请核对文件的读取权限和所在磁盘。")
NO_PLAIN_FILE = Kind("sheets-008", "“{file}”不是文件。", "请写明文件本身的路径，不要写文件夹。")
NOT_MARKED = Kind("sheets-009", "批注副本没有写成：{why}。", "登记不受影响；请核对文件夹的权限和磁盘空间后再导入一次。")
NO_HEADER = Kind("sheets-010", "工作表里没有认出表头。", "表头应有这些列中的几列：{wanted}。")
COLUMN_MISSING = Kind("sheets-011", "缺少必填的列“{column}”。", "请补上此列；现有的列：{given}。")
COLUMN_UNKNOWN = Kind("sheets-012", "列“{column}”没有认出，已略过。", "如需登记此列，请改用台账里的列名。")
NOTHING = Kind("sheets-013", "文件“{file}”里没有数据。", "请核对是否发错了文件。")
MEASURE_OTHER = Kind(
    "sheets-014", "列“{column}”的计量单位与台账（{wanted}）不同，此列没有登记。", "请把数换算成{wanted}，改好表头再发。"
)
ROW_SKIPPED = Kind("sheets-015", "这一行没有认作数据，已略过：“{text}”。", "如确是一条数据，请补全后再发。")
TOTAL_WRONG = Kind("sheets-016", "合计写的是 {value}，上面各行相加是 {sum}。", "请核对；登记以各行为准，合计数不登记。")
SHEET_HIDDEN = Kind("sheets-017", "隐藏的工作表没有读。", "其中如有要登记的内容，请取消隐藏后再发。")
HOSTILE = Kind(
    "sheets-018",
    "文件“{file}”的内部（{part}）夹带实体声明（DOCTYPE），正常表格没有这种内容，已拒收。",
    "请核对文件来源；确为正常表格的，用 Excel 或 WPS 打开，另存后再发。",
)
DATE_WRONG = Kind("sheets-020", "“{value}”不是能认出的日期。", "请写成 2023-12-05。")
DATE_VAGUE = Kind("sheets-021", "“{value}”只写到月。", "请写明是哪一天，或写“月底”。")
NUMBER_WRONG = Kind("sheets-022", "“{value}”不是数。", "请只填数字。")
YES_NO_WRONG = Kind("sheets-023", "“{value}”不是“是”或“否”。", "请填“是”或“否”。")
REGION_WRONG = Kind("sheets-024", "没有找到区划“{value}”。", "请填写区划代码，或写全上级名称。")
REGION_MANY = Kind("sheets-025", "“{value}”不止一处：{found}。", "请写明上级，或填写区划代码。")
UNIT_WRONG = Kind("sheets-026", "没有找到单位“{value}”。", "请填写单位全称或简称。")
STATE_WRONG = Kind("sheets-027", "没有状态“{value}”。", "可填：{known}。")
CELL_ERROR = Kind("sheets-028", "单元格是错误值 {value}。", "请改正公式或直接填写内容。")
POINT_WRONG = Kind("sheets-029", "“{value}”不是能认出的坐标。", "请写成“经度,纬度”，如 112.53,32.99。")
NO_FILES = Kind(
    "sheets-030", "“{value}”：没有写明照片和附件放在哪里。", "请用 --files 写明放文件的文件夹；没有文件的，此格留空。"
)
NOTHING_ABOVE = Kind("sheets-031", "“{value}”上面没有内容。", "请直接填写内容。")
DIGITS_LOST = Kind(
    "sheets-032", "号码“{value}”已被 Excel 当作数改掉了末尾几位。", "请先把此列设为“文本”格式，再重新填写完整号码。"
)
DATE_SPAN = Kind("sheets-033", "“{value}”是一段时间，不是一天。", "请只写一天，如 2023-12-05。")
FORMULA_EMPTY = Kind(
    "sheets-034", "此格是公式，但文件里没有算好的结果。", "请用 Excel 或 WPS 打开、保存一次再发，或直接填写内容。"
)
SAID_TWICE = Kind("sheets-035", "同一行里“{column}”填了两处，且不相同。", "请只留一处；并排的两张表请改成上下接排。")
PERCENT_VAGUE = Kind("sheets-036", "“{value}”不知是百分之几。", "请写成带百分号的文字，如 95%。")
MASKED = Kind("sheets-037", "“{column}”填的“{value}”是隐去后的样子，不是原文。", "请填写原文；不改动的，此格留空。")
MATCH_MANY = Kind(
    "sheets-038",
    "没有编号，按{by}对应到不止一个条目：{found}。",
    "请填写编号，写明说的是哪一条；确是另一条的，请把内容写得分得开。",
)
NAME_MANY = Kind("sheets-039", "“{value}”不止一条：{found}。", "请改填{number}，写明是哪一条。")
FILE_NOT_THERE = Kind("sheets-040", "文件夹“{folder}”里没有“{name}”。", "请放进去，或改正文件名。")
FILE_MANY = Kind("sheets-041", "文件夹“{folder}”里叫“{name}”的不止一个：{found}。", "请连后缀写全文件名。")
FILE_UNREAD = Kind("sheets-042", "文件“{name}”读不出来（{why}）。", "请核对文件的读取权限和所在磁盘。")
NO_FOLDER = Kind("sheets-043", "文件夹“{folder}”打不开（{why}）。", "请核对路径。")

# Forms
NO_FORM = Kind("sheets-060", "本行动没有报表“{form}”。", "可用的报表：{known}。")
OLD_FORM = Kind(
    "sheets-061", "文件“{file}”不是 .xlsx 工作簿。", "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再用。"
)
MACROS = Kind("sheets-062", "文件“{file}”带有宏。", "请另存为不带宏的“Excel 工作簿（.xlsx）”再用。")
FULL = Kind("sheets-063", "要填 {rows} 行，模板只印有 {printed} 行，本表不许增加行。", "请换用行数更多的模板。")
FIXED_BELOW = Kind(
    "sheets-064",
    "增加行要移动数据行以下的内容，这里的{what}移动不了。",
    "请把它挪到数据行以上或右侧，或者换用行数更多的模板。",
)
TOO_MANY_ROWS = Kind("sheets-065", "要填 {rows} 行，超出工作表的容量。", "请缩小区划或单位的范围再填。")
# A template, or an office's own official file, must have the shape that the pack says.
NO_PAGE = Kind("sheets-066", "没有工作表“{sheet}”。", "请改回这个名称；现有的工作表：{given}。")
HEAD_DIFFERS = Kind("sheets-067", "表头应为“{wanted}”，这里是“{given}”。", "请核对列的次序和名称。")
FORMULA_THERE = Kind("sheets-068", "要填写的单元格里是公式。", "请去掉公式，或不填写这里。")
INSIDE_MERGE = Kind("sheets-069", "要填写的单元格在合并区域 {merge} 里，不是它的左上角。", "请改填左上角的单元格。")
MERGED_DOWN = Kind("sheets-070", "数据行里有上下合并的单元格 {merge}。", "请取消合并，每行各填各的。")
ROWS_DIFFER = Kind(
    "sheets-071", "模板从第 {first} 行起有 {found} 行空行，应为 {wanted} 行。", "请核对 first 和 printed。"
)
# A form that was sent in must have the shape of its template.
PAGE_ADDED = Kind("sheets-075", "多了工作表“{sheet}”。", "请删去。")
PAGE_RENAMED = Kind("sheets-076", "工作表“{was}”改名为“{now}”。", "请改回“{was}”。")
PAGE_MOVED = Kind("sheets-077", "工作表的次序变了，应为：{wanted}。", "请恢复次序。")
PAGE_HIDDEN = Kind("sheets-078", "工作表“{sheet}”被{done}。", "请恢复原样。")
HEAD_LOST = Kind("sheets-079", "没有找到表头：{wanted}。", "请用下发的模板重新填写。")
HEAD_MOVED = Kind("sheets-080", "表头从第 {was} 行移到了第 {now} 行，上方{done}了 {n} 行。", "请恢复原样。")
COLUMN_ADDED = Kind("sheets-081", "增加了列“{column}”。", "请删去此列。")
COLUMN_REMOVED = Kind("sheets-082", "缺少列“{column}”，原在 {was} 列。", "请恢复此列。")
COLUMN_MOVED = Kind("sheets-083", "列“{column}”从 {was} 列移到了 {now} 列。", "请恢复次序。")
COLUMN_RENAMED = Kind("sheets-084", "列“{was}”改名为“{now}”。", "请改回“{was}”。")
TEXT_CHANGED = Kind("sheets-085", "“{was}”改成了“{now}”。", "请恢复原文。")
MERGE_LOST = Kind("sheets-086", "合并单元格 {merge} 被取消或改动。", "请恢复合并。")
MERGE_MADE = Kind("sheets-087", "新合并了单元格 {merge}。", "请取消合并。")
ROWS_ADDED = Kind("sheets-088", "数据行增加了 {n} 行，本表不许加行。", "请删去增加的行；填不下的另用一份同样的表。")
ROWS_REMOVED = Kind("sheets-089", "数据行减少了 {n} 行。", "请恢复；空行留着不填。")
COLUMN_HIDDEN = Kind("sheets-090", "{column} 列被{done}。", "请恢复原样。")
ROW_HIDDEN = Kind("sheets-091", "这一行被{done}。", "请恢复原样。")
PROTECTION = Kind("sheets-092", "工作表保护被{done}。", "请恢复原样。")
LIST_LOST = Kind("sheets-093", "列“{column}”的下拉选项没有了。", "请用下发的模板重新填写。")
FORMULA_LOST = Kind("sheets-094", "这里原有的公式没有了。", "请恢复公式。")
OUTSIDE_TABLE = Kind("sheets-095", "表格以外写有“{value}”。", "请移到表内，或删去。")
# … and say what the ledgers say.
CELL_DIFFERS = Kind(
    "sheets-096", "“{column}”应为“{wanted}”，表里是“{given}”。", "请核对：以台账为准，台账有误先更正台账。"
)
ROW_MISSING = Kind("sheets-097", "缺少条目 {number}（{says}）。", "请补上，或核对截止日期和范围。")
ROW_TOO_MANY = Kind("sheets-098", "台账里没有这一行：{says}。", "请删去，或先登记到台账。")
LIST_DIFFERS = Kind(
    "sheets-099", "“{column}”与{list}不一致：{list}为“{wanted}”，表里是“{given}”。", "请核对后改正其中一处。"
)
NOT_ON_LIST = Kind("sheets-100", "{list}里没有“{key}”。", "请核对“{column}”列。")
NO_UNIT_FORM = Kind("sheets-101", "没有单位“{unit}”。", "请写单位的代码、全称或简称。")
LIST_UNSEEN = Kind("sheets-102", "本岗位看不到{list}，没有核对。", "请由能看到它的人核对。")
ROWS_MOVED = Kind("sheets-103", "行的次序不同：{moved}。", "请恢复次序。")
# A sheet that is quite another one.
OTHER_FORM = Kind("sheets-104", "这张表不是{form}，看来是{other}。", "请核对是否发错了文件，或按{other}核对。")
NOT_THE_FORM = Kind("sheets-105", "这张表不是{form}。", "请核对是否发错了文件，或用下发的模板填写。")
# Plain lists.
HEAD_MISSING = Kind("sheets-110", "第一行缺少列“{heads}”。", "表头应为：{wanted}。")
