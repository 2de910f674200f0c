"""Fields that say whether a choice of the record is better or worse than another: what they say on a day. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhuanban.ledger import problems as says
from zhuanban.ledger.rules import Snapshot
from zhuanban.pack.values import Field, Ledger

StoodOn = Callable[[str, str, int], Mapping[str, Any]]
"""(ledger, number, day) → what that record said at the end of the day; nothing before it was opened, or withdrawn."""


@dataclass(slots=True)
class Compared:
    """What comparisons come to in one event: words by field, what each was held against, and what is odd."""

    words: dict[str, str | None] = field(default_factory=dict)
    against: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)

    def enter(self, body: MutableMapping[str, Any]) -> None:
        """Into an event's body, beside the words."""
        if self.against:
            body["ruled"] = {**body.get("ruled", {}), **self.against}
        if self.flags:
            body["flags"] = [*body.get("flags", ()), *self.flags]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One such field, with what it looks at."""

    field: Field
    title: str  # of what it is held against: 水质基准类别
    order: tuple[str, ...]  # the words of both choices, the better first
    link: str  # the link field that names the other record; "" = the other choice is the record's own
    ledger: str  # of the other record
    name: str  # the other choice
    ledger_title: str

    def looks_at(self, data: Mapping[str, Any]) -> tuple[Any, Any]:
        """What the record itself says of it: while this stays, so does the day on which the other one is asked."""
        return data.get(self.field.compares), data.get(self.link or self.name)

    def judge(self, data: Mapping[str, Any], day: int, stood: StoodOn) -> tuple[str | None, str]:
        """The word (None: nothing to compare), and in words what with."""
        mine, other = self.looks_at(data)
        than, where = other, ""
        if self.link:
            than = stood(self.ledger, str(other), day).get(self.name) if other else None
            where = f"{self.ledger_title}{other}"
        if mine not in self.order or than not in self.order:
            return None, f"{where}{self.title}或本条为空"
        mine_at, than_at = self.order.index(str(mine)), self.order.index(str(than))
        word = self.field.options[(mine_at >= than_at) + (mine_at > than_at)].title
        return word, f"{where}{self.title}{than}"


def comparisons(ledger: Ledger, ledgers: Mapping[str, Ledger]) -> tuple[Comparison, ...]:
    """The fields of a ledger that compare."""
    found = []
    for spec in ledger.fields.values():
        if spec.compares:
            link, dot, name = spec.than.partition(".")
            other = ledgers[ledger.fields[link].ledger] if dot else ledger
            name = name if dot else link
            order = tuple(option.title for option in ledger.fields[spec.compares].options)
            title = other.fields[name].title
            found.append(Comparison(spec, title, order, link if dot else "", other.key, name, other.title))
    return tuple(found)


def compare_said(
    fields: Sequence[Comparison], values: MutableMapping[str, Any], before: Mapping[str, Any], on: int, stood: StoodOn
) -> Compared:
    """The words of an event that says `values` on a record that said `before`; a typed word is taken out of `values`,
    and flagged where it is another."""
    made = Compared()
    for each in fields:
        key = each.field.key
        typed, after = values.pop(key, None), {**before, **values}
        word = before.get(key)
        if each.looks_at(after) != each.looks_at(before):
            word, against = each.judge(after, on, stood)
            if word != before.get(key):
                made.words[key], made.against[key] = word, against
        if typed and typed != word:
            said = word or "（空）"
            made.flags.append(says.COMPARED.at(field=each.field.title, typed=typed, word=said).says)
    return made


def compare_due(
    fields: Sequence[Comparison], line: Sequence[tuple[int, Snapshot]], stood: StoodOn
) -> tuple[int, Compared] | None:
    """The first day of a record's timeline on which a comparison is not what it should be, and what it should be.

    It is held against what the other one said on the day from which the record says what it says: a later baseline
    leaves it alone, a correction that goes back to that day does not.
    """
    since: dict[str, tuple[tuple[Any, Any], int]] = {}
    for day, now in line:
        made = Compared()
        for each in fields:
            key, looked = each.field.key, each.looks_at(now.data)
            if key not in since or since[key][0] != looked:
                since[key] = (looked, day)
            word, against = each.judge(now.data, since[key][1], stood)
            if not now.withdrawn and word != now.data.get(key):
                made.words[key], made.against[key] = word, against
        if made.words:
            return day, made
    return None
