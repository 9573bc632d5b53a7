"""The refinement graph as LangGraph sees it: nodes, edges and routers. Nothing is compiled at import."""

from collections.abc import Callable, Mapping
from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from argosy.graphs.recording.recorded_node import recorded
from argosy.graphs.refine import assess, explain, finish, review, select, shortlist, study, trial, tune, write
from argosy.graphs.refine.context import RefineContext, RefineNodeContext
from argosy.graphs.refine.settings import Settings
from argosy.graphs.refine.state import Stage, State

Node = Callable[[State, RefineNodeContext], State]
Graph = StateGraph[State, RefineContext, State, State]

NODES: tuple[tuple[str, Node], ...] = (
    ("profile", study.study),
    ("shortlist", shortlist.shortlist),
    ("baseline", study.fit_base),
    ("target", study.choose_target),
    ("propose", write.propose),
    ("vet", write.vet),
    ("trial", trial.trial),
    ("repair", write.repair),
    ("tune", tune.tune_all),
    ("assess", assess.assess),
    ("review", review.review_all),
    ("select", select.select),
    ("fuse", finish.fuse_accepted),
    ("lockbox", finish.open_lockbox),
    ("explain", explain.explain_alerts),
    ("certify", finish.certify),
    ("publish", finish.publish),
)


def build(instead: Mapping[str, Node] | None = None) -> Graph:
    """The graph, not yet compiled; give a run its `RefineContext` and the limit of `recursion_limit`.

    `instead` are nodes that take the place of those of their name: how a benchmark's controls differ from a session.
    """
    graph: Graph = StateGraph(State, context_schema=RefineContext)
    for name, node in NODES:
        graph.add_node(
            name,
            recorded(name, (instead or {}).get(name, node), RefineNodeContext, lambda state: state.get("round", 0)),
        )
    graph.add_edge(START, "profile")
    graph.add_conditional_edges("profile", after_profile)
    graph.add_edge("shortlist", "baseline")
    graph.add_conditional_edges("baseline", after_baseline)
    graph.add_conditional_edges("target", after_target)
    graph.add_edge("propose", "vet")
    graph.add_edge("vet", "trial")
    graph.add_conditional_edges("trial", after_trial)
    graph.add_edge("repair", "vet")
    graph.add_edge("tune", "assess")
    graph.add_edge("assess", "review")
    graph.add_conditional_edges("review", after_review)
    graph.add_conditional_edges("select", after_select)
    graph.add_edge("fuse", "lockbox")
    graph.add_conditional_edges("lockbox", after_lockbox)
    graph.add_edge("explain", "certify")
    graph.add_edge("certify", "publish")
    graph.add_edge("publish", END)
    return graph


def recursion_limit(settings: Settings) -> int:
    """More steps than any run can take, so that a fault in a router stops instead of circling."""
    a_round = 8 + (3 * settings.max_repairs + 6) * (1 + settings.max_revisions + settings.max_repairs)
    return 10 + (settings.rounds + len(settings.directions)) * a_round


def after_profile(_state: State, runtime: Runtime[RefineContext]) -> Literal["shortlist", "baseline"]:
    """Baselines are shortlisted where that was asked for."""
    return "shortlist" if runtime.context.shortlist is not None else "baseline"


def after_baseline(state: State) -> Literal["target", "fuse"]:
    """No incident in training: there is nothing to learn from."""
    return "fuse" if state.get("ending") else "target"


def after_target(state: State) -> Literal["propose", "fuse"]:
    """Nothing left to win."""
    return "fuse" if state.get("ending") else "propose"


def after_trial(state: State) -> Literal["repair", "tune"]:
    """Whatever failed is mended first, so that a round's candidates move on together."""
    broken = any(each.failure and each.stage is not Stage.DROPPED for each in state["candidates"])
    return "repair" if broken and not state.get("ending") else "tune"


def after_review(state: State) -> Literal["propose", "repair", "select"]:
    """What was sent back goes to Detection or to Repair; the counts that bound this are kept where it is decided."""
    if state.get("ending"):
        return "select"
    if any(each.stage is Stage.REVISED for each in state["candidates"]):
        return "propose"
    if any(each.failure and each.stage is not Stage.DROPPED for each in state["candidates"]):
        return "repair"
    return "select"


def after_select(state: State) -> Literal["target", "fuse"]:
    """Until accepted enough, spent, stalled or stopped: the node has named the ending."""
    return "fuse" if state.get("ending") else "target"


def after_lockbox(_state: State, runtime: Runtime[RefineContext]) -> Literal["explain", "certify"]:
    """Alerts are explained where that was asked for."""
    return "explain" if runtime.context.past.settings(runtime.context.settings).explain else "certify"
