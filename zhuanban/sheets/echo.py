"""What an export said of a record, coming back in a sheet: masked names, points as printed. It says nothing new.

A masked word may only come back as it went out; anything else would put the mask in the place of the name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zhuanban.core.problem import Place, Problem
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Ledger
from zhuanban.sheets import problems as says
from zhuanban.sheets.export import as_text
from zhuanban.sheets.out import writer
from zhuanban.sheets.rows import Names, is_key
from zhuanban.sheets.steps import RowSaid
from zhuanban.sheets.values import Convert, Wrong, converter


def is_masked(value: Any) -> bool:
    """Does a text hold the sign that stands for hidden words?"""
    return isinstance(value, str) and ("＊" in value or "*" in value)


class Echo:
    """Knows how each field of a ledger goes out and comes back. `on` is the day of the import."""

    def __init__(self, ledger: Ledger, names: Names, on: int) -> None:
        self._masker = Masker(ledger)
        self._ways: dict[str, tuple[Callable[[Any], Any], Convert]] = {
            key: (writer(field, names.units), converter(field, on, names.unit, tight=is_key(ledger, key)))
            for key, field in ledger.fields.items()
        }
        self._titles = {key: field.title for key, field in ledger.fields.items()}

    def sort(
        self, said: RowSaid, kept: Sequence[Mapping[str, Any]], past: Mapping[str, str] | None
    ) -> tuple[RowSaid, list[Problem]]:
        """What a row says of a record, without what only comes back; and masked words that do not.

        `kept`: what the record holds now, and what it held on the day of the sheet where that is known; nothing where
        there is no record. `past` holds personal words that the record once said, with their masks.
        """
        shown: list[Mapping[str, Any]] = []
        fields: dict[str, Any] = {}
        wrong: list[Problem] = []
        if not kept:
            masked = [key for key in self._masker.personal if is_masked(said.fields.get(key))]
            return said, [self._refuse(key, said.fields[key]) for key in masked]
        for key, value in said.fields.items():
            if any(value == held.get(key) or self._comes_back(key, held.get(key), value) for held in kept):
                continue
            if is_masked(value):
                shown = shown or [self._masker.show(held, past) for held in kept]
                if any(self._comes_back(key, each.get(key), value) for each in shown):
                    continue
                if key in self._masker.personal or shown[0].get(key) != kept[0].get(key):
                    wrong.append(self._refuse(key, value))
            fields[key] = value
        return (said if len(fields) == len(said.fields) else said._replace(fields=fields)), wrong

    def _refuse(self, key: str, value: Any) -> Problem:
        return says.MASKED.at(Place(field=self._titles[key]), column=self._titles[key], value=value)

    def _comes_back(self, key: str, held: Any, value: Any) -> bool:
        if held is None:
            return False
        write, read = self._ways[key]
        try:
            return bool(read(as_text(write(held))) == value)
        except Wrong:
            return False
