"""Volume under the surface (Paparrizos et al., PVLDB 15(11), 2022): AUCs that forgive a near miss, over all buffers.

For every buffer from 0 to `BUFFER_POINTS` each incident gets half a buffer of weight at either side, falling as
sqrt(1 - distance / buffer); the volume is the mean of the AUCs. Every distinct score is a threshold, where published
code takes 250 of them, which on long series misses what happens at the top of the ranking.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs

BUFFER_POINTS = 100
"""The largest buffer, fixed for all series: the mean runs over the buffers 0, 1, … 100 points."""


@dataclass(frozen=True)
class Volumes:
    """VUS-PR and VUS-ROC, each in [0, 1]; NaN when nothing is labelled, `roc` also when everything is."""

    pr: float
    roc: float


def vus_pr(labels: Bools, scores: Floats, buffer: int = BUFFER_POINTS) -> float:
    """The volume under the precision-recall surface. NaN scores rank lowest. Both shape (n,)."""
    ranking = _Ranking.of(labels, scores, buffer)
    return float(np.mean([_area_pr(ranking, curve) for curve in _curves(ranking)])) if ranking else math.nan


def volumes(labels: Bools, scores: Floats, buffer: int = BUFFER_POINTS) -> Volumes:
    """Both volumes. `labels` and `scores`: shape (n,)."""
    ranking = _Ranking.of(labels, scores, buffer)
    if ranking is None:
        return Volumes(math.nan, math.nan)
    areas = [(_area_pr(ranking, curve), _area_roc(ranking, curve)) for curve in _curves(ranking)]
    pr, roc = np.mean(areas, axis=0)
    return Volumes(float(pr), math.nan if labels.all() else float(roc))


@dataclass(frozen=True, eq=False)
class _Ranking:
    """The points that carry weight at some buffer, by falling score, in groups of equal score.

    `points` are their indices, `ends` where each group ends among them, shape (g,). `flagged` counts all points with at
    least the group's score, `above` those with more.
    """

    size: int
    buffer: int
    segments: Ints
    positives: int
    points: Ints
    group: Ints
    ends: Ints
    flagged: Ints
    above: Ints
    labelled: Ints

    @staticmethod
    def of(labels: Bools, scores: Floats, buffer: int) -> "_Ranking | None":
        segments = runs(labels)
        if not len(segments):
            return None
        ranked = np.where(np.isnan(scores), -np.inf, scores)
        near = np.flatnonzero(_reach(len(labels), segments, buffer // 2))
        order = np.argsort(-ranked[near], kind="stable")
        points, values = near[order], ranked[near[order]]
        ends = np.append(np.flatnonzero(values[1:] != values[:-1]) + 1, len(values))
        levels, everything = values[ends - 1], np.sort(ranked)
        group = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        flagged = len(ranked) - np.searchsorted(everything, levels, side="left")
        above = len(ranked) - np.searchsorted(everything, levels, side="right")
        labelled = np.cumsum(labels[points])[ends - 1]
        positives = int(np.count_nonzero(labels))
        return _Ranking(len(labels), buffer, segments, positives, points, group, ends, flagged, above, labelled)


@dataclass(frozen=True, eq=False)
class _Curve:
    """For each group the weight of what is flagged outside incidents, and the rate of true positives; shape (g,)."""

    weight: Floats
    recall: Floats


def _curves(ranking: _Ranking) -> Iterator[_Curve]:
    position = np.full(ranking.size + 1, len(ranking.ends), dtype=np.int64)
    position[ranking.points] = ranking.group
    nearest, second = _distances(ranking)
    for half in range(ranking.buffer // 2 + 1):
        existence = _existence(ranking, position, half)
        shared = second <= half
        for buffer in (2 * half, 2 * half + 1):
            if buffer <= ranking.buffer:
                weights = _fall(half, buffer, ranking.buffer)[nearest]
                weights[shared] = 1.0
                yield _curve(ranking, existence, weights)


def _fall(half: int, buffer: int, most: int) -> Floats:
    """The weight by distance: 0 inside incidents, which count apart, and beyond half a buffer."""
    distances = np.arange(most // 2 + 2)
    return np.where(
        (distances > 0) & (distances <= half), np.sqrt(1.0 - np.minimum(distances / max(buffer, 1), 1.0)), 0.0
    )


def _curve(ranking: _Ranking, existence: Floats, weights: Floats) -> _Curve:
    weight = np.cumsum(weights)[ranking.ends - 1]
    recall = np.minimum((ranking.labelled + weight) / (ranking.positives + weight / 2), 1.0) * existence
    return _Curve(weight, recall)


def _area_pr(ranking: _Ranking, curve: _Curve) -> float:
    precision = (ranking.labelled + curve.weight) / ranking.flagged
    return float(np.einsum("i,i->", np.diff(curve.recall, prepend=0.0), precision))


def _area_roc(ranking: _Ranking, curve: _Curve) -> float:
    """Trapezia between thresholds; between two groups only false positives are added, so the curve runs level."""
    negatives = ranking.size - ranking.positives - curve.weight / 2
    if ranking.positives == ranking.size:
        return math.nan
    found = ranking.labelled + curve.weight
    here = (ranking.flagged - found) / negatives
    before = np.concatenate(([0.0], found[:-1]))
    level = np.concatenate(([0.0], curve.recall[:-1]))
    start = (ranking.above - before) / np.concatenate(([ranking.size - ranking.positives], negatives[:-1]))
    left = np.concatenate(([0.0], here[:-1]))
    flat = np.einsum("i,i->", start - left, level)
    steps = np.einsum("i,i->", here - start, (level + curve.recall) / 2)
    rest = (ranking.size - found[-1]) / negatives[-1]
    last, top = curve.recall[-1], curve.recall[-1]
    return float(flat + steps + (rest - here[-1]) * last + (1.0 - rest) * (1.0 + top) / 2)


def _reach(size: int, segments: Ints, half: int) -> Bools:
    """The points in a segment or within `half` points of one."""
    edges = np.zeros(size + 1, dtype=np.int64)
    np.add.at(edges, np.maximum(segments[:, 0] - half, 0), 1)
    np.add.at(edges, np.minimum(segments[:, 1] + half, size), -1)
    reached: Bools = np.cumsum(edges[:-1]) > 0
    return reached


def _existence(ranking: _Ranking, position: Ints, half: int) -> Floats:
    """The share of incidents, those joined whose buffers meet, that hold a flag at each group's score; shape (g,)."""
    starts = np.maximum(ranking.segments[:, 0] - half, 0)
    stops = np.minimum(ranking.segments[:, 1] + half, ranking.size)
    apart = starts[1:] >= stops[:-1]
    joined = np.column_stack((starts[np.append(True, apart)], stops[np.append(apart, True)]))
    first = np.minimum.reduceat(position, joined.ravel())[::2]
    share: Floats = np.cumsum(np.bincount(first, minlength=len(ranking.ends))) / len(joined)
    return share


def _distances(ranking: _Ranking) -> tuple[Ints, Ints]:
    """The distances of each ranked point to the nearest incident and to the one after that; shape (p,).

    The first is 0 for points inside an incident; the second is then out of reach, as is any that exceeds half the
    largest buffer. Two weights within half a buffer always make more than 1, to which weights are capped.
    """
    points, far = ranking.points, ranking.buffer // 2 + 1
    starts, lasts = ranking.segments[:, 0], ranking.segments[:, 1] - 1
    over, begun = np.searchsorted(lasts, points, side="left"), np.searchsorted(starts, points, side="right")
    past = np.concatenate(([-ranking.size - far] * 2, lasts))
    ahead = np.concatenate((starts, [2 * ranking.size + far] * 2))
    sides = (points - past[over + 1], points - past[over], ahead[begun] - points, ahead[begun + 1] - points)
    lowest = np.sort(np.minimum(np.stack(sides), far), axis=0)
    inside = begun > over
    return np.where(inside, 0, lowest[0]), np.where(inside, far, lowest[1])
