"""What `langgraph.json` opens: the compiled graphs, for LangGraph's own tools to draw, step and fork."""

from langgraph.graph.state import CompiledStateGraph

from argosy.graphs.detect.context import DetectContext
from argosy.graphs.detect.graph import build as build_detect
from argosy.graphs.detect.state import State as DetectState
from argosy.graphs.refine import RefineContext, State, build
from argosy.graphs.refresh.context import RefreshContext
from argosy.graphs.refresh.graph import build as build_refresh
from argosy.graphs.refresh.state import State as RefreshState


def refine() -> CompiledStateGraph[State, RefineContext, State, State]:
    """The refinement graph, compiled; a run needs a `RefineContext`, which `argosy run` makes."""
    return build().compile(name="refine")


def detect() -> CompiledStateGraph[DetectState, DetectContext, DetectState, DetectState]:
    """The detect graph, compiled; a run needs a `DetectContext`, which `argosy detect` makes."""
    return build_detect().compile(name="detect")


def refresh() -> CompiledStateGraph[RefreshState, RefreshContext, RefreshState, RefreshState]:
    """The refresh graph, compiled; a run needs a `RefreshContext`, which `argosy refresh` makes."""
    return build_refresh().compile(name="refresh")
