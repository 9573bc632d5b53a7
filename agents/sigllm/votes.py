"""Votes: which values a window's samples agree on, which points its windows agree on, and intervals made of these."""

from collections.abc import Sequence

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints

_SLACK = 1e-9
"""A share such as .7 of 10 votes is 7, not the 8 that rounding errors would make of it."""


def matching_points(window: Ints, named: Sequence[float]) -> Bools:
    """Which points of a window have one of the named values."""
    return np.isin(window, np.asarray(named, dtype=np.float64))


def needed(share: float, voters: Floats | Ints) -> Ints:
    """How many votes make a share of so many voters, at least one."""
    return np.maximum(np.ceil(share * np.asarray(voters, dtype=np.float64) - _SLACK), 1).astype(np.int64)


def agreed_points(window: Ints, samples: Sequence[Sequence[float]], alpha: float) -> Bools:
    """The points of a window that a share `alpha` of its samples names; none where there are no samples."""
    if not samples:
        return np.zeros(len(window), dtype=np.bool_)
    votes = np.sum([matching_points(window, named) for named in samples], axis=0)
    flags: Bools = votes >= needed(alpha, np.array([len(samples)]))
    return flags


def support(points: int, starts: Ints, windows: Sequence[Bools], voters: Floats | Ints, beta: float) -> Floats:
    """Votes of the windows for each point over the votes that it needs, shape (points,): from 1 on it is anomalous.

    `voters` counts for each point the windows that could vote; NaN where there are none.
    """
    votes = np.zeros(points)
    for start, flags in zip(starts.tolist(), windows, strict=True):
        votes[start : start + len(flags)] += flags
    share = votes / needed(beta, voters)
    return np.where(np.asarray(voters) > 0, share, np.nan)


def padded(flags: Bools, points: int) -> Bools:
    """The flags with so many points before and after each, which merges what then touches; shape (n,)."""
    edges = np.zeros(len(flags) + 1, dtype=np.int64)
    at = np.flatnonzero(flags)
    np.add.at(edges, np.maximum(at - points, 0), 1)
    np.add.at(edges, np.minimum(at + points + 1, len(flags)), -1)
    wide: Bools = np.cumsum(edges[:-1]) > 0
    return wide
