"""What a change names must be there: the records of its links, its units. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.compiled import Rules
from zhuanban.ledger.draft import Sight
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


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
