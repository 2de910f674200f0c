"""Which evidence a record shows, and which it keeps behind its mask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhuanban.ledger.door import facts_of
from zhuanban.ledger.fields import file_fields
from zhuanban.ledger.models import Record
from zhuanban.pack.values import Ledger


def shows_file(ledger: Ledger, record: Record, sha256: str) -> bool:
    """Does the record, now or in any of its events, refer to this content in a field that is shown in full?"""
    return sha256 in {ref["sha256"] for ref in shown_files(ledger, record)}


def shown_files(ledger: Ledger, record: Record) -> list[dict[str, Any]]:
    """The contents that a record ever referred to in fields shown in full: `sha256`, `name`, `field`; each once."""
    keys = [key for key in file_fields(ledger) if not ledger.fields[key].personal]
    if not keys:
        return []
    said = [fact.body.get("set", {}) for fact in facts_of([record.pk])[record.pk]]
    found: dict[str, dict[str, Any]] = {}
    for data in (record.data, *said):
        for key in keys:
            for ref in refs(data.get(key)):
                found.setdefault(str(ref["sha256"]), {"field": key, **ref})
    return list(found.values())


def refs(value: Any) -> Iterable[Mapping[str, Any]]:
    """The references in a field of files: mappings with `sha256` and `name`."""
    if isinstance(value, list):
        for ref in value:
            if isinstance(ref, Mapping) and "sha256" in ref:
                yield ref
