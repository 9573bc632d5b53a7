import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.eval import metrics, rates
from argosy.eval.objective import DEFAULT, OBJECTIVES
from argosy.signals.arrays import Bools, Floats
from tests import naive


@st.composite
def _labels_and_scores(draw: st.DrawFn) -> tuple[Bools, Floats]:
    n = draw(st.integers(0, 40))
    label = st.sampled_from([st.booleans(), st.just(False), st.just(True)])
    labels = draw(st.lists(draw(label), min_size=n, max_size=n))
    score = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 2.0, math.nan, math.inf, -math.inf]), st.floats(-2, 3))
    scores = draw(st.one_of(st.lists(score, min_size=n, max_size=n), st.just([1.0] * n), st.just([math.nan] * n)))
    return np.array(labels, dtype=np.bool_), np.array(scores, dtype=np.float64)


def _same(fast: rates.Rates, counts: tuple[int, int, int]) -> None:
    assert (fast.tp, fast.fp, fast.fn) == counts
    assert fast.f1 == pytest.approx(naive.f1(*counts), nan_ok=True)


@given(_labels_and_scores(), st.integers(0, 5))
def test_rates_equal_the_plain_loops(case: tuple[Bools, Floats], k: int) -> None:
    labels, scores = case
    flags = scores >= 1
    _same(metrics.point(labels, flags), naive.point_counts(labels.tolist(), flags.tolist()))
    _same(metrics.event_pa(labels, flags), naive.event_pa_counts(labels.tolist(), flags.tolist()))
    _same(metrics.event_delay(labels, flags, k), naive.event_delay_counts(labels.tolist(), flags.tolist(), k))


@given(_labels_and_scores())
def test_average_precision_equals_the_plain_loop(case: tuple[Bools, Floats]) -> None:
    labels, scores = case
    assert metrics.auc_pr(labels, scores) == pytest.approx(naive.auc_pr(labels.tolist(), scores.tolist()), nan_ok=True)


@given(_labels_and_scores(), st.integers(0, 12))
def test_the_measures_of_a_part_agree_with_each_other(case: tuple[Bools, Floats], k: int) -> None:
    labels, scores = case
    found = metrics.measure(labels, scores, k)
    flags = scores >= 1
    segments = naive.runs(labels.tolist())
    assert list(found) == [
        "event_f1_pa",
        "point_f1",
        f"event_f1_k{k}",
        "auc_pr",
        "vus_pr",
        "incidents",
        "detected",
        "false_points",
        "false_alerts",
        "objective",
    ]
    assert found["incidents"] == len(segments)
    assert found["detected"] == sum(any(flags[a:b]) for a, b in segments) == metrics.event_counts(labels, flags)[1]
    mean = (found["event_f1_pa"] + found["point_f1"] + found[f"event_f1_k{k}"]) / 3
    assert found["objective"] == pytest.approx(mean, nan_ok=True)
    if k == rates.DELAY_POINTS:
        assert found["objective"] == pytest.approx(DEFAULT(labels, flags), nan_ok=True)


def test_one_lucky_point_among_ties_earns_nothing() -> None:
    labels = np.zeros(1000, dtype=np.bool_)
    labels[500:510] = True
    assert metrics.auc_pr(labels, np.ones(1000)) == pytest.approx(0.01)
    assert metrics.event_pa(labels, np.ones(1000) >= 1).f1 == pytest.approx(2 / 992)


def test_late_alerts_and_alerts_beside_an_incident() -> None:
    labels = np.zeros(60, dtype=np.bool_)
    labels[10:30] = True
    late = np.zeros(60, dtype=np.bool_)
    late[21] = True
    assert metrics.event_delay(labels, late).tp == 0
    assert metrics.event_delay(labels, late).fp == 0
    assert metrics.event_delay(labels, late, k=11).f1 == 1
    beside = np.zeros(60, dtype=np.bool_)
    beside[7:10] = True
    assert metrics.event_delay(labels, beside).fp == 1


def test_nothing_found_is_zero_and_nothing_labelled_is_nan() -> None:
    labels = np.array([False, True])
    nothing = np.array([False, False])
    assert metrics.point(labels, nothing) == rates.Rates(0.0, 0.0, 0.0, 0, 0, 1)
    assert math.isnan(metrics.point(nothing, labels).precision)
    assert metrics.event_pa(nothing, labels).fp == 1


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_stay_between_zero_and_one(name: str) -> None:
    labels, flags = np.array([False, True, True, False]), np.array([True, True, False, False])
    assert OBJECTIVES[name].name == name
    assert 0 < OBJECTIVES[name](labels, flags) <= 1
    assert OBJECTIVES[name](labels, labels) == pytest.approx(1)
    assert math.isnan(OBJECTIVES[name](~(labels | True), flags))


def test_what_falls_beside_a_mean_that_gains_is_named() -> None:
    labels = np.zeros(200, dtype=np.bool_)
    labels[100:120] = True
    before, after = np.zeros_like(labels), np.zeros_like(labels)
    before[100], after[100:120], after[10] = True, True, True
    assert DEFAULT(labels, after) > DEFAULT(labels, before)
    assert DEFAULT.falling(labels, before, after) == ("Event-F1-PA", "event F1 k10")
    assert DEFAULT.falling(labels, after, before) == ("point F1",)
    assert OBJECTIVES["point_f1"].falling(labels, before, after) == ()
    assert DEFAULT.falling(np.zeros_like(labels), before, after) == ()
