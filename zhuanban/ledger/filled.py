"""What the program fills into an event, and what it holds the finished record against. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from itertools import pairwise
from typing import Any

from zhuanban.core.day import beijing, iso
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.change import Step
from zhuanban.ledger.compiled import Rules
from zhuanban.ledger.fields import is_empty
from zhuanban.ledger.rules import Fact, Snapshot
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.standard import Standard
from zhuanban.pack.values import Case, Check, Field, FieldType, Ledger
from zhuanban.people.queries import Setting


def written(
    ledger: Ledger,
    fixed: Any,
    on: int,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
    received: tuple[int, int],
) -> Any:
    """What a move writes into a field.

    `values` are what the step says, `before` what the record said; `received` are the instants at which the server
    learned the first such move of the record, and this one.
    """
    match fixed:
        case ("days_after", int(n)):
            return iso(on + n)
        case ("copy", str(other)) if other in ledger.fields:
            return values.get(other, before.get(other))
        case ("instant", which):
            return beijing(received[0] if which == "first" else received[1])
    return list(fixed) if isinstance(fixed, tuple) else fixed  # several values are kept as a list


def decide(
    rules: Rules,
    setting: Setting,
    body: MutableMapping[str, Any],
    before: Snapshot,
    step: Step,
    on: int,
    facts: Sequence[Fact],
) -> list[Problem]:
    """Fill what the pack's rules decide; what a person said himself stands, until a person says otherwise.

    `ruled` keeps, for each field that a rule filled, where the rule comes from.
    """
    found: list[Problem] = []
    for decides in rules.decides:
        key = decides.rule.key
        said = body.get("set", {})
        if key in step.set or not (step.verb == "create" or decides.asks & {*said, *body, "state"}):
            continue
        if step.verb != "create" and not _by_rule(key, before, facts):
            continue
        case = decides.case(before._replace(data={**before.data, **said}))
        value = None if case is None else value_of(case, rules.ledger.fields[key], setting, on, found)
        if before.data.get(key) != value:
            body["set"] = {**said, key: value}
            body["ruled"] = {**body.get("ruled", {}), key: case.source if case is not None else ""}
    return found


def unit_said(rules: Rules, setting: Setting, opened: Snapshot, on: int) -> tuple[str, str | None, list[Problem]]:
    """The unit of a record that is opened: the one named, else the one that the pack's rule proposes, with its source.

    And what is wrong with that.
    """
    case = None if opened.unit or rules.unit is None else rules.unit.case(opened)
    if case is None:
        return opened.unit, None, []
    units = setting.units.find(str(case.value), on)
    title = rules.ledger.unit_title
    wrong = [] if units else [says.RULE_UNIT.at(Place(field=title), field=title, value=case.value)]
    return (units[0], case.source, []) if units else ("", None, wrong)


def _by_rule(key: str, before: Snapshot, facts: Sequence[Fact]) -> bool:
    """Was the field last filled by a rule, or never?"""
    for fact in reversed(facts):
        if key in fact.body.get("set", {}):
            return key in fact.body.get("ruled", {})
    return is_empty(before.data.get(key))


def value_of(case: Case, spec: Field, setting: Setting, on: int, found: list[Problem]) -> Any:
    """What a case of a rule writes into a field on a day."""
    if isinstance(case.value, tuple):
        return iso(on + case.value[1])
    if spec.type is not FieldType.UNIT:
        return case.value
    units = setting.units.find(str(case.value), on)
    if not units:
        found.append(says.RULE_UNIT.at(Place(field=spec.title), field=spec.title, value=case.value))
        return None
    return units[0]


def void_signatures(rules: Rules, body: MutableMapping[str, Any], now: Snapshot) -> None:
    """A signature stands for what was signed: a correction of anything else makes it void."""
    fields, changed = rules.ledger.fields, body.get("set", {})
    for key in rules.signatures:
        if key in changed or is_empty(now.data.get(key)) or not changed:
            continue
        titles = "、".join(fields[k].title for k in changed if k in fields)
        body["set"] = {**body["set"], key: None}
        body["flags"] = [*body.get("flags", ()), f"{fields[key].title}已失效：签名后更正了{titles}"]


def broken_checks(ledger: Ledger, now: Snapshot, facts: Sequence[Fact]) -> Iterator[Check]:
    """The checks that the record breaks; of those that only flag, the ones of which these facts speak."""
    if not ledger.checks:
        return
    said: set[str] = set()
    for fact in facts:
        said |= {*fact.body.get("set", ()), *({"region", "unit"} & fact.body.keys())}
        if "to" in fact.body:
            said.add("state")
    for check in ledger.checks:
        if fails(check, now, ledger) and (not check.flag or not said.isdisjoint(check.fields)):
            yield check


def fails(check: Check, now: Snapshot, ledger: Ledger) -> bool:
    """Does the record break this check? Empty fields break none of the kinds that compare."""
    if check.kind == "if":
        given, then = compile_conditions(check.given, ledger), compile_conditions(check.then, ledger)
        place = (now.data, now.state, now.region, now.unit, None)
        return given(*place) and not then(*place)
    filled: list[Any] = [v for k in check.fields if not is_empty(v := now.data.get(k))]
    if check.kind == "differ":
        return len(set(map(str, filled))) < len(filled)
    if check.kind == "same":
        return len(set(map(str, filled))) > 1
    return any(a > b for a, b in pairwise(filled))


def beyond_limits(rules: Rules, standards: Mapping[str, Standard], facts: Sequence[Fact]) -> Iterator[str]:
    """Warnings for figures of these facts that lie beyond the standard in force on the day that they were said of."""
    for fact in facts:
        for key in rules.limits:
            value = fact.body.get("set", {}).get(key)
            standard, item = rules.ledger.fields[key].limit
            if value is None or standard not in standards or not standards[standard].in_force(fact.on):
                continue
            limit = standards[standard].limits[item]
            if limit.breaks(value):
                bounds = "、".join(
                    f"{word}{bound}"
                    for word, bound in (("不小于", limit.at_least), ("不大于", limit.at_most))
                    if bound is not None
                )
                unit = limit.unit
                yield f"{limit.title}{value}{unit}，超出{standards[standard].title}限值（{bounds}{unit}）"
