"""The shapes that patterns have, as protocols."""

from typing import Protocol, Self, runtime_checkable

from signals.arrays import Bools
from signals.scores import Scores
from signals.series import Series


@runtime_checkable
class Detector(Protocol):
    """Turns a series into scores.

    `fit` learns from training data only and calibrates so that a score of 1 is the threshold; `labels` is a bool per
    point, or None when nobody labelled the series. `score` is causal unless the detector says otherwise: the score at
    i depends on points up to i only.
    """

    name: str

    def fit(self, series: Series, labels: Bools | None) -> Self: ...

    def score(self, series: Series) -> Scores: ...
