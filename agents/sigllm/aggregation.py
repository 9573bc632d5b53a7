"""Aggregation to an interval, and imputation: a series on an even grid without holes."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.errors import BadInput
from argosy.signals.gaps import regular
from argosy.signals.series import Series

MOST_SEGMENTS_A_POINT = 4
"""More segments than this times the points would mostly be invented values."""


@dataclass(frozen=True, eq=False)
class Segments:
    """A series by segments of equal length.

    `values` has the mean of each segment, NaN where it holds none; `seconds` when it begins. `positions` says for each
    point of the original in which segment it lies.
    """

    values: Floats
    seconds: Ints
    positions: Ints
    interval_s: int

    @property
    def known(self) -> Bools:
        """Which segments hold a value."""
        return ~np.isnan(self.values)

    def __len__(self) -> int:
        return len(self.values)


def aggregate(series: Series, interval_s: int | None = None) -> Segments:
    """Means over segments of `interval_s` seconds that begin with the first point; missing values are left out.

    Without an interval every point is a segment, and absent points are empty ones. Raises BadInput when the segments
    would be many more than the points.
    """
    if interval_s is None or not len(series):
        grid = regular(series)
        return Segments(grid.series.values, grid.series.seconds, grid.positions, series.step_s)
    positions = (series.seconds - series.seconds[0]) // interval_s
    size = int(positions[-1]) + 1
    if size > MOST_SEGMENTS_A_POINT * len(series):
        problem = f"makes {size:,} segments of {len(series):,} points, which are {series.step_s} s apart"
        raise BadInput(f"--interval {interval_s}", problem, "give a longer interval")
    known = ~np.isnan(series.values)
    counts = np.bincount(positions[known], minlength=size)
    sums = np.bincount(positions[known], weights=series.values[known], minlength=size)
    values = np.full(size, np.nan)
    np.divide(sums, counts, out=values, where=counts > 0)
    return Segments(values, series.seconds[0] + np.arange(size) * interval_s, positions, interval_s)


def imputed(values: Floats) -> Floats:
    """The values with the mean of all in the place of each missing one, shape (n,). Raises ValueError without any."""
    known = ~np.isnan(values)
    if not known.any():
        raise ValueError("every value is missing")
    return np.where(known, values, values[known].mean())
