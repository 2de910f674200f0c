"""Play a pack's demo: write the sheets that offices would have sent, and send them day by day through the door.

There is no other way in: sheets go through `sheets.actions.import_files`, single records through `ledger.door.submit`,
pictures through `evidence.actions.keep`, each by a person who holds the post for it, under the demo's clock.
"""

from __future__ import annotations

import csv
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from zhuanban.atlas.actions import load_outlines, load_zones
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, from_iso, iso, to_date
from zhuanban.demo.film import film
from zhuanban.demo.grow import Item, as_of, grow
from zhuanban.demo.pictures import picture
from zhuanban.demo.reports import Reporter
from zhuanban.demo.script import Act, Drawn, Growth, Listed, Loading, Script, Sent, read_script
from zhuanban.demo.workbooks import Sheet, Value, write
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Outcome, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.models import Record
from zhuanban.ledger.placing import place_again
from zhuanban.ledger.seals import seal_finished_days
from zhuanban.oversight.draws import draw
from zhuanban.oversight.population import population
from zhuanban.pack.read import find_pack, load, pack_files
from zhuanban.pack.values import FILE_TYPES, NEW, FieldType, Ledger
from zhuanban.people.actions import create_campaign, give_post
from zhuanban.people.models import Campaign, User
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import OPERATOR, Actor, actor_for
from zhuanban.sheets.actions import import_files

Say = Callable[[str], None]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


RowStep = tuple[int, Mapping[str, str], tuple[str, ...], str]
"""A step of a row that is written out: the row's index, the row, all steps it takes, this one."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that happens on a day of the demo."""

    day: int
    order: int
    run: Callable[[], None]
    said: int | None = None  # second of the day; None: five in the afternoon, one after the other

    @property
    def second(self) -> int:
        """Of its day."""
        return 17 * 3600 + 5 * self.order if self.said is None else self.said


def load_demo(pack_name: str, say: Say = lambda words: None) -> Campaign:
    """The demo campaign of a built-in pack; played on the first call, found again on the next.

    A play that was broken off goes on: what was entered is known by its change ids. Raises Refused.
    """
    folder = find_pack(pack_name)
    files = pack_files(folder)
    pack = load(files, folder.name)
    name = pack.demo_campaign or pack.key
    done = Path(settings.ZHUANBAN_HOME) / "demo" / f"{name}.done"
    campaign = Campaign.objects.filter(name=name).first()
    if campaign is not None and done.is_file():
        return campaign
    script = read_script(folder)
    if campaign is None:
        demo = script.folder
        campaign = create_campaign(
            name, files, pack, demo / "regions.csv", demo / "units.csv", script.start, demo_clock=True
        )
    _Play(script, setting(campaign), done.parent / name, say).run()
    done.write_text("")
    return campaign


def logins_of(campaign: Campaign) -> list[dict[str, str]]:
    """The demo's accounts: login, name, post, password. Empty for a campaign that is no demo."""
    path = Path(settings.ZHUANBAN_HOME) / "demo" / campaign.name / "logins.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


class _Play:
    def __init__(self, script: Script, here: Setting, folder: Path, say: Say) -> None:
        self.script = script
        self.here = here
        self.folder = folder
        self.say = say
        self.actors: dict[str, Actor] = {}
        self.named: dict[tuple[str, bool, int | None], dict[str, str]] = {}

    def run(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with clock.set_to(self._moment(self.script.start, 8)):
            self._people()
            if self.script.outlines:
                named = self.script.outlines
                drawn = (self.script.folder / named).read_bytes() if isinstance(named, str) else squares(self.here)
                load_outlines(self.here.campaign, drawn, self.script.start)
        tasks = sorted(self._tasks(), key=lambda t: (t.day, t.second, t.order))
        day = self.script.start
        for task in tasks:
            while day < task.day:
                day += 1
                with clock.set_to(self._moment(day, 1)):
                    seal_finished_days(self.here.campaign)
            with clock.set_to(self._moment(task.day, 0) + timedelta(seconds=task.second)):
                task.run()

    def _moment(self, day: int, hour: int) -> datetime:
        return datetime.combine(to_date(day), datetime.min.time(), BEIJING).replace(hour=hour)

    # -- people ------------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        password = secrets.token_urlsafe(6)
        hashed = make_password(password)  # one hash for all: this is a demonstration's password
        rows = []
        for login in self.script.logins.values():
            user, made = User.objects.get_or_create(
                username=login.login, defaults={"display_name": login.name, "password": hashed, "phone": login.phone}
            )
            if not made:
                user.password = hashed
                user.save(update_fields=["password"])
            region, unit = self._region(login.region), self._unit(login.unit)
            if not user.holdings.filter(campaign=self.here.campaign).exists():
                give_post(self.here.campaign, user, login.post, region=region, unit=unit)
            self.actors[login.login] = actor_for(user, self.here.campaign, self.script.start)
            post = self.here.pack.posts[login.post].title
            rows.append({"login": login.login, "name": login.name, "post": post, "password": password})
        with (self.folder / "logins.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, ["login", "name", "post", "password"])
            writer.writeheader()
            writer.writerows(rows)

    def _region(self, name: str) -> str:
        return self._one(self.here.regions.find(name, self.script.start), name) if name else ""

    def _unit(self, name: str) -> str:
        return self._one(self.here.units.find(name, self.script.start), name) if name else ""

    @staticmethod
    def _one(found: Sequence[str], name: str) -> str:
        if len(found) != 1:
            raise ValueError(f"demo: {name} names {len(found)} nodes")
        return found[0]

    # -- what happens ------------------------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[Task]:
        order = 0
        for loading in self.script.layers:
            order += 1
            yield Task(loading.on, order, self._loading(loading))
        for sent in self.script.sent:
            order += 1
            yield Task(sent.on, order, self._importing(sent.ledger, [self._dressed(sent)], sent.by, sent.on))
        grown: dict[str, list[Item]] = {}
        for growth in self.script.grown:
            items = grow(growth, self.script.seed, self.script.end, self._places(growth), self._code, grown)
            grown[growth.key] = items
            for task in self._sending(growth, items) if growth.via == "door" else self._sheets(growth, items):
                order += 1
                yield Task(task.day, order, task.run)
        for listed in self.script.listed:
            for task in self._listed(listed):
                order += 1
                yield Task(task.day, order, task.run)
        for nth, drawn in enumerate(self.script.drawn):
            order += 1
            yield Task(drawn.on, order, self._drawing(drawn, nth))
        for nth, act in enumerate(self.script.acts):
            order += 1
            yield Task(act.on, order, self._acting(act, nth))
        reporter = Reporter(self.here, self.actors, self.say)
        for call in reporter.calls(self.script):
            order += 1
            yield Task(call.day, order, call.run, call.second)

    def _importing(self, ledger: str, paths: list[Path], by: str, on: int) -> Callable[[], None]:
        def run() -> None:
            report = import_files(self.here, ledger, paths, self.actors[by], on=on)
            self.say(f"{iso(on)}  {by:<10} {report.summary()}")

        return run

    def _code(self, group: str) -> str:
        found = self.here.regions.find(group, self.script.start) or self.here.units.find(group, self.script.start)
        return found[0]

    def _unit_of(self, growth: Growth, group: str) -> str:
        """Name of the unit that a group's records get; "" where they get none."""
        return group if growth.group == "unit" else growth.units.get(group, "")

    def _places(self, growth: Growth) -> Callable[[str], Sequence[tuple[str, str]]]:
        """The regions among which a group's records are spread: its own, or those of a level inside it."""
        tree, day = self.here.regions, self.script.start

        def places(group: str) -> Sequence[tuple[str, str]]:
            node = self._region(growth.within.get(group, group))
            if not growth.level:
                return [(node, tree.name(node))]
            inside = self._inside(node, growth.level)
            if group in growth.of_each:
                below: dict[str, list[str]] = defaultdict(list)
                for code in inside:
                    below[tree.parent(code, day)].append(code)
                inside = [c for codes in below.values() for c in codes[: growth.of_each[group]]]
            inside = inside[: growth.cells.get(group, len(inside))]
            return [(c, tree.name(c)) for c in inside]

        return places

    def _inside(self, node: str, level: str) -> list[str]:
        """Codes of the regions of a grid level inside a node, in order."""
        tree, day = self.here.regions, self.script.start
        depth = [each.key for each in self.here.pack.grid.levels].index(level) + 1
        return sorted(c for c in tree.subtree(node, day) if tree.level(c, day) == depth)

    # -- sheets that are written out ---

    def _dressed(self, sent: Sent) -> Path:
        """The file as it lies in the pack, or the same cells in the style of its sender."""
        path = self.script.folder / sent.file
        if not sent.style:
            return path
        with path.open(encoding="utf-8", newline="") as stream:
            heads, *rows = csv.reader(stream)
        cells = [[to_date(from_iso(v)) if _DAY.fullmatch(v) else v or None for v in row] for row in rows]
        sender = self.script.logins[sent.by].name
        title = self.here.pack.ledgers[sent.ledger].title
        folder = self.folder / "sheets"
        folder.mkdir(exist_ok=True)
        sheet = Sheet(title, heads, {}, cells, sender, to_date(sent.on))
        return write(folder, f"{iso(sent.on)}_{path.stem}", sent.style, sheet)

    # -- as sheets -----------------------------------------------------------------------------------------------------

    def _sheets(self, growth: Growth, items: list[Item]) -> Iterator[Task]:
        folder = self.folder / "sheets"
        folder.mkdir(exist_ok=True)
        ledger = self.here.pack.ledgers[growth.ledger]
        by_group: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            by_group[item.group].append(item)
        for nth, cut_off in enumerate(growth.cut_offs):
            for group, login in growth.by.items():
                known = [i for item in by_group[group] if (i := as_of(item, cut_off)) is not None]
                if not known:
                    continue
                path = self._workbook(folder, growth, ledger, group, known, cut_off)
                sender = growth.first_by or login if nth == 0 else login
                yield Task(cut_off, 0, self._importing(growth.ledger, [path], sender, cut_off))

    def _workbook(self, folder: Path, growth: Growth, ledger: Ledger, group: str, items: list[Item], day: int) -> Path:
        columns = [c for c in growth.columns if c in ("number", "region", "unit") or c in ledger.fields]
        heads = [self._head(ledger, c) for c in columns]
        aliases = {
            ledger.fields[c].title: a[0] for c in columns if c in ledger.fields and (a := ledger.fields[c].aliases)
        }
        moves = [m for m in growth.moves if ledger.moves[m].date]
        heads += [ledger.moves[m].date for m in moves]
        rows = [
            [*[self._cell(growth, ledger, i, c) for c in columns], *[_date(i.days.get(m)) for m in moves]]
            for i in items
        ]
        title = growth.title.format(group=group) or ledger.title
        sheet = Sheet(title, heads, aliases, rows, group, to_date(day))
        return write(folder, f"{iso(day)}_{group}_{growth.key}", growth.style.get(group, "plain"), sheet)

    def _head(self, ledger: Ledger, column: str) -> str:
        match column:
            case "number":
                return ledger.number_title
            case "region":
                return ledger.region_title
            case "unit":
                return ledger.unit_title
        return ledger.fields[column].title

    def _cell(self, growth: Growth, ledger: Ledger, item: Item, column: str) -> Value:
        match column:
            case "number":
                return item.number
            case "region":
                return item.region
            case "unit":
                return self._unit_of(growth, item.group)
        value = item.fields.get(column)
        if ledger.fields[column].type is FieldType.DATE and isinstance(value, str):
            return datetime.fromisoformat(value).date()
        return "、".join(value) if isinstance(value, list) else value

    # -- as single records ---------------------------------------------------------------------------------------------

    def _sending(self, growth: Growth, items: list[Item]) -> Iterator[Task]:
        ledger = self.here.pack.ledgers[growth.ledger]
        numbers: dict[tuple[str, int], str] = {}
        by_day: dict[tuple[int, int], list[tuple[Item, str]]] = defaultdict(list)
        for item in items:
            for nth, (move, day) in enumerate(item.days.items()):
                entered = min(c for c in growth.cut_offs if c >= day) if growth.late else day
                by_day[(entered, nth)].append((item, move))
        for (day, _), work in sorted(by_day.items()):
            yield Task(day, 0, self._entering(growth, ledger, work, numbers))

    def _entering(
        self, growth: Growth, ledger: Ledger, work: list[tuple[Item, str]], numbers: dict[tuple[str, int], str]
    ) -> Callable[[], None]:
        def run() -> None:
            by_login: dict[str, list[tuple[Item, Change]]] = defaultdict(list)
            for item, move in work:
                login = growth.mover.get(move, growth.by[item.group]).format(group=growth.by[item.group])
                number = numbers.get((item.group, item.index), "")
                change = self._change(growth, ledger, item, move, number, self.actors[login].user_id)
                by_login[login].append((item, change))
            for login, sent in by_login.items():
                outcomes = self._enter([c for _, c in sent], login, work[0][0].days[work[0][1]], ledger)
                for (item, _), outcome in zip(sent, outcomes, strict=True):
                    if outcome.number:
                        numbers[(item.group, item.index)] = outcome.number

        return run

    def _change(self, growth: Growth, ledger: Ledger, item: Item, move: str, number: str, by: int | None) -> Change:
        day = item.days[move]
        first = next(iter(item.days)) == move
        needed = set(ledger.moves[move].needs)
        later = {k for m in ledger.moves if m != move for k in ledger.moves[m].needs} - needed
        said = {}
        for key, value in item.fields.items():
            told = item.told.get(key)
            if told == move or (told is None and (key in needed or (first and key not in later))):
                several = isinstance(value, str) and ledger.fields[key].many
                said[key] = self._evidence(ledger, key, value.split("、") if several else value, item, by)
        change_id = f"{growth.key}-{self._code(item.group)}-{item.index}-{list(item.days).index(move)}"
        if first:
            unit = self._unit(self._unit_of(growth, item.group)) or None
            step = Step("create", day, move, said, region=item.region, unit=unit)
            return Change(change_id, ledger.key, (step,), number=item.number)
        return Change(change_id, ledger.key, (Step("move", day, move, said),), number=number)

    def _evidence(self, ledger: Ledger, key: str, value: Any, item: Item, by: int | None, taken: str = "") -> Any:
        spec = ledger.fields[key]
        if spec.type in FILE_TYPES:
            words = [str(value), item.region and self.here.regions.name(item.region), f"第{item.index + 1}号"]
            seed = f"{ledger.key}/{key}/{item.group}/{item.index}"
            if isinstance(value, str) and value.startswith("@"):
                return [self._named(value, spec.type is FieldType.SIGNATURE, by)]
            if spec.type is FieldType.VIDEO:
                return [keep(self.here.campaign, film(seed), f"{value}{item.index + 1}.mp4", by)]
            image = picture(words, seed, spec.type is FieldType.SIGNATURE, taken)
            return [keep(self.here.campaign, image, f"{value}{item.index + 1}.jpg", by)]
        if spec.type is FieldType.POINT:
            lon, lat = centre(self.here, item.region)
            spread = (item.index % 7 - 3) * 1e-4
            return {"lon": round(lon + spread, 6), "lat": round(lat - spread, 6), "frame": "CGCS2000"}
        if spec.type is FieldType.UNIT and value:
            return [self._unit(name) for name in value] if spec.many else self._unit(value)
        return value

    def _named(self, name: str, pen: bool, by: int | None) -> dict[str, str]:
        """A picture that several records show: drawn and brought once by each person."""
        known = self.named.get((name, pen, by))
        if known is None:
            shown = self.script.pictures[name[1:]]
            image = picture([shown.words], name, pen, shown.taken, shown.place)
            known = self.named[(name, pen, by)] = keep(self.here.campaign, image, f"{shown.words}.jpg", by)
        return known

    # -- layers, and records that are written out ---

    def _loading(self, loading: Loading) -> Callable[[], None]:
        def run() -> None:
            layer = self.here.pack.layers[loading.layer]
            loaded = load_zones(self.here.campaign, layer, self.script.folder / loading.file, loading.since)
            changed = place_again(self.here, layer, loaded, OPERATOR)
            self.say(f"{iso(loading.on)}  {layer.title} 第{loaded.edition.number}版，重新判定 {len(changed)}")

        return run

    def _listed(self, listed: Listed) -> Iterator[Task]:
        """The steps of all rows, by the day on which they are entered, steps of one day in the order of the columns."""
        ledger = self.here.pack.ledgers[listed.ledger]
        with (self.script.folder / listed.file).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        work: dict[tuple[int, str], list[RowStep]] = defaultdict(list)
        for n, row in enumerate(rows):
            moves = tuple(c for c in row if c in ledger.moves and row[c])
            for move in moves:
                entered = from_iso(row.get(f"{move}.at") or row[move])
                work[(entered, move)].append((n, row, moves, move))
        heads = list(rows[0]) if rows else []
        numbers = {n: row["number"] for n, row in enumerate(rows) if row.get("number")}
        for entered, move in sorted(work, key=lambda each: (each[0], heads.index(each[1]))):
            yield Task(entered, 0, self._taking(listed, ledger, work[(entered, move)], numbers))

    def _taking(
        self, listed: Listed, ledger: Ledger, work: list[RowStep], numbers: dict[int, str]
    ) -> Callable[[], None]:
        def run() -> None:
            by_login: dict[str, list[tuple[int, Change]]] = defaultdict(list)
            for n, row, moves, move in work:
                login = row.get(f"{move}.by") or listed.by[move]
                item = Item(listed.key, n, numbers.get(n, ""), self._region(row.get("region", "")))
                change = self._row_step(ledger, item, row, moves, move, self.actors[login].user_id)
                by_login[login].append((n, change))
            for login, sent in by_login.items():
                outcomes = self._enter([c for _, c in sent], login, from_iso(work[0][1][work[0][3]]), ledger)
                numbers.update({n: o.number for (n, _), o in zip(sent, outcomes, strict=True) if o.number})

        return run

    def _row_step(
        self, ledger: Ledger, item: Item, row: Mapping[str, str], moves: tuple[str, ...], move: str, by: int | None
    ) -> Change:
        """One step of a row. A field is told with the first step that needs it, else with the first of all; a column
        `MOVE.field` is told with that move."""
        needs = [set(ledger.moves[m].needs) | {f for w in ledger.moves[m].needs_when for f in w.needs} for m in moves]
        nth = moves.index(move)
        said = {}
        for column, text in row.items():
            if not text:
                continue
            if column in ledger.fields:
                wanted = next((i for i, each in enumerate(needs) if column in each), 0)
                if wanted == nth:
                    said[column] = self._written(ledger, column, text, item, by)
            elif column.startswith(f"{move}.") and (key := column.partition(".")[2]) in ledger.fields:
                said[key] = self._written(ledger, key, text, item, by)
        reason = row.get(f"{move}.reason") or ""
        opens = nth == 0 and NEW in ledger.moves[move].from_
        unit = self._unit(row.get(f"{move}.unit") or (row.get("unit", "") if opens else "")) or None
        region = item.region or None if opens else None
        step = Step("create" if opens else "move", from_iso(row[move]), move, said, region, unit, reason)
        return Change(f"{item.group}-{item.index}-{move}", ledger.key, (step,), item.number)

    def _written(self, ledger: Ledger, key: str, text: str, item: Item, by: int | None) -> Any:
        """A value as a row writes it: a point as `lon lat`, several values joined by 、, a unit by its name."""
        spec = ledger.fields[key]
        if spec.type is FieldType.POINT:
            lon, lat = text.split()
            return {"lon": float(lon), "lat": float(lat), "frame": "CGCS2000"}
        if spec.type in (FieldType.INTEGER, FieldType.NUMBER):
            return int(text) if spec.type is FieldType.INTEGER else float(text)
        return self._evidence(ledger, key, text.split("、") if spec.many else text, item, by)

    # -- draws and single acts ---

    def _drawing(self, drawn: Drawn, nth: int) -> Callable[[], None]:
        """Draw by the pack's rule as of the day, and enter what was drawn: where the cell or the record lies."""
        rule = self.here.pack.draws[drawn.draw]
        ledger = self.here.pack.ledgers[drawn.ledger]

        def change(code: str) -> Change:
            words: dict[str, Any] = {"seed": drawn.seed, "number": code}
            region, unit = code, None
            if rule.ledger:
                record = Record.objects.get(campaign=self.here.campaign, ledger=rule.ledger, number=code)
                region, unit = record.region, record.unit or None
                words |= {"state": record.state, "of": record.data}
            said = {key: v.format(**words) if isinstance(v, str) else v for key, v in drawn.set.items()}
            return Change(f"drawn-{nth}-{code}", ledger.key, (Step("create", drawn.on, "", said, region, unit),))

        def run() -> None:
            found = draw(drawn.seed, population(self.here, rule, drawn.on), rule.ratio, rule.round)
            for stratum in found.strata:
                name = self.here.regions.name(stratum.code)
                login = drawn.by if isinstance(drawn.by, str) else drawn.by[name]
                self._enter([change(code) for code in stratum.cells], login, drawn.on, ledger)

        return run

    def _acting(self, act: Act, nth: int) -> Callable[[], None]:
        """One change. Its files are drawn in the name of who sends it."""
        ledger = self.here.pack.ledgers[act.ledger]
        region = self._region(act.region)
        item = Item(act.region, nth, "", region)

        def run() -> None:
            by = self.actors[act.by].user_id
            said = {}
            for key, value in act.set.items():
                match value:
                    case {"photo": words, "taken": taken}:
                        said[key] = self._evidence(ledger, key, words, item, by, iso(from_iso(str(taken))))
                    case Mapping():  # a point
                        said[key] = value
                    case _:
                        said[key] = self._evidence(ledger, key, value, item, by)
            verb = "create" if not act.number else "move" if act.move else "amend"
            # A correction holds since the day on which the corrected fields were said.
            on = None if verb == "amend" else act.on
            step = Step(verb, on, act.move, said, region or None, self._unit(act.unit) or None, act.reason)
            self._enter([Change(f"act-{nth}", ledger.key, (step,), act.number)], act.by, act.on, ledger)

        return run

    def _enter(self, changes: list[Change], login: str, day: int, ledger: Ledger) -> list[Outcome]:
        """Send changes through the door, and say so."""
        outcomes = submit(self.here.campaign, changes, self.actors[login])
        self.say(f"{iso(day)}  {login:<10} {ledger.title} {len(changes)} {ledger.word}")
        for outcome in [o for o in outcomes if o.problems][:3]:
            self.say(f"            待处理：{outcome.problems[0]}")
        return outcomes


def _date(day: int | None) -> Value:
    return None if day is None else to_date(day)


# -- made-up outlines ---

SIDE = 0.004  # degrees, about 400 m


def centre(here: Setting, code: str) -> tuple[float, float]:
    """The middle of a region's made-up square: lowest cells lie in rows of 20."""
    cells = _lowest(here)
    nth = cells.get(code, 0)
    return 112.48 + (nth % 20) * SIDE, 33.03 - (nth // 20) * SIDE


def _lowest(here: Setting) -> dict[str, int]:
    depth = len(here.pack.grid.levels)
    day = here.campaign.start
    codes = sorted(c for c in here.regions.nodes if here.regions.level(c, day) == depth)
    return {code: n for n, code in enumerate(codes)}


def squares(here: Setting) -> dict[str, Any]:
    """A GeoJSON collection with one square per lowest cell, side by side. Made up; no survey stands behind it."""
    features = []
    for code in _lowest(here):
        x, y = centre(here, code)
        h = SIDE / 2
        ring = [[x - h, y - h], [x + h, y - h], [x + h, y + h], [x - h, y + h], [x - h, y - h]]
        ring = [[round(a, 6), round(b, 6)] for a, b in ring]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": code},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}
