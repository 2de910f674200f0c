"""Do the scorecards of a pack hold together? Everything named exists, every rule can be reckoned.

What a printed rubric leaves open is no defect of the pack: `card_notes` tells that.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

from zhuanban.core.problem import Kind
from zhuanban.pack import problems
from zhuanban.pack.card_ledger import answers_of, items_called, marked_facts
from zhuanban.pack.checker import NUMERIC, Checker
from zhuanban.pack.problems import hint
from zhuanban.pack.scorecard import Clause, Path, Scorecard, ScoreFact, doubts_of, variants
from zhuanban.pack.values import FieldType, Ledger
from zhuanban.pack.vocabulary import TYPE_WORDS

MOST_READINGS = 4096  # combinations of readings that one item, or all that items share, may have


def check_cards(checks: Checker) -> None:
    """Posts, levels, ledgers, lists, facts, groups, items, doubts and readings exist and fit."""
    for card in checks.pack.scorecards.values():
        _CardCheck(checks, card).run()


class _CardCheck:
    def __init__(self, checks: Checker, card: Scorecard) -> None:
        self.checks = checks
        self.pack = checks.pack
        self.card = card
        self.here: Path = ("scorecards", card.key)

    def run(self) -> None:
        card, checks = self.card, self.checks
        checks.level(card.level, *self.here, "scored", "level")
        if card.units is not None and card.units.ledger:
            roster = checks.find_ledger(card.units.ledger, *self.here, "scored", "units", "roster")
            if roster is not None:
                checks.conditions(roster, card.units.where, *self.here, "scored", "units", "where", as_of=True)
        for word, posts in (("by", card.by), ("self_by", card.self_by), ("rules_by", card.rules_by)):
            checks.posts(posts, *self.here, word)
        for fact in card.facts.values():
            self.fact(fact, (*self.here, "facts", fact.key))
        for key, item in card.items.items():
            path = (*self.here, "items", key)
            if item.group not in card.groups:
                where = (*path, "group") if item.group else path
                checks.wrong(problems.NO_GROUP, *where, word=item.group, hint=hint(item.group, card.groups))
            if not any((item.tiers, item.ratio, item.add, item.deduct, item.series, item.parts)) and item.base is None:
                checks.wrong(problems.NO_RULE, *path, item=item.title)
            for clause, at in variants(item, path):
                self.clause(clause, at)
        self.doubts()
        self.names()
        self.many()

    def wrong(self, kind: Kind, /, *path: str | int, **words: object) -> None:
        self.checks.wrong(kind, *path, **words)

    def find(self, key: str, *path: str | int) -> ScoreFact | None:
        found = self.card.facts.get(key)
        if found is None and key:
            self.wrong(problems.NO_FACT, *path, word=key, hint=hint(key, self.card.facts))
        return found

    def number(self, key: str, what: str, *path: str | int) -> None:
        fact = self.find(key, *path)
        if fact is not None and not fact.numeric:
            self.wrong(problems.NOT_A_NUMBER, *path, fact=fact.title, what=what)

    # -- facts -------------------------------------------------------------------------------------------------------

    def fact(self, fact: ScoreFact, here: Path) -> None:
        if fact.question is not None:
            word = "sum" if fact.question.sum else "count"
            ledger = self.checks.find_ledger(fact.question.ledger, *here, word)
            if ledger is not None:
                self.question(fact, ledger, here)
        unread = {fact.list, "lists"} & set(self.checks.unread)
        if fact.list and fact.list not in self.pack.lists and not unread:
            self.wrong(problems.NO_LIST, *here, "list", word=fact.list, hint=hint(fact.list, self.pack.lists))
        for word, keys in (("any_of", fact.any_of), ("all_of", fact.all_of)):
            for i, key in enumerate(keys):
                part = self.find(key, *here, word, i)
                if part is not None and (part.question is None or part.question.sum):
                    self.wrong(problems.NOT_COUNTED, *here, word, i, fact=part.title, where=word)
        if fact.of:
            self.number(fact.of, "作抽查数", *here, "of")
        seen, key = {fact.key}, fact.of
        while key in self.card.facts:
            if key in seen:
                self.wrong(problems.FACT_LOOP, *here, "of", fact=fact.title)
                break
            seen.add(key)
            key = self.card.facts[key].of

    def question(self, fact: ScoreFact, ledger: Ledger, here: Path) -> None:
        question = fact.question
        assert question is not None
        self.checks.conditions(ledger, question.where, *here, "where", as_of=True, links=True)
        self.checks.reached(ledger, question.reached, *here, "reached")
        if fact.by:
            self.checks.find_field(ledger, fact.by, *here, "by", also=("unit", "region"))
        if question.sum:
            field = self.checks.find_field(ledger, question.sum, *here, "sum")
            if field is not None and field.type not in NUMERIC:
                kind = TYPE_WORDS[field.type]
                self.wrong(problems.SUM_OF_WORDS, *here, "sum", field=field.title, kind=kind)

    # -- items -------------------------------------------------------------------------------------------------------

    def clause(self, clause: Clause, here: Path) -> None:
        for i, tier in enumerate(clause.tiers):
            at = (*here, "tiers", i)
            fact = self.find(tier.fact, *at, "fact")
            for word, bound in (("from", tier.low), ("to", tier.high)):
                if isinstance(bound, str):
                    self.number(bound, "作界限", *at, word)
                if bound is not None and fact is not None and not fact.numeric:
                    self.wrong(problems.NOT_A_NUMBER, *at, word, fact=fact.title, what="用 from、to 分档")
            for said in tier.words if fact is not None else ():
                known = answers_of(fact) if fact is not None else ()
                if fact is not None and said not in known:
                    self.wrong(problems.NOT_A_WORD, *at, "is", fact=fact.title, word=said, hint=hint(said, known))
        for i, key in enumerate(clause.ratio or ()):
            self.number(key, "相除", *here, "ratio", i)
        for word, terms in (("add", clause.add), ("deduct", clause.deduct)):
            for i, term in enumerate(terms):
                self.number(term.fact, "逐个计分", *here, word, i, "fact")
        if clause.series is not None:
            self.series(clause, (*here, "series"))
        if clause.applies_if:
            self.find(clause.applies_if, *here, "applies_if")
        low, high = clause.at_least, clause.at_most
        if low is not None and high is not None and low > high:
            self.wrong(problems.EMPTY_BOUNDS, *here, "at_least", low=low, high=high)
        for doubt, names in clause.readings.items():
            self.readings(doubt, names, (*here, "readings", doubt))

    def series(self, clause: Clause, here: Path) -> None:
        series = clause.series
        assert series is not None
        fact = self.find(series.fact, *here, "fact")
        if fact is None:
            return
        if fact.question is None or fact.question.sum or fact.by:
            self.wrong(problems.NOT_COUNTED, *here, "fact", fact=fact.title, where="series")
            return
        ledger = self.pack.ledgers.get(fact.question.ledger)
        if ledger is None:
            return
        field = self.checks.find_field(ledger, series.by, *here, "by")
        for word, _ in series.more if field is not None else ():
            if field is not None:
                self.checks.fits(field, word, *here, "more", word)
        if series.on:
            day = self.checks.find_field(ledger, series.on, *here, "on")
            if day is not None and day.type is not FieldType.DATE:
                words = {"word": "on", "wanted": TYPE_WORDS[FieldType.DATE], "kind": TYPE_WORDS[day.type]}
                self.wrong(problems.NOT_THAT_FIELD, *here, "on", field=day.title, hint="请换一个栏目。", **words)

    # -- doubts ------------------------------------------------------------------------------------------------------

    def doubts(self) -> None:
        for doubt, names in self.card.readings.items():
            self.readings(doubt, names, (*self.here, "readings", doubt))
        for key, each in self.card.doubts.items():
            for i, item in enumerate(each.items):
                if item not in self.card.items:
                    path = (*self.here, "doubts", key, "items", i)
                    self.wrong(problems.NO_ITEM, *path, word=item, hint=hint(item, self.card.items))

    def readings(self, doubt: str, names: object, here: Path) -> None:
        known = self.card.doubts.get(doubt)
        if known is None:
            self.wrong(problems.NO_DOUBT, *here, word=doubt, hint=hint(doubt, self.card.doubts))
            return
        assert isinstance(names, dict)
        for name in names:
            if name not in known.readings:
                self.wrong(problems.NO_READING, *here, name, doubt=doubt, word=name, hint=hint(name, known.readings))

    def names(self) -> None:
        """What marks and rulings call a thing, only one thing is called."""
        said = Counter(chain(marked_facts(self.card), items_called(self.card).values()))
        titles = Counter(fact.title for fact in self.card.facts.values() if fact.mark)
        for word, times in (said | titles).items():
            if times > 1:
                self.wrong(problems.CALLED_TWICE, *self.here, word=word)

    def many(self) -> None:
        """The readings of one item, and those that items share, can be gone through."""
        asked = {key: doubts_of(item) for key, item in self.card.items.items()}
        told = Counter(doubt for doubts in asked.values() for doubt in doubts)
        shared = [d for d, n in told.items() if n > 1 or d in self.card.readings]
        for path, doubts in (
            (self.here, {*shared, *self.card.readings}),
            *(((*self.here, "items", key), doubts) for key, doubts in asked.items()),
        ):
            n = 1
            for doubt in doubts:
                n *= len(self.card.doubts[doubt].readings) + 1 if doubt in self.card.doubts else 1
            if n > MOST_READINGS:
                self.wrong(problems.READINGS_MANY, *path, most=MOST_READINGS)
