"""Play a pack's demo: write the sheets that offices would have sent, and send them day by day through the door.

There is no other way in: sheets go through `sheets.actions.import_files`, single records through `ledger.door.submit`,
pictures through `evidence.actions.keep`, each by a person who holds the post for it, under the demo's clock.
"""

from __future__ import annotations

import csv
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from zhuanban.atlas.actions import load_outlines
from zhuanban.core import clock
from zhuanban.core.day import BEIJING, iso, to_date
from zhuanban.demo.grow import Item, as_of, grow
from zhuanban.demo.pictures import picture
from zhuanban.demo.script import Growth, Login, Script, read_script
from zhuanban.demo.workbooks import Sheet, Value, write
from zhuanban.evidence.actions import keep
from zhuanban.ledger.change import Change, Step
from zhuanban.ledger.door import submit
from zhuanban.ledger.seals import seal_finished_days
from zhuanban.pack.read import find_pack, load, pack_files
from zhuanban.pack.values import FILE_TYPES, FieldType, Ledger
from zhuanban.people.actions import create_campaign, give_post
from zhuanban.people.models import Campaign, User
from zhuanban.people.queries import Setting, setting
from zhuanban.people.scope import Actor, actor_for
from zhuanban.sheets.actions import import_files

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Something that happens on a day of the demo."""

    day: int
    order: int
    run: Callable[[], None]


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

    def run(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with clock.set_to(self._moment(self.script.start, 8)):
            self._people()
            if self.script.outlines:
                load_outlines(self.here.campaign, squares(self.here), self.script.start)
        tasks = sorted(self._tasks(), key=lambda t: (t.day, t.order))
        day = self.script.start
        for task in tasks:
            while day < task.day:
                day += 1
                with clock.set_to(self._moment(day, 1)):
                    seal_finished_days(self.here.campaign)
            with clock.set_to(self._moment(task.day, 17) + timedelta(minutes=task.order % 60)):
                task.run()

    def _moment(self, day: int, hour: int) -> datetime:
        return datetime.combine(to_date(day), datetime.min.time(), BEIJING).replace(hour=hour)

    # -- people ------------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        password = secrets.token_urlsafe(6)
        hashed = make_password(password)  # one hash for all: this is a demonstration's password
        rows = []
        for login in self._all_logins():
            user, made = User.objects.get_or_create(
                username=login.login, defaults={"display_name": login.name, "password": hashed}
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

    def _all_logins(self) -> Iterator[Login]:
        yield from self.script.logins.values()

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
        for sent in self.script.sent:
            order += 1
            path = self.script.folder / sent.file
            yield Task(sent.on, order, self._importing(sent.ledger, [path], sent.by, sent.on))
        for growth in self.script.grown:
            items = grow(growth, self.script.seed, self._cells(growth), self._code)
            for task in self._sending(growth, items) if growth.via == "door" else self._sheets(growth, items):
                order += 1
                yield Task(task.day, order, task.run)
        for stray in self.script.strays:
            order += 1
            yield self._stray(stray, order)

    def _importing(self, ledger: str, paths: list[Path], by: str, on: int) -> Callable[[], None]:
        def run() -> None:
            report = import_files(self.here, ledger, paths, self.actors[by], on=on)
            self.say(f"{iso(on)}  {by:<10} {report.summary()}")

        return run

    def _code(self, group: str) -> str:
        found = self.here.regions.find(group, self.script.start) or self.here.units.find(group, self.script.start)
        return found[0]

    def _cells(self, growth: Growth) -> Callable[[str], Sequence[tuple[str, str]]]:
        tree, day = self.here.regions, self.script.start

        def cells(group: str) -> Sequence[tuple[str, str]]:
            node = self._region(growth.within.get(group, group))
            if not growth.level:
                return [(node, tree.name(node))]
            depth = [level.key for level in self.here.pack.grid.levels].index(growth.level) + 1
            inside = sorted(c for c in tree.subtree(node, day) if tree.level(c, day) == depth)
            inside = inside[: growth.cells.get(group, len(inside))]
            return [(c, tree.name(c)) for c in inside]

        return cells

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
        moves = [m for m in growth.steps if ledger.moves[m].date]
        heads += [ledger.moves[m].date for m in moves]
        rows = [[*[self._cell(ledger, i, c) for c in columns], *[_date(i.days.get(m)) for m in moves]] for i in items]
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

    def _cell(self, ledger: Ledger, item: Item, column: str) -> Value:
        match column:
            case "number":
                return item.number
            case "region":
                return item.region
            case "unit":
                return item.group
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
                by_day[(day, nth)].append((item, move))
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
                outcomes = submit(self.here.campaign, [c for _, c in sent], self.actors[login])
                for (item, _), outcome in zip(sent, outcomes, strict=True):
                    if outcome.number:
                        numbers[(item.group, item.index)] = outcome.number
                waiting = [o for o in outcomes if o.problems]
                self.say(f"{iso(work[0][0].days[work[0][1]])}  {login:<10} {ledger.title} {len(sent)} {ledger.word}")
                for outcome in waiting[:3]:
                    self.say(f"            待处理：{outcome.problems[0]}")

        return run

    def _change(self, growth: Growth, ledger: Ledger, item: Item, move: str, number: str, by: int | None) -> Change:
        day = item.days[move]
        first = next(iter(item.days)) == move
        needed = set(ledger.moves[move].needs)
        later = {k for m in item.days if m != move for k in ledger.moves[m].needs} - needed
        said = {}
        for key, value in item.fields.items():
            if key in needed or (first and key not in later):
                said[key] = self._evidence(ledger, key, value, item, by)
        change_id = f"{growth.key}-{self._code(item.group)}-{item.index}-{list(item.days).index(move)}"
        if first:
            unit = self._code(item.group) if growth.group == "unit" else None
            step = Step("create", day, move, said, region=item.region, unit=unit)
            return Change(change_id, ledger.key, (step,), number=item.number)
        return Change(change_id, ledger.key, (Step("move", day, move, said),), number=number)

    def _evidence(self, ledger: Ledger, key: str, value: Any, item: Item, by: int | None) -> Any:
        spec = ledger.fields[key]
        if spec.type in FILE_TYPES:
            words = [str(value), self.here.regions.name(item.region), f"第{item.index + 1}号"]
            image = picture(words, f"{ledger.key}/{key}/{item.group}/{item.index}", spec.type is FieldType.SIGNATURE)
            name = f"{value}{item.index + 1}.jpg"
            return [keep(self.here.campaign, image, name, by)]
        if spec.type is FieldType.POINT:
            lon, lat = centre(self.here, item.region)
            spread = (item.index % 7 - 3) * 1e-4
            return {"lon": round(lon + spread, 6), "lat": round(lat - spread, 6), "frame": "CGCS2000"}
        return value

    # -- what is meant to wait ---

    def _stray(self, said: Mapping[str, Any], order: int) -> Task:
        ledger = self.here.pack.ledgers[said["ledger"]]
        day = datetime.fromisoformat(str(said["on"])).date()
        on = (day - datetime(1970, 1, 1).date()).days
        region = self._region(str(said["region"]))
        item = Item(str(said["region"]), order, "", region)

        def run() -> None:
            actor = self.actors[said["by"]]
            values = {
                k: v if isinstance(v, Mapping) and "lon" in v else self._evidence(ledger, k, v, item, actor.user_id)
                for k, v in said["set"].items()
            }
            step = Step("create", on, said.get("move", ""), values, region=region)
            submit(self.here.campaign, [Change(f"stray-{order}", ledger.key, (step,))], actor)

        return Task(on, order, run)


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
