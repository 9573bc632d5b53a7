"""Rolling windows: where they begin."""

import numpy as np

from argosy.signals.arrays import Ints


def window_starts(points: int, size: int, step: int) -> Ints:
    """Where windows of `size` points begin, `step` apart, with one more at the end where points would be left over.

    Fewer points than a window are one window.
    """
    starts = np.arange(0, max(points - size, 0) + 1, step, dtype=np.int64)
    last = points - size
    return np.append(starts, last) if last > starts[-1] else starts


def forecast_starts(points: int, size: int, step: int) -> Ints:
    """Where windows of `size` points begin that are followed by at least one more, `step` apart."""
    return np.arange(0, max(points - size, 0), step, dtype=np.int64)


def covering(points: int, starts: Ints, size: int) -> Ints:
    """How many of the windows each point lies in, shape (points,).

    >>> covering(5, np.array([0, 2]), 3).tolist()
    [1, 1, 2, 1, 1]
    """
    edges = np.zeros(points + 1, dtype=np.int64)
    np.add.at(edges, starts, 1)
    np.add.at(edges, np.minimum(starts + size, points), -1)
    return np.cumsum(edges[:-1])
