"""Links that a sheet says by name: a source is called 长江狼山水源地 where its number is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models.fields.json import KeyTextTransform

from zhuanban.core.natural import natural
from zhuanban.core.problem import Place
from zhuanban.ledger.numbers import existing, kept_numbers
from zhuanban.ledger.queries import Viewer
from zhuanban.ledger.spelling import plain_number
from zhuanban.pack.values import Ledger, naming_fields
from zhuanban.sheets import problems as says
from zhuanban.sheets.blame import at_cells
from zhuanban.sheets.rows import ReadRow

SHOWN = 4  # numbers that a problem names


class LinkNames:
    """Turns names into numbers, for one import. A number goes before a name; only records in sight have names."""

    def __init__(self, viewer: Viewer, ledger: Ledger) -> None:
        self.viewer = viewer
        self.ledger = ledger
        pack = viewer.setting.pack
        self.links = {k: pack.ledgers[f.ledger] for k, f in ledger.fields.items() if f.ledger in pack.ledgers}
        self._names: dict[str, Mapping[str, Sequence[str]]] = {}

    def settle(self, rows: Sequence[ReadRow], place: Place) -> list[ReadRow]:
        """The rows with numbers for names. A name that several records bear is a problem of its cell."""
        said: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for key, target in self.links.items():
                said[target.key].update(_listed(row.said.fields.get(key)))
        bearers: dict[str, dict[str, Sequence[str]]] = {}
        for target in {each.key: each for each in self.links.values()}.values():
            kept = kept_numbers(self.viewer.setting.campaign, target.key, said[target.key])
            lost = set(kept.values()) - existing(self.viewer.setting.campaign, target.key, set(kept.values()))
            names = self._names_of(target) if lost else {}
            bearers[target.key] = {word: names[kept[word]] for word in kept if kept[word] in lost & names.keys()}
        return [self._settled(row, bearers, place) for row in rows] if any(bearers.values()) else list(rows)

    def _settled(self, row: ReadRow, bearers: Mapping[str, Mapping[str, Sequence[str]]], place: Place) -> ReadRow:
        fields = dict(row.said.fields)
        problems = []
        for key, target in self.links.items():
            value, known = fields.get(key), bearers[target.key]
            title = self.ledger.fields[key].title
            numbers = []
            for word in _listed(value):
                found = known.get(word, [word])
                numbers.append(found[0] if len(found) == 1 else word)
                if len(found) > 1:
                    words = {"number": target.number_title, "found": "、".join(found[:SHOWN])}
                    problems.append(says.NAME_MANY.at(Place(field=title), value=word, **words))
            if numbers:
                fields[key] = numbers if isinstance(value, list) else numbers[0]
        here = replace(place, row=row.said.row)
        return row._replace(
            said=row.said._replace(fields=fields), problems=[*row.problems, *at_cells(problems, row, here)]
        )

    def _names_of(self, target: Ledger) -> Mapping[str, Sequence[str]]:
        """Names as `plain_number` spells them → numbers of the current records in sight that bear them."""
        known = self._names.get(target.key)
        if known is not None and target.key != self.ledger.key:  # the import itself adds to its own ledger
            return known
        fields = naming_fields(target) if self.viewer.knows(target) else ()
        found: dict[str, set[str]] = defaultdict(set)
        if fields:
            texts = [KeyTextTransform(key, "data") for key in fields]
            rows = self.viewer.records(target).filter(withdrawn=False).values_list("number", *texts)
            for number, *names in rows.iterator():
                for name in filter(None, names):
                    found[plain_number(name)].add(number)
        self._names[target.key] = {name: sorted(numbers, key=natural) for name, numbers in found.items()}
        return self._names[target.key]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) and value else []
