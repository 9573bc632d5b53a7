"""How far a value lies from what a linear model of the values before it expects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from argosy.detectors.baselines.past import FEWEST_KNOWN, Past
from argosy.detectors.baselines.residuals import periods, with_usual_size
from argosy.detectors.baselines.swept import Statistic
from argosy.detectors.wild import without_wild
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

ORDERS = (10, 3, 30)
RIDGE = 0.01
FIT_POINTS = 20_000
"""Coefficients are fitted on so many training points, evenly spread, at most."""

_OUTLIER_SPREADS = 6.0
_CLIP_SPREADS = 20.0


@dataclass(frozen=True)
class Scale:
    """The median of training values and their spread."""

    level: float
    spread: float

    def __call__(self, values: Floats) -> Floats:
        return (values - self.level) / self.spread


@dataclass(frozen=True)
class FromExpected:
    """The scaled value less the ridge regression on the values `lags` steps before it, missing ones held."""

    lags: tuple[int, ...]
    weights: tuple[float, ...]
    intercept: float
    scale: Scale

    def __call__(self, series: Series) -> Floats:
        scaled = self.scale(series.values)
        past, filled = Past(series), _filled(scaled)
        residual = scaled - self.intercept
        for lag, weight in zip(self.lags, self.weights, strict=True):
            residual -= weight * past.by(lag, filled)
        return residual


def autoregression(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """One-step residuals of autoregressions of order 3 to 30, and of one that also looks a season back."""
    scale = _scale(series.values)
    if scale is None:
        return ()
    found = periods(series, labels)
    orders = [tuple(range(1, order + 1)) for order in ORDERS]
    orders += [(*range(1, 11), *_around(period)) for period in found[:1] if period > 12]
    fitted = [_fitted(series, labels, lags, scale) for lags in orders if 4 * max(lags) <= len(series)]
    return with_usual_size([model for model in fitted if model is not None], series, labels)


def _around(period: int) -> tuple[int, ...]:
    return (period - 1, period, period + 1, 2 * period)


def _scale(values: Floats) -> Scale | None:
    values = without_wild(values)
    known = values[~np.isnan(values)]
    if len(known) < FEWEST_KNOWN:
        return None
    level = float(np.median(known))
    spread = 1.4826 * float(np.median(np.abs(known - level))) or float(np.std(known)) or 0.01 * abs(level) or 1.0
    return Scale(level, spread)


def _filled(scaled: Floats) -> Floats:
    """Missing values held, extremes clipped, so that one of them does not rule everything that follows."""
    clipped = pd.Series(np.clip(scaled, -_CLIP_SPREADS, _CLIP_SPREADS))
    return clipped.ffill().fillna(0.0).to_numpy().astype(np.float64)


def _fitted(series: Series, labels: Bools | None, lags: tuple[int, ...], scale: Scale) -> FromExpected | None:
    scaled = scale(series.values)
    past, filled = Past(series), _filled(scaled)
    quiet = ~np.isnan(scaled) if labels is None else ~np.isnan(scaled) & ~labels
    rows = np.flatnonzero(quiet)
    rows = rows[rows >= max(lags)]
    rows = rows[:: -(-len(rows) // FIT_POINTS) or 1]
    inputs = np.column_stack([*(past.by(lag, filled)[rows] for lag in lags), np.ones(len(rows))])
    wanted = np.clip(scaled[rows], -_CLIP_SPREADS, _CLIP_SPREADS)
    known = ~np.isnan(inputs).any(axis=1)
    if np.count_nonzero(known) < max(FEWEST_KNOWN, 2 * len(lags)):
        return None
    weights = _trimmed(inputs[known], wanted[known])
    return FromExpected(lags, tuple(map(float, weights[:-1])), float(weights[-1]), scale)


def _trimmed(inputs: Floats, wanted: Floats) -> Floats:
    """Ridge regression, and again without the points that it misses by far."""
    misses = np.abs(wanted - inputs @ _ridge(inputs, wanted))
    kept = misses <= _OUTLIER_SPREADS * 1.4826 * np.median(misses)
    return _ridge(inputs[kept], wanted[kept])


def _ridge(inputs: Floats, wanted: Floats) -> Floats:
    penalty = RIDGE * max(1, len(inputs)) * np.eye(inputs.shape[1])
    return np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ wanted).astype(np.float64)
