"""Incidents (labelled intervals of time), labels (a bool per point) and runs (their index form)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from argosy.signals.arrays import Bools, Ints


@dataclass(frozen=True, order=True)
class Incident:
    """A labelled interval [start, end) in Unix seconds. `labelled`: when the author said so, where that is known."""

    start: int
    end: int
    kind: str = "incident"
    author: str = "unknown"
    labelled: int | None = field(default=None, compare=False)


def runs(flags: Bools) -> Ints:
    """The maximal runs of True as index pairs [start, stop), shape (m, 2).

    >>> runs(np.array([False, True, True, False, True])).tolist()
    [[1, 3], [4, 5]]
    """
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    return np.column_stack((np.flatnonzero(edges == 1), np.flatnonzero(edges == -1))).astype(np.int64)


def labels_at(incidents: Iterable[Incident], seconds: Ints) -> Bools:
    """Which of the points lie within an incident, shape (n,).

    >>> labels_at([Incident(60, 180)], np.array([0, 60, 120, 180])).tolist()
    [False, True, True, False]
    """
    labels = np.zeros(len(seconds), dtype=np.bool_)
    for incident in incidents:
        start, stop = np.searchsorted(seconds, [incident.start, incident.end])
        labels[start:stop] = True
    return labels


def incidents_in(labels: Bools, seconds: Ints, step_s: int, author: str = "unknown") -> tuple[Incident, ...]:
    """One incident for each maximal run of labelled points; it ends one step after its last point."""
    return tuple(
        Incident(int(seconds[start]), int(seconds[stop - 1]) + step_s, author=author) for start, stop in runs(labels)
    )
