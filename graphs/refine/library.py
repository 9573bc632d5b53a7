"""Reuse before asking: rules of other sessions, carried to this series, are candidates before the model is asked."""

from collections.abc import Mapping, Sequence

import numpy as np

from argosy.detectors.rules.rule import Direction, RuleUnreadable, read_rule
from argosy.detectors.rules.transfer import transfer_rule
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.offers import Offer
from argosy.graphs.refine.state import Candidate, Stage, State
from argosy.sandbox.protocol import Ran
from argosy.signals.arrays import Bools, Floats

ENOUGH = 0.5
"""The share of what was to win on training data that the library must bring before the model is not asked at all."""

SAMPLE_POINTS = 5_000
TOP = 0.02
ALIKE = 0.8
"""Rules whose highest scores, that share of a sample, lie on the same points to this share (Jaccard) count as one."""


def library_round(state: State, promise: Mapping[Direction, float], node: RefineNodeContext) -> State | None:
    """The candidates that the library has for the most promising direction not offered yet; None when it has none.

    They go the way of all candidates, save that no model mends or reviews them. A direction takes half of what may be
    tried while another one is to come.
    """
    library, done = node.context.library, state.get("offered", ())
    worth = [each for each in promise if promise[each] > 0 and each not in done]
    todo = [each for each in worth if any(offer.direction is each for offer in library.offers)]
    if not todo:
        return None
    direction = max(todo, key=lambda each: promise[each])
    left = library.most - node.data.offered
    offers = [offer for offer in library.offers if offer.direction is direction]
    chosen = _diverse(offers, left if len(todo) == 1 else -(-left // 2), node)
    node.data.offered += len(chosen)
    node.decide(
        "library",
        direction,
        f"{len(chosen)} of {len(offers)} stored {direction.value} rules are tried before the model is asked",
        rules=", ".join(offer.rule for offer, _ in chosen),
    )
    return {
        "direction": direction,
        "candidates": tuple(_candidate(i, len(done) + 1, *each) for i, each in enumerate(chosen, start=1)),
        "offered": (*done, direction),
        "promised": state.get("promised") or max(promise.values()),
    }


def library_is_enough(state: State, promise: Mapping[Direction, float]) -> bool:
    """Whether stored rules were accepted and left so little that the model need not be asked."""
    brought = any(each.ancestor for each in state["accepted"])
    return state["round"] == 0 and brought and max(promise.values()) <= (1 - ENOUGH) * state.get("promised", 0.0)


def patience(state: State, stall_rounds: int) -> int:
    """How many rounds without an accepted rule end the search: one fewer once the library has brought something."""
    return max(1, stall_rounds - any(each.ancestor for each in state["accepted"]))


def _candidate(number: int, turn: int, offer: Offer, source: str) -> Candidate:
    return Candidate(
        f"l{turn}.{number}",
        0,
        number,
        offer.direction,
        Stage.DRAFTED,
        source=source,
        language_model=offer.language_model,
        ancestor=offer.rule,
        reviewed=True,
    )


def _diverse(offers: Sequence[Offer], most: int, node: RefineNodeContext) -> list[tuple[Offer, str]]:
    """The first of the offers, carried to this series, that run and rank a sample's points differently."""
    kept: list[tuple[Offer, str]] = []
    shapes: list[Bools] = []
    for offer in offers:
        if len(kept) >= most:
            break
        source = _carried(offer, node)
        top = _top_points(offer, source, node) if source and all(source != other for _, other in kept) else None
        if source and top is not None and not any(_alike(top, other) for other in shapes):
            kept.append((offer, source))
            shapes.append(top)
    return kept


def _carried(offer: Offer, node: RefineNodeContext) -> str | None:
    if node.data.unit is None:
        return offer.source
    try:
        return transfer_rule(offer.source, offer.params, offer.unit, node.data.unit)
    except RuleUnreadable as unreadable:
        node.decide(offer.rule, "unreadable", str(unreadable))
        return None


def _top_points(offer: Offer, source: str, node: RefineNodeContext) -> Bools | None:
    """Where the rule, with the numbers it has, scores highest on a sample of the training part; None if it fails."""
    train = node.data.train.part(0, min(SAMPLE_POINTS, len(node.data.train)))
    params = {**read_rule(source).defaults, **offer.params}
    (outcome,) = node.call(f"library {offer.rule}", source, train, [params])
    if not isinstance(outcome, Ran):
        node.decide(offer.rule, Stage.DROPPED, f"it does not run on this series: {outcome}")
        return None
    return _highest(outcome.scores)


def _highest(scores: Floats) -> Bools:
    known = np.where(np.isnan(scores), -np.inf, scores)
    top: Bools = np.zeros(len(known), dtype=np.bool_)
    top[np.argsort(-known, kind="stable")[: max(1, int(TOP * len(known)))]] = True
    return top & (known > -np.inf)


def _alike(one: Bools, other: Bools) -> bool:
    return bool((one & other).sum() >= ALIKE * max(1, (one | other).sum()))
