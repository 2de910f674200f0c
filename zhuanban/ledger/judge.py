"""May this change enter? One change against one record: new facts, or everything that is wrong with it. No writes.

In order, for each step: does the record stand where the step says → may this person → is it well-formed → does the
workflow allow it. Then the record as a whole: rules between fields, one per household, place inside its cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from zhuanban.core.day import iso
from zhuanban.core.problem import Place, Problem
from zhuanban.ledger import problems as says
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.compiled import Rules, rules_of
from zhuanban.ledger.draft import Draft, Sight, conflict, one_key_of, others_hold, said_elsewhere
from zhuanban.ledger.fields import is_empty, shas
from zhuanban.ledger.filled import beyond_limits, broken_checks, decide, unit_said, void_signatures, written
from zhuanban.ledger.named import is_in_use, not_there, unfit_files
from zhuanban.ledger.pictures import oddities
from zhuanban.ledger.places import place_due, place_said
from zhuanban.ledger.rules import (
    VERBS,
    Fact,
    Snapshot,
    add_to,
    apply,
    as_of,
    effective_days,
    last_step,
    out_of_order,
    said_last,
    timeline,
    word_of,
)
from zhuanban.ledger.standing import Others, Stand, stand_due, stand_said, stands_of, turns
from zhuanban.pack.conditions import compile_conditions
from zhuanban.pack.values import NEW, SAME, Field, Ledger, Move
from zhuanban.people.queries import Setting
from zhuanban.people.scope import Actor, Reach, reach, shares

NO_FACTS: tuple[Fact, ...] = ()
EARLY = "补录：早于行动开始"
EARLY_FOR = "早于{stage}开始"


class Judged(NamedTuple):
    """New facts of a change that may enter (none: nothing new in it), or its problems."""

    facts: list[Fact]
    line: list[tuple[int, Snapshot]]
    one_key: str | None
    problems: list[Problem]


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
        shared = shares(self.actor, self.setting.pack, ledger)
        for posts in (() if shared else ledger.seen_by, state.seen_by if state else ()):
            if posts and not self._reach(tuple(posts)).covers(snapshot.region, snapshot.unit):
                return False
        return shared or self._reach(None).covers(snapshot.region, snapshot.unit)

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
            known = self._rules[ledger.key] = rules_of(self.setting.pack, ledger)
        return known


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
            if (problem := conflict(change, draft, self.ledger)) is not None:
                return [problem]
        for step in change.steps:
            self._step(step)
            if self.found:
                return [*self.found, *said_elsewhere(change, draft, bench.setting.regions)]
        if not self.in_order:
            self.line = timeline(self._all())
        while self.line and (due := self._zones_due() or self._stand_due()):
            self._enter("amend", *due)
            self.line = timeline(self._all())
            self.current = self.line[-1][1]
        if self.facts:
            self._whole()
        return [*self.found, *said_elsewhere(change, draft, bench.setting.regions)] if self.found else []

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
        says_nothing = step.verb == "amend" and not step.set  # only brings zones up to date, for the days before
        if self.current.withdrawn and step.verb != "restore" and not says_nothing:
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
        named = Snapshot(move.to, region, step.unit or "", step.set)
        unit, ruled, wrong = unit_said(self.rules, bench.setting, named, on)
        self.found += wrong
        self._check_place(region, unit, on)
        body = self._said(step, move, on)
        body["to"] = move.to
        body["region"] = region
        if unit:
            body["unit"] = unit
        if ruled is not None:
            body["ruled"] = {"unit": ruled}
        self._decide(body, Snapshot(move.to, region, unit, {}), step, on)
        snapshot = Snapshot(move.to, region, unit, body.get("set", {}))
        self._may(move.by, move.key, snapshot)
        self._required(move, snapshot)
        self._guards(move, snapshot, snapshot, on)
        stage = bench.setting.pack.stages.get(ledger.stage)
        if stage is not None and stage.start is not None and on < stage.start:  # kept, and marked
            body["flags"] = [*body.get("flags", ()), EARLY_FOR.format(stage=stage.title)]
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
        after = {**now.data, **body.get("set", {})}
        self._required(move, moved._replace(data=after))
        if not self.bench.actor.operator:
            for fact in self._all():
                if fact.body.get("move") in move.not_by and fact.actor == self.bench.actor.login:
                    self.say(says.NOT_ANOTHER.at(self.place, move=move.key, other=fact.body["move"], who=fact.actor))
                    break
        self._guards(move, now, now._replace(data=after), on)
        self._enter("move", on, body)

    def _amend(self, step: Step, now: Snapshot) -> None:
        self._may(self.ledger.amend_by, "更正", now)
        changed = {k: v for k, v in step.set.items() if now.data.get(k) != (None if is_empty(v) else v)}
        if not changed:
            return
        on = said_last(self._all(), changed) if step.on is None else step.on
        opened = self._opened()
        if on < opened:
            self.say(says.BEFORE_OPENED.at(self.place, day=iso(on), opened=iso(opened)))
        body = self._said(Step("amend", set=changed, reason=step.reason), None, on)
        self._place_into(body, step, on)
        self._decide(body, now, step, on)
        void_signatures(self.rules, body, now)
        for key in changed:
            spec = self.ledger.fields.get(key)
            if spec is not None and spec.required and is_empty(changed[key]):
                self.say(
                    says.EMPTY.at(Place(record=self.draft.number, field=spec.title), field=spec.title, move="更正")
                )
        if (self.rules.zones or self.rules.stands) and not self._says_more(body, now):
            return  # a word typed beside a point or a rule that says otherwise, as it was typed before
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
        if step.beside and "region" in body:
            stood = as_of(self._all(), on) or now
            body["beside"] = stood.beside or stood.region
        if not step.reason:
            self.say(says.REASON_MISSING.at(self.place, move="移转"))
        self._enter("transfer", on, body)

    def _redate(self, step: Step, now: Snapshot) -> None:
        self._may(self.ledger.amend_by, "改期", now)
        facts = self._all()
        target = next((f for f in facts if f.version == step.of and f.verb != "redate"), None)
        if target is None or step.on is None:
            self.say(says.NO_EVENT.at(self.place, number=self.draft.number, of=step.of))
            return
        days = effective_days(facts)
        if days[target.version] == step.on:
            return
        was, days[target.version] = days[target.version], step.on
        early = out_of_order(facts, days)
        if early is not None:
            self._disorder(target, early, was, step.on)
            return
        body: dict[str, Any] = {"of": target.version}
        if step.reason:
            body["reason"] = step.reason
        self._enter("redate", step.on, body)

    def _disorder(self, target: Fact, early: Fact, was: int, on: int) -> None:
        place = Place(record=self.draft.number, field=str(target.body.get("move", "")))
        words = {"redated": word_of(target), "move": word_of(early), "day": iso(on), "was": iso(was)}
        self.say(says.DISORDER.at(place, **words))

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
        before = self.current.data if self.current is not None else {}
        if move is not None:
            for key, fixed in move.sets:
                value = written(self.ledger, fixed, on, values, before, self._received(move))
                if value is not None or fixed is None:  # where there was nothing to copy, what stands here stays
                    values[key] = value
            if move.reason and not step.reason:
                self.say(says.REASON_MISSING.at(self.place, move=move.key))
        body: dict[str, Any] = {}
        if self.rules.zones:
            placed = place_said(self.rules.zones, values, before, on, self.bench.sight.zone_of, self.place)
            values.update(placed.words)
            placed.enter(body)
            self.found += placed.problems
        if values:
            body["set"] = values
        if move is not None:
            body["move"] = move.key
        if step.reason:
            body["reason"] = step.reason
        if self.change.source:
            body["source"] = dict(self.change.source)
        if self.rules.files:
            facts, sender = self._all(), self.change.sender
            self.found += unfit_files(self.rules, values, facts, sender, self.bench.sight, self.draft.number)
        units = self.bench.setting.units
        self.found += not_there(self.rules, values, on, self.bench.sight, units, self.draft.number)
        return body

    def _decide(self, body: dict[str, Any], before: Snapshot, step: Step, on: int) -> None:
        if self.rules.stands:
            stood = before if self._latest(on) else as_of(self._all(), on) or before
            stand_said(self.stands, body, stood, on)
        if self.rules.decides:
            self.found += decide(self.rules, self.bench.setting, body, before, step, on, self._all())

    def _received(self, move: Move) -> tuple[int, int]:
        """The instants at which the server learned the first such move of the record, and this one."""
        before = [f.at for f in self._all() if f.body.get("move") == move.key]
        return min(before, default=self.bench.at), self.bench.at

    def _says_more(self, body: Mapping[str, Any], now: Snapshot) -> bool:
        same = all(now.data.get(k) == v for k, v in body.get("set", {}).items())
        return not same or bool({"region", "unit"} & body.keys()) or not {*body.get("flags", ())} <= {*now.flags}

    def _place_into(self, body: dict[str, Any], step: Step, on: int) -> None:
        now = self.current
        assert now is not None
        if self.draft.line and on < self.draft.line[-1][0]:
            now = as_of(self._all(), on) or now  # where it stood that day, not where it went since
        region = now.region if step.region is None else step.region
        unit = now.unit if step.unit is None else step.unit
        if (region, unit) != (now.region, now.unit):
            self._check_place(region, unit, on)
        if region != now.region:
            body["region"] = region
        if unit != now.unit:
            body["unit"] = unit

    def _check_place(self, region: str, unit: str, on: int) -> None:
        regions, ledger = self.bench.setting.regions, self.ledger
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
        if unit and not is_in_use(self.bench.setting.units, unit, on):
            self.say(says.WRONG_UNIT.at(Place(record=self.draft.number, field=ledger.unit_title), unit=unit))
        if not unit and ledger.unit_required:
            title = ledger.unit_title
            self.say(says.EMPTY.at(Place(record=self.draft.number, field=title), field=title, move="登记"))

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

    def _guards(self, move: Move, before: Snapshot, after: Snapshot, on: int) -> None:
        """Requirements: of the record as it stood `before`, of others by what it says `after`."""
        for guard in move.requires:
            if guard.kind == "here":
                here, which = compile_conditions(guard.where, self.ledger), ""
                holds = here(before.data, before.state, before.region, before.unit, on)
            else:
                others, ledger = self.bench.sight.guarded(guard, self.draft.number, after, on), guard.ledger
                holds, which = others_hold(guard, self.bench.setting.pack.ledgers[ledger], others, self.bench.sees)
            if not holds:
                self.say(says.GUARD.at(self.place, says=guard.says + which, move=move.key))

    def _enter(self, verb: str, on: int, body: dict[str, Any]) -> None:
        bench = self.bench
        if on < bench.setting.campaign.start and verb != "redate":
            # What happened before the campaign is entered late by its nature: kept with its own day, and marked.
            body = {**body, "flags": [EARLY, *body.get("flags", ())]}
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
        broken = list(broken_checks(ledger, now, self.facts))
        self.found += [says.CHECK.at(self.place, says=check.says) for check in broken if not check.flag]
        self._flag(*(check.says for check in broken if check.flag))
        self._flag(*beyond_limits(self.rules, self.bench.setting.pack.standards, self.facts))
        self.one_key = one_key_of(ledger, now)
        for key in self.rules.points:
            if any(key in f.body.get("set", {}) or "region" in f.body for f in self.facts):
                self._point(key, now)
        for spec in self.rules.pictures:
            self._pictures(spec, now)
        if ledger.likely and self.facts[0].verb == "create":
            self._likely(now)
        cell = self.bench.setting.regions.nodes.get(now.region)
        came = any("region" in f.body or f.verb == "restore" for f in self.facts)
        if came and cell is not None and cell.to_day <= self.bench.today and not now.withdrawn:
            # A late card of a cell that was split or closed since: it enters, and somebody has to give it a new home.
            self._flag(says.CELL_CLOSED.at(region=cell.printed(), day=iso(cell.to_day)).says)

    def _zones_due(self) -> tuple[int, dict[str, Any]] | None:
        """The first day on which the zones are not those of the point, also where the change says nothing of them."""
        if not self.rules.zones:
            return None
        sight, titles = self.bench.sight, self.bench.setting.pack.layers
        due = place_due(self.rules.zones, self.line, self.bench.today, sight.zone_of, sight.zone_days)
        if due is None:
            return None
        day, placed = due
        by = [(titles[self.ledger.fields[key].layer].title, n) for key, n in placed.versions.items()]
        body: dict[str, Any] = {"set": placed.words}
        body["reason"] = "、".join(f"按“{title}”第{n}版判定" for title, n in by)
        placed.enter(body)
        return day, body

    def _stand_due(self) -> tuple[int, dict[str, Any]] | None:
        """The first day until today on which the record does not say what stands: by its rules, by those it mirrors."""
        if not self.rules.stands:
            return None
        dated = turns(self.rules.standing, (now for _, now in self.line), self.line[0][0], self.bench.today)
        due = stand_due(self.stands, self.line, dated | self.others.days(self.line))
        if due is None:
            return None
        day, body = due
        if self.rules.decides and self._latest(day):  # other rules may ask what this one says
            step = Step("amend", day, set=body["set"])
            before = self.line[-1][1]
            self.found += decide(self.rules, self.bench.setting, body, before, step, day, self._all())
        return day, body

    @cached_property
    def others(self) -> Others:
        """The records that stand behind the fields of this one."""
        return Others(self.bench.sight, self.rules, self.draft.number if self.draft.exists else "")

    @cached_property
    def stands(self) -> list[Stand]:
        """What the record's fields say whatever is typed."""
        return stands_of(self.rules, self.bench.setting, self.others, self.found)

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
        else:
            self._flag(problem.says)

    def _pictures(self, spec: Field, now: Snapshot) -> None:
        """What is odd about the pictures that this change brought; the record keeps it as flags."""
        sight = self.bench.sight
        brought = [f for f in self.facts if f.body.get("set", {}).get(spec.key)]
        if not brought:
            return
        found = list(oddities(self.ledger, spec, now.data, brought[-1].on, self.bench.today, sight.shots))
        own = (self.ledger.key, self.draft.number)
        alike = sight.alike(shas(now.data.get(spec.key)), own) if spec.once else []
        if alike:
            found.append(says.PHOTO_TWICE.at(field=spec.title))
        self._flag(*(problem.says for problem in found), alike=alike)

    def _likely(self, now: Snapshot) -> None:
        """Which records the new one may be a double of: an offer, a person merges."""
        found = self.bench.sight.likely(self.ledger, self.draft.number, now)
        ledgers = self.bench.setting.pack.ledgers
        titles = dict.fromkeys(ledgers[key].title for key, _ in found)
        self._flag(*(says.LIKELY.at(ledger=title).says for title in titles), likely=found)

    def _flag(self, *words: str, **named: Sequence[tuple[str, str]]) -> None:
        """Keep warnings on the change's last event, and the other records of which they speak: those `alike` in a
        picture, those `likely` the same thing."""
        if not words:
            return
        last = self.facts[-1]
        body = {**last.body, "flags": [*last.body.get("flags", ()), *words]}
        for word, others in named.items():
            if others:
                body[word] = sorted({*map(tuple, last.body.get(word, ())), *others})
        self.facts[-1] = last._replace(body=body)
        self.line = timeline(self._all())

    # -- what the record's own history says ------------------------------------------------------------------------

    def _all(self) -> list[Fact]:
        return [*self.draft.facts, *self.facts]

    def _opened(self) -> int:
        return effective_days(self._all())[1]

    def _latest(self, on: int) -> bool:
        """Did nothing at all happen later than on this day?"""
        return self.in_order and (not self.line or on >= self.line[-1][0])

    def _not_before_last(self, word: str, on: int) -> None:
        """No workflow step may be dated before the latest one."""
        if self._latest(on):
            return
        last = last_step(self._all())
        if last is not None and on < last[0]:
            self.say(says.BEFORE_LAST.at(self.place, move=word, day=iso(on), last=last[1], last_day=iso(last[0])))

    def _unknown_move(self, move: str) -> Problem:
        known = "、".join(m for m, x in self.ledger.moves.items() if (NEW in x.from_) == (self.current is None))
        return says.UNKNOWN_MOVE.at(self.place, ledger=self.ledger.title, move=move, known=known or "（无）")
