"""Builds the evidence for Detection: whole events, each beside its nearest look-alike, sized to a budget."""

from collections.abc import Sequence

import numpy as np

from argosy.agents.rules.evidence import (
    BaseSummary,
    DetectionEvidence,
    Pair,
    ParentRule,
)
from argosy.agents.rules.evidence_size import fit_to_budget
from argosy.agents.rules.exhibit import exhibit
from argosy.agents.rules.statistic_bank import StatisticBank
from argosy.agents.rules.statistics import MeasuredStretches
from argosy.detectors.rules.rule import Direction
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs

MOST_PAIRS = 12


def build_evidence(
    bank: StatisticBank,
    base_name: str,
    base_scores: Floats,
    direction: Direction,
    *,
    round: int,
    candidate: int,
    candidates: int,
    parents: Sequence[ParentRule] = (),
    tried: Sequence[str] = (),
    budget_tokens: int = 2500,
) -> DetectionEvidence:
    """The evidence for one candidate; `base_scores` are the base's on the training part, shape (n,).

    The JSON keeps to `budget_tokens` by an estimate from its characters: pairs go first, then parents' sources.
    """
    alarms = base_scores >= 1.0
    events, others = _sides(bank, alarms, direction)
    evidence = DetectionEvidence(
        direction=direction.value,
        round=round,
        candidate=candidate,
        candidates=candidates,
        series=bank.summary,
        base=_base_summary(bank.labels, alarms, base_name),
        pairs=_pairs(bank, events, others, MOST_PAIRS),
        parents=tuple(parents),
        tried=tuple(dict.fromkeys(tried)),
    )
    return fit_to_budget(evidence, budget_tokens)


def _sides(bank: StatisticBank, alarms: Bools, direction: Direction) -> tuple[Ints, MeasuredStretches]:
    """The stretches to act on, the most telling first, and those not to act on."""
    incidents, alerts = runs(bank.labels), runs(alarms)
    if direction is Direction.FLAG:
        covered = np.array([alarms[start:stop].mean() for start, stop in incidents])
        missed = incidents[covered == 0.0] if len(incidents) else incidents
        partly = incidents[np.argsort(covered, kind="stable")] if len(incidents) else incidents
        return (missed if len(missed) else partly), bank.pool
    true = np.array([bank.labels[start:stop].any() for start, stop in alerts], dtype=np.bool_)
    return alerts[~true], MeasuredStretches.of(_evenly(alerts[true], 40), bank.statistics)


def _pairs(bank: StatisticBank, events: Ints, others: MeasuredStretches, most: int) -> tuple[Pair, ...]:
    pairs = []
    for number, (start, stop) in enumerate(_evenly(events, most)):
        measures = bank.measures(int(start), int(stop))
        like = others.nearest(measures)
        pairs.append(
            Pair(
                event=exhibit(bank, f"e{number + 1}", int(start), int(stop)),
                like=None if like is None else exhibit(bank, f"n{number + 1}", *map(int, others.bounds[like])),
            )
        )
    return tuple(pairs)


def _evenly(stretches: Ints, most: int) -> Ints:
    """At most so many of the stretches, evenly over time."""
    if len(stretches) <= most:
        return stretches
    return stretches[np.linspace(0, len(stretches) - 1, most).astype(np.int64)]


def _base_summary(labels: Bools, alarms: Bools, name: str) -> BaseSummary:
    incidents, alerts = runs(labels), runs(alarms)
    detected = sum(bool(alarms[start:stop].any()) for start, stop in incidents)
    false = sum(not labels[start:stop].any() for start, stop in alerts)
    return BaseSummary(
        name=name,
        detected=detected,
        missed=len(incidents) - detected,
        false_alerts=false,
        false_points=int(np.count_nonzero(alarms & ~labels)),
    )
