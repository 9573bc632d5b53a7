"""Statistics that are a residual, in spreads: robust z, EWMA and seasonal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.baselines.past import Past, in_spreads, mean_before, median_before, typical
from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.wild import without_wild
from argosy.signals.arrays import Bools, Floats
from argosy.signals.gaps import regular
from argosy.signals.periods import seasons
from argosy.signals.series import Series

WINDOWS = (20, 5, 10, 60, 240, 1440)
SPANS = (20, 1, 2, 5, 60, 240, 1440)
LEVEL_SPANS = (20, 0, 1, 5, 60, 240, 1440)
CYCLES = 7
MOST_PERIODS = 2
BLOCK_POINTS = 8_192
"""So many points of every cycle stay in the processor's cache while their medians are found."""

Residual = Callable[[Series], Floats]


@dataclass(frozen=True)
class FromMedian:
    """The value less the median of the `window` points before it."""

    window: int

    def __call__(self, series: Series) -> Floats:
        return series.values - median_before(series.values, self.window)


@dataclass(frozen=True)
class FromMean:
    """The value less the exponentially weighted mean of those before it; a span of 1 leaves the difference."""

    span: int

    def __call__(self, series: Series) -> Floats:
        return series.values - mean_before(without_wild(series.values), self.span)


@dataclass(frozen=True)
class FromSeason:
    """The value less what is usual at its phase, less how much those before it differed from theirs.

    Usual is the median over the last `CYCLES` periods, or as many as there are. With a `level_span` of 0 the level is
    not followed.
    """

    period: int
    level_span: int

    def __call__(self, series: Series) -> Floats:
        departure = series.values - self._usual(series)
        return departure - mean_before(without_wild(departure), self.level_span) if self.level_span else departure

    def _usual(self, series: Series) -> Floats:
        reach = int(series.seconds[-1] - series.seconds[0]) // series.step_s + 1 if len(series) else 0
        cycles = min(CYCLES, reach // self.period)  # lags that reach further know nothing anywhere
        if cycles < 1:
            return np.full(len(series), np.nan)
        past, values = Past(series), without_wild(series.values)
        lags = [past.at(self.period * k, values) for k in range(1, cycles + 1)]
        middle = np.empty(len(series))
        for start in range(0, len(series), BLOCK_POINTS):
            block = np.stack([lag[start : start + BLOCK_POINTS] for lag in lags])
            middle[start : start + BLOCK_POINTS] = _medians(block)
        return middle


def _medians(columns: Floats) -> Floats:
    """The median of each column, shape (k, m) to (m,), NaN left out; changes its argument.

    For the few rows there are, comparing neighbours row by row is several times faster than sorting every column.
    """
    absent = np.isnan(columns)
    holes = bool(absent.any())
    if holes:
        columns[absent] = np.inf
    spare = np.empty(columns.shape[1])
    for last in range(len(columns) - 1, 0, -1):
        for row in range(last):
            np.minimum(columns[row], columns[row + 1], out=spare)
            np.maximum(columns[row], columns[row + 1], out=columns[row + 1])
            columns[row] = spare
    rows = len(columns)
    if not holes:
        return np.asarray(columns[(rows - 1) // 2] / 2 + columns[rows // 2] / 2, dtype=np.float64)
    known = rows - np.count_nonzero(absent, axis=0)
    at = np.arange(columns.shape[1])
    middle = columns[np.maximum(known - 1, 0) // 2, at] / 2 + columns[known // 2 % rows, at] / 2
    return np.where(known > 0, middle, np.nan)


@dataclass(frozen=True)
class InSpreads:
    """A residual over its spread, which is never taken for less than the usual one of training data."""

    residual: Residual
    usual: float
    sides: tuple[Side, ...] = (Side.BOTH, Side.UP, Side.DOWN)

    def __call__(self, series: Series) -> Floats:
        return in_spreads(self.residual(series), self.usual)


def with_usual_size(residuals: Sequence[Residual], series: Series, labels: Bools | None) -> list[Statistic]:
    """The residuals with their usual size in training; those that training hardly shows are left out."""
    sized = [(residual, typical(residual(series), series.values, labels)) for residual in residuals]
    return [InSpreads(residual, usual) for residual, usual in sized if usual is not None]


def robust_z(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """Distance from the rolling median in spreads, for windows of 5 to 1440 points."""
    return with_usual_size([FromMedian(window) for window in WINDOWS if 3 * window <= len(series)], series, labels)


def ewma(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """Distance from the exponentially weighted mean in spreads, for spans of 1 to 1440 points."""
    return with_usual_size([FromMean(span) for span in SPANS if 3 * span <= len(series)], series, labels)


def seasonal(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """Distance from the median of the same phase in past periods; on a series without periods, from the mean."""
    found = periods(series, labels)
    if not found:
        return ewma(series, labels)
    return with_usual_size(
        [FromSeason(p, span) for p in found for span in LEVEL_SPANS if 3 * span <= len(series)], series, labels
    )


def periods(series: Series, labels: Bools | None) -> tuple[int, ...]:
    """The strongest seasons of training data in steps, labelled points left out of the search."""
    if not len(series):
        return ()
    quiet = series.values if labels is None else np.where(labels, np.nan, series.values)
    grid = regular(Series(series.id, series.seconds, quiet, series.step_s))
    found = seasons(grid.series.values, series.step_s) if grid.regular else ()
    return tuple(season.points for season in found[:MOST_PERIODS])
