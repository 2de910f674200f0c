"""Work lists, draws and exports as an outsider calls them."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import openpyxl
import pytest

from tests.conftest import ROOT, Office
from tests.lamps import workbook

PACK = ROOT / "tests" / "packs" / "orchard"
PEOPLE = """
    from zhuanban.people.actions import give_post
    from zhuanban.people.models import Campaign, User
    here = Campaign.objects.get(name="orchard")
    for login, post, region in (("county", "county", ""), ("east", "town", "990100001")):
        give_post(here, User.objects.create_user(login), post, region=region)
"""
LOG = """
    from zhuanban.people.models import AccessLog
    import json
    print(json.dumps([[x.who, x.what, x.detail] for x in AccessLog.objects.order_by("pk")]))
"""
pytestmark = pytest.mark.both_engines


@pytest.fixture
def orchards(office: Office) -> Office:
    """Three blocks in two towns; one of them was looked at and is to be looked at again on 2024-03-15."""
    demo = PACK / "demo"
    office.run(
        "campaign", "create", "orchard", "--pack", PACK, "--regions", demo / "regions.csv",
        "--units", demo / "units.csv", "--start", "2024-03-01",
    )  # fmt: skip
    orchard = workbook(office, "果园.xlsx", [["所在片区", "园主", "树种"], ["上园片", "甲", "苹果"]])
    office.run("import", "orchard", "orchards", orchard, "--on", "2024-03-01")
    head = ["片区", "果园编号", "病虫", "排查员", "植保队", "排查日期", "派工日期"]
    row = ["上园片", "GY-99010000101-001", "红蜘蛛", "丙", "东队", "2024-03-01", "2024-03-01"]
    office.run("import", "orchard", "visits", workbook(office, "排查.xlsx", [head, row]), "--on", "2024-03-01")
    office.python(PEOPLE)
    return office


def listed(office: Office, *words: str) -> list[dict[str, str]]:
    said = json.loads(office.run("list", "orchard", *words, "--json").out)
    assert said.keys() == {"list", "title", "ledger", "as_of", "count", "entries"}
    assert said["count"] == len(said["entries"])
    return list(said["entries"])


def test_a_list_of_records_is_as_of_a_day(orchards: Office) -> None:
    assert listed(orchards, "due_again", "--as-of", "2024-03-15") == []
    (entry,) = listed(orchards, "该再去看的", "--as-of", "2024-03-16")
    assert entry == {
        "number": "2024-0001", "state": "防治中", "region": "99010000101", "region_name": "上园片",
        "unit": "D", "unit_name": entry["unit_name"], "says": "", "facts": [],
    }  # fmt: skip
    assert listed(orchards, "due_again", "--as-of", "2024-03-16", "--region", "西沟镇") == []
    dated = orchards.run("list", "orchard", "due_again", "--as-of", "2024-03-16")
    assert dated.out.splitlines()[1:] == [
        "  2024-0001  防治中  上园片  东队  下次查看：2024-03-15，病虫：红蜘蛛，排查员：丙"
    ]
    assert dated.err == ""
    rename = ("units", "rename", "orchard", "D", "上园片植保队", "--short", "上园片")
    orchards.run(*rename, "--on", "2024-03-01", "--reason", "改名")
    named = orchards.run("list", "orchard", "due_again", "--as-of", "2024-03-16").out
    assert "  防治中  上园片  下次查看：" in named  # a region and a unit of one name are said once
    assert "最近的登记在 2024-03-01" in orchards.run("list", "orchard", "due_again").err


def test_a_list_of_regions_without_any(orchards: Office) -> None:
    def names(*words: str) -> list[str]:
        return [e["region_name"] for e in listed(orchards, "no_visit", *words)]

    assert names("--as-of", "2024-02-29") == ["上园片", "下园片", "河湾片"]
    assert names("--as-of", "2024-03-01") == ["下园片", "河湾片"]
    assert names("--as-of", "2024-03-01", "--as", "east") == ["下园片"]
    assert "tally-007" in orchards.run("list", "orchard", "nothing", code=1).err


def test_a_draw_can_be_made_again_by_anyone(orchards: Office) -> None:
    words = ("draw", "orchard", "county_draw", "--seed", "3月1日 07 21 33", "--as-of", "2024-03-01")
    said = json.loads(orchards.run(*words, "--json").out)
    assert (said["seed"], said["part"], said["whole"], said["round"]) == ("3月1日 07 21 33", 1, 4, "ceil")
    assert [(g["region_name"], g["count"]) for g in said["groups"]] == [("东坡乡", 2), ("西沟镇", 1)]
    for group, cells in zip(said["groups"], (["99010000101", "99010000102"], ["99010000201"]), strict=True):
        ordered = sorted(cells, key=lambda c: hashlib.sha256(f"3月1日 07 21 33\n{c}".encode()).hexdigest())
        assert [d["region"] for d in group["drawn"]] == ordered[:1]
        assert group["list_sha256"] == hashlib.sha256("".join(f"{c}\n" for c in cells).encode()).hexdigest()
    assert json.loads(orchards.run(*words, "--json", "--as", "county").out) == said
    text = orchards.run(*words).out
    assert said["groups"][0]["list_sha256"] in text
    assert "sha256sum" in text
    assert "东坡乡名单（2 个）\n99010000101\n99010000102\n" in text
    today = orchards.run("draw", "orchard", "county_draw", "--seed", "x")
    assert "最近的登记在 2024-03-01，可用 --as-of 2024-03-01" in today.err


def test_records_are_drawn_as_they_stood_on_the_day(orchards: Office) -> None:
    """Three of five are apples on the day: half of them, rounded up, are two; over all, as no level is named."""
    head = ["所在片区", "园主", "树种"]
    rows = [["上园片", "乙", "梨"], ["下园片", "丙", "苹果"], ["下园片", "丁", "苹果"], ["河湾片", "戊", "梨"]]
    orchards.run("import", "orchard", "orchards", workbook(orchards, "又.xlsx", [head, *rows]), "--on", "2024-03-02")
    late = workbook(orchards, "后.xlsx", [head, ["河湾片", "己", "苹果"]])
    orchards.run("import", "orchard", "orchards", late, "--on", "2024-03-03")
    words = ("draw", "orchard", "苹果园复查", "--seed", "3月2日 11", "--as-of", "2024-03-02")
    said = json.loads(orchards.run(*words, "--json", "--as", "county").out)
    apples = [f"GY-99010000{block}" for block in ("101-001", "102-001", "102-002")]
    ordered = sorted(apples, key=lambda n: hashlib.sha256(f"3月2日 11\n{n}".encode()).hexdigest())
    (group,) = said["groups"]
    assert (said["ledger"], group["count"], group["listed"]) == ("orchards", 3, apples)
    assert group["drawn"] == [{"number": number} for number in ordered[:2]]
    text = orchards.run(*words).out
    assert "把种子、一个换行、果园编号连在一起" in text
    assert "\n".join(apples) in text


def test_a_draw_is_for_the_posts_that_the_pack_names(orchards: Office) -> None:
    words = ("draw", "orchard", "县级抽查", "--seed", "x")
    assert "oversight-006" in orchards.run(*words, "--as", "east", code=1).err
    assert "oversight-005" in orchards.run("draw", "orchard", "nothing", "--seed", "x", code=1).err
    assert "oversight-001" in orchards.run("draw", "orchard", "county_draw", "--seed", " ", code=1).err
    assert "缺少参数" in orchards.run("draw", "orchard", "county_draw", code=2).err


def test_a_ledger_goes_out_as_a_file_and_each_time_is_logged(orchards: Office) -> None:
    orchards.run("export", "orchard", "排查记录", "-o", "排查.csv", "--as", "east")
    text = (orchards.home.parent / "排查.csv").read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["记录号"], row["状态"], row["病虫"], row["登记于"]) == ("2024-0001", "防治中", "红蜘蛛", "2024-03-01")
    orchards.run("export", "orchard", "visits", "-o", "全部.xlsx", "--region", "西沟镇")
    page = openpyxl.load_workbook(orchards.home.parent / "全部.xlsx").active
    assert page is not None
    assert [c.value for c in page[4]][:2] == ["记录号", "状态"]
    assert page.max_row == 4  # nothing in that town
    assert "须以 .xlsx 或 .csv 结尾" in orchards.run("export", "orchard", "visits", "-o", "a.doc", code=2).err
    assert "ledger-004" in orchards.run("export", "orchard", "nothing", "-o", "a.csv", code=1).err
    orchards.run("draw", "orchard", "county_draw", "--seed", "x", "--as-of", "2024-03-01")
    assert json.loads(orchards.python(LOG)) == [
        ["east", "export", {"ledger": "visits", "format": "csv", "records": 1, "filter": {}}],
        [
            "本机操作员",
            "export",
            {"ledger": "visits", "format": "xlsx", "records": 0, "filter": {"region": "990100002"}},
        ],
        ["本机操作员", "draw", {"draw": "county_draw", "seed": "x", "as_of": "2024-03-01"}],
    ]
