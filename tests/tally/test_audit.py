"""What is altered behind the door is named: sums, packs, and what can no longer be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from tests.lamps import JIA, YI, make, moved, opened
from zhuanban.core import clock
from zhuanban.core.day import BEIJING
from zhuanban.ledger.door import submit
from zhuanban.people.models import Campaign, PackVersion
from zhuanban.people.queries import setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally.actions import check, measure_ids, rebuild
from zhuanban.tally.audit import verify_campaign
from zhuanban.tally.questions import asked_by, question_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps(tmp_path: Path) -> Iterator[Campaign]:
    with clock.set_to(datetime(2024, 3, 1, 9, tzinfo=BEIJING)):
        campaign = make(tmp_path)
        changes = [
            opened("a", "1号", unit="U1", power=1.25),
            opened("b", "2号", region=YI, kind="低杆"),
            moved("c", "D-411300101201-001", "派单", "01-08"),
        ]
        assert [o.status for o in submit(campaign, changes, OPERATOR)] == ["entered"] * 3
        assert verify_campaign(campaign) == []
        yield campaign


def measure(campaign: Campaign, table: str, column: str) -> int:
    here = setting(campaign)
    asked = here.pack.tables[table]
    question = asked.columns[column].question
    assert question is not None
    return measure_ids(here)[question_key(asked_by(asked, question))]


def sql(text: str, *words: str | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, words)


def said(campaign: Campaign) -> list[str]:
    problems = verify_campaign(campaign)
    assert {p.code for p in problems} == {"tally-001"}
    assert problems == check(setting(campaign))
    return [p.says for p in problems]


def test_a_day_raised_by_hand(lamps: Campaign) -> None:
    sent = measure(lamps, "progress", "sent")
    sql("UPDATE tally_day SET n = 9 WHERE measure = %s AND node = %s", sent, JIA)
    assert said(lamps) == [
        "统计与事件不符：“路灯整修进度表”的“派单（盏）”列，甲村，2024-01-08 当日的增减应为 1，现为 9。"
    ]
    rebuild(setting(lamps))
    assert verify_campaign(lamps) == []


def test_a_block_lowered_by_hand_in_the_measure_of_the_column(lamps: Campaign) -> None:
    power = measure(lamps, "progress", "power")
    sql("UPDATE tally_block SET n = 100 WHERE measure = %s AND node = %s", power, "411300101")
    assert said(lamps) == [
        "统计与事件不符：“路灯整修进度表”的“功率（千瓦）”列，东镇，"
        "2023-12-21 至 2024-01-21 合计的增减应为 1.25，现为 1.00。"
    ]


def test_a_row_taken_away_and_rows_put_in_whatever_they_say(lamps: Campaign) -> None:
    by_unit = measure(lamps, "by_unit", "all")
    sql("DELETE FROM tally_day WHERE measure = %s AND node = %s", by_unit, JIA)
    sql("INSERT INTO tally_day VALUES (%s, 31249999, %s, 999999999, 'U2', 3)", JIA, by_unit)
    sql("INSERT INTO tally_block VALUES (%s, '不是区划', -99999999, '', 3)", by_unit)
    texts = said(lamps)
    assert any("甲村／甲队，2024-01-05 当日的增减应为 1，现为 0。" in text for text in texts)
    assert any("甲村／乙队，不存在的日期（999999999）的增减应为 0，现为 3。" in text for text in texts)
    assert any("不是区划，不存在的时段（-99999999）的增减应为 0，现为 3。" in text for text in texts)
    assert len(texts) == 3


@pytest.mark.sqlite
def test_a_word_in_the_place_of_a_number(lamps: Campaign) -> None:
    sent = measure(lamps, "progress", "sent")
    sql("UPDATE tally_day SET n = '许多' WHERE measure = %s AND node = %s", sent, JIA)
    sql("INSERT INTO tally_day VALUES (%s, 0, %s, '某天', '', 3)", JIA, sent)
    assert sorted(text.partition("甲村，")[2] for text in said(lamps)) == [
        "2024-01-08 当日的增减应为 1，现为 许多。",
        "不存在的日期（某天）的增减应为 0，现为 3。",
    ]


def test_an_altered_pack_is_named_and_the_sums_are_not_compared_with_it(lamps: Campaign) -> None:
    pk = lamps.pack_version_id
    files = PackVersion.objects.get(pk=pk).files
    altered = {**files, "tables/by_unit.yaml": files["tables/by_unit.yaml"].replace("half_up", "floor")}
    assert altered != files
    for text in (json.dumps(altered), json.dumps({**files, "pack.yaml": "?"}), json.dumps([])):
        sql("UPDATE people_packversion SET files = %s WHERE id = %s", text, pk)
        assert [p.code for p in verify_campaign(lamps)] == ["people-021", "tally-009"]
    assert "“lamps”的行动包与其校验值不符" in verify_campaign(lamps)[0].says
    sql("UPDATE people_packversion SET files = %s WHERE id = %s", json.dumps(files), pk)
    assert verify_campaign(lamps) == []


@pytest.mark.sqlite
def test_a_pack_that_is_no_json_any_more(lamps: Campaign) -> None:
    sql("PRAGMA ignore_check_constraints = 1")
    sql("UPDATE people_packversion SET files = '{' WHERE id = %s", lamps.pack_version_id)
    sql("PRAGMA ignore_check_constraints = 0")
    assert [p.code for p in verify_campaign(lamps)] == ["people-021", "tally-009"]


@pytest.mark.sqlite
def test_sums_are_not_compared_with_a_broken_chain(lamps: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_event'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
    sql("UPDATE ledger_event SET on_day = on_day + 1 WHERE change = 'c'")
    assert [p.code for p in verify_campaign(lamps)] == ["ledger-050", "tally-009"]
