"""Reads ledgers: fields and states first, moves when every ledger's fields are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhuanban.pack import problems, tree
from zhuanban.pack.likely import FARTHEST, Likely
from zhuanban.pack.read_layer import read_options, zoned
from zhuanban.pack.read_where import read_where, value_of
from zhuanban.pack.said import INTEGER, Said
from zhuanban.pack.values import (
    NEW,
    Case,
    Check,
    Field,
    FieldType,
    Guard,
    Layer,
    Ledger,
    Mirror,
    Move,
    Near,
    Proof,
    Rule,
    State,
)
from zhuanban.pack.vocabulary import BARE_DATE, BARE_MOVE, BARE_STATE, OWN_WORDS, PERSONAL, TYPE_WORDS


def read_ledger(key: str, said: Said, layers: Mapping[str, Layer]) -> Ledger:
    """A ledger without its moves. The options of its zone fields are the types of their layers."""
    said.need("title", "fields")
    number, region, unit = (
        said.thing("number", "编号"),
        said.thing("region", "所属网格"),
        said.thing("unit", "责任单位"),
    )
    one_per, one_per_says = _one_per(said)
    return Ledger(
        key=key,
        title=said.text("title", key),
        fields={k: zoned(field, layers) for k, field in read_fields(said)},
        states=_states(said),
        moves={},
        word=said.text("word", "条"),
        number_title=number.text("title", "编号"),
        number_aliases=number.texts("aliases"),
        number_pattern=number.text("pattern"),
        one_per=one_per,
        one_per_says=one_per_says,
        match=said.texts("match"),
        region_level=region.text("level"),
        region_required=region.flag("required", True),
        region_title=region.text("title", "所属区域"),
        region_aliases=region.texts("aliases"),
        unit_required=unit.flag("required"),
        unit_title=unit.text("title", "责任单位"),
        unit_aliases=unit.texts("aliases"),
        likely=tuple(_likely(each) for each in said.listed("likely", "相近")),
        amend_by=said.texts("amend_by"),
        seen_by=said.texts("seen_by"),
        shared=said.flag("shared"),
        stage=said.text("stage"),
        source=said.text("source"),
        help=said.text("help"),
        at=said.place,
    )


def read_fields(said: Said) -> Iterator[tuple[str, Field]]:
    """Key and field of each thing under `fields`."""
    for key, field in said.things("fields", "栏目"):
        yield key, _field(key, field)


def _one_per(said: Said) -> tuple[tuple[str, ...], str]:
    if isinstance(said.node.items.get("one_per"), tree.Mapping):
        one = said.thing("one_per", "唯一")
        one.need("fields")
        return one.texts("fields"), one.text("says")
    return said.texts("one_per"), ""


def read_checks(said: Said, ledgers: Mapping[str, Ledger], ledger: str) -> tuple[Check, ...]:
    """The checks of a ledger whose fields are in `ledgers`."""
    return tuple(_check(each, ledgers, ledger) for each in said.listed("checks", "核对"))


def _check(said: Said, ledgers: Mapping[str, Ledger], ledger: str) -> Check:
    kinds = [word for word in ("differ", "same", "ordered", "if") if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where="核对", words="differ、same、ordered、if", n=len(kinds))
    said.need("says")
    flag = said.flag("flag")
    if "if" in kinds:
        said.need("then")
        given, then = (read_where(said, ledgers, ledger, word) for word in ("if", "then"))
        fields = tuple(sorted({c.field for c in (*given, *then)}))
        return Check("if", fields, said.text("says"), given, then, flag, said.place)
    kind = kinds[0] if kinds else "differ"
    return Check(kind, said.texts(kind), said.text("says"), flag=flag, at=said.place)


def _likely(said: Said) -> Likely:
    said.need("ledger", "near")
    near = said.thing("near", "相近地点")
    if said.has("near"):
        near.need("point", "metres")
    metres = near.integer("metres", 1, FARTHEST, 1)
    return Likely(said.text("ledger"), near.text("point"), metres, said.texts("same"), said.place)


def _field(key: str, said: Said) -> Field:
    said.need("title", "type")
    kind = FieldType(said.one_of("type", tuple(FieldType), FieldType.TEXT))
    title = said.text("title", key)
    if said.text("type") == kind:
        for word, types in OWN_WORDS.items():
            if said.has(word) and kind not in types:
                said.wrong(problems.NOT_FOR_TYPE, word, kind=TYPE_WORDS[kind], field=title, word=word)
    if kind is FieldType.LINK:
        said.need("ledger")
    if kind is FieldType.ZONE:
        said.need("layer")
    if said.has("compares") or said.has("than"):
        said.need("compares", "than")
    pattern = said.text("pattern")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        said.wrong(problems.BAD_PATTERN, "pattern", value=pattern, detail=error)
        pattern = ""
    return Field(
        key=key,
        title=title,
        type=kind,
        required=said.flag("required"),
        aliases=said.texts("aliases"),
        options=read_options(said, "options"),
        open=said.flag("open"),
        many=said.flag("many"),
        ledger=said.text("ledger"),
        unit=said.text("unit"),
        decimals=said.integer("decimals", 0, 6),
        minimum=said.number("minimum"),
        maximum=said.number("maximum"),
        limit=_limit(said),
        earliest=said.day("earliest"),
        pattern=pattern,
        personal=said.one_of("personal", PERSONAL, ""),
        seen_by=said.texts("seen_by"),
        outside=said.one_of("outside", ("warn", "inbox"), ""),
        compares=said.text("compares"),
        than=said.text("than"),
        signs=said.flag("signs"),
        layer=said.text("layer"),
        of=said.text("of"),
        after=said.text("after"),
        near=_near(said),
        not_before=_not_before(said),
        once=said.flag("once"),
        help=said.text("help"),
        source=said.text("source"),
        at=said.place,
    )


def _limit(said: Said) -> tuple[str, str]:
    if not said.has("limit"):
        return "", ""
    limit = said.thing("limit", "限值")
    limit.need("standard", "item")
    return limit.text("standard"), limit.text("item")


def _near(said: Said) -> Near | None:
    if not said.has("near"):
        return None
    near = said.thing("near", "拍摄地点")
    near.need("point", "metres")
    return Near(near.text("point"), near.integer("metres", 1, 100_000, 1))


def _not_before(said: Said) -> str | int | None:
    if isinstance(said.node.items.get("not_before"), tree.Mapping):
        past = said.thing("not_before", "拍摄时间")
        past.need("days")
        return past.integer("days", 0, 36_500)
    return said.text("not_before") or None


def _states(said: Said) -> dict[str, State]:
    if not said.has("workflow"):
        return {BARE_STATE: State(BARE_STATE, (BARE_MOVE,), closed=True, at=said.place)}
    flow = said.thing("workflow", "流程")
    flow.need("states", "moves")
    states = {}
    for key, state in flow.things("states", "状态", ascii_keys=False):
        states[key] = State(key, state.texts("reached"), state.flag("closed"), state.texts("seen_by"), state.place)
    return states


def read_moves(said: Said, ledgers: Mapping[str, Ledger], ledger: str, posts: tuple[str, ...]) -> dict[str, Move]:
    """The moves of a ledger whose fields are in `ledgers`; without a workflow, one opening move."""
    if not said.has("workflow"):
        by = said.texts("amend_by") or posts
        opening = Move(BARE_MOVE, (NEW,), BARE_STATE, by, date=BARE_DATE, at=said.place)
        return {BARE_MOVE: opening}
    return {
        key: _move(ledgers, ledger, key, move)
        for key, move in said.thing("workflow", "流程").things("moves", "流转", ascii_keys=False)
    }


def _move(ledgers: Mapping[str, Ledger], ledger: str, key: str, said: Said) -> Move:
    said.need("from", "to")
    date_aliases: tuple[str, ...] = ()
    if isinstance(said.node.items.get("date"), tree.Mapping):
        head = said.thing("date", "日期栏")
        head.need("title")
        title, date_aliases = head.text("title"), head.texts("aliases")
    else:
        title = said.text("date")
    return Move(
        key=key,
        from_=said.texts("from"),
        to=said.text("to"),
        by=said.texts("by"),
        date=title,
        date_aliases=date_aliases,
        needs=said.texts("needs"),
        needs_when=tuple(_proof(ledgers, ledger, each) for each in said.listed("needs_when", "另须填")),
        sets=_sets(ledgers[ledger].fields, said),
        not_by=said.texts("not_by"),
        reason=said.flag("reason"),
        requires=tuple(_guard(ledgers, ledger, each) for each in said.listed("requires", "前提")),
        source=said.text("source"),
        at=said.place,
    )


def _sets(fields: Mapping[str, Field], said: Said) -> tuple[tuple[str, Any], ...]:
    found: list[tuple[str, Any]] = []
    for key, child in said.below("sets", "“栏目: 值”").items():
        path = (*said.path, "sets", key)
        if isinstance(child, tree.Mapping):
            found.append((key, _later(Said(said.book, "写入", child, path, key))))
        elif isinstance(child, tree.Listing):
            found.append((key, said.book.texts(child, path)))
        else:
            found.append((key, None if child.empty else value_of(fields.get(key), child)))
    return tuple(found)


def _later(said: Said) -> tuple[str, Any]:
    """What a move writes that is known only when it is made."""
    kinds = [word for word in ("days_after", "copy") if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where="写入", words="days_after、copy", n=len(kinds))
    if "copy" in kinds:
        return "copy", said.text("copy")
    return "days_after", _days(said)


def _days(said: Said) -> int:
    days = said.text("days_after")
    if days and not (INTEGER.fullmatch(days) and 1 <= int(days) <= 36_500):
        said.wrong(problems.BAD_DAYS, "days_after", value=days)
        days = "1"
    return int(days or 1)


def _proof(ledgers: Mapping[str, Ledger], ledger: str, said: Said) -> Proof:
    said.need("where", "needs")
    return Proof(read_where(said, ledgers, ledger), said.texts("needs"), said.place)


def read_rules(said: Said, ledgers: Mapping[str, Ledger], ledger: str) -> tuple[Rule, ...]:
    """The rules of a ledger whose fields are in `ledgers`."""
    rules = []
    for key, rule in said.things("rules", "规则"):
        rule.need("cases")
        spec = ledgers[ledger].fields.get(key)
        cases = tuple(_case(ledgers, ledger, spec, c) for c in rule.listed("cases", "情形"))
        rules.append(Rule(key, cases, rule.flag("always"), rule.flag("exact"), rule.place))
    return tuple(rules)


def read_mirrors(said: Said, ledgers: Mapping[str, Ledger], own: str) -> tuple[Mirror, ...]:
    """The fields of a ledger that mirror others."""
    mirrors = []
    for key, mirror in said.things("mirrors", "取自"):
        kinds = [word for word in ("by", "via") if mirror.has(word)]
        if len(kinds) != 1:
            mirror.wrong(problems.ONE_OF, where="取自", words="by、via", n=len(kinds))
        by, via = mirror.text("by"), mirror.text("via")
        if via:
            mirror.need("field")
            link = ledgers[own].fields.get(via)
            ledger = link.ledger if link is not None else ""
        else:
            mirror.need("ledger")
            ledger = mirror.text("ledger")
        for word in ("ledger", "where"):
            if via and mirror.has(word):
                mirror.wrong(problems.UNKNOWN_WORD, word, where="取自", word=word, hint=f"“{word}”跟在 by 后面用。")
        where = () if via else read_where(mirror, ledgers, ledger)
        mirrors.append(Mirror(key, ledger, by, via, mirror.text("field"), where, mirror.place))
    return tuple(mirrors)


def _case(ledgers: Mapping[str, Ledger], ledger: str, spec: Field | None, said: Said) -> Case:
    kinds = [word for word in ("is", "days_after") if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where="情形", words="is、days_after", n=len(kinds))
    value: Any = ("days_after", _days(said)) if "days_after" in kinds else None
    node = said.node.items.get("is")
    if isinstance(node, tree.Scalar) and not node.empty:
        value = value_of(spec, node)
    elif node is not None:
        said.wrong(problems.WRONG_TYPE, "is", word="is", wanted="一个值", got=tree.say_node(node))
    return Case(read_where(said, ledgers, ledger), value, said.text("source"), said.place)


def _guard(ledgers: Mapping[str, Ledger], own: str, said: Said) -> Guard:
    kinds = [word for word in ("exists", "none", "here") if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where="前提", words="exists、none、here", n=len(kinds))
    said.need("says")
    if "here" in kinds:
        where = read_where(said, ledgers, own, "here")
        return Guard("here", own, where, "same", "", said.text("says"), at=said.place)
    scopes = [word for word in ("scope", "level", "via", "by") if said.has(word)]
    if len(scopes) > 1:
        said.wrong(problems.ONE_OF, where="前提", words="、".join(scopes), n=len(scopes))
    kind = kinds[0] if kinds else "exists"
    ledger = said.text(kind)
    level, via, by = (said.text(word) for word in ("level", "via", "by"))
    scope = "via" if via else "by" if by else "level" if level else said.one_of("scope", ("same", "within"), "same")
    same_unit = said.has("same") and said.one_of("same", ("unit",), "unit") == "unit"
    where = read_where(said, ledgers, ledger)
    return Guard(kind, ledger, where, scope, level, said.text("says"), via, by, same_unit, said.place)
