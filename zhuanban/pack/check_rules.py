"""Do the rules of a ledger hold together, and does a table of decisions (`exact`) decide every case, and each once?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product
from typing import Any

from zhuanban.core.day import from_iso, iso
from zhuanban.pack import problems
from zhuanban.pack.checker import Checker
from zhuanban.pack.conditions import compile_conditions, days_from_as_of
from zhuanban.pack.values import CHOICES, Condition, Field, FieldType, Ledger, Mirror, Rule
from zhuanban.pack.vocabulary import TYPE_WORDS

MADE = ("state", "number", "since")
"""What a mirror may show of a record besides its fields; `since` is the day of its opening."""
Standing = tuple[str, str]
"""(ledger, field)."""
MOST = 200_000  # combinations that a table of decisions may have
_SHOWN = 3
_DAY = 20_000  # the day asked about while a table is tried: any day does, since only differences from it count
_OTHER = "（其他）"  # a text that no case names


def check_rules(checks: Checker) -> None:
    """Rules fill fields that exist with values that can occur; only the last case may hold always."""
    for ledger in checks.pack.ledgers.values():
        if ledger.duty:
            continue
        standing = [rule.key for rule in ledger.rules if rule.always]
        for rule in ledger.rules:
            _rule(checks, ledger, rule, standing)
        for mirror in ledger.mirrors:
            _mirror(checks, ledger, mirror, {rule.key for rule in ledger.rules})
    _no_circle(checks)


def _mirror(checks: Checker, ledger: Ledger, mirror: Mirror, ruled: set[str]) -> None:
    """A mirror shows what is there, by a link between the two, in a field that can hold it."""
    here = ("ledgers", ledger.key, "mirrors", mirror.key)
    field = checks.find_field(ledger, mirror.key, *here)
    if field is not None and (field.required or field.key in (*ledger.one_per, *ruled)):
        checks.wrong(problems.ALWAYS_ASKED, *here, field=field.title)
    if mirror.via:
        link = checks.find_field(ledger, mirror.via, *here, "via")
        if link is not None and (link.type is not FieldType.LINK or link.many):
            checks.wrong(problems.LINK_OF_ONE, *here, "via", field=link.title)
            return
    other = checks.pack.ledgers.get(mirror.ledger) if mirror.via else checks.find_ledger(mirror.ledger, *here, "ledger")
    if other is None:
        return
    if mirror.by:
        by = checks.find_field(other, mirror.by, *here, "by")
        if by is not None and (by.type is not FieldType.LINK or by.ledger != ledger.key):
            checks.wrong(problems.MIRROR_LINK, *here, "by", field=by.title, ledger=ledger.title)
        checks.conditions(other, mirror.where, *here, "where")
    if field is None:
        return
    if not mirror.shows:
        fits = bool(mirror.via) or field.type in (FieldType.YES_NO, FieldType.INTEGER)
    elif mirror.shows in MADE:
        fits = field.type in ((FieldType.DATE,) if mirror.shows == "since" else (FieldType.TEXT, FieldType.CHOICE))
    else:
        shown = checks.find_field(other, mirror.shows, *here, "field", also=MADE)
        fits = shown is None or (shown.type, shown.many) == (field.type, field.many)
    if not fits:
        checks.wrong(problems.MIRROR_KIND, *here, field=field.title, kind=TYPE_WORDS[field.type])


def _no_circle(checks: Checker) -> None:
    """No field stands, in the end, on itself: each would wait for the other."""
    on: dict[Standing, set[Standing]] = {}
    for ledger in checks.pack.ledgers.values():
        for rule in ledger.rules:
            if rule.always:
                on[ledger.key, rule.key] = {(ledger.key, c.field) for case in rule.cases for c in case.where}
        for mirror in ledger.mirrors:
            asked = [mirror.shows, mirror.by, *(c.field for c in mirror.where)]
            on[ledger.key, mirror.key] = {(mirror.ledger, each) for each in asked} | {(ledger.key, mirror.via)}
        for field in ledger.fields.values():
            if field.compares:
                link, dot, than = field.than.rpartition(".")
                other = ledger.fields[link].ledger if dot and link in ledger.fields else ledger.key
                on[ledger.key, field.key] = {(ledger.key, field.compares), (ledger.key, link), (other, than)}
    for key, name in on:
        seen: set[Standing] = set()
        ahead = on[key, name]
        while ahead:
            seen |= ahead
            ahead = set().union(*(on.get(each, set()) for each in ahead)) - seen
        if (key, name) in seen and any(mirror.key == name for mirror in checks.pack.ledgers[key].mirrors):
            title = checks.pack.ledgers[key].fields[name].title if name in checks.pack.ledgers[key].fields else name
            checks.wrong(problems.MIRROR_CIRCLE, "ledgers", key, "mirrors", name, field=title)


def _rule(checks: Checker, ledger: Ledger, rule: Rule, standing: list[str]) -> None:
    here = ("ledgers", ledger.key, "rules", rule.key)
    before = len(checks.problems)
    field = checks.find_field(ledger, rule.key, *here, also=() if rule.always else ("unit",))
    later = standing[standing.index(rule.key) :] if rule.always else []
    for i, case in enumerate(rule.cases):
        path = (*here, "cases", i)
        checks.conditions(ledger, case.where, *path, "where", as_of=rule.always)
        asked = {condition.field for condition in case.where}
        if rule.key in asked:
            checks.wrong(problems.RULE_ASKS_ITSELF, *path, field=rule.key)
        for other in sorted(asked & {*later} - {rule.key}):
            checks.wrong(problems.RULE_ASKS_LATER, *path, field=ledger.fields[other].title)
        if not case.where and i + 1 < len(rule.cases):
            checks.wrong(problems.CASE_NEVER, *here, "cases", i + 1, n=i + 2, always=i + 1)
        if isinstance(case.value, tuple) and (rule.always or rule.key == "unit"):
            words = {"value": "days_after", "kind": "单位", "field": ledger.unit_title}
            if rule.always:
                checks.wrong(problems.ALWAYS_DAYS, *path, "days_after")
            else:
                checks.wrong(problems.WRONG_VALUE, *path, "days_after", **words, hint="请写单位的名称。")
        elif field is not None:
            word = "days_after" if isinstance(case.value, tuple) else "is"
            checks.value(ledger, field, case.value, *path, word)
    if rule.always and field is not None and (field.required or field.key in ledger.one_per):
        checks.wrong(problems.ALWAYS_ASKED, *here, field=field.title)
    if rule.exact and len(checks.problems) == before:
        _decide_all(checks, ledger, rule)


def _decide_all(checks: Checker, ledger: Ledger, rule: Rule) -> None:
    """Try every combination of what the fields may say that makes a difference: exactly one case must hold."""
    here = ("ledgers", ledger.key, "rules", rule.key)
    asked: dict[str, list[Condition]] = {}
    for case in rule.cases:
        for condition in case.where:
            asked.setdefault(condition.field, []).append(condition)
    choices = {name: _values(ledger, name, said) for name, said in asked.items()}
    count = 1
    for values in choices.values():
        count *= len(values)
    if count > MOST:
        checks.wrong(problems.TABLE_TOO_BIG, *here, n=count, most=MOST)
        return
    tests = [compile_conditions(case.where, ledger) for case in rule.cases]
    gaps: list[str] = []
    gap_count = 0
    overlaps: dict[tuple[int, int], str] = {}
    for combination in product(*choices.values()):
        said = dict(zip(choices, combination, strict=True))
        state, region, unit = (said.get(word) or "" for word in ("state", "region", "unit"))
        held = [n for n, holds in enumerate(tests) if holds(said, state, region, unit, _DAY)]
        if not held:
            gap_count += 1
            if len(gaps) < _SHOWN:
                gaps.append(_said(ledger, choices, combination))
        for pair in combinations(held, 2):
            overlaps.setdefault(pair, _said(ledger, choices, combination))
    if gaps:
        checks.wrong(problems.TABLE_GAP, *here, n=gap_count, some="；".join(gaps))
    for (one, two), example in islice(overlaps.items(), 20):
        other = rule.cases[one].at
        checks.wrong(problems.TABLE_OVERLAP, *here, "cases", two, n=two + 1, m=one + 1, line=other.line, some=example)


def _values(ledger: Ledger, name: str, said: list[Condition]) -> list[Any]:
    """What a field may say, one value for all that no condition tells apart."""
    field = ledger.fields.get(name)
    if field is None:
        if name == "state":
            return list(ledger.states)
        return [*_named(said), _OTHER]
    never = {mirror.key for mirror in ledger.mirrors if not mirror.shows}  # whether, or how many: always said
    empty = [] if field.required or name in never else [None]
    if field.type in CHOICES:
        words: list[Any] = [option.title for option in field.options]
        if field.open:
            words.append(_OTHER)
        if field.many:
            return [*empty, *([word] for word in words), *map(list, combinations(words, 2))]
        return [*empty, *words]
    if field.type is FieldType.YES_NO:
        return [*empty, "是", "否"]
    if field.type is FieldType.DATE:
        return [*empty, *sorted(_days(said)), *([] if _days(said) else [iso(_DAY)])]
    if field.type in (FieldType.INTEGER, FieldType.NUMBER):
        return [*empty, *_numbers(field, said)]
    return [*empty, *_named(said), _OTHER]


def _named(said: list[Condition]) -> list[Any]:
    found: dict[Any, None] = {}
    for condition in said:
        if condition.op in ("is", "in", "not_in"):
            found |= dict.fromkeys(condition.value if isinstance(condition.value, tuple) else (condition.value,))
    return list(found)


def _days(said: list[Condition]) -> set[str]:
    """The days on either side of every bound."""
    found: set[str] = {value for value in _named(said) if isinstance(value, str)}
    for condition in said:
        if condition.op in ("before", "on_or_after"):
            off = days_from_as_of(condition.value)
            bound = _DAY + off if off is not None else from_iso(str(condition.value))
            found |= {iso(bound - 1), iso(bound)}
    return found


def _numbers(field: Field, said: list[Condition]) -> Iterator[int | float]:
    """The numbers on either side of every bound, and the bounds."""
    step = 1 if field.type is FieldType.INTEGER else round(10**-field.decimals, field.decimals)
    found = {value for value in _named(said) if isinstance(value, int | float)}
    for condition in said:
        if condition.op in ("at_least", "at_most"):
            found |= {condition.value - step, condition.value, condition.value + step}
    bounds = (field.minimum, field.maximum)
    for value in sorted(found or {0}):
        if (bounds[0] is None or value >= bounds[0]) and (bounds[1] is None or value <= bounds[1]):
            yield value


def _said(ledger: Ledger, choices: dict[str, list[Any]], values: Sequence[Any]) -> str:
    """A combination in words."""
    titles = {"state": "状态", "region": "区划", "unit": "单位"}
    parts = []
    for name, value in zip(choices, values, strict=True):
        title = ledger.fields[name].title if name in ledger.fields else titles[name]
        word = "（空）" if value is None else "、".join(value) if isinstance(value, list) else str(value)
        if name in ledger.fields and ledger.fields[name].type is FieldType.DATE and value is not None:
            off = from_iso(value) - _DAY
            word = "当日" if off == 0 else f"{abs(off)}天{'后' if off > 0 else '前'}" if abs(off) < 5000 else value
        parts.append(f"{title}={word}")
    return "，".join(parts)
