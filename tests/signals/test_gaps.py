"""Gaps, and the grid that shows them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from argosy.signals.gaps import Gaps, gaps, regular
from argosy.signals.series import Series


def series(seconds: list[int], values: list[float] | None = None, step_s: int = 60) -> Series:
    given_values = [1.0] * len(seconds) if values is None else values
    return Series("a", np.array(seconds, dtype=np.int64), np.array(given_values, dtype=np.float64), step_s)


def test_absent_rows_are_gaps() -> None:
    assert gaps(series([0, 60, 240, 300, 420])) == Gaps(count=2, longest_s=120, points=3, share=3 / 8)


def test_missing_values_are_gaps_and_join_absent_rows() -> None:
    found = gaps(series([0, 60, 240, 300], [1.0, np.nan, np.nan, 1.0]))
    assert found == Gaps(count=1, longest_s=240, points=4, share=4 / 6)


def test_missing_values_at_the_ends_are_gaps() -> None:
    assert gaps(series([0, 60, 120], [np.nan, 1.0, np.nan])) == Gaps(count=2, longest_s=60, points=2, share=2 / 3)


def test_a_whole_series_has_none_and_an_absent_one_is_all_gap() -> None:
    assert gaps(series([0, 61, 119])) == Gaps(0, 0, 0, 0.0)
    assert gaps(series([])) == Gaps(0, 0, 0, 0.0)
    assert gaps(series([0, 60], [np.nan, np.nan])) == Gaps(count=1, longest_s=120, points=2, share=1.0)


def test_absent_points_become_nan() -> None:
    grid = regular(series([0, 60, 240, 300], [1.0, 2.0, 3.0, 4.0]))
    assert grid.regular
    assert grid.series.seconds.tolist() == [0, 60, 120, 180, 240, 300]
    np.testing.assert_array_equal(grid.series.values, [1.0, 2.0, np.nan, np.nan, 3.0, 4.0])
    assert grid.positions.tolist() == [0, 1, 4, 5]


def test_jitter_and_drift_invent_no_gaps() -> None:
    seconds = (np.arange(5000) * 15.004 + np.random.default_rng(0).uniform(-2, 2, 5000)).astype(int).tolist()
    grid = regular(series(seconds, step_s=15))
    assert grid.regular
    assert grid.series.seconds.tolist() == seconds


def test_events_at_any_time_are_left_alone() -> None:
    seconds = np.cumsum(np.random.default_rng(0).exponential(100, 500).astype(int) + 1).tolist()
    grid = regular(series(seconds))
    assert not grid.regular
    assert "no multiple of the 60 s step" in grid.note


def test_a_grid_of_mostly_nothing_is_not_made() -> None:
    grid = regular(series([0, 60, 120, 60_000_000]))
    assert not grid.regular
    assert grid.series.seconds.tolist() == [0, 60, 120, 60_000_000]
    assert "999997 points are absent beside 4" in grid.note


@given(st.lists(st.integers(1, 4), max_size=40), st.integers(1, 600))
def test_a_grid_keeps_every_point_where_it_says(steps: list[int], step_s: int) -> None:
    seconds = np.concatenate(([0], np.cumsum(steps))).astype(np.int64) * step_s
    original = Series("a", seconds, np.arange(len(seconds), dtype=np.float64), step_s)
    grid = regular(original)
    np.testing.assert_array_equal(grid.series.seconds[grid.positions], original.seconds)
    np.testing.assert_array_equal(grid.series.values[grid.positions], original.values)
    if grid.regular:
        assert set(np.diff(grid.series.seconds)) <= {step_s}
        assert np.isnan(grid.series.values).sum() == gaps(original).points
