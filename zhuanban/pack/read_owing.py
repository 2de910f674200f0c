"""Reads which units owe a report, or lack a record."""

from __future__ import annotations

from collections.abc import Mapping

from zhuanban.pack import tree
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import Said
from zhuanban.pack.values import Ledger
from zhuanban.pack.work_list import Owing


def read_owing(said: Said, ledgers: Mapping[str, Ledger], kind: str) -> Owing:
    """`units`: short names, or a roster of that `kind` (its words: `vocabulary`)."""
    if not isinstance(said.node.items.get("units"), tree.Mapping):
        return Owing(said.texts("units"))
    units = said.thing("units", kind)
    units.need("roster")
    ledger = units.text("roster")
    each = units.one_of("each", ("unit", "record"), "unit")
    return Owing(ledger=ledger, where=read_where(units, ledgers, ledger), each=each)
