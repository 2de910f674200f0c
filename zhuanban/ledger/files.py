"""Which evidence a record shows, and which it keeps behind its mask."""

from __future__ import annotations

from typing import Any

from zhuanban.ledger.door import facts_of
from zhuanban.ledger.fields import file_fields, refs
from zhuanban.ledger.models import Record
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Ledger


def shown_files(ledger: Ledger, record: Record) -> list[dict[str, Any]]:
    """The contents that a record ever referred to in fields shown in full: `sha256`, `name`, `field`; each once.

    Names are masked like other texts: a file may be called by who sent it.
    """
    keys = [key for key in file_fields(ledger) if not ledger.fields[key].personal]
    if not keys:
        return []
    said = [record.data, *(fact.body.get("set", {}) for fact in facts_of([record.pk])[record.pk])]
    masker = Masker(ledger)
    secrets = masker.secrets(said)
    found: dict[str, dict[str, Any]] = {}
    for data in said:
        shown = masker.show({k: data[k] for k in keys if k in data}, secrets)
        for key in keys:
            for ref in refs(shown.get(key)):
                found.setdefault(str(ref["sha256"]), {"field": key, **ref})
    return list(found.values())
