"""Methods out of other packages: STL, matrix profile, and three of PyOD. Each imports its package when it is fitted."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from argosy.detectors.baselines.residuals import periods
from argosy.detectors.baselines.swept import Side, Statistic
from argosy.detectors.rivals.compiled import keep_compiled
from argosy.detectors.rivals.windowed import FIT_ROWS, Scorer, on_windows
from argosy.detectors.rivals.windows import Holding, without_opinion
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

STL_IMPORT = "statsmodels.tsa.seasonal"
ECOD_IMPORT, COPOD_IMPORT, HBOS_IMPORT = "pyod.models.ecod", "pyod.models.copod", "pyod.models.hbos"

STL_JUMPS = 6
"""STL smooths trend and low pass at so many places a season and interpolates between: ten times faster.

The seasonal smoothing does not jump: its window is seven seasons wide, and between places further apart it goes astray.
"""

USUAL_PERIOD = 50
MOTIF = 32
PROFILE_POINTS = 10_000
PYOD_WIDTH = 16


@dataclass(frozen=True)
class Remainder:
    """What STL leaves of a value, in spreads; the decomposition sees the whole series, so this looks ahead."""

    holding: Holding
    period: int
    usual: float
    sides: tuple[Side, ...] = (Side.BOTH, Side.UP, Side.DOWN)

    def __call__(self, series: Series) -> Floats:
        if len(series) < 2 * self.period + 1:
            return np.full(len(series), np.nan)
        return without_opinion(series, _remainder(self.holding(series.values), self.period) / self.usual)


def stl(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """The remainder of a seasonal decomposition (Cleveland et al., 1990), computed with jumps; not causal."""
    holding = Holding.of(series.values, labels)
    period = next(iter(periods(series, labels)), USUAL_PERIOD)
    if holding is None or len(series) < 3 * period:
        return ()
    rest = np.abs(_remainder(holding(series.values), period))
    usual = 1.4826 * float(np.median(rest)) or float(rest.mean()) or 1.0
    return (Remainder(holding, period, usual),)


def _remainder(values: Floats, period: int) -> Floats:
    decomposition = importlib.import_module(STL_IMPORT).STL
    jump = max(1, period // STL_JUMPS)
    found = decomposition(values, period=period, trend_jump=jump, low_pass_jump=jump).fit()
    return np.asarray(found.resid, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class NearestMotif:
    """The z-normalised distance of the window that ends at each point to the nearest window of `reference`.

    There is no opinion on points up to `until`, in Unix seconds, which the reference holds itself.
    """

    holding: Holding
    reference: Floats
    until: int
    sides: tuple[Side, ...] = (Side.UP,)

    def __call__(self, series: Series) -> Floats:
        scores = np.full(len(series), np.nan)
        if len(series) >= MOTIF:
            stump = importlib.import_module("stumpy").stump
            keep_compiled("stumpy")
            profile = stump(self.holding(series.values), MOTIF, self.reference, ignore_trivial=False)
            scores[MOTIF - 1 :] = np.asarray(profile[:, 0], dtype=np.float64)
        scores[series.seconds <= self.until] = np.nan
        return without_opinion(series, scores)


def matrix_profile(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """Distance to the nearest of up to 10,000 unlabelled windows of 32 points in the first half of training."""
    holding = Holding.of(series.values, labels)
    stop = len(series) // 2
    start = max(0, stop - PROFILE_POINTS)
    if holding is None or stop - start < 2 * MOTIF:
        return ()
    reference = holding(series.values)[start:stop].copy()
    if labels is not None:
        reference[labels[start:stop]] = np.nan  # windows with a missing value are nobody's nearest
    if np.isnan(np.lib.stride_tricks.sliding_window_view(reference, MOTIF)).any(axis=1).all():
        return ()
    return (NearestMotif(holding, reference, int(series.seconds[stop - 1])),)


def ecod(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """ECOD (Li et al., TKDE 2022) on windows of 16 points; ranks among what it is given to score, so not causal."""
    return _pyod(ECOD_IMPORT, "ECOD", series, labels)


def copod(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """COPOD (Li et al., ICDM 2020) on windows of 16 points; ranks among what it is given to score, so not causal."""
    return _pyod(COPOD_IMPORT, "COPOD", series, labels)


def hbos(series: Series, labels: Bools | None) -> Sequence[Statistic]:
    """Histogram-based outlier score (Goldstein and Dengel, 2012) on windows of 16 points."""
    return _pyod(HBOS_IMPORT, "HBOS", series, labels)


def _pyod(module: str, name: str, series: Series, labels: Bools | None) -> Sequence[Statistic]:
    def fit(rows: Floats) -> Scorer:
        model = getattr(importlib.import_module(module), name)()
        keep_compiled("pyod")
        model.fit(rows)
        return lambda windows: np.asarray(model.decision_function(windows), dtype=np.float64)

    return on_windows(series, labels, (PYOD_WIDTH,), FIT_ROWS, 0, fit)
