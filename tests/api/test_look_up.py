"""Looking things up: filters, pages, tables, cells, lists, exports."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.api.conftest import CALLER, EAST_LAMP, STOPPED_LAMP, WEST_LAMP, People
from tests.lamps import BING, EAST, JIA, opened
from zhuanban.ledger.door import submit
from zhuanban.people.models import AccessLog
from zhuanban.people.scope import OPERATOR

LAMPS = "/api/campaigns/lamps/ledgers/lamps"


def get(client: Client, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def numbers(client: Client, **query: Any) -> list[str]:
    return [r["number"] for r in get(client, f"{LAMPS}/records", **query)["records"]]


def test_who_am_i_and_where(people: People) -> None:
    me = get(people.east, "/api/me")
    assert (me["login"], me["title"]) == ("east", "东镇")
    assert me["campaigns"] == [
        {
            "name": "lamps",
            "title": "路灯整修行动",
            "posts": [
                {
                    "post": "town",
                    "title": "乡镇灯管站",
                    "region": EAST,
                    "region_name": "东镇",
                    "unit": "",
                    "unit_name": "",
                }
            ],
        }
    ]
    assert get(people.guest, "/api/me")["campaigns"] == []
    assert get(people.guest, "/api/campaigns") == {"campaigns": []}
    assert get(people.firm, "/api/campaigns")["campaigns"][0]["start"] == "2024-01-01"


def test_the_campaign_says_its_pack_as_data(people: People) -> None:
    said = get(people.county, "/api/campaigns/lamps")
    assert (said["title"], said["today"], said["sees_all"], said["top"]) == (
        "路灯整修行动",
        "2024-03-01",
        True,
        "411300",
    )
    assert [x["key"] for x in said["ledgers"]] == ["lamps", "permits"]
    book = said["ledgers"][0]
    fields = {f["key"]: f for f in book["fields"]}
    assert fields["phone"]["personal"] == "phone"
    assert fields["phone"]["may_reveal"] is True
    assert fields["kind"]["options"] == ["高杆", "低杆", "草坪灯"]
    assert {m["key"]: m["from_states"] for m in book["moves"]}["停用"] == ["待修", "修中"]
    assert "停用" in [s["key"] for s in book["states"]]
    town = get(people.east, "/api/campaigns/lamps")
    assert (town["top"], town["sees_all"]) == (EAST, False)
    assert "停用" not in [s["key"] for s in town["ledgers"][0]["states"]]
    assert {f["key"]: f["may_reveal"] for f in town["ledgers"][0]["fields"]}["phone"] is False
    assert {t["key"] for t in town["tables"]} == {"progress", "by_unit", "by_kind"}
    assert said["overview"] == town["overview"] == ["by_kind", "progress"]


def test_regions_are_those_within_reach(people: People) -> None:
    assert len(get(people.county, "/api/campaigns/lamps/regions")["nodes"]) == 7
    mine = get(people.east, "/api/campaigns/lamps/regions")["nodes"]
    assert [n["name"] for n in mine] == ["东镇", "甲村", "乙村"]
    assert get(people.east, "/api/campaigns/lamps/regions", parent="411300")["nodes"][0]["children"] == 2
    early = get(people.county, "/api/campaigns/lamps/regions", parent="411300102", as_of="2024-01-31")["nodes"]
    assert [n["name"] for n in early] == ["丙村"]
    assert [n["name"] for n in get(people.east, "/api/campaigns/lamps/units")["nodes"]][:2] == ["县灯管办", "甲队"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [EAST_LAMP, STOPPED_LAMP, WEST_LAMP]),
        ({"state": "待修"}, [WEST_LAMP]),
        ({"state": ["待修", "修中"]}, [EAST_LAMP, WEST_LAMP]),
        ({"region": EAST}, [EAST_LAMP, STOPPED_LAMP]),
        ({"region": JIA}, [EAST_LAMP, STOPPED_LAMP]),
        ({"region": "411300"}, [EAST_LAMP, STOPPED_LAMP, WEST_LAMP]),
        ({"region": "999"}, []),
        ({"unit": "U0"}, [EAST_LAMP, WEST_LAMP]),
        ({"unit": "U2"}, [WEST_LAMP]),
        ({"q": "低杆"}, [WEST_LAMP]),
        ({"q": "102201"}, [WEST_LAMP]),
        ({"q": "灯罩"}, [EAST_LAMP]),
        ({"q": CALLER}, []),  # it stands in the text, but nobody is shown it
        ({"q": "13912345678"}, []),
        ({"opened_from": "2024-01-06"}, []),
        ({"opened_to": "2024-01-05"}, [EAST_LAMP, STOPPED_LAMP, WEST_LAMP]),
        ({"changed_from": "2024-01-08", "changed_to": "2024-01-08"}, [EAST_LAMP]),
        ({"flagged": "true"}, []),
        ({"flagged": "false", "limit": 1}, [EAST_LAMP]),
        ({"withdrawn": "yes"}, []),
        ({"withdrawn": "all", "state": "停用"}, [STOPPED_LAMP]),
    ],
)
def test_filters(people: People, query: dict[str, Any], found: list[str]) -> None:
    assert numbers(people.county, **query) == found


def test_pages_follow_the_numbers(people: People) -> None:
    more = [opened(f"m{i}", f"{i + 20}号") for i in range(7)]
    submit(people.campaign, more, OPERATOR)
    seen: list[str] = []
    after, pages = "", 0
    while True:
        page = get(people.county, f"{LAMPS}/records", after=after, limit=3)
        assert (page["count"] is None) == bool(after)
        seen += [r["number"] for r in page["records"]]
        pages += 1
        after = page["next"]
        if not after:
            break
    assert pages == 4
    assert seen == numbers(people.county, limit=200)
    assert len(seen) == len(set(seen)) == 10
    get(people.county, f"{LAMPS}/records", 422, limit=201)


def test_a_record_with_its_history(people: People) -> None:
    record = get(people.east, f"/api/campaigns/lamps/records/lamps/{EAST_LAMP}")
    assert (record["state"], record["region_name"], record["unit_name"], record["version"]) == (
        "修中",
        "甲村",
        "甲队",
        2,
    )
    assert record["fields"]["caller"] == "欧＊＊"
    past = get(people.east, f"/api/campaigns/lamps/records/lamps/{EAST_LAMP}/history")
    assert [(e["title"], e["on"], e["by"]) for e in past["events"]] == [
        ("登记", "2024-01-05", "本机操作员"),
        ("派单", "2024-01-08", "本机操作员"),
    ]
    assert past["events"][0]["fields"]["phone"] == "139****5678"
    assert CALLER not in past["events"][0]["fields"]["story"]


def test_moves_are_those_the_door_would_take(people: People) -> None:
    def offered(client: Client, number: str) -> dict[str, list[str]]:
        said = get(client, f"/api/campaigns/lamps/records/lamps/{number}/moves")
        return {m["move"]: [p["code"] for p in m["blocked"]] for m in said["moves"]}

    assert offered(people.county, EAST_LAMP) == {"修复": [], "停用": []}
    assert offered(people.east, EAST_LAMP) == {"修复": []}
    assert offered(people.firm, EAST_LAMP) == {}
    # There is no permit in the west, which 停用 needs.
    assert offered(people.county, WEST_LAMP) == {"派单": [], "停用": ["ledger-022"]}
    repair = get(people.east, f"/api/campaigns/lamps/records/lamps/{EAST_LAMP}/moves")
    assert repair["moves"][0]["needs"] == [{"key": "lit", "title": "是否亮"}]
    assert repair["may_amend"] is True
    opening = get(people.east, "/api/campaigns/lamps/ledgers/lamps/moves")
    assert [m["move"] for m in opening["moves"]] == ["登记"]
    assert get(people.firm, "/api/campaigns/lamps/ledgers/lamps/moves")["moves"] == []


def figures(table: dict[str, Any]) -> dict[str, list[str]]:
    return {row["name"]: [cell["text"] for cell in row["cells"]] for row in table["rows"]}


def test_tables_as_of_a_day_and_node(people: People) -> None:
    path = "/api/campaigns/lamps/tables/progress"
    county = get(people.county, path)
    assert figures(county)["合计"] == ["3", "2", "1", "0", "0%", "3", "1.50"]
    assert [r["region"] for r in county["rows"]] == ["", EAST, "411300102"]
    early = get(people.county, path, as_of="2024-01-07")
    assert (early["as_of"], figures(early)["合计"][:3]) == ("2024-01-07", ["3", "2", "0"])
    east = get(people.county, path, region=EAST)
    assert [p["name"] for p in east["path"]] == ["灯县", "东镇"]
    assert list(figures(east)) == ["合计", "甲村", "乙村"]
    rate = county["rows"][0]["cells"][4]
    assert (rate["part"], rate["whole"]) == (0, 3)


def test_each_sees_the_rows_of_his_reach_and_no_total_over_others(people: People) -> None:
    path = "/api/campaigns/lamps/tables/progress"
    mine = get(people.east, path)  # opens at his own top
    assert (mine["region"], list(figures(mine))) == (EAST, ["合计", "甲村", "乙村"])
    assert list(figures(get(people.east, path, region="411300"))) == ["东镇"]
    units = "/api/campaigns/lamps/tables/by_unit"
    assert list(figures(get(people.county, units))) == ["甲队", "乙队", "合计"]
    assert figures(get(people.firm, units)) == {"甲队": ["1", "0", "0%"]}


def test_the_records_behind_a_figure(people: People) -> None:
    path = "/api/campaigns/lamps/tables/progress/cell"
    behind = get(people.county, path, row="合计", column="登记（盏）")
    assert (behind["count"], behind["text"]) == (3, "3")
    assert [r["number"] for r in behind["records"]] == [EAST_LAMP, STOPPED_LAMP, WEST_LAMP]
    sent = get(people.county, path, row=EAST, column="sent")["records"]
    assert [(r["since"], r["event"], r["state"]) for r in sent] == [("2024-01-08", "派单", "修中")]
    page = get(people.county, path, row="total", column="all", limit=2)
    assert ([r["number"] for r in page["records"]], page["count"]) == ([EAST_LAMP, STOPPED_LAMP], 3)
    page = get(people.county, path, row="total", column="all", limit=2, after=page["next"])
    assert ([r["number"] for r in page["records"]], page["count"], page["next"]) == ([WEST_LAMP], 3, "")
    wrong = get(people.county, path, 422, row="total", column="all", after="lamps/4113/x")["problems"][0]
    assert wrong["code"] == "tally-008"
    # A stopped lamp is the county's own affair: the town sees the figure, not the record.
    assert [r["number"] for r in get(people.east, path, row=JIA, column="all")["records"]] == [EAST_LAMP]


def test_csv_of_a_ledger(people: People) -> None:
    answer = people.east.get(f"{LAMPS}/export.csv", {"state": "修中"})
    text = b"".join(answer).decode("utf-8-sig")
    lines = text.split("\r\n")
    assert lines[0].startswith("灯号,状态,乡镇,村,责任单位,杆号,灯型,功率（千瓦）")
    assert lines[1].startswith(f"{EAST_LAMP},修中,东镇,甲村,甲队,1号,高杆,1.5,")
    assert len(lines) == 3
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    log = AccessLog.objects.get(what="export")
    assert (log.who, log.detail) == (
        "east", {"ledger": "lamps", "format": "csv", "records": 1, "filter": {"state": ["修中"]}}
    )  # fmt: skip


def test_workbooks(people: People) -> None:
    answer = people.county.get(f"{LAMPS}/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active
    assert sheet is not None
    cells = [[c.value for c in row] for row in sheet.iter_rows()]
    assert cells[0][0] == "路灯台账"
    assert EAST_LAMP in [row[0] for row in cells]
    table = people.county.get("/api/campaigns/lamps/tables/progress/export.xlsx", {"as_of": "2024-01-10"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(table))).active
    assert sheet is not None
    assert sheet["A1"].value == "路灯整修进度表"
    assert "2024年1月10日" in str([[c.value for c in row] for row in sheet.iter_rows(max_row=2)])
    assert "filename*=utf-8''" in table["Content-Disposition"]
    assert AccessLog.objects.filter(what="export").count() == 2


def test_csv_of_a_table_prints_as_the_table(people: People) -> None:
    answer = people.county.get("/api/campaigns/lamps/tables/progress/export.csv")
    lines = b"".join(answer).decode("utf-8-sig").split("\r\n")
    assert lines[0] == "区域,登记（盏）,其中高杆（盏）,派单（盏）,修复（盏）,修复率,未修复（盏）,功率（千瓦）"
    assert lines[1] == "合计,3,2,1,0,0%,3,1.50"


def test_a_misspelt_filter_is_told_not_ignored(people: People) -> None:
    problems = get(people.county, f"{LAMPS}/records", 422, stat="待修")["problems"]
    assert (problems[0]["code"], problems[0]["says"]) == ("api-004", "“stat”填写不对：不是接口里的字段。")
    wrong = get(people.county, "/api/campaigns/lamps/tables/progress", 422, as_of="12月8日")["problems"][0]
    assert wrong["says"] == "“as_of”填写不对：应为日期，如 2023-12-08。"
    assert BING  # the west's village is used by the fixtures
