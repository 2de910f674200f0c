"""The one door. Browser, sheet, phone, API and command line all end here; nothing else writes a record.

Order of work, in one transaction: known change id → record found and locked → judged (`judge.py`) → events → records →
followers (tallies) → what did not pass into the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import orjson
from django.db import IntegrityError, connection, transaction

from zhuanban.core import clock
from zhuanban.core.canonical import canonical
from zhuanban.core.day import day_of, to_date
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.ledger import inbox
from zhuanban.ledger import problems as says
from zhuanban.ledger.change import ALREADY, ENTERED, UNCHANGED, WAITING, Change, Outcome, Step
from zhuanban.ledger.draft import Draft, one_key
from zhuanban.ledger.fields import shas
from zhuanban.ledger.judge import Bench, Judged
from zhuanban.ledger.models import Record
from zhuanban.ledger.numbers import kept_numbers
from zhuanban.ledger.rules import Snapshot, Transition, event_hash, event_head, timeline
from zhuanban.ledger.sight import Seen
from zhuanban.ledger.stored import CHUNK, chunks, facts_of, marks
from zhuanban.pack.values import Ledger
from zhuanban.people.models import Campaign
from zhuanban.people.queries import Setting, hold, setting
from zhuanban.people.scope import Actor

T = TypeVar("T")
Follower = Callable[[Setting, Sequence[Transition]], None]

followers: list[Follower] = []
"""Called inside the transaction with what changed; wired in `project.wiring`."""

BATCH = 2000


def submit(campaign: Campaign, changes: Iterable[Change], actor: Actor) -> list[Outcome]:
    """Enter changes; one outcome each, in order. Large inputs are cut into transactions of `BATCH` changes.

    A change is entered whole or kept whole in the inbox. Raises Refused only where the campaign itself is unusable.
    """
    outcomes: list[Outcome] = []
    batch: list[Change] = []
    for change in changes:
        batch.append(change)
        if len(batch) == BATCH:
            outcomes += _submit(campaign, batch, actor)
            batch = []
    if batch:
        outcomes += _submit(campaign, batch, actor)
    return outcomes


def try_out(campaign: Campaign, changes: Sequence[Change], actor: Actor) -> list[Outcome]:
    """What `submit` would answer, with nothing written (dry run)."""
    with dry():
        return [o for i in range(0, len(changes), BATCH) for o in _Batch(campaign, changes[i : i + BATCH], actor).run()]


@contextmanager
def dry(is_dry: bool = True) -> Iterator[None]:
    """In a dry run nothing that is done inside stays in the tables."""
    if not is_dry:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def enter_or_refuse(campaign: Campaign, change: Change, actor: Actor) -> Outcome:
    """For a step that is pressed again where it fails, and is no data to be kept: nothing of it goes to the inbox.

    Raises Refused with all that speaks against it.
    """
    for attempt in (try_out, submit):
        (outcome,) = attempt(campaign, [change], actor)
        if outcome.status == WAITING:
            raise Refused(outcome.problems)
    return outcome


def weigh(campaign: Campaign, changes: Sequence[Change], actor: Actor) -> list[tuple[Problem, ...]]:
    """What speaks against each change, each judged by itself against the ledgers as they stand. Writes nothing."""
    with transaction.atomic():
        batch = _Batch(campaign, changes, actor)
        batch._load_targets()
        return [
            tuple(batch.bench.judge(c, batch.drafts.get((c.ledger, c.number)) or Draft(0, c.ledger, c.number)).problems)
            for c in batch.changes
        ]


def submit_each(campaign: Campaign, sent: Sequence[tuple[Sequence[Change], Actor]]) -> list[list[Outcome]]:
    """Several people's changes in one transaction, in their order, each as by `submit`; where one fails, nothing."""
    with transaction.atomic():
        return [_Batch(campaign, changes, actor).run() for changes, actor in sent]


def _submit(campaign: Campaign, batch: Sequence[Change], actor: Actor) -> list[Outcome]:
    for attempt in range(3):
        try:
            with transaction.atomic():
                return _Batch(campaign, batch, actor).run()
        except IntegrityError:
            # PostgreSQL only: another writer registered the same record between our look and our write. Looking again
            # finds his record, and judging it again gives the right answer.
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


class _Batch:
    """One transaction's worth of changes."""

    def __init__(self, campaign: Campaign, changes: Sequence[Change], actor: Actor) -> None:
        self.actor = actor
        self.setting = setting(hold(campaign))
        self.at = clock.now()
        self.seen = Seen(self.setting, actor)
        self.bench = Bench(self.setting, actor, self.at, day_of(self.at), self.seen)
        self.changes = self._spelt(changes)
        self.drafts = self.seen.drafts
        self.one_keys: dict[tuple[str, str], str] = {}  # (ledger, one key) → number
        self.foreseen: set[tuple[str, str]] = set()  # keys that were looked up in the database
        self.event_rows: list[tuple[Any, ...]] = []
        self.attached_rows: list[tuple[Any, ...]] = []
        self.new: dict[int, Draft] = {}
        self.before: dict[int, list[tuple[int, Snapshot]]] = {}
        self.numbers = Numbers(self.setting.campaign)
        self.others: set[str] = set()  # ids of changes that entered records which the actor may not know of
        self.waiting: list[tuple[Change, tuple[Problem, ...]]] = []
        self._last_record = 0
        self._record_ids: list[int] = []  # PostgreSQL: taken from the sequence, not yet used

    def run(self) -> list[Outcome]:
        known = self._known_changes()
        self._load_targets()
        outcomes = []
        entered: list[Change] = []
        for change in self.changes:
            if change.id in known:
                number, version = known[change.id]
                outcomes.append(Outcome(change.id, ALREADY, number, version))
                continue
            outcome = self._one(change)
            if outcome.status == WAITING:
                self.waiting.append((change, outcome.problems))
            else:
                entered.append(change)
                if outcome.status == ENTERED:
                    known[change.id] = (outcome.number, outcome.version)
            outcomes.append(outcome)
        if self.seen.names.watched:
            self._follow()
        self._write()
        inbox.keep(self.setting, self.waiting, self.actor, self.at)
        inbox.settle_entered(self.setting.campaign, entered, self.at, self.actor)
        return outcomes

    def _follow(self) -> None:
        """Records of which a field stands on what this batch has changed say it anew, in the same transaction.

        Whoever makes a change answers for what follows from it, also where he could not correct that himself.
        """
        acting = replace(self.actor, operator=True)
        bench = Bench(self.setting, acting, self.at, self.bench.today, self.seen)
        done: dict[int, int] = {}  # record → the version that was looked at
        while fresh := [d for mine in self.seen.touched.values() for d in mine.values() if done.get(d.id) != d.version]:
            done |= {draft.id: draft.version for draft in fresh}
            targets = {t for draft in fresh for t in self.seen.names.standing_on(draft, self.before[draft.id])}
            unmet: dict[str, list[str]] = defaultdict(list)
            for ledger, number in sorted(targets - self.drafts.keys()):
                unmet[ledger].append(number)
            for ledger, numbers in unmet.items():
                for part in chunks(numbers):
                    self._load(ledger, part)
            for ledger, number in sorted(targets & self.drafts.keys()):
                draft = self.drafts[ledger, number]
                change = Change(f"follow/{draft.id}/{draft.version + 1}", ledger, (Step("amend"),), number)
                judged = bench.judge(change, draft)
                if judged.facts and not judged.problems:
                    self._take(self.setting.pack.ledgers[ledger], draft, judged)

    # -- one change --------------------------------------------------------------------------------------------------

    def _one(self, change: Change) -> Outcome:
        ledger = self.setting.pack.ledgers.get(change.ledger)
        if ledger is None:
            known = "、".join(self.setting.pack.ledgers)
            return _wait(change, says.UNKNOWN_LEDGER.at(ledger=change.ledger, known=known))
        if not 0 < len(change.id) <= 64:
            raise Refused(says.CHANGE_ID.at())
        opens = bool(change.steps) and change.steps[0].verb == "create"
        draft = self.drafts.get((change.ledger, change.number)) if change.number else None
        if draft is None:
            if not opens:
                return _wait(change, says.NOT_THERE.at(Place(record=change.number)))
            draft = Draft(0, change.ledger, change.number)
        judged = self.bench.judge(change, draft)
        problems = judged.problems
        if not problems and judged.facts:
            problems = self._second(ledger, draft, judged)
        if not problems and change.id in self.others:
            problems = [says.NOT_THERE.at(Place(record=change.number))]
        if problems:
            return _wait(change, *problems)
        if not judged.facts:
            return Outcome(change.id, UNCHANGED, draft.number, draft.version)
        self._take(ledger, draft, judged)
        return Outcome(change.id, ENTERED, draft.number, draft.version)

    def _second(self, ledger: Ledger, draft: Draft, judged: Judged) -> list[Problem]:
        key = judged.one_key
        if key is None or key == draft.one_key:
            return []
        holder = self._key_holder(ledger.key, key)
        if holder is None or (draft.exists and holder == draft.number):
            return []
        text = ledger.one_per_says or "同一对象只能有一个条目"
        return [says.SECOND.at(Place(record=draft.number), says=text.rstrip("。"), number=holder)]

    def _key_holder(self, ledger: str, key: str) -> str | None:
        """Number of the record that holds a "one per" key; asks the database where the batch did not foresee it."""
        if (ledger, key) not in self.foreseen:
            self.foreseen.add((ledger, key))
            row = Record.objects.filter(campaign=self.setting.campaign, ledger=ledger, one_key=key).first()
            if row is not None:
                self.one_keys.setdefault((ledger, key), row.number)
        return self.one_keys.get((ledger, key))

    def _take(self, ledger: Ledger, draft: Draft, judged: Judged) -> None:
        """Hash the facts into the chain and remember what is to be written."""
        if not draft.exists:
            draft.id = self._next_record_id()
            draft.foreign = draft.number != ""
            if not draft.foreign:
                draft.number = self.numbers.next(ledger, judged.line[0][1], judged.facts[0].on, self.drafts)
            self.drafts[(ledger.key, draft.number)] = draft
            self.new[draft.id] = draft
            self.before[draft.id] = []
        elif draft.id not in self.before:
            self.before[draft.id] = draft.line
        if draft.one_key is not None and draft.one_key != judged.one_key:
            self.one_keys.pop((ledger.key, draft.one_key), None)
        if judged.one_key is not None:
            self.one_keys[(ledger.key, judged.one_key)] = draft.number
        campaign = self.setting.campaign
        for fact in judged.facts:
            for key in self.bench.rules(ledger).files:
                for sha256 in dict.fromkeys(shas(fact.body.get("set", {}).get(key))):
                    self.attached_rows.append((campaign.pk, draft.id, fact.version, key, sha256))
                    self.seen.files.entered[sha256].add((ledger.key, draft.number))
            body = canonical(fact.body)
            head = event_head(campaign.name, ledger.key, draft.number, fact)
            draft.head = event_hash(draft.head, head, body)
            self.event_rows.append(
                (
                    campaign.pk, draft.id, fact.version, fact.verb, fact.on, fact.at, fact.actor, fact.change,
                    fact.step, body.decode(), draft.head,
                )
            )  # fmt: skip
        draft.facts = [*draft.facts, *judged.facts] if draft.facts else judged.facts
        draft.version = judged.facts[-1].version
        draft.line = judged.line
        draft.one_key = judged.one_key
        self.seen.spots.put(draft)
        self.seen.names.put(draft)
        # Last touched, last written: who takes over a "one per" key comes after who gave it up.
        touched = self.seen.touched[ledger.key]
        touched.pop(draft.id, None)
        touched[draft.id] = draft

    def _spelt(self, changes: Sequence[Change]) -> list[Change]:
        """The changes with the numbers of records, their own and those they link to, as the ledgers keep them."""
        said: dict[str, set[str]] = defaultdict(set)
        links: list[tuple[int, int, str, str]] = []  # change, step, field, its ledger
        for n, change in enumerate(changes):
            ledger = self.setting.pack.ledgers.get(change.ledger)
            if ledger is None:
                continue
            if change.number:
                said[ledger.key].add(change.number)
            for m, step in enumerate(change.steps):
                for key in self.bench.rules(ledger).links:
                    if named := _named(step.set.get(key)):
                        links.append((n, m, key, ledger.fields[key].ledger))
                        said[ledger.fields[key].ledger].update(named)
        kept = {key: kept_numbers(self.setting.campaign, key, numbers) for key, numbers in said.items()}
        spelt = [c._replace(number=kept[c.ledger][c.number]) if c.number and c.ledger in kept else c for c in changes]
        for n, m, key, ledger_key in links:
            steps = list(spelt[n].steps)
            value = steps[m].set[key]
            words = [kept[ledger_key].get(x, x) if isinstance(x, str) else x for x in _listed(value)]
            steps[m] = steps[m]._replace(set={**steps[m].set, key: words if isinstance(value, list) else words[0]})
            spelt[n] = spelt[n]._replace(steps=tuple(steps))
        return spelt

    # -- reads -------------------------------------------------------------------------------------------------------

    def _known_changes(self) -> dict[str, tuple[str, int]]:
        """Change id → number and version, of what entered before and was the actor's own or is in his sight."""
        known: dict[str, tuple[str, int]] = {}
        with connection.cursor() as cursor:
            for part in chunks([c.id for c in self.changes]):
                cursor.execute(
                    f"""SELECT e.change, r.number, e.version, e.actor, r.ledger, r.state, r.region, r.unit
                        FROM ledger_event e JOIN ledger_record r ON r.id = e.record_id
                        WHERE e.campaign_id = %s AND e.change IN ({marks(part)})""",
                    [self.setting.campaign.pk, *part],
                )
                for change, number, version, sender, *place in cursor.fetchall():
                    if sender == self.actor.login or self._sees(*place):
                        known[change] = max(known.get(change, (number, 0)), (number, version))
                    else:
                        self.others.add(change)
        return known

    def _sees(self, ledger: str, state: str, region: str, unit: str) -> bool:
        spec = self.setting.pack.ledgers.get(ledger)
        return spec is not None and self.bench.sees(spec, Snapshot(state, region, unit, {}))

    def _load_targets(self) -> None:
        """Records that the batch names, or whose "one per" keys it might meet; locked until the transaction ends."""
        numbers: dict[str, set[str]] = defaultdict(set)
        keys: dict[str, set[str]] = defaultdict(set)
        links: dict[str, set[str]] = defaultdict(set)
        files: set[str] = set()
        for change in self.changes:
            ledger = self.setting.pack.ledgers.get(change.ledger)
            if ledger is None:
                continue
            if change.number:
                numbers[ledger.key].add(change.number)
            rules = self.bench.rules(ledger)
            for step in change.steps:
                if ledger.one_per:
                    keys[ledger.key] |= _possible_keys(ledger, step)
                for key in rules.links:
                    links[ledger.fields[key].ledger].update(_named(step.set.get(key)))
                for key in rules.files:
                    files.update(shas(step.set.get(key)))
        for ledger_key, wanted in numbers.items():
            for part in chunks(sorted(wanted)):
                self._load(ledger_key, part)
        for ledger_key, wanted in keys.items():
            self.foreseen.update((ledger_key, key) for key in wanted)
            with connection.cursor() as cursor:
                for part in chunks(sorted(wanted)):
                    cursor.execute(
                        f"""SELECT one_key, number FROM ledger_record
                            WHERE campaign_id = %s AND ledger = %s AND one_key IN ({marks(part)})""",
                        [self.setting.campaign.pk, ledger_key, *part],
                    )
                    for key, number in cursor.fetchall():
                        self.one_keys[(ledger_key, key)] = number
        for ledger_key, wanted in links.items():
            for part in chunks(sorted(map(str, wanted))):
                rows = Record.objects.filter(campaign=self.setting.campaign, ledger=ledger_key, number__in=part)
                for number in rows.values_list("number", flat=True):
                    self.seen.links.add((ledger_key, number))
        self.seen.files.foresee(files)

    def _load(self, ledger: str, numbers: Sequence[str]) -> None:
        loaded: dict[int, Draft] = {}
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT id, number, version, head, one_key FROM ledger_record
                    WHERE campaign_id = %s AND ledger = %s AND number IN ({marks(numbers)}) ORDER BY id{lock}""",
                [self.setting.campaign.pk, ledger, *numbers],
            )
            rows = cursor.fetchall()
        for pk, number, version, head, key in rows:
            loaded[pk] = Draft(pk, ledger, number, version, bytes(head), one_key=key)
            if key is not None:
                self.foreseen.add((ledger, key))
                self.one_keys[(ledger, key)] = number
        for pk, facts in facts_of(loaded).items():
            draft = loaded[pk]
            draft.facts = facts
            draft.line = timeline(facts)
            self.drafts[(draft.ledger, draft.number)] = draft

    # -- writes ------------------------------------------------------------------------------------------------------

    def _next_record_id(self) -> int:
        if self._record_ids:
            return self._record_ids.pop()
        if self._last_record:
            # SQLite: the transaction holds the only write lock, so nobody else can take these.
            self._last_record += 1
            return self._last_record
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence('ledger_record', 'id')) FROM generate_series(1, %s)",
                    [min(len(self.changes), CHUNK)],
                )
                self._record_ids = [int(pk) for (pk,) in cursor.fetchall()][::-1]
                return self._record_ids.pop()
            cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_record")
            self._last_record = int(cursor.fetchone()[0])
        return self._last_record

    def _write(self) -> None:
        touched = [draft for mine in self.seen.touched.values() for draft in mine.values()]
        if not touched:
            return
        self.numbers.save()
        with connection.cursor() as cursor:
            cursor.executemany(INSERT_EVENT, self.event_rows)
            cursor.executemany(INSERT_ATTACHED, self.attached_rows)
            rows = [self._record_row(d) for d in touched]
            cursor.executemany(UPDATE_RECORD, [(*r[5:], r[0]) for r in rows if r[0] not in self.new])
            cursor.executemany(INSERT_RECORD, [r for r in rows if r[0] in self.new])
        self.seen.spots.write()
        self.seen.names.write()
        transitions = [Transition(d.id, d.ledger, self.before[d.id], d.line) for d in touched]
        for follow in followers:
            follow(self.setting, transitions)

    def _record_row(self, draft: Draft) -> tuple[Any, ...]:
        return record_row(self.setting.campaign.pk, draft)


def record_row(campaign: int, draft: Draft) -> tuple[Any, ...]:
    """The row of a draft's facts: id, campaign, ledger, number, foreign, then what UPDATE_RECORD sets."""
    line = draft.line
    now = line[-1][1]
    moved = len(line) > 1 and any((s.region, s.unit) != (now.region, now.unit) for _, s in line)
    return (
        draft.id, campaign, draft.ledger, draft.number, draft.foreign, line[0][0],
        draft.one_key, now.state, now.region, now.unit, now.withdrawn, moved, line[-1][0], draft.facts[-1].at,
        draft.version, draft.head, orjson.dumps(now.data).decode(), orjson.dumps(now.flags).decode(),
    )  # fmt: skip


INSERT_EVENT = """INSERT INTO ledger_event
    (campaign_id, record_id, version, verb, on_day, at, actor, change, step, body, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
INSERT_ATTACHED = """INSERT INTO ledger_attached
    (campaign_id, record_id, version, field, sha256) VALUES (%s, %s, %s, %s, %s)"""
INSERT_RECORD = """INSERT INTO ledger_record
    (id, campaign_id, ledger, number, from_outside, first_on, one_key, state, region, unit, withdrawn, moved,
     last_on, last_at, version, head, data, flags)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
UPDATE_RECORD = """UPDATE ledger_record
    SET first_on = %s, one_key = %s, state = %s, region = %s, unit = %s, withdrawn = %s, moved = %s,
        last_on = %s, last_at = %s, version = %s, head = %s, data = %s, flags = %s
    WHERE id = %s"""


_COUNTER = "campaign_id = %s AND ledger = %s AND prefix = %s"


class Numbers:
    """Numbers given out in one transaction, by each ledger's pattern. Call `save` before it ends."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.last: dict[tuple[str, str], int] = {}
        self.opened: dict[tuple[str, str], int] = {}  # the last number before this transaction
        self.looked: dict[tuple[str, str], int] = {}  # the last number whose freedom is known
        self.taken: dict[tuple[str, str], set[str]] = {}
        self.parts: dict[tuple[str, str, str, int], tuple[str, int, str]] = {}

    def next(self, ledger: Ledger, snapshot: Snapshot, on: int, met: Container[tuple[str, str]]) -> str:
        """The next free number; `met` holds (ledger, number) of records that this transaction has met."""
        shape = (ledger.number_pattern, snapshot.region, snapshot.unit, to_date(on).year)
        parts = self.parts.get(shape)
        if parts is None:
            parts = self.parts[shape] = number_parts(*shape)
        before, width, after = parts
        scope = (ledger.key, before + ("…" + after if after else ""))
        if scope not in self.last:
            self._open(scope)
        while True:
            self.last[scope] += 1
            if self.last[scope] > self.looked[scope]:
                self._look_ahead(scope, parts)
            number = f"{before}{self.last[scope]:0{width}d}{after}"
            if number not in self.taken[scope] and (ledger.key, number) not in met:
                return number

    def _open(self, scope: tuple[str, str]) -> None:
        key: list[Any] = [self.campaign.pk, *scope]
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            for _ in range(2):
                cursor.execute(f"SELECT last FROM ledger_counter WHERE {_COUNTER}{lock}", key)
                row = cursor.fetchone()
                if row is not None:
                    break
                cursor.execute(
                    """INSERT INTO ledger_counter (campaign_id, ledger, prefix, last) VALUES (%s, %s, %s, 0)
                       ON CONFLICT DO NOTHING""",
                    key,
                )
        self.last[scope] = self.looked[scope] = row[0]
        self.taken[scope] = set()

    def _look_ahead(self, scope: tuple[str, str], parts: tuple[str, int, str]) -> None:
        """A sheet may have brought numbers of this shape from outside: they are skipped. Looks further each time."""
        before, width, after = parts
        first = self.looked[scope] + 1
        self.looked[scope] += min(400, 8 + 4 * (first - 1 - self.opened.setdefault(scope, first - 1)))
        ends = sorted([f"{before}{n:0{width}d}{after}" for n in (first, self.looked[scope])])
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT number FROM ledger_record
                   WHERE campaign_id = %s AND ledger = %s AND number >= %s AND number <= %s""",
                [self.campaign.pk, scope[0], *ends],
            )
            self.taken[scope] = {number for (number,) in cursor.fetchall()}

    def save(self) -> None:
        rows = [(last, self.campaign.pk, *scope) for scope, last in self.last.items()]
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(f"UPDATE ledger_counter SET last = %s WHERE {_COUNTER}", rows)


def number_parts(pattern: str, region: str, unit: str, year: int) -> tuple[str, int, str]:
    """A number pattern with all but the sequence filled in: (before, width, after)."""
    before, _, rest = pattern.partition("{seq")
    width, _, after = rest.partition("}")
    words = {"region": region, "unit": unit, "year": str(year)}
    return before.format(**words), int(width.lstrip(":") or 1), after.format(**words)


def _wait(change: Change, *problems: Problem) -> Outcome:
    return Outcome(change.id, WAITING, change.number, 0, problems)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(value: Any) -> list[str]:
    """The numbers that a link field says."""
    return [n for n in _listed(value) if n and isinstance(n, str)]


def _possible_keys(ledger: Ledger, step: Any) -> set[str]:
    parts = [step.region if k == "region" else step.unit if k == "unit" else step.set.get(k) for k in ledger.one_per]
    return set() if any(p in (None, "") for p in parts) else {one_key(parts)}
