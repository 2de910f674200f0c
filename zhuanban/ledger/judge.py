"""May this change enter? One change against one record: new facts, or everything that is wrong with it. No writes.

In order, for each step: does the record stand where the step says → may this person → is it well-formed → does the
workflow allow it. Then the record as a whole: rules between fields, one per household, place inside its cell.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from zhuanban.core.day import FIRST_DAY, beijing, iso
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.fields import Checker, checkers, file_fields, is_empty
from zhuanban.ledger.rules import VERBS, Fact, Snapshot, add_to, apply, effective_days, timeline
from zhuanban.pack.conditions import Holds, compile_conditions
from zhuanban.pack.values import NEW, SAME, Case, Check, FieldType, Guard, Ledger, Move, Pack, Rule
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor, Reach, reach

NO_FACTS: tuple[Fact, ...] = ()
EARLY = "早于行动开始"


@dataclass(slots=True)
class Draft:
    """A record as the door found it; `facts` and `line` grow while its change is judged."""

    id: int
    ledger: str
    number: str
    version: int = 0
    head: bytes = b""
    facts: list[Fact] = field(default_factory=list)
    line: list[tuple[int, Snapshot]] = field(default_factory=list)
    one_key: str | None = None
    foreign: bool = False  # the number came from outside

    @property
    def exists(self) -> bool:
        return self.version > 0

    @property
    def current(self) -> Snapshot:
        return self.line[-1][1]


class Sight(Protocol):
    """What judging may ask of the rest of the world; the door answers from the same transaction."""

    def guard_holds(self, guard: Guard, snapshot: Snapshot, on: int, /) -> bool: ...
    def link_exists(self, ledger: str, number: str, /) -> bool: ...
    def file_exists(self, change: str, sha256: str, /) -> bool: ...
    def file_unfit(self, field: FieldType, sha256: str, /) -> str: ...
    def outside_metres(self, region: str, point: Mapping[str, Any], day: int, /) -> float | None: ...


class Judged(NamedTuple):
    """New facts of a change that may enter (none: nothing new in it), or its problems."""

    facts: list[Fact]
    line: list[tuple[int, Snapshot]]
    one_key: str | None
    problems: list[Problem]


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
    """What a ledger asks, looked up once for a batch."""

    ledger: Ledger
    checkers: Mapping[str, Checker]
    files: tuple[str, ...]
    links: tuple[str, ...]
    stamped: frozenset[str]
    points: tuple[str, ...]  # points that must lie inside the record's cell
    needs: Mapping[str, tuple[str, ...]]  # move → fields that must be filled after it
    needs_when: Mapping[str, tuple[tuple[Holds, tuple[str, ...]], ...]]  # move → the same, where a condition holds
    decides: tuple[Decides, ...]
    limits: tuple[str, ...]  # numbers that a standard bounds
    signatures: tuple[str, ...]  # void once another field is corrected
    opening: Move | None

    @classmethod
    def of(cls, ledger: Ledger) -> Rules:
        required = [k for k, f in ledger.fields.items() if f.required]
        return cls(
            ledger,
            checkers(ledger),
            file_fields(ledger),
            tuple(k for k, f in ledger.fields.items() if f.type is FieldType.LINK),
            frozenset(k for k, f in ledger.fields.items() if f.stamped),
            tuple(k for k, f in ledger.fields.items() if f.type is FieldType.POINT and f.outside),
            {
                m.key: tuple(dict.fromkeys([*required, *m.needs])) if NEW in m.from_ else m.needs
                for m in ledger.moves.values()
            },
            {
                m.key: tuple((compile_conditions(p.where, ledger), p.needs) for p in m.needs_when)
                for m in ledger.moves.values()
            },
            tuple(Decides.of(rule, ledger) for rule in ledger.rules),
            tuple(k for k, f in ledger.fields.items() if f.limit[0]),
            tuple(k for k, f in ledger.fields.items() if f.signs),
            next(iter(ledger.opening), None),
        )


class Bench:
    """Judges the changes of one actor in one campaign at one instant; compiled once for a batch."""

    def __init__(self, setting: Setting, actor: Actor, at: int, today: int, sight: Sight) -> None:
        self.setting = setting
        self.actor = actor
        self.at = at
        self.today = today
        self.sight = sight
        self._rules: dict[str, Rules] = {}
        self._reaches: dict[tuple[tuple[str, ...] | None, bool], Reach] = {}

    def _reach(self, posts: tuple[str, ...] | None, *, acting: bool = False) -> Reach:
        known = self._reaches.get((posts, acting))
        if known is None:
            s = self.setting
            known = reach(self.actor, s.pack, s.regions, s.units, self.today, posts, acting=acting)
            self._reaches[(posts, acting)] = known
        return known

    def sees(self, ledger: Ledger, snapshot: Snapshot) -> bool:
        """May the actor know that this record exists?"""
        if self.actor.operator:
            return True
        state = ledger.states.get(snapshot.state)
        for posts in (ledger.seen_by, state.seen_by if state else ()):
            if posts and not self._reach(tuple(posts)).covers(snapshot.region, snapshot.unit):
                return False
        return self._reach(None).covers(snapshot.region, snapshot.unit)

    def judge(self, change: Change, draft: Draft) -> Judged:
        """Judge one change. `draft` is not altered."""
        ledger = self.setting.pack.ledgers[change.ledger]
        work = _Work(self, ledger, change, draft)
        problems = work.run()
        return Judged(work.facts, work.line, work.one_key, problems)

    def rules(self, ledger: Ledger) -> Rules:
        """The ledger's rules, compiled on first use."""
        known = self._rules.get(ledger.key)
        if known is None:
            known = self._rules[ledger.key] = _rules_of(self.setting.pack, ledger)
        return known


_kept: OrderedDict[tuple[str, str], Rules] = OrderedDict()
_KEPT = 500


def _rules_of(pack: Pack, ledger: Ledger) -> Rules:
    """A ledger's rules; those of a pack's text never change, so they serve every submission of the process."""
    if not pack.sha256:
        return Rules.of(ledger)
    known = _kept.get((pack.sha256, ledger.key))
    if known is None:
        known = _kept[(pack.sha256, ledger.key)] = Rules.of(ledger)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return known


def one_key_of(ledger: Ledger, now: Snapshot) -> str | None:
    """What "one per" says of a record; None where the ledger has no such rule, a part is empty, or it is withdrawn."""
    if now.withdrawn or not ledger.one_per:
        return None
    parts = [now.region if k == "region" else now.unit if k == "unit" else now.data.get(k) for k in ledger.one_per]
    return None if any(is_empty(p) for p in parts) else one_key(parts)


def one_key(parts: Sequence[Any]) -> str:
    """A "one per" key as it is kept."""
    return "|".join(map(str, parts))[:200]


def _fails(check: Check, now: Snapshot, ledger: Ledger) -> bool:
    """Does the record break this check? Empty fields break none of the kinds that compare."""
    if check.kind == "if":
        given, then = compile_conditions(check.given, ledger), compile_conditions(check.then, ledger)
        place = (now.data, now.state, now.region, now.unit, None)
        return given(*place) and not then(*place)
    filled: list[Any] = [v for k in check.fields if not is_empty(v := now.data.get(k))]
    if check.kind == "differ":
        return len(set(map(str, filled))) < len(filled)
    return any(a > b for a, b in pairwise(filled))


class _Work:
    """One change in judgement."""

    def __init__(self, bench: Bench, ledger: Ledger, change: Change, draft: Draft) -> None:
        self.bench = bench
        self.ledger = ledger
        self.rules = bench.rules(ledger)
        self.change = change
        self.draft = draft
        self.facts: list[Fact] = []
        self.line = draft.line[:]  # goes along with the facts as long as these come in order of their days
        self.in_order = True
        self.current = draft.line[-1][1] if draft.line else None
        self.one_key = draft.one_key
        self.found: list[Problem] = []

    def say(self, problem: Problem) -> None:
        self.found.append(problem)

    @property
    def place(self) -> Place:
        return Place(record=self.draft.number) if self.draft.number else Place()

    def run(self) -> list[Problem]:
        bench, change, draft = self.bench, self.change, self.draft
        if draft.exists:
            if not bench.sees(self.ledger, draft.current):
                return [says.NOT_THERE.at(self.place)]
            if change.base is not None and change.base != draft.version:
                self._conflict()
        if self.found:
            return self.found
        for step in change.steps:
            self._step(step)
            if self.found:
                return self.found
        if self.facts:
            if not self.in_order:
                self.line = timeline([*draft.facts, *self.facts])
            self._whole()
        return self.found

    # -- steps ---------------------------------------------------------------------------------------------------

    def _step(self, step: Step) -> None:
        if step.verb not in VERBS:
            self.say(says.UNKNOWN_VERB.at(self.place, verb=step.verb, known="、".join(VERBS)))
            return
        if step.on is not None and step.on > self.bench.today:
            self.say(says.FUTURE.at(self.place, day=iso(step.on)))
        if step.verb == "create":
            self._create(step)
            return
        if self.current is None:
            self.say(says.NOT_THERE.at(self.place) if self.change.number else says.NOT_OPENED.at())
            return
        if self.current.withdrawn and step.verb != "restore":
            self.say(says.WITHDRAWN.at(self.place, number=self.draft.number))
            return
        getattr(self, f"_{step.verb}")(step, self.current)

    def _create(self, step: Step) -> None:
        ledger, bench = self.ledger, self.bench
        if self.current is not None:
            self.say(says.NUMBER_TAKEN.at(self.place, number=self.draft.number))
            return
        if not ledger.number_pattern and not self.draft.number:
            self.say(says.NUMBER_MISSING.at(ledger=ledger.title))
        move = ledger.moves.get(step.move) if step.move else self.rules.opening
        if move is None or NEW not in move.from_:
            self.say(self._unknown_move(step.move))
            return
        on = bench.today if step.on is None else step.on
        region = step.region if step.region is not None else bench.setting.regions.root
        unit = step.unit or ""
        self._check_place(region, unit, on)
        body = self._said(step, move, on)
        body["to"] = move.to
        body["region"] = region
        if unit:
            body["unit"] = unit
        self._decide(body, Snapshot(move.to, region, unit, {}), step, on)
        snapshot = Snapshot(move.to, region, unit, body.get("set", {}))
        self._may(move.by, move.key, snapshot)
        self._required(move, snapshot)
        self._guards(move, snapshot, on)
        if on < bench.setting.campaign.start:
            body["flags"] = [EARLY]
        self._enter("create", on, body)

    def _move(self, step: Step, now: Snapshot) -> None:
        move = self.ledger.moves.get(step.move)
        if move is None:
            self.say(self._unknown_move(step.move))
            return
        if now.state not in move.from_:
            wanted = "、".join(move.from_)
            self.say(says.WRONG_STATE.at(self.place, state=now.state, move=move.key, wanted=wanted))
            return
        on = self.bench.today if step.on is None else step.on
        self._not_before_last(move.key, on)
        body = self._said(step, move, on)
        body["to"] = move.to
        self._place_into(body, step, on)
        self._may(move.by, move.key, now)
        to = now.state if move.to == SAME else move.to
        moved = Snapshot(to, body.get("region", now.region), body.get("unit", now.unit), now.data)
        self._decide(body, moved, step, on)
        self._required(move, moved._replace(data={**now.data, **body.get("set", {})}))
        if not self.bench.actor.operator:
            for fact in (*self.draft.facts, *self.facts):
                if fact.body.get("move") in move.not_by and fact.actor == self.bench.actor.login:
                    self.say(says.NOT_ANOTHER.at(self.place, move=move.key, other=fact.body["move"], who=fact.actor))
                    break
        self._guards(move, now, on)
        self._enter("move", on, body)

    def _amend(self, step: Step, now: Snapshot) -> None:
        self._may(self.ledger.amend_by, "更正", now)
        changed = {k: v for k, v in step.set.items() if now.data.get(k) != (None if is_empty(v) else v)}
        if not changed:
            return
        on = self._said_last(changed) if step.on is None else step.on
        opened = self._opened()
        if on < opened:
            self.say(says.BEFORE_OPENED.at(self.place, day=iso(on), opened=iso(opened)))
        body = self._said(Step("amend", set=changed, reason=step.reason), None, on)
        self._place_into(body, step, on)
        self._decide(body, now, step, on)
        self._void_signatures(body, now)
        for key in changed:
            spec = self.ledger.fields.get(key)
            if spec is not None and spec.required and is_empty(changed[key]):
                self.say(
                    says.EMPTY.at(Place(record=self.draft.number, field=spec.title), field=spec.title, move="更正")
                )
        self._enter("amend", on, body)

    def _transfer(self, step: Step, now: Snapshot) -> None:
        self._may(self.ledger.amend_by, "移转", now)
        on = self.bench.today if step.on is None else step.on
        if on < self._opened():
            self.say(says.BEFORE_OPENED.at(self.place, day=iso(on), opened=iso(self._opened())))
        body: dict[str, Any] = {"reason": step.reason} if step.reason else {}
        self._place_into(body, step, on)
        if "region" not in body and "unit" not in body:
            return
        if not step.reason:
            self.say(says.REASON_MISSING.at(self.place, move="移转"))
        self._enter("transfer", on, body)

    def _redate(self, step: Step, now: Snapshot) -> None:
        self._may(self.ledger.amend_by, "改期", now)
        facts = [*self.draft.facts, *self.facts]
        target = next((f for f in facts if f.version == step.of and f.verb != "redate"), None)
        if target is None or step.on is None:
            self.say(says.NO_EVENT.at(self.place, number=self.draft.number, of=step.of))
            return
        days = effective_days(facts)
        if days[target.version] == step.on:
            return
        days[target.version] = step.on
        previous = FIRST_DAY
        for fact in facts:
            if fact.verb != "redate" and days[fact.version] < days[facts[0].version]:
                # Before the record was opened an amendment would amend nothing, and be lost.
                word = {"amend": "更正", "transfer": "移转"}.get(fact.verb, str(fact.body.get("move", fact.verb)))
                self.say(says.DISORDER.at(self.place, move=word))
                return
            if fact.verb in {"create", "move", "withdraw", "restore"}:
                if days[fact.version] < previous:
                    self.say(says.DISORDER.at(self.place, move=fact.body.get("move", fact.verb)))
                    return
                previous = days[fact.version]
        body: dict[str, Any] = {"of": target.version}
        if step.reason:
            body["reason"] = step.reason
        self._enter("redate", step.on, body)

    def _withdraw(self, step: Step, now: Snapshot) -> None:
        self._out_or_back(step, now, "撤回")

    def _restore(self, step: Step, now: Snapshot) -> None:
        if not now.withdrawn:
            self.say(says.NOT_WITHDRAWN.at(self.place, number=self.draft.number))
            return
        self._out_or_back(step, now, "恢复")

    def _out_or_back(self, step: Step, now: Snapshot, word: str) -> None:
        self._may(self.ledger.amend_by, word, now)
        if not step.reason:
            self.say(says.REASON_MISSING.at(self.place, move=word))
        on = self.bench.today if step.on is None else step.on
        self._not_before_last(word, on)
        self._enter(step.verb, on, {"reason": step.reason})

    # -- parts of a step -------------------------------------------------------------------------------------------

    def _said(self, step: Step, move: Move | None, on: int) -> dict[str, Any]:
        """The body of an event: the checked values, the move, the reason, where it came from."""
        checks = self.rules.checkers
        opens = step.verb == "create"
        values: dict[str, Any] = {}
        for key, value in step.set.items():
            check = checks.get(key)
            if check is None:
                self.say(says.UNKNOWN_FIELD.at(self.place, ledger=self.ledger.title, field=key))
            elif key in self.rules.stamped:
                self.say(says.STAMPED.at(self.place, field=self.ledger.fields[key].title))
            elif value is None or value == "" or value == []:
                if not opens:
                    values[key] = None
            elif (problem := check(value)) is None:
                values[key] = value
            else:
                self.say(problem)
        if move is not None:
            before = self.current.data if self.current is not None else {}
            for key, fixed in move.sets:
                values[key] = self._fixed(move, fixed, on, values, before)
            if move.reason and not step.reason:
                self.say(says.REASON_MISSING.at(self.place, move=move.key))
        body: dict[str, Any] = {}
        if values:
            body["set"] = values
        if move is not None:
            body["move"] = move.key
        if step.reason:
            body["reason"] = step.reason
        if self.change.source:
            body["source"] = dict(self.change.source)
        for key in self.rules.files:
            if key not in values:
                continue
            said = [str(ref.get("sha256")) for ref in values.get(key) or () if isinstance(ref, Mapping)]
            if said:
                own = self._files_of(key)
                for sha256 in said:
                    if sha256 in own:
                        continue
                    spec = self.ledger.fields[key]
                    if not self.bench.sight.file_exists(self.change.id, sha256):
                        self.say(says.FILE_UNKNOWN.at(self.place, field=spec.title))
                    elif what := self.bench.sight.file_unfit(spec.type, sha256):
                        self.say(says.FILE_UNFIT.at(self.place, field=spec.title, what=what))
        for key in self.rules.links:
            value = values.get(key)
            if not value:
                continue
            spec = self.ledger.fields[key]
            for number in value if isinstance(value, list) else [value]:
                if not self.bench.sight.link_exists(spec.ledger, number):
                    self.say(says.LINK_DANGLING.at(self.place, field=spec.title, number=number))
        return body

    def _decide(self, body: dict[str, Any], before: Snapshot, step: Step, on: int) -> None:
        """Fill what the pack's rules decide; what a person said himself stands, until a person says otherwise.

        `ruled` keeps, for each field that a rule filled, where the rule comes from.
        """
        for decides in self.rules.decides:
            key = decides.rule.key
            said = body.get("set", {})
            if key in step.set or not (step.verb == "create" or decides.asks & {*said, *body, "state"}):
                continue
            if step.verb != "create" and not self._by_rule(key, before):
                continue
            case = decides.case(before._replace(data={**before.data, **said}))
            value = None if case is None else self._value_of(case, key, on)
            if before.data.get(key) != value:
                body["set"] = {**said, key: value}
                body["ruled"] = {**body.get("ruled", {}), key: case.source if case is not None else ""}

    def _by_rule(self, key: str, before: Snapshot) -> bool:
        """Was the field last filled by a rule, or never?"""
        for fact in reversed((*self.draft.facts, *self.facts)):
            if key in fact.body.get("set", {}):
                return key in fact.body.get("ruled", {})
        return is_empty(before.data.get(key))

    def _value_of(self, case: Case, key: str, on: int) -> Any:
        if isinstance(case.value, tuple):
            return iso(on + case.value[1])
        spec = self.ledger.fields[key]
        if spec.type is not FieldType.UNIT:
            return case.value
        found = self.bench.setting.units.find(str(case.value), on)
        if not found:
            self.say(says.RULE_UNIT.at(self.place, field=spec.title, value=case.value))
            return None
        return found[0]

    def _void_signatures(self, body: dict[str, Any], now: Snapshot) -> None:
        """A signature stands for what was signed: a correction of anything else makes it void."""
        changed = body.get("set", {})
        for key in self.rules.signatures:
            if key in changed or is_empty(now.data.get(key)) or not changed:
                continue
            titles = "、".join(self.ledger.fields[k].title for k in changed if k in self.ledger.fields)
            body["set"] = {**body["set"], key: None}
            flag = f"{self.ledger.fields[key].title}已失效：签名后更正了{titles}"
            body["flags"] = [*body.get("flags", ()), flag]

    def _fixed(self, move: Move, fixed: Any, on: int, values: Mapping[str, Any], before: Mapping[str, Any]) -> Any:
        """What a move writes into a field; `values` are what the step says, `before` what the record said."""
        match fixed:
            case ("days_after", int(n)):
                return iso(on + n)
            case ("copy", str(other)) if other in self.ledger.fields:
                return values.get(other, before.get(other))
            case ("instant", which):
                moves = [f.at for f in (*self.draft.facts, *self.facts) if f.body.get("move") == move.key]
                return beijing(min(moves, default=self.bench.at) if which == "first" else self.bench.at)
        return fixed

    def _files_of(self, key: str) -> set[str]:
        """Contents to which this field of the record has referred before."""
        return {
            str(ref.get("sha256"))
            for fact in (*self.draft.facts, *self.facts)
            for ref in fact.body.get("set", {}).get(key) or ()
            if isinstance(ref, Mapping)
        }

    def _place_into(self, body: dict[str, Any], step: Step, on: int) -> None:
        now = self.current
        assert now is not None
        region = now.region if step.region is None else step.region
        unit = now.unit if step.unit is None else step.unit
        if (region, unit) != (now.region, now.unit):
            self._check_place(region, unit, on)
        if region != now.region:
            body["region"] = region
        if unit != now.unit:
            body["unit"] = unit

    def _check_place(self, region: str, unit: str, on: int) -> None:
        regions, units, ledger = self.bench.setting.regions, self.bench.setting.units, self.ledger
        if region not in regions or not regions.nodes[region].in_use(on):
            self.say(says.WRONG_REGION.at(self.place, region=region))
        elif ledger.region_level:
            levels = self.bench.setting.pack.grid.levels
            level = regions.level(region, on)
            if level == 0 or levels[level - 1].key != ledger.region_level:
                wanted = next(x.title for x in levels if x.key == ledger.region_level)
                is_level = levels[level - 1].title if level else "全域"
                self.say(says.WRONG_LEVEL.at(self.place, region=regions.name(region), is_level=is_level, wanted=wanted))
        elif ledger.region_required and region == regions.root and regions.root == "*":
            self.say(says.EMPTY.at(Place(record=self.draft.number, field="区划"), field="区划", move="登记"))
        if unit and (unit not in units or not units.nodes[unit].in_use(on)):
            self.say(says.WRONG_UNIT.at(self.place, unit=unit))
        if not unit and ledger.unit_required:
            self.say(says.EMPTY.at(Place(record=self.draft.number, field="责任单位"), field="责任单位", move="登记"))

    def _may(self, posts: tuple[str, ...], word: str, snapshot: Snapshot) -> None:
        if self.bench.actor.operator:
            return
        if not self.bench.actor.posts & set(posts):
            pack = self.bench.setting.pack
            names = "、".join(pack.posts[p].title for p in posts if p in pack.posts) or "（无）"
            self.say(says.NOT_ALLOWED.at(self.place, ledger=self.ledger.title, move=word, posts=names))
        elif not self.bench._reach(tuple(posts), acting=True).covers(snapshot.region, snapshot.unit):
            if self.draft.exists:  # the record is in sight, or judging would not have come so far
                self.say(says.NOT_YOURS.at(self.place, number=self.draft.number, move=word))
            else:
                self.say(says.OUT_OF_REACH.at(self.place, where=self.bench.setting.regions.name(snapshot.region)))

    def _required(self, move: Move, after: Snapshot) -> None:
        needed = dict.fromkeys(self.rules.needs[move.key])
        for holds, fields in self.rules.needs_when[move.key]:
            if holds(after.data, after.state, after.region, after.unit, None):
                needed |= dict.fromkeys(fields)
        for key in needed:
            if is_empty(after.data.get(key)):
                title = self.ledger.fields[key].title
                self.say(says.EMPTY.at(Place(record=self.draft.number, field=title), field=title, move=move.key))

    def _guards(self, move: Move, snapshot: Snapshot, on: int) -> None:
        for guard in move.requires:
            if guard.kind == "here":
                here = compile_conditions(guard.where, self.ledger)
                holds = here(snapshot.data, snapshot.state, snapshot.region, snapshot.unit, on)
            else:
                holds = self.bench.sight.guard_holds(guard, snapshot, on)
            if not holds:
                self.say(says.GUARD.at(self.place, says=guard.says, move=move.key))

    def _enter(self, verb: str, on: int, body: dict[str, Any]) -> None:
        bench = self.bench
        version = self.draft.version + len(self.facts) + 1
        fact = Fact(version, verb, on, bench.at, bench.actor.login, self.change.id, len(self.facts), body)
        self.facts.append(fact)
        self.current = now = apply(self.current, fact)
        if now is None or verb == "redate" or (self.line and on < self.line[-1][0]):
            self.in_order = False
        if self.in_order and now is not None:
            add_to(self.line, on, now)

    # -- the record as a whole -------------------------------------------------------------------------------------

    def _whole(self) -> None:
        """Rules on the finished record, only where this change touched what they speak of."""
        if not self.line:
            return
        now = self.line[-1][1]
        ledger = self.ledger
        for check in ledger.checks:
            if _fails(check, now, ledger):
                self.say(says.CHECK.at(self.place, says=check.says))
        self._limits(now)
        self.one_key = one_key_of(ledger, now)
        for key in self.rules.points:
            if any(key in f.body.get("set", {}) or "region" in f.body for f in self.facts):
                self._point(key, now)

    def _limits(self, now: Snapshot) -> None:
        """Flag figures of this change that lie beyond the standard in force on the day that they were said of."""
        standards = self.bench.setting.pack.standards
        for fact in self.facts:
            for key in self.rules.limits:
                value = fact.body.get("set", {}).get(key)
                standard, item = self.ledger.fields[key].limit
                if value is None or standard not in standards or not standards[standard].in_force(fact.on):
                    continue
                limit = standards[standard].limits[item]
                if limit.breaks(value):
                    bounds = "、".join(
                        f"{word}{bound}"
                        for word, bound in (("不小于", limit.at_least), ("不大于", limit.at_most))
                        if bound is not None
                    )
                    unit = limit.unit
                    self._flag(f"{limit.title}{value}{unit}，超出{standards[standard].title}限值（{bounds}{unit}）")

    def _flag(self, words: str) -> None:
        """Keep a warning on the last event of this change."""
        last = self.facts[-1]
        self.facts[-1] = last._replace(body={**last.body, "flags": [*last.body.get("flags", ()), words]})
        self.line = timeline([*self.draft.facts, *self.facts])

    def _point(self, key: str, now: Snapshot) -> None:
        point = now.data.get(key)
        if not point:
            return
        spec = self.ledger.fields[key]
        metres = self.bench.sight.outside_metres(now.region, point, self.facts[-1].on)
        if metres is None:
            return
        place = Place(record=self.draft.number, field=spec.title)
        problem = says.OUTSIDE_CELL.at(
            place, region=self.bench.setting.regions.name(now.region), metres=max(1, round(metres))
        )
        if spec.outside == "inbox":
            self.say(problem)
            return
        self._flag(problem.says)

    # -- what the record's own history says ------------------------------------------------------------------------

    def _days(self) -> dict[int, int]:
        return effective_days([*self.draft.facts, *self.facts])

    def _opened(self) -> int:
        return self._days()[1]

    def _not_before_last(self, word: str, on: int) -> None:
        """No workflow step may be dated before the latest one."""
        if self.in_order and on >= self.line[-1][0]:
            return  # nothing at all happened later
        days = self._days()
        steps = [
            (days[f.version], f.version, str(f.body.get("move", f.verb)))
            for f in (*self.draft.facts, *self.facts)
            if f.verb in {"create", "move", "withdraw", "restore"}
        ]
        day, _, last = max(steps)
        if on < day:
            self.say(says.BEFORE_LAST.at(self.place, move=word, day=iso(on), last=last, last_day=iso(day)))

    def _said_last(self, fields: Iterable[str]) -> int:
        """The latest day on which any of these fields was said, or the opening day."""
        days = self._days()
        wanted = set(fields)
        said = [
            days[f.version]
            for f in (*self.draft.facts, *self.facts)
            if f.verb in {"create", "move", "amend"} and wanted & set(f.body.get("set", ()))
        ]
        return max(said, default=days[1])

    def _unknown_move(self, move: str) -> Problem:
        known = "、".join(m for m, x in self.ledger.moves.items() if (NEW in x.from_) == (self.current is None))
        return says.UNKNOWN_MOVE.at(self.place, ledger=self.ledger.title, move=move, known=known or "（无）")

    def _conflict(self) -> None:
        """The record moved on since the writer looked. Where both changed different fields only, both stand."""
        assert self.change.base is not None
        since = [f for f in self.draft.facts if f.version > self.change.base]
        mine = {k for s in self.change.steps for k in s.set}
        theirs = {k for f in since for k in f.body.get("set", ())}
        only_fields = all(s.verb == "amend" for s in self.change.steps) and all(f.verb == "amend" for f in since)
        if self.change.base < self.draft.version and only_fields and not mine & theirs:
            return
        titles = [self.ledger.fields[k].title for k in (theirs & mine or theirs) if k in self.ledger.fields]
        steps = [str(f.body["move"]) for f in since if "move" in f.body]
        self.say(
            says.CONFLICT.at(
                self.place,
                number=self.draft.number,
                who="、".join(dict.fromkeys(f.actor for f in since)) or "他人",
                fields="、".join([*steps, *sorted(titles)]) or "版本",
            )
        )
