"""Which evidence a record shows, and which it keeps behind its mask."""

from __future__ import annotations

from typing import Any

from zhuanban.core.day import FAR_DAY, iso
from zhuanban.ledger.fields import file_fields, refs
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import effective_days
from zhuanban.ledger.stored import facts_of
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Ledger


def shown_files(ledger: Ledger, record: Record, until: int = FAR_DAY) -> list[dict[str, Any]]:
    """The contents that a record referred to, up to a day, in fields shown in full: `sha256`, `name`, `field`, and the
    event that brought it (`version`, `move`, `on`, `by`); each once for a field.

    Names are masked like other texts: a file may be called by who sent it.
    """
    keys = [key for key in file_fields(ledger) if not ledger.fields[key].personal]
    if not keys:
        return []
    facts = facts_of([record.pk])[record.pk]
    masker = Masker(ledger)
    secrets = masker.secrets([record.data, *(fact.body.get("set", {}) for fact in facts)])
    days = effective_days(facts)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for fact in facts:
        if days[fact.version] > until:
            continue
        data = fact.body.get("set", {})
        shown = masker.show({k: data[k] for k in keys if k in data}, secrets)
        event = {
            "version": fact.version,
            "move": fact.body.get("move", ""),
            "on": iso(days[fact.version]),
            "by": fact.actor,
        }
        for key in keys:
            for ref in refs(shown.get(key)):
                found.setdefault((key, str(ref["sha256"])), {"field": key, **ref, **event})
    return list(found.values())
