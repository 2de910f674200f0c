"""Scores that are signed and sent out: frozen figures and sheet, version by version, and what changed since."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from zhuanban.core import clock
from zhuanban.core.canonical import canonical
from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Refused
from zhuanban.evidence.actions import keep, store
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import enter_or_refuse
from zhuanban.ledger.models import Event
from zhuanban.ledger.queries import Viewer, WholeViewer
from zhuanban.oversight import problems
from zhuanban.oversight.score_shown import plain, points_text, score_json, write_score_xlsx
from zhuanban.oversight.scores import Scored, seen_score, whom
from zhuanban.pack import card_ledger as words
from zhuanban.pack.scorecard import Scorecard
from zhuanban.sheets.export import stamp


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed version: the first is 1. `score`: as `score_json` said it then; `pack`, `last_event`: by which pack and
    after which event."""

    version: int
    number: str
    on: int
    day: int  # as of which it was scored
    total: str
    reason: str
    signer: str
    score: Mapping[str, Any]
    pack: str
    last_event: int
    sheet: str  # SHA-256 of the kept workbook


def issue(viewer: Viewer, card: Scorecard, who: str, day: int, reason: str = "") -> Issued:
    """Sign a score as of a day: its figures and its sheet are kept as they are, the same whoever looks later.

    Raises Refused where something is open or unrated, where a later version gives no reason, or by the door.
    """
    if day > clock.today():
        raise Refused(problems.TOMORROW.at(day=iso(day)))
    scored = seen_score(viewer, card, who, day)
    open_ = [f"“{x.item.title}”{points_text(x)}" for x in scored.result.items.values() if not x.settled]
    if not scored.result.total.settled:
        raise Refused(problems.NOT_SETTLED.at(name=scored.name, open="、".join(open_)))
    before = versions(viewer, card, scored.code)
    if before and not reason.strip():
        raise Refused(problems.REASON_MISSING.at(name=scored.name, n=before[-1].version))
    whole = WholeViewer(viewer.setting, viewer.actor)
    campaign, signer = viewer.setting.campaign, viewer.actor.title or viewer.actor.login
    name = f"{card.name or card.title} {scored.name} 第{len(before) + 1}版"
    buffer = io.BytesIO()
    write_score_xlsx(buffer, whole, scored, stamp(day, signer, clock.now()))
    said = {
        words.AS_OF: iso(day),
        words.TOTAL: plain(scored.result.total.low),
        words.FIGURES: [keep(campaign, _frozen(whole, scored), f"{name}.txt", viewer.actor.user_id)],
        words.SHEET: [keep(campaign, buffer.getvalue(), f"{name}.xlsx", viewer.actor.user_id)],
        words.REASON: reason.strip() or None,
        words.SIGNER: signer,
    }
    step = Step(
        "create",
        clock.today(),
        words.ISSUE,
        {key: value for key, value in said.items() if value is not None},
        viewer.setting.regions.root if card.units is not None else scored.code,
        scored.code if card.units is not None else None,
    )
    enter_or_refuse(campaign, Change(f"issue-{secrets.token_hex(12)}", card.issued, (step,)), viewer.actor)
    return versions(viewer, card, scored.code)[-1]


def _frozen(whole: Viewer, scored: Scored) -> bytes:
    last = Event.objects.filter(campaign=whole.setting.campaign).order_by("-pk").values_list("pk", flat=True).first()
    pack = whole.setting.pack.sha256
    return canonical({"pack": pack, "last_event": last or 0, "score": score_json(whole, scored)})


def versions(viewer: Viewer, card: Scorecard, code: str) -> list[Issued]:
    """The signed versions of one who is scored, oldest first, as far as the viewer may see them."""
    ledger = viewer.setting.pack.ledgers[card.issued]
    own = {"unit": code} if card.units is not None else {"region": code}
    rows = viewer.records(ledger).filter(withdrawn=False, **own).order_by("pk")
    return [_issued(n, row.number, row.first_on, row.data) for n, row in enumerate(rows, 1)]


def version(viewer: Viewer, card: Scorecard, who: str, n: int = 0) -> Issued:
    """The n-th signed version, or (0) the last. Raises Refused."""
    code, name = whom(viewer, card, who, clock.today())
    found = versions(viewer, card, code)
    if not found or not 0 <= n <= len(found):
        known = "、".join(f"第{each.version}版（{iso(each.on)}）" for each in found) or "（无）"
        raise Refused(problems.NOT_ISSUED.at(name=name, n=n or 1, known=known))
    return found[n - 1]


def _issued(n: int, number: str, on: int, data: Mapping[str, Any]) -> Issued:
    try:
        with store().open(data[words.FIGURES][0]["sha256"]) as stream:
            kept = orjson.loads(stream.read())
        return Issued(
            n,
            number,
            on,
            from_iso(data[words.AS_OF]),
            data[words.TOTAL],
            str(data.get(words.REASON) or ""),
            data[words.SIGNER],
            kept["score"],
            kept["pack"],
            kept["last_event"],
            data[words.SHEET][0]["sha256"],
        )
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise Refused(problems.LOST.at(number=number)) from why


def sheet_of(issued: Issued) -> bytes:
    """The workbook as it was signed, byte for byte."""
    with store().open(issued.sheet) as stream:
        return stream.read()


@dataclass(frozen=True, slots=True)
class Changed:
    """An item that would now be scored otherwise as of the same day, and the facts that moved."""

    item: str
    title: str
    was: str
    now: str
    facts: tuple[tuple[str, str, str], ...]  # (title, was, now)


def changes(viewer: Viewer, card: Scorecard, issued: Issued) -> list[Changed]:
    """What the same question, as of the same day, would answer now, against what was signed."""
    whole = WholeViewer(viewer.setting, viewer.actor)
    scored = seen_score(viewer, card, str(issued.score["code"]), issued.day)
    return list(changed(issued.score, score_json(whole, scored)))


def changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Changed]:
    """Items whose points differ between two scores, each as `score_json` says it."""
    later = {item["item"]: item for group in now["groups"] for item in group["items"]}
    for group in was["groups"]:
        for item in group["items"]:
            other = later.get(item["item"])
            before, after = _points(item), _points(other)
            if before == after:
                continue
            facts = {fact["fact"]: fact for fact in (other or {}).get("facts", ())}
            moved = tuple(
                (fact["title"], _value(fact), _value(facts.get(fact["fact"])))
                for fact in item["facts"]
                if _value(fact) != _value(facts.get(fact["fact"]))
            )
            yield Changed(item["item"], item["title"], before, after, moved)


def _points(item: Mapping[str, Any] | None) -> str:
    if item is None or item["low"] is None:
        return "未评"
    return str(item["low"]) if item["low"] == item["high"] else f"{item['low']}至{item['high']}"


def _value(fact: Mapping[str, Any] | None) -> str:
    return "没有依据" if fact is None or fact["value"] is None else str(fact["value"])


# -- In words ----------------------------------------------------------------------------------------------------------


def issued_json(issued: Issued, since: Sequence[Changed]) -> dict[str, Any]:
    """A signed version: `score` letter by letter as it was signed; `changes`: what would be scored otherwise now."""
    return {
        "version": issued.version,
        "number": issued.number,
        "on": iso(issued.on),
        "as_of": iso(issued.day),
        "total": issued.total,
        "signer": issued.signer,
        "reason": issued.reason,
        "pack": issued.pack,
        "last_event": issued.last_event,
        "sheet": issued.sheet,
        "score": issued.score,
        "changes": [
            {
                "item": each.item,
                "title": each.title,
                "was": each.was,
                "now": each.now,
                "facts": [{"title": title, "was": was, "now": now} for title, was, now in each.facts],
            }
            for each in since
        ],
    }


def issued_lines(issued: Issued, since: Sequence[Changed]) -> Iterator[str]:
    """A signed version to be read."""
    said = issued.score
    yield f"{said['title']}　{said['name']}　第{issued.version}版（{issued.number}）"
    yield f"截止日期：{iso(issued.day)}　签发：{iso(issued.on)}　{issued.signer}"
    if issued.reason:
        yield f"改动说明：{issued.reason}"
    for group in said["groups"]:
        yield f"{group['title']}：{group['low']}"
        yield from (f"  {item['no']} {item['title']}：{item['low']}" for item in group["items"])
    yield f"合计：{issued.total}"
    if since:
        yield "签发以后有变化的（同一截止日期）："
    for each in since:
        facts = "；".join(f"{title} {was}→{now}" for title, was, now in each.facts)
        yield f"  {each.title}：{each.was}→{each.now}{f'（{facts}）' if facts else ''}"
