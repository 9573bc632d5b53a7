"""What is examined: a rule with its numbers, and the points that it is examined on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from argosy.detectors.rules.rule import Direction, Number
from argosy.sandbox.protocol import Input
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs
from argosy.signals.series import Series

EXAMINED_POINTS = 100_000
"""Of a longer series the newest so many points are looked at."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A rule, its numbers, and points of a series with labels; `values`, `seconds` and `labels` have shape (n,)."""

    source: str
    params: Mapping[str, Number]
    direction: Direction
    values: Floats
    seconds: Ints
    labels: Bools
    step_s: int

    @staticmethod
    def of(
        source: str, params: Mapping[str, Number], direction: Direction, series: Series, labels: Bools | None
    ) -> "Subject":
        """The newest points of a series that nothing else needs to be kept from."""
        start = max(0, len(series) - EXAMINED_POINTS)
        known = labels if labels is not None else np.zeros(len(series), dtype=np.bool_)
        return Subject(
            source, params, direction, series.values[start:], series.seconds[start:], known[start:], series.step_s
        )

    def __len__(self) -> int:
        return len(self.values)

    def part(self, start: int, stop: int) -> "Subject":
        """The same rule on the points start ≤ i < stop."""
        part = slice(start, stop)
        return replace(self, values=self.values[part], seconds=self.seconds[part], labels=self.labels[part])

    def input_of(self, start: int = 0, stop: int | None = None) -> Input:
        """The points start ≤ i < stop as a rule is given them."""
        return Input(self.values[start:stop], self.seconds[start:stop])

    def long(self, points: int) -> Input:
        """So many points: the first of the series, over and over where it is shorter."""
        if points <= len(self):
            return self.input_of(0, points)
        values = np.resize(self.values, points)
        return Input(values, self.seconds[0] + self.step_s * np.arange(points, dtype=np.int64))


def flagged(scores: Floats) -> Bools:
    """Where scores are 1 or more; NaN is not."""
    with np.errstate(invalid="ignore"):
        return np.asarray(scores >= 1.0)


def lost_runs(before: Floats, after: Floats, least: float, first: int = 0) -> tuple[int, int]:
    """How many flagged runs of `before` that begin at `first` or later lack a score of `least` in `after`; of how many.

    Both arrays have shape (n,).
    """
    known = np.where(np.isnan(after), -np.inf, after)
    spans = [(start, stop) for start, stop in runs(flagged(before)) if start >= first]
    return sum(bool(known[start:stop].max() < least) for start, stop in spans), len(spans)
