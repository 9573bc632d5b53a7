"""The select node: applies the gates, keeps parents for later rules, and decides whether to go on."""

from collections.abc import Iterable

from argosy.detectors.rules.rule import read_rule
from argosy.graphs.refine.archive import niche_of, update_archive
from argosy.graphs.refine.assess import gain_beside
from argosy.graphs.refine.certify import examination_refusal
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.gates import Gate, merit, refusal
from argosy.graphs.refine.library import patience
from argosy.graphs.refine.state import Candidate, Ending, Stage, State
from argosy.signals.arrays import Floats

SAME_BEHAVIOUR = 0.98
"""Two rules whose flags on the known part overlap by this share (Jaccard) count as one."""


def select(state: State, node: RefineNodeContext, gate: Gate | None = None) -> State:
    """Applies the gates, accepts new behaviour that passes, keeps an archive of parents, decides whether to go on."""
    fresh = sorted((each for each in state["candidates"] if each.stage is Stage.ASSESSED), key=merit, reverse=True)
    accepted = _accept(fresh, state["accepted"], node, gate or refusal)
    gained = len(accepted) - len(state["accepted"])
    node.data.assessed |= {each.id: each for each in fresh}
    archive = update_archive(
        [*fresh, *state["archive"]],
        merit,
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
        node.decide("session", ending, f"after round {state['round']}; rules accepted: {len(accepted)}")
        after["ending"] = ending
    return after


def _accept(
    fresh: list[Candidate], before: tuple[Candidate, ...], node: RefineNodeContext, gate: Gate
) -> tuple[Candidate, ...]:
    """What was accepted before and what passes the gates now, the best first, each beside those accepted before it."""
    accepted = before
    for candidate in fresh:
        why = gate(candidate) or examination_refusal(candidate, node) or _repeats(candidate, accepted, node)
        if why is None and accepted is not before:
            candidate = candidate.to(candidate.stage, assessment=gain_beside(candidate, accepted, node))
            why = gate(candidate)
        if why:
            node.decide(candidate.id, "not accepted", why)
        else:
            accepted = (*accepted, candidate.to(Stage.ACCEPTED))
            node.decide(candidate.id, Stage.ACCEPTED, "it gains on training data and does not lose on validation")
    return accepted


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
