"""What a rule's scores are worth on training data, judged so that luck counts for little.

The objective of the base fused with the rule is taken as a function of the rule's threshold, and averaged over
thresholds somewhat lower and higher: a plateau is worth more than a spike on it.
"""

import math
from dataclasses import dataclass

import numpy as np

from detectors.rule import Direction
from eval.objective import Objective
from eval.sweep import LabelledPart, curve
from signals.arrays import Bools, Floats

GRID_POINTS = 240
WIDTH = 0.2
"""Thresholds within a factor of 1 ± this are averaged over."""


@dataclass(frozen=True)
class Steady:
    """A factor by which to multiply the threshold that scores were made with, and the value reached there."""

    factor: float
    value: float


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Judges rules of one direction against one base on one labelled part; `alarm` is where the base alarms."""

    part: LabelledPart
    alarm: Bools
    direction: Direction
    objective: Objective

    @staticmethod
    def of(labels: Bools, base_scores: Floats, direction: Direction, objective: Objective) -> "Yardstick":
        return Yardstick(LabelledPart.of(labels), base_scores >= 1.0, direction, objective)

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
        values = self._steady(scores, np.array([1.0]))
        return float(values[0])

    def best(self, scores: Floats, lowest: float, highest: float) -> Steady:
        """The best factor in [lowest, highest] for the threshold of scores that are inversely proportional to it."""
        statistic = self.fused(scores)
        finite = statistic[np.isfinite(statistic) & (statistic > 0)]
        if not len(finite):
            return Steady(float(np.clip(1.0, lowest, highest)), self.value(scores))
        low = max(lowest, float(np.quantile(finite, 0.5 if self.direction is Direction.FLAG else 0.0)) / 2)
        high = min(highest, 1.5 * float(finite.max()))
        if low >= high:
            low = high = float(np.clip(low, lowest, highest))
        grid = np.geomspace(low, high, GRID_POINTS)
        values = self._steady(scores, grid)
        return _middle_of_best(grid, values)

    def _steady(self, scores: Floats, thresholds: Floats) -> Floats:
        found = curve(self.part, self.fused(scores), self.objective, most_false=0.3)
        near = np.geomspace(1 - WIDTH, 1 / (1 - WIDTH), 9)
        steps = np.append(found.values, found.values[-1] if len(found.values) else math.nan)
        at = np.searchsorted(found.thresholds, thresholds[:, None] * near, side="left")
        return np.asarray(steps[at].mean(axis=1), dtype=np.float64)


def _middle_of_best(grid: Floats, values: Floats) -> Steady:
    """The middle of the longest stretch of the grid on which the value is the highest."""
    known = np.where(np.isnan(values), -np.inf, values)
    best = float(known.max())
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (known >= best - 1e-9).astype(np.int8), [0]))))
    starts, stops = edges[::2], edges[1::2]
    widest = int(np.argmax(stops - starts))
    return Steady(float(grid[(starts[widest] + stops[widest] - 1) // 2]), best)
