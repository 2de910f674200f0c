"""`zhuanban form` as an outsider calls it."""

import json
from base64 import b64decode

import pytest

from tests.sheets.form_office import FILES, REGIONS, UNITS
from tests.sheets.form_samples import edit, parts
from zhuanban.sheets.form_file import open_workbook


@pytest.fixture
def bridges(office, tmp_path):
    """An office with the campaign made from a pack's folder, and seven faults brought in by a sheet."""
    folder = tmp_path / "bridges"
    for file, text in FILES.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if file.endswith(".xlsx"):
            (folder / file).write_bytes(b64decode(text))
        else:
            (folder / file).write_text(text, "utf-8")
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    rows = "".join(f"东镇,裂缝,裂缝{n},2024-02-0{n}\n" for n in range(1, 8))
    (tmp_path / "faults.csv").write_text(f"乡镇,类型,描述,登记日期\n{rows}", "utf-8")
    looks = "".join(f"{n},东镇,{n}号桥,裂缝\n" for n in range(1, 6))
    (tmp_path / "looks.csv").write_text(f"问题序号,乡镇,桥名,原隐患\n{looks}", "utf-8")
    start = ["--start", "2024-01-01", "--regions", tmp_path / "regions.csv", "--units", tmp_path / "units.csv"]
    office.run("campaign", "create", "桥梁", "--pack", folder, *start)
    office.run("import", "桥梁", "faults", tmp_path / "faults.csv")
    office.run("import", "桥梁", "looks", tmp_path / "looks.csv", "--on", "2024-02-10")
    return office


@pytest.mark.both_engines
def test_fill_look_and_check(bridges, tmp_path):
    target = tmp_path / "附件1.xlsx"
    ran = bridges.run("form", "桥梁", "附件1", "--as-of", "2024-02-06", "-o", target)
    assert "截至2024-02-06，6行" in ran.out
    book = open_workbook(target.read_bytes(), "附件1.xlsx")
    sheet = book.sheet(book.pages[0])
    assert [sheet.value(row, 4) for row in range(5, 11)] == [f"裂缝{n}" for n in range(1, 7)]
    assert "内容与截至2024-02-06的台账一致" in bridges.run("form", "check", "桥梁", "附件1", target).out
    told = bridges.run("form", "check", "桥梁", "附件1", target, "--as-of", "2024-02-07", "--json", code=1)
    answer = json.loads(told.out)
    assert answer["as_of"] == "2024-02-07"
    assert {p["code"] for p in answer["problems"]} == {"sheets-096", "sheets-097"}
    told = bridges.run("form", "check", "桥梁", "附件1", target, "--as-of", "2024-02-07", code=1)
    assert told.err.startswith("格式未改，内容与截至2024-02-07的台账不一致：\n")


def test_a_changed_shape_is_refused_with_its_place(bridges, tmp_path):
    target = tmp_path / "a.xlsx"
    bridges.run("form", "fill", "桥梁", "faults", "-o", target)
    spoilt = edit(
        target.read_bytes(), "xl/worksheets/sheet1.xml", lambda xml: xml.replace('<mergeCell ref="A2:H2"/>', "")
    )
    target.write_bytes(spoilt)
    ran = bridges.run("form", "check", "桥梁", "faults", target, code=1)
    assert ran.err.splitlines() == [
        "a.xlsx 工作表“附件1” 单元格A2：合并单元格 A2:H2 被取消或改动。请恢复合并。（sheets-086）"
    ]


def test_of_many_differences_the_first_are_told(bridges, tmp_path):
    target = tmp_path / "a.xlsx"
    rows = "".join(f"东镇,裂缝,裂缝{n},2024-02-09\n" for n in range(10, 50))
    (tmp_path / "more.csv").write_text(f"乡镇,类型,描述,登记日期\n{rows}", "utf-8")
    bridges.run("form", "fill", "桥梁", "faults", "--as-of", "2024-02-08", "-o", target)
    bridges.run("import", "桥梁", "faults", tmp_path / "more.csv")
    check = ["form", "check", "桥梁", "faults", target, "--as-of", "2024-02-09"]
    told = json.loads(bridges.run(*check, "--json", code=1).out)["problems"]
    lines = bridges.run(*check, code=1).err.splitlines()
    assert len(told) >= 40
    assert len(lines) == 1 + 30 + 1
    assert lines[-1] == f"另有{len(told) - 30}处，--json 列出全部。"


def test_copies_and_csv(bridges, tmp_path):
    ran = bridges.run("form", "桥梁", "附件3", "--period", "2024-02", "-o", tmp_path / "报表.xlsx", "--json")
    said = json.loads(ran.out)
    assert [x.rpartition("/")[2] for x in said.pop("files")] == ["报表_1-3.xlsx", "报表_2-3.xlsx", "报表_3-3.xlsx"]
    assert {w["code"] for w in said.pop("warnings")} == {"sheets-100"}  # 附表1 has not been brought in
    assert said == {
        "form": "looks", "title": "已整改隐患回头看情况表", "as_of": "2024-02-29", "region": "", "unit": "", "rows": 5,
    }  # fmt: skip
    changed = parts((tmp_path / "报表_2-3.xlsx").read_bytes())
    template = parts(b64decode(FILES["forms/looks.xlsx"]))
    assert [name for name in template if template[name] != changed[name]] == ["xl/worksheets/sheet1.xml"]
    bridges.run("form", "桥梁", "附件3", "-o", tmp_path / "报表.csv")
    lines = (tmp_path / "报表.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "问题序号,桥名,原隐患,是否完成"
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ["桥梁", "附件9", "-o", "a.xlsx"],
            1,
            "可用的报表：附件1（危桥隐患统计表）、附件2（联络员信息表）、cover（报送封面）",
        ),
        (["桥梁", "附件1", "-o", "a.pdf"], 2, "须以 .xlsx 或 .csv 结尾"),
        (["桥梁", "附件1"], 2, "缺少参数 -o、--output。"),
        (["桥梁", "附件1", "--unit", "U1", "--region", "东镇", "-o", "a.xlsx"], 2, "--region 和 --unit 只写一个"),
        (["桥梁", "附件1", "--period", "五月", "-o", "a.xlsx"], 2, "“五月”不是报送期"),
        (["桥梁", "附件1", "--unit", "无此", "-o", "a.xlsx"], 1, "没有单位“无此”"),
        (["check", "桥梁", "附件1", "无此.xlsx"], 1, "读不了文件“无此.xlsx”"),
        (["check", "桥梁", "附件1", "faults.csv"], 1, "另存为“Excel 工作簿（.xlsx）”"),
    ],
)
def test_wrong_usage_is_told_in_chinese(bridges, words, code, says):
    ran = bridges.run("form", *words, code=code)
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_pack_check_opens_the_templates(bridges, tmp_path):
    folder = tmp_path / "bridges"
    assert bridges.run("pack", "check", folder).out == "没有发现问题。\n"
    text = (folder / "forms.yaml").read_text("utf-8")
    (folder / "forms.yaml").write_text(text.replace("printed: 3", "printed: 4"), "utf-8")
    ran = bridges.run("pack", "check", folder, code=1)
    assert "bridges/forms/faults.xlsx 工作表“附件1” 第5行：模板从第 5 行起有 3 行空行，应为 4 行。" in ran.err
