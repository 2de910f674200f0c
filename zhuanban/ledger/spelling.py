"""How a record's number is spelt. Knows no database, so that reading sheets in a process of its own may use it."""

from __future__ import annotations

import re
import unicodedata

_NUMBERED = r"[（(]([^（）()]*\d[^（）()]*)[)）]"
_CITED = re.compile(rf"《([^《》]*?)(?:{_NUMBERED})?》(?:{_NUMBERED})?")
_YEAR = re.compile(r"[\[【](\d{4})[\]】]")
_PLAIN = re.compile("[!-~]*")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")


def cited(said: str) -> str:
    """The number of a paper as it is cited: 文号 of 《名称》（文号） and of 《名称（文号）》, 名称 of 《名称》."""
    found = _CITED.fullmatch(said.strip())
    return (found[3] or found[2] or found[1]) if found else said


def plain_number(said: str) -> str:
    """A number without full-width letters, digits and signs, odd dashes and gaps; a paper's year in 〔〕."""
    if _PLAIN.fullmatch(said):
        return said
    narrow = "".join(unicodedata.normalize("NFKC", said.translate(_DASHES)).split())
    return _YEAR.sub(r"〔\1〕", narrow)
