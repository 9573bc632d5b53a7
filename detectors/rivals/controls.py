"""Detectors that know nothing or everything: what a benchmark must be able to tell from those that learn."""

from typing import Self

import numpy as np

from argosy.detectors.calibration import calibrate
from argosy.eval.objective import Objective
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.scores import Scores
from argosy.signals.series import Series


class RandomDetector:
    """A random number for every point, with a threshold found on training data as for any statistic."""

    name = "random"

    def __init__(self, objective: Objective, seed: int) -> None:
        self._objective = objective
        self._seed = seed
        self._divisor = 1.0

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Finds the threshold."""
        self._divisor = calibrate(self._drawn(series), series, labels, self._objective)
        return self

    def score(self, series: Series) -> Scores:
        """The numbers; those of a longer series begin with those of a shorter one."""
        return Scores(self._drawn(series) / self._divisor)

    def _drawn(self, series: Series) -> Floats:
        return np.random.default_rng(self._seed).random(len(series))


class OracleDetector:
    """Returns the true labels, which it knows by time: every metric must find it perfect."""

    name = "sentinel"

    def __init__(self, seconds: Ints, labels: Bools) -> None:
        self._seconds = seconds
        self._labels = labels

    def fit(self, series: Series, labels: Bools | None) -> Self:  # noqa: ARG002
        """Learns nothing."""
        return self

    def score(self, series: Series) -> Scores:
        """Two where the point is labelled, else 0."""
        where = np.searchsorted(self._seconds, series.seconds)
        return Scores(np.where(self._labels[where], 2.0, 0.0))
