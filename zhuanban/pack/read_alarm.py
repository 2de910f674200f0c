"""Reads alarms: what is told at once, and to whom."""

from __future__ import annotations

from collections.abc import Mapping

from zhuanban.pack import problems
from zhuanban.pack.read_ladder import read_ladder
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import Said
from zhuanban.pack.values import Alarm, Ledger


def read_alarm(ledgers: Mapping[str, Ledger], key: str, said: Said) -> Alarm:
    """One alarm."""
    said.need("title", "ledger", "tell")
    kinds = [word for word in ("where", "rises", "worse") if said.has(word)]
    if len(kinds) != 1:
        said.wrong(problems.ONE_OF, where="警报", words="where、rises、worse", n=len(kinds))
    if "worse" in kinds:
        said.need("than")
    ledger = said.text("ledger")
    return Alarm(
        key=key,
        title=said.text("title", key),
        ledger=ledger,
        where=read_where(said, ledgers, ledger),
        rises=said.text("rises"),
        worse=said.text("worse"),
        than=said.text("than"),
        per=said.texts("per"),
        tell=said.texts("tell"),
        escalate=read_ladder(said),
        source=said.text("source"),
        at=said.place,
    )
