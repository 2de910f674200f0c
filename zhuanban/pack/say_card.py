"""Scorecards in Chinese words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from zhuanban.core.day import chinese
from zhuanban.pack.scorecard import FIRST, LAST, NUMBER, YES_NO, Bound, Clause, Scorecard, ScoreFact, Term, Tier
from zhuanban.pack.values import Pack
from zhuanban.pack.vocabulary import ROUND_WORDS
from zhuanban.pack.words import say_field, say_level, say_posts, say_question

_OVERLAP = {FIRST: "几档都符合的，取写在前面的", LAST: "几档都符合的，取写在后面的"}


def say_points(value: Fraction) -> str:
    """A number as people write it: `0.5`, `12`, `−1`; `35/9` where it has no end."""
    for digits in range(7):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            whole, rest = divmod(abs(scaled.numerator), 10**digits)
            return f"{'−' if value < 0 else ''}{whole}{f'.{rest:0{digits}}' if digits else ''}"
    return str(value)


def say_card(pack: Pack, card: Scorecard) -> Iterator[str]:
    """One scorecard, line by line."""
    name = f"{card.key}，{card.name}" if card.name else card.key
    yield ""
    yield f"  {card.title}（{name}）{f'（依据：{card.source}）' if card.source else ''}"
    whom = f"每个{say_level(pack, card.level)}" if card.level else "各单位"
    total = f"，共{say_points(card.total)}分" if card.total is not None else ""
    digits = f"保留{card.digits}位小数" if card.digits else "取整"
    yield f"    评{whom}{total}；每项{digits}，{ROUND_WORDS[card.round]}。"
    if card.by:
        own = f"，{say_posts(pack, card.self_by)}自评" if card.self_by else ""
        yield f"    由{say_posts(pack, card.by)}考评{own}。"
    for group in card.groups.values():
        worth = f"（{say_points(group.points)}分）" if group.points is not None and "分" not in group.title else ""
        yield f"    {group.title}{worth}"
        for item in card.items.values():
            if item.group == group.key:
                yield from (f"      {line}" for line in _clause(card, item))
    yield "    事实："
    yield from (f"      {fact.title}（{fact.key}）：{say_fact(pack, card, fact)}。" for fact in card.facts.values())
    if card.doubts:
        yield "    疑点："
    for doubt in card.doubts.values():
        readings = f"读法：{'、'.join(doubt.readings)}" if doubt.readings else "只作提示"
        yield f"      {doubt.key}：{doubt.says}{readings}。"


def _clause(card: Scorecard, clause: Clause) -> Iterator[str]:
    worth = f"，{say_points(clause.points)}分" if clause.points is not None else ""
    rule = say_rule(card, clause)
    yield f"{clause.no} {clause.title}{worth}{f'：{rule}。' if rule else ''}".strip()
    for part in clause.parts:
        yield from (f"  {line}" for line in _clause(card, part))


def say_rule(card: Scorecard, clause: Clause) -> str:
    """How a clause gives points, as it is printed."""

    def name(key: str) -> str:
        return card.facts[key].title if key in card.facts else key

    says = []
    if clause.applies_if:
        says.append(f"有{name(clause.applies_if)}的才计")
    if clause.base is not None:
        says.append(f"基础分{say_points(clause.base)}")
    says += [f"{_tier(name(tier.fact), tier, name)}得{say_points(tier.give)}分" for tier in clause.tiers]
    if clause.overlap:
        says.append(_OVERLAP.get(clause.overlap, "几档都符合的，相加"))
    if clause.ratio is not None:
        says.append(f"按{name(clause.ratio[0])}占{name(clause.ratio[1])}的比例得分")
    says += [_term(name(term.fact), term, "加") for term in clause.add]
    if clause.series is not None:
        more = "、".join(f"{word}{say_points(points)}" for word, points in clause.series.more)
        first = say_points(clause.series.first)
        says.append(f"{name(clause.series.fact)}按日期，首个{first}分，此后每个{more}")
    says += [_term(name(term.fact), term, "扣") for term in clause.deduct]
    if clause.otherwise is not None:
        says.append(f"其余得{say_points(clause.otherwise)}分")
    if clause.at_most is not None:
        says.append(f"至多{say_points(clause.at_most)}分")
    if clause.at_least is not None:
        says.append(f"至少{say_points(clause.at_least)}分")
    return "，".join(says)


def _tier(name: str, tier: Tier, called: Callable[[str], str]) -> str:
    def bound(value: Bound) -> str:
        return f"“{called(value)}”" if isinstance(value, str) else say_points(value)

    if tier.words:
        return f"{name}为{'、'.join(tier.words)}"
    if tier.low is not None and tier.high is not None:
        return f"{name}{bound(tier.low)}至{bound(tier.high)}"
    return (
        f"{name}不少于{bound(tier.low)}" if tier.low is not None else f"{name}不多于{bound(tier.high or Fraction(0))}"
    )


def _term(name: str, term: Term, word: str) -> str:
    most = f"（至多{say_points(term.at_most)}分）" if term.at_most is not None else ""
    return f"每个{name}{word}{say_points(term.each)}分{most}"


def say_fact(pack: Pack, card: Scorecard, fact: ScoreFact) -> str:
    """Where a fact comes from."""
    if fact.mark:
        how = {NUMBER: "填数", YES_NO: "填是、否"}.get(fact.mark, f"选填{'、'.join(fact.options)}")
        return f"由考评人{how}，签字"
    if fact.list:
        title = pack.lists[fact.list].title if fact.list in pack.lists else fact.list
        return f"清单“{title}”的条数"
    if fact.parts:
        named = "、".join(card.facts[key].title for key in fact.parts if key in card.facts)
        return f"{named}{'中任一样的' if fact.any_of else '样样都有的'}，各计一次"
    assert fact.question is not None
    text = say_question(pack, fact.question, fact.word if not fact.question.sum else "")
    if fact.by:
        text += f"，按{say_field(pack.ledgers.get(fact.question.ledger), fact.by)}各计一次"
    if fact.times != 1:
        text += f"，乘以{say_points(fact.times)}"
    if fact.start is not None or fact.end is not None:
        start = f"{chinese(fact.start)}起" if fact.start is not None else ""
        end = f"至{chinese(fact.end)}" if fact.end is not None else ""
        text += f"，限{start}{end}登记的"
    return text
