"""One value far beyond all others: it is flagged, and hides nothing that comes after it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.calibration import quiet_divisor
from argosy.detectors.wild import RATIO, SMALLEST, tame, without_wild
from argosy.eval.objective import DEFAULT
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

POINTS, TRAINING = 1_600, 800


def example() -> tuple[Series, Bools]:
    """Noise around 100 with a drop every 100 points."""
    rng = np.random.default_rng(3)
    values, labels = 100 + rng.normal(0, 1, POINTS), np.zeros(POINTS, dtype=np.bool_)
    for start in range(90, POINTS, 100):
        values[start : start + 6] -= 25
        labels[start : start + 6] = True
    return Series("a", 60 * np.arange(POINTS), values, 60), labels


@pytest.mark.parametrize("wild", [1e17, -9.3e18, 1e149, -1e149])
@pytest.mark.parametrize("at", [450, 1050])
@pytest.mark.parametrize("name", ["robust_z", "ewma", "seasonal", "autoregression", "ensemble", "opprentice"])
def test_one_wild_point_blinds_no_baseline(name: str, at: int, wild: float) -> None:
    series, labels = example()
    values = series.values.copy()
    values[at] = wild
    spoiled = Series("a", series.seconds, values, 60)
    detector = BASELINES[name](DEFAULT, 0).fit(spoiled.part(0, TRAINING), labels[:TRAINING])
    flags = detector.score(spoiled).flags
    later = np.arange(POINTS) > at + 1
    incidents = [slice(start, start + 6) for start in range(90, POINTS, 100) if start > at]
    assert all(flags[incident].any() for incident in incidents)
    assert np.count_nonzero(flags & ~labels & later) <= 3
    if at > TRAINING:
        assert flags[at] or wild > 0  # what learned to look for drops sees no rise
        assert BASELINES[name](DEFAULT, 0).fit(series.part(0, TRAINING), None).score(spoiled).flags[at]


def test_a_wild_point_in_training_sets_no_threshold() -> None:
    series, _ = example()
    stat = np.abs(np.random.default_rng(0).normal(size=POINTS))
    expected = quiet_divisor(stat, series, flags_a_week=0.0)
    assert quiet_divisor(np.append(stat[:-1], 1e149), series, flags_a_week=0.0) == pytest.approx(expected, rel=0.3)
    assert quiet_divisor(np.append(stat[:-1], 1e149), series) <= 2 * float(np.sort(stat)[-1])


@given(st.lists(st.floats(-1e150, 1e150) | st.floats(-100, 100) | st.just(float("nan")), max_size=40))
def test_what_is_wild_is_known_from_what_came_before(values: list[float]) -> None:
    found = without_wild(np.array(values, dtype=np.float64))
    np.testing.assert_array_equal(found, naive(values))
    for stop in range(len(values)):
        np.testing.assert_array_equal(without_wild(np.array(values[:stop], dtype=np.float64)), found[:stop])


def naive(values: list[float]) -> Floats:
    kept, largest = [], 0.0
    for value in values:
        size = 0.0 if np.isnan(value) else abs(value)
        if size > SMALLEST and largest > 0 and size / RATIO > largest:
            kept.append(float("nan"))
        else:
            kept.append(value)
            largest = max(largest, size)
    return np.array(kept, dtype=np.float64)


@given(st.lists(st.floats(-SMALLEST, SMALLEST), max_size=30))
def test_usual_values_are_the_same_array(values: list[float]) -> None:
    array = np.array(values, dtype=np.float64)
    assert without_wild(array) is array
    assert len(tame(np.abs(array))) == len(array)


def test_large_values_among_large_ones_are_not_wild() -> None:
    stamps = 1.7e18 + np.arange(100.0) * 1e9
    assert without_wild(stamps) is stamps
    assert len(tame(stamps)) == 100
