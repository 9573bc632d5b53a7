"""The loop that Argos published (arXiv 2501.14170, section 3), for comparison: as it is described, not as it leaks.

A round shows a chunk of training data and the parent rule, asks for n rules, has each repaired until it runs, has
Review look at those that fall behind their parent, and keeps the best one. Numbers stay as the author wrote them. At
the end the best rule of each direction joins the fusion, come what may.

Not taken over: rules run in the sandbox and never in this process, a rule that looks ahead is mended, Review compares
on validation instead of training, no threshold is searched on any test part, and repairs are bounded by a count.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from argosy.agents.models.speaker import BudgetSpent, CallKey, Role
from argosy.agents.rules.build_review_evidence import build_review_evidence
from argosy.agents.rules.review import ReviewDecision, ReviewVerdict
from argosy.agents.rules.review import review as ask_reviewer
from argosy.detectors.fusion.fusion import fuse
from argosy.detectors.rules.rule import Direction
from argosy.eval.splits import Splits
from argosy.graphs.controls.turns import keep_best, take_turns
from argosy.graphs.refine import write
from argosy.graphs.refine.assess import assessment_of
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.graph import Node
from argosy.graphs.refine.session_data import SessionData
from argosy.graphs.refine.state import Candidate, Ending, Outcome, Stage, State
from argosy.signals.arrays import Bools, Floats, Ints
from argosy.signals.incidents import runs
from argosy.signals.scores import Scores

CHUNK_POINTS = 2_500
FEWEST_CHUNKS = 10
"""With fewer chunks than this all of training is shown as one."""

MOST_REPAIRS = 5
_AFTER_FIRST = 2
"""Numbers count from here: the first candidate of a session starts afresh, all of these have the parent."""


def choose_target(state: State, node: RefineNodeContext) -> State:
    """Rules that flag and rules that clear are learned apart, by turns."""
    return take_turns(state, node, lambda _turn: _AFTER_FIRST)


def propose(state: State, node: RefineNodeContext) -> State:
    """Asks with one chunk as all there is to see, and with the best rule so far as the parent."""
    chunk = _chunk(state, node.data, node)
    return write.propose(
        {**state, "accepted": (), "tried": ()}, RefineNodeContext(replace(node.context, data=chunk), node.span)
    )


def _chunk(state: State, data: SessionData, node: RefineNodeContext) -> SessionData:
    """The chunk whose turn it is among those on which the base fails, as a training part of its own."""
    points = len(data.train)
    count = points // CHUNK_POINTS
    edges = np.linspace(0, points, count + 1 if count >= FEWEST_CHUNKS else 2).astype(np.int64)
    alarms = data.base_values[data.splits.train] >= 1.0
    failures = failures_of(state["direction"], data.train_labels, alarms)
    places = np.unique(np.searchsorted(edges, failures[:, 0], side="right")) - 1
    place = int(places[(state["round"] - 1) % len(places)])
    start, stop = int(edges[place]), int(edges[place + 1])
    node.decide(f"round {state['round']}", "chunk", f"chunk {place + 1} of {len(edges) - 1}", start=start, stop=stop)
    part = SessionData(data.train.part(start, stop), data.train_labels[start:stop], _all_train(stop - start))
    part.base = data.base
    part.base_scores = Scores(data.base_values[start:stop])
    return part


def _all_train(points: int) -> Splits:
    return Splits(points, points, points)


def failures_of(direction: Direction, labels: Bools, alarms: Bools) -> Ints:
    """Incidents without an alarm, or alerts without an incident; all incidents where each has one. Shape (m, 2)."""
    stretches, wanted = (labels, alarms) if direction is Direction.FLAG else (alarms, labels)
    found = runs(stretches)
    missed = np.array([not wanted[start:stop].any() for start, stop in found], dtype=np.bool_)
    return found[missed] if missed.any() else found


def assess(state: State, node: RefineNodeContext) -> State:
    """Measures every candidate fused with the base against its parent fused with the base."""
    base = node.data.base_values

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage is not Stage.TUNED:
            return candidate
        before = fuse(base, [node.data.member(each) for each in _parents(candidate, state)]).flags
        found = assessment_of(candidate, before, fuse(base, [node.data.member(candidate)]).flags, node)
        return candidate.to(Stage.ASSESSED, assessment=found)

    return {"candidates": tuple(one(each) for each in state["candidates"])}


def _parents(candidate: Candidate, state: State) -> tuple[Candidate, ...]:
    return tuple(each for each in state["archive"] if each.direction is candidate.direction)


def review(state: State, node: RefineNodeContext) -> State:
    """Asks Review about the rules that do worse than their parent on validation."""

    def one(candidate: Candidate) -> Candidate:
        assessed = candidate.assessment
        if candidate.stage is not Stage.ASSESSED or assessed is None or candidate.reviewed or assessed.gain >= 0:
            return candidate
        key = CallKey(Role.REVIEW, candidate.round, candidate.number, 10 * candidate.revisions + 2 * candidate.repairs)
        try:
            opinion = _opinion(candidate, state, node, key)
        except BudgetSpent as spent:
            node.decide(candidate.id, Ending.BUDGET_SPENT, f"not reviewed: {spent}")
            return candidate
        node.decide(candidate.id, f"review: {opinion.decision.value}", opinion.reason)
        return _followed(opinion, candidate, node)

    return {"candidates": tuple(node.side_by_side(one, state["candidates"], lambda candidate: candidate))}


def _opinion(candidate: Candidate, state: State, node: RefineNodeContext, key: CallKey) -> ReviewVerdict:
    data, assessed = node.data, candidate.assessment
    if assessed is None:
        raise ValueError(f"{candidate.id} has not been assessed")
    train = data.splits.train
    before = fuse(data.base_values, [data.member(each) for each in _parents(candidate, state)]).values[train]
    after: Floats = fuse(data.base_values, [data.member(candidate)]).values[train]
    evidence = build_review_evidence(
        data.statistics,
        before,
        after,
        candidate.direction,
        train={"objective": round(assessed.train, 3)},
        train_before={"objective": round(assessed.train_before, 3)},
        validation=_known(assessed.validation),
        validation_before=_known(assessed.validation_before),
        events_gained=assessed.events_gained,
        events_lost=assessed.events_lost,
        false_points_added=assessed.false_points_added,
        false_points_removed=assessed.false_points_removed,
        complexity=assessed.complexity,
        budget_tokens=node.settings.prompt_tokens,
    )
    return ask_reviewer(node.speaker(Role.REVIEW), candidate.source, evidence, key)


def _known(objective: float) -> dict[str, float]:
    return {"objective": round(objective, 3)} if objective == objective else {}


def _followed(opinion: ReviewVerdict, candidate: Candidate, node: RefineNodeContext) -> Candidate:
    """Written anew once, given up, or left as it is for the comparison with its parent."""
    if (
        opinion.decision in (ReviewDecision.REVISE, ReviewDecision.REPAIR)
        and candidate.revisions < node.settings.max_revisions
    ):
        said = opinion.feedback or opinion.reason
        return candidate.to(Stage.REVISED, feedback=said, revisions=candidate.revisions + 1)
    dropped = opinion.decision is ReviewDecision.DISCARD
    return candidate.to(Stage.DROPPED if dropped else candidate.stage, reviewed=True)


def fuse_all(state: State, node: RefineNodeContext) -> State:
    """Joins the best rule of each direction with the base; the fusion without them is no candidate."""
    if not node.data.train_labels.any():
        return {"fused": (), "outcome": Outcome.NO_INCIDENTS}
    ids = tuple(each.id for each in state["accepted"])
    outcome = Outcome.FUSED if ids else Outcome.BASE_ONLY
    node.decide("fused", outcome, "the best rule of each direction", rules=", ".join(ids))
    return {"fused": ids, "outcome": outcome}


NODES: Mapping[str, Node] = MappingProxyType(
    {
        "target": choose_target,
        "propose": propose,
        "assess": assess,
        "review": review,
        "select": keep_best,
        "fuse": fuse_all,
    }
)
