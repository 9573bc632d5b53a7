"""The parents of later rules: the best rule of every niche, so that a search does not narrow to one way of being right.

A niche is what a rule finds, how late, and how much it takes to say it: kind of anomaly × delay × complexity, as in
illuminating search (Mouret and Clune, arXiv 1504.04909). The best of each niche comes before all others. A rule that
finds nothing has no niche and is no parent.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from argosy.detectors.rules.rule import Direction
from argosy.eval.rates import DELAY_POINTS
from argosy.graphs.refine.session_data import SessionData
from argosy.graphs.refine.state import Candidate
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs

BEFORE_POINTS = 60
"""The kind of a stretch is told by comparison with so many points before it."""

BRIEF_POINTS = 5
"""A stretch of at most so many points is brief."""

FAR = 3.0
"""A median so many spreads away is a rise or a drop."""

_MAD_TO_SIGMA = 1.4826


class LevelSide(StrEnum):
    """Where a stretch lies, seen from what came before."""

    RISE = "rise"
    DROP = "drop"
    UNREST = "unrest"


class Delay(StrEnum):
    """When a rule finds what it finds."""

    AT_ONCE = "at once"
    IN_TIME = "in time"
    LATE = "late"


class Niche(NamedTuple):
    """Where a rule competes. `doubling` is the exponent of the greatest power of two not above its complexity."""

    direction: Direction
    side: LevelSide
    brief: bool
    delay: Delay
    doubling: int

    def __str__(self) -> str:
        brief = "brief " if self.brief else ""
        return f"{self.direction.value}: {brief}{self.side.value}, {self.delay.value}, {2**self.doubling}+ nodes"


def update_archive(
    candidates: Iterable[Candidate],
    merit: Callable[[Candidate], float],
    repeats: Callable[[Candidate, list[Candidate]], bool],
    data: SessionData,
    most: int,
) -> tuple[Candidate, ...]:
    """At most so many, best first: the best of each niche, and where places are left, the best of the others.

    None that `repeats` one kept before it, and none without a niche.
    """
    firsts: dict[Niche, Candidate] = {}
    others: list[Candidate] = []
    for candidate in sorted(candidates, key=merit, reverse=True):
        niche = niche_of(candidate, data)
        if niche is None:
            continue
        if niche in firsts:
            others.append(candidate)
        else:
            firsts[niche] = candidate
    kept: list[Candidate] = []
    for candidate in (*firsts.values(), *others):
        if len(kept) < most and not repeats(candidate, kept):
            kept.append(candidate)
    return tuple(sorted(kept, key=merit, reverse=True))


def niche_of(candidate: Candidate, data: SessionData) -> Niche | None:
    """Where an assessed candidate competes, by what it finds in training: incidents, or false alerts of the base.

    None where it finds none of them.
    """
    train = data.splits.train
    fires = data.rule_scores[candidate.id][train] >= 1.0
    labels, values = data.train_labels, data.train.values
    wanted = (data.base_values[train] >= 1.0) & ~labels if candidate.direction is Direction.CLEAR else labels
    found = [(start, stop) for start, stop in runs(wanted) if fires[start:stop].any()]
    if not found:
        return None
    (side, brief), _ = Counter(_kind(values, start, stop) for start, stop in found).most_common(1)[0]
    complexity = candidate.assessment.complexity if candidate.assessment else 1
    doubling = max(complexity, 1).bit_length() - 1
    return Niche(candidate.direction, side, brief, _delay(fires, np.array(found)), doubling)


def _kind(values: Floats, start: int, stop: int) -> tuple[LevelSide, bool]:
    before = values[max(0, start - BEFORE_POINTS) : start]
    before, during = before[np.isfinite(before)], values[start:stop][np.isfinite(values[start:stop])]
    brief = stop - start <= BRIEF_POINTS
    if not len(before) or not len(during):
        return LevelSide.UNREST, brief
    level = float(np.median(before))
    spread = _MAD_TO_SIGMA * float(np.median(np.abs(before - level)))
    away = float(np.median(during)) - level
    if abs(away) <= FAR * spread:
        return LevelSide.UNREST, brief
    return (LevelSide.RISE if away > 0 else LevelSide.DROP), brief


def _delay(fires: Bools, found: Ints) -> Delay:
    median = float(np.median([int(np.argmax(fires[start:stop])) for start, stop in found]))
    if median < 1:
        return Delay.AT_ONCE
    return Delay.IN_TIME if median <= DELAY_POINTS else Delay.LATE
