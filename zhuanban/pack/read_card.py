"""Reads scorecards: groups, facts, items with their rules, doubts with their readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from zhuanban.core.ratio import Rounding
from zhuanban.pack import problems, tree
from zhuanban.pack.card_ledger import LONGEST_KEY, ledgers_of
from zhuanban.pack.read_owing import read_owing
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import Book, Said, exact_of
from zhuanban.pack.scorecard import (
    CHOICE,
    FIRST,
    LAST,
    NUMBER,
    SUM,
    YES_NO,
    Bound,
    Clause,
    Doubt,
    Patch,
    Readings,
    Scorecard,
    ScoreFact,
    ScoreGroup,
    Series,
    Term,
    Tier,
)
from zhuanban.pack.values import Ledger, Question

_SOURCES = ("count", "sum", "list", "mark", "any_of", "all_of")
# A word that follows others → what it follows.
_BELONGS = {
    "where": ("count", "sum"),
    "reached": ("count", "sum"),
    "from": ("count", "sum"),
    "until": ("count", "sum"),
    "by": ("count",),
    "options": ("mark",),
    "decimals": ("mark",),
}


def read_cards(
    book: Book, nodes: Mapping[str, tree.Node], ledgers: Mapping[str, Ledger]
) -> tuple[dict[str, Scorecard], dict[str, Ledger]]:
    """The scorecards, and the ledgers that they make. `ledgers`: the pack's own, and those of reports."""
    found: dict[str, Scorecard] = {}
    made: dict[str, Ledger] = {}
    for key, node in nodes.items():
        said = Said(book, "考评细则", node, ("scorecards", key), key)
        card = found[key] = _card(key, said, ledgers)
        if len(key) > LONGEST_KEY:
            said.wrong(problems.CARD_KEY_LONG, word=key, most=LONGEST_KEY)
        for ledger in ledgers_of(card):
            if ledger.key in ledgers:
                said.wrong(problems.CARD_LEDGER_TAKEN, ledger=ledger.key)
            made[ledger.key] = ledger
    return found, made


def _card(key: str, said: Said, ledgers: Mapping[str, Ledger]) -> Scorecard:
    said.need("title", "scored", "groups", "facts", "items", "round", "by")
    if said.has("doubts"):
        said.need("rules_by")
    scored = said.thing("scored", "被考评")
    if said.has("scored") and scored.has("level") == scored.has("units"):
        n = 2 if scored.has("level") else 0
        scored.wrong(problems.ONE_OF, where="scored", words="level、units", n=n)
    rule = said.rounding()
    patch = {"floor": said.exact, "at_most": said.exact}
    return Scorecard(
        key=key,
        title=said.text("title", key),
        name=said.text("name"),
        source=said.text("source"),
        level=scored.text("level"),
        units=read_owing(scored, ledgers, "被考评单位") if scored.has("units") else None,
        total=said.exact("total"),
        round=rule or Rounding.HALF_UP,
        digits=said.integer("digits", 0, 6),
        floor=said.exact("floor"),
        at_most=said.exact("at_most"),
        readings=_readings(said, "总分读法", lambda each: {w: each.exact(w) for w in patch if each.has(w)}),
        groups={
            k: ScoreGroup(k, each.text("title", k), each.exact("points"), each.place, each.places())
            for k, each in said.things("groups", "考评组")
        },
        facts={k: _fact(k, each, ledgers) for k, each in said.things("facts", "考评事实")},
        items={k: _clause(k, each) for k, each in said.things("items", "考评项")},
        doubts={k: _doubt(k, each) for k, each in said.things("doubts", "疑点", ascii_keys=False)},
        by=said.texts("by"),
        self_by=said.texts("self_by"),
        rules_by=said.texts("rules_by"),
        at=said.place,
        said=said.places(),
    )


def _doubt(key: str, said: Said) -> Doubt:
    said.need("says")
    return Doubt(key, said.text("says"), said.texts("readings"), said.texts("items"), said.place)


def _fact(key: str, said: Said, ledgers: Mapping[str, Ledger]) -> ScoreFact:
    said.need("title")
    kinds = [word for word in _SOURCES if said.has(word)]
    if len(kinds) != 1 and not said.unreadable:
        said.wrong(problems.ONE_OF, where=said.where, words="、".join(_SOURCES), n=len(kinds))
    for word, after in _BELONGS.items():
        if said.has(word) and not set(kinds) & set(after):
            hint = f"“{word}”跟在 {'、'.join(after)} 后面用。"
            said.wrong(problems.UNKNOWN_WORD, word, where=said.where, word=word, hint=hint)
    mark = said.one_of("mark", (NUMBER, YES_NO, CHOICE), "")
    if mark == CHOICE:
        said.need("options")
    ledger, summed = said.text("count"), ""
    if said.has("sum"):
        ledger, dot, summed = said.text("sum").partition(".")
        if not (dot and ledger and summed):
            said.wrong(problems.WRONG_TYPE, "sum", word="sum", wanted="“台账.栏目”", got=f"“{said.text('sum')}”")
            ledger = ""
    question = None
    if ledger:
        question = Question(ledger, read_where(said, ledgers, ledger), said.text("reached"), summed)
    field = ledgers[ledger].fields.get(summed) if ledger in ledgers else None
    counting = ledgers[ledger].word if ledger in ledgers and not summed else field.unit if field is not None else ""
    return ScoreFact(
        key=key,
        title=said.text("title", key),
        question=question,
        by=said.text("by"),
        start=said.day("from"),
        end=said.day("until"),
        list=said.text("list"),
        mark=mark,
        options=said.texts("options"),
        any_of=said.texts("any_of"),
        all_of=said.texts("all_of"),
        times=_or(said.exact("times"), Fraction(1)),
        of=said.text("of"),
        word=said.text("word") or counting,
        decimals=field.decimals if field is not None else said.integer("decimals", 0, 6),
        source=said.text("source"),
        at=said.place,
    )


def _or(value: Fraction | None, otherwise: Fraction) -> Fraction:
    return otherwise if value is None else value


def _clause(key: str, said: Said) -> Clause:
    """An item or a part: what it is called, and its rule."""
    said.need("title")
    return Clause(
        key,
        said.text("title", key),
        no=said.text("no"),
        group=said.text("group"),
        text=said.text("text"),
        source=said.text("source"),
        readings=_readings(said, "读法", lambda each: dict(_rule(each))),
        at=said.place,
        said=said.places(),
        **dict(_rule(said)),
    )


def _rule(said: Said) -> Iterator[tuple[str, Any]]:
    """The words of a rule that are said, as attributes of a clause: a reading says only those that it changes."""
    for word in ("points", "base", "otherwise", "at_least", "at_most"):
        if said.has(word):
            yield word, said.exact(word)
    if said.has("tiers"):
        yield "tiers", tuple(_tier(each) for each in said.listed("tiers", "档"))
    if said.has("overlap"):
        yield "overlap", said.one_of("overlap", (FIRST, LAST, SUM), "")
    if said.has("ratio"):
        pair = said.texts("ratio")
        if len(pair) != 2:
            got = f"{len(pair)} 个词"
            said.wrong(problems.WRONG_TYPE, "ratio", word="ratio", wanted="[分子, 分母]", got=got)
        yield "ratio", (pair[0], pair[1]) if len(pair) == 2 else None
    for word in ("add", "deduct"):
        if said.has(word):
            yield word, tuple(_term(each) for each in said.listed(word, "加减分"))
    if said.has("series"):
        yield "series", _series(said.thing("series", "逐篇"))
    if said.has("parts"):
        yield "parts", tuple(_clause(key, each) for key, each in said.things("parts", "考评部分"))
    if said.has("applies_if"):
        yield "applies_if", said.text("applies_if")


def _tier(said: Said) -> Tier:
    said.need("fact", "give")
    bounds = [word for word in ("from", "to", "is") if said.has(word)]
    if not bounds or ("is" in bounds and len(bounds) > 1):
        said.wrong(problems.TIER_WITHOUT)
    give = _or(said.exact("give"), Fraction(0))
    return Tier(said.text("fact"), give, _bound(said, "from"), _bound(said, "to"), said.texts("is"), said.place)


def _bound(said: Said, word: str) -> Bound | None:
    """A number, or the key of the fact that says it."""
    node = said.scalar(word, "数，或一个事实")
    if node is None:
        return None
    number = exact_of(node)
    return node.text.strip() if number is None else number


def _term(said: Said) -> Term:
    said.need("fact", "each")
    return Term(said.text("fact"), _or(said.exact("each"), Fraction(0)), said.exact("at_most"), said.place)


def _series(said: Said) -> Series:
    said.need("fact", "first", "by", "more")
    first = _or(said.exact("first"), Fraction(0))
    return Series(said.text("fact"), first, said.text("by"), tuple(said.exacts("more")), said.text("on"), said.place)


def _readings(said: Said, kind: str, words: Callable[[Said], Patch]) -> Readings:
    """Doubt → reading → what it changes."""
    found: dict[str, dict[str, Patch]] = {}
    for doubt, node in said.below("readings").items():
        path = (*said.path, "readings", doubt)
        if not isinstance(node, tree.Mapping):
            place, got = said.book.place(*path), tree.say_node(node)
            said.book.problems.append(problems.WRONG_TYPE.at(place, word=doubt, wanted="“读法: 改什么”的形式", got=got))
            continue
        found[doubt] = {
            name: words(Said(said.book, kind, child, (*path, name), name)) for name, child in node.items.items()
        }
    return found
