"""When a drift began: the change point of ranks."""

import numpy as np
from scipy import stats

from argosy.detectors.drift.location import residuals
from argosy.detectors.drift.measure import DriftInput, sample_of
from argosy.signals.arrays import Floats


def onset(newer: DriftInput) -> int:
    """The index from which on the newer points are another population; `newer.since` where that is not clear.

    The place at which ranks differ most before and after (Pettitt 1979), of residuals or of their distances from the
    middle, among the newer points and as many older ones before them. It is never before `newer.since`.
    """
    sample = sample_of(newer)
    older, fresh = residuals(sample)
    both = np.concatenate((older[-len(fresh) :], fresh))
    places, strengths = zip(*(_split(each) for each in (both, np.abs(both - np.median(older)))), strict=True)
    at = places[int(np.argmax(strengths))] - (len(both) - len(fresh))
    if at <= 0:
        return newer.since
    known = newer.since + np.flatnonzero(~np.isnan(newer.series.values[newer.since :]) & ~newer.labels[newer.since :])
    return int(known[-len(fresh) :][min(at, len(fresh) - 1)])


def _split(values: Floats) -> tuple[int, float]:
    """How many values come before the change, and how clear it is, as Pettitt's statistic over its usual size."""
    n = len(values)
    before = np.arange(1, n)
    u = 2.0 * np.cumsum(stats.rankdata(values))[:-1] - before * (n + 1.0)
    at = int(np.argmax(np.abs(u)))
    return int(before[at]), float(np.abs(u[at]) / np.sqrt((n**3 + n**2) / 6.0))
