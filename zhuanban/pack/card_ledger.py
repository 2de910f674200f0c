"""The ledgers that a scorecard makes: its marks (自评 and 考评), objections, rulings on its doubts, signed versions.

A mark is a record like any other: it goes through the one door, is chained, scoped, corrected and asked as of a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhuanban.pack.scorecard import CHOICE, NO, NUMBER, YES, YES_NO, Scorecard, ScoreFact
from zhuanban.pack.values import (
    NEW,
    SAME,
    Check,
    Condition,
    Field,
    FieldType,
    Guard,
    Ledger,
    Move,
    Option,
    Proof,
    State,
)

# Kinds of marks; the moves that open them bear the same names
OFFICE, OWN = "考评", "自评"
REMARK, REMARK_OWN = "改评", "改自评"
MARKED = "已评"
OBJECT, REPLY = "申诉", "答复"
WAITS, REPLIED = "申诉中", "已答复"
ISSUE, ISSUED = "签发", "已签发"
RULE, RULE_AGAIN, RULED = "裁定", "改定", "已裁定"

# Fields of a mark
KIND, ABOUT, COUNT, ANSWER, POINTS, SAMPLE, REASON, EVIDENCE, SIGNER = (
    "kind", "about", "count", "answer", "points", "sample", "reason", "evidence", "signer"
)  # fmt: skip
REPLY_FIELD = "reply"  # of an objection
AS_OF, TOTAL, FIGURES, SHEET = "as_of", "total", "figures", "sheet"  # of a signed version
# Fields of a ruling
DOUBT, READING, OFFICE_NAME, PAPER = "doubt", "reading", "office", "paper"

LONGEST_KEY = 28  # with what its ledgers are called before it, a card's key stays a ledger's key


def items_called(card: Scorecard) -> dict[str, str]:
    """Item → how its marks call it."""
    return {key: f"{card.number(item)} {item.title}".strip() for key, item in card.items.items()}


def marked_facts(card: Scorecard) -> dict[str, ScoreFact]:
    """What marks call it → the fact that is marked."""
    return {fact.title: fact for fact in card.facts.values() if fact.mark}


def answers_of(fact: ScoreFact) -> tuple[str, ...]:
    """The words that a mark of this fact may say; none where it says a number."""
    return (YES, NO) if fact.mark == YES_NO else fact.options if fact.mark == CHOICE else ()


def ledgers_of(card: Scorecard) -> Iterator[Ledger]:
    """The ledgers of a card, each only where it holds something."""
    if card.by or card.self_by:
        yield _marks(card)
    if card.by:
        yield _issued(card)
    if card.self_by:
        yield _objections(card)
    if any(doubt.readings for doubt in card.doubts.values()):
        yield _rulings(card)


def _marks(card: Scorecard) -> Ledger:
    facts, items = marked_facts(card), tuple(items_called(card).values())
    words = tuple(dict.fromkeys(word for fact in facts.values() for word in answers_of(fact)))
    decimals = max((fact.decimals for fact in facts.values()), default=0)
    fields = (
        Field(KIND, "评分类别", FieldType.CHOICE, options=(Option(OFFICE), Option(OWN))),
        Field(ABOUT, "评分事项", FieldType.CHOICE, required=True, options=tuple(map(Option, (*facts, *items)))),
        Field(COUNT, "数值", FieldType.NUMBER, decimals=decimals),
        Field(ANSWER, "判定", FieldType.CHOICE, options=tuple(map(Option, words))),
        Field(POINTS, "自评分", FieldType.NUMBER, decimals=card.digits),
        Field(SAMPLE, "抽查数", FieldType.INTEGER, minimum=0),
        Field(REASON, "评分理由", FieldType.LONG_TEXT),
        Field(EVIDENCE, "评分附件", FieldType.FILE),
        Field(SIGNER, "签字人", FieldType.PERSON, required=True),
    )
    return Ledger(
        key=card.marks,
        title=f"{card.name or card.title}评分",
        fields={f.key: f for f in fields if words or f.key != ANSWER},
        states={MARKED: State(MARKED, (MARKED,), at=card.at)},
        moves={move.key: move for move in _marking(card, facts)},
        word="条",
        one_per=("unit" if card.units is not None else "region", KIND, ABOUT),
        one_per_says="同一事项只评一次，更改请用改评。",
        checks=tuple(_checks(card, facts, items)),
        amend_by=card.by,
        **_of_the_scored(card),
    )


def _of_the_scored(card: Scorecard) -> dict[str, Any]:
    """What the ledgers of marks, objections and signed scores share: each record is of one who is scored."""
    return {
        "number_pattern": "{unit}-{seq:03}" if card.units is not None else "{region}-{seq:03}",
        "region_level": card.level,
        "region_required": bool(card.level),
        "unit_required": card.units is not None,
        "card": card.key,
        "source": card.source,
        "at": card.at,
    }


def _marking(card: Scorecard, facts: dict[str, ScoreFact]) -> Iterator[Move]:
    counted = tuple(title for title, fact in facts.items() if fact.mark == NUMBER)
    answered = tuple(title for title, fact in facts.items() if fact.mark != NUMBER)
    needs = tuple(
        Proof((Condition(ABOUT, "in", titles),), (field,))
        for titles, field in ((counted, COUNT), (answered, ANSWER))
        if titles
    )
    if card.by:
        yield Move(OFFICE, (NEW,), MARKED, card.by, f"{OFFICE}日期", needs_when=needs, sets=((KIND, OFFICE),))
        only = Guard("here", card.marks, (Condition(KIND, "is", OFFICE),), "same", says="自评由自评单位更改。")
        yield Move(REMARK, (MARKED,), SAME, card.by, f"{REMARK}日期", reason=True, requires=(only,))
    if card.self_by:
        yield Move(OWN, (NEW,), MARKED, card.self_by, f"{OWN}日期", needs=(POINTS,), sets=((KIND, OWN),))
        only = Guard("here", card.marks, (Condition(KIND, "is", OWN),), "same", says="考评由考评单位更改。")
        yield Move(REMARK_OWN, (MARKED,), SAME, card.self_by, f"{REMARK_OWN}日期", reason=True, requires=(only,))


def _checks(card: Scorecard, facts: dict[str, ScoreFact], items: tuple[str, ...]) -> Iterator[Check]:
    for kind, titles, what in ((OFFICE, tuple(facts), "考评的是事实"), (OWN, items, "自评的是考评项")):
        about = (Condition(ABOUT, "in", titles),)
        yield Check("if", (KIND, ABOUT), f"{what}，请核对评分事项。", (Condition(KIND, "is", kind),), about)
    for title, fact in facts.items():
        if words := answers_of(fact):
            given = (Condition(ABOUT, "is", title), Condition(ANSWER, "filled"))
            says = f"“{title}”的判定是{'、'.join(words)}之一。"
            yield Check("if", (ABOUT, ANSWER), says, given, (Condition(ANSWER, "in", words),))


def _objections(card: Scorecard) -> Ledger:
    items = tuple(map(Option, items_called(card).values()))
    fields = (
        Field(ABOUT, "评分事项", FieldType.CHOICE, required=True, options=items),
        Field(REASON, "申诉理由", FieldType.LONG_TEXT, required=True),
        Field(EVIDENCE, "评分附件", FieldType.FILE),
        Field(SIGNER, "签字人", FieldType.PERSON, required=True),
        Field(REPLY_FIELD, "答复意见", FieldType.LONG_TEXT),
    )
    return Ledger(
        key=card.objections,
        title=f"{card.name or card.title}申诉",
        fields={f.key: f for f in fields},
        states={
            WAITS: State(WAITS, (OBJECT,), at=card.at),
            REPLIED: State(REPLIED, (OBJECT, REPLY), closed=True, at=card.at),
        },
        moves={
            OBJECT: Move(OBJECT, (NEW,), WAITS, card.self_by, f"{OBJECT}日期"),
            REPLY: Move(REPLY, (WAITS,), REPLIED, card.by, f"{REPLY}日期", needs=(REPLY_FIELD,), not_by=(OBJECT,)),
        },
        word="件",
        amend_by=card.by,
        **_of_the_scored(card),
    )


def _issued(card: Scorecard) -> Ledger:
    """What was signed stays as it was: nobody corrects it, a new version is a new record."""
    fields = (
        Field(AS_OF, "评分截止日", FieldType.DATE, required=True),
        Field(TOTAL, "得分合计", FieldType.TEXT, required=True),
        Field(FIGURES, "评分数据", FieldType.FILE, required=True),
        Field(SHEET, "评分表", FieldType.FILE, required=True),
        Field(REASON, "改动说明", FieldType.LONG_TEXT),
        Field(SIGNER, "签发人", FieldType.PERSON, required=True),
    )
    return Ledger(
        key=card.issued,
        title=f"{card.name or card.title}签发",
        fields={f.key: f for f in fields},
        states={ISSUED: State(ISSUED, (ISSUE,), closed=True, at=card.at)},
        moves={ISSUE: Move(ISSUE, (NEW,), ISSUED, card.by)},
        word="份",
        **_of_the_scored(card),
    )


def _rulings(card: Scorecard) -> Ledger:
    doubts = {key: doubt for key, doubt in card.doubts.items() if doubt.readings}
    names = dict.fromkeys(name for doubt in doubts.values() for name in doubt.readings)
    fields = (
        Field(DOUBT, "疑点", FieldType.CHOICE, required=True, options=tuple(map(Option, doubts))),
        Field(READING, "读法", FieldType.CHOICE, required=True, options=tuple(map(Option, names))),
        Field(OFFICE_NAME, "裁定单位", FieldType.TEXT, required=True),
        Field(PAPER, "裁定文件", FieldType.TEXT, required=True),
        Field(EVIDENCE, "文件原件", FieldType.FILE),
    )
    return Ledger(
        key=card.rulings,
        title=f"{card.name or card.title}裁定",
        fields={f.key: f for f in fields},
        states={RULED: State(RULED, (RULE,), closed=True, at=card.at)},
        moves={
            RULE: Move(RULE, (NEW,), RULED, card.rules_by, f"{RULE}日期"),
            RULE_AGAIN: Move(RULE_AGAIN, (RULED,), SAME, card.rules_by, f"{RULE_AGAIN}日期", reason=True),
        },
        word="件",
        number_pattern="{year}-{seq:03}",
        one_per=(DOUBT,),
        one_per_says="一个疑点只有一个裁定，更改请用改定。",
        checks=tuple(
            Check(
                "if",
                (DOUBT, READING),
                f"{key}的读法是{'、'.join(doubt.readings)}之一。",
                (Condition(DOUBT, "is", key),),
                (Condition(READING, "in", doubt.readings),),
            )
            for key, doubt in doubts.items()
        ),
        amend_by=card.rules_by,
        region_required=False,
        shared=True,
        card=card.key,
        source=card.source,
        at=card.at,
    )
