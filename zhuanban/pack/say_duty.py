"""Duties in Chinese words."""

from __future__ import annotations

from collections.abc import Iterator

from zhuanban.core.day import chinese
from zhuanban.pack.rhythm import Rhythm
from zhuanban.pack.values import Duty, Pack
from zhuanban.pack.words import say_field, say_posts, say_where

_WEEK = "一二三四五六日"
_SHIFTS = {"before": "逢休息日提前到前一个工作日", "after": "逢休息日顺延到后一个工作日", "none": "逢休息日不动"}
_WORDS = {
    "every": "时间",
    "due": "期限",
    "from": "起始",
    "until": "截止",
    "units": "报送单位",
    "to": "收件单位",
    "copies": "抄送单位",
    "forms": "表格",
}


def say_clock(minute: int | None) -> str:
    """`12:00`, or nothing for the whole day."""
    return "" if minute is None else f" {minute // 60:02}:{minute % 60:02}"


def say_assumed(word: str) -> str:
    """A duty's word that the document does not print: 报送单位, 截止."""
    return _WORDS.get(word, word)


def say_rhythm(rhythm: Rhythm) -> str:
    """`每周四 12:00前`, `每月22日前（当日24:00前有效）`."""
    match rhythm.kind:
        case "weekday":
            days = f"每周{_WEEK[rhythm.n]}"
        case "day_of_month":
            days = f"每月{rhythm.n}日"
        case "month_end":
            days = "每月月底"
        case "last_workday":
            days = "每月最后一个工作日"
        case _:
            days = "、".join(map(chinese, rhythm.days))
    return f"{days}{say_clock(rhythm.minute)}前{'（当日24:00前都算）' if rhythm.minute is None else ''}"


def say_duty(pack: Pack, duty: Duty) -> Iterator[str]:
    """One duty, line by line."""
    source = f"（依据：{duty.source}）" if duty.source else ""
    yield ""
    yield f"  {duty.title}（{duty.key}）：{say_rhythm(duty.rhythm)}，{_SHIFTS[duty.shift]}{source}"
    if duty.start is not None and duty.end is not None:
        yield f"    自{chinese(duty.start)}起，至{chinese(duty.end)}止。"
    yield f"    报送单位：{_owing(pack, duty)}。"
    if duty.to:
        copies = f"，抄送{'、'.join(duty.copies)}" if duty.copies else ""
        via = f"，经{duty.via}，有回执才算报出" if duty.via else ""
        yield f"    报送给{duty.to}{copies}{via}。"
    if duty.forms:
        forms = [pack.forms[key] for key in duty.forms]
        yield f"    表格：{'、'.join(f'{form.title}（{form.name or form.key}）' for form in forms)}。"
    yield f"    {'没有情况的须作零报告' if duty.zero else '不设零报告'}；{_steps(pack, duty)}。"
    if duty.stamp:
        yield "    盖章后的扫描件收回来，与报送时的数据核对条数。"
    if duty.proof is not None:
        table = pack.tables[duty.proof.table]
        columns = "、".join(f"“{table.columns[key].title}”" for key, _ in duty.proof.columns)
        yield f"    {table.title}的{columns}要有佐证，缺的报送前说明。"
    if duty.counts == "last":
        yield "    退回重报的，以最后一次收到的时刻为准。"
    if duty.remind:
        yield f"    提醒：{'、'.join(each.said for each in duty.remind)}。"
    for each in duty.escalate:
        yield f"    逾期{each.said}未报的，告知{say_posts(pack, each.to)}。"
    if duty.assumed:
        yield f"    文件没有印、待确认的：{'、'.join(map(say_assumed, duty.assumed))}。"


def _owing(pack: Pack, duty: Duty) -> str:
    if not duty.owing.ledger:
        return "、".join(duty.owing.names)
    ledger = pack.ledgers.get(duty.owing.ledger)
    title = ledger.title if ledger is not None else duty.owing.ledger
    which = say_where(ledger, duty.owing.where)
    each = "，每条一份" if duty.owing.each == "record" else ""
    return f"到期之日{title}中{f'{which}的' if which else '各'}条目的{say_field(ledger, 'unit')}{each}"


def _steps(pack: Pack, duty: Duty) -> str:
    steps = [f"由{say_posts(pack, duty.by)}填报、报送"]
    if duty.sign:
        steps.append(f"{say_posts(pack, duty.sign)}签字")
    if duty.review:
        steps.append(f"{say_posts(pack, duty.review)}审核")
    return "，".join(steps)
