"""Scores in words: as JSON, as lines to read, as the sheet of the card with the sheet that explains it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from zhuanban.core.day import chinese, iso
from zhuanban.ledger.queries import Viewer
from zhuanban.oversight.score_facts import Mark
from zhuanban.oversight.scores import Ranking, Scored, visible
from zhuanban.oversight.scoring import ItemScore, Span, Total, said_range
from zhuanban.pack.say_card import say_points, say_rule
from zhuanban.pack.scorecard import Clause, Scorecard, variants
from zhuanban.sheets.export import ColumnSpec
from zhuanban.sheets.export_rows import Value
from zhuanban.sheets.export_table import PrintedTable, write_tables_xlsx

UNRATED, OPEN, DONE = "未评", "待裁定", "已评"
SHOWN = 8  # records of a fact that a line names


# -- JSON --------------------------------------------------------------------------------------------------------------


def plain(value: Fraction | None) -> str | None:
    """A number as exact text for machines: `96.5`, `-1`; `35/9` where it has no end."""
    return None if value is None else say_points(value).replace("−", "-")


def _total(total: Total) -> dict[str, Any]:
    return {
        "low": plain(total.low),
        "high": plain(total.high),
        "settled": total.settled,
        "unrated": total.unrated,
    }


def summary_json(scored: Scored) -> dict[str, Any]:
    """One who is scored as a row: totals only."""
    return {
        "code": scored.code,
        "name": scored.name,
        "total": _total(scored.result.total),
        "own_total": plain(scored.own_total),
        "groups": {key: _total(total) for key, total in scored.result.groups.items()},
    }


def score_json(viewer: Viewer, scored: Scored) -> dict[str, Any]:
    """Everything about one score; of the records behind it those that the viewer may know of."""
    card = scored.result.card
    return {
        "card": card.key,
        "title": card.title,
        "as_of": iso(scored.day),
        "code": scored.code,
        "name": scored.name,
        "points": plain(card.total),
        "total": _total(scored.result.total),
        "own_total": plain(scored.own_total),
        "groups": [
            {
                "group": group.key,
                "title": group.title,
                "points": plain(group.points),
                **_total(scored.result.groups[group.key]),
                "items": [
                    _item_json(viewer, scored, item)
                    for item in scored.result.items.values()
                    if item.item.group == group.key
                ],
            }
            for group in card.groups.values()
        ],
        "rulings": [
            {"doubt": doubt, "reading": r.reading, "office": r.office, "paper": r.paper, "on": iso(r.on),
             "number": r.number}
            for doubt, r in scored.rulings.items()
        ],
    }  # fmt: skip


def status(item: ItemScore) -> str:
    return UNRATED if not item.rated else DONE if item.settled else OPEN


def _item_json(viewer: Viewer, scored: Scored, item: ItemScore) -> dict[str, Any]:
    card, own = scored.result.card, scored.own.get(item.item.key)
    return {
        "item": item.item.key,
        "no": item.item.no,
        "title": item.item.title,
        "points": plain(item.item.points),
        "text": words_of(card, item.item),
        "status": status(item),
        "low": plain(item.low),
        "high": plain(item.high),
        "missing": [card.facts[key].title for key in item.missing],
        "open": list(item.open),
        "ruled": dict(item.ruled),
        "outcomes": [
            {
                "readings": dict(readings),
                "low": plain(span.low),
                "high": plain(span.high),
                "says": list(span.says),
            }
            for span, readings in told_apart(item)
        ],
        "own": None if own is None else plain(_number(own)),
        "own_reason": "" if own is None else own.reason,
        "own_signer": "" if own is None else own.signer,
        "difference": plain(scored.difference(item.item.key)),
        "objections": [
            {"number": o.number, "on": iso(o.on), "state": o.state, "reason": o.reason, "reply": o.reply}
            for o in scored.objections.get(item.item.key, ())
        ],
        "facts": [_fact_json(viewer, scored, key) for key in item.facts if key in scored.facts],
    }


def _fact_json(viewer: Viewer, scored: Scored, key: str) -> dict[str, Any]:
    fact, found, mark = scored.result.card.facts[key], scored.facts[key], scored.marks.get(key)
    value = found.value if isinstance(found.value, str) else plain(found.value)
    return {
        "fact": key,
        "title": fact.title,
        "value": value,
        "word": fact.word,
        "sample": plain(found.sample),
        "records": [{"ledger": e.ledger, "number": e.number} for e in visible(viewer, found.entries)],
        "mark": None
        if mark is None
        else {
            "number": mark.number,
            "on": iso(mark.on),
            "reason": mark.reason,
            "signer": mark.signer,
            "evidence": list(mark.evidence),
        },
    }


def ranking_json(card: Scorecard, day: int, ranking: Ranking) -> dict[str, Any]:
    return {
        "card": card.key,
        "title": card.title,
        "as_of": iso(day),
        "of": ranking.of,
        "open": ranking.open,
        "scores": [{**summary_json(row.scored), "rank": row.rank, "tied": row.tied} for row in ranking.rows],
    }


def _number(mark: Mark) -> Fraction | None:
    return mark.value if isinstance(mark.value, Fraction) else None


def words_of(card: Scorecard, clause: Clause) -> str:
    """The rule's words: as the pack writes them, or as it is reckoned."""
    if clause.text:
        return clause.text
    if clause.parts:
        return "；".join(f"{p.no}{p.title}（{say_points(p.points or Fraction(0))}分）" for p in clause.parts)
    return say_rule(card, clause)


def told_apart(item: ItemScore) -> Iterator[tuple[Span, tuple[tuple[str, str], ...]]]:
    """Outcomes that differ, each with the readings of the open doubts that lead to it."""
    seen = set()
    for outcome in item.outcomes:
        readings = tuple((doubt, name) for doubt, name in outcome.assigned if doubt in item.open)
        if readings not in seen:
            seen.add(readings)
            yield outcome.span, readings


# -- Lines -------------------------------------------------------------------------------------------------------------


def _said(total: Total) -> str:
    rest = f"（{total.unrated}项未评）" if total.unrated else ""
    return f"{said_range(total.low, total.high)}{rest}"


def points_text(item: ItemScore) -> str:
    """`5`, `3至5（待裁定F-02）`, `未评`."""
    if item.low is None or item.high is None:
        return UNRATED
    if item.settled:
        return say_points(item.low)
    return f"{said_range(item.low, item.high)}（{OPEN}{'、'.join(item.open)}）"


def score_lines(viewer: Viewer, scored: Scored) -> Iterator[str]:
    """One score to be read: every item with its rule, how the points come about, and the facts with their records."""
    card, result = scored.result.card, scored.result
    yield f"{card.title}　{scored.name}　截止日期：{iso(scored.day)}"
    for group in card.groups.values():
        yield f"{group.title}：{_said(result.groups[group.key])}"
        for item in result.items.values():
            if item.item.group == group.key:
                yield from (f"  {line}" for line in _item_lines(viewer, scored, item))
    yield f"合计：{_said(result.total)}{_own(scored)}"


def _own(scored: Scored) -> str:
    own = scored.own_total
    return "" if own is None else f"　自评{say_points(own)}"


def _item_lines(viewer: Viewer, scored: Scored, item: ItemScore) -> Iterator[str]:
    clause, card = item.item, scored.result.card
    worth = f"（{say_points(clause.points)}分）" if clause.points is not None else ""
    own = scored.own.get(clause.key)
    beside = f"　自评{say_points(_number(own) or Fraction(0))}" if own is not None else ""
    difference = scored.difference(clause.key)
    beside += f"，差{say_points(difference)}" if difference is not None else ""
    yield f"{clause.no} {clause.title}{worth}：{points_text(item)}{beside}"
    yield f"    条文：{words_of(card, clause)}"
    for key in item.missing:
        yield f"    {UNRATED}：没有“{card.facts[key].title}”的依据"
    yield from (f"    {line}" for line in _how(item))
    if item.ruled:
        yield f"    裁定：{'；'.join(f'{doubt}{reading}' for doubt, reading in item.ruled)}"
    for key in used_facts(scored, item):
        yield f"    {_fact_line(viewer, scored, key)}"
    for objection in scored.objections.get(clause.key, ()):
        reply = f"；答复：{objection.reply}" if objection.reply else f"；{objection.state}"
        yield f"    申诉（{objection.number}）：{objection.reason}{reply}"


def _how(item: ItemScore) -> Iterator[str]:
    for span, readings in told_apart(item):
        head = "、".join(f"{doubt}读作“{name or '照印'}”" for doubt, name in readings)
        yield f"{head or '算法'}：{'；'.join(span.says)}；得{said_range(span.low, span.high)}"


def used_facts(scored: Scored, item: ItemScore) -> Sequence[str]:
    """The facts by which an item went: as it is read now, or by any reading that is open."""
    card, chosen = scored.result.card, dict(item.ruled)
    keys: dict[str, None] = {}
    for clause, path in variants(item.item, ()):
        taken = all(
            chosen.get(str(path[i + 1]), str(path[i + 2])) == path[i + 2]
            for i, word in enumerate(path)
            if word == "readings"
        )
        if taken:
            keys |= dict.fromkeys(clause.own_facts)
    return [key for key in keys if key in card.facts]


def _fact_line(viewer: Viewer, scored: Scored, key: str) -> str:
    fact, found, mark = scored.result.card.facts[key], scored.facts[key], scored.marks.get(key)
    value = "没有依据" if found.value is None else value_text(found.value) + fact.word
    sample = f"（共查{say_points(found.sample)}）" if found.sample is not None else ""
    seen = [entry.number for entry in visible(viewer, found.entries)]
    named = f"：{'、'.join(seen[:SHOWN])}{f'等{len(seen)}' if len(seen) > SHOWN else ''}" if seen else ""
    signed = f"：{mark.signer}签字（{mark.number}）{mark.reason}" if mark is not None else ""
    return f"依据　{fact.title} {value}{sample}{named}{signed}"


def value_text(value: Fraction | str) -> str:
    return value if isinstance(value, str) else say_points(value)


def summary_lines(card: Scorecard, day: int, rows: Sequence[Scored]) -> Iterator[str]:
    """A short table of everybody's groups and totals."""
    yield f"{card.title}　截止日期：{iso(day)}"
    for row in rows:
        groups = "　".join(f"{card.groups[key].title} {_said(total)}" for key, total in row.result.groups.items())
        yield f"  {row.name}　合计 {_said(row.result.total)}{_own(row)}　{groups}"


def ranking_lines(card: Scorecard, day: int, ranking: Ranking) -> Iterator[str]:
    """The ranking, ties said; apart, who cannot be ranked yet."""
    yield f"{card.title}排名　截止日期：{iso(day)}　共 {ranking.of} 个，{ranking.open} 个尚有未评或待裁定的"
    for row in ranking.rows:
        if row.rank is not None:
            tied = f"（并列，共{row.tied}个）" if row.tied > 1 else ""
            yield f"  第{row.rank}名{tied}　{row.scored.name}　{_said(row.scored.result.total)}"
    apart = [row for row in ranking.rows if row.rank is None]
    if apart:
        yield "未排名（尚有未评或待裁定的）："
    yield from (f"  {row.scored.name}　{_said(row.scored.result.total)}" for row in apart)


# -- The sheet ---------------------------------------------------------------------------------------------------------


def write_score_xlsx(target: Path | BinaryIO, viewer: Viewer, scored: Scored, notes: Sequence[str] = ()) -> None:
    """The sheet of the card as it is printed, for one who is scored, and beside it the sheet with scores and reasons.

    The card's own sheet has no room for a score: it stays as it is, and all that was said stands on the other.
    """
    card = scored.result.card
    write_tables_xlsx(
        target, [_printed(card, scored), _attached(viewer, card, scored, notes)], [card.name or card.title, "得分附页"]
    )


def _printed(card: Scorecard, scored: Scored) -> PrintedTable:
    rows: list[list[Value]] = []
    if card.total is not None:
        rows.append(["总分", "", _cell(card.total)])
    for group in card.groups.values():
        head = group.title if group.points is None else f"{group.title}（{say_points(group.points)}分）"
        for item in card.items.values():
            if item.group == group.key:
                text = f"{item.no}、{item.title}。{words_of(card, item)}。"
                rows.append([head, text, None if item.points is None else _cell(item.points)])
    return PrintedTable(
        card.title,
        [ColumnSpec("考核指标"), ColumnSpec("细化条款及评分标准"), ColumnSpec("分值")],
        rows,
        totals=[0] if card.total is not None else [],
        left=f"单位（盖章）：{scored.name}",
    )


def _attached(viewer: Viewer, card: Scorecard, scored: Scored, notes: Sequence[str]) -> PrintedTable:
    heads = ("条款名称", "分值", "自评", "考评", "差", "得分说明", "得分依据", "签字人", "待裁定")
    columns = [ColumnSpec(head, width=30 if head in ("得分说明", "得分依据") else 0) for head in heads]
    rows: list[list[Value]] = []
    for item in scored.result.items.values():
        clause, own = item.item, scored.own.get(item.item.key)
        used = used_facts(scored, item)
        signers = dict.fromkeys(scored.marks[key].signer for key in used if key in scored.marks)
        if own is not None:
            signers[own.signer] = None
        difference = scored.difference(clause.key)
        reasons = [*_how(item), *(f"自评：{own.reason}" for _ in (1,) if own is not None and own.reason)]
        rows.append(
            [
                f"{card.number(clause)} {clause.title}",
                None if clause.points is None else _cell(clause.points),
                None if own is None or _number(own) is None else _cell(_number(own) or Fraction(0)),
                _cell(item.low) if item.settled and item.low is not None else points_text(item),
                None if difference is None else _cell(difference),
                "\n".join(reasons),
                "\n".join(_fact_line(viewer, scored, key).removeprefix("依据　") for key in used),
                "、".join(filter(None, signers)),
                "、".join(item.open),
            ]
        )
    total = scored.result.total
    rows.append(
        [
            "合计",
            None if card.total is None else _cell(card.total),
            None if scored.own_total is None else _cell(scored.own_total),
            _cell(total.low) if total.settled else _said(total),
            None if scored.own_total is None or not total.settled else _cell(total.low - scored.own_total),
            *([""] * 4),
        ]
    )
    ruled = [
        f"裁定 {doubt}：{r.reading}（{r.office}，{r.paper}，{chinese(r.on)}）" for doubt, r in scored.rulings.items()
    ]
    return PrintedTable(
        f"{card.title}得分附页",
        columns,
        rows,
        totals=[len(rows) - 1],
        left=f"单位：{scored.name}",
        right=f"截止日期：{chinese(scored.day)}",
        notes=[*ruled, *notes],
    )


def _cell(value: Fraction) -> Decimal:
    """A number with an end, as a cell holds it; printed points have one."""
    return Decimal(value.numerator) / Decimal(value.denominator)
