"""The dated tree of regions (or of units) as a pure value: who hung below whom on which day.

Days are day numbers. A node's parent may change on a day; the path of a node therefore has segments.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhuanban.core.day import FAR_DAY, FIRST_DAY, holds_on

VIRTUAL_ROOT = "*"


@dataclass(frozen=True, slots=True)
class Node:
    """A region or unit. In use from `from_day` up to, not including, `to_day`."""

    code: str
    name: str
    position: int
    short: str = ""
    aliases: tuple[str, ...] = ()
    from_day: int = FIRST_DAY
    to_day: int = FAR_DAY
    region: str = ""  # units: the region they belong to
    names: tuple[tuple[int, str, str], ...] = ()  # (from day, name, short) where it was ever renamed; the last holds

    def in_use(self, day: int) -> bool:
        return holds_on(self.from_day, self.to_day, day)

    def named(self, day: int | None = None) -> tuple[str, str]:
        """The name and the short name that it bore on a day, or bears now."""
        found = (self.name, self.short)
        for from_day, name, short in reversed(self.names if day is not None else ()):
            found = (name, short)
            if day is not None and from_day <= day:
                break
        return found

    @property
    def words(self) -> frozenset[str]:
        """All that it was ever called."""
        former = (word for _, name, short in self.names for word in (name, short))
        return frozenset({self.name, self.short, *self.aliases, *former} - {""})

    def printed(self, day: int | None = None) -> str:
        """The name that tables print."""
        name, short = self.named(day)
        return short or name


@dataclass(frozen=True, slots=True)
class Segment:
    """From `from_day` until the next segment, the path from the node (first) to the root (last)."""

    from_day: int
    path: tuple[str, ...]


class Tree:
    """A dated tree. `parents` holds (code, parent or "", from_day) rows; "" hangs a node below the root.

    Where exactly one node never has a parent and `rooted` is true, that node is the root; otherwise a virtual root `*`
    stands above all.
    """

    def __init__(
        self, nodes: Iterable[Node], parents: Iterable[tuple[str, str, int]], *, rooted: bool, root_name: str = "合计"
    ) -> None:
        self.nodes: dict[str, Node] = {n.code: n for n in sorted(nodes, key=lambda n: (n.position, n.code))}
        self._parents: dict[str, list[tuple[int, str]]] = {code: [] for code in self.nodes}
        for code, parent, from_day in parents:
            self._parents[code].append((from_day, parent))
        for rows in self._parents.values():
            rows.sort()
        tops = [code for code, rows in self._parents.items() if not any(p for _, p in rows)]
        if rooted and len(tops) == 1:
            self.root = tops[0]
        else:
            self.root = VIRTUAL_ROOT
            self.nodes[VIRTUAL_ROOT] = Node(VIRTUAL_ROOT, root_name, -1)
            self._parents[VIRTUAL_ROOT] = []
        self._segments: dict[str, tuple[Segment, ...]] = {}
        self._children: dict[str, list[str]] = {}
        for code, rows in self._parents.items():
            for parent in {self._above(code, p) for _, p in rows} or {self._above(code, "")}:
                if parent:
                    self._children.setdefault(parent, []).append(code)
        self._by_name: dict[str, list[str]] | None = None
        self._subtrees: dict[tuple[str, int], frozenset[str]] = {}
        self._changes = sorted({d for rows in self._parents.values() for d, _ in rows if d != FIRST_DAY})

    def _above(self, code: str, parent: str) -> str:
        return parent or ("" if code == self.root else self.root)

    def __contains__(self, code: str) -> bool:
        return code in self.nodes

    def name(self, code: str, day: int | None = None) -> str:
        """Printed name, as of a day or now; the code itself where it is unknown."""
        node = self.nodes.get(code)
        return code if node is None else node.printed(day)

    def full_name(self, code: str, day: int | None = None) -> str:
        """The same written out."""
        node = self.nodes.get(code)
        return code if node is None else node.named(day)[0]

    def parent(self, code: str, day: int) -> str:
        """The parent's code on that day; "" for the root."""
        rows = self._parents[code]
        i = bisect_right(rows, (day, "\U0010ffff")) - 1
        return self._above(code, rows[max(i, 0)][1] if rows else "")

    def segments(self, code: str) -> tuple[Segment, ...]:
        """All paths the node ever had, oldest first; the first holds since ever. KeyError for strangers."""
        known = self._segments.get(code)
        if known is None:
            known = self._segments[code] = self._find_segments(code)
        return known

    def _find_segments(self, code: str) -> tuple[Segment, ...]:
        if code == self.root:
            return (Segment(FIRST_DAY, (code,)),)
        rows = self._parents[code] or [(FIRST_DAY, "")]
        found: list[Segment] = []
        for i, (start, parent) in enumerate(rows):
            end = rows[i + 1][0] if i + 1 < len(rows) else FAR_DAY
            start = FIRST_DAY if i == 0 else start
            for above in self.segments(self._above(code, parent)):
                # clip the parent's segments to the days for which this parent held
                later = [s.from_day for s in self.segments(self._above(code, parent)) if s.from_day > above.from_day]
                above_end = min(later, default=FAR_DAY)
                left, right = max(start, above.from_day), min(end, above_end)
                if left < right:
                    path = (code, *above.path)
                    if not found or found[-1].path != path:
                        found.append(Segment(left, path))
        return tuple(found)

    def path(self, code: str, day: int) -> tuple[str, ...]:
        """From the node to the root, as of a day."""
        segments = self.segments(code)
        for segment in reversed(segments):
            if segment.from_day <= day:
                return segment.path
        return segments[0].path

    def level(self, code: str, day: int) -> int:
        """Steps below the root: 0 for the root, 1 for 一级 …"""
        return len(self.path(code, day)) - 1

    def below(self, code: str, day: int) -> list[str]:
        """What hangs from the node as of a day, in the list's order, in use or not."""
        return sorted(
            (c for c in self._children.get(code, []) if self.parent(c, day) == code),
            key=lambda c: (self.nodes[c].position, c),
        )

    def children(self, code: str, day: int) -> list[str]:
        """Children as of a day, in the list's order, only those in use."""
        return [c for c in self.below(code, day) if self.nodes[c].in_use(day)]

    def subtree(self, code: str, day: int) -> frozenset[str]:
        """The node and everything below it as of a day, in use or not."""
        epoch = bisect_right(self._changes, day)  # between two changes of the tree the answer is the same
        known = self._subtrees.get((code, epoch))
        if known is None:
            found = {code}
            todo = [code]
            while todo:
                here = todo.pop()
                below = [c for c in self._children.get(here, []) if self.parent(c, day) == here]
                found.update(below)
                todo.extend(below)
            known = self._subtrees[(code, epoch)] = frozenset(found)
        return known

    def find(self, name: str, day: int) -> list[str]:
        """Codes of all nodes in use that bear this name, short name, alias or code; else of those that ever bore it."""
        if name in self.nodes:
            return [name]
        if self._by_name is None:
            self._by_name = {}
            for node in self.nodes.values():
                for word in node.words:
                    self._by_name.setdefault(word, []).append(node.code)
        found = [c for c in self._by_name.get(name, []) if self.nodes[c].in_use(day)]
        now = [c for c in found if name in (*self.nodes[c].named(day), *self.nodes[c].aliases)]
        return now or found


def words_of(aliases: str) -> tuple[str, ...]:
    """Names written in one cell, as 城管局、市城管: one by one."""
    return tuple(word for part in aliases.split("、") if (word := part.strip()))


def find_loops(parents: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Chains of codes that lead back to themselves, each once, smallest code first."""
    loops: set[tuple[str, ...]] = set()
    for start in parents:
        seen: list[str] = []
        here = start
        while here and here not in seen:
            seen.append(here)
            here = parents.get(here, "")
        if here:
            loop = seen[seen.index(here) :]
            i = loop.index(min(loop))
            loops.add(tuple(loop[i:] + loop[:i]))
    return sorted(loops)
