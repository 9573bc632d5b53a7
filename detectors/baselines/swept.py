"""A detector that is a family of statistics, of which training picks one, with its direction and its threshold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, Self

import numpy as np

from argosy.detectors.calibration import best_cut, calibrate
from argosy.eval.objective import Objective
from argosy.eval.sweep import LabelledPart
from argosy.signals.arrays import Bools, Floats
from argosy.signals.scores import Scores
from argosy.signals.series import Series

SEARCH_POINTS = 400_000
"""Choosing among statistics looks at the last so many training points; the threshold is found on all of them."""

WORTH_LEAVING = 0.01
"""What a later statistic must gain to be taken instead of an earlier, more usual one."""


class Side(StrEnum):
    """Which departures count."""

    BOTH = "both"
    UP = "up"
    DOWN = "down"


SIDES: Mapping[Side, Callable[[Floats], Floats]] = MappingProxyType(
    {Side.BOTH: np.abs, Side.UP: np.positive, Side.DOWN: np.negative}
)


class Statistic(Protocol):
    """A causal statistic with its numbers fitted. Its signed value has the shape of the series, NaN = no opinion."""

    @property
    def sides(self) -> tuple[Side, ...]: ...

    def __call__(self, series: Series) -> Floats: ...


Family = Callable[[Series, Bools | None], Sequence[Statistic]]
"""From training data to the statistics worth trying, the most usual first; none when the data say too little."""


@dataclass(frozen=True)
class ChosenStatistic:
    """What training picked."""

    statistic: Statistic
    side: Side
    divisor: float


class SweptDetector:
    """Tries the statistics of a family on training data and keeps the one with the best objective.

    Without incidents it keeps the first, counts departures to both sides where it can, and is calibrated to a quiet
    week. `chosen` is None when training data say too little; every score is NaN then.
    """

    def __init__(self, name: str, family: Family, objective: Objective) -> None:
        self.name = name
        self.chosen: ChosenStatistic | None = None
        self._family = family
        self._objective = objective

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Chooses statistic, side and threshold. `labels`: shape (n,), or None."""
        with np.errstate(over="ignore", invalid="ignore"):  # a residual may pass the largest float: that is infinite
            self.chosen = self._choice(series, labels)
        return self

    def score(self, series: Series) -> Scores:
        """Scores of the series, which begins where its history does; causal."""
        if self.chosen is None:
            return Scores(np.full(len(series), np.nan))
        with np.errstate(over="ignore", invalid="ignore"):
            return Scores(SIDES[self.chosen.side](self.chosen.statistic(series)) / self.chosen.divisor)

    def _choice(self, series: Series, labels: Bools | None) -> ChosenStatistic | None:
        statistics = self._family(series, labels)
        if not statistics:
            return None
        statistic, side = statistics[0], statistics[0].sides[0]
        if labels is not None and labels.any():
            statistic, side = self._best(statistics, *_latest(series, labels))
        divisor = calibrate(SIDES[side](statistic(series)), series, labels, self._objective)
        return ChosenStatistic(statistic, side, divisor)

    def _best(self, statistics: Sequence[Statistic], series: Series, labels: Bools) -> tuple[Statistic, Side]:
        part = LabelledPart.of(labels)
        best, kept = -np.inf, (statistics[0], statistics[0].sides[0])
        for statistic in statistics:
            signed = statistic(series)
            for side in statistic.sides:
                value = best_cut(part, SIDES[side](signed), self._objective).value
                if value > best + (WORTH_LEAVING if best > -np.inf else 0.0):
                    best, kept = value, (statistic, side)
        return kept


def _latest(series: Series, labels: Bools) -> tuple[Series, Bools]:
    start = max(0, len(series) - SEARCH_POINTS)
    return (series.part(start, len(series)), labels[start:]) if labels[start:].any() else (series, labels)
