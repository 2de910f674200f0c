"""One spelling for every value, so that a hash made today can be made again in ten years.

Canonical JSON here: UTF-8, keys sorted, no spaces, numbers as orjson writes them.
"""

from __future__ import annotations

import hashlib
from struct import Struct
from typing import Any

import orjson

_length = Struct(">Q").pack


def canonical(value: Any) -> bytes:
    """The canonical JSON bytes of plain data (dict, list, str, int, float, bool, None)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(*parts: bytes) -> bytes:
    """SHA-256 over parts, each preceded by its length, so that no two lists of parts collide."""
    return hashlib.sha256(b"".join([b for part in parts for b in (_length(len(part)), part)])).digest()
