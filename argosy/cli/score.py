"""`argosy score`: a stored detector on a file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import options, paths
from argosy.cli.reading_options import with_reading
from argosy.inputs.tables.reading import UNSAID, Reading
from argosy.signals.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from argosy.service.score import ScoreResult

ALERTED = 3
"""The exit code of --fail-on-alert, which nothing else ends with."""

_SHOWN = 15


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("score", epilog="Example: argosy score latest metric.csv --out scores.parquet")(score)


@with_reading
def score(
    detector: Annotated[str, typer.Argument(help="A detector's or session's id, its beginning, or latest.")],
    file: options.File,
    out: Annotated[
        Path | None,
        typer.Option(help="Parquet or CSV to write: timestamp, value, score, flag, fired.", callback=paths.written),
    ] = None,
    time: options.Time = None,
    value: options.Value = None,
    id_column: options.IdColumn = None,
    series: options.SeriesId = None,
    step: options.Step = None,
    reading: Reading = UNSAID,
    sandbox: options.SandboxName = "auto",
    accept_risk: options.AcceptRisk = False,
    fail_on_alert: Annotated[
        bool, typer.Option("--fail-on-alert", help=f"End with exit code {ALERTED} if a point of the file is flagged.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Score every point of a file with a detector, and list its alerts; no model is asked."""
    from argosy.choices import one_of
    from argosy.inputs.tables.read_series import TableRequest
    from argosy.sandboxes import SandboxChoice
    from argosy.service.score import score_file
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    if out:
        check_kind(out)
    choice = one_of("--sandbox", sandbox, {each.value: each for each in SandboxChoice})
    table = TableRequest(file, time, value, None, id_column, series, step, reading=reading)
    scored = score_file(open_store(read_settings()), detector, table, choice, accept_risk)
    if out:
        write_table(scored.frame, out)
    summary = scored.as_json() | {"out": str(out) if out else None}
    if as_json:
        print_json(summary)
    else:
        _print(scored, summary, out)
    if fail_on_alert and scored.alerts:
        raise typer.Exit(ALERTED)


def _print(scored: "ScoreResult", summary: "dict[str, Any]", out: Path | None) -> None:
    from argosy.cli.detect_output import alert_line
    from argosy.terminal import printable, several

    def say(words: str) -> None:
        typer.echo(printable(words))

    points, alerts = several(summary["points"], "point"), several(scored.alerts, "alert")
    say(f"{summary['flagged']:,} of {points} flagged in {alerts}")
    if scored.alerts > _SHOWN:
        say(f"  the newest {_SHOWN} of them, --out has every point:")
    for alert in scored.shown[-_SHOWN:]:
        say(alert_line(alert))
    for rule, count in scored.fired.items():
        say(f"  {rule} changed the verdict on {several(count, 'point')}")
    for note in scored.notes:
        say(f"note: {note}")
    say(f"written to {out}" if out else "give --out scores.parquet to keep the scores")


def check_kind(out: Path) -> None:
    """Raises BadInput before anything is scored when the goal cannot be written."""

    if out.suffix.lower() not in (".parquet", ".csv"):
        problem = f"{out.suffix or 'no suffix'} is no kind of table"
        raise BadInput(f"--out {out}", problem, "end it in .parquet or .csv")
    if not out.parent.is_dir():
        raise BadInput(f"--out {out}", f"there is no folder {out.parent}", "make it, or name another")
    if out.is_dir():
        raise BadInput(f"--out {out}", "is a folder", "name a file")


def write_table(frame: "pd.DataFrame", out: Path) -> None:
    """Writes beside the goal first, so that a full disk leaves no half file. Raises BadInput."""

    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.suffix.lower() == ".parquet":
            frame.to_parquet(part, index=False)
        else:
            frame.to_csv(part, index=False)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        problem = (error.strerror or "it cannot be written").lower()
        raise BadInput(f"--out {out}", problem, "name a file that can be written") from error
