"""`argosy doctor`: what is there, what is not, and how to mend it."""

from dataclasses import asdict

import typer

from argosy.cli import options


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor", epilog="Example: argosy doctor --model http://127.0.0.1:8089/v1#qwen")(doctor)


def doctor(
    model: options.ModelNames = None,
    as_json: options.AsJson = False,
) -> None:
    """Look at the engine, image, model, store and versions; exits with 1 when something is broken."""
    from argosy.doctor import examine
    from argosy.finding import Health
    from argosy.settings import read_settings
    from argosy.terminal import print_json

    found = list(examine(read_settings(), options.model_text(model)))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        for each in found:
            typer.echo(f"{each.health.value:<8} {each.part:<14} {each.detail}")
            if each.mend:
                typer.echo(f"{'':<8} {'':<14} → {each.mend}")
    if any(each.health is Health.BROKEN for each in found):
        raise typer.Exit(1)
