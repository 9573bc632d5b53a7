"""Range-based F1 (Tatbul et al., NeurIPS 2018): how much of each range is covered, and in how many pieces."""

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs

EXISTENCE_WEIGHT = 0.2
"""What finding an incident at all counts in recall, beside how much of it is covered; as TSB-AD sets it."""


def range_f1(labels: Bools, flags: Bools) -> float:
    """F1 of range precision and recall; NaN when nothing is labelled, 0 when nothing is found.

    Positions in a range weigh alike (flat bias), and a range that is met by x ranges counts 1/x of its covered share.
    Recall gives `EXISTENCE_WEIGHT` to incidents that are met at all. `labels` and `flags`: shape (n,).
    """
    incidents, alerts = runs(labels), runs(flags)
    if not len(incidents):
        return float("nan")
    if not len(alerts):
        return 0.0
    precision = float(np.mean(_covered(alerts, incidents, labels)))
    met = _meetings(incidents, alerts) > 0
    shares = EXISTENCE_WEIGHT * met + (1 - EXISTENCE_WEIGHT) * _covered(incidents, alerts, flags)
    recall = float(np.mean(shares))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _covered(ranges: Ints, others: Ints, marks: Bools) -> Floats:
    """The share of each range that is marked, over the number of marked ranges that meet it."""
    sums = np.concatenate(([0], np.cumsum(marks)))
    share = (sums[ranges[:, 1]] - sums[ranges[:, 0]]) / (ranges[:, 1] - ranges[:, 0])
    covered: Floats = share / np.maximum(_meetings(ranges, others), 1)
    return covered


def _meetings(ranges: Ints, others: Ints) -> Ints:
    """How many of the other ranges share a point with each."""
    begun = np.searchsorted(others[:, 0], ranges[:, 1], side="left")
    over = np.searchsorted(others[:, 1], ranges[:, 0], side="right")
    met: Ints = begun - over
    return met
