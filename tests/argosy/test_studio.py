"""What `langgraph.json` names is there and is the graph that runs."""

import json
from importlib import import_module
from pathlib import Path

from langgraph.graph.state import CompiledStateGraph

from argosy.graphs.refine.graph import NODES


def test_langgraph_json_opens_the_refinement_graph() -> None:
    listed = json.loads(Path("langgraph.json").read_text("utf-8"))
    file, _, name = listed["graphs"]["refine"].partition(":")
    module = import_module(".".join(Path(file).with_suffix("").parts))
    graph = getattr(module, name)()
    assert isinstance(graph, CompiledStateGraph)
    assert {node for node, _ in NODES} <= set(graph.get_graph().nodes)
