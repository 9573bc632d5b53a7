"""A series with its gaps bridged as a policy says."""

from dataclasses import dataclass, replace

import numpy as np

from argosy.signals.arrays import Bools, Ints
from argosy.signals.errors import BadInput
from argosy.signals.gap_policy import GapPolicy
from argosy.signals.gaps import Grid, regular
from argosy.signals.series import Series

MOST_ABSENT = 1_000_000
"""More points to put in, as many as a session looks at, speak of a wrong clock or a wrong step, not of gaps."""


@dataclass(frozen=True, eq=False)
class Bridged:
    """A series after its policy. `positions` says where each of the n original points is now, int64 of shape (n,).

    `missing` says which points of the new series had no value, bool of its length; `anomalous` whether that is an
    anomaly. `note` says what was done.
    """

    series: Series
    positions: Ints
    missing: Bools
    anomalous: bool
    note: str = ""


def bridged(series: Series, policy: GapPolicy) -> Bridged:
    """Does with gaps between the first and the last point what the policy says. What comes before or after is unknown.

    Raises BadInput where the series fits no grid, or a grid of more than `MOST_ABSENT` points without a value: going on
    without the policy would let its owner believe that it holds.

    >>> s = Series("a", np.array([0, 60, 240]), np.array([1.0, 2.0, 3.0]), 60)
    >>> bridged(s, GapPolicy.HOLD).series.values.tolist()
    [1.0, 2.0, 2.0, 2.0, 3.0]
    """
    if policy is GapPolicy.IGNORE:
        missing = np.isnan(series.values)
        return Bridged(series, np.arange(len(series), dtype=np.int64), missing, False)
    grid = _grid(series, policy)
    values = grid.series.values.copy()
    missing = np.isnan(values)
    match policy:
        case GapPolicy.ZERO:
            values[missing] = 0.0
        case GapPolicy.HOLD:
            last = np.maximum.accumulate(np.where(missing, 0, np.arange(len(values))))
            values = values[last]
    filled = replace(grid.series, values=values)
    note = f"{int(missing.sum()):,} missing points, policy {policy.value}" if missing.any() else ""
    return Bridged(filled, grid.positions, missing, policy is GapPolicy.ANOMALY, note)


def _grid(series: Series, policy: GapPolicy) -> Grid:
    """The series on its grid, or on that of its commonest distance: where most points are absent, the usual distance is
    longer than the step."""
    grid = regular(series, MOST_ABSENT)
    if grid.regular:
        return grid
    distances, counts = np.unique(np.diff(series.seconds), return_counts=True)
    commonest_s = int(distances[np.argmax(counts)])
    if commonest_s < series.step_s:
        finer = regular(replace(series, step_s=commonest_s), MOST_ABSENT)
        if finer.regular:
            return finer
    mend = "give points at even times and a shorter stretch, or choose --gaps ignore"
    raise BadInput(f"series {series.id!r}, gap policy {policy.value}", grid.note, mend)
