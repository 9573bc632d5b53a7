"""Whether values come from another population: the population stability index over deciles of the older values."""

import numpy as np

from argosy.detectors.drift.form import DriftFinding
from argosy.detectors.drift.windows import Sample, compared
from argosy.signals.arrays import Floats, Ints

BINS = 10
FLOOR = 0.25
"""What is usually read as a shift of population (Siddiqi 2006, Credit Risk Scorecards)."""

_SMALLEST_SHARE = 1e-3


def population(sample: Sample) -> DriftFinding:
    """PSI of newer against older values."""
    edges = np.unique(np.quantile(sample.older, np.linspace(0, 1, BINS + 1)[1:-1]))
    older = np.searchsorted(edges, sample.older, side="right")
    counts = _counts(older, len(edges) + 1)

    def of_window(window: slice) -> float:
        inside = _counts(older[window], len(edges) + 1)
        return psi(counts - inside, inside)

    newer = psi(counts, _counts(np.searchsorted(edges, sample.newer, side="right"), len(edges) + 1))
    return compared("population", sample, FLOOR, newer, of_window, "stability index of values")


def psi(expected: Ints, seen: Ints) -> float:
    """Sum over bins of (q - p) ln(q / p); an empty bin counts as a thousandth.

    >>> psi(np.array([50, 50]), np.array([50, 50]))
    0.0
    """
    p, q = _shares(expected), _shares(seen)
    return float(np.sum((q - p) * np.log(q / p)))


def _shares(counts: Ints) -> Floats:
    shares: Floats = np.maximum(counts / max(1, counts.sum()), _SMALLEST_SHARE)
    return shares


def _counts(bins: Ints, size: int) -> Ints:
    return np.bincount(bins, minlength=size).astype(np.int64)
