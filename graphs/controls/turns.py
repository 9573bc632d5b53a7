"""What the controls have in common: directions take turns, and of each the best rule on validation is kept."""

from collections.abc import Callable

from argosy.detectors.rules.rule import Direction
from argosy.graphs.refine.certify import examine_worthy
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.state import Candidate, Ending, Stage, State
from argosy.graphs.refine.study import possible_gain

Numbering = Callable[[int], int]
"""The number of the first candidate of a direction's n-th turn, counted from 0."""


def take_turns(state: State, node: RefineNodeContext, first: Numbering) -> State:
    """Aims at the base's missed incidents and at its false alarms by turns, at what promises more first."""
    settings, turn = node.settings, state["round"]
    flags = node.data.base_values[node.data.splits.train] >= 1.0
    promise = {each: possible_gain(each, flags, node) for each in settings.directions}
    worth = sorted((each for each in promise if promise[each] > 0), key=lambda each: -promise[each])
    if not worth:
        why = "the base makes no error on training data that a rule could mend"
        node.decide("session", Ending.NOTHING_LEFT, why)
        return {"ending": Ending.NOTHING_LEFT, "candidates": ()}
    direction, start = worth[turn % len(worth)], first(turn // len(worth))
    node.decide(f"round {turn + 1}", direction, "directions take turns", could_win=round(promise[direction], 4))
    wanted = tuple(
        Candidate(f"c{turn + 1}.{i}", turn + 1, i, direction) for i in range(start, start + settings.candidates)
    )
    return {"round": turn + 1, "direction": direction, "candidates": wanted}


def keep_best(state: State, node: RefineNodeContext) -> State:
    """Keeps the best rule of each direction, the earlier among equals; at the end these are accepted, without gates."""
    fresh = [each for each in state["candidates"] if each.stage is Stage.ASSESSED]
    node.data.assessed |= {each.id: each for each in fresh}
    known = (*state["archive"], *fresh)
    best = tuple(
        found
        for direction in Direction
        if (found := _best_sound([each for each in known if each.direction is direction], node))
    )
    for each in best:
        if each not in state["archive"]:
            node.decide(each.id, "best so far", f"{on_validation(each)[0]:.3f} of the objective")
    ending = state.get("ending") or node.stopping("the search") or _spent(state, node)
    if ending is None:
        return {"archive": best}
    node.decide("session", ending, f"after round {state['round']}")
    return {"archive": best, "ending": ending, "accepted": tuple(each.to(Stage.ACCEPTED) for each in best)}


def _best_sound(rivals: list[Candidate], node: RefineNodeContext) -> Candidate | None:
    """The best that keeps its contract: a rule that looks ahead is no rule, however plain the loop."""
    for candidate in sorted(rivals, key=on_validation, reverse=True):
        (examined,) = examine_worthy((candidate,), lambda _candidate: True, node)
        if examined.failure is None:
            return candidate
    return None


def _spent(state: State, node: RefineNodeContext) -> Ending | None:
    return Ending.ROUNDS_SPENT if state["round"] >= node.settings.rounds else None


def on_validation(candidate: Candidate) -> tuple[float, float]:
    """What a candidate is ranked by: the objective on validation, then on training data, which decides alone where
    validation holds no incident."""
    assessed = candidate.assessment
    if assessed is None:
        raise ValueError(f"{candidate.id} has not been assessed")
    known = assessed.validation == assessed.validation
    return (assessed.validation if known else assessed.train, assessed.train)
