"""One spelling for the numbers of records, however they are typed: ＺＤ－３, ZD—3 and ZD-3 are one record.

What was kept under another spelling before keeps it, and is found by each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from zhuanban.ledger.models import Record
from zhuanban.ledger.spelling import plain_number
from zhuanban.people.models import Campaign

_CHUNK = 500


def kept_numbers(campaign: Campaign, ledger: str, said: Iterable[str]) -> dict[str, str]:
    """Numbers as they were said → as the ledger keeps them: as said, else plain, else as older versions kept them.

    The plain spelling where the ledger has no such record.
    """
    found = {number: plain_number(number) for number in said}
    known = existing(campaign, ledger, {*found, *found.values()})
    lost = {plain: list(_older(plain)) for number, plain in found.items() if not {number, plain} & known}
    older = existing(campaign, ledger, {each for spellings in lost.values() for each in spellings})
    for number, plain in found.items():
        if number in known:
            found[number] = number
        elif plain not in known:
            found[number] = next((each for each in lost[plain] if each in older), plain)
    return found


def kept_number(campaign: Campaign, ledger: str, said: str) -> str:
    """One number, as by `kept_numbers`."""
    return kept_numbers(campaign, ledger, (said,))[said]


def _older(plain: str) -> Iterator[str]:
    """Spellings that sheets left behind when only letters and digits were made narrow."""
    # Only of signs that occur: this is asked of every new number of a sheet.
    dashes = "－—–-" if "-" in plain else "-"
    brackets = ("（）", "()") if "(" in plain or ")" in plain else ("()",)
    years = ("[]", "【】", "〔〕") if "〔" in plain else ("〔〕",)
    for dash, pair, year in product(dashes, brackets, years):
        spelling = plain.translate(str.maketrans("-()〔〕", f"{dash}{pair}{year}"))
        if spelling != plain:
            yield spelling


def existing(campaign: Campaign, ledger: str, numbers: set[str]) -> set[str]:
    """Those of the numbers under which the ledger keeps a record, spelt just so."""
    wanted, found = sorted(numbers - {""}), set[str]()
    for i in range(0, len(wanted), _CHUNK):
        rows = Record.objects.filter(campaign=campaign, ledger=ledger, number__in=wanted[i : i + _CHUNK])
        found.update(rows.values_list("number", flat=True))
    return found
