"""How soon incidents are flagged, and how many alerts a person gets."""

import math

import numpy as np

from argosy.signals.arrays import Bools
from argosy.signals.incidents import runs

WEEK_S = 7 * 86_400


def delay_points(labels: Bools, flags: Bools) -> float:
    """The mean number of points from the first of an incident to its first flag, over incidents that hold one.

    NaN when none does. `labels` and `flags`: shape (n,).
    """
    incidents, flagged = runs(labels), np.flatnonzero(flags)
    first = np.searchsorted(flagged, incidents[:, 0])
    found = first < np.searchsorted(flagged, incidents[:, 1])
    if not found.any():
        return math.nan
    return float(np.mean(flagged[first[found]] - incidents[found, 0]))


def alerts_a_week(flags: Bools, step_s: int) -> float:
    """Maximal flagged runs, true or false, for each week of points `step_s` seconds apart; NaN without points."""
    if not len(flags):
        return math.nan
    return len(runs(flags)) * WEEK_S / (len(flags) * step_s)
