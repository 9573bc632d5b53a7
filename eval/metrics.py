"""Everything that is reported about scores on one part of the data."""

import math

import numpy as np

from argosy.eval.affiliation import affiliation_f1
from argosy.eval.objective import DEFAULT
from argosy.eval.promptness import delay_points
from argosy.eval.ranges import range_f1
from argosy.eval.rates import DELAY_POINTS, Rates, detected, event_delay, event_pa, point
from argosy.eval.volume import volumes, vus_pr
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs

__all__ = [
    "DELAY_POINTS",
    "Rates",
    "auc_pr",
    "auc_roc",
    "event_counts",
    "event_delay",
    "event_pa",
    "measure",
    "measure_further",
    "point",
]


def auc_pr(labels: Bools, scores: Floats) -> float:
    """Average precision: the sum over thresholds of recall gained times precision; NaN when nothing is labelled.

    Equal scores cross a threshold together, and NaN ranks below everything. `labels` and `scores`: shape (n,).
    """
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    positives, negatives = np.sort(ranked[labels]), np.sort(ranked[~labels])
    if not len(positives):
        return math.nan
    thresholds, found = np.unique(positives, return_counts=True)
    tp = len(positives) - np.searchsorted(positives, thresholds, side="left")
    fp = len(negatives) - np.searchsorted(negatives, thresholds, side="left")
    return min(1.0, float(np.sum(found / len(positives) * tp / (tp + fp))))


def auc_roc(labels: Bools, scores: Floats) -> float:
    """The chance that a labelled point ranks above an unlabelled one, ties counting half; NaN when one kind is absent.

    NaN scores rank below everything. `labels` and `scores`: shape (n,).
    """
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    positives, negatives = ranked[labels], np.sort(ranked[~labels])
    if not len(positives) or not len(negatives):
        return math.nan
    below = np.searchsorted(negatives, positives, side="left") + np.searchsorted(negatives, positives, side="right")
    return float(below.sum() / 2 / len(positives) / len(negatives))


def event_counts(labels: Bools, flags: Bools) -> tuple[int, int]:
    """How many incidents there are, and how many hold a flag."""
    segments = runs(labels)
    return len(segments), detected(segments, flags)


def measure(labels: Bools, scores: Floats, k: int = DELAY_POINTS) -> dict[str, float | int]:
    """The metrics of scores (≥ 1 flags, NaN never does) by the names they have in reports.

    `labels` and `scores`: shape (n,). F1s, areas and `objective` are NaN when nothing is labelled. `detected`
    counts incidents with a flag inside, `false_points` flags outside incidents, `false_alerts` flagged runs that share
    no point with one; `objective` is the default one.

    >>> figures = measure(np.array([False, True, True, False]), np.array([0.1, 0.4, 2.0, 1.5]))
    >>> figures["detected"], figures["false_points"], round(figures["objective"], 3)
    (1, 1, 0.722)
    """
    flags = scores >= 1.0
    points, anywhere, in_time = point(labels, flags), event_pa(labels, flags), event_delay(labels, flags, k)
    return {
        "event_f1_pa": anywhere.f1,
        "point_f1": points.f1,
        f"event_f1_k{k}": in_time.f1,
        "auc_pr": auc_pr(labels, scores),
        "vus_pr": vus_pr(labels, scores),
        "incidents": anywhere.tp + anywhere.fn,
        "detected": anywhere.tp,
        "false_points": anywhere.fp,
        "false_alerts": in_time.fp,
        "objective": DEFAULT.of(points.f1, anywhere.f1, in_time.f1),
    }


def measure_further(labels: Bools, scores: Floats) -> dict[str, float]:
    """The metrics that benchmarks report beside those of `measure`; NaN when nothing is labelled. Shape (n,)."""
    flags = scores >= 1.0
    return {
        "range_f1": range_f1(labels, flags),
        "affiliation_f1": affiliation_f1(labels, flags),
        "auc_roc": auc_roc(labels, scores),
        "vus_roc": volumes(labels, scores).roc,
        "delay_points": delay_points(labels, flags),
    }
