"""What streets really send: one entry per habit. The sheet as drawn, what enters, what is refused and where.

`enters` names what is looked at in its first line (`region`, `state`, `@登记` for the day of a move, else fields);
`refused` says cell (or row, or sheet), code, and what is wrong with what to do; `told` the same of warnings, which
refuse nothing.
"""

# ruff: noqa: E501  (a refusal is one line, as the reader gets it)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.draw import MAKES, drawn, rows_of
from tests.elms import bring
from zhuanban.core.day import iso
from zhuanban.core.problem import Problem
from zhuanban.ledger.models import Event, Record, Waiting
from zhuanban.people.queries import Setting

pytestmark = pytest.mark.django_db

PLAIN = """
    社区 | 树名 | 树种 | 树高（米）
    双桥社区 | 银杏1号 | 银杏 | #12.5
    青石村 | 国槐1号 | 国槐 | #8
"""
PLAIN_ENTERS = """
    region | name | kind | height
    双桥社区 | 银杏1号 | 银杏 | 12.5
    青石村 | 国槐1号 | 国槐 | 8
"""


@dataclass(frozen=True)
class Habit:
    title: str
    sheet: str
    enters: str = PLAIN_ENTERS
    refused: str = ""
    told: str = ""
    makes: str = ".xlsx .xls .ods .htm.xls"  # the makes in which the habit is tried


HABITS = [
    # -- round the table -------------------------------------------------------------------------------------------
    Habit("表头就在第一行", PLAIN, makes=" ".join(MAKES)),
    Habit(
        "表头上方有标题、副标题、填报单位",
        """
        附件2 | | |
        卧榆区古树名木普查登记表 | < | < | <
        （2023年第四季度） | < | < | <
        填报单位（盖章）：卧榆区绿化办 | < | 填报时间：2023年12月5日 | <
        社区 | 树名 | 树种 | 树高（米）
        双桥社区 | 银杏1号 | 银杏 | #12.5
        青石村 | 国槐1号 | 国槐 | #8
        """,
        makes=".xlsx .xls .ods .htm.xls .csv",
    ),
    Habit(
        "表下有注、填表人、盖章",
        """
        序号 | 社区 | 树名 | 树种 | 树高（米）
        #1 | 双桥社区 | 银杏1号 | 银杏 | #12.5
        #2 | 青石村 | 国槐1号 | 国槐 | #8

        注：1.树高以米计。2.此表一式三份。 | < | < | < | <
        填表人： | 甲 | 审核人： | 乙 | 2023年12月5日
        填报单位（盖章）： | | 负责人（签字）： | | 联系电话：
        说明：本表由社区填写，街道汇总。 | < | < | < | <
        填表人 | 甲 | 审核人 | 乙 |
        """,
    ),
    Habit(
        "表下一句话没有认作数据，要说出来",
        """
        社区 | 树名 | 树种 | 树高（米）
        双桥社区 | 银杏1号 | 银杏 | #12.5
        青石村 | 国槐1号 | 国槐 | #8
         | | 以上情况属实 |
        """,
        told="第4行 | sheets-015 | 这一行没有认作数据，已略过：“以上情况属实”。如确是一条数据，请补全后再发。",
    ),
    Habit(
        "中间和末尾的小计、合计、总计不是数据",
        """
        序号 | 社区 | 树名 | 树种 | 树高（米） | 分枝数
        #1 | 双桥社区 | 银杏1号 | 银杏 | #12.5 | #3
        小  计 | < | #1 | | | #3
        #2 | 青石村 | 国槐1号 | 国槐 | #8 | #2
        七里镇小计： | | 1棵 | | | #2
         | 合　计 | | | | #5
        总计 | | | | | #5
        """,
    ),
    Habit(
        "合计写在最上面",
        """
        社区 | 树名 | 树种 | 树高（米） | 分枝数
        合计 | | | | #5
        双桥社区 | 银杏1号 | 银杏 | #12.5 | #3
        青石村 | 国槐1号 | 国槐 | #8 | #2
        """,
    ),
    Habit(
        "合计算错了，只作提示",
        """
        社区 | 树名 | 树种 | 树高（米） | 分枝数
        双桥社区 | 银杏1号 | 银杏 | #12.5 | #3
        青石村 | 国槐1号 | 国槐 | #8 | #2
        合计 | | | | #6
        """,
        told="E4 | sheets-016 | 合计写的是 6，上面各行相加是 5。请核对；登记以各行为准，合计数不登记。",
    ),
    Habit(
        "备注里有“合计”二字的仍是数据",
        """
        社区 | 树名 | 树种 | 备注
        双桥社区 | 银杏1号 | 银杏 | 合计
        青石村 | 国槐1号 | 国槐 | 共计2枝
        """,
        """
        region | name | story
        双桥社区 | 银杏1号 | 合计
        青石村 | 国槐1号 | 共计2枝
        """,
    ),
    Habit(
        "块与块之间空行，预填的序号",
        """
        序号 | 社区 | 树名 | 树种 | 树高（米）

        #1 | 双桥社区 | 银杏1号 | 银杏 | #12.5

        #2 | 青石村 | 国槐1号 | 国槐 | #8
        #3 | | | |
        #4 | | | |
        """,
    ),
    Habit(
        "表头下一行是栏次",
        """
        社区 | 树名 | 树种 | 树高（米） | 分枝数
        甲 | 乙 | 丙 | 1 | 2
        双桥社区 | 银杏1号 | 银杏 | #12.5 | #1
        青石村 | 国槐1号 | 国槐 | #8 | #2
        """,
    ),
    Habit(
        "左边和上边空出一行一列",
        """
         | | | |
         | 社区 | 树名 | 树种 | 树高（米）
         | 双桥社区 | 银杏1号 | 银杏 | #12.5
         | 青石村 | 国槐1号 | 国槐 | #8
        """,
        makes=" ".join(MAKES),
    ),
    # -- heads -----------------------------------------------------------------------------------------------------
    Habit(
        "两层表头",
        """
        序号 | 位置 | < | 古树 | < | <
        ^ | 街道/乡镇 | 社区 | 树名 | 树种 | 树高（米）
        #1 | 东关街道 | 双桥社区 | 银杏1号 | 银杏 | #12.5
        #2 | 七里镇 | 青石村 | 国槐1号 | 国槐 | #8
        """,
        makes=" ".join(MAKES),
    ),
    Habit(
        "三层表头，末层是“日期”“人员”",
        """
        序号 | 古树 | < | < | < | 办理情况 | <
        ^ | 位置 | < | 基本情况 | < | 登记 | 挂牌
        ^ | 街道 | 社区 | 树名 | 树种 | 日期 | 日期
        #1 | 东关街道 | 双桥社区 | 银杏1号 | 银杏 | 2023.11.6 | 2023.11.20
        """,
        """
        region | name | state | @登记 | @挂牌
        双桥社区 | 银杏1号 | 已挂牌 | 2023-11-06 | 2023-11-20
        """,
    ),
    Habit(
        "表头里有空格、换行、星号、序号、单位、冒号",
        """
        *社 区 | 1.树名： | ①树种 | 树高\\n（米） | 是否围栏(是/否)
        双桥社区 | 银杏1号 | 银杏 | #12.5 | 是
        青石村 | 国槐1号 | 国槐 | #8 | 否
        """,
    ),
    Habit(
        "列改了名、换了次序、多出一列",
        """
        古树名称 | 胸径 | 树高 | 社区 | 树种
        银杏1号 | #60 | #12.5 | 双桥社区 | 银杏
        国槐1号 | #40 | #8 | 青石村 | 国槐
        """,
        told="B1 | sheets-012 | 列“胸径”没有认出，已略过。如需登记此列，请改用台账里的列名。",
    ),
    Habit(
        "表头的计量单位与台账不同，数差一万倍",
        """
        社区 | 树名 | 树种 | 树高（米） | 养护经费（元）
        双桥社区 | 银杏1号 | 银杏 | #12.5 | #12000
        青石村 | 国槐1号 | 国槐 | #8 | #9000
        """,
        """
        region | name | height | fund
        双桥社区 | 银杏1号 | 12.5 |
        青石村 | 国槐1号 | 8 |
        """,
        refused="E1 | sheets-014 | 列“养护经费（元）”的计量单位与台账（万元）不同，此列没有登记。请把数换算成万元，改好表头再发。",
    ),
    Habit(
        "第二页又印了一遍表头",
        """
        序号 | 位置 | < | 古树 | < | <
        ^ | 街道/乡镇 | 社区 | 树名 | 树种 | 树高（米）
        #1 | 东关街道 | 双桥社区 | 银杏1号 | 银杏 | #12.5
        序号 | 位置 | < | 古树 | < | <
        ^ | 街道/乡镇 | 社区 | 树名 | 树种 | 树高（米）
        #2 | 七里镇 | 青石村 | 国槐1号 | 国槐 | #8
        """,
    ),
    Habit(
        "一张工作表上下两张表，第二张列序不同",
        """
        社区 | 树名 | 树种 | 树高（米）
        双桥社区 | 银杏1号 | 银杏 | #12.5
        合计 | 1棵 | |

        七里镇古树登记表 | < | < | <
        树名 | 树高（米） | 社区 | 树种
        国槐1号 | #8 | 青石村 | 国槐
        """,
    ),
    Habit(
        "左右并排两张表，不能错登",
        """
        社区 | 树名 | 树种 | 社区 | 树名 | 树种
        双桥社区 | 银杏1号 | 银杏 | 青石村 | 国槐1号 | 国槐
        双桥社区 | 国槐2号 | 国槐 | | |
        """,
        """
        region | name
        双桥社区 | 国槐2号
        """,
        refused="""
        D2 | sheets-024 | 没有找到区划“青石村”。请填写区划代码，或写全上级名称。
        E2 | sheets-035 | 同一行里“树名”填了两处，且不相同。请只留一处；并排的两张表请改成上下接排。
        F2 | sheets-035 | 同一行里“树种”填了两处，且不相同。请只留一处；并排的两张表请改成上下接排。
        """,
    ),
    Habit(
        "没有表头",
        """
        双桥社区 | 银杏1号 | 银杏 | #12.5
        青石村 | 国槐1号 | 国槐 | #8
        """,
        "region",
        refused="表1 | sheets-010 | 工作表里没有认出表头。表头应有这些列中的几列：树名、树种、树高（米）、养护经费（万元）、分枝数、遮阴率。",
    ),
    Habit(
        "缺了认条目的列",
        """
        社区 | 树种 | 树高（米）
        双桥社区 | 银杏 | #12.5
        """,
        "region",
        refused="第1行 | sheets-011 | 缺少必填的列“树名”。请补上此列；现有的列：社区、树种、树高（米）。",
    ),
    Habit(
        "没有一列写在哪里",
        """
        树名 | 树种 | 树高（米）
        银杏1号 | 银杏 | #12.5
        银杏2号 | 银杏 | #2.5
        """,
        "region",
        refused="第1行 | sheets-011 | 缺少必填的列“所属区域”。请补上此列；现有的列：树名、树种、树高（米）。",
    ),
    # -- merged and repeated cells ---------------------------------------------------------------------------------
    Habit(
        "向下合并的单元格管到每一行",
        """
        序号 | 街道 | 社区 | 树名 | 树种 | 树高（米）
        #1 | 东关街道 | 双桥社区 | 银杏1号 | 银杏 | #12.5
        #2 | ^ | ^ | 银杏2号 | ^ | #9
        #3 | 七里镇 | 青石村 | 国槐1号 | 国槐 | #8
        """,
        """
        region | name | kind | height
        双桥社区 | 银杏1号 | 银杏 | 12.5
        双桥社区 | 银杏2号 | 银杏 | 9
        青石村 | 国槐1号 | 国槐 | 8
        """,
    ),
    Habit(
        "合并单元格里的小计",
        """
        街道 | 社区 | 树名 | 树种 | 分枝数
        东关街道 | 双桥社区 | 银杏1号 | 银杏 | #3
        ^ | 小计 | #1 | | #3
        """,
        """
        region | name | stems
        双桥社区 | 银杏1号 | 3
        """,
    ),
    Habit(
        "同上、〃",
        """
        社区 | 树名 | 树种 | 树高（米）
        双桥社区 | 银杏1号 | 银杏 | #12.5
        同上 | 银杏2号 | 〃 | "
        小计 | 2棵 | |
        同上 | 银杏3号 | 〃 | #3
        """,
        """
        region | name | kind | height
        双桥社区 | 银杏1号 | 银杏 | 12.5
        双桥社区 | 银杏2号 | 银杏 | 12.5
        双桥社区 | 银杏3号 | 银杏 | 3
        """,
    ),
    Habit(
        "第一行就写“同上”",
        """
        社区 | 树名 | 树种
        双桥社区 | 银杏1号 | 同上
        """,
        "region",
        refused="C2 | sheets-031 | “同上”上面没有内容。请直接填写内容。",
    ),
    # -- cells -----------------------------------------------------------------------------------------------------
    Habit(
        "全角数字、字母、括号，带单位的数，文本形式的数",
        """
        社区 | 树名 | 树种 | 树高（米） | 分枝数 | 联系电话
        双桥社区 | 银杏Ａ１号 | 银杏 | １２．５ | ３枝 | １３８００００１１１１
        青石村 | 国槐（东）号 | 国槐 | 8米 | 1,200 | 13800002222
        """,
        """
        region | name | height | stems | phone
        青石村 | 国槐（东）号 | 8 | 1200 | 13800002222
        """,
        refused="E2 | sheets-022 | “3枝”不是数。请只填数字。",
    ),
    Habit(
        "数存成文本、号码存成数",
        """
        社区 | 树名 | 树种 | 树高（米） | 联系电话 | 身份证号
        双桥社区 | #101 | 银杏 | 12.5 | #13800001111 | '411302199001010011
        """,
        """
        region | name | height | phone | id_number
        双桥社区 | 101 | 12.5 | 13800001111 | 411302199001010011
        """,
    ),
    Habit(
        "身份证号被 Excel 改成了数，末尾已丢",
        """
        社区 | 树名 | 树种 | 身份证号
        双桥社区 | 银杏1号 | 银杏 | #411302199001010011
        青石村 | 国槐1号 | 国槐 | 4.11302E+17
        """,
        "region",
        refused="""
        D2 | sheets-032 | 号码“411302199001009984”已被 Excel 当作数改掉了末尾几位。请先把此列设为“文本”格式，再重新填写完整号码。
        D3 | sheets-032 | 号码“4.11302E+17”已被 Excel 当作数改掉了末尾几位。请先把此列设为“文本”格式，再重新填写完整号码。
        """,
        makes=".xlsx .xls",
    ),
    Habit(
        "斜杠、横线、“无”是空",
        """
        社区 | 树名 | 树种 | 树高（米） | 分枝数 | 联系电话 | 测量日期 | 备注
        双桥社区 | 银杏1号 | 银杏 | / | 无 | —— | 无 | 无
        青石村 | 国槐1号 | 国槐 | - | ／ | 无 | / | \\\\
        """,
        """
        region | name | height | stems | phone | measured | story
        双桥社区 | 银杏1号 | | | | | 无
        青石村 | 国槐1号 | | | | |
        """,
    ),
    Habit(
        "必填的格写了“/”",
        """
        社区 | 树名 | 树种
        双桥社区 | 银杏1号 | /
        """,
        "region",
        refused="C2 | ledger-007 | “树种”为空。“登记”必须填写此项，请补充后再报。",
    ),
    Habit(
        "百分数",
        """
        社区 | 树名 | 树种 | 遮阴率
        双桥社区 | 银杏1号 | 银杏 | 85%
        青石村 | 国槐1号 | 国槐 | #0.9
        青石村 | 国槐2号 | 国槐 | #90
        """,
        """
        region | name | shade
        双桥社区 | 银杏1号 | 85
        青石村 | 国槐2号 | 90
        """,
        refused="D3 | sheets-036 | “0.9”不知是百分之几。请写成带百分号的文字，如 95%。",
        makes=".xlsx .xls .ods",
    ),
    Habit(
        "公式没有算出结果、公式出错",
        """
        社区 | 树名 | 树种 | 树高（米）
        双桥社区 | 银杏1号 | 银杏 | =6+6.5
        青石村 | 国槐1号 | 国槐 | #REF!
        """,
        "region",
        refused="""
        D2 | sheets-034 | 此格是公式，但文件里没有算好的结果。请用 Excel 或 WPS 打开、保存一次再发，或直接填写内容。
        D3 | sheets-028 | 单元格是错误值 #REF!。请改正公式或直接填写内容。
        """,
        makes=".xlsx",
    ),
    Habit(
        "一行里错了几格，一次说全",
        """
        社区 | 树名 | 树种 | 树高（米） | 是否围栏 | 测量日期 | 坐标
        无名社区 | 银杏1号 | 银杏 | 很高 | 也许 | 去年 | 河边
        """,
        "region",
        refused="""
        A2 | sheets-024 | 没有找到区划“无名社区”。请填写区划代码，或写全上级名称。
        D2 | sheets-022 | “很高”不是数。请只填数字。
        E2 | sheets-023 | “也许”不是“是”或“否”。请填“是”或“否”。
        F2 | sheets-020 | “去年”不是能认出的日期。请写成 2023-12-05。
        G2 | sheets-029 | “河边”不是能认出的坐标。请写成“经度,纬度”，如 112.53,32.99。
        """,
    ),
    Habit(
        "入口不收的格也指到格",
        """
        社区 | 树名 | 树种 | 树高（米） | 联系电话
        双桥社区 | 银杏1号 | 梧桐 | #99 | 138
        """,
        "region",
        refused="""
        C2 | ledger-008 | “树种”不能填“梧桐”。请从下列选项中选一个：银杏、国槐、其他树种。
        D2 | ledger-009 | “树高（米）”的值 99 超出范围（0 至 60）。请核对后重新填写。
        E2 | ledger-039 | “联系电话”的写法不对：“138”。请核对后重新填写。
        """,
    ),
    # -- days ------------------------------------------------------------------------------------------------------
    Habit(
        "日期的各种写法",
        """
        社区 | 树名 | 树种 | 测量日期
        双桥社区 | 1号 | 银杏 | 2023.12.5
        双桥社区 | 2号 | 银杏 | 12月5日
        双桥社区 | 3号 | 银杏 | #45265
        双桥社区 | 4号 | 银杏 | 2023年12月底
        双桥社区 | 5号 | 银杏 | 23.12.5
        双桥社区 | 6号 | 银杏 | @2023-12-05
        双桥社区 | 7号 | 银杏 | ２０２３年１２月５日
        双桥社区 | 8号 | 银杏 | 20231205
        双桥社区 | 9号 | 银杏 | 2023.12.1-12.5
        双桥社区 | 10号 | 银杏 | 2023年12月
        """,
        """
        name | measured
        1号 | 2023-12-05
        2号 | 2023-12-05
        3号 | 2023-12-05
        4号 | 2023-12-31
        5号 | 2023-12-05
        6号 | 2023-12-05
        7号 | 2023-12-05
        8号 | 2023-12-05
        """,
        refused="""
        D10 | sheets-033 | “2023.12.1-12.5”是一段时间，不是一天。请只写一天，如 2023-12-05。
        D11 | sheets-021 | “2023年12月”只写到月。请写明是哪一天，或写“月底”。
        """,
    ),
    Habit(
        "一月的表说十二月：表上的日期说了是哪一年",
        """
        填报时间：2023年1月5日 | < | < | <
        社区 | 树名 | 树种 | 测量日期
        双桥社区 | 1号 | 银杏 | 12月29日
        双桥社区 | 2号 | 银杏 | 1月4日
        """,
        """
        name | measured
        1号 | 2022-12-29
        2号 | 2023-01-04
        """,
    ),
    # -- regions ---------------------------------------------------------------------------------------------------
    Habit(
        "区划写名称、代码、带上级、少写后缀、写机关名",
        """
        社区 | 树名 | 树种
        双桥社区 | 1号 | 银杏
        411303101201 | 2号 | 银杏
        七里镇青石村 | 3号 | 银杏
        卧榆区东关街道新华社区 | 4号 | 银杏
        双桥 | 5号 | 银杏
        双桥社区居委会 | 6号 | 银杏
        青石村村委会 | 7号 | 银杏
        七里-新华社区 | 8号 | 银杏
        滨河\\n社 区 | 9号 | 银杏
        """,
        """
        region | name
        双桥社区 | 1号
        青石村 | 2号
        青石村 | 3号
        411302001001 | 4号
        双桥社区 | 5号
        双桥社区 | 6号
        青石村 | 7号
        411303101001 | 8号
        滨河社区 | 9号
        """,
    ),
    Habit(
        "区、街道、社区分列，各写各的",
        """
        区 | 街道 | 社区 | 树名 | 树种
        卧榆 | 东关 | 新华 | 1号 | 银杏
        宛榆区 | 七里镇人民政府 | 新华社区 | 2号 | 银杏
        城乡一体 化示范区 | 新店街道办事处 | 滨河 | 3号 | 银杏
        """,
        """
        region | name
        411302001001 | 1号
        411303101001 | 2号
        滨河社区 | 3号
        """,
    ),
    Habit(
        "两个街道有同名社区",
        """
        社区 | 树名 | 树种
        新华社区 | 1号 | 银杏
        """,
        "region",
        refused="A2 | sheets-025 | “新华社区”不止一处：卧榆区东关街道新华社区、宛榆区七里镇新华社区。请写明上级，或填写区划代码。",
    ),
    Habit(
        "区划只写到街道",
        """
        街道 | 树名 | 树种
        东关街道 | 1号 | 银杏
        """,
        "region",
        refused="A2 | ledger-016 | “东关街道”是二级网格，不是三级网格。请填写到三级网格。",
    ),
    # -- books -----------------------------------------------------------------------------------------------------
    Habit(
        "一本里几张工作表，有一张是填表说明",
        """
        == 填表说明
        一、本表由社区填写
        二、树高以米计
        == 卧榆区
        社区 | 树名 | 树种 | 树高（米）
        双桥社区 | 银杏1号 | 银杏 | #12.5
        == 宛榆区
        树名 | 树种 | 树高（米） | 社区
        国槐1号 | 国槐 | #8 | 青石村
        == Sheet4
        """,
        told="填表说明 | sheets-010 | 工作表里没有认出表头。表头应有这些列中的几列：树名、树种、树高（米）、养护经费（万元）、分枝数、遮阴率。",
        makes=".xlsx .xls .ods",
    ),
    Habit(
        "名称被换行和空格断开",
        """
        社 区 | 树　名 | 树 种 | 养护人
        双桥社区 | 东关\\n银杏 | 其他 树种 | 张 某
        合 计 | 1棵 | |
        """,
        """
        region | name | kind | keeper
        双桥社区 | 东关银杏 | 其他树种 | 张某
        """,
    ),
]


def entered(town: Setting, heads: list[str]) -> list[list[str]]:
    """What the ledger holds, in the order in which it came."""
    return [[_said(town, record, head) for head in heads] for record in Record.objects.order_by("pk")]


def _said(town: Setting, record: Record, head: str) -> str:
    if head == "region":
        name = town.regions.name(record.region)
        return name if len(town.regions.find(name, 0)) == 1 else record.region
    if head == "state":
        return record.state
    if head.startswith("@"):
        return next(
            (iso(e.on_day) for e in Event.objects.filter(record=record) if f'"move":"{head[1:]}"' in e.body), ""
        )
    value = record.data.get(head)
    return "" if value is None else str(value)


def told(problems: list[Problem]) -> list[list[str]]:
    return [
        [p.place.cell or (f"第{p.place.row}行" if p.place.row else p.place.sheet), p.code, p.says + p.advice]
        for p in problems
    ]


@pytest.mark.parametrize(
    ("habit", "make"),
    [pytest.param(habit, make, id=f"{habit.title}-{make}") for habit in HABITS for make in habit.makes.split()],
)
def test_what_streets_send(town: Setting, tmp_path: Path, habit: Habit, make: str) -> None:
    path = tmp_path / f"来表{make}"
    MAKES[make](path, drawn(habit.sheet))
    report = bring(town, path)
    heads, *wanted = rows_of(habit.enters)
    assert entered(town, heads) == [row + [""] * (len(heads) - len(row)) for row in wanted]
    assert told(report.problems) == rows_of(habit.refused)
    assert [w for w in told(report.files[0].warnings)] == rows_of(habit.told)
    assert all(p.place.file == path.name for p in report.problems)

    refused = {p.place.row for p in report.problems if p.place.row and p.code not in {"sheets-011", "sheets-014"}}
    assert report.total("rows") == len(wanted) + len(refused)
    assert Waiting.objects.count() == report.total("waiting") == len(refused)
    events = Event.objects.count()
    again = bring(town, path)
    assert (again.total("new"), again.total("changed"), Event.objects.count()) == (0, 0, events)
    assert Waiting.objects.count() == len(refused)
