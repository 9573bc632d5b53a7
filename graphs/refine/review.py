"""The review node: a model's opinion on measured rules, and what it leads to."""

from dataclasses import replace

from argosy.agents.models.speaker import BudgetSpent, CallKey, Role
from argosy.agents.rules.build_review_evidence import build_review_evidence
from argosy.agents.rules.evidence import ReviewEvidence
from argosy.agents.rules.review import ReviewDecision, ReviewVerdict
from argosy.agents.rules.review import review as ask_reviewer
from argosy.detectors.fusion.fusion import fuse
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.gates import merit, refusal
from argosy.graphs.refine.state import Candidate, Ending, Failure, Stage, State
from argosy.graphs.refine.study import current_scores

REVISED_MARK = "r"
"""Ends the id of a candidate that Review wanted changed, when the original stays beside it."""


def review_all(state: State, node: RefineNodeContext) -> State:
    """Asks Review about every candidate that the gates would let through, and about the best of the others."""
    unheard = [each for each in state["candidates"] if each.stage is Stage.ASSESSED and not each.reviewed]
    assessed = [each for each in unheard if each.assessment]
    worthy = {each.id for each in assessed if refusal(each) is None}
    others = sorted((each for each in assessed if each.id not in worthy), key=merit, reverse=True)
    asked = worthy | {each.id for each in others[:1] if each.revisions < node.settings.max_revisions}

    def one(candidate: Candidate) -> tuple[Candidate, ...]:
        return _reviewed(candidate, state, node) if candidate.id in asked else (candidate,)

    reviewed = node.side_by_side(one, state["candidates"], lambda candidate: (candidate,))
    return {"candidates": tuple(each for several in reviewed for each in several)}


def _reviewed(candidate: Candidate, state: State, node: RefineNodeContext) -> tuple[Candidate, ...]:
    """What an opinion leads to. A rule that the gates would accept stays when a changed one is asked for."""
    key = CallKey(Role.REVIEW, candidate.round, candidate.number, 10 * candidate.revisions + 2 * candidate.repairs)
    try:
        opinion = ask_reviewer(
            node.speaker(Role.REVIEW), candidate.source, _review_evidence(candidate, state, node), key
        )
    except BudgetSpent as spent:
        node.decide(candidate.id, Ending.BUDGET_SPENT, f"not reviewed: {spent}")
        return (candidate,)
    node.decide(candidate.id, f"review: {opinion.decision.value}", opinion.reason)
    heard = replace(candidate, reviewed=True)
    back = _sent_back(opinion, candidate, node)
    if back is None:
        return (heard.to(Stage.DROPPED) if opinion.decision is ReviewDecision.DISCARD else heard,)
    if refusal(candidate) is not None:
        return (back,)
    return (heard, replace(back, id=f"{candidate.id}{REVISED_MARK}", parents=(candidate.id,)))


def _sent_back(opinion: ReviewVerdict, candidate: Candidate, node: RefineNodeContext) -> Candidate | None:
    """The candidate as it goes back to Detection or Repair; None where it does not, or no more: this is bounded."""
    settings = node.settings
    match opinion.decision:
        case ReviewDecision.REVISE if candidate.revisions < settings.max_revisions:
            return candidate.to(Stage.REVISED, feedback=opinion.feedback, revisions=candidate.revisions + 1)
        case ReviewDecision.REPAIR if candidate.repairs < settings.max_repairs:
            return candidate.to(Stage.VETTED, failure=Failure("review", opinion.feedback or opinion.reason))
    return None


def _review_evidence(candidate: Candidate, state: State, node: RefineNodeContext) -> ReviewEvidence:
    data, assessed = node.data, candidate.assessment
    if assessed is None:
        raise ValueError(f"{candidate.id} has not been assessed")
    before = current_scores(state, candidate.direction, node)
    after = fuse(before, [data.member(candidate)]).values
    train = data.splits.train
    return build_review_evidence(
        data.statistics,
        before[train],
        after[train],
        candidate.direction,
        train={"objective": round(assessed.train, 3)},
        train_before={"objective": round(assessed.train_before, 3)},
        validation=_known({"objective": assessed.validation}),
        validation_before=_known({"objective": assessed.validation_before}),
        events_gained=assessed.events_gained,
        events_lost=assessed.events_lost,
        false_points_added=assessed.false_points_added,
        false_points_removed=assessed.false_points_removed,
        complexity=assessed.complexity,
        budget_tokens=node.settings.prompt_tokens,
    )


def _known(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in figures.items() if value == value}
