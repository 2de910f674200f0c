"""How a record's number is spelt. Knows no database, so that reading sheets in a process of its own may use it."""

from __future__ import annotations

import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")


def plain_number(said: str) -> str:
    """A number without full-width letters, digits and signs, odd dashes and gaps."""
    if said.isascii() and not any(c.isspace() for c in said):
        return said
    return "".join(unicodedata.normalize("NFKC", said.translate(_DASHES)).split())
