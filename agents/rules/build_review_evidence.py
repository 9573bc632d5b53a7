"""Builds the evidence for Review: what a rule gained and lost, and where in training it does harm."""

from collections.abc import Mapping

import numpy as np

from argosy.agents.rules.evidence import ReviewEvidence
from argosy.agents.rules.evidence_size import estimated_tokens, evidence_json
from argosy.agents.rules.exhibit import exhibit
from argosy.agents.rules.statistic_bank import StatisticBank
from argosy.detectors.rules.rule import Direction
from argosy.signals.arrays import Floats
from argosy.signals.incidents import runs


def build_review_evidence(
    bank: StatisticBank,
    base_scores: Floats,
    fused_scores: Floats,
    direction: Direction,
    *,
    train: Mapping[str, float],
    train_before: Mapping[str, float],
    validation: Mapping[str, float],
    validation_before: Mapping[str, float],
    events_gained: int,
    events_lost: int,
    false_points_added: int,
    false_points_removed: int,
    complexity: int,
    budget_tokens: int = 900,
) -> ReviewEvidence:
    """The evidence for a review: counts and metrics as given, and where in training the rule does harm.

    Both scores are on the training part, shape (n,): the base's, and the base's fused with the rule's.
    """
    wrong = (fused_scores >= 1.0) != bank.labels
    right = (base_scores >= 1.0) == bank.labels
    harmed = runs(wrong & right)
    longest = harmed[np.argsort(harmed[:, 0] - harmed[:, 1], kind="stable")][:4]
    worst = tuple(exhibit(bank, f"w{i + 1}", int(start), int(stop)) for i, (start, stop) in enumerate(longest))
    evidence = ReviewEvidence(
        direction=direction.value,
        train=_rates(train),
        train_before=_rates(train_before),
        validation=_rates(validation),
        validation_before=_rates(validation_before),
        events_gained=events_gained,
        events_lost=events_lost,
        false_points_added=false_points_added,
        false_points_removed=false_points_removed,
        complexity=complexity,
        worst=worst,
    )
    while evidence.worst and estimated_tokens(evidence_json(evidence)) > budget_tokens:
        evidence = evidence.model_copy(update={"worst": evidence.worst[:-1]})
    return evidence


def _rates(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics that are known, rounded."""
    return {name: round(float(value), 3) for name, value in metrics.items() if value == value}
