"""Personal words that a record said once and has since put right: its texts may still hold them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from zhuanban.ledger.door import CHUNK, facts_of
from zhuanban.ledger.models import Event
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Ledger


def past_words(ledger: Ledger, record_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Record id → all its personal words, past ones too, with their masks; only for records that corrected any."""
    masker = Masker(ledger)
    if not masker.personal or not masker.texts | masker.files:
        return {}
    said = Q()
    for key in masker.personal:
        said |= Q(body__contains=f'"{key}":')  # canonical JSON writes a key so, and only so
    ids = list(record_ids)
    corrected: list[int] = []
    for i in range(0, len(ids), CHUNK):
        rows = Event.objects.filter(said, record_id__in=ids[i : i + CHUNK], version__gt=1)
        corrected += rows.values_list("record_id", flat=True).distinct()
    return {pk: masker.secrets(fact.body.get("set", {}) for fact in facts) for pk, facts in facts_of(corrected).items()}
