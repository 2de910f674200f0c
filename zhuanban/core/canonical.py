"""One spelling for every value, so that a hash made today can be made again in ten years.

Canonical JSON here: UTF-8, keys sorted, no spaces, numbers as orjson writes them.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """The canonical JSON bytes of plain data (dict, list, str, int, float, bool, None)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(*parts: bytes) -> bytes:
    """SHA-256 over parts, each preceded by its length, so that no two lists of parts collide."""
    h = hashlib.sha256()
    for part in parts:
        h.update(len(part).to_bytes(8, "big"))
        h.update(part)
    return h.digest()
