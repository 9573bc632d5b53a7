"""Scores: what a detector says of every point."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from argosy.signals.arrays import Bools, Floats


@dataclass(frozen=True, eq=False)
class Scores:
    """A score per point, shape (n,): ≥ 1 is anomalous, higher is more so, NaN is no opinion.

    `fired` says for each rule, by id, on which points it changed or confirmed the verdict; `reasons` gives a sentence
    for the points, by index, that have one.

    >>> Scores(np.array([0.2, 1.0, np.nan])).flags.tolist()
    [False, True, False]
    """

    values: Floats
    fired: Mapping[str, Bools] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)

    @property
    def flags(self) -> Bools:
        """Which points are anomalous; NaN never is."""
        return self.values >= 1.0
