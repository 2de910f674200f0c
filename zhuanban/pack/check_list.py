"""Do the work lists of a pack hold together?"""

from __future__ import annotations

from zhuanban.core.day import iso
from zhuanban.pack import problems
from zhuanban.pack.checker import Checker
from zhuanban.pack.problems import hint
from zhuanban.pack.values import CHOICES, FILE_TYPES, FieldType, Ledger
from zhuanban.pack.vocabulary import TYPE_WORDS
from zhuanban.pack.work_list import WorkList

_NO_WORDS = FILE_TYPES | {FieldType.POINT, FieldType.LONG_TEXT}


def check_lists(checks: Checker) -> None:
    """Ledgers, fields, levels, duties and posts exist; conditions can hold; no step of time ends before it begins."""
    for each in checks.pack.lists.values():
        _check(checks, each)


def _check(checks: Checker, each: WorkList) -> None:
    here = ("lists", each.key)
    checks.posts(each.tell, *here, "tell")
    for i, key in enumerate(each.duties):
        if key not in checks.pack.duties and not {key, "duties"} & set(checks.unread):
            checks.wrong(problems.NO_DUTY, *here, "duty", i, word=key, hint=hint(key, checks.pack.duties))
    every = each.every
    if every is not None and every.end is not None and every.end < every.start:
        checks.wrong(problems.LIST_ENDS_BEFORE, *here, "until", start=iso(every.start), end=iso(every.end))
    if each.units is not None and each.units.ledger:
        roster = checks.find_ledger(each.units.ledger, *here, "units", "roster")
        if roster is not None:
            checks.conditions(roster, each.units.where, *here, "units", "where", as_of=True)
    if each.duties:
        return
    ledger = checks.find_ledger(each.ledger, *here, "ledger")
    if ledger is not None:
        _ledger(checks, each, ledger)
    listed = checks.pack.ledgers.get(each.listed)
    if listed is not None:
        checks.conditions(listed, each.among, *here, "among", as_of=True, links=True)
        for i, name in enumerate(each.show):
            field = checks.find_field(listed, name, *here, "show", i)
            if field is not None and field.type in FILE_TYPES:
                kind = TYPE_WORDS[field.type]
                checks.wrong(problems.NOT_A_KEY, *here, "show", i, kind=kind, field=field.title, what="写进清单")


def _ledger(checks: Checker, each: WorkList, ledger: Ledger) -> None:
    here = ("lists", each.key)
    several = (*CHOICES, FieldType.LINK)
    also = [f.key for f in ledger.fields.values() if f.type in several]
    checks.level(each.missing_level, *here, "missing", also=("unit", *also))
    checks.conditions(ledger, each.where, *here, "where", as_of=True, links=True)
    for i, name in enumerate(each.lacks):
        checks.find_field(ledger, name, *here, "lacks", i, also=("unit",))
    if each.by:
        levels = tuple(level.key for level in checks.pack.grid.levels)
        field = checks.find_field(ledger, each.by, *here, "by", also=("unit", "region", *levels))
        if field is not None and field.type in _NO_WORDS:
            kind = TYPE_WORDS[field.type]
            checks.wrong(problems.NOT_A_KEY, *here, "by", kind=kind, field=field.title, what="归并条目")
        elif field is not None and field.personal:
            checks.wrong(problems.PERSONAL_ROW, *here, "by", field=field.title)
