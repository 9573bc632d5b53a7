"""`argosy detector show|list|promote|retire|rollback`: what is in service, where it comes from, and taking it back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.approvals import By, user_name
from argosy.terminal import several

if TYPE_CHECKING:
    from rich.console import Console

Named = Annotated[str, typer.Argument(help="A detector's or session's id, its beginning, or latest.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    detector = typer.Typer(help="Detectors in service.", no_args_is_help=True, epilog="Example: argosy detector list")
    detector.command("show", epilog="Example: argosy detector show latest --json")(show)
    detector.command("list", epilog="Example: argosy detector list --all")(list_)
    detector.command("promote", epilog="Example: argosy detector promote d-2026 --why 'looked at its alarms'")(promote)
    detector.command("retire", epilog="Example: argosy detector retire d-2026 --why 'metric is gone'")(retire)
    detector.command("rollback", epilog="Example: argosy detector rollback d-2026 --why 'pages at night'")(rollback)
    app.add_typer(detector, name="detector")


def show(detector: Named, as_json: options.AsJson = False) -> None:
    """Show a detector's whole line: every detector of it, how each came to stand as it does, and every refresh."""
    import time

    from argosy.service.line import line_json
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, stdout_console

    found = line_json(open_store(read_settings()), detector, time.time())
    if as_json:
        print_json(found)
    else:
        _print_line(found, stdout_console())


def list_(
    every: Annotated[bool, typer.Option("--all", help="Also candidates, those in shadow and retired ones.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """List the detectors in service, newest first, with their age and when they expire."""
    import time

    from argosy.service.line import detector_json
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, printable

    store, now = open_store(read_settings()), time.time()
    live = store.service.lives()
    rows = [each for each in store.detectors.newest() if every or each.id in live]
    found = [detector_json(store, each, now) for each in rows]
    if as_json:
        print_json(found)
    elif not found:
        typer.echo("No detector yet. argosy run FILE makes one.")
    for each in () if as_json else found:
        rules = several(len(each["rules"]), "rule")
        told = f"{each['id']} {each['status']:<9} {each['series']}: {each['base']} with {rules}"
        typer.echo(printable(f"{told}, {_age(each)}"))


def promote(
    detector: Named,
    why: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    by: By = None,
    as_json: options.AsJson = False,
) -> None:
    """Put a detector in service that a session held back; the live one of its line is retired."""
    from argosy.service import line
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    gone, live = line.promote(open_store(read_settings()), detector, by or user_name(), why)
    if as_json:
        print_json({"retired": gone, "live": live})
    else:
        typer.echo(f"{live} is in service" + (f", and {gone} is retired" if gone else ""))


def retire(
    detector: Named,
    why: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    by: By = None,
    as_json: options.AsJson = False,
) -> None:
    """Take a detector out of service; it stays in the store."""
    from argosy.service import line
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    gone = line.retire(open_store(read_settings()), detector, by or user_name(), why)
    if as_json:
        print_json({"retired": gone})
    else:
        typer.echo(f"{gone} is retired")


def rollback(
    detector: Named,
    why: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    by: By = None,
    as_json: options.AsJson = False,
) -> None:
    """Put the detector before the live one of a line back in service."""
    from argosy.service import line
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    gone, back = line.roll_back(open_store(read_settings()), detector, by or user_name(), why)
    if as_json:
        print_json({"retired": gone, "live": back})
    else:
        typer.echo(f"{back} is in service again, and {gone} is retired")


def _age(found: dict[str, Any]) -> str:
    """How old a detector is and, where it is or may come into service, when it is due to be looked at again."""
    from argosy.terminal import moment

    age = f"{found['age_days']:.1f} days old"
    if found["expires"] is None or found["status"] == "retired":
        return age
    return f"{age}, due {'since' if found['due'] else 'at'} {moment(found['expires'])} UTC"


def _print_line(found: dict[str, Any], console: "Console") -> None:
    from rich.text import Text

    from argosy.terminal import moment, printable

    def say(words: str, style: str = "") -> None:
        console.print(Text(printable(words), style=style), soft_wrap=True)

    say(f"line {found['line']}, in service: {found['live'] or 'nothing'}", "bold")
    for each in found["detectors"]:
        origin = f"{each['how']} of {each['predecessor']}" if each["predecessor"] else f"session {each['session']}"
        rules = ", ".join(each["rules"]) or "no rule"
        say(f"{each['id']} {each['status']}: {origin}; {each['base']} with {rules}; {_age(each)}")
        for standing in each["standings"]:
            say(f"    {moment(standing['at'])} {standing['status']} by {standing['author']}: {standing['why']}", "dim")
    for each in found["refreshes"]:
        state = each["state"] or "not concluded"
        say(f"{each['id']} {moment(each['at'])} {state}: {each.get('why', '')}")
    for each in found["approvals"]:
        said = f"{each['verdict']} by {each['author']}: {each['why']}" if each["verdict"] else "waits for an answer"
        say(f"{each['id']} of {each['refresh']}: {said}")
