import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.eval.objective import DEFAULT, OBJECTIVES, Objective
from argosy.eval.sweep import LabelledPart, curve, settle, sweep
from argosy.signals.arrays import Bools, Floats
from tests import naive

_SOME = st.sampled_from([-math.inf, math.inf, math.nan, -1.0, 0.0, 1.0, 1.5, 2.0, 7.0])


@st.composite
def _part(draw: st.DrawFn, most: int = 30) -> tuple[Bools, Floats]:
    n = draw(st.integers(1, most))
    labels = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=np.bool_)
    labels[draw(st.integers(0, n - 1))] = True
    numbers = draw(st.sampled_from([_SOME, st.floats(-5, 5), st.integers(0, 12).map(float)]))
    stat = draw(st.lists(st.one_of(numbers, numbers, _SOME), min_size=n, max_size=n))
    return labels, np.array(stat, dtype=np.float64)


def _flags(stat: Floats, threshold: float) -> Bools:
    return (stat >= threshold) & (stat > -math.inf)


@given(_part(), st.sampled_from(list(OBJECTIVES.values())), st.sampled_from([0.1, 0.5, 1.0]))
def test_a_small_part_gets_the_exact_optimum_and_plateau(
    part: tuple[Bools, Floats], objective: Objective, most_false: float
) -> None:
    labels, stat = part
    best, plateaus = naive.best_cut(
        labels.tolist(), stat.tolist(), lambda flags: objective(labels, np.array(flags, dtype=np.bool_)), most_false
    )
    cut = sweep(labels, stat, objective, most_false=most_false)
    assert cut.value == pytest.approx(max(best, 0.0))
    if best <= 0:
        assert cut.threshold == math.inf
        return
    assert objective(labels, _flags(stat, cut.threshold)) == pytest.approx(best)
    assert math.isfinite(cut.threshold)
    assert cut.low < cut.threshold <= cut.high
    distinct = np.unique(stat[stat > -math.inf])
    ranks = (int(np.searchsorted(distinct, cut.low, "right")), int(np.searchsorted(distinct, cut.high, "right")))
    assert ranks in plateaus


@given(_part(60), st.sampled_from(list(OBJECTIVES.values())), st.integers(4, 9))
def test_with_few_candidates_it_still_counts_right(
    part: tuple[Bools, Floats], objective: Objective, candidates: int
) -> None:
    labels, stat = part
    cut = sweep(labels, stat, objective, candidates)
    if cut.value:
        assert objective(labels, _flags(stat, cut.threshold)) == pytest.approx(cut.value)
        inside = stat[(stat > cut.low) & (stat <= cut.high) & np.isfinite(stat)]
        for threshold in inside:
            assert objective(labels, _flags(stat, threshold)) == pytest.approx(cut.value)


@given(_part(60), st.sampled_from(list(OBJECTIVES.values())), st.sampled_from([5, 256]))
def test_the_curve_is_the_objective_at_its_thresholds(
    part: tuple[Bools, Floats], objective: Objective, candidates: int
) -> None:
    labels, stat = part
    found = curve(LabelledPart.of(labels), stat, objective, candidates, most_false=1.0)
    for threshold, value in zip(found.thresholds, found.values, strict=True):
        assert objective(labels, _flags(stat, threshold)) == pytest.approx(value)


def _large(seed: int, n: int = 4000) -> tuple[Bools, Floats]:
    draw = np.random.default_rng(seed)
    labels = np.zeros(n, dtype=np.bool_)
    for start in draw.integers(0, n - 30, 12):
        labels[start : start + draw.integers(1, 30)] = True
    stat = np.abs(draw.normal(size=n)) + labels * draw.random(n) * 4
    stat[draw.integers(0, n, 20)] = np.nan
    return labels, stat


@pytest.mark.parametrize("seed", range(3))
def test_event_pa_is_exact_on_a_large_part(seed: int) -> None:
    labels, stat = _large(seed)
    objective = OBJECTIVES["event_f1_pa"]
    exact = max(objective(labels, stat >= t) for t in np.unique(stat[labels & ~np.isnan(stat)]))
    assert sweep(labels, stat, objective).value == pytest.approx(exact)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["default", "point_f1", "event_f1_k10"])
def test_other_objectives_come_within_a_hair_on_a_large_part(seed: int, name: str) -> None:
    labels, stat = _large(seed, 3000)
    objective = OBJECTIVES[name]
    thresholds = np.sort(stat[~np.isnan(stat)])[-300:]
    exact = max(objective(labels, stat >= t) for t in thresholds)
    assert sweep(labels, stat, objective, candidates=96).value >= exact - 0.003


def test_the_threshold_stands_in_the_middle_of_the_gap() -> None:
    labels = np.array([False] * 8 + [True, True])
    stat = np.array([0.0, 1.0, 2.0, 1.0, 0.0, 1.0, 2.0, 1.0, 8.0, 1.0])
    cut = sweep(labels, stat, OBJECTIVES["event_f1_pa"])
    assert (cut.low, cut.high, cut.value) == (2.0, 8.0, 1.0)
    assert cut.threshold == pytest.approx(4.0)
    assert sweep(labels, stat - 5, OBJECTIVES["event_f1_pa"]).threshold == pytest.approx(0.0)


def test_flagging_everything_is_no_answer() -> None:
    labels = np.zeros(200, dtype=np.bool_)
    labels[50:60] = True
    stat = np.arange(200.0)[::-1]
    assert sweep(labels, stat, OBJECTIVES["event_f1_k10"], most_false=1.0).value == 1.0
    assert sweep(labels, stat, OBJECTIVES["event_f1_k10"]).value == 0.0


def test_nothing_labelled_and_nothing_known_end_in_no_flags() -> None:
    nothing, stat = np.zeros(5, dtype=np.bool_), np.arange(5.0)
    assert math.isnan(sweep(nothing, stat, DEFAULT).value)
    assert sweep(nothing, stat, DEFAULT).threshold == math.inf
    unknown = sweep(~nothing, np.full(5, np.nan), DEFAULT)
    assert (unknown.threshold, unknown.value) == (math.inf, 0.0)
    assert len(curve(nothing, np.full(5, np.nan), DEFAULT).thresholds) == 0


@given(_part(60), st.sampled_from(list(OBJECTIVES.values())), st.sampled_from([0.0, 0.05, 0.3]))
def test_a_settled_threshold_is_nearly_as_good(part: tuple[Bools, Floats], objective: Objective, slack: float) -> None:
    labels, stat = part
    best, cut = sweep(labels, stat, objective), settle(labels, stat, objective, slack)
    assert best.value - slack - 1e-9 <= cut.value <= best.value + 1e-9
    if cut.value:
        assert objective(labels, _flags(stat, cut.threshold)) == pytest.approx(cut.value)
        assert cut.low < cut.threshold <= cut.high


def test_settling_prefers_a_wide_range_to_a_lucky_point() -> None:
    labels = np.zeros(300, dtype=np.bool_)
    labels[::30] = True
    stat = np.where(labels, 20.0, np.linspace(0.1, 1.0, 300))
    stat[0] = 0.9999
    stat[299] = 0.5
    lucky = sweep(labels, stat, OBJECTIVES["event_f1_pa"])
    assert lucky.value > settle(labels, stat, OBJECTIVES["event_f1_pa"], 0.1).value
    assert lucky.threshold < 1 < settle(labels, stat, OBJECTIVES["event_f1_pa"], 0.1).threshold
