"""What earlier points say: lags, levels and spreads of which the value at i uses points before i only."""

import numpy as np
import pandas as pd

from argosy.detectors.wild import tame
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.series import Series

SPREAD_SPAN = 1440
FEWEST_KNOWN = 8
"""With fewer known residuals in training a statistic has no opinion at all."""

FAST_FROM_POINTS = 100_000
"""For fewer points the faster medians save less time than scipy takes to load."""

_CLIP = 4.0
_SPREAD_OF_MEDIAN = 1.4826


def median_before(values: Floats, window: int) -> Floats:
    """The median of the `window` values before each, of at least a quarter of them; NaN earlier."""
    fewest = max(1, min(3, window), window // 4)
    if len(values) < FAST_FROM_POINTS or len(values) <= 2 * window or np.isnan(values).any():
        return pd.Series(values).rolling(window, min_periods=fewest).median().shift(1).to_numpy()
    from argosy.detectors.baselines.full_medians import full_medians  # brings scipy

    medians = np.empty(len(values))
    medians[0] = np.nan
    medians[1:window] = pd.Series(values[: window - 1]).expanding(fewest).median()
    medians[window:] = full_medians(values[:-1], window)
    return medians


def mean_before(values: Floats, span: int) -> Floats:
    """The exponentially weighted mean of the values before each, of at least a quarter of the span; NaN earlier.

    A span of 1 is the last value.
    """
    fewest = max(1, span // 4)
    return pd.Series(values).ewm(span=span, ignore_na=True, min_periods=fewest).mean().shift(1).to_numpy()


class Past:
    """Looks back by steps of time, not by points, so that absent points shift nothing.

    >>> series = Series("a", np.array([0, 60, 180]), np.array([1.0, 2.0, 3.0]), 60)
    >>> Past(series).at(2, series.values).tolist(), Past(series).by(1, series.values).tolist()
    ([nan, nan, 2.0], [nan, 1.0, 2.0])
    """

    def __init__(self, series: Series) -> None:
        self._seconds = series.seconds
        self._step_s = series.step_s
        self._even = bool((np.diff(series.seconds) == series.step_s).all())

    def at(self, steps: int, values: Floats) -> Floats:
        """The value `steps` earlier; NaN where there is no point within half a step of then."""
        if self._even:
            return _shifted(values, steps)
        then = self._seconds - steps * self._step_s
        place = self._as_of(then + self._step_s // 2)
        near = (place >= 0) & (np.abs(self._seconds[place] - then) <= self._step_s // 2)
        return np.where(near, values[place], np.nan)

    def by(self, steps: int, values: Floats) -> Floats:
        """The last value that was there `steps` earlier; NaN where the series had not begun."""
        if self._even:
            return _shifted(values, steps)
        place = self._as_of(self._seconds - steps * self._step_s)
        return np.where(place >= 0, values[place], np.nan)

    def _as_of(self, then: Ints) -> Ints:
        """The last point at or before then and before the point that asks; -1 where there is none."""
        place = np.searchsorted(self._seconds, then, side="right").astype(np.int64) - 1
        return np.minimum(place, np.arange(len(place)) - 1)


def _shifted(values: Floats, steps: int) -> Floats:
    out = np.full(len(values), np.nan)
    out[steps:] = values[: max(0, len(values) - steps)]
    return out


def typical(residual: Floats, values: Floats, labels: Bools | None) -> float | None:
    """The usual size of residuals in training, labelled points left out; None when hardly any is known.

    It is the median size as a standard deviation; where most are 0, the mean size; and on a constant series a hundredth
    of its level, so that a departure of so much is worth a score.
    """
    quiet = ~np.isnan(residual) if labels is None else ~np.isnan(residual) & ~labels
    known = tame(np.abs(residual[quiet]))
    if len(known) < FEWEST_KNOWN:
        return None
    level = float(np.nanmedian(np.abs(values)))
    rounding = 1e-9 * level
    for size in (_SPREAD_OF_MEDIAN * float(np.median(known)), float(np.mean(known))):
        if size > rounding:
            return size
    return 0.01 * level or 1.0


def in_spreads(residual: Floats, usual: float) -> Floats:
    """Residuals over the spread before them, which is never taken for less than the usual one.

    The spread is an exponentially weighted root mean square; residuals enter it clipped, so that incidents do not hide
    what follows them.
    """
    scaled = residual / usual
    sizes = np.minimum(np.abs(scaled), _CLIP)
    over: Floats = scaled / np.fmax(np.sqrt(mean_before(sizes * sizes, SPREAD_SPAN)), 1.0)
    return over
