"""What `langgraph.json` opens: the compiled refinement graph, for LangGraph's own tools to draw, step and fork."""

from langgraph.graph.state import CompiledStateGraph

from graphs.refine import RefineContext, State, build


def refine() -> CompiledStateGraph[State, RefineContext, State, State]:
    """The refinement graph, compiled; a run needs a `RefineContext`, which `argosy run` makes."""
    return build().compile(name="refine")
