"""What a rule's scores are worth on training data, judged so that luck counts for little.

The objective of the base fused with the rule is taken as a function of the rule's threshold, and averaged over
thresholds somewhat lower and higher: a plateau is worth more than a spike on it.
"""

import math
from dataclasses import dataclass

import numpy as np

from argosy.detectors.rules.rule import Direction
from argosy.eval.objective import Objective
from argosy.eval.sweep import LabelledPart, curve
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs

GRID_POINTS = 240
WIDTH = 0.3
"""Thresholds from 1 − this of a threshold to the inverse share of it are averaged over, counted from what is usual."""

SAFETY = 0.8
"""A clear rule's threshold keeps this far away from the first true event that it would lose."""

LOSES_EVENTS = -1.0
"""What a clear rule is worth that takes a true event back."""


@dataclass(frozen=True)
class SteadyThreshold:
    """A factor by which to multiply the threshold that scores were made with, and the value reached there."""

    factor: float
    value: float


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Judges rules of one direction against one base on one labelled part.

    `alarm` is where the base alarms, and `kept` are the incidents it finds, shape (m, 2), which no clear rule may lose.
    """

    part: LabelledPart
    alarm: Bools
    direction: Direction
    objective: Objective
    kept: Ints

    @staticmethod
    def of(labels: Bools, base_scores: Floats, direction: Direction, objective: Objective) -> "Yardstick":
        alarm = base_scores >= 1.0
        found = [(start, stop) for start, stop in runs(labels) if alarm[start:stop].any()]
        kept = np.array(found, dtype=np.int64).reshape(len(found), 2)
        return Yardstick(LabelledPart.of(labels), alarm, direction, objective, kept)

    def fused(self, scores: Floats) -> Floats:
        """The statistic whose flags at 1 are those of the fusion, and which scales as the rule's threshold does.

        Flag: the base's alarms stand whatever the rule says. Clear: an alarm stands while 1 / score > 1, and for NaN.
        """
        if self.direction is Direction.FLAG:
            return np.where(self.alarm, np.inf, scores)
        with np.errstate(divide="ignore"):
            doubt = np.where(scores > 0, 1.0 / scores, np.inf)
        return np.where(self.alarm, doubt, -np.inf)

    def value(self, scores: Floats) -> float:
        """The steady objective of the base fused with these scores, shape (n,), as they are."""
        statistic = self.fused(scores)
        if self._safe(statistic) < 1.0:
            return LOSES_EVENTS
        return float(self._steady(statistic, np.array([1.0]))[0])

    def best(self, scores: Floats, lowest: float, highest: float) -> SteadyThreshold:
        """The best factor in [lowest, highest] for the threshold of scores that are inversely proportional to it."""
        statistic = self.fused(scores)
        finite = statistic[np.isfinite(statistic) & (statistic > 0)]
        if not len(finite):
            return SteadyThreshold(float(np.clip(1.0, lowest, highest)), self.value(scores))
        low = max(lowest, float(np.quantile(finite, 0.5 if self.direction is Direction.FLAG else 0.0)) / 2)
        safe = self._safe(statistic)
        high = min(highest, 1.5 * float(finite.max()), safe)
        if safe < lowest:
            return SteadyThreshold(lowest, LOSES_EVENTS)
        low = min(low, high)
        grid = np.geomspace(low, high, GRID_POINTS)
        return _middle_of_best(grid, self._steady(statistic, grid))

    def _safe(self, statistic: Floats) -> float:
        """The highest threshold at which every event that the base finds is kept, with some distance."""
        if self.direction is Direction.FLAG or not len(self.kept):
            return math.inf
        return SAFETY * float(min(statistic[start:stop].max() for start, stop in self.kept))

    def _steady(self, statistic: Floats, thresholds: Floats) -> Floats:
        """The objective at each threshold, averaged over its neighbourhood."""
        found = curve(self.part, statistic, self.objective, most_false=0.3)
        near = np.geomspace(1 - WIDTH, 1 / (1 - WIDTH), 11)
        steps = np.append(found.values, found.values[-1] if len(found.values) else math.nan)
        usual = np.minimum(self._usual(statistic), thresholds[:, None])
        at = np.searchsorted(found.thresholds, usual + (thresholds[:, None] - usual) * near, side="left")
        there = steps[np.searchsorted(found.thresholds, thresholds, side="left")]
        return np.asarray(there / 2 + steps[at].mean(axis=1) / 2, dtype=np.float64)

    def _usual(self, statistic: Floats) -> float:
        """The level that distances of thresholds are counted from: the median for a flag rule, 0 for a clear rule."""
        known = statistic[np.isfinite(statistic)]
        return max(0.0, float(np.median(known))) if self.direction is Direction.FLAG and len(known) else 0.0


def _middle_of_best(grid: Floats, values: Floats) -> SteadyThreshold:
    """The middle of the longest stretch of the grid on which the value is the highest."""
    known = np.where(np.isnan(values), -np.inf, values)
    best = float(known.max())
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (known >= best - 1e-9).astype(np.int8), [0]))))
    starts, stops = edges[::2], edges[1::2]
    widest = int(np.argmax(stops - starts))
    return SteadyThreshold(float(grid[(starts[widest] + stops[widest] - 1) // 2]), best)
