"""Windows of the older points, as long as the newer ones: they tell how much is usual."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from argosy.detectors.drift.form import DriftFinding, unmeasured
from argosy.signals.arrays import Floats, Ints

FEWEST_POINTS = 60
"""Fewer newer points say nothing."""

FEWEST_WINDOWS = 6
"""So many windows of the newer points' length must fit into the older ones; the newest points alone are looked at where
they would not."""

MOST_WINDOWS = 60
MARGIN = 1.5
"""The newer points must differ by so many times the most that any window of the older ones did."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Older and newer values without NaN, shapes (n,) and (m,); `phases`: the slot of its period of each value.

    `slots` is 1 where there is no period. `m` is at most a sixth of `n`.
    """

    older: Floats
    newer: Floats
    older_phases: Ints
    newer_phases: Ints
    slots: int

    @property
    def enough(self) -> bool:
        return len(self.newer) >= FEWEST_POINTS and len(self.older) >= FEWEST_WINDOWS * len(self.newer)

    def windows(self) -> list[slice]:
        """Windows of the older values, as long as the newer ones, evenly spread and half overlapping at least."""
        size, room = len(self.newer), len(self.older) - len(self.newer)
        count = int(np.clip(2 * room // max(1, size), FEWEST_WINDOWS, MOST_WINDOWS))
        starts = np.unique(np.linspace(0, room, count).astype(np.int64))
        return [slice(int(start), int(start) + size) for start in starts]


def compared(
    name: str, sample: Sample, floor: float, newer: float, older: Callable[[slice], float], what: str
) -> DriftFinding:
    """A finding whose threshold is `floor`, or `MARGIN` times the most that `older` gives for any window."""
    usual = [value for window in sample.windows() if np.isfinite(value := older(window))]
    if not np.isfinite(newer) or len(usual) < FEWEST_WINDOWS:
        return unmeasured(name, f"{what} cannot be told for so few points")
    most = max(usual)
    threshold = max(floor, MARGIN * most)
    why = f"{what} {newer:.3g}; at most {most:.3g} in {len(usual)} older windows as long"
    return DriftFinding(name, float(newer), float(threshold), why)
