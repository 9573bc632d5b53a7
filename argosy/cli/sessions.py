"""`argosy sessions`: what was run, newest first."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    pass


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
    from rich.table import Table
    from rich.text import Text

    from argosy.terminal import moment, printable, stdout_console

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1))
    table.add_column("session", no_wrap=True)
    table.add_column("started (UTC)", no_wrap=True)
    for name in ("series", "model", "base", "outcome"):
        table.add_column(name, overflow="fold")
    table.add_column("rules", justify="right")
    table.add_column("gain", justify="right")
    for each in found:
        words = [each[name] or "unfinished" for name in ("series", "model", "base", "outcome")]
        rules = "–" if each["rules"] is None else str(each["rules"])
        gain = "–" if each["gain"] is None else f"{each['gain']:+.3f}"
        cells = (Text(printable(word)) for word in words)
        table.add_row(each["session"], moment(each["started"]), *cells, rules, gain)
    console = stdout_console()
    console.print(table)
    console.print("gain: the fusion's objective above the base's, on the lockbox", style="dim")
