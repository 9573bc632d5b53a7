import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from argosy.detectors.calibration import calibrate, quiet_divisor
from argosy.eval.objective import DEFAULT, OBJECTIVES
from argosy.signals.arrays import Floats
from argosy.signals.series import Series


def _series(n: int, step_s: int = 60) -> Series:
    return Series("a", np.arange(n, dtype=np.int64) * step_s, np.zeros(n), step_s)


def test_with_incidents_one_is_the_middle_of_the_gap() -> None:
    stat = np.array([1.0, 2.0, 1.0, 0.5, 8.0, 1.0, 2.0, 1.0])
    labels = stat == 8
    assert calibrate(stat, _series(8), labels, DEFAULT) == pytest.approx(4.0)


def test_below_every_known_value_one_is_half_the_lowest_that_flags() -> None:
    stat = np.array([np.nan, -1.0, 0.0, np.nan, 8.0, np.nan, -3.0, 0.0])
    assert calibrate(stat, _series(8), stat == 8, DEFAULT) == pytest.approx(4.0)


def test_without_incidents_a_week_is_quiet() -> None:
    stat = np.abs(np.random.default_rng(0).normal(size=4 * 10_080))
    series = _series(len(stat))
    for labels in (None, np.zeros(len(stat), dtype=np.bool_)):
        divisor = calibrate(stat, series, labels, DEFAULT)
        assert np.count_nonzero(stat / divisor >= 1) == 40
    assert quiet_divisor(stat, series, flags_a_week=0.0) > stat.max()


STEPS_S = [1, 10, 60, 300, 600, 601, 900, 3_600, 86_400, 7 * 86_400, 30 * 86_400]


@pytest.mark.parametrize("step_s", STEPS_S)
@pytest.mark.parametrize("points", [50, 365, 5_700, 40_000])
def test_no_step_lets_more_than_one_in_a_hundred_flag(points: int, step_s: int) -> None:
    stat = np.abs(np.random.default_rng(1).normal(size=points))
    series = _series(points, step_s)
    flagged = np.count_nonzero(stat / calibrate(stat, series, None, DEFAULT) >= 1)
    a_week = round(10 * points * step_s / 604_800)
    assert flagged == min(a_week, points // 100)


@pytest.mark.parametrize("step_s", [1, 30, 60, 300, 600])
def test_where_ten_a_week_is_less_the_divisor_is_to_the_bit_what_it_was(step_s: int) -> None:
    stat = np.abs(np.random.default_rng(2).normal(size=20_160))
    known = np.sort(stat)
    flags = round(10 * len(stat) * step_s / 604_800)
    divisor = quiet_divisor(stat, _series(len(stat), step_s))
    then = np.sqrt(known[-flags - 1]) * np.sqrt(known[-flags]) if flags else known[-1] * 1.5
    assert divisor == then


@pytest.mark.parametrize("same", [0.5, 0.9])
def test_values_that_tie_flag_together_or_not_at_all(same: float) -> None:
    stat = np.abs(np.random.default_rng(3).normal(size=2_000))
    stat[: int(same * len(stat))] = 9.0
    assert np.count_nonzero(stat / quiet_divisor(stat, _series(len(stat), 86_400)) >= 1) <= 20


def test_what_helps_nothing_flags_nothing() -> None:
    stat = np.arange(20.0) + 1
    labels = np.arange(20) == 0
    divisor = calibrate(stat, _series(20), labels, DEFAULT)
    assert not (stat / divisor >= 1).any()


@pytest.mark.parametrize(
    "stat", [np.full(50, np.nan), np.zeros(50), np.full(50, -2.0), np.full(50, np.inf), np.empty(0)]
)
def test_a_statistic_that_says_nothing_gets_a_usable_divisor(stat: Floats) -> None:
    labels = np.arange(len(stat)) == 20
    for known in (None, labels, labels & False):
        divisor = calibrate(stat, _series(len(stat)), known, DEFAULT)
        assert 0 < divisor < np.inf


@given(
    st.lists(st.floats(-1e300, 1e300) | st.just(float("nan")), min_size=2, max_size=40),
    st.sampled_from(list(OBJECTIVES)),
)
def test_the_divisor_is_positive_and_finite(numbers: list[float], name: str) -> None:
    stat = np.array(numbers)
    labels = np.arange(len(stat)) < len(stat) // 3
    divisor = calibrate(stat, _series(len(stat)), labels, OBJECTIVES[name])
    assert 0 < divisor < np.inf
