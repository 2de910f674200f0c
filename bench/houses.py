"""A made-up campaign for the benches: a city of 20 counties, 300 towns, 6,000 villages; one card per house.

`Cards` holds any number of cards as columns of numbers. From them come the changes that offices would send (`change`),
the rows that the door would have written for them (`pour`), and the sums that the tallies would hold (`pour_sums`).
`prove` shows on cards picked at random that all of these equal what the door itself writes, hashes included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction

from zhuanban.core import clock
from zhuanban.core.canonical import canonical
from zhuanban.core.day import FAR_DAY, from_iso
from zhuanban.ledger.change import ENTERED, Change, Step
from zhuanban.ledger.door import number_parts, record_row, submit
from zhuanban.ledger.draft import Draft, one_key_of
from zhuanban.ledger.rules import Fact, Snapshot, event_hash, event_head, timeline
from zhuanban.pack.folder import pack_files
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR
from zhuanban.tally import store
from zhuanban.tally.actions import measure_ids
from zhuanban.tally.questions import Contributor, question_key, questions_of
from zhuanban.tally.rules import BLOCK_DAYS, block_of

NAME, LEDGER = "houses", "cards"
COUNTIES, TOWNS, VILLAGES = 20, 15, 20  # towns of a county, villages of a town
IN_COUNTY = TOWNS * VILLAGES
ROOT = "410000"
COUNTY = [f"41{c + 1:02}00" for c in range(COUNTIES)]
TOWN = [f"{county}{t + 101}" for county in COUNTY for t in range(TOWNS)]
VILLAGE = [f"{town}{v + 201}" for town in TOWN for v in range(VILLAGES)]
BUREAUS = 5  # of each county

START = from_iso("2023-06-01")
DAYS = 512  # from START on; everything happens inside them
LAST = START + DAYS - 1
AT = (LAST + 1) * 86_400_000_000  # the instant at which everything was entered

STATES = ("已排查", "已交办", "已整改", "已销号")
MOVES = ("排查", "交办", "整改", "销号")
KINDS = ("自住", "出租", "商铺", "作坊", "空置")
AREAS = 40  # different areas
OUT = 4  # column of `Cards.on`: the day of withdrawal
REASON = "重复登记"

Rows = Iterable[Sequence[Any]]


def make(folder: Path) -> Setting:
    """The campaign, made the way an office would make it, with a plan of each county."""
    regions = [f"{ROOT},样市,,,"]
    regions += [f"{code},第{n + 1}县,{ROOT},," for n, code in enumerate(COUNTY)]
    regions += [f"{code},{code[-3:]}镇,{code[:6]},," for code in TOWN]
    regions += [f"{code},{code[-3:]}村,{code[:9]},," for code in VILLAGE]
    units = [f"{unit(c, u)},第{c + 1}县第{u + 1}局,,,{COUNTY[c]}" for c in range(COUNTIES) for u in range(BUREAUS)]
    for file, head, lines in (
        ("regions.csv", "代码,名称,上级代码,启用日期,停用日期", regions),
        ("units.csv", "代码,名称,简称,上级代码,区划代码", units),
    ):
        (folder / file).write_text("\n".join([head, *lines, ""]), "utf-8")
    files = pack_files(Path(__file__).parent / "pack")
    campaign = create_campaign(
        NAME, files, load(files, NAME), folder / "regions.csv", folder / "units.csv", START, demo_clock=True
    )
    plans = [
        Change(f"plan-{code}", "plans", (Step("create", START, set={"office": "专班", "money": "5万元"}, region=code),))
        for code in COUNTY
    ]
    with clock.set_to(AT):
        _all_enter(submit(campaign, plans, OPERATOR))
    return setting(campaign)


def unit(county: int, bureau: int) -> str:
    return f"U{county + 1:02}{bureau + 1}"


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards as columns, in order of village.

    `on[:, k]` is the day of step k of MOVES, then of withdrawal; FAR_DAY where it never came to that.
    """

    village: np.ndarray
    kind: np.ndarray
    danger: np.ndarray
    bureau: np.ndarray
    area: np.ndarray  # 0 … AREAS − 1
    on: np.ndarray

    @classmethod
    def random(cls, count: int, seed: int = 1) -> Cards:
        """`count` cards: two fifths have a danger, half of these are put right within months; 2% are withdrawn."""
        chance = np.random.default_rng(seed)
        village = np.sort(chance.integers(0, len(VILLAGE), count)).astype(np.int32)
        danger = chance.random(count) < 0.4
        on = np.full((count, 5), FAR_DAY, np.int32)
        on[:, 0] = last = START + chance.integers(0, DAYS - 132, count)
        goes_on = danger
        for step, (share, days) in enumerate(((0.9, 20), (0.8, 60), (0.7, 30)), start=1):
            goes_on = goes_on & (chance.random(count) < share)
            last = np.where(goes_on, last + chance.integers(0, days, count), last)
            on[goes_on, step] = last[goes_on]
        out = chance.random(count) < 0.02
        on[out, OUT] = (last + chance.integers(0, 20, count))[out]
        return cls(
            village,
            chance.integers(0, len(KINDS), count).astype(np.int8),
            danger,
            chance.integers(0, BUREAUS, count).astype(np.int8),
            chance.integers(0, AREAS, count).astype(np.int8),
            on,
        )

    def __len__(self) -> int:
        return len(self.village)

    def pick(self, chosen: np.ndarray | slice) -> Cards:
        return Cards(
            self.village[chosen], self.kind[chosen], self.danger[chosen], self.bureau[chosen], self.area[chosen],
            self.on[chosen],
        )  # fmt: skip

    def steps(self, i: int) -> list[tuple[int, int]]:
        """(column of `on`, day) of the steps that card i took."""
        return [(k, int(day)) for k, day in enumerate(self.on[i]) if day != FAR_DAY]


def fields(number: int, kind: int, danger: bool, area: int) -> dict[str, Any]:
    """The 20 fields of a card."""
    return {
        "door": f"{number}号",
        "owner": f"户主{number}",
        "phone": f"1{number:010}",
        "kind": KINDS[kind],
        "danger": "是" if danger else "否",
        "area": 60.5 + area,
        "floors": 1 + number % 6,
        "built": f"{1970 + number % 50}-0{1 + number % 9}-15",
        "structure": ("砖混", "砖木", "框架", "土木")[number % 4],
        "people": number % 9,
        "rebuilt": "否",
        "business": "是" if kind == 2 else "否",
        "licence": f"许-{number:08}",
        "crack": number % 30 / 10,
        "lean": number % 40 / 10,
        "roof": ("平屋面", "坡屋面")[number % 2],
        "finder": f"排查员{number % 200}",
        "checker": f"复核员{number % 70}",
        "address": f"幸福路{number % 9999}号院内东侧第{number % 7 + 1}排",
        "note": "东墙有裂缝，已拉警戒线，等待鉴定" if danger else "未见异常",
    }


def change(cards: Cards, i: int) -> Change:
    """Card i as the change of an office that sends all its steps at once."""
    village = int(cards.village[i])
    steps = []
    for k, day in cards.steps(i):
        if k == 0:
            said = fields(i, int(cards.kind[i]), bool(cards.danger[i]), int(cards.area[i]))
            bureau = unit(village // IN_COUNTY, int(cards.bureau[i]))
            steps.append(Step("create", day, set=said, region=VILLAGE[village], unit=bureau))
        elif k == OUT:
            steps.append(Step("withdraw", day, reason=REASON))
        else:
            steps.append(Step("move", day, MOVES[k]))
    return Change(f"card-{i}", LEDGER, tuple(steps))


# The same rows without the door ---------------------------------------------------------------------------------------


def pour(here: Setting, cards: Cards, first: int = 0, last: int | None = None, chunk: int = 20_000) -> None:
    """Write the events, records and counters of cards first … last − 1 as the door would have, but in bulk."""
    pattern = here.pack.ledgers[LEDGER].number_pattern
    given: Counter[str] = Counter()
    end = len(cards) if last is None else last
    with connection.cursor() as cursor:
        cursor.execute("SELECT prefix, last FROM ledger_counter WHERE ledger = %s", [LEDGER])
        given.update(dict(cursor.fetchall()))
        cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_record")
        record = int(cursor.fetchone()[0])
    for at in range(first, end, chunk):
        events: list[Sequence[Any]] = []
        records: list[Sequence[Any]] = []
        for i in range(at, min(at + chunk, end)):
            before, width, _ = number_parts(pattern, VILLAGE[cards.village[i]], "", 0)
            given[before] += 1
            draft = Draft(record, LEDGER, f"{before}{given[before]:0{width}d}")
            record += 1
            _write_down(here, draft, change(cards, i), events)
            records.append(record_row(here.campaign.pk, draft))
        _pour("ledger_event", EVENT, events)
        _pour("ledger_record", RECORD, records)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_counter WHERE ledger = %s", [LEDGER])
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence('ledger_record', 'id'), %s)", [record])
    counters = [(here.campaign.pk, LEDGER, prefix, last) for prefix, last in sorted(given.items())]
    _pour("ledger_counter", ("campaign_id", "ledger", "prefix", "last"), counters)


EVENT = (
    "campaign_id", "record_id", "version", "verb", "on_day", "at", "actor", "change", "step", "body", "hash",
)  # fmt: skip
RECORD = (
    "id", "campaign_id", "ledger", "number", "from_outside", "first_on", "one_key", "state", "region", "unit",
    "withdrawn", "moved", "last_on", "last_at", "version", "head", "data", "flags",
)  # fmt: skip


def _write_down(here: Setting, draft: Draft, said: Change, events: list[Sequence[Any]]) -> None:
    """The events of a change, chained, and the draft as they leave it."""
    for step, each in enumerate(said.steps):
        assert each.on is not None
        body: dict[str, Any] = {"reason": each.reason} if each.reason else {"move": each.move or MOVES[0]}
        if each.verb != "withdraw":
            body["to"] = STATES[step]
        if each.verb == "create":
            body |= {"set": each.set, "region": each.region, "unit": each.unit}
        fact = Fact(step + 1, each.verb, each.on, AT, OPERATOR.login, said.id, step, body)
        text = canonical(body)
        draft.head = event_hash(draft.head, event_head(here.campaign.name, LEDGER, draft.number, fact), text)
        draft.facts.append(fact)
        events.append(
            (
                here.campaign.pk, draft.id, fact.version, fact.verb, fact.on, fact.at, fact.actor, fact.change, step,
                text.decode(), draft.head,
            )
        )  # fmt: skip
    draft.version = len(draft.facts)
    draft.line = timeline(draft.facts)
    draft.one_key = one_key_of(here.pack.ledgers[LEDGER], draft.current)


def pour_sums(here: Setting, cards: Cards) -> int:
    """Add up what the cards contribute to every measure, at every node. Returns the number of day rows written."""
    ids = measure_ids(here)
    asked = [(ids[question_key(q)], q) for q in questions_of(here.pack) if q.ledger == LEDGER]
    contribute = Contributor(here.pack.ledgers[LEDGER], asked)
    root: dict[tuple[int, str], np.ndarray] = {}
    written = 0
    ends = np.searchsorted(cards.village, np.arange(COUNTIES + 1) * IN_COUNTY)
    for county in range(COUNTIES):
        mine = cards.pick(slice(ends[county], ends[county + 1]))
        days, blocks = [], []
        for (measure, cell), sums in _county_sums(county, mine, contribute):
            towns = sums.reshape(TOWNS, VILLAGES, DAYS).sum(axis=1)
            whole = towns.sum(axis=0, keepdims=True)
            root[(measure, cell)] = root.get((measure, cell), 0) + whole
            at = county * IN_COUNTY
            for codes, part in (
                ([COUNTY[county]], whole),
                (TOWN[at // VILLAGES :], towns),
                (VILLAGE[at:], sums),
            ):
                days += _rows(measure, cell, codes, part, START)
                blocks += _rows(measure, cell, codes, _in_blocks(part), START // BLOCK_DAYS)
        written += _pour_tallies(days, blocks)
    days, blocks = [], []
    for (measure, cell), sums in root.items():
        days += _rows(measure, cell, [ROOT], sums, START)
        blocks += _rows(measure, cell, [ROOT], _in_blocks(sums), START // BLOCK_DAYS)
    return written + _pour_tallies(days, blocks)


def _county_sums(county: int, cards: Cards, contribute: Contributor) -> Iterator[tuple[tuple[int, str], np.ndarray]]:
    """(measure, cell), and the deltas of each village of the county on each day."""
    # Every card at every time is one of a few thousand kinds; what each kind contributes is asked once.
    shape = (len(STATES), len(KINDS), 2, BUREAUS, AREAS)
    weights: dict[tuple[int, str], np.ndarray] = {}
    for code, (state, kind, danger, bureau, area) in enumerate(np.ndindex(shape)):
        data = fields(0, kind, bool(danger), area)
        for measure, cell, n in contribute(Snapshot(STATES[state], VILLAGE[0], unit(county, bureau), data)):
            if (measure, cell) not in weights:
                weights[(measure, cell)] = np.zeros(int(np.prod(shape)))
            weights[(measure, cell)][code] = n
    place = (cards.village - county * IN_COUNTY).astype(np.int64) * DAYS - START
    rest = (cards.kind, cards.danger.astype(np.int8), cards.bureau, cards.area)
    where, code, sign = [], [], []
    before = np.full(len(cards), -1)
    for k in range(OUT + 1):
        there = cards.on[:, k] != FAR_DAY
        held = there & (before >= 0)
        where.append((place + cards.on[:, k])[held])
        code.append(before[held])
        sign.append(np.full(held.sum(), -1.0))
        if k != OUT:
            now = np.ravel_multi_index((np.full(len(cards), k), *rest), shape)
            where.append((place + cards.on[:, k])[there])
            code.append(now[there])
            sign.append(np.ones(there.sum()))
            before = np.where(there, now, before)
    all_where, all_code, all_sign = map(np.concatenate, (where, code, sign))
    for key, weight in weights.items():
        n = weight[all_code] * all_sign
        sums = np.bincount(all_where, n, IN_COUNTY * DAYS)  # whole numbers far below 2^53: floats are exact
        yield key, sums.astype(np.int64).reshape(IN_COUNTY, DAYS)


def _in_blocks(sums: np.ndarray) -> np.ndarray:
    lead = START % BLOCK_DAYS
    padded = np.pad(sums, ((0, 0), (lead, -(lead + DAYS) % BLOCK_DAYS)))
    blocks: np.ndarray = padded.reshape(len(sums), -1, BLOCK_DAYS).sum(axis=2)
    return blocks


def _rows(measure: int, cell: str, codes: Sequence[str], sums: np.ndarray, first: int) -> list[Sequence[Any]]:
    node, time = np.nonzero(sums)
    found = zip(node.tolist(), (time + first).tolist(), sums[node, time].tolist(), strict=True)
    return [(measure, codes[n], t, cell, total) for n, t, total in found]


def _pour_tallies(days: list[Sequence[Any]], blocks: list[Sequence[Any]]) -> int:
    in_blocks = ((node, block_of(day), measure, day, cell, n) for measure, node, day, cell, n in days)
    _pour("tally_day", ("node", "block", "measure", "day", "cell", "n"), sorted(in_blocks))
    _pour("tally_block", ("measure", "node", "block", "cell", "n"), sorted(blocks))
    return len(days)


def _pour(table: str, columns: Sequence[str], rows: Rows) -> None:
    names = ", ".join(columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


# Proof ----------------------------------------------------------------------------------------------------------------


def prove(here: Setting, cards: Cards, count: int = 10_000, seed: int = 2) -> int:
    """Let the door enter `count` cards picked at random, write the same in bulk, compare every row, leave nothing.

    Row ids are left out: the door takes them from sequences. Returns how many rows were compared. Raises
    AssertionError where any differs.
    """
    chosen = np.sort(np.random.default_rng(seed).permutation(len(cards))[:count])
    few = cards.pick(chosen)

    def through_the_door() -> None:
        with clock.set_to(AT):
            _all_enter(submit(here.campaign, (change(few, i) for i in range(len(few))), OPERATOR))

    def in_bulk() -> None:
        pour(here, few)
        pour_sums(here, few)

    seen = []
    for work in (through_the_door, in_bulk):
        with transaction.atomic():
            work()
            seen.append(_everything(here))
            transaction.set_rollback(True)
    door, bulk = seen
    for what in door:
        assert door[what] == bulk[what], f"{what}: the door and the bulk path differ"
    return sum(map(len, door.values()))


def _everything(here: Setting) -> dict[str, Any]:
    measures = list(measure_ids(here).values())
    found: dict[str, Any] = {table: store.everything(measures, table) for table in ("tally_day", "tally_block")}
    with connection.cursor() as cursor:
        for what, sql in (
            (
                "events",
                f"""SELECT r.number, {", ".join(f"e.{c}" for c in EVENT if c != "record_id")}
                    FROM ledger_event e JOIN ledger_record r ON r.id = e.record_id
                    WHERE r.ledger = %s ORDER BY r.number, e.version""",
            ),
            ("records", f"SELECT {', '.join(RECORD[1:])} FROM ledger_record WHERE ledger = %s ORDER BY number"),
            ("counters", "SELECT prefix, last FROM ledger_counter WHERE ledger = %s ORDER BY prefix"),
        ):
            cursor.execute(sql, [LEDGER])
            found[what] = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor]
    return found


def _all_enter(outcomes: Iterable[Any]) -> None:
    stayed = [o for o in outcomes if o.status != ENTERED]
    assert not stayed, stayed[:3]
