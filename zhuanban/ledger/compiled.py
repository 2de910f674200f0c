"""What a ledger asks of its records, looked up once for every submission of the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from zhuanban.ledger.fields import Checker, checkers, file_fields
from zhuanban.ledger.pictures import asked_fields
from zhuanban.ledger.places import zone_fields
from zhuanban.ledger.rules import Snapshot
from zhuanban.pack.conditions import Holds, compile_conditions, days_from_as_of
from zhuanban.pack.values import NEW, Case, Field, FieldType, Ledger, Mirror, Move, Pack, Rule


@dataclass(frozen=True, slots=True)
class Decides:
    """A rule of the pack, compiled: the fields it looks at, and its cases in order."""

    rule: Rule
    asks: frozenset[str]
    cases: tuple[tuple[Holds, Case], ...]
    spec: Field | None  # the field that it fills; None for the record's unit
    turns: tuple[tuple[str, int], ...]  # date field, days from what it says to the day on which a case may turn

    @classmethod
    def of(cls, rule: Rule, ledger: Ledger) -> Decides:
        asked = [c for case in rule.cases for c in case.where]
        cases = tuple((compile_conditions(case.where, ledger), case) for case in rule.cases)
        # "before: as_of+k" begins to hold, and "on_or_after: as_of+k" ceases to, on the day 1 - k after the date.
        offs = {(c.field, days_from_as_of(c.value)) for c in asked if c.op in ("before", "on_or_after")}
        turns = sorted((field, 1 - off) for field, off in offs if off is not None)
        return cls(rule, frozenset(c.field for c in asked), cases, ledger.fields.get(rule.key), tuple(turns))

    def case(self, now: Snapshot, day: int | None = None) -> Case | None:
        """The first case that holds, if any; `day` is the day asked about, for rules that hold on every day."""
        for holds, case in self.cases:
            if holds(now.data, now.state, now.region, now.unit, day):
                return case
        return None


@dataclass(frozen=True, slots=True)
class Mirrors:
    """A field that mirrors another ledger, compiled. `counts`: it says how many."""

    mirror: Mirror
    spec: Field
    holds: Holds
    counts: bool


@dataclass(frozen=True, slots=True)
class Compares:
    """A field that says whether a choice of the record is better or worse than another one, of a linked record too."""

    spec: Field
    order: tuple[str, ...]  # the words of both choices, the better first
    link: str  # the link that names the other record; "" = the other choice is the record's own
    ledger: str  # where the other choice stands
    than: str  # the other choice
    title: str


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
    pictures: tuple[Field, ...]  # photographs of which something is asked
    needs: Mapping[str, tuple[str, ...]]  # move → fields that must be filled after it
    needs_when: Mapping[str, tuple[tuple[Holds, tuple[str, ...]], ...]]  # move → the same, where a condition holds
    decides: tuple[Decides, ...]  # what a field says unless a person says otherwise
    standing: tuple[Decides, ...]  # what a field says on every day, whatever is said
    mirrors: tuple[Mirrors, ...]  # the same, because another ledger knows it
    compares: tuple[Compares, ...]  # the same, held against another choice
    stands: frozenset[str]  # the fields of all three
    unit: Decides | None  # who is responsible where nobody is named
    limits: tuple[str, ...]  # numbers that a standard bounds
    signatures: tuple[str, ...]  # void once another field is corrected
    opening: Move | None

    @classmethod
    def of(cls, ledger: Ledger, ledgers: Mapping[str, Ledger]) -> Rules:
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
            asked_fields(ledger),
            {
                m.key: tuple(dict.fromkeys([*required, *m.needs])) if NEW in m.from_ else m.needs
                for m in ledger.moves.values()
            },
            {
                m.key: tuple((compile_conditions(p.where, ledger), p.needs) for p in m.needs_when)
                for m in ledger.moves.values()
            },
            tuple(Decides.of(rule, ledger) for rule in ledger.rules if rule.key != "unit" and not rule.always),
            tuple(Decides.of(rule, ledger) for rule in ledger.rules if rule.always),
            tuple(
                Mirrors(
                    each,
                    ledger.fields[each.key],
                    compile_conditions(each.where, ledgers[each.ledger]),
                    ledger.fields[each.key].type is FieldType.INTEGER and not each.shows,
                )
                for each in ledger.mirrors
            ),
            comparisons(ledger, ledgers),
            frozenset(
                [r.key for r in ledger.rules if r.always]
                + [m.key for m in ledger.mirrors]
                + [f.key for f in ledger.fields.values() if f.compares]
            ),
            next((Decides.of(rule, ledger) for rule in ledger.rules if rule.key == "unit"), None),
            tuple(k for k, f in ledger.fields.items() if f.limit[0]),
            tuple(k for k, f in ledger.fields.items() if f.signs),
            next(iter(ledger.opening), None),
        )


def comparisons(ledger: Ledger, ledgers: Mapping[str, Ledger]) -> tuple[Compares, ...]:
    """The fields of a ledger that compare."""
    found = []
    for spec in ledger.fields.values():
        if spec.compares:
            link, dot, name = spec.than.rpartition(".")
            other = ledgers[ledger.fields[link].ledger] if dot else ledger
            order = tuple(option.title for option in ledger.fields[spec.compares].options)
            found.append(Compares(spec, order, link, other.key, name, other.fields[name].title))
    return tuple(found)


_kept: OrderedDict[tuple[str, str], Rules] = OrderedDict()
_KEPT = 500


def rules_of(pack: Pack, ledger: Ledger) -> Rules:
    """A ledger's rules; those of a pack's text never change, so they serve every submission of the process."""
    if not pack.sha256:
        return Rules.of(ledger, pack.ledgers)
    known = _kept.get((pack.sha256, ledger.key))
    if known is None:
        known = _kept[(pack.sha256, ledger.key)] = Rules.of(ledger, pack.ledgers)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return known
