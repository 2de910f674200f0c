"""`zhuanban zones` and `zhuanban grid` as an outsider calls them."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.beaches import E1, EAST, FILES, REGIONS, UNITS, WEST, belts
from tests.conftest import Office


@pytest.fixture
def beaches(office: Office) -> Office:
    folder = office.home.parent / "beaches"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder.parent / "r.csv").write_text(REGIONS, "utf-8")
    (folder.parent / "u.csv").write_text(UNITS, "utf-8")
    office.run(
        "campaign", "create", "beaches", "--pack", folder, "--regions", folder.parent / "r.csv",
        "--units", folder.parent / "u.csv", "--start", "2024-01-01",
    )  # fmt: skip
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["所属区域", "屋主", "位置", "所在带", "发现登记日期"])
    page.append(["东一段", "老陈", "110.01,18.005", "外 带", "2024-01-05"])  # its own word for the belt; the point wins
    page.append(["东一段", "老林", "110.04,18.005", "", "2024-01-06"])
    book.save(office.home.parent / "huts.xlsx")
    return office


def table(office: Office, name: str, on: str, *more: str) -> dict[str, int]:
    said = json.loads(office.run("table", "beaches", name, "--as-of", on, "--format", "json", *more).out)
    return {row["name"]: row["cells"]["all"]["value"] for row in said["rows"]}


@pytest.mark.both_engines
def test_zones_are_loaded_and_a_changed_boundary_moves_records(beaches: Office) -> None:
    folder = beaches.home.parent
    first = beaches.run("zones", "load", "beaches", "海岸带", belts(folder / "带.json", 3, 6)).out
    assert "海岸带第1版（新的一版，自始起，WGS-84）：内带 1，外带 1。" in first
    beaches.run("import", "beaches", "huts", folder / "huts.xlsx", "--on", "2024-03-01")
    again = beaches.run("import", "beaches", "huts", folder / "huts.xlsx", "--on", "2024-03-02", "--json").out
    assert json.loads(again)["changed"] == 0
    load = ("zones", "load", "beaches", "shore", belts(folder / "带.json", 3, 4), "--from", "2024-04-01", "--json")
    said = json.loads(beaches.run(*load).out)
    assert (said["version"], said["new"], said["from"], said["zones"]) == (
        2,
        True,
        "2024-04-01",
        {"内带": 1, "外带": 1},
    )
    assert said["changed"] == []
    load = ("zones", "load", "beaches", "shore", belts(folder / "带.json", 2, 3), "--from", "2024-05-01", "--json")
    (changed,) = json.loads(beaches.run(*load).out)["changed"]
    assert (changed["number"], changed["on"], changed["was"], changed["now"]) == (
        "P-002",
        "2024-05-01",
        "外带",
        "范围外",
    )
    assert table(beaches, "belts", "2024-04-30") == {"合计": 2, "内带": 1, "外带": 1, "范围外": 0}
    assert table(beaches, "belts", "2024-05-01") == {"合计": 2, "内带": 1, "外带": 0, "范围外": 1}
    history = json.loads(beaches.run("history", "beaches", "huts", "P-002", "--json").out)
    assert history["placed"] == {"belt": 3}
    versions = json.loads(beaches.run("zones", "list", "beaches", "--json").out)["versions"]
    assert [(v["version"], v["from"]) for v in versions] == [(1, ""), (2, "2024-04-01"), (3, "2024-05-01")]
    beaches.run("verify")
    beaches.run("tally", "check")


@pytest.mark.both_engines
def test_a_dry_run_tells_what_a_version_would_change_and_loads_nothing(beaches: Office) -> None:
    folder = beaches.home.parent
    beaches.run("zones", "load", "beaches", "shore", belts(folder / "带.json", 3, 6))
    beaches.run("import", "beaches", "huts", folder / "huts.xlsx", "--on", "2024-03-01")
    before = beaches.run("history", "beaches", "huts", "P-002", "--json").out, beaches.run("log", "beaches").out
    load = ("zones", "load", "beaches", "shore", belts(folder / "带.json", 2, 3), "--from", "2024-05-01")

    said = json.loads(beaches.run(*load, "--dry-run", "--json").out)
    assert (said["dry_run"], said["version"], said["new"]) == (True, 2, True)
    told = beaches.run(*load, "--dry-run").out
    assert told.startswith("只看结果，没有装载。海岸带第2版（新的一版，2024-05-01起，WGS-84）：内带 1，外带 1。")
    assert "  外带 → 范围外：1处变化" in told.splitlines()
    assert len(json.loads(beaches.run("zones", "list", "beaches", "--json").out)["versions"]) == 1
    after = beaches.run("history", "beaches", "huts", "P-002", "--json").out, beaches.run("log", "beaches").out
    assert after == before

    really = json.loads(beaches.run(*load, "--json").out)
    assert really == said | {"dry_run": False}
    bad = folder / "坏.json"
    bad.write_text('{"type": "FeatureCollection", "features": [{"geometry": null}, {}]}', "utf-8")
    assert "atlas-051" in beaches.run("zones", "load", "beaches", "shore", bad, "--dry-run", code=1).err


def test_what_is_wrong_with_a_layer_is_said_without_a_trace(beaches: Office) -> None:
    bad = beaches.home.parent / "坏.json"
    bad.write_text('{"type": "FeatureCollection", "features": [{"geometry": null}, {}]}', "utf-8")
    for words in (("shore", bad), ("shore", "没有.shp"), ("sea", bad), ("shore", bad, "--frame", "百度")):
        ran = beaches.run("zones", "load", "beaches", *words, code=1)
        assert "Traceback" not in ran.err
        assert "（atlas-" in ran.err
    said = json.loads(beaches.run("zones", "load", "beaches", "shore", bad, "--json", code=1).out)
    assert [p["code"] for p in said["problems"]] == ["atlas-051", "atlas-051"]


@pytest.mark.both_engines
def test_the_grid_is_changed(beaches: Office) -> None:
    folder = beaches.home.parent
    beaches.run("zones", "load", "beaches", "shore", belts(folder / "带.json", 3, 6))
    beaches.run("import", "beaches", "huts", folder / "huts.xlsx", "--on", "2024-03-01")
    why = ("--on", "2024-04-01", "--reason", "方案第三条")
    split = ("grid", "split", "beaches", E1, "--into", f"{EAST}301=东一段北", "--into", f"{EAST}302=东一段南", *why)
    assert "ledger-070" in beaches.run(*split, code=1).err
    assert "移转条目 2：460000101302 2。" in beaches.run(*split, "--rest", f"{EAST}302").out
    beaches.run("grid", "rename", "beaches", f"{EAST}301", "北滩", "--on", "2024-05-01", "--reason", "批复")
    beaches.run("grid", "move", "beaches", f"{EAST}302", WEST, "--on", "2024-05-01", "--reason", "划转")
    merged = beaches.run(
        "grid", "merge", "beaches", f"{WEST}201", f"{WEST}202", "--into", f"{WEST}203", "--name", "西段", *why, "--json"
    ).out
    assert json.loads(merged) == {"moved": []}
    assert table(beaches, "bays", "2024-03-31", "--region", EAST) == {"合计": 2, "东一段": 2, "东二段": 0}
    assert table(beaches, "bays", "2024-05-01") == {"合计": 2, "东湾": 0, "西湾": 2}
    assert table(beaches, "bays", "2024-05-01", "--region", WEST) == {"合计": 2, "东一段南": 2, "西段": 0}
    beaches.run("verify")
    assert "应写成 代码=名称" in beaches.run("grid", "split", "beaches", E1, "--into", "x", *why, code=2).err


@pytest.mark.sqlite
def test_a_backup_holds_layers_and_names(beaches: Office) -> None:
    folder = beaches.home.parent
    beaches.run("zones", "load", "beaches", "shore", belts(folder / "带.json", 3, 6), "--frame", "GCJ-02")
    beaches.run("import", "beaches", "huts", folder / "huts.xlsx", "--on", "2024-03-01")
    beaches.run("grid", "rename", "beaches", E1, "北滩", "--on", "2024-05-01", "--reason", "批复")
    before = [table(beaches, "belts", "2024-06-01"), table(beaches, "bays", "2024-06-01", "--region", EAST)]
    beaches.run("backup", folder / "b.zip")
    elsewhere = Office(folder / "elsewhere", {**beaches.environment, "ZHUANBAN_HOME": str(folder / "elsewhere")},
                       beaches.program)  # fmt: skip
    elsewhere.run("restore", folder / "b.zip")
    assert [table(elsewhere, "belts", "2024-06-01"), table(elsewhere, "bays", "2024-06-01", "--region", EAST)] == before
    said = json.loads(
        elsewhere.run("zones", "load", "beaches", "shore", folder / "带.json", "--frame", "火星", "--json").out
    )
    assert (said["new"], said["version"], said["changed"]) == (False, 1, [])
