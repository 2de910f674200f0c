"""What a scorecard goes by, from the ledgers as of a day: facts for each who is scored, marks, rulings, objections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from zhuanban.ledger.fields import is_empty
from zhuanban.oversight.scoring import Entry, Found
from zhuanban.pack import card_ledger as words
from zhuanban.pack.scorecard import NUMBER, Scorecard, ScoreFact
from zhuanban.pack.values import FieldType, Question
from zhuanban.people.queries import Setting
from zhuanban.people.tree import Tree
from zhuanban.tally.books import Books, Standing, named_units, words_of
from zhuanban.tally.lists import work_list


@dataclass(frozen=True, slots=True)
class Mark:
    """A signed mark as it stood on the day."""

    number: str  # of its record
    on: int  # the day on which it was made
    value: Fraction | str | None
    sample: Fraction | None
    reason: str
    signer: str
    evidence: tuple[str, ...]  # names of files


@dataclass(frozen=True, slots=True)
class Ruling:
    number: str
    on: int
    reading: str
    office: str
    paper: str


@dataclass(frozen=True, slots=True)
class Objection:
    number: str
    on: int
    state: str
    reason: str
    reply: str


class Evidence:
    """The ledgers of a campaign as one card asks them as of the end of a day; each is read once."""

    def __init__(self, setting: Setting, card: Scorecard, day: int) -> None:
        self.setting = setting
        self.card = card
        self.day = day
        self.books = Books(setting, day)

    @property
    def tree(self) -> Tree:
        """The tree in which those stand who are scored."""
        return self.setting.units if self.card.units is not None else self.setting.regions

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """Codes of the regions or units that are scored, in the order in which tables print them."""
        card, day, nodes = self.card, self.day, self.tree.nodes
        if card.units is not None:
            found = dict.fromkeys(named_units(self.books, card.units, day))
            return tuple(code for code in found if nodes[code].in_use(day))
        depth = [level.key for level in self.setting.pack.grid.levels].index(card.level) + 1
        return tuple(code for code in nodes if nodes[code].in_use(day) and self.tree.level(code, day) == depth)

    def facts(self, code: str) -> dict[str, Found]:
        """Every fact of the card for one who is scored."""
        found: dict[str, Found] = {}
        for key in self.card.facts:
            self._fact(key, code, found)
        return found

    def _fact(self, key: str, code: str, found: dict[str, Found]) -> Found:
        if key in found:
            return found[key]
        fact = self.card.facts[key]
        own = self._own(fact, code)
        sample, value = own.sample, own.value
        if fact.of:
            looked = self._fact(fact.of, code, found).value
            sample = looked if isinstance(looked, Fraction) else None
            value = value if sample else None
        found[key] = Found(value, own.entries, sample, fact.title)
        return found[key]

    def _own(self, fact: ScoreFact, code: str) -> Found:
        if fact.mark:
            mark = self.marks[words.OFFICE].get(code, {}).get(fact.title)
            return Found(None) if mark is None else Found(mark.value, (), mark.sample)
        if fact.list:
            return self._list(fact, code)
        if fact.question is not None:
            return self._counted[fact.key].get(code, Found(Fraction(0)))
        kept = [dict.fromkeys(self._counted[part].get(code, Found(None)).entries) for part in fact.parts]
        entries = tuple(dict.fromkeys(e for entries in kept for e in entries))
        if fact.all_of:
            entries = tuple(e for e in entries if all(e in each for each in kept))
        return Found(len(entries) * fact.times, entries)

    def _list(self, fact: ScoreFact, code: str) -> Found:
        asked = self.setting.pack.lists[fact.list]
        inside = self.tree.subtree(code, self.day)
        node = code if self.card.units is None else self.setting.regions.root
        entries = []
        for each in work_list(self.setting, asked, node, self.day, books=self.books):
            unit = each.unit or (each.now.unit if each.now is not None else "")
            if self.card.units is None or unit in inside:
                named = [(f.ledger, f.number) for f in each.facts] or [(asked.listed, each.number)]
                entries.append([Entry(ledger, number, self.day) for ledger, number in named if number])
        return Found(len(entries) * fact.times, tuple(e for each in entries for e in each))

    @cached_property
    def _counted(self) -> Mapping[str, Mapping[str, Found]]:
        """Fact → who is scored → what the ledgers say, of the facts that ask a ledger."""
        return {key: dict(self._count(fact)) for key, fact in self.card.facts.items() if fact.question is not None}

    def _count(self, fact: ScoreFact) -> Iterator[tuple[str, Found]]:
        question = fact.question
        assert question is not None
        groups: dict[str, list[Standing]] = defaultdict(list)
        for record in self._standing(question):
            late = fact.start is not None and record.opened < fact.start
            if late or (fact.end is not None and record.opened > fact.end):
                continue
            for code in self._whose(record):
                groups[code].append(record)
        for code, records in groups.items():
            entries = tuple(dict.fromkeys(e for record in records for e in self._entries(fact, question, record)))
            if question.sum:
                values = (record.now.data.get(question.sum) for record in records)
                total = sum((exact(value) for value in values if not is_empty(value)), Fraction(0))
            else:
                total = Fraction(len(entries))
            yield code, Found(total * fact.times, entries)

    def _standing(self, question: Question) -> Iterator[Standing]:
        book = self.books.of(question.ledger)
        states = book.ledger.states
        for record in book.standing(question.where, self.day):
            if not question.reached or question.reached in states[record.now.state].reached:
                yield record

    def _whose(self, record: Standing) -> Sequence[str]:
        """Those whose record it is: of the branch in which it lies."""
        home = record.now.region if self.card.units is None else record.now.unit
        if home not in self.tree:
            return ()
        return [code for code in self.tree.path(home, self.day) if code in self._scored]

    @cached_property
    def _scored(self) -> frozenset[str]:
        return frozenset(self.scored)

    def _entries(self, fact: ScoreFact, question: Question, record: Standing) -> Iterator[Entry]:
        ledger = self.setting.pack.ledgers[question.ledger]
        if not fact.by:
            yield Entry(ledger.key, record.listed.number, record.opened, record.now.data)
            return
        field = ledger.fields.get(fact.by)
        own = record.now.unit if fact.by == "unit" else record.now.region
        for word in words_of(record.now.data.get(fact.by) if field is not None else own):
            link = field is not None and field.type is FieldType.LINK
            yield Entry(field.ledger if link and field is not None else "", word, 0)

    # -- marks, rulings, objections ----------------------------------------------------------------------------------

    def _records(self, ledger: str) -> Iterator[Standing]:
        if ledger in self.setting.pack.ledgers:
            yield from self.books.of(ledger).standing((), self.day)

    @cached_property
    def marks(self) -> Mapping[str, Mapping[str, Mapping[str, Mark]]]:
        """考评 or 自评 → who is scored → what is marked → the mark."""
        facts = words.marked_facts(self.card)
        found: dict[str, dict[str, dict[str, Mark]]] = {kind: defaultdict(dict) for kind in (words.OFFICE, words.OWN)}
        for record in self._records(self.card.marks):
            data = record.now.data
            about, kind = str(data.get(words.ABOUT)), str(data.get(words.KIND))
            home = record.now.region if self.card.units is None else record.now.unit
            if kind not in found:
                continue
            fact = facts.get(about)
            said = data.get(words.POINTS if kind == words.OWN else _said_in(fact))
            value = None if is_empty(said) else said if isinstance(said, str) else exact(said)
            sample = data.get(words.SAMPLE)
            files = data.get(words.EVIDENCE) or ()
            found[kind][home][about] = Mark(
                record.listed.number,
                record.opened,
                value,
                None if is_empty(sample) else exact(sample),
                str(data.get(words.REASON) or ""),
                str(data.get(words.SIGNER) or ""),
                tuple(str(file["name"]) for file in files),
            )
        return found

    @cached_property
    def rulings(self) -> Mapping[str, Ruling]:
        """Doubt → how it was ruled."""
        found = {}
        for record in self._records(self.card.rulings):
            data = record.now.data
            found[str(data[words.DOUBT])] = Ruling(
                record.listed.number,
                record.opened,
                str(data[words.READING]),
                str(data.get(words.OFFICE_NAME) or ""),
                str(data.get(words.PAPER) or ""),
            )
        return found

    def objections(self, code: str) -> Mapping[str, tuple[Objection, ...]]:
        """Item, as its marks call it → the objections of one who is scored."""
        found: dict[str, list[Objection]] = defaultdict(list)
        for record in self._records(self.card.objections):
            data = record.now.data
            if (record.now.region if self.card.units is None else record.now.unit) == code:
                told = [str(data.get(key) or "") for key in (words.REASON, words.REPLY_FIELD)]
                found[str(data[words.ABOUT])].append(
                    Objection(record.listed.number, record.opened, record.now.state, *told)
                )
        return {about: tuple(each) for about, each in found.items()}


def _said_in(fact: ScoreFact | None) -> str:
    return words.COUNT if fact is None or fact.mark == NUMBER else words.ANSWER


def exact(value: Any) -> Fraction:
    """A number as records keep it, with the digits that it shows: 0.1 is a tenth."""
    return Fraction(str(value))
