"""The text of the pack `well-closure` against what bulletin no. 7 prints and what the requirements ask for.

Only the pack's values and its demonstration trees are looked at; what the program makes of them is tested elsewhere.
"""

import csv
import re
from pathlib import Path

import pytest

from zhuanban.core.ratio import Ratio, Rounding, divide, roll_up
from zhuanban.pack.read import read_pack
from zhuanban.pack.values import NEW, SAME, FieldType, Pack

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "campaigns" / "well-closure"
DISTRICTS = ["卧龙区", "宛城区", "高新区", "城乡一体化示范区"]


@pytest.fixture(scope="module")
def pack() -> Pack:
    found, problems = read_pack(FOLDER)
    assert [str(p) for p in problems] == []
    assert found is not None
    return found


@pytest.fixture(scope="module")
def regions() -> dict[str, dict[str, str]]:
    """code → row of the demonstration's regions."""
    with (FOLDER / "demo" / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["代码"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def units() -> dict[str, dict[str, str]]:
    """code → row of the demonstration's units."""
    with (FOLDER / "demo" / "units.csv").open(encoding="utf-8", newline="") as file:
        return {row["代码"]: row for row in csv.DictReader(file)}


def cells(table: str) -> list[list[str]]:
    """A table drawn in a test, as lists of words."""
    return [[c.strip() for c in line.split("|")] for line in table.strip().splitlines()]


def words(text: str) -> set[str]:
    return set(text.split())


# -- The printed tables


@pytest.mark.parametrize(
    ("key", "title", "heads"),
    [
        (
            "lead_handling",
            "中心城区自备井专项整治“飓风”行动举报线索办理情况表",
            r"区域 \ 类别|受理（件）|交办（件）|办结（件）|办结率|有效（件）",
        ),
        (
            "readiness",
            "区级“飓风”行动办事机构“四落实”情况表",
            r"区域 \ 类别|人员到位情况|办公场所设立情况|办公条件配备情况|办公经费到位情况",
        ),
        ("sealed_recheck", "2018年以来已封停自备井复查情况表", r"区域 \ 类别|任务（井眼数）|已复核（井眼数）|复核率"),
    ],
)
def test_printed_heads(pack, key, title, heads):
    table = pack.tables[key]
    assert table.title == title
    assert [table.head, *(c.title for c in table.columns.values())] == heads.split("|")


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("lead_handling", ["合计", *DISTRICTS]),
        ("readiness", DISTRICTS),
        ("sealed_recheck", ["合计", "市水利局", *DISTRICTS, "市城管局"]),
    ],
)
def test_printed_rows(pack, regions, key, printed):
    rows = pack.tables[key].rows
    body = list(rows.names) or [r["名称"] for r in regions.values() if r["上级代码"] == "411300"]
    assert ([rows.total] if rows.total and rows.total_first else []) + body == printed
    assert rows.by == ("unit" if key == "sealed_recheck" else "region")


def test_readiness_has_no_total(pack):
    assert pack.tables["readiness"].rows.total == ""


# The figures of the bulletin, divided by the rule that its column names.
PRINTED_RATES = """
    lead_handling  | closed_rate  | 50/52   | 96%
    lead_handling  | closed_rate  | 16/16   | 100%
    lead_handling  | closed_rate  | 22/24   | 92%
    lead_handling  | closed_rate  | 1/8     | 13%
    lead_handling  | closed_rate  | 0/0     | —
    lead_handling  | closed_rate  | 18/25   | 72%
    lead_handling  | closed_rate  | 8/11    | 73%
    sealed_recheck | recheck_rate | 735/840 | 87%
    sealed_recheck | recheck_rate | 44/44   | 100%
    sealed_recheck | recheck_rate | 182/246 | 73%
    sealed_recheck | recheck_rate | 213/214 | 99%
    sealed_recheck | recheck_rate | 144/150 | 96%
    sealed_recheck | recheck_rate | 92/126  | 73%
    sealed_recheck | recheck_rate | 634/840 | 75%
"""


@pytest.mark.parametrize(("table", "column", "ratio", "printed"), cells(PRINTED_RATES))
def test_printed_rates(pack, table, column, ratio, printed):
    rule = pack.tables[table].columns[column]
    part, whole = map(int, ratio.split("/"))
    assert Ratio(part, whole).percent(rule.round, rule.digits) == printed


def test_the_totals_are_sums_of_parts_and_wholes(pack):
    leads = [Ratio(16, 16), Ratio(22, 24), Ratio(6, 6), Ratio(6, 6)]
    wells = [Ratio(44, 44), Ratio(182, 246), Ratio(213, 214), Ratio(144, 150), Ratio(92, 126), Ratio(60, 60)]
    assert roll_up(leads).percent(pack.tables["lead_handling"].columns["closed_rate"].round) == "96%"
    assert roll_up(wells) == Ratio(735, 840)
    assert roll_up(wells).percent(pack.tables["sealed_recheck"].columns["recheck_rate"].round) == "87%"


RATES = """
    lead_handling    | closed_rate   | closed    | accepted | half_up
    sealed_recheck   | recheck_rate  | rechecked | tasks    | floor
    card_summary     | recheck_rate  | rechecked | cards    | floor
    recheck_progress | recheck_rate  | rechecked | cards    | floor
    baseline         | coverage      | inspected | known    | floor
    acceptance       | accept_rate   | accepted  | cells    | floor
    team_coverage    | coverage      | teams     | streets  | floor
    wells_outcome    | sealed_rate   | sealed    | unlawful | floor
    problems         | close_rate    | closed    | found    | floor
    publicity_reach  | reach         | reached   | communities | floor
"""


def test_rates_and_their_rounding(pack):
    said = [
        [table.key, column.key, *column.ratio, column.round]
        for table in pack.tables.values()
        for column in table.columns.values()
        if column.ratio
    ]
    assert sorted(said) == sorted(cells(RATES))


def test_119_of_120_is_not_complete(pack):
    rule = pack.tables["recheck_progress"].columns["recheck_rate"]
    assert Ratio(119, 120).percent(rule.round) == "99%"
    assert Ratio(995, 1000).percent(rule.round) == "99%"
    assert Ratio(40, 120).percent(rule.round) == "33%"


def test_lead_table_counts_only_handed_down_leads(pack):
    for column in pack.tables["lead_handling"].columns.values():
        if column.question:
            assert ("source", "is", "市级移交") in [(c.field, c.op, c.value) for c in column.question.where]
    sources = pack.tables["lead_sources"].columns
    assert sources["district"].question.where[0].value == "区级受理"


def test_checks_of_the_lead_table(pack):
    table = pack.tables["lead_handling"]
    assert {(o.less, o.more) for o in table.orders} == {
        ("assigned", "accepted"),
        ("closed", "assigned"),
        ("valid", "accepted"),
    }


def test_tables_by_region(pack):
    # Asked at a district they show its streets, at a street its communities: the summary ledgers of levels 1 to 3.
    for key in ("card_summary", "recheck_progress", "baseline", "wells_outcome"):
        assert pack.tables[key].rows.by == "region"
        assert pack.tables[key].rows.total == "合计"


# -- Leads


def test_valid_is_no_state(pack):
    leads = pack.ledgers["leads"]
    assert leads.fields["valid"].type is FieldType.YES_NO
    assert not leads.fields["valid"].required
    assert not any("有效" in m for s in leads.states.values() for m in s.reached)
    assert all("valid" not in move.needs for move in leads.moves.values())


LEAD_STATES = """
    已受理   | 受理           | open
    已交办   | 受理 交办      | open
    待核办   | 受理 交办      | open
    已办结   | 受理 交办 办结 | closed
    不予受理 |                | closed
    已转送   |                | closed
"""


def test_lead_states(pack):
    states = pack.ledgers["leads"].states.values()
    assert [[s.key, " ".join(s.reached), "closed" if s.closed else "open"] for s in states] == cells(LEAD_STATES)


def test_returned_lead_leaves_closed(pack):
    leads = pack.ledgers["leads"]
    back = leads.moves["退回"]
    assert "已办结" in back.from_
    assert "办结" not in leads.states[back.to].reached
    assert back.reason


def test_refused_leads_reach_nothing(pack):
    leads = pack.ledgers["leads"]
    for move in (leads.moves["不予受理"], leads.moves["转送"]):
        assert NEW in move.from_
        assert leads.states[move.to].reached == ()
        assert "refusal_reason" in move.needs


def test_handing_down_keeps_the_state(pack):
    move = pack.ledgers["leads"].moves["转办"]
    assert (move.from_, move.to) == (("已交办",), SAME)
    assert set(move.by) == {"district_office", "street_clerk"}


def test_reporter_is_seen_by_intake_only(pack):
    fields = pack.ledgers["leads"].fields
    hidden = {k: f.seen_by for k, f in fields.items() if f.personal}
    assert hidden == dict.fromkeys(("reporter_name", "reporter_phone", "original", "query_code"), ("city_intake",))


# -- Wells sealed since 2018, wells, cards


def test_sealed_wells_come_numbered(pack):
    ledger = pack.ledgers["sealed_wells"]
    assert ledger.number_pattern == ""
    assert ledger.unit_required
    assert ledger.region_required
    earliest = ledger.fields["seal_date"].earliest
    assert earliest == 17532  # 2018-01-01
    assert [o.title for o in ledger.fields["found"].options] == ["仍封停", "重新启用", "灭失"]


def test_only_unlawful_wells_are_sealed(pack):
    wells = pack.ledgers["wells"]
    into = {m.key for m in wells.moves.values() if m.to == "违法待封"}
    assert wells.moves["封停"].from_ == ("违法待封",)
    assert into == {"认定违法", "反弹"}
    assert ("legality", "违法") in wells.moves["认定违法"].sets
    assert {s.key for s in wells.states.values() if "封停" in s.reached} == {"已封停", "已回头看"}


def test_look_back_is_scheduled(pack):
    wells = pack.ledgers["wells"]
    assert dict(wells.moves["封停"].sets)["look_back_due"] == ("days_after", 30)
    assert wells.moves["回头看"].not_by == ("封停",)
    missed = pack.lists["wells_look_back_missed"]
    assert {(c.field, c.op, c.value) for c in missed.where} == {
        ("state", "is", "已封停"),
        ("look_back_due", "before", "as_of"),
    }


def test_points_outside_the_cell(pack):
    assert pack.ledgers["cards"].fields["point"].outside == "inbox"
    assert pack.ledgers["wells"].fields["point"].outside == "warn"


def test_kinds_of_users(pack):
    kinds = words("城中村 企事业单位 商户 居民小区 公厕 绿化 其他")
    for key in ("cards", "wells", "users"):
        kind = pack.ledgers[key].fields["kind"]
        assert {o.title for o in kind.options} == kinds
        assert kind.open  # the document's list ends with 等
    assert pack.tables["cards_by_kind"].rows.by == "kind"


def test_counting_words(pack):
    assert {k: pack.ledgers[k].word for k in ("cards", "wells", "users", "leads", "sealed_wells")} == {
        "cards": "张",
        "wells": "眼",
        "users": "户",
        "leads": "件",
        "sealed_wells": "眼",
    }


def test_baseline_is_told_by_the_cards(pack):
    """Nothing of the baseline is typed twice: what a household is follows from the card that points to it."""
    columns = pack.tables["baseline"].columns
    asked = {k: c.question.ledger for k, c in columns.items() if c.question}
    assert asked == {"known": "users", **dict.fromkeys(("inspected", "with_well", "without_well", "unlisted"), "cards")}
    assert (columns["unknown"].plus, columns["unknown"].minus) == (("known",), ("inspected",))
    assert {c.word for k, c in columns.items() if k in asked and k != "known"} == {pack.ledgers["users"].word}
    assert pack.ledgers["cards"].fields["user"].ledger == "users"


def test_outside_scope_is_not_unknown(pack):
    for state in ("范围外", "销户"):
        assert pack.ledgers["users"].states[state].reached == ()
    unknown = pack.lists["users_unknown"]
    assert (unknown.missing_link, unknown.listed, [c.value for c in unknown.among]) == ("user", "users", ["在册"])


def test_hints_are_in_no_table(pack):
    counted = {c.question.ledger for t in pack.tables.values() for c in t.columns.values() if c.question}
    assert "hints" in pack.ledgers
    assert "hints" not in counted


# -- Who, what, when: the workflows as tables

LEVELS = """
    cards            | cell
    cells            | cell
    users            | cell
    draw_checks      | cell
    publicity        | community
    street_readiness | street
    publicity_teams  | street
    readiness        | district
    leads            |
    sealed_wells     |
    wells            |
"""


@pytest.mark.parametrize(("ledger", "level"), cells(LEVELS))
def test_level_of_each_ledger(pack, ledger, level):
    assert pack.ledgers[ledger].region_level == level


ONE_PER = """
    cards            | region household
    cells            | region
    users            | region name
    readiness        | region
    street_readiness | region
    publicity_teams  | region
    filings          | region kind
    draw_checks      | region draw round
    meetings         | unit series session
    meeting_reports  | unit meeting
    members          | unit
    leads            |
    wells            |
"""


@pytest.mark.parametrize(("ledger", "fields"), cells(ONE_PER))
def test_one_per(pack, ledger, fields):
    found = pack.ledgers[ledger]
    assert list(found.one_per) == fields.split()
    assert bool(found.one_per_says) == bool(fields)


NEEDS = """
    leads           | 办结         | result evidence handler checker answer
    leads           | 上报办结     | result evidence handler
    leads           | 延期         | due extension
    sealed_wells    | 复核         | found checked_by
    cards           | 排查         | photo signature
    cards           | 补查         | photo signature
    cards           | 复核         | rechecker recheck_result
    wells           | 封停         | seal_photo sealed_by seal_checked_by
    wells           | 保留         | keep_ground keep_approval keep_until
    wells           | 置换         | connected_on contract meter
    wells           | 认定违法     | legality_reason
    cells           | 定人         | inspector rechecker
    cells           | 验收         | accepted_by accept_paper
    filings         | 报备         | version file
    rules           | 定稿通过     | meeting
    accountability  | 作出决定     | clause decision
    meeting_reports | 报送四项汇报 | publicity_work inspection_plan issues next_steps
    meeting_reports | 报送本周重点 | week_focus
"""


@pytest.mark.parametrize(("ledger", "move", "fields"), cells(NEEDS))
def test_needs(pack, ledger, move, fields):
    assert set(pack.ledgers[ledger].moves[move].needs) == words(fields)


# Neither the same person as written, nor the same login.
@pytest.mark.parametrize(
    ("ledger", "persons", "move", "not_by"),
    [
        ("leads", "handler checker", "办结", "上报办结"),
        ("cards", "inspector rechecker", "复核", "排查 补查"),
        ("wells", "sealed_by look_back_by", "回头看", "封停"),
        ("problems", "fixed_by verified_by", "销号", "申请销号"),
    ],
)
def test_two_different_persons(pack, ledger, persons, move, not_by):
    found = pack.ledgers[ledger]
    assert words(persons) in [set(c.fields) for c in found.checks if c.kind == "differ"]
    assert set(found.moves[move].not_by) == words(not_by)


def test_a_cell_has_two_different_people(pack):
    assert {"inspector", "rechecker"} in [set(c.fields) for c in pack.ledgers["cells"].checks]


GUARDS = """
    cards | 复核 | exists | filings     | level street | 复查办法 已报备
    cells | 验收 | exists | cards       | same         |
    cells | 验收 | none   | cards       | same         | 已排查 待补查
    cells | 验收 | none   | draw_checks | same         | 待查
"""


def test_guards(pack):
    def values(guard):
        flat = [c.value if isinstance(c.value, tuple) else (c.value,) for c in guard.where]
        return " ".join(v for group in flat for v in group)

    said = [
        [ledger.key, move.key, g.kind, g.ledger, f"{g.scope} {g.level}".strip(), values(g)]
        for ledger in pack.ledgers.values()
        for move in ledger.moves.values()
        for g in move.requires
    ]
    assert sorted(said) == sorted(cells(GUARDS))
    assert all(g.says for ledger in pack.ledgers.values() for m in ledger.moves.values() for g in m.requires)


WHO_MAY = """
    leads        | 受理     | city_intake city_office district_office
    leads        | 办结     | city_office
    leads        | 上报办结 | district_office street_clerk
    sealed_wells | 下达任务 | city_office
    sealed_wells | 复核     | district_office street_clerk rechecker bureau
    cards        | 排查     | inspector
    cards        | 复核     | rechecker street_clerk
    readiness    | 填报     | district_office city_office
    hints        | 提示     | water_group
    samples      | 出结果   | water_group bureau
    wells        | 保留     | city_office
    cells        | 验收     | district_office
"""


@pytest.mark.parametrize(("ledger", "move", "posts"), cells(WHO_MAY))
def test_who_may(pack, ledger, move, posts):
    assert set(pack.ledgers[ledger].moves[move].by) == words(posts)


WHO_SEES = """
    city_office     | all
    city_intake     | all
    leader          | all
    auditor         | all
    district_office | region unit
    street_clerk    | region unit
    inspector       | region
    rechecker       | region
    bureau          | unit
    water_group     | unit
"""


def test_who_sees_what(pack):
    assert [[p.key, " ".join(p.sees)] for p in pack.posts.values()] == cells(WHO_SEES)


def test_auditor_and_leader_do_nothing(pack):
    for ledger in pack.ledgers.values():
        doing = {post for move in ledger.moves.values() for post in move.by} | set(ledger.amend_by)
        assert not doing & {"auditor", "leader"}


def test_personal_fields(pack):
    """Whatever is called a name of a household, a contact or a phone is masked."""
    hidden = {(ledger.key, f.key) for ledger in pack.ledgers.values() for f in ledger.fields.values() if f.personal}
    assert hidden >= {
        ("cards", "household"),
        ("cards", "contact"),
        ("cards", "phone"),
        ("users", "name"),
        ("wells", "user"),
        ("sealed_wells", "user"),
        ("hints", "household"),
    }
    for ledger in pack.ledgers.values():
        for field in ledger.fields.values():
            if "电话" in field.title or field.title in {"户名", "用水户", "疑似用水户", "联系人", "举报人"}:
                if field.type is FieldType.LINK:
                    continue
                assert (ledger.key, field.key) in hidden, f"{ledger.title}：{field.title}"


def test_accountability_is_hidden_until_decided(pack):
    states = pack.ledgers["accountability"].states
    hidden = {s.key for s in states.values() if s.seen_by == ("city_office",)}
    assert hidden == {"调查中", "已陈述", "不予问责"}
    assert all("决定" not in states[s].reached for s in hidden)
    assert "district_office" in pack.ledgers["accountability"].moves["单位答复"].by


LINKS = """
    wells             | leads       | leads             | many
    wells             | card        | cards             |
    cards             | hints       | hints             | many
    cards             | user        | users             |
    samples           | card        | cards             |
    problems          | sealed_well | sealed_wells      |
    problems          | well        | wells             |
    meetings          | rules       | rules             | many
    attendance        | meeting     | meetings          |
    meeting_reports   | meeting     | meetings          |
    tasks             | meeting     | meetings          |
    tasks             | requirement | rule_requirements |
    rules             | meeting     | meetings          |
    rule_requirements | rule        | rules             |
    explanations      | rule        | rules             |
    accountability    | supervision | supervision       |
"""


@pytest.mark.parametrize(("ledger", "field", "target", "many"), cells(LINKS))
def test_links(pack, ledger, field, target, many):
    found = pack.ledgers[ledger].fields[field]
    assert (found.type, found.ledger, found.many) == (FieldType.LINK, target, many == "many")


# -- Readiness, filings, rules, meetings, publicity


def test_readiness_texts_and_numbers(pack):
    fields = pack.ledgers["readiness"].fields
    printed = [c.text for c in pack.tables["readiness"].columns.values()]
    assert printed == [("readiness", k) for k in ("people_text", "office_text", "equipment_text", "funds_text")]
    assert all(fields[key].type is FieldType.TEXT for _, key in printed)
    for key in ("people", "offices", "meeting_rooms", "computers", "printers"):
        assert fields[key].type is FieldType.INTEGER
    assert (fields["funds"].type, fields["funds"].decimals, fields["funds"].unit) == (FieldType.NUMBER, 2, "万元")
    assert [o.title for o in fields["funds_state"].options] == ["到位", "待批"]
    money = pack.tables["readiness_numbers"].columns
    assert money["funds"].plus == ("funds_in_place", "funds_waiting")


def test_street_readiness_is_apart_from_districts(pack):
    used = {c.text[0] for c in pack.tables["readiness"].columns.values() if c.text}
    assert used == {"readiness"}
    asked = {c.question.ledger for c in pack.tables["street_readiness"].columns.values() if c.question}
    assert asked == {"street_readiness"}


def test_filings(pack):
    filings = pack.ledgers["filings"]
    assert [o.title for o in filings.fields["kind"].options] == [
        "责任体系",
        "排查方案",
        "排查办法",
        "责任人",
        "复查办法",
    ]
    assert not filings.fields["due"].required
    assert filings.states["未报"].reached == ()


def test_rules_by_kind(pack):
    table = pack.tables["rules_register"]
    assert (table.rows.by, table.rows.names, table.rows.total) == ("kind", ("制度", "办法"), "合计")
    assert not pack.ledgers["rules"].fields["title"].required  # six titles are not printed


def test_final_is_not_issued(pack):
    rules = pack.ledgers["rules"]
    assert rules.states["已定稿"].reached == ("拟定", "定稿")
    assert rules.states["已出台"].reached == ("拟定", "定稿", "出台")
    assert [m.key for m in rules.moves.values() if m.to == "已出台"] == ["出台"]


def test_two_meetings_in_one_week(pack):
    meetings = pack.ledgers["meetings"]
    assert not [f for f in meetings.fields.values() if f.type is FieldType.DATE]  # the day is that of the move
    assert not meetings.fields["session"].required
    assert [o.title for o in meetings.fields["series"].options] == ["主任办公会议", "周工作例会", "推进会"]


def test_nil_report_counts_as_report(pack):
    reports = pack.ledgers["meeting_reports"]
    assert reports.moves["零报告"].to == reports.moves["报送四项汇报"].to == "已报"
    assert [c.value for c in pack.lists["reports_missing"].where] == ["待报"]


def test_weekly_duty(pack):
    duties = pack.ledgers["weekly_duties"]
    assert duties.one_per == ("unit", "duty", "week_start")
    assert duties.moves["办到"].needs == ("meeting",)
    assert ("week_end", "before", "as_of") in [(c.field, c.op, c.value) for c in pack.lists["weeks_missed"].where]


def test_suggestion_fate(pack):
    suggestions = pack.ledgers["suggestions"]
    assert {m.to for m in suggestions.moves.values() if "decided_by" in m.needs} == {"已采纳", "未采纳"}


def test_publicity_forms(pack):
    columns = pack.tables["publicity_forms"].columns
    assert [c.title for c in columns.values()][:5] == ["张贴通告", "LED屏滚动宣传", "宣传车", "入小区楼院", "其他"]
    assert {c.question.sum for c in list(columns.values())[:5]} == {"count"}


LISTS = """
    cells_without_card             | cards            | cell
    cells_without_file             | cells            | cell
    communities_without_publicity  | publicity        | community
    streets_without_team           | publicity_teams  | street
    streets_without_full_time      | staff            | street
    streets_without_office         | offices          | street
    streets_not_reported           | street_readiness | street
    streets_without_recheck_rule   | filings          | street
    districts_without_full_time    | staff            | district
    districts_without_explanation  | explanations     | district
    readiness_not_reported         | readiness        | district
    leads_overdue                  | leads            |
    leads_open                     | leads            |
    sealed_waiting                 | sealed_wells     |
    sealed_reopened                | sealed_wells     |
    sealed_without_photo           | sealed_wells     |
    streets_short                  | street_readiness |
    users_unknown                  | cards            |
    samples_waiting                | samples          |
    filings_missing                | filings          |
    wells_keep_expired             | wells            |
    wells_sealed_without_water     | wells            |
    rules_final_only               | rules            |
    members_now                    | members          |
    reports_missing                | meeting_reports  |
    attendance_absent              | attendance       |
    weeks_missed                   | weekly_duties    |
    tasks_open                     | tasks            |
"""


@pytest.mark.parametrize(("key", "ledger", "level"), cells(LISTS))
def test_lists(pack, key, ledger, level):
    found = pack.lists[key]
    assert (found.ledger, found.missing_level) == (ledger, level)
    assert found.where or level or found.missing_link


# -- Grid, stages, texts, draws

GRID = """
    district  | 一级网格 | 区        | 6
    street    | 二级网格 | 街道 乡镇 | 9
    community | 三级网格 | 社区 村   | 12
    cell      | 四级网格 | 小区 组   | 0
"""


def test_grid(pack):
    assert pack.grid.root == "市"
    levels = [[x.key, x.title, " ".join(x.names), str(x.digits)] for x in pack.grid.levels]
    assert levels == cells(GRID)


def test_stages_are_open(pack):
    assert [(s.title, s.start, s.end) for s in pack.stages.values()] == [
        ("宣传阶段", None, None),
        ("排查阶段", None, None),
    ]


def test_texts_left_to_be_filled(pack):
    assert (pack.texts["scope"], pack.texts["emphasis"]) == ("", "")


def test_inspection_steps_are_there(pack):
    assert len(pack.texts["inspection_steps"].strip().splitlines()) == 8


def test_report_and_send_lines(pack):
    assert pack.texts["bulletin_report"].split("、") == ["市领导小组组长", "副组长", "执行副组长"]
    assert {"组长", "副组长", "执行副组长"} <= {o.title for o in pack.ledgers["officers"].fields["post"].options}


def test_draws_of_the_demo(pack, regions):
    count = {code: sum(c.startswith(code) and len(c) == 15 for c in regions) for code in regions if len(code) == 6}
    size = {
        draw.key: {
            regions[code]["名称"]: divide(n * draw.ratio[0], draw.ratio[1], draw.round)
            for code, n in count.items()
            if regions[code]["上级代码"]
        }
        for draw in pack.draws.values()
    }
    assert size == {
        "city_draw": dict(zip(DISTRICTS, (6, 5, 2, 3), strict=True)),
        "district_draw": dict(zip(DISTRICTS, (11, 10, 4, 5), strict=True)),
    }
    assert {(d.level, d.stratum, d.round) for d in pack.draws.values()} == {("cell", "district", Rounding.CEIL)}
    assert (pack.draws["city_draw"].by, pack.draws["district_draw"].by) == (("city_office",), ("district_office",))


def test_what_is_not_printed_is_marked(pack):
    """Ratios and days that the bulletin does not give say so."""
    assert all("演示取值" in draw.source for draw in pack.draws.values())
    assert "演示取值" in pack.ledgers["wells"].moves["封停"].source


# -- The demonstration's trees


def test_demo_tree_has_the_counted_nodes(regions):
    by_digits: dict[int, int] = {}
    for code, row in regions.items():
        if row["上级代码"]:
            by_digits[len(code)] = by_digits.get(len(code), 0) + 1
    assert by_digits == {6: 4, 9: 24, 12: 72, 15: 288}
    streets = [sum(r["上级代码"] == d for r in regions.values()) for d in ("411303", "411302", "411371", "411372")]
    assert streets == [9, 8, 3, 4]


def test_demo_tree_has_one_parent_each_level(regions):
    above = {15: 12, 12: 9, 9: 6}
    for code, row in regions.items():
        parent = row["上级代码"]
        if len(code) in above:
            assert parent in regions
            assert parent == code[: above[len(code)]]
        else:
            assert parent == ("" if code == "411300" else "411300")


def test_demo_names_are_plain_under_each_parent(regions):
    seen = set()
    for row in regions.values():
        assert re.fullmatch(r"[\u4e00-\u9fff]+", row["名称"])
        assert (row["上级代码"], row["名称"]) not in seen
        seen.add((row["上级代码"], row["名称"]))


def test_four_districts(regions, units):
    assert [r["名称"] for r in regions.values() if r["上级代码"] == "411300"] == DISTRICTS
    offices = {units[u["上级代码"]]["名称"] for u in units.values() if u["简称"].endswith("封停办")}
    assert {name[-2:] if name.endswith("政府") else name[-5:] for name in offices} == {"政府", "管理委员会"}
    assert len(offices) == 4
    assert sum(name.endswith("人民政府") for name in offices) == 2


def test_units_full_and_short_name(units):
    short = {u["简称"]: u["名称"] for u in units.values()}
    assert len(short) == len(units)
    assert short["市领导小组办公室"] == "市中心城区自备井封停及南水北调水源置换工作领导小组办公室"
    assert short["水务集团"] == "北控南阳水务集团有限公司"
    group = next(code for code, u in units.items() if u["简称"] == "水务集团")
    assert [u["名称"] for u in units.values() if u["上级代码"] == group] == ["天润水务", "龙升水务"]
    assert {"市水利局", "市城管局", "市住建局", *DISTRICTS} <= set(short)


def test_units_lie_in_regions_and_below_units(regions, units):
    for unit in units.values():
        assert unit["区划代码"] in regions
        assert unit["上级代码"] in units or unit["上级代码"] == ""
    streets = {code for code in regions if len(code) == 9}
    assert streets <= {u["区划代码"] for u in units.values()}


def test_rows_by_unit_are_units(pack, units):
    short = {u["简称"] for u in units.values()}
    for table in pack.tables.values():
        if table.rows.by == "unit":
            assert set(table.rows.names) <= short, table.title


# -- The page that maps the requirements

PAGE = ROOT / "docs" / "campaigns" / "000.md"
LINES = [f"000-{n:02}" for n in range(1, 61)] + [f"000-I{n:02}" for n in range(1, 21)]
WRITTEN = {  # the page's word before a test's name → where that test is
    "": [HERE / "test_well_closure_pack.py"],
    "story": [HERE / "test_well_closure_stories.py"],
    "sheet": [HERE / "test_well_closure_sheets.py"],
    "demo": sorted((ROOT / "tests" / "demo").glob("test_*.py")),
}
TESTS = {
    word: {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)}
    for word, files in WRITTEN.items()
}
LATER = words("bulletin console phone public (issue")


def page_rows() -> dict[str, list[str]]:
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    return {r[0]: r[1:] for r in rows if r[0].startswith("000-")}


def test_the_page_maps_every_line():
    assert list(page_rows()) == LINES


@pytest.mark.parametrize("line", LINES)
def test_what_the_page_names_is_there(pack, line):
    where, test = page_rows()[line]
    for kind, key in re.findall(r"`(table|list) (\w+)`", where):
        assert key in (pack.tables if kind == "table" else pack.lists)
    for thing, part in re.findall(r"`([a-z_]+)\.([a-z_]+)`", where):
        if thing in pack.ledgers:
            assert part in pack.ledgers[thing].fields
        elif thing in pack.tables:
            assert part in pack.tables[thing].columns
        else:
            assert f"{thing}.{part}" in {"pack.yaml", "core.ratio"}
    for part in re.findall(r"LATER (\S+)", f"{where} {test}"):
        assert part.rstrip(",;.") in LATER
    told = re.findall(r"(?:(story|sheet|demo) )?`(test_\w+)`", test)
    assert told or "LATER" in where
    assert "TODO" not in where + test
    assert "WORD" not in where + test
    for word, name in told:
        assert name in TESTS[word], name
    for file in re.findall(r"`(tests/[\w/]+\.py)`", test):
        assert (ROOT / file).exists()
