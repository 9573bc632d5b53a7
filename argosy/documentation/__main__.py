"""`python -m argosy.documentation`: writes and checks reference pages, and checks a built site. See the Makefile."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from argosy.signals.errors import BadInput

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

Docs = Annotated[Path, typer.Argument(help="The folder of the pages.")]


@app.command()
def write(docs: Docs = Path("docs")) -> None:
    """Write what is generated into the pages."""
    from argosy.documentation import reference

    for page in reference.write(docs):
        typer.echo(f"written: {page}")


@app.command()
def check(docs: Docs = Path("docs")) -> None:
    """Fail unless the pages say what the code says."""
    from argosy.documentation import reference

    reference.check(docs)
    typer.echo(f"{docs} says what the code says")


@app.command()
def gather(folder: Annotated[Path, typer.Argument(help="A folder that is made anew.")] = Path("build/pages")) -> None:
    """Put pages, and what they link to in this repository, into a folder for the site."""
    from argosy.documentation.gather import gather as gather_pages

    shutil.rmtree(folder, ignore_errors=True)
    gather_pages(Path.cwd(), folder)


@app.command()
def site(folder: Annotated[Path, typer.Argument(help="The folder of the built site.")] = Path("build/site")) -> None:
    """Fail unless the built site is whole and loads nothing from elsewhere."""
    from argosy.documentation.site import faults

    found = list(faults(folder))
    for each in found:
        typer.echo(each, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo(f"{folder} is whole, and loads nothing from elsewhere")


def main() -> None:
    """Runs a command; what a person can mend is one line."""
    try:
        app()
    except BadInput as error:
        typer.echo(f"documentation: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
