"""Writes of the tallies: following the door, following the tree, rebuilding from events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from zhuanban.core.problem import Problem
from zhuanban.ledger.models import Record
from zhuanban.ledger.rules import Transition, timeline
from zhuanban.ledger.stored import facts_of
from zhuanban.pack.values import Question
from zhuanban.people.queries import Setting
from zhuanban.tally import store
from zhuanban.tally.differences import differences
from zhuanban.tally.models import Measure
from zhuanban.tally.questions import Contributor, question_key, questions_of
from zhuanban.tally.rules import Delta, record_deltas, spread_all

Compiled = dict[str, Contributor]
_compiled: dict[tuple[str, str], tuple[Compiled, dict[str, int]]] = {}


def measure_ids(setting: Setting) -> dict[str, int]:
    """Question key → measure number; makes the numbers where the pack is new to the campaign."""
    return _measures(setting)[1]


def _measures(setting: Setting) -> tuple[Compiled, dict[str, int]]:
    cache_key = (setting.campaign.uid, setting.pack.sha256)
    known = _compiled.get(cache_key)
    if known is not None:
        return known
    questions = {question_key(q): q for q in questions_of(setting.pack)}
    Measure.objects.bulk_create(
        [Measure(campaign=setting.campaign, key=k, ledger=q.ledger) for k, q in questions.items()],
        ignore_conflicts=True,
    )
    ids = dict(Measure.objects.filter(campaign=setting.campaign).values_list("key", "pk"))
    by_ledger: dict[str, list[tuple[int, Question]]] = defaultdict(list)
    for key, question in questions.items():
        by_ledger[question.ledger].append((ids[key], question))
    compiled = {k: Contributor(setting.pack.ledgers[k], asked) for k, asked in by_ledger.items()}
    made = (compiled, {k: ids[k] for k in questions})
    # Only numbers that are safely on disk may be remembered: a dry run takes its own back.
    transaction.on_commit(lambda: _compiled.__setitem__(cache_key, made))
    return made


def follow_door(setting: Setting, transitions: Sequence[Transition]) -> None:
    """Called by the door inside its transaction."""
    compiled, _ = _measures(setting)
    store.add(spread_all(setting.regions, record_deltas(transitions, compiled)))


def follow_tree(before: Setting, after: Setting, code: str) -> None:
    """Called when a region was hung elsewhere: its sums move to the new ancestors from that day on.

    The sums of the region itself stay; what its ancestors hold of it follows from them by the old and the new tree.
    """
    own = dict(store.days_of(code, list(measure_ids(after).values())))
    change: dict[Delta, int] = defaultdict(int)
    for key, n in spread_all(after.regions, own).items():
        change[key] += n
    for key, n in spread_all(before.regions, own).items():
        change[key] -= n
    store.add({key: n for key, n in change.items() if n})


class Recount:
    """All sums of a campaign from its events alone, gathered record by record in memory."""

    def __init__(self, setting: Setting) -> None:
        self._regions = setting.regions
        self._compiled, _ = _measures(setting)
        self._totals: dict[Delta, int] = defaultdict(int)

    def take(self, transitions: Iterable[Transition]) -> None:
        """Count records by their timelines; each record of the campaign once."""
        for key, n in record_deltas(transitions, self._compiled).items():
            self._totals[key] += n

    def sums(self) -> dict[Delta, int]:
        """The sums at every node, zeros left out."""
        return spread_all(self._regions, {k: n for k, n in self._totals.items() if n})


def recompute(setting: Setting) -> dict[Delta, int]:
    """All sums of the campaign, from its events alone."""
    recount = Recount(setting)
    for transitions in _all_records(setting):
        recount.take(transitions)
    return recount.sums()


def _all_records(setting: Setting) -> Iterator[list[Transition]]:
    last = 0
    while True:
        rows = Record.objects.filter(campaign=setting.campaign, pk__gt=last).order_by("pk").values_list("pk", "ledger")
        part = dict(rows[:2000])
        if not part:
            return
        last = max(part)
        facts = facts_of(part)
        yield [Transition(pk, ledger, (), timeline(facts[pk])) for pk, ledger in part.items() if pk in facts]


def rebuild(setting: Setting) -> int:
    """Throw the sums away and make them again from the events. Returns the number of day rows."""
    with transaction.atomic():
        store.forget(list(measure_ids(setting).values()))
        right = recompute(setting)
        store.add(right)
    return len(right)


def check(setting: Setting) -> list[Problem]:
    """Compare the sums with a recomputation in memory; every difference is a problem."""
    return list(differences(setting, measure_ids(setting), recompute(setting)))
