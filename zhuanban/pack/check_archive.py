"""Checks archives: everything they name is there, and what is to be filed can be filed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from zhuanban.core.problem import Problem
from zhuanban.pack import problems
from zhuanban.pack.archive import Archive, ArchiveHead
from zhuanban.pack.checker import PlaceOf
from zhuanban.pack.problems import hint
from zhuanban.pack.values import FILE_TYPES, FieldType, Pack


def check_archives(pack: Pack, place: PlaceOf, unread: Collection[str] = ()) -> list[Problem]:
    """Every fault of the pack's archives; what stands in a file that could not be read is left alone."""
    if "ledgers" in unread:
        return []
    return [p for archive in pack.archives.values() for p in _archive(pack, archive, place, unread)]


def _archive(pack: Pack, archive: Archive, place: PlaceOf, unread: Collection[str]) -> Iterator[Problem]:
    here = ("archives", archive.key)
    if archive.ledger and archive.ledger not in pack.ledgers and archive.ledger not in unread:
        advice = hint(archive.ledger, pack.ledgers)
        yield problems.NO_LEDGER.at(place(*here, "ledger"), word=archive.ledger, hint=advice)
    levels = [level.key for level in pack.grid.levels]
    if archive.level and archive.level not in levels:
        yield problems.NO_LEVEL.at(place(*here, "level"), word=archive.level, hint=hint(archive.level, levels))
    for head in archive.heads:
        yield from _head(pack, archive, head, place, unread)


def _head(
    pack: Pack, archive: Archive, head: ArchiveHead, place: PlaceOf, unread: Collection[str]
) -> Iterator[Problem]:
    here = ("archives", archive.key, "heads", head.title)
    named = [("ledger", head.ledger)] if head.ledger else []
    named += [("fields", ledger) for ledger, _ in head.fields] + [("pairs", ledger) for ledger, _ in head.pairs]
    for word, ledger in named:
        if ledger not in pack.ledgers:
            if ledger not in unread:
                yield problems.NO_LEDGER.at(place(*here, word), word=ledger, hint=hint(ledger, pack.ledgers))
        elif archive.ledger and ledger != archive.ledger:
            yield from _linked(pack, archive, head, ledger, place)
        elif archive.level and head.by:
            spec = pack.ledgers[ledger].fields.get(head.by)
            if spec is None or spec.type is not FieldType.POINT:
                titles = {"ledger": pack.ledgers[ledger].title, "word": head.by}
                yield problems.NO_POINT_BY.at(place(*here, "by"), **titles)
    for word, paths in (("fields", head.fields), ("pairs", head.pairs)):
        for key, name in paths:
            if key not in pack.ledgers:
                continue
            spec = pack.ledgers[key].fields.get(name)
            if spec is None:
                advice = hint(name, pack.ledgers[key].fields)
                where = place(*here, word)
                yield problems.NO_FIELD.at(where, ledger=pack.ledgers[key].title, word=name, hint=advice)
            elif spec.type not in FILE_TYPES:
                yield problems.NO_FILES.at(place(*here, word), field=spec.title)
    form = pack.forms.get(head.form)
    if form is not None and archive.ledger and form.ledger in pack.ledgers and form.ledger != archive.ledger:
        yield from _linked(pack, archive, head, form.ledger, place)
    elif head.form and form is None and "forms" not in unread:
        yield problems.NO_FORM.at(place(*here, "form"), word=head.form, hint=hint(head.form, pack.forms))
    if head.pairs and (len(head.pairs) != 2 or head.pairs[0][0] != head.pairs[-1][0]):
        yield problems.PAIR_OF_TWO.at(place(*here, "pairs"), n=len(head.pairs))


def _linked(pack: Pack, archive: Archive, head: ArchiveHead, ledger: str, place: PlaceOf) -> Iterator[Problem]:
    """A record of another ledger belongs to the archive by a link that names the archive's record."""
    spec = pack.ledgers[ledger].fields.get(head.by)
    if spec is None or spec.type is not FieldType.LINK or spec.ledger != archive.ledger:
        target = pack.ledgers[archive.ledger].title if archive.ledger in pack.ledgers else archive.ledger
        where = place("archives", archive.key, "heads", head.title, "by")
        yield problems.NO_LINK_BACK.at(where, ledger=pack.ledgers[ledger].title, word=head.by, target=target)
