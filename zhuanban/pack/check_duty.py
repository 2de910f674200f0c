"""Do the duties of a pack hold together?"""

from __future__ import annotations

from zhuanban.core.day import iso
from zhuanban.pack import problems
from zhuanban.pack.checker import Checker
from zhuanban.pack.problems import hint
from zhuanban.pack.read_duty import ASSUMABLE
from zhuanban.pack.values import FILE_TYPES, Duty, DutyProof, Form, links_to

LONGEST = 366 * 20  # days; nothing that is reported every week outlives it unseen


def check_duties(checks: Checker) -> None:
    """Posts, ledgers, forms and conditions exist; bounds and ladders rise; nothing is said twice."""
    for duty in checks.pack.duties.values():
        _check(checks, duty)


def _check(checks: Checker, duty: Duty) -> None:
    here = ("duties", duty.key)
    for word, posts in (("by", duty.by), ("sign", duty.sign), ("review", duty.review)):
        checks.posts(posts, *here, word)
    checks.ladder(duty.escalate, *here)
    if duty.owing.ledger:
        ledger = checks.find_ledger(duty.owing.ledger, *here, "units", "roster")
        if ledger is not None:
            checks.conditions(ledger, duty.owing.where, *here, "units", "where", as_of=True)
    for i, form in enumerate(duty.forms):
        if form not in checks.pack.forms and "forms" not in checks.unread:
            checks.wrong(problems.NO_DUTY_FORM, *here, "forms", i, word=form, hint=hint(form, checks.pack.forms))
        elif form in checks.pack.forms and duty.owing.each == "record":
            _about_the_record(checks, duty, checks.pack.forms[form], *here, "forms", i)
    if duty.stamp and not duty.forms:
        checks.wrong(problems.STAMP_OF_NOTHING, *here, "stamp")
    if duty.proof is not None:
        _proof(checks, duty.proof, *here, "proof")
    seen: set[str] = set()
    for i, name in enumerate(duty.owing.names):
        if name in seen:
            checks.wrong(problems.OWES_TWICE, *here, "units", i, unit=name)
        seen.add(name)
    if duty.start is not None and duty.end is not None and duty.end < duty.start:
        checks.wrong(problems.DUTY_ENDS_BEFORE, *here, "until", start=iso(duty.start), end=iso(duty.end))
    elif duty.start is not None and duty.end is not None and duty.end - duty.start > LONGEST:
        checks.wrong(problems.DUTY_TOO_LONG, *here, "until", years=LONGEST // 366)
    for i, word in enumerate(duty.assumed):
        if word not in ASSUMABLE:
            checks.wrong(problems.NOT_ASSUMABLE, *here, "assumed", i, word=word, hint=hint(word, ASSUMABLE))
    if duty.copies and not duty.to:
        checks.wrong(problems.COPIES_WITHOUT_MAIN, *here, "copies")
    said: dict[str, int] = {}
    for i, reminder in enumerate(duty.remind):
        if said.setdefault(reminder.said, i) != i:
            checks.wrong(problems.REMINDER_TWICE, *here, "remind", i, value=reminder.said)


def _proof(checks: Checker, proof: DutyProof, *here: str | int) -> None:
    """The table's columns count records, and their proof is files of the ledger that they count."""
    table = checks.pack.tables.get(proof.table)
    if table is None:
        if proof.table and "tables" not in checks.unread:
            checks.wrong(
                problems.NO_TABLE, *here, "table", word=proof.table, hint=hint(proof.table, checks.pack.tables)
            )
        return
    counting = {c.key: c.question for c in table.columns.values() if c.kind == "count" and c.question is not None}
    for key, fields in proof.columns:
        question = counting.get(key)
        if question is None:
            words = {"table": table.title, "word": key, "hint": hint(key, counting)}
            checks.wrong(problems.PROOF_COLUMN, *here, "columns", key, **words)
            continue
        ledger = checks.pack.ledgers.get(question.ledger)
        for i, (named, word) in enumerate(fields):
            path = (*here, "columns", key, i)
            if ledger is None or named != ledger.key:
                title = ledger.title if ledger is not None else question.ledger
                words = {"column": table.columns[key].title, "ledger": title, "word": f"{named}.{word}"}
                checks.wrong(problems.PROOF_ELSEWHERE, *path, **words)
                continue
            field = checks.find_field(ledger, word, *path)
            if field is not None and field.type not in FILE_TYPES:
                checks.wrong(problems.NO_FILES, *path, field=field.title)


def _about_the_record(checks: Checker, duty: Duty, form: Form, *path: str | int) -> None:
    """Where every record asks for its own report, its forms must be able to tell that record's rows."""
    roster, ledger = checks.pack.ledgers.get(duty.owing.ledger), checks.pack.ledgers.get(form.ledger)
    if roster is None or ledger is None or ledger.key == roster.key or links_to(ledger, roster.key):
        return
    checks.wrong(problems.NOT_BY_RECORD, *path, form=form.title, ledger=ledger.title, roster=roster.title)
