"""The best threshold of a statistic, found in a few sorts.

Counts at any threshold are exact, however many points there are. What is searched is where to count: at the maxima of
the incidents, at ranks that thin out downwards, and then closer and closer around the best.

A threshold t stands for the flags `statistic >= t`. NaN never flags, +inf always does, -inf never does.
"""

import math
from dataclasses import dataclass
from functools import reduce

import numpy as np

from argosy.eval.counts import Counts, LabelledPart
from argosy.eval.objective import Objective
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs

__all__ = ["CANDIDATES", "MOST_FALSE", "SLACK", "Curve", "Cut", "LabelledPart", "curve", "settle", "sweep"]

CANDIDATES = 256
MOST_FALSE = 0.1
"""No threshold is considered that flags a greater share of the unlabelled points: one alert over everything holds every
incident, and the delay-limited event F1 alone would call that perfect."""

SLACK = 0.05
"""How far from the best a threshold may lie that `settle` takes. Over the baselines on the KPI curves it costs .016 of
the default objective in training, and gains .005 on the next fifth and .008 on the rest (Event-F1-PA: .01 and .02)."""

_ZOOMS = 3
_PEAKS = 4
_TIE = 1e-12


@dataclass(frozen=True)
class Cut:
    """A threshold with the objective it reaches.

    The objective is `value` for every threshold in (low, high]. Where nothing is gained by flagging, the threshold is
    infinite and `value` 0; where nothing is labelled, it is infinite and `value` NaN.
    """

    threshold: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Curve:
    """The objective over rising thresholds, both shape (m,)."""

    thresholds: Floats
    values: Floats


def sweep(
    labels: Bools | LabelledPart,
    stat: Floats,
    objective: Objective,
    candidates: int = CANDIDATES,
    most_false: float = MOST_FALSE,
) -> Cut:
    """The threshold of `stat`, shape (n,), at which the objective is largest.

    Considered are thresholds that flag at most the share `most_false` of the unlabelled points (but always one point).

    It is exact when at most `candidates` values of the statistic matter, and for Event-F1-PA alone when at most half
    as many incidents are labelled; else it is the best of up to `candidates` thresholds and of as many again in each of
    a few rounds closer to the best ones. Among equally good thresholds it takes the widest range, relative to its
    level, and in that range the middle between the lowest value that must be flagged and the highest that must not: the
    geometric mean when both are positive, else the arithmetic one.
    """
    part = _part(labels)
    if not part.positives:
        return Cut(math.inf, math.nan, -math.inf, math.inf)
    counts = Counts.of(part, stat, most_false)
    grid, values = _search(counts, objective, candidates)
    best = float(values.max()) if len(values) else 0.0
    if best <= 0.0:
        return Cut(math.inf, 0.0, counts.highest, math.inf)
    low, high = _plateau(counts, objective, grid, values >= best - _TIE, best, candidates)
    return Cut(_middle(low, high), best, low, high)


def settle(
    labels: Bools | LabelledPart,
    stat: Floats,
    objective: Objective,
    slack: float = SLACK,
    candidates: int = CANDIDATES,
    most_false: float = MOST_FALSE,
) -> Cut:
    """A threshold that will do on later data: the middle of the widest range that comes within `slack` of the best.

    Like `sweep`, but (low, high] is the range found, as far as it was counted, and `value` the objective at the
    threshold itself.
    """
    part = _part(labels)
    exact = sweep(part, stat, objective, candidates, most_false)
    if math.isinf(exact.threshold):
        return exact
    counts = Counts.of(part, stat, most_false)
    grid, values = _search(counts, objective, candidates)
    good = runs(values >= exact.value - slack)
    lows, highs = np.append(counts.floor, grid)[good[:, 0]], grid[good[:, 1] - 1]
    widest = int(_widths(lows, highs).argmax())
    low, high = float(lows[widest]), float(highs[widest])
    threshold = _middle(low, high)
    value = float(counts.values(np.array([threshold]), objective)[0])
    return Cut(threshold, value, low, high) if value >= exact.value - slack else exact


def curve(
    labels: Bools | LabelledPart,
    stat: Floats,
    objective: Objective,
    candidates: int = CANDIDATES,
    most_false: float = MOST_FALSE,
) -> Curve:
    """The objective at up to `candidates` thresholds from the lowest that `sweep` considers to the highest.

    Between two of them that are neighbours among the values of the statistic nothing changes. Values are NaN when
    nothing is labelled.
    """
    part = _part(labels)
    counts = Counts.of(part, stat, most_false)
    grid = _coarse(counts, objective, candidates)
    return Curve(grid, counts.values(grid, objective) if part.positives else np.full(len(grid), np.nan))


def _part(labels: Bools | LabelledPart) -> LabelledPart:
    return labels if isinstance(labels, LabelledPart) else LabelledPart.of(labels)


def _coarse(counts: Counts, objective: Objective, candidates: int) -> Floats:
    arrays = counts.relevant(objective)
    if sum(map(len, arrays)) <= 8 * candidates and len(every := _union(arrays)) <= candidates:
        return every
    kept = [(_ranked, counts.normal)]
    if objective.point_weight:
        kept.append((_ranked, counts.labelled))
    if objective.event_pa_weight:
        kept.append((_thinned, counts.maxima))
    if objective.event_delay_weight:
        kept.append((_thinned, counts.early_maxima))
    return _union([thin(values, candidates // len(kept)) for thin, values in kept])


def _search(counts: Counts, objective: Objective, candidates: int) -> tuple[Floats, Floats]:
    """The values counted at, rising, and the objective there."""
    grid = _coarse(counts, objective, candidates)
    values = counts.values(grid, objective)
    for _ in range(_ZOOMS):
        closer = _union([grid, *_around(counts, objective, grid, values, candidates // _PEAKS)])
        if len(closer) == len(grid):
            break
        grid, values = closer, counts.values(closer, objective)
    return grid, values


def _around(counts: Counts, objective: Objective, grid: Floats, values: Floats, most: int) -> list[Floats]:
    """At most `most` values between the neighbours of each of the best ones of the grid."""
    ends = np.concatenate(([-np.inf], grid, [np.inf]))
    arrays = counts.relevant(objective)
    return [
        _thinned(_union([_between(array, ends[i], ends[i + 2]) for array in arrays]), most)
        for i in np.argsort(values)[-_PEAKS:]
    ]


def _plateau(
    counts: Counts, objective: Objective, grid: Floats, tied: Bools, best: float, candidates: int
) -> tuple[float, float]:
    """The widest range (low, high] on which the objective is the best."""
    arrays = counts.relevant(objective)
    below = reduce(np.maximum, [_before(array, grid, counts.floor) for array in arrays])
    joined = np.concatenate(([False], tied[1:] & tied[:-1] & (below[1:] == grid[:-1])))
    first = np.flatnonzero(tied & ~joined)
    last = np.flatnonzero(tied & ~np.append(joined[1:], False))
    lows, highs = below[first], grid[last]
    widest = int(_widths(lows, highs).argmax())
    return _stretched(counts, objective, float(lows[widest]), float(highs[widest]), best, candidates)


def _stretched(
    counts: Counts, objective: Objective, low: float, high: float, best: float, candidates: int
) -> tuple[float, float]:
    """Lets the range grow over neighbouring values for as long as the objective stays the same."""
    arrays = counts.relevant(objective)
    lower = _union([array[: np.searchsorted(array, low, side="right")][-candidates:] for array in arrays])
    for value, objective_there in zip(lower[::-1], counts.values(lower[::-1], objective), strict=True):
        if value != low or abs(objective_there - best) > _TIE:
            break
        low = float(max(_before(array, np.array([value]), counts.floor)[0] for array in arrays))
    upper = _union([array[np.searchsorted(array, high, side="right") :][:candidates] for array in arrays])
    for value, objective_there in zip(upper, counts.values(upper, objective), strict=True):
        if abs(objective_there - best) > _TIE:
            break
        high = float(value)
    return low, high


def _widths(lows: Floats, highs: Floats) -> Floats:
    """How wide ranges are beside their level: 0 to 1; a range without a lower end counts as narrow."""
    bounded = np.isfinite(lows)
    low, high = np.where(bounded, lows, 0.0), np.where(np.isfinite(highs), highs, np.finfo(np.float64).max / 4)
    level = np.abs(low) + np.abs(high)
    return np.where(bounded & (level > 0), (high - low) / np.where(level > 0, level, 1.0), 0.0)


def _middle(low: float, high: float) -> float:
    if math.isinf(high):
        return low + max(abs(low), 1.0) if math.isfinite(low) else 1.0
    if math.isinf(low):
        return high
    middle = math.sqrt(low) * math.sqrt(high) if low > 0 else low / 2 + high / 2
    return min(max(middle, math.nextafter(low, math.inf)), high)


def _before(ordered: Floats, values: Floats, floor: float) -> Floats:
    """For each value the greatest of `ordered` below it, or the floor."""
    padded = np.concatenate(([floor], ordered))
    found: Floats = padded[np.searchsorted(ordered, values, side="left")]
    return found


def _between(ordered: Floats, low: float, high: float) -> Floats:
    return ordered[np.searchsorted(ordered, low, side="right") : np.searchsorted(ordered, high, side="left")]


def _union(arrays: list[Floats]) -> Floats:
    return np.unique(np.concatenate(arrays))


def _thinned(ordered: Floats, most: int) -> Floats:
    """At most `most` of the values, evenly by rank, the first and the last included."""
    if len(ordered) <= most:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, most).astype(np.int64)]


def _ranked(ordered: Floats, most: int) -> Floats:
    """At most `most` of the values: the highest, and below it at distances that grow by ratio."""
    if len(ordered) <= most:
        return ordered
    return ordered[len(ordered) - np.unique(np.geomspace(1, len(ordered), most).astype(np.int64))]
