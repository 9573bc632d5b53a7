"""Methods of one line or little more: moving variance, autoregression by least squares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.rivals.windows import Holding, quiet, quiet_rows, windows, without_opinion
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

VARIANCE_WINDOWS = (10, 30, 120)
ORDER = 10
FIT_ROWS = 20_000


@dataclass(frozen=True)
class Variance:
    """The standard deviation of the last `window` values, over its median in training."""

    window: int
    usual: float
    sides: tuple[Side, ...] = (Side.UP,)

    def __call__(self, series: Series) -> Floats:
        spread = _moving_spread(series.values, self.window)
        return without_opinion(series, spread / self.usual)


def moving_variance(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """The moving standard deviation over 10, 30 or 120 points."""
    found = []
    for window in VARIANCE_WINDOWS:
        spread = _moving_spread(series.values, window)
        known = spread[quiet(spread, labels)]
        usual = (float(np.median(known)) or float(np.mean(known))) if len(known) else 0.0
        if usual > 0 and 3 * window <= len(series):
            found.append(Variance(window, usual))
    return found


def _moving_spread(values: Floats, window: int) -> Floats:
    """Shape (n,); about a level of the past, so that large levels cost no digits."""
    known = values[~np.isnan(values)]
    level = known[0] if len(known) else 0.0
    spread: Floats = pd.Series(values - level).rolling(window, min_periods=window // 2).std(ddof=0).to_numpy(np.float64)
    return spread


@dataclass(frozen=True)
class LeastSquares:
    """The scaled value less its least-squares prediction from the `ORDER` values before it, in spreads."""

    holding: Holding
    taps: tuple[float, ...]
    intercept: float
    usual: float
    sides: tuple[Side, ...] = (Side.BOTH, Side.UP, Side.DOWN)

    def __call__(self, series: Series) -> Floats:
        if not len(series):
            return np.zeros(0)
        filled = self.holding(series.values)
        start = np.full(len(self.taps), filled[0])
        residual = lfilter([1.0, *(-np.array(self.taps))], [1.0], np.concatenate((start, filled)))[len(start) :]
        return without_opinion(series, (residual - self.intercept) / self.usual)


def ols_ar(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """An autoregression of order 10 by ordinary least squares on unlabelled points."""
    holding = Holding.of(series.values, labels)
    rows = quiet_rows(series, labels, FIT_ROWS, 0, ORDER + 1)
    if holding is None or len(rows) < 3 * ORDER:
        return ()
    past = windows(holding(series.values), ORDER + 1)[rows]
    inputs = np.column_stack((past[:, -2::-1], np.ones(len(past))))
    weights = np.linalg.lstsq(inputs, past[:, -1], rcond=None)[0]
    misses = np.abs(past[:, -1] - inputs @ weights)
    usual = 1.4826 * float(np.median(misses)) or float(misses.mean()) or 1.0
    return (LeastSquares(holding, tuple(map(float, weights[:-1])), float(weights[-1]), usual),)
