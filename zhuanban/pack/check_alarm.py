"""Do the alarms of a pack hold together? Called by `check.py` with its own ways of saying what is wrong."""

from __future__ import annotations

from typing import Protocol

from zhuanban.core.problem import Kind
from zhuanban.pack import problems
from zhuanban.pack.values import Alarm, Condition, Field, FieldType, Ledger, Pack
from zhuanban.pack.vocabulary import TYPE_WORDS


class Checks(Protocol):
    """What the checker of packs lends."""

    pack: Pack

    def wrong(self, problem: Kind, /, *path: str | int, **words: object) -> None: ...
    def posts(self, names: tuple[str, ...], *path: str | int) -> None: ...
    def find_ledger(self, name: str, *path: str | int) -> Ledger | None: ...
    def find_field(self, ledger: Ledger, name: str, *path: str | int, also: tuple[str, ...] = ()) -> Field | None: ...
    def conditions(
        self, ledger: Ledger, where: tuple[Condition, ...], *path: str | int, as_of: bool = False
    ) -> None: ...


def check_alarms(checks: Checks) -> None:
    """Ledgers, fields and posts exist; numbers rise, choices get worse."""
    for alarm in checks.pack.alarms.values():
        _check(checks, alarm)


def _check(checks: Checks, alarm: Alarm) -> None:
    here = ("alarms", alarm.key)
    checks.posts(alarm.tell, *here, "tell")
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


def _than(checks: Checks, ledger: Ledger, alarm: Alarm) -> Field | None:
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
