"""The measuring rig: times, ratios and peak memory, taken the same way by every bench."""

from __future__ import annotations

import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_LOOP = 3_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `bar` is what it may be at most (or, with `at_least`, must be at least); None = no bar."""

    what: str
    value: float
    unit: str  # "s", "MB", "x" (ratio), "ms", "/s"
    bar: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar


class Rig:
    """Handed to each bench. `quick` asks for small sizes and one round: it proves that the bench runs, no figure."""

    def __init__(self, folder: Path, *, quick: bool = False, rounds: int = 5) -> None:
        self.folder = folder  # empty, the bench's own, removed afterwards
        self.quick = quick
        self.rounds = 1 if quick else rounds

    def size(self, full: int, quick: int) -> int:
        """A size of the data: `full`, or `quick` in quick mode."""
        return quick if self.quick else full

    def best(self, work: Callable[[], object]) -> float:
        """Seconds of the best of all rounds, for absolute figures."""
        return min(seconds(work) for _ in range(self.rounds))

    def compare(self, ours: Callable[[], object], theirs: Callable[[], object]) -> Comparison:
        """Both in turn, round by round, so that a slow minute of the machine hits both."""
        return self.compare_told(lambda: seconds(ours), lambda: seconds(theirs))

    def compare_told(self, ours: Callable[[], float], theirs: Callable[[], float]) -> Comparison:
        """The same for work that tells itself how many seconds it took, in another process."""
        pairs = [(ours(), theirs()) for _ in range(self.rounds)]
        return Comparison(
            ratio=statistics.median(mine / other for mine, other in pairs),
            ours=min(mine for mine, _ in pairs),
            theirs=min(other for _, other in pairs),
        )

    def peak(self, function: str, *arguments: object) -> float:
        """Peak memory in MB of a fresh process that calls `module:function` with these (JSON) arguments.

        Where it starts processes of its own, theirs counts too: what all of them hold at one time, looked at 50 times a
        second.

        The child reads VmHWM and not ru_maxrss: on Linux the latter starts at what the parent had at the fork, so a
        small child of a big parent would look big.
        """
        return float(_fresh(function, arguments, {})["peak"])

    def private(self, function: str, *arguments: object) -> float:
        """The same without the pages of mapped files, which are the system's cache and not the program's memory."""
        return float(_fresh(function, arguments, {})["private"])

    def call(self, function: str, *arguments: object, **environment: str) -> Any:
        """What `module:function` gives back (JSON) in a fresh process, with these settings in its environment."""
        return _fresh(function, arguments, environment)["value"]


def _fresh(function: str, arguments: Sequence[object], environment: Mapping[str, str]) -> dict[str, Any]:
    told = json.dumps([function, list(arguments)])
    done = subprocess.run(
        [sys.executable, "-m", "bench.rig", told],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{function} failed: exit {done.returncode}; its own words are above")
    heard: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return heard


@dataclass(frozen=True, slots=True)
class Comparison:
    """`ratio`: median over the rounds of ours / theirs; `ours`, `theirs`: best seconds of each."""

    ratio: float
    ours: float
    theirs: float


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample below which `share` (0.95) of all samples lie: nearest rank, no interpolation."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1))]


def calibrate() -> float:
    """Seconds of a fixed pure-Python loop, best of 3: tells a slow machine (or a busy one) from slow code."""

    def loop() -> int:
        total = 0
        for number in range(_LOOP):
            total = (total * 31 + number) & 0xFFFF_FFFF
        return total

    return min(seconds(loop) for _ in range(3))


def environment() -> str:
    """The machine in one line, without its name."""
    cores = len(os.sched_getaffinity(0))
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{cores} cores, {pages:.0f} GiB, {platform.machine()}, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _held(process: str, what: str) -> float:
    """Memory of a process in MB: VmHWM (the most it ever held), VmRSS (held now), RssAnon (of that, no mapped file).

    0 once it has ended.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:")), 0.0)


def _watch(together: list[float], private: list[float], ended: threading.Event) -> None:
    """Notes again and again what this process and its children hold together."""
    while not ended.wait(0.02):
        family = ["self", *Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
        if len(family) > 1:
            together.append(sum(_held(process, "VmRSS") for process in family))
        private.append(sum(_held(process, "RssAnon") for process in family))


def _child() -> None:
    name, arguments = json.loads(sys.argv[1])
    together, private = [0.0], [0.0]
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(together, private, ended), daemon=True)
    watch.start()
    module, function = name.split(":")
    value = getattr(importlib.import_module(module), function)(*arguments)
    ended.set()
    watch.join()
    peak = max(_held("self", "VmHWM"), *together)
    print(json.dumps({"value": value, "peak": round(peak, 1), "private": round(max(private), 1)}))


if __name__ == "__main__":
    _child()
