"""Every group by itself: standardised, fitted, and cut at a percentile of its own training errors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from argosy.detectors.records.distances import METHODS, Errors, Method, Shape
from argosy.signals.arrays import Bools, Floats, Ints

FEWEST_IN_GROUP = 10
_LEAST_ERROR = 1e-9  # of standardised rows: less is rounding
_FURTHEST = 1e6  # spreads; its square is far from overflow


@dataclass(frozen=True)
class GroupOptions:
    """How records are judged: the method, and the percentile of training errors above which one is unusual."""

    method: Method = Method.PCA_T2
    percentile: float = 99.0
    fewest: int = FEWEST_IN_GROUP
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True, eq=False)
class GroupModel:
    """What is usual among some training rows: mean and spread of each column, errors, and their threshold."""

    size: int
    centre: Floats
    spread: Floats
    errors: Errors
    threshold: float

    @classmethod
    def of(cls, rows: Floats, judging: GroupOptions) -> "GroupModel":
        centre, spread = rows.mean(axis=0), rows.std(axis=0)
        flat = spread <= 1e-12 * np.maximum(np.abs(centre), 1.0)
        spread = np.where(flat, 1.0, spread)
        standard = _standard(rows, centre, spread)
        errors = METHODS[judging.method](standard, judging.shape)
        cut = float(np.percentile(errors(standard), judging.percentile))
        # An error above the percentile is unusual, one equal to it is not.
        return cls(len(rows), centre, spread, errors, float(np.nextafter(max(cut, _LEAST_ERROR), np.inf)))

    def score(self, rows: Floats) -> Floats:
        """Errors over the threshold, shape (n,)."""
        return self.errors(_standard(rows, self.centre, self.spread)) / self.threshold


class Groups:
    """Which training rows each row is compared with: those of its group, or all where its group is too small.

    Rows with a NaN are left out of training and score NaN.
    """

    def __init__(self, judging: GroupOptions) -> None:
        self.judging = judging
        self._own: dict[str, GroupModel] = {}
        self._all: GroupModel | None = None

    def fit(self, rows: Floats, groups: Sequence[str] | None) -> Self:
        """Learns from rows of shape (n, d). With no usable row, or no column, nothing has a score."""
        whole = _whole(rows)
        self._all = GroupModel.of(rows[whole], self.judging) if rows[whole].size else None
        self._own = {
            group: GroupModel.of(rows[places], self.judging)
            for group, places in _places(groups, whole)
            if len(places) >= self.judging.fewest and rows.shape[1]
        }
        return self

    @property
    def own(self) -> Mapping[str, GroupModel]:
        """The groups that are large enough to be compared with themselves."""
        return self._own

    def score(self, rows: Floats, groups: Sequence[str] | None) -> Floats:
        """A score for each row, shape (n,)."""
        whole = _whole(rows)
        scores = np.full(len(rows), np.nan)
        if self._all is None:
            return scores
        if groups is None:
            scores[whole] = self._all.score(rows[whole])
            return scores
        for group, places in _places(groups, whole):
            scores[places] = self._own.get(group, self._all).score(rows[places])
        return scores


def _places(groups: Sequence[str] | None, whole: Bools) -> Iterator[tuple[str, Ints]]:
    """For each group the indices of its whole rows."""
    if groups is None:
        return
    names, of = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], np.arange(len(names) + 1))
    for at, name in enumerate(names):
        places = order[starts[at] : starts[at + 1]]
        yield str(name), places[whole[places]].astype(np.int64)


def _whole(rows: Floats) -> Bools:
    return np.asarray(~np.isnan(rows).any(axis=1), dtype=np.bool_)


def _standard(rows: Floats, centre: Floats, spread: Floats) -> Floats:
    standard: Floats = np.clip((rows - centre) / spread, -_FURTHEST, _FURTHEST)
    return standard
