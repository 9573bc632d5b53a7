"""What a missing value means, which only the owner of a series knows: nothing, the last value, zero, or an anomaly."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from signals.arrays import Bools, Ints
from signals.gaps import regular
from signals.series import Series


class GapPolicy(StrEnum):
    """What is put where points are absent or their values missing.

    IGNORE leaves the series as it is. HOLD repeats the last value that there was; ZERO puts 0, for counts that are not
    written when nothing happens; ANOMALY leaves the values missing, and says that something is wrong there.
    """

    IGNORE = "ignore"
    HOLD = "hold"
    ZERO = "zero"
    ANOMALY = "anomaly"


@dataclass(frozen=True, eq=False)
class Bridged:
    """A series after its policy. `positions` says where each of the n original points is now, int64 of shape (n,).

    `missing` says which points of the new series had no value, bool of its length; `anomalous` whether that is an
    anomaly. `note` says what was done, or what could not be.
    """

    series: Series
    positions: Ints
    missing: Bools
    anomalous: bool
    note: str = ""


def bridged(series: Series, policy: GapPolicy) -> Bridged:
    """Does with gaps between the first and the last point what the policy says. What comes before or after is unknown.

    >>> s = Series("a", np.array([0, 60, 240]), np.array([1.0, 2.0, 3.0]), 60)
    >>> bridged(s, GapPolicy.HOLD).series.values.tolist()
    [1.0, 2.0, 2.0, 2.0, 3.0]
    """
    if policy is GapPolicy.IGNORE:
        missing = np.isnan(series.values)
        return Bridged(series, np.arange(len(series), dtype=np.int64), missing, False)
    grid = regular(series)
    values = grid.series.values.copy()
    missing = np.isnan(values)
    match policy:
        case GapPolicy.ZERO:
            values[missing] = 0.0
        case GapPolicy.HOLD:
            last = np.maximum.accumulate(np.where(missing, 0, np.arange(len(values))))
            values = values[last]
    filled = Series(series.id, grid.series.seconds, values, series.step_s)
    note = grid.note or (f"{int(missing.sum()):,} missing points, policy {policy.value}" if missing.any() else "")
    return Bridged(filled, grid.positions, missing, policy is GapPolicy.ANOMALY, note)
