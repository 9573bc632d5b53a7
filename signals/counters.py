"""Counters: totals that only rise, until what counts starts again from zero; and the rates at which they rise."""

from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Floats
from argosy.signals.errors import BadInput
from argosy.signals.series import Series

FALLS_TO = 0.5
"""A counter that starts again falls below this share of what it was."""

MOST_RESTARTS = 0.1
"""The share of a counter's moves that may be falls, before it is not taken for one unless it is called one."""

FEWEST_RISES = 50
"""Fewer rises in a row are seen in many a gauge."""

MOST_FALLS = 0.25
"""The share of moves that may be falls where a series is said to be a counter: of a gauge about half are."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rise:
    """How a series that may be a counter moves: so many rises, and restarts."""

    rises: int
    restarts: int


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates a second, shape (n,), NaN where none is known; what was found on the way.

    `restarts` of the counter; `unknown` restarts over a gap, `corrections` of a total that fell a little; `over_gaps`
    rates that are the mean over a gap.
    """

    values: Floats
    restarts: int
    unknown: int
    corrections: int
    over_gaps: int


def only_rises(values: Floats) -> Rise | None:
    """How values rise that may be those of a counter: never below zero, and falling seldom and then to little or none.

    None for those of a gauge, and for those of which one cannot tell, as they rise a few times only.

    >>> only_rises(np.append(np.arange(60.0), np.arange(40.0)))
    Rise(rises=98, restarts=1)
    >>> only_rises(np.arange(20.0)) is None
    True
    """
    there = values[~np.isnan(values)]
    moves = np.diff(there)
    rises, falls = int((moves > 0).sum()), np.flatnonzero(moves < 0)
    if rises < FEWEST_RISES or (there < 0).any() or len(falls) > MOST_RESTARTS * (rises + len(falls)):
        return None
    return None if _corrected(there, moves)[falls].any() else Rise(rises, len(falls))


def rates(series: Series, place: str) -> Rates:
    """The rates of a counter: by how much it rose since the value before, by the seconds that had passed.

    As Prometheus' `rate` does, a fall is a restart from zero, and what the counter is then has been counted since. The
    first value has no rate. Over a gap a rate is the mean; where the counter started again in the gap it is not known,
    and neither where a total fell so little that it was corrected. Raises BadInput, naming the place, where the series
    falls as often as a gauge or is below zero.

    >>> series = Series("a", np.array([0, 60, 120]), np.array([100.0, 160.0, 30.0]), 60)
    >>> rates(series, "a").values.tolist()
    [nan, 1.0, 0.5]
    """
    at = np.flatnonzero(~np.isnan(series.values))
    values = series.values[at]
    rise, passed = np.diff(values), np.diff(series.seconds[at])
    rise[np.abs(rise) <= _ROUNDING * np.abs(values[1:])] = 0.0
    fell = rise < 0
    _refuse_gauge(values, rise, place)
    over_gap = passed >= 1.5 * series.step_s
    counted = np.where(fell, values[1:], rise)
    corrected = fell & _corrected(values, rise)
    unknown = fell & over_gap & ~corrected
    counted[corrected | unknown] = np.nan
    found: Floats = np.full(len(series), np.nan)
    found[at[1:]] = counted / passed
    restarts, mean = int((fell & ~corrected).sum()), int((over_gap & ~np.isnan(counted)).sum())
    return Rates(found, restarts, int(unknown.sum()), int(corrected.sum()), mean)


def _corrected(values: Floats, rise: Floats) -> Bools:
    """Where a fall is no restart: what is left is more than half, and more than was ever counted in one step."""
    most = float(rise.max(initial=0.0))
    corrected: Bools = (values[1:] > FALLS_TO * values[:-1]) & (values[1:] > most)
    return corrected


def _refuse_gauge(values: Floats, rise: Floats, place: str) -> None:
    mend = "where these are no totals leave --rate out; with a detector that was made on rates, say --no-rate"
    if len(values) < 2:
        raise BadInput(place, "one value has no rate", "give at least two")
    if (values < 0).any():
        raise BadInput(place, f"falls to {values.min():g}, and a counter is never below zero", mend)
    falls, moves = int((rise < 0).sum()), int((rise != 0).sum())
    if falls > 1 and falls > MOST_FALLS * moves:
        problem = f"falls {falls:,} of the {moves:,} times that it moves, and a counter falls where it restarts only"
        raise BadInput(place, problem, mend)
