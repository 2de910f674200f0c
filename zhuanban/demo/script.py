"""What a pack's `demo/demo.yaml` says: who signs in, which sheets were sent when by whom, what grew week by week.

The words are described in `docs/demo.md`. A mistake in them is one Refused with its place; this text ships with packs
and is not typed by offices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from zhuanban.core.day import from_iso, iso
from zhuanban.core.problem import Kind, Place, Refused

SCRIPT_WRONG = Kind("demo-001", "演示脚本有误：{why}。", "请改正行动包 demo 文件夹里的 demo.yaml。")
NO_DEMO = Kind("demo-002", "行动包“{pack}”没有演示数据。", "请另选一个行动包，或用 campaign create 建立行动。")


REPORT_STEPS = ("fill", "sign", "send", "return", "accept", "deliver", "ask", "grant", "refuse", "make_up", "stamp")


@dataclass(frozen=True, slots=True)
class Login:
    login: str
    name: str
    post: str
    region: str = ""  # name or code
    unit: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sheet written out in the pack's demo folder; sent as it is, or dressed in a style."""

    on: int
    by: str
    ledger: str
    file: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Another growth from whose records these follow."""

    growth: str
    since: str  # the step of the other record from whose day on days are counted
    where: Mapping[str, Any] = field(default_factory=dict)  # what the other record's fields say
    times: str = ""  # field of the other record: how many follow from it; "" = one
    most: int = 0  # at most so many in a group; 0 = all


@dataclass(frozen=True, slots=True)
class Growth:
    """Records of one ledger that grew.

    Either cumulative counts per cut-off day and step for each group (region or unit), or `of`: so many days `after` a
    step of another growth's records.
    """

    key: str
    ledger: str
    group: str  # region | unit
    by: Mapping[str, str]  # group → login that sends it
    cut_offs: tuple[int, ...] = ()
    first: int = 0  # the earliest day on which something can have happened
    steps: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)  # move → group → counts
    of: Source | None = None
    after: Mapping[str, int] = field(default_factory=dict)  # move → days after
    marks: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # field → {"value", group → {"counts", "items"}}
    fields: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    level: str = ""  # grid level of the region that each record gets inside its group; "" = the group's own
    within: Mapping[str, str] = field(default_factory=dict)  # unit → region in which its records lie
    units: Mapping[str, str] = field(default_factory=dict)  # group of regions → unit of its records
    cells: Mapping[str, int] = field(default_factory=dict)  # group → only the first n regions
    of_each: Mapping[str, int] = field(default_factory=dict)  # group → only the first n regions below each parent
    columns: tuple[str, ...] = ()
    title: str = ""
    style: Mapping[str, str] = field(default_factory=dict)  # group → style of its sheets
    first_by: str = ""  # who sends the sheets of the first cut-off, where it is not `by`
    via: str = "sheet"  # sheet | door
    late: bool = False  # door: entered at the cut-off, not on the day itself
    mover: Mapping[str, str] = field(default_factory=dict)  # door: move → login pattern

    @property
    def moves(self) -> tuple[str, ...]:
        return tuple(self.after if self.of else self.steps)


@dataclass(frozen=True, slots=True)
class Listed:
    """Records of one ledger written out in a CSV, one row each: what they are, and on which day each step was taken."""

    key: str
    ledger: str
    file: str
    by: Mapping[str, str]  # move → login, where the row does not say it


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that several records may show, and what it says of itself."""

    words: str
    taken: str = ""  # a day
    place: tuple[float, float] | None = None  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Loading:
    """A version of a map layer, from a file in the pack's demo folder."""

    on: int
    layer: str
    file: str
    since: int | None = None  # from which day it holds; None: the first version since ever, a later one from `on`


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw of the pack, what was drawn entered as records of a ledger by one login, or by one for each stratum."""

    draw: str
    ledger: str
    on: int
    by: str | Mapping[str, str]
    seed: str
    set: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """A single change through the door: opens a record; makes a step of the record `number`, or corrects it."""

    on: int
    by: str
    ledger: str
    move: str = ""
    number: str = ""
    region: str = ""
    unit: str = ""
    set: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReportStep:
    """One step of a report: so many days after its due date (before it: negative), or on a day of its own."""

    do: str  # one of REPORT_STEPS
    by: str  # login pattern: {by} is the login of the unit
    days: int = 0
    on: int | None = None
    at: str = "09:00"
    zero: bool | str = False  # fill: true, or when_empty: a zero report where the forms have no rows
    files: Mapping[str, str] = field(default_factory=dict)  # fill: name → what it says (.txt), or shows (.jpg)
    set: Mapping[str, Any] = field(default_factory=dict)  # fill: further fields
    rows: int = 0  # stamp: how many rows the stamped sheet says
    to: str = ""  # deliver: the addressee
    receipt: str = ""  # send, deliver: pattern of the receipt
    reason: str = ""
    until: int | None = None  # ask, grant, make_up: the later day


@dataclass(frozen=True, slots=True)
class Reported:
    """The reports of one duty: each unit takes the same steps for each period, but for those said otherwise."""

    duty: str
    units: Mapping[str, str]  # unit → login that stands for {by}
    steps: tuple[ReportStep, ...]
    periods: tuple[str, ...] = ()  # () = all up to the end
    but: Mapping[str, Mapping[str, tuple[ReportStep, ...]]] = field(default_factory=dict)  # unit → period → its steps

    def steps_of(self, unit: str, period: str) -> tuple[ReportStep, ...]:
        return self.but.get(unit, {}).get(period, self.steps)


@dataclass(frozen=True, slots=True)
class Script:
    folder: Path
    seed: int
    start: int
    end: int
    logins: Mapping[str, Login]
    sent: tuple[Sent, ...]
    grown: tuple[Growth, ...]
    drawn: tuple[Drawn, ...]
    acts: tuple[Act, ...]
    reported: tuple[Reported, ...]
    outlines: bool | str  # draw a square around every lowest cell, or a GeoJSON file of the demo folder
    layers: tuple[Loading, ...]
    listed: tuple[Listed, ...]
    pictures: Mapping[str, Shown]
    mornings: int  # the last day on which reminders are looked at


def read_script(folder: Path) -> Script:
    """The demo of a pack's folder. Raises Refused."""
    path = folder / "demo" / "demo.yaml"
    if not path.is_file():
        raise Refused(NO_DEMO.at(pack=folder.name))
    try:
        said = _texts(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
        end = _day(said["end"])
        return Script(
            folder / "demo",
            int(said["seed"]),
            _day(said["start"]),
            end,
            {k: Login(k, **v) for k, v in said["logins"].items()},
            tuple(Sent(**_dated(s)) for s in said.get("sent", ())),
            tuple(_growth(k, v, end) for k, v in said.get("grown", {}).items()),
            tuple(Drawn(**_dated(s)) for s in said.get("drawn", ())),
            tuple(Act(**_dated(s)) for s in said.get("acts", ())),
            tuple(_reported(s) for s in said.get("reported", ())),
            said.get("outlines", False),
            tuple(_loading(s) for s in said.get("layers", ())),
            tuple(Listed(k, **v) for k, v in said.get("listed", {}).items()),
            {k: _shown(v) for k, v in said.get("pictures", {}).items()},
            _day(said["mornings"]) if "mornings" in said else end,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Refused(SCRIPT_WRONG.at(Place(file=path.name), why=repr(why))) from why


def _texts(said: Any) -> Any:
    """The same with days as text, as sheets and changes have them."""
    match said:
        case dict():
            return {_texts(key): _texts(value) for key, value in said.items()}
        case list():
            return [_texts(each) for each in said]
        case date():
            return said.isoformat()
    return said


def _day(said: str) -> int:
    return from_iso(said)


def _dated(said: Mapping[str, Any]) -> dict[str, Any]:
    return {**said, "on": _day(said["on"])}


def _reported(said: Mapping[str, Any]) -> Reported:
    but = {
        unit: {str(period): tuple(_report_step(s) for s in steps) for period, steps in periods.items()}
        for unit, periods in said.get("but", {}).items()
    }
    periods = tuple(str(p) for p in said.get("periods", ()))
    return Reported(said["duty"], said["units"], tuple(_report_step(s) for s in said["steps"]), periods, but)


def _report_step(said: Mapping[str, Any]) -> ReportStep:
    step = ReportStep(**{**said, **{word: _day(said[word]) for word in ("on", "until") if word in said}})
    if step.do not in REPORT_STEPS:
        raise ValueError(f"reported: {step.do}")
    return step


def _shown(said: Mapping[str, Any]) -> Shown:
    lon, _, lat = said.get("place", "").partition(" ")
    taken = iso(_day(said["taken"])) if "taken" in said else ""
    return Shown(said["words"], taken, (float(lon), float(lat)) if lat else None)


def _loading(said: Mapping[str, Any]) -> Loading:
    since = said.get("from")
    return Loading(_day(said["on"]), said["layer"], said["file"], _day(since) if since else None)


def _growth(key: str, said: Mapping[str, Any], end: int) -> Growth:
    words = dict(said)
    words["columns"] = tuple(said.get("columns", ()))
    if "of" in said:
        words["of"] = Source(**said["of"])
        words["cut_offs"] = tuple(_day(d) for d in said.get("cut_offs", ())) or (end,)
        return Growth(key, **words)
    words["cut_offs"] = tuple(_day(d) for d in said["cut_offs"])
    words["first"] = _day(said["first"])
    words["steps"] = {m: {g: tuple(c) for g, c in groups.items()} for m, groups in said["steps"].items()}
    for move, groups in words["steps"].items():
        for group, counts in groups.items():
            if len(counts) != len(words["cut_offs"]) or list(counts) != sorted(counts):
                raise ValueError(f"{key}.steps.{move}.{group}")
    return Growth(key, **words)
