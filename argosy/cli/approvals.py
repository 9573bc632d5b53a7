"""`argosy approvals`, `approve` and `reject`: what waits for a person, and the person's answer."""

from typing import Annotated, Any

import typer

from argosy.cli import options

Question = Annotated[str, typer.Argument(help="An approval's or a refresh's id, or its beginning.")]
By = Annotated[str | None, typer.Option("--by", help="Who answers. [default: your user name]")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("approvals", epilog="Example: argosy approvals --all --json")(approvals)
    app.command("approve", epilog="Example: argosy approve a-2026 --why 'read both, agree'")(approve)
    app.command("reject", epilog="Example: argosy reject a-2026 --why 'deploy on Monday, ask again'")(reject)


def approvals(
    every: Annotated[bool, typer.Option("--all", help="Also those that were answered.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """List the challengers that wait for a person's agreement, the oldest first."""
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import moment, print_json, printable

    found = open_store(read_settings()).refreshes.approvals(every)
    if as_json:
        print_json([vars(each) for each in found])
    elif not found:
        typer.echo("Nothing waits for an answer.")
    for each in () if as_json else found:
        facts: dict[str, Any] = dict(each.facts)
        said = f" · {each.verdict} by {each.author}" if each.verdict else ""
        typer.echo(f"{each.id} · {moment(each.asked)} UTC{said}")
        typer.echo(printable(f"  {facts['series']}: {facts['challenger']} in place of {facts['champion']}"))
        typer.echo(printable(f"  {facts['why']}"))


def approve(
    approval: Question,
    why: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    by: By = None,
    as_json: options.AsJson = False,
) -> None:
    """Promote a challenger that waits for it."""
    _answer(approval, True, why, by, as_json)


def reject(
    approval: Question,
    why: Annotated[str, typer.Option(help="Why, for the record.")],
    by: By = None,
    as_json: options.AsJson = False,
) -> None:
    """Retire a challenger instead of promoting it."""
    _answer(approval, False, why, by, as_json)


def _answer(approval: str, approved: bool, why: str, by: str | None, as_json: bool) -> None:

    from argosy.cli.refresh import print_refreshed
    from argosy.service.approve import answer
    from argosy.terminal import print_json, stdout_console
    from argosy.workspace import open_workspace

    done = answer(approval, approved, by or user_name(), why, open_workspace())
    if as_json:
        print_json(done.as_json())
    else:
        print_refreshed(done, stdout_console())


def user_name() -> str:
    """Who sits at this machine, as far as it knows."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        return "unknown"
