"""`argosy sessions`: what was run, newest first."""

from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sessions", epilog="Example: argosy sessions --limit 20")(sessions)


def sessions(
    limit: Annotated[int | None, typer.Option(min=1, help="Show no more than so many.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write a JSON list instead.")] = False,
) -> None:
    """List sessions, newest first: what they ran on, how they ended, and what they gained."""
    from argosy.sessions.listing import session_json
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    found = [session_json(row) for row in open_store(read_settings()).sessions.newest(limit)]
    if as_json:
        print_json(found)
    elif not found:
        typer.echo("No session yet. argosy run FILE makes one.")
    else:
        _print(found)


def _print(found: list[dict[str, Any]]) -> None:
    from argosy.columns import Column, FittedTable
    from argosy.terminal import moment, stdout_console

    table = FittedTable(
        Column("session"),
        Column("started (UTC)", leaves=1),
        Column("series", least=12),
        Column("model", least=10, leaves=3),
        Column("base", least=8, leaves=2),
        Column("outcome", least=12),
        Column("rules", right=True),
        Column("gain", right=True),
    )
    for each in found:
        words = [str(each[name] or "unfinished") for name in ("series", "model", "base", "outcome")]
        rules = "–" if each["rules"] is None else str(each["rules"])
        gain = "–" if each["gain"] is None else f"{each['gain']:+.3f}"
        table.add_row(each["session"], moment(each["started"]), *words, rules, gain)
    console = stdout_console()
    console.print(table)
    console.print("gain: the fusion's objective above the base's, on the lockbox", style="dim")
