"""Level, spread of residuals, and scale: medians and interquartile ranges, which single incidents do not move."""

from itertools import pairwise

import numpy as np

from argosy.detectors.drift.form import DriftFinding, unmeasured
from argosy.detectors.drift.windows import Sample, compared
from argosy.signals.arrays import Floats, Ints

LEVEL_FLOOR = 0.5
"""In training spreads."""

RATIO_FLOOR = float(np.log(1.5))
"""Half as wide again, or a third narrower, as a natural logarithm."""


def level(sample: Sample) -> DriftFinding:
    """How far the median of residuals, what is usual at their phase taken off, has moved, in older spreads."""
    older, newer = residuals(sample)
    size = spread(older)
    if size <= 0:
        return unmeasured("level", "older values do not vary")
    middle = float(np.median(older))

    def moved(values: Floats) -> float:
        return abs(float(np.median(values)) - middle) / size

    return compared("level", sample, LEVEL_FLOOR, moved(newer), lambda w: moved(older[w]), "median moved by spreads")


def residual_spread(sample: Sample) -> DriftFinding:
    """By what factor the spread of residuals differs, as the size of its logarithm."""
    older, newer = residuals(sample)
    return _ratio("residual_spread", sample, older, newer, "log ratio of spreads of residuals")


def scale(sample: Sample) -> DriftFinding:
    """By what factor the width of all values differs, seasons included, as the size of its logarithm."""
    return _ratio("scale", sample, sample.older, sample.newer, "log ratio of the values' widths")


def _ratio(name: str, sample: Sample, older: Floats, newer: Floats, what: str) -> DriftFinding:
    size = spread(older)
    if size <= 0:
        return unmeasured(name, "older values do not vary")

    def ratio(values: Floats) -> float:
        return abs(float(np.log(max(spread(values), 1e-3 * size) / size)))

    return compared(name, sample, RATIO_FLOOR, ratio(newer), lambda w: ratio(older[w]), what)


def residuals(sample: Sample) -> tuple[Floats, Floats]:
    """Older and newer values less the older median of their phase."""
    usual = profile_of(sample.older, sample.older_phases, sample.slots)
    return sample.older - usual[sample.older_phases], sample.newer - usual[sample.newer_phases]


def profile_of(values: Floats, phases: Ints, slots: int) -> Floats:
    """The median of each slot, shape (slots,); the median of all where a slot is empty."""
    usual = np.full(slots, float(np.median(values)) if len(values) else np.nan)
    order = np.argsort(phases, kind="stable")
    edges = np.searchsorted(phases[order], np.arange(slots + 1))
    for slot, (start, stop) in enumerate(pairwise(edges)):
        if stop > start:
            usual[slot] = np.median(values[order[start:stop]])
    return usual


def spread(values: Floats) -> float:
    """A robust width: between the quartiles as a standard deviation; of mostly equal values the central 98 %."""
    if not len(values):
        return 0.0
    low, first, third, high = np.quantile(values, [0.01, 0.25, 0.75, 0.99])
    return float((third - first) / 1.349) or float((high - low) / 4.65)
