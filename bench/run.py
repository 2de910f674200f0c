"""Runs the benches: `python -m bench [--quick] [--rounds N] [names]`. Prints markdown, and keeps it in `bench/out/`."""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bench.rig import Rig, Row, calibrate, environment

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"


def names() -> list[str]:
    """Every bench there is: `bench_export.py` is named `export`."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def table(name: str, about: str, rows: Iterable[Row], before: float, after: float, took: float) -> str:
    """One bench as markdown: its figures, and the calibration loop beside them."""
    lines = [
        f"## {name}",
        "",
        about,
        "",
        "| measured | figure | bar | |",
        "|---|---:|---:|---|",
    ]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        bar = "" if row.bar is None else f"{sign} {shown(row.bar, row.unit)}"
        verdict = {None: "", True: "met", False: "**missed**"}[row.met]
        lines.append(
            f"| {row.what} | {shown(row.value, row.unit)} | {bar} | {' '.join(filter(None, [verdict, row.note]))} |"
        )
    lines += ["", f"calibration loop {before:.3f} s before, {after:.3f} s after; the bench took {took:.0f} s", ""]
    return "\n".join(lines)


def shown(value: float, unit: str) -> str:
    """A figure with three digits that count, and its unit."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits}{'×' if unit == 'x' else ' ' + unit}"


def run(name: str, *, quick: bool, rounds: int) -> str:
    """Runs one bench and gives its markdown."""
    module = importlib.import_module(f"bench.bench_{name}")
    about = " ".join((module.__doc__ or "").split("\n\n")[0].split())
    before, start = calibrate(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        rows: list[Row] = module.run(Rig(Path(folder), quick=quick, rounds=rounds))
    took = time.perf_counter() - start
    return table(name, about, rows, before, calibrate(), took)


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit 0 when all ran; a missed bar is printed, and no failure: it may be the machine's."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures speed and size.")
    parser.add_argument("names", nargs="*", choices=[*names(), []], metavar="NAME", help=", ".join(names()))
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: proves that the benches run")
    parser.add_argument("--rounds", type=int, default=5, help="how often each thing is measured (default 5)")
    told = parser.parse_args(arguments)
    if told.rounds < 1:
        parser.error("--rounds must be 1 or more")
    OUT.mkdir(exist_ok=True)
    head = f"# Benches\n\n{environment()}"
    if told.quick:
        head += "; **quick: sizes too small for the figures to mean anything**"
    print(head + "\n", flush=True)
    for name in told.names or names():
        text = run(name, quick=told.quick, rounds=told.rounds)
        print(text, flush=True)
        if not told.quick:
            (OUT / f"{name}.md").write_text(f"{head}\n\n{text}", encoding="utf-8")
    return 0
