"""Reads duties: what must be reported when, by whom, to whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from zhuanban.pack import problems, tree
from zhuanban.pack.duty_ledger import answers_ledger, fields_of, ledger_of
from zhuanban.pack.read_ladder import read_ladder, read_length
from zhuanban.pack.read_ledger import read_fields
from zhuanban.pack.read_owing import read_owing
from zhuanban.pack.rhythm import Reminder, Rhythm
from zhuanban.pack.said import Book, Said
from zhuanban.pack.values import Duty, DutyProof, Ledger

_CLOCK = r"(?:\s+([01]?[0-9]|2[0-3])[:：]([0-5][0-9]))"
_EVERY = re.compile(
    rf"(?:每?周([一二三四五六日天])|每月([1-9]|[12][0-9]|3[01])日|(每月月底)|(每月最后工作日)){_CLOCK}?", re.ASCII
)
_DAY = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_CLOCK}?", re.ASCII)
_BEFORE = re.compile(rf"前([1-9][0-9]?)(个?工作日|天){_CLOCK}", re.ASCII)
_ON_THE_DAY = re.compile(rf"当日{_CLOCK}", re.ASCII)
_AFTER = re.compile(rf"逾期(?:第?([1-9][0-9]?)天)?{_CLOCK}", re.ASCII)
_WEEK = "一二三四五六日"

# What a document may leave unprinted, and a pack then assumes.
ASSUMABLE = ("every", "due", "from", "until", "units", "to", "copies", "forms")


def read_duties(
    book: Book, nodes: Mapping[str, tree.Node], ledgers: Mapping[str, Ledger], agreeing: Collection[str]
) -> tuple[dict[str, Duty], dict[str, Ledger]]:
    """The duties, and the ledgers of their reports. `ledgers`: the pack's own, whose records may name who owes;
    `agreeing`: the forms that must agree with a list."""
    duties: dict[str, Duty] = {}
    made: dict[str, Ledger] = {}
    for key, node in nodes.items():
        said = Said(book, "报送任务", node, ("duties", key), key)
        duty = duties[key] = _duty(key, said, ledgers, agreeing)
        if key == "answers":
            said.wrong(problems.WORD_TAKEN, word=key, what="报送任务")
        if duty.ledger in ledgers:
            said.wrong(problems.DUTY_LEDGER_TAKEN, ledger=duty.ledger)
        own = dict(read_fields(said))
        for name in own.keys() & fields_of(duty).keys():
            where = book.place("duties", key, "fields", name)
            book.problems.append(problems.WORD_TAKEN.at(where, word=name, what="报送任务的栏目"))
        made[duty.ledger] = ledger_of(duty, own)
        # What is wrong with such a field is said where the duty says it.
        for path, place in [(p, x) for p, x in book.places.items() if p[:2] == ("duties", key)]:
            book.places[("ledgers", duty.ledger, *path[2:])] = place
    answers = answers_ledger(duties.values())
    if answers is not None:
        made[answers.key] = answers
    return duties, made


def _duty(key: str, said: Said, ledgers: Mapping[str, Ledger], agreeing: Collection[str]) -> Duty:
    said.need("title", "units", "by")
    forms, proof = said.texts("forms"), _proof(said)
    return Duty(
        key=key,
        title=said.text("title", key),
        rhythm=_rhythm(said),
        owing=read_owing(said, ledgers, "报送单位"),
        forms=forms,
        start=said.day("from"),
        end=said.day("until"),
        assumed=said.texts("assumed"),
        shift=said.one_of("shift", ("none", "before", "after"), "none"),
        to=said.text("to"),
        copies=said.texts("copies"),
        via=said.text("via"),
        counts=said.one_of("counts", ("first", "last"), "first"),
        zero=said.flag("zero"),
        by=said.texts("by"),
        sign=said.texts("sign"),
        stamp=said.flag("stamp"),
        review=said.texts("review"),
        remind=tuple(_reminders(said)),
        escalate=read_ladder(said),
        soon=read_length(said, "soon"),
        proof=proof,
        explains=proof is not None or not {*forms}.isdisjoint(agreeing),
        source=said.text("source"),
        at=said.place,
    )


def _minute(hour: str | None, minute: str | None) -> int | None:
    return None if hour is None or minute is None else int(hour) * 60 + int(minute)


def _rhythm(said: Said) -> Rhythm:
    kinds = [word for word in ("every", "due") if said.has(word)]
    if len(kinds) != 1 and not said.unreadable:
        said.wrong(problems.ONE_OF, where=said.where, words="every、due", n=len(kinds))
    if kinds == ["due"]:
        for word in ("from", "until"):
            if said.has(word):
                said.wrong(problems.NOT_WITH_DUE, word, word=word)
        return _days(said)
    text = said.text("every")
    found = _EVERY.fullmatch(text)
    if found is None:
        if text:
            said.wrong(problems.BAD_EVERY, "every", value=text)
        return Rhythm("days")
    for word in ("from", "until"):
        if not said.has(word):
            said.wrong(problems.NO_END, "every", word=word)
    week, day, month_end, _, hour, minute = found.groups()
    at = _minute(hour, minute)
    if week:
        return Rhythm("weekday", _WEEK.index("日" if week == "天" else week), minute=at)
    if day:
        return Rhythm("day_of_month", int(day), minute=at)
    return Rhythm("month_end" if month_end else "last_workday", minute=at)


def _days(said: Said) -> Rhythm:
    days: list[int] = []
    clocks: list[int | None] = []
    for text in said.texts("due"):
        found = _DAY.fullmatch(text)
        day = tree.day_of_text(found[1]) if found else None
        if found is None or day is None:
            said.wrong(problems.BAD_DUE, "due", value=text)
            continue
        if day in days:
            said.wrong(problems.DUE_TWICE, "due", day=found[1])
            continue
        days.append(day)
        clocks.append(_minute(found[2], found[3]))
    if len(set(clocks)) > 1:
        said.wrong(problems.CLOCKS_DIFFER, "due")
    return Rhythm("days", days=tuple(sorted(days)), minute=clocks[0] if clocks else None)


def _proof(said: Said) -> DutyProof | None:
    if not said.has("proof"):
        return None
    proof = said.thing("proof", "佐证")
    proof.need("table", "columns")
    columns = []
    for key, node in proof.below("columns").items():
        paths, fields = proof.book.texts(node, (*proof.path, "columns", key)), []
        for i, path in enumerate(paths):
            ledger, dot, field = path.partition(".")
            if not (dot and ledger and field):
                place = proof.book.place(*proof.path, "columns", key, i)
                proof.book.problems.append(problems.NOT_A_PATH.at(place, word=path))
                continue
            fields.append((ledger, field))
        columns.append((key, tuple(fields)))
    return DutyProof(proof.text("table"), tuple(columns), proof.place)


def _reminders(said: Said) -> Iterator[Reminder]:
    for text in said.texts("remind"):
        if found := _BEFORE.fullmatch(text):
            kind = "days_before" if found[2] == "天" else "workdays_before"
            yield Reminder(text, kind, int(found[1]), int(found[3]) * 60 + int(found[4]))
        elif found := _ON_THE_DAY.fullmatch(text):
            yield Reminder(text, "days_before", 0, int(found[1]) * 60 + int(found[2]))
        elif found := _AFTER.fullmatch(text):
            yield Reminder(text, "after", int(found[1] or 0), int(found[2]) * 60 + int(found[3]))
        else:
            said.wrong(problems.BAD_REMINDER, "remind", value=text)
