"""Split and merge cells of the dated grid, and take their records along through the door; all of it or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from zhuanban.atlas.actions import load_outlines
from zhuanban.atlas.frames import Point, from_json
from zhuanban.atlas.queries import Where, forget_maps, where_is
from zhuanban.core.day import iso
from zhuanban.core.faults import reason
from zhuanban.core.problem import Kind, Place, Problem, Refused
from zhuanban.ledger.change import WAITING, Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.draft import one_key_of
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Fact, Snapshot, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.values import FieldType, Ledger
from zhuanban.people import grid
from zhuanban.people.actions import hang_region, log_access
from zhuanban.people.models import Campaign
from zhuanban.people.queries import Setting, forget_trees, setting
from zhuanban.people.scope import Actor

NO_HOME = Kind(
    "ledger-070",
    "“{ledger}”的条目 {number} 不知归入哪个新网格：名单里没有，点位也不在任何新网格的边界之内。",
    "请写进名单，或用 --outlines 给出边界，或用 --rest 指明其余的归入哪个网格。",
)
HOME_UNKNOWN = Kind("ledger-071", "“{home}”不是这次拆出的网格。", "可写的有：{known}。")
LIST_UNREADABLE = Kind("ledger-072", "名单不能读取：{why}。", "请核对路径，并用 UTF-8 或 GBK 编码的 CSV。")
LIST_HEADS = Kind("ledger-073", "名单的表头不对。", "表头应为：{wanted}。")
LIST_STRANGER = Kind("ledger-074", "条目 {number}（{ledger}）不在要拆分的网格里。", "请核对台账和编号。")

HEADS = ("台账", "编号", "新网格")

Home = Callable[[Ledger, str, Snapshot], str]
"""(ledger, number, the record) → the code of its new cell; "" for none."""
Listed = Mapping[tuple[str, str], tuple[str, Place]]
"""(ledger key or title, number) → the code or name of the new cell, and where the list says so."""


@dataclass(frozen=True, slots=True)
class Rehomed:
    """A record that was taken along: where it now lies, from which day on. `beside`: the first of its kind there."""

    ledger: str
    number: str
    region: str
    on: int
    beside: str = ""


def split_cell(
    campaign: Campaign,
    code: str,
    parts: Sequence[tuple[str, str]],
    day: int,
    reason: str,
    actor: Actor,
    *,
    listed: Listed | None = None,
    outlines: Path | None = None,
    rest: str = "",
) -> list[Rehomed]:
    """Split a cell into these (code, name) from `day` on; each record goes where the list says, or where its point lies
    by the `outlines` of the parts, or else to `rest`. Raises Refused with every record that has no home.
    """
    with _all_or_nothing(campaign):
        grid.split_region(campaign, code, parts, day, reason)
        if outlines is not None:
            load_outlines(campaign, _content(outlines), day, file=outlines.name)
        here = setting(campaign)
        names = {word: new for new, name in parts for word in (new, name)}
        said, faults = _homes(here, listed or {}, names)
        if rest and rest not in names:
            faults.append(HOME_UNKNOWN.at(home=rest, known="、".join(new for new, _ in parts)))
        met: set[tuple[str, str]] = set()

        def home(ledger: Ledger, number: str, now: Snapshot) -> str:
            met.add((ledger.key, number))
            known = said.get((ledger.key, number)) or _by_point(here, ledger, now, [new for new, _ in parts], day)
            if not known and not rest:
                faults.append(NO_HOME.at(Place(record=number), ledger=ledger.title, number=number))
            return known or names.get(rest, "")

        changes = list(_transfers(here, [code], day, f"网格拆分：{reason}", home))
        for (ledger, number), (_, place) in (listed or {}).items():
            key = _ledger_key(here, ledger)
            if (key, number) not in met:
                faults.append(LIST_STRANGER.at(place, ledger=ledger, number=number))
        done = _enter(campaign, changes, actor, faults)
        detail = {"split": code, "into": dict(parts), "on": iso(day), "reason": reason, "records": len(done)}
        log_access(campaign, actor, "grid", detail)
    return done


def merge_cells(
    campaign: Campaign, codes: Sequence[str], into: str, name: str, day: int, reason: str, actor: Actor
) -> list[Rehomed]:
    """Merge regions into one from `day` on, and take records and lower regions along. Raises Refused.

    Where a ledger has one record a region, all of them stay: which holds, and what becomes of the others' figures, only
    the office can say. The first is that of `into`, or else of the region named first; the others stand beside it.
    """
    with _all_or_nothing(campaign):
        grid.merge_regions(campaign, codes, into, name, day, reason)
        here = setting(campaign)
        gone = [code for code in dict.fromkeys(codes) if code != into]
        changes = list(_transfers(here, gone, day, f"网格合并：{reason}", lambda *_: into))
        seconds = _seconds(here, gone, into)
        changes = [_beside(change) if (change.ledger, change.number) in seconds else change for change in changes]
        entered = _enter(campaign, changes, actor, [])
        done = [replace(each, beside=seconds.get((each.ledger, each.number), "")) for each in entered]
        detail = {"merge": gone, "into": into, "on": iso(day), "reason": reason, "records": len(done)}
        log_access(campaign, actor, "grid", {**detail, "beside": len(seconds)})
    return done


def rename_cell(campaign: Campaign, code: str, name: str, day: int, reason: str, actor: Actor) -> None:
    """Another name from `day` on."""
    with transaction.atomic():
        grid.rename_region(campaign, code, name, day, reason)
        log_access(campaign, actor, "grid", {"rename": code, "name": name, "on": iso(day), "reason": reason})


def rename_unit(campaign: Campaign, code: str, name: str, short: str, day: int, reason: str, actor: Actor) -> None:
    """Another name and short name of a unit from `day` on."""
    with transaction.atomic():
        grid.rename_unit(campaign, code, name, short, day, reason)
        detail = {"rename_unit": code, "name": name, "short": short, "on": iso(day), "reason": reason}
        log_access(campaign, actor, "grid", detail)


def move_cell(campaign: Campaign, code: str, parent: str, day: int, reason: str, actor: Actor) -> None:
    """Below another region of the same level as its parent from `day` on; its records stay in it."""
    with transaction.atomic():
        hang_region(campaign, code, parent, day, reason)
        log_access(campaign, actor, "grid", {"move": code, "below": parent, "on": iso(day), "reason": reason})


@contextmanager
def _all_or_nothing(campaign: Campaign) -> Iterator[None]:
    """A transaction that leaves nothing behind where it fails, also not in what this process remembers of the trees."""
    version = campaign.tree_version
    try:
        with transaction.atomic():
            yield
    except BaseException:
        campaign.tree_version = version
        forget_trees(campaign)
        forget_maps()
        raise


def read_homes(path: Path) -> Listed:
    """A CSV of records and their new cells, under HEADS. Raises Refused."""
    place = Place(file=path.name)
    raw = _content(path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(LIST_UNREADABLE.at(place, why="编码既不是 UTF-8，也不是 GB 18030"))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or [head.strip() for head in rows[0][: len(HEADS)]] != list(HEADS):
        raise Refused(LIST_HEADS.at(place, wanted=",".join(HEADS)))
    found: dict[tuple[str, str], tuple[str, Place]] = {}
    for line, row in enumerate(rows[1:], 2):
        ledger, number, home = ([cell.strip() for cell in row] + [""] * len(HEADS))[: len(HEADS)]
        if ledger or number or home:
            found[(ledger, number)] = (home, Place(file=path.name, line=line))
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as why:
        raise Refused(LIST_UNREADABLE.at(Place(file=path.name), why=reason(why))) from why


def _ledger_key(here: Setting, word: str) -> str:
    return next((ledger.key for ledger in here.pack.ledgers.values() if word in (ledger.key, ledger.title)), "")


def _homes(here: Setting, listed: Listed, names: Mapping[str, str]) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    found: dict[tuple[str, str], str] = {}
    faults: list[Problem] = []
    for (ledger, number), (home, place) in listed.items():
        if home in names:
            found[(_ledger_key(here, ledger), number)] = names[home]
        else:
            faults.append(HOME_UNKNOWN.at(place, home=home, known="、".join(dict.fromkeys(names.values()))))
    return found, faults


def _by_point(here: Setting, ledger: Ledger, now: Snapshot, parts: Sequence[str], day: int) -> str:
    for field in ledger.fields.values():
        value: Any = now.data.get(field.key) if field.type is FieldType.POINT else None
        point = from_json(value, anywhere=True) if value else None
        if isinstance(point, Point):
            inside = (c for c in parts if where_is(here.campaign, c, point, day).where is Where.INSIDE)
            return next(inside, "")
    return ""


def _transfers(here: Setting, gone: Sequence[str], day: int, reason: str, home: Home) -> Iterator[Change]:
    """A transfer for every record that stands in a closed cell on `day` or later."""
    closed = set(gone)
    rows = Record.objects.filter(Q(region__in=gone) | Q(moved=True), campaign=here.campaign, withdrawn=False)
    records = {pk: (ledger, number) for pk, ledger, number in rows.order_by("pk").values_list("pk", "ledger", "number")}
    for pk, facts in facts_of(records).items():
        ledger_key, number = records[pk]
        stay = _first_stay(facts, closed, day)
        ledger = here.pack.ledgers.get(ledger_key)
        if stay is None or ledger is None:
            continue
        on, then = stay
        target = home(ledger, number, then)
        if target:
            step = Step("transfer", on, region=target, reason=reason[:200])
            yield Change(f"grid/{iso(day)}/{target}/{pk}"[:64], ledger.key, (step,), number)


def _seconds(here: Setting, gone: Sequence[str], into: str) -> dict[tuple[str, str], str]:
    """(ledger, number) of each record in `gone` that will be second of its kind in `into` → number of the first."""
    order = {code: n for n, code in enumerate(gone)}
    found: dict[tuple[str, str], str] = {}
    for ledger in here.pack.ledgers.values():
        if "region" not in ledger.one_per:
            continue
        records = Record.objects.filter(campaign=here.campaign, ledger=ledger.key, withdrawn=False)
        first = dict(records.filter(region=into, one_key__isnull=False).values_list("one_key", "number"))
        for record in sorted(records.filter(region__in=gone), key=lambda r: (order[r.region], r.pk)):
            key = one_key_of(ledger, Snapshot(record.state, into, record.unit, record.data))
            if key is not None and first.setdefault(key, record.number) != record.number:
                found[(ledger.key, record.number)] = first[key]
    return found


def _beside(change: Change) -> Change:
    return change._replace(steps=tuple(step._replace(beside=True) for step in change.steps))


def _first_stay(facts: Sequence[Fact], closed: set[str], day: int) -> tuple[int, Snapshot] | None:
    """The first day from `day` on, on which the record stands in a closed cell, and the record then."""
    line = timeline(facts)
    for i, (start, now) in enumerate(line):
        end = line[i + 1][0] if i + 1 < len(line) else None
        if now.region in closed and (end is None or end > day):
            return max(start, day), now
    return None


def _enter(campaign: Campaign, changes: Sequence[Change], actor: Actor, faults: Iterable[Problem]) -> list[Rehomed]:
    """Raises Refused where any record may not come along: half a move would leave figures in a closed cell."""
    faults = list(faults)
    if faults:
        raise Refused(faults)
    outcomes = submit(campaign, changes, actor)
    refused = [problem for outcome in outcomes if outcome.status == WAITING for problem in outcome.problems]
    if refused:
        raise Refused(refused)
    return [
        Rehomed(change.ledger, change.number, change.steps[0].region or "", change.steps[0].on or 0)
        for change in changes
    ]
