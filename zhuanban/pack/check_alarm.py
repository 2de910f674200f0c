"""Do the alarms of a pack hold together?"""

from __future__ import annotations

from zhuanban.pack import problems
from zhuanban.pack.checker import Checker
from zhuanban.pack.values import Alarm, Field, FieldType, Ledger
from zhuanban.pack.vocabulary import TYPE_WORDS


def check_alarms(checks: Checker) -> None:
    """Ledgers, fields and posts exist; numbers rise, choices get worse."""
    for alarm in checks.pack.alarms.values():
        _check(checks, alarm)


def _check(checks: Checker, alarm: Alarm) -> None:
    here = ("alarms", alarm.key)
    checks.posts(alarm.tell, *here, "tell")
    checks.ladder(alarm.escalate, *here)
    ledger = checks.find_ledger(alarm.ledger, *here, "ledger")
    if ledger is None:
        return
    checks.conditions(ledger, alarm.where, *here, "where")
    for i, name in enumerate(alarm.per):
        checks.find_field(ledger, name, *here, "per", i, also=("region", "unit"))
    if alarm.rises:
        field = checks.find_field(ledger, alarm.rises, *here, "rises")
        if field is not None and field.type not in (FieldType.INTEGER, FieldType.NUMBER):
            checks.wrong(problems.CANNOT_RISE, *here, "rises", field=field.title, kind=TYPE_WORDS[field.type])
    if alarm.worse:
        worse = checks.find_field(ledger, alarm.worse, *here, "worse")
        than = _than(checks, ledger, alarm)
        if worse is not None and (worse.type is not FieldType.CHOICE or worse.many):
            checks.wrong(problems.NO_ORDER, *here, "worse", field=worse.title)
        elif worse is not None and than is not None and than.options != worse.options:
            checks.wrong(problems.OTHER_OPTIONS, *here, "than", one=worse.title, two=than.title)


def _than(checks: Checker, ledger: Ledger, alarm: Alarm) -> Field | None:
    """What the worse field is held against."""
    here = ("alarms", alarm.key, "than")
    if not alarm.than:
        return None  # the reader said so
    link, dot, name = alarm.than.partition(".")
    if not dot:
        return checks.find_field(ledger, link, *here)
    field = checks.find_field(ledger, link, *here)
    if field is None:
        return None
    if field.type is not FieldType.LINK or field.many or field.ledger not in checks.pack.ledgers:
        checks.wrong(problems.LINK_OF_ONE, *here, field=field.title)
        return None
    return checks.find_field(checks.pack.ledgers[field.ledger], name, *here)
