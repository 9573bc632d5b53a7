"""From a raw statistic to scores: the divisor that puts the threshold at 1."""

import math

import numpy as np

from argosy.detectors.wild import tame
from argosy.eval.objective import Objective
from argosy.eval.sweep import Cut, LabelledPart, settle, sweep
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series

FLAGS_A_WEEK = 10.0
"""What an unlabelled series is calibrated to: about one short alert a week of training data, true or false."""

POINTS_A_FLAG = 100
"""Of an unlabelled series one point in so many flags at most, which is less than the budget of a week from steps of ten
minutes on."""

BUDGET_WORDS = f"at most {FLAGS_A_WEEK:g} flags a week and 1 in {POINTS_A_FLAG} points"

_WEEK_S = 7 * 86_400
_BEYOND = 1.5


def calibrate(stat: Floats, series: Series, labels: Bools | None, objective: Objective) -> float:
    """The divisor, positive and finite, after which `stat` flags at 1.

    `stat`, shape (n,), belongs to the points of the training `series`; higher is more anomalous, NaN is no opinion, and
    values of 0 or less never flag. With incidents in `labels` the threshold is settled where the objective is about
    the largest; without, or where no threshold gains anything, it is the one of `quiet_divisor`.
    """
    if labels is not None and labels.any():
        cut = _above_zero(settle(LabelledPart.of(labels), _positive(stat), objective))
        if math.isfinite(cut.threshold):
            return cut.threshold
        return quiet_divisor(stat, series, flags_a_week=0.0)
    return quiet_divisor(stat, series)


def best_cut(part: LabelledPart, stat: Floats, objective: Objective) -> Cut:
    """The sweep over positive thresholds only; infinite when none gains anything."""
    return _above_zero(sweep(part, _positive(stat), objective))


def _positive(stat: Floats) -> Floats:
    return np.where(stat > 0, stat, np.nan)


def _above_zero(cut: Cut) -> Cut:
    """A cut below every positive value that is known: the lowest that does not flag is then 0."""
    if math.isinf(cut.low) and math.isfinite(cut.high):
        return Cut(cut.high / 2 or cut.high, cut.value, 0.0, cut.high)
    return cut


def quiet_divisor(stat: Floats, series: Series, flags_a_week: float = FLAGS_A_WEEK) -> float:
    """A threshold that so many points a week of this series exceed, and no more than one in `POINTS_A_FLAG`.

    Values that are wild beside the others count, and set no threshold. A statistic that is nowhere positive and finite
    gets 1.
    """
    above = np.sort(stat[np.isfinite(stat) & (stat > 0)])
    if not len(above):
        return 1.0
    known = tame(above)
    a_week = round(flags_a_week * len(series) * series.step_s / _WEEK_S)
    flags = max(0, min(a_week, len(series) // POINTS_A_FLAG) - (len(above) - len(known)))
    if not flags:
        return min(float(known[-1]) * _BEYOND, float(np.finfo(np.float64).max))
    if flags >= len(known):
        return float(known[0])
    high, low = float(known[-flags]), float(known[-flags - 1])
    return max(math.sqrt(low) * math.sqrt(high), math.nextafter(low, math.inf))
