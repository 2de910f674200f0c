"""What a campaign is, as its pack says it: only what the caller may see. Tag: 行动."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query

from zhuanban.api.auth import caller, viewer
from zhuanban.api.auth_routes import held_posts
from zhuanban.api.schemas import (
    CampaignBrief,
    CampaignOut,
    Campaigns,
    ColumnOut,
    FieldOut,
    LedgerOut,
    LevelOut,
    ListBrief,
    MoveOut,
    NodeOut,
    Nodes,
    Problems,
    StageOut,
    StateOut,
    TableBrief,
)
from zhuanban.core import clock
from zhuanban.core.day import to_date, to_day
from zhuanban.ledger.queries import Viewer
from zhuanban.pack.values import Ledger, Table
from zhuanban.people.callers import seats
from zhuanban.people.queries import Setting, setting
from zhuanban.people.tree import Tree
from zhuanban.tally.seen import seen_lists, seen_tables, top

router = Router(tags=["行动"])

AsOf = Query(None, title="哪一天的区划")


@router.get("/campaigns", response={200: Campaigns, 401: Problems}, summary="我的行动", operation_id="campaigns")
def campaigns(request: HttpRequest) -> Campaigns:
    """今天任有岗位的行动。"""
    mine = [setting(campaign) for campaign, _ in seats(caller(request), clock.today())]
    return Campaigns(campaigns=[_brief(here) for here in mine])


@router.get(
    "/campaigns/{name}",
    response={200: CampaignOut, 401: Problems, 404: Problems},
    summary="行动的内容",
    operation_id="campaign",
)
def campaign(request: HttpRequest, name: str) -> CampaignOut:
    """台账、字段、状态、步骤、统计表、清单：行动包写明的，去掉本人岗位看不到的。"""
    seen = viewer(request, name)
    here, pack = seen.setting, seen.setting.pack
    tables = seen_tables(seen)
    return CampaignOut(
        **_brief(here).dict(),
        today=to_date(seen.today),
        pack=pack.key,
        pack_sha256=pack.sha256,
        posts=held_posts(here, seen.actor),
        sees_all=seen.reaches().everything,
        top=top(seen),
        levels=[LevelOut(key=x.key, title=x.title, names=list(x.names)) for x in pack.grid.levels],
        stages=[
            StageOut(key=s.key, title=s.title, start=_date(s.start), end=_date(s.end)) for s in pack.stages.values()
        ],
        ledgers=[_ledger(seen, ledger) for ledger in pack.ledgers.values() if seen.knows(ledger)],
        tables=[_table(table) for table in tables],
        overview=[key for key in pack.overview or pack.tables if key in {table.key for table in tables}],
        lists=[ListBrief(key=x.key, title=x.title, ledger=x.listed) for x in seen_lists(seen)],
    )


@router.get(
    "/campaigns/{name}/regions",
    response={200: Nodes, 401: Problems, 404: Problems},
    summary="区划",
    operation_id="regions",
)
def regions(
    request: HttpRequest,
    name: str,
    parent: str = Query("", title="上级代码", description="只列它的下级；不填列全部。", max_length=32),
    as_of: date | None = AsOf,
) -> Nodes:
    """管辖范围内的区划，按区划表的次序。"""
    seen = viewer(request, name)
    here = seen.reaches()
    tree, day = seen.setting.regions, seen.today if as_of is None else to_day(as_of)
    codes = tree.children(parent, day) if parent in tree else [] if parent else list(tree.nodes)
    mine = [c for c in codes if (here.everything or c in here.regions) and tree.nodes[c].in_use(day)]
    return Nodes(nodes=[_node(tree, code, day) for code in mine])


@router.get(
    "/campaigns/{name}/units", response={200: Nodes, 401: Problems, 404: Problems}, summary="单位", operation_id="units"
)
def units(request: HttpRequest, name: str) -> Nodes:
    """参加行动的全部单位，填写责任单位时用。"""
    seen = viewer(request, name)
    tree = seen.setting.units
    codes = [c for c in tree.nodes if c != tree.root and tree.nodes[c].in_use(seen.today)]
    return Nodes(nodes=[_node(tree, code, seen.today) for code in codes])


def _node(tree: Tree, code: str, day: int) -> NodeOut:
    return NodeOut(
        code=code,
        name=tree.name(code),
        parent=tree.parent(code, day).removeprefix("*"),
        level=tree.level(code, day),
        children=len(tree.children(code, day)),
    )


def _date(day: int | None) -> date | None:
    return None if day is None else to_date(day)


def _brief(here: Setting) -> CampaignBrief:
    return CampaignBrief(
        name=here.campaign.name,
        title=here.pack.title,
        start=to_date(here.campaign.start),
        demo_clock=here.campaign.demo_clock,
    )


def _ledger(seen: Viewer, ledger: Ledger) -> LedgerOut:
    posts, operator = seen.actor.posts, seen.actor.operator
    titles = {key: post.title for key, post in seen.setting.pack.posts.items()}
    return LedgerOut(
        key=ledger.key,
        title=ledger.title,
        word=ledger.word,
        number_title=ledger.number_title,
        number_given=not ledger.number_pattern,
        region_level=ledger.region_level,
        unit_required=ledger.unit_required,
        fields=[
            FieldOut(
                key=f.key,
                title=f.title,
                type=f.type.value,
                required=f.required,
                options=[o.title for o in f.options],
                open=f.open,
                many=f.many,
                ledger=f.ledger,
                unit=f.unit,
                decimals=f.decimals,
                minimum=f.minimum,
                maximum=f.maximum,
                pattern=f.pattern,
                personal=f.personal,
                may_reveal=bool(f.personal) and (operator or bool(posts & set(f.seen_by))),
                help=f.help,
            )
            for f in ledger.fields.values()
        ],
        states=[
            StateOut(key=s.key, reached=list(s.reached), closed=s.closed)
            for s in ledger.states.values()
            if operator or not s.seen_by or posts & set(s.seen_by)
        ],
        moves=[
            MoveOut(
                key=m.key,
                from_states=list(m.from_),
                to=m.to,
                by=[titles.get(post, post) for post in m.by],
                needs=list(m.needs),
                reason=m.reason,
                mine=operator or bool(posts & set(m.by)),
            )
            for m in ledger.moves.values()
        ],
        may_amend=operator or bool(posts & set(ledger.amend_by)),
        help=ledger.help,
    )


def _table(table: Table) -> TableBrief:
    return TableBrief(
        key=table.key,
        title=table.title,
        head=table.head,
        by=table.rows.by,
        columns=[ColumnOut(key=c.key, title=c.title, kind=c.kind) for c in table.columns.values()],  # type: ignore[arg-type]
    )
