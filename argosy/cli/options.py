"""Options that several commands share. Files are looked at as options are read, before what works on them is loaded."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.cli import paths
from argosy.inputs.logs.byte_stream import check_log
from argosy.inputs.tables.file_start import check_readable, check_table
from argosy.inputs.time_text import read_duration
from argosy.signals.errors import BadInput

MOST_SEED = 2**32 - 1


def _step(text: str | int) -> int:
    """Seconds of a length such as 60s. Raises BadInput."""
    seconds = read_duration(str(text))
    if seconds is None or seconds < 1:
        raise BadInput(f"--step {text}", "is no length of time", "give seconds, or for instance 60s, 5m or 1h")
    return seconds


table, readable = paths.read(check_table, keep_pipes=True), paths.read(check_readable, keep_pipes=True)
log = paths.read(check_log)
"""Callbacks for files that must be a table, or anything that can be read, or a log or records. Raise BadInput.

What comes down a pipe, `-` or another, is a file as long as the command runs; of a log that is done where it is read.
"""

File = Annotated[
    Path,
    typer.Argument(
        help="CSV, gzipped CSV, Parquet or series in JSON; - for stdin.", show_default=False, callback=table
    ),
]
SignalFile = Annotated[
    Path,
    typer.Argument(
        help="CSV, gzipped CSV, Parquet or series in JSON; - for stdin.", show_default=False, callback=readable
    ),
]
Time = Annotated[str | None, typer.Option("--time", help="Column of times (ISO 8601, Unix seconds or milliseconds).")]
Value = Annotated[str | None, typer.Option("--value", help="Column of values.")]
Label = Annotated[str | None, typer.Option("--label", help="Column of 0/1 labels.")]
IdColumn = Annotated[str | None, typer.Option("--id-column", help="Column that tells several series apart.")]
SeriesId = Annotated[str | None, typer.Option("--series", help="Which of several series.")]
Step = Annotated[
    int | None,
    typer.Option("--step", parser=_step, metavar="<step>", help="Time between points without times: 60s, 5m."),
]
Incidents = Annotated[
    Path | None,
    typer.Option(
        "--incidents",
        help="File of incidents with columns start and end; end is not part of it. Counts before labels.",
        callback=readable,
    ),
]
ModelNames = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="embedded (the default), PROVIDER:NAME, URL#NAME of a compatible server, or gguf:FILE. "
        "A|B falls back on B; ROLE=MODEL, also several by commas or repeated, is for detection, repair "
        "(by default as detection) or review.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout instead.")]
SandboxName = Annotated[str, typer.Option("--sandbox", help="Where rules run: auto, docker or local.")]
AcceptRisk = Annotated[
    bool,
    typer.Option(
        "--run-model-code-without-isolation",
        help="Run rules by a language model even where nothing keeps them from your files and network.",
    ),
]


def model_text(names: list[str] | None) -> str:
    """What --model said, however often it was given, as one text."""
    return ",".join(names) if names else "embedded"
