"""The commands as an outsider calls them: exit codes, printed tables, what went in and what waits."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing

import click
import pytest

from tests.conftest import Office
from tests.lamps import workbook
from zhuanban.cli import main
from zhuanban.cli.base import in_chinese

HEAD = ["所在村", "杆号", "灯型", "功率（千瓦）", "登记日期", "派单日期"]
ROWS = [
    ["东镇路灯登记表"],
    HEAD,
    ["甲村", "1号", "高杆", 1.5, "2024.1.5", None],
    ["甲村", "2号", "草坪", "０．２５", "1月6日", "1月8日"],
    ["小计", 2],
    ["丙村", "3号", "低杆", "2000瓦", 45300, None],
    ["填表人：甲", None, "负责人：乙"],
]


@pytest.mark.both_engines
def test_a_sheet_goes_in_and_a_table_comes_out(lamps: Office) -> None:
    path = workbook(lamps, "东镇.xlsx", ROWS)
    refused = lamps.run("import", "lamps", "lamps", path, "--on", "2024-03-01", "--json", code=1)
    report = json.loads(refused.out)
    # 2000瓦 is no number in this field's measure: the row waits, the other two are in.
    assert (report["rows"], report["new"], report["waiting"]) == (3, 2, 1)
    assert report["problems"][0]["place"]["cell"] == "D6"
    assert json.loads(lamps.run("inbox", "lamps", "--json").out)["items"][0]["source"]["row"] == 6
    again = json.loads(lamps.run("import", "lamps", "lamps", path, "--on", "2024-03-01", "--json", code=1).out)
    assert (again["new"], again["changed"], again["already"]) == (0, 0, 2)

    ROWS_MENDED = [*ROWS[:5], ["丙村", "3号", "低杆", 2, 45300, None]]
    lamps.run("import", "lamps", "lamps", workbook(lamps, "更正.xlsx", ROWS_MENDED), "--on", "2024-03-01")
    assert json.loads(lamps.run("inbox", "lamps", "--json").out)["items"] == []

    out = lamps.run("table", "lamps", "progress", "--as-of", "2024-03-01", "--format", "csv").out
    rows = list(csv.reader(io.StringIO(out.lstrip("\ufeff"))))
    assert rows == [
        ["区域", "登记（盏）", "其中高杆（盏）", "派单（盏）", "修复（盏）", "修复率", "未修复（盏）", "功率（千瓦）"],
        ["合计", "3", "1", "1", "0", "0%", "3", "3.75"],
        ["东镇", "2", "1", "1", "0", "0%", "2", "1.75"],
        ["西镇", "1", "0", "0", "0", "0%", "1", "2.00"],
    ]
    said = json.loads(
        lamps.run(
            "explain", "lamps", "progress", "--as-of", "2024-03-01", "--row", "东镇", "--column", "派单（盏）", "--json"
        ).out
    )
    assert [(r["number"], r["since"]) for r in said["records"]] == [("D-411300101201-002", "2024-01-08")]
    history = json.loads(lamps.run("history", "lamps", "lamps", "D-411300101201-002", "--json").out)
    assert [e["title"] for e in history["events"]] == ["登记", "派单"]

    assert lamps.run("verify", "lamps").code == 0
    assert lamps.run("tally", "check").code == 0


def test_the_last_day_prints_the_rows_of_the_day_before(lamps: Office) -> None:
    def rows(day: str) -> list[str]:
        return lamps.run("table", "lamps", "progress", "--as-of", day).out.splitlines()[2:]

    assert len(rows("9999-12-30")) == 4
    assert rows("9999-12-31") == rows("9999-12-30")


@pytest.mark.parametrize(
    "words",
    [
        ["backup"],
        ["table", "lamps", "progress", "--as-of", "2024-03-01", "-o"],
        ["export", "lamps", "lamps", "-o"],
        ["form", "lamps", "附件1", "-o"],
        ["archive", "lamps", "--region", "东镇", "-o"],
    ],
    ids=lambda words: words[0],
)
def test_a_file_goes_only_into_a_folder_that_is_there(lamps: Office, words: list[str]) -> None:
    refused = lamps.run(*words, "无/此.csv", code=1)
    assert "cli-041" in refused.err
    assert "没有文件夹“无”" in refused.err
    assert "cli-042" in lamps.run(*words, "lamps", code=1).err
    assert not (lamps.home.parent / "无").exists()


def test_an_empty_data_folder_is_none(office: Office) -> None:
    office.run("campaign", "list", ZHUANBAN_HOME="")
    assert [path.name for path in office.home.parent.iterdir()] == ["data"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["table"], 2, "缺少参数"),
        (["tabel"], 2, "没有命令"),
        (["table", "x", "y", "--as-of", "8.12."], 2, "不是日期"),
        (["table", "x", "y", "--as-off", "2024-01-01"], 2, "没有选项"),
        (["table", "x", "y", "--as-of", "2024-01-01"], 1, "没有名为"),
        (["pack", "check", "no-such-pack"], 1, ""),
        (["history", "x", "y", "z"], 1, "没有名为"),
    ],
)
def test_wrong_usage_and_wrong_input(office: Office, words: list[str], code: int, says: str) -> None:
    ran = office.run(*words, code=code)
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_cannot_be_written_gives_one_clear_problem(office: Office) -> None:
    office.home.parent.joinpath("file").write_text("no folder")
    ran = office.run("campaign", "list", code=1, ZHUANBAN_HOME=str(office.home.parent / "file" / "data"))
    assert "数据文件夹不能写入" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["table", "x", "y", "--as-of", "2024-01-01", "--format", "pdf"],
         "参数不对（--format）：没有“pdf”这个选择，可选：text、csv、json、xlsx。"),
        (["serve", "--port", "99999"], "参数不对（--port）：99999 超出范围（1 至 65535）。"),
        (["serve", "--port", "x"], "参数不对（--port）：“x”不是整数。"),
        (["settle", "x", "y", "--discard", "z"], "参数不对：“y”不是整数。"),
        (["verify", "--json=3"], "选项 --json 后面不写值。"),
        (["table", "x", "y", "--as-of"], "选项 --as-of 后面要写值。"),
        (["table", "x", "y"], "缺少参数 --as-of。"),
        (["verify", "--jso"], "没有选项 --jso。是不是 --json？"),
        (["duty", "fil"], "没有命令 fil。"),
        (["verify", "x", "y", "z"], "参数太多：y z。"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_in_chinese(words: list[str], says: str) -> None:
    with pytest.raises(click.UsageError) as usage:
        main.main(words, standalone_mode=False)
    said = in_chinese(usage.value)
    where = usage.value.ctx.command_path if usage.value.ctx is not None else "zhuanban"
    assert said == f"{says}用 {where} --help 查看用法。"


@pytest.mark.sqlite
def test_verify_names_what_was_altered_behind_the_door(lamps: Office) -> None:
    lamps.run("import", "lamps", "lamps", workbook(lamps, "东镇.xlsx", [HEAD, ROWS[2]]), "--on", "2024-03-01")
    assert "核验无误。" in lamps.run("verify").out
    with closing(sqlite3.connect(lamps.home / "zhuanban.sqlite3")) as behind, behind:
        behind.execute("UPDATE tally_day SET n = n + 5 WHERE node = '411300101' AND cell = ''")
    for words in (["verify"], ["verify", "lamps"], ["tally", "check"]):
        err = lamps.run(*words, code=1).err
        assert "“路灯整修进度表”的“登记（盏）”列，东镇，2024-01-05 当日的增减应为 1，现为 6。" in err
    lamps.run("tally", "rebuild")
    lamps.run("verify")
    with closing(sqlite3.connect(lamps.home / "zhuanban.sqlite3")) as behind, behind:
        behind.execute("UPDATE people_packversion SET files = replace(files, 'half_up', 'floor')")
    ran = lamps.run("verify", "--json", code=1)
    assert [p["code"] for p in json.loads(ran.out)["problems"]] == ["people-021", "tally-009"]
