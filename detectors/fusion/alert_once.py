"""When alarms are better delivered once an alert, and the threshold of the base that goes with it.

Where false points count one by one and an incident counts as found by any of its points (Event-F1-PA), a long false
alert costs as much as many missed incidents. One that rings once costs one, and then the threshold of the base may lie
lower.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from argosy.detectors.fusion.delivery import EVERY_POINT, AlertOnce
from argosy.detectors.fusion.fusion import TIE, Member, fuse
from argosy.detectors.fusion.hold import NEWEST_POINTS
from argosy.eval.objective import Objective
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores
from argosy.signals.series import Series
from argosy.signals.shapes import Detector

LEVELS = 160
"""So many thresholds of the base are tried."""

MOST_FLAGGED = 0.05
"""The lowest threshold tried flags this share of the points."""

BELOW_THE_LOWEST = 0.9
"""Where the range of the lowest threshold begins, as a share of it."""

SLACK = 0.05
"""Thresholds whose objective comes so close to the best are as good; the middle of the widest range is taken."""


class ScaledBase:
    """A base whose scores are multiplied by a level; its threshold is lower by as much."""

    def __init__(self, base: Detector, level: float) -> None:
        self.name = base.name
        self._base = base
        self._level = level

    def fit(self, series: Series, labels: Bools | None) -> Self:
        """Fits the base."""
        self._base.fit(series, labels)
        return self

    def score(self, series: Series) -> Scores:
        """The base's scores, multiplied."""
        scores = self._base.score(series)
        return replace(scores, values=scores.values * self._level)


def scaled_base(base: Detector, level: float) -> Detector:
    """The base at this level; itself at 1."""
    return base if level == 1.0 else ScaledBase(base, level)


@dataclass(frozen=True, eq=False)
class LabelledStretch:
    """A stretch of known data: labels and the base's scores, shape (n,), and the rules' scores there."""

    labels: Bools
    base: Floats
    members: tuple[Member, ...] = ()

    def flags(self, delivery: AlertOnce) -> Bools:
        """The fused flags, rung so."""
        return fuse(self.base * delivery.base_gain, self.members, once=delivery.first_point_only).flags


def choose_alert_once(train: LabelledStretch, validation: LabelledStretch, objective: Objective) -> AlertOnce:
    """Once an alert where that is no worse on training and validation together, nor on validation alone.

    The threshold of the base is settled again for such alarms, on training data. Where every point of an incident
    counts, or nothing is labelled, alarms ring at every point.
    """
    if objective.point_weight:
        return EVERY_POINT
    train = _newest(train)
    level = _level(train, objective)
    if level is None:
        return EVERY_POINT
    parts = [part for part in (train, validation) if part.labels.any()]
    plain, once = (
        [objective(part.labels, part.flags(how)) for part in parts] for how in (EVERY_POINT, AlertOnce(True, level))
    )
    worse = sum(once) < sum(plain) - TIE or once[-1] < plain[-1] - TIE
    return EVERY_POINT if worse else AlertOnce(True, level)


def _newest(stretch: LabelledStretch) -> LabelledStretch:
    newest = slice(-NEWEST_POINTS, None)
    members = tuple(Member(each.id, each.direction, each.scores[newest]) for each in stretch.members)
    return LabelledStretch(stretch.labels[newest], stretch.base[newest], members)


def _level(train: LabelledStretch, objective: Objective) -> float | None:
    """What to multiply the base's scores with, so that 1 lies in the middle of the widest range of good thresholds."""
    known = np.sort(train.base[np.isfinite(train.base) & (train.base > 0)])[::-1]
    if not train.labels.any() or not len(known):
        return None
    most = max(1, min(len(known), round(MOST_FLAGGED * len(train.base))))
    grid = np.unique(known[np.unique(np.geomspace(1, most, LEVELS).astype(np.int64)) - 1])
    reached = np.array([objective(train.labels, train.flags(AlertOnce(True, 1.0 / each))) for each in grid])
    good = runs(reached >= reached.max() - SLACK)
    lows, highs = np.append(BELOW_THE_LOWEST * grid[0], grid)[good[:, 0]], grid[good[:, 1] - 1]
    widest = int(np.argmax(highs / lows))
    return float(1.0 / np.sqrt(lows[widest] * highs[widest]))
