"""Isolation Forest (Liu et al., ICDM 2008) on features of the window before each point."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import IsolationForest

from argosy.detectors.baselines.past import FEWEST_KNOWN, typical
from argosy.detectors.baselines.residuals import FromMean, FromMedian, FromSeason, InSpreads, Residual, periods
from argosy.detectors.baselines.swept import Side, Statistic
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

TREES = 50
SAMPLES = 256
FIT_POINTS = 20_000
_CLIP_SPREADS = 30.0
_SMALLEST = 1e-6


@dataclass(frozen=True, eq=False)
class Isolation:
    """How easily a point is told apart, 0 to 1; NaN where the value is missing or nothing is known of its past."""

    features: tuple[InSpreads, ...]
    forest: IsolationForest
    sides: tuple[Side, ...] = (Side.UP,)

    def __call__(self, series: Series) -> Floats:
        rows = _rows(self.features, series)
        known = ~np.isnan(rows).all(axis=1)
        scores = np.full(len(series), np.nan)
        if known.any():
            scores[known] = -self.forest.score_samples(_squeezed(rows[known]))
        return scores


def iforest(series: Series, labels: Bools | None, *, seed: int) -> Sequence[Statistic]:
    """One forest on distances from the last value, from medians of 10, 60 and 1440 points and from the season."""
    residuals: list[Residual] = [FromMean(1), FromMedian(10), FromMedian(60), FromMedian(1440)]
    residuals += [FromSeason(period, span) for period in periods(series, labels)[:1] for span in (0, 20)]
    sized = [(residual, typical(residual(series), series.values, labels)) for residual in residuals]
    features = tuple(InSpreads(residual, usual) for residual, usual in sized if usual is not None)
    if not features:
        return ()
    rows = _rows(features, series)
    rows = rows[~np.isnan(rows).all(axis=1)]
    if len(rows) < FEWEST_KNOWN:
        return ()
    taken = np.random.default_rng(seed).permutation(len(rows))[:FIT_POINTS]
    forest = IsolationForest(n_estimators=TREES, max_samples=min(SAMPLES, len(taken)), random_state=seed)
    return (Isolation(features, forest.fit(_squeezed(rows[taken]))),)


def _rows(features: tuple[InSpreads, ...], series: Series) -> Floats:
    return np.column_stack([feature(series) for feature in features])


def _squeezed(rows: Floats) -> Floats:
    """Unknown features as 0, extremes on a logarithmic scale: a tree splits evenly between least and most."""
    known = np.nan_to_num(np.clip(rows, -_CLIP_SPREADS, _CLIP_SPREADS))
    squeezed: Floats = np.sign(known) * np.log1p(np.abs(known))
    return squeezed
