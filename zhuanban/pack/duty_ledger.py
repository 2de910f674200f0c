"""The ledgers that come with duties: one for each duty's reports, one for the answers to what documents do not print.

A report is a record like any other: it goes through the one door, is chained, scoped and counted. Its number names what
is owed (`UNIT-PERIOD`), so there is never a second report of one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhuanban.pack.values import NEW, SAME, Check, Condition, Duty, Field, FieldType, Ledger, Move, Option, Proof, State

# States
EMPTY, UNSIGNED, UNSENT, SENT, TAKEN, RETURNED = "待填", "待签", "待报", "已报送", "已接收", "已退回"
# Moves
OPEN, FILL, SIGN, SEND, RETURN, TAKE = "开立", "填报", "签字", "报送", "退回", "接收"
ASK, GRANT, REFUSE, MAKE_UP, DELIVER = "申请延期", "批准延期", "不批准延期", "补定期限", "登记送达"
STAMP = "收回盖章件"

ANSWERS = "duty_answers"
ANSWER, ANSWER_AGAIN, ANSWERED = "确认", "改定", "已确认"

_UNDER_WAY = (EMPTY, UNSIGNED, UNSENT, RETURNED)

OWN_FIELDS: Mapping[str, Field] = {
    f.key: f
    for f in (
        Field("as_of", "数据截止", FieldType.DATE),
        Field("zero", "零报告", FieldType.YES_NO),
        Field("figures", "报送数据", FieldType.FILE),
        Field("files", "报送附件", FieldType.FILE),
        Field("signer", "签字人", FieldType.PERSON),
        Field("received", "首次收到时刻", FieldType.TEXT, stamped=True),
        Field("received_last", "末次收到时刻", FieldType.TEXT, stamped=True),
        Field("wanted_due", "申请延至", FieldType.DATE),
        Field("granted_due", "批准延至", FieldType.DATE),
        Field("makeup_due", "补报期限", FieldType.DATE),
    )
}

STAMP_FIELDS: Mapping[str, Field] = {
    f.key: f
    for f in (
        Field("rows", "报送条数", FieldType.INTEGER),
        Field("scan", "盖章扫描件", FieldType.FILE),
        Field("scan_rows", "盖章件所载条数", FieldType.INTEGER, minimum=0),
    )
}
STAMP_CHECK = Check("same", ("rows", "scan_rows"), "盖章件所载条数与报送时的数据不同。", flag=True)


# What does not agree with its list, or has no proof, a line each; and why it goes all the same.
DOUBTS, EXPLAINED = "doubts", "explained"


def receipt(i: int) -> str:
    """Key of the field that holds the receipt of the i-th addressee: 0 the main one, then the copies."""
    return f"receipt_{i}"


def addressees(duty: Duty) -> tuple[str, ...]:
    """Who gets a report: the main addressee, then the copies."""
    return (duty.to, *duty.copies)


def fields_of(duty: Duty) -> dict[str, Field]:
    """The fields that every report of the duty has, before the pack's own."""
    own = {**OWN_FIELDS, **(STAMP_FIELDS if duty.stamp else {})}
    if duty.copies or duty.via:
        for i, unit in enumerate(addressees(duty)):
            own[receipt(i)] = Field(receipt(i), f"{unit or '收件单位'}回执", FieldType.TEXT)
    if duty.explains:
        own[DOUBTS] = Field(DOUBTS, "待说明事项", FieldType.LONG_TEXT)
        own[EXPLAINED] = Field(EXPLAINED, "说明", FieldType.LONG_TEXT)
    return own


def ledger_of(duty: Duty, fields: Mapping[str, Field]) -> Ledger:
    """The ledger of a duty's reports; `fields`: the pack's further ones."""
    states = {
        key: State(key, reached, closed, at=duty.at)
        for key, reached, closed in (
            (EMPTY, (), False),
            (UNSIGNED, (FILL,), False),
            (UNSENT, (FILL,), False),
            (SENT, (FILL, SEND), not duty.review),
            (TAKEN, (FILL, SEND, TAKE), True),
            (RETURNED, (FILL,), False),
        )
        if (key != UNSIGNED or duty.sign) and (key not in (TAKEN, RETURNED) or duty.review)
    }
    return Ledger(
        key=duty.ledger,
        title=f"{duty.title}（报送）",
        fields={**fields_of(duty), **fields},
        states=states,
        moves={move.key: move for move in _moves(duty, states)},
        word="份",
        checks=(STAMP_CHECK,) if duty.stamp else (),
        region_required=False,
        unit_required=True,
        unit_title="报送单位",
        duty=duty.key,
        source=duty.source,
        at=duty.at,
    )


def _moves(duty: Duty, states: Mapping[str, State]) -> Iterable[Move]:
    anyone = tuple(dict.fromkeys((*duty.by, *duty.review)))
    under_way = tuple(s for s in _UNDER_WAY if s in states)
    yield Move(OPEN, (NEW,), EMPTY, anyone)
    yield Move(
        FILL,
        under_way,
        UNSIGNED if duty.sign else UNSENT,
        duty.by,
        needs=("as_of", "zero"),
        # A signature, a stamp holds for what was signed and stamped.
        sets=(("signer", None), *((("scan", None), ("scan_rows", None)) if duty.stamp else ())),
    )
    if duty.sign:
        yield Move(SIGN, (UNSIGNED,), UNSENT, duty.sign, needs=("signer",))
    stamps = (("received", ("instant", "first")), ("received_last", ("instant", "last")))
    unexplained = (Proof((Condition(DOUBTS, "filled"),), (EXPLAINED,)),) if duty.explains else ()
    needs = (receipt(0),) if duty.via else ()
    yield Move(SEND, (UNSENT,), SENT, duty.by, needs=needs, needs_when=unexplained, sets=stamps)
    if duty.review:
        decided = (("wanted_due", None),)
        yield Move(RETURN, (SENT,), RETURNED, duty.review, not_by=(FILL, SIGN, SEND), reason=True)
        yield Move(TAKE, (SENT,), TAKEN, duty.review, not_by=(FILL, SIGN, SEND))
        yield Move(ASK, under_way, SAME, duty.by, needs=("wanted_due",), reason=True)
        yield Move(
            GRANT, under_way, SAME, duty.review, needs=("granted_due",), sets=decided, not_by=(ASK,), reason=True
        )
        yield Move(REFUSE, under_way, SAME, duty.review, sets=decided, not_by=(ASK,), reason=True)
        yield Move(MAKE_UP, under_way, SAME, duty.review, needs=("makeup_due",), reason=True)
    stands = (SENT, TAKEN) if duty.review else (SENT,)
    if duty.copies or duty.via:
        yield Move(DELIVER, stands, SAME, anyone)
    if duty.stamp:
        yield Move(STAMP, stands, SAME, duty.by, needs=("scan", "scan_rows"))


def answers_ledger(duties: Iterable[Duty]) -> Ledger | None:
    """The ledger of answers to what the document does not print; None where every duty is printed in full."""
    asked = [duty for duty in duties if duty.assumed]
    if not asked:
        return None
    by = tuple(dict.fromkeys(post for duty in asked for post in duty.review))
    keys = tuple(Option(duty.key) for duty in asked)
    words = tuple(Option(word) for word in dict.fromkeys(w for duty in asked for w in duty.assumed))
    return Ledger(
        key=ANSWERS,
        title="报送任务待确认事项",
        fields={
            "duty": Field("duty", "报送任务", FieldType.CHOICE, options=keys, required=True),
            "word": Field("word", "事项", FieldType.CHOICE, options=words, required=True),
            "until": Field("until", "报送到", FieldType.DATE),
            "to": Field("to", "报送给", FieldType.TEXT),
        },
        states={ANSWERED: State(ANSWERED, (ANSWER,), closed=True)},
        moves={
            ANSWER: Move(ANSWER, (NEW,), ANSWERED, by, reason=True),
            ANSWER_AGAIN: Move(ANSWER_AGAIN, (ANSWERED,), SAME, by, reason=True),
        },
        region_required=False,
        duty=",".join(duty.key for duty in asked),
    )
