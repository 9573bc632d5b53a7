"""Which baseline suits a series: each is fitted on training data, and the best on validation is kept."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.baselines.swept import SweptDetector
from detectors.baselines.table import BASELINES
from eval.objective import Objective
from eval.splits import Splits
from signals.arrays import Bools
from signals.series import Series

_TIE = 1e-9


@dataclass(frozen=True)
class Trial:
    """What one baseline reached on the two parts; NaN where nothing is labelled."""

    name: str
    train: float
    validation: float


@dataclass(frozen=True, eq=False)
class Choice:
    """The baseline that is kept, fitted on training data, and what all of them reached."""

    detector: SweptDetector
    trials: tuple[Trial, ...]


def choose_base(
    series: Series, labels: Bools, splits: Splits, objective: Objective, seed: int = 0, names: Sequence[str] = ()
) -> Choice:
    """Fits the baselines (all, or those named) on training and keeps the best on validation.

    `series` and `labels`, shape (n,), reach at least to the end of validation; nothing after it is looked at.
    Validation is scored with its history. Where it holds no incident, or baselines tie, training decides, then the
    order of the table.
    """
    tried = [_tried(name, series, labels, splits, objective, seed) for name in names or BASELINES]
    best = tried[0]
    for each in tried[1:]:
        if _better(each[1], best[1]):
            best = each
    return Choice(best[0], tuple(trial for _, trial in tried))


def _tried(
    name: str, series: Series, labels: Bools, splits: Splits, objective: Objective, seed: int
) -> tuple[SweptDetector, Trial]:
    known = slice(0, splits.validation_stop)
    detector = BASELINES[name](objective, seed).fit(series.part(0, splits.train_stop), labels[splits.train])
    flags = detector.score(series.part(known.start, known.stop)).flags
    train, validation = (objective(labels[part], flags[part]) for part in (splits.train, splits.validation))
    return detector, Trial(name, train, validation)


def _better(one: Trial, other: Trial) -> bool:
    if not math.isnan(one.validation) and abs(one.validation - other.validation) > _TIE:
        return one.validation > other.validation
    return not math.isnan(one.train) and one.train > other.train + _TIE
