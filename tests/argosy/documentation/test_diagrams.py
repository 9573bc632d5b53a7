"""Drawings: SVG of its own, made without a network."""

import xml.etree.ElementTree as ET

import pytest

from argosy.cli.graph import GRAPHS, drawing
from argosy.documentation.diagrams import drawn, fence


@pytest.mark.slow
def test_drawings_have_ids_of_their_own_and_are_the_same_each_time() -> None:
    sources = ("graph TD;\n  a --> b;\n", "graph TD;\n  a --> c;\n")
    one, other = (ET.fromstring(drawn(source)) for source in sources)
    ids = [{each.get("id") for each in picture.iter() if each.get("id")} for picture in (one, other)]
    assert not ids[0] & ids[1]
    assert "".join(one.itertext()).endswith("ab")
    assert fence(sources[0], "mermaid", "diagram", {}, None) == f'<div class="diagram">{drawn(sources[0])}</div>'


@pytest.mark.slow
@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_is_drawn_with_the_names_of_its_nodes_and_nothing_but_svg(name: str) -> None:
    svg = drawn(drawing(name))
    text = "".join(ET.fromstring(svg).itertext())
    nodes = {
        word.strip(" \t;") for line in drawing(name).splitlines()[1:] for word in line.split("-->")[0].split("-.->")
    }
    assert all(node in text for node in nodes)
    assert not any(word in svg for word in ("foreignObject", "<script", "@import", "url(http"))
