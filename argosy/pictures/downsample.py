"""Thinning for pictures: what remains of millions of points when there are only so many columns of pixels."""

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs


def envelope(x: Floats, values: Floats, columns: int, widest_gap: float) -> tuple[Floats, Floats]:
    """A line that looks like the points: of each column its lowest and highest, in the order in which they come.

    `x` increasing and `values` with NaN for missing, both shape (n,). Where neighbours are further apart than
    `widest_gap` (in x), or a value is missing, the line is broken by a NaN.
    """
    there = ~np.isnan(values)
    breaks = np.cumsum(~there)[there]
    x, values = x[there], values[there]
    if not len(x):
        return x, values
    breaks = breaks + np.concatenate(([0], np.cumsum(np.diff(x) > widest_gap)))
    if len(x) > 4 * columns:
        keep = _extremes(_column(x, columns), values)
        widest = max(widest_gap, 2.0 * (x[-1] - x[0]) / columns)
        x, values = x[keep], values[keep]
        broken = np.diff(x) > widest
    else:
        broken = np.diff(breaks) > 0
    cuts = np.flatnonzero(broken) + 1
    return np.insert(x, cuts, x[cuts - 1]), np.insert(values, cuts, np.nan)


def bars(x: Floats, flags: Bools, columns: int, width: float) -> list[tuple[float, float]]:
    """Flagged runs as (start, length) in x, joined where they share a column and at least one column wide.

    `width` is that of one point, in x.
    """
    spans = runs(flags)
    if not len(spans):
        return []
    column = max((x[-1] - x[0] + width) / columns, 1e-12)
    starts, stops = x[spans[:, 0]], x[spans[:, 1] - 1] + width
    stops = np.maximum(stops, starts + column)
    ends = np.maximum.accumulate(stops)
    fresh = np.concatenate(([True], starts[1:] > ends[:-1]))
    last = np.append(np.flatnonzero(fresh)[1:] - 1, len(ends) - 1)
    return [(float(a), float(b - a)) for a, b in zip(starts[fresh], ends[last], strict=True)]


def _column(x: Floats, columns: int) -> Ints:
    column: Ints = np.minimum((x - x[0]) / (x[-1] - x[0]) * columns, columns - 1).astype(np.int64)
    return column


def _extremes(column: Ints, values: Floats) -> Ints:
    """The indices of the lowest and highest value of each column, increasing."""
    firsts = np.flatnonzero(np.diff(column, prepend=-1))
    sizes = np.diff(np.append(firsts, len(values)))
    kept = []
    for reduce in (np.minimum, np.maximum):
        extreme = np.repeat(reduce.reduceat(values, firsts), sizes)
        hits = np.flatnonzero(values == extreme)
        kept.append(hits[np.unique(column[hits], return_index=True)[1]])
    both: Ints = np.unique(np.concatenate(kept))
    return both
