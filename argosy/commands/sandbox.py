"""`argosy sandbox build`: the image that rules run in."""

from typing import Annotated

import typer

from argosy.commands import options


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Where rules run: build its image, remove what a crash left.")
    group.command("build", epilog="Example: argosy sandbox build --base-image python:3.11-slim")(build)
    group.command("reap", epilog="Example: argosy sandbox reap")(reap)
    app.add_typer(group, name="sandbox")


def build(
    base_image: Annotated[
        str, typer.Option(help="An image with Python 3.11 or newer; one that is here already, by default.")
    ] = "",
    as_json: options.AsJson = False,
) -> None:
    """Build the sandbox image; wheels are fetched here and copied in, so the build itself needs no network."""
    from argosy.terminal import print_json
    from sandbox.image import build_image

    tag = build_image(base_image, (lambda _line: None) if as_json else typer.echo)
    if as_json:
        print_json({"image": tag})
    else:
        typer.echo(f"built {tag}")


def reap(as_json: options.AsJson = False) -> None:
    """Remove containers that crashed processes left behind."""
    from argosy.terminal import print_json
    from sandbox.containers import reap as reap_containers

    count = reap_containers()
    if as_json:
        print_json({"removed": count})
    else:
        typer.echo(f"{count} containers removed")
