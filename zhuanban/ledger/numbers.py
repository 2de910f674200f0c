"""One spelling for the numbers of records, however they are typed: ＺＤ－３, ZD—3 and ZD-3 are one record.

What is kept under another spelling (a copy from elsewhere) is found as it is spelt.
"""

from __future__ import annotations

from collections.abc import Iterable

from zhuanban.ledger.models import Record
from zhuanban.ledger.spelling import plain_number
from zhuanban.people.models import Campaign

_CHUNK = 500


def kept_numbers(campaign: Campaign, ledger: str, said: Iterable[str]) -> dict[str, str]:
    """Numbers as they were said → as the ledger keeps them: as said where it has just that, else plain."""
    plain = {number: plain_number(number) for number in said}
    odd = {number for number, spelling in plain.items() if number != spelling}
    return plain | {number: number for number in existing(campaign, ledger, odd)}


def kept_number(campaign: Campaign, ledger: str, said: str) -> str:
    """One number, as by `kept_numbers`."""
    return kept_numbers(campaign, ledger, (said,))[said]


def existing(campaign: Campaign, ledger: str, numbers: set[str]) -> set[str]:
    """Those of the numbers under which the ledger keeps a record, spelt just so."""
    wanted, found = sorted(numbers - {""}), set[str]()
    for i in range(0, len(wanted), _CHUNK):
        rows = Record.objects.filter(campaign=campaign, ledger=ledger, number__in=wanted[i : i + _CHUNK])
        found.update(rows.values_list("number", flat=True))
    return found
