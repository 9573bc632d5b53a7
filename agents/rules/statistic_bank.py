"""What a session knows of its training part: standard statistics, the summary that is shown, normal stretches."""

from dataclasses import dataclass

import numpy as np

from argosy.agents.rules.evidence import SeriesSummary
from argosy.agents.rules.statistics import (
    MeasuredStretches,
    Statistic,
    hard_normals,
    normal_length,
    periods_of,
    standard_statistics,
)
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

_QUANTILES = (0.001, 0.01, 0.5, 0.99, 0.999)


@dataclass(frozen=True, eq=False)
class StatisticBank:
    """What a session knows of its training part: made once, used by every round and candidate.

    `pool` are the normal stretches that are the hardest to tell from events; `timed` when the seconds are wall-clock.
    """

    series: Series
    labels: Bools
    statistics: tuple[Statistic, ...]
    summary: SeriesSummary
    pool: MeasuredStretches
    timed: bool

    @staticmethod
    def of(series: Series, labels: Bools) -> "StatisticBank":
        """Reads a training part; `labels` is a bool per point."""
        periods = periods_of(series.values, series.step_s)
        statistics = standard_statistics(series.values, labels, periods)
        pool = MeasuredStretches.of(hard_normals(statistics, labels, normal_length(labels)), statistics)
        timed = len(series) > 0 and int(series.seconds[0]) > 86_400 * 365
        return StatisticBank(series, labels, statistics, _summary(series, periods), pool, timed)

    def scaled(self, values: Floats) -> tuple[float, ...]:
        """Values as they are shown; missing ones are left out."""
        shown = (values[np.isfinite(values)] - self.summary.center) / self.summary.scale
        return tuple(rounded(value) for value in shown)

    def measures(self, start: int, stop: int) -> Floats:
        """How unusual [start, stop) is by each statistic, in their order."""
        return np.array([statistic.measure(start, stop) for statistic in self.statistics])


def _summary(series: Series, periods: tuple[int, ...]) -> SeriesSummary:
    values = series.values[np.isfinite(series.values)]
    if not len(values):
        values = np.zeros(1)
    center = float(np.median(values))
    scale = float(np.subtract(*np.quantile(values, [0.9, 0.1]))) or float(np.std(values)) or 1.0
    steps = np.abs(np.diff(values)) / scale if len(values) > 1 else np.zeros(1)
    return SeriesSummary(
        points=len(series),
        step_s=series.step_s,
        center=rounded(center, 6),
        scale=rounded(scale, 6),
        periods=periods,
        seasonality=_seasonality(series.values, periods),
        missing=short(1.0 - np.isfinite(series.values).mean()) if len(series) else 1.0,
        quantiles={f"{q:g}": rounded((float(np.quantile(values, q)) - center) / scale) for q in _QUANTILES},
        noise=rounded(float(np.quantile(steps, 0.75))),
    )


def _seasonality(values: Floats, periods: tuple[int, ...]) -> float:
    """The share of variance that the mean season of the strongest period explains."""
    if not periods or not np.isfinite(values).any():
        return 0.0
    whole = values[: len(values) // periods[0] * periods[0]].reshape(-1, periods[0])
    season = np.nanmedian(whole[:, np.isfinite(whole).any(axis=0)], axis=0)
    low, high = np.nanquantile(values, [0.01, 0.99])
    total = float(np.nanvar(np.clip(values, low, high)))
    return short(min(1.0, float(np.var(season)) / total)) if total > 0 else 0.0


def rounded(value: float, digits: int = 3) -> float:
    """Rounded to so many significant digits, but never finer than a thousandth when that is all there is."""
    return float(f"{float(value):.{digits}g}")


def short(value: float) -> float:
    """Rounded to one decimal, or to two below one."""
    return float(np.round(value, 1 if abs(value) >= 1 else 2)) + 0.0
