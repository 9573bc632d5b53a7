"""Which baseline suits a series: each is fitted on training data, and one that holds up on validation is kept.

Validation often holds a handful of incidents, so that the best figure there is partly luck. What counts is therefore
the worse of the two parts, because a detector that holds up across time will go on to. What a baseline's card promises
for such a series counts a little beside it, and alone where nothing is labelled. One that learns from incidents and
judges itself by what it has not seen is taken unless another is much better.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from argosy.detectors.baselines.swept import SweptDetector
from argosy.detectors.baselines.table import BASELINES
from argosy.detectors.cards.selector import CardSelector
from argosy.eval.objective import Objective
from argosy.eval.splits import Splits
from argosy.signals.arrays import Bools
from argosy.signals.profile import profile
from argosy.signals.series import Series

WORTH_OF_A_POINT = 0.01
"""What a point of a card's match counts, in the objective."""

LEADS = MappingProxyType({"opprentice": 0.3})
"""By how much another baseline must be better. What is reached in training flatters a baseline that has seen it, and
validation often holds a handful of incidents: on 75 development series no choice by figures alone did better."""

_TIE = 1e-9


@dataclass(frozen=True)
class BaselineTrial:
    """What one baseline reached on the two parts, NaN where nothing is labelled, and the points of its card."""

    name: str
    train: float
    validation: float
    points: float = 0.0

    @property
    def steady(self) -> float:
        """The worse of training and validation, as far as they are known; NaN where neither is."""
        return float(np.fmin(self.train, self.validation))

    @property
    def worth(self) -> float:
        """What the baseline is chosen by: how steady it is, its lead and its card; the card alone without labels."""
        figures = 0.0 if math.isnan(self.steady) else self.steady + self.lead
        return figures + WORTH_OF_A_POINT * self.points

    @property
    def lead(self) -> float:
        """What it is given before the others."""
        return LEADS.get(self.name, 0.0)


@dataclass(frozen=True, eq=False)
class BaselineChoice:
    """The baseline that is kept, fitted on training data, and what all of them reached."""

    detector: SweptDetector
    trials: tuple[BaselineTrial, ...]


def choose_base(
    series: Series, labels: Bools, splits: Splits, objective: Objective, seed: int = 0, names: Sequence[str] = ()
) -> BaselineChoice:
    """Fits the baselines (all, or those named) on training and keeps the one that is worth most.

    `series` and `labels`, shape (n,), reach at least to the end of validation; nothing after it is looked at.
    Validation is scored with its history. Where it holds no incident, or baselines tie, training decides, then the
    order of the table or of the names.
    """
    wanted = tuple(names) or tuple(BASELINES)
    points = _points(series, labels, splits, wanted)
    tried = [_tried(name, series, labels, splits, objective, seed, points.get(name, 0.0)) for name in wanted]
    best = tried[0]
    for each in tried[1:]:
        if _better(each[1], best[1]):
            best = each
    return BaselineChoice(best[0], tuple(trial for _, trial in tried))


def _points(series: Series, labels: Bools, splits: Splits, names: Sequence[str]) -> dict[str, float]:
    known = profile(series.part(0, splits.train_stop), labels[splits.train])
    return {match.name: match.points for match in CardSelector().matches(known, names)}


def _tried(
    name: str, series: Series, labels: Bools, splits: Splits, objective: Objective, seed: int, points: float
) -> tuple[SweptDetector, BaselineTrial]:
    known = slice(0, splits.validation_stop)
    detector = BASELINES[name](objective, seed).fit(series.part(0, splits.train_stop), labels[splits.train])
    flags = detector.score(series.part(known.start, known.stop)).flags
    train, validation = (objective(labels[part], flags[part]) for part in (splits.train, splits.validation))
    return detector, BaselineTrial(name, train, validation, points)


def _better(one: BaselineTrial, other: BaselineTrial) -> bool:
    if abs(one.worth - other.worth) > _TIE:
        return one.worth > other.worth
    return not math.isnan(one.train) and one.train > other.train + _TIE
