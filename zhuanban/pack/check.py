"""Does a pack hold together? Everything named exists, every record can move, every figure can be made.

Works on a pack as read, wrong parts and all, and reports every defect. `place(*path)` says where a path of the YAML
was written: `place("ledgers", "leads", "workflow", "moves", "办结", "needs", 0)`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from zhuanban.core.day import iso
from zhuanban.core.problem import Problem
from zhuanban.pack import problems
from zhuanban.pack.check_alarm import check_alarms
from zhuanban.pack.check_card import check_cards
from zhuanban.pack.check_duty import check_duties
from zhuanban.pack.check_list import check_lists
from zhuanban.pack.check_places import check_places
from zhuanban.pack.check_rules import check_rules
from zhuanban.pack.check_tables import TableChecker
from zhuanban.pack.checker import NUMERIC, Checker, PlaceOf
from zhuanban.pack.problems import hint
from zhuanban.pack.values import FILE_TYPES, NEW, SAME, Field, FieldType, Guard, Ledger, Move, Pack
from zhuanban.pack.vocabulary import TYPE_WORDS

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_GOOD_PLACEHOLDER = re.compile(r"(region|unit|year|seq)(:0?[1-9][0-9]?)?", re.ASCII)
_RECORD_WORDS = ("state", "unit", "region")
_NOT_A_KEY = FILE_TYPES | {FieldType.POINT, FieldType.LONG_TEXT}


def check(pack: Pack, place: PlaceOf, unread: Collection[str] = ()) -> list[Problem]:
    """Every defect of a pack. `unread`: stems of files that could not be parsed; what they would hold is not missed."""
    whole, tables = _PackChecker(pack, place, unread), TableChecker(pack, place, unread)
    whole.run()
    for table in pack.tables.values():
        tables.table(table)
    check_rules(whole)
    check_duties(whole)
    check_alarms(whole)
    check_lists(whole)
    check_cards(whole)
    return [*whole.problems, *tables.problems, *check_places(pack, place, "layers" in unread)]


class _PackChecker(Checker):
    """Checks stages, draws and ledgers."""

    def run(self) -> None:
        for ledger in self.pack.ledgers.values():
            self.ledger(ledger)
        self.stages()
        self.overview()
        self.goals()
        self.draws()

    def stages(self) -> None:
        for key, stage in self.pack.stages.items():
            if stage.start is not None and stage.end is not None and stage.end < stage.start:
                days = {"start": iso(stage.start), "end": iso(stage.end)}
                self.wrong(problems.ENDS_BEFORE, "stages", key, "end", stage=stage.title, **days)

    def overview(self) -> None:
        for i, name in enumerate(self.pack.overview):
            if name not in self.pack.tables and name not in self.unread and "tables" not in self.unread:
                self.wrong(problems.NO_TABLE, "overview", i, word=name, hint=hint(name, self.pack.tables))

    def goals(self) -> None:
        for key, goal in self.pack.goals.items():
            for i, name in enumerate(goal.tables):
                if name not in self.pack.tables and name not in self.unread and "tables" not in self.unread:
                    self.wrong(
                        problems.NO_TABLE, "goals", key, "measured_by", i, word=name, hint=hint(name, self.pack.tables)
                    )

    def draws(self) -> None:
        for key, draw in self.pack.draws.items():
            self.level(draw.level, "draws", key, "level")
            self.level(draw.stratum, "draws", key, "in_each")
            ledger = self.find_ledger(draw.ledger, "draws", key, "ledger") if draw.ledger else None
            if ledger is not None:
                self.conditions(ledger, draw.where, "draws", key, "where", as_of=True)
            self.posts(draw.by, "draws", key, "by")

    def ledger(self, ledger: Ledger) -> None:
        if ledger.card:  # made by the reader from the card's own words, which are looked at there
            return
        if ledger.duty:  # made by the reader: only its fields are the pack's words
            for own in ledger.fields.values():
                self.field(ledger, own)
            self.heads(ledger)
            return
        here = ("ledgers", ledger.key)
        self.level(ledger.region_level, *here, "region", "level")
        if ledger.stage and ledger.stage not in self.pack.stages:
            advice = hint(ledger.stage, self.pack.stages)
            self.wrong(problems.NO_STAGE, *here, "stage", word=ledger.stage, hint=advice)
        self.posts(ledger.seen_by, *here, "seen_by")
        self.posts(ledger.amend_by, *here, "amend_by")
        self.number_pattern(ledger)
        for word, names, what in (("one_per", ledger.one_per, "认出唯一"), ("match", ledger.match, "对应条目")):
            for i, name in enumerate(names):
                path = (*here, word, "fields", i) if ledger.one_per_says and word == "one_per" else (*here, word, i)
                field = self.find_field(ledger, name, *path, also=("region", "unit"))
                long = (
                    field is not None and field.type is FieldType.LONG_TEXT and word == "match"
                )  # a sheet may go by it
                if field is not None and not long and (field.type in _NOT_A_KEY or field.many):
                    kind = TYPE_WORDS[field.type]
                    self.wrong(problems.NOT_A_KEY, *path, kind=kind, field=field.title, what=what)
        for field in ledger.fields.values():
            self.field(ledger, field)
        self.heads(ledger)
        self.record_checks(ledger)
        self.likely(ledger)
        self.workflow(ledger)

    def number_pattern(self, ledger: Ledger) -> None:
        pattern, path = ledger.number_pattern, ("ledgers", ledger.key, "number", "pattern")
        if not pattern:
            return
        names = _PLACEHOLDER.findall(pattern)
        for name in names:
            if not _GOOD_PLACEHOLDER.fullmatch(name):
                self.wrong(problems.BAD_PLACEHOLDER, *path, word="{" + name + "}")
        rest = _PLACEHOLDER.sub("", pattern)
        if "{" in rest or "}" in rest:
            self.wrong(problems.BAD_PLACEHOLDER, *path, word="{" if "{" in rest else "}")
        if not any(name.partition(":")[0] == "seq" for name in names):
            self.wrong(problems.NO_SEQ, *path, pattern=pattern)

    def field(self, ledger: Ledger, field: Field) -> None:
        here = ("ledgers", ledger.key, "fields", field.key)
        if field.key in _RECORD_WORDS:
            self.wrong(problems.WORD_TAKEN, *here, word=field.key, what="栏目")
        if field.type is FieldType.LINK and field.ledger:
            self.find_ledger(field.ledger, *here, "ledger")
        if field.type is FieldType.CHOICE and not field.options:
            self.wrong(problems.NO_OPTIONS, *here, field=field.title)
        spelt = Counter(word for option in field.options for word in {option.title, *option.aliases})
        for word, times in spelt.items():
            if times > 1:
                self.wrong(problems.OPTION_TWICE, *here, "options", field=field.title, word=word)
        if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
            bounds = {"low": field.minimum, "high": field.maximum}
            self.wrong(problems.EMPTY_RANGE, *here, "minimum", field=field.title, **bounds)
        if field.personal and not field.seen_by:
            self.wrong(problems.PERSONAL_UNSEEN, *here, "personal", field=field.title)
        self.posts(field.seen_by, *here, "seen_by")
        self.limit(field, *here, "limit")
        if field.compares:
            self.comparison(ledger, field, *here)

    def comparison(self, ledger: Ledger, field: Field, *here: str | int) -> None:
        """A field that compares has its three words, and nobody else fills it."""
        self.comparable(ledger, field.compares, field.than, *here, word="compares")
        if len(field.options) != 3 or field.open or field.many:
            self.wrong(problems.THREE_WORDS, *here, field=field.title)
        if field.required:
            self.wrong(problems.COMPARED, *here, "required", field=field.title, what="不能必填")
        for word, name in (("compares", field.compares), ("than", field.than.rpartition(".")[2])):
            where = ledger
            if word == "than" and "." in field.than:
                link = ledger.fields.get(field.than.partition(".")[0])
                where = self.pack.ledgers.get(link.ledger, ledger) if link is not None else ledger
            if (named := where.fields.get(name)) is not None and named.compares:
                self.wrong(problems.COMPARED, *here, word, field=named.title, what="不能再拿来比较")
        if any(rule.key == field.key for rule in ledger.rules):
            self.wrong(problems.COMPARED, "ledgers", ledger.key, "rules", field.key, field=field.title, what="不用规则")
        for move in ledger.moves.values():
            if any(key == field.key for key, _ in move.sets):
                at = ("ledgers", ledger.key, "workflow", "moves", move.key, "sets", field.key)
                self.wrong(problems.COMPARED, *at, field=field.title, what="不由流转写入")

    def limit(self, field: Field, *path: str | int) -> None:
        name, item = field.limit
        if not name:
            return
        standard = self.pack.standards.get(name)
        if standard is None:
            if "standards" not in self.unread:
                self.wrong(problems.NO_STANDARD, *path, "standard", word=name, hint=hint(name, self.pack.standards))
            return
        limit = standard.limits.get(item)
        if limit is None:
            advice = hint(item, standard.limits)
            self.wrong(problems.NO_LIMIT, *path, "item", standard=standard.title, word=item, hint=advice)
        elif limit.unit != field.unit:
            words = {"one": field.unit, "two": limit.unit}
            self.wrong(problems.OTHER_UNIT, *path, field=field.title, limit=limit.title, **words)

    def heads(self, ledger: Ledger) -> None:
        """A sheet's column head means one thing. Two moves may share a head; their states tell them apart."""
        taken: dict[str, str] = {}

        def take(means: str, heads: Iterable[str], *path: str | int) -> None:
            for head in dict.fromkeys(heads):
                if taken.setdefault(head, means) != means:
                    self.wrong(problems.SAME_HEAD, *path, head=head, one=taken[head], two=means)

        here = ("ledgers", ledger.key)
        take("编号", (ledger.number_title, *ledger.number_aliases), *here, "number")
        take("所属网格", (ledger.region_title, *ledger.region_aliases), *here, "region")
        for field in ledger.fields.values():
            take(f"栏目“{field.key}”", (field.title, *field.aliases), *here, "fields", field.key)
        for move in ledger.moves.values():
            if move.date:
                heads = (move.date, *move.date_aliases)
                take("流转的日期", heads, *here, "workflow", "moves", move.key, "date")
        if ledger.unit_required or self.place(*here, "unit") != self.place(*here):
            take("责任单位", (ledger.unit_title, *ledger.unit_aliases), *here, "unit")

    def record_checks(self, ledger: Ledger) -> None:
        for i, each in enumerate(ledger.checks):
            here = ("ledgers", ledger.key, "checks", i)
            if each.kind == "if":
                self.conditions(ledger, each.given, *here, "if")
                self.conditions(ledger, each.then, *here, "then")
                continue
            if len(each.fields) < 2:
                self.wrong(problems.TOO_FEW, *here)
            found = [self.find_field(ledger, name, *here, each.kind, n) for n, name in enumerate(each.fields)]
            if each.kind != "ordered":
                continue
            kinds = [field.type for field in found if field is not None]
            dates = bool(kinds) and kinds[0] is FieldType.DATE
            for field in found:
                fits = field is None or (field.type is FieldType.DATE if dates else field.type in NUMERIC)
                if field is not None and not fits:
                    kind = TYPE_WORDS[field.type]
                    self.wrong(problems.NOT_ORDERED, *here, "ordered", field=field.title, kind=kind)

    def likely(self, ledger: Ledger) -> None:
        """Likely doubles are looked for in a ledger that there is, by fields that both have and that mean the same."""
        for i, rule in enumerate(ledger.likely):
            here = ("ledgers", ledger.key, "likely", i)
            other = self.find_ledger(rule.ledger, *here, "ledger")
            if other is None:
                continue
            for each in dict.fromkeys((ledger.key, other.key)) if rule.point else ():
                field = self.find_field(self.pack.ledgers[each], rule.point, *here, "near", "point")
                if field is not None and field.type is not FieldType.POINT:
                    words = {"wanted": TYPE_WORDS[FieldType.POINT], "kind": TYPE_WORDS[field.type]}
                    advice = "请写点位栏目。"
                    self.wrong(
                        problems.NOT_THAT_FIELD,
                        *here,
                        "near",
                        "point",
                        word="point",
                        field=field.title,
                        hint=advice,
                        **words,
                    )
            for n, key in enumerate(rule.same):
                one = self.find_field(ledger, key, *here, "same", n)
                two = self.find_field(other, key, *here, "same", n)
                if one is None or two is None:
                    continue
                if one.type is not two.type or one.type in FILE_TYPES | {FieldType.POINT}:
                    kinds = {"one": TYPE_WORDS[one.type], "two": TYPE_WORDS[two.type]}
                    self.wrong(problems.NOT_ALIKE, *here, "same", n, field=one.title, **kinds)

    def workflow(self, ledger: Ledger) -> None:
        here = ("ledgers", ledger.key, "workflow")
        for state in ledger.states.values():
            if state.key in (NEW, SAME):
                self.wrong(problems.WORD_TAKEN, *here, "states", state.key, word=state.key, what="状态")
            self.posts(state.seen_by, *here, "states", state.key, "seen_by")
        for move in ledger.moves.values():
            self.move(ledger, move)
        if ledger.states and not ledger.opening:
            self.wrong(problems.NO_OPENING, *here, ledger=ledger.title)
        else:
            self.ways(ledger)
        self.same_moves(ledger)

    def move(self, ledger: Ledger, move: Move) -> None:
        here = ("ledgers", ledger.key, "workflow", "moves", move.key)
        if self.place(*here[:3]) == self.place(*here[:2]):
            return  # the bare workflow, made by the reader: its posts are those of amend_by, looked at there
        if not move.by:
            self.wrong(problems.NOBODY, *here, move=move.key)
        self.posts(move.by, *here, "by")
        for word, names in (("from", move.from_), ("to", (move.to,))):
            free = NEW if word == "from" else SAME
            for i, name in enumerate(names):
                if name and name != free and name not in ledger.states:
                    advice = hint(name, (*ledger.states, free))
                    self.wrong(problems.NO_STATE, *here, word, i, ledger=ledger.title, word=name, hint=advice)
        if NEW in move.from_ and move.to == SAME:
            self.wrong(problems.NEW_SAME, *here, "to", move=move.key)
        for i, name in enumerate(move.needs):
            self.find_field(ledger, name, *here, "needs", i)
        for i, name in enumerate(move.not_by):
            if name not in ledger.moves:
                advice = hint(name, ledger.moves)
                self.wrong(problems.NO_MOVE, *here, "not_by", i, ledger=ledger.title, word=name, hint=advice)
        for name, value in move.sets:
            field = self.find_field(ledger, name, *here, "sets", name)
            if field is not None:
                self.value(ledger, field, value, *here, "sets", name)
        for i, proof in enumerate(move.needs_when):
            self.conditions(ledger, proof.where, *here, "needs_when", i, "where")
            for n, name in enumerate(proof.needs):
                self.find_field(ledger, name, *here, "needs_when", i, "needs", n)
        for i, guard in enumerate(move.requires):
            self.guard(guard, *here, "requires", i)

    def guard(self, guard: Guard, *here: str | int) -> None:
        self.level(guard.level, *here, "level")
        if guard.kind == "here":
            self.conditions(self.pack.ledgers[guard.ledger], guard.where, *here, "here", as_of=True)
            return
        ledger = self.find_ledger(guard.ledger, *here, guard.kind)
        if ledger is not None:
            self.conditions(ledger, guard.where, *here, "where")

    def ways(self, ledger: Ledger) -> None:
        """Every state can be reached from an opening; every state that is not closed has some move."""
        here = ("ledgers", ledger.key, "workflow", "states")
        seen: set[str] = set()
        waiting = [NEW]
        while waiting:
            state = waiting.pop()
            for move in ledger.moves.values():
                if state in move.from_ and move.to not in seen and move.to != SAME:
                    seen.add(move.to)
                    waiting.append(move.to)
        for key, each in ledger.states.items():
            if key not in seen:
                self.wrong(problems.UNREACHABLE, *here, key, state=key)
            # A move that stays (更新) is a way on too: such a ledger is kept up to date, not finished.
            if not each.closed and not any(key in move.from_ for move in ledger.moves.values()):
                self.wrong(problems.DEAD_END, *here, key, state=key)

    def same_moves(self, ledger: Ledger) -> None:
        moves = list(ledger.moves.values())
        for i, move in enumerate(moves):
            for other in moves[:i]:
                same = move.to == other.to and move.date == other.date
                if same and set(move.from_) & set(other.from_) and set(move.by) & set(other.by):
                    here = ("ledgers", ledger.key, "workflow", "moves", move.key)
                    self.wrong(problems.SAME_MOVE, *here, move=move.key, other=other.key)
