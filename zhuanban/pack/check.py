"""Does a pack hold together? Everything named exists, every record can move, every figure can be made.

Works on a pack as read, wrong parts and all, and reports every defect. `place(*path)` says where a path of the YAML
was written: `place("ledgers", "leads", "workflow", "moves", "办结", "needs", 0)`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from zhuanban.core.day import iso
from zhuanban.core.problem import Kind, Place, Problem
from zhuanban.pack import problems
from zhuanban.pack.check_alarm import check_alarms
from zhuanban.pack.check_duty import check_duties
from zhuanban.pack.check_places import check_places
from zhuanban.pack.problems import hint
from zhuanban.pack.tree import day_of_text
from zhuanban.pack.values import (
    CHOICES,
    FILE_TYPES,
    NEW,
    SAME,
    Column,
    Condition,
    Field,
    FieldType,
    Guard,
    Ledger,
    Move,
    Pack,
    Table,
)
from zhuanban.pack.vocabulary import COLUMN_WORDS, TYPE_WORDS

PlaceOf = Callable[..., Place]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_GOOD_PLACEHOLDER = re.compile(r"(region|unit|year|seq)(:0?[1-9][0-9]?)?", re.ASCII)
_RECORD_WORDS = ("state", "unit", "region")
_NUMERIC = frozenset({FieldType.INTEGER, FieldType.NUMBER})
_NOT_A_KEY = FILE_TYPES | {FieldType.POINT, FieldType.LONG_TEXT}


def check(pack: Pack, place: PlaceOf, unread: Collection[str] = ()) -> list[Problem]:
    """Every defect of a pack. `unread`: stems of files that could not be parsed; what they would hold is not missed."""
    return Checker(pack, place, unread).run()


class Checker:
    def __init__(self, pack: Pack, place: PlaceOf, unread: Collection[str]) -> None:
        self.pack = pack
        self.place = place
        self.unread = unread
        self.problems: list[Problem] = []

    def run(self) -> list[Problem]:
        for ledger in self.pack.ledgers.values():
            self.ledger(ledger)
        for table in self.pack.tables.values():
            self.table(table)
        self.stages()
        self.overview()
        self.draws()
        self.lists()
        check_duties(self)
        check_alarms(self)
        return [*self.problems, *check_places(self.pack, self.place, "layers" in self.unread)]

    def wrong(self, problem: Kind, /, *path: str | int, **words: object) -> None:
        self.problems.append(problem.at(self.place(*path), **words))

    # Names

    def posts(self, names: Iterable[str], *path: str | int) -> None:
        if "pack" in self.unread:
            return
        for i, name in enumerate(names):
            if name not in self.pack.posts:
                self.wrong(problems.NO_POST, *path, i, word=name, hint=hint(name, self.pack.posts))

    def level(self, name: str, *path: str | int, also: Iterable[str] = ()) -> None:
        known = [level.key for level in self.pack.grid.levels]
        if name and name not in known and "pack" not in self.unread:
            self.wrong(problems.NO_LEVEL, *path, word=name, hint=hint(name, (*known, *also)))

    def find_ledger(self, name: str, *path: str | int) -> Ledger | None:
        found = self.pack.ledgers.get(name)
        if found is None and name and name not in self.unread and "ledgers" not in self.unread:
            self.wrong(problems.NO_LEDGER, *path, word=name, hint=hint(name, self.pack.ledgers))
        return found

    def find_field(self, ledger: Ledger, name: str, *path: str | int, also: tuple[str, ...] = ()) -> Field | None:
        found = ledger.fields.get(name)
        if found is None and name not in also:
            advice = hint(name, (*ledger.fields, *also))
            self.wrong(problems.NO_FIELD, *path, ledger=ledger.title, word=name, hint=advice)
        return found

    def reached(self, ledger: Ledger, name: str, *path: str | int) -> None:
        known = dict.fromkeys(m for state in ledger.states.values() for m in state.reached)
        if name and name not in known:
            self.wrong(problems.NO_MILESTONE, *path, ledger=ledger.title, word=name, hint=hint(name, known))

    # Pack

    def stages(self) -> None:
        for key, stage in self.pack.stages.items():
            if stage.start is not None and stage.end is not None and stage.end < stage.start:
                days = {"start": iso(stage.start), "end": iso(stage.end)}
                self.wrong(problems.ENDS_BEFORE, "stages", key, "end", stage=stage.title, **days)

    def overview(self) -> None:
        for i, name in enumerate(self.pack.overview):
            if name not in self.pack.tables and name not in self.unread and "tables" not in self.unread:
                self.wrong(problems.NO_TABLE, "overview", i, word=name, hint=hint(name, self.pack.tables))

    def draws(self) -> None:
        for key, draw in self.pack.draws.items():
            self.level(draw.level, "draws", key, "level")
            self.level(draw.stratum, "draws", key, "in_each")
            self.posts(draw.by, "draws", key, "by")

    def lists(self) -> None:
        for key, each in self.pack.lists.items():
            ledger = self.find_ledger(each.ledger, "lists", key, "ledger")
            if ledger is not None:
                links = [f.key for f in ledger.fields.values() if f.type is FieldType.LINK]
                self.level(each.missing_level, "lists", key, "missing", also=links)
                self.conditions(ledger, each.where, "lists", key, "where", as_of=True)
            listed = self.pack.ledgers.get(each.listed)
            if listed is not None:
                self.conditions(listed, each.among, "lists", key, "among", as_of=True)

    # Ledgers

    def ledger(self, ledger: Ledger) -> None:
        if ledger.duty:  # made by the reader: only its fields are the pack's words
            for own in ledger.fields.values():
                self.field(ledger, own)
            self.heads(ledger)
            return
        here = ("ledgers", ledger.key)
        self.level(ledger.region_level, *here, "region", "level")
        self.posts(ledger.seen_by, *here, "seen_by")
        self.posts(ledger.amend_by, *here, "amend_by")
        self.number_pattern(ledger)
        for word, names, what in (("one_per", ledger.one_per, "认出唯一"), ("match", ledger.match, "对应条目")):
            for i, name in enumerate(names):
                path = (*here, word, "fields", i) if ledger.one_per_says and word == "one_per" else (*here, word, i)
                field = self.find_field(ledger, name, *path, also=("region", "unit"))
                if field is not None and (field.type in _NOT_A_KEY or field.many):
                    kind = TYPE_WORDS[field.type]
                    self.wrong(problems.NOT_A_KEY, *path, kind=kind, field=field.title, what=what)
        for field in ledger.fields.values():
            self.field(ledger, field)
        self.heads(ledger)
        self.record_checks(ledger)
        self.rules(ledger)
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
                fits = field is None or (field.type is FieldType.DATE if dates else field.type in _NUMERIC)
                if field is not None and not fits:
                    kind = TYPE_WORDS[field.type]
                    self.wrong(problems.NOT_ORDERED, *here, "ordered", field=field.title, kind=kind)

    def rules(self, ledger: Ledger) -> None:
        """Rules fill fields that exist with values that can occur; only the last case may hold always."""
        for rule in ledger.rules:
            here = ("ledgers", ledger.key, "rules", rule.key)
            field = self.find_field(ledger, rule.key, *here)
            for i, case in enumerate(rule.cases):
                path = (*here, "cases", i)
                self.conditions(ledger, case.where, *path, "where")
                if any(condition.field == rule.key for condition in case.where):
                    self.wrong(problems.RULE_ASKS_ITSELF, *path, field=rule.key)
                if not case.where and i + 1 < len(rule.cases):
                    self.wrong(problems.CASE_NEVER, *here, "cases", i + 1, n=i + 2, always=i + 1)
                if field is not None:
                    word = "days_after" if isinstance(case.value, tuple) else "is"
                    self.value(ledger, field, case.value, *path, word)

    # Workflow

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

    def value(self, ledger: Ledger, field: Field, value: object, *path: str | int) -> None:
        """A value that a move or a rule writes."""
        kind = TYPE_WORDS[field.type]
        later = value[0] if isinstance(value, tuple) and len(value) == 2 else ""
        if later == "copy" and isinstance(value, tuple):
            other = self.find_field(ledger, str(value[1]), *path, "copy")
            if other is not None and (other.type, other.many) != (field.type, field.many):
                self.wrong(problems.COPY_OTHER, *path, "copy", one=other.title, two=field.title)
            return
        if later == "days_after":
            if field.type is not FieldType.DATE:
                self.wrong(
                    problems.WRONG_VALUE,
                    *path,
                    value="days_after",
                    kind=kind,
                    field=field.title,
                    hint="它只用于日期栏目。",
                )
            return
        values = value if isinstance(value, tuple) else (value,)
        listed = isinstance(value, tuple)
        if value is None:
            self.wrong(problems.ALL_EMPTY, *path, word=field.key)
        elif listed and not field.many:
            shown = "、".join(map(str, values))
            self.wrong(problems.WRONG_VALUE, *path, value=shown, kind=kind, field=field.title, hint="请只写一个值。")
        else:
            for each in values:
                self.fits(field, each, *path)

    def fits(self, field: Field, value: object, *path: str | int) -> None:
        """Can this value occur in the field?"""
        kind = TYPE_WORDS[field.type]
        words: dict[str, object] = {"value": value, "kind": kind, "field": field.title}
        if field.type in CHOICES:
            titles = [option.title for option in field.options]
            if not field.open and titles and value not in titles:
                advice = self._option_hint(field, str(value))
                self.wrong(problems.NO_OPTION, *path, field=field.title, word=value, hint=advice)
        elif field.type is FieldType.YES_NO:
            if value not in ("是", "否"):
                self.wrong(problems.WRONG_VALUE, *path, **words, hint="请写 是 或 否。")
        elif field.type in _NUMERIC:
            if not isinstance(value, int | float) or (field.type is FieldType.INTEGER and isinstance(value, float)):
                self.wrong(problems.WRONG_VALUE, *path, **words, hint="请写数字。")
        elif field.type is FieldType.DATE:
            if day_of_text(str(value)) is None:
                self.wrong(problems.WRONG_VALUE, *path, **words, hint="日期写作 2023-12-08。")
        elif field.type in FILE_TYPES or field.type is FieldType.POINT:
            self.wrong(problems.WRONG_VALUE, *path, **words, hint="只能用 empty 或 filled 判断，由办理人填写。")

    def _option_hint(self, field: Field, word: str) -> str:
        for option in field.options:
            if word in option.aliases:
                return f"“{word}”是“{option.title}”的别名，请写“{option.title}”。"
        return hint(word, [option.title for option in field.options])

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

    # Conditions

    def conditions(self, ledger: Ledger, where: Iterable[Condition], *path: str | int, as_of: bool = False) -> None:
        for condition in where:
            self.condition(ledger, condition, (*path, condition.field), as_of)

    def condition(self, ledger: Ledger, condition: Condition, path: tuple[str | int, ...], as_of: bool) -> None:
        here = (*path, {"not_in": "not"}.get(condition.op, condition.op))
        if condition.value == "as_of" and condition.op in ("before", "on_or_after") and not as_of:
            self.wrong(problems.AS_OF_IN_TABLE, *here)
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        if condition.field == "state" and "state" not in ledger.fields:
            for value in values if condition.op in ("is", "in", "not_in") else ():
                if value not in ledger.states:
                    advice = hint(str(value), ledger.states)
                    self.wrong(problems.NO_STATE, *here, ledger=ledger.title, word=value, hint=advice)
        field = self.find_field(ledger, condition.field, *path, also=_RECORD_WORDS)
        kind = TYPE_WORDS[field.type] if field is not None else "文字"
        title = field.title if field is not None else condition.field
        if condition.op in ("at_least", "at_most") and (field is None or field.type not in _NUMERIC):
            if field is not None or condition.field in _RECORD_WORDS:
                words = {"kind": kind, "field": title, "op": condition.op}
                self.wrong(problems.NOT_FOR_OP, *here, **words, hint="它只用于 integer 和 number 栏目。")
        elif condition.op in ("before", "on_or_after") and (field is None or field.type is not FieldType.DATE):
            if field is not None or condition.field in _RECORD_WORDS:
                words = {"kind": kind, "field": title, "op": condition.op}
                self.wrong(problems.NOT_FOR_OP, *here, **words, hint="它只用于 date 栏目。")
        elif condition.op in ("is", "in", "not_in") and field is not None:
            for value in values:
                self.fits(field, value, *here)

    # Tables

    def table(self, table: Table) -> None:
        for column in table.columns.values():
            self.column(table, column)
        self.loops(table)
        self.rows(table)
        for order in table.orders:
            for name in (order.less, order.more):
                named = table.columns.get(name)
                if named is None:
                    advice = hint(name, table.columns)
                    self.problems.append(problems.NO_COLUMN.at(order.at, word=name, hint=advice))
                elif named.kind in ("ratio", "text"):
                    kind = COLUMN_WORDS[named.kind]
                    self.problems.append(problems.NOT_COMPARABLE.at(order.at, column=named.title, kind=kind))

    def column(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key)
        if column.level:
            self.regions(table, column)
        if column.question is not None:
            question = column.question
            word = "with" if column.level else "sum" if question.sum else "count"
            ledger = self.find_ledger(question.ledger, *here, word)
            if ledger is None:
                return
            self.conditions(ledger, question.where, *here, "where")
            self.reached(ledger, question.reached, *here, "reached")
            if question.sum:
                field = self.find_field(ledger, question.sum, *here, "sum")
                if field is not None and field.type not in _NUMERIC:
                    kind = TYPE_WORDS[field.type]
                    self.wrong(problems.SUM_OF_WORDS, *here, "sum", field=field.title, kind=kind)
            if table.rows.by not in ("region", "unit") and not column.level:
                by = ledger.fields.get(table.rows.by)
                if by is None or by.type not in CHOICES:
                    choices = [f.key for f in ledger.fields.values() if f.type in CHOICES]
                    advice = hint(table.rows.by, ("region", "unit", *choices))
                    words = {"by": table.rows.by, "column": column.title, "ledger": ledger.title}
                    self.wrong(problems.ROWS_NOT_COUNTED, *here, word, **words, hint=advice)
        elif column.ratio is not None:
            self.ratio(table, column)
        elif column.text is not None:
            self.text(table, column)
        elif not column.level:
            self.formula(table, column)

    def regions(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key)
        self.level(column.level, *here, "regions")
        if table.rows.by != "region":
            self.wrong(problems.REGIONS_IN_ROWS, *here, "regions", column=column.title, by=table.rows.by)
        ledger = self.pack.ledgers.get(column.question.ledger) if column.question is not None else None
        titles = {level.key: level.title for level in self.pack.grid.levels}
        if ledger is not None and ledger.region_level in titles and column.level in titles:
            depth = list(titles)
            if depth.index(ledger.region_level) < depth.index(column.level):
                words = {"column": column.title, "level": titles[column.level], "ledger": ledger.title}
                self.wrong(problems.LEVEL_ABOVE, *here, "regions", **words, own=ledger.region_level)

    def parts(self, table: Table, names: Iterable[str], *path: str | int) -> list[Column]:
        """The named columns; unknown ones are reported. Each with its place in the list."""
        found = []
        for i, name in enumerate(names):
            column = table.columns.get(name)
            if column is not None:
                found.append(column)
            elif name:
                self.wrong(problems.NO_COLUMN, *path, i, word=name, hint=hint(name, table.columns))
        return found

    def ratio(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key, "ratio")
        found = self.parts(table, column.ratio or (), *here)
        for part in found:
            if part.kind in ("ratio", "text"):
                words = {"column": column.title, "part": part.title, "kind": f"{COLUMN_WORDS[part.kind]}列"}
                self.wrong(problems.PART_NOT_COUNT, *here, **words)
        if len(found) == 2 and found[0].decimals != found[1].decimals:
            words = {"column": column.title, "one": found[0].title, "two": found[1].title}
            self.wrong(problems.DECIMALS_DIFFER, *here, **words)

    def formula(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key)
        found = self.parts(table, column.plus, *here, "plus") + self.parts(table, column.minus, *here, "minus")
        for part in found:
            if part.kind in ("ratio", "text"):
                words = {"column": column.title, "part": part.title, "kind": f"{COLUMN_WORDS[part.kind]}列"}
                self.wrong(problems.NOT_A_PART, *here, **words)
        measured = [(part.title, self.measured(table, part)) for part in found]
        known = [(title, word, decimals) for title, got in measured if got for word, decimals in (got,)]
        for title, word, decimals in known[1:]:
            first, first_word, first_decimals = known[0]
            if word != first_word or decimals != first_decimals:
                one = f"“{first}”（{first_word or '数'}）"
                two = f"“{title}”（{word or '数'}）"
                self.wrong(problems.NOT_ADDABLE, *here, "plus", column=column.title, one=one, two=two)
                break

    def measured(self, table: Table, column: Column, seen: frozenset[str] = frozenset()) -> tuple[str, int] | None:
        """What a column is measured in: counting word or unit, and decimals. None where it is not known."""
        if column.level:
            return next((level.title for level in self.pack.grid.levels if level.key == column.level), ""), 0
        if column.question is not None:
            ledger = self.pack.ledgers.get(column.question.ledger)
            if ledger is None:
                return None
            if not column.question.sum:
                return column.word or ledger.word, 0
            field = ledger.fields.get(column.question.sum)
            return None if field is None else (field.unit, field.decimals)
        for name in column.plus:
            part = table.columns.get(name)
            if part is not None and name not in seen:
                return self.measured(table, part, seen | {name})
        return None

    def text(self, table: Table, column: Column) -> None:
        here = ("tables", table.key, "columns", column.key, "text")
        ledger_key, field_key = column.text or ("", "")
        ledger = self.find_ledger(ledger_key, *here)
        if ledger is None:
            return
        if field_key:
            self.find_field(ledger, field_key, *here)
        if table.rows.by not in ("region", "unit"):
            self.wrong(problems.TEXT_ROWS, *here, column=column.title, by=table.rows.by)
        elif ledger.one_per != (table.rows.by,):
            words = {"column": column.title, "ledger": ledger.title, "by": table.rows.by}
            self.wrong(problems.TEXT_NOT_ONE, *here, **words)

    def loops(self, table: Table) -> None:
        """Formulas and ratios that need themselves; each circle is said once, at its first column."""
        needs: Mapping[str, tuple[str, ...]] = {
            key: (*column.plus, *column.minus, *(column.ratio or ())) for key, column in table.columns.items()
        }
        done: set[str] = set()

        def follow(key: str, path: list[str]) -> None:
            if key in path:
                circle = path[path.index(key) :]
                if not done.intersection(circle):
                    done.update(circle)
                    first = min(circle, key=list(table.columns).index)
                    titles = " → ".join(table.columns[each].title for each in (*circle, key))
                    where = ("tables", table.key, "columns", first)
                    self.wrong(problems.LOOP, *where, column=table.columns[first].title, path=titles)
                return
            if key in settled or key not in needs:
                return
            for part in needs[key]:
                follow(part, [*path, key])
            settled.add(key)

        settled: set[str] = set()
        for key in needs:
            follow(key, [])

    def rows(self, table: Table) -> None:
        here = ("tables", table.key, "rows")
        rows = table.rows
        if rows.total and table.columns and all(column.kind == "text" for column in table.columns.values()):
            self.wrong(problems.TOTAL_OF_TEXT, *here, "total", total=rows.total)
        seen: set[str] = set()
        for i, name in enumerate(rows.names):
            if name in seen:
                self.wrong(problems.ROW_TWICE, *here, "names", i, row=name)
            seen.add(name)
        if rows.rest and rows.by in ("region", "unit"):
            self.wrong(problems.REST_OF_NAMES, *here, "rest", by=rows.by)
        if rows.by == "region":
            if rows.names:
                self.wrong(problems.NAMES_OF_REGIONS, *here, "names")
            return
        if rows.by == "unit":
            return
        fields: dict[str, Field] = {}
        for column in table.columns.values():
            asked = column.question if not column.level else None
            ledger = self.pack.ledgers.get(asked.ledger) if asked is not None else None
            if ledger is not None and rows.by in ledger.fields:
                fields.setdefault(ledger.key, ledger.fields[rows.by])
        for field in fields.values():
            if field.many and rows.total:
                self.wrong(problems.ROWS_OVERLAP, *here, "total", field=field.title, total=rows.total)
            titles = [option.title for option in field.options]
            for i, name in enumerate(rows.names):
                if titles and not field.open and name not in titles:
                    advice = self._option_hint(field, name)
                    self.wrong(problems.NO_OPTION, *here, "names", i, field=field.title, word=name, hint=advice)
