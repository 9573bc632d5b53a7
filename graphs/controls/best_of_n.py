"""Best of n: proposals that know nothing of each other, tuned as a session's are; the best on validation is fused.

The control of every search over rules ("Simple baselines are competitive with code evolution", arXiv 2602.16805).
There are no parents, no list of what was tried, no Review and no gates; the fusion may be empty, as a session's may.
"""

from collections.abc import Mapping
from types import MappingProxyType

from argosy.graphs.controls.turns import keep_best, take_turns
from argosy.graphs.refine import write
from argosy.graphs.refine.context import RefineNodeContext
from argosy.graphs.refine.graph import Node
from argosy.graphs.refine.state import State


def choose_target(state: State, node: RefineNodeContext) -> State:
    """Numbers count on from turn to turn, so that no two proposals are asked for in the same words."""
    return take_turns(state, node, lambda turn: 1 + turn * node.settings.candidates)


def propose(state: State, node: RefineNodeContext) -> State:
    """Asks for every proposal as if it were the first."""
    return write.propose({**state, "archive": (), "accepted": (), "tried": ()}, node)


def skip_review(_state: State, _node: RefineNodeContext) -> State:
    """Asks no reviewer."""
    return {}


NODES: Mapping[str, Node] = MappingProxyType(
    {"target": choose_target, "propose": propose, "review": skip_review, "select": keep_best}
)
