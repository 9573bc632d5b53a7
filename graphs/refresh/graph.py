"""The refresh graph as LangGraph sees it: nodes, edges and routers. Nothing is compiled at import."""

from collections.abc import Callable
from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from argosy.graphs.recording.recorded_node import recorded
from argosy.graphs.refresh import conclude, decide, drift, judge, make
from argosy.graphs.refresh.context import RefreshContext, RefreshNodeContext
from argosy.graphs.refresh.state import State

Node = Callable[[State, RefreshNodeContext], State]
Graph = StateGraph[State, RefreshContext, State, State]

NODES: tuple[tuple[str, Node], ...] = (
    ("look", drift.find_drift),
    ("decide", decide.decide),
    ("retune", make.retune),
    ("search", make.search),
    ("shadow", judge.shadow),
    ("gate", judge.gate),
    ("keep", conclude.keep),
    ("wait", conclude.wait),
    ("ask", conclude.ask),
    ("promote", conclude.promote),
    ("reject", conclude.reject),
    ("rollback", conclude.roll_back),
)
RECURSION_LIMIT = 20
"""More steps than any run takes: nothing in here circles."""

After = Literal["keep", "retune", "search", "shadow", "rollback"]
_ROUTES: dict[str, After] = {
    decide.KEEP: "keep",
    decide.SHADOW: "shadow",
    decide.ROLL_BACK: "rollback",
    "retune": "retune",
    "search_again": "search",
}


def build() -> Graph:
    """The graph, not yet compiled; a run that may have to wait for a person needs a checkpointer and a thread."""
    graph: Graph = StateGraph(State, context_schema=RefreshContext)
    for name, node in NODES:
        graph.add_node(name, recorded(name, node, RefreshNodeContext, lambda _state: 0))
    graph.add_node("approve", conclude.approve)
    graph.add_edge(START, "look")
    graph.add_edge("look", "decide")
    graph.add_conditional_edges("decide", after_decide)
    graph.add_conditional_edges("retune", after_making)
    graph.add_edge("search", "shadow")
    graph.add_edge("shadow", "gate")
    graph.add_conditional_edges("gate", after_gate)
    graph.add_edge("ask", "approve")
    graph.add_conditional_edges("approve", after_answer)
    for last in ("keep", "wait", "promote", "reject", "rollback"):
        graph.add_edge(last, END)
    return graph


def after_decide(state: State) -> After:
    """The route that was decided."""
    return _ROUTES[state["route"]]


def after_making(state: State) -> Literal["shadow", "reject"]:
    """Without a challenger there is nothing to put beside the champion."""
    return "shadow" if state.get("challenger") else "reject"


def after_gate(state: State, runtime: Runtime[RefreshContext]) -> Literal["wait", "ask", "promote", "reject"]:
    """What passes the gate still needs a person's agreement where one is wanted."""
    if state["verdict"] == judge.WAIT:
        return "wait"
    if state["verdict"] == judge.FAIL:
        return "reject"
    return "ask" if runtime.context.policy.approve else "promote"


def after_answer(state: State) -> Literal["promote", "reject"]:
    """By the person's answer: promote or reject."""
    return "promote" if state["answer"]["approved"] else "reject"
