"""Every bench runs, on small sizes; what it measures is not looked at."""

import math

import pytest

from bench import rig as rigs
from bench.rig import Rig, Row, percentile
from bench.run import main, names, run, shown, table


@pytest.mark.parametrize("name", names())
def test_every_bench_runs(name):
    text = run(name, quick=True, rounds=5)
    figures = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert figures
    assert "nan" not in text


def test_the_command_knows_its_benches(capsys):
    with pytest.raises(SystemExit) as left:
        main(["no-such-bench"])
    assert left.value.code == 2
    assert "no-such-bench" in capsys.readouterr().err


def test_ratios_are_medians_and_absolute_figures_the_best(monkeypatch, tmp_path):
    times = iter([1.0, 10.0, 3.0, 10.0, 2.0, 10.0])
    monkeypatch.setattr(rigs, "seconds", lambda work: next(times))
    rig = Rig(tmp_path, rounds=3)
    found = rig.compare(lambda: None, lambda: None)
    assert (found.ratio, found.ours, found.theirs) == (0.2, 1.0, 10.0)
    times = iter([3.0, 1.5, 2.0])
    assert rig.best(lambda: None) == 1.5


def test_peak_memory_is_the_childs_own(tmp_path):
    ballast = bytearray(b"x" * (300 << 20))  # the parent's memory must not count
    peak = Rig(tmp_path).peak("bench.rig:calibrate")
    assert 0 < peak < 150
    del ballast


@pytest.mark.parametrize(
    ("samples", "share", "value"),
    [
        ([1], 0.95, 1),
        (range(1, 101), 0.95, 95),
        (range(1, 101), 0.5, 50),
        ([3, 1, 2], 1.0, 3),
        (range(1, 21), 0.99, 20),
    ],
)
def test_percentiles_by_nearest_rank(samples, share, value):
    assert percentile(list(samples), share) == value


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", 1.0, "s"), None),
        (Row("a", 1.0, "s", 1.0), True),
        (Row("a", 1.1, "s", 1.0), False),
        (Row("a", 390, "/s", 400, at_least=True), False),
        (Row("a", 410, "/s", 400, at_least=True), True),
    ],
)
def test_a_bar_is_met_or_missed(row, met):
    assert row.met is met


def test_the_table_says_figure_bar_and_verdict():
    text = table(
        "export", "About.", [Row("CSV", 1.234, "s", 5), Row("rate", 390, "/s", 400, at_least=True)], 0.2, 0.3, 9
    )
    assert "| CSV | 1.23 s | ≤ 5 s | met |" in text
    assert "| rate | 390 /s | ≥ 400 /s | **missed** |" in text
    assert "calibration loop 0.200 s before, 0.300 s after" in text
    assert shown(0.16, "x") == "0.16×"
    assert not math.isnan(rigs.calibrate())
