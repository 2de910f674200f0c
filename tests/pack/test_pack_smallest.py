"""The smallest pack, as docs/pack-language.md shows it: it loads, and a campaign runs on it from sheet to table."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path

import pytest

from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso
from zhuanban.pack.read import load, pack_files
from zhuanban.people.actions import create_campaign
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.sheets.actions import import_files
from zhuanban.tally.queries import table

FOLDER = Path(__file__).parents[1] / "packs" / "smallest"
PAGE = (Path(__file__).parents[2] / "docs" / "pack-language.md").read_text(encoding="utf-8")


def test_the_page_shows_this_very_pack():
    told = dict(re.findall(r"`([a-z/]+\.yaml)`:\n\n```yaml\n(.*?)```", PAGE, re.S))
    assert told == pack_files(FOLDER)


@pytest.mark.django_db
def test_a_campaign_runs_on_it(tmp_path):
    files = pack_files(FOLDER)
    lists = {
        "regions.csv": [["代码", "名称", "上级代码"], ["01", "东街", ""], ["02", "西街", ""]],
        "units.csv": [["代码", "名称", "上级代码"], ["U", "清查办", ""]],
        "车棚.csv": [
            ["街道", "位置", "车位", "登记日期", "修复日期"],
            ["东街", "一号楼", "20", "2024.3.5", "3月20日"],
            ["东街", "二号楼", "12", "2024.3.5", ""],
            ["西街", "菜场", "30", "2024.3.6", ""],
        ],
    }
    for name, rows in lists.items():
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    with clock.set_to(datetime(2024, 4, 1, 9, tzinfo=BEIJING)):
        pack = load(files, "racks")
        start = from_iso("2024-03-01")
        made = create_campaign("racks", files, pack, tmp_path / "regions.csv", tmp_path / "units.csv", start)
        here = setting(made)
        report = import_files(here, "racks", [tmp_path / "车棚.csv"], OPERATOR)
        assert [str(p) for p in report.problems] == []
        found = table(here, pack.tables["progress"], here.regions.root, from_iso("2024-03-31"))
    rows = {r.name: [found.cells[r.key, c].text for c in pack.tables["progress"].columns] for r in found.rows}
    assert rows == {"合计": ["3", "1", "33%"], "东街": ["2", "1", "50%"], "西街": ["1", "0", "0%"]}
