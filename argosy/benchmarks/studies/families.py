"""Which series are too much alike to count as strangers: those whose days have one shape."""

from collections.abc import Mapping

import numpy as np

from argosy.signals.arrays import Floats
from argosy.signals.series import Series

ALIKE = 0.95
"""Series whose mean days correlate this highly, however one is shifted against the other, are of one family."""

SLOTS = 96
_DAY_S = 86_400


def families(series: Mapping[str, Series]) -> dict[str, int]:
    """A family number for each series; whoever is like one member is of the family, whatever the step.

    Pass training parts. A series of less than two days, or whose days are flat, is a family of its own.
    """
    days = {id: day for id, each in series.items() if (day := mean_day(each)) is not None}
    family = {id: number for number, id in enumerate(series)}
    ids = list(days)
    for i, one in enumerate(ids):
        for other in ids[:i]:
            if family[one] != family[other] and likeness(days[one], days[other]) >= ALIKE:
                gone = family[one]
                family = {id: family[other] if number == gone else number for id, number in family.items()}
    return family


def mean_day(series: Series) -> Floats | None:
    """The median day in quarters of an hour, shape (96,), with mean 0 and length 1; None where there is none."""
    slot = (series.seconds % _DAY_S) * SLOTS // _DAY_S
    if len(series) < 2 or series.seconds[-1] - series.seconds[0] < 2 * _DAY_S:
        return None
    known = ~np.isnan(series.values)
    there = [series.values[known & (slot == i)] for i in range(SLOTS)]
    medians = np.array([np.median(each) if len(each) else np.nan for each in there])
    places = np.flatnonzero(~np.isnan(medians))
    if len(places) < SLOTS // 4:
        return None
    filled = np.interp(np.arange(SLOTS), places, medians[places], period=SLOTS)
    filled -= filled.mean()
    length = float(np.sqrt((filled**2).sum()))
    return filled / length if length > 1e-12 * (1.0 + float(np.abs(medians[places]).max())) else None


def likeness(one: Floats, other: Floats) -> float:
    """The highest correlation of two days over all shifts of one against the other."""
    return max(float((np.roll(one, shift) * other).sum()) for shift in range(SLOTS))
