"""What a change names must be there: the records of its links, its units. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.compiled import Rules
from zhuanban.ledger.draft import Sight
from zhuanban.ledger.rules import Fact
from zhuanban.people.tree import Tree


def is_in_use(units: Tree, code: str, on: int) -> bool:
    """Is there such a unit on that day?"""
    return code in units and units.nodes[code].in_use(on)


def not_there(
    rules: Rules, values: Mapping[str, Any], on: int, sight: Sight, units: Tree, number: str
) -> Iterator[Problem]:
    """A problem for each number or code among `values` that names nothing; `number` is the changing record's."""
    fields = rules.ledger.fields
    for key in (*rules.links, *rules.units):
        spec = fields[key]
        place = Place(record=number, field=spec.title)
        for named in _each(values.get(key)):
            if key in rules.units:
                if not is_in_use(units, named, on):
                    yield says.WRONG_UNIT.at(place, unit=named)
            elif not sight.link_exists(spec.ledger, named):
                yield says.LINK_DANGLING.at(place, field=spec.title, number=named)


def unfit_files(
    rules: Rules, values: Mapping[str, Any], facts: Sequence[Fact], sender: str, sight: Sight, number: str
) -> Iterator[Problem]:
    """A problem for each content among `values` that its writer does not have, or that is not what its field asks for.

    What this field of the record has referred to before may be said again.
    """
    for key in rules.files:
        spec = rules.ledger.fields[key]
        place = Place(record=number, field=spec.title)
        own: set[str] | None = None
        for sha256 in _contents(values.get(key)):
            if own is None:
                own = {known for fact in facts for known in _contents(fact.body.get("set", {}).get(key))}
            if sha256 in own:
                continue
            if not sight.file_exists(sender, sha256):
                yield says.FILE_UNKNOWN.at(place, field=spec.title)
            elif what := sight.file_unfit(spec.type, sha256):
                yield says.FILE_UNFIT.at(place, field=spec.title, what=what)


def _contents(value: Any) -> list[str]:
    return [str(ref.get("sha256")) for ref in value or () if isinstance(ref, Mapping)]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
