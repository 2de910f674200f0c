"""Codes that end in a check digit: does it fit the rest? Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z


def social_credit_holds(text: str) -> bool:
    """18 signs of a 统一社会信用代码 (GB 32100-2015): the last one makes the weighted sum a multiple of 31."""
    if len(text) != 18 or any(sign not in _SIGNS for sign in text):
        return False
    total = sum(_SIGNS.index(sign) * pow(3, n, 31) for n, sign in enumerate(text[:17]))
    return _SIGNS[-total % 31] == text[17]


def resident_id_holds(text: str) -> bool:
    """18 signs of a 公民身份号码 (GB 11643-1999): ISO 7064 MOD 11-2."""
    if len(text) != 18 or not text[:17].isascii() or not text[:17].isdigit():
        return False
    total = sum(int(sign) * pow(2, 17 - n, 11) for n, sign in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17].upper()


CODES: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "social_credit": ("统一社会信用代码", social_credit_holds),
    "resident_id": ("公民身份号码", resident_id_holds),
}
"""Word of the pack language → what people call the code, and its rule."""
