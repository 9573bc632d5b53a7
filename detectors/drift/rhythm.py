"""Whether the shape of a period, mostly of a day, is still the same."""

import numpy as np

from argosy.detectors.drift.form import DriftFinding, unmeasured
from argosy.detectors.drift.location import profile_of
from argosy.detectors.drift.windows import Sample, compared
from argosy.signals.arrays import Floats, Ints

FLOOR = 0.3
MOST = 2.0
"""What the statistic cannot exceed: shapes that are each other's opposite."""

LEAST_COVERED = 0.9
"""The newer points must reach this share of the slots of a period."""


def seasonality(sample: Sample) -> DriftFinding:
    """One less the correlation of the newer period's shape with the older one's."""
    if sample.slots < 2:
        return unmeasured("seasonality", "the older values have no period")
    usual = profile_of(sample.older, sample.older_phases, sample.slots)

    def unlike(values: Floats, phases: Ints) -> float:
        slots = np.unique(phases)
        if len(slots) < LEAST_COVERED * sample.slots:
            return np.nan
        shape = profile_of(values, phases, sample.slots)
        if np.ptp(shape[slots]) <= 0 or np.ptp(usual[slots]) <= 0:
            return 1.0
        return 1.0 - float(np.corrcoef(shape[slots], usual[slots])[0, 1])

    def of_window(window: slice) -> float:
        return unlike(sample.older[window], sample.older_phases[window])

    newer = unlike(sample.newer, sample.newer_phases)
    if not np.isfinite(newer):
        return unmeasured("seasonality", "the newer points do not cover a period")
    found = compared("seasonality", sample, FLOOR, newer, of_window, "1 - correlation of the period's shape")
    if found.value is not None and found.threshold >= MOST:
        return unmeasured("seasonality", f"older periods are too unlike each other: {found.why}")
    return found
