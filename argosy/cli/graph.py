"""`argosy graph`: the graphs as Mermaid drawings, and as the drawings in a document that must be true."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from argosy.cli import options, paths

REFINE = "refine"
GRAPHS = (REFINE, "detect", "refresh")
"""Functions of `argosy.studio`, each of which gives a compiled graph."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("graph", epilog="Example: argosy graph detect, or argosy graph --check docs/concepts/graphs.md")(graph)


def graph(
    name: Annotated[str, typer.Argument(help=f"Which graph to print: {' or '.join(GRAPHS)}.")] = REFINE,
    write: Annotated[
        Path | None,
        typer.Option(help="Put the drawings between their marks in this Markdown file.", callback=paths.written),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="Fail unless this file holds the drawings as they are now.", callback=paths.read()),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Draw a graph as Mermaid; --write and --check look at every graph that has a place in the document."""
    from argosy.choices import one_of
    from argosy.signals.errors import BadInput
    from argosy.terminal import print_json

    drawings = {each: drawing(each) for each in GRAPHS}
    chosen = one_of("graph", name, drawings)
    if check:
        if all_drawn_in(check, drawings) != check.read_text("utf-8"):
            raise BadInput(str(check), "its drawing of the graph is out of date", f"run: argosy graph --write {check}")
        typer.echo(f"{check} holds the graph as it is")
    elif write:
        write.write_text(all_drawn_in(write, drawings), "utf-8")
        typer.echo(f"drawn into {write}")
    elif as_json:
        print_json({"graph": name, "mermaid": chosen})
    else:
        typer.echo(chosen)


def drawing(name: str) -> str:
    """A graph of `argosy.studio` as Mermaid."""
    from argosy import studio

    drawn: str = getattr(studio, name)().get_graph().draw_mermaid(with_styles=False)
    return drawn.strip()


def marks(name: str) -> tuple[str, str]:
    """Between which comments a graph is drawn; the refinement graph is the one without a name."""
    label = "graph" if name == REFINE else f"graph {name}"
    return f"<!-- {label}: begin -->", f"<!-- {label}: end -->"


def all_drawn_in(document: Path, drawings: Mapping[str, str]) -> str:
    """The document's text with each drawing between its marks; the refinement graph must have some. Raises BadInput."""
    text = _text(document)
    for name, drawn in drawings.items():
        if name == REFINE or marks(name)[0] in text:
            text = drawn_in(document, drawn, name, text)
    return text


def drawn_in(document: Path, drawing: str, name: str = REFINE, text: str | None = None) -> str:
    """The document's text with this drawing between the marks of its graph. Raises BadInput."""
    from argosy.signals.errors import BadInput

    start, stop = marks(name)
    head, begin, rest = (_text(document) if text is None else text).partition(start)
    _, end, tail = rest.partition(stop)
    if not begin or not end:
        raise BadInput(str(document), "has no place for the drawing", f"put {start} and {stop} where it goes")
    return f"{head}{start}\n```mermaid\n{drawing}\n```\n{stop}{tail}"


def _text(document: Path) -> str:
    from argosy.signals.errors import BadInput

    try:
        return document.read_text("utf-8")
    except OSError as error:
        raise BadInput(str(document), (error.strerror or str(error)).lower(), "name a Markdown file") from error
