"""Running a session, or going on with one, from the command line: progress on stderr, its report on stdout."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from argosy.cli.paths import keep_apart

if TYPE_CHECKING:
    from argosy.graphs.recording.observer import Observer
    from argosy.sessions.publish import SessionResult
    from argosy.sessions.report import Report
    from argosy.workspace import Workspace

Work = Callable[["Workspace", "Observer"], "SessionResult | Report"]
"""What is done in a workspace, and who looks on."""


def run_with_progress(work: Work, picture: Path | None, as_json: bool, rounds: int | None = None) -> None:
    """Does the work with progress on stderr, and writes the report to stdout; `rounds` are the most that it takes."""
    import time

    from rich.console import Console

    from argosy.cli.interrupts import drained
    from argosy.cli.progress import Progress
    from argosy.graphs.recording.observer import Observer
    from argosy.pictures.series import check_drawable
    from argosy.sessions.report import Report
    from argosy.workspace import open_workspace

    if picture:
        check_drawable(picture)
    workspace = open_workspace()
    errors = Console(stderr=True, highlight=False)
    with drained(errors) as interrupted, Progress(errors, time.monotonic, as_json, rounds) as progress:
        done = work(workspace, Observer(progress.watch, interrupted))
    if isinstance(done, Report):
        _print(done, as_json)
        if picture:
            typer.echo("argosy: no picture is drawn of a session that had ended", err=True)
        return
    _print(done.report, as_json)
    if picture:
        drawn = _draw(done, picture)
        if not as_json:
            from argosy.terminal import stdout_console

            stdout_console().print(f"[bold]picture[/] {drawn}", soft_wrap=True)


def _print(report: "Report", as_json: bool) -> None:
    from argosy.cli.report_output import print_report
    from argosy.terminal import print_json, stdout_console

    if as_json:
        print_json(report.as_json())
    else:
        print_report(report, stdout_console())


def _draw(finished: "SessionResult", picture: Path) -> Path:
    from argosy.pictures.series import draw
    from argosy.terminal import several

    final, report = finished.final, finished.report
    keep_apart("--picture", picture, [finished.loaded.origin])
    names = {rule.model_extra["candidate"]: rule.id for rule in report.rules if rule.model_extra}
    return draw(
        picture,
        final.series,
        finished.loaded.incidents,
        final.base >= 1.0,
        final.fused.flags,
        {names[candidate]: fired for candidate, fired in final.fused.fired.items()},
        finished.splits,
        f"{report.series.id}: {report.base.name} with {several(len(report.rules), 'rule')}",
        base_name=report.base.name,
        times_known=finished.loaded.times_known,
    )
