"""Forms through the API: listed, filled, checked."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.conftest import CALLER, EAST_LAMP, People
from zhuanban.people.models import AccessLog
from zhuanban.sheets.form_file import open_workbook

FORM = "/api/campaigns/lamps/forms/附表"


def sheet(content: bytes):
    book = open_workbook(content, "表.xlsx")
    return book.sheet(book.pages[0])


def test_forms_are_listed(people: People):
    said = people.east.get("/api/campaigns/lamps/forms").json()
    assert said == {
        "forms": [{"key": "lit", "name": "附表", "title": "路灯明细表", "source": "", "per": "whole"}],
    }


def test_a_form_is_filled_with_what_the_caller_may_see(people: People):
    county = sheet(people.county.get(f"{FORM}/export.xlsx").content)
    east = sheet(people.east.get(f"{FORM}/export.xlsx").content)
    for seen, last in ((county, "D-411300102201-001"), (east, EAST_LAMP)):
        assert [seen.value(4, 1), seen.value(4, 4)] == [EAST_LAMP, f"{CALLER[0]}＊＊"]
        assert [seen.value(r, 1) for r in range(4, 8) if seen.value(r, 1)][-1] == last
    logged = AccessLog.objects.filter(what="export").order_by("pk")
    assert [(x.who, x.detail["form"], x.detail["rows"]) for x in logged] == [("county", "lit", 3), ("east", "lit", 1)]


def test_as_csv(people: People):
    answer = people.west.get(f"{FORM}/export.csv")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines == ["灯号,村,情况,报修人", "D-411300102201-001,丙村,,"]


def test_a_form_that_comes_back_is_checked(people: People):
    content = people.east.get(f"{FORM}/export.xlsx").content

    def checked(raw: bytes):
        return people.east.post(f"{FORM}/check", {"file": SimpleUploadedFile("收到.xlsx", raw)})

    assert checked(content).json() == {"as_of": "2024-03-01", "problems": []}
    answer = checked(b"no workbook")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "sheets-061")
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    book.active["B4"] = "丙村"
    out = io.BytesIO()
    book.save(out)
    (problem,) = checked(out.getvalue()).json()["problems"]
    assert (problem["code"], problem["place"]["cell"]) == ("sheets-096", "B4")


def test_what_is_not_there(people: People):
    for path in ("/api/campaigns/lamps/forms/附件9/export.xlsx", f"{FORM}/export.csv?unit=无此"):
        assert people.east.get(path).status_code == 404
