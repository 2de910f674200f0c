"""What a draw is made from: the grid cells of a campaign under each stratum, as of a day."""

from __future__ import annotations

from zhuanban.core.problem import Refused
from zhuanban.oversight import problems
from zhuanban.pack.values import Draw
from zhuanban.people.queries import Setting


def find_draw(setting: Setting, name: str) -> Draw:
    """The draw of that key or title. Raises Refused."""
    for each in setting.pack.draws.values():
        if name in (each.key, each.title):
            return each
    raise Refused(problems.NO_DRAW.at(name=name, known="、".join(setting.pack.draws) or "（无）"))


def population(setting: Setting, asked: Draw, day: int) -> dict[str, list[str]]:
    """Stratum code → codes of its cells, both in use on that day, in the order in which tables print the regions."""
    tree = setting.regions
    levels = [level.key for level in setting.pack.grid.levels]
    cell, stratum = levels.index(asked.level) + 1, levels.index(asked.stratum) + 1
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
