"""A reporter's name and number stand in no answer of any command; nothing that goes out can run; exports are logged."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from tests.conftest import Office
from tests.lamps import workbook

CALLER, PHONE = "欧阳晚晴", "13912345678"
EVIL = '=cmd|" /c calc"!A1'
HEAD = ["所在村", "杆号", "灯型", "登记日期", "报修人", "报修电话", "情况"]
STORY = f"报修人{CALLER}说灯罩破了，电话{PHONE}"
NUMBER = "D-411300101201-001"
PEOPLE = f"""
    from tests.lamps import opened
    from zhuanban.ledger.door import submit
    from zhuanban.people.scope import OPERATOR
    from zhuanban.people.actions import give_post
    from zhuanban.people.models import Campaign, User
    here = Campaign.objects.get(name="lamps")
    for login, post, region in (("county", "county", ""), ("east", "town", "411300101"), ("west", "town", "411300102")):
        give_post(here, User.objects.create_user(login), post, region=region)
    (outcome,) = submit(here, [opened("evil", {EVIL!r}, story="@SUM(1+1)")], OPERATOR)
    assert outcome.status == "entered", outcome
"""
LOG = """
    import json
    from zhuanban.people.models import AccessLog
    print(json.dumps([[x.who, x.detail] for x in AccessLog.objects.filter(what="export").order_by("pk")]))
"""
pytestmark = pytest.mark.both_engines


@pytest.fixture
def told(lamps: Office) -> Office:
    """A lamp that somebody reported, one that waits, and one whose pole is called like a formula."""
    rows = [
        HEAD,
        ["甲村", "1号", "高杆", "2024-01-05", CALLER, PHONE, STORY],
        ["甲村", "9号", "霓虹灯", "2024-01-05", CALLER, PHONE, STORY],
    ]
    lamps.run("import", "lamps", "lamps", workbook(lamps, "举报.xlsx", rows), "--on", "2024-03-01", code=1)
    lamps.python(PEOPLE)
    return lamps


def test_whoever_reported_stands_in_no_answer(told: Office) -> None:
    files = ["台账.csv", "台账.xlsx", "表.csv", "表.xlsx"]
    table = ["table", "lamps", "progress", "--as-of", "2024-03-01"]
    asked = [
        ["history", "lamps", "lamps", NUMBER],
        ["history", "lamps", "lamps", NUMBER, "--json"],
        ["inbox", "lamps"],
        ["inbox", "lamps", "--json"],
        table,
        [*table, "--format", "json"],
        ["explain", *table[1:], "--row", "合计", "--column", "登记（盏）", "--json"],
        ["export", "lamps", "lamps", "-o", files[0]],
        ["export", "lamps", "lamps", "-o", files[1]],
        [*table, "--format", "csv", "-o", files[2]],
        [*table, "--format", "xlsx", "-o", files[3]],
    ]
    for who in ([], ["--as", "county"], ["--as", "east"]):
        said = "".join((ran := told.run(*words, *who)).out + ran.err for words in asked)
        assert NUMBER in said
        for name in files:
            content = (told.home.parent / name).read_bytes()
            if name.endswith("xlsx"):
                with zipfile.ZipFile(io.BytesIO(content)) as book:
                    content = b"".join(map(book.read, book.namelist()))
            said += content.decode()
        assert CALLER not in said
        assert PHONE not in said
        assert "灯罩破了" in said  # the story itself is told, without the words that tell on him


def test_a_neighbour_gets_nothing(told: Office) -> None:
    there, nowhere = (
        told.run("history", "lamps", "lamps", number, "--as", "west", code=1).err.replace(number, "…")
        for number in (NUMBER, "D-411300101201-999")
    )
    assert there == nowhere  # absent and out of reach read alike
    assert json.loads(told.run("inbox", "lamps", "--json", "--as", "west").out) == {"items": []}
    told.run("export", "lamps", "lamps", "-o", "西.csv", "--as", "west")
    assert len((told.home.parent / "西.csv").read_text("utf-8-sig").splitlines()) == 1  # the heads


def test_what_goes_out_cannot_run(told: Office) -> None:
    told.run("export", "lamps", "lamps", "-o", "台账.csv")
    text = (told.home.parent / "台账.csv").read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert f"'{EVIL}" in cells
    assert "'@SUM(1+1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]
    told.run("export", "lamps", "lamps", "-o", "台账.xlsx")
    with zipfile.ZipFile(told.home.parent / "台账.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=cmd|" in sheet


def test_every_export_is_logged(told: Office) -> None:
    table = ["table", "lamps", "progress", "--as-of", "2024-03-01"]
    told.run(*table)  # a look, no export
    told.run(*table, "--format", "csv", "--as", "east")
    told.run(*table, "--format", "json")
    told.run(*table, "--format", "xlsx", "-o", "表.xlsx", "--as", "county")
    told.run(*table, "-o", "表.txt")
    told.run("export", "lamps", "lamps", "-o", "台账.csv", "--as", "east")
    log = json.loads(told.python(LOG))
    assert [(who, said["format"]) for who, said in log] == [
        ("east", "csv"),
        ("本机操作员", "json"),
        ("county", "xlsx"),
        ("本机操作员", "text"),
        ("east", "csv"),
    ]
    assert log[-1][1] == {"ledger": "lamps", "format": "csv", "records": 2, "filter": {}}
