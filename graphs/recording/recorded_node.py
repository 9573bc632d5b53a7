"""A node as LangGraph calls it, with all that it does recorded under a span of its own."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from langgraph.runtime import Runtime

from argosy.graphs.recording.node_context import RunContext
from argosy.graphs.recording.recorder import span

C = TypeVar("C", bound=RunContext)
S = TypeVar("S")
N = TypeVar("N")


class GraphNode(Protocol[S, C]):
    """A node as LangGraph calls it."""

    def __call__(self, state: S, *, runtime: Runtime[C]) -> S: ...


def recorded(
    name: str, node: Callable[[S, N], S], view: Callable[[C, str], N], round_of: Callable[[S], int]
) -> GraphNode[S, C]:
    """A node under a span of its own: `view` is what it sees of the context, `round_of` the round it is in."""

    def step(state: S, *, runtime: Runtime[C]) -> S:
        context = runtime.context
        with span(context.recorder, context.clock, name, round_of(state)) as mark:
            return node(state, view(context, mark))

    return step
