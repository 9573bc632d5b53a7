"""What each rule of a fusion did: incidents gained and lost, false points added and removed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from argosy.signals.arrays import Bools
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores


@dataclass(frozen=True)
class IncidentEffect:
    """An incident, the points [start, stop). `alone`: no other rule of the fusion had the same effect on it. `at` is
    the first of its points on which the rule changed the verdict: its alarm, or the one it took back."""

    start: int
    stop: int
    alone: bool
    at: int


@dataclass(frozen=True)
class RuleEffects:
    """What one rule of a fusion did on one part: incidents that the base missed and it found, incidents that the base
    found and the fusion misses because of it, and points outside incidents that it flagged or took back."""

    gained: tuple[IncidentEffect, ...]
    lost: tuple[IncidentEffect, ...]
    false_points_added: int
    false_points_removed: int


def attribute(labels: Bools, base: Bools, fused: Scores, part: slice) -> dict[str, RuleEffects]:
    """The account of every rule on one part of a series, by rule id.

    `labels` and the base's flags have shape (n,) as the fused scores, whose `fired` says where each rule changed the
    verdict. Incidents are those of the part; their indices count from the beginning of the series.
    """
    offset = part.start or 0
    truth, before, after = labels[part], base[part], fused.flags[part]
    fired = {rule: flags[part] for rule, flags in fused.fired.items()}
    incidents = [(int(start), int(stop)) for start, stop in runs(truth)]
    gained = [each for each in incidents if not _any(before, each) and _any(after, each)]
    lost = [each for each in incidents if _any(before, each) and not _any(after, each)]
    return {
        rule: RuleEffects(
            tuple(_entries(rule, gained, fired, offset)),
            tuple(_entries(rule, lost, fired, offset)),
            int((flags & ~before & ~truth).sum()),
            int((flags & before & ~truth).sum()),
        )
        for rule, flags in fired.items()
    }


def _entries(
    rule: str, incidents: list[tuple[int, int]], fired: Mapping[str, Bools], offset: int
) -> list[IncidentEffect]:
    return [
        IncidentEffect(
            start + offset,
            stop + offset,
            not any(_any(fired[other], (start, stop)) for other in fired if other != rule),
            start + offset + int(np.argmax(fired[rule][start:stop])),
        )
        for start, stop in incidents
        if _any(fired[rule], (start, stop))
    ]


def _any(flags: Bools, incident: tuple[int, int]) -> bool:
    return bool(np.any(flags[incident[0] : incident[1]]))
