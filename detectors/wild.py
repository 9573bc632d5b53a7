"""Values so far from all others that arithmetic with both keeps only one of them: 1e149 among tens.

They are flagged, and are no part of what later points are compared with. The bounds are wide on purpose: data that hold
no such value are treated as before, bit for bit.
"""

import numpy as np

from argosy.signals.arrays import Bools, Floats

RATIO = 1e9
"""So many times the usual size,"""

SMALLEST = 1e12
"""and at least so much, for sizes that are near zero say nothing."""


def without_wild(values: Floats) -> Floats:
    """The values, shape (n,), NaN where one is wild beside the largest before it; causal.

    >>> without_wild(np.array([9.0, 1e149, 11.0])).tolist()
    [9.0, nan, 11.0]
    """
    sizes = np.abs(np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf))
    large = np.flatnonzero(sizes > SMALLEST)
    if not len(large):
        return values
    largest = np.concatenate(([0.0], np.maximum.accumulate(sizes)[:-1]))
    if not _wild(sizes, largest).any():
        return values
    largest = np.concatenate(([0.0], np.maximum.accumulate(np.where(sizes > SMALLEST, 0.0, sizes))[:-1]))
    kept, most = values.copy(), 0.0
    for at in large.tolist():
        if _wild(sizes[at : at + 1], np.maximum(largest[at : at + 1], most))[0]:
            kept[at] = np.nan
        else:
            most = float(sizes[at])
    return kept


def _wild(sizes: Floats, usual: Floats) -> Bools:
    found: Bools = (sizes > SMALLEST) & (usual > 0) & (sizes / RATIO > usual)
    return found


def tame(sizes: Floats) -> Floats:
    """Those of some sizes, 0 or more, that are not wild beside the middle one of those above 0."""
    if not len(sizes) or sizes.max() <= SMALLEST:
        return sizes
    usual = float(np.median(sizes[sizes > 0]))
    return sizes[~_wild(sizes, np.full(len(sizes), usual))]
