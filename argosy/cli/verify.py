"""`argosy rule verify`: runs the checks of a rule's certificate again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from argosy.cli import options
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading

if TYPE_CHECKING:
    from argosy.sessions.certificates import Verification


def register(rule: typer.Typer) -> None:
    """Adds the command to `argosy rule`."""
    rule.command("verify", epilog="Example: argosy rule verify r-4f21")(verify)


@with_reading
def verify(
    rule: Annotated[str, typer.Argument(help="A rule's id, or its beginning where that is unique.")],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Other data to run the checks on. [default: those that it was certified on]", callback=options.table
        ),
    ] = None,
    time: options.Time = None,
    value: options.Value = None,
    label: options.Label = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    incidents: options.Incidents = None,
    reading: Reading = UNSAID,
    sandbox: options.SandboxName = "auto",
    accept_risk: options.AcceptRisk = False,
    as_json: options.AsJson = False,
) -> None:
    """Run a rule's checks again in the sandbox and compare them with its certificate; exit 1 if something fails."""
    from argosy.choices import one_of
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.sandboxes import SandboxChoice
    from argosy.sessions.certificates import verify_rule
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    choice = one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice})
    table = (
        TableRequest(file, time, value, label, id_column, series, step, incidents, reading=reading) if file else None
    )
    verified = verify_rule(open_store(read_settings()), rule, table, choice, accept_risk)
    if as_json:
        print_json(verified.as_json())
    else:
        _print(verified)
    if not verified.holds:
        raise typer.Exit(1)


def _print(verified: "Verification") -> None:
    from argosy.terminal import printable

    for check in verified.checks:
        mark = "ok  " if check.holds else "FAIL"
        typer.echo(f"{mark} {check.name:<14} {printable(check.words)}")
    failed = sum(not check.holds for check in verified.checks)
    end = "all checks hold" if verified.holds else f"checks that do not hold: {failed} of {len(verified.checks)}"
    typer.echo(f"{verified.rule}, certified in {verified.session}: {end}")
