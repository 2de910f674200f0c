"""What a viewer is shown of a record: personal fields masked for everyone, revealed one by one and logged.

The same masking serves pages, API, exports, history and inbox. A masked field's words are masked wherever else they
stand in the record (a reporter's name inside the content), and phone and identity numbers in any free text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from zhuanban.pack.values import FILE_TYPES, FieldType, Ledger

_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_HIDDEN = "＊＊＊"


def mask(kind: str, value: str) -> str:
    """A personal value as everyone may see it. Kinds: name, phone, id_number, address, contact."""
    match kind:
        case "name":
            return value[:1] + "＊＊"
        case "phone" if len(value) >= 7:
            return f"{value[:3]}****{value[-4:]}"
        case "id_number" if len(value) >= 8:
            return f"{value[:3]}{'*' * (len(value) - 4)}{value[-1:]}"
    return _HIDDEN


class Masker:
    """Masks the values of one ledger's records."""

    def __init__(self, ledger: Ledger) -> None:
        self.personal = {k: f.personal for k, f in ledger.fields.items() if f.personal}
        self.texts = {
            k
            for k, f in ledger.fields.items()
            if f.type in {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PERSON} and not f.personal
        }
        self.files = {k for k, f in ledger.fields.items() if f.type in FILE_TYPES}

    def secrets(self, values: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Personal words → their masked form, gathered from all values that a record ever had."""
        found: dict[str, str] = {}
        for data in values:
            for key, kind in self.personal.items():
                value = data.get(key)
                if isinstance(value, str) and value:
                    found[value] = mask(kind, value)
        return found

    def show(self, data: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The values as everyone may see them."""
        if not data:
            return {}
        known = self.secrets([data]) if secrets is None else secrets
        shown: dict[str, Any] = {}
        for key, value in data.items():
            if key in self.personal and value:
                shown[key] = mask(self.personal[key], value) if isinstance(value, str) else _HIDDEN
            elif key in self.texts and isinstance(value, str):
                shown[key] = self.scrub(value, known)
            elif key in self.files and known and isinstance(value, list):
                shown[key] = [{**ref, "name": self.scrub(str(ref.get("name", "")), known)} for ref in value]
            else:
                shown[key] = value
        return shown

    def scrub(self, text: str, secrets: Mapping[str, str]) -> str:
        """Free text without the record's personal words; where the ledger keeps any, without numbers of persons too."""
        for secret, masked in secrets.items():
            if secret in text:
                text = text.replace(secret, masked)
        if self.personal and any(c.isdigit() for c in text):
            text = _PHONE.sub(lambda m: mask("phone", m[0]), text)
            text = _IDENTITY.sub(lambda m: mask("id_number", m[0]), text)
        return text
