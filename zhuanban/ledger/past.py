"""Personal words that a record said once and has since put right: its texts may still hold them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from zhuanban.ledger.stored import CHUNK, facts_of, marks
from zhuanban.ledger.view import Masker
from zhuanban.pack.values import Ledger


def past_words(ledger: Ledger, record_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Record id → all its personal words, past ones too, with their masks; only for records that corrected any."""
    masker = Masker(ledger)
    if not masker.personal or not masker.texts | masker.files:
        return {}
    said = [f'%"{key}":%' for key in masker.personal]  # canonical JSON writes a key so, and only so
    any_said = " OR ".join(["body LIKE %s"] * len(said))
    ids = list(record_ids)
    corrected: list[int] = []
    with connection.cursor() as cursor:
        for i in range(0, len(ids), CHUNK):
            part = ids[i : i + CHUNK]
            cursor.execute(
                f"""SELECT DISTINCT record_id FROM ledger_event
                    WHERE record_id IN ({marks(part)}) AND version > 1 AND ({any_said})""",
                [*part, *said],
            )
            corrected += [pk for (pk,) in cursor.fetchall()]
    return {pk: masker.secrets(fact.body.get("set", {}) for fact in facts) for pk, facts in facts_of(corrected).items()}
