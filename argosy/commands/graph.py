"""`argosy graph`: the refinement graph as a Mermaid drawing, and as the drawing in a document that must be true."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.commands import options

BEGIN, END = "<!-- graph: begin -->", "<!-- graph: end -->"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("graph", epilog="Example: argosy graph --check README.md")(graph)


def graph(
    write: Annotated[Path | None, typer.Option(help="Put the drawing between the marks in this Markdown file.")] = None,
    check: Annotated[Path | None, typer.Option(help="Fail unless this file holds the drawing as it is now.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Draw the refinement graph as Mermaid."""
    from argosy.studio import refine
    from argosy.terminal import print_json
    from signals.errors import BadInput

    drawing = refine().get_graph().draw_mermaid(with_styles=False).strip()
    if check:
        if drawn_in(check, drawing) != check.read_text("utf-8"):
            raise BadInput(str(check), "its drawing of the graph is out of date", f"run: argosy graph --write {check}")
        typer.echo(f"{check} holds the graph as it is")
    elif write:
        write.write_text(drawn_in(write, drawing), "utf-8")
        typer.echo(f"drawn into {write}")
    elif as_json:
        print_json({"mermaid": drawing})
    else:
        typer.echo(drawing)


def drawn_in(document: Path, drawing: str) -> str:
    """The document's text with this drawing between its marks. Raises BadInput."""
    from signals.errors import BadInput

    try:
        text = document.read_text("utf-8")
    except OSError as error:
        raise BadInput(str(document), (error.strerror or str(error)).lower(), "name a Markdown file") from error
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise BadInput(str(document), "has no place for the drawing", f"put {BEGIN} and {END} where it goes")
    return f"{head}{BEGIN}\n```mermaid\n{drawing}\n```\n{END}{tail}"
