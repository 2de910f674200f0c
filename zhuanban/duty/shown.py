"""Duties as JSON and as text for the terminal. The keys are described in docs/cli.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from zhuanban.core.day import beijing, iso, minute
from zhuanban.core.problem import nested
from zhuanban.core.ratio import Ratio, Rounding
from zhuanban.duty.queries import Board, Count, Question
from zhuanban.duty.rules import GREEN, GREY, RED, STANDS, YELLOW, Item, before_issue, day_of_s, light_of
from zhuanban.pack.say_duty import say_assumed, say_rhythm

# 100 % is printed only where nothing is missing.
ROUND = Rounding.FLOOR

STATUS_WORDS = {
    "before_issue": "期限早于发文",
    "open": "在期",
    "missing": "未报",
    "submitted": "已报送",
    "accepted": "已接收",
    "returned": "退回",
}
LIGHT_WORDS = {"green": "绿", "blue": "蓝", "yellow": "黄", "red": "红", "grey": "灰"}


def board_json(board: Board) -> dict[str, Any]:
    """Everything that is owed, by unit, by duty and period, and one by one."""
    units, day = board.setting.units, day_of_s(board.at)
    duties = board.setting.pack.duties
    lights = unit_lights(board)
    return {
        "campaign": board.setting.campaign.name,
        "as_of": beijing(board.at * 1_000_000),
        "total": count_json(board.count()),
        "units": [
            {"unit": code, "unit_name": units.name(code, day), "light": lights[code], **count_json(count)}
            for code, count in board.by_unit().items()
        ],
        "periods": [
            {"duty": duty, "title": duties[duty].title, "period": period, **count_json(count)}
            for (duty, period), count in board.by_period().items()
        ],
        "items": [item_json(board, item) for item in board.items],
        "questions": [question_json(each) for each in board.questions],
        "problems": [problem.as_json() for problem in (*board.problems, *board.advice)],
    }


def count_json(count: Count) -> dict[str, Any]:
    return {
        "due": count.due,
        "submitted": count.submitted,
        "on_time": count.on_time,
        "late": count.late,
        "missing": count.missing,
        "returned": count.returned,
        "zero": count.zero,
        "accepted": count.accepted,
        "undelivered": count.undelivered,
        "coming": count.coming,
        "before_issue": count.before_issue,
        "completeness": ratio_json(count.completeness),
        "timeliness": ratio_json(count.timeliness),
    }


def ratio_json(ratio: Ratio) -> dict[str, Any]:
    return {"part": ratio.part, "whole": ratio.whole, "text": ratio.percent(ROUND)}


def item_json(board: Board, item: Item) -> dict[str, Any]:
    """One thing that is owed. `due` is the deadline in force, `printed` the one of the document."""
    return {
        "duty": item.duty.key,
        "title": item.duty.title,
        "period": item.due.period,
        "unit": item.unit,
        "unit_name": board.setting.units.name(item.unit, day_of_s(board.at)),
        "number": item.number,
        "record": item.about,
        "printed": iso(item.due.printed),
        "due": beijing(item.limit * 1_000_000),
        "status": item.status,
        "state": item.state,
        "light": light_of(item, board.at),
        "zero": item.zero,
        "received": item.data.get("received", ""),
        "received_last": item.data.get("received_last", ""),
        "late_seconds": item.late_s,
        "late": item.late_text,
        "undelivered": item.undelivered(),
    }


def question_json(question: Question) -> dict[str, Any]:
    said: dict[str, Any] = {
        "duty": question.duty.key,
        "title": question.duty.title,
        "word": question.word,
        "asks": say_assumed(question.word),
        "assumed": question.assumed,
        "answered": bool(question.at),
    }
    if question.at:
        said |= {
            "answer": question.answer,
            "reason": question.reason,
            "by": question.by,
            "at": beijing(question.at),
        }
    return said


def unit_lights(board: Board) -> dict[str, str]:
    """Unit → the worst light of what it still owes; green where everything is settled."""
    worst: dict[str, str] = {}
    rank = [RED, YELLOW, GREEN, GREY]
    for item in board.items:
        light = light_of(item, board.at)
        if light == YELLOW and item.state in STANDS and not item.undelivered():
            light = GREEN  # late, and settled all the same
        light = light if light in rank else GREEN
        held = worst.get(item.unit, GREY)
        worst[item.unit] = min(held, light, key=rank.index)
    return worst


HEADS = ("单位", "应报", "已报", "按时", "迟报", "未报", "零报告", "退回", "缺回执", "完整率", "及时率", "灯")


def board_lines(board: Board) -> list[tuple[str, ...]]:
    """The table for the terminal: a head, a row per unit, the total."""
    lights = unit_lights(board)
    day = day_of_s(board.at)
    rows = [(board.setting.units.name(code, day), count, lights[code]) for code, count in board.by_unit().items()]
    return [HEADS, *(_line(*row) for row in rows), _line("合计", board.count(), "")]


def _line(name: str, count: Count, light: str) -> tuple[str, ...]:
    numbers = (
        count.due,
        count.submitted,
        count.on_time,
        count.late,
        count.missing,
        count.zero,
        count.returned,
        count.undelivered,
    )
    rates = (count.completeness.percent(ROUND), count.timeliness.percent(ROUND))
    return (name, *map(str, numbers), *rates, LIGHT_WORDS.get(light, ""))


def notes(board: Board) -> Iterator[str]:
    """What needs a person: late, missing, returned, without receipt, coming soon, due before the document; then the
    make-up dates, then the questions."""
    for item in board.items:
        light = light_of(item, board.at)
        if light in (GREEN, GREY) and item.status != "before_issue":
            continue
        what = [STATUS_WORDS[item.status]]
        if item.zero:
            what.append("零报告" if item.state in STANDS else "零报告还没有报出")
        if item.late_text:
            what.append(item.late_text)
        if missing := item.undelivered():
            what.append(f"缺回执：{'、'.join(missing)}")
        due = minute(item.limit * 1_000_000)
        printed = iso(item.due.printed)
        due = due if due.startswith(printed) else f"{due}（原定{printed}）"
        about = f" {item.about}" if item.about else ""
        unit = board.setting.units.name(item.unit, day_of_s(board.at))
        yield f"{LIGHT_WORDS[light]} {item.duty.title} {item.due.period} {unit}{about} 期限{due}：{'，'.join(what)}"
    yield from _made_up(board)
    for question in board.questions:
        if not question.at:
            yield nested(
                f"待确认：{question.duty.title}的{say_assumed(question.word)}文件没有印，现按"
                f"“{question.assumed or say_rhythm(question.duty.rhythm)}”办。"
            )


def _made_up(board: Board) -> Iterator[str]:
    """For each date before the document: how many reports it asked for, and for how many of them which later day."""
    issued = board.setting.pack.issued
    for column in board.columns:
        if not before_issue(column.due, issued):
            continue
        items = list(column.items())
        days = Counter(day_of_s(item.limit) for item in items if item.limit != column.due.limit)
        for day, n in sorted(days.items()):
            yield (
                f"期限早于发文：{column.duty.title} {column.due.period}，应报{len(items)}件，"
                f"其中{n}件补报期限{iso(day)}。"
            )
