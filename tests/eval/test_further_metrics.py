import math
import time
from collections.abc import Callable

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.eval import metrics
from argosy.eval.affiliation import affiliation, affiliation_f1
from argosy.eval.promptness import alerts_a_week, delay_points
from argosy.eval.ranges import EXISTENCE_WEIGHT, range_f1
from argosy.eval.volume import BUFFER_POINTS, volumes, vus_pr
from argosy.signals.arrays import Bools, Floats
from tests import naive


@st.composite
def _part(draw: st.DrawFn, most: int = 30) -> tuple[Bools, Floats]:
    n = draw(st.integers(1, most))
    labels = draw(st.one_of(st.lists(st.booleans(), min_size=n, max_size=n), st.just([True] * n), st.just([False] * n)))
    score = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 2.0, math.nan, math.inf, -math.inf]), st.floats(-2, 3))
    scores = draw(st.one_of(st.lists(score, min_size=n, max_size=n), st.just([1.0] * n), st.just([math.nan] * n)))
    return np.array(labels, dtype=np.bool_), np.array(scores, dtype=np.float64)


@given(_part())
def test_the_area_under_roc_equals_the_count_of_pairs(case: tuple[Bools, Floats]) -> None:
    labels, scores = case
    assert metrics.auc_roc(labels, scores) == pytest.approx(
        naive.auc_roc(labels.tolist(), scores.tolist()), nan_ok=True
    )


@given(_part())
def test_range_f1_equals_the_plain_loops(case: tuple[Bools, Floats]) -> None:
    labels, flags = case[0], case[1] >= 1
    plain = naive.range_f1(labels.tolist(), flags.tolist(), EXISTENCE_WEIGHT)
    assert range_f1(labels, flags) == pytest.approx(plain, nan_ok=True)


@given(_part())
def test_the_delay_equals_the_plain_loop(case: tuple[Bools, Floats]) -> None:
    labels, flags = case[0], case[1] >= 1
    assert delay_points(labels, flags) == pytest.approx(
        naive.delay_points(labels.tolist(), flags.tolist()), nan_ok=True
    )


@given(_part(25), st.integers(0, 9))
def test_volumes_equal_the_plain_loops(case: tuple[Bools, Floats], buffer: int) -> None:
    labels, scores = case
    found = volumes(labels, scores, buffer)
    pr, roc = naive.volumes(labels.tolist(), scores.tolist(), buffer)
    assert found.pr == pytest.approx(pr, nan_ok=True) == vus_pr(labels, scores, buffer)
    assert found.roc == pytest.approx(roc, nan_ok=True)


@given(_part())
def test_affiliation_equals_the_integral_by_hand(case: tuple[Bools, Floats]) -> None:
    labels, flags = case[0], case[1] >= 1
    precision, recall = affiliation(labels, flags)
    plain = naive.affiliation(labels.tolist(), flags.tolist())
    assert precision == pytest.approx(plain[0], nan_ok=True)
    assert recall == pytest.approx(plain[1], nan_ok=True)


def test_without_a_buffer_the_volume_is_average_precision_times_existence() -> None:
    labels, scores = np.zeros(50, dtype=np.bool_), np.linspace(0, 2, 50)
    labels[40:44] = True
    assert vus_pr(labels, scores, 0) == pytest.approx(metrics.auc_pr(labels, scores))


def test_a_near_miss_is_forgiven_by_volume_and_affiliation_alone() -> None:
    labels, scores = np.zeros(500, dtype=np.bool_), np.zeros(500)
    labels[200:210] = True
    scores[212:216] = 2.0
    assert metrics.measure(labels, scores)["event_f1_pa"] == 0
    assert vus_pr(labels, scores) > 3 * metrics.auc_pr(labels, scores)
    assert affiliation_f1(labels, scores >= 1) > 0.9


def test_perfect_scores_reach_one_everywhere() -> None:
    labels = np.zeros(400, dtype=np.bool_)
    labels[100:120] = labels[300:310] = True
    found = {**metrics.measure(labels, labels.astype(np.float64)), **metrics.measure_further(labels, labels * 1.0)}
    for name in ("event_f1_pa", "point_f1", "auc_pr", "range_f1", "affiliation_f1", "auc_roc", "objective"):
        assert found[name] == pytest.approx(1.0)
    assert found["delay_points"] == 0
    assert found["vus_pr"] > 0.7


def test_alerts_are_counted_by_the_week() -> None:
    flags = np.zeros(2016, dtype=np.bool_)
    flags[[5, 6, 100, 2000]] = True
    assert alerts_a_week(flags, 300) == pytest.approx(3.0)
    assert math.isnan(alerts_a_week(flags[:0], 300))


def _long(share: float) -> tuple[Bools, Floats]:
    draw = np.random.default_rng(0)
    labels = np.repeat(draw.random(10_000) < share, 10)
    return labels, draw.random(100_000) * 1.1 + 0.3 * labels


@pytest.mark.parametrize("share", [0.002, 0.05])
def test_a_volume_of_a_hundred_thousand_points_takes_less_than_a_second(share: float) -> None:
    labels, scores = _long(share)
    started = time.process_time()
    assert 0 < vus_pr(labels, scores, BUFFER_POINTS) < 1
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("metric", [range_f1, affiliation_f1, delay_points])
def test_other_metrics_of_a_hundred_thousand_points_take_a_tenth_of_it(metric: Callable[[Bools, Bools], float]) -> None:
    labels, scores = _long(0.02)
    started = time.process_time()
    assert metric(labels, scores >= 1) > 0
    assert time.process_time() - started < 0.1
