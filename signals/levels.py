"""Lasting moves of the level: how often a series goes somewhere else and stays."""

import numpy as np

from argosy.signals.arrays import Floats

BLOCKS = 100
BESIDE = 4
"""A move is looked for between the medians of so many blocks before a place and as many after it."""

MOVED_SPREADS = 4.0
STAYED_SHARE = 0.5


def level_moves(values: Floats, period: int = 1) -> int:
    """How many times the level moves and stays, shape (n,) with NaN for missing values.

    The level is the median of blocks, each at least `period` points long so that a season is no move. A move is a
    difference of more than four usual differences between neighbouring blocks, and of more than half the spread of the
    values, that still holds four blocks later.
    """
    size = max(period, -(-len(values) // BLOCKS), 1)
    count = len(values) // size
    if count < 3 * BESIDE:
        return 0
    blocks = values[: count * size].reshape(count, size)
    known = blocks[~np.isnan(blocks).all(axis=1)]
    if len(known) < 3 * BESIDE:
        return 0
    levels = np.nanmedian(known, axis=1)
    low, high = np.nanquantile(known, [0.25, 0.75])
    usual = float(np.median(np.abs(np.diff(levels))))
    least = max(MOVED_SPREADS * usual, STAYED_SHARE * float(high - low), 1e-9 * float(np.abs(levels).max()))
    return _moves(levels, least)


def _moves(levels: Floats, least: float) -> int:
    places = range(BESIDE, len(levels) - BESIDE + 1)
    sizes = np.array([abs(np.median(levels[at : at + BESIDE]) - np.median(levels[at - BESIDE : at])) for at in places])
    count = 0
    while len(sizes) and sizes.max() > least:
        at = int(sizes.argmax())
        count += 1
        sizes[max(0, at - BESIDE) : at + BESIDE + 1] = 0.0
    return count
