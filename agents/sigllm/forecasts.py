"""Forecasts of overlapping windows as one: the median over samples and overlaps."""

from collections.abc import Sequence

import numpy as np

from argosy.signals.arrays import Floats, Ints

_FENCES = 1.5


def align_forecasts(points: int, starts: Ints, forecasts: Sequence[Sequence[Sequence[float]]], horizon: int) -> Floats:
    """Every forecast of every point, shape (points, m), NaN in the places that are left over.

    `forecasts` has for each window, by where what it forecasts begins, its samples of at most `horizon` values.
    """
    said: list[list[float]] = [[] for _ in range(points)]
    for start, samples in zip(starts.tolist(), forecasts, strict=True):
        for sample in samples:
            for at, value in enumerate(sample[:horizon], start=start):
                if at < points:
                    said[at].append(value)
    table = np.full((points, max((len(each) for each in said), default=0)), np.nan)
    for at, values in enumerate(said):
        table[at, : len(values)] = values
    return table


def without_outliers(table: Floats) -> Floats:
    """The forecasts with NaN for those further than 1.5 interquartile ranges outside the quartiles of all."""
    if np.isnan(table).all():
        return table
    low, high = np.nanpercentile(table, [25, 75])
    reach = _FENCES * (high - low)
    return np.where((table < low - reach) | (table > high + reach), np.nan, table)


def median_forecast(table: Floats) -> Floats:
    """The median forecast of each point, shape (n,); NaN where there is none."""
    found = np.full(len(table), np.nan)
    some = ~np.isnan(table).all(axis=1) if table.shape[1] else np.zeros(len(table), dtype=np.bool_)
    found[some] = np.nanmedian(table[some], axis=1)
    return found
