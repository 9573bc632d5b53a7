"""The detect graph as LangGraph sees it: nodes, edges and routers. Nothing is compiled at import."""

from collections.abc import Callable
from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from argosy.graphs.detect import nodes
from argosy.graphs.detect.context import DetectContext, DetectNodeContext
from argosy.graphs.detect.state import State
from argosy.graphs.recording.recorded_node import recorded

Node = Callable[[State, DetectNodeContext], State]
Graph = StateGraph[State, DetectContext, State, State]

NODES: tuple[tuple[str, Node], ...] = (
    ("select", nodes.select),
    ("score", nodes.score),
    ("fuse", nodes.fuse),
    ("explain", nodes.explain),
)

RECURSION_LIMIT = 10
"""More steps than any run can take: there are no loops."""


def build() -> Graph:
    """The graph, not yet compiled; give a run its `DetectContext`."""
    graph: Graph = StateGraph(State, context_schema=DetectContext)
    for name, node in NODES:
        graph.add_node(name, recorded(name, node, DetectNodeContext, lambda _state: 1))
    graph.add_edge(START, "select")
    graph.add_edge("select", "score")
    graph.add_conditional_edges("score", after_score)
    graph.add_conditional_edges("fuse", after_fuse)
    graph.add_edge("explain", END)
    return graph


def after_score(state: State) -> Literal["fuse", "__end__"]:
    """Where no pattern gave scores there is nothing to fuse."""
    return "__end__" if all(each.failure for each in state["heard"]) else "fuse"


def after_fuse(state: State, runtime: Runtime[DetectContext]) -> Literal["explain", "__end__"]:
    """Only where it was asked for, and something was flagged."""
    return "explain" if runtime.context.settings.explain and state["flagged"] else "__end__"
