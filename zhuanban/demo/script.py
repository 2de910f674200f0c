"""What a pack's `demo/demo.yaml` says: who signs in, which sheets were sent when by whom, what grew week by week.

The words are described in `demo/README.md`. A mistake in them is one Refused with its place; this text ships with packs
and is not typed by offices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from zhuanban.core.day import from_iso
from zhuanban.core.problem import Kind, Place, Refused

SCRIPT_WRONG = Kind("demo-001", "演示脚本有误：{why}。", "请改正行动包 demo 文件夹里的 demo.yaml。")
NO_DEMO = Kind("demo-002", "行动包“{pack}”没有演示数据。", "请另选一个行动包，或用 campaign create 建立行动。")


@dataclass(frozen=True, slots=True)
class Login:
    login: str
    name: str
    post: str
    region: str = ""  # name or code
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sheet written out in the pack's demo folder, sent as it is."""

    on: int
    by: str
    ledger: str
    file: str


@dataclass(frozen=True, slots=True)
class Growth:
    """Records of one ledger that grew: for each group (region or unit) cumulative counts per cut-off day and step."""

    key: str
    ledger: str
    group: str  # region | unit
    by: Mapping[str, str]  # group → login that sends it
    cut_offs: tuple[int, ...]
    first: int  # the earliest day on which something can have happened
    steps: Mapping[str, Mapping[str, tuple[int, ...]]]  # move → group → cumulative counts
    marks: Mapping[str, Mapping[str, Any]]  # field → {"value", group → {"counts", "items"}}
    fields: Mapping[str, Any]
    number: str = ""
    level: str = ""  # grid level of the cell that each record gets inside its group; "" = the group's own
    within: Mapping[str, str] = field(default_factory=dict)  # unit → region in whose cells its records lie
    cells: Mapping[str, int] = field(default_factory=dict)  # group → only the first n cells
    columns: tuple[str, ...] = ()
    title: str = ""
    style: Mapping[str, str] = field(default_factory=dict)  # group → style of its sheets
    first_by: str = ""  # who sends the sheets of the first cut-off, where it is not `by`
    via: str = "sheet"  # sheet | door
    mover: Mapping[str, str] = field(default_factory=dict)  # door: move → login pattern


@dataclass(frozen=True, slots=True)
class Script:
    folder: Path
    seed: int
    start: int
    end: int
    logins: Mapping[str, Login]
    sent: tuple[Sent, ...]
    grown: tuple[Growth, ...]
    strays: tuple[Mapping[str, Any], ...]  # changes that are meant to wait in the inbox
    outlines: bool  # draw a square around every lowest cell


def read_script(folder: Path) -> Script:
    """The demo of a pack's folder. Raises Refused."""
    path = folder / "demo" / "demo.yaml"
    if not path.is_file():
        raise Refused(NO_DEMO.at(pack=folder.name))
    try:
        said = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        logins = {k: Login(k, **v) for k, v in said["logins"].items()}
        return Script(
            folder / "demo",
            int(said["seed"]),
            _day(said["start"]),
            _day(said["end"]),
            logins,
            tuple(Sent(_day(s["on"]), s["by"], s["ledger"], s["file"]) for s in said.get("sent", ())),
            tuple(_growth(k, v) for k, v in said.get("grown", {}).items()),
            tuple(said.get("strays", ())),
            bool(said.get("outlines", False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Refused(SCRIPT_WRONG.at(Place(file=path.name), why=repr(why))) from why


def _day(said: Any) -> int:
    return from_iso(str(said))


def _growth(key: str, said: Mapping[str, Any]) -> Growth:
    words = dict(said)
    words["cut_offs"] = tuple(_day(d) for d in said["cut_offs"])
    words["first"] = _day(said["first"])
    words["columns"] = tuple(said.get("columns", ()))
    words["steps"] = {m: {g: tuple(c) for g, c in groups.items()} for m, groups in said["steps"].items()}
    words.setdefault("marks", {})
    for move, groups in words["steps"].items():
        for group, counts in groups.items():
            if len(counts) != len(words["cut_offs"]) or list(counts) != sorted(counts):
                raise ValueError(f"{key}.steps.{move}.{group}")
    return Growth(key, **words)
