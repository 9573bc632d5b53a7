"""What a method is given, and what it answers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from argosy.eval.objective import Objective
from argosy.eval.splits import Lockbox, Splits
from argosy.signals.arrays import Bools, Floats
from argosy.signals.series import Series
from argosy.signals.shapes import Detector


class FitOn(StrEnum):
    """What a detector learns from: the training part alone, as a session's base does, or all before the lockbox."""

    TRAIN = "train"
    KNOWN = "known"


@dataclass(frozen=True, eq=False)
class SeriesCase:
    """One series as a method sees it.

    `known` and `labels`, shape (m,), end where the lockbox begins. `lockbox` holds the whole series, without labels; it
    opens once.
    """

    known: Series
    labels: Bools
    splits: Splits
    lockbox: Lockbox[Series]
    objective: Objective
    seed: int = 0
    fit_on: FitOn = FitOn.TRAIN

    @property
    def fit_stop(self) -> int:
        """Where the points end that a detector is fitted on."""
        match self.fit_on:
            case FitOn.TRAIN:
                return self.splits.train_stop
            case FitOn.KNOWN:
                return self.splits.validation_stop


@dataclass(frozen=True, eq=False)
class MethodAnswer:
    """What a method made of a case.

    `scores` by name, shape (n,): the method's own, and those of what it is to be compared with, when it brought that
    along. `past` are its scores before the lockbox was opened, shape (m,), where it can tell. `figures` are numbers of
    the run as a whole, `facts` words.
    """

    scores: Mapping[str, Floats]
    openings: int
    past: Floats | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


Runner = Callable[[SeriesCase], MethodAnswer]
"""Runs a method on a case."""

Maker = Callable[[SeriesCase], Detector]
"""From a case to a detector that is not fitted yet, or whose fit is harmless to repeat."""


@dataclass(frozen=True)
class DetectorRunner:
    """Fits a detector, scores what is known, opens the lockbox and scores the whole."""

    name: str
    make: Maker

    def __call__(self, case: SeriesCase) -> MethodAnswer:
        detector = self.make(case)
        stop = case.fit_stop
        began = time.perf_counter()
        detector.fit(case.known.part(0, stop), case.labels[:stop])
        return scored(case, self.name, detector, time.perf_counter() - began)


def scored(case: SeriesCase, name: str, detector: Detector, fit_s: float) -> MethodAnswer:
    """The answer of a fitted detector: what is known first, then, the lockbox open, the whole."""
    past = np.asarray(detector.score(case.known).values, dtype=np.float64)
    whole = case.lockbox.open()
    opened = time.perf_counter()
    scores = np.asarray(detector.score(whole).values, dtype=np.float64)
    figures = {"fit_s": fit_s, "score_s": time.perf_counter() - opened}
    return MethodAnswer({name: scores}, case.lockbox.openings, past, figures)
