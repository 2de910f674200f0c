"""What a ledger asks of its records, looked up once for every submission of the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from zhuanban.ledger.compared import Comparison, comparisons
from zhuanban.ledger.fields import Checker, checkers, file_fields
from zhuanban.ledger.pictures import asked_fields
from zhuanban.ledger.places import zone_fields
from zhuanban.ledger.rules import Snapshot
from zhuanban.pack.conditions import Holds, compile_conditions
from zhuanban.pack.values import NEW, Case, Field, FieldType, Ledger, Move, Pack, Rule


@dataclass(frozen=True, slots=True)
class Decides:
    """A rule of the pack, compiled: the fields it looks at, and its cases in order."""

    rule: Rule
    asks: frozenset[str]
    cases: tuple[tuple[Holds, Case], ...]

    @classmethod
    def of(cls, rule: Rule, ledger: Ledger) -> Decides:
        asks = frozenset(c.field for case in rule.cases for c in case.where)
        return cls(rule, asks, tuple((compile_conditions(case.where, ledger), case) for case in rule.cases))

    def case(self, now: Snapshot) -> Case | None:
        """The first case that holds, if any."""
        for holds, case in self.cases:
            if holds(now.data, now.state, now.region, now.unit, None):
                return case
        return None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a ledger asks, looked up once."""

    ledger: Ledger
    checkers: Mapping[str, Checker]
    files: tuple[str, ...]
    links: tuple[str, ...]
    units: tuple[str, ...]
    stamped: frozenset[str]
    points: tuple[str, ...]  # points that must lie inside the record's cell
    zones: tuple[Field, ...]  # zones that a point decides
    comparisons: tuple[Comparison, ...]  # fields that compare with another choice, most often of a linked record
    held_against: tuple[tuple[str, str, str], ...]  # (ledger, its link to this one, field of this one) of such fields
    pictures: tuple[Field, ...]  # photographs of which something is asked
    needs: Mapping[str, tuple[str, ...]]  # move → fields that must be filled after it
    needs_when: Mapping[str, tuple[tuple[Holds, tuple[str, ...]], ...]]  # move → the same, where a condition holds
    decides: tuple[Decides, ...]
    unit: Decides | None  # who is responsible where nobody is named
    limits: tuple[str, ...]  # numbers that a standard bounds
    signatures: tuple[str, ...]  # void once another field is corrected
    opening: Move | None

    @classmethod
    def of(cls, pack: Pack, ledger: Ledger) -> Rules:
        required = [k for k, f in ledger.fields.items() if f.required]
        return cls(
            ledger,
            checkers(ledger),
            file_fields(ledger),
            tuple(k for k, f in ledger.fields.items() if f.type is FieldType.LINK),
            tuple(k for k, f in ledger.fields.items() if f.type is FieldType.UNIT),
            frozenset(k for k, f in ledger.fields.items() if f.stamped),
            tuple(k for k, f in ledger.fields.items() if f.type is FieldType.POINT and f.outside),
            zone_fields(ledger),
            comparisons(ledger, pack.ledgers),
            tuple(
                (other.key, each.link, each.name)
                for other in pack.ledgers.values()
                for each in comparisons(other, pack.ledgers)
                if each.link and each.ledger == ledger.key
            ),
            asked_fields(ledger),
            {
                m.key: tuple(dict.fromkeys([*required, *m.needs])) if NEW in m.from_ else m.needs
                for m in ledger.moves.values()
            },
            {
                m.key: tuple((compile_conditions(p.where, ledger), p.needs) for p in m.needs_when)
                for m in ledger.moves.values()
            },
            tuple(Decides.of(rule, ledger) for rule in ledger.rules if rule.key != "unit"),
            next((Decides.of(rule, ledger) for rule in ledger.rules if rule.key == "unit"), None),
            tuple(k for k, f in ledger.fields.items() if f.limit[0]),
            tuple(k for k, f in ledger.fields.items() if f.signs),
            next(iter(ledger.opening), None),
        )


_kept: OrderedDict[tuple[str, str], Rules] = OrderedDict()
_KEPT = 500


def rules_of(pack: Pack, ledger: Ledger) -> Rules:
    """A ledger's rules; those of a pack's text never change, so they serve every submission of the process."""
    if not pack.sha256:
        return Rules.of(pack, ledger)
    known = _kept.get((pack.sha256, ledger.key))
    if known is None:
        known = _kept[(pack.sha256, ledger.key)] = Rules.of(pack, ledger)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return known
