"""The options of `argosy bench`."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.cli import paths

Data = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Labelled tables of series, or folders of them; several are shown apart.",
        callback=paths.read(),
        show_default=False,
    ),
]
Layout = Annotated[
    str | None, typer.Option(help="table, kpi, nab, gutentag, tods, ucr or tsb; told by the files when left out.")
]
Series = Annotated[str | None, typer.Option(help="Only these series, or named subsets: a,b,c. Of several: kpi/a.")]
SeriesFile = Annotated[Path | None, typer.Option(help="A file with one series a line.", callback=paths.read())]
Methods = Annotated[str | None, typer.Option(help="Only these methods: a,b,c. All that can run when left out.")]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="Methods that draw by chance run with seeds 0 … N-1.")]
ProtocolName = Annotated[
    str, typer.Option(help="argosy, argos, tsb_ad, k_delay or nab_windows: cuts, objective and headline figures.")
]
Validation = Annotated[
    float | None, typer.Option(help="Share of the points that choices are made on.", show_default="0.2")
]
Lockbox = Annotated[float | None, typer.Option(help="Last share of the points; the layout's own test part, or 0.3.")]
ObjectiveName = Annotated[
    str | None,
    typer.Option(
        help="default (mean of the three), event_f1_pa, point_f1 or event_f1_k10.", show_default="the protocol's"
    ),
]
Fit = Annotated[
    str | None,
    typer.Option(
        help="What detectors learn from: train (as a session's base) or known (with validation).",
        show_default="the protocol's",
    ),
]
Limit = Annotated[int | None, typer.Option(min=50, help="Only the first N points of each series.")]
Rounds = Annotated[int, typer.Option(min=1, max=100, help="Most rounds of a session.")]
Candidates = Annotated[int, typer.Option(min=1, max=50, help="Rules asked for in a round of a session.")]
Calls = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=10_000,
        help="Most model calls of a session, and of argos_plain and best_of_n, which use them up.",
        show_default="two for each rule that a session may ask for",
    ),
]
ModelName = Annotated[str, typer.Option(help="Model of the sessions.")]
Jobs = Annotated[int, typer.Option(min=1, max=256, help="Cells at once.")]
TimeoutS = Annotated[float, typer.Option("--timeout-s", min=1, help="Most seconds for one cell.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Run failed cells again.")]
Out = Annotated[Path, typer.Option(help="Folder of the results; taken up where a run ended.", callback=paths.written)]
Speed = Annotated[
    bool,
    typer.Option(
        "--speed", help="Time the methods on made-up series of 1,000 to --limit (10,000,000) points, and end."
    ),
]
ListMethods = Annotated[bool, typer.Option("--list", help="List the methods and end.")]
