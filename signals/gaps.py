"""Gaps: where a series has no values, and the even grid that makes them visible."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Floats, Ints
from argosy.signals.series import Series

MOST_GROWTH = 2.0
"""A grid with more slots than this times the points would mostly hold invented places."""

MOST_OFF_GRID = 0.2
"""The share of distances that may miss a multiple of the step by a quarter of it, before a series is irregular."""


@dataclass(frozen=True)
class Gaps:
    """Stretches without values, be it that rows are absent or their values NaN.

    `count` stretches, the longest `longest_s` seconds; `points` are the missing points at the usual step, `share`
    their share of all points that there should be.
    """

    count: int
    longest_s: int
    points: int
    share: float


@dataclass(frozen=True, eq=False)
class Grid:
    """A series with NaN in the place of each absent point.

    `positions`, int64 of shape (n,), says where each point of the original is now. When the original would not fit a
    grid it is here unchanged, `regular` is False and `note` says why.
    """

    series: Series
    positions: Ints
    regular: bool
    note: str = ""


def gaps(series: Series) -> Gaps:
    """Finds the gaps of a series, those at its ends included.

    >>> gaps(Series("a", np.array([0, 60, 240]), np.array([1.0, 2.0, 3.0]), 60))
    Gaps(count=1, longest_s=120, points=2, share=0.4)
    """
    there = np.flatnonzero(~np.isnan(series.values))
    if not len(there):
        span = int(series.seconds[-1] - series.seconds[0]) + series.step_s if len(series) else 0
        return Gaps(min(1, len(series)), span, len(series), 1.0 if len(series) else 0.0)
    ends = np.array([series.seconds[0] - series.step_s, series.seconds[-1] + series.step_s])
    slots = _slots(np.concatenate((ends[:1], series.seconds[there], ends[1:])), series.step_s)
    distances = np.diff(np.concatenate((ends[:1], series.seconds[there], ends[1:])))
    wide = slots > 1
    missing = int((slots - 1).sum())
    longest = int(distances[wide].max()) - series.step_s if wide.any() else 0
    return Gaps(int(wide.sum()), longest, missing, missing / (missing + len(there)))


def regular(series: Series, most_absent: int = 0) -> Grid:
    """Puts a series on its grid: absent points become NaN, those there keep their times.

    A series stays as it is when its distances are no multiples of its step, or when the grid would have more than
    `MOST_GROWTH` times its points and more than `most_absent` of them without a value.
    """
    unchanged = np.arange(len(series), dtype=np.int64)
    if len(series) < 2:
        return Grid(series, unchanged, True)
    steps = np.diff(series.seconds) / series.step_s
    off_grid = float(np.mean((np.abs(steps - np.round(steps)) > 0.25) | (steps < 0.5)))
    if off_grid > MOST_OFF_GRID:
        note = f"{off_grid:.0%} of the distances between points are no multiple of the {series.step_s} s step"
        return Grid(series, unchanged, False, f"{note}; gaps were not filled in")
    slots = _slots(series.seconds, series.step_s)
    size = int(slots.sum()) + 1
    if size > MOST_GROWTH * len(series) and size - len(series) > most_absent:
        note = f"{size - len(series)} points are absent beside {len(series)} that are there; gaps were not filled in"
        return Grid(series, unchanged, False, note)
    if size == len(series):
        return Grid(series, unchanged, True)
    return _filled(series, np.concatenate(([0], np.cumsum(slots))), size)


def _slots(seconds: Ints, step_s: int) -> Ints:
    """How many steps lie between neighbours, at least one; counted pair by pair, so that drift does not add up."""
    return np.maximum(np.round(np.diff(seconds) / step_s), 1).astype(np.int64)


def _filled(series: Series, positions: Ints, size: int) -> Grid:
    values: Floats = np.full(size, np.nan)
    values[positions] = series.values
    places = np.arange(size, dtype=np.float64)
    between = np.interp(places, positions, (series.seconds - series.seconds[0]).astype(np.float64))
    seconds = np.round(between).astype(np.int64) + series.seconds[0]
    seconds[positions] = series.seconds
    return Grid(Series(series.id, seconds, values, series.step_s), positions, True)
