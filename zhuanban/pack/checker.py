"""What every check of a pack needs: does a name exist, does a value fit its field, where was it written?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from zhuanban.core.problem import Kind, Place, Problem
from zhuanban.pack import problems
from zhuanban.pack.conditions import days_from_as_of
from zhuanban.pack.problems import hint
from zhuanban.pack.rhythm import Escalation
from zhuanban.pack.tree import day_of_text
from zhuanban.pack.values import CHOICES, FILE_TYPES, Condition, Field, FieldType, Ledger, Pack
from zhuanban.pack.vocabulary import TYPE_WORDS

PlaceOf = Callable[..., Place]
_RECORD_WORDS = ("state", "unit", "region")
NUMERIC = frozenset({FieldType.INTEGER, FieldType.NUMBER})


class Checker:
    """Collects what is wrong. `place(*path)` says where a path of the YAML was written; `unread`: files not parsed."""

    def __init__(self, pack: Pack, place: PlaceOf, unread: Collection[str]) -> None:
        self.pack = pack
        self.place = place
        self.unread = unread
        self.problems: list[Problem] = []

    def wrong(self, problem: Kind, /, *path: str | int, **words: object) -> None:
        self.problems.append(problem.at(self.place(*path), **words))

    def posts(self, names: Iterable[str], *path: str | int) -> None:
        if "pack" in self.unread:
            return
        for i, name in enumerate(names):
            if name not in self.pack.posts:
                self.wrong(problems.NO_POST, *path, i, word=name, hint=hint(name, self.pack.posts))

    def ladder(self, steps: Sequence[Escalation], *path: str | int) -> None:
        """Each step tells posts that there are, later than the step before."""
        for i, step in enumerate(steps):
            self.posts(step.to, *path, "escalate", i, "to")
            if i and step.minutes <= steps[i - 1].minutes:
                self.wrong(problems.LADDER, *path, "escalate", i, "after", value=step.said)

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

    def comparable(self, ledger: Ledger, one: str, than: str, *here: str | int, word: str) -> None:
        """Can the choice `one` of a record, said by `word`, be held against `than`, its own or LINK.FIELD: in order?"""
        mine = self.find_field(ledger, one, *here, word)
        other = self._than(ledger, than, *here, "than") if than else None  # without: the reader said so
        if mine is not None and (mine.type is not FieldType.CHOICE or mine.many):
            self.wrong(problems.NO_ORDER, *here, word, field=mine.title)
        elif mine is not None and other is not None and other.options != mine.options:
            self.wrong(problems.OTHER_OPTIONS, *here, "than", one=mine.title, two=other.title)

    def _than(self, ledger: Ledger, than: str, *here: str | int) -> Field | None:
        link, dot, name = than.partition(".")
        field = self.find_field(ledger, link, *here)
        if field is None or not dot:
            return field
        if field.type is not FieldType.LINK or field.many or field.ledger not in self.pack.ledgers:
            self.wrong(problems.LINK_OF_ONE, *here, field=field.title)
            return None
        return self.find_field(self.pack.ledgers[field.ledger], name, *here)

    def reached(self, ledger: Ledger, name: str, *path: str | int) -> None:
        known = dict.fromkeys(m for state in ledger.states.values() for m in state.reached)
        if name and name not in known:
            self.wrong(problems.NO_MILESTONE, *path, ledger=ledger.title, word=name, hint=hint(name, known))

    def conditions(
        self, ledger: Ledger, where: Iterable[Condition], *path: str | int, as_of: bool = False, links: bool = False
    ) -> None:
        """`as_of`, `links`: may they speak of the day asked about, of what the record's links name (LINK.FIELD)?"""
        for condition in where:
            here = (*path, condition.field)
            link, dot, inner = condition.field.partition(".")
            if not (dot and links):
                self.condition(ledger, condition, here, as_of)
                continue
            field = self.find_field(ledger, link, *here)
            if field is None:
                continue
            if field.type is not FieldType.LINK:
                self.wrong(problems.NOT_A_LINK, *here, field=field.title, kind=TYPE_WORDS[field.type])
            elif field.ledger in self.pack.ledgers:
                self.condition(self.pack.ledgers[field.ledger], replace(condition, field=inner), here, as_of)

    def condition(self, ledger: Ledger, condition: Condition, path: tuple[str | int, ...], as_of: bool) -> None:
        here = (*path, {"not_in": "not"}.get(condition.op, condition.op))
        if days_from_as_of(condition.value) is not None and condition.op in ("before", "on_or_after") and not as_of:
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
        if condition.op in ("at_least", "at_most") and (field is None or field.type not in NUMERIC):
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
        elif field.type in NUMERIC:
            if not isinstance(value, int | float) or (field.type is FieldType.INTEGER and isinstance(value, float)):
                self.wrong(problems.WRONG_VALUE, *path, **words, hint="请写数字。")
        elif field.type is FieldType.DATE:
            if day_of_text(str(value)) is None:
                self.wrong(problems.WRONG_VALUE, *path, **words, hint="日期写作 2023-12-08。")
        elif field.type in FILE_TYPES or field.type is FieldType.POINT:
            self.wrong(problems.WRONG_VALUE, *path, **words, hint="只能用 empty 或 filled 判断，由办理人填写。")

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

    def _option_hint(self, field: Field, word: str) -> str:
        for option in field.options:
            if word in option.aliases:
                return f"“{word}”是“{option.title}”的别名，请写“{option.title}”。"
        return hint(word, [option.title for option in field.options])
