"""The nodes that prove: tune searches numbers, assess measures, review gives an opinion, select applies the gates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from argosy.agents.models.speaker import BudgetSpent, CallKey, Role
from argosy.agents.rules.build_evidence import build_review_evidence
from argosy.agents.rules.evidence import ReviewEvidence
from argosy.agents.rules.review import Ruling, Verdict
from argosy.agents.rules.review import review as ask_reviewer
from argosy.detectors.fusion.fusion import fuse
from argosy.detectors.rules.rule import Direction, Number, read_rule
from argosy.detectors.rules.search import tune
from argosy.detectors.rules.yardstick import Yardstick
from argosy.graphs.refine.archive import keep, niche_of
from argosy.graphs.refine.certify import examine_worthy, unproven
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.library import patience
from argosy.graphs.refine.state import Assessment, Candidate, Ending, Failure, Stage, State
from argosy.graphs.refine.study import current_scores
from argosy.graphs.refine.trial import as_failure
from argosy.sandbox.protocol import Ran
from argosy.sandbox.vetting import complexity
from argosy.signals.arrays import Bools, Floats
from argosy.signals.finite import finite_or_none
from argosy.signals.incidents import runs

LEAST_TRAINING_GAIN = 0.002
LEAST_GAIN_UNSEEN = 0.02
"""The least gain: on training data, and on training and validation together where validation holds no incident."""

Gate = Callable[[Candidate], str | None]
"""Why a candidate is refused, or None."""

SAME_BEHAVIOUR = 0.98
"""Two rules whose flags on the known part overlap by this share (Jaccard) count as one."""


def tune_all(state: State, node: RefineNodeContext) -> State:
    """Searches the numbers of every clean candidate on training data, and scores the known part with the best ones."""
    scores = current_scores(state, state["direction"], node)[node.data.splits.train]
    yardstick = Yardstick.of(node.data.train_labels, scores, state["direction"], node.context.objective)

    def one(candidate: Candidate) -> Candidate:
        return _tuned(candidate, yardstick, node) if candidate.stage is Stage.CLEAN else candidate

    tuned = node.side_by_side(one, state["candidates"], lambda each: each.to(Stage.DROPPED))
    return {"candidates": tuple(tuned)}


def _tuned(candidate: Candidate, yardstick: Yardstick, node: RefineNodeContext) -> Candidate:
    data, settings = node.data, node.settings

    def evaluate(batch: Sequence[Mapping[str, Number]]) -> Sequence[Floats | None]:
        outcomes = node.call(f"tune {candidate.id}", candidate.source, data.train, batch)
        return [outcome.scores if isinstance(outcome, Ran) else None for outcome in outcomes]

    found = tune(read_rule(candidate.source), evaluate, yardstick, settings.evaluations, settings.seed)
    (outcome,) = node.call(f"score {candidate.id}", candidate.source, data.known, [found.params])
    if not isinstance(outcome, Ran):
        failure = as_failure(outcome, "the training and validation parts")
        node.decide(candidate.id, Stage.DROPPED, failure.error if failure else "")
        return candidate.to(Stage.DROPPED)
    data.rule_scores[candidate.id] = outcome.scores
    node.decide(
        candidate.id,
        Stage.TUNED,
        f"{found.evaluations} evaluations on training data; steady is the mean over thresholds nearby",
        steady_objective=finite_or_none(found.value, 6),
        **{f"param_{name}": value for name, value in found.params.items()},
    )
    return candidate.to(Stage.TUNED, params=found.params)


def assess(state: State, node: RefineNodeContext, gate: Gate | None = None) -> State:
    """Measures every tuned candidate, fused with what is accepted so far, against doing nothing and event by event."""
    gate = gate or refusal

    def one(candidate: Candidate) -> Candidate:
        if candidate.stage is not Stage.TUNED:
            return candidate
        assessed = _beside(candidate, state["accepted"], node)
        node.decide(
            candidate.id,
            Stage.ASSESSED,
            f"{assessed.events_gained} incidents gained, {assessed.events_lost} lost, "
            f"{assessed.false_points_added} false points added, {assessed.false_points_removed} removed",
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


def review_all(state: State, node: RefineNodeContext) -> State:
    """Asks Review about every candidate that the gates would let through, and about the best of the others."""
    unheard = [each for each in state["candidates"] if each.stage is Stage.ASSESSED and not each.reviewed]
    assessed = [each for each in unheard if each.assessment]
    worthy = {each.id for each in assessed if refusal(each) is None}
    others = sorted((each for each in assessed if each.id not in worthy), key=_merit, reverse=True)
    asked = worthy | {each.id for each in others[:1] if each.revisions < node.settings.max_revisions}

    def one(candidate: Candidate) -> tuple[Candidate, ...]:
        return _reviewed(candidate, state, node) if candidate.id in asked else (candidate,)

    reviewed = node.side_by_side(one, state["candidates"], lambda candidate: (candidate,))
    return {"candidates": tuple(each for several in reviewed for each in several)}


def _merit(candidate: Candidate) -> float:
    assessed = candidate.assessment
    return assessed.gain + assessed.train - assessed.train_before if assessed else -np.inf


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
        return (heard.to(Stage.DROPPED) if opinion.decision is Ruling.DISCARD else heard,)
    if refusal(candidate) is not None:
        return (back,)
    return (heard, replace(back, id=f"{candidate.id}{REVISED_MARK}", parents=(candidate.id,)))


REVISED_MARK = "r"
"""Ends the id of a candidate that Review wanted changed, when the original stays beside it."""


def _sent_back(opinion: Verdict, candidate: Candidate, node: RefineNodeContext) -> Candidate | None:
    """The candidate as it goes back to Detection or Repair; None where it does not, or no more: this is bounded."""
    settings = node.settings
    match opinion.decision:
        case Ruling.REVISE if candidate.revisions < settings.max_revisions:
            return candidate.to(Stage.REVISED, feedback=opinion.feedback, revisions=candidate.revisions + 1)
        case Ruling.REPAIR if candidate.repairs < settings.max_repairs:
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


def refusal(candidate: Candidate) -> str | None:
    """Why the gates refuse a candidate, or None. Gates are code: no opinion overrules them."""
    assessed = candidate.assessment
    if assessed is None:
        return "it was not assessed"
    if assessed.train - assessed.train_before < LEAST_TRAINING_GAIN:
        return "it gains too little on training data"
    if assessed.validation < assessed.validation_before:
        return "it loses on validation"
    if assessed.validation != assessed.validation and assessed.known - assessed.known_before < LEAST_GAIN_UNSEEN:
        return "validation holds no incident, and with the false points there it gains too little to go without"
    if assessed.falling:
        return f"the mean gains, but it loses {' and '.join(assessed.falling)}"
    if candidate.direction is Direction.CLEAR and assessed.events_lost:
        return f"it clears {assessed.events_lost} true incidents"
    return None


def select(state: State, node: RefineNodeContext, gate: Gate | None = None) -> State:
    """Applies the gates, accepts new behaviour that passes, keeps an archive of parents, decides whether to go on."""
    fresh = sorted((each for each in state["candidates"] if each.stage is Stage.ASSESSED), key=_merit, reverse=True)
    accepted = _accepted(fresh, state["accepted"], node, gate or refusal)
    gained = len(accepted) - len(state["accepted"])
    node.data.assessed |= {each.id: each for each in fresh}
    archive = keep(
        [*fresh, *state["archive"]],
        _merit,
        lambda each, kept: _repeats(each, kept, node) is not None,
        node.data,
        node.settings.archive_size,
    )
    before = {parent.id for parent in state["archive"]}
    for parent in archive:
        if parent.id not in before:
            node.decide(parent.id, "kept as a parent", str(niche_of(parent, node.data)))
    tried = tuple(dict.fromkeys((*state["tried"], *(read_rule(each.source).summary for each in fresh))))
    stalled = 0 if gained or state["round"] == 0 else state["stalled"] + 1
    after: State = {"archive": archive, "accepted": accepted, "tried": tried, "stalled": stalled}
    ending = _ending(state, stalled, node)
    if ending:
        node.decide("session", ending, f"after round {state['round']} with {len(accepted)} accepted rules")
        after["ending"] = ending
    return after


def _accepted(
    fresh: list[Candidate], before: tuple[Candidate, ...], node: RefineNodeContext, gate: Gate
) -> tuple[Candidate, ...]:
    """What was accepted before and what passes the gates now, the best first, each beside those accepted before it."""
    accepted = before
    for candidate in fresh:
        why = gate(candidate) or unproven(candidate, node) or _repeats(candidate, accepted, node)
        if why is None and accepted is not before:
            candidate = candidate.to(candidate.stage, assessment=_beside(candidate, accepted, node))
            why = gate(candidate)
        if why:
            node.decide(candidate.id, "not accepted", why)
        else:
            accepted = (*accepted, candidate.to(Stage.ACCEPTED))
            node.decide(candidate.id, Stage.ACCEPTED, "it gains on training data and does not lose on validation")
    return accepted


def _beside(candidate: Candidate, accepted: tuple[Candidate, ...], node: RefineNodeContext) -> Assessment:
    """What a candidate adds to a fusion with these rules."""
    base, members = node.data.base_values, [node.data.member(each) for each in accepted]
    after = fuse(base, [*members, node.data.member(candidate)])
    return assessment_of(candidate, fuse(base, members).flags, after.flags, node)


def _repeats(candidate: Candidate, accepted: Iterable[Candidate], node: RefineNodeContext) -> str | None:
    scores = node.data.rule_scores
    for other in accepted:
        if other.direction is candidate.direction and _alike(scores[candidate.id], scores[other.id]):
            return f"it flags what {other.id} flags"
    return None


def _alike(first: Floats, second: Floats) -> bool:
    both, either = (first >= 1) & (second >= 1), (first >= 1) | (second >= 1)
    return bool(both.sum() >= SAME_BEHAVIOUR * either.sum())


def _ending(state: State, stalled: int, node: RefineNodeContext) -> Ending | None:
    settings = node.settings
    if state.get("ending"):
        return None
    if stopping := node.stopping("the search"):
        return stopping
    if state["round"] >= settings.rounds:
        return Ending.ROUNDS_SPENT
    if stalled >= patience(state, settings.stall_rounds):
        return Ending.STALLED
    return None
