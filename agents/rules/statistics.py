"""The standard statistics: how unusual a stretch of a series is, each by one well-known measure.

Every one is causal, has a name that says what it is, and corresponds to one clause an author can write.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs
from argosy.signals.periods import seasons

HIGHEST_MEASURE = 6.0
SHORT_POINTS, LONG_POINTS = 5, 60
_SPREAD_POINTS = 1000
_FLOOR_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class Statistic:
    """A statistic by name, with its value at every training point, shape (n,); NaN while it warms up.

    `two_sided` when low values are as telling as high ones.
    """

    name: str
    values: Floats
    two_sided: bool
    tail: Floats
    """The values at normal points, sorted."""

    def measure(self, start: int, stop: int) -> float:
        """How unusual its extreme within [start, stop) is: −log10 of the tail share, negative for a low extreme."""
        inside = self.values[start:stop]
        inside = inside[np.isfinite(inside)]
        if not len(inside) or not len(self.tail):
            return 0.0
        above = self._rarity(len(self.tail) - int(np.searchsorted(self.tail, inside.max(), side="left")))
        if not self.two_sided:
            return above
        below = self._rarity(int(np.searchsorted(self.tail, inside.min(), side="right")))
        return above if above >= below else -below

    def _rarity(self, as_extreme: int) -> float:
        return min(HIGHEST_MEASURE, float(-np.log10((as_extreme + 0.5) / (len(self.tail) + 0.5))) + 0.0)


def standard_statistics(values: Floats, labels: Bools, periods: tuple[int, ...]) -> tuple[Statistic, ...]:
    """The statistics of a training part, values and labels of shape (n,); seasonal ones for the first period only."""
    x = pd.Series(values)
    found: list[Statistic] = []

    def add(name: str, series: "pd.Series[float]", two_sided: bool = True) -> None:
        array: Floats = np.asarray(series, dtype=np.float64)
        normal: Floats = np.sort(array[~labels & np.isfinite(array)])
        found.append(Statistic(name, array, two_sided, normal))

    past = x.shift(1)
    short = x - past.rolling(SHORT_POINTS, min_periods=1).median()
    long = x - past.rolling(LONG_POINTS, min_periods=1).median()
    add("level", x)
    add("change", x - past)
    add(f"dev_{SHORT_POINTS}", short)
    add(f"dev_{LONG_POINTS}", long)
    add(f"dev_{LONG_POINTS}_by_spread", long / _spread(long))
    add(f"dev_{LONG_POINTS}_by_level", long / _floored(x.abs().rolling(LONG_POINTS, min_periods=1).median().shift(1)))
    add("dev_ewma", x - past.ewm(span=20, ignore_na=True).mean())
    noise = x.rolling(10, min_periods=5).std()
    add("spread", noise / _floored(noise.rolling(_SPREAD_POINTS, min_periods=20).median().shift(10)), two_sided=False)
    add("flat", 1.0 / _floored(noise), two_sided=False)
    for period in periods[:1]:
        season = x - same_phase(x, period)
        add(f"season_{period}", season)
        add(f"season_{period}_by_spread", season / _spread(season))
        add(f"shape_{period}", long - same_phase(long, period))
    return tuple(found)


def same_phase(x: "pd.Series[float]", period: int, back: int = 5) -> "pd.Series[float]":
    """The median of the points one to `back` periods earlier; NaN before the first period is over."""
    earlier = np.vstack([x.shift(period * step).to_numpy() for step in range(1, back + 1)])
    return pd.Series(_nanmedian(earlier))


def _nanmedian(rows: Floats) -> Floats:
    ordered = np.sort(rows, axis=0)  # NaN sorts last
    known = np.isfinite(rows).sum(axis=0)
    columns = np.arange(rows.shape[1])
    lower = ordered[np.maximum(known - 1, 0) // 2, columns]
    upper = ordered[np.maximum(known // 2, 0) % max(len(rows), 1), columns]
    middle: Floats = np.where(known > 0, (lower + upper) / 2, np.nan)
    return middle


def _spread(residual: "pd.Series[float]") -> "pd.Series[float]":
    return _floored(residual.abs().rolling(_SPREAD_POINTS, min_periods=20).median().shift(1))


def _floored(scale: "pd.Series[float]") -> "pd.Series[float]":
    """Scales no smaller than a share of their median, so that quiet stretches do not explode."""
    positive = scale[scale > 0]
    floor = _FLOOR_SHARE * float(positive.median()) if len(positive) else 1.0
    return scale.clip(lower=floor)


def periods_of(values: Floats, step_s: int) -> tuple[int, ...]:
    """The one or two strongest seasonal periods, in points."""
    return tuple(season.points for season in seasons(values, step_s) if season.points >= 4)[:2]


@dataclass(frozen=True, eq=False)
class MeasuredStretches:
    """Stretches [start, stop) with the measures of each, shape (m, number of statistics)."""

    bounds: Ints
    measures: Floats

    @staticmethod
    def of(bounds: Ints, statistics: tuple[Statistic, ...]) -> "MeasuredStretches":
        rows = [[s.measure(int(start), int(stop)) for s in statistics] for start, stop in bounds]
        return MeasuredStretches(bounds, np.array(rows, dtype=np.float64).reshape(len(bounds), len(statistics)))

    def nearest(self, measures: Floats) -> int | None:
        """The stretch whose measures are most like these, or None when there is none."""
        if not len(self.bounds):
            return None
        return int(np.argmin(np.abs(self.measures - measures).sum(axis=1)))


def hard_normals(statistics: tuple[Statistic, ...], labels: Bools, length: int, each: int = 6) -> Ints:
    """Normal stretches around the highest and lowest normal points of every statistic, shape (m, 2)."""
    taken: set[int] = set()
    for statistic in statistics:
        normal = np.where(labels | ~np.isfinite(statistic.values), 0.0, statistic.values)
        for signed in (normal, -normal) if statistic.two_sided else (normal,):
            taken.update(_separate_peaks(signed, length, each))
    bounds = [(max(0, at - length // 2), min(len(labels), at - length // 2 + length)) for at in sorted(taken)]
    free = [(start, stop) for start, stop in bounds if not labels[start:stop].any()]
    return np.array(free, dtype=np.int64).reshape(len(free), 2)


def _separate_peaks(signed: Floats, apart: int, most: int) -> list[int]:
    pool = min(len(signed), most * max(apart, 1) * 2)
    top = np.argpartition(-signed, pool - 1)[:pool] if pool else np.array([], dtype=np.int64)
    chosen: list[int] = []
    for at in top[np.argsort(-signed[top], kind="stable")]:
        if signed[at] <= 0 or len(chosen) == most:
            break
        if all(abs(int(at) - other) >= apart for other in chosen):
            chosen.append(int(at))
    return chosen


def normal_length(labels: Bools) -> int:
    """The median length of the labelled runs, between 5 and 60 points."""
    segments = runs(labels)
    return int(np.clip(np.median(segments[:, 1] - segments[:, 0]), 5, 60)) if len(segments) else 10
