"""What holds of every scorecard, whatever it says: random cards, facts and rulings."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from zhuanban.core.ratio import Rounding
from zhuanban.oversight.scoring import CardScore, Entry, Found, Total, options, ranks, rounded, score
from zhuanban.pack.scorecard import Clause, Doubt, Scorecard, ScoreFact, ScoreGroup, Series, Term, Tier

FACTS = ("a", "b", "c", "d")
DOUBTS = ("X", "Y", "Z")

points = st.integers(0, 20).map(lambda n: Fraction(n, 2))
facts = st.sampled_from(FACTS)
terms = st.builds(Term, facts, points, st.none() | points)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Up to three tiers, which may overlap and leave gaps."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        low, high = sorted((draw(st.integers(0, 8)), draw(st.integers(0, 8))))
        bounds = (Fraction(low) if draw(st.booleans()) else None, Fraction(high) if draw(st.booleans()) else None)
        found.append(Tier(draw(facts), draw(points), *bounds))
    return tuple(found)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, object]:
    """Some words of a rule; of these a reading may change some."""
    kinds = {
        "base": st.none() | points,
        "tiers": tiers(),
        "overlap": st.sampled_from(["", "first", "last", "sum"]),
        "ratio": st.none() | st.tuples(facts, facts),
        "add": st.lists(terms, max_size=2).map(tuple),
        "deduct": st.lists(terms, max_size=2).map(tuple),
        "otherwise": st.none() | points,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=4))
    return {word: draw(kinds[word]) for word in chosen}


@st.composite
def clauses(draw: st.DrawFn, key: str, group: str = "", depth: int = 0) -> Clause:
    readings: dict[str, dict[str, dict[str, object]]] = {}
    for doubt in draw(st.lists(st.sampled_from(DOUBTS), unique=True, max_size=2)):
        readings[doubt] = {name: draw(rules()) for name in draw(st.sampled_from([("p",), ("q",), ("p", "q")]))}
    parts: tuple[Clause, ...] = ()
    if depth == 0 and draw(st.booleans()):
        parts = tuple(draw(clauses(f"{key}{i}", depth=1)) for i in range(draw(st.integers(1, 2))))
    worth = draw(points)
    return replace(Clause(key, key, group=group, points=worth, parts=parts, readings=readings), **draw(rules()))  # type: ignore[arg-type]


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    groups = {key: ScoreGroup(key, key) for key in ("one", "two")}
    items = {
        f"i{n}": draw(clauses(f"i{n}", draw(st.sampled_from(["one", "two"])))) for n in range(draw(st.integers(1, 3)))
    }
    doubts = {key: Doubt(key, key, draw(st.sampled_from([("p", "q"), ("p",)]))) for key in DOUBTS}
    readings = {"Z": {"p": {"floor": Fraction(0)}}} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        readings["Y"] = {"p": {"at_most": draw(points)}}
    return Scorecard(
        "card", "card", groups, {key: ScoreFact(key, key) for key in FACTS}, items, doubts,
        round=draw(st.sampled_from(list(Rounding))), digits=draw(st.integers(0, 2)),
        floor=draw(st.none() | st.just(Fraction(0))), readings=readings,
    )  # fmt: skip


known = st.fixed_dictionaries({key: st.integers(0, 9).map(lambda n: Found(Fraction(n))) for key in FACTS})


def every_ruling(card: Scorecard) -> list[dict[str, str]]:
    """Each way to rule on all doubts; where a doubt has one reading, the text as printed is the other."""
    ways = [options(card, doubt, {}) for doubt in card.doubts]
    return [dict(zip(card.doubts, chosen, strict=True)) for chosen in product(*ways)]


def ruled(card: Scorecard, facts: dict[str, Found], way: dict[str, str]) -> CardScore:
    """The score with every doubt ruled: one that is read as printed has no readings any more."""
    printed = {doubt for doubt, name in way.items() if not name}

    def without(clause: Clause) -> Clause:
        kept = {doubt: names for doubt, names in clause.readings.items() if doubt not in printed}
        return replace(clause, readings=kept, parts=tuple(map(without, clause.parts)))

    left = {doubt: names for doubt, names in card.readings.items() if doubt not in printed}
    plain = replace(card, items={key: without(item) for key, item in card.items.items()}, readings=left)
    return score(plain, facts, way)


@given(cards(), known)
def test_the_range_is_that_of_all_ways_to_rule(card: Scorecard, facts: dict[str, Found]) -> None:
    """It holds each of them, and its ends are reached: also where one doubt stands in several items."""
    whole = score(card, facts, {})
    each = [ruled(card, facts, way) for way in every_ruling(card)]
    assert whole.total.low == min(one.total.low for one in each)
    assert whole.total.high == max(one.total.high for one in each)
    for group, total in whole.groups.items():
        assert total.low == min(one.groups[group].low for one in each)
        assert total.high == max(one.groups[group].high for one in each)
    for key, item in whole.items.items():
        assert item.low == min(one.items[key].low or 0 for one in each)
        assert item.high == max(one.items[key].high or 0 for one in each)


@given(cards(), known, st.sampled_from(DOUBTS), st.data())
def test_a_ruling_narrows(card: Scorecard, facts: dict[str, Found], doubt: str, data: st.DataObject) -> None:
    before = score(card, facts, {}).total
    after = score(card, facts, {doubt: data.draw(st.sampled_from(card.doubts[doubt].readings))}).total
    assert before.low <= after.low <= after.high <= before.high


@given(cards(), known)
def test_no_item_gives_more_than_it_is_worth_and_each_is_rounded(card: Scorecard, facts: dict[str, Found]) -> None:
    for key, item in score(card, facts, {}).items.items():
        most = rounded(card.items[key].points or Fraction(0), card.round, card.digits)
        for points in (item.low, item.high):
            assert points is not None
            assert points <= most
            assert (points * 10**card.digits).denominator == 1


@given(cards(), known, facts)
def test_more_found_amiss_never_gives_more(card: Scorecard, facts: dict[str, Found], grown: str) -> None:
    """Of cards in which that fact is only deducted."""

    def only_deducted(clause: Clause) -> Clause:
        add = tuple(term for term in clause.add if term.fact != grown)
        tiers = tuple(tier for tier in clause.tiers if tier.fact != grown)
        ratio = None if grown in (clause.ratio or ()) else clause.ratio
        parts = tuple(map(only_deducted, clause.parts))
        return replace(clause, add=add, tiers=tiers, ratio=ratio, parts=parts, readings={})

    card = replace(card, items={key: only_deducted(item) for key, item in card.items.items()})
    value = facts[grown].value
    assert isinstance(value, Fraction)
    before, after = score(card, facts, {}), score(card, {**facts, grown: Found(value + 1)}, {})
    assert after.total.low <= before.total.low
    assert after.total.high <= before.total.high


@given(cards(), known, facts)
def test_a_fact_without_an_answer_gives_nothing_to_any_item_that_asks_it(
    card: Scorecard, facts: dict[str, Found], lost: str
) -> None:
    """The others keep their points."""
    before, after = score(card, facts, {}), score(card, {**facts, lost: Found(None)}, {})
    for key, item in after.items.items():
        if item.rated:
            assert item == replace(before.items[key], outcomes=item.outcomes)
        else:
            assert item.missing == (lost,)
    assert after.total.unrated == sum(not item.rated for item in after.items.values())


@given(st.lists(st.tuples(st.sampled_from(["市", "县"]), st.integers(0, 3)), max_size=5))
def test_a_series_lies_between_every_order_of_what_fell_on_one_day(articles: list[tuple[str, int]]) -> None:
    entries = tuple(Entry("x", str(i), day, {"level": level}) for i, (level, day) in enumerate(articles))
    more = {"市": Fraction(3, 2), "县": Fraction(1)}
    series = Series("a", Fraction(1), "level", tuple(more.items()))
    card = Scorecard(
        "c", "c", {"g": ScoreGroup("g", "g")}, {}, {"i": Clause("i", "i", group="g", series=series)}, {}, digits=1
    )
    total = score(card, {"a": Found(Fraction(len(entries)), entries)}, {}).total
    first = min((e.on for e in entries), default=0)
    ways = {
        Fraction(1) + sum((more[e.data["level"]] for e in entries if e is not head), Fraction(0))
        for head in entries
        if head.on == first
    } or {Fraction(0)}
    assert (total.low, total.high) == (min(ways), max(ways))


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 5), st.integers(0, 1)), max_size=8))
def test_ranks_leave_room_for_ties(found: dict[str, tuple[int, int]]) -> None:
    totals = {key: Total(Fraction(n), Fraction(n), open_) for key, (n, open_) in found.items()}
    places = ranks(totals)
    assert places.keys() == {key for key, total in totals.items() if total.settled}
    for key, place in places.items():
        assert place == 1 + sum(totals[other].low > totals[key].low for other in places)


def test_equal_points_one_one_three() -> None:
    totals = {name: Total(Fraction(n), Fraction(n)) for name, n in (("甲", 965), ("乙", 940), ("丙", 965))}
    assert ranks(totals) == {"甲": 1, "丙": 1, "乙": 3}
