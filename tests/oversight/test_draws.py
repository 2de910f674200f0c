"""The seeded draw of grid cells (000-19)."""

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuanban.core.problem import Refused
from zhuanban.core.ratio import Rounding
from zhuanban.oversight.draws import draw, explanation, list_sha256, recipe

COUNTS = {"卧龙区": 108, "宛城区": 96, "高新区": 36, "示范区": 48}
CELLS = {district: [f"{district}-{n:03}" for n in range(1, count + 1)] for district, count in COUNTS.items()}

codes = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6)
populations = st.lists(codes, unique=True, max_size=60).flatmap(
    lambda cells: st.lists(st.sampled_from("ABC"), min_size=len(cells), max_size=len(cells)).map(
        lambda strata: {s: [c for c, own in zip(cells, strata, strict=True) if own == s] for s in "ABC"}
    )
)
ratios = st.integers(1, 100).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
roundings = st.sampled_from(list(Rounding))


@pytest.mark.parametrize(
    ("ratio", "rounding", "expected"),
    [
        # 市 5%，每区进一；区 10%，每区进一
        ((5, 100), Rounding.CEIL, {"卧龙区": 6, "宛城区": 5, "高新区": 2, "示范区": 3}),
        ((10, 100), Rounding.CEIL, {"卧龙区": 11, "宛城区": 10, "高新区": 4, "示范区": 5}),
        ((5, 100), Rounding.FLOOR, {"卧龙区": 5, "宛城区": 4, "高新区": 1, "示范区": 2}),
        ((5, 100), Rounding.HALF_UP, {"卧龙区": 5, "宛城区": 5, "高新区": 2, "示范区": 2}),
        ((0, 100), Rounding.CEIL, {"卧龙区": 0, "宛城区": 0, "高新区": 0, "示范区": 0}),
        ((1, 1), Rounding.FLOOR, COUNTS),
    ],
)
def test_the_ratio_is_taken_inside_each_district(ratio, rounding, expected):
    drawn = draw("2023-12-08 城", CELLS, ratio, rounding)
    assert {s.code: len(s.cells) for s in drawn.strata} == expected


def test_city_draws_16_and_districts_30_where_one_rounding_over_all_would_give_15():
    assert len(draw("市", CELLS, (5, 100), Rounding.CEIL).cells) == 16
    assert len(draw("区", CELLS, (10, 100), Rounding.CEIL).cells) == 30
    together = {"市": [cell for cells in CELLS.values() for cell in cells]}
    assert len(draw("市", together, (5, 100), Rounding.CEIL).cells) == 15


def test_the_order_is_the_one_written_down():
    """By hand: `printf 's\\na' | sha256sum` → 009f…, d → 2945…, c → a953…, b → cd85…"""
    drawn = draw("s", {"x": ["a", "b", "c", "d"]}, (1, 1), Rounding.FLOOR)
    assert drawn.strata[0].cells == ("a", "d", "c", "b")


@given(populations, ratios, roundings, st.randoms())
def test_the_order_of_the_input_is_only_that_of_the_groups(population, ratio, rounding, chance: random.Random):
    shuffled = {s: chance.sample(cells, len(cells)) for s, cells in chance.sample(sorted(population.items()), 3)}
    one, other = draw("种子", shuffled, ratio, rounding), draw("种子", population, ratio, rounding)
    assert [s.code for s in one.strata] == list(shuffled)
    assert {s.code: s for s in one.strata} == {s.code: s for s in other.strata}


@given(populations, ratios, roundings)
def test_one_stratum_does_not_know_the_others(population, ratio, rounding):
    together = draw("种子", population, ratio, rounding)
    alone = [draw("种子", {s: cells}, ratio, rounding).strata[0] for s, cells in sorted(population.items())]
    assert list(together.strata) == alone


@given(populations, st.integers(0, 100), st.integers(0, 100), roundings)
def test_a_larger_ratio_only_adds_to_the_end(population, one, other, rounding):
    small, large = sorted((one, other))
    few, many = (draw("种子", population, (share, 100), rounding) for share in (small, large))
    for fewer, more in zip(few.strata, many.strata, strict=True):
        assert more.cells[: len(fewer.cells)] == fewer.cells


@given(populations, ratios, roundings)
def test_drawn_cells_are_different_cells_of_their_stratum(population, ratio, rounding):
    for stratum in draw("种子", population, ratio, rounding).strata:
        assert len(set(stratum.cells)) == len(stratum.cells)
        assert set(stratum.cells) <= set(population[stratum.code])


def test_a_draw_with_its_own_seed_is_untouched_by_another():
    city = draw("市局 0412", CELLS, (5, 100), Rounding.CEIL)
    district = draw("区局 7781", CELLS, (10, 100), Rounding.CEIL)
    assert draw("市局 0412", CELLS, (5, 100), Rounding.CEIL) == city
    assert not set(city.cells) <= set(district.cells)  # nested only if the seed were shared
    assert set(city.cells) <= set(draw("市局 0412", CELLS, (10, 100), Rounding.CEIL).cells)


@pytest.mark.parametrize("seed", ["2023-12-08", "飓风 07", 'it\'s $HOME `ls` "x" \\n'])
def test_anyone_repeats_it_in_a_shell(tmp_path: Path, seed):
    drawn = draw(seed, CELLS, (10, 100), Rounding.CEIL)
    for stratum in drawn.strata:
        cells = CELLS[stratum.code]
        (tmp_path / "名单.txt").write_text("\n".join(reversed(cells)), encoding="utf-8")  # no newline at the end
        run = subprocess.run(["bash", "-c", recipe(seed)], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert tuple(line[66:] for line in run.stdout.splitlines()[: len(stratum.cells)]) == stratum.cells


def test_the_list_drawn_from_can_be_checked(tmp_path: Path):
    cells = CELLS["高新区"]
    (tmp_path / "名单.txt").write_text("".join(f"{c}\n" for c in reversed(cells)), encoding="utf-8")
    run = subprocess.run(
        ["bash", "-c", "LC_ALL=C sort 名单.txt | sha256sum"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.split()[0] == list_sha256(cells)


def test_the_explanation_names_seed_rule_lists_and_command():
    drawn = draw("飓风 07", CELLS, (5, 100), Rounding.CEIL)
    text = explanation(drawn, {"高新区": "高新技术产业开发区"})
    assert "种子：飓风 07\n" in text
    assert "比例：5/100" in text
    assert "有小数就进一" in text
    assert recipe("飓风 07") in text
    gaoxin = next(s for s in drawn.strata if s.code == "高新区")
    assert f"高新技术产业开发区：共 36 个，抽 2 个：{'、'.join(gaoxin.cells)}\n" in text
    assert all(s.list_sha256 in text for s in drawn.strata)


def test_all_faults_are_told_at_once():
    with pytest.raises(Refused) as refused:
        draw("a\nb", {"东": ["1", "2", ""], "西": ["2", "x\ny"]}, (6, 5), Rounding.CEIL)
    assert [p.code for p in refused.value.problems] == [
        "oversight-001",
        "oversight-002",
        "oversight-003",
        "oversight-003",
        "oversight-004",
    ]


@pytest.mark.parametrize("ratio", [(1, 0), (-1, 10), (11, 10), (1, -2)])
def test_an_impossible_ratio_is_refused(ratio):
    with pytest.raises(Refused) as refused:
        draw("s", CELLS, ratio, Rounding.CEIL)
    assert [p.code for p in refused.value.problems] == ["oversight-002"]
