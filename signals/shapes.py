"""The shapes that patterns have, as protocols."""

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar, runtime_checkable

from argosy.signals.arrays import Bools
from argosy.signals.lines import Lines
from argosy.signals.profile import Profile
from argosy.signals.records import Records
from argosy.signals.scores import Scores
from argosy.signals.series import Series

Signal = Series | Lines | Records
Read = TypeVar("Read", bound=Signal, contravariant=True)


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


class Reader(Protocol[Read]):
    """Judges a signal as it stands, mostly by asking a model: nothing is learned beforehand.

    A score of 1 or more is anomalous; NaN says that there is no opinion on this point, line or record. What the
    verdict rests on is in `Scores.reasons`. Raises what its speaker raises.
    """

    name: str

    def score(self, signal: Read) -> Scores: ...


class Selector(Protocol):
    """Says which detectors suit a series, the best first, of those that are offered and no others."""

    name: str

    def select(self, profile: Profile, offered: Sequence[str]) -> Sequence[str]: ...


class Annotator(Protocol):
    """Says in words why points were flagged, by the index of the first of each; never changes a score."""

    name: str

    def annotate(self, series: Series, scores: Scores) -> Scores: ...
