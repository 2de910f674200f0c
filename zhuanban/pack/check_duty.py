"""Do the duties of a pack hold together?"""

from __future__ import annotations

from zhuanban.core.day import iso
from zhuanban.pack import problems
from zhuanban.pack.checker import Checker
from zhuanban.pack.problems import hint
from zhuanban.pack.read_duty import ASSUMABLE
from zhuanban.pack.values import Duty, Form, links_to

LONGEST = 366 * 20  # days; nothing that is reported every week outlives it unseen


def check_duties(checks: Checker) -> None:
    """Posts, ledgers, forms and conditions exist; bounds and ladders rise; nothing is said twice."""
    for duty in checks.pack.duties.values():
        _check(checks, duty)


def _check(checks: Checker, duty: Duty) -> None:
    here = ("duties", duty.key)
    for word, posts in (("by", duty.by), ("sign", duty.sign), ("review", duty.review)):
        checks.posts(posts, *here, word)
    for i, step in enumerate(duty.escalate):
        checks.posts(step.to, *here, "escalate", i, "to")
        if i and step.minutes <= duty.escalate[i - 1].minutes:
            checks.wrong(problems.LADDER, *here, "escalate", i, "after", value=step.said)
    if duty.owing.ledger:
        ledger = checks.find_ledger(duty.owing.ledger, *here, "units", "roster")
        if ledger is not None:
            checks.conditions(ledger, duty.owing.where, *here, "units", "where", as_of=True)
    for i, form in enumerate(duty.forms):
        if form not in checks.pack.forms and "forms" not in checks.unread:
            checks.wrong(problems.NO_DUTY_FORM, *here, "forms", i, word=form, hint=hint(form, checks.pack.forms))
        elif form in checks.pack.forms and duty.owing.each == "record":
            _about_the_record(checks, duty, checks.pack.forms[form], *here, "forms", i)
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


def _about_the_record(checks: Checker, duty: Duty, form: Form, *path: str | int) -> None:
    """Where every record asks for its own report, its forms must be able to tell that record's rows."""
    roster, ledger = checks.pack.ledgers.get(duty.owing.ledger), checks.pack.ledgers.get(form.ledger)
    if roster is None or ledger is None or ledger.key == roster.key or links_to(ledger, roster.key):
        return
    checks.wrong(problems.NOT_BY_RECORD, *path, form=form.title, ledger=ledger.title, roster=roster.title)
