"""Work lists in Chinese words."""

from __future__ import annotations

from collections.abc import Iterable

from zhuanban.core.day import chinese
from zhuanban.pack.say_duty import say_clock
from zhuanban.pack.values import Condition, Ledger, Pack
from zhuanban.pack.words import say_field, say_level, say_posts, say_where
from zhuanban.pack.work_list import Every, Owing, WorkList

REPORT_WORDS = {"late": "迟报", "missing": "未报", "returned": "被退回"}


def say_list(pack: Pack, each: WorkList) -> str:
    """What is on a list, and who is told of it."""
    told = f"，工作日{say_clock(each.minute).strip()}告知{say_posts(pack, each.tell)}" if each.tell else ""
    listed = pack.ledgers.get(each.listed)
    show = f"，写明{'、'.join(say_field(listed, key) for key in each.show)}" if each.show else ""
    return f"{each.title}（{each.key}）：{_what(pack, each)}{show}{told}。"


def _what(pack: Pack, each: WorkList) -> str:
    if each.duties:
        duties = "、".join(pack.duties[key].title if key in pack.duties else key for key in each.duties)
        words = "、".join(REPORT_WORDS.get(word, word) for word in each.reports)
        row = f"连续{each.in_a_row}期" if each.in_a_row > 1 else ""
        least = f"，共{each.at_least}份以上" if each.at_least > 1 else ""
        return f"{duties}{row}{words}的单位{least}"
    ledger = pack.ledgers[each.ledger]
    records = say_some(pack, ledger, each.where) + (f"（带“{each.flagged}”标记的）" if each.flagged else "")
    if each.lacks:
        return f"{records}，缺{'、'.join(say_field(ledger, key) for key in each.lacks)}任一项的，写明所缺"
    if each.by:
        levels = {level.key: level.title for level in pack.grid.levels}
        return (
            f"{records}，按{levels.get(each.by) or say_field(ledger, each.by)}归并，{each.at_least}{ledger.word}以上的"
        )
    if each.quiet is not None:
        return f"{records}，超过{each.quiet}天没有动静的"
    if not each.misses:
        return records
    if each.within is not None:
        records = f"近{each.within}天登记的{records}"
    lacking = [
        words
        for words in (
            say_some(pack, pack.ledgers[each.listed], each.among) if each.missing_link else "",
            say_level(pack, each.missing_level) if each.missing_level else "",
            _units(pack, each.units) if each.units is not None else "",
            f"各种{say_field(ledger, each.missing_choice)}" if each.missing_choice else "",
            _steps(each.every) if each.every is not None else "",
        )
        if words
    ]
    if len(lacking) == 1 and each.missing_link:
        return f"没有{records}与之关联的{lacking[0]}"
    if len(lacking) == 1:
        return f"没有{records}的{lacking[0]}"
    return f"对{'、'.join(lacking[:-1])}逐一列出没有{records}的{lacking[-1]}"


def say_some(pack: Pack, ledger: Ledger, where: Iterable[Condition]) -> str:
    which = say_where(ledger, where, pack.ledgers)
    return f"{ledger.title}中{f'{which}的' if which else '的'}条目"


def _units(pack: Pack, units: Owing) -> str:
    if not units.ledger:
        return "、".join(units.names)
    ledger = pack.ledgers[units.ledger]
    return f"{say_some(pack, ledger, units.where)}的{ledger.unit_title}"


def _steps(every: Every) -> str:
    end = f"至{chinese(every.end)}" if every.end is not None else ""
    return f"每{every.step}（{chinese(every.start)}起{end}，过完才列）"
