"""Reads archives: what belongs into the file of a record or of a region."""

from __future__ import annotations

from zhuanban.pack import problems
from zhuanban.pack.archive import Archive, ArchiveHead
from zhuanban.pack.said import Said


def read_archive(key: str, said: Said) -> Archive:
    """An archive with its parts in the order of writing, which is the order of their folders."""
    said.need("title", "heads")
    one = [word for word in ("ledger", "level") if said.has(word)]
    if len(one) != 1:
        said.wrong(problems.ONE_OF, where="档案", words="ledger、level", n=len(one))
    heads = tuple(_head(title, head) for title, head in said.things("heads", "档案部分", ascii_keys=False))
    title, ledger, level = (said.text(word) for word in ("title", "ledger", "level"))
    return Archive(key, title or key, ledger, level, heads, said.text("source"), said.place)


def _head(title: str, said: Said) -> ArchiveHead:
    kinds = [word for word in ("fields", "pairs", "form") if said.has(word)]
    if len(kinds) > 1 or (not kinds and not said.has("ledger")):
        said.wrong(problems.ONE_OF, where="档案部分", words="ledger、fields、pairs、form", n=len(kinds))
    return ArchiveHead(
        title,
        said.text("ledger"),
        said.text("by"),
        _paths(said, "fields"),
        _paths(said, "pairs"),
        said.text("form"),
        said.flag("optional"),
        said.place,
    )


def _paths(said: Said, word: str) -> tuple[tuple[str, str], ...]:
    """`ledger.field` words."""
    found = []
    for text in said.texts(word):
        ledger, dot, field = text.partition(".")
        if not dot:
            said.wrong(problems.NOT_A_PATH, word, word=text)
            continue
        found.append((ledger, field))
    return tuple(found)
