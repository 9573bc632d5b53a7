"""What `langgraph.json` names is there and is the graph that runs."""

import json
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from langgraph.graph.state import CompiledStateGraph

from argosy.graphs.refine.graph import NODES
from tests.places import ROOT

LISTED: dict[str, str] = json.loads((ROOT / "langgraph.json").read_text("utf-8"))["graphs"]


def opened(name: str) -> object:
    """A graph as LangGraph's own tools open it: from the file, whatever package that belongs to."""
    file, _, function = LISTED[name].partition(":")
    spec = spec_from_file_location("studio_from_file", ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, function)()


@pytest.mark.parametrize("name", LISTED)
def test_every_graph_of_langgraph_json_opens(name: str) -> None:
    graph = opened(name)
    assert isinstance(graph, CompiledStateGraph)
    assert graph.name == name
    assert len(graph.get_graph().nodes) > 3


def test_the_refinement_graph_is_the_one_that_runs() -> None:
    graph = opened("refine")
    assert isinstance(graph, CompiledStateGraph)
    assert {node for node, _ in NODES} <= set(graph.get_graph().nodes)


def test_what_langgraph_json_depends_on_is_this_project() -> None:
    depends = json.loads((ROOT / "langgraph.json").read_text("utf-8"))["dependencies"]
    assert [(ROOT / each / "pyproject.toml").is_file() for each in depends] == [True]
