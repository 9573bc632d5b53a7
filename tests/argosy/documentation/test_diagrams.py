"""Drawings: SVG of its own, made without a network."""

import xml.etree.ElementTree as ET

from argosy.cli.graph import GRAPHS, drawing
from argosy.documentation.diagrams import drawn, fence


def test_every_graph_is_drawn_with_ids_of_its_own_and_names_that_can_be_read() -> None:
    pictures = {name: drawn(drawing(name)) for name in GRAPHS}
    ids = [{each.get("id") for each in ET.fromstring(svg).iter() if each.get("id")} for svg in pictures.values()]
    assert not ids[0] & ids[1]
    assert not ids[1] & ids[2]
    for words in ("trial", "repair", "lockbox"):
        assert words in "".join(ET.fromstring(pictures["refine"]).itertext())
    assert not any("foreignObject" in svg or "<script" in svg for svg in pictures.values())


def test_a_drawing_is_the_same_each_time() -> None:
    source = "graph TD;\n  a --> b;\n"
    assert fence(source, "mermaid", "diagram", {}, None) == fence(source, "mermaid", "diagram", {}, None)
