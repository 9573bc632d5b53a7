"""What earlier points say: lags, levels and spreads of which the value at i uses points before i only."""

import numpy as np
import pandas as pd

from signals.arrays import Bools, Floats, Ints
from signals.series import Series

SPREAD_SPAN = 1440
FEWEST_KNOWN = 8
"""With fewer known residuals in training a statistic has no opinion at all."""

_CLIP = 4.0
_SPREAD_OF_MEDIAN = 1.4826


def median_before(values: Floats, window: int) -> Floats:
    """The median of the `window` values before each, of at least a quarter of them; NaN earlier."""
    fewest = max(1, min(3, window), window // 4)
    return pd.Series(values).rolling(window, min_periods=fewest).median().shift(1).to_numpy()


def mean_before(values: Floats, span: int) -> Floats:
    """The exponentially weighted mean of the values before each; a span of 1 is the last value."""
    return pd.Series(values).ewm(span=span, ignore_na=True).mean().shift(1).to_numpy()


def lagged(series: Series, points: int, values: Floats | None = None) -> Floats:
    """The value `points` steps of time earlier; NaN where there is no point within half a step of then."""
    source = series.values if values is None else values
    if _even(series):
        return _shifted(source, points)
    before = series.seconds - points * series.step_s
    at = _as_of(series.seconds, before + series.step_s // 2)
    near = (at >= 0) & (np.abs(series.seconds[at] - before) <= series.step_s // 2)
    return np.where(near, source[at], np.nan)


def held(series: Series, points: int, values: Floats) -> Floats:
    """The last of `values` at or before `points` steps of time earlier; NaN where the series had not begun."""
    if _even(series):
        return _shifted(values, points)
    at = np.minimum(_as_of(series.seconds, series.seconds - points * series.step_s), np.arange(len(series)) - 1)
    return np.where(at >= 0, values[at], np.nan)


def _even(series: Series) -> bool:
    return bool((np.diff(series.seconds) == series.step_s).all())


def _shifted(values: Floats, points: int) -> Floats:
    out = np.full(len(values), np.nan)
    out[points:] = values[: max(0, len(values) - points)]
    return out


def _as_of(seconds: Ints, wanted: Ints) -> Ints:
    return np.searchsorted(seconds, wanted, side="right").astype(np.int64) - 1


def typical(residual: Floats, values: Floats, labels: Bools | None) -> float | None:
    """The usual size of residuals in training, labelled points left out; None when hardly any is known.

    It is the median size as a standard deviation; where most are 0, the mean size; and on a constant series a hundredth
    of its level, so that a departure of so much is worth a score.
    """
    quiet = ~np.isnan(residual) if labels is None else ~np.isnan(residual) & ~labels
    known = np.abs(residual[quiet])
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
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = np.minimum(np.abs(residual) / usual, _CLIP)
        spread = np.sqrt(mean_before(sizes * sizes, SPREAD_SPAN))
        scaled: Floats = residual / usual / np.fmax(spread, 1.0)
    return scaled
