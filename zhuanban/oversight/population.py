"""What a draw is made from: grid cells or records of a campaign under each stratum, as of a day."""

from __future__ import annotations

from zhuanban.core.problem import Refused, choices
from zhuanban.oversight import problems
from zhuanban.pack.values import Draw
from zhuanban.pack.work_list import WorkList
from zhuanban.people.queries import Setting
from zhuanban.tally.lists import work_list


def find_draw(setting: Setting, name: str) -> Draw:
    """The draw of that key or title. Raises Refused."""
    for each in setting.pack.draws.values():
        if name in (each.key, each.title):
            return each
    raise Refused(problems.NO_DRAW.at(name=name, known=choices({x.key: x.title for x in setting.pack.draws.values()})))


def population(setting: Setting, asked: Draw, day: int) -> dict[str, list[str]]:
    """Stratum code → codes of its cells, or numbers of its records, in the order in which tables print the regions."""
    return _records(setting, asked, day) if asked.ledger else _cells(setting, asked, day)


def _records(setting: Setting, asked: Draw, day: int) -> dict[str, list[str]]:
    """The records that fulfil the draw's conditions as of that day. Without a stratum, and where a record lies above
    its level, the stratum is the root."""
    tree = setting.regions
    depth = _depth(setting, asked.stratum) if asked.stratum else 0
    found: dict[str, list[str]] = {}
    for entry in work_list(setting, WorkList(asked.key, asked.title, asked.ledger, asked.where), tree.root, day):
        path = tree.path(entry.region, day)
        stratum = path[-1 - depth] if depth and len(path) > depth else tree.root
        found.setdefault(stratum, []).append(entry.number)
    return {code: found[code] for code in [tree.root, *tree.nodes] if code in found}


def _cells(setting: Setting, asked: Draw, day: int) -> dict[str, list[str]]:
    """Stratum and cells both in use on that day."""
    tree = setting.regions
    cell, stratum = _depth(setting, asked.level), _depth(setting, asked.stratum)
    found: dict[str, list[str]] = {}
    for code, node in tree.nodes.items():
        if not node.in_use(day):
            continue
        path = tree.path(code, day)
        depth = len(path) - 1
        if depth == stratum:
            found.setdefault(code, [])
        if depth == cell:
            above = path[cell - stratum]
            if tree.nodes[above].in_use(day):
                found.setdefault(above, []).append(code)
    return {code: found[code] for code in tree.nodes if code in found}


def _depth(setting: Setting, level: str) -> int:
    """How deep a level lies: 1 is the first below the root."""
    return [each.key for each in setting.pack.grid.levels].index(level) + 1
