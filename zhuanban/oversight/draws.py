"""The seeded draw (抽查): which grid cells are looked at again. A pure rule that anyone can repeat with `sha256sum`.

1. The number to draw is made per stratum (per district), never once over all: count × ratio, by the named rounding.
2. The cells of a stratum are ordered by SHA-256 of `seed`, a newline and the cell's code (UTF-8), in hex.
3. The first n are drawn.

Records are drawn the same way: their numbers are the codes.
Nothing else enters: not the order of the cells, not the other strata, not another draw. A larger ratio with the same
seed only adds cells to the end of each list; draws that must not lie inside each other (city and district) need seeds
of their own.

Ordering by a hash was chosen over a seeded random generator because its answer does not depend on any library's version
and because a person with a shell can check it.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhuanban.core.problem import Problem, Refused
from zhuanban.core.ratio import Rounding, divide
from zhuanban.oversight import problems

ROUNDING_WORDS = {
    Rounding.HALF_UP: "四舍五入",
    Rounding.FLOOR: "舍去小数",
    Rounding.CEIL: "有小数就进一",
    Rounding.HALF_EVEN: "四舍六入五成双",
}


@dataclass(frozen=True, slots=True)
class Stratum:
    """What was drawn in one stratum. `cells` are in drawing order; `count` is how many there were to draw from.

    `list_sha256` is the SHA-256 of all cell codes of the stratum, sorted by their bytes, each ended by a newline: it
    proves that the list drawn from is the list that was published. `listed` is that list, in that order.
    """

    code: str
    count: int
    cells: tuple[str, ...]
    list_sha256: str
    listed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The outcome of a draw with all that is needed to repeat it. `strata` stand in the order that was given."""

    seed: str
    ratio: tuple[int, int]
    rounding: Rounding
    strata: tuple[Stratum, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """All drawn cells, stratum after stratum."""
        return tuple(cell for stratum in self.strata for cell in stratum.cells)


def draw(seed: str, population: Mapping[str, Sequence[str]], ratio: tuple[int, int], rounding: Rounding) -> Drawn:
    """Draw from `population` (stratum code → codes of its cells) the share `ratio` = (part, whole) of every stratum.

    Raises Refused with every problem: unusable seed, ratio or code, a code listed twice.
    """
    faults = list(_faults(seed, population, ratio))
    if faults:
        raise Refused(faults)
    part, whole = ratio
    strata = []
    for code, cells in population.items():
        n = divide(len(cells) * part, whole, rounding)
        ordered = sorted(cells, key=lambda cell: (rank(seed, cell), cell.encode()))
        strata.append(
            Stratum(code, len(cells), tuple(ordered[:n]), list_sha256(cells), tuple(sorted(cells, key=str.encode)))
        )
    return Drawn(seed, ratio, rounding, tuple(strata))


def rank(seed: str, cell: str) -> str:
    """The cell's place in the order: hex SHA-256 of seed, newline, code."""
    return hashlib.sha256(f"{seed}\n{cell}".encode()).hexdigest()


def list_sha256(cells: Iterable[str]) -> str:
    """Hex SHA-256 of the codes sorted by bytes, one a line: what `LC_ALL=C sort 名单 | sha256sum` prints."""
    return hashlib.sha256(b"".join(sorted(f"{cell}\n".encode() for cell in cells))).hexdigest()


def explanation(drawn: Drawn, names: Mapping[str, str] | None = None, what: str = "网格代码") -> str:
    """Chinese text to print under the published list: what was done, and how anyone repeats it in a shell.

    `names` gives printed names of strata by code; `what` was drawn, as its codes are called.
    """
    names = names or {}
    part, whole = drawn.ratio
    lines = [
        "抽查办法",
        f"种子：{drawn.seed}",
        f"比例：{part}/{whole}，在每个区域内分别计算，{ROUNDING_WORDS[drawn.rounding]}。",
        f"次序：把种子、一个换行、{what}连在一起（UTF-8 编码），求 SHA-256；按十六进制数从小到大排列，取最前面的。",
        "",
        "结果",
    ]
    for stratum in drawn.strata:
        title = names.get(stratum.code, stratum.code)
        lines.append(f"{title}：共 {stratum.count} 个，抽 {len(stratum.cells)} 个：{'、'.join(stratum.cells) or '无'}")
        lines.append(f"　名单校验值：{stratum.list_sha256}")
    lines += [
        "",
        "如何自行复算",
        f"把一个区域的全部{what}存为文本文件“名单.txt”（UTF-8 编码，一行一个），在任意一台 Linux 电脑上运行：",
        "　LC_ALL=C sort 名单.txt | sha256sum    # 应与名单校验值相同",
    ]
    lines += [f"　{recipe(drawn.seed)} | head -n 抽取个数", f"各行末尾的{what}即为抽中的，次序也应相同。", ""]
    for stratum in drawn.strata:
        lines += [f"{names.get(stratum.code, stratum.code)}名单（{stratum.count} 个）", *stratum.listed, ""]
    return "\n".join(lines)


def recipe(seed: str, file: str = "名单.txt") -> str:
    """The shell line that puts the cells of a list into drawing order: hash, two spaces, code on each line."""
    return (
        f"""while IFS= read -r code || [ -n "$code" ]; do """
        f"""printf '%s  %s\\n' "$(printf '%s\\n%s' {shlex.quote(seed)} "$code" | sha256sum | cut -c1-64)" "$code"; """
        f"""done < {shlex.quote(file)} | LC_ALL=C sort"""
    )


def _faults(seed: str, population: Mapping[str, Sequence[str]], ratio: tuple[int, int]) -> Iterable[Problem]:
    if not _plain(seed):
        yield problems.SEED_UNUSABLE.at(seed=seed.encode("unicode_escape").decode() if not seed.isprintable() else seed)
    part, whole = ratio
    if whole <= 0 or not 0 <= part <= whole:
        yield problems.RATIO_UNUSABLE.at(part=part, whole=whole)
    seen: dict[str, list[str]] = {}
    for stratum in sorted(population):
        for cell in population[stratum]:
            if not _plain(cell):
                yield problems.CODE_UNUSABLE.at(stratum=stratum, code=cell.encode("unicode_escape").decode())
            seen.setdefault(cell, []).append(stratum)
    for cell, strata in sorted(seen.items()):
        if len(strata) > 1:
            yield problems.CODE_TWICE.at(code=cell, strata="、".join(strata))


def _plain(text: str) -> bool:
    """Text a person can copy by hand: not empty, nothing invisible in it, nothing that trimming would change."""
    return bool(text) and text.isprintable() and text == text.strip()
