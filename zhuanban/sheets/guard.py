"""The formula guard of CSV files: what we write cannot run, and what we read back is what was written.

A spreadsheet program that opens a CSV takes a cell beginning with = + - @ (or their full-width twins) for a formula;
a leading tab or line break hides one. Such text gets an apostrophe in front. Text that already begins with apostrophes
before such a sign gets one more, so that taking one away always gives back the first text, whatever it was.

A sign followed by nothing but digits (-3, +8610, -12.5%, a lone dash) cannot call anything and stays as it is: counts
and telephone numbers are not to be spoilt. Workbooks need no guard: there a text cell says that it is text.

Source: OWASP, "CSV Injection" (the list of signs).
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@＝＋－＠\t\r\n"
_DANGEROUS = re.compile(f"'*[{_SIGNS}]").match
_HARMLESS = re.compile(r"[+-][0-9.,%]*").fullmatch
FIRST = frozenset("'=+-@＝＋－＠\t\r\n")  # text beginning with anything else needs no look


def guard(text: str) -> str:
    """The text as it goes into a CSV cell."""
    if text and text[0] in FIRST and _DANGEROUS(text) and not _HARMLESS(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """The text as it was before `guard`: `unguard(guard(x)) == x` for every x."""
    if text.startswith("'") and _DANGEROUS(text) and not _HARMLESS(text[1:]):
        return text[1:]
    return text
