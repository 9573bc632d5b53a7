"""What a series is like, in plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Floats
from argosy.signals.gaps import gaps, regular
from argosy.signals.incidents import runs
from argosy.signals.levels import level_moves
from argosy.signals.periods import seasons
from argosy.signals.series import Series

SPREAD_PER_IQR = 1.0 / 1.349
"""The interquartile range of a normal distribution is 1.349 standard deviations."""

QUANTILES = {
    "min": 0.0,
    "p1": 0.01,
    "p5": 0.05,
    "p25": 0.25,
    "p50": 0.5,
    "p75": 0.75,
    "p95": 0.95,
    "p99": 0.99,
    "max": 1.0,
}
TREND_BLOCKS = 100


@dataclass(frozen=True)
class Profile:
    """A series in plain Python numbers; values in its own unit, shares from 0 to 1, NaN where nothing can be said.

    `level` is the median, `spread` the interquartile range as a standard deviation, `noise` the same of the first
    differences. `periods` in points of the even grid, strongest first; `seasonality` is the share of the variance that
    the strongest explains once slower movement is out. `trend` is the share that a straight line explains.
    `distinct` is the share of distinct values; `whole` says that all are integers. `level_moves` counts how often the
    level goes somewhere else and stays.
    """

    points: int
    span_s: int
    step_s: int
    missing_share: float
    gaps: int
    longest_gap_s: int
    even: bool
    level: float
    spread: float
    noise: float
    quantiles: Mapping[str, float]
    periods: tuple[int, ...]
    seasonality: float
    trend: float
    distinct: float
    whole: bool
    incidents: int
    incident_points: tuple[int, ...]
    level_moves: int = 0

    @property
    def scale(self) -> float:
        """A positive size to divide by: the spread, else one as wide as 98 % or all values need, else 1."""
        q = self.quantiles
        sizes = (self.spread, (q["p99"] - q["p1"]) / 4.65, (q["max"] - q["min"]) / 4.65)
        return next((size for size in sizes if size > 0), 1.0)


def profile(series: Series, labels: Bools | None = None) -> Profile:
    """Describes a series; pass training data only.

    `labels`, a bool per point, shape (n,): labelled points count as missing when periods are looked for, and nowhere
    else. Raises ValueError when labels and series differ in length.

    >>> days = np.tile(np.sin(np.linspace(0, 2 * np.pi, 24, endpoint=False)), 30)
    >>> found = profile(Series("load", 3_600 * np.arange(720), days, step_s=3_600))
    >>> found.periods, found.missing_share, found.level_moves
    ((24,), 0.0, 0)
    """
    if labels is not None and len(labels) != len(series):
        raise ValueError(f"{len(labels)} labels for {len(series)} points")
    present = series.values[~np.isnan(series.values)]
    found = gaps(series)
    even, rhythm = _rhythm(series, labels)
    quantiles = _quantiles(present)
    lengths = () if labels is None else tuple(int(stop - start) for start, stop in runs(labels))
    return Profile(
        points=len(series),
        span_s=int(series.seconds[-1] - series.seconds[0]) if len(series) else 0,
        step_s=series.step_s,
        missing_share=found.share,
        gaps=found.count,
        longest_gap_s=found.longest_s,
        even=even,
        level=quantiles["p50"],
        spread=(quantiles["p75"] - quantiles["p25"]) * SPREAD_PER_IQR,
        noise=_noise(series.values),
        quantiles=quantiles,
        periods=tuple(period for period, _ in rhythm),
        seasonality=rhythm[0][1] if rhythm else 0.0,
        trend=_trend(series),
        distinct=len(np.unique(present)) / len(present) if len(present) else float("nan"),
        whole=bool(len(present) and (present == np.floor(present)).all()),
        incidents=len(lengths),
        incident_points=lengths,
        level_moves=level_moves(series.values, rhythm[0][0] if rhythm else 1),
    )


def _quantiles(present: Floats) -> dict[str, float]:
    if not len(present):
        return dict.fromkeys(QUANTILES, float("nan"))
    found = np.quantile(present, list(QUANTILES.values()))
    return dict(zip(QUANTILES, map(float, found), strict=True))


def _noise(values: Floats) -> float:
    steps = np.diff(values)
    steps = steps[~np.isnan(steps)]
    if not len(steps):
        return float("nan")
    low, high = np.quantile(steps, [0.25, 0.75])
    return float(high - low) * SPREAD_PER_IQR


def _rhythm(series: Series, labels: Bools | None) -> tuple[bool, list[tuple[int, float]]]:
    """Whether the series fits an even grid, and its (period, strength) there, strongest first."""
    quiet = series.values if labels is None else np.where(labels, np.nan, series.values)
    grid = regular(Series(series.id, series.seconds, quiet, series.step_s))
    return grid.regular, [(season.points, season.strength) for season in seasons(grid.series.values, series.step_s)]


def _trend(series: Series) -> float:
    """R² of a straight line through the medians of up to 100 blocks of equal length."""
    blocks = np.array_split(series.values, min(TREND_BLOCKS, max(1, len(series))))
    medians = np.array([np.median(kept) if len(kept := block[~np.isnan(block)]) else np.nan for block in blocks])
    places = np.flatnonzero(~np.isnan(medians)).astype(np.float64)
    heights = medians[~np.isnan(medians)]
    if len(heights) < 3:
        return 0.0
    heights = heights - heights.mean()
    size = float(np.abs(heights).max())
    if size == 0.0:
        return 0.0
    correlation = np.corrcoef(places, heights / size)[0, 1]
    return float(np.nan_to_num(correlation) ** 2)
