"""How well flags meet labels: precision, recall and F1 of points, of events, and of events caught in time."""

import math
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Ints
from argosy.signals.incidents import runs

DELAY_POINTS = 10
"""How many points after its first an incident may be flagged and still count as caught in time."""


@dataclass(frozen=True)
class Rates:
    """Precision, recall and F1 with the counts behind them.

    All three are NaN when nothing is labelled; they are 0 when something is and nothing of it was found.
    """

    precision: float
    recall: float
    f1: float
    tp: int
    fp: int
    fn: int


def point(labels: Bools, flags: Bools) -> Rates:
    """Every point for itself. `labels` and `flags`: shape (n,).

    >>> point(np.array([False, True, True, False]), np.array([False, False, True, True]))
    Rates(precision=0.5, recall=0.5, f1=0.5, tp=1, fp=1, fn=1)
    """
    tp = int(np.count_nonzero(labels & flags))
    return _rates(tp, int(np.count_nonzero(flags)) - tp, int(np.count_nonzero(labels)) - tp)


def event_pa(labels: Bools, flags: Bools) -> Rates:
    """Event-F1-PA (arXiv 2501.14170): TP and FN count labelled runs, FP counts flagged points outside them.

    One flag inside a run is enough. `labels` and `flags`: shape (n,).

    >>> event_pa(np.array([False, True, True, False]), np.array([False, False, True, True]))
    Rates(precision=0.5, recall=1.0, f1=0.6666666666666666, tp=1, fp=1, fn=0)
    """
    segments = runs(labels)
    tp = detected(segments, flags)
    return _rates(tp, int(np.count_nonzero(flags & ~labels)), len(segments) - tp)


def event_delay(labels: Bools, flags: Bools, k: int = DELAY_POINTS) -> Rates:
    """Events caught in time: TP are labelled runs flagged at one of their points 0…k, FN the others.

    FP counts alerts (maximal flagged runs) that share no point with a labelled run, so that a single alert over the
    whole series counts as caught and not as false: read it beside point F1. `labels` and `flags`: shape (n,).

    >>> event_delay(np.array([False, True, True, True]), np.array([True, False, False, True]), k=1)
    Rates(precision=0.0, recall=0.0, f1=0.0, tp=0, fp=1, fn=1)
    """
    segments = runs(labels)
    tp = detected(early(segments, k), flags)
    return _rates(tp, false_alerts(labels, flags), len(segments) - tp)


def early(segments: Ints, k: int) -> Ints:
    """The first k + 1 points of each run, or all of a shorter one; shape (m, 2)."""
    return np.column_stack((segments[:, 0], np.minimum(segments[:, 1], segments[:, 0] + k + 1)))


def detected(segments: Ints, flags: Bools) -> int:
    """How many of the runs, shape (m, 2), hold a flag."""
    return int(np.count_nonzero(_holds(segments, flags)))


def false_alerts(labels: Bools, flags: Bools) -> int:
    """How many maximal flagged runs share no point with a labelled one."""
    alerts = runs(flags)
    return len(alerts) - int(np.count_nonzero(_holds(alerts, labels)))


def f1_of(tp: int, fp: int, fn: int) -> float:
    """2 TP / (2 TP + FP + FN); NaN when there is nothing to find."""
    return 2 * tp / (2 * tp + fp + fn) if tp + fn else math.nan


def _holds(segments: Ints, marks: Bools) -> Bools:
    marked = np.flatnonzero(marks)
    held: Bools = np.searchsorted(marked, segments[:, 0]) < np.searchsorted(marked, segments[:, 1])
    return held


def _rates(tp: int, fp: int, fn: int) -> Rates:
    if not tp + fn:
        return Rates(math.nan, math.nan, math.nan, tp, fp, fn)
    return Rates(tp / (tp + fp) if tp else 0.0, tp / (tp + fn), f1_of(tp, fp, fn), tp, fp, fn)
