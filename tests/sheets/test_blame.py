"""What the sender of a sheet reads when the door refuses his row: which cell, in his sheet's words, and why."""

from __future__ import annotations

from pathlib import Path

from tests.draw import drawn, xlsx
from tests.elms import bring
from zhuanban.ledger.models import Waiting
from zhuanban.people.queries import Setting


def told(town: Setting, path: Path, text: str) -> list[str]:
    """What an import says of the sheet's rows."""
    xlsx(path, drawn(text))
    return [str(p) for p in bring(town, path).problems]


def test_a_date_that_the_record_contradicts_is_named_and_so_is_the_other_place(town: Setting, tmp_path: Path) -> None:
    ours = """
        树号 | 社区 | 树名 | 树种 | 登记日期 | 挂牌日期
        老1 | 双桥社区 | 1号 | 银杏 | 2023-11-20 | 2023-11-22
    """
    assert told(town, tmp_path / "先报.xlsx", ours) == []
    theirs = """
        编号 | 登记日期 | 社区 | 树名
        老1 | 2023-11-25 | 青石村 | 1号
    """
    place = "后报.xlsx 工作表“表1” 单元格"
    assert told(town, tmp_path / "后报.xlsx", theirs.replace("编号", "古树编号")) == [
        f"{place}B2 “登记日期”列 条目老1：“登记”的日期 2023-11-25 与台账所记的 2023-11-20 不同，"
        "照此改则“挂牌”早于上一步。请核对这个日期；确需改的，先把后面的步骤改期。（ledger-037）",
        f"{place}C2 “社区”列 条目老1：条目 老1 在“双桥社区”，这里写的是“青石村”。"
        "请核对编号是否写成了别处的条目；确已移转的，改好其他问题即可。（ledger-089）",
    ]
    assert [p["code"] for p in Waiting.objects.get().problems] == ["ledger-037", "ledger-089"]
    # A date that fits, from the other place: the record has gone there.
    assert told(town, tmp_path / "再报.xlsx", theirs.replace("编号", "古树编号").replace("11-25", "11-20")) == []


def test_faults_of_a_row_come_from_left_to_right_and_name_a_column_once_as_the_sheet_does(
    town: Setting, tmp_path: Path
) -> None:
    text = """
        责任人 | 树高（米） | 树种 | 街道 | 分枝数 | 古树名称
        张某 | #99 | 梧桐 | 新店街道 | 三 | 9号
    """
    place = "来表.xlsx 工作表“表1” 单元格"
    assert [x.rpartition("（")[0] for x in told(town, tmp_path / "来表.xlsx", text)] == [
        f"{place}B2：“树高（米）”的值 99 超出范围（0 至 60）。请核对后重新填写。",
        f"{place}C2：“树种”不能填“梧桐”。请从下列选项中选一个：银杏、国槐、其他树种。",
        f"{place}D2 “街道”列：“新店街道”是二级网格，不是三级网格。请填写到三级网格。",
        f"{place}E2 “分枝数”列：“三”不是数。请只填数字。",
    ]


def test_faults_of_a_file_come_in_the_order_of_its_sheets_and_rows(town: Setting, tmp_path: Path) -> None:
    """Whether the cell could not be read, the door refused it, or two rows speak of one tree."""
    head = "社区 | 树名 | 树种 | 树高（米）\n"
    text = (
        f"== 乙组\n{head}双桥社区 | 1号 | 银杏 | #99\n青石村 | 2号 | 梧桐 | 很高\n双桥社区 | | 银杏 | #5\n"
        f"== 甲组\n{head}无此村 | 3号 | 国槐 | #8\n双桥社区 | 4号 | 国槐 | #8\n双桥社区 | 4号 | 国槐 | #9\n"
        "双桥社区 | 5号 | 国槐 | #77\n"
    )
    xlsx(tmp_path / "来表.xlsx", drawn(text))
    report = bring(town, tmp_path / "来表.xlsx")
    assert [(p.place.sheet, p.place.cell or p.place.row) for p in report.problems] == [
        ("乙组", "D2"), ("乙组", "C3"), ("乙组", "D3"), ("乙组", "B4"),
        ("甲组", "A2"), ("甲组", "D4"), ("甲组", "D5"),
    ]  # fmt: skip
