"""What a rule did on each part of the data, with intervals that say how little a few incidents prove."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from argosy.detectors.certificate.form import PartEvidence, Share
from argosy.detectors.certificate.subject import flagged
from argosy.detectors.fusion.fusion import Member, fuse
from argosy.detectors.rules.rule import Direction
from argosy.eval.objective import Objective
from argosy.eval.splits import Part, Splits
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import runs

_LEVEL = 0.95


def wilson(count: int, total: int) -> Share:
    """A share with its Wilson score interval at 95 % (Wilson 1927)."""
    if total == 0:
        return Share(count=0, total=0, low=None, high=None)
    from scipy import stats  # slow to load, and scoring reads certificates without measuring anything

    found = stats.binomtest(count, total).proportion_ci(_LEVEL, "wilson")
    return Share(count=count, total=total, low=round(float(found.low), 4), high=round(float(found.high), 4))


@dataclass(frozen=True, eq=False)
class RuleBesideBase:
    """A rule's scores beside its base's on the same points, all shape (n,), and how fused flags are judged.

    Scores may end before the lockbox: then nothing is said of it.
    """

    direction: Direction
    scores: Floats
    base: Floats
    labels: Bools
    objective: Objective


def evidence_by_part(measured: RuleBesideBase, splits: Splits) -> dict[str, PartEvidence]:
    """The evidence by name of the part, of those parts that the scores reach."""
    reached = len(measured.scores)
    return {part.value: part_evidence(measured, splits.of(part)) for part in Part if splits.of(part).stop <= reached}


def part_evidence(measured: RuleBesideBase, part: slice) -> PartEvidence:
    """The evidence on the points of one part."""
    labels, scores, base = measured.labels[part], measured.scores[part], measured.base[part]
    own, before = flagged(scores), flagged(base)
    after = fuse(base, [Member("rule", measured.direction, scores)]).flags
    incidents, alerts = runs(labels), runs(own)
    had, has = _hit(incidents, before), _hit(incidents, after)
    return PartEvidence(
        incidents=len(incidents),
        found=wilson(int(_hit(incidents, own).sum()), len(incidents)),
        precision=wilson(int(_hit(alerts, labels).sum()), len(alerts)),
        gained=int((has & ~had).sum()),
        lost=int((had & ~has).sum()),
        false_points_added=int((after & ~before & ~labels).sum()),
        false_points_removed=int((before & ~after & ~labels).sum()),
        objective_before=finite_or_none(measured.objective(labels, before), 6),
        objective_after=finite_or_none(measured.objective(labels, after), 6),
    )


def _hit(spans: np.ndarray, flags: Bools) -> Bools:
    """Which of the runs hold a flag, shape (m,)."""
    return np.array([flags[start:stop].any() for start, stop in spans], dtype=np.bool_)


def differing_parts(one: Mapping[str, PartEvidence], other: Mapping[str, PartEvidence]) -> list[str]:
    """The parts, of those that both name, on which they differ."""
    return [part for part in one if part in other and one[part] != other[part]]
