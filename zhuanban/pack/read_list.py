"""Reads work lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from zhuanban.pack import problems
from zhuanban.pack.read_ladder import read_length
from zhuanban.pack.read_owing import read_owing
from zhuanban.pack.read_where import read_where
from zhuanban.pack.said import Said
from zhuanban.pack.values import CHOICES, Field, FieldType, Ledger
from zhuanban.pack.work_list import Every, WorkList

STEPS = ("周", "月")
DAY = 24 * 60  # minutes
REPORTS = ("late", "missing", "returned")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])", re.ASCII)


def read_list(ledgers: Mapping[str, Ledger], key: str, said: Said) -> WorkList:
    """A work list. A word of `missing` is a field where the ledger has a link or a choice of that name, `unit`, or else
    a level of the grid."""
    said.need("title")
    heads = [word for word in ("ledger", "duty") if said.has(word)]
    if len(heads) != 1 and not said.unreadable:
        said.wrong(problems.ONE_OF, where=said.where, words="ledger、duty", n=len(heads))
    duties = said.texts("duty")
    ledger = said.text("ledger") or (f"duty_{duties[0]}" if duties else "")
    fields = ledgers[ledger].fields if ledger in ledgers else {}
    missing = said.texts("missing")
    links = [word for word in missing if _is(fields.get(word), (FieldType.LINK,))]
    choices = [word for word in missing if _is(fields.get(word), CHOICES)]
    units = [word for word in missing if word == "unit"]
    levels = [word for word in missing if word not in (*links, *choices, *units)]
    if max(map(len, (links, choices, units, levels))) > 1:
        said.wrong(problems.MISSING_WHAT, "missing", said="、".join(missing))
    _words_fit(said, links, units)
    listed = fields[links[0]].ledger if links else ledger
    if units:
        said.need("units")
    if duties:
        said.need("reports")
    if said.has("tell"):
        said.need("at")
    return WorkList(
        key,
        said.text("title", key),
        ledger,
        where=read_where(said, ledgers, ledger),
        flagged=said.text("flagged"),
        lacks=said.texts("lacks"),
        show=said.texts("show"),
        missing_level=levels[0] if levels else "",
        missing_link=links[0] if links else "",
        missing_choice=choices[0] if choices else "",
        units=read_owing(said, ledgers, "清单单位") if units else None,
        every=_every(said),
        within=_days(said, "within"),
        quiet=_days(said, "quiet"),
        among=read_where(said, ledgers, listed, "among") if links else (),
        listed=listed,
        by=said.text("by") or ("unit" if duties else ""),
        at_least=said.integer("at_least", 1, 100_000, 1),
        duties=duties,
        reports=_reports(said),
        in_a_row=said.integer("in_a_row", 1, 1000, 1),
        tell=said.texts("tell"),
        minute=_minute(said),
        source=said.text("source"),
        at=said.place,
    )


def _is(field: Field | None, types: Iterable[FieldType]) -> bool:
    return field is not None and field.type in types


def _words_fit(said: Said, links: list[str], units: list[str]) -> None:
    """Words that say nothing without another one, and kinds of lists that exclude each other."""
    has = said.has
    kinds = [
        word
        for word, is_there in (
            ("lacks", has("lacks")),
            ("missing", has("missing") or has("every")),
            ("by", has("by") and not has("duty")),
            ("duty", has("duty")),
        )
        if is_there
    ]
    if len(kinds) > 1:
        said.wrong(problems.ONE_OF, where=said.where, words="、".join(kinds), n=len(kinds))
    for word, fits, needs in (
        ("among", links, "missing 的关联栏目"),
        ("units", units, "missing 的 unit"),
        ("within", has("missing") and not has("every"), "missing"),
        ("quiet", not (has("missing") or has("every") or has("duty")), "ledger"),
        ("from", has("every"), "every"),
        ("until", has("every"), "every"),
        ("at_least", has("by") or has("duty"), "by 或 duty"),
        ("reports", has("duty"), "duty"),
        ("in_a_row", has("duty"), "duty"),
        ("where", not has("duty"), "ledger"),
        ("show", not (has("duty") or has("by")) and (links or not (has("missing") or has("every"))), "列出条目的清单"),
        ("at", has("tell"), "tell"),
    ):
        if has(word) and not fits:
            hint = f"“{word}”跟在 {needs} 后面用。"
            said.wrong(problems.UNKNOWN_WORD, word, where=said.where, word=word, hint=hint)
    if has("duty") and said.text("by", "unit") != "unit":
        said.wrong(problems.BAD_CHOICE, "by", word="by", value=said.text("by"), hint="报送件的清单按单位列：unit。")


def _every(said: Said) -> Every | None:
    if not said.has("every"):
        return None
    said.need("from")
    return Every(said.one_of("every", STEPS, STEPS[0]), said.day("from") or 0, said.day("until"))


def _days(said: Said, word: str) -> int | None:
    minutes = read_length(said, word)
    if minutes % DAY:
        said.wrong(problems.BAD_LENGTH, word, word=word, value=said.text(word))
    return minutes // DAY or None


def _reports(said: Said) -> tuple[str, ...]:
    words = said.texts("reports")
    for word in words:
        if word not in REPORTS:
            hint = problems.hint(word, REPORTS)
            said.wrong(problems.BAD_CHOICE, "reports", word="reports", value=word, hint=hint)
    return words


def _minute(said: Said) -> int:
    text = said.text("at")
    found = _CLOCK.fullmatch(text)
    if found is None:
        if text:
            said.wrong(problems.BAD_CLOCK, "at", value=text)
        return 0
    return int(found[1]) * 60 + int(found[2])
