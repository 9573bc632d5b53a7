"""Affiliation precision and recall (Huet et al., KDD 2022): how near flags are to incidents, against chance.

Each incident owns the stretch that is nearer to it than to any other. There, a flag is worth the chance that a point
drawn blindly would lie farther from the incident; a moment of the incident the chance that a point drawn blindly would
lie farther from it than the flags do. Point i is the interval [i, i + 1).
"""

import math

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs

_CELLS = 4
"""Both chances are piecewise linear in time with kinks at quarters of a point, so trapezia on quarters are exact."""


def affiliation_f1(labels: Bools, flags: Bools) -> float:
    """F1 of affiliation precision and recall; NaN when nothing is labelled, 0 when nothing is flagged. Shape (n,)."""
    precision, recall = affiliation(labels, flags)
    if math.isnan(recall):
        return math.nan
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def affiliation(labels: Bools, flags: Bools) -> tuple[float, float]:
    """Precision, the mean over stretches that hold a flag, and recall, the mean over incidents.

    Precision is NaN when nothing is flagged, both are when nothing is labelled. `labels` and `flags`: shape (n,).
    """
    incidents, alerts = runs(labels), runs(flags)
    if not len(incidents):
        return math.nan, math.nan
    if not len(alerts):
        return math.nan, 0.0
    borders = _borders(incidents, len(labels))
    return _precision(incidents, alerts, borders), _recall(incidents, alerts, borders)


def _borders(incidents: Ints, size: int) -> Floats:
    """Where the stretch of each incident begins and, one further, ends; shape (m + 1,)."""
    between = (incidents[:-1, 1] + incidents[1:, 0]) / 2
    return np.concatenate(([0.0], between, [float(size)]))


def _cells(ranges: Ints) -> Floats:
    """The beginnings of the quarter cells of the ranges, in order."""
    lengths = (ranges[:, 1] - ranges[:, 0]) * _CELLS
    firsts = np.repeat(ranges[:, 0] * _CELLS - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return (firsts + np.arange(int(lengths.sum()))) / _CELLS


def _means(zones: Ints, values: Floats, count: int) -> Floats:
    """The mean of the values in each zone; NaN where there is none."""
    sums = np.bincount(zones, weights=values, minlength=count)
    sizes = np.bincount(zones, minlength=count)
    means: Floats = np.divide(sums, sizes, out=np.full(count, np.nan), where=sizes > 0)
    return means


def _precision(incidents: Ints, alerts: Ints, borders: Floats) -> float:
    left = _cells(alerts)
    zones = np.searchsorted(borders, left, side="right") - 1
    low, high = borders[zones], borders[zones + 1]
    start, stop = incidents[zones, 0].astype(np.float64), incidents[zones, 1].astype(np.float64)

    def farther(moments: Floats) -> Floats:
        distance = np.maximum(np.maximum(start - moments, moments - stop), 0.0)
        beyond = np.maximum(start - distance - low, 0.0) + np.maximum(high - stop - distance, 0.0)
        chance: Floats = beyond / (high - low)
        return chance

    inside = (left >= start) & (left < stop)
    chance = np.where(inside, 1.0, (farther(left) + farther(left + 1 / _CELLS)) / 2)
    return float(np.nanmean(_means(zones, chance, len(incidents))))


def _recall(incidents: Ints, alerts: Ints, borders: Floats) -> float:
    left = _cells(incidents)
    zones = np.searchsorted(borders, left, side="right") - 1
    low, high = borders[zones], borders[zones + 1]

    def farther(moments: Floats) -> Floats:
        distance = _to_nearest(moments, low, high, alerts)
        met = np.minimum(distance, moments - low) + np.minimum(distance, high - moments)
        return np.where(np.isinf(distance), 0.0, 1.0 - np.where(np.isinf(distance), 0.0, met) / (high - low))

    chance = (farther(left) + farther(left + 1 / _CELLS)) / 2
    return float(np.mean(_means(zones, chance, len(incidents))))


def _to_nearest(moments: Floats, low: Floats, high: Floats, alerts: Ints) -> Floats:
    """The distance of each moment to the nearest alert within its stretch; infinite where there is none."""
    starts, stops = alerts[:, 0].astype(np.float64), alerts[:, 1].astype(np.float64)
    before = np.searchsorted(starts, moments, side="right") - 1
    ended = np.where(before >= 0, stops[before], -np.inf)
    past = np.where(ended > low, np.maximum(moments - ended, 0.0), np.inf)
    begins = np.append(starts, np.inf)[before + 1]
    return np.minimum(past, np.where(begins < high, begins - moments, np.inf))
