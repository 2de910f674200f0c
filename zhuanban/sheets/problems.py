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
NO_FILES = Kind("sheets-030", "“{value}”：照片和附件不能随表格报送。", "请在条目上另行上传，此格留空。")
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
