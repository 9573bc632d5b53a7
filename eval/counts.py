"""The objective at any threshold of a statistic, counted exactly by binary search in a few sorted arrays."""

import math
from dataclasses import dataclass

import numpy as np

from argosy.eval.objective import Objective
from argosy.eval.rates import DELAY_POINTS, early
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs


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


@dataclass(frozen=True, eq=False)
class Counts:
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
    def of(part: LabelledPart, stat: Floats, most_false: float) -> "Counts":
        known = np.where(np.isnan(stat), -np.inf, stat)
        normal = known[part.normal]
        floor = _floor(normal, most_false)
        pairs = np.minimum(known[:-1], known[1:])
        return Counts(
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
