"""The assess node: measures rules with their tuned numbers, fused with what is accepted so far."""

import numpy as np

from argosy.detectors.fusion.fusion import fuse
from argosy.graphs.refine.certify import examine_worthy
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.gates import Gate, refusal
from argosy.graphs.refine.state import Assessment, Candidate, Stage, State
from argosy.sandbox.vetting import complexity
from argosy.signals.arrays import Bools
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import runs


def assess(state: State, node: RefineNodeContext, gate: Gate | None = None) -> State:
    """Measures every tuned candidate, fused with what is accepted so far, against doing nothing and event by event."""
    gate = gate or refusal

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage is not Stage.TUNED:
            return candidate
        assessed = gain_beside(candidate, state["accepted"], node)
        node.decide(
            candidate.id,
            Stage.ASSESSED,
            f"incidents gained: {assessed.events_gained}, lost: {assessed.events_lost}; "
            f"false points added: {assessed.false_points_added}, removed: {assessed.false_points_removed}",
            train=finite_or_none(assessed.train, 6),
            train_before=finite_or_none(assessed.train_before, 6),
            validation=finite_or_none(assessed.validation, 6),
            validation_before=finite_or_none(assessed.validation_before, 6),
        )
        return candidate.to(Stage.ASSESSED, assessment=assessed)

    assessed = tuple(one(each) for each in state["candidates"])
    return {"candidates": examine_worthy(assessed, lambda each: gate(each) is None, node)}


def assessment_of(candidate: Candidate, before: Bools, after: Bools, node: RefineNodeContext) -> Assessment:
    """Compares flags with a candidate to those without it, both of the known part, by part and event by event."""
    data, judge = node.data, node.context.objective
    labels, train, validation = data.known_labels, data.splits.train, data.splits.validation
    had = np.array([before[start:stop].any() for start, stop in runs(labels)], dtype=np.bool_)
    has = np.array([after[start:stop].any() for start, stop in runs(labels)], dtype=np.bool_)
    return Assessment(
        train=judge(labels[train], after[train]),
        train_before=judge(labels[train], before[train]),
        validation=judge(labels[validation], after[validation]),
        validation_before=judge(labels[validation], before[validation]),
        known=judge(labels, after),
        known_before=judge(labels, before),
        events_gained=int((has & ~had).sum()),
        events_lost=int((had & ~has).sum()),
        false_points_added=int((after & ~before & ~labels).sum()),
        false_points_removed=int((before & ~after & ~labels).sum()),
        complexity=complexity(candidate.source),
        falling=falling(before, after, node),
    )


def falling(before: Bools, after: Bools, node: RefineNodeContext) -> tuple[str, ...]:
    """Which F1s of the objective fall by more than its slack from the flags `before` to those `after`, and where.

    Both are of the known part. It is asked of training and validation; where validation holds no incident, of
    training and of both as one.
    """
    data, judge = node.data, node.context.objective
    labels, train, validation = data.known_labels, data.splits.train, data.splits.validation
    parts = {"training": train, "validation": validation}
    if not labels[validation].any():
        parts = {"training": train, "training and validation": slice(0, len(labels))}
    return tuple(
        f"{figure} in {name}"
        for name, part in parts.items()
        for figure in judge.falling(labels[part], before[part], after[part])
    )


def gain_beside(candidate: Candidate, accepted: tuple[Candidate, ...], node: RefineNodeContext) -> Assessment:
    """What a candidate adds to a fusion with these rules."""
    base, members = node.data.base_values, [node.data.member(each) for each in accepted]
    after = fuse(base, [*members, node.data.member(candidate)])
    return assessment_of(candidate, fuse(base, members).flags, after.flags, node)
