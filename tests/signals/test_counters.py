"""Counters and their rates, against what a person would count by hand."""

import numpy as np
import pytest

from argosy.signals.arrays import Floats
from argosy.signals.counters import FEWEST_RISES, Rise, only_rises, rates
from argosy.signals.errors import BadInput
from argosy.signals.series import Series

STEP_S = 60


def series(values: Floats | list[float], seconds: list[int] | None = None) -> Series:
    at = np.arange(len(values)) * STEP_S if seconds is None else np.array(seconds)
    return Series("a", at.astype(np.int64), np.array(values, dtype=np.float64), STEP_S)


def counted(seed: int = 0, restarts: tuple[int, ...] = ()) -> tuple[Floats, Floats]:
    """What was counted in each step, and the total that a counter shows."""
    steps = np.random.default_rng(seed).poisson(20, 400).astype(np.float64)
    total, shown = 0.0, []
    for index, step in enumerate(steps):
        total = step if index in restarts else total + step
        shown.append(total)
    return steps, np.array(shown)


@pytest.mark.parametrize("restarts", [(), (200,), (1, 4, 8), (150, 153, 399)])
def test_rates_are_what_was_counted_over_restarts(restarts: tuple[int, ...]) -> None:
    steps, total = counted(restarts=restarts)
    found = rates(series(total), "a")
    assert np.allclose(found.values[1:], steps[1:] / STEP_S)
    assert np.isnan(found.values[0])
    assert (found.unknown, found.corrections, found.over_gaps) == (0, 0, 0)


def test_rates_know_how_late_a_point_was() -> None:
    at = [0, 70, 110, 185, 240]
    found = rates(series([2.0 * each for each in at], at), "a")
    assert found.values[1:].tolist() == [2.0] * 4


def test_over_a_gap_a_rate_is_the_mean_be_it_absent_or_empty() -> None:
    absent = rates(series([0, 60, 360, 420], [0, 60, 360, 420]), "a")
    empty = rates(series([0, 60, np.nan, np.nan, np.nan, np.nan, 360, 420]), "a")
    assert absent.values[1:].tolist() == [1.0, 1.0, 1.0]
    assert empty.values[[1, 6, 7]].tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(empty.values[2:6]).all()
    assert absent.over_gaps == empty.over_gaps == 1


def test_what_was_counted_before_a_restart_in_a_gap_is_not_known() -> None:
    found = rates(series([0, 600, 1200, 60, 660], [0, 60, 120, 1800, 1860]), "a")
    assert np.isnan(found.values[3])
    assert (found.restarts, found.unknown) == (1, 1)
    assert found.values[4] == 10.0


def test_a_total_that_was_corrected_has_not_started_again() -> None:
    _, total = counted()
    total[200] -= 300
    found = rates(series(total + 1e6), "a")
    assert np.isnan(found.values[200])
    assert (found.restarts, found.corrections) == (0, 1)


def test_rounding_is_no_restart() -> None:
    found = rates(series([1e6, 1e6 + 0.25, 1e6 + 0.25 - 1e-6, 1e6 + 1]), "a")
    assert found.restarts == found.corrections == 0
    assert found.values[2] == 0.0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (100.0 - np.arange(50.0), "falls 49 of the 49 times"),
        (np.random.default_rng(0).normal(50, 3, 500), "falls 2.. of the 4.. times"),
        (np.arange(50.0) - 3, "falls to -3, and a counter is never below zero"),
        (np.array([1.0]), "one value has no rate"),
        (np.array([np.nan, 5.0, np.nan]), "one value has no rate"),
    ],
)
def test_what_is_no_counter_has_no_rate(values: Floats, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        rates(series(values), "a")


def test_a_counter_is_known_by_its_rises() -> None:
    assert only_rises(counted()[1]) == Rise(399, 0)
    assert only_rises(counted(restarts=(100, 103, 300))[1]) == Rise(396, 3)
    flat = np.repeat(np.arange(float(FEWEST_RISES + 1)), 10)
    assert only_rises(flat) == Rise(FEWEST_RISES, 0)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(float(FEWEST_RISES)),
        np.full(500, 7.0),
        -np.arange(500.0),
        np.arange(500.0) - 1,
        np.sin(np.arange(2_000) / 300) + 1,
        np.random.default_rng(0).normal(50, 3, 500).cumsum() + np.random.default_rng(1).normal(0, 100, 500),
        np.full(10, np.nan),
    ],
)
def test_gauges_are_no_counters(values: Floats) -> None:
    assert only_rises(values) is None
