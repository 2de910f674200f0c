"""Do the alarms of a pack hold together?"""

from __future__ import annotations

from zhuanban.pack import problems
from zhuanban.pack.checker import Checker
from zhuanban.pack.values import Alarm, FieldType
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
        checks.comparable(ledger, alarm.worse, alarm.than, *here, word="worse")
