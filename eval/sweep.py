"""The best threshold of a statistic, found in a few sorts.

Counts at any threshold are exact, however many points there are. What is searched is where to count: at the maxima of
the incidents, at ranks that thin out downwards, and then closer and closer around the best.

A threshold t stands for the flags `statistic >= t`. NaN never flags, +inf always does, -inf never does.
"""

import math
from dataclasses import dataclass
from functools import reduce

import numpy as np

from eval.objective import Objective
from eval.rates import DELAY_POINTS, early
from signals.arrays import Bools, Floats, Ints
from signals.incidents import runs

CANDIDATES = 256
MOST_FALSE = 0.1
"""No threshold is considered that flags a greater share of the unlabelled points: one alert over everything holds every
incident, and the delay-limited event F1 alone would call that perfect."""

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


@dataclass(frozen=True, eq=False)
class LabelledPart:
    """What a sweep needs of the labels alone; make it once by `of` where the same labels are swept often.

    `normal` are the points that are not labelled. `segments` are the labelled runs and `early` their first k + 1
    points, shape (m, 2); `bridges` run from the last point of one labelled run to the first of the next, both included.
    `quiet` and `border` tell of each pair of neighbours whether no point and whether one of it is labelled, shape
    (n - 1,).
    """

    labels: Bools
    normal: Bools
    segments: Ints
    early: Ints
    bridges: Ints
    quiet: Bools
    border: Bools
    positives: int

    @staticmethod
    def of(labels: Bools, k: int = DELAY_POINTS) -> "LabelledPart":
        segments = runs(labels)
        return LabelledPart(
            labels,
            ~labels,
            segments,
            early(segments, k),
            np.column_stack((segments[:-1, 1] - 1, segments[1:, 0] + 1)),
            ~(labels[:-1] | labels[1:]),
            labels[:-1] ^ labels[1:],
            int(np.count_nonzero(labels)),
        )


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
    counts = _Counts.of(part, stat, most_false)
    grid, values = _search(counts, objective, candidates)
    best = float(values.max()) if len(values) else 0.0
    if best <= 0.0:
        return Cut(math.inf, 0.0, counts.highest, math.inf)
    low, high = _plateau(counts, objective, grid, values >= best - _TIE, best, candidates)
    return Cut(_middle(low, high), best, low, high)


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
    counts = _Counts.of(part, stat, most_false)
    grid = _coarse(counts, objective, candidates)
    return Curve(grid, counts.values(grid, objective) if part.positives else np.full(len(grid), np.nan))


def _part(labels: Bools | LabelledPart) -> LabelledPart:
    return labels if isinstance(labels, LabelledPart) else LabelledPart.of(labels)


@dataclass(frozen=True, eq=False)
class _Counts:
    """The sorted values above `floor` at which something happens, so that a count above it is a binary search.

    An alert is a flagged run. Within the unlabelled stretches there are as many as flagged points less flagged pairs of
    neighbours; one that goes on into a labelled run is not false, and there is one such for each flagged border, save
    that a flagged bridge between two labelled runs is one alert with two borders.
    """

    positives: int
    incidents: int
    floor: float
    normal: Floats
    labelled: Floats
    maxima: Floats
    early_maxima: Floats
    pairs: Floats
    borders: Floats
    bridges: Floats

    @staticmethod
    def of(part: LabelledPart, stat: Floats, most_false: float) -> "_Counts":
        known = np.where(np.isnan(stat), -np.inf, stat)
        normal = known[part.normal]
        floor = _floor(normal, most_false)
        pairs = np.minimum(known[:-1], known[1:])
        return _Counts(
            part.positives,
            len(part.segments),
            floor,
            _sorted(normal, floor),
            _sorted(known[part.labels], floor),
            _sorted(_over(np.maximum, known, part.segments), floor),
            _sorted(_over(np.maximum, known, part.early), floor),
            _sorted(pairs[part.quiet & (pairs > floor)], floor),
            _sorted(pairs[part.border], floor),
            _sorted(_over(np.minimum, known, part.bridges), floor),
        )

    @property
    def highest(self) -> float:
        """The greatest value of the statistic, or -inf when none is above the floor."""
        return float(max(array[-1] if len(array) else -np.inf for array in (self.normal, self.labelled)))

    def values(self, thresholds: Floats, objective: Objective) -> Floats:
        """The objective at each threshold, shape (m,); all of them above the floor."""
        false_points = _at_least(self.normal, thresholds)
        found = np.zeros(len(thresholds))
        if objective.point_weight:
            tp = _at_least(self.labelled, thresholds)
            found += objective.point_weight * _f1(tp, false_points, self.positives)
        if objective.event_pa_weight:
            tp = _at_least(self.maxima, thresholds)
            found += objective.event_pa_weight * _f1(tp, false_points, self.incidents)
        if objective.event_delay_weight:
            tp = _at_least(self.early_maxima, thresholds)
            alerts = false_points - _at_least(self.pairs, thresholds)
            alerts += _at_least(self.bridges, thresholds) - _at_least(self.borders, thresholds)
            found += objective.event_delay_weight * _f1(tp, alerts, self.incidents)
        return found

    def relevant(self, objective: Objective) -> list[Floats]:
        """The sorted values at which this objective can change."""
        arrays = [self.normal]
        if objective.point_weight:
            arrays.append(self.labelled)
        if objective.event_pa_weight:
            arrays.append(self.maxima)
        if objective.event_delay_weight:
            arrays += [self.early_maxima, self.borders, self.bridges]
        return arrays


def _floor(normal: Floats, most_false: float) -> float:
    """The greatest value at or below which a threshold would flag too many of the unlabelled points."""
    allowed = max(1, math.floor(len(normal) * most_false))
    if allowed >= len(normal):
        return -math.inf
    at = len(normal) - 1 - allowed
    return float(np.partition(normal, at)[at])


def _sorted(values: Floats, floor: float) -> Floats:
    return np.sort(values[values > floor])


def _over(take: np.ufunc, values: Floats, segments: Ints) -> Floats:
    """`take` reduced over each run, shape (m,)."""
    if not len(segments):
        return np.empty(0)
    padded = np.concatenate((values, [0.0]))  # a run may end at n, where reduceat takes no index
    reduced: Floats = take.reduceat(padded, segments.ravel())[::2]
    return reduced


def _at_least(ordered: Floats, thresholds: Floats) -> Ints:
    return len(ordered) - np.searchsorted(ordered, thresholds, side="left")


def _f1(tp: Ints, fp: Ints, all_there_are: int) -> Floats:
    ratio: Floats = 2 * tp / (tp + fp + all_there_are)
    return ratio


def _coarse(counts: _Counts, objective: Objective, candidates: int) -> Floats:
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


def _search(counts: _Counts, objective: Objective, candidates: int) -> tuple[Floats, Floats]:
    """The values counted at, rising, and the objective there."""
    grid = _coarse(counts, objective, candidates)
    values = counts.values(grid, objective)
    for _ in range(_ZOOMS):
        closer = _union([grid, *_around(counts, objective, grid, values, candidates // _PEAKS)])
        if len(closer) == len(grid):
            break
        grid, values = closer, counts.values(closer, objective)
    return grid, values


def _around(counts: _Counts, objective: Objective, grid: Floats, values: Floats, most: int) -> list[Floats]:
    """At most `most` values between the neighbours of each of the best ones of the grid."""
    ends = np.concatenate(([-np.inf], grid, [np.inf]))
    arrays = counts.relevant(objective)
    return [
        _thinned(_union([_between(array, ends[i], ends[i + 2]) for array in arrays]), most)
        for i in np.argsort(values)[-_PEAKS:]
    ]


def _plateau(
    counts: _Counts, objective: Objective, grid: Floats, tied: Bools, best: float, candidates: int
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
    counts: _Counts, objective: Objective, low: float, high: float, best: float, candidates: int
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
