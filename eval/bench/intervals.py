"""Bootstrap confidence intervals of means over series."""

import math
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Floats

DRAWS = 2_000
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with the bounds of its percentile bootstrap at `LEVEL`; bounds are NaN for fewer than two values."""

    mean: float
    low: float
    high: float
    values: int


def bootstrap(values: Floats, seed: int = 0) -> Interval:
    """The interval of the mean of one value a series, NaN left out, shape (n,); the same seed gives the same bounds."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Interval(math.nan, math.nan, math.nan, 0)
    if len(known) < 2:
        return Interval(float(known[0]), math.nan, math.nan, 1)
    drawn = np.random.default_rng(seed).integers(0, len(known), (DRAWS, len(known)))
    low, high = np.quantile(known[drawn].mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(known.mean()), float(low), float(high), len(known))
