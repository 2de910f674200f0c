"""Tables as of a day, the records behind each figure, and work lists. Tag: 统计表."""

from __future__ import annotations

from datetime import date
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Router
from ninja.params.functions import Query

from zhuanban.api.answers import as_file
from zhuanban.api.auth import viewer
from zhuanban.api.record_routes import CSV, XLSX
from zhuanban.api.schemas import (
    BehindOut,
    CellBehindOut,
    CellOut,
    CitedOut,
    ColumnOut,
    ListedOut,
    ListOut,
    PlaceOut,
    Problems,
    RowOut,
    TableOut,
)
from zhuanban.core.day import iso, to_date, to_day
from zhuanban.ledger.queries import VERB_TITLES, Viewer
from zhuanban.people.actions import log_access
from zhuanban.sheets.export import csv_pieces
from zhuanban.sheets.export_table import write_table_xlsx
from zhuanban.sheets.out import printed, table_columns, table_texts
from zhuanban.tally.behind import Behind
from zhuanban.tally.lists import find_list
from zhuanban.tally.seen import drillable, seen_behind, seen_list, seen_table
from zhuanban.tally.tables import Result, Row

router = Router(tags=["统计表"])

_READ: dict[Any, Any] = {401: Problems, 404: Problems}
MOST_BEHIND = 200
MOST_LISTED = 1000

AsOf = Query(None, title="截止日期", description="不填为今天。")
Region = Query("", title="区划代码或名称", description="不填为本人管辖的最高区划。", max_length=80)


@router.get(
    "/campaigns/{name}/tables/{table}", response={200: TableOut, **_READ}, summary="统计表", operation_id="table"
)
def table(request: HttpRequest, name: str, table: str, as_of: date | None = AsOf, region: str = Region) -> TableOut:
    """任意日期、任意区划的统计表，由逐日累计的数得出，不受以后更正以外的事影响。"""
    seen = viewer(request, name)
    return _table(seen, seen_table(seen, table, region, _day(seen, as_of)))


@router.get(
    "/campaigns/{name}/tables/{table}/cell",
    response={200: CellBehindOut, **_READ},
    summary="数背后的条目",
    operation_id="cell",
)
def cell(
    request: HttpRequest,
    name: str,
    table: str,
    row: str = Query(..., title="行", description="键或印出的行名。", max_length=200),
    column: str = Query(..., title="列", description="键或印出的列名。", max_length=200),
    as_of: date | None = AsOf,
    region: str = Region,
    after: str = Query("", title="上一页的 next", max_length=200),
    limit: int = Query(50, title="每页条数", ge=1, le=MOST_BEHIND),
) -> CellBehindOut:
    """一个数由哪些条目构成，每条自哪天起、因哪一步计入。按区划表、再按编号排列。比率给出其分母的条目。"""
    seen = viewer(request, name)
    day = _day(seen, as_of)
    found = seen_behind(seen, table, region, day, row, column, after)
    items = list(islice(found.items, limit + 1))
    shown = items[:limit]
    return CellBehindOut(
        table=found.result.table.key,
        row=found.row.key,
        column=found.column.key,
        as_of=to_date(day),
        text=found.result.cells[(found.row.key, found.column.key)].text,
        count=len(items) if len(items) <= limit and not after else found.count,
        next=shown[-1].after if len(items) > limit else "",
        records=[_behind(seen, item, day) for item in shown],
    )


@router.get(
    "/campaigns/{name}/tables/{table}/export.csv",
    response=_READ,
    openapi_extra={"responses": {200: {"description": "CSV", "content": {"text/csv": {}}}}},
    summary="导出统计表（CSV）",
    operation_id="exportTableCsv",
)
def export_csv(
    request: HttpRequest, name: str, table: str, as_of: date | None = AsOf, region: str = Region
) -> HttpResponseBase:
    """列名照印，首列为行名，UTF-8（带 BOM）。"""
    seen, result = _exported(request, name, table, as_of, region, "csv")
    pieces = csv_pieces(table_columns(seen.setting, result), table_texts(result))
    return as_file(StreamingHttpResponse(pieces, content_type=CSV), f"{_file_name(result)}.csv")


@router.get(
    "/campaigns/{name}/tables/{table}/export.xlsx",
    response=_READ,
    openapi_extra={"responses": {200: {"description": "Excel", "content": {XLSX: {}}}}},
    summary="导出统计表（Excel）",
    operation_id="exportTableXlsx",
)
def export_xlsx(
    request: HttpRequest, name: str, table: str, as_of: date | None = AsOf, region: str = Region
) -> HttpResponseBase:
    """可直接打印上报的表样。"""
    seen, result = _exported(request, name, table, as_of, region, "xlsx")
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    write_table_xlsx(file, printed(seen.setting, result))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_file_name(result)}.xlsx", content_type=XLSX)


@router.get("/campaigns/{name}/lists/{key}", response={200: ListOut, **_READ}, summary="清单", operation_id="workList")
def work_list(
    request: HttpRequest,
    name: str,
    key: str,
    as_of: date | None = AsOf,
    region: str = Query("", title="区划代码或名称", description="不填为管辖范围的全部。", max_length=80),
) -> ListOut:
    """行动包写明的清单：符合条件的条目，一条也没有的区划、单位、时段，或有几条以上的单位。"""
    seen = viewer(request, name)
    asked = find_list(seen.setting, key)
    day = _day(seen, as_of)
    found = seen_list(seen, asked, region, day)
    return ListOut(
        key=asked.key,
        title=asked.title,
        ledger=asked.listed,
        as_of=to_date(day),
        count=len(found),
        entries=[
            ListedOut(
                number=x.number,
                region=x.region,
                region_name=seen.setting.regions.name(x.region, day),
                state=x.now.state if x.now else "",
                unit=x.unit,
                unit_name=seen.setting.units.name(x.unit) if x.unit else "",
                says=x.says,
                facts=[CitedOut(**fact._asdict()) for fact in x.facts],
            )
            for x in found[:MOST_LISTED]
        ],
    )


def _day(seen: Viewer, as_of: date | None) -> int:
    return seen.today if as_of is None else to_day(as_of)


def _exported(
    request: HttpRequest, name: str, table: str, as_of: date | None, region: str, form: str
) -> tuple[Viewer, Result]:
    seen = viewer(request, name)
    result = seen_table(seen, table, region, _day(seen, as_of))
    detail = {"table": result.table.key, "format": form, "as_of": iso(result.day), "region": result.node}
    log_access(seen.setting.campaign, seen.actor, "export", detail)
    return seen, result


def _file_name(result: Result) -> str:
    return f"{result.table.title}（{iso(result.day)}）"


def _table(seen: Viewer, result: Result) -> TableOut:
    asked, tree = result.table, seen.setting.regions
    path = tree.path(result.node, result.day)[::-1]
    return TableOut(
        key=asked.key,
        title=asked.title,
        head=asked.head,
        as_of=to_date(result.day),
        region=result.node,
        path=[PlaceOut(code=code, name=tree.name(code, result.day)) for code in path],
        columns=[ColumnOut(key=c.key, title=c.title, kind=c.kind) for c in asked.columns.values()],  # type: ignore[arg-type]
        rows=[_row(seen, result, row) for row in result.rows],
    )


def _row(seen: Viewer, result: Result, row: Row) -> RowOut:
    cells = []
    for key in result.table.columns:
        cell = result.cells[(row.key, key)]
        part, whole = (cell.ratio.part, cell.ratio.whole) if cell.ratio else (None, None)
        cells.append(CellOut(column=key, text=cell.text, value=cell.value, part=part, whole=whole))
    return RowOut(key=row.key, name=row.name, total=row.total, region=drillable(seen.setting, result, row), cells=cells)


def _behind(seen: Viewer, item: Behind, day: int) -> BehindOut:
    return BehindOut(
        ledger=item.ledger,
        number=item.number,
        n=item.n,
        state=item.now.state,
        region=item.now.region,
        region_name=seen.setting.regions.name(item.now.region, day),
        unit=item.now.unit,
        since=to_date(item.since),
        event=str(item.event.body.get("move") or VERB_TITLES[item.event.verb]),
        event_version=item.event.version,
    )
